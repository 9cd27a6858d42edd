//! Quantiles of a set of durations.

use std::time::Duration;

use serde::Serialize;

/// How durations are spread. Quantiles are by nearest rank: each is a value that was measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
        })
    }
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
}
