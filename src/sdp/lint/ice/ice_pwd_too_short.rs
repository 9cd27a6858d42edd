//! `ice-pwd` has 22 to 256 characters (RFC 8839 §5.4).

use super::ice_ufrag_too_short::odd_character;
use super::values;
use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP403",
        name: "ice-pwd-too-short",
        severity: Severity::Error,
        summary: "an `ice-pwd` is too short, too long, or has characters that it may not have",
        explain: include_str!("ice_pwd_too_short.md"),
        refs: &["RFC 8839 §5.4", "RFC 8445 §5.3", "RFC 9429 §5.8.3"],
        since: "0.1.0",
    },
    checks: &[Check::Any(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    for password in values(description, "ice-pwd") {
        let length = password.chars().count();
        let message = match length {
            0..22 => format!("an `ice-pwd` has 22 characters or more, and this has {length}"),
            257.. => format!("an `ice-pwd` has at most 256 characters, and this has {length}"),
            _ => {
                if let Some((odd, severity)) = odd_character(password) {
                    findings
                        .push(odd.span, "an `ice-pwd` has letters, digits, `+` and `/` alone")
                        .severity(severity)
                        .help("choose it at random of A-Z, a-z, 0-9, `+` and `/`");
                }
                continue;
            }
        };
        findings
            .push(password.span, message)
            .help("choose 22 characters or more at random, of A-Z, a-z, 0-9, `+` and `/`")
            .evidence("length", length);
    }
}
