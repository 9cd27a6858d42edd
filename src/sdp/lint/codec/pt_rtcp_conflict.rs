//! With `rtcp-mux`, no payload type is from 64 to 95 (RFC 5761 §4).

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP205",
        name: "pt-rtcp-conflict",
        severity: Severity::Error,
        summary: "a payload type looks like RTCP on the port that both share",
        explain: include_str!("pt_rtcp_conflict.md"),
        refs: &["RFC 5761 §4", "RFC 5761 §5.1.1"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    for media in super::streams(description) {
        let section = media.section();
        let Some(mux) = section.first("rtcp-mux").or_else(|| section.first("rtcp-mux-only")) else {
            continue;
        };
        for codec in media.codecs().iter().filter(|codec| (64..96).contains(&codec.payload_type.value)) {
            let number = codec.payload_type;
            findings
                .push(
                    number.span,
                    format!("packets of payload type {number} can be taken for RTCP, which shares their port"),
                )
                .also(mux.span(), "RTP and RTCP share a port")
                .help(format!(
                    "give the codec another number in place of {number}: one from 96 to 127, or if those are all \
                     taken one from 35 to 63"
                ));
        }
    }
}
