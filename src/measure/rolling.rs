//! Quantiles of any number of durations in bounded memory.

use std::time::Duration;

use super::distribution::{self, Distribution, milliseconds};

/// Values below this many microseconds have a bucket each; above, each doubling has as many as half of it.
const EXACT: u64 = 1 << BITS;
const BITS: u32 = 9;
/// Larger values count as this one: a day and a quarter.
const MOST: u64 = (1 << 37) - 1;

/// Durations by size, as an HDR histogram keeps them.
///
/// `n`, `min` and `max` are exact. Quantiles are by nearest rank and exact to the microsecond up to 0.5 ms; above, they
/// are at most 0.4 % too large, never too small. It takes 60 KiB at most, however many durations are added.
#[derive(Debug, Clone, Default)]
pub struct Rolling {
    buckets: Vec<u64>,
    n: u64,
    min: Option<Duration>,
    max: Duration,
}

impl Rolling {
    /// Takes one more.
    pub fn add(&mut self, duration: Duration) {
        let at = bucket(microseconds(duration));
        if self.buckets.len() <= at {
            self.buckets.resize(at + 1, 0);
        }
        self.buckets[at] += 1;
        self.n += 1;
        self.min = Some(self.min.map_or(duration, |min| min.min(duration)));
        self.max = self.max.max(duration);
    }

    /// Takes what another has.
    pub fn merge(&mut self, other: &Self) {
        if self.buckets.len() < other.buckets.len() {
            self.buckets.resize(other.buckets.len(), 0);
        }
        for (own, others) in self.buckets.iter_mut().zip(&other.buckets) {
            *own += others;
        }
        self.n += other.n;
        self.min = self.min.into_iter().chain(other.min).min();
        self.max = self.max.max(other.max);
    }

    /// How they are spread; `None` of none.
    pub fn distribution(&self) -> Option<Distribution> {
        let min = self.min?;
        Some(Distribution {
            n: usize::try_from(self.n).unwrap_or(usize::MAX),
            min_ms: milliseconds(min),
            median_ms: self.quantile(50),
            p95_ms: self.quantile(95),
            p99_ms: self.quantile(99),
            max_ms: milliseconds(self.max),
            bins: self.bins(min),
        })
    }

    /// As the buckets have it: what one of them holds counts as its largest.
    fn bins(&self, min: Duration) -> Vec<(f64, f64, u64)> {
        let filled = self.buckets.iter().enumerate().filter(|(_, count)| **count > 0);
        let value = |at| milliseconds(Duration::from_micros(top(at)).clamp(min, self.max));
        distribution::bins(filled.map(|(at, count)| (value(at), *count)))
    }

    fn quantile(&self, percent: u64) -> f64 {
        let rank = (self.n * percent).div_ceil(100).max(1);
        let mut below = 0;
        for (at, count) in self.buckets.iter().enumerate() {
            below += count;
            if below >= rank {
                let top = Duration::from_micros(top(at));
                return milliseconds(top.clamp(self.min.unwrap_or_default(), self.max));
            }
        }
        milliseconds(self.max)
    }
}

/// Rounded, as [`milliseconds`] does.
fn microseconds(duration: Duration) -> u64 {
    let rounded = (duration.as_nanos() + 500) / 1000;
    u64::try_from(rounded).unwrap_or(MOST).min(MOST)
}

fn bucket(us: u64) -> usize {
    if us < EXACT {
        return us as usize;
    }
    // The leading bits of a number are its place among those of its size.
    let size = us.ilog2() - (BITS - 1);
    let place = us >> size;
    (EXACT + u64::from(size - 1) * (EXACT / 2) + (place - EXACT / 2)) as usize
}

/// The largest value of a bucket.
fn top(at: usize) -> u64 {
    let at = at as u64;
    if at < EXACT {
        return at;
    }
    let size = (at - EXACT) / (EXACT / 2) + 1;
    let place = (at - EXACT) % (EXACT / 2) + EXACT / 2;
    ((place + 1) << size) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_in_a_bucket_that_is_no_more_than_four_thousandths_too_large() {
        let mut last = 0;
        for us in (0..20_000).chain((20_000..MOST).step_by(98_765_432)).chain([MOST]) {
            let at = bucket(us);
            assert!(at >= last, "{us}");
            last = at;
            assert!(top(at) >= us, "{us} is above {}", top(at));
            assert!((top(at) - us) as f64 <= us as f64 * 0.004, "{us} is far below {}", top(at));
            assert!(us >= EXACT || top(at) == us, "{us}");
        }
        assert!(last < 7680, "{last}: more than 60 KiB");
    }

    #[test]
    fn agrees_with_the_exact_quantiles() {
        // A spread over five orders of size, by a recipe that is no chance.
        let durations: Vec<Duration> =
            (0..5000u64).map(|n| Duration::from_micros(20 + (n * 7919 % 5000).pow(2))).collect();
        let exact = Distribution::of(durations.iter().copied()).unwrap();
        let (mut first, mut second) = (Rolling::default(), Rolling::default());
        for (n, duration) in durations.into_iter().enumerate() {
            if n % 3 == 0 { first.add(duration) } else { second.add(duration) }
        }
        first.merge(&second);
        let rolling = first.distribution().unwrap();
        assert_eq!((rolling.n, rolling.min_ms, rolling.max_ms), (exact.n, exact.min_ms, exact.max_ms));
        let pairs = [
            (rolling.median_ms, exact.median_ms),
            (rolling.p95_ms, exact.p95_ms),
            (rolling.p99_ms, exact.p99_ms),
        ];
        for (rolling, exact) in pairs {
            assert!(rolling >= exact && rolling <= exact * 1.004, "{rolling} for {exact}");
        }
    }

    #[test]
    fn none_have_no_quantiles_and_one_is_all_of_them() {
        assert_eq!(Rolling::default().distribution(), None);
        let mut one = Rolling::default();
        one.add(Duration::from_nanos(70_001_499));
        let of = one.distribution().unwrap();
        assert_eq!((of.min_ms, of.median_ms, of.p99_ms, of.max_ms), (70.001, 70.001, 70.001, 70.001));
    }
}
