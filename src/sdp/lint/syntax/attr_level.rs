//! Attributes of the session stand before the first m-line, those of an m-line below it.

use crate::finding::{Rule, Severity};
use crate::sdp::attribute::known::{Level, known};
use crate::sdp::lint::{Check, Description, Findings, LintRule};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP108",
        name: "attr-level",
        severity: Severity::Warning,
        summary: "an attribute stands at a level where it has no meaning",
        explain: include_str!("attr_level.md"),
        refs: &["RFC 8866 §5.13", "RFC 8839 §5.3", "RFC 5888 §5"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    for section in description.sections() {
        for attribute in &section.attributes {
            let name = attribute.name;
            let Some(known) = known(name.value) else { continue };
            let (message, help) = match (known.level, section.index) {
                (Level::Session, Some(_)) => (
                    format!("`a={name}` belongs before the first m-line, and has no meaning below one"),
                    "move the line up, before the first `m=`",
                ),
                (Level::Media, None) => (
                    format!("`a={name}` belongs below an m-line, and has no meaning before the first"),
                    "write the line below each m-line that it is meant for",
                ),
                _ => continue,
            };
            let finding = findings.push(attribute.span(), message).help(help);
            if !known.reference.is_empty() {
                finding.evidence("defined_in", known.reference);
            }
        }
    }
}
