//! The whole in a few sentences.

use std::collections::HashSet;

use super::facts::{MediaFacts, SessionFacts};
use super::reading::FRAGMENT;
use crate::finding::Confidence;

/// What it is, in one line.
pub(super) fn title(session: &SessionFacts) -> String {
    let what = match session.kind {
        Some(FRAGMENT) => "A fragment for trickle ICE",
        Some("offer") => "An offer",
        Some("answer") => "An answer",
        Some("pranswer") => "A provisional answer",
        _ => "A session description",
    };
    match &session.media[..] {
        [] => format!("{what} without an m-line"),
        [one] => format!("{what} with one m-line: {}", kind(one)),
        many => format!("{what} with {} m-lines: {}", many.len(), media(session)),
    }
}

/// Its m-lines by kind: `audio, 2 video and data channels`.
pub(super) fn media(session: &SessionFacts) -> String {
    list(kinds(&session.media))
}

/// Who wrote it; with `evidence` also why that is thought.
pub(super) fn writer(session: &SessionFacts, evidence: bool) -> String {
    let writer = &session.writer;
    let seen = if evidence { format!(" Seen by: {}.", writer.evidence.join("; ")) } else { String::new() };
    match (writer.name.as_str(), writer.confidence) {
        ("unknown", _) if session.kind == Some(FRAGMENT) => String::new(),
        ("unknown", _) => "Who wrote it is unknown: no line names a program.".to_owned(),
        (name, Confidence::High) => format!("Written by {name}.{seen}"),
        (name, Confidence::Medium) => format!("Probably written by {name}.{seen}"),
        (name, Confidence::Low) => format!("Perhaps written by {name}.{seen}"),
    }
}

/// What it proposes or accepts.
pub(super) fn summary(session: &SessionFacts) -> String {
    let mut said: Vec<String> = Vec::new();
    if session.kind == Some(FRAGMENT) {
        let live: Vec<&MediaFacts> = session.media.iter().collect();
        return ice(session, &live).unwrap_or_default();
    }
    let live: Vec<&MediaFacts> = session.media.iter().filter(|media| !media.rejected).collect();
    let rejected = session.media.len() - live.len();
    said.extend(directions(&live));
    match rejected {
        0 => {}
        1 => said.push("One m-line is rejected or stopped (port 0).".to_owned()),
        many => said.push(format!("{many} m-lines are rejected or stopped (port 0).")),
    }
    said.extend(bundle(session, &live));
    said.extend(ice(session, &live));
    said.extend(dtls(&live));
    said.join(" ")
}

fn kind(media: &MediaFacts) -> String {
    match &media.sctp {
        Some(_) => "data channels".to_owned(),
        None if media.kind.is_empty() => "of no kind".to_owned(),
        None => media.kind.clone(),
    }
}

/// Kinds in order of first mention, each with its number: `3 video`.
fn kinds(media: &[MediaFacts]) -> Vec<String> {
    let mut counted: Vec<(String, usize)> = Vec::new();
    for one in media {
        let kind = kind(one);
        match counted.iter().position(|(known, _)| *known == kind) {
            Some(index) => counted[index].1 += 1,
            None if counted.len() == MOST_KINDS => break,
            None => counted.push((kind, 1)),
        }
    }
    let words = counted.into_iter().map(|(kind, count)| match count {
        1 => kind,
        count => format!("{count} {kind}"),
    });
    words.collect()
}

/// Few are registered; what has more is not what it seems.
const MOST_KINDS: usize = 8;

fn directions(live: &[&MediaFacts]) -> Option<String> {
    let with: Vec<&&MediaFacts> = live.iter().filter(|media| media.direction.is_some()).collect();
    if with.is_empty() {
        return None;
    }
    let of = |direction: &str| with.iter().filter(|media| media.direction == Some(direction)).count();
    let phrase = |direction: &str| match direction {
        "sendrecv" => "This side sends and receives",
        "sendonly" => "This side only sends",
        "recvonly" => "This side only receives",
        _ => "No media goes either way on",
    };
    let all = ["sendrecv", "sendonly", "recvonly", "inactive"];
    if let Some(only) = all.into_iter().find(|direction| of(direction) == with.len()) {
        let end = if only == "inactive" { " any m-line" } else { "" };
        return Some(format!("{}{end}.", phrase(only)));
    }
    let counted = all.into_iter().filter(|direction| of(direction) > 0);
    Some(format!("Directions: {}.", counted.map(|d| format!("{} {d}", of(d))).collect::<Vec<_>>().join(", ")))
}

fn bundle(session: &SessionFacts, live: &[&MediaFacts]) -> Option<String> {
    let bundled = |media: &&&MediaFacts| {
        let mid = media.mid.as_ref();
        session.bundle_groups.iter().flatten().any(|known| Some(known) == mid)
    };
    match (session.bundle_groups.len(), live.len()) {
        (0, 0 | 1) => None,
        (0, _) => Some("Each m-line has a transport of its own (no BUNDLE).".to_owned()),
        (1, _) if live.len() > 1 && live.iter().take(64).all(|media| bundled(&media)) => {
            Some("All share one transport (BUNDLE).".to_owned())
        }
        (1, _) => {
            Some(format!("BUNDLE: {}.", list(session.bundle_groups[0].iter().take(16).cloned().collect())))
        }
        (many, _) => Some(format!("There are {many} BUNDLE groups.")),
    }
}

fn ice(session: &SessionFacts, live: &[&MediaFacts]) -> Option<String> {
    if !live.iter().any(|media| media.ice_ufrag.is_some()) {
        let is_rtsp = live.iter().any(|media| media.rtsp);
        let is_secure = |media: &&&MediaFacts| {
            media.setup.is_some() || media.proto.as_deref().is_some_and(|proto| proto.contains("TLS"))
        };
        return match live.iter().any(|media| is_secure(&media)) || live.is_empty() {
            true if live.is_empty() => None,
            true => Some("It has no ICE credentials (a=ice-ufrag), which WebRTC needs.".to_owned()),
            false if is_rtsp => Some("RTSP will choose the ports.".to_owned()),
            false => Some("It does not use ICE: media goes to the address and port given.".to_owned()),
        };
    }
    // Some write the candidates of a BUNDLE group in each of its m-lines.
    let all = live.iter().flat_map(|media| &media.candidates);
    let different: HashSet<_> =
        all.map(|one| (&one.kind, &one.protocol, &one.address, one.port, one.component)).collect();
    let count = different.len();
    let trickle = live.iter().any(|media| media.trickle);
    let done = live.iter().any(|media| media.end_of_candidates);
    let lite = if session.ice_lite { " This side is ICE lite: it only answers checks." } else { "" };
    let candidates = match (count, trickle && !done) {
        (0, true) => "It has no candidates yet; they may follow (trickle ICE).".to_owned(),
        (0, false) => "It has no candidates.".to_owned(),
        (1, true) => "It has one candidate; more may follow (trickle ICE).".to_owned(),
        (1, false) => "It has one candidate.".to_owned(),
        (many, true) => format!("It has {many} candidates; more may follow (trickle ICE)."),
        (many, false) => format!("It has {many} candidates."),
    };
    Some(candidates + lite)
}

fn dtls(live: &[&MediaFacts]) -> Option<String> {
    let setup = live.iter().find_map(|media| media.setup)?;
    Some(match setup {
        "actpass" => "The answer chooses who begins the DTLS handshake.".to_owned(),
        "active" => "This side begins the DTLS handshake (client).".to_owned(),
        "passive" => "This side waits for the DTLS handshake (server).".to_owned(),
        other => format!("a=setup:{other}."),
    })
}

/// `a`, `a and b`, `a, b and c`.
fn list(words: Vec<String>) -> String {
    match &words[..] {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
