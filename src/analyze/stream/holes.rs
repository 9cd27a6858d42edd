//! Frames that never were whole: numbers missing within a timestamp or between two, and not sent again.

use std::collections::VecDeque;

use crate::capture::{Frame, Time};

/// Behind the newest number by so many, nothing comes that was missing.
const OPEN: i64 = 1024;
/// Holes that are open at once; more come only from damage.
const MOST_OPEN: usize = 1024;
/// Numbers likewise that are kept before their holes show.
const MOST_EARLY: usize = 64;
/// Runs told one by one.
const MOST_RUNS: usize = 64;
/// Without a whole frame for so many times the mean interval, and for this much more, in milliseconds: as freezes are
/// told.
const INTERVALS: f64 = 3.0;
const LONGER_MS: f64 = 150.0;

/// A time without a whole frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// When the last packet before its first hole came.
    pub from: Time,
    /// When the next whole frame began, or the last packet came.
    pub to: Time,
    /// Frames that were not whole, at least.
    pub frames: u64,
    /// Packets missing in them.
    pub missing: u64,
    /// The packet at its beginning.
    pub before: Frame,
    /// The packet at its end.
    pub after: Frame,
}

/// A packet ahead of all others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Newest {
    pub(super) number: i64,
    pub(super) units: i64,
    pub(super) timestamp: u32,
    pub(super) marker: bool,
    pub(super) at: Time,
    pub(super) frame: Frame,
}

#[derive(Debug, Clone)]
struct Hole {
    from: Newest,
    to: Newest,
    /// A bit for each of the first numbers that is missing: most holes have few.
    missing: u64,
    /// Likewise for the numbers behind those.
    more: Vec<u64>,
    /// Where a whole frame began since the hole before.
    whole: Option<(Time, Frame)>,
}

impl Hole {
    fn new(from: Newest, to: Newest, whole: Option<(Time, Frame)>) -> Self {
        let ones = |count: usize| if count < 64 { (1 << count) - 1 } else { u64::MAX };
        let count = (to.number - from.number - 1) as usize;
        let more = (64..count).step_by(64).map(|before| ones(count - before)).collect();
        Self { from, to, missing: ones(count), more, whole }
    }

    fn left(&self) -> u64 {
        let count = |word: &u64| u64::from(word.count_ones());
        count(&self.missing) + self.more.iter().map(count).sum::<u64>()
    }

    fn fill(&mut self, number: i64) {
        let at = (number - self.from.number - 1) as usize;
        let word = if at < 64 { &mut self.missing } else { &mut self.more[at / 64 - 1] };
        *word &= !(1 << (at % 64));
    }

    fn fill_any(&mut self) {
        let mut words = std::iter::once(&mut self.missing).chain(&mut self.more);
        if let Some(word) = words.find(|word| **word != 0) {
            *word &= *word - 1;
        }
    }

    fn has(&self, timestamp: u32) -> bool {
        let behind = timestamp.wrapping_sub(self.from.timestamp);
        behind <= self.to.timestamp.wrapping_sub(self.from.timestamp)
    }
}

/// The frame that is coming in.
#[derive(Debug, Clone, Copy)]
struct Coming {
    began: (Time, Frame),
    units: i64,
    packets: u64,
    /// Its first packets may be in the hole before it.
    headless: bool,
    broken: bool,
}

/// The holes of one stream.
#[derive(Debug, Clone, Default)]
pub struct Holes {
    newest: Option<Newest>,
    coming: Option<Coming>,
    open: VecDeque<Hole>,
    /// The first number at which one of them is settled.
    due: Option<i64>,
    /// Numbers that another stream had sooner than this one showed that they are missing.
    early: Vec<i64>,
    /// Where a whole frame began since the last hole.
    whole: Option<(Time, Frame)>,
    /// Likewise, since the last one that is settled.
    settled: Option<(Time, Frame)>,
    packets: u64,
    frames: u64,
    /// Of steps of the timestamp without a hole: how many, and their sum.
    steps: (u64, i64),
    counted: Option<i64>,
    began: Time,
    run: Option<Run>,
    runs: Vec<Run>,
    incomplete: u64,
    first: Option<(Time, Frame)>,
}

impl Holes {
    /// Takes a packet that is ahead of all others.
    #[inline]
    pub(super) fn ahead(&mut self, new: Newest) {
        self.packets += 1;
        match (&mut self.newest, &mut self.coming) {
            // Most packets.
            (Some(last), Some(coming)) if new.number == last.number + 1 && new.units == last.units => {
                coming.packets += 1;
                *last = new;
            }
            _ => self.turn(&new),
        }
        while self.due.is_some_and(|due| new.number >= due) {
            self.settle();
        }
    }

    /// A frame ends, or a hole shows.
    fn turn(&mut self, new: &Newest) {
        let Some(last) = self.newest.replace(*new) else {
            self.began = new.at;
            return self.begin(new, false);
        };
        let hole = new.number - last.number > 1;
        if !hole {
            self.end();
            let step = new.units - last.units;
            if step > 0 {
                self.steps = (self.steps.0 + 1, self.steps.1 + step);
            }
            return self.begin(new, false);
        }
        if last.marker && new.units != last.units {
            self.end();
        }
        let mut hole = Hole::new(last, *new, self.whole.take());
        let here = self.early.iter().filter(|number| (last.number + 1..new.number).contains(number));
        here.for_each(|number| hole.fill(*number));
        self.early.retain(|number| *number > new.number);
        if self.open.len() >= MOST_OPEN {
            self.settle();
        }
        self.open.push_back(hole);
        self.due = self.due.or(Some(last.number + OPEN + 1));
        match &mut self.coming {
            Some(coming) if new.units == last.units => {
                (coming.broken, coming.packets) = (true, coming.packets + 1);
            }
            _ => self.begin(new, true),
        }
    }

    /// A number came that was missing, or one that repairs it.
    pub(super) fn filled(&mut self, number: i64) {
        let within = |hole: &&mut Hole| hole.from.number < number && number < hole.to.number;
        if let Some(hole) = self.open.iter_mut().rev().find(within) {
            hole.fill(number);
        } else if self.newest.is_some_and(|newest| number > newest.number) && self.early.len() < MOST_EARLY {
            self.early.push(number);
        }
    }

    /// A packet came that repairs one with this timestamp; which one cannot be read.
    pub(super) fn filled_at(&mut self, timestamp: u32) {
        let has = |hole: &&mut Hole| hole.left() > 0 && hole.has(timestamp);
        if let Some(hole) = self.open.iter_mut().find(has) {
            hole.fill_any();
        }
    }

    /// What comes has nothing to do with what came: decides all that is open.
    pub(super) fn finish(&mut self) {
        while !self.open.is_empty() {
            self.settle();
        }
        let whole = self.settled.take().or(self.whole.take());
        let last = self.newest.take().map(|newest| (newest.at, newest.frame));
        if let Some(at) = whole.or(last) {
            self.close(at);
        }
        self.coming = None;
        self.counted = None;
        self.early.clear();
    }

    /// Frames that were not whole, at least, and the first packet behind a hole of such a one.
    #[must_use]
    pub fn incomplete(&self) -> (u64, Option<(Time, Frame)>) {
        (self.incomplete, self.first)
    }

    /// Times without a whole frame, the first of them.
    #[must_use]
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    fn begin(&mut self, new: &Newest, headless: bool) {
        self.frames += 1;
        let began = (new.at, new.frame);
        self.coming = Some(Coming { began, units: new.units, packets: 1, headless, broken: false });
    }

    /// No more of the frame that was coming in is to come.
    fn end(&mut self) {
        let Some(coming) = self.coming.take() else { return };
        // Behind a hole, whether its beginning is there cannot be known: as long as most are.
        let few = coming.headless && coming.packets * 2 * self.frames < self.packets;
        if !coming.broken && !few {
            self.whole.get_or_insert(coming.began);
        }
        self.counted = self.counted.filter(|units| *units == coming.units);
    }

    fn settle(&mut self) {
        let Some(hole) = self.open.pop_front() else { return };
        self.due = self.open.front().map(|next| next.from.number + OPEN + 1);
        self.settled = self.settled.or(hole.whole);
        let left = hole.left();
        if left == 0 {
            self.settled.get_or_insert((hole.from.at, hole.from.frame));
            return;
        }
        if let Some(at) = self.settled.take() {
            self.close(at);
        }
        let frames = self.affected(&hole).min(left);
        self.incomplete += frames;
        self.first.get_or_insert((hole.to.at, hole.to.frame));
        let (from, to) = (hole.from, hole.to);
        let run = self.run.get_or_insert(Run {
            from: from.at,
            to: to.at,
            frames: 0,
            missing: 0,
            before: from.frame,
            after: to.frame,
        });
        run.frames += frames;
        run.missing += left;
    }

    /// How many frames have packets in a hole, at least.
    fn affected(&mut self, hole: &Hole) -> u64 {
        let (from, to) = (hole.from, hole.to);
        let step = (self.steps.1 / self.steps.0.max(1) as i64).max(1);
        let between = ((to.units - from.units + step / 2) / step - 1).max(0) as u64;
        let between = if self.steps.0 == 0 { 0 } else { between };
        let is_cut = to.units == from.units || !from.marker;
        let known = self.counted == Some(from.units);
        let (frames, last) = match is_cut {
            true => (between + u64::from(!known), from.units),
            // All of the one before is there: if none is between, it is the head of the next.
            false if between == 0 => (1, to.units),
            false => (between, from.units),
        };
        self.counted = Some(last);
        frames
    }

    fn close(&mut self, (at, frame): (Time, Frame)) {
        let Some(run) = self.run.take() else { return };
        let run = Run { to: at.max(run.from), after: frame, ..run };
        let ms = run.to.ms_since(run.from);
        let mean = run.to.ms_since(self.began) / self.frames.max(1) as f64;
        if ms >= (INTERVALS * mean).max(mean + LONGER_MS) && self.runs.len() < MOST_RUNS {
            self.runs.push(run);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten frames a second of three packets, without the packets that `is_lost` names.
    fn holes(frames: i64, is_lost: impl Fn(i64) -> bool, filled: &[i64]) -> Holes {
        let mut holes = Holes::default();
        for number in (0..frames * 3).filter(|number| !is_lost(*number)) {
            let frame = number / 3;
            holes.ahead(Newest {
                number,
                units: frame * 9000,
                timestamp: (frame * 9000) as u32,
                marker: number % 3 == 2,
                at: Time(frame * 100_000_000 + number % 3 * 1_000_000),
                frame: Frame { number: number as u64, ..Frame::default() },
            });
        }
        filled.iter().for_each(|number| holes.filled(*number));
        holes.finish();
        holes
    }

    #[test]
    fn frames_without_all_their_packets_are_counted_once_each() {
        let incomplete = |lost: &[i64]| holes(60, |number| lost.contains(&number), &[]).incomplete().0;
        assert_eq!(incomplete(&[]), 0);
        // In the middle, at the end, at the beginning, twice in one, a whole one, the ends of two.
        assert_eq!(incomplete(&[31]), 1);
        assert_eq!(incomplete(&[32]), 1);
        assert_eq!(incomplete(&[33]), 1);
        assert_eq!(incomplete(&[30, 31, 32]), 1);
        assert_eq!(incomplete(&[30, 31, 32, 33, 34, 35]), 2);
        assert_eq!(incomplete(&[31, 61]), 2);
    }

    #[test]
    fn a_time_without_a_whole_frame_is_a_run_until_one_begins() {
        // The middle packet of each frame from 10 to 19.
        let lost = |number: i64| (30..60).contains(&number) && number % 3 == 1;
        let found = holes(60, lost, &[]);
        assert_eq!(found.incomplete().0, 10);
        let [run] = found.runs() else { panic!("{:?}", found.runs()) };
        assert_eq!((run.from, run.to, run.missing), (Time(1_000_000_000), Time(2_000_000_000), 10));
        assert_eq!((run.before.number, run.after.number), (30, 60));
        // One of two frames is whole: that is a bad picture, and it moves.
        assert_eq!(holes(60, |number| lost(number) && number % 2 == 0, &[]).runs(), []);
    }

    #[test]
    fn what_is_repaired_is_whole() {
        let lost = |number: i64| (30..60).contains(&number) && number % 3 == 1;
        let numbers: Vec<i64> = (30..60).filter(|number| lost(*number)).collect();
        let found = holes(60, lost, &numbers);
        assert_eq!((found.incomplete(), found.runs().len()), ((0, None), 0));
        // Sent again before it shows that it is missing.
        let at = |number: i64| Newest {
            number,
            units: number * 9000,
            timestamp: 0,
            marker: true,
            at: Time(number),
            frame: Frame::default(),
        };
        let mut early = Holes::default();
        early.ahead(at(1));
        early.filled(2);
        early.ahead(at(3));
        early.finish();
        assert_eq!(early.incomplete().0, 0);
        let mut one = Hole::new(
            Newest { number: 0, units: 0, timestamp: 5, marker: false, at: Time(0), frame: Frame::default() },
            Newest {
                number: 70,
                units: 9,
                timestamp: 14,
                marker: true,
                at: Time(0),
                frame: Frame::default(),
            },
            None,
        );
        assert!(one.left() == 69 && one.has(5) && one.has(14) && !one.has(15) && !one.has(4));
        (1..70).for_each(|_| one.fill_any());
        assert_eq!(one.left(), 0);
    }
}
