//! One of the two captures: the packets of its streams, as far as they are compared.

use std::collections::{HashMap, HashSet};

use super::facts::Unmatched;
use crate::analyze::Analysis;
use crate::analyze::event::{Event, What};
use crate::analyze::facts::{self, Kind};
use crate::analyze::leg::Leg;
use crate::analyze::listing::Filter;
use crate::analyze::transport::LegFacts;
use crate::capture::{Frame, Time};

/// Packets of one capture that are compared: 48 MiB.
pub const MOST_PACKETS: usize = 1 << 21;

/// A packet, as far as it is compared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Packet {
    pub(super) at: Time,
    frame: u32,
    timestamp: u32,
    pub(super) sequence: u16,
}

impl Packet {
    /// By which it is known on the other side.
    pub(super) fn key(&self) -> u64 {
        u64::from(self.sequence) << 32 | u64::from(self.timestamp)
    }

    pub(super) fn frame(&self) -> Frame {
        Frame { file: 0, number: u64::from(self.frame) }
    }
}

/// A stream.
#[derive(Debug)]
pub(super) struct Track {
    /// Its place among those of its side.
    pub(super) place: usize,
    pub(super) ssrc: u32,
    pub(super) leg: Leg,
    /// In order of arrival.
    pub(super) packets: Vec<Packet>,
    pub(super) label: Label,
}

/// What its capture knows of it.
#[derive(Debug, Clone)]
pub(super) struct Label {
    pub(super) id: String,
    pub(super) path: Option<LegFacts>,
    pub(super) packets: u64,
    pub(super) duplicates: u64,
    pub(super) lost: u64,
    pub(super) codec: Option<String>,
    pub(super) media: Option<String>,
    pub(super) kind: Kind,
}

/// The streams of one capture.
#[derive(Debug, Default)]
pub struct Side {
    pub(super) tracks: Vec<Track>,
    places: HashMap<(Leg, u32), usize>,
    /// From the first packet of the capture to the last, of whatever kind.
    pub(super) bounds: (Time, Time),
    kept: usize,
    /// Packets behind those that are compared.
    pub(super) not_kept: u64,
}

impl Side {
    /// Takes what came to be of packets.
    pub fn take(&mut self, events: &[Event], filter: &Filter) {
        for event in events {
            let What::Rtp(heard) = &event.what else { continue };
            if !filter.takes(heard.ssrc) {
                continue;
            }
            if self.kept >= MOST_PACKETS {
                self.not_kept += 1;
                continue;
            }
            self.kept += 1;
            let place = *self.places.entry((event.leg, heard.ssrc)).or_insert(self.tracks.len());
            if place == self.tracks.len() {
                self.tracks.push(Track {
                    place,
                    ssrc: heard.ssrc,
                    leg: event.leg,
                    packets: Vec::new(),
                    label: Label {
                        id: String::new(),
                        path: None,
                        packets: 0,
                        duplicates: 0,
                        lost: 0,
                        codec: None,
                        media: None,
                        kind: Kind::Primary,
                    },
                });
            }
            let sample = &heard.sample;
            self.tracks[place].packets.push(Packet {
                at: sample.at,
                frame: u32::try_from(sample.frame.number).unwrap_or(u32::MAX),
                timestamp: sample.timestamp,
                sequence: sample.sequence,
            });
        }
    }

    /// Nothing more comes: takes what the analysis knows of the streams.
    pub fn finish(&mut self, analysis: &Analysis) {
        self.bounds = analysis.bounds().unwrap_or_default();
        // Beyond what is kept, nothing of the other side can be found here.
        if self.not_kept > 0 {
            let last = self.tracks.iter().flat_map(|track| track.packets.last());
            self.bounds.1 = last.map(|packet| packet.at).max().unwrap_or_default();
        }
        for (found, facts) in analysis.streams().zip(analysis.stream_facts()) {
            let Some(place) = self.places.get(&(*found.leg, found.ssrc)) else { continue };
            self.tracks[*place].label = Label {
                id: facts.id,
                path: Some(facts.path),
                packets: facts.packets,
                duplicates: facts.duplicates,
                lost: facts.lost,
                codec: facts.codec,
                media: facts.media,
                kind: facts.kind,
            };
        }
    }

    /// When the capture began.
    pub(super) fn start(&self) -> Time {
        self.bounds.0
    }

    /// The streams that have no like on the other side.
    pub(super) fn unmatched(&self, matched: &HashSet<usize>) -> Vec<Unmatched> {
        let others = self.tracks.iter().filter(|track| !matched.contains(&track.place));
        let row = |track: &Track| Unmatched {
            id: track.label.id.clone(),
            ssrc: facts::ssrc(track.ssrc),
            packets: track.label.packets,
            path: track.label.path.clone(),
        };
        others.map(row).collect()
    }
}
