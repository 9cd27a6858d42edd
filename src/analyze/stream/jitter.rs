//! Interarrival jitter (RFC 3550 §6.4.1, A.8), at several clock rates at once: which one is right may show later.

use super::clock::{RATES, SET_ANEW_SECONDS};
use crate::capture::{Frame, Time};

/// One more than those that show is for what SDP says.
const ALL: usize = RATES.len() + 1;

/// The running estimates J += (|D| - J) / 16, and what became of them.
#[derive(Debug, Clone, Copy)]
pub struct Jitter {
    /// The rate that is followed, once it is clear which one that is.
    only: Option<usize>,
    counted: u64,
    last: Option<(f64, i64)>,
    lanes: Lanes,
    jumps: [Jumps; ALL],
}

/// The estimate at each rate, in seconds. Field by field, so that several lanes are computed at once.
#[derive(Debug, Clone, Copy)]
struct Lanes {
    /// Seconds of a unit: multiplied with many times faster than divided by.
    unit: [f64; ALL],
    now: [f64; ALL],
    sum: [f64; ALL],
    most: [f64; ALL],
    /// In Hz; 0 where it is none: such figures are never asked for.
    rate: [u32; ALL],
}

impl Lanes {
    fn new(rate: [u32; ALL]) -> Self {
        let unit = rate.map(|rate| 1.0 / f64::from(rate.max(1)));
        Self { unit, now: [0.0; ALL], sum: [0.0; ALL], most: [0.0; ALL], rate }
    }

    /// How far arrival and media are apart at this rate. Beyond [`SET_ANEW_SECONDS`], timestamps were set anew, which says
    /// nothing of the way.
    #[inline(always)]
    fn step(&mut self, at: usize, arrival: f64, media: f64) -> f64 {
        let d = (arrival - media * self.unit[at]).abs();
        let now = self.now[at] + if d > SET_ANEW_SECONDS { 0.0 } else { (d - self.now[at]) / 16.0 };
        self.now[at] = now;
        self.sum[at] += now;
        // Nothing here is NaN, of which `max` would have to think.
        self.most[at] = if now > self.most[at] { now } else { self.most[at] };
        d
    }

    /// The same at all rates: the farthest.
    fn step_all(&mut self, arrival: f64, media: f64) -> f64 {
        let mut farthest = [0.0; ALL];
        for (at, farthest) in farthest.iter_mut().enumerate() {
            *farthest = self.step(at, arrival, media);
        }
        farthest.into_iter().fold(0.0, |most, d| if d > most { d } else { most })
    }
}

/// How often the timestamps were set anew, or stood while time went on: by more than any queue could be long.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Jumps {
    /// How often.
    pub count: u32,
    /// The first packet behind the first of them: when it came, and which it was.
    pub first: Option<(Time, Frame)>,
}

/// A jitter over a whole stream, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JitterMs {
    /// Of the estimates after each packet.
    pub mean: f64,
    /// The highest of them.
    pub max: f64,
    /// The one after the last packet: what a receiver would report.
    pub last: f64,
}

impl Jitter {
    /// With the rate that is known, if it is.
    #[must_use]
    pub fn new(known: Option<u32>) -> Self {
        let mut rates = [0; ALL];
        let other = known.filter(|rate| !RATES.contains(rate));
        rates.iter_mut().zip(RATES.into_iter().chain(other)).for_each(|(lane, rate)| *lane = rate);
        Self { only: None, counted: 0, last: None, lanes: Lanes::new(rates), jumps: [Jumps::default(); ALL] }
    }

    /// Takes a packet: its arrival in seconds, and its timestamp in units, both since any fixed moment.
    pub fn packet(&mut self, seconds: f64, units: i64, at: Time, frame: Frame) {
        let Some((last_seconds, last_units)) = self.last.replace((seconds, units)) else { return };
        let (arrival, media) = (seconds - last_seconds, (units - last_units) as f64);
        self.counted += 1;
        let apart = match self.only {
            Some(only) => self.lanes.step(only, arrival, media),
            None => self.lanes.step_all(arrival, media),
        };
        if apart > SET_ANEW_SECONDS {
            self.jumped(arrival, media, (at, frame));
        }
    }

    /// From now on `rate` alone is followed, where it is one of those that were: the others have nothing more to say.
    pub(super) fn settle(&mut self, rate: u32) {
        self.only = self.place(rate).or(self.only);
    }

    #[cold]
    fn jumped(&mut self, arrival: f64, media: f64, packet: (Time, Frame)) {
        for (jumps, unit) in self.jumps.iter_mut().zip(self.lanes.unit) {
            if (arrival - media * unit).abs() > SET_ANEW_SECONDS {
                jumps.count = jumps.count.saturating_add(1);
                jumps.first.get_or_insert(packet);
            }
        }
    }

    /// How often the timestamps were set anew, as it shows at the clock of `rate` Hz; nothing for a rate that was not
    /// followed.
    #[must_use]
    pub fn jumps(&self, rate: u32) -> Jumps {
        self.place(rate).map_or_else(Jumps::default, |at| self.jumps[at])
    }

    /// The stream began anew: the next packet says nothing about the one before.
    pub fn interrupt(&mut self) {
        self.last = None;
    }

    /// Over the whole stream, at the clock of `rate` Hz. `None` before the second packet, and for a rate that was not
    /// followed.
    #[must_use]
    pub fn at(&self, rate: u32) -> Option<JitterMs> {
        let at = self.place(rate).filter(|_| self.counted > 0)?;
        let ms = |seconds: f64| seconds * 1e3;
        let mean = ms(self.lanes.sum[at] / self.counted as f64);
        Some(JitterMs { mean, max: ms(self.lanes.most[at]), last: ms(self.lanes.now[at]) })
    }

    /// Whether figures at `rate` Hz are kept.
    #[must_use]
    pub fn follows(&self, rate: u32) -> bool {
        self.place(rate).is_some()
    }

    /// Raises each of these to the running estimate, in seconds, of its rate.
    pub(super) fn raise(&self, highest: &mut Estimates) {
        let raise = |(highest, now): (&mut f32, &f64)| {
            let now = *now as f32;
            *highest = if now > *highest { now } else { *highest };
        };
        match self.only {
            Some(only) => raise((&mut highest[only], &self.lanes.now[only])),
            None => highest.iter_mut().zip(&self.lanes.now).for_each(raise),
        }
    }

    /// Where `rate` stands among the rates followed.
    #[must_use]
    pub(super) fn place(&self, rate: u32) -> Option<usize> {
        let place = self.lanes.rate.iter().position(|known| *known == rate && rate > 0)?;
        self.only.is_none_or(|only| only == place).then_some(place)
    }
}

/// One estimate for each rate followed.
pub(super) type Estimates = [f32; ALL];

#[cfg(test)]
mod tests {
    use super::*;

    fn take(jitter: &mut Jitter, seconds: f64, units: i64) {
        jitter.packet(seconds, units, Time((seconds * 1e9) as i64), Frame::default());
    }

    #[test]
    fn follows_the_formula_at_each_rate() {
        let mut jitter = Jitter::new(Some(12_000));
        for (arrived_ms, sent_ms) in [(10, 0), (30, 20), (66, 40), (70, 60)] {
            take(&mut jitter, f64::from(arrived_ms) / 1e3, sent_ms * 48);
        }
        // D: 0, 16, -16 ms; J: 0, 1, 1 + 15/16 ms.
        let found = jitter.at(48_000).unwrap();
        assert!((found.last - 1.9375).abs() < 1e-9 && (found.max - 1.9375).abs() < 1e-9, "{found:?}");
        assert!((found.mean - 2.9375 / 3.0).abs() < 1e-9, "{found:?}");
        assert!(jitter.at(8_000).unwrap().last > 10.0);
        assert!(
            jitter.follows(12_000)
                && jitter.follows(44_100)
                && !jitter.follows(0)
                && jitter.at(22_051).is_none()
        );
    }

    #[test]
    fn once_it_is_clear_which_rate_is_right_the_others_are_unknown() {
        let (mut all, mut one) = (Jitter::new(None), Jitter::new(None));
        for n in 0..100 {
            if n == 50 {
                one.settle(48_000);
            }
            let arrived = f64::from(n) * 0.02 + f64::from(n * 7 % 5) * 0.001;
            take(&mut all, arrived, i64::from(n) * 960);
            take(&mut one, arrived, i64::from(n) * 960);
        }
        assert_eq!(one.at(48_000), all.at(48_000));
        assert!(one.at(8_000).is_none() && all.at(8_000).is_some());
    }

    #[test]
    fn a_constant_delay_is_none_and_one_packet_is_unknown() {
        let mut jitter = Jitter::new(None);
        take(&mut jitter, 0.15, 0);
        assert_eq!(jitter.at(8_000), None);
        (1..100).for_each(|n| take(&mut jitter, 0.15 + f64::from(n) * 0.02, i64::from(n) * 160));
        assert!(jitter.at(8_000).unwrap().max < 1e-9);
    }

    #[test]
    fn timestamps_that_are_set_anew_are_counted_and_are_no_jitter() {
        let mut jitter = Jitter::new(None);
        for n in 0..100_i32 {
            // A jump of eight hours at 1 s, a hold of 10 s with timestamps that stand at 1.5 s.
            let units = i64::from(n) * 160 + if n >= 50 { 230_400_000 } else { 0 };
            take(&mut jitter, f64::from(n) * 0.02 + if n >= 75 { 10.0 } else { 0.0 }, units);
        }
        assert!(jitter.at(8_000).unwrap().max < 1e-6, "{:?}", jitter.at(8_000));
        let jumps = jitter.jumps(8_000);
        assert_eq!((jumps.count, jumps.first.map(|(at, _)| at)), (2, Some(Time(1_000_000_000))));
        assert_eq!(jitter.jumps(12_345), Jumps::default());
    }
}
