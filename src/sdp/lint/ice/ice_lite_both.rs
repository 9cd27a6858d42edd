//! Where both sides are lite, nobody checks connectivity (RFC 8445 §6.1.1).

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Findings, LintRule, Pair, Side};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP407",
        name: "ice-lite-both",
        severity: Severity::Warning,
        summary: "both sides only answer connectivity checks",
        explain: include_str!("ice_lite_both.md"),
        refs: &["RFC 8445 §6.1.1", "RFC 8839 §5.3"],
        since: "0.1.0",
    },
    checks: &[Check::Answer(check)],
};

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    let [first, second] = [pair.first(), pair.second()].map(|side| side.head().first("ice-lite"));
    if let (Some(first), Some(second)) = (first, second) {
        findings
            .push(second.span(), "both sides are `ice-lite`, so no connectivity check is ever sent")
            .also_in(Side::First, first.span(), "the offer")
            .help("let one side speak full ICE; both lite works only where both have public addresses");
    }
}
