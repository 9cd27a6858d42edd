//! A payload type means the same codec in offer and answer (RFC 3264 §6.1).

use crate::finding::{Rule, Severity};
use crate::sdp::codec::Codec;
use crate::sdp::lint::{Check, Findings, LintRule, Pair, Side};
use crate::sdp::pairing::{Counterpart, pairs};
use crate::sdp::text::Span;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP223",
        name: "payload-type-codec-mismatch",
        severity: Severity::Error,
        summary: "the answer gives a payload type of the offer to another codec",
        explain: include_str!("payload_type_codec_mismatch.md"),
        refs: &["RFC 3264 §6.1"],
        since: "0.1.0",
    },
    checks: &[Check::Answer(check)],
};

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    let is_webrtc = pair.first().is_webrtc() && pair.second().is_webrtc();
    for media in pairs(pair.first(), pair.second()).filter(|media| media.is_live_rtp()) {
        for codec in media.answer.codecs() {
            let Counterpart::OtherCodec { there, same } = media.counterpart(codec) else { continue };
            let number = codec.payload_type;
            let message = format!(
                "payload type {number} is {} here, and {} in the offer",
                codec.encoding(),
                there.encoding()
            );
            let help = match same {
                Some(same) => format!(
                    "answer {} with payload type {}, as the offer has it",
                    codec.name().unwrap_or("it"),
                    same.payload_type
                ),
                None => format!("answer {} here, or leave payload type {number} out", there.encoding()),
            };
            let finding = findings
                .push(place(codec), message)
                .also_in(Side::First, place(there), "the offer")
                .help(help);
            // Each side numbers what it receives, so that it can work where both know how; browsers do not.
            if !is_webrtc {
                finding.severity(Severity::Warning);
            }
        }
    }
}

fn place(codec: &Codec<'_>) -> Span {
    codec.rtpmap.map_or(codec.payload_type.span, |rtpmap| {
        let last = rtpmap.channels.map_or(rtpmap.clock_rate.span, |channels| channels.span);
        rtpmap.payload_type.span.to(last)
    })
}
