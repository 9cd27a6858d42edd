//! From what was seen to what it means: one file a stage, each a pure function of the facts.
//!
//! Codes decide, never a server's words. Where several causes look alike from here, the finding says so
//! by its confidence; a consequence of a fault already named is not a finding of its own.

mod allocate;
mod cap;
mod connect;
mod credentials;
mod hint;
mod nat;
mod quality;
mod refusal;
mod relay;
mod resolve;
mod security;
mod several;
mod time;
mod tls;
mod token;

pub use self::nat::other_addresses;
pub use self::quality::rate;
pub(super) use self::relay::{LOSSY_PCT, of_losses};
pub use self::several::together;
use super::facts::{EndpointFacts, TargetFacts};
use super::plan::{Target, Transport};
use crate::finding::{Finding, Location, Rule, Severity};
use crate::measure::Pace;
use crate::turn::Family;

/// What the facts alone do not say.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// What was asked for.
    pub target: &'a Target,
    /// When the run ended, Unix seconds.
    pub now_unix: u64,
    /// `--timeout`, in seconds, for messages.
    pub timeout_s: f64,
    /// As [`Options::needs_bps`](super::plan::Options::needs_bps).
    pub needs_bps: Option<u64>,
    /// What each relay path was sent.
    pub pace: Pace,
    /// `--security`: each server was asked, over one of its endpoints.
    pub security: bool,
    /// `--min-days`.
    pub min_days: i64,
    /// `--relay-family`: a relay of this family was asked for.
    pub relay_family: Option<Family>,
}

/// One endpoint's facts on their way to findings.
struct Case<'a> {
    facts: &'a EndpointFacts,
    context: Context<'a>,
    findings: Vec<Finding>,
}

impl Case<'_> {
    /// A finding about this endpoint.
    fn finding(&self, rule: &'static Rule, stage: &'static str) -> Finding {
        rule.finding(stage, self.context.target.uri.clone()).at(Location::Endpoint {
            endpoint: self.facts.addr.to_string(),
            transport: self.facts.transport.name(),
        })
    }

    /// A finding about the way to this endpoint: where nobody asked for it (TCP, for a `turn:` URI that
    /// names no transport), an error is a warning. What the server itself gets wrong stays an error.
    fn finding_on_the_way(&self, rule: &'static Rule, stage: &'static str) -> Finding {
        let finding = self.finding(rule, stage);
        match finding.severity {
            Severity::Error if !self.facts.required => finding.severity(Severity::Warning),
            _ => finding,
        }
    }

    fn push(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    fn turn(&self) -> bool {
        self.context.target.turn
    }

    /// The hints name coturn's options; those that depend on its version say which. To the owner of another
    /// server they say that they are coturn's.
    fn name_another_server(&mut self) {
        let binding = self.facts.binding.as_ref().and_then(|binding| binding.software.as_ref());
        let software = binding.or(self.facts.allocate.as_ref().and_then(|a| a.software.as_ref()));
        let software = software.map(String::as_str);
        self.findings.iter_mut().for_each(|finding| hint::for_server(finding, software));
    }

    /// The listener's name in words, e.g. `198.51.100.1:3478 over udp`.
    fn place(&self) -> String {
        format!("{} over {}", self.facts.addr, self.facts.transport.name())
    }
}

pub(super) use self::time::{ago as span, rfc3339};

/// What one endpoint's facts mean.
pub fn endpoint(facts: &EndpointFacts, context: Context<'_>) -> Vec<Finding> {
    if facts.skipped.is_some() {
        return Vec::new();
    }
    let mut case = Case { facts, context, findings: Vec::new() };
    tls::certificate(&mut case);
    connect::reached(&mut case);
    allocate::granted(&mut case);
    relay::carries(&mut case);
    quality::suffices(&mut case);
    security::strangers(&mut case);
    time::kept(&mut case);
    case.name_another_server();
    case.findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    case.findings
}

/// What a target's facts mean beyond those of its endpoints.
pub fn target(facts: &TargetFacts, context: Context<'_>) -> Vec<Finding> {
    resolve::names(facts, context)
}

/// Whether an endpoint did all that was asked of it, by what was seen and not by what was not: a server
/// that answered, no error, and for a relay data that passed. `None` where it was not tried.
pub fn works(facts: &EndpointFacts, turn: bool) -> Option<bool> {
    if facts.skipped.is_some() {
        return None;
    }
    let relay = &facts.relay;
    let carries =
        [&relay.inbound, &relay.outbound, &relay.hairpin].into_iter().flatten().any(|report| report.ok);
    // What strangers may do besides does not keep it from working.
    // A Binding that wants a login keeps nobody from a relay.
    let about_it = |finding: &&Finding| {
        finding.stage != security::STAGE && !(turn && finding.code == super::codes::STUN_AUTH_REQUIRED.code)
    };
    let broken = facts.findings.iter().filter(about_it).any(|finding| finding.severity == Severity::Error);
    Some(usable(facts, turn) && (carries || !turn) && !broken)
}

/// Whether an endpoint gave what was asked for, an allocation or an address.
pub fn usable(facts: &EndpointFacts, turn: bool) -> bool {
    match turn {
        true => facts.allocate.as_ref().is_some_and(|allocate| allocate.ok),
        false => facts.binding.as_ref().is_some_and(|binding| binding.ok),
    }
}

/// UDP that is silent everywhere while TCP or TLS works on the same host: a finding for each target
/// with such UDP endpoints.
pub fn udp_blocked(targets: &[TargetFacts]) -> Vec<(usize, Finding)> {
    let endpoints = || targets.iter().flat_map(|t| t.endpoints.iter().map(move |e| (t, e)));
    let silent = |e: &EndpointFacts| e.findings.iter().any(|f| f.code == super::codes::UDP_TIMEOUT.code);
    let mut found = Vec::new();
    for (at, target) in targets.iter().enumerate() {
        let tried = |e: &&EndpointFacts| e.transport == Transport::Udp && e.skipped.is_none();
        let mut udp = target.endpoints.iter().filter(tried).peekable();
        if udp.peek().is_none() || !udp.all(silent) {
            continue;
        }
        let hosts = |ip| target.endpoints.iter().any(|e| e.transport == Transport::Udp && e.addr.ip() == ip);
        let working: Vec<String> = endpoints()
            .filter(|(t, e)| e.transport.is_stream() && hosts(e.addr.ip()) && usable(e, t.turn))
            .map(|(_, e)| format!("{} over {}", e.addr, e.transport.name()))
            .collect();
        if working.is_empty() {
            continue;
        }
        let finding = super::codes::UDP_BLOCKED_TCP_OK
            .finding("binding", target.uri.clone())
            .message(format!("UDP is silent, while {} works on the same host", working.join(" and ")))
            .evidence("works", working)
            .help(
                "open UDP to the listening port on the way there, or give clients \
                 `turn:HOST?transport=tcp` and `turns:` URIs as well",
            );
        found.push((at, finding));
    }
    found
}

#[cfg(test)]
mod tests;
