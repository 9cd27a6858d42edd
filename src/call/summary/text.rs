//! The report for people.

use super::Summary;
use crate::call::IntervalFacts;
use crate::call::facts::{ImpairmentFacts, PathFacts, StepFacts};
use crate::call::pairs::{FailureFacts, PairsFacts};
use crate::call::phases::Phase;
use crate::call::rating;
use crate::call::scenario::LEAST_INTERVAL;
use crate::finding::Exit;
use crate::measure::{Distribution, milliseconds};
use crate::metric::{Bound, State};
use crate::report::spark;
use crate::report::{Align, Block, Cell, Document, Table, Tone};

/// The data channel waits for SCTP where its round trips take so many times those of STUN, and so many milliseconds more.
const WAITING_TIMES: f64 = 3.0;
const WAITING_MS: f64 = 20.0;
/// Media that goes out so much behind its time is no accident of the scheduler, in milliseconds.
const LATE_MS: f64 = 100.0;

pub(super) fn document(summary: &Summary) -> Document {
    let mut blocks = vec![Block::Verdict(verdict(summary))];
    if summary.paths.len() > 1 {
        blocks.push(Block::Heading("Side by side".to_owned()));
        blocks.push(Block::Table(side_by_side(summary)));
    }
    if !summary.not_tried.is_empty() {
        let why = if summary.interrupted { "the run was interrupted" } else { "there was no time left" };
        let line = format!("Not tried, as {why}: {}.", summary.not_tried.join(", "));
        blocks.push(Block::Paragraph(Cell::new(line, Tone::Warn)));
    }
    let told = summary.paths.iter().position(|path| path.failure.is_some());
    for (at, path) in summary.paths.iter().enumerate() {
        blocks.extend(of_path(path, summary, told == Some(at)));
    }
    blocks.extend(limits(summary));
    // Of a call that never was it would say nothing.
    if summary.paths.iter().any(|path| path.rtt.channel.is_some()) {
        blocks.push(Block::Heading("This machine".to_owned()));
        blocks.push(Block::List { numbered: false, items: machine(summary) });
    }
    if let Some(descriptions) = &summary.descriptions {
        blocks.push(Block::Heading("Offer".to_owned()));
        blocks.push(Block::Code(descriptions.offer.replace('\r', "")));
        blocks.push(Block::Heading("Answer".to_owned()));
        blocks.push(Block::Code(descriptions.answer.replace('\r', "")));
    }
    Document { blocks }
}

fn verdict(summary: &Summary) -> Cell {
    let told = |path: &PathFacts| {
        let failure = path.failure.as_ref()?;
        let place = if summary.paths.len() > 1 { format!("{}: ", path.called()) } else { String::new() };
        Some(format!("{place}{}: {}", failure.phase, failure.reason))
    };
    if let Some(failure) = summary.paths.iter().find_map(told) {
        return Cell::new(format!("the call failed at {failure}"), Tone::Bad);
    }
    let mut facts = Vec::new();
    if let Some(setup) = summary.setup_ms {
        facts.push(format!("up after {}", time(setup)));
    }
    if let Some(rtt) = &summary.rtt.channel {
        facts.push(format!("round trip {} (99 % up to {})", time(rtt.median_ms), time(rtt.p99_ms)));
    }
    if let Some(loss) = summary.loss_pct {
        facts.push(format!("loss {loss} %"));
    }
    let first = summary.paths.first();
    if let Some(channel) = first.map(|path| &path.channel).filter(|channel| channel.answered < channel.pings)
    {
        facts.push(format!("{} of {} pings unanswered", channel.pings - channel.answered, channel.pings));
    }
    // What stands at the top is one path's.
    let of =
        first.filter(|_| summary.paths.len() > 1).map(|path| format!("; these are of {}", path.called()));
    let pairs = first.and_then(|path| path.pairs.as_ref());
    let (works, is) = match pairs {
        Some(pairs) => (format!("all {} calls work", pairs.asked), "are"),
        None => ("the call works".to_owned(), "is"),
    };
    let facts = format!("{}{}", facts.join(", "), of.unwrap_or_default());
    match summary.exit {
        Exit::Interrupted => match first.filter(|path| path.setup_ms.is_none()) {
            Some(path) => {
                let line = format!("interrupted before the call was up: it waited for {}", awaited(path));
                Cell::new(line, Tone::Warn)
            }
            None => Cell::new(format!("interrupted; so far: {facts}"), Tone::Warn),
        },
        Exit::Healthy => match summary.paths.iter().find_map(|path| path.cut_off_ms) {
            Some(ms) => {
                let seconds = ms / 1e3;
                let line = format!("{works}; cut off by --deadline after {seconds:.1} s: {facts}");
                Cell::new(line, Tone::Warn)
            }
            None => Cell::new(format!("{works}: {facts}"), Tone::Good),
        },
        Exit::Failed => {
            let crossed = summary.thresholds.iter().find(|limit| limit.state() == State::Crossed);
            let under = crossed.is_some_and(|limit| limit.threshold.bound == Bound::Min);
            let beyond = if under { "below" } else { "above" };
            Cell::new(format!("{works}, and {is} {beyond} a limit: {facts}"), Tone::Bad)
        }
        _ if !summary.not_tried.is_empty() => {
            Cell::new(format!("not every path was tried: {facts}"), Tone::Warn)
        }
        _ => Cell::new(format!("a limit could not be checked: {facts}"), Tone::Warn),
    }
}

/// What an interrupted call that was not up was waiting for.
fn awaited(path: &PathFacts) -> &'static str {
    let reached = |phase: &Phase| path.phases.iter().any(|facts| facts.name == *phase);
    match Phase::ALL.into_iter().find(|phase| !reached(phase)) {
        Some(Phase::Setup | Phase::Gather) if path.transport.is_some() => "the relay",
        Some(phase) => phase.failure(),
        None => "nothing",
    }
}

/// One call; `told`: why it failed is said already.
fn of_path(path: &PathFacts, summary: &Summary, told: bool) -> Vec<Block> {
    let mut blocks = vec![Block::Heading(match path.name.as_str() {
        "direct" => "Call".to_owned(),
        _ => format!("Call through {}", path.called()),
    })];
    if let Some(failure) = path.failure.as_ref().filter(|_| !told) {
        blocks.push(Block::Paragraph(Cell::new(format!("{}: {}", failure.phase, failure.reason), Tone::Bad)));
    }
    if let Some(seconds) = path.cut_off_ms.map(|ms| ms / 1e3).filter(|_| summary.paths.len() > 1) {
        let line =
            format!("Cut off by --deadline after {seconds:.1} s: the figures are of what was until then.");
        blocks.push(Block::Paragraph(Cell::new(line, Tone::Warn)));
    }
    blocks.extend(path.pairs.iter().flat_map(pairs));
    blocks.extend(certificate(path));
    if let Some(pair) = &path.pair {
        let (caller, callee) = (&pair.caller, &pair.callee);
        let line =
            format!("From {} ({}) to {} ({}).", caller.address, caller.kind, callee.address, callee.kind);
        blocks.push(Block::Paragraph(line.into()));
        if !pair.relayed && !path.relays.is_empty() {
            let line =
                "It went directly, as --policy all lets it: what was measured is nothing of the relay's.";
            blocks.push(Block::Paragraph(Cell::new(line, Tone::Warn)));
        }
    }
    let mut phases = Table {
        columns: vec![("Phase", Align::Left), ("At", Align::Right), ("Took", Align::Right)],
        rows: Vec::new(),
    };
    // Media and the data channel come up side by side.
    let mut reached: Vec<_> = path.phases.iter().collect();
    reached.sort_by(|a, b| a.at_ms.total_cmp(&b.at_ms));
    for phase in reached {
        phases.rows.push(vec![
            phase.name.name().into(),
            time(phase.at_ms).into(),
            time(phase.took_ms).into(),
        ]);
    }
    if !phases.rows.is_empty() {
        blocks.push(Block::Table(phases));
    }
    if path.dtls.retransmits > 0 {
        let times = path.dtls.retransmits;
        let line =
            format!("The DTLS handshake sent {times} datagram{} again.", if times == 1 { "" } else { "s" });
        blocks.push(Block::Paragraph(Cell::new(line, Tone::Warn)));
    }
    blocks.extend(delays(path));
    blocks.extend(streams(path));
    blocks.extend(over_time(path));
    blocks.extend(pings(path, summary.interrupted));
    if let (Some(channel), Some(stun)) = (&path.rtt.channel, &path.rtt.stun)
        && (path.loss_pct > Some(0.0) || path.impairment.iter().any(drops_dtls))
        && channel.median_ms > WAITING_MS + WAITING_TIMES * stun.median_ms
    {
        let line = format!(
            "The data channel's round trips wait for SCTP, which sends lost packets again: those of STUN take {}.",
            time(stun.median_ms)
        );
        blocks.push(Block::Paragraph(Cell::new(line, Tone::Warn)));
    }
    if path.sent_late_ms > LATE_MS {
        let line = format!(
            "This machine could not send as fast as was asked: media went out up to {} late. Delays and rates say more of \
             that than of the path.",
            time(path.sent_late_ms)
        );
        blocks.push(Block::Paragraph(Cell::new(line, Tone::Warn)));
    }
    if path.lost_here > 0 {
        let line = format!(
            "This machine lost {} datagrams between its own sockets, as it had too much to do: the loss says more of that than of \
             the path.",
            path.lost_here
        );
        blocks.push(Block::Paragraph(Cell::new(line, Tone::Warn)));
    }
    if let Some(throughput) = &path.throughput {
        let rate = throughput.bps.map_or_else(|| "nothing arrived".to_owned(), rate);
        blocks.push(Block::Paragraph(format!("Data channel filled: {rate}.").into()));
    }
    for impaired in &path.impairment {
        let from =
            if impaired.from == crate::call::End::Caller { "caller to callee" } else { "callee to caller" };
        let line = format!("On purpose, {from}: {}; {}.", impaired.asked, done(impaired));
        blocks.push(Block::Paragraph(Cell::new(line, Tone::Dim)));
    }
    if let (Some(rating), Some((end, delay))) = (path.rating, path.one_way.slower()) {
        // Where both are as slow, it needs no name.
        let from = if differ(path) { format!(" from the {}", end.name()) } else { String::new() };
        let line = format!(
            "delay: {} ({} one way{from}; {})",
            rating.name(),
            time(delay.median_ms),
            rating::recommendation(delay.median_ms)
        );
        blocks.push(Block::Paragraph(line.into()));
    }
    if summary.verbosity > 0 {
        let flights = path.dtls.flights.iter().map(|flight| {
            let again = if flight.retransmission { ", again" } else { "" };
            let from = flight.from.name();
            format!("{} {from}{again}: {}", time(flight.at_ms), flight.messages.join(", ")).into()
        });
        blocks.push(Block::List { numbered: false, items: flights.collect() });
        blocks.push(Block::List { numbered: false, items: steps(path) });
    }
    blocks
}

/// How several pairs fared.
fn pairs(pairs: &PairsFacts) -> Vec<Block> {
    let PairsFacts { asked, working, .. } = pairs;
    let within = pairs.setup.as_ref().map_or_else(String::new, |setup| {
        format!(", within {} (p50), {} at most", time(setup.median_ms), time(setup.max_ms))
    });
    let tone = if working == asked { Tone::Plain } else { Tone::Bad };
    let line = format!(
        "{working} of {asked} pairs had their call{within}. Round trips, delays, loss and rates are of all of them together, \
         phases and streams of the {}.",
        if pairs.failures.is_empty() { "slowest to come up" } else { "first that failed" }
    );
    let failure = |failure: &FailureFacts| {
        let line = format!("{} x {}: {}", failure.pairs, failure.phase, failure.reason);
        Cell::new(line, Tone::Bad)
    };
    let items: Vec<Cell> = pairs.failures.iter().map(failure).collect();
    let list = (items.len() > 1).then_some(Block::List { numbered: false, items });
    [Block::Paragraph(Cell::new(line, tone))].into_iter().chain(list).collect()
}

/// What there is to say of pings that were not sent, or not answered.
fn pings(path: &PathFacts, interrupted: bool) -> Vec<Block> {
    let (asked, pings) = (path.channel.pings_asked, path.channel.pings);
    let mut lines = Vec::new();
    if path.works && path.cut_off_ms.is_none() && !interrupted && pings < asked {
        let least = time(milliseconds(LEAST_INTERVAL));
        lines.push(format!(
            "Of {asked} pings, {pings} fitted into the time, as there is one every {least} at most: a longer --duration has \
             room for more."
        ));
    }
    let missing = pings.saturating_sub(path.channel.answered);
    if missing > 0 {
        lines.push(match path.channel.reliable {
            true => format!(
                "{missing} of {pings} pings over the data channel were not back at the end: it is reliable, and sends \
                 what is lost again until it comes."
            ),
            false => format!("{missing} of {pings} pings over the data channel did not come back."),
        });
    }
    lines.into_iter().map(|line| Block::Paragraph(Cell::new(line, Tone::Warn))).collect()
}

/// What is wrong with a relay's certificate, where that did not end the call.
fn certificate(path: &PathFacts) -> Option<Block> {
    let faults = &path.relays.iter().find(|relay| !relay.certificate_faults.is_empty())?.certificate_faults;
    if path.failure.as_ref().is_some_and(|failure| failure.phase == "turn-tls") {
        return None;
    }
    let line = format!("The relay's certificate is bad, and was taken all the same: {}.", faults.join("; "));
    Some(Block::Paragraph(Cell::new(line, Tone::Warn)))
}

/// What was dropped of each flow that was hit.
fn done(impaired: &ImpairmentFacts) -> String {
    let mut hit: Vec<(&str, u64, u64)> = Vec::new();
    for flow in &impaired.flows {
        match hit.iter_mut().find(|(name, ..)| *name == flow.flow) {
            Some((_, dropped, packets)) => {
                *dropped += flow.dropped;
                *packets += flow.packets;
            }
            None => hit.push((flow.flow, flow.dropped, flow.packets)),
        }
    }
    let told = hit.iter().filter(|(_, dropped, _)| *dropped > 0);
    let told: Vec<String> =
        told.map(|(name, dropped, packets)| format!("{name}: {dropped} of {packets} dropped")).collect();
    if told.is_empty() { "nothing dropped".to_owned() } else { told.join(", ") }
}

/// What was done to get to the relays, and how long it took.
fn steps(path: &PathFacts) -> Vec<Cell> {
    let ends = ["caller", "callee"].into_iter().zip(&path.relays);
    let steps = ends.flat_map(|(end, relay)| relay.steps.iter().map(move |step| (end, step)));
    let line = |(end, step): (&str, &StepFacts)| {
        let codes: Vec<String> = step.codes.iter().map(ToString::to_string).collect();
        let codes = if codes.is_empty() { String::new() } else { format!(", after {}", codes.join(", ")) };
        format!("{end}'s relay, {}: {}{codes}", step.name, time(step.took_ms)).into()
    };
    steps.map(line).collect()
}

fn drops_dtls(impairment: &ImpairmentFacts) -> bool {
    impairment.flows.iter().any(|flow| flow.flow == "dtls" && flow.dropped > 0)
}

fn spread(name: &str, spread: &Distribution) -> Vec<Cell> {
    let times = [spread.min_ms, spread.median_ms, spread.p95_ms, spread.p99_ms, spread.max_ms];
    let cells = times.into_iter().map(|value| time(value).into());
    [name.into(), spread.n.to_string().into()].into_iter().chain(cells).collect()
}

const SPREAD: [(&str, Align); 7] = [
    ("Delay", Align::Left),
    ("n", Align::Right),
    ("min", Align::Right),
    ("p50", Align::Right),
    ("p95", Align::Right),
    ("p99", Align::Right),
    ("max", Align::Right),
];

/// Whether one direction is slower than the other by more than chance: what holds for both would hold for neither.
fn differ(path: &PathFacts) -> bool {
    let (Some(one), Some(other)) = (&path.one_way.from_caller, &path.one_way.from_callee) else {
        return false;
    };
    (one.median_ms - other.median_ms).abs() > 1.0 + 0.2 * one.median_ms.min(other.median_ms)
}

fn delays(path: &PathFacts) -> Option<Block> {
    let differ = differ(path);
    let delays = [
        ("round trip, data channel", path.rtt.channel.as_ref()),
        ("round trip, RTCP", path.rtt.rtcp.as_ref()),
        ("round trip, STUN", path.rtt.stun.as_ref()),
        ("one way, audio", path.one_way.audio.as_ref()),
        ("one way, video", path.one_way.video.as_ref()),
        ("one way, from the caller", path.one_way.from_caller.as_ref().filter(|_| differ)),
        ("one way, from the callee", path.one_way.from_callee.as_ref().filter(|_| differ)),
    ];
    let rows: Vec<_> = delays.into_iter().filter_map(|(name, delay)| Some(spread(name, delay?))).collect();
    (!rows.is_empty()).then(|| Block::Table(Table { columns: SPREAD.to_vec(), rows }))
}

/// Places of a line: eighty columns less its name and its maximum.
const PLACES: usize = 52;

/// Round trips, delays and losses over time, where they differ enough to be looked at.
fn over_time(path: &PathFacts) -> Option<Block> {
    const FEWEST: usize = 5;
    let intervals = &path.series.intervals;
    // Until media goes there is nothing to be seen.
    let began = intervals.iter().position(|interval| interval.sent > 0 || interval.rtt_mean_ms.is_some())?;
    let intervals = &intervals[began..];
    if intervals.len() < FEWEST {
        return None;
    }
    let together = intervals.len().div_ceil(PLACES);
    let line = |name, of: fn(&IntervalFacts) -> Option<f64>, join: fn(f64, f64) -> f64, digits| {
        let values: Vec<_> = intervals.iter().map(of).collect();
        let is_known = values.iter().any(Option::is_some);
        is_known.then(|| spark::spark(name, &spark::places(&values, together, join), digits))
    };
    let lost = |interval: &IntervalFacts| (interval.sent > 0).then_some(interval.lost as f64);
    let is_lossy = intervals.iter().any(|interval| interval.lost > 0);
    let lines = [
        line("rtt ms", |interval| interval.rtt_max_ms, f64::max, 1),
        line("one way ms", |interval| interval.one_way_max_ms, f64::max, 1),
        is_lossy.then(|| line("lost", lost, |a, b| a + b, 0)).flatten(),
    ];
    let place = path.series.interval_s * together as f64;
    let title = format!("longest in {place:.1} s, from {:.1} s on:", intervals[0].at_s);
    let lines: Vec<String> = [title].into_iter().chain(lines.into_iter().flatten()).collect();
    (lines.len() > 1).then(|| Block::Code(lines.join("\n")))
}

fn streams(path: &PathFacts) -> Option<Block> {
    let columns = vec![
        ("Media", Align::Left),
        ("from", Align::Left),
        ("sent", Align::Right),
        ("lost", Align::Right),
        ("loss", Align::Right),
        ("reordered", Align::Right),
        ("jitter", Align::Right),
        ("bitrate", Align::Right),
        ("repaired", Align::Right),
        ("NACKs", Align::Right),
    ];
    let row = |stream: &crate::call::MediaFacts| {
        let from = stream.from.name();
        vec![
            stream.kind.name().into(),
            from.into(),
            stream.sent.to_string().into(),
            match stream.refused {
                0 => stream.lost.to_string(),
                refused => format!("{} ({refused} of them altered)", stream.lost),
            }
            .into(),
            stream.loss_pct.map_or_else(String::new, |loss| format!("{loss} %")).into(),
            stream.reordered.to_string().into(),
            stream.jitter_ms.map_or_else(String::new, time).into(),
            stream.bitrate_bps.map_or_else(String::new, rate).into(),
            stream.repaired.to_string().into(),
            stream.nacks_sent.to_string().into(),
        ]
    };
    let rows: Vec<_> = path.media.iter().map(row).collect();
    (!rows.is_empty()).then(|| Block::Table(Table { columns, rows }))
}

fn side_by_side(summary: &Summary) -> Table {
    let mut columns = vec![
        ("Path", Align::Left),
        ("over", Align::Left),
        ("up after", Align::Right),
        ("rtt p50", Align::Right),
        ("rtt p99", Align::Right),
        ("one way p50", Align::Right),
        ("loss", Align::Right),
    ];
    let failed = summary.paths.iter().any(|path| path.failure.is_some());
    columns.extend(failed.then_some(("failed at", Align::Left)));
    let row = |path: &PathFacts| {
        let rtt = path.rtt.channel.as_ref();
        let told = path.failure.as_ref().map_or_else(String::new, |failure| failure.phase.clone());
        let mut row: Vec<Cell> = vec![
            path.name.clone().into(),
            match &path.pair {
                Some(pair) if !pair.relayed && path.transport.is_some() => "(directly)".into(),
                _ => path.transport.unwrap_or_default().into(),
            },
            path.setup_ms.map_or_else(String::new, time).into(),
            rtt.map_or_else(String::new, |rtt| time(rtt.median_ms)).into(),
            rtt.map_or_else(String::new, |rtt| time(rtt.p99_ms)).into(),
            path.one_way.slower().map_or_else(String::new, |(_, delay)| time(delay.median_ms)).into(),
            path.loss_pct.map_or_else(String::new, |loss| format!("{loss} %")).into(),
        ];
        row.extend(failed.then(|| Cell::new(told, Tone::Bad)));
        row
    };
    Table { columns, rows: summary.paths.iter().map(row).collect() }
}

fn limits(summary: &Summary) -> Option<Block> {
    let item = |judgement: &crate::metric::Judgement| {
        let actual = judgement.measured().unwrap_or_else(|| "not measured".to_owned());
        let tone = match judgement.state() {
            State::Ok => Tone::Good,
            State::Crossed => Tone::Bad,
            State::NotMeasured => Tone::Warn,
        };
        let of: Vec<&str> = judgement.labels.iter().map(|(_, value)| value.as_str()).collect();
        let of = if of.is_empty() { String::new() } else { format!(" ({})", of.join(" ")) };
        let name = judgement.threshold.metric.name;
        Cell::new(format!("{name}{of}: {actual}, {} wanted", judgement.wanted()), tone)
    };
    let items: Vec<Cell> = summary.thresholds.iter().map(item).collect();
    (!items.is_empty()).then_some(Block::List { numbered: false, items })
}

fn machine(summary: &Summary) -> Vec<Cell> {
    let mut items = Vec::new();
    if let Some(floor) = &summary.floor.rtt {
        let (middle, most) = (time(floor.median_ms), time(floor.p99_ms));
        let mut line = format!("raw UDP round trip by the same loop, as often: {middle} (99 % up to {most})");
        // Of several paths it would not say which it is of.
        if let Some(ratio) = summary.floor.ratio.filter(|_| summary.paths.len() == 1) {
            line.push_str(&format!("; the data channel's is {ratio:.1} times that"));
        }
        items.push(line.into());
    }
    if let Some(cpu) = summary.cost.cpu_pct {
        items.push(format!("{cpu:.0} % of a processor for both ends").into());
    }
    if let Some(bytes) = summary.cost.peak_memory_bytes {
        items.push(format!("{:.1} MB of memory at most", bytes as f64 / 1e6).into());
    }
    items
}

/// Milliseconds in the unit that reads best.
fn time(ms: f64) -> String {
    match ms {
        ms if ms < 1.0 => format!("{:.0} µs", ms * 1e3),
        ms if ms < 100.0 => format!("{ms:.2} ms"),
        ms if ms < 10_000.0 => format!("{ms:.0} ms"),
        ms => format!("{:.1} s", ms / 1e3),
    }
}

fn rate(bps: u64) -> String {
    match bps {
        bps if bps < 1_000_000 => format!("{:.0} kbit/s", bps as f64 / 1e3),
        bps => format!("{:.2} Mbit/s", bps as f64 / 1e6),
    }
}
