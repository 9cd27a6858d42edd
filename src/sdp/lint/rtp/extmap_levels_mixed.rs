//! Header extensions are numbered all at the session level, or all below m-lines (RFC 8285 §5).

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP620",
        name: "extmap-levels-mixed",
        severity: Severity::Error,
        summary: "header extensions are numbered at the session level and below m-lines too",
        explain: include_str!("extmap_levels_mixed.md"),
        refs: &["RFC 8285 §5"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    let Some(first) = description.head().extmaps().next() else { return };
    let below = description.media().find_map(|media| media.section().extmaps().next());
    let Some(below) = below else { return };
    findings
        .push(first.id.span.to(first.uri.span), "this header extension has its number at the session level")
        .severity(description.unreadable_is())
        .also(below.id.span.to(below.uri.span), "and this one below its m-line")
        .help("move the `a=extmap` lines of the session level below each m-line that they are meant for");
}
