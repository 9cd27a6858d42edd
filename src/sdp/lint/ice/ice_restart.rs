//! New credentials restart ICE (RFC 8839 §4.4.1.1.1).

use super::restart::renewed;
use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Findings, LintRule, Pair, Side};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP406",
        name: "ice-restart",
        severity: Severity::Info,
        summary: "a later offer restarts ICE",
        explain: include_str!("ice_restart.md"),
        refs: &["RFC 8839 §4.4.1.1.1"],
        since: "0.1.0",
    },
    checks: &[Check::Update(check)],
};

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    for one in renewed(pair).into_iter().filter(|one| one.is_new_ufrag() && one.is_new_pwd) {
        findings
            .push(one.ufrag.span, "`ice-ufrag` and `ice-pwd` are new: ICE restarts")
            .also_in(Side::First, one.old_ufrag.span, "what it was")
            .evidence("m_lines", one.m_lines)
            .help("nothing is wrong if that was meant; the answer must have new ones as well");
    }
}
