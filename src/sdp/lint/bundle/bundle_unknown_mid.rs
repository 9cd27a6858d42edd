//! Every `mid` in a BUNDLE group is that of an m-line (RFC 5888 §6).

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};
use crate::sdp::text::Span;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP501",
        name: "bundle-unknown-mid",
        severity: Severity::Error,
        summary: "a BUNDLE group names an m-line that does not exist",
        explain: include_str!("bundle_unknown_mid.md"),
        refs: &["RFC 5888 §6", "RFC 9143 §5", "RFC 9143 §7.2"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    let nameless = nameless(description);
    for group in description.head().groups().filter(|group| group.is_bundle()) {
        for mid in group.mids.iter().filter(|mid| description.media_by_mid(mid.value).is_none()) {
            let finding = findings.push(mid.span, format!("BUNDLE names mid `{mid}`, which no m-line has"));
            match nameless {
                Some(span) => finding
                    .also(span, "this m-line has no `a=mid`")
                    .help(format!("add `a=mid:{mid}` below that m-line, or drop `{mid}` from the group")),
                None => finding.help(format!(
                    "add `a=mid:{mid}` below the m-line that is meant, or drop `{mid}` from the group"
                )),
            };
        }
    }
}

/// The m-line without a `mid`, if there is exactly one: it is the one that is meant.
fn nameless(description: &Description<'_>) -> Option<Span> {
    let mut without = description.media().filter(|media| !media.section().has("mid"));
    let first = without.next()?;
    without.next().is_none().then(|| first.line().value.span)
}
