//! Many values in little memory: a pair of addresses has some, and a capture has thousands of pairs, where the buckets of
//! [`measure::Rolling`](crate::measure::Rolling) would be too much.

use serde::Serialize;

/// Values that are kept for quantiles: 8 KiB a set.
const KEPT: usize = 2048;

/// Some values over time, evenly thinned where there are too many; the last is always there.
#[derive(Debug, Clone)]
pub struct Thinned<T> {
    kept: Vec<T>,
    last: Option<T>,
    /// One in so many is kept: a power of two.
    every: u64,
    n: u64,
    most: usize,
}

impl<T: Copy> Thinned<T> {
    pub(super) fn new(most: usize) -> Self {
        Self { kept: Vec::new(), last: None, every: 1, n: 0, most: most.max(2) }
    }

    pub(super) fn push(&mut self, value: T) {
        if self.is_kept(self.n) {
            if self.kept.len() >= self.most {
                let mut n = 0u64;
                self.kept.retain(|_| {
                    n += 1;
                    n % 2 == 1
                });
                self.every <<= 1;
            }
            if self.is_kept(self.n) {
                self.kept.push(value);
            }
        }
        self.n += 1;
        self.last = Some(value);
    }

    fn is_kept(&self, n: u64) -> bool {
        n & (self.every - 1) == 0
    }

    /// How many there were.
    #[must_use]
    pub fn n(&self) -> u64 {
        self.n
    }

    /// The last.
    #[must_use]
    pub fn last(&self) -> Option<T> {
        self.last
    }

    /// Those that were kept, in order.
    pub fn iter(&self) -> impl Iterator<Item = T> + '_ {
        let last_is_kept = self.n > 0 && self.is_kept(self.n - 1);
        self.kept.iter().copied().chain(self.last.filter(|_| !last_is_kept))
    }
}

/// Durations: their extremes exactly, their quantiles from an even choice of them.
#[derive(Debug, Clone)]
pub(super) struct Spread {
    /// In microseconds.
    values: Thinned<u32>,
    min: u32,
    max: u32,
}

impl Default for Spread {
    fn default() -> Self {
        Self { values: Thinned::new(KEPT), min: u32::MAX, max: 0 }
    }
}

impl Spread {
    /// Takes nanoseconds; less than none is none, more than an hour is an hour and some.
    pub(super) fn add(&mut self, ns: i64) {
        let us = u32::try_from((ns.max(0).saturating_add(500)) / 1000).unwrap_or(u32::MAX);
        self.values.push(us);
        self.min = self.min.min(us);
        self.max = self.max.max(us);
    }

    /// `None` of none.
    pub(super) fn quantiles(&self) -> Option<Quantiles> {
        let mut sorted: Vec<u32> = self.values.iter().collect();
        sorted.sort_unstable();
        let ms = |us: u32| f64::from(us) / 1e3;
        let rank = |percent: usize| sorted.get((sorted.len() * percent).div_ceil(100).max(1) - 1);
        Some(Quantiles {
            n: self.values.n(),
            min_ms: ms(self.min),
            p50_ms: ms(*rank(50)?),
            p95_ms: ms(*rank(95)?),
            max_ms: ms(self.max),
        })
    }
}

/// How durations are spread, in milliseconds to the microsecond. Quantiles are by nearest rank.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Quantiles {
    /// How many.
    pub n: u64,
    /// The smallest.
    pub min_ms: f64,
    /// The middle one.
    pub p50_ms: f64,
    /// 95 % are no larger.
    pub p95_ms: f64,
    /// The largest.
    pub max_ms: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_is_even_and_keeps_the_last() {
        let mut thinned = Thinned::new(8);
        for n in 0..1000 {
            thinned.push(n);
        }
        let kept: Vec<i32> = thinned.iter().collect();
        assert_eq!(kept, [0, 128, 256, 384, 512, 640, 768, 896, 999]);
        assert_eq!((thinned.n(), thinned.last()), (1000, Some(999)));
        let mut few = Thinned::new(8);
        few.push(1);
        few.push(2);
        assert_eq!(few.iter().collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn quantiles_of_many_are_those_of_all() {
        let mut spread = Spread::default();
        assert_eq!(spread.quantiles(), None);
        for n in 0..100_000i64 {
            spread.add((n * 7919 % 100_000) * 1000);
        }
        let of = spread.quantiles().unwrap();
        assert_eq!((of.n, of.min_ms, of.max_ms), (100_000, 0.0, 99.999));
        assert!((of.p50_ms - 50.0).abs() < 2.0 && (of.p95_ms - 95.0).abs() < 2.0, "{of:?}");
    }
}
