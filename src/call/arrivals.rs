//! What came of one stream: counted as it came off the wire, before anybody repaired or reordered it.

use std::time::{Duration, Instant};

use super::media::Kind;
use super::stamp::Stamp;
use crate::measure::{Arrivals, Jitter, Rolling};

/// One stream at its receiver.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) kind: Kind,
    ssrc: u32,
    repair_ssrc: Option<u32>,
    /// The number of the first packet, and the largest so far, unwrapped.
    first: u16,
    highest: u64,
    arrivals: Arrivals,
    /// What came and was never handed to the engine.
    unread: u64,
    /// What the engine took of it.
    taken: u64,
    /// Retransmissions that came (RFC 4588).
    pub(super) retransmissions: u64,
    /// Packets that were had by retransmission alone.
    pub(super) repaired: u64,
    jitter: Jitter,
    pub(super) one_way: Rolling,
    pub(super) payload_bytes: u64,
    pub(super) first_at: Option<Instant>,
    pub(super) last_at: Option<Instant>,
    frame: Frame,
    pub(super) first_frame: Option<Instant>,
}

/// The first frame, as far as it has come.
#[derive(Debug, Default)]
struct Frame {
    number: u32,
    parts: Vec<bool>,
}

/// More packets than a day of calls has.
const MOST: u32 = 1 << 28;

impl Stream {
    /// Of a sender whose first packet has this number.
    pub(super) fn new(kind: Kind, ssrc: u32, repair_ssrc: Option<u32>, first: u16) -> Self {
        Self {
            kind,
            ssrc,
            repair_ssrc,
            first,
            highest: u64::from(first),
            arrivals: Arrivals::default(),
            unread: 0,
            taken: 0,
            retransmissions: 0,
            repaired: 0,
            jitter: Jitter::default(),
            one_way: Rolling::default(),
            payload_bytes: 0,
            first_at: None,
            last_at: None,
            frame: Frame::default(),
            first_frame: None,
        }
    }

    pub(super) fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// Takes a packet off the wire; whether it is one of this stream or of its repair.
    pub(super) fn datagram(&mut self, ssrc: u32, number: u16) -> bool {
        if self.repair_ssrc == Some(ssrc) {
            self.retransmissions += 1;
            return true;
        }
        if ssrc != self.ssrc {
            return false;
        }
        // The number that is nearest to the highest so far.
        let ahead = i64::from(number.wrapping_sub(self.highest as u16) as i16);
        let extended = self.highest.saturating_add_signed(ahead);
        self.highest = self.highest.max(extended);
        if let Ok(index) = u32::try_from(extended.wrapping_sub(u64::from(self.first))) {
            self.arrivals.packet(index, MOST);
        }
        true
    }

    /// Takes what was decrypted of a packet. `repaired`: it came as a retransmission.
    /// When it was sent, and how long it took; `None` of what says nothing of the way.
    pub(super) fn payload(
        &mut self,
        bytes: &[u8],
        repaired: bool,
        start: Instant,
        now: Instant,
    ) -> Option<(Duration, Duration)> {
        self.taken += u64::from(!repaired);
        let skipped = if self.kind == Kind::Audio { 1 } else { 2 };
        let stamp = bytes.get(skipped..).and_then(Stamp::read)?;
        self.first_at.get_or_insert(now);
        self.last_at = Some(now);
        self.payload_bytes += bytes.len() as u64;
        match repaired {
            true => self.repaired += 1,
            false => {
                self.one_way.add(stamp.age(start, now));
                self.jitter.packet(start + self.kind.frame_time(stamp.number), now);
            }
        }
        if self.first_frame.is_none() && self.frame.complete(stamp) {
            self.first_frame = Some(now);
        }
        (!repaired).then(|| (stamp.sent, stamp.age(start, now)))
    }

    /// A packet that came off the wire will not be read any more.
    pub(super) fn leave_unread(&mut self) {
        self.unread += 1;
    }

    /// Different packets that came off the wire and that the engine did not take: others than were sent, as their
    /// authentication fails (RFC 3711 §3.3).
    pub(super) fn refused(&self) -> u64 {
        self.received().saturating_sub(self.unread + self.taken)
    }

    /// Different packets that came off the wire.
    pub(super) fn received(&self) -> u64 {
        self.arrivals.unique() as u64
    }

    /// Of the packets sent, counted from 0, those that came off the wire.
    pub(super) fn came(&self, numbers: std::ops::Range<u64>) -> u64 {
        self.arrivals.within(numbers)
    }

    pub(super) fn duplicates(&self) -> u64 {
        self.arrivals.duplicates() as u64
    }

    pub(super) fn reordered(&self) -> u64 {
        self.arrivals.reordered() as u64
    }

    pub(super) fn jitter(&self) -> Option<Duration> {
        self.jitter.value()
    }
}

impl Frame {
    /// Takes a packet; whether its frame is whole now. One frame is looked at at a time: the newest.
    fn complete(&mut self, stamp: Stamp) -> bool {
        if self.parts.is_empty() || stamp.number > self.number {
            self.number = stamp.number;
            self.parts = vec![false; usize::from(stamp.parts.max(1))];
        }
        if stamp.number == self.number
            && let Some(part) = self.parts.get_mut(usize::from(stamp.part))
        {
            *part = true;
        }
        self.parts.iter().all(|come| *come)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_wrap_are_counted_once_each() {
        let mut stream = Stream::new(Kind::Audio, 7, Some(8), 65_534);
        for number in [65_534, 0, 65_535, 1, 1, 4] {
            assert!(stream.datagram(7, number));
        }
        assert!(stream.datagram(8, 500));
        assert!(!stream.datagram(9, 5));
        assert_eq!((stream.received(), stream.duplicates(), stream.reordered()), (5, 1, 1));
        assert_eq!(stream.retransmissions, 1);
    }

    #[test]
    fn the_first_frame_is_there_when_all_its_packets_are() {
        let mut frame = Frame::default();
        let stamp = |number, part| Stamp { sent: Duration::ZERO, number, part, parts: 2 };
        assert!(!frame.complete(stamp(0, 0)));
        assert!(!frame.complete(stamp(1, 1)));
        assert!(!frame.complete(stamp(0, 1)));
        assert!(frame.complete(stamp(1, 0)));
    }
}
