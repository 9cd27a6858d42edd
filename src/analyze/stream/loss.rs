//! Which losses came together: runs, and the bursts of RFC 3611.

use std::collections::VecDeque;

use crate::capture::{Frame, Time};

/// Gmin of RFC 3611 §4.7.2: so many packets in a row that arrived end a burst.
const GMIN: u64 = 16;
/// Fewer packets than this between two losses: they are close, and more than every fifth is lost.
const CLOSE: u64 = 4;
/// Gaps whose end is not decided; more come only from damage.
const MOST_GAPS: usize = 2048;
/// The longest run that the histogram tells from others; its last place is "that or longer".
pub const LONGEST_TOLD: usize = 10;

/// A packet that never came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loss {
    /// When its gap showed: the arrival of the packet behind it.
    pub at: Time,
    /// Which packet that was.
    pub frame: Frame,
}

/// A burst of losses, with the packets that arrived in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Burst {
    /// Packets lost.
    pub lost: u64,
    /// Numbers from its first loss to its last, those that arrived included.
    pub span: u64,
    /// When its first gap showed.
    pub from: Loss,
    /// When its last gap showed.
    pub to: Loss,
}

/// Losses by run and by burst.
#[derive(Debug, Clone, Default)]
pub struct Runs {
    gaps: VecDeque<Gap>,
    run: u64,
    runs: u64,
    longest: u64,
    lost: u64,
    histogram: [u64; LONGEST_TOLD],
    burst: Option<Burst>,
    /// Packets that arrived since the last loss.
    quiet: u64,
    bursts: u64,
    worst: Option<Burst>,
    in_bursts: u64,
    burst_histogram: [u64; LONGEST_TOLD],
    close: Option<Burst>,
    densest: Option<Burst>,
}

#[derive(Debug, Clone, Copy)]
struct Gap {
    first: i64,
    length: i64,
    at: Loss,
}

impl Runs {
    /// Numbers from `first` on were passed over, at the arrival of a packet.
    pub(super) fn gap(&mut self, first: i64, length: i64, at: Time, frame: Frame) {
        if length <= 0 {
            return;
        }
        if self.gaps.len() == MOST_GAPS {
            self.gaps.pop_front();
        }
        self.gaps.push_back(Gap { first, length, at: Loss { at, frame } });
    }

    /// The next number in order was lost.
    pub(super) fn lost(&mut self, number: i64) -> Loss {
        while self.gaps.front().is_some_and(|gap| gap.first + gap.length <= number) {
            self.gaps.pop_front();
        }
        let gap = self.gaps.iter().find(|gap| (gap.first..gap.first + gap.length).contains(&number));
        let loss = gap.map_or(Loss { at: Time::default(), frame: Frame::default() }, |gap| gap.at);
        self.lost += 1;
        self.run += 1;
        let quiet = std::mem::take(&mut self.quiet);
        match &mut self.burst {
            Some(burst) => {
                burst.lost += 1;
                burst.span += quiet + 1;
                burst.to = loss;
            }
            None => self.burst = Some(Burst { lost: 1, span: 1, from: loss, to: loss }),
        }
        let close = match self.close {
            Some(burst) if quiet < CLOSE => {
                Burst { lost: burst.lost + 1, span: burst.span + quiet + 1, to: loss, ..burst }
            }
            _ => Burst { lost: 1, span: 1, from: loss, to: loss },
        };
        if self.densest.is_none_or(|densest| close.lost > densest.lost) {
            self.densest = Some(close);
        }
        self.close = Some(close);
        loss
    }

    /// The next number in order arrived.
    pub(super) fn arrived(&mut self) {
        self.end_run();
        self.quiet += 1;
        if self.quiet >= GMIN {
            self.end_burst();
        }
    }

    /// Nothing more comes.
    pub(super) fn finish(&mut self) {
        self.end_run();
        self.end_burst();
        self.close = None;
    }

    fn end_run(&mut self) {
        let run = std::mem::take(&mut self.run);
        if run > 0 {
            self.runs += 1;
            self.longest = self.longest.max(run);
            self.histogram[(run as usize).min(LONGEST_TOLD) - 1] += 1;
        }
    }

    fn end_burst(&mut self) {
        // A loss on its own among many arrivals is none (RFC 3611 §4.7.2).
        if let Some(burst) = self.burst.take()
            && burst.lost > 1
        {
            self.bursts += 1;
            self.in_bursts += burst.lost;
            self.burst_histogram[(burst.lost as usize).min(LONGEST_TOLD) - 1] += 1;
            if self.worst.is_none_or(|worst| burst.lost > worst.lost) {
                self.worst = Some(burst);
            }
        }
    }

    /// Runs of losses without an arrival between them.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.runs
    }

    /// The longest of them.
    #[must_use]
    pub fn longest(&self) -> u64 {
        self.longest
    }

    /// How long they are in the mean; 0 where there is none.
    #[must_use]
    pub fn mean(&self) -> f64 {
        mean(self.lost, self.runs)
    }

    /// How many there are of each length, from 1 on; the last place has all that are longer.
    #[must_use]
    pub fn histogram(&self) -> &[u64; LONGEST_TOLD] {
        &self.histogram
    }

    /// Bursts: at least two losses with fewer than sixteen arrivals in a row between them.
    #[must_use]
    pub fn bursts(&self) -> u64 {
        self.bursts
    }

    /// How many bursts there are of so many losses, as [`histogram`](Self::histogram) has it of runs.
    #[must_use]
    pub fn burst_histogram(&self) -> &[u64; LONGEST_TOLD] {
        &self.burst_histogram
    }

    /// The losses of a burst in the mean; 0 where there is none.
    #[must_use]
    pub fn mean_burst(&self) -> f64 {
        mean(self.in_bursts, self.bursts)
    }

    /// The burst with the most losses.
    #[must_use]
    pub fn worst(&self) -> Option<Burst> {
        self.worst
    }

    /// The most losses with fewer than four arrivals between any two: losses that are spread evenly are no burst to those
    /// who hear it, though RFC 3611 has them as one.
    #[must_use]
    pub fn densest(&self) -> Option<Burst> {
        self.densest.filter(|burst| burst.lost > 1)
    }
}

fn mean(sum: u64, count: u64) -> f64 {
    if count == 0 { 0.0 } else { sum as f64 / count as f64 }
}
