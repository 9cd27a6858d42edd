//! Whole calls in made-up time: what one end sends, the other has a moment later.

use std::sync::Mutex;

use super::*;
use crate::call::scenario::{Load, Reliability};
use crate::call::{Kind, Witnessed};
use crate::call::{MediaFacts, PathFacts, PhaseFacts};
use crate::impair::Impairment;
use crate::io::call::crypto;

fn scenario() -> Scenario {
    Scenario {
        load: Load {
            media: vec![Kind::Audio, Kind::Video],
            bitrate_bps: 2_000_000,
            pings: 100,
            throughput: None,
        },
        channel: Channel { ordered: true, reliability: Reliability::Reliable, message_size: 64 },
        timeout: Duration::from_secs(5),
        duration: Duration::from_secs(3),
        up: Impairment::default(),
        down: Impairment::default(),
        seed: 7,
    }
}

/// A call whose datagrams take no time.
fn run(scenario: Scenario) -> PathFacts {
    run_on(scenario, Duration::ZERO, None)
}

/// On a machine that takes so long to send a datagram; it is interrupted so long after its beginning.
fn run_on(scenario: Scenario, takes: Duration, interrupted: Option<Duration>) -> PathFacts {
    let start = Instant::now();
    let provider = || {
        let witness = Witness::new(Mutex::new(Witnessed::default()));
        (crypto::provider(&witness), witness)
    };
    let mut call = Call::new(start, start, scenario, [provider(), provider()]);
    let address = |end: End| SocketAddr::from(([127, 0, 0, 1], 5000 + end as u16));
    for end in End::BOTH {
        call.add_candidate(end, CandidateKind::Host, address(end)).unwrap();
    }
    call.ready(start);
    call.negotiate(start).unwrap();
    let mut now = start;
    let mut flying = std::collections::VecDeque::new();
    for _ in 0..2_000_000 {
        if interrupted.is_some_and(|after| now >= start + after) {
            call.interrupt(now);
        }
        match call.poll(now) {
            Output::Transmit { end, from, to, bytes } => {
                assert_eq!((from, to), (address(end), address(end.other())));
                flying.push_back((end.other(), from, to, bytes));
                now += takes;
            }
            Output::Wait(until) => match flying.pop_front() {
                Some((end, from, to, bytes)) => call.handle_input(now, end, from, to, &bytes),
                None => now = until.max(now + Duration::from_micros(1)),
            },
            Output::Done => return call.facts("direct", None),
        }
    }
    panic!("it never ends");
}

#[test]
fn a_channel_through_which_nothing_comes_back_is_told() {
    let start = Instant::now();
    let provider = || {
        let witness = Witness::new(Mutex::new(Witnessed::default()));
        (crypto::provider(&witness), witness)
    };
    let mut call = Call::new(start, start, scenario(), [provider(), provider()]);
    for end in End::BOTH {
        let address = SocketAddr::from(([127, 0, 0, 1], 5000 + end as u16));
        call.add_candidate(end, CandidateKind::Host, address).unwrap();
    }
    call.ready(start);
    call.negotiate(start).unwrap();
    let (mut now, mut flying) = (start, std::collections::VecDeque::new());
    loop {
        match call.poll(now) {
            // The line takes no more of the channel once it is up.
            Output::Transmit { bytes, .. } if call.is_up() && flow(&bytes) == Flow::Dtls => {}
            Output::Transmit { end, from, to, bytes } => flying.push_back((end.other(), from, to, bytes)),
            Output::Wait(until) => match flying.pop_front() {
                Some((end, from, to, bytes)) => call.handle_input(now, end, from, to, &bytes),
                None => now = until.max(now + Duration::from_micros(1)),
            },
            Output::Done => break,
        }
    }
    let sent = call.facts("direct", None).channel.pings;
    assert!(sent >= 5, "{sent}");
    assert_eq!(call.unanswered(), Some(sent));
}

fn impaired(spec: &str) -> Scenario {
    let impairment = Impairment::from_arg(spec).unwrap();
    Scenario { up: impairment.clone(), down: impairment, ..scenario() }
}

#[test]
fn a_call_comes_up_phase_by_phase_and_loses_nothing() {
    let facts = run(scenario());
    assert_eq!(facts.failure, None);
    assert!(facts.works);
    let names: Vec<_> = facts.phases.iter().map(|phase| phase.name).collect();
    assert_eq!(names, Phase::ALL);
    assert_eq!((facts.channel.pings, facts.channel.answered), (100, 100));
    assert_eq!((facts.loss_pct, facts.dtls.retransmits), (Some(0.0), 0));
    assert_eq!(facts.media.len(), 4);
    let audio: Vec<u64> = facts.media.iter().filter(|s| s.kind == Kind::Audio).map(|s| s.received).collect();
    assert!(audio.iter().all(|came| (150..=152).contains(came)), "{audio:?}");
    assert_eq!(facts.rating, None);
}

#[test]
fn a_delay_is_what_is_measured() {
    let facts = run(impaired("delay=50ms"));
    let (rtt, one_way) = (facts.rtt.channel.unwrap(), facts.one_way.all.unwrap());
    assert!((100.0..101.0).contains(&rtt.median_ms), "{rtt:?}");
    let rtcp = facts.rtt.rtcp.unwrap();
    assert!((99.0..105.0).contains(&rtcp.median_ms), "{rtcp:?}");
    let stun = facts.rtt.stun.unwrap();
    assert!((99.0..101.0).contains(&stun.median_ms), "{stun:?}");
    assert!((50.0..50.5).contains(&one_way.median_ms), "{one_way:?}");
    let series = &facts.series;
    assert!((29..40).contains(&series.intervals.len()), "{}", series.intervals.len());
    for interval in series.intervals.iter().filter(|interval| interval.rtt_mean_ms.is_some()) {
        assert!(interval.rtt_mean_ms.is_some_and(|ms| (100.0..101.0).contains(&ms)), "{interval:?}");
        assert!(interval.one_way_max_ms.is_some_and(|ms| (50.0..51.0).contains(&ms)), "{interval:?}");
    }
    assert_eq!(facts.rating.map(|rating| rating.name()), Some("excellent"));
}

#[test]
fn the_loss_that_is_reported_is_that_of_the_log_and_video_is_repaired() {
    let scenario = Scenario { duration: Duration::from_secs(20), ..impaired("loss=5%,delay=5ms,only=rtp") };
    let facts = run(scenario.clone());
    let lost: u64 = facts.media.iter().map(|stream| stream.lost).sum();
    let dropped: u64 = facts.impairment.iter().map(|impaired| impaired.media_dropped).sum();
    assert_eq!(lost, dropped);
    assert!(facts.media.iter().map(|stream| stream.sent).sum::<u64>() >= 10_000);
    // Over time it is the same.
    let intervals = &facts.series.intervals;
    assert_eq!(intervals.iter().map(|interval| interval.lost).sum::<u64>(), lost);
    let sent: u64 = facts.media.iter().map(|stream| stream.sent).sum();
    assert_eq!(intervals.iter().map(|interval| interval.sent).sum::<u64>(), sent);
    let loss = facts.loss_pct.unwrap();
    assert!((4.0..6.0).contains(&loss), "{loss}");
    let video = facts.media.iter().find(|stream| stream.kind == Kind::Video).unwrap();
    assert!(video.nacks_sent > 0 && video.repaired > video.lost / 2, "{video:?}");
    // The same seed, the same drops.
    let numbers = |facts: &PathFacts| -> Vec<Vec<u64>> {
        let flows = facts.impairment.iter().flat_map(|impaired| &impaired.flows);
        let media = flows.filter(|flow| matches!(flow.flow, "audio" | "video"));
        media.map(|flow| flow.dropped_numbers.clone()).collect()
    };
    assert_eq!(numbers(&run(scenario)), numbers(&facts));
}

#[test]
fn what_is_under_way_at_the_end_is_not_lost() {
    let second = Duration::from_secs(1);
    let scenario = Scenario { duration: 20 * second, timeout: 20 * second, ..impaired("delay=300ms") };
    let facts = run_on(scenario, Duration::ZERO, Some(10 * second));
    assert!(facts.phases.iter().any(|phase| phase.name == Phase::FirstFrame) && facts.failure.is_none());
    assert_eq!(facts.loss_pct, Some(0.0), "{:?}", facts.media);
    assert!(facts.media.iter().all(|stream| stream.sent > 100 && stream.sent == stream.received));
    // Too narrow for what is sent: it does not come up, and breaks off with packets in the queue.
    let facts = run(impaired("rate=500k,queue=2s"));
    assert!(facts.failure.is_some());
    let [lost, under_way] = [|s: &MediaFacts| s.lost, |s: &MediaFacts| s.under_way]
        .map(|of| facts.media.iter().map(of).sum::<u64>());
    let dropped: u64 = facts.impairment.iter().map(|impaired| impaired.media_dropped).sum();
    assert_eq!(lost, dropped);
    assert!(under_way > 0);
}

#[test]
fn a_machine_that_is_too_slow_for_what_is_asked_ends_in_time_and_says_so() {
    let load = Load { bitrate_bps: 500_000_000, ..scenario().load };
    let facts = run_on(Scenario { load, ..scenario() }, Duration::from_micros(50), None);
    assert!(facts.works, "{:?}", facts.failure);
    assert!(facts.sent_late_ms > 1000.0, "{}", facts.sent_late_ms);
    let video: Vec<u64> = facts.media.iter().filter(|s| s.kind == Kind::Video).map(|s| s.sent).collect();
    assert!(video[0].abs_diff(video[1]) <= 100, "{video:?}");
    assert_eq!(facts.channel.pings, 100);
    assert!(run(scenario()).sent_late_ms < 1.0);
}

#[test]
fn a_handshake_that_never_gets_through_is_named_in_time() {
    let facts = run(impaired("only=dtls,loss=100%"));
    assert_eq!(facts.failure.unwrap().phase, "dtls");
    assert!(facts.phases.iter().any(|PhaseFacts { name, .. }| *name == Phase::IceNominated));
}

#[test]
fn a_first_hello_that_is_lost_is_sent_again_and_counted() {
    let facts = run(Scenario { down: Impairment::default(), ..impaired("only=dtls,first=1") });
    let facts = match facts.dtls.retransmits {
        // The callee is the client: its hello goes down.
        0 => run(Scenario { up: Impairment::default(), ..impaired("only=dtls,first=1") }),
        _ => facts,
    };
    assert!(facts.works, "{:?}", facts.failure);
    assert!(facts.dtls.retransmits >= 1);
    assert!(facts.dtls.flights.iter().any(|flight| flight.retransmission));
}

#[test]
fn without_checks_there_is_no_ice() {
    let facts = run(impaired("only=stun,loss=100%"));
    assert_eq!(facts.failure.unwrap().phase, "ice");
}
