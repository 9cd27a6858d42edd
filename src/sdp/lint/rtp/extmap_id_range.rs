//! Numbers of header extensions fit into the headers (RFC 8285 §4.2, §4.3, §5).

use crate::finding::{Rule, Severity};
use crate::sdp::lint::{Check, Description, Findings, LintRule};

pub(super) static RULE: LintRule = LintRule {
    rule: Rule {
        code: "SDP605",
        name: "extmap-id-range",
        severity: Severity::Warning,
        summary: "the number of an RTP header extension does not fit into the headers in use",
        explain: include_str!("extmap_id_range.md"),
        refs: &["RFC 8285 §4.2", "RFC 8285 §4.3", "RFC 8285 §5", "RFC 8285 §6"],
        since: "0.1.0",
    },
    checks: &[Check::One(check)],
};

fn check(description: &Description<'_>, findings: &mut Findings<'_>) {
    let mut used = [false; 15];
    for extmap in description.sections().flat_map(|section| section.extmaps()) {
        if let Some(place) = used.get_mut(usize::from(extmap.id.value)) {
            *place = true;
        }
    }
    let small = match (1..=14).find(|&number: &usize| !used[number]) {
        Some(free) => format!("give it a number from 1 to 14, such as {free}, which is free"),
        None => "give it a number from 1 to 14; leave out an extension that is not needed".to_owned(),
    };
    let is_mixed_everywhere = description.head().has("extmap-allow-mixed");
    for section in description.sections() {
        let is_mixed = is_mixed_everywhere || section.has("extmap-allow-mixed");
        for extmap in section.extmaps() {
            let id = extmap.id;
            let (severity, message, help) = match id.value {
                1..=14 => continue,
                0 => (
                    Severity::Error,
                    "header extension 0 is padding, and means nothing".to_owned(),
                    small.clone(),
                ),
                15..=255 if is_mixed => continue,
                15..=255 => (
                    Severity::Warning,
                    format!("header extension {id} only fits into two-byte headers, which are not agreed on"),
                    format!("{small}, or add `a=extmap-allow-mixed` before the first `m=`"),
                ),
                4096..=4351 if !description.is_answer() => continue,
                4096..=4351 => (
                    Severity::Warning,
                    format!("header extension {id} is a placeholder, which only an offer may have"),
                    small.clone(),
                ),
                _ => (Severity::Error, format!("header extension {id} fits into no header"), small.clone()),
            };
            findings.push(id.span, message).severity(severity).help(help);
        }
    }
}
