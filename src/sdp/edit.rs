//! Changes to a text: what stands where shall be what instead.

use super::text::Span;

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What goes; empty where something is only added.
    pub span: Span,
    /// Where the line end stands that comes before [`Edit::text`], so that a new line ends as its neighbours do. An
    /// empty span stands for CRLF.
    pub line_end: Option<Span>,
    /// What comes.
    pub text: String,
}

impl Edit {
    /// `text` in place of `span`.
    pub fn replace(span: Span, text: impl Into<String>) -> Self {
        Self { span, line_end: None, text: text.into() }
    }

    /// Nothing in place of `span`.
    pub fn delete(span: Span) -> Self {
        Self::replace(span, "")
    }

    /// `line` as a line of its own, after the line whose content ends at `end`.
    pub fn add_line(end: usize, line_end: Span, line: String) -> Self {
        Self { span: Span::new(end, end), line_end: Some(line_end), text: line }
    }
}

/// Puts edits into the order of the text; those at one place keep theirs, and additions come before what goes there.
pub(super) fn sort(edits: &mut [Edit]) {
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
}

/// `bytes` with all changes made at once. Edits are in order; one that lies in what an earlier one took is left out.
pub fn apply(bytes: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    for edit in edits {
        let Some(kept) = bytes.get(at..edit.span.start).filter(|_| edit.span.end <= bytes.len()) else {
            continue;
        };
        out.extend_from_slice(kept);
        if let Some(end) = edit.line_end {
            let raw = bytes.get(end.start..end.end).filter(|raw| !raw.is_empty());
            out.extend_from_slice(raw.unwrap_or(b"\r\n"));
        }
        out.extend_from_slice(edit.text.as_bytes());
        at = edit.span.end;
    }
    out.extend_from_slice(&bytes[at..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_changes_are_made_at_once() {
        let text = b"a=x\nb\n";
        let edits = [
            Edit::replace(Span::new(2, 3), "long"),
            Edit::add_line(3, Span::new(3, 4), "c".to_owned()),
            Edit::delete(Span::new(4, 6)),
            Edit::replace(Span::new(5, 6), "lies in what went"),
            Edit::replace(Span::new(6, 60), "lies outside"),
        ];
        assert_eq!(apply(text, &edits), b"a=long\nc\n");
        let alone = [Edit::add_line(1, Span::new(1, 1), "y".to_owned())];
        assert_eq!(apply(b"x", &alone), b"x\r\ny");
        assert_eq!(apply(text, &[]), text);
    }
}
