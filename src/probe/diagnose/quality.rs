//! Whether a relay carries what a call needs: its rate, and the size of its packets.

use super::{Case, allocate, cap, relay};
use crate::finding::{Confidence, Severity};
use crate::measure::RampReport;
use crate::probe::codes::{BANDWIDTH_CAPPED, LIFETIME_ODD, MTU_SMALL};
use crate::probe::facts::{LargestFacts, LifetimeFacts};

/// Below this no call with a picture fits, however small: 600 kbit/s is what libwebrtc gives the smallest pictures
/// at most, and audio comes on top.
const LEAST_CALL_BPS: u64 = 664_000;
/// The largest payload that WebRTC's media (libwebrtc's packets) and QUIC (RFC 9000 §14) count on.
const LEAST_PAYLOAD: usize = 1200;
/// A measured rate so near a declared cap is the cap: headers count there and not here.
const NEAR: f64 = 0.3;

pub(super) fn suffices(case: &mut Case<'_>) {
    bandwidth(case);
    mtu(case);
    lasted(case);
}

fn bandwidth(case: &mut Case<'_>) {
    let declared = cap::declared(case.facts);
    let throughput = case.facts.throughput.as_ref();
    let ways = throughput.map(|t| [("in", &t.inbound), ("out", &t.outbound)]);
    let flat: Vec<(&str, u64, &RampReport)> = ways
        .into_iter()
        .flatten()
        .filter_map(|(name, report)| Some((name, report.as_ref().filter(|report| report.flat)?)))
        .filter_map(|(name, report)| Some((name, report.achieved_bps?, report)))
        .collect();
    let measured = flat.iter().map(|(_, bps, _)| *bps).min();
    let Some(least) = declared.into_iter().chain(measured).min() else { return };
    let is_declared =
        |bps: u64| declared.is_some_and(|cap| (bps as f64 - cap as f64).abs() <= cap as f64 * NEAR);
    let needs = case.context.needs_bps.filter(|needs| least < *needs);
    let swallowed = swallowed(case);
    let severity = match needs {
        Some(_) => Severity::Error,
        None if least < cap::LEAST_VOICE_BPS => Severity::Error,
        // What carries nothing at all has no other finding.
        None if cap::starves(case) && whole(case, &swallowed) => Severity::Error,
        None if least < LEAST_CALL_BPS || measured.is_some_and(is_declared) => Severity::Warning,
        // As much as the network carries, which may be plenty: a figure.
        None if measured.is_some() => Severity::Info,
        None => return,
    };
    let said: Vec<String> = flat.iter().map(|(way, bps, _)| format!("{} {way}", rate(*bps))).collect();
    let mut message = match (declared, said.is_empty()) {
        (Some(cap), true) => format!("the server declares a cap of {} for each allocation", rate(cap)),
        (Some(cap), false) => {
            format!("the relay carries {} and no more; it declares a cap of {}", said.join(", "), rate(cap))
        }
        (None, _) => format!("the relay carries {} and no more", said.join(", ")),
    };
    if let Some(needs) = needs {
        message.push_str(&format!(", and {} is needed", rate(needs)));
    } else if least < cap::LEAST_VOICE_BPS {
        message.push_str(", less than any voice needs");
    }
    if !swallowed.is_empty() {
        let lost: Vec<String> = swallowed.iter().map(|(way, loss)| format!("{loss} % {way}")).collect();
        message.push_str(&format!("; what is beyond it is lost: {}", lost.join(", ")));
    }
    let by_cap = declared.is_some_and(|cap| measured.is_none_or(|bps| is_declared(bps) || cap <= bps));
    let help = match by_cap {
        true => "raise `max-bps` (bytes a second for each allocation, each way) or set it to 0 for no cap, and \
                 `bps-capacity` (for all together), which gives late allocations what is left; a realm's own \
                 `max-bps` is in the database where there is one (`turnadmin -G`)"
            .to_owned(),
        false => "look for what is slowest on the way: this machine's own line, the server's, its CPU, or a policer; \
                  the server declares no cap (`max-bps`) that would explain it"
            .to_owned(),
    };
    let mut finding = case
        .finding(&BANDWIDTH_CAPPED, "relay")
        .severity(severity)
        .message(message)
        .evidence("declared_cap_bps", declared)
        .evidence("needs_bps", needs)
        .help(help);
    if !by_cap {
        finding = finding.confidence(Confidence::Medium).evidence(
            "doubt",
            "the limit may be anywhere between this machine and the server, or this machine itself",
        );
    }
    for (way, loss) in swallowed {
        finding = finding.evidence(&format!("{way}_lost_to_cap_pct"), loss);
    }
    for (way, bps, report) in flat {
        let name = if way == "in" { "inbound" } else { "outbound" };
        finding = finding
            .evidence(&format!("{name}_bps"), bps)
            .evidence(&format!("{name}_offered_bps"), report.offered_bps)
            .evidence(&format!("{name}_loss_pct"), report.loss_pct);
    }
    case.push(finding);
}

/// What the paths lost to a declared cap, in percent.
fn swallowed(case: &Case<'_>) -> Vec<(&'static str, f64)> {
    if !cap::explains_loss(case) {
        return Vec::new();
    }
    relay::losses(case.facts, cap::starves(case))
}

/// Whether a path, or a request, came to nothing.
fn whole(case: &Case<'_>, swallowed: &[(&str, f64)]) -> bool {
    swallowed.iter().any(|(_, loss)| *loss == 100.0) || !allocate::unanswered(case.facts).is_empty()
}

fn mtu(case: &mut Case<'_>) {
    let Some(mtu) = &case.facts.mtu else { return };
    let small = |largest: &&LargestFacts| {
        // What this machine's own interface does not carry, nobody else was asked to; and where nothing passes,
        // size is not what is wrong.
        !largest.own_interface && largest.largest_bytes.is_some_and(|bytes| bytes < LEAST_PAYLOAD)
    };
    let ways = [("in", &mtu.inbound), ("out", &mtu.outbound), ("out", &mtu.outbound_unfragmented)];
    let mut found: Vec<(&str, usize)> = Vec::new();
    for (way, largest) in ways {
        if let Some(bytes) = largest.as_ref().filter(small).and_then(|largest| largest.largest_bytes)
            && !found.iter().any(|(known, _)| *known == way)
        {
            found.push((way, bytes));
        }
    }
    if found.is_empty() {
        return;
    }
    let said: Vec<String> = found.iter().map(|(way, bytes)| format!("{bytes} bytes {way}")).collect();
    let mut finding = case
        .finding(&MTU_SMALL, "relay")
        .message(format!(
            "no more than {} pass the relay in one piece, and WebRTC sends packets of up to {LEAST_PAYLOAD}",
            said.join(" and ")
        ))
        .help(
            "raise the MTU of the tunnel or link on the way, and let ICMP \"fragmentation needed\" (IPv6: \"packet \
             too big\") through; until then have applications send smaller packets",
        );
    for (way, bytes) in found {
        let name = if way == "in" { "inbound_bytes" } else { "outbound_bytes" };
        finding = finding.evidence(name, bytes);
    }
    case.push(finding);
}

/// What ends earlier may be late by this at most: our packets are half a second apart, and servers count in seconds.
const EARLY_S: f64 = 5.0;

/// Grants that ended before their time: whoever renews them as the RFC has it is too late.
fn lasted(case: &mut Case<'_>) {
    let Some(lifetimes) = &case.facts.lifetimes else { return };
    let watched = [
        ("permission", &lifetimes.permission_s, "`permission-lifetime` must stay at 300"),
        ("channel", &lifetimes.channel_s, "`channel-lifetime` must stay at 600"),
        ("allocation", &lifetimes.allocation_s, "look in the server's log for why it ended"),
    ];
    let early = |facts: &&LifetimeFacts| {
        facts.confirmed && facts.at_most_s.is_some_and(|most| most + EARLY_S < facts.granted_s)
    };
    let mut found = Vec::new();
    for (what, facts, help) in watched {
        let Some(facts) = facts.as_ref().filter(early) else { continue };
        found.push((what, facts.clone(), help));
    }
    for (what, facts, help) in found {
        let most = facts.at_most_s.unwrap_or_default();
        let finding = case
            .finding(&LIFETIME_ODD, "relay")
            .message(
                format!("a {what} ends after {most} s, not after {} s", facts.granted_s)
                    .replace("a allo", "an allo"),
            )
            .evidence("what", what)
            .evidence("granted_s", facts.granted_s)
            .evidence("at_least_s", facts.at_least_s)
            .evidence("at_most_s", most)
            .help(format!(
                "{help}: clients renew a minute before the end and are too late, so that data stops"
            ));
        case.push(finding);
    }
}

/// A rate for people.
pub fn rate(bps: u64) -> String {
    match bps {
        0..1_000_000 => format!("{} kbit/s", (bps as f64 / 1000.0).round()),
        _ => format!("{:.1} Mbit/s", bps as f64 / 1e6),
    }
}
