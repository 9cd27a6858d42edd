//! The session id stays (RFC 3264 §8).

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Findings, LintRule, Pair, Side};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP709",
        name: "session-id-changed",
        severity: Severity::Warning,
        summary: "a later offer has another session id than the one before",
        explain: include_str!("session_id_changed.md"),
        refs: &["RFC 3264 §8", "RFC 9429 §5.2.2"],
        since: "0.1.0",
    },
    checks: &[Check::Update(check)],
};

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    let [older, newer] = [pair.first(), pair.second()].map(|one| one.head().origin);
    let Some((older, newer)) = older.zip(newer) else { return };
    if older.session_id.value != newer.session_id.value {
        findings
            .push(newer.session_id.span, "the session id is not that of the offer before")
            .also_in(Side::First, older.session_id.span, "what it was")
            .help(format!(
                "repeat the `o=` line, with the version one higher: session id `{}`; if these are two sessions, \
                 nothing is wrong",
                older.session_id
            ));
    }
}
