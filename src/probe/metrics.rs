//! The numbers of a probe by name: what `--max` takes.

use super::facts::{EndpointFacts, LargestFacts, TargetFacts};
use crate::measure::{Distribution, FlowReport, RampReport};
use crate::metric::{KnownMetric, Metric, Unit};

const fn ms(name: &'static str, about: &'static str) -> KnownMetric {
    KnownMetric { name, unit: Unit::Milliseconds, about }
}

const fn bps(name: &'static str, about: &'static str) -> KnownMetric {
    KnownMetric { name, unit: Unit::BitsPerSecond, about }
}

const fn bytes(name: &'static str, about: &'static str) -> KnownMetric {
    KnownMetric { name, unit: Unit::Bytes, about }
}

const fn pct(name: &'static str, about: &'static str) -> KnownMetric {
    KnownMetric { name, unit: Unit::Percent, about }
}

/// Every metric of a probe. The short ones (`rtt`, `loss`, `jitter`) are those of the paths between a plain
/// peer and us through the relay, each direction, or of STUN Binding where no relay was asked for; `setup` is the time
/// from the first packet until the relay (or the reflexive address) was there; `downtime` is measured with `--watch` only.
pub const METRICS: &[KnownMetric] = &[
    ms("allocate", "From the first Allocate to the relayed address"),
    pct("binding.loss", "Packets lost of STUN Binding"),
    ms("binding.rtt.max", "Longest round trip of STUN Binding"),
    ms("binding.rtt.median", "Round trip that half of them stay below of STUN Binding"),
    ms("binding.rtt.min", "Shortest round trip of STUN Binding"),
    ms("binding.rtt.p95", "Round trip that 95 of 100 stay below of STUN Binding"),
    ms("binding.rtt.p99", "Round trip that 99 of 100 stay below of STUN Binding"),
    ms("channel", "The ChannelBind"),
    ms("connect", "Connecting over TCP"),
    pct("downtime", "Share of the watch in which it did not work"),
    ms(
        "jitter",
        "Jitter (RFC 3550) of a path through the relay, or of STUN Binding where no relay was asked for",
    ),
    pct("loss", "Packets lost of a path through the relay, or of STUN Binding where no relay was asked for"),
    bytes("mtu.inbound", "Largest payload in one piece from a peer to us"),
    bytes("mtu.outbound", "Largest payload in one piece from us to a peer"),
    ms("permission", "The CreatePermission"),
    ms("refresh", "The Refresh"),
    ms("relay.inbound.jitter", "Jitter (RFC 3550) of the path from a peer through the relay to us"),
    pct("relay.inbound.loss", "Packets lost of the path from a peer through the relay to us"),
    ms("relay.inbound.rtt.max", "Longest round trip of the path from a peer through the relay to us"),
    ms(
        "relay.inbound.rtt.median",
        "Round trip that half of them stay below of the path from a peer through the relay to us",
    ),
    ms("relay.inbound.rtt.min", "Shortest round trip of the path from a peer through the relay to us"),
    ms(
        "relay.inbound.rtt.p95",
        "Round trip that 95 of 100 stay below of the path from a peer through the relay to us",
    ),
    ms(
        "relay.inbound.rtt.p99",
        "Round trip that 99 of 100 stay below of the path from a peer through the relay to us",
    ),
    ms("relay.loop.jitter", "Jitter (RFC 3550) of the path from us through the relay and back"),
    pct("relay.loop.loss", "Packets lost of the path from us through the relay and back"),
    ms("relay.loop.rtt.max", "Longest round trip of the path from us through the relay and back"),
    ms(
        "relay.loop.rtt.median",
        "Round trip that half of them stay below of the path from us through the relay and back",
    ),
    ms("relay.loop.rtt.min", "Shortest round trip of the path from us through the relay and back"),
    ms(
        "relay.loop.rtt.p95",
        "Round trip that 95 of 100 stay below of the path from us through the relay and back",
    ),
    ms(
        "relay.loop.rtt.p99",
        "Round trip that 99 of 100 stay below of the path from us through the relay and back",
    ),
    ms("relay.outbound.jitter", "Jitter (RFC 3550) of the path from us through the relay to a peer"),
    pct("relay.outbound.loss", "Packets lost of the path from us through the relay to a peer"),
    ms("relay.outbound.rtt.max", "Longest round trip of the path from us through the relay to a peer"),
    ms(
        "relay.outbound.rtt.median",
        "Round trip that half of them stay below of the path from us through the relay to a peer",
    ),
    ms("relay.outbound.rtt.min", "Shortest round trip of the path from us through the relay to a peer"),
    ms(
        "relay.outbound.rtt.p95",
        "Round trip that 95 of 100 stay below of the path from us through the relay to a peer",
    ),
    ms(
        "relay.outbound.rtt.p99",
        "Round trip that 99 of 100 stay below of the path from us through the relay to a peer",
    ),
    ms("resolve", "Looking the name up"),
    ms(
        "rtt.max",
        "Longest round trip of a path through the relay, or of STUN Binding where no relay was asked for",
    ),
    ms(
        "rtt.median",
        "Round trip that half of them stay below of a path through the relay, or of STUN Binding where no relay was asked for",
    ),
    ms(
        "rtt.min",
        "Shortest round trip of a path through the relay, or of STUN Binding where no relay was asked for",
    ),
    ms(
        "rtt.p95",
        "Round trip that 95 of 100 stay below of a path through the relay, or of STUN Binding where no relay was asked for",
    ),
    ms(
        "rtt.p99",
        "Round trip that 99 of 100 stay below of a path through the relay, or of STUN Binding where no relay was asked for",
    ),
    ms("setup", "From the first packet until the relay, or the reflexive address, was there"),
    bps("throughput.inbound", "Payload a second that arrived from a peer through the relay"),
    bps("throughput.outbound", "Payload a second that arrived at a peer through the relay"),
    ms("tls.handshake", "The TLS or DTLS handshake"),
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
    // The short names mean either direction: a limit on loss holds for what we hear and what we say.
    for (direction, report) in [("inbound", &relay.inbound), ("outbound", &relay.outbound)] {
        let mut labels = labels.clone();
        labels.push(("direction", direction.to_owned()));
        let mut add = |name: &str, value: Option<f64>| {
            if value.is_some() || endpoint.required {
                metrics.push(metric(name, value, &labels));
            }
        };
        path(&mut add, "", report.as_ref());
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
    known.metric(value, labels.to_vec())
}

fn round(ms: f64) -> f64 {
    (ms * 1000.0).round() / 1000.0
}
