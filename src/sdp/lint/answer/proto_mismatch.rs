//! The answer has the transport of the offer (RFC 9429 §5.3.1).

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Findings, LintRule, Pair, Side};
use crate::sdp::pairing::pairs;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP704",
        name: "proto-mismatch",
        severity: Severity::Error,
        summary: "an m-line has another transport in the answer than in the offer",
        explain: include_str!("proto_mismatch.md"),
        refs: &["RFC 3264 §6", "RFC 9429 §5.3.1"],
        since: "0.1.0",
    },
    checks: &[Check::Answer(check)],
};

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    for media in pairs(pair.first(), pair.second()).filter(|media| media.is_of_one_kind() && media.is_live())
    {
        let (Some(first), Some(second)) = (media.offer.line().protocol, media.answer.line().protocol) else {
            continue;
        };
        if first.eq_ignore_ascii_case(second.value) {
            continue;
        }
        let finding = findings
            .push(second.span, format!("`{first}` is offered, and `{second}` answered"))
            .also_in(Side::First, first.span, "the offer")
            .help(format!("write `{first}`"));
        if is_same_by_another_name(first.value, second.value) {
            finding.severity(Severity::Info);
        } else if profile(first.value) == profile(second.value) {
            // Feedback or not: peers that cannot have it answer without, and get on.
            finding.severity(Severity::Warning);
        }
    }
}

/// Names that browsers have used for the same thing.
fn is_same_by_another_name(first: &str, second: &str) -> bool {
    const NAMES: [&[&str]; 2] = [&["RTP/SAVPF", "UDP/TLS/RTP/SAVPF"], &["DTLS/SCTP", "UDP/DTLS/SCTP"]];
    NAMES.iter().any(|names| names.contains(&first) && names.contains(&second))
}

/// Without the `F` of feedback.
fn profile(protocol: &str) -> &str {
    protocol.strip_suffix("AVPF").map_or(protocol, |_| &protocol[..protocol.len() - 1])
}
