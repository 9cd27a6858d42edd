//! The packetization mode of H.264 is the same in offer and answer (RFC 6184 §8.2.2).

use crate::finding::{Rule, Severity};
use crate::sdp::codec::Codec;
use crate::sdp::lint::{Check, Findings, LintRule, Pair, Side};
use crate::sdp::pairing::pairs;
use crate::sdp::text::Span;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP215",
        name: "h264-packetization-mode-mismatch",
        severity: Severity::Error,
        summary: "the answer changes the packetization mode of H.264",
        explain: include_str!("h264_packetization_mode_mismatch.md"),
        refs: &["RFC 6184 §8.2.2"],
        since: "0.1.0",
    },
    checks: &[Check::Answer(check)],
};

const NAME: &str = "packetization-mode";

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    for media in pairs(pair.first(), pair.second()).filter(|media| media.is_live_rtp()) {
        for (offered, codec) in media.same().filter(|(_, codec)| codec.is("H264")) {
            let (first, second) = (mode(offered), mode(codec));
            if first == second {
                continue;
            }
            let number = codec.payload_type;
            let message =
                format!("payload type {number} is offered with `{NAME}={first}`, and answered with {second}");
            let help =
                format!("write `{NAME}={first}` in its `a=fmtp` line, or leave payload type {number} out");
            findings.push(place(codec), message).also_in(Side::First, place(offered), "the offer").help(help);
        }
    }
}

/// Absent is 0: single NAL units.
fn mode<'t>(codec: &Codec<'t>) -> &'t str {
    codec.parameter(NAME).map_or("0", |word| word.value)
}

fn place(codec: &Codec<'_>) -> Span {
    codec.parameter(NAME).map_or(codec.payload_type.span, |word| word.span)
}
