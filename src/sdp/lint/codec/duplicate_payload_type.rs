//! An m-line lists each payload type once, in order of preference (RFC 8866 §5.14).

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP201",
        name: "duplicate-payload-type",
        severity: Severity::Warning,
        summary: "an m-line lists a payload type twice",
        explain: include_str!("duplicate_payload_type.md"),
        refs: &["RFC 8866 §5.14", "RFC 3264 §5.1"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

// No RFC forbids it in words, and browsers live with it: hence a warning.
fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    for media in super::streams(description) {
        let mut first = [None; 128];
        for format in &media.line().formats {
            let Some(slot) =
                format.number::<u8>("").ok().and_then(|number| first.get_mut(usize::from(*number)))
            else {
                continue;
            };
            match *slot {
                None => *slot = Some(format.span),
                Some(place) => drop(
                    findings
                        .push(format.span, format!("payload type {format} is listed twice"))
                        .also(place, "listed here already")
                        .help(
                            "take out one of the two; the order of the list is the order of preference, and only \
                             one place can count",
                        ),
                ),
            }
        }
    }
}
