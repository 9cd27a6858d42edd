//! WebRTC takes no keys from the description itself (RFC 8827 §6.5).

use super::is_dtls;
use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP306",
        name: "sdes-in-webrtc",
        severity: Severity::Warning,
        summary: "keys of SRTP stand in a description that is meant for WebRTC",
        explain: include_str!("sdes_in_webrtc.md"),
        refs: &["RFC 8827 §6.5", "RFC 9429 §5.1.1", "RFC 4568 §4"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    for media in description.media().filter(|media| !media.is_rejected()) {
        let Some(crypto) = media.section().first("crypto").filter(|_| media.counts("ice-ufrag")) else {
            continue;
        };
        let count = media.section().named("crypto").count();
        let is_feedback = media.line().protocol.is_some_and(|protocol| protocol.ends_with("SAVPF"));
        let (severity, message, help) = if is_dtls(media) || media.counts("fingerprint") {
            (
                Severity::Warning,
                "WebRTC takes its keys from DTLS, and `a=crypto` writes keys into the description",
                "take the `a=crypto` lines out; whoever reads the description can decrypt the media",
            )
        } else if is_feedback {
            // A telephone may well do this, with ICE and all.
            (
                Severity::Info,
                "the only keys of this m-line are written into the description, which no browser takes",
                "for browsers, add `a=fingerprint` and `a=setup`, and take the `a=crypto` lines out",
            )
        } else {
            continue;
        };
        findings.push(crypto.name.span, message).severity(severity).help(help).evidence("lines", count);
    }
}
