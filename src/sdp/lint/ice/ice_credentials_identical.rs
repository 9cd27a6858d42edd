//! Each side has ICE credentials of its own (RFC 8445 §5.3).

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Findings, LintRule, Pair, Side};
use crate::sdp::pairing::pairs;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP404",
        name: "ice-credentials-identical",
        severity: Severity::Error,
        summary: "offer and answer have the same ICE user fragment and password",
        explain: include_str!("ice_credentials_identical.md"),
        refs: &["RFC 8445 §5.3", "RFC 8839 §5.4"],
        since: "0.1.0",
    },
    checks: &[Check::Answer(check)],
};

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    let mut told = None;
    for media in pairs(pair.first(), pair.second()).filter(|media| media.is_live()) {
        let (Some((first, _)), Some((second, _))) = (media.offer.ice_ufrag(), media.answer.ice_ufrag())
        else {
            continue;
        };
        let (Some((own, _)), Some((other, _))) = (media.offer.ice_pwd(), media.answer.ice_pwd()) else {
            continue;
        };
        let is_same = first.value == second.value && own.expose() == other.expose();
        // The m-lines of a group all have the same.
        if is_same && told != Some(second.value) {
            told = Some(second.value);
            findings
                .push(second.span, "the answer has the ICE user fragment and password of the offer")
                .also_in(Side::First, first.span, "the offer")
                .help(
                    "take the answer that the other side made: this is the offer come back, or a copy of it",
                );
        }
    }
}
