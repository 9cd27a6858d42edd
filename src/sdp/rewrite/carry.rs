//! The same changes where the description stands: in JSON, in a string of a program, in a message.
//!
//! What stands around it stays as it is, and so does the way in which its own characters are written. Whether that
//! went well is seen by reading the result again.

use std::ops::Range;

use crate::sdp::edit::{self, Edit};
use crate::sdp::source::{self, Document, Wrapping};
use crate::sdp::text::Span;

/// A description, and what becomes of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Rewritten {
    /// Which of the descriptions found in the input.
    pub index: usize,
    /// The changes.
    pub edits: Vec<Edit>,
    /// The description with them.
    pub text: Vec<u8>,
}

/// The input with all changes made in it; `None` where it would not read as it should: what stands in base64, packed,
/// or in other forms in which characters have no place of their own.
pub fn carried(input: &[u8], documents: &[Document], rewritten: &[Rewritten]) -> Option<Vec<u8>> {
    if rewritten.iter().all(|one| one.edits.is_empty()) {
        return Some(input.to_vec());
    }
    let mut edits = Vec::new();
    for one in rewritten.iter().filter(|one| !one.edits.is_empty()) {
        let document = documents.get(one.index)?;
        if document.restored
            || document.wrappings.iter().any(|one| matches!(one, Wrapping::Gzip | Wrapping::Utf16))
        {
            return None;
        }
        for change in &one.edits {
            edits.push(Change::of(document, change, input)?);
        }
    }
    edits.sort_by_key(|change| (change.range.start, change.range.end));
    let mut edits: Vec<(Range<usize>, Vec<u8>)> =
        edits.into_iter().map(|change| (change.range, change.bytes)).collect();
    lengths(input, &mut edits);
    let result = apply(input, &edits)?;
    let found = source::find(&result).documents;
    let is_same = found.len() == documents.len()
        && found.iter().zip(documents).enumerate().all(|(index, (now, before))| {
            let expected =
                rewritten.iter().find(|one| one.index == index).map_or(&before.text, |one| &one.text);
            now.text == *expected && now.kind == before.kind
        });
    is_same.then_some(result)
}

/// What goes in the input, and what comes.
struct Change {
    range: Range<usize>,
    bytes: Vec<u8>,
}

impl Change {
    fn of(document: &Document, edit: &Edit, input: &[u8]) -> Option<Self> {
        let range = raw(document, edit.span)?;
        let mut bytes = match edit.line_end {
            Some(end) if end.is_empty() => b"\r\n".to_vec(),
            Some(end) => input.get(raw(document, end)?)?.to_vec(),
            None => Vec::new(),
        };
        bytes.extend_from_slice(edit.text.as_bytes());
        Some(Self { range, bytes })
    }
}

/// Where a piece of the description stands in the input, with whatever lies between its characters there.
fn raw(document: &Document, span: Span) -> Option<Range<usize>> {
    let start = document.place(span.start)?.offset;
    let end = if span.is_empty() { start } else { document.place(span.end)?.offset };
    (start <= end).then_some(start..end)
}

/// Content-Length, where it was right and would be wrong.
fn lengths(input: &[u8], edits: &mut Vec<(Range<usize>, Vec<u8>)>) {
    let mut more = Vec::new();
    for (digits, body) in source::content_lengths(input) {
        let inside = edits.iter().filter(|(range, _)| body.start <= range.start && range.end <= body.end);
        let (goes, comes) =
            inside.fold((0, 0), |(goes, comes), (range, bytes)| (goes + range.len(), comes + bytes.len()));
        let length = (body.len() + comes).saturating_sub(goes);
        if length != body.len() {
            more.push((digits, length.to_string().into_bytes()));
        }
    }
    edits.extend(more);
    edits.sort_by_key(|(range, _)| (range.start, range.end));
}

fn apply(input: &[u8], edits: &[(Range<usize>, Vec<u8>)]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(input.len());
    let mut at = 0;
    for (range, bytes) in edits {
        out.extend_from_slice(input.get(at..range.start)?);
        out.extend_from_slice(bytes);
        at = range.end;
    }
    out.extend_from_slice(input.get(at..)?);
    Some(out)
}

impl Rewritten {
    /// Makes the changes in `document`, the one of this `index`.
    pub fn of(index: usize, document: &Document, edits: Vec<Edit>) -> Self {
        let text = edit::apply(&document.text, &edits);
        Self { index, edits, text }
    }
}
