//! The bytes of one direction of a connection, in order.

use std::collections::BTreeMap;

use crate::capture::{Frame, Time};

/// Bytes kept of one direction while an earlier segment is missing: a receive window of a call's traffic.
const MOST_HELD: usize = 128 * 1024;
/// Segments kept likewise.
const MOST_SEGMENTS: usize = 256;
/// A sequence number this far off is of another connection, or damage.
const FARTHEST: i64 = 1 << 24;

/// What came next in the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Bytes.
    Bytes(&'a [u8]),
    /// Bytes that the capture does not have.
    Missing(u64),
    /// Nothing that came before goes on here.
    Jump,
}

/// Counts over one direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Bytes that had come before.
    pub(super) repeated_bytes: u64,
    /// Segments that came before their turn.
    pub(super) early: u64,
    /// Runs of bytes that never came.
    pub(super) holes: u64,
    /// Their bytes.
    pub(super) missing_bytes: u64,
    /// Numbers that fit nothing.
    pub(super) jumps: u64,
}

#[derive(Debug)]
struct Held {
    bytes: Vec<u8>,
    cut: u32,
    at: Time,
    frame: Frame,
}

/// One direction.
#[derive(Debug, Default)]
pub(super) struct Reassembly {
    next: Option<u32>,
    /// Of `next`, since the beginning.
    position: i64,
    held: BTreeMap<i64, Held>,
    held_bytes: usize,
    waiting_since: Time,
    pub(super) counts: Counts,
}

/// Where pieces go: with the moment at which they could be read, and the packet they came in.
pub(super) type Take<'a> = &'a mut dyn FnMut(Piece<'_>, Time, Frame);

impl Reassembly {
    /// Whether anything came, and where.
    pub(super) fn begun(&self) -> bool {
        self.next.is_some()
    }

    /// Before anything came.
    pub(super) fn counting(counts: Counts) -> Self {
        Self { counts, ..Self::default() }
    }

    /// The connection begins: the first byte will have this number.
    pub(super) fn begin(&mut self, first: u32) {
        *self = Self { next: Some(first), counts: self.counts, ..Self::default() };
    }

    /// Whether this is what is waited for, so that a SYN that says so is a repeated one.
    pub(super) fn is_at_start(&self, first: u32) -> bool {
        self.next == Some(first) && self.position == 0
    }

    pub(super) fn held_bytes(&self) -> usize {
        self.held_bytes
    }

    pub(super) fn segment(
        &mut self,
        sequence: u32,
        payload: &[u8],
        cut: u32,
        at: Time,
        frame: Frame,
        take: Take<'_>,
    ) {
        let length = payload.len() as i64 + i64::from(cut);
        if length == 0 {
            return;
        }
        let next = *self.next.get_or_insert(sequence);
        let ahead = i64::from(sequence.wrapping_sub(next) as i32);
        if ahead.abs() > FARTHEST {
            self.counts.jumps += 1;
            self.begin(sequence);
            take(Piece::Jump, at, frame);
            return self.deliver(payload, cut, at, frame, take);
        }
        if ahead + length <= 0 {
            // One byte before the next one is how a connection is kept alive.
            if !(ahead == -1 && length == 1) {
                self.counts.repeated_bytes += length as u64;
            }
        } else if ahead <= 0 {
            let known = -ahead as usize;
            self.counts.repeated_bytes += known as u64;
            let cut = cut.saturating_sub(known.saturating_sub(payload.len()) as u32);
            self.deliver(payload.get(known..).unwrap_or_default(), cut, at, frame, take);
            self.release(Some(at), take);
        } else {
            self.hold(self.position + ahead, payload, cut, at, frame);
            while self.held_bytes > MOST_HELD || self.held.len() > MOST_SEGMENTS {
                self.skip(at, take);
            }
        }
    }

    /// The receiver has all bytes before `number`: those that the capture lacks will not come any more.
    pub(super) fn acknowledged(&mut self, number: u32, at: Time, patience_ns: i64, take: Take<'_>) {
        let (Some(next), Some((first, _))) = (self.next, self.held.first_key_value()) else { return };
        let acknowledged = self.position + i64::from(number.wrapping_sub(next) as i32);
        if acknowledged >= *first && at.since(self.waiting_since) > patience_ns {
            self.skip(at, take);
        }
    }

    /// Goes on behind the missing bytes, if something is held there.
    pub(super) fn skip(&mut self, at: Time, take: Take<'_>) {
        let Some((first, held)) = self.held.first_key_value() else { return };
        let missing = (*first - self.position).max(0);
        self.counts.holes += 1;
        self.counts.missing_bytes += missing as u64;
        let (frame, came) = (held.frame, held.at);
        self.advance(missing);
        take(Piece::Missing(missing as u64), came, frame);
        // The receiver had it all: what the capture lacks kept nothing up.
        self.release(None, take);
        self.waiting_since = at;
    }

    /// Gives up all that is missing.
    pub(super) fn finish(&mut self, take: Take<'_>) {
        while let Some((_, held)) = self.held.first_key_value() {
            self.skip(held.at, take);
        }
    }

    /// Drops what is held.
    pub(super) fn forget(&mut self) {
        self.held = BTreeMap::new();
        self.held_bytes = 0;
    }

    fn hold(&mut self, from: i64, payload: &[u8], cut: u32, at: Time, frame: Frame) {
        let length = payload.len() as u64 + u64::from(cut);
        self.counts.early += 1;
        if self.held.is_empty() {
            self.waiting_since = at;
        }
        if let Some(held) = self.held.get(&from) {
            if held.bytes.len() >= payload.len() {
                self.counts.repeated_bytes += length;
                return;
            }
            self.held_bytes -= held.bytes.len();
        }
        self.held_bytes += payload.len();
        self.held.insert(from, Held { bytes: payload.to_vec(), cut, at, frame });
    }

    /// Hands on what follows without a gap, as it could be read `at` that moment; else when it came.
    fn release(&mut self, at: Option<Time>, take: Take<'_>) {
        while let Some(entry) = self.held.first_entry() {
            let behind = self.position - *entry.key();
            if behind < 0 {
                self.waiting_since = at.unwrap_or(self.waiting_since);
                return;
            }
            let held = entry.remove();
            self.held_bytes -= held.bytes.len();
            let behind = behind as usize;
            let length = held.bytes.len() + held.cut as usize;
            self.counts.repeated_bytes += behind.min(length) as u64;
            if behind < length {
                let cut = held.cut.saturating_sub(behind.saturating_sub(held.bytes.len()) as u32);
                let bytes = held.bytes.get(behind..).unwrap_or_default();
                self.deliver(bytes, cut, at.map_or(held.at, |at| at.max(held.at)), held.frame, take);
            }
        }
    }

    fn deliver(&mut self, bytes: &[u8], cut: u32, at: Time, frame: Frame, take: Take<'_>) {
        self.advance(bytes.len() as i64 + i64::from(cut));
        if !bytes.is_empty() {
            take(Piece::Bytes(bytes), at, frame);
        }
        if cut > 0 {
            take(Piece::Missing(u64::from(cut)), at, frame);
        }
    }

    fn advance(&mut self, by: i64) {
        self.position += by;
        self.next = self.next.map(|next| next.wrapping_add(by as u32));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(segments: &[(u32, &[u8])]) -> (Vec<u8>, Counts) {
        let mut reassembly = Reassembly::default();
        let mut out = Vec::new();
        let mut take = |piece: Piece<'_>, _: Time, _: Frame| match piece {
            Piece::Bytes(bytes) => out.extend_from_slice(bytes),
            Piece::Missing(count) => out.extend(vec![b'_'; count as usize]),
            Piece::Jump => out.push(b'!'),
        };
        for (sequence, bytes) in segments {
            reassembly.segment(*sequence, bytes, 0, Time::default(), Frame::default(), &mut take);
        }
        reassembly.finish(&mut take);
        assert_eq!(reassembly.held_bytes(), 0);
        (out, reassembly.counts)
    }

    #[test]
    fn segments_are_put_in_order_and_repeated_bytes_are_dropped() {
        let start = u32::MAX - 3;
        let (out, counts) =
            run(&[(start, b"abc"), (start.wrapping_add(5), b"fg"), (start.wrapping_add(2), b"cde")]);
        assert_eq!(out, b"abcdefg");
        assert_eq!((counts.repeated_bytes, counts.early, counts.holes), (1, 1, 0));
        assert_eq!(run(&[(9, b"abc"), (9, b"abc"), (11, b"cd")]).0, b"abcd");
        assert_eq!(run(&[(9, b"a"), (12, b"de"), (11, b"cd"), (10, b"b")]).0, b"abcde");
    }

    #[test]
    fn bytes_that_never_come_are_counted() {
        let (out, counts) = run(&[(1, b"ab"), (5, b"ef"), (8, b"hi")]);
        assert_eq!(out, b"ab__ef_hi");
        assert_eq!((counts.holes, counts.missing_bytes), (2, 3));
        assert_eq!(run(&[(1, b"ab"), (0x7000_0000, b"xy")]).0, b"ab!xy");
    }

    #[test]
    fn a_hole_is_given_up_when_too_much_waits_behind_it() {
        let block = vec![b'x'; 1000];
        let mut reassembly = Reassembly::default();
        let mut got = 0;
        for n in (0..400u32).filter(|n| *n != 1) {
            let mut take = |piece: Piece<'_>, _: Time, _: Frame| {
                got += matches!(piece, Piece::Bytes(_)) as usize;
            };
            reassembly.segment(n * 1000, &block, 0, Time::default(), Frame::default(), &mut take);
            assert!(reassembly.held_bytes() <= MOST_HELD);
        }
        assert_eq!((got, reassembly.counts.holes), (399, 1));
    }

    #[test]
    fn what_waited_for_bytes_that_the_capture_lacks_keeps_its_own_time() {
        let mut reassembly = Reassembly::default();
        let mut got = Vec::new();
        let mut take = |piece: Piece<'_>, at: Time, frame: Frame| {
            if let Piece::Bytes(_) = piece {
                got.push((at.0, frame.number));
            }
        };
        let frame = |number| Frame { number, ..Frame::default() };
        for (n, from) in [(1, 0), (3, 20), (4, 30)] {
            reassembly.segment(from, b"0123456789", 0, Time(n as i64), frame(n), &mut take);
        }
        reassembly.acknowledged(40, Time(9), 3, &mut take);
        // Here the missing one comes, late: what is behind it could not be read before.
        reassembly.segment(50, b"0123456789", 0, Time(10), frame(10), &mut take);
        reassembly.segment(40, b"0123456789", 0, Time(11), frame(11), &mut take);
        assert_eq!(got, [(1, 1), (3, 3), (4, 4), (11, 11), (11, 10)]);
    }
}
