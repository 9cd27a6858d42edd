//! `msid` is a stream and perhaps a track, tokens of 64 characters at most (RFC 8830 §2).

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};
use crate::sdp::text::Word;

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP613",
        name: "msid-syntax",
        severity: Severity::Warning,
        summary: "an `a=msid` is not as it should be: it is ignored, or all is refused",
        explain: include_str!("msid_syntax.md"),
        refs: &["RFC 8830 §2", "RFC 8830 §3", "RFC 9429 §5.8"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

const FORM: &str = "write `a=msid:` with the id of the stream (or `-`), one space, and the id of the track";

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    let severity = description.unreadable_is();
    for (_, _, problem) in description.unreadable("msid") {
        let message = match problem.expected {
            "nothing more" => format!("`{}` is more than a stream and a track", problem.found),
            _ => problem.to_string(),
        };
        findings.push(problem.span, message).severity(severity).help(FORM);
    }
    for msid in description.sections().flat_map(|section| section.msids()) {
        for id in [Some(msid.stream), msid.track].into_iter().flatten() {
            if let Some((at, bad)) = id.char_indices().find(|(_, letter)| !is_token(*letter)) {
                findings
                    .push(
                        id.part(at, at + bad.len_utf8()).span,
                        format!("`{bad}` cannot stand in an id of `msid`"),
                    )
                    // Browsers read it all the same.
                    .severity(Severity::Info)
                    .help("use letters, digits and `-` only, as in a UUID");
            } else if id.len() > MOST {
                tell_long(id, findings);
            }
        }
    }
}

fn tell_long(id: Word<'_>, findings: &mut Findings<'_>) {
    findings
        .push(id.span, format!("an id of `msid` has {MOST} characters at most, this one has {}", id.len()))
        .severity(Severity::Info)
        .evidence("characters", id.len())
        .help("use a shorter id, such as a UUID");
}

/// Characters of an id.
const MOST: usize = 64;

/// RFC 8866 §9: `token-char`.
fn is_token(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`{|}~".contains(letter)
}
