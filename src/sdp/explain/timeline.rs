//! A dump as a timeline: what was created, set and changed, and what was found, connection by connection.

use std::collections::BTreeMap;

use super::dump::{Change, ConnectionFacts, DumpFacts, EventFacts, Happening, in_time};
use super::facts::CandidateFacts;
use super::{failure, overview};
use crate::report::{Align, Block, Cell, Table, Tone};
use crate::sdp::source::Kind;
use crate::sdp::source::dump::{Format, Side, State};

/// Rows shown of one connection; the JSON has them all.
const MOST: usize = 200;
/// Characters of a word in such a value.
const LONGEST_WORD: usize = 50;
/// Fewer candidates in a row are shown one by one.
const SHORTEST_RUN: usize = 3;
/// Characters of a value that means nothing to us.
const SHOWN: usize = 90;

pub(super) fn blocks(dump: &DumpFacts, in_full: bool) -> Vec<Block> {
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
    let failed =
        match (dump.connections.iter().filter(|one| one.has_failed()).count(), dump.connections.len()) {
            (0, _) => String::new(),
            (1, 1) => ", and it failed".to_owned(),
            (1, _) => ", one of which failed".to_owned(),
            (all, count) if all == count => ", and all of them failed".to_owned(),
            (some, _) => format!(", {some} of which failed"),
        };
    let browser = dump.browser.as_ref().map(|name| format!(" of {name}")).unwrap_or_default();
    let tone = if failed.is_empty() { Tone::Strong } else { Tone::Bad };
    let mut blocks = vec![Block::Verdict(Cell::new(format!("{what}{browser}: {count}{failed}"), tone))];
    blocks.extend(overview::table(dump));
    blocks.extend(failure::blocks(dump));
    let mut left_out = LeftOut::default();
    let ordered = overview::gravest_first(dump);
    blocks.extend(ordered.into_iter().flat_map(|one| connection(one, in_full, &mut left_out)));
    let numbers = dump.connections.iter().flat_map(|one| &one.events).filter_map(|event| match &event.what {
        Happening::Description { number, .. } => *number,
        _ => None,
    });
    let mut hints: Vec<String> = Vec::new();
    if left_out.candidates {
        hints.push("`-v` shows each candidate.".to_owned());
    }
    if left_out.munging {
        hints.push("`rtcscope sdp diff` says what was munged.".to_owned());
    }
    if let Some(last) = numbers.max() {
        hints.push(format!(
            "`--at NUMBER` explains one description, such as `--at {last}`; `rtcscope sdp lint --at` checks it."
        ));
    }
    if !hints.is_empty() {
        blocks.push(Block::Paragraph(Cell::new(hints.join(" "), Tone::Dim)));
    }
    blocks
}

/// What the text says in short.
#[derive(Default)]
struct LeftOut {
    candidates: bool,
    munging: bool,
}

fn connection(one: &ConnectionFacts, in_full: bool, left_out: &mut LeftOut) -> Vec<Block> {
    let page = one.url.as_ref().map(|url| format!(" ({url})")).unwrap_or_default();
    let name = if one.id.is_empty() { "without a name" } else { &one.id };
    let mut blocks = vec![Block::Heading(format!("Peer connection {name}{page}"))];
    if one.events.is_empty() {
        blocks.push(Block::Paragraph("Nothing happened to it.".into()));
        return blocks;
    }
    blocks.push(Block::Paragraph(overview::outcome(one)));
    let configuration = one.configuration.as_deref().and_then(configuration);
    blocks.extend(configuration.map(|text| Block::Paragraph(format!("Made with {text}.").into())));
    let told: Vec<&EventFacts> = in_time(&one.events).into_iter().filter(|event| !is_idle(event)).collect();
    let is_munged = |event: &&EventFacts| matches!(event.what, Happening::Description { change: Some(change), .. } if change.munged);
    left_out.munging |= told.iter().any(is_munged);
    let rows = rows(&told, in_full, left_out);
    let count = rows.len();
    let columns = vec![("at", Align::Right), ("what happened", Align::Left)];
    let shown = rows.into_iter().take(MOST).map(|row| vec![row.at.into(), row.what]).collect();
    blocks.push(Block::Table(Table { columns, rows: shown }));
    if count > MOST {
        let sentence = format!("{} more rows are in the JSON.", count - MOST);
        blocks.push(Block::Paragraph(Cell::new(sentence, Tone::Dim)));
    }
    blocks
}

/// A line of the table.
struct Row {
    at: String,
    what: Cell,
}

/// A line an event; but runs of candidates are one line, and so are events that say the same, unless all is wanted.
fn rows(told: &[&EventFacts], in_full: bool, left_out: &mut LeftOut) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut rest = told;
    while let Some(first) = rest.first() {
        let run = rest.iter().take_while(|event| !in_full && is_of_candidates(event)).count();
        if run >= SHORTEST_RUN {
            let (folded, after) = rest.split_at(run);
            left_out.candidates |=
                folded.iter().any(|event| matches!(event.what, Happening::Candidate { .. }));
            rows.push(Row { at: time(first), what: together(folded) });
            rest = after;
            continue;
        }
        let what = what(first);
        let same = rest.iter().take_while(|event| !in_full && self::what(event) == what).count().max(1);
        let times = if same > 1 { format!(" ({same} times)") } else { String::new() };
        rows.push(Row { at: time(first), what: Cell::new(format!("{}{times}", what.text), what.tone) });
        rest = &rest[same..];
    }
    rows
}

/// A candidate that can be read, or a call for one that the dump has no text of.
fn is_of_candidates(event: &EventFacts) -> bool {
    match &event.what {
        Happening::Candidate { candidate, .. } => candidate.is_some(),
        Happening::Other { value } => {
            value.is_empty() && event.method.eq_ignore_ascii_case("addIceCandidate")
        }
        _ => false,
    }
}

/// `9 local candidates until 0.558: 6 host, 2 relay, 1 srflx`.
fn together(run: &[&EventFacts]) -> Cell {
    let mut sides = [BTreeMap::new(), BTreeMap::new()];
    let mut without_text = 0;
    for event in run {
        match &event.what {
            Happening::Candidate { local, candidate: Some(candidate), .. } => {
                *sides[usize::from(!local)].entry(candidate.kind.clone()).or_insert(0) += 1;
            }
            _ => without_text += 1,
        }
    }
    let said =
        sides.iter().zip(["local", "remote"]).filter(|(side, _)| !side.is_empty()).map(|(side, whose)| {
            let count: usize = side.values().sum();
            let noun = if count == 1 { "candidate" } else { "candidates" };
            format!("{count} {whose} {noun}: {}", overview::counted(side))
        });
    let mut said: Vec<String> = said.collect();
    match without_text {
        0 => {}
        1 => said.push("1 call of addIceCandidate, without its text".to_owned()),
        count => said.push(format!("{count} calls of addIceCandidate, without their text")),
    }
    let (from, until) = (run.first().map(|event| time(event)), run.last().map(|event| time(event)));
    let until = until.filter(|until| from.as_ref() != Some(until) && !until.is_empty());
    let until = until.map(|until| format!(" (until {until})")).unwrap_or_default();
    format!("{}{until}", said.join("; ")).into()
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
        (Some(at), _) if event.is_coarse() => format!("{:.0}", at / 1000.0),
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
            Cell::new(format!("{} failed: {message}", failure::name(event)), Tone::Bad)
        }
        Happening::CandidateError(error) => Cell::new(failure::server(error), Tone::Warn),
        // The configuration stands above.
        Happening::Other { .. } if event.method == "create" => "created".into(),
        Happening::Other { value } if value == "{}" => event.method.clone().into(),
        Happening::Other { value } => match value.char_indices().nth(SHOWN) {
            Some((at, _)) => format!("{} {}…", event.method, short_words(&value[..at])).into(),
            None => format!("{} {}", event.method, short_words(value)).trim_end().into(),
        },
    }
}

/// With the end of long words left out: a column is as wide as its longest word, and this one stands beside the times.
fn short_words(text: &str) -> String {
    let word = |word: &str| match word.char_indices().nth(LONGEST_WORD) {
        Some((at, _)) => format!("{}…", &word[..at]),
        None => word.to_owned(),
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
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
            let parts = [(change.lines_added, "new"), (change.lines_removed, "gone")];
            let said = parts.iter().filter(|(count, _)| *count > 0);
            let said: Vec<String> = said.map(|(count, word)| format!("{count} {word}")).collect();
            Some(format!("munged since {from} (lines: {})", said.join(", ")))
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
