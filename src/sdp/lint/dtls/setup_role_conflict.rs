//! One side begins the DTLS handshake, and the other waits for it (RFC 4145 §4.1).

use crate::finding::{Rule, Severity};
use crate::sdp::attribute::Setup;
use crate::sdp::lint::{Check, Findings, LintRule, Pair, Side};
use crate::sdp::pairing::{is_own, pairs};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP308",
        name: "setup-role-conflict",
        severity: Severity::Error,
        summary: "the DTLS roles of offer and answer do not fit together",
        explain: include_str!("setup_role_conflict.md"),
        refs: &["RFC 4145 §4.1", "RFC 8842 §5.3"],
        since: "0.1.0",
    },
    checks: &[Check::Answer(check)],
};

fn check(pair: &Pair<'_>, findings: &mut Findings<'_>) {
    let mut told = None;
    for media in pairs(pair.first(), pair.second()).filter(|media| media.is_live()) {
        let (Some((first, _)), Some((second, from))) = (media.offer.setup(), media.answer.setup()) else {
            continue;
        };
        let message = match (first.value, second.value) {
            (Setup::Active, Setup::Active) => "both sides begin the handshake, and none waits for it",
            (Setup::Passive, Setup::Passive) => "both sides wait for the handshake, and none begins it",
            (Setup::Holdconn, Setup::Active | Setup::Passive) => {
                "the offer wants no connection for now, and the answer makes one"
            }
            _ => continue,
        };
        // Of a BUNDLE group one m-line counts.
        if !media.has_own_transport() || !is_own(from) || told == Some(second.span) {
            continue;
        }
        told = Some(second.span);
        let right = match first.value {
            Setup::Active => "passive",
            Setup::Passive => "active",
            _ => "holdconn",
        };
        findings.push(second.span, message).also_in(Side::First, first.span, "the offer").help(format!(
            "write `a=setup:{right}` in the answer, or offer `actpass`, which leaves it the choice"
        ));
    }
}
