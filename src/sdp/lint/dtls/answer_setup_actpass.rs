//! An answer chooses who begins the DTLS handshake (RFC 4145 §4.1).

use crate::finding::{Rule, Severity};
use crate::sdp::attribute::Setup;
use crate::sdp::lint::{Check, Findings, LintRule, Pair};
use crate::sdp::pairing::{is_own, pairs};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP307",
        name: "answer-setup-actpass",
        severity: Severity::Error,
        summary: "the answer takes no DTLS role",
        explain: include_str!("answer_setup_actpass.md"),
        refs: &["RFC 4145 §4.1", "RFC 8842 §5.3", "RFC 9429 §5.3.1"],
        since: "0.1.0",
    },
    checks: &[Check::Answer(check)],
};

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    let mut told = None;
    for media in pairs(pair.first(), pair.second()) {
        // Of a BUNDLE group one m-line counts.
        if media.answer.is_rejected() || !media.has_own_transport() {
            continue;
        }
        let Some((setup, from)) = media.answer.setup() else { continue };
        let message = match setup.value {
            Setup::Actpass => "an answer says `active` or `passive`: `actpass` leaves the choice to nobody",
            Setup::Holdconn => {
                "an answer says `active` or `passive`: `holdconn` wants no connection, and gets none"
            }
            Setup::Active | Setup::Passive => continue,
        };
        if is_own(from) && told != Some(setup.span) {
            told = Some(setup.span);
            findings
                .push(setup.span, message)
                .help("write `a=setup:active`, unless the offer says `active`: then `a=setup:passive`");
        }
    }
}
