//! An m-line is in one BUNDLE group at most (RFC 9143 §5).

use std::collections::HashMap;

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP509",
        name: "bundle-mid-twice",
        severity: Severity::Error,
        summary: "an m-line is in two BUNDLE groups",
        explain: include_str!("bundle_mid_twice.md"),
        refs: &["RFC 9143 §5"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

/// One finding a group.
fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    let mut known = HashMap::new();
    for (number, group) in description.head().groups().filter(|group| group.is_bundle()).enumerate() {
        let mut twice = Vec::new();
        for mid in &group.mids {
            let (owner, first) = *known.entry(mid.value).or_insert((number, mid.span));
            if owner != number {
                twice.push((mid, first));
            }
        }
        let Some((mid, first)) = twice.first().copied() else { continue };
        let message = match twice.len() {
            1 => format!("mid `{mid}` is in another BUNDLE group already"),
            count => {
                let mids: Vec<_> = twice.iter().map(|(mid, _)| *mid).collect();
                format!("{count} mids are in another BUNDLE group already: {}", super::listed(&mids))
            }
        };
        findings
            .push(mid.span, message)
            .also(first, "first grouped here")
            .help("take it out of one of the two: an m-line has one transport");
    }
}
