//! Long round trips.

use std::net::SocketAddr;

use super::seen::{rounded, time_of};
use super::{Check, Seen};
use crate::analyze::leg::Carrier;
use crate::analyze::reports::{Method, Part};
use crate::analyze::transport::LegFacts;
use crate::finding::{Finding, Rule, Severity};

/// Fewer may be chance.
const FEWEST: u64 = 3;

pub(super) static CHECK: Check = Check { rule: &RULE, check };

static RULE: Rule = Rule {
    code: "RTT_HIGH",
    name: "long-round-trip",
    severity: Severity::Warning,
    summary: "round trips are so long that people notice",
    explain: include_str!("long_round_trip.md"),
    refs: &["ITU-T G.114", "RFC 3550 §6.4.1", "RFC 8445 §7.2"],
    since: "0.1.0",
};

/// Half of the round trips of a way, from the place of the capture to each end.
struct Way {
    leg: LegFacts,
    flow: Option<usize>,
    method: &'static str,
    to_src_ms: Option<f64>,
    to_dst_ms: Option<f64>,
    sum_ms: Option<f64>,
    n: u64,
}

impl Way {
    fn ms(&self) -> f64 {
        self.sum_ms.unwrap_or(self.to_src_ms.unwrap_or(0.0) + self.to_dst_ms.unwrap_or(0.0))
    }
}

/// What the limits are about, for each way, with its two ends.
pub(super) fn figures(seen: &Seen<'_>) -> Vec<(String, f64)> {
    ways(seen).iter().map(|way| (super::seen::pair(&way.leg), way.ms())).collect()
}

fn ways(seen: &Seen<'_>) -> Vec<Way> {
    let mut ways: Vec<Way> = Vec::new();
    for row in &seen.transport.pairs {
        let Some(ice) = &row.ice else { continue };
        let told = |rtt: Option<crate::analyze::spread::Quantiles>| rtt.filter(|rtt| rtt.n >= FEWEST);
        // What src asks is answered by dst.
        let (to_dst, to_src) = (told(ice.src.rtt), told(ice.dst.rtt));
        let n = to_dst.map_or(0, |rtt| rtt.n) + to_src.map_or(0, |rtt| rtt.n);
        let way = Way {
            leg: row.leg.clone(),
            flow: Some(ice.flow),
            method: "STUN",
            to_src_ms: to_src.map(|rtt| rtt.p50_ms),
            to_dst_ms: to_dst.map(|rtt| rtt.p50_ms),
            sum_ms: None,
            n,
        };
        match ways.iter_mut().find(|other| other.flow == way.flow) {
            Some(other) if other.ms() >= way.ms() => {}
            Some(other) => *other = way,
            None if n > 0 => ways.push(way),
            None => {}
        }
    }
    let of_checks = ways.len();
    for trip in &seen.reports.rtt {
        let ends = |way: &Way| [way.leg.src, way.leg.dst];
        let known = |way: &Way| ends(way).contains(&trip.src) && ends(way).contains(&trip.dst);
        // Right only at one end, by one clock: it may be anything.
        if trip.method == Method::CaptureClock
            || trip.spread.n < FEWEST
            || ways[..of_checks].iter().any(known)
        {
            continue;
        }
        let place = match ways.iter().position(|way| known(way) && way.method == trip.method.name()) {
            Some(place) => place,
            None => {
                ways.push(of_reports(trip.src, trip.dst, trip.method.name()));
                ways.len() - 1
            }
        };
        let way = &mut ways[place];
        way.n = way.n.max(trip.spread.n);
        let part = match trip.leg {
            Part::Left => &mut way.to_src_ms,
            Part::Right => &mut way.to_dst_ms,
            Part::Sum | Part::End => &mut way.sum_ms,
        };
        *part = Some(part.unwrap_or(0.0).max(trip.spread.p50_ms));
    }
    ways
}

fn of_reports(src: SocketAddr, dst: SocketAddr, method: &'static str) -> Way {
    let leg = LegFacts { src, dst, carrier: Carrier::Udp, via: None };
    Way { leg, flow: None, method, to_src_ms: None, to_dst_ms: None, sum_ms: None, n: 0 }
}

fn check(seen: &Seen<'_>, found: &mut Vec<Finding>) {
    let mut told: Vec<[SocketAddr; 2]> = Vec::new();
    for way in ways(seen) {
        let ms = way.ms();
        let mut ends = [way.leg.src, way.leg.dst];
        ends.sort_unstable();
        let Some(severity) = seen.limit("rtt").severity(ms).filter(|_| !told.contains(&ends)) else {
            continue;
        };
        told.push(ends);
        let message = match (way.to_src_ms, way.to_dst_ms) {
            (Some(to_src), Some(to_dst)) => format!(
                "a round trip between {} and {} takes {}: from here {} to the first and {} to the second",
                way.leg.src,
                way.leg.dst,
                time_of(ms),
                time_of(to_src),
                time_of(to_dst)
            ),
            (Some(_), None) => format!("a round trip from here to {} takes {}", way.leg.src, time_of(ms)),
            _ => format!("a round trip from here to {} takes {}", way.leg.dst, time_of(ms)),
        };
        let farther = match way.to_src_ms.unwrap_or(0.0) > way.to_dst_ms.unwrap_or(0.0) {
            true => way.leg.src,
            false => way.leg.dst,
        };
        found.push(
            seen.of_pair(&RULE, "rtcp", &way.leg, 0.0, None)
                .severity(severity)
                .message(message)
                .evidence("rtt_p50_ms", rounded(ms))
                .evidence("to_src_ms", way.to_src_ms.map(rounded))
                .evidence("to_dst_ms", way.to_dst_ms.map(rounded))
                .evidence("method", way.method)
                .evidence("n", way.n)
                .help(format!(
                    "most of it is on the way to {farther}: a relay far away, a queue that is full, a mobile network; \
                     people talk over each other from 300 ms on"
                )),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::analyze::reports::{Method, Part, RoundTrip};
    use crate::analyze::rules::scene::{Scene, receiver};
    use crate::analyze::spread::Quantiles;
    use crate::finding::Severity;

    fn latency(ms: f64) -> Option<Quantiles> {
        Some(Quantiles { n: 9, min_ms: ms, p50_ms: ms, p95_ms: ms, max_ms: ms })
    }

    #[test]
    fn both_parts_of_the_way_are_added() {
        let mut scene = Scene::call();
        let ice = scene.transport.pairs[0].ice.as_mut().unwrap();
        (ice.src.rtt, ice.dst.rtt) = (latency(180.0), latency(90.0));
        assert_eq!(scene.severities(&CHECK), [Severity::Warning]);
        insta::assert_snapshot!(scene.says(&CHECK), @"a round trip between 192.0.2.1:5000 and 198.51.100.2:6000 takes 270 ms: from here 90 ms to the first and 180 ms to the second");
        assert!(scene.finds(&CHECK)[0].help.contains("198.51.100.2"));
        scene.transport.pairs[0].ice.as_mut().unwrap().dst.rtt = latency(60.0);
        assert_eq!(scene.severities(&CHECK), []);
    }

    #[test]
    fn reports_serve_where_there_are_no_checks_and_the_captures_clock_does_not() {
        let mut scene = Scene::new();
        let trip = |leg, method, ms: f64| RoundTrip {
            leg,
            method,
            src: "192.0.2.1:5001".parse().unwrap(),
            dst: "198.51.100.2:6001".parse().unwrap(),
            leg_id: receiver(vec![]).leg_id,
            answer_src: None,
            answer_dst: None,
            spread: Quantiles { n: 5, min_ms: ms, p50_ms: ms, p95_ms: ms, max_ms: ms },
        };
        scene.reports.rtt = vec![trip(Part::End, Method::CaptureClock, 900.0)];
        assert_eq!(scene.severities(&CHECK), []);
        scene.reports.rtt =
            vec![trip(Part::Right, Method::SrRr, 300.0), trip(Part::Sum, Method::SrRr, 450.0)];
        assert_eq!(scene.severities(&CHECK), [Severity::Error]);
    }
}
