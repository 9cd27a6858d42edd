//! What a probe looks like: the steps of each endpoint over time, and how its round trips are spread.

use crate::measure::Distribution;
use crate::probe::facts::{EndpointFacts, StepFacts, TargetFacts};
use crate::probe::summary::Summary;
use crate::report::picture::{Histogram, Lane, Step, Waterfall};
use crate::report::{Picture, Tone};

pub(super) fn pictures(summary: &Summary) -> Vec<Picture> {
    let several = summary.targets.len() > 1;
    let mut lanes = Vec::new();
    let mut spreads = Vec::new();
    for target in &summary.targets {
        lanes.extend(names(target));
        for endpoint in target.endpoints.iter().filter(|endpoint| endpoint.started_ms.is_some()) {
            let mut label = format!("{} over {}", endpoint.addr, endpoint.transport.name());
            if several {
                label = format!("{}: {label}", target.uri);
            }
            spreads.extend(self::spreads(endpoint, &label));
            lanes.push(Lane { steps: steps(endpoint), label });
        }
    }
    lanes.retain(|lane| !lane.steps.is_empty());
    let title = "Steps of each endpoint, from the start of the run".to_owned();
    let waterfall = (!lanes.is_empty()).then_some(Picture::Waterfall(Waterfall { title, lanes }));
    waterfall.into_iter().chain(spreads.into_iter().map(Picture::Histogram)).collect()
}

/// The look-up of a name, where there was one.
fn names(target: &TargetFacts) -> Option<Lane> {
    let took_ms = target.resolve.took_ms?;
    let found = !(target.resolve.a.is_empty() && target.resolve.aaaa.is_empty());
    let tone = if found { Tone::Good } else { Tone::Bad };
    let step = Step { name: "name".to_owned(), from_ms: 0.0, took_ms, tone };
    Some(Lane { label: target.uri.clone(), steps: vec![step] })
}

fn steps(endpoint: &EndpointFacts) -> Vec<Step> {
    let Some(mut at) = endpoint.started_ms else { return Vec::new() };
    let mut steps = Vec::new();
    let mut add = |name: &str, from_ms: f64, took_ms: f64, ok: bool| {
        let tone = if ok { Tone::Good } else { Tone::Bad };
        // A colour alone is not seen by all.
        let name = if ok { name.to_owned() } else { format!("{name} failed") };
        steps.push(Step { name, from_ms: from_ms.max(0.0), took_ms, tone });
    };
    if let Some(took) = endpoint.connect_ms {
        add("connect", at, took, true);
        at += took;
    }
    if let Some(tls) = &endpoint.tls {
        add("handshake", at, tls.handshake_ms, true);
        at += tls.handshake_ms;
    }
    if let Some(binding) = &endpoint.binding
        && let Some(answered) = binding.at_ms
    {
        add("binding", at, (answered - at).max(0.0), binding.ok);
    }
    if let Some(allocate) = &endpoint.allocate {
        // One that was refused is told without its end: it followed what was before.
        let from = allocate.at_ms.map_or(at, |end| end - allocate.took_ms);
        add("allocate", from, allocate.took_ms, allocate.ok);
    }
    let end = |step: &Option<StepFacts>| step.as_ref().and_then(|step| step.at_ms);
    let relay = &endpoint.relay;
    if let Some(refresh) = &endpoint.refresh
        && let Some((before, after)) = end(&endpoint.channel).or(end(&endpoint.permission)).zip(refresh.at_ms)
        && (relay.inbound.is_some() || relay.outbound.is_some() || relay.hairpin.is_some())
    {
        let ok = [&relay.inbound, &relay.outbound, &relay.hairpin].into_iter().flatten().all(|path| path.ok);
        add("measuring the paths", before, (after - refresh.took_ms - before).max(0.0), ok);
    }
    let rest = [
        ("permission", &endpoint.permission),
        ("channel", &endpoint.channel),
        ("refresh", &endpoint.refresh),
        ("release", &endpoint.release),
    ];
    for (name, step) in rest {
        if let Some(step) = step
            && let Some(end) = step.at_ms
        {
            add(name, end - step.took_ms, step.took_ms, step.ok);
        }
    }
    steps.sort_by(|a, b| a.from_ms.total_cmp(&b.from_ms));
    steps
}

/// Round trips over the relay, or of Bindings where there is none.
fn spreads(endpoint: &EndpointFacts, label: &str) -> Vec<Histogram> {
    let relay = &endpoint.relay;
    let paths =
        [("a peer to us", &relay.inbound), ("us to a peer", &relay.outbound), ("us to us", &relay.hairpin)];
    let of_paths = paths.into_iter().filter_map(|(way, report)| {
        let of = report.as_ref()?.rtt.as_ref()?;
        histogram(format!("Round trips through the relay from {way}, {label}"), of)
    });
    let of_paths: Vec<Histogram> = of_paths.collect();
    if !of_paths.is_empty() {
        return of_paths;
    }
    let binding = endpoint.binding.as_ref().and_then(|binding| binding.rtt.as_ref());
    binding
        .and_then(|of| histogram(format!("Round trips of STUN Binding, {label}"), of))
        .into_iter()
        .collect()
}

fn histogram(title: String, of: &Distribution) -> Option<Histogram> {
    // A handful is told by its numbers.
    const FEWEST: usize = 5;
    if of.n < FEWEST || of.bins.is_empty() {
        return None;
    }
    let marks = vec![("median", of.median_ms), ("p95", of.p95_ms), ("p99", of.p99_ms)];
    Some(Histogram { title, unit: "ms", bins: of.bins.clone(), marks })
}
