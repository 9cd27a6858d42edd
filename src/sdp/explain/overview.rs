//! The peer connections of a dump at a glance, the failed ones first, and how each went in a sentence.

use std::collections::BTreeMap;

use super::dump::{ConnectionFacts, DumpFacts, EventFacts, Happening};
use crate::report::{Align, Block, Cell, Table, Tone};

/// Peer connections in the table; the JSON has them all.
const MOST: usize = 40;
/// Interruptions told of one.
const MOST_INTERRUPTIONS: usize = 3;

/// How a peer connection went, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Failed,
    Disconnected,
    NeverConnected,
    Interrupted,
    Unknown,
    Connected,
}

impl DumpFacts {
    /// Whether a peer connection failed, or never came about because a description was refused.
    pub fn has_failed(&self) -> bool {
        self.connections.iter().any(ConnectionFacts::has_failed)
    }
}

impl ConnectionFacts {
    /// Whether it failed, or never came about because a description was refused.
    pub fn has_failed(&self) -> bool {
        let is_refusal = |event: &EventFacts| {
            matches!(event.what, Happening::Failure { .. })
                && ["setlocaldescription", "setremotedescription"]
                    .iter()
                    .any(|call| event.method.to_ascii_lowercase().starts_with(call))
        };
        self.failed || (!has_connected(self) && self.events.iter().any(is_refusal))
    }

    /// Whether its times are whole seconds.
    pub(super) fn is_coarse(&self) -> bool {
        self.events.iter().any(EventFacts::is_coarse)
    }
}

impl EventFacts {
    /// Whether its time is whole seconds.
    pub(super) fn is_coarse(&self) -> bool {
        self.at_ms.is_some() && self.time_ms.is_none()
    }
}

/// The peer connections, those that failed first.
pub(super) fn gravest_first(dump: &DumpFacts) -> Vec<&ConnectionFacts> {
    let mut all: Vec<&ConnectionFacts> = dump.connections.iter().collect();
    all.sort_by_key(|one| standing(one));
    all
}

/// A row for each peer connection, where there are several.
pub(super) fn table(dump: &DumpFacts) -> Option<Block> {
    if dump.connections.len() < 2 {
        return None;
    }
    let ordered = gravest_first(dump);
    let row = |one: &&ConnectionFacts| {
        let (text, tone) = told(one);
        let began = one.events.iter().filter_map(|event| event.at_ms).reduce(f64::min);
        let (here, there) = (&one.local_candidates, &one.remote_candidates);
        let candidates = match here.is_empty() && there.is_empty() {
            true => String::new(),
            false => format!("; candidates: {} / {}", counted(here), counted(there)),
        };
        vec![
            name(one).into(),
            began.map(|at| moment(Some(at), one.is_coarse())).unwrap_or_default().into(),
            Cell::new(format!("{text}{candidates}"), tone),
        ]
    };
    let columns = [
        ("peer connection", Align::Left),
        ("began at", Align::Right),
        ("outcome; candidates of this / the other side", Align::Left),
    ];
    Some(Block::Table(Table {
        columns: columns.to_vec(),
        rows: ordered.iter().take(MOST).map(row).collect(),
    }))
}

/// How it went, and what it had to go by.
pub(super) fn outcome(one: &ConnectionFacts) -> Cell {
    let (told, tone) = told(one);
    let theirs = match (one.remote_candidates.is_empty(), one.without_text) {
        (true, 1..) => "none recorded of the other side".to_owned(),
        _ => format!("{} of the other side", counted(&one.remote_candidates)),
    };
    let candidates = match one.local_candidates.is_empty() && one.remote_candidates.is_empty() {
        true if one.without_text > 0 => "No candidates are recorded.".to_owned(),
        true => "No candidates on either side.".to_owned(),
        false => format!("Candidates: {} of this side, {theirs}.", counted(&one.local_candidates)),
    };
    Cell::new(format!("{}. {candidates}{}", capital(&told), candidate_errors(one)), tone)
}

fn told(one: &ConnectionFacts) -> (String, Tone) {
    let coarse = one.is_coarse();
    let state = one.connection_state.as_deref().or(one.ice_connection_state.as_deref());
    let at = |at: Option<f64>| at.map(|_| format!(" at {}", moment(at, coarse))).unwrap_or_default();
    let connected = match one.connected_after_ms {
        Some(after) => format!("connected after {}", moment(Some(after), coarse)),
        // Times may be missing, as in the prose of 2014.
        None => "connected".to_owned(),
    };
    let failed = at(one.failed_at_ms);
    let standing = standing(one);
    let mut lost: Vec<String> = Vec::new();
    for gap in one.interruptions.iter().filter(|gap| gap.came_back).take(MOST_INTERRUPTIONS) {
        let length = gap.at_ms.zip(gap.until_ms).map(|(from, until)| until - from);
        let length = length.map(|length| format!(" for {}", moment(Some(length), coarse)));
        lost.push(format!(", interrupted{}{}", at(gap.at_ms), length.unwrap_or_default()));
    }
    let more = one.interruptions.iter().filter(|gap| gap.came_back).count() - lost.len();
    if more > 0 {
        lost.push(format!(" and {more} times more"));
    }
    let lost = lost.concat();
    match standing {
        Standing::Failed if has_connected(one) => {
            (format!("{connected}{lost}, later failed{failed}"), Tone::Bad)
        }
        Standing::Failed if !one.failed => {
            ("never connected: a description was refused".to_owned(), Tone::Bad)
        }
        Standing::Failed => (format!("failed{failed}, and was never connected"), Tone::Bad),
        Standing::Disconnected => {
            let since = one.interruptions.last().and_then(|gap| gap.at_ms);
            let since = since.map(|_| format!(" since {}", moment(since, coarse))).unwrap_or_default();
            (format!("{connected}{lost}, disconnected{since} until the dump ends"), Tone::Warn)
        }
        Standing::NeverConnected => {
            let state = state.unwrap_or_default();
            (format!("never seen connected; its last state is {state}"), Tone::Warn)
        }
        Standing::Interrupted => (format!("{connected}{lost}"), Tone::Warn),
        Standing::Unknown => ("the dump does not say whether it connected".to_owned(), Tone::Plain),
        Standing::Connected => (connected, Tone::Good),
    }
}

fn standing(one: &ConnectionFacts) -> Standing {
    let state = one.connection_state.as_deref().or(one.ice_connection_state.as_deref());
    match (has_connected(one), state) {
        _ if one.has_failed() => Standing::Failed,
        (true, Some("disconnected")) => Standing::Disconnected,
        (true, _) if !one.interruptions.is_empty() => Standing::Interrupted,
        (true, _) => Standing::Connected,
        (false, Some(_)) => Standing::NeverConnected,
        (false, None) => Standing::Unknown,
    }
}

/// Whether it was connected at some time.
pub(super) fn has_connected(one: &ConnectionFacts) -> bool {
    let state = one.connection_state.as_deref().or(one.ice_connection_state.as_deref());
    one.connected_after_ms.is_some()
        || !one.interruptions.is_empty()
        || matches!(state, Some("connected" | "completed"))
}

/// How often servers gave no candidate, by their codes.
fn candidate_errors(one: &ConnectionFacts) -> String {
    let mut codes: BTreeMap<Option<u16>, usize> = BTreeMap::new();
    for event in &one.events {
        if let Happening::CandidateError(error) = &event.what {
            *codes.entry(error.code).or_insert(0) += 1;
        }
    }
    let each: Vec<String> = codes
        .into_iter()
        .map(|(code, count)| match code {
            Some(code) => format!("{count} of code {code}"),
            None => format!("{count} without a code"),
        })
        .collect();
    match each.is_empty() {
        true => String::new(),
        false => format!(" Errors of STUN and TURN servers: {}.", each.join(", ")),
    }
}

pub(super) fn counted(candidates: &BTreeMap<String, usize>) -> String {
    let each: Vec<String> = candidates.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    if each.is_empty() { "none".to_owned() } else { each.join(", ") }
}

fn name(one: &ConnectionFacts) -> &str {
    if one.id.is_empty() { "without a name" } else { &one.id }
}

/// A time or a length of time; in whole seconds where it is not known better.
pub(super) fn moment(milliseconds: Option<f64>, coarse: bool) -> String {
    let seconds = milliseconds.unwrap_or_default() / 1000.0;
    if coarse { format!("{seconds:.0} s") } else { format!("{seconds:.3} s") }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
