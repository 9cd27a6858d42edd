//! Which numbers arrived, once, twice or never (RFC 3550 A.1, A.3), exactly, in bounded memory.

use crate::capture::{Frame, Time};

use super::loss::{Loss, Runs};

/// Numbers that are still open: a packet may be this late and is no loss.
const WINDOW: i64 = 1024;
const WORDS: usize = WINDOW as usize / 64;
/// Numbers ahead of the newest that another stream may have sooner.
const ON_ITS_WAY: i64 = 64;
/// Of RFC 3550 A.1: a jump ahead of so many is no loss but a new beginning.
const MAX_DROPOUT: i64 = 3000;
/// Of RFC 3550 A.1: a number that arrived already and is so far behind is no copy but a new beginning.
const MAX_MISORDER: i64 = 100;

/// What the number of a packet says about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// The next one, or one farther ahead.
    Ahead,
    /// Late: one sent after it had come before it.
    Reordered,
    /// It had arrived already.
    Duplicate,
    /// Nowhere near the others. The next packet tells whether the numbers begin anew.
    Suspect,
    /// The second one that is nowhere near: the numbers began anew with the one before.
    Restart,
}

/// The numbers of one stream.
#[derive(Debug, Clone)]
pub struct Sequence {
    seen: [u64; WORDS],
    /// Of the numbers since they last began anew, extended by their cycles.
    first: i64,
    lowest: i64,
    highest: i64,
    last: i64,
    /// Below this, all is decided.
    settled: i64,
    segment: Counts,
    /// Of what was before a restart.
    before: Before,
    suspect: Option<u16>,
    restarts: u64,
    reordered: u64,
    duplicates: u64,
    strays: u64,
    packets: u64,
    runs: Runs,
}

#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    packets: u64,
    unique: u64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Before {
    expected: u64,
    missing: u64,
    rfc3550: i64,
    first_last: i64,
}

impl Sequence {
    /// Begins with the number of the first packet.
    #[must_use]
    pub fn new(number: u16) -> Self {
        let mut new = Self {
            seen: [0; WORDS],
            first: 0,
            lowest: 0,
            highest: 0,
            last: 0,
            settled: 0,
            segment: Counts::default(),
            before: Before::default(),
            suspect: None,
            restarts: 0,
            reordered: 0,
            duplicates: 0,
            strays: 0,
            packets: 1,
            runs: Runs::default(),
        };
        new.begin(i64::from(number));
        new
    }

    /// Takes the number of the next packet to arrive. `settle` is told of losses as they become certain.
    pub fn packet(&mut self, number: u16, at: Time, frame: Frame, settle: &mut dyn FnMut(Loss)) -> Arrival {
        self.packets += 1;
        let ahead = i64::from(number.wrapping_sub(self.highest as u16) as i16);
        let extended = self.highest + ahead;
        let arrival = match ahead {
            1..MAX_DROPOUT => {
                self.runs.gap(self.highest + 1, ahead - 1, at, frame);
                self.settle(extended - WINDOW + 1, settle);
                self.highest = extended;
                Arrival::Ahead
            }
            _ if ahead <= 0 && ahead > -WINDOW && extended >= self.lowest - WINDOW => {
                match self.has(extended) {
                    true if ahead <= -MAX_MISORDER => return self.suspect(number, settle),
                    true => Arrival::Duplicate,
                    false => Arrival::Reordered,
                }
            }
            _ => return self.suspect(number, settle),
        };
        self.suspect = None;
        self.segment.packets += 1;
        self.last = extended;
        if arrival == Arrival::Duplicate {
            self.duplicates += 1;
            return arrival;
        }
        self.mark(extended);
        self.segment.unique += 1;
        if arrival == Arrival::Reordered {
            self.reordered += 1;
            if extended < self.lowest {
                // It was before the first to arrive: those between are missing as long as they do not come.
                self.settled = self.settled.min(extended);
                self.runs.gap(extended + 1, self.lowest - extended - 1, at, frame);
                self.lowest = extended;
            }
        }
        arrival
    }

    /// Decides all that is still open: nothing more will come.
    pub fn finish(&mut self, settle: &mut dyn FnMut(Loss)) {
        self.settle(self.highest + 1, settle);
        self.runs.finish();
    }

    /// The number of the newest packet, with the cycles it has gone through.
    #[must_use]
    pub fn extended(&self) -> i64 {
        self.last
    }

    /// The highest number so far, with the cycles it has gone through.
    #[must_use]
    pub fn highest(&self) -> i64 {
        self.highest
    }

    /// A number with the cycles that bring it nearest to the highest.
    #[must_use]
    pub fn near(&self, number: u16) -> i64 {
        self.highest + i64::from(number.wrapping_sub(self.highest as u16) as i16)
    }

    /// Whether a number is missing so far, among the last that are still open.
    #[must_use]
    pub fn is_missing(&self, number: u16) -> bool {
        let extended = self.near(number);
        extended > self.lowest
            && extended > self.highest - WINDOW
            && extended < self.highest
            && !self.has(extended)
    }

    /// Whether a number is one of the last that are still open, missing or not, or one that may be on its way.
    #[must_use]
    pub fn is_recent(&self, number: u16) -> bool {
        let behind = i64::from((self.highest as u16).wrapping_sub(number) as i16);
        (-ON_ITS_WAY..WINDOW).contains(&behind) && self.highest - behind >= self.lowest
    }

    /// All packets.
    #[must_use]
    pub fn packets(&self) -> u64 {
        self.packets
    }

    /// Packets that had arrived before.
    #[must_use]
    pub fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// Packets behind one that was sent later (RFC 4737 §3).
    #[must_use]
    pub fn reordered(&self) -> u64 {
        self.reordered
    }

    /// How often the numbers began anew.
    #[must_use]
    pub fn restarts(&self) -> u64 {
        self.restarts
    }

    /// Packets with a number nowhere near the others, and none after it.
    #[must_use]
    pub fn strays(&self) -> u64 {
        self.strays + u64::from(self.suspect.is_some())
    }

    /// Numbers from the lowest to the highest.
    #[must_use]
    pub fn expected(&self) -> u64 {
        self.before.expected + (self.highest - self.lowest + 1) as u64
    }

    /// Numbers that never arrived.
    #[must_use]
    pub fn missing(&self) -> u64 {
        self.before.missing + self.missing_here()
    }

    /// What RFC 3550 A.3 calls lost: from the first to arrive to the highest, less all packets, copies included.
    #[must_use]
    pub fn lost_rfc3550(&self) -> i64 {
        self.before.rfc3550 + self.highest - self.first + 1 - self.segment.packets as i64
    }

    /// From the first to arrive to the last to arrive, less all packets: the rule of Wireshark.
    #[must_use]
    pub fn lost_first_last(&self) -> i64 {
        self.before.first_last + self.last - self.first + 1 - self.segment.packets as i64
    }

    /// Which losses came together.
    #[must_use]
    pub fn runs(&self) -> &Runs {
        &self.runs
    }

    fn missing_here(&self) -> u64 {
        (self.highest - self.lowest + 1) as u64 - self.segment.unique
    }

    fn suspect(&mut self, number: u16, settle: &mut dyn FnMut(Loss)) -> Arrival {
        if self.suspect.replace(number.wrapping_add(1)) != Some(number) {
            return Arrival::Suspect;
        }
        self.suspect = None;
        self.finish(settle);
        self.before.expected += (self.highest - self.lowest + 1) as u64;
        self.before.missing += self.missing_here();
        self.before.rfc3550 += self.highest - self.first + 1 - self.segment.packets as i64;
        self.before.first_last += self.last - self.first + 1 - self.segment.packets as i64;
        self.restarts += 1;
        let first = i64::from(number.wrapping_sub(1));
        self.begin(first);
        self.highest = first + 1;
        self.last = first + 1;
        self.mark(first + 1);
        self.segment = Counts { packets: 2, unique: 2 };
        Arrival::Restart
    }

    fn begin(&mut self, first: i64) {
        self.seen = [0; WORDS];
        (self.first, self.lowest, self.highest, self.last, self.settled) =
            (first, first, first, first, first);
        self.segment = Counts { packets: 1, unique: 1 };
        self.mark(first);
    }

    /// Decides all numbers below `end`, and makes room for as many.
    fn settle(&mut self, end: i64, settle: &mut dyn FnMut(Loss)) {
        while self.settled < end.min(self.highest + 1) {
            let number = self.settled;
            match self.take(number) {
                true => self.runs.arrived(),
                false => settle(self.runs.lost(number)),
            }
            self.settled += 1;
        }
        // Numbers that were jumped over, and do not fit into the window any more.
        while self.settled < end {
            settle(self.runs.lost(self.settled));
            self.settled += 1;
        }
    }

    fn has(&self, number: i64) -> bool {
        let (word, bit) = place(number);
        self.seen[word] & bit != 0
    }

    fn mark(&mut self, number: i64) {
        let (word, bit) = place(number);
        self.seen[word] |= bit;
    }

    fn take(&mut self, number: i64) -> bool {
        let (word, bit) = place(number);
        let there = self.seen[word] & bit != 0;
        self.seen[word] &= !bit;
        there
    }
}

fn place(number: i64) -> (usize, u64) {
    let at = number.rem_euclid(WINDOW) as usize;
    (at / 64, 1 << (at % 64))
}
