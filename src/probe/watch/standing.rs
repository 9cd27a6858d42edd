//! How an endpoint stands in one round.

use std::net::SocketAddr;

use serde::Serialize;

use super::round::{PathCount, Seen};
use crate::finding::{Finding, Severity};
use crate::measure::{Distribution, milliseconds};
use crate::probe::codes::RELAY_LOSSY;
use crate::probe::diagnose::{self, Context};
use crate::probe::plan::Transport;

/// How an endpoint stands in one round, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// All that was asked of it works.
    Pass,
    /// Something does not.
    Fail,
    /// It was not tried, or what was seen does not tell.
    Unknown,
}

impl Standing {
    /// As in the text.
    pub(super) fn word(self) -> &'static str {
        match self {
            Standing::Pass => "PASS",
            Standing::Fail => "FAIL",
            Standing::Unknown => "?",
        }
    }
}

/// One endpoint in one round, judged: an entry of `endpoints` in a round's JSON.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub(super) struct Judged {
    pub(super) target: String,
    pub(super) endpoint: SocketAddr,
    pub(super) transport: Transport,
    pub(super) required: bool,
    pub(super) verdict: Standing,
    /// Why it was not tried.
    pub(super) skipped: Option<String>,
    pub(super) allocation: Option<super::Allocation>,
    /// The connection is one of this round.
    #[serde(skip)]
    pub(super) made: bool,
    /// Our own address on it.
    #[serde(skip)]
    pub(super) local: Option<SocketAddr>,
    pub(super) reflexive: Option<SocketAddr>,
    pub(super) relay: Option<SocketAddr>,
    pub(super) binding_rtt_ms: Option<f64>,
    pub(super) inbound: Option<PathFigures>,
    pub(super) outbound: Option<PathFigures>,
    pub(super) findings: Vec<Finding>,
}

/// One path in one round.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub(super) struct PathFigures {
    pub(super) sent: u64,
    pub(super) received: u64,
    pub(super) loss_pct: Option<f64>,
    pub(super) rtt_median_ms: Option<f64>,
    pub(super) rtt_max_ms: Option<f64>,
    pub(super) jitter_ms: Option<f64>,
}

impl Judged {
    /// Judges what a round saw of one endpoint.
    pub(super) fn new(seen: &Seen, context: Context<'_>) -> Self {
        let mut facts = seen.facts.clone();
        facts.findings = diagnose::endpoint(&facts, context);
        // The few packets of a round prove no loss rate: that is judged over the whole watch. What is worth a note
        // was said by the probe at the start.
        facts.findings.retain(|f| f.severity > Severity::Info && f.code != RELAY_LOSSY.code);
        let error = facts.findings.iter().any(|finding| finding.severity == Severity::Error);
        let works = diagnose::works(&facts, context.target.turn);
        let broken = works == Some(false) && !facts.findings.is_empty();
        let verdict = match works {
            _ if error || broken => Standing::Fail,
            Some(true) => Standing::Pass,
            Some(false) | None => Standing::Unknown,
        };
        let binding = facts.binding.as_ref().and_then(|binding| binding.reflexive);
        Self {
            target: context.target.uri.clone(),
            endpoint: facts.addr,
            transport: facts.transport,
            required: facts.required,
            verdict,
            skipped: facts.skipped,
            allocation: seen.allocation,
            made: seen.made,
            local: facts.local,
            reflexive: binding.or(facts.allocate.and_then(|allocate| allocate.reflexive)),
            relay: facts.relay.address,
            binding_rtt_ms: seen.binding_rtt.map(milliseconds),
            inbound: PathFigures::of(&seen.inbound),
            outbound: PathFigures::of(&seen.outbound),
            findings: facts.findings,
        }
    }

    /// The figure of the line: the median round trip through the relay, or to the server where none is asked for.
    pub(super) fn rtt_ms(&self) -> Option<f64> {
        let paths = [&self.inbound, &self.outbound].into_iter().flatten();
        let slowest = paths.filter_map(|path| path.rtt_median_ms).reduce(f64::max);
        slowest.or(self.binding_rtt_ms)
    }

    /// Of both paths together.
    pub(super) fn loss_pct(&self) -> Option<f64> {
        let paths = || [&self.inbound, &self.outbound].into_iter().flatten();
        let (sent, received) = (paths().map(|p| p.sent).sum(), paths().map(|p| p.received).sum());
        loss(sent, received)
    }

    /// The gravest finding.
    pub(super) fn cause(&self) -> Option<&Finding> {
        self.findings.first()
    }
}

impl PathFigures {
    fn of(count: &PathCount) -> Option<Self> {
        let rtt = Distribution::of(count.round_trips.iter().copied());
        (count.sent > 0).then(|| Self {
            sent: count.sent,
            received: count.received,
            loss_pct: loss(count.sent, count.received),
            rtt_median_ms: rtt.as_ref().map(|rtt| rtt.median_ms),
            rtt_max_ms: rtt.as_ref().map(|rtt| rtt.max_ms),
            jitter_ms: count.jitter_ms,
        })
    }
}

/// In percent with two decimals; `None` of nothing.
pub(super) fn loss(sent: u64, received: u64) -> Option<f64> {
    let lost = sent.saturating_sub(received) as f64;
    (sent > 0).then(|| (lost * 10_000.0 / sent as f64).round() / 100.0)
}
