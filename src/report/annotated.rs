//! Where a finding belongs, in a file and in a plan, for formats that annotate.

use serde_json::Value;

use crate::finding::{Finding, Location};

/// A place in a file; lines and columns count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) line: u64,
    pub(super) column: u64,
    /// The column after the last one; `None` where only the start is known.
    pub(super) end_column: Option<u64>,
}

/// Where the finding is in the file that it is about. A text that was unwrapped from the file (out of a log, a string)
/// has lines of its own, and the evidence says which one of the file that is; `None` where it stands nowhere.
pub(super) fn position(finding: &Finding) -> Option<Position> {
    let Some(Location::Text { line, column, length, .. }) = finding.location else { return None };
    let Some(input_line) = finding.evidence.get("input_line") else {
        let (line, column, length) = (line as u64, column as u64, length as u64);
        return Some(Position { line, column, end_column: Some(column + length) });
    };
    let column = finding.evidence.get("input_column").and_then(Value::as_u64)?;
    Some(Position { line: input_line.as_u64()?, column, end_column: None })
}

/// The check of a plan that found it.
pub(super) fn check_of(finding: &Finding) -> Option<&str> {
    finding.evidence.get("check").and_then(Value::as_str)
}
