//! What a call looks like: how it came up, phase by phase, and how its delays are spread.

use super::Summary;
use crate::call::{IntervalFacts, PathFacts};
use crate::measure::Distribution;
use crate::report::picture::{Histogram, Lane, Panel, Series, Step, Waterfall};
use crate::report::{Picture, Tone};

pub(super) fn pictures(summary: &Summary) -> Vec<Picture> {
    let mut lanes = Vec::new();
    let mut spreads = Vec::new();
    let mut series = Vec::new();
    for path in &summary.paths {
        let label = match path.transport {
            Some(transport) => format!("{} over {transport}", path.name),
            None => path.name.clone(),
        };
        let steps = path.phases.iter().map(|phase| Step {
            name: phase.name.name().to_owned(),
            from_ms: (phase.at_ms - phase.took_ms).max(0.0),
            took_ms: phase.took_ms,
            tone: Tone::Good,
        });
        let steps: Vec<Step> = steps.collect();
        for (what, of) in [
            ("Round trips over the data channel", &path.rtt.channel),
            ("One-way delay of audio", &path.one_way.audio),
            ("One-way delay of video", &path.one_way.video),
        ] {
            spreads.extend(of.as_ref().and_then(|of| histogram(format!("{what}, {label}"), of)));
        }
        series.extend(over_time(path, &label));
        if !steps.is_empty() {
            lanes.push(Lane { label, steps });
        }
    }
    let title = "How the call came up, phase by phase".to_owned();
    let waterfall = (!lanes.is_empty()).then_some(Picture::Waterfall(Waterfall { title, lanes }));
    let series = series.into_iter().map(Picture::Series);
    waterfall.into_iter().chain(series).chain(spreads.into_iter().map(Picture::Histogram)).collect()
}

fn histogram(title: String, of: &Distribution) -> Option<Histogram> {
    let marks = vec![("median", of.median_ms), ("p95", of.p95_ms), ("p99", of.p99_ms)];
    (!of.bins.is_empty()).then(|| Histogram { title, unit: "ms", bins: of.bins.clone(), marks })
}

/// What became of what was sent in each interval.
fn over_time(path: &PathFacts, label: &str) -> Option<Series> {
    let series = &path.series;
    let end = series.intervals.last()?.at_s + series.interval_s;
    type Of = fn(&IntervalFacts) -> Option<f64>;
    // What is of an interval stands in its middle.
    let middle = series.interval_s / 2.0;
    let points = |of: Of| -> Vec<(f64, Option<f64>)> {
        series.intervals.iter().map(|interval| (interval.at_s + middle, of(interval))).collect()
    };
    let line = |name, mean: Of, max: Of| Panel {
        name,
        unit: "ms",
        as_bars: false,
        points: points(mean),
        upper: points(max),
        width_s: series.interval_s,
    };
    let mut panels = vec![
        line("round trip", |interval| interval.rtt_mean_ms, |interval| interval.rtt_max_ms),
        line("one-way delay", |interval| interval.one_way_mean_ms, |interval| interval.one_way_max_ms),
    ];
    panels.retain(|panel| panel.points.iter().any(|point| point.1.is_some()));
    let is_known = !panels.is_empty();
    if path.loss_pct.is_some() {
        panels.push(Panel {
            name: "media lost",
            unit: "packets",
            as_bars: true,
            points: points(|interval| Some(interval.lost as f64)),
            upper: Vec::new(),
            width_s: series.interval_s,
        });
    }
    let every = series.interval_s;
    let title = format!("Over time, by when it was sent, {every} s at a time, {label}");
    is_known.then(|| Series { title, span_s: (0.0, end), panels, ..Series::default() })
}
