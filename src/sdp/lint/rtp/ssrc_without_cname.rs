//! A source that is described at all has a `cname` (RFC 5576 §4.1, §6.1).

use std::collections::HashMap;

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};
use crate::sdp::text::Spanned;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP614",
        name: "ssrc-without-cname",
        severity: Severity::Warning,
        summary: "a source is described without its `cname`",
        explain: include_str!("ssrc_without_cname.md"),
        refs: &["RFC 5576 §4.1", "RFC 5576 §6.1"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    for media in description.media() {
        let mut places: HashMap<u32, usize> = HashMap::new();
        let mut sources: Vec<(Spanned<u32>, bool)> = Vec::new();
        for ssrc in media.section().ssrcs() {
            let place = *places.entry(ssrc.id.value).or_insert(sources.len());
            if place == sources.len() {
                sources.push((ssrc.id, false));
            }
            sources[place].1 |= ssrc.attribute.value == "cname";
        }
        for (id, _) in sources.into_iter().filter(|(_, has_cname)| !has_cname) {
            findings
                .push(id.span, format!("source {id} has no `cname`"))
                .help(format!("add `a=ssrc:{id} cname:` with the name that its RTCP packets carry"));
        }
    }
}
