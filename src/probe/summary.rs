//! A whole run: facts, findings, candidates, and the verdict.

use serde::Serialize;

use super::diagnose::{self, Context};
use super::facts::{EndpointFacts, Observation, SecurityFacts, TargetFacts};
use super::metrics;
use super::plan::{Options, Target};
use super::{candidates, capabilities, configured, security};
use crate::finding::{Exit, FailOn, Finding, Severity, Verdict};
use crate::ice::candidate::Candidate;
use crate::metric::{Judgement, Metric, Threshold};
use crate::nat::NatFacts;
use crate::turnserver;

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

/// The result of a run: `probe/1`.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
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
    /// What lies between this machine and the servers (`--nat`), one entry an address family.
    pub nat: Option<Vec<NatFacts>>,
    /// All findings, the gravest first.
    pub findings: Vec<Finding>,
    /// How each `--max` came out.
    pub thresholds: Vec<Judgement>,
    /// The user stopped it.
    pub interrupted: bool,
    /// What the server's configuration says, where one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turnserver_conf: Option<turnserver::Report>,
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
            let context = Context {
                target,
                now_unix: seen.ended_unix,
                timeout_s: options.timeout.as_secs_f64(),
                needs_bps: options.needs_bps,
                pace: options.pace,
                security: options.audits.security,
                min_days: options.min_days,
                relay_family: options.relay_family,
            };
            for endpoint in &mut facts.endpoints {
                let server = endpoint.server().ip();
                if let Some(seen) = &mut endpoint.security {
                    seen.denied_peer_ip = security::lines(seen, server);
                }
                endpoint.findings = diagnose::endpoint(endpoint, context);
                endpoint.works = diagnose::works(endpoint, target.turn);
                endpoint.capabilities = capabilities::of(endpoint);
            }
            facts.findings = diagnose::target(facts, context);
        }
        diagnose::together(&mut seen.targets, targets, seen.ended_unix);
        for (at, finding) in diagnose::udp_blocked(&seen.targets) {
            seen.targets[at].findings.push(finding);
        }
        for (at, finding) in diagnose::other_addresses(seen.nat.as_deref().unwrap_or_default(), &seen.targets)
        {
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
        let learnt = (!options.audits.security || examined(&seen.targets))
            && (options.audits.nat.is_none() || told(seen.nat.as_deref().unwrap_or_default()));
        if !conclusive(&seen.targets) || !learnt {
            exit = exit.and(Exit::CouldNotTell);
        }
        if seen.interrupted {
            exit = exit.and(Exit::Interrupted);
        }
        Self {
            verdict: Verdict::of(exit, worst(&findings)),
            exit,
            took_ms: seen.took_ms,
            targets: seen.targets,
            candidates,
            nat: seen.nat,
            findings,
            thresholds,
            interrupted: seen.interrupted,
            turnserver_conf: None,
            metrics,
            verbosity: judge.verbosity,
        }
    }

    /// A configuration alone: nothing was sent.
    pub fn of_configuration(report: turnserver::Report, judge: &Judge) -> Self {
        let nothing = Self {
            verdict: Verdict::Pass,
            exit: Exit::Healthy,
            took_ms: 0.0,
            targets: Vec::new(),
            candidates: Vec::new(),
            findings: Vec::new(),
            thresholds: Vec::new(),
            interrupted: false,
            nat: None,
            turnserver_conf: None,
            metrics: Vec::new(),
            verbosity: judge.verbosity,
        };
        nothing.beside(report, judge)
    }

    /// Adds what is wrong with the server's configuration, behind what was seen of the same severity.
    #[must_use]
    pub fn beside(mut self, report: turnserver::Report, judge: &Judge) -> Self {
        self.findings.extend(report.findings.iter().cloned());
        configured::explain(&mut self, &report);
        self.exit = self.exit.and(judge.fail_on.exit(&report.findings));
        self.verdict = Verdict::of(self.exit, worst(&self.findings));
        self.turnserver_conf = Some(report);
        self
    }
}

/// Findings are sorted, the worst first.
pub(super) fn worst(findings: &[Finding]) -> Option<Severity> {
    findings.first().map(|finding| finding.severity)
}

/// Whether every target was looked at: each required endpoint to its end, and at least one at all.
fn conclusive(targets: &[TargetFacts]) -> bool {
    targets.iter().all(|target| {
        let stopped = target.endpoints.iter().any(|endpoint| endpoint.required && endpoint.stopped);
        let looked = target.endpoints.iter().any(|endpoint| endpoint.required && endpoint.skipped.is_none());
        // What does not work and has no error is not understood, and not healthy either.
        let error = |e: &EndpointFacts| e.findings.iter().any(|finding| finding.severity == Severity::Error);
        let unexplained = target.endpoints.iter().any(|e| e.required && e.works == Some(false) && !error(e));
        let told = target.findings.iter().any(|finding| finding.severity == Severity::Error);
        !stopped && !unexplained && (looked || told)
    })
}

/// Whether the NAT tests told anything in any address family.
pub(super) fn told(nat: &[NatFacts]) -> bool {
    nat.iter().any(NatFacts::is_told)
}

/// Whether of each server that was to relay something is known of what strangers may do there.
fn examined(targets: &[TargetFacts]) -> bool {
    let endpoints = || targets.iter().flat_map(|target| &target.endpoints);
    let answered = |security: &SecurityFacts| security.peers.iter().any(|peer| peer.state != "unanswered");
    let seen = |endpoint: &&EndpointFacts| endpoint.security.as_ref().is_some_and(answered);
    let known: Vec<_> = endpoints().filter(seen).map(EndpointFacts::identity).collect();
    let mut relays = targets.iter().filter(|target| target.turn);
    relays.all(|target| target.endpoints.iter().any(|endpoint| known.contains(&endpoint.identity())))
}

#[cfg(test)]
mod tests;
