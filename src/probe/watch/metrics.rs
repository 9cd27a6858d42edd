//! The numbers of a whole watch by name. What its rounds do not measure is that of the probe at the start.

use super::figures::Path;
use super::tracker::{Track, Watch};
use crate::measure::Distribution;
use crate::metric::Metric;
use crate::probe::metrics::metric;

/// The numbers of all endpoints.
pub(super) fn of(watch: &Watch) -> Vec<Metric> {
    let mut metrics: Vec<Metric> = Vec::new();
    for track in &watch.tracks {
        of_track(&mut metrics, track, watch);
    }
    let of_start = watch.start.metrics.iter();
    let unmeasured = of_start.filter(|start| metrics.iter().all(|known| known.name != start.name)).cloned();
    let unmeasured: Vec<Metric> = unmeasured.collect();
    metrics.extend(unmeasured);
    metrics
}

fn of_track(metrics: &mut Vec<Metric>, track: &Track, watch: &Watch) {
    let target = &watch.targets[track.target];
    let labels = vec![
        ("target", target.uri.clone()),
        ("endpoint", track.addr.to_string()),
        ("transport", track.transport.name().to_owned()),
    ];
    let mut add = |name: &str, value: Option<f64>| {
        if value.is_some() || track.required {
            metrics.push(metric(name, value, &labels));
        }
    };
    let figures = &track.figures;
    add("downtime", figures.uptime_pct().map(|up| ((100.0 - up) * 1000.0).round() / 1000.0));
    let binding = figures.binding.rtt.distribution();
    add("binding.loss", figures.binding.loss_pct());
    quantiles(&mut add, "binding.rtt", binding.as_ref());
    if !target.turn {
        add("loss", figures.binding.loss_pct());
        return quantiles(&mut add, "rtt", binding.as_ref());
    }
    for (name, path) in [("relay.inbound", &figures.inbound), ("relay.outbound", &figures.outbound)] {
        of_path(&mut add, &format!("{name}."), path);
    }
    for (direction, path) in [("inbound", &figures.inbound), ("outbound", &figures.outbound)] {
        let mut labels = labels.clone();
        labels.push(("direction", direction.to_owned()));
        let mut add = |name: &str, value: Option<f64>| {
            if value.is_some() || track.required {
                metrics.push(metric(name, value, &labels));
            }
        };
        of_path(&mut add, "", path);
    }
}

fn of_path(add: &mut impl FnMut(&str, Option<f64>), prefix: &str, path: &Path) {
    add(&format!("{prefix}loss"), path.loss_pct());
    add(&format!("{prefix}jitter"), path.jitter_ms);
    quantiles(add, &format!("{prefix}rtt"), path.rtt.distribution().as_ref());
}

fn quantiles(add: &mut impl FnMut(&str, Option<f64>), name: &str, of: Option<&Distribution>) {
    add(&format!("{name}.min"), of.map(|of| of.min_ms));
    add(&format!("{name}.median"), of.map(|of| of.median_ms));
    add(&format!("{name}.p95"), of.map(|of| of.p95_ms));
    add(&format!("{name}.p99"), of.map(|of| of.p99_ms));
    add(&format!("{name}.max"), of.map(|of| of.max_ms));
}
