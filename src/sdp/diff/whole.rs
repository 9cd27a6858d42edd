//! What stands before the m-lines: origin, BUNDLE, the order of m-lines.

use super::change::{Change, How, Topic, Was};
use super::m_lines::Pairing;
use super::{Both, line};
use crate::sdp::session::Media;

pub(super) fn compare(both: &Both<'_, '_>, pairing: &Pairing) -> Vec<Change> {
    let mut changes = origin(both);
    changes.extend(bundles(both));
    changes.extend(moved(both, pairing));
    changes
}

fn origin(both: &Both<'_, '_>) -> Vec<Change> {
    let found = [0, 1].map(|side| {
        let origin = both.sessions[side].head().origin?;
        Some((origin, line(both.texts[side], origin.username.span)))
    });
    let [Some((was, from)), Some((is, to))] = found else {
        // What cannot be read stands among the other lines.
        let whole = |side: usize, (origin, line): (crate::sdp::line::Origin<'_>, u32)| {
            let span = origin.username.span.to(origin.address.span);
            Was::new(both.texts[side].slice(span), line)
        };
        return match found {
            [Some(was), None] => vec![Change::removed(Topic::Origin, "o=", whole(0, was))],
            [None, Some(is)] => vec![Change::added(Topic::Origin, "o=", whole(1, is))],
            _ => Vec::new(),
        };
    };
    let value = |topic, was: String, is: String| Change::value(topic, "", [(was, from), (is, to)]);
    let rest = |origin: &crate::sdp::line::Origin<'_>| {
        let [user, network, kind, address] =
            [origin.username, origin.network, origin.address_type, origin.address].map(|word| word.value);
        format!("{user} {network} {kind} {address}")
    };
    let all = [
        value(Topic::SessionId, was.session_id.to_string(), is.session_id.to_string()),
        value(Topic::Version, was.session_version.to_string(), is.session_version.to_string()),
        value(Topic::Origin, rest(&was), rest(&is)),
    ];
    all.into_iter().flatten().collect()
}

/// The first with the first, the second with the second. The order within counts: the first mid has the transport.
fn bundles(both: &Both<'_, '_>) -> Vec<Change> {
    let all = |side: usize| -> Vec<(Vec<&str>, u32)> {
        let groups = both.sessions[side].head().groups().filter(|group| group.is_bundle());
        let each = groups.map(|group| {
            let mids = group.mids.iter().map(|mid| mid.value).collect();
            (mids, line(both.texts[side], group.semantics.span))
        });
        each.collect()
    };
    let (from, to) = (all(0), all(1));
    let shown = |(mids, line): &(Vec<&str>, u32)| Was::new(mids.join(" "), *line);
    let mut changes = Vec::new();
    for index in 0..from.len().max(to.len()) {
        match (from.get(index), to.get(index)) {
            (Some(was), Some(is)) if was.0 != is.0 => {
                let values = [shown(was), shown(is)];
                let some = |mids: &[&str]| match mids.len() {
                    0 => "nothing".to_owned(),
                    1..=12 => mids.join(" "),
                    more => format!("{} and {} more", mids[..12].join(" "), more - 12),
                };
                let mut message = format!("{} -> {}", some(&was.0), some(&is.0));
                if let (Some(old), Some(new)) = (was.0.first(), is.0.first())
                    && old != new
                {
                    message.push_str(&format!("; the transport is that of mid {new} now"));
                }
                changes.push(Change::changed(Topic::Bundle, "", values, message));
            }
            (Some(was), None) => changes.push(Change::removed(Topic::Bundle, was.0.join(" "), shown(was))),
            (None, Some(is)) => changes.push(Change::added(Topic::Bundle, is.0.join(" "), shown(is))),
            _ => {}
        }
    }
    changes
}

fn moved<'a>(both: &'a Both<'_, '_>, pairing: &'a Pairing) -> impl Iterator<Item = Change> + 'a {
    pairing.moved.iter().filter_map(move |&(was, is)| {
        let media = [both.sessions[0].media_at(was)?, both.sessions[1].media_at(is)?];
        let values = [0, 1].map(|side| {
            let at = line(both.texts[side], media[side].line().value.span);
            Was::new(media[side].index().to_string(), at)
        });
        let name = name(media[1]);
        let message = format!("{name} moved from place {was} to {is}");
        Some(Change::of(Topic::MLine, How::Moved, name, values, message))
    })
}

/// `video, mid 1`.
pub(super) fn name(media: Media<'_, '_>) -> String {
    let kind = match media.line().is_data_channel() {
        true => "data channels",
        false if media.line().kind.is_empty() => "of no kind",
        false => media.line().kind.value,
    };
    match media.mid() {
        Some(mid) => format!("{kind}, mid {mid}"),
        None => kind.to_owned(),
    }
}

/// An m-line that only one of them has, in short: `video, mid 1: sendrecv, VP8, VP9`.
pub(super) fn in_short(media: Media<'_, '_>) -> String {
    const MOST: usize = 8;
    let mut said: Vec<String> = Vec::new();
    if media.is_rejected() {
        said.push("stopped (port 0)".to_owned());
    }
    if media.line().is_rtp() {
        said.push(media.direction().as_str().to_owned());
    }
    let main = media.codecs().iter().filter(|codec| !codec.is_auxiliary());
    let mut names: Vec<&str> = main.filter_map(|codec| codec.name()).collect();
    names.dedup();
    let more = names.len().saturating_sub(MOST);
    said.extend(names.into_iter().take(MOST).map(str::to_owned));
    if more > 0 {
        said.push(format!("{more} more"));
    }
    match said.is_empty() {
        true => name(media),
        false => format!("{}: {}", name(media), said.join(", ")),
    }
}
