//! The tables of what was measured only because it was asked for: throughput, sizes, lifetimes.

use super::tables::{endpoints, table};
use crate::measure::RampReport;
use crate::probe::diagnose::rate;
use crate::probe::facts::{LargestFacts, LifetimeFacts};
use crate::probe::summary::Summary;
use crate::report::{Align, Cell, Table, Tone};

/// What each direction carries.
pub(super) fn throughput(summary: &Summary) -> Option<Table> {
    let columns = vec![
        ("endpoint", Align::Left),
        ("path", Align::Left),
        ("carries", Align::Right),
        ("offered", Align::Right),
        ("lost", Align::Right),
        ("held back", Align::Right),
        ("whole at", Align::Right),
        ("loss at that rate", Align::Right),
        ("declared cap", Align::Right),
    ];
    let mut rows = Vec::new();
    for (_, endpoint) in endpoints(summary) {
        let Some(throughput) = &endpoint.throughput else { continue };
        let declared = endpoint.allocate.as_ref().and_then(|allocate| allocate.bandwidth_bps);
        for (way, report) in [("in", &throughput.inbound), ("out", &throughput.outbound)] {
            let Some(report) = report else { continue };
            let mut row: Vec<Cell> =
                vec![endpoint.addr.to_string().into(), format!("{} {way}", endpoint.transport.name()).into()];
            row.extend(carried(report));
            row.push(declared.map(rate).unwrap_or_default().into());
            rows.push(row);
        }
    }
    (!rows.is_empty()).then(|| table(columns, rows))
}

fn carried(report: &RampReport) -> [Cell; 6] {
    let tone = match () {
        () if !report.ok => Tone::Bad,
        () if report.flat => Tone::Warn,
        () => Tone::Good,
    };
    let percent = |value: Option<f64>| Cell::from(value.map(|pct| format!("{pct}%")).unwrap_or_default());
    let carries = match report.achieved_bps {
        // What took all that it was offered may take more.
        Some(bps) if !report.flat => format!("≥ {}", rate(bps)),
        Some(bps) => rate(bps),
        None => "nothing".to_owned(),
    };
    [
        Cell::new(carries, tone),
        report.offered_bps.map(rate).unwrap_or_default().into(),
        percent(report.loss_pct),
        percent(report.withheld_pct.filter(|pct| *pct > 0.0)),
        report.sustained_bps.map(rate).unwrap_or_default().into(),
        percent(report.sustained_loss_pct),
    ]
}

/// The largest datagrams.
pub(super) fn mtu(summary: &Summary) -> Option<Table> {
    let columns = vec![
        ("endpoint", Align::Left),
        ("path", Align::Left),
        ("as", Align::Left),
        ("passes", Align::Right),
        ("lost", Align::Right),
        ("limited by", Align::Left),
    ];
    let mut rows = Vec::new();
    for (_, endpoint) in endpoints(summary) {
        let Some(mtu) = &endpoint.mtu else { continue };
        for (way, frame, largest) in [
            ("in", "UDP", &mtu.inbound),
            ("out", "ChannelData", &mtu.outbound),
            ("out", "Send, DONT-FRAGMENT", &mtu.outbound_unfragmented),
        ] {
            let Some(largest) = largest else { continue };
            rows.push(vec![
                endpoint.addr.to_string().into(),
                format!("{} {way}", endpoint.transport.name()).into(),
                frame.into(),
                size(largest),
                largest.lost_bytes.map(|bytes| bytes.to_string()).unwrap_or_default().into(),
                match largest {
                    LargestFacts { own_interface: true, .. } => "this machine's interface",
                    LargestFacts { lost_bytes: Some(_), .. } => "the path",
                    _ => "",
                }
                .into(),
            ]);
        }
        if let Some(code) = mtu.dont_fragment_code {
            rows.push(vec![
                endpoint.addr.to_string().into(),
                format!("{} out", endpoint.transport.name()).into(),
                "Send, DONT-FRAGMENT".into(),
                Cell::new(format!("err {code}"), Tone::Plain),
                Cell::default(),
                "the server may fragment unseen".into(),
            ]);
        }
    }
    (!rows.is_empty()).then(|| table(columns, rows))
}

fn size(largest: &LargestFacts) -> Cell {
    match (largest.largest_bytes, largest.lost_bytes) {
        (None, _) => Cell::new("nothing", Tone::Bad),
        (Some(bytes), None) => Cell::new(format!("≥ {bytes}"), Tone::Good),
        (Some(bytes), Some(_)) => Cell::new(bytes.to_string(), Tone::Plain),
    }
}

/// How long grants last.
pub(super) fn lifetimes(summary: &Summary) -> Option<Table> {
    let columns = vec![
        ("endpoint", Align::Left),
        ("what", Align::Left),
        ("granted", Align::Right),
        ("at least", Align::Right),
        ("at most", Align::Right),
        ("then", Align::Left),
    ];
    let mut rows = Vec::new();
    for (_, endpoint) in endpoints(summary) {
        let Some(lifetimes) = &endpoint.lifetimes else { continue };
        for (what, facts) in [
            ("permission", &lifetimes.permission_s),
            ("channel", &lifetimes.channel_s),
            ("allocation", &lifetimes.allocation_s),
        ] {
            let Some(facts) = facts else { continue };
            let seconds =
                |value: Option<f64>| Cell::from(value.map(|s| format!("{s:.1}")).unwrap_or_default());
            rows.push(vec![
                endpoint.addr.to_string().into(),
                what.into(),
                facts.granted_s.to_string().into(),
                seconds(facts.at_least_s),
                match facts.at_most_s {
                    None if facts.outlasted() => Cell::new("never ended", Tone::Warn),
                    None => "not watched to its end".into(),
                    at_most => seconds(at_most),
                },
                then(facts),
            ]);
        }
    }
    (!rows.is_empty()).then(|| table(columns, rows))
}

fn then(facts: &LifetimeFacts) -> Cell {
    match (facts.refresh_code, facts.confirmed, facts.at_most_s) {
        (Some(code), ..) => format!("Refresh: {code}").into(),
        (None, true, _) => "asked for again, it works again".into(),
        (None, false, Some(_)) => Cell::new("and nothing passes any more", Tone::Warn),
        (None, false, None) => Cell::default(),
    }
}
