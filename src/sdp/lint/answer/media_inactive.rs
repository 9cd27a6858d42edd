//! Directions that leave nothing to be sent (RFC 3264 §6.1).

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Findings, LintRule, Pair, Side};
use crate::sdp::pairing::pairs;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP707",
        name: "media-inactive",
        severity: Severity::Info,
        summary: "no media goes either way",
        explain: include_str!("media_inactive.md"),
        refs: &["RFC 3264 §6.1"],
        since: "0.1.0",
    },
    checks: &[Check::Answer(check)],
};

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    for media in pairs(pair.first(), pair.second()).filter(|media| media.is_live_rtp()) {
        let (offered, answered) = (media.offer.direction(), media.answer.direction());
        let is_silent = !media.offerer_sends() && !media.answerer_sends();
        // Directions that do not fit are told by another rule.
        let is_fitting =
            (offered.receives() || !answered.sends()) && (offered.sends() || !answered.receives());
        if !is_silent || !is_fitting {
            continue;
        }
        let own = media.answer.section().direction();
        let place = own.map_or(media.answer.line().value.span, |direction| direction.span);
        let line = media.offer.section().direction();
        findings
            .push(place, format!("no {} goes either way", media.answer.line().kind))
            .also_in(
                Side::First,
                line.map_or(media.offer.line().value.span, |direction| direction.span),
                format!("the offer: {}", offered.as_str()),
            )
            .help("nothing to change, if it is on hold; else let one side send and the other receive");
    }
}
