//! What a call looks like: how it came up, phase by phase, and how its delays are spread.

use super::Summary;
use crate::measure::Distribution;
use crate::report::picture::{Histogram, Lane, Step, Waterfall};
use crate::report::{Picture, Tone};

pub(super) fn pictures(summary: &Summary) -> Vec<Picture> {
    let mut lanes = Vec::new();
    let mut spreads = Vec::new();
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
        if !steps.is_empty() {
            lanes.push(Lane { label, steps });
        }
    }
    let title = "How the call came up, phase by phase".to_owned();
    let waterfall = (!lanes.is_empty()).then_some(Picture::Waterfall(Waterfall { title, lanes }));
    waterfall.into_iter().chain(spreads.into_iter().map(Picture::Histogram)).collect()
}

fn histogram(title: String, of: &Distribution) -> Option<Histogram> {
    let marks = vec![("median", of.median_ms), ("p95", of.p95_ms), ("p99", of.p99_ms)];
    (!of.bins.is_empty()).then(|| Histogram { title, unit: "ms", bins: of.bins.clone(), marks })
}
