//! What failed in a dump, in one list: the answers of TURN servers, calls, ICE, cameras. It has what is recorded, and
//! leaves it to the reader which of it is the cause.

use super::dump::{ConnectionFacts, DumpFacts, EventFacts, Happening, in_time};
use super::overview::{self, moment};
use crate::report::{Block, Cell, Tone};
use crate::sdp::source::dump::{CandidateError, Side, State};

/// Items shown; the timelines have them all.
const MOST: usize = 15;
/// Different sentences kept of one connection.
const MOST_COUNTED: usize = 1000;

pub(super) fn blocks(dump: &DumpFacts) -> Vec<Block> {
    let mut items: Vec<String> = Vec::new();
    let many = dump.connections.len() > 1;
    let mut servers: Vec<&str> = Vec::new();
    for one in overview::gravest_first(dump) {
        let mut own: Vec<(String, usize)> = Vec::new();
        for event in in_time(&one.events) {
            let sentence = match &event.what {
                // What went wrong with one server is no failure where the call came about with another.
                Happening::CandidateError(error) if !overview::has_connected(one) => {
                    servers.extend(error.url.as_deref().filter(|url| is_plain(url)));
                    server(error)
                }
                Happening::Failure { message } => call(event, message),
                _ => continue,
            };
            count(&mut own, sentence);
        }
        if one.failed {
            for sentence in ice(one) {
                count(&mut own, sentence);
            }
        }
        let name = if one.id.is_empty() { "without a name" } else { &one.id };
        items.extend(own.into_iter().map(|(sentence, times)| {
            let times = if times > 1 { format!(" ({times} times)") } else { String::new() };
            if many { format!("{name}: {sentence}{times}") } else { format!("{sentence}{times}") }
        }));
    }
    let mut page: Vec<(String, usize)> = Vec::new();
    for event in &dump.page_failures {
        if let Happening::Failure { message } = &event.what {
            count(&mut page, call(&EventFacts { at_ms: None, ..event.clone() }, message));
        }
    }
    items.extend(
        page.into_iter().map(
            |(sentence, times)| {
                if times > 1 { format!("{sentence} ({times} times)") } else { sentence }
            },
        ),
    );
    if items.is_empty() {
        return Vec::new();
    }
    let left_out = items.len().saturating_sub(MOST);
    let mut cells: Vec<Cell> = items.into_iter().take(MOST).map(|item| Cell::new(item, Tone::Bad)).collect();
    if left_out > 0 {
        cells.push(Cell::new(format!("{left_out} more are in the timelines"), Tone::Dim));
    }
    let mut blocks =
        vec![Block::Heading("What failed".to_owned()), Block::List { numbered: false, items: cells }];
    if let Some(url) = servers.first() {
        let login = if url.starts_with("turn") { " -u NAME -w PASSWORD" } else { "" };
        let sentence = format!("`rtcscope probe '{url}'{login}` tries that server from here.");
        blocks.push(Block::Paragraph(Cell::new(sentence, Tone::Dim)));
    }
    blocks
}

/// What a STUN or TURN server did instead of giving a candidate.
pub(super) fn server(error: &CandidateError) -> String {
    let url = error.url.as_deref();
    let kind = match url.map(|url| url.starts_with("turn")) {
        Some(true) => "TURN server",
        Some(false) => "STUN server",
        None => "a STUN or TURN server",
    };
    let name = url.map_or(kind.to_owned(), |url| format!("{kind} {url}"));
    let words = match (error.code, &error.text) {
        (Some(code), Some(text)) => format!("{code} {text}"),
        (Some(code), None) => code.to_string(),
        (None, Some(text)) => text.clone(),
        (None, None) => "for no reason that is recorded".to_owned(),
    };
    match error.code {
        Some(401) => format!("{name} refused the credentials ({words})"),
        Some(403) => format!("{name} forbids it ({words})"),
        Some(486) => format!("{name} lets this user have no more allocations ({words})"),
        Some(508) => format!("{name} has no room for another allocation ({words})"),
        Some(701) => format!("{name} could not be reached ({words})"),
        Some(_) => format!("{name} refused ({words})"),
        None => format!("{name} gave no candidate ({words})"),
    }
}

/// A call that failed, when, and in which words.
fn call(event: &EventFacts, message: &str) -> String {
    let at =
        event.at_ms.map(|_| format!(" at {}", moment(event.at_ms, event.is_coarse()))).unwrap_or_default();
    let name = name(event);
    let message = if message.is_empty() { "the dump does not say why" } else { message };
    let error = message.split([':', ' ']).next().unwrap_or_default();
    // W3C Media Capture and Streams, getUserMedia.
    let meaning = match error {
        _ if !name.ends_with("Media") => "",
        "NotAllowedError" => " (camera or microphone was not allowed)",
        "NotReadableError" => " (the device could not be opened; another program may have it)",
        "NotFoundError" => " (there is no such device)",
        "OverconstrainedError" => " (no device does what was asked of it)",
        _ => "",
    };
    format!("{name} failed{at}: {message}{meaning}")
}

/// The name of the call that an event of failure is about.
pub(super) fn name(event: &EventFacts) -> &str {
    let name = event.method.trim_end_matches("OnFailure").trim_end_matches("Failed");
    name.strip_prefix("navigator.mediaDevices.").unwrap_or(name)
}

/// What is known about how ICE or DTLS failed.
fn ice(one: &ConnectionFacts) -> Vec<String> {
    let mut said = Vec::new();
    let was_connected = overview::has_connected(one);
    let events = || one.events.iter().map(|event| &event.what);
    let ends = |what: &Happening| {
        matches!(what, Happening::Candidate { local: true, text: None, .. })
            || matches!(what, Happening::State { of: State::IceGathering, to } if to == "complete")
    };
    if !was_connected && events().any(ends) {
        let has_relay = one.local_candidates.contains_key("relay");
        match (one.relay_only, has_relay) {
            (true, false) => said.push(
                "only relays are allowed (iceTransportPolicy: relay), and gathering ended without one"
                    .to_owned(),
            ),
            _ if one.local_candidates.is_empty() => {
                said.push("gathering ended without a candidate of this side".to_owned());
            }
            _ => {}
        }
    }
    let has_remote_text = events()
        .any(|what| matches!(what, Happening::Description { side: Side::Remote, number: Some(_), .. }));
    let was_given = |what: &Happening| matches!(what, Happening::Candidate { local: false, .. });
    let is_silent = one.events.iter().any(|event| {
        event.method.eq_ignore_ascii_case("addIceCandidate") && matches!(event.what, Happening::Other { .. })
    });
    let is_known = has_remote_text && one.without_text == 0 && !is_silent;
    if !was_connected && is_known && one.remote_candidates.is_empty() && !events().any(was_given) {
        said.push("no candidate of the other side is recorded".to_owned());
    }
    let at = one.failed_at_ms.map(|_| format!(" at {}", moment(one.failed_at_ms, one.is_coarse())));
    let at = at.unwrap_or_default();
    let has = |of: State| {
        events().any(|what| matches!(what, Happening::State { of: own, to } if *own == of && to == "failed"))
    };
    said.push(match (has(State::IceConnection), has(State::Dtls), was_connected) {
        (true, _, false) => format!("ICE failed{at}: no pair of candidates got through"),
        (true, _, true) => format!("ICE failed{at}: the path was lost, and no other got through"),
        (false, true, _) => format!("DTLS failed{at}"),
        (false, false, _) => match one.ice_connection_state.as_deref() {
            Some(state) => format!("the connection failed{at}; the last state of ICE is {state}"),
            None => format!("the connection failed{at}"),
        },
    });
    said
}

/// Whether a shell takes it as it is between single quotes.
fn is_plain(url: &str) -> bool {
    url.contains(':')
        && !url.contains("***")
        && url.chars().all(|c| c.is_ascii_graphic() && c != '\'' && c != '`')
}

fn count(counted: &mut Vec<(String, usize)>, sentence: String) {
    match counted.iter().position(|(known, _)| *known == sentence) {
        Some(at) => counted[at].1 += 1,
        None if counted.len() < MOST_COUNTED => counted.push((sentence, 1)),
        None => {}
    }
}
