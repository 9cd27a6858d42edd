//! An answer chooses who begins the DTLS handshake (RFC 4145 §4.1).

use super::does_dtls;
use crate::finding::{Rule, Severity};
use crate::sdp::attribute::Setup;
use crate::sdp::lint::{Check, Description, Findings, LintRule, Pair};
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
    checks: &[Check::One(alone), Check::Answer(check)],
};

const HELP: &str = "write `a=setup:active`, unless the offer says `active`: then `a=setup:passive`";

/// What is wrong with this role in an answer.
fn message(setup: Setup) -> Option<&'static str> {
    match setup {
        Setup::Actpass => Some("an answer says `active` or `passive`: `actpass` leaves the choice to nobody"),
        Setup::Holdconn => {
            Some("an answer says `active` or `passive`: `holdconn` wants no connection, and gets none")
        }
        Setup::Active | Setup::Passive => None,
    }
}

/// What is known to be an answer, without its offer.
fn alone(description: &Description<'_>, findings: &mut Findings<'_>) {
    let mut told = None;
    for media in description.media().filter(|media| description.is_answer() && does_dtls(*media)) {
        let Some((setup, from)) = media.setup() else { continue };
        let Some(message) = message(setup.value) else { continue };
        if is_own(from) && told != Some(setup.span) {
            told = Some(setup.span);
            findings.push(setup.span, message).help(HELP);
        }
    }
}

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    let mut told = None;
    for media in pairs(pair.first(), pair.second()) {
        // Of a BUNDLE group one m-line counts.
        if media.answer.is_rejected() || !media.has_own_transport() {
            continue;
        }
        let Some((setup, from)) = media.answer.setup() else { continue };
        let Some(message) = message(setup.value) else { continue };
        if is_own(from) && told != Some(setup.span) {
            told = Some(setup.span);
            findings.push(setup.span, message).help(HELP);
        }
    }
}
