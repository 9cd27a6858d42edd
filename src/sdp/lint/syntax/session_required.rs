//! `o=`, `s=` and `t=` must be there (RFC 8866 §5.2, §5.3, §5.9).

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};
use crate::sdp::text::{Line, Span};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP105",
        name: "session-required",
        severity: Severity::Warning,
        summary: "a line is missing that every description must have",
        explain: include_str!("session_required.md"),
        refs: &["RFC 8866 §5.2", "RFC 8866 §5.3", "RFC 8866 §5.9", "RFC 8866 §9", "RFC 9429 §5.8"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

/// Each line, what it says, and after which lines it stands.
const REQUIRED: [(char, &str, &str, &str); 3] = [
    ('o', "who made this", "o=- 20518 0 IN IP4 203.0.113.1", "v"),
    ('s', "the name of the session", "s=-", "vo"),
    ('t', "when the session is", "t=0 0", "vosiuepcb"),
];

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    let severity = description.unreadable_is();
    let text = description.text();
    let head = &text.lines()[description.head().lines.clone()];
    for (kind, meaning, example, after) in REQUIRED {
        if head.iter().any(|line| line.kind == Some(kind)) {
            continue;
        }
        let comes_before = |line: &&Line| line.kind.is_some_and(|kind| after.contains(kind));
        let place = match head.iter().rfind(comes_before) {
            Some(line) => line.span.after(),
            None => text
                .lines()
                .first()
                .map_or(Span::default(), |line| Span::new(line.span.start, line.span.start)),
        };
        findings
            .push(place, format!("the `{kind}=` line is missing: {meaning}"))
            .severity(severity)
            .help(format!("add `{example}` on a line of its own after this one"));
    }
    for line in head.iter().filter(|line| line.kind == Some('s') && line.span.end == line.value.start) {
        findings
            .push(line.span.after(), "`s=` is empty")
            .severity(severity)
            .help("write `s=-` for a session without a name");
    }
}
