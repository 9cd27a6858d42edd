//! To restart ICE, both credentials change (RFC 8839 §4.4.1.1.1).

use super::restart::renewed;
use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Findings, LintRule, Pair, Side};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP405",
        name: "ice-half-restart",
        severity: Severity::Error,
        summary: "a later offer has a new `ice-ufrag` with the old `ice-pwd`, or the reverse",
        explain: include_str!("ice_half_restart.md"),
        refs: &["RFC 8839 §4.4.1.1.1"],
        since: "0.1.0",
    },
    checks: &[Check::Update(check)],
};

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    for one in renewed(pair) {
        let pushed = match (one.is_new_ufrag(), one.is_new_pwd) {
            (true, false) => findings
                .push(one.ufrag.span, "`ice-ufrag` is new, and `ice-pwd` is still the old one")
                .also(one.pwd, "as before")
                .also_in(Side::First, one.old_ufrag.span, "what it was"),
            (false, true) => findings
                .push(one.pwd, "`ice-pwd` is new, and `ice-ufrag` is still the old one")
                .also(one.ufrag.span, "as before")
                .also_in(Side::First, one.old_pwd, "what it was"),
            _ => continue,
        };
        pushed.evidence("m_lines", one.m_lines).help(
            "to restart ICE, choose both anew; to go on without a restart, repeat both as they were in the offer before",
        );
    }
}
