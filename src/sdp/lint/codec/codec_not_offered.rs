//! An answer may have codecs that are not offered, but nobody can use them yet (RFC 3264 §6.1).

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Findings, LintRule, Pair};
use crate::sdp::pairing::{Counterpart, pairs};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP225",
        name: "codec-not-offered",
        severity: Severity::Info,
        summary: "the answer has a codec that the offer does not have",
        explain: include_str!("codec_not_offered.md"),
        refs: &["RFC 3264 §6.1", "RFC 9429 §5.3.1"],
        since: "0.1.0",
    },
    checks: &[Check::Answer(check)],
};

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    for media in pairs(pair.first(), pair.second()).filter(|media| media.is_live_rtp()) {
        for codec in media.answer.codecs() {
            if matches!(media.counterpart(codec), Counterpart::NotOffered) {
                let number = codec.payload_type;
                findings
                    .push(number.span, format!("payload type {number}, {}, is not offered", codec.encoding()))
                    .help(
                        "it is not used before another offer has it; leave it out if a peer stumbles over it",
                    );
            }
        }
    }
}
