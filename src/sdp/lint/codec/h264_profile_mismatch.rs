//! The profile of H.264 is the same in offer and answer (RFC 6184 §8.2.2).

use crate::finding::{Rule, Severity};
use crate::sdp::codec::{Codec, Profile};
use crate::sdp::lint::{Check, Findings, LintRule, Pair, Side};
use crate::sdp::pairing::pairs;
use crate::sdp::text::Span;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP214",
        name: "h264-profile-mismatch",
        severity: Severity::Error,
        summary: "the answer changes the H.264 profile of a payload type",
        explain: include_str!("h264_profile_mismatch.md"),
        refs: &["RFC 6184 §8.2.2"],
        since: "0.1.0",
    },
    checks: &[Check::Answer(check)],
};

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    for media in pairs(pair.first(), pair.second()).filter(|media| media.is_live_rtp()) {
        for (offered, codec) in media.same().filter(|(_, codec)| codec.is("H264")) {
            // Profiles and not bytes: 42e01f and 42c01f are one. What is unknown or unreadable is told by other rules.
            let (Some(first), Some(second)) = (profile(offered), profile(codec)) else { continue };
            if first == second {
                continue;
            }
            let number = codec.payload_type;
            let message = format!(
                "payload type {number} is offered as H.264 {}, and answered as {}",
                first.name(),
                second.name()
            );
            let fitting = media.offer.codecs().iter().find(|codec| profile(codec) == Some(second));
            let help = match fitting {
                Some(other) => format!(
                    "answer {} with payload type {}, as the offer has it, or {number} with its own profile",
                    second.name(),
                    other.payload_type
                ),
                None => format!("answer the profile that is offered, or leave payload type {number} out"),
            };
            findings.push(place(codec), message).also_in(Side::First, place(offered), "the offer").help(help);
        }
    }
}

fn profile(codec: &Codec<'_>) -> Option<Profile> {
    codec.h264().and_then(|h264| h264.profile)
}

fn place(codec: &Codec<'_>) -> Span {
    codec.parameter("profile-level-id").map_or(codec.payload_type.span, |word| word.span)
}
