//! A dump as a timeline: what was created, set and changed, and what was found, connection by connection.

use std::collections::BTreeMap;

use super::dump::{Change, ConnectionFacts, DumpFacts, EventFacts, Happening};
use super::facts::CandidateFacts;
use crate::report::{Align, Block, Cell, Table, Tone};
use crate::sdp::source::Kind;
use crate::sdp::source::dump::{Format, Side, State};

/// Events shown of one connection; the JSON has them all.
const MOST: usize = 200;
/// Characters of a value that means nothing to us.
const SHOWN: usize = 90;

pub(super) fn blocks(dump: &DumpFacts) -> Vec<Block> {
    let what = match dump.format {
        Format::WebrtcInternals => "A webrtc-internals dump",
        Format::RtcstatsLines | Format::RtcstatsObject | Format::RtcstatsDump => "An rtcstats dump",
        Format::AboutWebrtc => "A report of about:webrtc",
    };
    let count = match dump.connections.len() {
        0 => "no peer connection".to_owned(),
        1 => "one peer connection".to_owned(),
        count => format!("{count} peer connections"),
    };
    let browser = dump.browser.as_ref().map(|name| format!(" of {name}")).unwrap_or_default();
    let mut blocks = vec![Block::Verdict(Cell::new(format!("{what}{browser}: {count}"), Tone::Strong))];
    blocks.extend(dump.connections.iter().flat_map(connection));
    let numbers = dump.connections.iter().flat_map(|one| &one.events).filter_map(|event| match &event.what {
        Happening::Description { number, .. } => *number,
        _ => None,
    });
    if let Some(last) = numbers.max() {
        let sentence = format!("`--at NUMBER` explains one description, such as `--at {last}`.");
        blocks.push(Block::Paragraph(Cell::new(sentence, Tone::Dim)));
    }
    blocks
}

fn connection(one: &ConnectionFacts) -> Vec<Block> {
    let page = one.url.as_ref().map(|url| format!(" ({url})")).unwrap_or_default();
    let name = if one.id.is_empty() { "without a name" } else { &one.id };
    let mut blocks = vec![Block::Heading(format!("Peer connection {name}{page}"))];
    if one.events.is_empty() {
        blocks.push(Block::Paragraph("Nothing happened to it.".into()));
        return blocks;
    }
    blocks.push(Block::Paragraph(outcome(one)));
    let configuration = one.configuration.as_deref().and_then(configuration);
    blocks.extend(configuration.map(|text| Block::Paragraph(format!("Made with {text}.").into())));
    let told: Vec<&EventFacts> = one.events.iter().filter(|event| !is_idle(event)).collect();
    let rows = told.iter().take(MOST).map(|event| vec![time(event).into(), what(event)]);
    let columns = vec![("at", Align::Right), ("what happened", Align::Left)];
    blocks.push(Block::Table(Table { columns, rows: rows.collect() }));
    let left_out = told.len().saturating_sub(MOST);
    if left_out > 0 {
        let sentence = format!("{left_out} more events are in the JSON.");
        blocks.push(Block::Paragraph(Cell::new(sentence, Tone::Dim)));
    }
    blocks
}

/// How it went, and what it had to go by.
fn outcome(one: &ConnectionFacts) -> Cell {
    let state = one.connection_state.as_deref().or(one.ice_connection_state.as_deref());
    let (told, tone) = match (one.connected_after_ms, state) {
        (Some(after), Some("failed")) => {
            (format!("Connected after {}, later failed.", seconds(after)), Tone::Bad)
        }
        (Some(after), Some("disconnected")) => {
            (format!("Connected after {}, disconnected when the dump ends.", seconds(after)), Tone::Warn)
        }
        (Some(after), _) => (format!("Connected after {}.", seconds(after)), Tone::Good),
        // Times may be missing, as in the prose of 2014.
        (None, Some("connected" | "completed")) => ("Connected.".to_owned(), Tone::Good),
        (None, Some("failed")) => ("Failed, and was never connected.".to_owned(), Tone::Bad),
        (None, Some(state)) => (format!("Never seen connected; its last state is {state}."), Tone::Warn),
        (None, None) => ("The dump does not say whether it connected.".to_owned(), Tone::Plain),
    };
    let theirs = match (one.remote_candidates.is_empty(), one.without_text) {
        (true, 1..) => "none recorded of the other side".to_owned(),
        _ => format!("{} of the other side", counted(&one.remote_candidates)),
    };
    let candidates = match one.local_candidates.is_empty() && one.remote_candidates.is_empty() {
        true if one.without_text > 0 => "No candidates are recorded.".to_owned(),
        true => "No candidates on either side.".to_owned(),
        false => format!("Candidates: {} of this side, {theirs}.", counted(&one.local_candidates)),
    };
    let text = format!("{told} {candidates}");
    Cell::new(text, tone)
}

fn counted(candidates: &BTreeMap<String, usize>) -> String {
    let each: Vec<String> = candidates.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    if each.is_empty() { "none".to_owned() } else { each.join(", ") }
}

fn seconds(milliseconds: f64) -> String {
    format!("{:.3} s", milliseconds / 1000.0)
}

/// The JSON of a configuration in words; other text as it is.
fn configuration(text: &str) -> Option<String> {
    let Ok(serde_json::Value::Object(all)) = serde_json::from_str(text) else {
        return Some(text.trim().trim_end_matches('.').to_owned()).filter(|text| !text.is_empty());
    };
    let mut said = Vec::new();
    let servers = all.get("iceServers").and_then(|servers| servers.as_array());
    if let Some(servers) = servers {
        let urls = servers.iter().flat_map(|server| {
            let urls = server.get("urls").or_else(|| server.get("url"));
            let list = match urls {
                Some(serde_json::Value::Array(list)) => list.iter().collect(),
                Some(one) => vec![one],
                None => Vec::new(),
            };
            list.into_iter().filter_map(|url| url.as_str().map(str::to_owned)).collect::<Vec<_>>()
        });
        let urls: Vec<String> = urls.collect();
        said.push(if urls.is_empty() { "no ICE server".to_owned() } else { urls.join(", ") });
    }
    said.extend(all.iter().filter(|(key, _)| *key != "iceServers").map(
        |(key, value)| match value.as_str() {
            Some(text) => format!("{key} {text}"),
            None => format!("{key} {value}"),
        },
    ));
    (!said.is_empty()).then(|| said.join("; "))
}

/// Whether it says only that a call did what it should.
fn is_idle(event: &EventFacts) -> bool {
    matches!(&event.what, Happening::Other { .. }) && event.method.ends_with("OnSuccess")
}

/// Seconds since the first event of the dump.
fn time(event: &EventFacts) -> String {
    match (event.at_ms, &event.time_text) {
        (Some(at), _) => format!("{:.3}", at / 1000.0),
        (None, Some(text)) => text.clone(),
        (None, None) => String::new(),
    }
}

fn what(event: &EventFacts) -> Cell {
    match &event.what {
        Happening::Description { side, kind, number, media, change } => {
            let changed = change.and_then(changed);
            let tone = if change.is_some_and(|change| change.munged) { Tone::Warn } else { Tone::Strong };
            let text = description(*side, *kind, *number);
            let media = if media.is_empty() { String::new() } else { format!(": {media}") };
            let changed = changed.map(|changed| format!("; {changed}")).unwrap_or_default();
            Cell::new(format!("{text}{media}{changed}"), tone)
        }
        Happening::Candidate { local, candidate, text, .. } => {
            let whose = if *local { "local" } else { "remote" };
            match (candidate, text) {
                (Some(candidate), _) => format!("{whose} candidate: {}", in_short(candidate)).into(),
                (None, Some(text)) => {
                    Cell::new(format!("{whose} candidate that cannot be read: {text}"), Tone::Warn)
                }
                (None, None) => format!("no more {whose} candidates").into(),
            }
        }
        Happening::State { of, to } => Cell::new(format!("{}: {to}", of.name()), tone(*of, to)),
        Happening::Failure { message } => {
            let call = event.method.trim_end_matches("OnFailure").trim_end_matches("Failed");
            Cell::new(format!("{call} failed: {message}"), Tone::Bad)
        }
        // The configuration stands above.
        Happening::Other { .. } if event.method == "create" => "created".into(),
        Happening::Other { value } if value == "{}" => event.method.clone().into(),
        Happening::Other { value } => match value.char_indices().nth(SHOWN) {
            Some((at, _)) => format!("{} {}…", event.method, &value[..at]).into(),
            None => format!("{} {value}", event.method).trim_end().into(),
        },
    }
}

fn description(side: Side, kind: Kind, number: Option<usize>) -> String {
    let kind = if kind == Kind::Unknown { "description" } else { kind.name() };
    let which = number.map(|number| format!(" {number}")).unwrap_or_default();
    let text = match side {
        Side::Created => format!("{kind}{which} created"),
        Side::Local => format!("local {kind}{which} set"),
        Side::Remote => format!("remote {kind}{which} set"),
    };
    match number {
        None if kind != "rollback" => format!("{text} (the dump has no text of it)"),
        _ => text,
    }
}

fn changed(change: Change) -> Option<String> {
    let from = change.from;
    match (change.munged, change.reordered) {
        (true, _) => {
            let lines =
                |count: usize| if count == 1 { "one line".to_owned() } else { format!("{count} lines") };
            let parts = [(change.lines_added, "new"), (change.lines_removed, "gone")];
            let said = parts.iter().filter(|(count, _)| *count > 0);
            let said: Vec<String> = said.map(|(count, word)| format!("{} {word}", lines(*count))).collect();
            let line = change.first_line.unwrap_or_default();
            Some(format!("munged since {from}: {}, the first at line {line}", said.join(", ")))
        }
        (false, true) => Some(format!("the lines of {from} in another order")),
        (false, false) => None,
    }
}

fn in_short(candidate: &CandidateFacts) -> String {
    let tcp = candidate.tcp_type.as_ref().map(|kind| format!(" {kind}")).unwrap_or_default();
    let related = match (&candidate.related_address, candidate.related_port) {
        (Some(address), Some(port)) => format!(", from {}", address_and_port(address, port)),
        _ => String::new(),
    };
    let address = address_and_port(&candidate.address, candidate.port);
    format!("{} {}{tcp} {address}{related}", candidate.kind, candidate.protocol)
}

fn address_and_port(address: &str, port: u16) -> String {
    if address.contains(':') { format!("[{address}]:{port}") } else { format!("{address}:{port}") }
}

fn tone(of: State, to: &str) -> Tone {
    match (of, to) {
        (State::Connection | State::IceConnection | State::Dtls, "failed") => Tone::Bad,
        (State::Connection | State::IceConnection, "disconnected") => Tone::Warn,
        (State::Connection | State::IceConnection | State::Dtls, "connected" | "completed") => Tone::Good,
        _ => Tone::Plain,
    }
}
