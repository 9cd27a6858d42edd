//! All candidates are there, and none of them is a relay (RFC 8445 §2.1).

use super::{has_ended, transports};
use crate::finding::{Rule, Severity};
use crate::ice::kind::Kind;
use crate::sdp::attribute::Candidate;
use crate::sdp::lint::{Check, Description, Findings, LintRule};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP410",
        name: "no-relay-candidate",
        severity: Severity::Info,
        summary: "all candidates are gathered, and there is no relay among them",
        explain: include_str!("no_relay_candidate.md"),
        refs: &["RFC 8445 §2.1", "RFC 8838 §13", "RFC 8840 §8.2"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    // Whoever does no more than answer checks is a server that everybody reaches.
    if description.head().has("ice-lite") {
        return;
    }
    for media in transports(description) {
        let candidates: Vec<_> = media.section().candidates().collect();
        let has_relay = candidates.iter().any(|candidate| candidate.known_kind() == Some(Kind::Relay));
        let [first, ..] = candidates[..] else { continue };
        if has_relay || !has_ended(media) || candidates.iter().any(is_server) {
            continue;
        }
        findings
            .push(
                first.kind.span,
                "all candidates are here, and none is `relay`: where a firewall blocks the direct way, there is no other",
            )
            .help("give the peer connection a TURN server; `rtcscope probe` tells whether one gives relays")
            .evidence("candidates", candidates.len());
    }
}

/// Whether it is an address that is reached as it is: of a server, not of a host behind a NAT.
fn is_server(candidate: &&Candidate<'_>) -> bool {
    candidate.known_kind() == Some(Kind::Host)
        && candidate.ip().is_some_and(|ip| match ip {
            std::net::IpAddr::V4(ip) => !ip.is_private() && !ip.is_loopback() && !ip.is_link_local(),
            std::net::IpAddr::V6(_) => false,
        })
}
