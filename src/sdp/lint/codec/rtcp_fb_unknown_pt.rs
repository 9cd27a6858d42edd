//! `rtcp-fb` is about payload types of its m-line, or about all of them (RFC 4585 §4.2).

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP219",
        name: "rtcp-fb-unknown-pt",
        severity: Severity::Warning,
        summary: "an `rtcp-fb` is about a payload type that the m-line does not list",
        explain: include_str!("rtcp_fb_unknown_pt.md"),
        refs: &["RFC 4585 §4.2"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    for media in super::streams(description) {
        let feedback = media.section().named("rtcp-fb");
        for (number, places) in super::unlisted(media, feedback).into_values() {
            let [first, ..] = &places[..] else { continue };
            findings
                .push(
                    first.span,
                    format!("feedback is promised for payload type {number}, which the m-line does not list"),
                )
                .also(super::formats(media), "the m-line lists these")
                .evidence("lines", places.len())
                .help(format!(
                    "take out every `a=rtcp-fb:{number}`, or write `a=rtcp-fb:* <feedback>` for all payload types \
                     of the m-line"
                ));
        }
    }
}
