//! Opus is always `opus/48000/2`, whatever it carries (RFC 7587 §7).

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP210",
        name: "opus-rtpmap",
        severity: Severity::Error,
        summary: "the codec Opus is not written `opus/48000/2`",
        explain: include_str!("opus_rtpmap.md"),
        refs: &["RFC 7587 §7"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    for media in super::streams(description) {
        for rtpmap in media.codecs().iter().filter_map(|codec| codec.rtpmap) {
            let channels = rtpmap.channels.map(|channels| channels.value);
            if !rtpmap.name.eq_ignore_ascii_case("opus")
                || (rtpmap.clock_rate.value == 48_000 && channels == Some(2))
            {
                continue;
            }
            let number = rtpmap.payload_type;
            let encoding = description.text().slice(rtpmap.encoding());
            findings
                .push(rtpmap.encoding(), format!("Opus is always `opus/48000/2` in `rtpmap`, not `{encoding}`"))
                .help(format!(
                    "write `a=rtpmap:{number} opus/48000/2`; mono and lower rates are said in `fmtp`, by `stereo` \
                     and `maxplaybackrate`"
                ));
        }
    }
}
