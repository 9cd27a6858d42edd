//! Streams of one source on several legs, where they are one flow: what a relay, a translator or a server passed on.

use crate::analyze::leg::Leg;
use crate::analyze::stream::Stream;
use crate::capture::Time;

/// What one packet takes from one place of the capture to another, at most, in seconds.
const LONGEST_WAY: f64 = 0.5;

/// How two legs are known to be parts of one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, schemars::JsonSchema)]
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

/// Which of the streams of one source, in order of appearance, were at one time: those of the next time have the next
/// number. One whose way changes goes on where it ended, give or take the packets that were on both.
pub(super) fn epochs(streams: &[&Stream]) -> Vec<usize> {
    let spans = streams.iter().map(|stream| (stream.first().at, stream.last().at));
    let mut epochs: Vec<((Time, Time), usize)> = Vec::new();
    let mut epoch = 0;
    for (from, to) in spans {
        let apart = |(begin, end): (Time, Time)| {
            let shorter = to.since(from).min(end.since(begin));
            to.min(end).since(from.max(begin)) <= (shorter / 10).max(0)
        };
        let mut now = epochs.iter().filter(|(_, known)| *known == epoch).peekable();
        if now.peek().is_some() && now.all(|(span, _)| apart(*span)) {
            epoch += 1;
        }
        epochs.push(((from, to), epoch));
    }
    epochs.into_iter().map(|(_, epoch)| epoch).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::stream::Sample;
    use crate::capture::Frame;
    use crate::rtp::Packet;

    fn stream(from_s: i64, to_s: i64) -> Stream {
        let sample = |second: i64| {
            let number = (second as u16).to_be_bytes();
            let bytes = [&[0x80, 0][..], &number, &[0; 8], &[1]].concat();
            let packet = Packet::read(&bytes, bytes.len()).unwrap();
            Sample::new(Time(second * 1_000_000_000), Frame::default(), &packet)
        };
        let mut stream = Stream::new(sample(from_s), Time(0), 1_000_000_000, None);
        (from_s + 1..=to_s).for_each(|second| {
            stream.packet(&sample(second));
        });
        stream
    }

    #[test]
    fn legs_at_one_time_are_one_way_and_later_ones_go_on() {
        let all = [stream(0, 10), stream(0, 11), stream(11, 40), stream(12, 40), stream(50, 51)];
        assert_eq!(epochs(&all.iter().collect::<Vec<_>>()), [0, 0, 1, 1, 2]);
        assert_eq!(epochs(&[&all[0]]), [0]);
    }
}
