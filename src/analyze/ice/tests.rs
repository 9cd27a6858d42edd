use super::*;
use crate::analyze::leg::Carrier;
use crate::stun::MessageBuilder;

const MS: i64 = 1_000_000;

fn leg(src: &str, dst: &str) -> Leg {
    Leg { src: src.parse().unwrap(), dst: dst.parse().unwrap(), carrier: Carrier::Udp, via: None }
}

fn direct() -> Leg {
    leg("10.0.0.1:1000", "10.0.0.2:2000")
}

fn other() -> Leg {
    leg("10.0.1.1:1000", "10.0.0.2:2000")
}

fn check(number: u8, nominates: bool) -> Message {
    let mut message = MessageBuilder::new(Class::Request, Method::Binding, TransactionId([number; 12]))
        .attribute(attribute::USERNAME, b"them:us")
        .attribute(attribute::ICE_CONTROLLING, &[1; 8]);
    if nominates {
        message = message.attribute(attribute::USE_CANDIDATE, b"");
    }
    Message::from_bytes(&message.bare()).unwrap()
}

fn response(number: u8, error: Option<u16>) -> Message {
    let class = if error.is_some() { Class::Error } else { Class::Success };
    let mut message = MessageBuilder::new(class, Method::Binding, TransactionId([number; 12]));
    if let Some(code) = error {
        message = message.error_code(code, "no");
    }
    Message::from_bytes(&message.bare()).unwrap()
}

fn frame(number: u64) -> Frame {
    Frame { file: 0, number }
}

#[test]
fn checks_answers_and_silence_are_counted_each_once() {
    let mut ice = Ice::default();
    let (there, back) = (direct(), direct().reverse());
    ice.message(&there, Time(0), frame(1), &check(1, false));
    ice.message(&there, Time(500 * MS), frame(2), &check(1, false));
    ice.message(&back, Time(510 * MS), frame(3), &response(1, None));
    ice.message(&back, Time(511 * MS), frame(4), &response(1, None));
    ice.message(&there, Time(3000 * MS), frame(5), &check(2, true));
    ice.message(&back, Time(3020 * MS), frame(6), &response(2, None));
    ice.message(&there, Time(6000 * MS), frame(7), &check(3, false));
    ice.message(&back, Time(6020 * MS), frame(8), &response(3, Some(487)));
    ice.message(&there, Time(9000 * MS), frame(9), &check(4, false));
    ice.message(&there, Time(9900 * MS), frame(10), &check(5, false));
    let facts = &ice.facts(Time(0), Time(10_500 * MS))[0];
    let a = &facts.a;
    assert_eq!((a.checks, a.repeated, a.answered, a.unanswered, a.open), (5, 1, 2, 1, 1));
    assert_eq!((a.role, a.role_conflicts, a.nominated_frame), (Some("controlling"), 1, Some(5)));
    // Of the first it cannot be told which of the two was answered.
    assert_eq!(a.rtt.map(|rtt| (rtt.n, rtt.max_ms)), Some((1, 20.0)));
    assert_eq!((a.longest_silence_ms, a.longest_silence_at_s), (Some(6880.0), Some(3.02)));
    assert_eq!(a.usernames, ["them:us"]);
    assert_eq!(facts.b.checks, 0);
}

#[test]
fn one_check_over_two_pairs_makes_them_one_flow_and_no_move() {
    let mut ice = Ice::default();
    for (number, leg) in [(1, direct()), (1, other()), (2, direct()), (2, other())] {
        ice.message(&leg, Time(0), frame(u64::from(number)), &check(number, true));
    }
    assert!(ice.same_flow(&direct(), &other().reverse()));
    assert!(ice.moves(Time(0)).is_empty());
    let flows: Vec<_> = ice.facts(Time(0), Time(0)).iter().map(|pair| pair.flow).collect();
    assert_eq!(flows, [0, 0]);
}

#[test]
fn media_that_goes_on_elsewhere_is_a_move_and_so_is_a_nomination() {
    let mut ice = Ice::default();
    ice.message(&direct(), Time(0), frame(1), &check(1, true));
    ice.message(&other(), Time(0), frame(2), &check(2, false));
    for n in 0..500i64 {
        let leg = if n < 250 { direct() } else { other() };
        ice.media(ice.end(&leg).unwrap(), Time(n * 20 * MS), frame(10 + n as u64));
    }
    ice.message(&other(), Time(5100 * MS), frame(600), &check(3, true));
    let moves = ice.moves(Time(0));
    let told: Vec<_> = moves.iter().map(|step| (step.by, step.frame, step.from, step.to)).collect();
    assert_eq!(told, [("media", 260, direct(), other()), ("use-candidate", 600, direct(), other())]);
}

#[test]
fn media_on_two_pairs_at_once_is_no_move() {
    let mut ice = Ice::default();
    ice.message(&direct(), Time(0), frame(1), &check(1, false));
    ice.message(&other(), Time(0), frame(2), &check(2, false));
    for n in 0..500i64 {
        ice.media(ice.end(&direct()).unwrap(), Time(n * 20 * MS), frame(10));
        ice.media(ice.end(&other()).unwrap(), Time(n * 20 * MS + MS), frame(11));
    }
    assert!(ice.moves(Time(0)).is_empty());
}
