//! Port 0 rejects what is offered (RFC 3264 §6).

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Findings, LintRule, Pair, Side};
use crate::sdp::pairing::pairs;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP705",
        name: "mline-rejected",
        severity: Severity::Info,
        summary: "the answer rejects an m-line",
        explain: include_str!("mline_rejected.md"),
        refs: &["RFC 3264 §6"],
        since: "0.1.0",
    },
    checks: &[Check::Answer(check)],
};

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    for media in pairs(pair.first(), pair.second()) {
        if media.answer.is_rejected() && !media.offer.is_rejected() && media.is_of_one_kind() {
            let line = media.answer.line();
            findings
                .push(
                    line.port.map_or(line.value.span, |port| port.span),
                    format!("port 0: the answer rejects {}", line.kind),
                )
                .also_in(Side::First, media.offer.line().value.span, "offered here")
                .help("nothing to change, if that is meant; else see why the answerer has no codec or no use for it");
        }
    }
}
