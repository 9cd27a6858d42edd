//! The streams of simulcast are told apart by a header extension (RFC 8853 §5.5).

use super::simulcast_unknown_rid::names_payload_types;
use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP621",
        name: "simulcast-without-rid",
        severity: Severity::Warning,
        summary: "nothing in the packets tells the streams of `a=simulcast` apart",
        explain: include_str!("simulcast_without_rid.md"),
        refs: &["RFC 8853 §5.5"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

const URI: &str = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    if !description.is_webrtc() {
        return;
    }
    for media in description.media().filter(|media| !media.is_rejected()) {
        let mut extensions = description.head().extmaps().chain(media.section().extmaps());
        let Some(line) = media.section().first("simulcast") else { continue };
        if media.section().simulcast().is_some()
            && !names_payload_types(line)
            && !extensions.any(|extension| extension.uri.value == URI)
        {
            findings
                .push(line.span(), "simulcast needs the header extension `rtp-stream-id`, and there is none")
                .help(format!(
                    "add `a=extmap:<number> {URI}` below the m-line, with a number that is free; browsers made from \
                     libwebrtc refuse the description without it"
                ));
        }
    }
}
