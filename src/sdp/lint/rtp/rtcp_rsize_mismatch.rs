//! Short RTCP packets are sent where both sides have `rtcp-rsize` (RFC 5506 §5).

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Findings, LintRule, Pair, Side};
use crate::sdp::pairing::pairs;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP603",
        name: "rtcp-rsize-mismatch",
        severity: Severity::Info,
        summary: "one side alone has `rtcp-rsize`, so that RTCP packets stay long",
        explain: include_str!("rtcp_rsize_mismatch.md"),
        refs: &["RFC 5506 §5"],
        since: "0.1.0",
    },
    checks: &[Check::Answer(check)],
};

const NAME: &str = "rtcp-rsize";

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    for media in pairs(pair.first(), pair.second()).filter(|media| media.is_live_rtp()) {
        let attribute =
            |section: &'_ crate::sdp::Section<'_>| section.first(NAME).map(|attribute| attribute.span());
        match (media.offer.counts(NAME), media.answer.counts(NAME)) {
            (true, false) => {
                findings
                    .push(
                        media.answer.line().value.span,
                        "`rtcp-rsize` is offered and not taken: RTCP packets stay long",
                    )
                    .help("add `a=rtcp-rsize` where this side can read short RTCP packets");
            }
            (false, true) => {
                let own = attribute(media.answer.section()).unwrap_or(media.answer.line().value.span);
                findings
                    .push(own, "`rtcp-rsize` is answered and was not offered: RTCP packets stay long")
                    .also_in(Side::First, media.offer.line().value.span, "the offer has none")
                    .help("take the line out");
            }
            _ => {}
        }
    }
}
