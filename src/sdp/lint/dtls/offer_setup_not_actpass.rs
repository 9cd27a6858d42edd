//! An offer leaves it to the answer who begins the DTLS handshake (RFC 8842 §5.2, §5.5).

use super::does_dtls;
use crate::finding::{Rule, Severity};
use crate::sdp::attribute::Setup;
use crate::sdp::lint::{Check, Description, Findings, LintRule};
use crate::sdp::session::Inherited;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP305",
        name: "offer-setup-not-actpass",
        severity: Severity::Warning,
        summary: "an offer decides who begins the DTLS handshake",
        explain: include_str!("offer_setup_not_actpass.md"),
        refs: &["RFC 8842 §5.1", "RFC 8842 §5.2", "RFC 8842 §5.5", "RFC 9725"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    if !description.is_offer() {
        return;
    }
    let mut session_is_told = false;
    for media in description.media().filter(|media| does_dtls(*media)) {
        let Some((setup, from)) = media.setup() else { continue };
        let is_told = match from {
            Inherited::Own => false,
            Inherited::Session => std::mem::replace(&mut session_is_told, true),
            Inherited::Bundle(_) => true,
        };
        if is_told {
            continue;
        }
        let (severity, message, help) = match setup.value {
            Setup::Actpass => continue,
            Setup::Active => (
                Severity::Warning,
                "the offer says `active`, and leaves the answer no choice but `passive`",
                "write `actpass`; WHIP alone lets a client say `active` that cannot wait for a handshake",
            ),
            Setup::Passive => (
                Severity::Warning,
                "the offer says `passive`, and leaves the answer no choice but `active`",
                "write `actpass`, and take both roles",
            ),
            Setup::Holdconn => (
                Severity::Error,
                "`holdconn` asks for no connection, which DTLS does not have",
                "write `actpass`; to pause media, change its direction to `inactive`",
            ),
        };
        findings.push(setup.span, message).severity(severity).help(help);
    }
}
