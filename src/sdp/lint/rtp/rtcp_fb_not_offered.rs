//! Feedback of the answer is feedback that was offered (RFC 4585).

use crate::finding::{Rule, Severity};
use crate::sdp::attribute::RtcpFb;
use crate::sdp::codec::Codec;
use crate::sdp::lint::{Check, Findings, LintRule, Pair};
use crate::sdp::pairing::{MediaPair, pairs};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP602",
        name: "rtcp-fb-not-offered",
        severity: Severity::Warning,
        summary: "the answer has feedback that the offer does not have",
        explain: include_str!("rtcp_fb_not_offered.md"),
        refs: &["RFC 4585 §4.2", "RFC 9429 §5.3.1"],
        since: "0.1.0",
    },
    checks: &[Check::Answer(check)],
};

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    for media in pairs(pair.first(), pair.second()).filter(|media| media.is_live_rtp()) {
        for (offered, codec) in media.common() {
            for feedback in codec.feedback.iter().filter(|feedback| !has(media, offered, feedback)) {
                tell(feedback, codec.name().unwrap_or("this payload type"), findings);
            }
        }
        for feedback in media.answer.section().feedback_for_all() {
            let is_offered = media.offer.codecs().iter().any(|offered| has(media, offered, feedback));
            if !is_offered && !media.offer.section().feedback_for_all().any(|other| is_same(other, feedback))
            {
                tell(feedback, "this m-line", findings);
            }
        }
    }
}

/// Whether it is offered for this payload type, or for all.
fn has(media: MediaPair<'_, '_>, offered: &Codec<'_>, feedback: &RtcpFb<'_>) -> bool {
    let for_all = media.offer.section().feedback_for_all();
    offered.feedback.iter().chain(for_all).any(|other| is_same(other, feedback))
}

fn is_same(one: &RtcpFb<'_>, two: &RtcpFb<'_>) -> bool {
    one.feedback.words().map(|word| word.value).eq(two.feedback.words().map(|word| word.value))
}

fn tell(feedback: &RtcpFb<'_>, of: &str, findings: &mut Findings<'_>) {
    let kind = feedback.feedback;
    findings
        .push(kind.span, format!("`{kind}` is not offered for {of}"))
        .help("take the line out: the other side neither sends nor expects it");
}
