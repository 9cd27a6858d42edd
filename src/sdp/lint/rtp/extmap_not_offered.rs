//! Header extensions of the answer are extensions that were offered (RFC 8285).

use std::collections::HashSet;

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Findings, LintRule, Pair};
use crate::sdp::pairing::{levels, pairs};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP607",
        name: "extmap-not-offered",
        severity: Severity::Error,
        summary: "the answer has a header extension that the offer does not have",
        explain: include_str!("extmap_not_offered.md"),
        refs: &["RFC 8285 §7", "RFC 9429 §5.3.1"],
        since: "0.1.0",
    },
    checks: &[Check::Answer(check)],
};

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    for media in pairs(pair.first(), pair.second()).filter(|media| media.is_live_rtp()) {
        let offered = levels(pair.first(), media.offer);
        let offered: HashSet<&str> =
            offered.iter().flat_map(|section| section.extmaps()).map(|other| other.uri.value).collect();
        for extension in media.answer.section().extmaps() {
            if !offered.contains(extension.uri.value) {
                let what = extension.name().unwrap_or(extension.uri.value);
                findings
                    .push(extension.id.span.to(extension.uri.span), format!("the offer does not have {what}"))
                    .help("take the line out: an answer only takes or drops extensions that are offered");
            }
        }
    }
}
