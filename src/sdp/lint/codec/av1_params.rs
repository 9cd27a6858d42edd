//! The profile of AV1 is the same in offer and answer; level and tier may differ (AV1 RTP payload specification §7).

use crate::finding::{Rule, Severity};
use crate::sdp::codec::Codec;
use crate::sdp::lint::{Check, Findings, LintRule, Pair, Side};
use crate::sdp::pairing::pairs;
use crate::sdp::text::Span;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP218",
        name: "av1-params",
        severity: Severity::Warning,
        summary: "profile, level or tier of AV1 differ between offer and answer",
        explain: include_str!("av1_params.md"),
        refs: &["AV1 RTP payload specification §7"],
        since: "0.1.0",
    },
    checks: &[Check::Answer(check)],
};

/// Names, and what counts where they are absent.
const PARAMETERS: [(&str, &str); 3] = [("profile", "0"), ("level-idx", "5"), ("tier", "0")];

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    for media in pairs(pair.first(), pair.second()).filter(|media| media.is_live_rtp()) {
        for (offered, codec) in media.same().filter(|(_, codec)| codec.is("AV1")) {
            for (name, absent) in PARAMETERS {
                let [first, second] =
                    [offered, codec].map(|codec| codec.parameter(name).map_or(absent, |word| word.value));
                if first == second {
                    continue;
                }
                let number = codec.payload_type;
                let message = format!(
                    "payload type {number} is offered with AV1 `{name}={first}`, and answered with {second}"
                );
                let finding = findings.push(place(codec, name), message).also_in(
                    Side::First,
                    place(offered, name),
                    "the offer",
                );
                match name {
                    "profile" => {
                        finding.help(format!("write `profile={first}`, or leave payload type {number} out"))
                    }
                    // What a side can take: the other keeps to it.
                    _ => finding
                        .severity(Severity::Info)
                        .help("each side keeps to what the other can take; nothing is to be changed"),
                };
            }
        }
    }
}

fn place(codec: &Codec<'_>, name: &str) -> Span {
    codec.parameter(name).map_or(codec.payload_type.span, |word| word.span)
}
