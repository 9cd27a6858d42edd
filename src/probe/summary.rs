//! A whole run: facts, findings, candidates, and the verdict.

use serde::Serialize;

use super::diagnose::{self, Context};
use super::facts::{Observation, TargetFacts};
use super::metrics;
use super::plan::{Options, Target};
use super::{candidates, capabilities};
use crate::finding::{Exit, FailOn, Finding, Severity};
use crate::ice::candidate::Candidate;
use crate::metric::{Judgement, Metric, Threshold};

/// What a run is held against.
#[derive(Debug, Clone, Default)]
pub struct Judge {
    /// `--fail-on`.
    pub fail_on: FailOn,
    /// `--max`.
    pub thresholds: Vec<Threshold>,
    /// `-v`: how much of the detail the text shows.
    pub verbosity: u8,
}

/// The verdict in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Everything asked for works.
    Pass,
    /// It works, and something should be looked at.
    Warn,
    /// Something asked for does not work.
    Fail,
    /// It cannot be told from here.
    Inconclusive,
}

/// The result of a run: `probe/1`.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// In a word.
    pub verdict: Verdict,
    /// What the process exits with.
    pub exit: Exit,
    /// The whole run.
    pub took_ms: f64,
    /// One entry a target.
    pub targets: Vec<TargetFacts>,
    /// As on the Trickle ICE page.
    pub candidates: Vec<Candidate>,
    /// All findings, the gravest first.
    pub findings: Vec<Finding>,
    /// How each `--max` came out.
    pub thresholds: Vec<Judgement>,
    /// The user stopped it.
    pub interrupted: bool,
    #[serde(skip)]
    pub(super) metrics: Vec<Metric>,
    #[serde(skip)]
    pub(super) verbosity: u8,
}

impl Summary {
    /// Judges what was seen. `targets` are those of the plan, in the same order.
    pub fn new(mut seen: Observation, targets: &[Target], options: &Options, judge: &Judge) -> Self {
        let candidates = candidates::gather(&seen, options.relay_only);
        for (facts, target) in seen.targets.iter_mut().zip(targets) {
            let context =
                Context { target, now_unix: seen.ended_unix, timeout_s: options.timeout.as_secs_f64() };
            for endpoint in &mut facts.endpoints {
                endpoint.findings = diagnose::endpoint(endpoint, context);
                endpoint.capabilities = capabilities::of(endpoint);
            }
            facts.findings = diagnose::target(facts, context);
        }
        for (at, finding) in diagnose::udp_blocked(&seen.targets) {
            seen.targets[at].findings.push(finding);
        }
        let mut findings: Vec<Finding> = seen
            .targets
            .iter()
            .flat_map(|t| t.findings.iter().chain(t.endpoints.iter().flat_map(|e| &e.findings)))
            .cloned()
            .collect();
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        let metrics = metrics::of(&seen.targets);
        let thresholds: Vec<Judgement> =
            judge.thresholds.iter().flat_map(|threshold| threshold.judge(&metrics)).collect();

        let mut exit = judge.fail_on.exit(&findings);
        for judgement in &thresholds {
            exit = exit.and(judgement.exit());
        }
        if !conclusive(&seen.targets) {
            exit = exit.and(Exit::CouldNotTell);
        }
        if seen.interrupted {
            exit = exit.and(Exit::Interrupted);
        }
        let verdict = match exit {
            Exit::Failed => Verdict::Fail,
            Exit::Healthy if findings.iter().any(|f| f.severity >= Severity::Warning) => Verdict::Warn,
            Exit::Healthy => Verdict::Pass,
            Exit::Interrupted if findings.iter().any(|f| f.severity == Severity::Error) => Verdict::Fail,
            Exit::CouldNotTell | Exit::Interrupted | Exit::Usage => Verdict::Inconclusive,
        };
        Self {
            verdict,
            exit,
            took_ms: seen.took_ms,
            targets: seen.targets,
            candidates,
            findings,
            thresholds,
            interrupted: seen.interrupted,
            metrics,
            verbosity: judge.verbosity,
        }
    }
}

/// Whether every target was looked at: something of each required transport was tried to its end, or a
/// finding says why not.
fn conclusive(targets: &[TargetFacts]) -> bool {
    targets.iter().all(|target| {
        let explained =
            !target.findings.is_empty() || target.endpoints.iter().any(|e| !e.findings.is_empty());
        let tried =
            |e: &&super::facts::EndpointFacts| e.skipped.is_none() && diagnose::usable(e, target.turn);
        let stopped =
            target.endpoints.iter().any(|e| e.required && e.stopped && !diagnose::usable(e, target.turn));
        let unreached = target.endpoints.iter().filter(|e| e.required).all(|e| e.skipped.is_some());
        !stopped && !unreached && (explained || target.endpoints.iter().any(|e| tried(&e)))
    })
}
