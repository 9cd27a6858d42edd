//! Simulcast is sent where the answer takes it (RFC 8853).

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Findings, LintRule, Pair, Side};
use crate::sdp::pairing::pairs;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP609",
        name: "simulcast-not-accepted",
        severity: Severity::Warning,
        summary: "simulcast is offered, and not or only in part answered",
        explain: include_str!("simulcast_not_accepted.md"),
        refs: &["RFC 8853 §5.3.2"],
        since: "0.1.0",
    },
    checks: &[Check::Answer(check)],
};

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    for media in pairs(pair.first(), pair.second()).filter(|media| media.is_live_rtp()) {
        let Some(send) = media.offer.section().simulcast().and_then(|simulcast| simulcast.send.as_ref())
        else {
            continue;
        };
        // Where nothing is sent, nothing is sent at once either.
        if !media.offerer_sends() {
            continue;
        }
        let answer = media.answer.section().simulcast();
        let Some(recv) = answer.and_then(|simulcast| simulcast.recv.as_ref()) else {
            let place = media.answer.line().value.span;
            findings
                .push(place, "simulcast is offered and not taken: one stream is sent")
                .also_in(Side::First, send.span, "offered here")
                .help("for simulcast, answer `a=simulcast:recv …` and an `a=rid:… recv` for each stream");
            continue;
        };
        let taken = |rid: &str| recv.rids().any(|stream| stream.rid.value == rid);
        let dropped: Vec<String> = send
            .streams
            .iter()
            .filter(|alternatives| !alternatives.iter().any(|stream| taken(stream.rid.value)))
            .filter_map(|alternatives| alternatives.first())
            .map(|stream| format!("`{}`", stream.rid))
            .collect();
        if !dropped.is_empty() {
            findings
                .push(
                    recv.span,
                    format!("of the streams offered, these are not taken: {}", dropped.join(", ")),
                )
                .severity(Severity::Info)
                .also_in(Side::First, send.span, "offered here")
                .help("name them too, if they are wanted");
        }
    }
}
