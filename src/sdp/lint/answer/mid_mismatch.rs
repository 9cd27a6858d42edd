//! The answer names m-lines as the offer does (RFC 5888 §9.1).

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Findings, LintRule, Pair, Side};
use crate::sdp::pairing::pairs;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP703",
        name: "mid-mismatch",
        severity: Severity::Error,
        summary: "an m-line has another mid in the answer than in the offer",
        explain: include_str!("mid_mismatch.md"),
        refs: &["RFC 5888 §9.1", "RFC 9429 §5.3.1"],
        since: "0.1.0",
    },
    checks: &[Check::Answer(check)],
};

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    for media in pairs(pair.first(), pair.second()).filter(|media| media.is_of_one_kind()) {
        let place = media.answer.line().value.span;
        match (media.offer.mid(), media.answer.mid()) {
            (Some(first), Some(second)) if first.value != second.value => {
                // The name of another m-line of the offer: then it is the order that is wrong.
                if pair.first().media_by_mid(second.value).is_some() {
                    continue;
                }
                findings
                    .push(second.span, format!("this m-line is `{first}` in the offer, and `{second}` here"))
                    .also_in(Side::First, first.span, "the offer")
                    .help(format!("write `a=mid:{first}`, here and in `a=group`"));
            }
            (Some(first), None) if media.is_live() => {
                findings
                    .push(place, format!("this m-line is `{first}` in the offer, and has no `a=mid` here"))
                    .severity(Severity::Warning)
                    .also_in(Side::First, first.span, "the offer")
                    .help(format!("add `a=mid:{first}`"));
            }
            (None, Some(second)) => {
                findings
                    .push(
                        second.span,
                        format!("the offer does not name this m-line, and the answer does: `{second}`"),
                    )
                    .severity(Severity::Warning)
                    .also_in(Side::First, media.offer.line().value.span, "no `a=mid` below it")
                    .help("take the line out; names are for the offer to give");
            }
            _ => {}
        }
    }
}
