//! `ice-ufrag` has 4 to 256 characters (RFC 8839 §5.4).

use super::{is_ice_char, values};
use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};
use crate::sdp::text::Word;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP402",
        name: "ice-ufrag-too-short",
        severity: Severity::Error,
        summary: "an `ice-ufrag` is too short, too long, or has characters that it may not have",
        explain: include_str!("ice_ufrag_too_short.md"),
        refs: &["RFC 8839 §5.4", "RFC 8445 §5.3", "RFC 9429 §5.8.3"],
        since: "0.1.0",
    },
    checks: &[Check::Any(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    for ufrag in values(description, "ice-ufrag") {
        // Of what is no ASCII the characters are told below.
        let length = ufrag.chars().count();
        let (severity, message) = match length {
            0..4 => {
                (Severity::Error, format!("an `ice-ufrag` has 4 characters or more, and this has {length}"))
            }
            257.. => {
                (Severity::Error, format!("an `ice-ufrag` has at most 256 characters, and this has {length}"))
            }
            33.. if odd_character(ufrag).is_none() => (
                Severity::Info,
                format!(
                    "an `ice-ufrag` of {length} characters is sent, where 32 are the most that should be"
                ),
            ),
            _ => {
                characters(ufrag, findings);
                continue;
            }
        };
        findings
            .push(ufrag.span, message)
            .severity(severity)
            .help("choose 4 to 32 characters at random, of A-Z, a-z, 0-9, `+` and `/`")
            .evidence("length", length);
    }
}

/// What may not be in it.
fn characters(ufrag: Word<'_>, findings: &mut Findings<'_>) {
    let Some((odd, severity)) = odd_character(ufrag) else { return };
    findings
        .push(odd.span, format!("`{odd}` must not stand in an `ice-ufrag`"))
        .severity(severity)
        .help("choose it at random of A-Z, a-z, 0-9, `+` and `/`");
}

/// The first character that may not be there, and how bad that is: libwebrtc takes `-`, `_`, `#` and `=` for a while,
/// and refuses all others.
pub(super) fn odd_character(value: Word<'_>) -> Option<(Word<'_>, Severity)> {
    let (at, character) = value.char_indices().find(|(_, character)| !is_ice_char(*character))?;
    let severity = match character {
        '-' | '_' | '#' | '=' => Severity::Warning,
        _ => Severity::Error,
    };
    Some((value.part(at, at + character.len_utf8()), severity))
}
