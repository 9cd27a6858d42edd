//! Every source in an `ssrc-group` has a line of its own (RFC 5576 §4.2).

use std::collections::HashSet;

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP615",
        name: "ssrc-group-unknown-ssrc",
        severity: Severity::Warning,
        summary: "an `a=ssrc-group` lists a source that its m-line does not describe",
        explain: include_str!("ssrc_group_unknown_ssrc.md"),
        refs: &["RFC 5576 §4.2"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    for media in description.media() {
        let section = media.section();
        if !section.has("ssrc-group") {
            continue;
        }
        let described: HashSet<u32> = section.ssrcs().map(|ssrc| ssrc.id.value).collect();
        for group in section.ssrc_groups() {
            for id in group.ssrcs.iter().filter(|id| !described.contains(&id.value)) {
                findings
                    .push(
                        id.span,
                        format!("`{}` lists the source {id}, which no `a=ssrc` describes", group.semantics),
                    )
                    .help(format!("add `a=ssrc:{id} cname:…` to this m-line, or take {id} out of the group"));
            }
        }
    }
}
