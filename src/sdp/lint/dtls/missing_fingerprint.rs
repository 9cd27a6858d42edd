//! DTLS trusts no certificate but the one whose fingerprint is in the description (RFC 8122 §5).

use super::does_dtls;
use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};
use crate::sdp::session::Media;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP301",
        name: "missing-fingerprint",
        severity: Severity::Error,
        summary: "an m-line has DTLS as its transport, and no fingerprint",
        explain: include_str!("missing_fingerprint.md"),
        refs: &["RFC 8122 §5", "RFC 8842 §5.2", "RFC 8827 §6.5", "RFC 9429 §5.8.3"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

const HELP: &str = "add `a=fingerprint:sha-256 <hash of the certificate>` below the m-line, or before the first one \
                    for all; browsers refuse the description without it";

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    for media in description.media() {
        let Some(protocol) = media.line().protocol else { continue };
        if media.counts("fingerprint") {
            continue;
        }
        if does_dtls(media) {
            let message = format!(
                "`{protocol}` needs a DTLS handshake, and there is no `a=fingerprint` for this m-line"
            );
            findings.push(protocol.span, message).help(HELP);
        } else if has_no_key(media) {
            let message = format!(
                "`{protocol}` needs keys, and this m-line has neither `a=fingerprint` nor `a=crypto`"
            );
            findings.push(protocol.span, message).help(HELP);
        }
    }
}

/// Whether it is SRTP set up by ICE, as browsers once wrote it, and nothing says where its keys come from.
fn has_no_key(media: Media<'_, '_>) -> bool {
    let is_srtp = media.line().protocol.is_some_and(|protocol| {
        media.line().is_rtp() && protocol.split('/').any(|part| matches!(part.value, "SAVP" | "SAVPF"))
    });
    let keyed = ["crypto", "key-mgmt", "zrtp-hash"].iter().any(|name| media.counts(name));
    is_srtp && !media.is_rejected() && !keyed && media.counts("ice-ufrag")
}
