//! Findings as text: what, where, the evidence, what to change. The gravest come first.

use serde_json::Value;

use super::wrap::{prose, width};
use super::{Cell, Screen, Tone, screen};
use crate::finding::{Confidence, Excerpt, Finding, Location, Severity};

pub(super) fn lines(findings: &[Finding], screen: Screen) -> Vec<String> {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    // A stable sort: within one severity, the order of the run.
    sorted.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let mut lines = Vec::new();
    for group in groups(&sorted) {
        lines.extend(group_lines(&group, screen));
        lines.push(String::new());
    }
    let mut codes: Vec<&str> = Vec::new();
    for finding in sorted.iter().filter(|finding| finding.severity > Severity::Info) {
        if !codes.contains(&finding.code) {
            codes.push(finding.code);
        }
    }
    match codes.is_empty() {
        true => drop(lines.pop()),
        false => lines.push(screen.paint(&format!("more: rtcscope explain {}", codes.join(" ")), Tone::Dim)),
    }
    lines
}

/// The same fault at several endpoints is told once.
pub(super) fn groups<'a>(findings: &[&'a Finding]) -> Vec<Vec<&'a Finding>> {
    let same = |a: &Finding, b: &Finding| {
        (a.code, a.severity, a.confidence) == (b.code, b.severity, b.confidence)
            && a.message == b.message
            && a.help == b.help
    };
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    for finding in findings {
        match groups.iter_mut().find(|group| same(group[0], finding)) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    groups
}

fn group_lines(group: &[&Finding], screen: Screen) -> Vec<String> {
    let first = group[0];
    let word = word(first.severity);
    let code = screen.paint(first.code, Tone::Strong);
    let name = screen.paint(first.name, Tone::Dim);
    let mut lines = vec![format!("{} {code} {name}", screen.paint(word, screen::tone(first.severity)))];
    let message = message(&first.message, first.confidence);
    lines.extend(prose(&message.into(), "  ", "  ", screen));
    for (index, finding) in group.iter().enumerate() {
        lines.extend(labelled("at", &place(finding), screen));
        lines.extend(excerpt(finding, screen));
        if let Some(Location::Packets { display_filter, .. }) = &finding.location {
            // To be pasted: never wrapped.
            lines.push(format!("  {} {display_filter}", screen.paint("filter:", Tone::Dim)));
        }
        // What was seen at all of these places is said after the last of them.
        if group.get(index + 1).is_none_or(|next| next.evidence != finding.evidence) {
            for (key, value) in &finding.evidence {
                lines.extend(prose(
                    &format!("{key}: {}", evidence(value)).into(),
                    "      ",
                    "        ",
                    screen,
                ));
            }
        }
    }
    for (index, line) in first.help.lines().enumerate() {
        match index {
            0 => lines.extend(labelled("help", line, screen)),
            // The lines after the first may be there to be pasted: never wrapped.
            _ => lines.push(format!("        {line}").trim_end().to_owned()),
        }
    }
    lines
}

/// A severity as people read it.
pub(super) fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

/// What was seen, and how sure that is.
pub(super) fn message(message: &str, confidence: Confidence) -> String {
    match confidence {
        Confidence::High => message.to_owned(),
        Confidence::Medium => format!("{message} (likely)"),
        Confidence::Low => format!("{message} (one explanation of several)"),
    }
}

fn labelled(label: &str, text: &str, screen: Screen) -> Vec<String> {
    let first = format!("  {} ", screen.paint(&format!("{label}:"), Tone::Dim));
    prose(&Cell::from(text), &first, &" ".repeat(label.len() + 4), screen)
}

/// The line of the text, and a mark under what the finding is about. Never wrapped: the mark would be lost.
fn excerpt(finding: &Finding, screen: Screen) -> Vec<String> {
    let Some(Location::Text { line, excerpt, .. }) = &finding.location else { return Vec::new() };
    let Excerpt { before, marked, after } = excerpt;
    let number = line.to_string();
    let gutter = " ".repeat(number.len());
    let indent = " ".repeat(width(before));
    let mark = "^".repeat(width(marked).max(1));
    let tone = screen::tone(finding.severity);
    vec![
        format!("      {} {before}{marked}{after}", screen.paint(&format!("{number} |"), Tone::Dim))
            .trim_end()
            .to_owned(),
        format!(
            "      {} {indent}{}",
            screen.paint(&format!("{gutter} |"), Tone::Dim),
            screen.paint(&mark, tone)
        ),
    ]
}

pub(super) fn place(finding: &Finding) -> String {
    match &finding.location {
        // As compilers write it, so that editors find it.
        Some(Location::Text { line, column, .. }) => {
            format!("{}:{line}:{column}, {}", finding.subject, finding.stage)
        }
        Some(location) => format!("{} ({location}), {}", finding.subject, finding.stage),
        None => format!("{}, {}", finding.subject, finding.stage),
    }
}

pub(super) fn evidence(value: &Value) -> String {
    match value {
        Value::Null => "unknown".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if text.is_empty() => "(empty)".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::Array(items) => items.iter().map(evidence).collect::<Vec<_>>().join(", "),
        Value::Object(map) => {
            let pairs = map.iter().map(|(key, value)| format!("{key} {}", evidence(value)));
            pairs.collect::<Vec<_>>().join(", ")
        }
    }
}
