//! An m-line that is rejected is in no group of the answer (RFC 9143 §7.3.3).

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Findings, LintRule, Pair};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP504",
        name: "bundle-contains-rejected",
        severity: Severity::Error,
        summary: "the answer's BUNDLE group has an m-line that it rejects",
        explain: include_str!("bundle_contains_rejected.md"),
        refs: &["RFC 9143 §7.3.3", "RFC 5888 §9.2"],
        since: "0.1.0",
    },
    checks: &[Check::Answer(check)],
};

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    let answer = pair.second();
    for group in answer.head().groups().filter(|group| group.is_bundle()) {
        for mid in &group.mids {
            let Some(media) = answer.media_by_mid(mid.value).filter(|media| media.is_rejected()) else {
                continue;
            };
            let place = media.line().port.map_or(media.line().value.span, |port| port.span);
            findings
                .push(mid.span, format!("`{mid}` is rejected, and still in the BUNDLE group"))
                .also(place, "port 0 rejects it")
                .help(format!("take `{mid}` out of the group, or give its m-line the port of the group"));
        }
    }
}
