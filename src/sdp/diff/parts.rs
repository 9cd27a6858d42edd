//! What a section says by itself: extensions, candidates, bandwidth, streams, sources, keys.

use std::collections::HashMap;

use super::change::{Change, How, Topic, Was};
use super::line;
use super::matching::{Match, by_key, out_of_order};
use crate::sdp::attribute::{Alternative, Candidate, Extmap, Rid, Simulcast, Streams, View};
use crate::sdp::line::Bandwidth;
use crate::sdp::session::Section;
use crate::sdp::text::Text;

pub(super) fn compare(texts: [&Text<'_>; 2], sections: [&Section<'_>; 2]) -> Vec<Change> {
    let mut changes = Vec::new();
    extensions(texts, sections, &mut changes);
    candidates(texts, sections, &mut changes);
    bandwidth(texts, sections, &mut changes);
    streams(texts, sections, &mut changes);
    sources(texts, sections, &mut changes);
    groups(texts, sections, &mut changes);
    rids(texts, sections, &mut changes);
    changes.extend(simulcast(texts, sections));
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
        let text = match candidate.extension("password").filter(|word| !word.is_empty()) {
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
        let each = candidate.extensions.iter().filter(|one| one.name.value != "password");
        let mut all: Vec<_> =
            each.map(|one| (one.name.value.to_owned(), one.value.value.to_owned())).collect();
        all.sort();
        all
    };
    let (old, new) = (extensions(was), extensions(is));
    if old != new {
        let told = |these: &[(String, String)], those: &[(String, String)]| {
            let only = these.iter().filter(|one| !those.binary_search(one).is_err()).take(8);
            only.map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(" ")
        };
        let some = |text: String| if text.is_empty() { "nothing".to_owned() } else { text };
        said.push(format!("{} -> {}", some(told(&old, &new)), some(told(&new, &old))));
    }
    let password =
        |candidate: &Candidate<'_>| candidate.extension("password").map(|word| word.value.to_owned());
    if password(was) != password(is) {
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

fn streams(texts: [&Text<'_>; 2], sections: [&Section<'_>; 2], changes: &mut Vec<Change>) {
    let all = |side: usize| -> Vec<(String, u32)> {
        let each = sections[side].msids().map(|msid| {
            let track = msid.track.map(|track| format!(" {track}")).unwrap_or_default();
            (format!("{}{track}", msid.stream), line(texts[side], msid.stream.span))
        });
        each.collect()
    };
    let (from, to) = (all(0), all(1));
    let matched = by_key(&from, &to, |(name, _)| name);
    // One for another is a change.
    let only: Vec<_> = matched.iter().filter(|one| !matches!(one, Match::Both(..))).collect();
    if let [Match::From(was), Match::To(is)] = only[..] {
        changes.extend(Change::value(Topic::Stream, "", [(*was).clone(), (*is).clone()]));
        return;
    }
    for one in matched {
        match one {
            Match::From((name, line)) => {
                changes.push(Change::removed(Topic::Stream, name, Was::new(name, *line)));
            }
            Match::To((name, line)) => {
                changes.push(Change::added(Topic::Stream, name, Was::new(name, *line)))
            }
            Match::Both(..) => {}
        }
    }
}

/// One source with all its attributes, sorted.
struct Source<'s> {
    id: u32,
    line: u32,
    attributes: Vec<(&'s str, &'s str)>,
}

fn sources_of<'s>(text: &Text<'_>, section: &'s Section<'_>) -> Vec<Source<'s>> {
    let mut all: Vec<Source<'s>> = Vec::new();
    let mut places: HashMap<u32, usize> = HashMap::new();
    for ssrc in section.ssrcs() {
        let index = *places.entry(ssrc.id.value).or_insert_with(|| {
            all.push(Source { id: ssrc.id.value, line: line(text, ssrc.id.span), attributes: Vec::new() });
            all.len() - 1
        });
        let value = ssrc.value.map_or("", |value| value.value);
        all[index].attributes.push((ssrc.attribute.value, value));
    }
    for source in &mut all {
        source.attributes.sort_unstable();
        source.attributes.dedup();
    }
    all
}

impl Source<'_> {
    fn name(&self) -> String {
        match self.attributes.iter().find(|(name, _)| *name == "cname") {
            Some((_, cname)) => format!("{} (cname {cname})", self.id),
            None => self.id.to_string(),
        }
    }

    fn shown(&self) -> String {
        let each = self.attributes.iter().map(|(name, value)| match value.is_empty() {
            true => (*name).to_owned(),
            false => format!("{name}:{value}"),
        });
        each.collect::<Vec<_>>().join(" ")
    }
}

fn sources(texts: [&Text<'_>; 2], sections: [&Section<'_>; 2], changes: &mut Vec<Change>) {
    let (from, to) = (sources_of(texts[0], sections[0]), sources_of(texts[1], sections[1]));
    for one in by_key(&from, &to, |source| source.id) {
        match one {
            Match::From(was) => {
                changes.push(Change::removed(Topic::Ssrc, was.name(), Was::new(was.shown(), was.line)));
            }
            Match::To(is) => {
                changes.push(Change::added(Topic::Ssrc, is.name(), Was::new(is.shown(), is.line)))
            }
            Match::Both(was, is) if was.attributes != is.attributes => {
                let values = [Was::new(was.shown(), was.line), Was::new(is.shown(), is.line)];
                let subject = is.id.to_string();
                let message = format!("{subject}: {}", said_of_source(was, is));
                changes.push(Change::changed(Topic::Ssrc, subject, values, message));
            }
            Match::Both(..) => {}
        }
    }
}

/// What came, went and changed, by the names of its attributes.
fn said_of_source(was: &Source<'_>, is: &Source<'_>) -> String {
    let only = |these: &Source<'_>, those: &Source<'_>| -> Vec<(String, String)> {
        let only = these.attributes.iter().filter(|one| those.attributes.binary_search(one).is_err());
        only.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let (gone, new) = (only(was, is), only(is, was));
    let mut said = Vec::new();
    for one in by_key(&gone, &new, |(name, _)| name) {
        let shown = |(name, value): &(String, String)| format!("{name} {value}").trim_end().to_owned();
        said.push(match one {
            Match::Both(was, is) => format!("{} {} -> {}", was.0, was.1, is.1),
            Match::From(was) => format!("{} removed", shown(was)),
            Match::To(is) => format!("{} added", shown(is)),
        });
    }
    said.join(", ")
}

fn groups(texts: [&Text<'_>; 2], sections: [&Section<'_>; 2], changes: &mut Vec<Change>) {
    let all = |side: usize| -> Vec<(String, u32)> {
        let each = sections[side].ssrc_groups().map(|group| {
            let ids: Vec<String> = group.ssrcs.iter().map(|ssrc| ssrc.value.to_string()).collect();
            (format!("{} {}", group.semantics, ids.join(" ")), line(texts[side], group.semantics.span))
        });
        each.collect()
    };
    let (from, to) = (all(0), all(1));
    for one in by_key(&from, &to, |(name, _)| name) {
        match one {
            Match::From((name, line)) => {
                changes.push(Change::removed(Topic::SsrcGroup, name, Was::new(name, *line)));
            }
            Match::To((name, line)) => {
                changes.push(Change::added(Topic::SsrcGroup, name, Was::new(name, *line)));
            }
            Match::Both(..) => {}
        }
    }
}

fn rids(texts: [&Text<'_>; 2], sections: [&Section<'_>; 2], changes: &mut Vec<Change>) {
    let [from, to] = sections.map(|section| section.rids());
    for one in by_key(from, to, |rid| (rid.id.value, rid.direction.value)) {
        let name = |rid: &Rid<'_>| format!("{} {}", rid.id, rid.direction.as_str());
        let value = |side: usize, rid: &Rid<'_>| {
            let formats = rid.formats.iter().map(|format| format.value).collect::<Vec<_>>().join(",");
            let mut said: Vec<String> = Vec::new();
            if !formats.is_empty() {
                said.push(format!("pt={formats}"));
            }
            said.extend(rid.restrictions.iter().map(|one| match one.value {
                Some(value) => format!("{}={value}", one.name),
                None => one.name.to_string(),
            }));
            said.sort();
            let text = if said.is_empty() { "no limits".to_owned() } else { said.join(" ") };
            (text, line(texts[side], rid.id.span))
        };
        let was = |(text, line): (String, u32)| Was::new(text, line);
        match one {
            Match::From(rid) => changes.push(Change::removed(Topic::Rid, name(rid), was(value(0, rid)))),
            Match::To(rid) => changes.push(Change::added(Topic::Rid, name(rid), was(value(1, rid)))),
            Match::Both(old, new) => {
                changes.extend(Change::value(Topic::Rid, &name(new), [value(0, old), value(1, new)]));
            }
        }
    }
}

fn simulcast(texts: [&Text<'_>; 2], sections: [&Section<'_>; 2]) -> Option<Change> {
    let found = [0, 1].map(|side| {
        let simulcast = sections[side].simulcast()?;
        let attribute = sections[side].first("simulcast")?;
        Some((said(simulcast), line(texts[side], attribute.name.span)))
    });
    match found {
        [Some(was), Some(is)] => Change::value(Topic::Simulcast, "", [was, is]),
        [Some((text, line)), None] => {
            Some(Change::removed(Topic::Simulcast, &text, Was::new(text.as_str(), line)))
        }
        [None, Some((text, line))] => {
            Some(Change::added(Topic::Simulcast, &text, Was::new(text.as_str(), line)))
        }
        [None, None] => None,
    }
}

/// `send h;m;~l`.
fn said(simulcast: &Simulcast<'_>) -> String {
    let list = |word: &str, streams: &Option<Streams<'_>>| {
        let each = streams.as_ref()?.streams.iter().map(|stream| {
            let one = |rid: &Alternative<'_>| format!("{}{}", if rid.paused { "~" } else { "" }, rid.rid);
            stream.iter().map(one).collect::<Vec<_>>().join(",")
        });
        Some(format!("{word} {}", each.collect::<Vec<_>>().join(";")))
    };
    let both = [list("send", &simulcast.send), list("recv", &simulcast.recv)];
    both.into_iter().flatten().collect::<Vec<_>>().join(" ")
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
