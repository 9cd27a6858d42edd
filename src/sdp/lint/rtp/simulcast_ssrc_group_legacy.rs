//! Simulcast by `ssrc-group:SIM`, which no RFC has.

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP611",
        name: "simulcast-ssrc-group-legacy",
        severity: Severity::Info,
        summary: "simulcast is written as `a=ssrc-group:SIM`, which only some peers read",
        explain: include_str!("simulcast_ssrc_group_legacy.md"),
        refs: &["RFC 8853 §5.1", "RFC 5576 §4.2"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    for section in description.sections() {
        for group in section.ssrc_groups().filter(|group| group.semantics.value == "SIM") {
            let count = group.ssrcs.len();
            findings
                .push(group.semantics.span, format!("simulcast of {count} streams as `ssrc-group:SIM`"))
                .evidence("streams", count)
                .help("use `sendEncodings` with rids, which gives `a=rid` and `a=simulcast` lines");
        }
    }
}
