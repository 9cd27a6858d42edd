//! What there is to say of a dump, as the JSON has it: its peer connections and what happened to each.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::facts::{CandidateFacts, SessionFacts};
use super::{agent, clock};
use crate::finding::Confidence;
use crate::sdp::source::dump::{CandidateError, Connection, Event, Format, Munged, Side, State, What};
use crate::sdp::source::{Dump, InDump, Kind};
use crate::sdp::{Family, Writer};

/// A dump.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
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
    /// Those of them that are calls that failed, such as getUserMedia.
    pub page_failures: Vec<EventFacts>,
}

/// One peer connection.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
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
    /// When it was disconnected or failed after it had been connected, each with when it came back.
    pub interruptions: Vec<Interruption>,
    /// Whether it failed and did not come back, by `connectionState` or `iceConnectionState`.
    pub failed: bool,
    /// When it did.
    pub failed_at_ms: Option<f64>,
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
    /// Whether its configuration allows relays alone.
    pub relay_only: bool,
    /// How often a STUN or TURN server gave no candidate.
    pub candidate_errors: usize,
    /// Descriptions that were set, but whose text the dump does not have.
    pub without_text: usize,
    /// What happened, in the order of the dump.
    pub events: Vec<EventFacts>,
    /// How often statistics were taken.
    pub stats: usize,
}

/// A connection was lost; times are those of its events.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Interruption {
    /// When it was.
    pub at_ms: Option<f64>,
    /// Whether it was connected again.
    pub came_back: bool,
    /// When it was connected again.
    pub until_ms: Option<f64>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct EventFacts {
    /// Since the first event of the dump; in whole seconds where `time_ms` is `null`.
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
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
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
    /// A STUN or TURN server gave no candidate.
    CandidateError(CandidateError),
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
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

impl SessionFacts {
    /// Takes the browser that a dump is of for the writer of what was created or set locally in it.
    pub fn know_writer(&mut self, dump: Option<&Dump>, place: Option<InDump>) {
        let Some((dump, place)) = dump.zip(place) else { return };
        let event = dump.connections.get(place.connection).and_then(|one| one.events.get(place.event));
        let Some(What::Description { side, munged, .. }) = event.map(|event| &event.what) else { return };
        let confidence = match (side, munged) {
            (Side::Created, _) | (Side::Local, Some(Munged::No { .. } | Munged::Reordered { .. })) => {
                Confidence::High
            }
            (Side::Local, _) => Confidence::Medium,
            (Side::Remote, _) => return,
        };
        let Some(name) = dump.user_agent.as_deref().and_then(agent::browser) else { return };
        let mut evidence = vec!["the dump is of that browser, and this is its own side".to_owned()];
        if self.writer.family != Family::Unknown {
            evidence.append(&mut self.writer.evidence);
        }
        self.writer = Writer { name, family: Family::Browser, confidence, evidence };
    }
}

impl DumpFacts {
    /// What `dump` says. Its documents are `sessions` of the number `base` and more.
    pub fn of(source: &str, dump: &Dump, sessions: &[SessionFacts], base: usize) -> Self {
        let clock = Clock::of(dump);
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
                .map(|one| ConnectionFacts::of(one, &numbered, base, &clock))
                .collect(),
            other_events: dump.other_events,
            page_failures: dump
                .page_failures
                .iter()
                .map(|event| EventFacts::of(event, &numbered, base, &clock))
                .collect(),
        }
    }
}

impl ConnectionFacts {
    fn of(
        one: &Connection,
        sessions: &BTreeMap<usize, &SessionFacts>,
        base: usize,
        clock: &Clock<'_>,
    ) -> Self {
        let events: Vec<EventFacts> =
            one.events.iter().map(|event| EventFacts::of(event, sessions, base, clock)).collect();
        let ordered = in_time(&events);
        let last = |of: State| {
            ordered.iter().rev().find_map(|event| match &event.what {
                Happening::State { of: own, to } if *own == of => Some(to.clone()),
                _ => None,
            })
        };
        let reached = |of: State| {
            ordered.iter().find_map(|event| match &event.what {
                Happening::State { of: own, to } if *own == of && is_connected(to) => event.at_ms,
                _ => None,
            })
        };
        let connection_state = last(State::Connection);
        let connected = match &connection_state {
            Some(_) => reached(State::Connection),
            None => reached(State::IceConnection),
        };
        let told_by = if connection_state.is_some() { State::Connection } else { State::IceConnection };
        let interruptions = interruptions(&ordered, told_by);
        let failures = [State::Connection, State::IceConnection].map(|of| failure(&ordered, of));
        let failed_at_ms = failures.iter().flatten().copied().flatten().reduce(f64::min);
        let began = events.iter().filter_map(|event| event.at_ms).reduce(f64::min);
        let candidate_errors =
            events.iter().filter(|event| matches!(event.what, Happening::CandidateError(_))).count();
        let without_text = events.iter().filter(|event| event.lacks_text()).count();
        Self {
            id: one.id.clone(),
            url: one.url.clone(),
            configuration: one.configuration.clone(),
            connected_after_ms: connected.zip(began).map(|(at, began)| at - began),
            interruptions,
            failed: failures.iter().any(Option::is_some),
            failed_at_ms,
            connection_state,
            ice_connection_state: last(State::IceConnection),
            signaling_state: last(State::Signaling),
            local_candidates: candidates(&events, sessions, Side::Local),
            remote_candidates: candidates(&events, sessions, Side::Remote),
            relay_only: one.configuration.as_deref().is_some_and(is_relay_only),
            candidate_errors,
            without_text,
            events,
            stats: one.stats,
        }
    }
}

/// In the order of their times, which is not that of the dump where several threads wrote it; an event without a time
/// stays behind the one before it.
pub(super) fn in_time(events: &[EventFacts]) -> Vec<&EventFacts> {
    let mut latest = f64::NEG_INFINITY;
    let mut timed: Vec<(f64, &EventFacts)> = Vec::with_capacity(events.len());
    for event in events {
        latest = event.at_ms.unwrap_or(latest);
        timed.push((latest, event));
    }
    timed.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    timed.into_iter().map(|(_, event)| event).collect()
}

fn is_connected(state: &str) -> bool {
    matches!(state, "connected" | "completed")
}

/// The changes of one state.
fn states<'e>(ordered: &'e [&EventFacts], of: State) -> impl Iterator<Item = (&'e EventFacts, &'e str)> {
    ordered.iter().filter_map(move |event| match &event.what {
        Happening::State { of: own, to } if *own == of => Some((*event, to.as_str())),
        _ => None,
    })
}

fn interruptions(ordered: &[&EventFacts], of: State) -> Vec<Interruption> {
    let mut interruptions: Vec<Interruption> = Vec::new();
    let mut was_connected = false;
    for (event, to) in states(ordered, of) {
        match (to, interruptions.last_mut().filter(|last| !last.came_back)) {
            ("disconnected" | "failed", None) if was_connected => {
                interruptions.push(Interruption { at_ms: event.at_ms, came_back: false, until_ms: None });
            }
            (to, Some(last)) if is_connected(to) => {
                (last.came_back, last.until_ms) = (true, event.at_ms);
            }
            _ => {}
        }
        was_connected |= is_connected(to);
    }
    interruptions
}

/// The last failure, and when that was, unless it was connected afterwards.
fn failure(ordered: &[&EventFacts], of: State) -> Option<Option<f64>> {
    let mut failed = None;
    for (event, to) in states(ordered, of) {
        match to {
            "failed" => failed = Some(event.at_ms),
            to if is_connected(to) => failed = None,
            _ => {}
        }
    }
    failed
}

/// `iceTransportPolicy` in JSON, or in the prose of Chrome.
fn is_relay_only(configuration: &str) -> bool {
    let Some((_, rest)) = configuration.split_once("iceTransportPolicy") else { return false };
    let value = rest.trim_start_matches(['"', ':', '=', ' ']);
    value.strip_prefix("relay").is_some_and(|rest| !rest.starts_with(|next: char| next.is_alphanumeric()))
}

/// Where the times of a dump count from.
struct Clock<'d> {
    start: Option<f64>,
    /// Of each time that is text, the seconds since the first.
    seconds: BTreeMap<&'d str, i64>,
}

impl<'d> Clock<'d> {
    fn of(dump: &'d Dump) -> Self {
        let events = || dump.connections.iter().flat_map(|one| &one.events);
        let times = events().chain(&dump.page_failures).filter_map(|event| event.time_ms);
        let mut start = times.reduce(f64::min);
        let mut seconds = BTreeMap::new();
        if events().next().is_some() && events().all(|event| event.time_ms.is_none()) {
            // Those of the calls for cameras are of another clock, then.
            start = None;
            let texts: Vec<&str> = events().filter_map(|event| event.time_text.as_deref()).collect();
            if let Some(all) = clock::seconds_between(&texts) {
                seconds = texts.into_iter().zip(all).collect();
            }
        }
        Self { start, seconds }
    }

    fn at(&self, event: &Event) -> Option<f64> {
        match event.time_ms {
            Some(time) => Some(time - self.start?),
            None => Some(*self.seconds.get(event.time_text.as_deref()?)? as f64 * 1000.0),
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
    fn of(event: &Event, sessions: &BTreeMap<usize, &SessionFacts>, base: usize, clock: &Clock<'_>) -> Self {
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
            What::CandidateError(error) => Happening::CandidateError(error.clone()),
            What::State { of, to } => Happening::State { of: *of, to: to.clone() },
            What::Failure { message } => Happening::Failure { message: message.clone() },
            What::Other { value } => Happening::Other { value: value.clone() },
        };
        Self {
            at_ms: clock.at(event),
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
