//! The rounds of one endpoint over time, in bounded memory.

use std::time::Duration;

use serde::Serialize;

use super::standing::Standing;
use crate::measure::{Join, Mean, Rows};

/// One endpoint over time.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub(super) struct SeriesFacts {
    /// How long an interval is: of a long watch that of several rounds.
    pub(super) interval_s: f64,
    /// From the first round on; none is left out.
    pub(super) intervals: Vec<IntervalFacts>,
}

/// The rounds that began in one interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub(super) struct IntervalFacts {
    /// When it begins, from the first round on.
    pub(super) at_s: f64,
    pub(super) passed: u64,
    pub(super) failed: u64,
    pub(super) unknown: u64,
    /// Of the rounds' round trips, each the middle of the slower path; `null` where none came back.
    pub(super) rtt_mean_ms: Option<f64>,
    /// The longest of them.
    pub(super) rtt_max_ms: Option<f64>,
    /// Packets on the paths through the relay, both ways.
    pub(super) sent: u64,
    pub(super) lost: u64,
}

/// What is counted while it goes on.
#[derive(Debug, Clone)]
pub(super) struct Series(Rows<Row>);

#[derive(Debug, Clone, Copy, Default)]
struct Row {
    passed: u64,
    failed: u64,
    unknown: u64,
    rtt: Mean,
    sent: u64,
    lost: u64,
}

impl Join for Row {
    fn join(&mut self, behind: &Self) {
        self.passed += behind.passed;
        self.failed += behind.failed;
        self.unknown += behind.unknown;
        self.rtt.join(&behind.rtt);
        self.sent += behind.sent;
        self.lost += behind.lost;
    }
}

impl Series {
    /// Of rounds that are to begin so far apart.
    pub(super) fn new(every: Duration) -> Self {
        Self(Rows::new(every))
    }

    /// Takes a round that began at `since`; `paths`: packets sent, and received.
    pub(super) fn take(
        &mut self,
        since: Duration,
        standing: Standing,
        rtt_ms: Option<f64>,
        (sent, received): (u64, u64),
    ) {
        let row = self.0.at(since);
        match standing {
            Standing::Pass => row.passed += 1,
            Standing::Fail => row.failed += 1,
            Standing::Unknown => row.unknown += 1,
        }
        if let Some(rtt) = rtt_ms.and_then(|ms| Duration::try_from_secs_f64(ms / 1e3).ok()) {
            row.rtt.add(rtt);
        }
        row.sent += sent;
        row.lost += sent.saturating_sub(received);
    }

    pub(super) fn facts(&self) -> SeriesFacts {
        let interval_s = self.0.every().as_secs_f64();
        let interval = |(n, row): (usize, &Row)| IntervalFacts {
            at_s: (n as f64 * interval_s * 1e3).round() / 1e3,
            passed: row.passed,
            failed: row.failed,
            unknown: row.unknown,
            rtt_mean_ms: row.rtt.mean_ms(),
            rtt_max_ms: row.rtt.max_ms(),
            sent: row.sent,
            lost: row.lost,
        };
        SeriesFacts { interval_s, intervals: self.0.iter().enumerate().map(interval).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_is_where_it_was_and_has_no_round_trip() {
        let mut series = Series::new(Duration::from_secs(1));
        for second in 0..10u64 {
            let fails = (4..6).contains(&second);
            let standing = if fails { Standing::Fail } else { Standing::Pass };
            let received = if fails { 0 } else { 10 };
            series.take(Duration::from_secs(second), standing, (!fails).then_some(2.5), (10, received));
        }
        let facts = series.facts();
        let failed: Vec<f64> =
            facts.intervals.iter().filter(|interval| interval.failed > 0).map(|i| i.at_s).collect();
        assert_eq!(failed, [4.0, 5.0]);
        assert_eq!((facts.intervals[4].rtt_mean_ms, facts.intervals[4].lost), (None, 10));
        assert_eq!((facts.intervals[6].rtt_max_ms, facts.intervals[6].lost), (Some(2.5), 0));
    }
}
