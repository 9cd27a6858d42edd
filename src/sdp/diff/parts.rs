//! What a section says by itself: extensions, candidates, bandwidth, keys.

use super::change::{Change, How, Topic, Was};
use super::line;
use super::matching::{Match, by_key, out_of_order};
use crate::sdp::attribute::{Candidate, Extmap, View};
use crate::sdp::line::Bandwidth;
use crate::sdp::session::Section;
use crate::sdp::text::{Text, Word};

pub(super) fn compare(texts: [&Text<'_>; 2], sections: [&Section<'_>; 2]) -> Vec<Change> {
    let mut changes = Vec::new();
    extensions(texts, sections, &mut changes);
    candidates(texts, sections, &mut changes);
    bandwidth(texts, sections, &mut changes);
    keys(texts, sections, &mut changes);
    changes
}

fn extensions(texts: [&Text<'_>; 2], sections: [&Section<'_>; 2], changes: &mut Vec<Change>) {
    let [from, to] = sections.map(|section| section.extmaps());
    for one in by_key(from, to, |extmap| (extmap.uri.value, extmap.encrypted)) {
        let at = |side: usize, extmap: &Extmap<'_>| line(texts[side], extmap.id.span);
        match one {
            Match::From(was) => {
                let value = Was::new(shown(was), at(0, was));
                changes.push(Change::removed(Topic::Extension, extension(was), value));
            }
            Match::To(is) => {
                changes.push(Change::added(Topic::Extension, extension(is), Was::new(shown(is), at(1, is))));
            }
            Match::Both(was, is) => {
                let lines = [at(0, was), at(1, is)];
                let name = is.name().unwrap_or(is.uri.value);
                if was.id.value != is.id.value {
                    let values =
                        [Was::new(was.id.to_string(), lines[0]), Was::new(is.id.to_string(), lines[1])];
                    let message = format!("{name}: {} -> {}", was.id, is.id);
                    changes.push(Change::of(Topic::Extension, How::Renumbered, name, values, message));
                }
                let more = |extmap: &Extmap<'_>| {
                    let direction = extmap.direction.map_or("sendrecv", |direction| direction.value.as_str());
                    format!("{direction} {}", extmap.attributes).trim_end().to_owned()
                };
                changes.extend(Change::value(
                    Topic::Extension,
                    name,
                    [(more(was), lines[0]), (more(is), lines[1])],
                ));
            }
        }
    }
}

fn shown(extmap: &Extmap<'_>) -> String {
    format!("{} {}", extmap.id, extmap.uri)
}

/// `mid (4)`.
fn extension(extmap: &Extmap<'_>) -> String {
    let encrypted = if extmap.encrypted { "encrypted " } else { "" };
    format!("{encrypted}{} ({})", extmap.name().unwrap_or(extmap.uri.value), extmap.id)
}

fn candidates(texts: [&Text<'_>; 2], sections: [&Section<'_>; 2], changes: &mut Vec<Change>) {
    let value = |side: usize, candidate: &Candidate<'_>| {
        let number = line(texts[side], candidate.foundation.span);
        let line = texts[side].lines().get(number.saturating_sub(1) as usize);
        let text = line.map_or("", |line| texts[side].slice(line.value));
        let text = text.trim_start_matches("candidate:");
        let text = match password(candidate).filter(|word| !word.is_empty()) {
            Some(password) => text.replace(password.value, "****"),
            None => text.to_owned(),
        };
        (text, number)
    };
    let [from, to] = sections.map(|section| section.candidates());
    let matched = by_key(from, to, |candidate| {
        let related = candidate.related_address.map(|address| address.value);
        (
            (candidate.component.value, candidate.transport.to_ascii_lowercase(), candidate.kind.value),
            (candidate.address.value, candidate.port.value, candidate.tcp_type().map(|word| word.value)),
            (related, candidate.related_port.map(|port| port.value)),
        )
    });
    for one in matched {
        match one {
            Match::From(was) => {
                let (text, line) = value(0, was);
                changes.push(Change::removed(Topic::Candidate, candidate(was), Was::new(text, line)));
            }
            Match::To(is) => {
                let (text, line) = value(1, is);
                changes.push(Change::added(Topic::Candidate, candidate(is), Was::new(text, line)));
            }
            Match::Both(was, is) => {
                let differences = details(was, is);
                if !differences.is_empty() {
                    let values = [value(0, was), value(1, is)].map(|(text, line)| Was::new(text, line));
                    let subject = candidate(is);
                    let message = format!("{subject}: {}", differences.join(", "));
                    changes.push(Change::changed(Topic::Candidate, subject, values, message));
                }
            }
        }
    }
}

/// `host udp 192.0.2.7:54321`.
fn candidate(candidate: &Candidate<'_>) -> String {
    let address = match candidate.address.contains(':') {
        true => format!("[{}]:{}", candidate.address, candidate.port),
        false => format!("{}:{}", candidate.address, candidate.port),
    };
    let component = match candidate.component.value {
        1 => String::new(),
        2 => " (RTCP)".to_owned(),
        other => format!(" (component {other})"),
    };
    format!("{} {} {address}{component}", candidate.kind, candidate.transport.to_ascii_lowercase())
}

/// What some candidates have, and nobody may see.
fn password<'t>(candidate: &Candidate<'t>) -> Option<Word<'t>> {
    candidate.extension("password").or_else(|| candidate.extension("pwd"))
}

/// What of a candidate may differ though it is the same address.
fn details(was: &Candidate<'_>, is: &Candidate<'_>) -> Vec<String> {
    let mut said = Vec::new();
    if was.priority.value != is.priority.value {
        said.push(format!("priority {} -> {}", was.priority, is.priority));
    }
    if was.foundation.value != is.foundation.value {
        said.push(format!("foundation {} -> {}", was.foundation, is.foundation));
    }
    let extensions = |candidate: &Candidate<'_>| -> Vec<(String, String)> {
        // Candidates of long ago have one.
        let each = candidate.extensions.iter().filter(|one| !matches!(one.name.value, "password" | "pwd"));
        let mut all: Vec<_> =
            each.map(|one| (one.name.value.to_owned(), one.value.value.to_owned())).collect();
        all.sort();
        all
    };
    let (old, new) = (extensions(was), extensions(is));
    if old != new {
        let told = |these: &[(String, String)], those: &[(String, String)]| {
            let only = these.iter().filter(|one| those.binary_search(one).is_err()).take(8);
            only.map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(" ")
        };
        let some = |text: String| if text.is_empty() { "nothing".to_owned() } else { text };
        said.push(format!("{} -> {}", some(told(&old, &new)), some(told(&new, &old))));
    }
    let value = |candidate| password(candidate).map(|word| word.value);
    if value(was) != value(is) {
        said.push("password changed".to_owned());
    }
    said
}

fn bandwidth(texts: [&Text<'_>; 2], sections: [&Section<'_>; 2], changes: &mut Vec<Change>) {
    let [from, to] = sections.map(|section| &section.bandwidths);
    for one in by_key(from, to, |bandwidth| bandwidth.kind.value) {
        let amount = |bandwidth: &Bandwidth<'_>| match bandwidth.bits_per_second() {
            Some(bits) => format!("{} kbit/s", bits as f64 / 1000.0),
            None => bandwidth.value.to_string(),
        };
        let at = |side: usize, bandwidth: &Bandwidth<'_>| line(texts[side], bandwidth.kind.span);
        match one {
            Match::From(was) => {
                let subject = format!("{} {}", was.kind, amount(was));
                changes.push(Change::removed(Topic::Bandwidth, subject, Was::new(amount(was), at(0, was))));
            }
            Match::To(is) => {
                let subject = format!("{} {}", is.kind, amount(is));
                changes.push(Change::added(Topic::Bandwidth, subject, Was::new(amount(is), at(1, is))));
            }
            Match::Both(was, is) => {
                let values = [(amount(was), at(0, was)), (amount(is), at(1, is))];
                changes.extend(Change::value(Topic::Bandwidth, is.kind.value, values));
            }
        }
    }
}

/// Keys are compared and never shown.
fn keys(texts: [&Text<'_>; 2], sections: [&Section<'_>; 2], changes: &mut Vec<Change>) {
    let all = |side: usize| -> Vec<(u32, String, &str, u32)> {
        let attributes = sections[side].named("crypto").filter_map(|attribute| match &attribute.view {
            View::Crypto(crypto) => {
                let value = attribute.value.map_or("", |value| value.value);
                let at = line(texts[side], attribute.name.span);
                Some((crypto.tag.value, format!("{} {}", crypto.tag, crypto.suite), value, at))
            }
            _ => None,
        });
        attributes.collect()
    };
    let (from, to) = (all(0), all(1));
    let mut places = Vec::new();
    for one in by_key(from.iter().enumerate(), to.iter().enumerate(), |(_, (tag, ..))| *tag) {
        match one {
            Match::From((_, (_, name, _, line))) => {
                changes.push(Change::removed(Topic::Key, name, Was::hidden(*line)));
            }
            Match::To((_, (_, name, _, line))) => {
                changes.push(Change::added(Topic::Key, name, Was::hidden(*line)));
            }
            Match::Both((_, was), (place, is)) => {
                places.push(place);
                if was.2 != is.2 {
                    let values = [Was::hidden(was.3), Was::hidden(is.3)];
                    let message = match was.1 == is.1 {
                        true => format!("{}: key or its parameters changed", is.1),
                        false => format!("{} -> {}", was.1, is.1),
                    };
                    changes.push(Change::changed(Topic::Key, &is.1, values, message));
                }
            }
        }
    }
    // The first is preferred (RFC 4568).
    if out_of_order(&places).contains(&true) {
        let lines = [from.first().map_or(0, |one| one.3), to.first().map_or(0, |one| one.3)];
        let values = lines.map(Was::hidden);
        changes.push(Change::of(Topic::Key, How::Moved, "order", values, "order of preference changed"));
    }
}
