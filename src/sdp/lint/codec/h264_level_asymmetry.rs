//! An answer may lower the level of H.264; to raise it, both sides must let levels differ (RFC 6184 §8.2.2).

use crate::finding::{Rule, Severity};
use crate::sdp::codec::Codec;
use crate::sdp::lint::{Check, Findings, LintRule, Pair, Side};
use crate::sdp::pairing::pairs;
use crate::sdp::text::Span;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP216",
        name: "h264-level-asymmetry",
        severity: Severity::Warning,
        summary: "the answer raises the level of H.264 without leave",
        explain: include_str!("h264_level_asymmetry.md"),
        refs: &["RFC 6184 §8.2.2"],
        since: "0.1.0",
    },
    checks: &[Check::Answer(check)],
};

const NAME: &str = "level-asymmetry-allowed";

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    for media in pairs(pair.first(), pair.second()).filter(|media| media.is_live_rtp()) {
        for (offered, codec) in media.same().filter(|(_, codec)| codec.is("H264")) {
            let (Some(first), Some(second)) = (offered.h264(), codec.h264()) else { continue };
            let lacking: Vec<&str> = [(offered, "the offer"), (codec, "the answer")]
                .into_iter()
                .filter(|(codec, _)| codec.parameter(NAME).is_none_or(|word| word.value != "1"))
                .map(|(_, side)| side)
                .collect();
            if lacking.is_empty() || first.profile != second.profile || second.level <= first.level {
                continue;
            }
            let message = format!(
                "level {} is answered, which is above level {} of the offer",
                second.level, first.level
            );
            let help = format!(
                "answer level {} or a lower one, or write `{NAME}=1` in {}",
                first.level,
                lacking.join(" and ")
            );
            findings.push(place(codec), message).also_in(Side::First, place(offered), "the offer").help(help);
        }
    }
}

fn place(codec: &Codec<'_>) -> Span {
    codec.parameter("profile-level-id").map_or(codec.payload_type.span, |word| word.span)
}
