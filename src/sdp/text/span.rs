//! Where something stands in the text, in bytes; and values that know it.

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use crate::sdp::Problem;

/// A run of bytes, from `start` to before `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

impl Span {
    /// From `start` to before `end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end: end.max(start) }
    }

    /// The number of bytes.
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether there is nothing between its ends.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// From the start of this one to the end of `last`.
    #[must_use]
    pub fn to(self, last: Span) -> Span {
        Span::new(self.start, last.end)
    }

    /// The empty span at its end.
    #[must_use]
    pub fn after(self) -> Span {
        Span::new(self.end, self.end)
    }

    /// Whether all of `inner` lies within.
    pub fn contains(self, inner: Span) -> bool {
        self.start <= inner.start && inner.end <= self.end
    }
}

/// A value, and where it was read. Gives way to the value where only that is wanted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spanned<T> {
    /// What was read.
    pub value: T,
    /// Where.
    pub span: Span,
}

/// A piece of the text that knows its place.
pub type Word<'t> = Spanned<&'t str>;

impl<T> Spanned<T> {
    /// Another value of the same place.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned { value: change(self.value), span: self.span }
    }
}

impl<T> Deref for Spanned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Spanned<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}@{}..{}", self.value, self.span.start, self.span.end)
    }
}

impl<T: fmt::Display> fmt::Display for Spanned<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

impl<'t> Word<'t> {
    /// From byte `from` to before byte `to` of this piece, which must be ends of characters.
    #[must_use]
    pub fn part(self, from: usize, to: usize) -> Word<'t> {
        Spanned {
            value: &self.value[from..to],
            span: Span::new(self.span.start + from, self.span.start + to),
        }
    }

    /// Without white space at both ends.
    #[must_use]
    pub fn trimmed(self) -> Word<'t> {
        let start = self.value.len() - self.value.trim_start().len();
        let length = self.value.trim().len();
        self.part(start, start + length)
    }

    /// What stands before the first `separator`, and what follows it.
    pub fn split_once(self, separator: char) -> Option<(Word<'t>, Word<'t>)> {
        let at = find(self.value, separator)?;
        Some((self.part(0, at), self.part(at + separator.len_utf8(), self.value.len())))
    }

    /// The pieces between the separators, empty ones included.
    pub fn split(self, separator: char) -> impl Iterator<Item = Word<'t>> {
        let mut rest = Some(self);
        std::iter::from_fn(move || {
            let piece = rest?;
            match piece.split_once(separator) {
                Some((first, others)) => {
                    rest = Some(others);
                    Some(first)
                }
                None => rest.take(),
            }
        })
    }

    /// The pieces between white space, none of them empty.
    pub fn words(self) -> Words<'t> {
        Words { rest: self }
    }

    /// The number, or whatever else this is the text of.
    pub fn parse<T: FromStr>(self, expected: &'static str) -> Result<Spanned<T>, Problem> {
        match self.value.parse() {
            Ok(value) => Ok(self.map(|_| value)),
            Err(_) => Err(Problem::expected(expected, self)),
        }
    }

    /// A number of digits alone: Rust's own `parse` takes a `+` as well.
    pub fn number<T: FromStr>(self, expected: &'static str) -> Result<Spanned<T>, Problem> {
        match self.value.starts_with(|c: char| c.is_ascii_digit()) {
            true => self.parse(expected),
            false => Err(Problem::expected(expected, self)),
        }
    }

    /// This one, unless it is empty.
    pub fn filled(self, expected: &'static str) -> Result<Word<'t>, Problem> {
        if self.value.is_empty() { Err(Problem::expected(expected, self)) } else { Ok(self) }
    }
}

/// Values are short, and separators ASCII: a look at each byte takes less than beginning a search does.
fn find(text: &str, letter: char) -> Option<usize> {
    match u8::try_from(letter) {
        Ok(letter) if letter.is_ascii() => text.bytes().position(|byte| byte == letter),
        _ => text.find(letter),
    }
}

/// The words of a value, one after the other.
#[derive(Debug, Clone, Copy)]
pub struct Words<'t> {
    rest: Word<'t>,
}

impl<'t> Words<'t> {
    /// The next word, which must be there.
    pub fn expect(&mut self, expected: &'static str) -> Result<Word<'t>, Problem> {
        self.next().ok_or_else(|| Problem::expected(expected, self.rest))
    }

    /// All that is left, without white space at its ends.
    pub fn rest(self) -> Word<'t> {
        self.rest.trimmed()
    }

    /// Nothing must be left.
    pub fn end(self) -> Result<(), Problem> {
        let rest = self.rest();
        if rest.is_empty() { Ok(()) } else { Err(Problem::expected("nothing more", rest)) }
    }
}

impl<'t> Iterator for Words<'t> {
    type Item = Word<'t>;

    fn next(&mut self) -> Option<Word<'t>> {
        let length = self.rest.value.len();
        let text = self.rest.value.trim_start_matches([' ', '\t']);
        let start = length - text.len();
        let end = text.find([' ', '\t']).map_or(length, |at| start + at);
        let word = self.rest.part(start, end);
        self.rest = self.rest.part(end, length);
        (!word.is_empty()).then_some(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(value: &str) -> Word<'_> {
        Spanned { value, span: Span::new(10, 10 + value.len()) }
    }

    #[test]
    fn words_know_their_place() {
        let mut words = word("  a bc\td ").words();
        let found: Vec<_> = words.by_ref().map(|word| (word.value, word.span.start)).collect();
        assert_eq!(found, [("a", 12), ("bc", 14), ("d", 17)]);
        let missing = words.expect("a fourth word").unwrap_err();
        assert_eq!((missing.span, &*missing.found), (Span::new(19, 19), ""));
    }

    #[test]
    fn pieces_know_their_place() {
        let pieces: Vec<_> = word("a;;é;").split(';').map(|word| (word.value, word.span.start)).collect();
        assert_eq!(pieces, [("a", 10), ("", 12), ("é", 13), ("", 16)]);
        assert_eq!(word(" é ").trimmed().span, Span::new(11, 13));
    }

    #[test]
    fn a_number_has_no_sign() {
        assert!(word("+5").number::<u8>("a number").is_err());
        assert!(word("256").number::<u8>("a number").is_err());
        assert_eq!(word("255").number::<u8>("a number").unwrap().value, 255);
    }
}
