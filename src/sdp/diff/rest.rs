//! Lines that nothing else compares: each added, removed or changed as it stands.

use std::collections::{HashMap, HashSet};

use super::change::{Change, Topic, Was};
use super::matching::{Match, by_key};
use crate::sdp::attribute::View;
use crate::sdp::excerpt;
use crate::sdp::session::{Attribute, Section};
use crate::sdp::text::{Line, Text};

/// A line by itself.
#[derive(Clone, Copy)]
struct One<'t> {
    /// `a=name`, `s`, nothing.
    name: &'t str,
    value: &'t str,
    line: &'t Line,
    topic: Topic,
}

/// `inherits`: m-lines of both were compared with what they inherit.
pub(super) fn compare(texts: [&Text<'_>; 2], sections: [&Section<'_>; 2], inherits: bool) -> Vec<Change> {
    let [from, to] = [0, 1].map(|side| lines(texts[side], sections[side], inherits));
    let mut only = [Vec::new(), Vec::new()];
    for one in by_key(from.iter(), to.iter(), |one| (one.name, one.value)) {
        match one {
            Match::From(was) => only[0].push(was),
            Match::To(is) => only[1].push(is),
            Match::Both(..) => {}
        }
    }
    let mut changes = Vec::new();
    let [gone, new] = &only;
    // Several of one name are a set; of a single one the value changed.
    let counts = |all: &[One<'_>]| {
        let mut counts = HashMap::new();
        for one in all {
            *counts.entry(one.name.to_owned()).or_insert(0) += 1;
        }
        counts
    };
    let (before, after) = (counts(&from), counts(&to));
    let is_single = |one: &One<'_>| {
        !one.name.is_empty() && before.get(one.name) == Some(&1) && after.get(one.name) == Some(&1)
    };
    for one in by_key(gone.iter().copied(), new.iter().copied(), |one| (one.name, !is_single(one))) {
        match one {
            Match::Both(was, is) if is_single(was) => changes.push(changed(texts, was, is)),
            Match::Both(was, is) => changes.extend([removed(texts[0], was), added(texts[1], is)]),
            Match::From(was) => changes.push(removed(texts[0], was)),
            Match::To(is) => changes.push(added(texts[1], is)),
        }
    }
    changes
}

fn subject(text: &Text<'_>, one: &One<'_>) -> String {
    excerpt::shown_line(text, one.line)
}

fn removed(text: &Text<'_>, one: &One<'_>) -> Change {
    let subject = subject(text, one);
    Change::removed(one.topic, &subject, Was::new(&subject, one.line.number))
}

fn added(text: &Text<'_>, one: &One<'_>) -> Change {
    let subject = subject(text, one);
    Change::added(one.topic, &subject, Was::new(&subject, one.line.number))
}

fn changed(texts: [&Text<'_>; 2], was: &One<'_>, is: &One<'_>) -> Change {
    let shown = [subject(texts[0], was), subject(texts[1], is)];
    let name = match is.topic {
        Topic::Attribute => is.name.to_owned(),
        _ => format!("{}=", is.name),
    };
    if excerpt::is_masked(texts[0], was.line) || excerpt::is_masked(texts[1], is.line) {
        let values = [Was::hidden(was.line.number), Was::hidden(is.line.number)];
        return Change::changed(is.topic, &name, values, format!("{name} changed (not shown)"));
    }
    let value =
        |one: &One<'_>| if one.value.is_empty() { "nothing".to_owned() } else { one.value.to_owned() };
    let message = format!("{name}: {} -> {}", value(was), value(is));
    let [from, to] = shown;
    Change::changed(is.topic, &name, [Was::new(from, was.line.number), Was::new(to, is.line.number)], message)
}

fn lines<'s>(text: &'s Text<'_>, section: &'s Section<'_>, inherits: bool) -> Vec<One<'s>> {
    let taken = taken(text, section, inherits);
    let lines = section.lines.clone().filter(|index| !taken.contains(index));
    let lines = lines.map(|index| &text.lines()[index]).filter(|line| !line.is_blank());
    let one = |line: &'s Line| {
        let value = text.slice(line.value);
        match line.kind {
            Some('a') => {
                let (name, value) = value.split_once(':').unwrap_or((value, ""));
                One { name, value: value.trim(), line, topic: Topic::Attribute }
            }
            Some(_) => {
                let at = line.indent.end;
                let name = text.as_str().get(at..=at).unwrap_or_default();
                One { name, value, line, topic: Topic::Line }
            }
            None => One { name: "", value: value.trim(), line, topic: Topic::Line },
        }
    };
    lines.map(one).collect()
}

/// The lines that are compared elsewhere.
fn taken(text: &Text<'_>, section: &Section<'_>, inherits: bool) -> HashSet<usize> {
    let mut taken = HashSet::new();
    let mut take = |offset: usize| taken.extend(text.line_at(offset));
    section.media.iter().for_each(|media| take(media.value.span.start));
    section.origin.iter().for_each(|origin| take(origin.username.span.start));
    section.bandwidths.iter().for_each(|bandwidth| take(bandwidth.kind.span.start));
    if inherits {
        section.connections.iter().for_each(|connection| take(connection.network.span.start));
    }
    for codec in &section.codecs {
        codec.rtpmap.iter().for_each(|rtpmap| take(rtpmap.payload_type.span.start));
        codec.fmtps.iter().for_each(|fmtp| take(fmtp.format.span.start));
        codec.feedback.iter().for_each(|feedback| take(feedback.format.span.start));
    }
    let mut seen: HashSet<&str> = HashSet::new();
    for attribute in &section.attributes {
        let is_typed = match &attribute.view {
            View::RtcpFb(feedback) => feedback.is_for_all() && !section.codecs.is_empty(),
            View::Extmap(_)
            | View::Candidate(_)
            | View::Msid(_)
            | View::Ssrc(_)
            | View::SsrcGroup(_)
            | View::Rid(_)
            | View::Crypto(_) => true,
            View::Simulcast(_) | View::Mid(_) => seen.insert(attribute.name.value),
            View::Group(group) => section.media.is_none() && group.is_bundle(),
            View::Fingerprint(_) => inherits,
            View::IceUfrag(_) | View::IcePwd(_) | View::IceOptions(_) | View::Setup(_) | View::TlsId(_) => {
                inherits && seen.insert(attribute.name.value)
            }
            View::Direction(_) => inherits && is_last_direction(section, attribute),
            _ => false,
        };
        if is_typed {
            taken.insert(attribute.line);
        }
    }
    taken
}

fn is_last_direction(section: &Section<'_>, attribute: &Attribute<'_>) -> bool {
    section.direction().is_some_and(|last| last.span == attribute.name.span)
}
