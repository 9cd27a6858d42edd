//! A probe as a person reads it: the verdict, the candidates, the timings, the findings.

use super::facts::{EndpointFacts, PeerFacts, StepFacts};
use super::summary::{Summary, Verdict};
use super::{candidates, diagnose};
use crate::finding::{Exit, Severity};
use crate::measure::FlowReport;
use crate::metric::{Metric, State};
use crate::report::{Align, Block, Cell, Document, Report, Table, Tone};

impl Report for Summary {
    const SCHEMA: &'static str = "probe/1";

    fn document(&self) -> Document {
        let mut blocks = vec![Block::Verdict(verdict(self))];
        if !self.candidates.is_empty() {
            blocks.push(Block::Heading("Candidates".to_owned()));
            blocks.push(Block::Table(candidate_table(self)));
        }
        if let Some(note) = candidate_note(self) {
            blocks.push(Block::Paragraph(Cell::new(note, Tone::Dim)));
        }
        blocks.push(Block::Heading("Timings in ms".to_owned()));
        blocks.push(Block::Table(timing_table(self)));
        if let Some(table) = relay_table(self) {
            blocks.push(Block::Heading("Relay data paths, times in ms".to_owned()));
            blocks.push(Block::Table(table));
        }
        let notes = notes(self);
        if !notes.is_empty() {
            blocks.push(Block::Heading("Not checked".to_owned()));
            blocks.extend(notes.into_iter().map(|note| Block::Paragraph(note.into())));
        }
        if !self.thresholds.is_empty() {
            blocks.push(Block::Heading("Limits".to_owned()));
            blocks.push(Block::Table(threshold_table(self)));
        }
        if !self.findings.is_empty() {
            blocks.push(Block::Findings(self.findings.clone()));
        }
        Document { blocks }
    }

    fn metrics(&self) -> Vec<Metric> {
        self.metrics.clone()
    }

    fn exit(&self) -> Exit {
        self.exit
    }
}

/// One sentence: what works, what does not.
fn verdict(summary: &Summary) -> Cell {
    let endpoints = || summary.targets.iter().flat_map(|t| t.endpoints.iter().map(move |e| (t, e)));
    let (mut works, mut broken) = (Vec::new(), Vec::new());
    for (target, endpoint) in endpoints() {
        let ok = diagnose::usable(endpoint, target.turn)
            && !endpoint.findings.iter().any(|finding| finding.severity == Severity::Error);
        let list = match () {
            () if ok => &mut works,
            () if endpoint.skipped.is_some() => continue,
            () => &mut broken,
        };
        let name = endpoint.transport.name().to_uppercase();
        if !list.contains(&name) {
            list.push(name);
        }
    }
    broken.retain(|name| !works.contains(name) || summary.verdict == Verdict::Fail);
    let what = if summary.targets.iter().any(|target| target.turn) { "relay" } else { "STUN" };
    let worst = summary.findings.first();
    let crossed = summary.thresholds.iter().find(|judgement| judgement.state() == State::Crossed);
    let cause = worst.map(|finding| format!("{} ({})", finding.message, finding.code));
    let works = works.join(", ");
    let text = match summary.verdict {
        Verdict::Pass => format!("{what} works over {works}, in {:.0} ms", summary.took_ms),
        Verdict::Warn => {
            let cause = cause.unwrap_or_else(|| "see below".to_owned());
            format!("{what} works over {works}, but {cause}")
        }
        Verdict::Fail => match (worst, crossed) {
            (Some(finding), _) if finding.severity == Severity::Error => {
                let also = if works.is_empty() { String::new() } else { format!("; works: {works}") };
                format!("{}{also}", cause.unwrap_or_default())
            }
            (_, Some(judgement)) => {
                let metric = judgement.threshold.metric;
                let actual = judgement.actual.unwrap_or_default();
                let (limit, unit) = (judgement.threshold.limit, metric.unit.symbol());
                format!("{} is {actual} {unit}, over the limit of {limit} {unit}", metric.name)
            }
            _ => cause.unwrap_or_else(|| "a check failed".to_owned()),
        },
        Verdict::Inconclusive if summary.interrupted => "interrupted; what was learnt is below".to_owned(),
        Verdict::Inconclusive => {
            let skipped =
                endpoints().find_map(|(_, e)| e.skipped.clone().or_else(|| e.given_up.first().cloned()));
            let unmeasured = summary.thresholds.iter().find(|j| j.state() == State::NotMeasured);
            match (skipped, unmeasured) {
                (Some(why), _) => format!("cannot tell from here: {why}"),
                (None, Some(judgement)) => {
                    format!("cannot tell: {} was not measured", judgement.threshold.metric.name)
                }
                (None, None) => "cannot tell: nothing was reached".to_owned(),
            }
        }
    };
    let tone = match summary.verdict {
        Verdict::Pass => Tone::Good,
        Verdict::Warn | Verdict::Inconclusive => Tone::Warn,
        Verdict::Fail => Tone::Bad,
    };
    Cell::new(text, tone)
}

fn candidate_table(summary: &Summary) -> Table {
    let columns = vec![
        ("time", Align::Right),
        ("type", Align::Left),
        ("fnd", Align::Left),
        ("proto", Align::Left),
        ("address", Align::Left),
        ("port", Align::Right),
        ("priority", Align::Left),
        ("URL", Align::Left),
        ("relay", Align::Left),
    ];
    let rows = summary.candidates.iter().map(|candidate| {
        vec![
            format!("{:.3}", candidate.at.as_secs_f64()).into(),
            candidate.kind.as_str().into(),
            candidate.foundation.clone().into(),
            candidate.protocol.as_str().into(),
            candidate.address.to_string().into(),
            candidate.port.to_string().into(),
            candidate.priority.to_string().into(),
            candidate.url.clone().unwrap_or_default().into(),
            candidate.relay_protocol.map_or("", |protocol| protocol.as_str()).into(),
        ]
    });
    Table { columns, rows: rows.collect() }
}

/// Why a server that answered has no reflexive candidate in the table.
fn candidate_note(summary: &Summary) -> Option<String> {
    let same = summary.targets.iter().flat_map(|t| &t.endpoints).find_map(candidates::redundant)?;
    Some(format!(
        "No NAT towards the server: it sees {same} as this machine does, so that a reflexive candidate would be redundant."
    ))
}

fn timing_table(summary: &Summary) -> Table {
    let columns = vec![
        ("endpoint", Align::Left),
        ("via", Align::Left),
        ("DNS", Align::Right),
        ("TCP", Align::Right),
        ("TLS", Align::Right),
        ("STUN RTT (median/p95)", Align::Right),
        ("401", Align::Right),
        ("allocate", Align::Right),
        ("permit", Align::Right),
        ("channel", Align::Right),
        ("refresh", Align::Right),
        ("release", Align::Right),
    ];
    let mut rows = Vec::new();
    for target in &summary.targets {
        if target.endpoints.is_empty() {
            let mut row =
                vec![Cell::new(target.uri.clone(), Tone::Bad), "".into(), ms(target.resolve.took_ms)];
            row.resize(columns.len(), Cell::default());
            rows.push(row);
        }
        for endpoint in &target.endpoints {
            rows.push(timing_row(endpoint, target.turn, target.resolve.took_ms));
        }
    }
    Table { columns, rows }
}

fn timing_row(endpoint: &EndpointFacts, turn: bool, dns: Option<f64>) -> Vec<Cell> {
    let errors = |severity| endpoint.findings.iter().any(|finding| finding.severity == severity);
    let tone = match () {
        () if endpoint.skipped.is_some() => Tone::Dim,
        () if errors(Severity::Error) => Tone::Bad,
        () if errors(Severity::Warning) => Tone::Warn,
        () if diagnose::usable(endpoint, turn) => Tone::Good,
        () => Tone::Plain,
    };
    let rtt = endpoint.binding.as_ref().and_then(|binding| binding.rtt.as_ref());
    let attempts =
        endpoint.allocate.as_ref().map(|allocate| allocate.attempts.as_slice()).unwrap_or_default();
    let challenge = attempts.first().filter(|leg| leg.code == Some(401)).map(|leg| leg.took_ms);
    let granted = endpoint.allocate.as_ref().filter(|allocate| allocate.ok).and(attempts.last());
    vec![
        Cell::new(endpoint.addr.to_string(), tone),
        endpoint.transport.name().into(),
        ms(dns),
        ms(endpoint.connect_ms),
        ms(endpoint.tls.as_ref().map(|tls| tls.handshake_ms)),
        rtt.map(|rtt| format!("{:.3}/{:.3}", rtt.median_ms, rtt.p95_ms)).unwrap_or_default().into(),
        ms(challenge),
        ms(granted.map(|leg| leg.took_ms)),
        step(endpoint.permission.as_ref()),
        step(endpoint.channel.as_ref()),
        step(endpoint.refresh.as_ref()),
        step(endpoint.release.as_ref()),
    ]
}

fn step(step: Option<&StepFacts>) -> Cell {
    match step {
        None => Cell::default(),
        Some(StepFacts { ok: true, took_ms, .. }) => ms(Some(*took_ms)),
        Some(StepFacts { code: Some(code), .. }) => Cell::new(code.to_string(), Tone::Bad),
        Some(_) => Cell::new("silent", Tone::Bad),
    }
}

fn relay_table(summary: &Summary) -> Option<Table> {
    let columns = vec![
        ("endpoint", Align::Left),
        ("via", Align::Left),
        ("path", Align::Left),
        ("sent", Align::Right),
        ("recv", Align::Right),
        ("loss", Align::Right),
        ("reord", Align::Right),
        ("dup", Align::Right),
        ("RTT min", Align::Right),
        ("median", Align::Right),
        ("p95", Align::Right),
        ("p99", Align::Right),
        ("jitter", Align::Right),
    ];
    let mut rows = Vec::new();
    for endpoint in summary.targets.iter().flat_map(|target| &target.endpoints) {
        let relay = &endpoint.relay;
        let paths = [("in", &relay.inbound), ("out", &relay.outbound), ("loop", &relay.hairpin)];
        for (name, report) in paths {
            if let Some(report) = report {
                rows.push(path_row(endpoint, name, report));
            }
        }
    }
    (!rows.is_empty()).then_some(Table { columns, rows })
}

fn path_row(endpoint: &EndpointFacts, name: &str, report: &FlowReport) -> Vec<Cell> {
    let tone = match report.loss_pct {
        Some(loss) if loss >= 100.0 => Tone::Bad,
        Some(loss) if loss > 0.0 => Tone::Warn,
        _ => Tone::Good,
    };
    let rtt = report.rtt.as_ref();
    vec![
        endpoint.addr.to_string().into(),
        endpoint.transport.name().into(),
        Cell::new(name, tone),
        report.sent.to_string().into(),
        report.received.to_string().into(),
        Cell::new(report.loss_pct.map(|loss| format!("{loss}%")).unwrap_or_default(), tone),
        report.reordered.to_string().into(),
        report.duplicates.to_string().into(),
        ms(rtt.map(|rtt| rtt.min_ms)),
        ms(rtt.map(|rtt| rtt.median_ms)),
        ms(rtt.map(|rtt| rtt.p95_ms)),
        ms(rtt.map(|rtt| rtt.p99_ms)),
        ms(report.jitter_ms),
    ]
}

/// What was left out, and why: silence about it would read as health.
fn notes(summary: &Summary) -> Vec<String> {
    let endpoints = summary.targets.iter().flat_map(|target| &target.endpoints);
    endpoints
        .flat_map(|endpoint| {
            let place = format!("{} over {}", endpoint.addr, endpoint.transport.name());
            let unheard = endpoint.relay.peer.as_ref().is_some_and(PeerFacts::unheard);
            let no_udp = unheard.then(|| NO_UDP.to_owned());
            let all = endpoint.skipped.iter().chain(&endpoint.given_up).chain(&no_udp);
            all.map(|why| format!("{place}: {why}")).collect::<Vec<_>>()
        })
        .collect()
}

const NO_UDP: &str = "the paths to a plain UDP socket prove nothing: no UDP from this machine was answered, \
     so that its own network may block it";

fn threshold_table(summary: &Summary) -> Table {
    let columns = vec![
        ("metric", Align::Left),
        ("where", Align::Left),
        ("limit", Align::Right),
        ("actual", Align::Right),
        ("", Align::Left),
    ];
    let rows = summary.thresholds.iter().map(|judgement| {
        let metric = judgement.threshold.metric;
        let unit = metric.unit.symbol();
        let place: Vec<&str> = judgement
            .labels
            .iter()
            .filter(|(name, _)| *name != "target" || judgement.labels.len() == 1)
            .map(|(_, value)| value.as_str())
            .collect();
        let (word, tone) = match judgement.state() {
            State::Ok => ("ok", Tone::Good),
            State::Crossed => ("over", Tone::Bad),
            State::NotMeasured => ("not measured", Tone::Warn),
        };
        vec![
            metric.name.into(),
            place.join(" ").into(),
            format!("{} {unit}", judgement.threshold.limit).into(),
            judgement.actual.map(|actual| format!("{actual} {unit}")).unwrap_or_default().into(),
            Cell::new(word, tone),
        ]
    });
    Table { columns, rows: rows.collect() }
}

/// Milliseconds to the microsecond; the unit stands in the section's note.
fn ms(value: Option<f64>) -> Cell {
    value.map(|ms| format!("{ms:.3}")).unwrap_or_default().into()
}
