use std::time::Duration;

use super::*;
use crate::finding::{Exit, FailOn};
use crate::ice::uri::ServerUri;
use crate::measure::Pace;
use crate::metric::Threshold;
use crate::probe::facts::{BindingFacts, EndpointFacts, Fault, FaultKind, Observation, Resolve, TargetFacts};
use crate::probe::plan::{Audits, Options, Target, Transport};
use crate::probe::{Judge, METRICS, Summary};
use crate::report::{FORMATS, Rendered, Report, Screen};

const START: i64 = 1_800_000_000_000;

fn facts(transport: Transport, reflexive: &str) -> EndpointFacts {
    let required = transport == Transport::Udp;
    let mut facts = EndpointFacts::new("198.51.100.1:3478".parse().unwrap(), transport, required);
    facts.started_ms = Some(1.0);
    facts.binding = Some(BindingFacts {
        ok: true,
        code: None,
        reflexive: Some(reflexive.parse().unwrap()),
        at_ms: Some(3.5),
        rtt: None,
        loss_pct: Some(0.0),
        sent: 1,
        received: 1,
        software: None,
        other_address: None,
        response_origin: None,
    });
    facts
}

fn refused(transport: Transport) -> Seen {
    let mut facts = facts(transport, "198.51.100.10:4242");
    facts.binding = None;
    facts.fault = Some(Fault { kind: FaultKind::Refused, stage: "connect", message: "refused".to_owned() });
    Seen::of(facts)
}

fn answered(transport: Transport, ms: u64) -> Seen {
    let rtt = Some(Duration::from_millis(ms));
    Seen { binding_rtt: rtt, ..Seen::of(facts(transport, "198.51.100.10:4242")) }
}

/// Of a STUN server over UDP, which is required, and over TCP, which is not.
fn watch(judge: Judge) -> Watch {
    let second = Duration::from_secs(1);
    let options = Options {
        timeout: second,
        deadline: second,
        bindings: 5,
        pace: Pace { count: 1, interval: second, size: 160, patience: second },
        audits: Audits::default(),
        relay_only: false,
        families: crate::probe::plan::Families::BOTH,
        srv: false,
        min_days: 14,
        relay_family: None,
        preset: None,
        needs_bps: None,
    };
    let target = Target::from_uri(&ServerUri::from_text("stun:198.51.100.1").unwrap());
    let endpoints = [Transport::Udp, Transport::Tcp].map(|via| facts(via, "198.51.100.10:4242"));
    let found = TargetFacts {
        uri: target.uri.clone(),
        turn: false,
        resolve: Resolve::default(),
        endpoints: endpoints.into(),
        findings: vec![],
    };
    let seen = Observation {
        targets: vec![found],
        hosts: vec![],
        took_ms: 4.0,
        ended_unix: 0,
        interrupted: false,
        nat: None,
    };
    let start = Summary::new(seen, std::slice::from_ref(&target), &options, &Judge::default());
    Watch::new(vec![target], options, second, judge, start)
}

fn round(number: u64, seen: [Seen; 2]) -> Round {
    let since = Duration::from_secs(number - 1);
    let took = Duration::from_millis(3);
    Round { number, at_unix_ms: START + 1000 * number as i64, since, took, seen: seen.into() }
}

fn healthy(number: u64) -> Round {
    round(number, [answered(Transport::Udp, 2), answered(Transport::Tcp, 3)])
}

fn ended(seconds: u64, interrupted: bool) -> Ended {
    Ended { since: Duration::from_secs(seconds), interrupted }
}

fn text(report: &impl Report) -> String {
    let mut out = Vec::new();
    let screen = Screen { width: 80, colour: false };
    FORMATS[0].render(&Rendered::from_report(report).unwrap(), screen, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn people_read_a_line_a_round_and_what_changed_beneath() {
    let mut watch = watch(Judge::default());
    let mut said = text(&watch.opening(START));
    said.push_str(&text(&watch.round(&healthy(1))));
    said.push_str(&text(&watch.round(&round(2, [refused(Transport::Udp), refused(Transport::Tcp)]))));
    let lost = Some("the server closed the connection".to_owned());
    let back = Seen { lost, made: true, ..answered(Transport::Tcp, 40) };
    said.push_str(&text(&watch.round(&round(3, [answered(Transport::Udp, 2), back]))));
    for number in [4, 5] {
        let slow = [answered(Transport::Udp, 2), answered(Transport::Tcp, 40)];
        said.push_str(&text(&watch.round(&round(number, slow))));
    }
    insta::assert_snapshot!(said, @"
    Watching: a round every 1 s, from 2027-01-15 on, times in UTC

    as   endpoint           target
    udp  198.51.100.1:3478  stun:198.51.100.1
    tcp  198.51.100.1:3478  stun:198.51.100.1
    08:00:01  udp PASS  2.000ms    -  tcp PASS  3.000ms    -
    08:00:02  udp FAIL        -    -  tcp FAIL        -    -
              udp: PASS -> FAIL PORT_REFUSED: nothing listens at 198.51.100.1:3478
                over udp
              tcp: PASS -> FAIL PORT_REFUSED: nothing listens at 198.51.100.1:3478
                over tcp
    08:00:03  udp PASS  2.000ms    -  tcp PASS 40.000ms    -
              udp, tcp: FAIL -> PASS
              tcp: made anew: the server closed the connection
    08:00:04  udp PASS  2.000ms    -  tcp PASS 40.000ms    -
    08:00:05  udp PASS  2.000ms    -  tcp PASS 40.000ms    -
              tcp: slower: 3.000ms -> 40.000ms
    ");
}

#[test]
fn the_summary_is_about_the_whole_watch() {
    let mut watch = watch(Judge::default());
    watch.opening(START);
    watch.round(&healthy(1));
    watch.round(&round(2, [refused(Transport::Udp), answered(Transport::Tcp, 3)]));
    watch.round(&healthy(3));
    let summary = watch.finish(ended(4, false));
    assert_eq!((summary.exit, summary.verdict), (Exit::Failed, crate::finding::Verdict::Fail));
    insta::assert_snapshot!(text(&summary), @"
    FAIL  3 rounds in 4 s: udp up 75 %, tcp up 100 %, 2 changes

    Uptime
    endpoint           as     up  passed  failed  outages  longest  changes
    198.51.100.1:3478  udp   75%       2       1        1      1 s        2
    198.51.100.1:3478  tcp  100%       3       0        0        -        0

    Round trips in ms, and loss
    path      sent  recv  loss  RTT min  median    p99    max    p95  jitter max
    udp STUN     2     2    0%    2.000   2.000  2.000  2.000  2.000           -
    tcp STUN     3     3    0%    3.000   3.000  3.000  3.000  3.000           -

    error PORT_REFUSED closed-port
      nothing listens at 198.51.100.1:3478 over udp
      at: stun:198.51.100.1 (198.51.100.1:3478 over udp), connect
          system: refused
          rounds: 1
      help: check `listening-port`, `listening-ip` and that `no-udp` is not set

    more: rtcscope explain PORT_REFUSED
    ");
    let mut lines = summary.lines(&serde_json::to_value(&summary).unwrap());
    let line = lines.pop().unwrap();
    assert!(lines.is_empty() && line.get("probe").is_none());
    assert_eq!(line["endpoints"][0]["uptime_pct"], 75.0);
    assert_eq!(line["findings"][0]["evidence"]["rounds"], 1);
}

fn check(judge: Judge, rounds: Vec<Round>, interrupted: bool, verdict: crate::finding::Verdict, exit: Exit) {
    let mut watch = watch(judge);
    for round in &rounds {
        watch.round(round);
    }
    let summary = watch.finish(ended(rounds.len() as u64, interrupted));
    assert_eq!((summary.verdict, summary.exit), (verdict, exit));
}

#[test]
fn the_exit_code_tells_the_worst_that_was_seen() {
    use crate::finding::Verdict::{Fail, Inconclusive, Pass, Warn};
    let bad = |number| round(number, [refused(Transport::Udp), answered(Transport::Tcp, 3)]);
    let no_tcp = |number| round(number, [answered(Transport::Udp, 2), refused(Transport::Tcp)]);
    let judge = Judge::default;
    check(judge(), vec![healthy(1), healthy(2)], false, Pass, Exit::Healthy);
    check(judge(), vec![healthy(1), bad(2), healthy(3)], false, Fail, Exit::Failed);
    check(judge(), vec![healthy(1), no_tcp(2)], false, Warn, Exit::Healthy);
    check(judge(), vec![], false, Inconclusive, Exit::CouldNotTell);
    // Ctrl-C is how an endless watch ends: the code says so, the verdict what was seen.
    check(judge(), vec![healthy(1)], true, Pass, Exit::Interrupted);
    check(judge(), vec![bad(1)], true, Fail, Exit::Interrupted);
    let never = Judge { fail_on: FailOn::Never, ..judge() };
    check(never, vec![bad(1)], false, Fail, Exit::Healthy);
    let limited = |limit| Judge { thresholds: vec![Threshold::from_arg(limit, METRICS).unwrap()], ..judge() };
    check(limited("rtt.max=5ms"), vec![healthy(1)], false, Pass, Exit::Healthy);
    check(limited("rtt.max=1ms"), vec![healthy(1)], false, Fail, Exit::Failed);
    check(limited("downtime=60%"), vec![healthy(1), no_tcp(2)], false, Warn, Exit::Healthy);
    check(limited("downtime=40%"), vec![healthy(1), no_tcp(2)], false, Fail, Exit::Failed);
    check(limited("setup=1s"), vec![healthy(1)], false, Pass, Exit::Healthy);
}

/// What cannot be told in any round of a required endpoint is not healthy.
#[test]
fn rounds_that_tell_nothing_are_no_health() {
    use crate::finding::Verdict::{Inconclusive, Pass};
    let skipped = |transport| {
        let mut seen = answered(transport, 2);
        seen.facts.skipped = Some("no room".to_owned());
        seen
    };
    let none = |number| round(number, [skipped(Transport::Udp), answered(Transport::Tcp, 3)]);
    check(Judge::default(), vec![none(1), none(2)], false, Inconclusive, Exit::CouldNotTell);
    check(Judge::default(), vec![none(1), healthy(2)], false, Pass, Exit::Healthy);
    let extra = |number| round(number, [answered(Transport::Udp, 2), skipped(Transport::Tcp)]);
    check(Judge::default(), vec![extra(1)], false, Pass, Exit::Healthy);
}

#[test]
fn what_is_kept_does_not_grow_with_the_rounds() {
    let mut watch = watch(Judge::default());
    for number in 1..=400 {
        let transport = Transport::Udp;
        let first = if number % 2 == 0 { refused(transport) } else { answered(transport, number) };
        watch.round(&round(number, [first, answered(Transport::Tcp, 3)]));
    }
    assert_eq!((watch.findings.len(), watch.last.len()), (1, 20));
    let summary = watch.finish(ended(400, false));
    assert_eq!((summary.rounds, summary.endpoints[0].failed_rounds), (400, 200));
    assert!(summary.changes >= 399, "{}", summary.changes);
    let said = text(&summary);
    assert!(said.contains("The last 20 of "), "{said}");
}
