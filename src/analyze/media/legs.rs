//! Streams of one source on several legs, where they are one flow: what a relay, a translator or a server passed on.

use crate::analyze::leg::Leg;
use crate::analyze::stream::Stream;

/// What one packet takes from one place of the capture to another, at most, in seconds.
const LONGEST_WAY: f64 = 0.5;

/// How two legs are known to be parts of one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Joined {
    /// The one is the far side of the other's relay, or the same checks went over both.
    Transport,
    /// Source, numbers and timestamps are the same at the same time, and the addresses meet.
    Packets,
}

/// How much later the packets of `other` pass than the same packets of `one`, in seconds, by the middle of both; `None`
/// where they are not the same.
pub(super) fn delay(one: &Stream, other: &Stream, rate: Option<u32>) -> Option<f64> {
    let rate = f64::from(rate.or_else(|| one.clock().rate())?);
    let (x, y) = (one.clock().middle(), other.clock().middle());
    let begun = other.first().at.seconds_since(one.first().at) + y.0 - x.0;
    let step = other.first().timestamp.wrapping_sub(one.first().timestamp) as i32;
    let sent = (f64::from(step) + y.1 - x.1) / rate;
    Some(begun - sent)
}

/// Whether the streams, both of one source, are the same packets on two legs.
pub(super) fn is_one_flow(
    one: (&Leg, &Stream),
    other: (&Leg, &Stream),
    rate: Option<u32>,
    is_known: bool,
) -> bool {
    let ((from, one), (to, other)) = (one, other);
    // An echo sends back what it got.
    if from.reverse() == *to || from == to {
        return false;
    }
    let meet = from.dst.ip() == to.src.ip() || from.src.ip() == to.dst.ip();
    let meet = meet || from.dst == to.dst || from.src == to.src;
    let same_types = one.payload_types().keys().any(|number| other.payload_types().contains_key(number));
    if !(is_known || meet) || !same_types {
        return false;
    }
    match delay(one, other, rate) {
        Some(seconds) => seconds.abs() <= LONGEST_WAY,
        // Without a clock, by numbers: the shorter is within the longer, and begins when it should.
        None => {
            let apart = other.first().sequence.wrapping_sub(one.first().sequence) as i16;
            let begun = other.first().at.seconds_since(one.first().at);
            apart.unsigned_abs() < 64 && begun.abs() <= LONGEST_WAY
        }
    }
}
