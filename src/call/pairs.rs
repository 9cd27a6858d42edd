//! Many calls side by side over one path, told as one.

use std::time::Duration;

use serde::Serialize;

use super::facts::{Delays, Failure, MediaFacts, OneWay, PathFacts, RoundTrips, merged, percent};
use super::rating::rate;
use super::series::SeriesFacts;
use super::session::Call;
use crate::measure::{Distribution, Rolling};

/// How many pairs of ends called each other at the same time, and how many of them got through.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct PairsFacts {
    /// Pairs that were asked for.
    pub asked: usize,
    /// Pairs whose call came up, and stayed up.
    pub working: usize,
    /// From each one's start to when all of it was up, of those that were.
    pub setup: Option<Distribution>,
    /// What did not work, the most frequent first; the same is told once.
    pub failures: Vec<FailureFacts>,
}

/// What did not work, and how often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct FailureFacts {
    /// `ice`, `dtls`, `turn-auth` and their like.
    pub phase: String,
    /// Why, as far as is known, of the first that it happened to.
    pub reason: String,
    /// Pairs that it happened to.
    pub pairs: usize,
}

/// What one pair came to, with all that is needed to put it together with others.
#[derive(Debug)]
pub struct Pair {
    facts: PathFacts,
    channel: Rolling,
    rtcp: Rolling,
    stun: Rolling,
    one_way: Delays,
}

impl Pair {
    /// What `call` measured, whose `facts` these are.
    pub fn new(call: &Call, facts: PathFacts) -> Self {
        let whole = |parts: &mut dyn Iterator<Item = &Rolling>| {
            let mut whole = Rolling::default();
            parts.for_each(|part| whole.merge(part));
            whole
        };
        Self {
            channel: whole(&mut call.pings.iter().map(|pings| &pings.round_trips)),
            rtcp: whole(&mut call.sides.iter().map(|side| &side.rtcp)),
            stun: whole(&mut call.sides.iter().map(|side| &side.stun)),
            one_way: Delays::of(call),
            facts,
        }
    }

    /// The pair alone.
    pub fn alone(self) -> PathFacts {
        self.facts
    }
}

impl PathFacts {
    /// All pairs of one path as one: round trips, delays, loss, rates and counts of the channel are those of all together,
    /// jitter and lateness those of the worst. What is of one call (phases, streams, handshake, relays, what was done on
    /// purpose) is that of the first that failed, or else of the slowest to come up. `None` of no pairs.
    pub fn of_pairs(mut pairs: Vec<Pair>) -> Option<Self> {
        let mut delays = Delays::default();
        pairs.iter_mut().for_each(|pair| delays.merge(std::mem::take(&mut pair.one_way)));
        let together = PairsFacts::of(&pairs);
        let all = || pairs.iter().map(|pair| &pair.facts);
        let streams = || all().flat_map(|facts| &facts.media);
        let one_way = OneWay::of(&delays);
        let rtt = RoundTrips {
            channel: merged(pairs.iter().map(|pair| &pair.channel)),
            rtcp: merged(pairs.iter().map(|pair| &pair.rtcp)),
            stun: merged(pairs.iter().map(|pair| &pair.stun)),
        };
        let sum = |of: fn(&MediaFacts) -> u64| streams().map(of).sum::<u64>();
        let loss_pct = percent(sum(|s| s.lost), sum(|s| s.sent) - sum(|s| s.under_way));
        let worst = |of: fn(&Self) -> Option<f64>| all().filter_map(of).reduce(f64::max);
        let (jitter_ms, late) = (worst(|path| path.jitter_ms), worst(|path| Some(path.sent_late_ms)));
        let (setup_ms, cut_off_ms) = (worst(|path| path.setup_ms), worst(|path| path.cut_off_ms));
        let bitrate_bps = all().filter_map(|path| path.bitrate_bps).reduce(|a, b| a + b);
        let channel = |of: fn(&Self) -> u32| all().map(of).fold(0, u32::saturating_add);
        let (asked, sent, answered) = (
            channel(|path| path.channel.pings_asked),
            channel(|path| path.channel.pings),
            channel(|path| path.channel.answered),
        );
        let rates = all().filter_map(|path| path.throughput.as_ref());
        let throughput = rates.cloned().reduce(|mut whole, one| {
            whole.bps = whole.bps.into_iter().chain(one.bps).reduce(|a, b| a + b);
            whole.sent_bytes += one.sent_bytes;
            whole.received_bytes += one.received_bytes;
            whole
        });
        let lost_here = all().map(|path| path.lost_here).sum();
        let series = SeriesFacts::together(all().map(|path| &path.series));
        let started = all().filter_map(|path| path.start_unix_s).reduce(f64::min);

        let failed = pairs.iter().position(|pair| pair.facts.failure.is_some());
        let failed = failed.or_else(|| pairs.iter().position(|pair| !pair.facts.works));
        let slowest = || {
            let setup = |at: &usize| pairs[*at].facts.setup_ms.unwrap_or(0.0);
            (0..pairs.len()).max_by(|a, b| setup(a).total_cmp(&setup(b)))
        };
        let shown = failed.or_else(slowest)?;
        let count = pairs.len();
        let mut path = pairs.into_iter().nth(shown)?.facts;
        path.failure = path.failure.map(|Failure { phase, reason }| {
            let times: usize = together.failures.iter().map(|failure| failure.pairs).sum();
            Failure { phase, reason: format!("{times} of {count} pairs failed: {reason}") }
        });
        path.setup_ms = setup_ms.filter(|_| path.works);
        path.rating = path.rating.and(one_way.slower()).map(|(_, delay)| rate(delay.median_ms));
        path.start_unix_s = started;
        path.sent_late_ms = late.unwrap_or(path.sent_late_ms);
        (path.channel.pings_asked, path.channel.pings, path.channel.answered) = (asked, sent, answered);
        Some(Self {
            cut_off_ms,
            rtt,
            one_way,
            loss_pct,
            jitter_ms,
            bitrate_bps,
            throughput,
            lost_here,
            series,
            pairs: Some(together),
            ..path
        })
    }
}

impl PairsFacts {
    fn of(pairs: &[Pair]) -> Self {
        let working = || pairs.iter().map(|pair| &pair.facts).filter(|path| path.works);
        let setups = working().filter_map(|path| path.setup_ms);
        let mut failures: Vec<FailureFacts> = Vec::new();
        for Failure { phase, reason } in pairs.iter().filter_map(|pair| pair.facts.failure.as_ref()) {
            match failures.iter_mut().find(|known| known.phase == *phase) {
                Some(known) => known.pairs += 1,
                None => {
                    failures.push(FailureFacts { phase: phase.clone(), reason: reason.clone(), pairs: 1 })
                }
            }
        }
        failures.sort_by_key(|failure| std::cmp::Reverse(failure.pairs));
        Self {
            asked: pairs.len(),
            working: working().count(),
            setup: Distribution::of(setups.map(|ms| Duration::from_secs_f64(ms / 1e3))),
            failures,
        }
    }
}
