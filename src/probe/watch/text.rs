//! A watch for people: a line a round, eighty columns for three endpoints, and tables at the end.

use std::time::Duration;

use jiff::Timestamp;

use super::Change;
use super::figures::PathTotals;
use super::standing::{Judged, Standing};
use super::summary::WatchSummary;
use super::tracker::{Told, Track, Watch};
use crate::report::spark;
use crate::report::{Align, Block, Cell, Document, Line, Table, Tone};

/// So many rounds may still be seen when the summary comes: a line each.
const SCREEN: u64 = 40;

/// RFC 3339, to the millisecond.
pub(super) fn time(unix_ms: i64) -> String {
    stamp(unix_ms).map_or_else(String::new, |stamp| format!("{stamp:.3}"))
}

/// The hour of the day, UTC.
pub(super) fn clock(unix_ms: i64) -> String {
    stamp(unix_ms).map_or_else(String::new, |stamp| stamp.strftime("%H:%M:%S").to_string())
}

/// The date, UTC.
pub(super) fn day(unix_ms: i64) -> String {
    stamp(unix_ms).map_or_else(String::new, |stamp| stamp.strftime("%Y-%m-%d").to_string())
}

fn stamp(unix_ms: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(unix_ms).ok()
}

/// Tells endpoints over the same transport apart: `udp1`, `udp2`.
pub(super) fn number(tracks: &mut [Track]) {
    for at in 0..tracks.len() {
        let same = |track: &&Track| track.transport == tracks[at].transport;
        if tracks.iter().filter(same).count() > 1 {
            let before = tracks[..at].iter().filter(same).count();
            tracks[at].label = format!("{}{}", tracks[at].transport.name(), before + 1);
        }
    }
}

pub(super) fn opening(watch: &Watch, at_unix_ms: i64) -> Document {
    let every = span(watch.interval);
    let day = day(at_unix_ms);
    let mut text = format!("Watching: a round every {every}, from {day} on, times in UTC");
    if watch.targets.iter().any(|target| target.turn) {
        text.push_str(", round trips through the relay");
    }
    let columns = vec![("as", Align::Left), ("endpoint", Align::Left), ("target", Align::Left)];
    let rows = watch.tracks.iter().map(|track| {
        let uri = watch.targets[track.target].uri.clone();
        vec![track.label.clone().into(), track.addr.to_string().into(), uri.into()]
    });
    let mut blocks =
        vec![Block::Paragraph(text.into()), Block::Table(Table { columns, rows: rows.collect() })];
    if watch.tracks.is_empty() {
        let nothing = "there is nothing to watch: no endpoint could be tried";
        blocks = vec![Block::Paragraph(Cell::new(nothing, Tone::Warn))];
    }
    Document { blocks }
}

/// One line, and what changed beneath it.
pub(super) fn round(
    clock: &str,
    tracks: &[Track],
    judged: &[Judged],
    told: &[Told],
    new_day: Option<&str>,
) -> Document {
    let width = tracks.iter().map(|track| track.label.len()).max().unwrap_or(0);
    let groups = tracks.iter().zip(judged).map(|(track, now)| {
        let rtt = now.rtt_ms().map_or("-".to_owned(), short_ms);
        let loss = now.loss_pct();
        let lost = if loss.is_some_and(|loss| loss > 0.0) { Tone::Warn } else { Tone::Dim };
        let word = if now.skipped.is_some() { "SKIP" } else { now.verdict.word() };
        vec![
            Cell::from(format!("{:<width$}", track.label)),
            Cell::new(format!("{word:<4}"), tone(now.verdict)),
            Cell::from(format!("{rtt:>8}")),
            Cell::new(format!("{:>4}", loss.map_or("-".to_owned(), percent)), lost),
        ]
    });
    let date = new_day.map(|day| Cell::new(format!("from here on it is {day}"), Tone::Dim));
    let told: Vec<&Told> = told.iter().collect();
    let changes = together(&told).into_iter().map(|(labels, told)| sentence(&labels, &told.change));
    let line = Line {
        head: Cell::new(clock, Tone::Dim),
        groups: groups.collect(),
        below: date.into_iter().chain(changes).collect(),
        ..Line::default()
    };
    Document { blocks: vec![Block::Line(line)] }
}

/// What changed at several endpoints alike in the same round, with the names of all of them.
fn together<'a>(told: &[&'a Told]) -> Vec<(String, &'a Told)> {
    let mut groups: Vec<(String, &Told)> = Vec::new();
    for told in told {
        let alike = |known: &&Told| known.round == told.round && known.change == told.change;
        match groups.iter_mut().find(|(_, known)| alike(known)) {
            Some((labels, _)) => *labels = format!("{labels}, {}", told.label),
            None => groups.push((told.label.clone(), told)),
        }
    }
    groups
}

/// A change in words.
fn sentence(label: &str, change: &Change) -> Cell {
    let (text, tone) = match change {
        Change::Verdict { from, to, code, message } => {
            let code = code.map(|code| format!(" {code}")).unwrap_or_default();
            let message = message.as_ref().map(|message| format!(": {message}")).unwrap_or_default();
            (format!("{} -> {}{code}{message}", from.word(), to.word()), tone(*to))
        }
        Change::Cause { from, to, message } => (format!("{from} -> {to}: {message}"), Tone::Bad),
        Change::Remade { why, relay_from, relay_to } => {
            let relay = match (relay_from, relay_to) {
                (Some(from), Some(to)) => format!("; relay {from} -> {to}"),
                _ => String::new(),
            };
            (format!("made anew: {why}{relay}"), Tone::Warn)
        }
        Change::Address { from, to } => (format!("the name leads elsewhere: {from} -> {to}"), Tone::Warn),
        Change::Reflexive { from, to } => {
            (format!("the server sees us at another address: {from} -> {to}"), Tone::Warn)
        }
        Change::Slower { from_ms, to_ms } => {
            (format!("slower: {} -> {}", short_ms(*from_ms), short_ms(*to_ms)), Tone::Warn)
        }
    };
    Cell::new(format!("{label}: {text}"), tone)
}

pub(super) fn summary(summary: &WatchSummary) -> Document {
    let mut blocks = vec![Block::Verdict(verdict(summary))];
    let mut section = |heading: &str, table: Table| {
        if !table.rows.is_empty() {
            blocks.push(Block::Heading(heading.to_owned()));
            blocks.push(Block::Table(table));
        }
    };
    section("Uptime", uptime(summary));
    section("Round trips in ms, and loss", paths(summary));
    section("Limits", limits(summary));
    if let Some((heading, drawn)) = over_time(summary) {
        blocks.push(Block::Heading(heading));
        blocks.push(Block::Code(drawn));
    }
    // What the rounds right above have told is not told again.
    if summary.rounds > SCREEN && !summary.last_changes.is_empty() {
        let shown = summary.last_changes.len() as u64;
        let heading = match summary.changes {
            all if all > shown => format!("The last {shown} of {all} changes"),
            _ => "Changes".to_owned(),
        };
        blocks.push(Block::Heading(heading));
        let told: Vec<&Told> = summary.last_changes.iter().collect();
        let items = together(&told).into_iter().map(|(labels, told)| {
            let Cell { text, tone } = sentence(&labels, &told.change);
            Cell::new(format!("{} {text}", told.at.get(11..19).unwrap_or_default()), tone)
        });
        blocks.push(Block::List { numbered: false, items: items.collect() });
    }
    if !summary.findings.is_empty() {
        blocks.push(Block::Findings(summary.findings.clone()));
    }
    Document { blocks }
}

/// Places of a line: eighty columns less its name and its maximum.
const PLACES: usize = 48;

/// Round trips over time, and where rounds failed.
fn over_time(summary: &WatchSummary) -> Option<(String, String)> {
    /// So few are read off the lines above.
    const FEWEST: usize = 10;
    let longest = summary.endpoints.iter().map(|e| e.series.intervals.len()).max()?;
    if longest < FEWEST {
        return None;
    }
    let together = longest.div_ceil(PLACES);
    let width = summary.endpoints.iter().map(|e| e.label.len()).max().unwrap_or(0);
    let mut lines = Vec::new();
    for endpoint in &summary.endpoints {
        let intervals = &endpoint.series.intervals;
        let rtts: Vec<_> = intervals.iter().map(|interval| interval.rtt_max_ms).collect();
        let rtts = spark::places(&rtts, together, f64::max);
        lines.push(spark::spark(&format!("{:<width$} ms", endpoint.label), &rtts, 1));
        if intervals.iter().any(|interval| interval.failed > 0) {
            let failed: Vec<_> = intervals.iter().map(|interval| Some(interval.failed as f64)).collect();
            let failed = spark::places(&failed, together, |a, b| a + b);
            lines.push(spark::spark(&format!("{:<width$} bad", endpoint.label), &failed, 0));
        }
    }
    let place = summary.endpoints.iter().map(|e| e.series.interval_s).fold(0.0, f64::max) * together as f64;
    let heading = format!("Over time, {} a place: longest round trip", span(Duration::from_secs_f64(place)));
    Some((heading, lines.join("\n")))
}

fn verdict(summary: &WatchSummary) -> Cell {
    let up: Vec<String> = summary
        .endpoints
        .iter()
        .map(|e| match e.uptime_pct {
            Some(up) => format!("{} up {up} %", e.label),
            None => format!("{} not seen", e.label),
        })
        .collect();
    let rounds = if summary.rounds == 1 { "round" } else { "rounds" };
    let took = span(Duration::from_secs_f64(summary.took_ms / 1000.0));
    let mut text = format!("{} {rounds} in {took}: {}", summary.rounds, up.join(", "));
    if summary.rounds == 0 {
        text = "no round was finished".to_owned();
    } else if summary.changes > 0 {
        let changes = if summary.changes == 1 { "change" } else { "changes" };
        text.push_str(&format!(", {} {changes}", summary.changes));
    }
    Cell::new(text, summary.verdict.into())
}

fn uptime(summary: &WatchSummary) -> Table {
    let right = |name| (name, Align::Right);
    let columns = vec![
        ("endpoint", Align::Left),
        ("as", Align::Left),
        right("up"),
        right("passed"),
        right("failed"),
        right("outages"),
        right("longest"),
        right("changes"),
        right("allocs"),
        right("unknown"),
    ];
    let rows = summary.endpoints.iter().map(|e| {
        let failed = if e.failed_rounds > 0 { Tone::Bad } else { Tone::Plain };
        let longest = Duration::from_secs_f64(e.longest_outage_ms / 1000.0);
        vec![
            e.endpoint.to_string().into(),
            e.label.clone().into(),
            e.uptime_pct.map_or(String::new(), |up| format!("{up}%")).into(),
            e.passed_rounds.to_string().into(),
            Cell::new(e.failed_rounds.to_string(), failed),
            e.outages.to_string().into(),
            if e.outages > 0 { span(longest).into() } else { Cell::default() },
            e.changes.to_string().into(),
            e.allocations.to_string().into(),
            e.unknown_rounds.to_string().into(),
        ]
    });
    let mut table = Table { columns, rows: rows.collect() };
    // A column of zeros says nothing.
    let unknown = summary.endpoints.iter().any(|e| e.unknown_rounds > 0);
    let allocated = summary.endpoints.iter().any(|e| e.allocations > 0);
    for (at, keep) in [(9, unknown), (8, allocated)] {
        if !keep {
            table.columns.remove(at);
            table.rows.iter_mut().for_each(|row| drop(row.remove(at)));
        }
    }
    table
}

fn paths(summary: &WatchSummary) -> Table {
    let right = |name| (name, Align::Right);
    let columns = vec![
        ("path", Align::Left),
        right("sent"),
        right("recv"),
        right("loss"),
        right("RTT min"),
        right("median"),
        right("p99"),
        right("max"),
        right("p95"),
        right("jitter max"),
    ];
    let row = |name: String, path: &PathTotals| {
        let ms = |value: Option<f64>| Cell::from(value.map_or(String::new(), |ms| format!("{ms:.3}")));
        let rtt = path.rtt.as_ref();
        let lost = if path.loss_pct.is_some_and(|loss| loss > 0.0) { Tone::Warn } else { Tone::Plain };
        vec![
            name.into(),
            path.sent.to_string().into(),
            path.received.to_string().into(),
            Cell::new(path.loss_pct.map_or(String::new(), |loss| format!("{loss}%")), lost),
            ms(rtt.map(|rtt| rtt.min_ms)),
            ms(rtt.map(|rtt| rtt.median_ms)),
            ms(rtt.map(|rtt| rtt.p99_ms)),
            ms(rtt.map(|rtt| rtt.max_ms)),
            ms(rtt.map(|rtt| rtt.p95_ms)),
            ms(path.jitter_max_ms),
        ]
    };
    let rows = summary.endpoints.iter().flat_map(|e| {
        let paths = [("STUN", &e.binding), ("in", &e.inbound), ("out", &e.outbound)];
        let there = paths.into_iter().filter_map(|(name, path)| Some((name, path.as_ref()?)));
        there.map(|(name, path)| row(format!("{} {name}", e.label), path)).collect::<Vec<_>>()
    });
    Table { columns, rows: rows.collect() }
}

fn limits(summary: &WatchSummary) -> Table {
    crate::probe::report::thresholds(&summary.thresholds)
}

fn tone(standing: Standing) -> Tone {
    match standing {
        Standing::Pass => Tone::Good,
        Standing::Fail => Tone::Bad,
        Standing::Unknown => Tone::Warn,
    }
}

/// Eight columns at most.
fn short_ms(ms: f64) -> String {
    match ms {
        ms if ms < 100.0 => format!("{ms:.3}ms"),
        ms if ms < 10_000.0 => format!("{ms:.1}ms"),
        ms => format!("{ms:.0}ms"),
    }
}

/// Four columns at most.
fn percent(loss: f64) -> String {
    match loss {
        loss if loss > 0.0 && loss < 10.0 => format!("{loss:.1}%"),
        loss => format!("{loss:.0}%"),
    }
}

/// A length of time as people say it.
fn span(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0 => format!("{} ms", duration.as_millis()),
        1..60 if duration.subsec_millis() == 0 => format!("{seconds} s"),
        1..60 => format!("{:.1} s", duration.as_secs_f64()),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3600..86_400 => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds % 86_400 / 3600),
    }
}
