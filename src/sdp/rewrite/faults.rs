//! Whether a description is worse than before.

use std::collections::BTreeMap;

use crate::finding::{Finding, Location, Severity};
use crate::sdp::lint::{self, Description, Found, Selection};
use crate::sdp::source::Kind;
use crate::sdp::{Session, Text};

/// An error or a warning that was not there before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Of the rule.
    pub code: &'static str,
    /// Of the rule.
    pub name: &'static str,
    /// What is wrong.
    pub message: String,
    /// The line of the result, counted from 1.
    pub line: usize,
}

/// The first finding of each rule that has more errors or more warnings in `after` than in `before`.
pub fn new_faults(before: &[u8], after: &[u8], kind: Kind) -> Vec<Fault> {
    let mut counts: BTreeMap<(&str, Severity), usize> = BTreeMap::new();
    for found in findings(before, kind) {
        *counts.entry((found.finding.code, found.finding.severity)).or_default() += 1;
    }
    let mut faults: Vec<Fault> = Vec::new();
    for found in findings(after, kind).into_iter().filter(|found| found.finding.severity > Severity::Info) {
        let finding = found.finding;
        let left = counts.entry((finding.code, finding.severity)).or_default();
        match left.checked_sub(1) {
            Some(less) => *left = less,
            None if faults.iter().any(|fault| fault.code == finding.code) => {}
            None => faults.push(Fault::of(finding)),
        }
    }
    faults
}

fn findings(bytes: &[u8], kind: Kind) -> Vec<Found> {
    let text = Text::from_bytes(bytes);
    let session = Session::from_text(&text);
    lint::one(&Description::of(&session, kind), &Selection::all()).into_found()
}

impl Fault {
    fn of(finding: Finding) -> Self {
        let line = match finding.location {
            Some(Location::Text { line, .. }) => line,
            _ => 1,
        };
        Self { code: finding.code, name: finding.name, message: finding.message, line }
    }
}
