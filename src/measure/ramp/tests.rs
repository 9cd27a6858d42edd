use super::*;

const MBPS: u64 = 1_000_000;

fn plan(seconds: u64, ceiling_bps: u64) -> RampPlan {
    RampPlan { length: Duration::from_secs(seconds), ceiling_bps, stream: false }
}

/// Runs a ramp over a path that `carries` says of each packet, given when and how large it is.
fn run(plan: RampPlan, mut carries: impl FnMut(Duration, usize) -> bool) -> (RampReport, Duration) {
    let start = Instant::now();
    let mut now = start;
    let mut ramp = Ramp::new(plan, start);
    // A delay of 20 ms: what is under way, and when it arrives.
    let mut way = std::collections::VecDeque::new();
    loop {
        while way.front().is_some_and(|(at, _)| *at <= now) {
            let (_, number) = way.pop_front().unwrap();
            ramp.handle_input(now, number);
        }
        match ramp.poll(now) {
            RampOutput::Send { number, size } => {
                if carries(now - start, size) {
                    way.push_back((now + Duration::from_millis(20), number));
                }
                ramp.sent(now, true);
            }
            RampOutput::Wait(until) => {
                assert!(until > now, "it waits for a time that has come");
                now = way.front().map_or(until, |(at, _)| until.min(*at)).max(now + Duration::from_nanos(1));
            }
            RampOutput::Done => return (ramp.report(), now - start),
        }
    }
}

/// As coturn's `max-bps`: so many bytes in each second of the clock, then nothing until the next.
fn a_second(cap_bytes: usize, phase: Duration) -> impl FnMut(Duration, usize) -> bool {
    let mut window = (0, 0);
    move |at, size| {
        let second = (at + phase).as_secs();
        if window.0 != second {
            window = (second, 0);
        }
        window.1 += size;
        window.1 <= cap_bytes
    }
}

fn near(actual: Option<u64>, expected: u64, part: f64) -> bool {
    actual.is_some_and(|actual| (actual as f64 - expected as f64).abs() <= expected as f64 * part)
}

#[test]
fn a_path_that_carries_all_is_measured_at_the_ceiling() {
    let (report, took) = run(plan(5, 20 * MBPS), |_, _| true);
    assert!(report.ok && !report.flat, "{report:?}");
    assert!(near(report.achieved_bps, 20 * MBPS, 0.02), "{report:?}");
    assert_eq!((report.loss_pct, report.withheld_pct), (Some(0.0), Some(0.0)));
    assert!(near(report.sustained_bps, 20 * MBPS, 0.02));
    assert!(took < Duration::from_millis(5_300), "{took:?}");
}

#[test]
fn a_cap_by_the_second_is_found_wherever_its_second_begins() {
    for phase in [0, 130, 370, 520, 890] {
        for (cap, seconds) in [(8_000, 5), (8_000, 10), (125_000, 5), (1_000_000, 5)] {
            let carries = a_second(cap, Duration::from_millis(phase));
            let (report, _) = run(plan(seconds, 50 * MBPS), carries);
            let expected = cap as u64 * 8;
            assert!(report.flat, "{cap} {phase}: {report:?}");
            assert!(near(report.achieved_bps, expected, 0.15), "{cap} {phase}: {report:#?}");
            assert!(report.sustained_bps <= report.achieved_bps, "{cap} {phase}: {report:#?}");
        }
    }
}

#[test]
fn what_a_capped_path_sustains_is_tried_close_below_the_cap_where_there_is_time() {
    for phase in [0, 130, 370, 520, 890] {
        let (report, _) = run(plan(10, 50 * MBPS), a_second(250_000, Duration::from_millis(phase)));
        assert!(report.flat && near(report.achieved_bps, 2 * MBPS, 0.1), "{phase}: {report:#?}");
        assert!(near(report.sustained_bps, 2 * MBPS, 0.15), "{phase}: {report:#?}");
    }
}

#[test]
fn a_path_that_drops_what_is_above_a_rate_is_flat_there() {
    // A policer with a small bucket: 3 Mbit/s, 5000 bytes.
    let mut bucket = (Duration::ZERO, 5000.0);
    let carries = move |at: Duration, size: usize| {
        let level: f64 = bucket.1 + (at - bucket.0).as_secs_f64() * 3e6 / 8.0;
        bucket = (at, level.min(5000.0));
        let ok = bucket.1 >= size as f64;
        if ok {
            bucket.1 -= size as f64;
        }
        ok
    };
    let (report, _) = run(plan(5, 50 * MBPS), carries);
    assert!(report.flat && near(report.achieved_bps, 3 * MBPS, 0.05), "{report:?}");
    assert!(report.loss_pct > Some(5.0), "{report:?}");
    assert!(report.sustained_bps < Some(3 * MBPS), "{report:?}");
    assert!(report.sustained_loss_pct <= Some(2.0), "{report:?}");
}

#[test]
fn an_accident_on_the_way_up_is_no_cap() {
    let hole = Duration::from_millis(300)..Duration::from_millis(700);
    let (report, _) = run(plan(8, 10 * MBPS), move |at, _| !hole.contains(&at));
    assert!(!report.flat && near(report.achieved_bps, 10 * MBPS, 0.05), "{report:#?}");
}

#[test]
fn a_few_percent_of_loss_are_loss_and_no_cap() {
    let mut n = 0;
    let (report, _) = run(plan(5, 10 * MBPS), move |_, _| {
        n += 1;
        n % 25 != 0
    });
    assert!(!report.flat && near(report.achieved_bps, 96 * MBPS / 10, 0.03), "{report:?}");
    assert!((3.5..4.5).contains(&report.loss_pct.unwrap()), "{report:?}");
}

#[test]
fn a_path_that_carries_nothing_has_no_rate() {
    let (report, took) = run(plan(4, 50 * MBPS), |_, _| false);
    assert!(!report.ok && !report.flat);
    assert_eq!((report.achieved_bps, report.sustained_bps), (None, None));
    assert!(took <= Duration::from_millis(4_300));
}

#[test]
fn no_run_sends_more_than_it_said() {
    for ceiling in [50_000, 300_000, 2 * MBPS, 50 * MBPS, 200 * MBPS] {
        for seconds in [2, 4, 5, 9] {
            let plan = plan(seconds, ceiling);
            for cap in [usize::MAX, 40_000] {
                let (report, _) = run(plan, a_second(cap, Duration::ZERO));
                let most = plan.most_bytes();
                assert!(report.sent_bytes <= most, "{ceiling} {seconds}: {} > {most}", report.sent_bytes);
                assert!(report.steps.iter().all(|step| step.offered_bps <= ceiling), "{report:?}");
            }
        }
    }
}

#[test]
fn a_stream_is_not_filled_beyond_what_it_delivers() {
    let start = Instant::now();
    let mut now = start;
    let mut ramp = Ramp::new(RampPlan { stream: true, ..plan(6, 50 * MBPS) }, start);
    // A stream that loses nothing and delivers 100 kB a second, however much it is given.
    let (mut sent, mut delivered, mut most) = (Vec::new(), 0, 0);
    let report = loop {
        match ramp.poll(now) {
            RampOutput::Send { number, size } => {
                sent.push((number, size));
                ramp.sent(now, true);
            }
            RampOutput::Wait(until) => {
                now = until.min(now + Duration::from_millis(5)).max(now + Duration::from_nanos(1))
            }
            RampOutput::Done => break ramp.report(),
        }
        while sent.get(delivered).is_some() {
            let through: usize = sent[..=delivered].iter().map(|(_, size)| size).sum();
            if through as f64 > (now - start).as_secs_f64() * 100_000.0 {
                break;
            }
            ramp.handle_input(now, sent[delivered].0);
            delivered += 1;
        }
        most = most.max(sent[delivered..].iter().map(|(_, size)| size).sum::<usize>());
    };
    assert!(report.flat && near(report.achieved_bps, 800_000, 0.15), "{report:#?}");
    assert!(most < 600_000, "{most} bytes were under way");
    assert!(report.withheld_pct > Some(10.0), "{report:?}");
}

#[test]
fn what_the_system_does_not_take_is_neither_sent_nor_lost() {
    let start = Instant::now();
    let mut now = start;
    let mut ramp = Ramp::new(plan(3, 10 * MBPS), start);
    let mut n = 0;
    let report = loop {
        match ramp.poll(now) {
            RampOutput::Send { number, .. } => {
                n += 1;
                ramp.sent(now, n % 2 == 0);
                if n % 2 == 0 {
                    ramp.handle_input(now, number);
                    ramp.handle_input(now, number);
                }
            }
            RampOutput::Wait(until) => now = until,
            RampOutput::Done => break ramp.report(),
        }
    };
    assert_eq!(report.loss_pct, Some(0.0));
    assert!(!report.flat && report.own_pace && report.withheld_pct > Some(30.0), "{report:?}");
    assert_eq!(report.sent_bytes, report.received_bytes);
}
