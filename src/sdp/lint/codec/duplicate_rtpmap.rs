//! A payload type has one `rtpmap` at most (RFC 8866 §6.6).

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP202",
        name: "duplicate-rtpmap",
        severity: Severity::Error,
        summary: "a payload type has two `rtpmap` lines",
        explain: include_str!("duplicate_rtpmap.md"),
        refs: &["RFC 8866 §6.6"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    for media in super::streams(description) {
        let mut first = [None; 128];
        for rtpmap in super::rtpmaps(media.section()) {
            let slot = &mut first[usize::from(rtpmap.payload_type.value & 127)];
            let Some(before) = *slot else {
                *slot = Some(rtpmap);
                continue;
            };
            let number = rtpmap.payload_type;
            if rtpmap.is_same_codec(before) {
                findings
                    .push(number.span, format!("payload type {number} has its `rtpmap` twice"))
                    .severity(Severity::Warning)
                    .also(before.payload_type.span, "the same is said here")
                    .help("take one of the two lines out");
            } else {
                let encoding = description.text().slice(rtpmap.encoding());
                let other = description.text().slice(before.encoding());
                findings
                    .push(rtpmap.encoding(), format!("payload type {number} is `{encoding}` as well as `{other}`"))
                    .also(before.encoding(), "defined here already")
                    .help(format!(
                        "take one of the two lines out, or give `{encoding}` a payload type of its own, in the \
                         m-line too"
                    ));
            }
        }
    }
}
