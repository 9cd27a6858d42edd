//! Both sides say which of them may begin the DTLS handshake (RFC 8842 §5).

use super::does_dtls;
use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP304",
        name: "missing-setup",
        severity: Severity::Error,
        summary: "nothing says who begins the DTLS handshake of an m-line",
        explain: include_str!("missing_setup.md"),
        refs: &["RFC 8842 §5.2", "RFC 8842 §5.3", "RFC 4145 §4.1", "RFC 9429 §5.8.3"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    let help = match (description.is_offer(), description.is_answer()) {
        (true, _) => "add `a=setup:actpass` below the m-line, or before the first one for all",
        (_, true) => "add `a=setup:active` below the m-line, or `a=setup:passive` if the offer says `active`",
        _ => "add `a=setup:actpass` to an offer, `a=setup:active` to an answer",
    };
    for media in description.media() {
        let Some(protocol) = media.line().protocol.filter(|_| does_dtls(media)) else { continue };
        if !media.counts("setup") {
            let message =
                "there is no `a=setup` for this m-line, so nobody knows who begins the DTLS handshake";
            findings.push(protocol.span, message).help(help);
        }
    }
}
