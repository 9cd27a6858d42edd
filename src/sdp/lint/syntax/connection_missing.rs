//! `c=` stands at the session level, or below every m-line (RFC 8866 §5.7).

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP106",
        name: "connection-missing",
        severity: Severity::Warning,
        summary: "an m-line has no `c=`, and neither has the session",
        explain: include_str!("connection_missing.md"),
        refs: &["RFC 8866 §5.7", "RFC 8866 §9"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    let lines = description.text().lines();
    // Also one that cannot be read, of which `line-syntax` tells.
    let has = |range: std::ops::Range<usize>| lines[range].iter().any(|line| line.kind == Some('c'));
    if has(description.head().lines.clone()) {
        return;
    }
    for media in description.media().filter(|media| !has(media.section().lines.clone())) {
        findings
            .push(media.line().value.span, "this m-line has no `c=` line, and neither has the session")
            .help("add `c=IN IP4 0.0.0.0` below the m-line where ICE or RTSP finds the address, or the address itself");
    }
}
