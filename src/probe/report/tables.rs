//! The tables of a probe's text. A column in which no row has anything is left out.

use crate::finding::Severity;
use crate::measure::FlowReport;
use crate::metric::{Bound, Judgement, State};
use crate::probe::diagnose;
use crate::probe::facts::{AttemptFacts, EndpointFacts, StepFacts, TargetFacts};
use crate::probe::summary::Summary;
use crate::report::{Align, Cell, Table, Tone, one_line};

/// As the Trickle ICE page lists them.
pub(super) fn candidates(summary: &Summary) -> Table {
    let columns = vec![
        ("time", Align::Right),
        ("type", Align::Left),
        ("fnd", Align::Left),
        ("proto", Align::Left),
        ("address", Align::Left),
        ("port", Align::Right),
        ("priority", Align::Left),
        ("relay", Align::Left),
        ("URL", Align::Left),
    ];
    // Of one target it says nothing, and makes each row two lines.
    let several = summary.targets.len() > 1 || summary.verbosity > 0;
    let rows = summary.candidates.iter().map(|candidate| {
        let url = candidate.url.clone().filter(|_| several);
        vec![
            format!("{:.3}", candidate.at.as_secs_f64()).into(),
            candidate.kind.as_str().into(),
            candidate.foundation.clone().into(),
            candidate.protocol.as_str().into(),
            candidate.address.to_string().into(),
            candidate.port.to_string().into(),
            candidate.priority.to_string().into(),
            candidate.relay_protocol.map_or("", |protocol| protocol.as_str()).into(),
            url.unwrap_or_default().into(),
        ]
    });
    table(columns, rows.collect())
}

/// What DNS says of where the servers are.
pub(super) fn srv(summary: &Summary) -> Table {
    let columns = vec![
        ("name", Align::Left),
        ("priority", Align::Right),
        ("weight", Align::Right),
        ("target", Align::Left),
        ("port", Align::Right),
        ("addresses", Align::Left),
    ];
    let records = summary.targets.iter().flat_map(|target| &target.resolve.srv);
    let rows = records.map(|srv| {
        let addresses: Vec<String> = srv.addresses.iter().map(ToString::to_string).collect();
        vec![
            srv.name.clone().into(),
            srv.priority.to_string().into(),
            srv.weight.to_string().into(),
            srv.target.clone().into(),
            srv.port.to_string().into(),
            addresses.join(" ").into(),
        ]
    });
    table(columns, rows.collect())
}

/// Who answers, and with what certificate.
pub(super) fn servers(summary: &Summary) -> Option<Table> {
    let columns = vec![
        ("endpoint", Align::Left),
        ("via", Align::Left),
        ("software", Align::Left),
        ("TLS", Align::Left),
        ("valid until", Align::Left),
        ("days", Align::Right),
        ("lifetime", Align::Right),
    ];
    let mut rows = Vec::new();
    for (target, endpoint) in endpoints(summary).filter(|(_, endpoint)| endpoint.skipped.is_none()) {
        let binding = endpoint.binding.as_ref().and_then(|binding| binding.software.clone());
        let allocate = endpoint.allocate.as_ref();
        let tls = endpoint.tls.as_ref();
        let certificate = tls.and_then(|tls| tls.certificate.as_ref());
        let tone = if tls.is_some_and(|tls| !tls.verified) { Tone::Warn } else { Tone::Plain };
        rows.push(vec![
            Cell::new(endpoint.addr.to_string(), health(endpoint, target.turn)),
            endpoint.transport.name().into(),
            binding.or_else(|| allocate.and_then(|a| a.software.clone())).unwrap_or_default().into(),
            tls.and_then(|tls| tls.version.clone()).unwrap_or_default().into(),
            Cell::new(
                certificate.map(|c| c.not_after.chars().take(10).collect::<String>()).unwrap_or_default(),
                tone,
            ),
            certificate.map(|c| c.days_left.to_string()).unwrap_or_default().into(),
            allocate.and_then(|a| a.lifetime_s).map(|s| format!("{s} s")).unwrap_or_default().into(),
        ]);
    }
    told(&rows).then(|| table(columns, rows))
}

/// What the servers can do beyond the necessary, a server that was asked a row.
pub(super) fn capabilities(summary: &Summary) -> Option<Table> {
    let columns = vec![
        ("endpoint", Align::Left),
        ("can", Align::Left),
        ("refuses (error code)", Align::Left),
        ("does not", Align::Left),
        ("not known", Align::Left),
    ];
    let mut rows = Vec::new();
    for (_, endpoint) in endpoints(summary).filter(|(_, endpoint)| !endpoint.asked.is_empty()) {
        let those = |states: &[&str]| {
            let named = endpoint.capabilities.iter().filter(|it| states.contains(&it.state));
            let named = named.map(|it| match it.code {
                Some(code) => format!("{} ({code})", it.name),
                None => match &it.why {
                    Some(why) => format!("{} ({})", it.name, one_line(why)),
                    None => it.name.to_owned(),
                },
            });
            Cell::from(named.collect::<Vec<_>>().join(", "))
        };
        rows.push(vec![
            endpoint.addr.to_string().into(),
            those(&["yes"]),
            those(&["refused"]),
            those(&["no", "ignored", "unusable"]),
            those(&["unknown"]),
        ]);
    }
    told(&rows).then(|| table(columns, rows))
}

/// How long it took to reach each endpoint, and how far away it is.
pub(super) fn reach(summary: &Summary) -> Option<Table> {
    let columns = vec![
        ("endpoint", Align::Left),
        ("via", Align::Left),
        ("DNS", Align::Right),
        ("TCP", Align::Right),
        ("TLS", Align::Right),
        ("STUN RTT min", Align::Right),
        ("median", Align::Right),
        ("max", Align::Right),
        ("lost", Align::Right),
    ];
    let mut rows = Vec::new();
    for target in &summary.targets {
        if target.endpoints.is_empty() {
            let mut row =
                vec![Cell::new(target.uri.clone(), Tone::Bad), "".into(), ms(target.resolve.took_ms)];
            row.resize(columns.len(), Cell::default());
            rows.push(row);
        }
        rows.extend(target.endpoints.iter().map(|endpoint| reach_row(endpoint, target)));
    }
    told(&rows).then(|| table(columns, rows))
}

fn reach_row(endpoint: &EndpointFacts, target: &TargetFacts) -> Vec<Cell> {
    let binding = endpoint.binding.as_ref();
    let rtt = binding.and_then(|binding| binding.rtt.as_ref());
    let lost = binding.and_then(|binding| binding.loss_pct).filter(|loss| *loss > 0.0);
    let dns = match endpoint.addr.is_ipv4() {
        true => target.resolve.a_ms,
        false => target.resolve.aaaa_ms,
    };
    vec![
        Cell::new(endpoint.addr.to_string(), health(endpoint, target.turn)),
        endpoint.transport.name().into(),
        ms(dns),
        ms(endpoint.connect_ms),
        ms(endpoint.tls.as_ref().map(|tls| tls.handshake_ms)),
        ms(rtt.map(|rtt| rtt.min_ms)),
        ms(rtt.map(|rtt| rtt.median_ms)),
        ms(rtt.map(|rtt| rtt.max_ms)),
        Cell::new(lost.map(|loss| format!("{loss}%")).unwrap_or_default(), Tone::Warn),
    ]
}

/// How long each TURN request took.
pub(super) fn requests(summary: &Summary) -> Option<Table> {
    let columns = vec![
        ("endpoint", Align::Left),
        ("via", Align::Left),
        ("401", Align::Right),
        ("allocate", Align::Right),
        ("permit", Align::Right),
        ("channel", Align::Right),
        ("refresh", Align::Right),
        ("release", Align::Right),
    ];
    let asked = endpoints(summary).filter(|(_, endpoint)| endpoint.allocate.is_some());
    let rows: Vec<_> = asked.map(|(target, endpoint)| request_row(endpoint, target.turn)).collect();
    (!rows.is_empty()).then(|| table(columns, rows))
}

fn request_row(endpoint: &EndpointFacts, turn: bool) -> Vec<Cell> {
    let attempts =
        endpoint.allocate.as_ref().map(|allocate| allocate.attempts.as_slice()).unwrap_or_default();
    let challenge = attempts.first().filter(|leg| leg.code == Some(401));
    vec![
        Cell::new(endpoint.addr.to_string(), health(endpoint, turn)),
        endpoint.transport.name().into(),
        transaction(challenge),
        match &endpoint.allocate {
            Some(allocate) if !allocate.ok => refused(allocate.code),
            _ => transaction(attempts.last()),
        },
        step(endpoint.permission.as_ref()),
        step(endpoint.channel.as_ref()),
        step(endpoint.refresh.as_ref()),
        step(endpoint.release.as_ref()),
    ]
}

/// What passed through the relay, each way apart.
pub(super) fn paths(summary: &Summary) -> Option<Table> {
    let columns = vec![
        ("endpoint", Align::Left),
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
    // The transport alone tells endpoints apart, unless a server has several addresses.
    let mut transports: Vec<_> = endpoints(summary).map(|(_, endpoint)| endpoint.transport).collect();
    let count = transports.len();
    transports.sort_unstable();
    transports.dedup();
    let several = transports.len() < count;
    let mut rows = Vec::new();
    for (_, endpoint) in endpoints(summary) {
        let relay = &endpoint.relay;
        let paths = [("in", &relay.inbound), ("out", &relay.outbound), ("loop", &relay.hairpin)];
        for (name, report) in paths {
            if let Some(report) = report {
                let place = if several { endpoint.addr.to_string() } else { String::new() };
                let mut row = vec![place.into()];
                row.extend(path_row(format!("{} {name}", endpoint.transport.name()), report));
                rows.push(row);
            }
        }
    }
    (!rows.is_empty()).then(|| table(columns, rows))
}

fn path_row(name: String, report: &FlowReport) -> Vec<Cell> {
    let tone = match report.loss_pct {
        Some(loss) if loss >= 100.0 => Tone::Bad,
        Some(loss) if loss > 0.0 => Tone::Warn,
        _ => Tone::Good,
    };
    let rtt = report.rtt.as_ref();
    vec![
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

/// Each transaction of each Allocate, for `-v`.
pub(super) fn attempts(summary: &Summary) -> Option<Table> {
    let columns = vec![
        ("endpoint", Align::Left),
        ("via", Align::Left),
        ("signed", Align::Left),
        ("sent", Align::Right),
        ("answer", Align::Left),
        ("took", Align::Right),
        ("nonce", Align::Left),
        ("realm", Align::Left),
    ];
    let yes = |yes: bool| if yes { "yes" } else { "no" };
    let mut rows = Vec::new();
    for (_, endpoint) in endpoints(summary) {
        for leg in endpoint.allocate.iter().flat_map(|allocate| &allocate.attempts) {
            let answer = match (leg.answered, leg.code) {
                (false, _) => "none".to_owned(),
                (true, None) => "granted".to_owned(),
                (true, Some(code)) => code.to_string(),
            };
            rows.push(vec![
                endpoint.addr.to_string().into(),
                endpoint.transport.name().into(),
                yes(leg.authenticated).into(),
                leg.sent.to_string().into(),
                answer.into(),
                ms(Some(leg.took_ms)),
                yes(leg.nonce).into(),
                leg.realm.as_ref().map(|realm| format!("\"{realm}\"")).unwrap_or_default().into(),
            ]);
        }
    }
    (!rows.is_empty()).then(|| table(columns, rows))
}

/// The limits of `--max` and what became of them.
pub(in crate::probe) fn thresholds(thresholds: &[Judgement]) -> Table {
    let columns = vec![
        ("metric", Align::Left),
        ("limit", Align::Right),
        ("actual", Align::Right),
        ("state", Align::Left),
        ("where", Align::Left),
    ];
    let rows = thresholds.iter().map(|judgement| {
        let metric = judgement.threshold.metric;
        let place: Vec<&str> = judgement
            .labels
            .iter()
            .filter(|(name, _)| *name != "target" || judgement.labels.len() == 1)
            .map(|(_, value)| value.as_str())
            .collect();
        let (word, tone) = match judgement.state() {
            State::Ok => ("ok", Tone::Good),
            State::Crossed if judgement.threshold.bound == Bound::Min => ("under", Tone::Bad),
            State::Crossed => ("over", Tone::Bad),
            State::NotMeasured => ("not measured", Tone::Warn),
        };
        vec![
            metric.name.into(),
            metric.unit.written(judgement.threshold.limit).into(),
            judgement.measured().unwrap_or_default().into(),
            Cell::new(word, tone),
            place.join(" ").into(),
        ]
    });
    table(columns, rows.collect())
}

pub(super) fn endpoints(summary: &Summary) -> impl Iterator<Item = (&TargetFacts, &EndpointFacts)> {
    summary.targets.iter().flat_map(|target| target.endpoints.iter().map(move |endpoint| (target, endpoint)))
}

fn health(endpoint: &EndpointFacts, turn: bool) -> Tone {
    let found = |severity| endpoint.findings.iter().any(|finding| finding.severity == severity);
    match () {
        () if endpoint.skipped.is_some() => Tone::Dim,
        () if found(Severity::Error) => Tone::Bad,
        () if found(Severity::Warning) => Tone::Warn,
        () if diagnose::usable(endpoint, turn) => Tone::Good,
        () => Tone::Plain,
    }
}

fn step(step: Option<&StepFacts>) -> Cell {
    match step {
        None => Cell::default(),
        Some(StepFacts { ok: true, took_ms, .. }) => ms(Some(*took_ms)),
        Some(StepFacts { code, .. }) => refused(*code),
    }
}

fn refused(code: Option<u16>) -> Cell {
    // Among milliseconds, a bare number would read as one.
    Cell::new(code.map_or_else(|| "silent".to_owned(), |code| format!("err {code}")), Tone::Bad)
}

/// How long a transaction took; what it took with retransmissions is not how far away the server is.
fn transaction(leg: Option<&AttemptFacts>) -> Cell {
    match leg {
        Some(leg) if leg.sent > 1 => Cell::new(format!("{:.3} ({}x)", leg.took_ms, leg.sent), Tone::Warn),
        leg => ms(leg.map(|leg| leg.took_ms)),
    }
}

/// Milliseconds to the microsecond; the unit stands in the heading.
fn ms(value: Option<f64>) -> Cell {
    value.map(|ms| format!("{ms:.3}")).unwrap_or_default().into()
}

/// Whether a row says more than which endpoint it is about.
fn told(rows: &[Vec<Cell>]) -> bool {
    rows.iter().any(|row| row[2..].iter().any(|cell| !cell.text.is_empty()))
}

pub(super) fn table(columns: Vec<(&'static str, Align)>, rows: Vec<Vec<Cell>>) -> Table {
    let told = |at: usize| rows.iter().any(|row| !row[at].text.is_empty());
    let kept: Vec<usize> = (0..columns.len()).filter(|at| told(*at)).collect();
    Table {
        columns: kept.iter().map(|at| columns[*at]).collect(),
        rows: rows.iter().map(|row| kept.iter().map(|at| row[*at].clone()).collect()).collect(),
    }
}
