//! The numbers of a probe by name: what `--max` takes.

use super::facts::{EndpointFacts, LargestFacts, TargetFacts};
use crate::measure::{Distribution, FlowReport, RampReport};
use crate::metric::{KnownMetric, Metric, Unit};

const fn ms(name: &'static str) -> KnownMetric {
    KnownMetric { name, unit: Unit::Milliseconds }
}

const fn bps(name: &'static str) -> KnownMetric {
    KnownMetric { name, unit: Unit::BitsPerSecond }
}

const fn bytes(name: &'static str) -> KnownMetric {
    KnownMetric { name, unit: Unit::Bytes }
}

const fn pct(name: &'static str) -> KnownMetric {
    KnownMetric { name, unit: Unit::Percent }
}

/// Every metric of a probe. The short ones (`rtt`, `loss`, `jitter`) are those of the paths between a plain
/// peer and us through the relay, each direction, or of STUN Binding where no relay was asked for; `setup` is the time
/// from the first packet until the relay (or the reflexive address) was there; `downtime` is measured with `--watch` only.
pub const METRICS: &[KnownMetric] = &[
    ms("allocate"),
    pct("binding.loss"),
    ms("binding.rtt.max"),
    ms("binding.rtt.median"),
    ms("binding.rtt.min"),
    ms("binding.rtt.p95"),
    ms("binding.rtt.p99"),
    ms("channel"),
    ms("connect"),
    pct("downtime"),
    ms("jitter"),
    pct("loss"),
    bytes("mtu.inbound"),
    bytes("mtu.outbound"),
    ms("permission"),
    ms("refresh"),
    ms("relay.inbound.jitter"),
    pct("relay.inbound.loss"),
    ms("relay.inbound.rtt.max"),
    ms("relay.inbound.rtt.median"),
    ms("relay.inbound.rtt.min"),
    ms("relay.inbound.rtt.p95"),
    ms("relay.inbound.rtt.p99"),
    ms("relay.loop.jitter"),
    pct("relay.loop.loss"),
    ms("relay.loop.rtt.max"),
    ms("relay.loop.rtt.median"),
    ms("relay.loop.rtt.min"),
    ms("relay.loop.rtt.p95"),
    ms("relay.loop.rtt.p99"),
    ms("relay.outbound.jitter"),
    pct("relay.outbound.loss"),
    ms("relay.outbound.rtt.max"),
    ms("relay.outbound.rtt.median"),
    ms("relay.outbound.rtt.min"),
    ms("relay.outbound.rtt.p95"),
    ms("relay.outbound.rtt.p99"),
    ms("resolve"),
    ms("rtt.max"),
    ms("rtt.median"),
    ms("rtt.min"),
    ms("rtt.p95"),
    ms("rtt.p99"),
    ms("setup"),
    bps("throughput.inbound"),
    bps("throughput.outbound"),
    ms("tls.handshake"),
];

/// The numbers of all endpoints. Each endpoint that was tried has each metric that makes sense for it,
/// measured or not, so that a limit on what was not measured is noticed.
pub(super) fn of(targets: &[TargetFacts]) -> Vec<Metric> {
    let mut metrics = Vec::new();
    for target in targets {
        let labels = vec![("target", target.uri.clone())];
        if target.resolve.took_ms.is_some() {
            metrics.push(metric("resolve", target.resolve.took_ms, &labels));
        }
        for endpoint in target.endpoints.iter().filter(|endpoint| endpoint.skipped.is_none()) {
            of_endpoint(&mut metrics, endpoint, target);
        }
    }
    metrics
}

fn of_endpoint(metrics: &mut Vec<Metric>, endpoint: &EndpointFacts, target: &TargetFacts) {
    let labels = vec![
        ("target", target.uri.clone()),
        ("endpoint", endpoint.addr.to_string()),
        ("transport", endpoint.transport.name().to_owned()),
    ];
    // What nobody asked for and was not measured is no hole in the measurement.
    let mut add = |name: &str, value: Option<f64>| {
        if value.is_some() || endpoint.required {
            metrics.push(metric(name, value, &labels));
        }
    };
    if endpoint.transport.is_stream() {
        add("connect", endpoint.connect_ms);
    }
    if endpoint.tls.is_some() {
        add("tls.handshake", endpoint.tls.as_ref().map(|tls| tls.handshake_ms));
    }
    let binding = endpoint.binding.as_ref();
    let binding_rtt = binding.and_then(|binding| binding.rtt.as_ref());
    add("binding.loss", binding.and_then(|binding| binding.loss_pct));
    quantiles(&mut add, "binding.rtt", binding_rtt);
    let ready = match target.turn {
        true => endpoint.allocate.as_ref().and_then(|allocate| allocate.at_ms),
        false => binding.and_then(|binding| binding.at_ms),
    };
    add("setup", ready.zip(endpoint.started_ms).map(|(ready, started)| round(ready - started)));
    if !target.turn {
        add("loss", binding.and_then(|binding| binding.loss_pct));
        quantiles(&mut add, "rtt", binding_rtt);
        return;
    }
    add(
        "allocate",
        endpoint.allocate.as_ref().filter(|allocate| allocate.ok).map(|allocate| allocate.took_ms),
    );
    let relay = &endpoint.relay;
    for (name, report) in [
        ("relay.inbound", &relay.inbound),
        ("relay.outbound", &relay.outbound),
        ("relay.loop", &relay.hairpin),
    ] {
        path(&mut add, name, report.as_ref());
    }
    // The short names mean either direction: a limit on loss holds for what we hear and what we say.
    path(&mut add, "", relay.inbound.as_ref());
    path(&mut add, "", relay.outbound.as_ref());
    if let Some(throughput) = &endpoint.throughput {
        let of =
            |report: &Option<RampReport>| report.as_ref().and_then(|r| r.achieved_bps).map(|bps| bps as f64);
        add("throughput.inbound", of(&throughput.inbound));
        add("throughput.outbound", of(&throughput.outbound));
    }
    if let Some(mtu) = &endpoint.mtu {
        let of =
            |found: &Option<LargestFacts>| found.as_ref().and_then(|f| f.largest_bytes).map(|b| b as f64);
        add("mtu.inbound", of(&mtu.inbound));
        add("mtu.outbound", of(&mtu.outbound));
    }
    for (name, step) in
        [("permission", &endpoint.permission), ("channel", &endpoint.channel), ("refresh", &endpoint.refresh)]
    {
        add(name, step.as_ref().filter(|step| step.ok).map(|step| step.took_ms));
    }
}

fn path(add: &mut impl FnMut(&str, Option<f64>), name: &str, report: Option<&FlowReport>) {
    let key = |last: &str| if name.is_empty() { last.to_owned() } else { format!("{name}.{last}") };
    add(&key("loss"), report.and_then(|report| report.loss_pct));
    add(&key("jitter"), report.and_then(|report| report.jitter_ms));
    quantiles(add, &key("rtt"), report.and_then(|report| report.rtt.as_ref()));
}

fn quantiles(add: &mut impl FnMut(&str, Option<f64>), name: &str, of: Option<&Distribution>) {
    add(&format!("{name}.min"), of.map(|of| of.min_ms));
    add(&format!("{name}.median"), of.map(|of| of.median_ms));
    add(&format!("{name}.p95"), of.map(|of| of.p95_ms));
    add(&format!("{name}.p99"), of.map(|of| of.p99_ms));
    add(&format!("{name}.max"), of.map(|of| of.max_ms));
}

pub(super) fn metric(name: &str, value: Option<f64>, labels: &[(&'static str, String)]) -> Metric {
    let known = METRICS
        .iter()
        .find(|known| known.name == name)
        .expect("every metric is in METRICS, and a test sees to it");
    Metric { name: known.name, unit: known.unit, value, labels: labels.to_vec() }
}

fn round(ms: f64) -> f64 {
    (ms * 1000.0).round() / 1000.0
}
