//! Frames of video: packets with one timestamp.

use std::collections::VecDeque;

use crate::capture::{Frame, Time};

use super::jitter::Jitter;

/// Frames that the mean interval is taken of, as getStats does for `freezeCount` (webrtc-stats §8.5).
const RECENT: usize = 30;
/// A pause is a freeze from the mean and this much on, in seconds; and from three times the mean on.
const FREEZE_SECONDS: f64 = 0.15;
/// Before so many intervals the mean says little.
const FEWEST: usize = 4;
/// Freezes told one by one.
const MOST_FREEZES: usize = 64;

/// A pause between frames that somebody may have seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Freeze {
    /// When the frame before it began.
    pub from: Time,
    /// How long until the next one, in milliseconds.
    pub ms: f64,
    /// The last packet before it.
    pub before: Frame,
    /// The first packet after it.
    pub after: Frame,
    /// Packets that had not come by then, of those sent since the frame before began.
    pub missing: u64,
    /// Of those, the ones that came afterwards.
    pub came: u64,
    /// The number of the frame before it and of the one after, with their cycles.
    pub numbers: (i64, i64),
    /// How far the timestamp went over it.
    pub units: i64,
}

/// The frames of one stream.
#[derive(Debug, Clone)]
pub struct Frames {
    count: u64,
    timestamp: i64,
    began: Time,
    /// Packets missing when it began, and its number.
    missing: (u64, i64),
    jitter: Jitter,
    recent: VecDeque<f64>,
    sum: f64,
    freezes: Vec<Freeze>,
    freeze_count: u64,
    frozen_ms: f64,
}

impl Frames {
    /// With the clock rate that is known, if it is.
    #[must_use]
    pub fn new(known: Option<u32>) -> Self {
        Self {
            count: 0,
            timestamp: 0,
            began: Time::default(),
            missing: (0, 0),
            jitter: Jitter::new(known),
            recent: VecDeque::new(),
            sum: 0.0,
            freezes: Vec::new(),
            freeze_count: 0,
            frozen_ms: 0.0,
        }
    }

    /// Takes a packet with its timestamp since the first, `missing` being how many have not come so far, with its own
    /// number, and `before` the packet ahead of it. Whether it begins a frame.
    pub fn packet(
        &mut self,
        at: Time,
        seconds: f64,
        timestamp: i64,
        missing: (u64, i64),
        before: Frame,
        frame: Frame,
    ) -> bool {
        if self.count > 0 && timestamp <= self.timestamp {
            return false;
        }
        if self.count > 0 {
            self.interval(at, timestamp, missing, before, frame);
        }
        self.count += 1;
        self.timestamp = timestamp;
        self.began = at;
        self.missing = missing;
        self.jitter.packet(seconds, timestamp, at, frame);
        true
    }

    /// A number came behind a later one.
    pub fn came(&mut self, number: i64) {
        let over = |freeze: &&mut Freeze| freeze.numbers.0 < number && number < freeze.numbers.1;
        if let Some(freeze) = self.freezes.iter_mut().rev().find(over) {
            freeze.came = (freeze.came + 1).min(freeze.missing);
        }
    }

    /// The stream began anew.
    pub fn interrupt(&mut self, timestamp: i64, at: Time) {
        self.timestamp = timestamp - 1;
        self.began = at;
        self.jitter.interrupt();
    }

    /// Of its clock rate, from now on.
    pub(super) fn settle(&mut self, rate: u32) {
        self.jitter.settle(rate);
    }

    /// The clock of the capture was set: what was before and what comes are not to be compared.
    pub fn step(&mut self, at: Time) {
        self.began = at;
        self.jitter.interrupt();
    }

    fn interval(&mut self, at: Time, timestamp: i64, missing: (u64, i64), before: Frame, frame: Frame) {
        let interval = at.seconds_since(self.began);
        if self.recent.len() >= FEWEST {
            let mean = self.sum / self.recent.len() as f64;
            if interval >= (3.0 * mean).max(mean + FREEZE_SECONDS) {
                let ms = interval * 1e3;
                self.freeze_count += 1;
                self.frozen_ms += ms;
                if self.freezes.len() < MOST_FREEZES {
                    let numbers = (self.missing.1, missing.1);
                    let missing = missing.0.saturating_sub(self.missing.0);
                    let units = timestamp - self.timestamp;
                    let freeze = Freeze {
                        from: self.began,
                        ms,
                        before,
                        after: frame,
                        missing,
                        came: 0,
                        numbers,
                        units,
                    };
                    self.freezes.push(freeze);
                }
            }
        }
        self.sum += interval;
        self.recent.push_back(interval);
        if self.recent.len() > RECENT {
            self.sum -= self.recent.pop_front().unwrap_or_default();
        }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The jitter of their first packets.
    #[must_use]
    pub fn jitter(&self) -> &Jitter {
        &self.jitter
    }

    /// Pauses that may have been seen, the first of them.
    #[must_use]
    pub fn freezes(&self) -> &[Freeze] {
        &self.freezes
    }

    /// How many such pauses there were, and how long they were together, in milliseconds.
    #[must_use]
    pub fn frozen(&self) -> (u64, f64) {
        (self.freeze_count, self.frozen_ms)
    }
}
