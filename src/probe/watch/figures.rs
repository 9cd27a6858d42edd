//! What the rounds of one endpoint were like, in bounded memory.

use std::time::Duration;

use serde::Serialize;

use super::round::{Allocation, PathCount, Seen};
use super::standing::{Standing, loss};
use crate::measure::{Distribution, Rolling, milliseconds};

/// One path over all rounds.
#[derive(Debug, Clone, Default)]
pub(super) struct Path {
    pub(super) sent: u64,
    pub(super) received: u64,
    pub(super) rtt: Rolling,
    pub(super) jitter_ms: Option<f64>,
}

impl Path {
    fn take(&mut self, count: &PathCount) {
        self.sent += count.sent;
        self.received += count.received;
        count.round_trips.iter().for_each(|rtt| self.rtt.add(*rtt));
        self.jitter_ms = self.jitter_ms.into_iter().chain(count.jitter_ms).reduce(f64::max);
    }

    pub(super) fn loss_pct(&self) -> Option<f64> {
        loss(self.sent, self.received)
    }

    /// As JSON has it; `None` where nothing was sent.
    pub(super) fn totals(&self) -> Option<PathTotals> {
        (self.sent > 0).then(|| PathTotals {
            sent: self.sent,
            received: self.received,
            loss_pct: self.loss_pct(),
            jitter_max_ms: self.jitter_ms,
            rtt: self.rtt.distribution(),
        })
    }
}

/// One path over the whole watch.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub(super) struct PathTotals {
    pub(super) sent: u64,
    pub(super) received: u64,
    pub(super) loss_pct: Option<f64>,
    /// The largest of the rounds' jitters.
    pub(super) jitter_max_ms: Option<f64>,
    pub(super) rtt: Option<Distribution>,
}

/// One endpoint over all rounds.
#[derive(Debug, Clone, Default)]
pub(super) struct Figures {
    pub(super) passed: u64,
    pub(super) failed: u64,
    pub(super) unknown: u64,
    /// Time that passed from rounds that passed, and from rounds that failed, to the next.
    up: Duration,
    down: Duration,
    last: Option<(Duration, Standing)>,
    pub(super) outages: u64,
    outage: Option<Duration>,
    longest: Duration,
    pub(super) allocations: u64,
    pub(super) binding: Path,
    pub(super) inbound: Path,
    pub(super) outbound: Path,
}

impl Figures {
    /// Takes what a round that began at `since` saw.
    pub(super) fn take(&mut self, since: Duration, standing: Standing, seen: &Seen) {
        self.until(since);
        self.last = Some((since, standing));
        match standing {
            Standing::Pass => self.passed += 1,
            Standing::Fail => self.failed += 1,
            Standing::Unknown => self.unknown += 1,
        }
        match (standing, self.outage) {
            (Standing::Fail, None) => {
                self.outages += 1;
                self.outage = Some(since);
            }
            (Standing::Pass, Some(_)) => self.outage = None,
            _ => {}
        }
        self.allocations += u64::from(seen.allocation == Some(Allocation::Made));
        if let Some(binding) = &seen.facts.binding {
            self.binding.sent += u64::from(binding.sent);
            self.binding.received += u64::from(binding.received);
        }
        if let Some(rtt) = seen.binding_rtt {
            self.binding.rtt.add(rtt);
        }
        self.inbound.take(&seen.inbound);
        self.outbound.take(&seen.outbound);
    }

    /// What a round found holds until the next one, or until the watch ends at `since`.
    pub(super) fn until(&mut self, since: Duration) {
        let Some((from, standing)) = self.last else { return };
        match standing {
            Standing::Pass => self.up += since.saturating_sub(from),
            Standing::Fail => self.down += since.saturating_sub(from),
            Standing::Unknown => {}
        }
        if let Some(outage) = self.outage {
            self.longest = self.longest.max(since.saturating_sub(outage));
        }
        self.last = Some((since, standing));
    }

    /// The part of the time that is known about in which it worked, in percent, never rounded up to 100.
    pub(super) fn uptime_pct(&self) -> Option<f64> {
        let known = (self.up + self.down).as_secs_f64();
        let percent = 100.0 * self.up.as_secs_f64() / known;
        (known > 0.0).then(|| (percent * 1000.0).floor() / 1000.0)
    }

    pub(super) fn longest_outage_ms(&self) -> f64 {
        milliseconds(self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::facts::EndpointFacts;
    use crate::probe::plan::Transport;

    fn seen() -> Seen {
        let facts = EndpointFacts::new("192.0.2.1:3478".parse().unwrap(), Transport::Udp, true);
        let path = PathCount {
            sent: 5,
            received: 4,
            round_trips: vec![Duration::from_millis(2); 4],
            jitter_ms: None,
        };
        Seen { inbound: path, allocation: Some(Allocation::Made), ..Seen::of(facts) }
    }

    #[test]
    fn time_counts_for_what_the_round_before_it_found() {
        let mut figures = Figures::default();
        let rounds = [
            (0, Standing::Pass),
            (10, Standing::Fail),
            (15, Standing::Unknown),
            (17, Standing::Fail),
            (20, Standing::Pass),
            (40, Standing::Fail),
        ];
        for (second, standing) in rounds {
            figures.take(Duration::from_secs(second), standing, &seen());
        }
        figures.until(Duration::from_secs(44));
        // Up 10 + 20, down 5 + 3 + 4; what is unknown is neither, and ends no outage.
        assert_eq!(figures.uptime_pct(), Some(71.428));
        assert_eq!((figures.outages, figures.longest_outage_ms()), (2, 10_000.0));
        assert_eq!((figures.passed, figures.failed, figures.unknown), (2, 3, 1));
        assert_eq!(figures.allocations, 6);
        let inbound = figures.inbound.totals().unwrap();
        assert_eq!((inbound.sent, inbound.received, inbound.loss_pct), (30, 24, Some(20.0)));
        assert_eq!(inbound.rtt.unwrap().n, 24);
        assert_eq!(figures.outbound.totals(), None);
    }

    #[test]
    fn an_uptime_is_a_hundred_only_without_any_failure() {
        let mut figures = Figures::default();
        figures.take(Duration::ZERO, Standing::Fail, &seen());
        figures.take(Duration::from_millis(1), Standing::Pass, &seen());
        figures.until(Duration::from_secs(86_400));
        assert_eq!(figures.uptime_pct(), Some(99.999));
        assert_eq!(Figures::default().uptime_pct(), None);
    }
}
