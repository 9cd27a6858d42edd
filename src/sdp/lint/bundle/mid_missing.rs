//! Where m-lines are grouped, each has a `mid` (RFC 5888 §6).

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP502",
        name: "mid-missing",
        severity: Severity::Error,
        summary: "an m-line has no name although the description groups m-lines",
        explain: include_str!("mid_missing.md"),
        refs: &["RFC 5888 §6", "RFC 9143 §7.2"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    // A group without names only says that its sender knows of such groups (RFC 5888 §9.3).
    let mut groups = description.head().groups().filter(|group| !group.mids.is_empty());
    let Some(first) = groups.next() else { return };
    let group = groups.find(|group| group.is_bundle()).filter(|_| !first.is_bundle()).unwrap_or(first);
    // The m-line that BUNDLE must mean by a name that none has is told by `bundle-unknown-mid`, and one whose name
    // cannot be read by `line-syntax`.
    let told = super::bundle_unknown_mid::meant(description.session()).map(|media| media.index());
    let nameless = description.media().filter(|media| !media.section().has("mid"));
    for media in nameless.filter(|media| told != Some(media.index())) {
        let semantics = group.semantics;
        let severity = match group.is_bundle() && !media.is_rejected() {
            true => Severity::Error,
            // Nothing is lost but the group, or nobody uses the m-line.
            false => Severity::Warning,
        };
        findings
            .push(media.line().value.span, "this m-line has no `a=mid`, so no m-lines may be grouped at all")
            .severity(severity)
            .also(semantics.span, "m-lines are grouped here")
            .help("add `a=mid:` and a name of its own below the m-line, which the answer repeats");
    }
}
