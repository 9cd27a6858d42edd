//! Turns the entries of any dump into events, and their descriptions into documents.

use std::collections::HashMap;

use super::super::candidate::{self, Candidate};
use super::super::document::{InDump, Kind, Place, Wrapping};
use super::super::finder::{Context, Finder};
use super::super::json::{self, Node, Value, unescape};
use super::super::note::{About, Note};
use super::super::text::{Text, find};
use super::candidate_error::CandidateError;
use super::event::{self, Event, Side, State, What};
use super::restore::{Restored, restore};
use super::{Connection, Dump, secret};

/// Connections beyond this many, and events in one, are not kept.
const MOST: usize = 100_000;
/// How much of a value that means nothing to us is kept.
const SHOWN: usize = 300;

/// One entry of a dump.
pub(super) struct Entry<'e> {
    pub(super) connection: &'e str,
    pub(super) method: &'e str,
    pub(super) time_ms: Option<f64>,
    pub(super) time_text: Option<String>,
    pub(super) value: Option<(&'e Text<'e>, &'e Node)>,
    pub(super) place: Option<Place>,
}

/// Collects a dump.
pub(super) struct Recorder<'r, 'i> {
    finder: &'r mut Finder<'i>,
    context: &'r Context,
    pub(super) dump: Dump,
    by_id: HashMap<String, usize>,
    known: Vec<Known>,
    missing: usize,
    restored: usize,
}

/// The documents that later ones may be told by.
#[derive(Debug, Clone, Default)]
struct Known {
    created: Vec<(Kind, usize)>,
    local: Vec<(Kind, usize)>,
    remote: Vec<(Kind, usize)>,
    /// `create` was seen.
    was_made: bool,
}

/// What a value is.
enum Given {
    Nothing,
    Description(Option<Kind>, Option<Text<'static>>),
    Candidate(Candidate),
    Text(String),
}

impl<'r, 'i> Recorder<'r, 'i> {
    pub(super) fn new(finder: &'r mut Finder<'i>, context: &'r Context, dump: Dump) -> Self {
        Self { finder, context, dump, by_id: HashMap::new(), known: Vec::new(), missing: 0, restored: 0 }
    }

    /// The connection of this name, made if it is new.
    pub(super) fn connection(&mut self, id: &str) -> Option<usize> {
        if let Some(index) = self.by_id.get(id) {
            return Some(*index);
        }
        if self.dump.connections.len() >= MOST {
            return None;
        }
        let index = self.dump.connections.len();
        self.dump.connections.push(Connection { id: id.to_owned(), ..Connection::default() });
        self.known.push(Known::default());
        self.by_id.insert(id.to_owned(), index);
        Some(index)
    }

    /// Where an offset of a text stands in the input.
    pub(super) fn place(&self, text: &Text<'_>, at: usize) -> Option<Place> {
        self.finder.place(text, at)
    }

    /// Takes an entry down.
    pub(super) fn record(&mut self, entry: &Entry<'_>) {
        let Some(connection) = self.connection(entry.connection) else { return };
        let method = entry.method.to_ascii_lowercase();
        // A page that was loaded again counts from the beginning.
        let again = method == "create" && std::mem::replace(&mut self.known[connection].was_made, true);
        if again {
            self.by_id.remove(entry.connection);
        }
        let Some(connection) = self.connection(entry.connection) else { return };
        self.known[connection].was_made |= again;
        if matches!(method.as_str(), "getstats" | "g") {
            self.dump.connections[connection].stats += 1;
            return;
        }
        if matches!(method.as_str(), "create" | "setconfiguration")
            && let Some((text, node)) = entry.value
        {
            let configuration = secret::configuration(text, node);
            self.dump.connections[connection].configuration =
                configuration.or_else(|| self.dump.connections[connection].configuration.take());
        }
        if self.dump.connections[connection].events.len() >= MOST {
            return;
        }
        if method.ends_with("icecandidateerror") {
            let error = entry.value.map(|(text, node)| CandidateError::of(text, node)).unwrap_or_default();
            self.push(connection, entry, What::CandidateError(error));
            return;
        }
        let given = entry.value.map_or(Given::Nothing, |(text, node)| given(text, node, 0));
        let what = self.what(connection, entry, &method, given);
        self.push(connection, entry, what);
    }

    /// Takes a call down that failed and belongs to no connection.
    pub(super) fn record_page_failure(&mut self, entry: &Entry<'_>, message: Option<String>) {
        let given = entry.value.map_or(Given::Nothing, |(text, node)| given(text, node, 0));
        let said = if let Given::Text(said) = given { said } else { String::new() };
        let what = What::Failure { message: message.unwrap_or(said) };
        if self.dump.page_failures.len() < MOST {
            self.dump.page_failures.push(event_of(entry, what));
        }
    }

    /// Takes down that a description was set, where the dump has it apart.
    pub(super) fn record_description(&mut self, entry: &Entry<'_>, kind: Kind, sdp: Text<'static>) {
        let Some(connection) = self.connection(entry.connection) else { return };
        let given = Given::Description(Some(kind), Some(sdp));
        let what = self.what(connection, entry, &entry.method.to_ascii_lowercase(), given);
        self.push(connection, entry, what);
    }

    fn push(&mut self, connection: usize, entry: &Entry<'_>, what: What) {
        self.dump.connections[connection].events.push(event_of(entry, what));
    }

    fn what(&mut self, connection: usize, entry: &Entry<'_>, method: &str, given: Given) -> What {
        if let Some(of) = State::from_method(method) {
            let to = if let Given::Text(value) = given { State::word(&value) } else { String::new() };
            return What::State { of, to };
        }
        if method.ends_with("onfailure") || method.ends_with("failed") {
            let message = if let Given::Text(message) = given { message } else { String::new() };
            return What::Failure { message };
        }
        let by_method = match method {
            "createofferonsuccess" => Some(Kind::Offer),
            "createansweronsuccess" => Some(Kind::Answer),
            _ => None,
        };
        let side = match method {
            "createofferonsuccess" | "createansweronsuccess" => Some(Side::Created),
            "setlocaldescription" | "setlocaldescriptiononsuccess" => Some(Side::Local),
            "setremotedescription" | "setremotedescriptiononsuccess" => Some(Side::Remote),
            _ => None,
        };
        let is_set_done = method.ends_with("descriptiononsuccess");
        match (side, given) {
            // A call without an argument tells afterwards what it set.
            (Some(side), Given::Description(kind, sdp)) if !is_set_done || sdp.is_some() => {
                let kind = kind.or(by_method).unwrap_or(Kind::Unknown);
                self.description(connection, entry.method, side, kind, sdp, is_set_done)
            }
            (Some(side), Given::Nothing) if !is_set_done => {
                let kind = by_method.unwrap_or(Kind::Unknown);
                What::Description { side, kind, document: None, munged: None }
            }
            (_, Given::Candidate(candidate)) if method.contains("icecandidate") => What::Candidate {
                local: !method.starts_with("add"),
                candidate: Candidate { place: entry.place, ..candidate },
            },
            (_, Given::Nothing) if matches!(method, "icecandidate" | "onicecandidate") => What::Candidate {
                local: true,
                candidate: Candidate { place: entry.place, ..Candidate::of(None) },
            },
            (_, Given::Text(value)) => What::Other { value },
            _ => What::Other { value: String::new() },
        }
    }

    fn description(
        &mut self,
        connection: usize,
        method: &str,
        side: Side,
        kind: Kind,
        sdp: Option<Text<'static>>,
        is_set_done: bool,
    ) -> What {
        let known = &self.known[connection];
        let latest =
            |list: &[(Kind, usize)]| list.iter().rev().find(|(of, _)| *of == kind).map(|(_, index)| *index);
        let base = match side {
            Side::Created => latest(&known.local).or_else(|| latest(&known.created)),
            Side::Local => {
                latest(&known.local[known.local.len().saturating_sub(1)..]).or_else(|| latest(&known.created))
            }
            Side::Remote => latest(&known.remote),
        };
        let base_text =
            base.and_then(|index| self.finder.documents.get(index)).map(|document| document.text.as_slice());
        let created = latest(&known.created).filter(|_| side == Side::Local);
        let none = What::Description { side, kind, document: None, munged: None };
        let (text, was_restored) = match sdp {
            // Without text, what was created last is set (RFC 9429 §4.1.10).
            None => match created.and_then(|index| self.finder.documents.get(index)) {
                Some(document) if kind != Kind::Rollback => (Text::decoded(document.text.clone()), true),
                _ => {
                    if kind == Kind::Rollback && side == Side::Local {
                        self.known[connection].local.pop();
                    }
                    return none;
                }
            },
            Some(sdp) => match restore(&sdp, base_text) {
                Restored::Whole => (sdp, false),
                Restored::Back(text) => (text, true),
                Restored::Missing => {
                    self.missing += 1;
                    (sdp, false)
                }
            },
        };
        let same = |index: usize| {
            self.finder.documents.get(index).is_some_and(|document| document.text == *text.bytes)
        };
        if is_set_done && known.local.last().or(known.remote.last()).is_some_and(|(_, index)| same(*index)) {
            return What::Other { value: String::new() };
        }
        let id = self.dump.connections[connection].id.clone();
        let context = self.context.inner(&format!("{id} {method}"), Some(Wrapping::String));
        let munged = created.and_then(|created| Some((created, self.finder.documents.get(created)?)));
        let munged = munged.map(|(created, document)| event::munged(created, &document.text, &text.bytes));
        let Some(index) = self.finder.add(text, kind, &context) else { return none };
        self.restored += usize::from(was_restored);
        let event = self.dump.connections[connection].events.len();
        let document = &mut self.finder.documents[index];
        document.restored = was_restored;
        document.in_dump = Some(InDump { connection, event });
        let known = &mut self.known[connection];
        match side {
            Side::Created => known.created.push((kind, index)),
            Side::Local => known.local.push((kind, index)),
            Side::Remote => known.remote.push((kind, index)),
        }
        What::Description { side, kind, document: Some(index), munged }
    }

    /// Where a dump does not say what was set, the signaling state that follows does (RFC 9429 §3.2), and so does
    /// what was created before.
    fn infer_kinds(&mut self) {
        for connection in &mut self.dump.connections {
            let mut next = None;
            for event in connection.events.iter_mut().rev() {
                match &mut event.what {
                    What::State { of: State::Signaling, to } => {
                        next = match to.as_str() {
                            "have-local-offer" => Some((Side::Local, Kind::Offer)),
                            "have-remote-offer" => Some((Side::Remote, Kind::Offer)),
                            "stable" => Some((Side::Created, Kind::Answer)),
                            _ => None,
                        };
                    }
                    What::Description { side: Side::Created, .. } => {}
                    What::Description { side, kind, .. } => {
                        let fits = next.take().filter(|(by, _)| by == side || *by == Side::Created);
                        if let (Kind::Unknown, Some((_, inferred))) = (*kind, fits) {
                            *kind = inferred;
                        }
                    }
                    _ => {}
                }
            }
            let mut created = None;
            for event in &mut connection.events {
                match &mut event.what {
                    What::Description { side: Side::Created, kind, .. } => created = Some(*kind),
                    What::Description { side: Side::Local, kind, .. } => {
                        let before = created.take();
                        if let (Kind::Unknown, Some(before)) = (*kind, before) {
                            *kind = before;
                        }
                    }
                    _ => {}
                }
                if let What::Description { kind, document: Some(index), .. } = &event.what
                    && let Some(document) = self.finder.documents.get_mut(*index)
                {
                    document.kind = *kind;
                }
            }
        }
    }

    /// Hands the dump over.
    pub(super) fn finish(mut self) {
        self.infer_kinds();
        let lacking = self
            .dump
            .connections
            .iter()
            .flat_map(|connection| &connection.events)
            .filter(|event| matches!(event.what, What::Description { document: None, kind, .. } if kind != Kind::Rollback))
            .count();
        if lacking > 0 && !self.finder.documents.is_empty() {
            let text = format!(
                "{lacking} descriptions of the dump have no SDP: it was left out when they were recorded, or none was given"
            );
            self.finder.notes.push(Note::new(About::LeftOut, text));
        }
        if self.restored > 0 {
            let text = format!(
                "{} descriptions were put together again from parts that the dump leaves out",
                self.restored
            );
            self.finder.notes.push(Note::new(About::Restored, text));
        }
        if self.missing > 0 {
            let text = format!(
                "of {} descriptions sections are missing: the dump refers to some that are not in it",
                self.missing
            );
            self.finder.notes.push(Note::new(About::LeftOut, text));
        }
        self.finder.dump = Some(self.dump);
    }
}

fn event_of(entry: &Entry<'_>, what: What) -> Event {
    let time_text = entry.time_text.clone();
    let method = entry.method.chars().take(80).collect();
    Event { time_ms: entry.time_ms, time_text, method, what, place: entry.place }
}

fn given(text: &Text<'_>, node: &Node, depth: usize) -> Given {
    let bytes = &*text.bytes;
    match &node.value {
        _ if node.is_null(bytes) => Given::Nothing,
        Value::Object(_) => object(text, node),
        Value::Array(elements) => match elements.first() {
            // Some record the arguments of the call.
            Some(only) if elements.len() == 1 && depth == 0 => given(text, only, 1),
            _ => Given::Text(short(node.written(bytes))),
        },
        Value::Word => Given::Text(short(node.written(bytes))),
        Value::String => {
            let decoded = unescape(text, json::inside(bytes, &node.span));
            let head = decoded.bytes.trim_ascii();
            if head.is_empty() || matches!(head, b"null" | b"undefined") {
                return Given::Nothing;
            }
            if head.starts_with(b"{")
                && depth < 3
                && let Some(parsed) = json::parse(&decoded.bytes, 0)
            {
                return given(&decoded, &parsed.node, depth + 1);
            }
            prose(&decoded)
        }
    }
}

fn object(text: &Text<'_>, node: &Node) -> Given {
    let bytes = &*text.bytes;
    let word = |name: &str| node.member(bytes, name).and_then(|member| member.to_text(bytes));
    let kind = word("type").and_then(|kind| Kind::from_word(&kind));
    let sdp = node.member(bytes, "sdp").filter(|sdp| sdp.value == Value::String);
    if kind.is_some() || sdp.is_some() {
        let sdp = sdp.map(|sdp| unescape(text, json::inside(bytes, &sdp.span)));
        return Given::Description(kind, sdp.filter(|sdp| !sdp.bytes.trim_ascii().is_empty()));
    }
    if let Some(member) = node.member(bytes, "candidate") {
        let line = member.to_text(bytes).unwrap_or_default();
        let line = candidate::line_of(line.as_bytes()).map(|line| String::from_utf8_lossy(line).into_owned());
        let mut candidate = Candidate::of(line);
        candidate.mid = word("sdpMid");
        candidate.m_line = word("sdpMLineIndex").and_then(|index| index.parse().ok());
        candidate.ufrag = word("usernameFragment");
        return Given::Candidate(candidate);
    }
    Given::Text(short(node.written(bytes)))
}

/// `type: offer, sdp: v=0…` and `sdpMid: 0, sdpMLineIndex: 0, candidate: candidate:…`, as Chrome wrote until 2024.
fn prose(text: &Text<'static>) -> Given {
    let bytes = &*text.bytes;
    let head = &bytes[..bytes.len().min(200)];
    if head.trim_ascii_start().starts_with(b"type:")
        && let Some(at) = find(head, b"sdp:", 0)
    {
        let head = String::from_utf8_lossy(&head[..at]);
        let kind = head.split([':', ',']).nth(1).and_then(Kind::from_word);
        let start = at + 4 + bytes[at + 4..].iter().take_while(|byte| **byte == b' ').count();
        let sdp = text.slice(start..bytes.len());
        return Given::Description(kind, (!sdp.bytes.trim_ascii().is_empty()).then_some(sdp));
    }
    if let Some(at) = find(bytes, b"candidate:", 0).filter(|_| bytes.len() < 4096) {
        let all = String::from_utf8_lossy(bytes);
        let field = |name: &str| {
            let rest = &all[all.find(name)? + name.len()..];
            Some(rest.split(',').next()?.trim().to_owned()).filter(|value| !value.is_empty())
        };
        let line = bytes[at..].strip_prefix(b"candidate:").map(<[u8]>::trim_ascii);
        let line = line.filter(|rest| rest.starts_with(b"candidate:")).unwrap_or(&bytes[at..]);
        let line = line.split(|byte| *byte == b',').next().and_then(candidate::line_of);
        let mut candidate = Candidate::of(line.map(|line| String::from_utf8_lossy(line).into_owned()));
        candidate.mid = field("sdpMid:").or_else(|| field("mid:"));
        candidate.m_line = field("sdpMLineIndex:").and_then(|index| index.parse().ok());
        return Given::Candidate(candidate);
    }
    if super::super::raw::is_sdp(bytes) {
        return Given::Description(None, Some(text.clone()));
    }
    Given::Text(short(bytes))
}

fn short(bytes: &[u8]) -> String {
    let head = &bytes[..bytes.len().min(SHOWN * 4)];
    secret::masked(head).chars().take(SHOWN).collect()
}
