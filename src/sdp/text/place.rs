//! Bytes as people count: lines, columns, characters.

use super::{Span, Text};

/// Where something is, for a message or an editor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Counted from 1.
    pub line: u32,
    /// Characters, counted from 1.
    pub column: usize,
    /// Characters on that line; 0 where something is missing.
    pub length: usize,
}

impl Place {
    pub(super) fn of(text: &Text<'_>, span: Span) -> Place {
        let Some(line) = text.line_at(span.start).map(|index| &text.lines()[index]) else {
            return Place { line: 1, column: 1, length: 0 };
        };
        let start = span.start.clamp(line.span.start, line.span.end);
        let end = span.end.clamp(start, line.span.end);
        let count = |from: usize, to: usize| match text.is_ascii {
            true => to - from,
            false => text.slice(Span::new(from, to)).chars().count(),
        };
        Place { line: line.number, column: count(line.span.start, start) + 1, length: count(start, end) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let text = Text::from_bytes("v=0\r\ns=é x\r\n".as_bytes());
        let at = text.as_str().find('x').unwrap();
        let place = |start, end| {
            let place = text.place(Span::new(start, end));
            (place.line, place.column, place.length)
        };
        assert_eq!(place(at, at + 1), (2, 5, 1));
        assert_eq!(place(at, at + 9), (2, 5, 1), "what lies on the next line does not count");
        assert_eq!(place(at + 1, at + 1), (2, 6, 0));
        assert_eq!(place(99, 99), (2, 6, 0));
        assert_eq!(Text::from_bytes(b"").place(Span::default()), Place { line: 1, column: 1, length: 0 });
    }
}
