//! An m-line of both descriptions, or of one alone.

use serde::Serialize;

use super::change::{Change, Topic, Was};
use super::m_lines::Pairing;
use super::{Both, codecs, line, parts, rest, streams, transport, whole};
use crate::sdp::session::Media;

/// An m-line that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct MediaDifference {
    /// Where it stood, counted from 0; `null` where it is new.
    pub from_index: Option<usize>,
    /// Where it stands; `null` where it is no more.
    pub to_index: Option<usize>,
    /// Its line, counted from 1.
    pub from_line: Option<u32>,
    /// See `from_line`.
    pub to_line: Option<u32>,
    /// Audio, video, ….
    pub kind: String,
    /// Its name.
    pub mid: Option<String>,
    /// Kind and name for people.
    #[serde(skip)]
    pub title: String,
    /// What differs.
    pub changes: Vec<Change>,
}

/// Whether both use it.
pub(super) fn is_live(both: &Both<'_, '_>, (was, is): (usize, usize)) -> bool {
    let stopped =
        |side: usize, index: usize| both.sessions[side].media_at(index).is_some_and(Media::is_rejected);
    !stopped(0, was) && !stopped(1, is)
}

/// An m-line that both have.
pub(super) fn pair_of(both: &Both<'_, '_>, (was, is): (usize, usize)) -> Option<MediaDifference> {
    let media = [both.sessions[0].media_at(was)?, both.sessions[1].media_at(is)?];
    let lines = [0, 1].map(|side| line(both.texts[side], media[side].line().value.span));
    let mut changes = Vec::new();
    let value = |side: usize, text: &str| (text.to_owned(), lines[side]);
    let kinds = media.map(|media| media.line().kind.value);
    changes.extend(Change::value(Topic::Kind, "", [value(0, kinds[0]), value(1, kinds[1])]));
    let mids = media.map(|media| media.mid().map_or("none", |mid| mid.value));
    changes.extend(Change::value(Topic::Mid, "", [value(0, mids[0]), value(1, mids[1])]));
    let stopped = media.map(Media::is_rejected);
    if stopped[0] == stopped[1] {
        let sections = media.map(Media::section);
        changes.extend(transport::compare(both, media));
        changes.extend(codecs::compare(both.texts, sections));
        changes.extend(formats(media, lines));
        changes.extend(parts::compare(both.texts, sections));
        changes.extend(streams::compare(both.texts, sections));
        changes.extend(rest::compare(both.texts, sections, true));
    } else {
        let message = match stopped[1] {
            true => "stopped (port 0); nothing else of it is compared",
            false => "in use again, it was stopped (port 0); nothing else of it is compared",
        };
        let port = |side: usize| {
            let port = media[side].line().port.map_or(0, |port| port.value);
            Was::new(port.to_string(), lines[side])
        };
        changes.push(Change::changed(Topic::MLine, "", [port(0), port(1)], message));
    }
    Some(MediaDifference {
        from_index: Some(was),
        to_index: Some(is),
        from_line: Some(lines[0]),
        to_line: Some(lines[1]),
        kind: kinds[1].to_owned(),
        mid: media[1].mid().map(|mid| mid.value.to_owned()),
        title: whole::name(media[1]),
        changes,
    })
}

/// Formats that are no payload types, such as `webrtc-datachannel`.
fn formats(media: [Media<'_, '_>; 2], lines: [u32; 2]) -> Option<Change> {
    let values = [0, 1].map(|side| {
        let m_line = media[side].line();
        let is_codec = |word: &str| m_line.is_rtp() && word.parse::<u8>().is_ok_and(|number| number < 128);
        let others = m_line.formats.iter().filter(|format| !is_codec(format.value));
        let others: Vec<&str> = others.map(|format| format.value).collect();
        (if others.is_empty() { "none".to_owned() } else { others.join(" ") }, lines[side])
    });
    Change::value(Topic::Format, "", values)
}

/// The m-lines that only one of them has.
pub(super) fn lone<'a>(
    both: &'a Both<'_, '_>,
    pairing: &'a Pairing,
) -> impl Iterator<Item = MediaDifference> + 'a {
    let of = move |side: usize, index: usize| {
        let media = both.sessions[side].media_at(index)?;
        let at = line(both.texts[side], media.line().value.span);
        let (subject, value) = (whole::in_short(media), Was::new(media.line().value.value, at));
        let change = match side {
            0 => Change::removed(Topic::MLine, subject, value),
            _ => Change::added(Topic::MLine, subject, value),
        };
        Some(MediaDifference {
            from_index: (side == 0).then_some(index),
            to_index: (side == 1).then_some(index),
            from_line: (side == 0).then_some(at),
            to_line: (side == 1).then_some(at),
            kind: media.line().kind.value.to_owned(),
            mid: media.mid().map(|mid| mid.value.to_owned()),
            title: whole::name(media),
            changes: vec![change],
        })
    };
    let removed = pairing.removed.iter().filter_map(move |index| of(0, *index));
    removed.chain(pairing.added.iter().filter_map(move |index| of(1, *index)))
}
