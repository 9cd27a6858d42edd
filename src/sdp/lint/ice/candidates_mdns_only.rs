//! Addresses that a browser hides behind names, and nothing else (draft-ietf-mmusic-mdns-ice-candidates).

use super::{has_ended, transports};
use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP411",
        name: "candidates-mdns-only",
        severity: Severity::Info,
        summary: "every candidate is a name of multicast DNS, which counts in one network only",
        explain: include_str!("candidates_mdns_only.md"),
        refs: &["draft-ietf-mmusic-mdns-ice-candidates"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    for media in transports(description) {
        let candidates: Vec<_> = media.section().candidates().collect();
        let [first, ..] = candidates[..] else { continue };
        let is_complete = has_ended(media) || !media.trickles();
        if is_complete && candidates.iter().all(|candidate| candidate.is_mdns()) {
            findings
                .push(
                    first.address.span,
                    "every candidate is a `.local` name, which nobody outside this network can resolve",
                )
                .help("give the peer connection a STUN and a TURN server, so that it has addresses to tell")
                .evidence("candidates", candidates.len());
        }
    }
}
