//! Quantiles of a set of durations.

use std::time::Duration;

use serde::Serialize;

/// How durations are spread. Quantiles are by nearest rank: each is a value that was measured.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Distribution {
    /// How many were measured.
    pub n: usize,
    /// The smallest, in milliseconds, to the microsecond like all that follow.
    pub min_ms: f64,
    /// The middle one (the lower of two).
    pub median_ms: f64,
    /// 95 % are no larger.
    pub p95_ms: f64,
    /// 99 % are no larger.
    pub p99_ms: f64,
    /// The largest.
    pub max_ms: f64,
    /// From, to, how many: equal steps from the smallest to the largest, to be drawn. Empty where they differ too
    /// little.
    #[serde(skip)]
    pub bins: Vec<(f64, f64, u64)>,
}

impl Distribution {
    /// Of these durations; `None` of none.
    pub fn of(durations: impl IntoIterator<Item = Duration>) -> Option<Self> {
        let mut sorted: Vec<Duration> = durations.into_iter().collect();
        sorted.sort_unstable();
        let quantile = |percent: usize| {
            let rank = (sorted.len() * percent).div_ceil(100).max(1);
            sorted.get(rank - 1).copied().map(milliseconds)
        };
        Some(Self {
            n: sorted.len(),
            min_ms: sorted.first().copied().map(milliseconds)?,
            median_ms: quantile(50)?,
            p95_ms: quantile(95)?,
            p99_ms: quantile(99)?,
            max_ms: quantile(100)?,
            bins: bins(sorted.iter().map(|duration| (milliseconds(*duration), 1))),
        })
    }
}

/// Equal steps from the smallest to the largest of numbers in order, each with how often it came: twice the square
/// root of how many there are, as for a histogram.
pub(super) fn bins(sorted: impl Iterator<Item = (f64, u64)>) -> Vec<(f64, f64, u64)> {
    const MOST: usize = 40;
    let sorted: Vec<(f64, u64)> = sorted.collect();
    let (Some((from, _)), Some((to, _))) = (sorted.first(), sorted.last()) else { return Vec::new() };
    let (from, span) = (*from, to - from);
    let n = sorted.iter().map(|(_, count)| count).sum::<u64>();
    // What is smaller than the resolution is no spread.
    let count = (2 * n.isqrt() as usize).clamp(4, MOST).min((span * 1000.0).round() as usize);
    if n < 2 || count == 0 {
        return Vec::new();
    }
    let step = span / count as f64;
    let mut bins: Vec<(f64, f64, u64)> =
        (0..count).map(|n| (from + n as f64 * step, from + (n + 1) as f64 * step, 0)).collect();
    for (value, times) in sorted {
        let at = ((value - from) / step) as usize;
        bins[at.min(count - 1)].2 += times;
    }
    bins
}

/// Milliseconds with three decimals: the resolution is one microsecond.
pub fn milliseconds(duration: Duration) -> f64 {
    (duration.as_nanos() as f64 / 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_values_that_were_measured() {
        let one_to_hundred = (1..=100).rev().map(Duration::from_millis);
        let of = Distribution::of(one_to_hundred).unwrap();
        assert_eq!((of.n, of.min_ms, of.median_ms, of.p95_ms), (100, 1.0, 50.0, 95.0));
        assert_eq!((of.p99_ms, of.max_ms), (99.0, 100.0));
        let of = Distribution::of([Duration::from_nanos(1_234_567)]).unwrap();
        assert_eq!((of.min_ms, of.p99_ms), (1.235, 1.235));
        assert_eq!(Distribution::of([]), None);
    }

    #[test]
    fn bins_hold_everything_once_from_the_smallest_to_the_largest() {
        let of = Distribution::of((1..=100).map(Duration::from_millis)).unwrap();
        assert_eq!((of.bins.len(), of.bins[0].0, of.bins[19].1), (20, 1.0, 100.0));
        assert!(of.bins.iter().all(|bin| (4..=6).contains(&bin.2)), "{:?}", of.bins);
        assert_eq!(of.bins.iter().map(|bin| bin.2).sum::<u64>(), 100);
        assert_eq!(Distribution::of([Duration::from_millis(5); 3]).unwrap().bins, []);
    }
}
