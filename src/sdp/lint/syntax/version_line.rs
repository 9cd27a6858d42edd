//! A description begins with `v=0` (RFC 8866 §5.1).

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};
use crate::sdp::text::Span;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP101",
        name: "version-line",
        severity: Severity::Error,
        summary: "the description does not begin with `v=0`",
        explain: include_str!("version_line.md"),
        refs: &["RFC 8866 §5.1", "RFC 8866 §9"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

const HELP: &str = "begin the description with the line `v=0`";

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    let text = description.text();
    let Some((_, first)) = description.lines().find(|(_, line)| !line.is_blank()) else {
        findings.push(Span::default(), "the description is empty").help(HELP);
        return;
    };
    if first.kind == Some('v') {
        let version = text.word(first.value);
        if version.value != "0" {
            findings
                .push(version.span, format!("the version of SDP is 0, not `{version}`"))
                .help("write `v=0`");
        }
        return;
    }
    findings.push(first.span, "the first line is not `v=0`").help(HELP);
}
