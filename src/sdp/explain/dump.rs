//! What there is to say of a dump, as the JSON has it: its peer connections and what happened to each.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::agent;
use super::facts::{CandidateFacts, SessionFacts};
use crate::sdp::source::dump::{Connection, Event, Format, Munged, Side, State, What};
use crate::sdp::source::{Dump, Kind};

/// A dump.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DumpFacts {
    /// Where it came from.
    pub source: String,
    /// What wrote it.
    pub format: Format,
    /// The browser in two words, where its user agent tells: `Chrome 140`.
    pub browser: Option<String>,
    /// As the browser names itself.
    pub user_agent: Option<String>,
    /// The page, without what follows `?` or `#`.
    pub url: Option<String>,
    /// In the order in which they appear.
    pub connections: Vec<ConnectionFacts>,
    /// Events that belong to no connection, such as getUserMedia.
    pub other_events: usize,
}

/// One peer connection.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConnectionFacts {
    /// As the dump names it.
    pub id: String,
    /// The page that made it, without what follows `?` or `#`.
    pub url: Option<String>,
    /// What it was made with, credentials replaced by `***`.
    pub configuration: Option<String>,
    /// From its first event until `connectionState` was first `connected`, or, where the dump has no such state,
    /// `iceConnectionState`.
    pub connected_after_ms: Option<f64>,
    /// The last `connectionState`.
    pub connection_state: Option<String>,
    /// The last `iceConnectionState`.
    pub ice_connection_state: Option<String>,
    /// The last `signalingState`.
    pub signaling_state: Option<String>,
    /// Candidates of this side by type, from events and descriptions.
    pub local_candidates: BTreeMap<String, usize>,
    /// Candidates of the other side.
    pub remote_candidates: BTreeMap<String, usize>,
    /// Descriptions that were set, but whose text the dump does not have.
    pub without_text: usize,
    /// What happened, in the order of the dump.
    pub events: Vec<EventFacts>,
    /// How often statistics were taken.
    pub stats: usize,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EventFacts {
    /// Since the first event of the dump.
    pub at_ms: Option<f64>,
    /// Since 1970.
    pub time_ms: Option<f64>,
    /// As the dump writes it, where that is text.
    pub time_text: Option<String>,
    /// As the dump names it.
    pub method: String,
    /// The line of the input.
    pub line: Option<usize>,
    /// What it means.
    #[serde(flatten)]
    pub what: Happening,
}

/// The meaning of an event.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Happening {
    /// A description was created or set.
    Description {
        /// By whom, and to what end.
        side: Side,
        /// Offer or answer.
        #[serde(rename = "type")]
        kind: Kind,
        /// Its `number` among the sessions; `null` where the dump has no text of it.
        number: Option<usize>,
        /// Its m-lines in words.
        #[serde(skip)]
        media: String,
        /// How it differs from what had been created; only of those set locally.
        change: Option<Change>,
    },
    /// A candidate was found, or given to addIceCandidate.
    Candidate {
        /// Of this side; else of the other.
        local: bool,
        /// What it says; `null` where it is the end of candidates, or cannot be read.
        candidate: Option<CandidateFacts>,
        /// As written; `null` for the end of candidates.
        text: Option<String>,
        /// The section that it is for.
        mid: Option<String>,
    },
    /// A state changed.
    State {
        /// Which one.
        of: State,
        /// To what.
        to: String,
    },
    /// A call failed.
    Failure {
        /// The browser's words.
        message: String,
    },
    /// Something else.
    Other {
        /// The beginning of its value.
        value: String,
    },
}

/// How what was set differs from what had been created.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The `number` of what had been created.
    pub from: usize,
    /// Whether lines were changed, added or removed.
    pub munged: bool,
    /// Whether the same lines stand in another order.
    pub reordered: bool,
    /// The first line that differs, counted from 1.
    pub first_line: Option<usize>,
    /// Lines that are new.
    pub lines_added: usize,
    /// Lines that are gone.
    pub lines_removed: usize,
}

impl DumpFacts {
    /// What `dump` says. Its documents are `sessions` of the number `base` and more.
    pub fn of(source: &str, dump: &Dump, sessions: &[SessionFacts], base: usize) -> Self {
        let times = dump.connections.iter().flat_map(|one| &one.events).filter_map(|event| event.time_ms);
        let start = times.fold(None, |first: Option<f64>, time| Some(first.map_or(time, |at| at.min(time))));
        let numbered: BTreeMap<usize, &SessionFacts> =
            sessions.iter().map(|session| (session.number, session)).collect();
        Self {
            source: source.to_owned(),
            format: dump.format,
            browser: dump.user_agent.as_deref().and_then(agent::browser),
            user_agent: dump.user_agent.clone(),
            url: dump.url.clone(),
            connections: dump
                .connections
                .iter()
                .map(|one| ConnectionFacts::of(one, &numbered, base, start))
                .collect(),
            other_events: dump.other_events,
        }
    }
}

impl ConnectionFacts {
    fn of(
        one: &Connection,
        sessions: &BTreeMap<usize, &SessionFacts>,
        base: usize,
        start: Option<f64>,
    ) -> Self {
        let events: Vec<EventFacts> =
            one.events.iter().map(|event| EventFacts::of(event, sessions, base, start)).collect();
        let last = |of: State| {
            events.iter().rev().find_map(|event| match &event.what {
                Happening::State { of: own, to } if *own == of => Some(to.clone()),
                _ => None,
            })
        };
        let reached = |of: State| {
            events.iter().find_map(|event| match &event.what {
                Happening::State { of: own, to }
                    if *own == of && matches!(to.as_str(), "connected" | "completed") =>
                {
                    event.time_ms
                }
                _ => None,
            })
        };
        let connection_state = last(State::Connection);
        let connected = match &connection_state {
            Some(_) => reached(State::Connection),
            None => reached(State::IceConnection),
        };
        let began = events.iter().filter_map(|event| event.time_ms).reduce(f64::min);
        let without_text = events.iter().filter(|event| event.lacks_text()).count();
        Self {
            id: one.id.clone(),
            url: one.url.clone(),
            configuration: one.configuration.clone(),
            connected_after_ms: connected.zip(began).map(|(at, began)| at - began),
            connection_state,
            ice_connection_state: last(State::IceConnection),
            signaling_state: last(State::Signaling),
            local_candidates: candidates(&events, sessions, Side::Local),
            remote_candidates: candidates(&events, sessions, Side::Remote),
            without_text,
            events,
            stats: one.stats,
        }
    }
}

/// The candidates of one side by type. One that is in an event and in a description counts once.
fn candidates(
    events: &[EventFacts],
    sessions: &BTreeMap<usize, &SessionFacts>,
    of: Side,
) -> BTreeMap<String, usize> {
    let mut seen: BTreeSet<(&str, &str, &str, u16, u16)> = BTreeSet::new();
    let mut all: Vec<&CandidateFacts> = Vec::new();
    for event in events {
        match &event.what {
            Happening::Candidate { local, candidate: Some(candidate), .. }
                if *local == (of == Side::Local) =>
            {
                all.push(candidate);
            }
            Happening::Description { side, number: Some(number), .. } if *side == of => {
                let media = sessions.get(number).map_or(&[][..], |session| &session.media);
                all.extend(media.iter().flat_map(|media| &media.candidates));
            }
            _ => {}
        }
    }
    let mut counted = BTreeMap::new();
    for one in all {
        if seen.insert((&one.kind, &one.protocol, &one.address, one.port, one.component)) {
            *counted.entry(one.kind.clone()).or_insert(0) += 1;
        }
    }
    counted
}

impl EventFacts {
    fn of(event: &Event, sessions: &BTreeMap<usize, &SessionFacts>, base: usize, start: Option<f64>) -> Self {
        let what = match &event.what {
            What::Description { side, kind, document, munged } => {
                let number = document.map(|index| base + index);
                let session = number.and_then(|number| sessions.get(&number));
                Happening::Description {
                    side: *side,
                    kind: *kind,
                    number,
                    media: session.map(|session| super::prose::media(session)).unwrap_or_default(),
                    change: munged.map(|munged| Change::of(munged, base)),
                }
            }
            What::Candidate { local, candidate } => Happening::Candidate {
                local: *local,
                candidate: candidate.line.as_deref().and_then(CandidateFacts::of_line),
                text: candidate.line.clone(),
                mid: candidate.mid.clone(),
            },
            What::State { of, to } => Happening::State { of: *of, to: to.clone() },
            What::Failure { message } => Happening::Failure { message: message.clone() },
            What::Other { value } => Happening::Other { value: value.clone() },
        };
        Self {
            at_ms: event.time_ms.zip(start).map(|(time, start)| time - start),
            time_ms: event.time_ms,
            time_text: event.time_text.clone(),
            method: event.method.clone(),
            line: event.place.map(|place| place.line),
            what,
        }
    }

    fn lacks_text(&self) -> bool {
        matches!(&self.what, Happening::Description { number: None, kind, side, .. }
            if *kind != Kind::Rollback && *side != Side::Created)
    }
}

impl Change {
    fn of(munged: Munged, base: usize) -> Self {
        let none = Self {
            from: 0,
            munged: false,
            reordered: false,
            first_line: None,
            lines_added: 0,
            lines_removed: 0,
        };
        match munged {
            Munged::No { created } => Self { from: base + created, ..none },
            Munged::Reordered { created } => Self { from: base + created, reordered: true, ..none },
            Munged::Yes { created, line, added, removed } => Self {
                from: base + created,
                munged: true,
                first_line: Some(line),
                lines_added: added,
                lines_removed: removed,
                ..none
            },
        }
    }
}
