//! Any bytes as lines of `type=value`, without a loss: what was read can be printed again byte for byte.
//!
//! Knows nothing of what a line means, but for `m=`, which begins a section. Nothing here fails: what is odd is a
//! [`Oddity`] of its line.

mod line;
mod place;
mod span;

use std::borrow::Cow;
use std::fmt;

pub use line::{Ending, Line, Lines, Oddity};
pub use place::Place;
pub use span::{Span, Spanned, Word};

/// Bytes as they came, the same as text, and where each line is.
///
/// Both have the same length, so that one [`Span`] serves for both: bytes that are no UTF-8 are `?` in the text.
pub struct Text<'t> {
    bytes: &'t [u8],
    text: Cow<'t, str>,
    lines: Vec<Line>,
    /// Then bytes are characters, and nobody need count them.
    is_ascii: bool,
}

impl<'t> Text<'t> {
    /// Reads any bytes. Copies them only where they are no UTF-8.
    pub fn from_bytes(bytes: &'t [u8]) -> Self {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => Cow::Owned(masked(bytes)),
        };
        let lines = Lines::of(&text).collect();
        let is_ascii = text.is_ascii();
        Self { bytes, text, lines, is_ascii }
    }

    /// What came, byte for byte.
    pub fn bytes(&self) -> &'t [u8] {
        self.bytes
    }

    /// The same as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether some of the bytes are no UTF-8.
    pub fn is_masked(&self) -> bool {
        matches!(self.text, Cow::Owned(_))
    }

    /// Every line, in order. Together they are the whole text.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The words at `span`.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start..span.end).unwrap_or_default()
    }

    /// The words at `span`, with their place.
    pub fn word(&self, span: Span) -> Word<'_> {
        Spanned { value: self.slice(span), span }
    }

    /// The bytes at `span`, as they came.
    pub fn raw(&self, span: Span) -> &'t [u8] {
        self.bytes.get(span.start..span.end).unwrap_or_default()
    }

    /// The bytes of a line with its ending, as they came.
    pub fn whole(&self, line: &Line) -> &'t [u8] {
        self.raw(line.span.to(line.ending_span))
    }

    /// The position of the line that `offset` lies in; for an offset behind the end, the last one.
    pub fn line_at(&self, offset: usize) -> Option<usize> {
        let after = self.lines.partition_point(|line| line.span.start <= offset);
        if self.lines.is_empty() { None } else { Some(after.saturating_sub(1)) }
    }

    /// `span` as people count: lines and columns from 1.
    pub fn place(&self, span: Span) -> Place {
        Place::of(self, span)
    }
}

/// Only the length, since a description has secrets in it.
impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({} bytes, {} lines)", self.bytes.len(), self.lines.len())
    }
}

/// A `?` for each byte that belongs to no character.
fn masked(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What must hold of any bytes at all.
    fn check(bytes: &[u8]) {
        let text = Text::from_bytes(bytes);
        assert_eq!(text.as_str().len(), bytes.len());
        let printed: Vec<u8> = text.lines().iter().flat_map(|line| text.whole(line)).copied().collect();
        assert_eq!(printed, bytes);
        let mut at = 0;
        for (index, line) in text.lines().iter().enumerate() {
            assert_eq!(line.span.start, at, "lines follow one another");
            assert_eq!(line.span.end, line.ending_span.start);
            assert!(line.span.contains(line.value) && line.span.contains(line.indent), "{line:?}");
            assert_eq!(text.line_at(line.span.start), Some(index));
            for span in [line.span, line.value, line.ending_span] {
                assert!(
                    text.as_str().is_char_boundary(span.start) && text.as_str().is_char_boundary(span.end)
                );
            }
            at = line.ending_span.end;
        }
        assert_eq!(at, bytes.len());
    }

    proptest! {
        #[test]
        fn any_bytes_print_as_they_came(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            check(&bytes);
        }

        #[test]
        fn any_lines_print_as_they_came(
            parts in proptest::collection::vec("(v=0|m=audio 9 X 0|a=mid:é| a = b|\\PC{0,9}|=|\t|\u{feff})(\r\n|\n|\r|\r\r\n|)", 0..20)
        ) {
            check(parts.concat().as_bytes());
        }
    }

    #[test]
    fn bytes_that_are_no_text_keep_their_place_and_their_value() {
        let bytes = b"v=0\r\ns=\xff\xfe\r\na=mid:\xc3\xa9\0\r\n";
        check(bytes);
        let text = Text::from_bytes(bytes);
        assert!(text.is_masked());
        assert_eq!(text.slice(text.lines()[1].value), "??");
        assert_eq!(text.raw(text.lines()[1].value), b"\xff\xfe");
        assert_eq!(text.slice(text.lines()[2].value), "mid:é\0");
    }

    #[test]
    fn debug_tells_no_secret() {
        assert_eq!(format!("{:?}", Text::from_bytes(b"a=ice-pwd:abc\n")), "Text(14 bytes, 1 lines)");
    }
}
