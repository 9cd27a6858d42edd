//! No two m-lines have the same `mid` (RFC 5888 §4).

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP503",
        name: "duplicate-mid",
        severity: Severity::Error,
        summary: "two m-lines have the same name",
        explain: include_str!("duplicate_mid.md"),
        refs: &["RFC 5888 §4"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    for media in description.media() {
        let Some(mid) = media.mid() else { continue };
        let first = description.media_by_mid(mid.value).filter(|first| first.index() != media.index());
        let Some(taken) = first.and_then(|first| first.mid()) else { continue };
        findings
            .push(mid.span, format!("mid `{mid}` is that of another m-line already"))
            .also(taken.span, "first used here")
            .help(format!("give this m-line another name than `{mid}`, here and in `a=group`"));
    }
}
