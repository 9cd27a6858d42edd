//! What one side sends, the other receives (RFC 8851).

use std::collections::HashMap;

use crate::finding::{Rule, Severity};
use crate::sdp::attribute::RidDirection;
use crate::sdp::lint::{Check, Findings, LintRule, Pair, Side};
use crate::sdp::pairing::pairs;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP610",
        name: "rid-direction",
        severity: Severity::Error,
        summary: "the answer has a stream going the same way as in the offer",
        explain: include_str!("rid_direction.md"),
        refs: &["RFC 8851 §6.3", "RFC 8853 §5.3.2"],
        since: "0.1.0",
    },
    checks: &[Check::Answer(check)],
};

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    for media in pairs(pair.first(), pair.second()).filter(|media| media.is_live_rtp()) {
        let mut offered: HashMap<&str, Vec<_>> = HashMap::new();
        for rid in media.offer.section().rids() {
            offered.entry(rid.id.value).or_default().push(rid.direction);
        }
        for rid in media.answer.section().rids() {
            // One name may stand for a stream each way, though it should not.
            let Some(&[direction]) = offered.get(rid.id.value).map(Vec::as_slice) else { continue };
            if direction.value != rid.direction.value {
                continue;
            }
            let own = rid.direction.value.as_str();
            let right = match rid.direction.value {
                RidDirection::Send => "recv",
                RidDirection::Recv => "send",
            };
            findings
                .push(rid.direction.span, format!("the stream `{}` is `{own}` on both sides", rid.id))
                .also_in(Side::First, direction.span, "the offer")
                .help(format!("write `a=rid:{} {right}`, and the same in `a=simulcast`", rid.id));
        }
    }
}
