//! Delay that goes up and down: straight lines between random points that are so far apart that no packet overtakes another.

use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// A delay over time, between `-most` and `most`.
#[derive(Debug)]
pub(super) struct Swing {
    most: Duration,
    seed: u64,
    start: Option<Instant>,
    /// Which point was passed last, that one and the next, from -1 to 1.
    between: (u64, f64, f64),
}

impl Swing {
    /// The same seed gives the same delays, counted from the first packet.
    pub(super) fn new(most: Duration, seed: u64) -> Self {
        let mut new = Self { most, seed, start: None, between: (0, 0.0, 0.0) };
        new.between = new.points(0);
        new
    }

    /// What is added to `base` at `now`; together never less than nothing.
    pub(super) fn delay(&mut self, base: Duration, now: Instant) -> Duration {
        if self.most.is_zero() {
            return base;
        }
        let since = now.saturating_duration_since(*self.start.get_or_insert(now));
        // From one point to the next it changes by twice the most at most, in as much time: who was sent later arrives later.
        let place = since.as_secs_f64() / (2.0 * self.most.as_secs_f64());
        if place as u64 != self.between.0 {
            self.between = self.points(place as u64);
        }
        let (_, from, to) = self.between;
        let part = from + (to - from) * place.fract();
        let swing = self.most.mul_f64(part.abs());
        if part < 0.0 { base.saturating_sub(swing) } else { base + swing }
    }

    fn points(&self, at: u64) -> (u64, f64, f64) {
        let point = |at: u64| {
            let mut from = [0x5a; 32];
            from[..8].copy_from_slice(&self.seed.to_be_bytes());
            from[8..16].copy_from_slice(&at.to_be_bytes());
            StdRng::from_seed(from).random::<f64>() * 2.0 - 1.0
        };
        (at, point(at), point(at + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn it_goes_up_and_down_by_as_much_as_asked_for_and_nothing_overtakes() {
        let (start, mut swing) = (Instant::now(), Swing::new(10 * MS, 7));
        let sent: Vec<Instant> = (0..100_000).map(|n| start + MS / 4 * n).collect();
        let delays: Vec<Duration> = sent.iter().map(|at| swing.delay(50 * MS, *at)).collect();
        let arrived: Vec<Instant> = sent.iter().zip(&delays).map(|(at, delay)| *at + *delay).collect();
        assert!(arrived.windows(2).all(|pair| pair[1] + Duration::from_nanos(10) >= pair[0]));
        let mut sorted = delays.clone();
        sorted.sort();
        assert!(sorted[0] >= 40 * MS && sorted[0] < 41 * MS, "{:?}", sorted[0]);
        assert!(sorted[99_999] <= 60 * MS && sorted[99_999] > 59 * MS, "{:?}", sorted[99_999]);
        assert!(sorted[50_000].abs_diff(50 * MS) < MS, "{:?}", sorted[50_000]);
        // Of packets that are 20 ms apart, as those of audio.
        let steps = delays.chunks(80).map(|chunk| chunk[0]).collect::<Vec<_>>();
        let mean = steps.windows(2).map(|pair| pair[0].abs_diff(pair[1])).sum::<Duration>() / 1249;
        assert!((4 * MS..8 * MS).contains(&mean), "{mean:?}");
    }

    #[test]
    fn a_delay_is_never_less_than_none_and_the_seed_decides() {
        let start = Instant::now();
        let run = |seed| {
            let mut swing = Swing::new(10 * MS, seed);
            (0..1000).map(|n| swing.delay(5 * MS, start + n * MS)).collect::<Vec<_>>()
        };
        assert!(run(1).contains(&Duration::ZERO));
        assert!(run(1) == run(1) && run(1) != run(2));
    }
}
