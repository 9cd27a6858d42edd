use crate::probe::plan::Families;
use std::time::Duration;

use super::*;
use crate::finding::Severity;
use crate::ice::uri::ServerUri;
use crate::measure::Pace;
use crate::probe::METRICS;
use crate::probe::facts::{BindingFacts, EndpointFacts, Fault, FaultKind, Resolve, TlsFacts};
use crate::probe::plan::{Audits, Transport};

fn options() -> Options {
    let second = Duration::from_secs(1);
    let pace = Pace { count: 1, interval: second, size: 160, patience: second };
    Options {
        preset: None,
        needs_bps: None,
        timeout: second,
        deadline: second,
        bindings: 5,
        pace,
        audits: Audits::default(),
        relay_only: false,
        families: Families::BOTH,
        srv: false,
        min_days: 14,
        relay_family: None,
    }
}

/// A STUN server over these transports; each endpoint is changed before it is judged.
fn judged(
    transports: &[Transport],
    judge: &Judge,
    interrupted: bool,
    change: impl Fn(&mut EndpointFacts),
) -> Summary {
    let uri = "stun:198.51.100.1";
    let target = Target::from_uri(&ServerUri::from_text(uri).unwrap());
    let endpoints = transports.iter().map(|transport| {
        let required = *transport == Transport::Udp;
        let mut facts = EndpointFacts::new("198.51.100.1:3478".parse().unwrap(), *transport, required);
        facts.started_ms = Some(1.0);
        facts.binding = Some(BindingFacts {
            ok: true,
            code: None,
            reflexive: Some("198.51.100.10:4242".parse().unwrap()),
            at_ms: Some(3.5),
            rtt: None,
            loss_pct: Some(0.0),
            sent: 5,
            received: 5,
            software: None,
            other_address: None,
            response_origin: None,
        });
        change(&mut facts);
        facts
    });
    let facts = TargetFacts {
        uri: uri.to_owned(),
        turn: false,
        resolve: Resolve { a: vec!["198.51.100.1".parse().unwrap()], ..Resolve::default() },
        endpoints: endpoints.collect(),
        findings: vec![],
    };
    let seen = Observation {
        targets: vec![facts],
        hosts: vec![],
        nat: None,
        took_ms: 4.0,
        ended_unix: 0,
        interrupted,
    };
    Summary::new(seen, &[target], &options(), judge)
}

fn check(summary: &Summary, verdict: Verdict, exit: Exit) {
    assert_eq!((summary.verdict, summary.exit), (verdict, exit), "{:?}", summary.findings);
}

fn refused(facts: &mut EndpointFacts) {
    facts.binding = None;
    facts.fault = Some(Fault { kind: FaultKind::Refused, stage: "connect", message: "refused".to_owned() });
}

#[test]
fn what_works_passes() {
    check(&judged(&[Transport::Udp], &Judge::default(), false, |_| {}), Verdict::Pass, Exit::Healthy);
}

#[test]
fn an_extra_that_does_not_work_warns_and_fails_only_where_warnings_do() {
    let both = [Transport::Udp, Transport::Tcp];
    let no_tcp = |facts: &mut EndpointFacts| {
        if facts.transport == Transport::Tcp {
            refused(facts);
        }
    };
    check(&judged(&both, &Judge::default(), false, no_tcp), Verdict::Warn, Exit::Healthy);
    let strict = Judge { fail_on: FailOn::Warning, ..Judge::default() };
    check(&judged(&both, &strict, false, no_tcp), Verdict::Fail, Exit::Failed);
}

#[test]
fn what_was_asked_for_and_does_not_work_fails() {
    let summary = judged(&[Transport::Udp], &Judge::default(), false, refused);
    check(&summary, Verdict::Fail, Exit::Failed);
    assert_eq!(summary.findings[0].severity, Severity::Error);
    let lenient = Judge { fail_on: FailOn::Never, ..Judge::default() };
    check(&judged(&[Transport::Udp], &lenient, false, refused), Verdict::Fail, Exit::Healthy);
}

#[test]
fn what_could_not_be_tried_is_inconclusive() {
    let no_route = |facts: &mut EndpointFacts| facts.skipped = Some("no route".to_owned());
    check(
        &judged(&[Transport::Udp], &Judge::default(), false, no_route),
        Verdict::Inconclusive,
        Exit::CouldNotTell,
    );
    let stopped = |facts: &mut EndpointFacts| facts.stopped = true;
    check(
        &judged(&[Transport::Udp], &Judge::default(), false, stopped),
        Verdict::Inconclusive,
        Exit::CouldNotTell,
    );
}

#[test]
fn what_does_not_work_and_is_not_understood_is_inconclusive() {
    let odd = |facts: &mut EndpointFacts| facts.binding = None;
    check(
        &judged(&[Transport::Udp], &Judge::default(), false, odd),
        Verdict::Inconclusive,
        Exit::CouldNotTell,
    );
}

#[test]
fn an_interrupted_run_says_so_whatever_it_found() {
    check(
        &judged(&[Transport::Udp], &Judge::default(), true, |_| {}),
        Verdict::Inconclusive,
        Exit::Interrupted,
    );
    check(&judged(&[Transport::Udp], &Judge::default(), true, refused), Verdict::Fail, Exit::Interrupted);
}

#[test]
fn a_crossed_limit_fails_and_an_unmeasured_one_is_inconclusive() {
    let limit =
        |arg| Judge { thresholds: vec![Threshold::from_arg(arg, METRICS).unwrap()], ..Judge::default() };
    check(&judged(&[Transport::Udp], &limit("setup=3ms"), false, |_| {}), Verdict::Pass, Exit::Healthy);
    check(&judged(&[Transport::Udp], &limit("setup=2ms"), false, |_| {}), Verdict::Fail, Exit::Failed);
    let unmeasured = judged(&[Transport::Udp], &limit("rtt.p99=1s"), false, |_| {});
    check(&unmeasured, Verdict::Inconclusive, Exit::CouldNotTell);
}

#[test]
fn every_metric_is_one_that_can_be_limited_and_the_other_way_round() {
    let target = |turn| {
        let mut facts = EndpointFacts::new("198.51.100.1:5349".parse().unwrap(), Transport::Tls, true);
        facts.tls = Some(TlsFacts {
            handshake_ms: 1.0,
            version: None,
            cipher: None,
            alpn: None,
            server_name: String::new(),
            verified: true,
            errors: vec![],
            roots: 1,
            insecure: false,
            certificate: None,
        });
        facts.throughput = Some(Default::default());
        facts.mtu = Some(Default::default());
        TargetFacts {
            uri: String::new(),
            turn,
            resolve: Resolve { took_ms: Some(1.0), ..Resolve::default() },
            endpoints: vec![facts],
            findings: vec![],
        }
    };
    let mut emitted: Vec<&str> = metrics::of(&[target(true), target(false)]).iter().map(|m| m.name).collect();
    emitted.sort_unstable();
    emitted.dedup();
    // A watch alone measures that.
    let known = METRICS.iter().map(|known| known.name).filter(|name| *name != "downtime");
    assert_eq!(emitted, known.collect::<Vec<_>>());
}
