//! Durations, many of them: the extremes exactly, what is between them from a bounded part.

use serde::Serialize;

/// Durations kept for percentiles.
const MOST: usize = 1024;

/// Durations in milliseconds.
#[derive(Debug, Clone, Default)]
pub struct Latencies {
    n: u64,
    min: f64,
    max: f64,
    kept: Vec<f64>,
    /// One in so many is kept.
    stride: u64,
}

/// What there is to say of durations.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Latency {
    /// How many there were.
    pub n: u64,
    /// The shortest.
    pub min_ms: f64,
    /// Half were shorter.
    pub p50_ms: f64,
    /// One in twenty was longer.
    pub p95_ms: f64,
    /// The longest.
    pub max_ms: f64,
}

impl Latencies {
    /// Takes one more.
    pub fn push(&mut self, ms: f64) {
        (self.min, self.max) = match self.n {
            0 => (ms, ms),
            _ => (self.min.min(ms), self.max.max(ms)),
        };
        self.stride = self.stride.max(1);
        if self.n.is_multiple_of(self.stride) {
            if self.kept.len() == MOST {
                let mut at = 0;
                self.kept.retain(|_| {
                    at += 1;
                    at % 2 == 1
                });
                self.stride *= 2;
            }
            self.kept.push(ms);
        }
        self.n += 1;
    }

    /// What there is to say; `None` where there was none.
    #[must_use]
    pub fn summary(&self) -> Option<Latency> {
        let mut sorted = self.kept.clone();
        sorted.sort_by(f64::total_cmp);
        let at = |part: f64| sorted.get(((sorted.len() - 1) as f64 * part).round() as usize).copied();
        (self.n > 0).then_some(())?;
        Some(Latency { n: self.n, min_ms: self.min, p50_ms: at(0.5)?, p95_ms: at(0.95)?, max_ms: self.max })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_durations_take_no_more_room_than_some() {
        let mut latencies = Latencies::default();
        assert_eq!(latencies.summary(), None);
        (0..10_001).for_each(|n| latencies.push(f64::from(n)));
        assert!(latencies.kept.len() <= MOST);
        let summary = latencies.summary().unwrap();
        assert_eq!((summary.n, summary.min_ms, summary.max_ms), (10_001, 0.0, 10_000.0));
        assert!((summary.p50_ms - 5000.0).abs() < 100.0, "{summary:?}");
        assert!((summary.p95_ms - 9500.0).abs() < 100.0, "{summary:?}");
    }
}
