//! Findings as workflow commands of GitHub Actions, which become annotations of a pull request.

use std::io::{self, Write};

use super::annotated::{check_of, position};
use super::{Block, Rendered, Screen, printable};
use crate::finding::{Finding, Location, Severity};

pub(super) fn render(report: &Rendered, _: Screen, out: &mut dyn Write) -> io::Result<()> {
    for finding in report.findings.as_deref().unwrap_or_default() {
        writeln!(out, "{}", command(finding))?;
    }
    for unread in &report.unread {
        let file = match unread.subject.as_str() {
            "" => String::new(),
            subject => format!("file={},", property(subject)),
        };
        writeln!(out, "::error {file}title=not examined::{}", data(&unread.message))?;
    }
    // For whoever reads the log.
    for block in &report.document.blocks {
        if let Block::Verdict(verdict) = block {
            writeln!(out, "rtcscope: {}", printable(&verdict.text))?;
        }
    }
    Ok(())
}

fn command(finding: &Finding) -> String {
    let name = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let check = check_of(finding).map_or_else(String::new, |check| format!("{check}: "));
    let title = format!("title={}{} {}", property(&check), finding.code, property(finding.name));
    let properties = match (&finding.location, position(finding)) {
        (Some(Location::Text { .. }), place) => {
            let mut properties = format!("file={},", property(&finding.subject));
            if let Some(place) = place {
                properties.push_str(&format!("line={},col={},", place.line, place.column));
                // It is the last column that is named, not the one after.
                if let Some(end) = place.end_column.filter(|end| *end > place.column) {
                    properties.push_str(&format!("endLine={},endColumn={},", place.line, end - 1));
                }
            }
            properties + &title
        }
        _ => title,
    };
    let mut message = finding.message.clone();
    if !matches!(finding.location, Some(Location::Text { .. })) {
        message = format!("{}: {message}", finding.subject);
    }
    if !finding.help.is_empty() {
        message.push_str("\nhelp: ");
        message.push_str(&finding.help);
    }
    format!("::{name} {properties}::{}", data(&message))
}

/// A message on one line.
fn data(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| printable(line).replace('%', "%25")).collect();
    lines.join("%0A")
}

/// A value between commas.
fn property(text: &str) -> String {
    printable(text).replace('%', "%25").replace(':', "%3A").replace(',', "%2C")
}
