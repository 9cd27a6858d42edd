//! A codec keeps the payload type that the offer gave it (RFC 3264 §6.1).

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Findings, LintRule, Pair, Side};
use crate::sdp::pairing::{Counterpart, pairs};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP224",
        name: "payload-type-remapped",
        severity: Severity::Warning,
        summary: "the answer has a codec of the offer under another payload type",
        explain: include_str!("payload_type_remapped.md"),
        refs: &["RFC 3264 §6.1"],
        since: "0.1.0",
    },
    checks: &[Check::Answer(check)],
};

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    for media in pairs(pair.first(), pair.second()).filter(|media| media.is_live_rtp()) {
        for codec in media.answer.codecs() {
            let Counterpart::Remapped(offered) = media.counterpart(codec) else { continue };
            let (number, before) = (codec.payload_type, offered.payload_type);
            let message =
                format!("{} is payload type {before} in the offer, and {number} here", codec.encoding());
            findings
                .push(number.span, message)
                .also_in(Side::First, before.span, "the offer")
                .help(format!(
                    "write {before} instead of {number}: in the `m=` line, and in all of its `rtpmap`, `fmtp` and \
                     `rtcp-fb` lines"
                ));
        }
    }
}
