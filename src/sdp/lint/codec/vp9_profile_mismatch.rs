//! The profile of VP9 is the same in offer and answer (RFC 9628).

use crate::finding::{Rule, Severity};
use crate::sdp::codec::Codec;
use crate::sdp::lint::{Check, Findings, LintRule, Pair, Side};
use crate::sdp::pairing::pairs;
use crate::sdp::text::Span;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP217",
        name: "vp9-profile-mismatch",
        severity: Severity::Warning,
        summary: "the answer changes the VP9 profile of a payload type",
        explain: include_str!("vp9_profile_mismatch.md"),
        refs: &["RFC 9628"],
        since: "0.1.0",
    },
    checks: &[Check::Answer(check)],
};

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    for media in pairs(pair.first(), pair.second()).filter(|media| media.is_live_rtp()) {
        for (offered, codec) in media.same().filter(|(_, codec)| codec.is("VP9")) {
            let (first, second) = (profile(offered), profile(codec));
            if first == second {
                continue;
            }
            let number = codec.payload_type;
            let message = format!(
                "payload type {number} is offered as VP9 profile {first}, and answered as profile {second}"
            );
            let fitting =
                media.offer.codecs().iter().find(|codec| codec.is("VP9") && profile(codec) == second);
            let help = match fitting {
                Some(other) => format!("answer profile {second} with payload type {}", other.payload_type),
                None => format!("write `profile-id={first}`, or leave payload type {number} out"),
            };
            findings.push(place(codec), message).also_in(Side::First, place(offered), "the offer").help(help);
        }
    }
}

/// Absent is 0.
fn profile<'t>(codec: &Codec<'t>) -> &'t str {
    codec.parameter("profile-id").map_or("0", |word| word.value)
}

fn place(codec: &Codec<'_>) -> Span {
    codec.parameter("profile-id").map_or(codec.payload_type.span, |word| word.span)
}
