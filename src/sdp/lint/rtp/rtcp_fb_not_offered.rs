//! Feedback of the answer is feedback that was offered (RFC 4585).

use std::collections::HashSet;

use crate::finding::{Rule, Severity};
use crate::sdp::attribute::RtcpFb;

use crate::sdp::lint::{Check, Findings, LintRule, Pair};
use crate::sdp::pairing::pairs;

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
        let for_all: HashSet<_> = media.offer.section().feedback_for_all().map(words).collect();
        for (offered, codec) in media.common().filter(|(_, codec)| !codec.feedback.is_empty()) {
            let offered: HashSet<_> = offered.feedback.iter().map(words).collect();
            let is_offered = |feedback: &&RtcpFb<'_>| {
                let words = words(feedback);
                offered.contains(&words) || for_all.contains(&words)
            };
            for feedback in codec.feedback.iter().filter(|feedback| !is_offered(feedback)) {
                tell(feedback, codec.name().unwrap_or("this payload type"), findings);
            }
        }
        let mut wanted = media.answer.section().feedback_for_all().peekable();
        if wanted.peek().is_none() {
            continue;
        }
        let of_any: HashSet<_> =
            media.offer.codecs().iter().flat_map(|offered| &offered.feedback).map(words).collect();
        for feedback in wanted {
            let words = words(feedback);
            if !of_any.contains(&words) && !for_all.contains(&words) {
                tell(feedback, "this m-line", findings);
            }
        }
    }
}

/// What is told apart: words, however many blanks are between them.
fn words<'t>(feedback: &RtcpFb<'t>) -> Vec<&'t str> {
    feedback.feedback.words().map(|word| word.value).collect()
}

fn tell(feedback: &RtcpFb<'_>, of: &str, findings: &mut Findings<'_>) {
    let kind = feedback.feedback;
    findings
        .push(kind.span, format!("`{kind}` is not offered for {of}"))
        .help("take the line out: the other side neither sends nor expects it");
}
