//! What RTCP says, in tables.

use super::{figure, plain};
use crate::analyze::facts::ssrc;
use crate::analyze::reports::{Kind as Feedback, PairFacts, ReportFacts, RoundTrip, SenderFacts};
use crate::report::{Align, Table};

pub(super) fn senders(rows: &[SenderFacts]) -> Table {
    let columns = vec![
        ("ssrc", Align::Left),
        ("packets", Align::Right),
        ("blocks", Align::Left),
        ("cname", Align::Left),
        ("from", Align::Left),
        ("to", Align::Left),
    ];
    let row = |sender: &SenderFacts| {
        let blocks = match sender.encrypted {
            true => "SRTCP: cannot be read without keys".to_owned(),
            false => {
                let counts: Vec<_> = sender
                    .counts
                    .iter()
                    .map(|(kind, n)| format!("{n} {}", kind.name().replace('_', " ")))
                    .collect();
                counts.join(", ")
            }
        };
        vec![
            plain(ssrc(sender.ssrc)),
            plain(sender.packets.to_string()),
            plain(blocks),
            plain(sender.cname.clone().unwrap_or_default()),
            plain(sender.src.to_string()),
            plain(sender.dst.to_string()),
        ]
    };
    Table { columns, rows: rows.iter().map(row).collect() }
}

pub(super) fn reported(rows: &[SenderFacts]) -> Table {
    let columns = vec![
        ("reporter", Align::Left),
        ("about", Align::Left),
        ("blocks", Align::Right),
        ("lost", Align::Right),
        ("worst %", Align::Right),
        ("jitter ms", Align::Right),
        ("NACK", Align::Right),
        ("numbers", Align::Right),
        ("PLI, FIR", Align::Right),
        ("towards", Align::Left),
    ];
    let row = |sender: &SenderFacts, pair: &PairFacts| {
        let requests = pair.counts.of(Feedback::Pli) + pair.counts.of(Feedback::Fir);
        vec![
            plain(ssrc(sender.ssrc)),
            plain(ssrc(pair.source)),
            plain(pair.blocks.to_string()),
            plain(pair.cumulative_lost.map_or_else(String::new, |lost| lost.to_string())),
            figure(Some(pair.fraction_lost_max_pct), 1),
            figure(pair.jitter_max_ms, 1),
            plain(pair.counts.of(Feedback::Nack).to_string()),
            plain(pair.nack_numbers.to_string()),
            plain(requests.to_string()),
            plain(sender.dst.to_string()),
        ]
    };
    let pairs = rows.iter().flat_map(|sender| sender.reports.iter().map(move |pair| row(sender, pair)));
    Table { columns, rows: pairs.collect() }
}

pub(super) fn round_trips(reports: &ReportFacts) -> Table {
    let columns = vec![
        ("part", Align::Left),
        ("by", Align::Left),
        ("n", Align::Right),
        ("min ms", Align::Right),
        ("median", Align::Right),
        ("p95", Align::Right),
        ("max", Align::Right),
        ("between", Align::Left),
        ("and", Align::Left),
    ];
    let row = |trip: &RoundTrip| {
        let spread = &trip.spread;
        vec![
            plain(trip.leg.name()),
            plain(trip.method.name()),
            plain(spread.n.to_string()),
            figure(Some(spread.min_ms), 1),
            figure(Some(spread.p50_ms), 1),
            figure(Some(spread.p95_ms), 1),
            figure(Some(spread.max_ms), 1),
            plain(trip.src.to_string()),
            plain(trip.dst.to_string()),
        ]
    };
    Table { columns, rows: reports.rtt.iter().map(row).collect() }
}
