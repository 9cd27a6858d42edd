//! One direction of a connection, cut into messages.

use std::collections::VecDeque;
use std::ops::Range;

use super::framing::{Framing, Guess, begin, head, search, unit};
use super::reassembly::Piece;
use crate::analyze::demux::{Class, class};
use crate::capture::{Frame, Time};

/// What is missing in the middle is stood for by zeros up to here, so that messages behind keep their place.
const LONGEST_HOLE: u64 = 128 * 1024;
/// Bytes that are searched before a connection is nothing of ours.
const SEARCHED: usize = 16 * 1024;
/// Bytes that are worth a first search.
const FIRST_SEARCH: usize = 256;
/// As many bytes as tell what a connection is.
const HEAD: u64 = 12;
/// Frames of RFC 4571 that make no sense, in a row, until their lengths are taken for something else.
const STRANGEST: u32 = 4;

/// Counts over one direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) messages: u64,
    /// Messages of which bytes are missing.
    pub(super) incomplete: u64,
    /// How often the place of the next message was lost.
    pub(super) resyncs: u64,
    /// Bytes that were passed over until it was found.
    pub(super) unframed_bytes: u64,
    /// ChannelData without its padding.
    pub(super) unpadded: u64,
}

/// A message as it stood in the stream.
pub(super) struct Cut<'a> {
    pub(super) at: Time,
    pub(super) frame: Frame,
    pub(super) payload: &'a [u8],
    pub(super) length: usize,
}

#[derive(Debug, Clone, Copy)]
struct Mark {
    end: u64,
    at: Time,
    frame: Frame,
}

/// One direction.
#[derive(Debug, Default)]
pub(super) struct Framer {
    buffer: Vec<u8>,
    /// Bytes of the buffer that are done with.
    done: usize,
    /// Of the first byte that is not, since the beginning.
    base: u64,
    /// Bytes that the capture does not have.
    holes: VecDeque<Range<u64>>,
    marks: VecDeque<Mark>,
    /// Whether the buffer begins with a message.
    synced: bool,
    search_at: usize,
    /// Padding before the start of the buffer that may have been none.
    padding: usize,
    strange: u32,
    pub(super) counts: Counts,
}

impl Framer {
    /// At the first byte of a connection.
    pub(super) fn at_start(counts: Counts) -> Self {
        Self { synced: true, counts, ..Self::default() }
    }

    /// In the middle of one.
    pub(super) fn midway(counts: Counts) -> Self {
        Self { search_at: FIRST_SEARCH, counts, ..Self::default() }
    }

    pub(super) fn forget(&mut self) {
        *self = Self { synced: true, counts: self.counts, ..Self::default() };
    }

    pub(super) fn push(&mut self, piece: Piece<'_>, at: Time, frame: Frame) {
        self.buffer.drain(..self.done.min(self.buffer.len()));
        self.done = 0;
        match piece {
            Piece::Bytes(bytes) => self.buffer.extend_from_slice(bytes),
            Piece::Missing(count) if count <= LONGEST_HOLE => {
                let from = self.end();
                self.buffer.resize(self.buffer.len() + count as usize, 0);
                self.holes.push_back(from..from + count);
            }
            Piece::Missing(_) | Piece::Jump => {
                self.counts.unframed_bytes += self.buffer.len() as u64;
                self.take(self.buffer.len());
                self.lose();
            }
        }
        self.marks.push_back(Mark { end: self.end(), at, frame });
    }

    /// Hands on the whole messages. `framing` is that of the connection, for both directions. `last`: nothing more
    /// will come.
    pub(super) fn poll(
        &mut self,
        framing: &mut Option<Framing>,
        last: bool,
        emit: &mut dyn FnMut(Framing, Cut<'_>),
    ) {
        loop {
            match *framing {
                Some(Framing::Encrypted | Framing::Other) => return self.forget(),
                None if self.synced && self.base == 0 && self.hole_in(0..HEAD).is_none() => {
                    match begin(self.bytes()) {
                        Guess::Is(found) => *framing = Some(found),
                        Guess::More if self.bytes().len() < SEARCHED => return,
                        Guess::More | Guess::No => *framing = Some(Framing::Other),
                    }
                }
                _ if !self.synced => {
                    if !self.find(framing, last) {
                        return;
                    }
                }
                Some(framing) => {
                    if !self.cut(framing, emit) {
                        return;
                    }
                }
                // It was lost before it was known.
                None => self.lose(),
            }
        }
    }

    /// Looks for the next message; whether there is anything more to do now.
    fn find(&mut self, framing: &mut Option<Framing>, last: bool) -> bool {
        if self.bytes().is_empty() || self.bytes().len() < self.search_at && !last {
            return false;
        }
        if framing.is_none() && self.bytes().starts_with(&[23, 3, 3]) {
            *framing = Some(Framing::Encrypted);
            return true;
        }
        if let Some((at, found)) = search(self.bytes(), *framing) {
            self.counts.unframed_bytes += at as u64;
            self.take(at);
            (self.synced, *framing) = (true, Some(found));
            return true;
        }
        if self.bytes().len() < SEARCHED && !last {
            self.search_at = (self.bytes().len() * 2).max(FIRST_SEARCH);
            return false;
        }
        if framing.is_none() {
            *framing = Some(Framing::Other);
            return true;
        }
        // A message may begin in the last bytes.
        let passed = if last { self.bytes().len() } else { self.bytes().len() / 2 };
        self.counts.unframed_bytes += passed as u64;
        self.take(passed);
        self.search_at = self.bytes().len() + FIRST_SEARCH;
        false
    }

    /// Cuts off one message; whether there may be another.
    fn cut(&mut self, framing: Framing, emit: &mut dyn FnMut(Framing, Cut<'_>)) -> bool {
        let start = self.base;
        let head = (self.padding + head(framing)) as u64;
        if self.hole_in(start..start + head).is_some() && !self.bytes().is_empty() {
            self.lose();
            return true;
        }
        let unit = match unit(framing, self.bytes().get(self.padding..).unwrap_or_default()) {
            Guess::Is(unit) => unit,
            Guess::More => return false,
            Guess::No => {
                // Some do not pad (RFC 8656 §12.5 says they must).
                let unpadded = self.padding > 0 && matches!(self::unit(framing, self.bytes()), Guess::Is(_));
                self.counts.unpadded += u64::from(unpadded);
                if !unpadded {
                    self.lose();
                }
                self.padding = 0;
                return true;
            }
        };
        let (from, end) = (self.padding + unit.before, self.padding + unit.end());
        if self.bytes().len() < end {
            return false;
        }
        let mark = self.mark(start + end as u64);
        let message = self.bytes().get(from..end).unwrap_or_default();
        let there = self.hole_in(start + from as u64..start + end as u64);
        let there =
            there.map_or(message.len(), |hole| hole.start.saturating_sub(start + from as u64) as usize);
        let payload = message.get(..there).unwrap_or(message);
        let strange = framing == Framing::Rfc4571 && class(payload, unit.length) == Class::Other;
        let incomplete = there < unit.length;
        if unit.length > 0 {
            emit(framing, Cut { at: mark.at, frame: mark.frame, payload, length: unit.length });
            self.counts.messages += 1;
            self.counts.incomplete += u64::from(incomplete);
            self.strange = if strange { self.strange + 1 } else { 0 };
        }
        self.take(end);
        // What may be padding stays, in case that it is none.
        self.padding = unit.padding;
        if self.strange >= STRANGEST {
            self.lose();
        }
        true
    }

    /// When the byte before `end` came, and in which packet.
    fn mark(&mut self, end: u64) -> Mark {
        while self.marks.len() > 1 && self.marks.front().is_some_and(|mark| mark.end < end) {
            self.marks.pop_front();
        }
        self.marks.front().copied().unwrap_or(Mark { end, at: Time::default(), frame: Frame::default() })
    }

    /// Bytes that wait for what is behind them.
    pub(super) fn held_bytes(&self) -> usize {
        self.bytes().len()
    }

    fn bytes(&self) -> &[u8] {
        self.buffer.get(self.done..).unwrap_or_default()
    }

    fn lose(&mut self) {
        if self.synced {
            self.counts.resyncs += 1;
        }
        self.synced = false;
        self.padding = 0;
        self.strange = 0;
        self.search_at = FIRST_SEARCH;
        // Zeros that stand for nothing are not searched.
        if let Some(hole) = self.holes.front().cloned()
            && hole.start < self.base + HEAD
        {
            let passed = (hole.end.saturating_sub(self.base) as usize).min(self.bytes().len());
            self.counts.unframed_bytes += hole.start.saturating_sub(self.base);
            self.take(passed);
        }
    }

    fn hole_in(&self, range: Range<u64>) -> Option<&Range<u64>> {
        self.holes.iter().find(|hole| hole.start < range.end && range.start < hole.end)
    }

    fn end(&self) -> u64 {
        self.base + self.bytes().len() as u64
    }

    fn take(&mut self, count: usize) {
        let count = count.min(self.bytes().len());
        self.done += count;
        self.base += count as u64;
        while self.holes.front().is_some_and(|hole| hole.end <= self.base) {
            self.holes.pop_front();
        }
        while self.marks.len() > 1 && self.marks.front().is_some_and(|mark| mark.end <= self.base) {
            self.marks.pop_front();
        }
    }
}
