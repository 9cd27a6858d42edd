//! What a section sends: streams, sources and their groups, named streams, simulcast.

use std::collections::HashMap;

use super::change::{Change, Topic, Was};
use super::line;
use super::matching::{Match, by_key};
use crate::sdp::attribute::{Alternative, Rid, Simulcast, Streams};
use crate::sdp::session::Section;
use crate::sdp::text::Text;

pub(super) fn compare(texts: [&Text<'_>; 2], sections: [&Section<'_>; 2]) -> Vec<Change> {
    let mut changes = Vec::new();
    msids(texts, sections, &mut changes);
    sources(texts, sections, &mut changes);
    groups(texts, sections, &mut changes);
    rids(texts, sections, &mut changes);
    changes.extend(simulcast(texts, sections));
    changes
}

fn msids(texts: [&Text<'_>; 2], sections: [&Section<'_>; 2], changes: &mut Vec<Change>) {
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
