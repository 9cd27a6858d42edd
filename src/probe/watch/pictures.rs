//! What a watch looks like: round trips, losses and outages of each endpoint, over the same seconds.

use super::series::IntervalFacts;
use super::summary::{EndpointTotals, WatchSummary};
use crate::report::picture::{Panel, Series, Strip};
use crate::report::{Picture, Tone};

pub(super) fn pictures(summary: &WatchSummary) -> Vec<Picture> {
    let span_s = summary.took_ms / 1e3;
    summary.endpoints.iter().filter_map(|endpoint| of_endpoint(endpoint, span_s)).collect()
}

fn of_endpoint(endpoint: &EndpointTotals, took_s: f64) -> Option<Picture> {
    let series = &endpoint.series;
    let every = series.interval_s;
    let end = series.intervals.last()?.at_s + every;
    type Of = fn(&IntervalFacts) -> Option<f64>;
    let points = |of: Of| -> Vec<(f64, Option<f64>)> {
        series.intervals.iter().map(|interval| (interval.at_s + every / 2.0, of(interval))).collect()
    };
    let several = series.intervals.iter().any(|one| one.passed + one.failed + one.unknown > 1);
    let mut panels = vec![Panel {
        name: "round trip",
        unit: "ms",
        as_bars: false,
        points: points(|interval| interval.rtt_mean_ms),
        // Of one round each they are the same.
        upper: if several { points(|interval| interval.rtt_max_ms) } else { Vec::new() },
        width_s: every,
    }];
    if series.intervals.iter().any(|interval| interval.sent > 0) {
        panels.push(Panel {
            name: "lost",
            unit: "packets",
            as_bars: true,
            points: points(|interval| Some(interval.lost as f64)),
            upper: Vec::new(),
            width_s: every,
        });
    }
    let strips = [
        strip("failed", Tone::Bad, endpoint, |interval| interval.failed),
        strip("not known", Tone::Warn, endpoint, |interval| interval.unknown),
    ];
    let title = format!("Round after round: {} {}, {}", endpoint.label, endpoint.endpoint, endpoint.target);
    Some(Picture::Series(Series {
        title,
        span_s: (0.0, end.max(took_s)),
        panels,
        strips: strips.into_iter().filter(|strip| !strip.spans.is_empty()).collect(),
        marks: Vec::new(),
    }))
}

/// The intervals with such rounds; neighbours as one.
fn strip(name: &'static str, tone: Tone, endpoint: &EndpointTotals, of: fn(&IntervalFacts) -> u64) -> Strip {
    let every = endpoint.series.interval_s;
    let mut spans: Vec<(f64, f64, u64)> = Vec::new();
    for interval in endpoint.series.intervals.iter().filter(|interval| of(interval) > 0) {
        let (from, to) = (interval.at_s, interval.at_s + every);
        match spans.last_mut().filter(|last| from - last.1 < every / 2.0) {
            Some(last) => (last.1, last.2) = (to, last.2 + of(interval)),
            None => spans.push((from, to, of(interval))),
        }
    }
    let told = |(from, to, rounds): (f64, f64, u64)| {
        let many = if rounds == 1 { "round" } else { "rounds" };
        (from, to, format!("{rounds} {many} {name}"))
    };
    Strip { name, tone, spans: spans.into_iter().map(told).collect() }
}
