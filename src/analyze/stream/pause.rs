//! Pauses between packets: how long, how many numbers were passed over, and what the sender's clock did meanwhile.
//!
//! A pause alone is no fault: silence is not sent, nor are pictures that do not change. What was lost or late is.

use crate::capture::{Frame, Time};

/// Shorter ones are told by jitter.
const SHORTEST_MS: f64 = 100.0;
/// Pauses kept: those with losses before others, the longest before the rest.
const MOST: usize = 64;
/// For how long after a pause it is watched whether the stream catches up.
const WATCHED_NS: i64 = 1_000_000_000;

/// A pause between two packets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pause {
    /// When the packet before it came.
    pub from: Time,
    /// When the packet came that ended it.
    pub to: Time,
    /// The packet before it.
    pub before: Frame,
    /// The packet that ended it.
    pub after: Frame,
    /// Numbers between the two that had not come yet.
    pub skipped: u64,
    /// Of those, the ones that came afterwards.
    pub came: u64,
    /// The number before it and the one after, with their cycles.
    pub numbers: (i64, i64),
    /// How far the timestamp went over it.
    pub units: i64,
    /// Whether the packet that ended it has the marker: audio begins anew after silence (RFC 3551 §4.1).
    pub marker: bool,
    /// The last packet that was watched after it: when it came, and how far the timestamp had gone since `from`.
    pub later: (Time, i64),
}

/// What a pause came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Packets that were sent in it never came.
    Lost,
    /// What was sent in it came behind it, all at once.
    Late,
    /// The sender sent nothing: silence, or a picture that did not change.
    Sender,
    /// It cannot be told.
    Unknown,
}

impl Pause {
    /// How long, in milliseconds.
    #[must_use]
    pub fn ms(&self) -> f64 {
        self.to.ms_since(self.from)
    }

    /// Numbers between the two that never came.
    #[must_use]
    pub fn missing(&self) -> u64 {
        self.skipped.saturating_sub(self.came)
    }

    /// What it came from, for a stream with a packet every `interval_ms` and this clock rate, in Hz.
    #[must_use]
    pub fn cause(&self, interval_ms: f64, rate: Option<u32>) -> Cause {
        let ms = self.ms();
        // Numbers that stand for more than half of it.
        let fill = |numbers: u64| numbers > 0 && numbers as f64 * interval_ms >= ms / 2.0;
        if fill(self.missing()) && self.missing() >= self.came {
            return Cause::Lost;
        }
        if fill(self.skipped) {
            return Cause::Late;
        }
        let Some(rate) = rate else { return Cause::Unknown };
        let lag = |at: Time, units: i64| at.ms_since(self.from) - units as f64 * 1e3 / f64::from(rate);
        let after = lag(self.to, self.units);
        if self.marker && rate < 90_000 || after.abs() <= (ms / 4.0).max(50.0) {
            return Cause::Sender;
        }
        let later = lag(self.later.0, self.later.1);
        match after > 0.0 && later <= after / 2.0 {
            true => Cause::Late,
            false => Cause::Unknown,
        }
    }
}

/// The pauses of one stream.
#[derive(Debug, Clone, Default)]
pub struct Pauses {
    kept: Vec<Pause>,
    /// The one that is watched, and the timestamp before it.
    watched: Option<(usize, i64)>,
}

impl Pauses {
    /// A packet came, `ms` after the one before.
    pub(super) fn packet(&mut self, ms: f64, at: Time, units: i64, pause: impl FnOnce() -> Pause) {
        if let Some((place, base)) = self.watched
            && let Some(watched) = self.kept.get_mut(place)
        {
            watched.later = (at, units - base);
            if at.since(watched.to) >= WATCHED_NS {
                self.watched = None;
            }
        }
        if ms >= SHORTEST_MS {
            let pause = pause();
            self.keep(pause, units - pause.units);
        }
    }

    /// A number came behind a later one.
    pub(super) fn came(&mut self, number: i64) {
        let over = |pause: &&mut Pause| pause.numbers.0 < number && number < pause.numbers.1;
        if let Some(pause) = self.kept.iter_mut().find(over) {
            pause.came += 1;
        }
    }

    fn keep(&mut self, pause: Pause, base: i64) {
        let place = match self.kept.len() < MOST {
            true => {
                self.kept.push(pause);
                self.kept.len() - 1
            }
            false => {
                let weight = |pause: &Pause| (pause.skipped > 0, pause.to.since(pause.from));
                let least = (0..self.kept.len()).min_by_key(|at| weight(&self.kept[*at]));
                let Some(least) = least.filter(|at| weight(&self.kept[*at]) < weight(&pause)) else {
                    self.watched = None;
                    return;
                };
                self.kept[least] = pause;
                least
            }
        };
        self.watched = Some((place, base));
    }

    /// The pauses that were kept, by time.
    #[must_use]
    pub fn kept(&self) -> Vec<Pause> {
        let mut all = self.kept.clone();
        all.sort_by_key(|pause| pause.from);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: i64) -> Time {
        Time(ms * 1_000_000)
    }

    /// Packets at these milliseconds with these media times, in milliseconds of a clock of 8 kHz; the pause is before
    /// the second.
    fn cause(packets: &[(i64, i64)], skipped: u64, marker: bool) -> Cause {
        let mut pauses = Pauses::default();
        let mut last = packets[0];
        for &(at, media) in &packets[1..] {
            let (from, units) = (ms(last.0), (media - last.1) * 8);
            pauses.packet((at - last.0) as f64, ms(at), media * 8, || Pause {
                from,
                to: ms(at),
                before: Frame::default(),
                after: Frame::default(),
                skipped,
                came: 0,
                numbers: (0, 0),
                units,
                marker,
                later: (ms(at), units),
            });
            last = (at, media);
        }
        pauses.kept()[0].cause(20.0, Some(8_000))
    }

    #[test]
    fn silence_that_is_not_sent_moves_the_clock() {
        assert_eq!(cause(&[(0, 0), (400, 400), (420, 420)], 0, false), Cause::Sender);
        assert_eq!(cause(&[(0, 0), (5843, 5900), (5863, 5920)], 0, true), Cause::Sender);
        // One packet of comfort noise lost in a long silence makes it no outage.
        assert_eq!(cause(&[(0, 0), (800, 800), (820, 820)], 1, false), Cause::Sender);
    }

    #[test]
    fn numbers_that_are_missing_are_lost() {
        assert_eq!(cause(&[(0, 0), (400, 400), (420, 420)], 19, false), Cause::Lost);
    }

    #[test]
    fn numbers_that_come_after_all_were_late() {
        let mut pauses = Pauses::default();
        pauses.packet(400.0, ms(400), 3200, || Pause {
            from: ms(0),
            to: ms(400),
            before: Frame::default(),
            after: Frame::default(),
            skipped: 19,
            came: 0,
            numbers: (10, 30),
            units: 3200,
            marker: false,
            later: (ms(400), 3200),
        });
        let cause = |pauses: &Pauses| pauses.kept()[0].cause(20.0, Some(8_000));
        assert_eq!((cause(&pauses), pauses.kept()[0].missing()), (Cause::Lost, 19));
        (11..26).chain([9, 30, 31]).for_each(|number| pauses.came(number));
        assert_eq!((cause(&pauses), pauses.kept()[0].missing()), (Cause::Late, 4));
    }

    #[test]
    fn what_comes_all_at_once_afterwards_was_late() {
        let mut packets = vec![(0, 0)];
        packets.extend((1..=20).map(|n| (400 + n / 10, n * 20)));
        packets.extend((21..=40).map(|n| (n * 20, n * 20)));
        assert_eq!(cause(&packets, 0, false), Cause::Late);
    }

    #[test]
    fn a_sender_whose_clock_stood_still_is_not_told_from_a_longer_way() {
        let mut packets = vec![(0, 0)];
        packets.extend((1..=80).map(|n| (980 + n * 20, n * 20)));
        assert_eq!(cause(&packets, 0, false), Cause::Unknown);
        assert_eq!(cause(&packets, 0, true), Cause::Sender);
    }

    #[test]
    fn pauses_with_losses_are_kept_before_longer_ones() {
        let mut pauses = Pauses::default();
        let pause = |n: i64, skipped| Pause {
            from: ms(n * 1000),
            to: ms(n * 1000 + if skipped > 0 { 150 } else { 500 + n }),
            before: Frame::default(),
            after: Frame::default(),
            skipped,
            came: 0,
            numbers: (n * 10, n * 10 + 4),
            units: 0,
            marker: false,
            later: (ms(0), 0),
        };
        pauses.packet(150.0, ms(0), 0, || pause(0, 3));
        for n in 1..500 {
            pauses.packet(500.0, ms(n * 1000), 0, || pause(n, 0));
        }
        let kept = pauses.kept();
        assert_eq!((kept.len(), kept[0].skipped, kept[1].from), (MOST, 3, ms(437_000)));
    }
}
