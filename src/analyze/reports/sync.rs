//! Lip sync: how far audio is ahead of the video that belongs to it, at the place of the capture.

use serde::Serialize;

use super::clock::SenderClock;
use crate::analyze::leg::LegId;
use crate::capture::Time;

/// Packets of both kinds that are further apart than this are not compared: delays change.
const TOGETHER_NS: i64 = 5_000_000_000;

/// Audio or video.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Medium {
    /// Audio.
    Audio,
    /// Video.
    Video,
}

/// A stream that may be in sync with others.
#[derive(Debug, Clone)]
pub struct Media {
    /// Where it went.
    pub leg: LegId,
    /// Its source.
    pub ssrc: u32,
    /// What it is.
    pub medium: Medium,
    /// Its clock, in Hz.
    pub rate: u32,
    /// Some of its packets, in order: when each came, and its timestamp. A few a second are plenty; of a picture, the
    /// last packet says when it was whole.
    pub points: Vec<(Time, u32)>,
}

/// How far audio is ahead of video.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Sync {
    /// The name that both have.
    pub cname: String,
    /// The audio.
    #[serde(serialize_with = "super::facts::hex")]
    #[schemars(with = "String")]
    pub audio_ssrc: u32,
    /// The video.
    #[serde(serialize_with = "super::facts::hex")]
    #[schemars(with = "String")]
    pub video_ssrc: u32,
    /// Where the audio went.
    #[serde(skip)]
    pub leg_id: LegId,
    /// How many packets of video were compared with one of audio.
    pub n: usize,
    /// How much later video comes than audio that was taken at the same time, the middle of all: positive where audio is
    /// ahead (ITU-R BT.1359).
    pub av_offset_ms: f64,
    /// The least.
    pub min_ms: f64,
    /// The most.
    pub max_ms: f64,
}

/// What is needed of one stream: since when each packet was under way, by clocks that both share.
pub(super) fn delays(media: &Media, clock: &SenderClock) -> Vec<(Time, i64)> {
    let delay = |&(at, timestamp): &(Time, u32)| {
        Some((at, at.0.saturating_sub(clock.ntp(timestamp, at, media.rate)?)))
    };
    media.points.iter().filter_map(delay).collect()
}

/// Compares each packet of video with the packet of audio nearest to it: number, middle, least and most, in milliseconds.
pub(super) fn offsets(audio: &[(Time, i64)], video: &[(Time, i64)]) -> Option<(usize, f64, f64, f64)> {
    let mut offsets = Vec::new();
    for &(at, delay) in video {
        let behind = audio.partition_point(|(when, _)| *when < at);
        let around = [behind.checked_sub(1), Some(behind)].into_iter().flatten().filter_map(|n| audio.get(n));
        let apart = |when: Time| at.since(when).saturating_abs();
        let nearest =
            around.min_by_key(|(when, _)| apart(*when)).filter(|(when, _)| apart(*when) <= TOGETHER_NS);
        offsets.extend(nearest.map(|(_, of_audio)| delay.saturating_sub(*of_audio)));
    }
    offsets.sort_unstable();
    let ms = |ns: i64| (ns as f64 / 1e3).round() / 1e3;
    let middle = *offsets.get(offsets.len().saturating_sub(1) / 2)?;
    Some((offsets.len(), ms(middle), ms(*offsets.first()?), ms(*offsets.last()?)))
}
