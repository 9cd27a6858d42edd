//! What copying did to a text: lines that a mail program wrapped, a middle that a console left out. All that follows from
//! it is one fault, and is told as one.

use std::collections::HashSet;

use serde::Serialize;

use super::{Description, Found, Selection};
use crate::finding::Severity;
use crate::sdp::source::{Document, Kind, Wrapping};
use crate::sdp::text::Line;
use crate::sdp::{Session, Text};

/// What copying did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Damage {
    /// What it is.
    pub kind: DamageKind,
    /// To be read before the name of the input, without a full stop.
    pub sentence: String,
    /// The lines at fault, counted from 1: of the input, or of the description where that is a string.
    pub lines: Vec<u32>,
    /// Errors that are left when the lines are joined; `null` where nobody knows what is missing.
    pub errors_when_joined: Option<usize>,
    /// How many findings follow from it.
    pub findings: usize,
    /// Which of the findings follow from it.
    #[serde(skip)]
    pub(super) follows: Vec<bool>,
}

/// What copying did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DamageKind {
    /// Long lines stand on two.
    Wrapped,
    /// The middle is left out, and `…` stands for it.
    Shortened,
}

/// The most obvious damage that explains findings.
pub(super) fn of(
    text: &Text<'_>,
    document: &Document,
    kind: Kind,
    found: &[Found],
    selection: &Selection,
) -> Option<Damage> {
    let is_string = document.wrappings.last() == Some(&Wrapping::String);
    let is_grave = |found: &Found| found.finding.severity > Severity::Info;
    if !found.iter().any(is_grave) {
        return None;
    }
    shortened(text, is_string, found).or_else(|| wrapped(text, document, kind, found, selection))
}

/// Consoles shorten long strings. A line of its own that is no `type=value` and has the sign is none of SDP.
fn shortened(text: &Text<'_>, is_string: bool, found: &[Found]) -> Option<Damage> {
    let is_cut = |line: &&Line| line.kind.is_none() && text.slice(line.span).contains('…');
    let line = text.lines().iter().find(is_cut).filter(|_| is_string)?;
    Some(Damage {
        kind: DamageKind::Shortened,
        sentence: format!(
            "a console left out the middle (`…` in line {}): `copy(pc.localDescription.sdp)` takes all of it",
            line.number
        ),
        lines: vec![line.number],
        errors_when_joined: None,
        findings: found.len(),
        follows: vec![true; found.len()],
    })
}

fn wrapped(
    text: &Text<'_>,
    document: &Document,
    kind: Kind,
    found: &[Found],
    selection: &Selection,
) -> Option<Damage> {
    let is_string = document.wrappings.last() == Some(&Wrapping::String);
    let lines = text.lines();
    let is_rest = |line: &Line| line.kind.is_none() && !line.is_blank();
    // The rest of a line stands behind a line, and not behind another rest: that would be text of another kind.
    let places: Vec<usize> =
        (1..lines.len()).filter(|&at| is_rest(&lines[at]) && lines[at - 1].kind.is_some()).collect();
    let is_whole = lines.iter().filter(|line| is_rest(line)).count() == places.len();
    if places.is_empty() || !is_whole {
        return None;
    }
    let width = |at: &usize| text.slice(lines[at - 1].span).chars().count();
    let first = width(&places[0]);
    let is_even = places.len() > 1 && places.iter().all(|at| width(at) == first);
    let mut joined = String::with_capacity(text.as_str().len());
    for (at, line) in lines.iter().enumerate() {
        joined.push_str(text.slice(line.span));
        match lines.get(at + 1) {
            Some(next) if is_rest(next) && line.kind.is_some() => {
                let (before, after) = (text.slice(line.span), text.slice(next.span));
                let is_inside = is_even
                    || before.ends_with(['-', ':', ';', '/', ' '])
                    || after.starts_with([':', ' ', ';']);
                joined.push_str(if is_inside { "" } else { " " });
            }
            _ => joined.push_str(text.slice(line.ending_span)),
        }
    }
    let joined = Text::from_bytes(joined.as_bytes());
    let session = Session::from_text(&joined);
    let description = Description::of(&session, kind).in_string(is_string);
    let left = super::one(&description, selection).into_found();
    let of = |found: &Found| (found.finding.code, found.finding.message.clone());
    let known: HashSet<_> = left.iter().map(of).collect();
    let follows: Vec<bool> = found.iter().map(|one| !known.contains(&of(one))).collect();
    let count = follows.iter().filter(|follows| **follows).count();
    // Only what gets better was wrapped.
    if count == 0 || left.len() >= found.len() {
        return None;
    }
    let errors = left.iter().filter(|one| one.finding.severity == Severity::Error).count();
    let rest = match errors {
        0 => "has no error".to_owned(),
        1 => "has 1 error".to_owned(),
        errors => format!("has {errors} errors"),
    };
    let columns = if is_even { format!(" at {first} columns") } else { String::new() };
    let number = |at: &usize| match document.place(lines[*at].span.start) {
        // All lines of a string stand on one.
        Some(place) if !is_string => place.line as u32,
        _ => lines[*at].number,
    };
    let numbers: Vec<u32> = places.iter().map(number).collect();
    let ends = match &numbers[..] {
        [one] => format!("line {one} is the end of the line before it"),
        [one, two] => format!("lines {one} and {two} are the ends of the lines before them"),
        [one, two, rest @ ..] => {
            format!("lines {one}, {two} and {} more are the ends of the lines before them", rest.len())
        }
        [] => return None,
    };
    Some(Damage {
        kind: DamageKind::Wrapped,
        sentence: format!("the text was wrapped{columns}: {ends}; joined, it {rest}"),
        lines: numbers,
        errors_when_joined: Some(errors),
        findings: count,
        follows,
    })
}
