//! Descriptions that can be shown to others: what identifies a person, a machine or a session gives way to stand-ins.
//!
//! The same value always gets the same stand-in, in all that one [`Redactor`] reads, so that what belongs together
//! still shows. Stand-ins have the form of what they stand for (length, punctuation, family of an address), so that
//! rules and parsers say the same as before. What was redacted is not changed by redacting it again.

mod address;
mod free;
mod line;
mod stand_in;

use super::edit::{self, Edit};
use super::text::{Span, Text, Word};
use address::Addresses;
use stand_in::StandIns;

/// Names of attributes are words; longer ones are none that anybody knows.
const TOO_LONG: usize = 20;

/// Keeps what stands for what.
#[derive(Default)]
pub struct Redactor {
    addresses: Addresses,
    words: StandIns,
    unknown: Vec<Unknown>,
}

/// What was redacted because nobody knows that it is no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// Its line, counted from 1.
    pub line: u32,
    /// The name of the attribute; empty where there is none, or it may be part of the secret.
    pub attribute: String,
}

/// What is found in one text.
struct Pass<'r, 't> {
    redactor: &'r mut Redactor,
    edits: Vec<Edit>,
    /// Text of any kind, to be searched once everything with a name is known.
    free: Vec<Word<'t>>,
    /// Of the line at hand, counted from 1.
    number: u32,
}

impl Redactor {
    /// One that knows nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// `bytes` with stand-ins. They may be a description, broken or not, a candidate, or lines of text.
    pub fn redact(&mut self, bytes: &[u8]) -> Vec<u8> {
        let edits = self.edits(&Text::from_bytes(bytes));
        edit::apply(bytes, &edits)
    }

    /// Text of any kind with stand-ins for addresses, hosts in URLs, and words that are known by now.
    pub fn text(&mut self, text: &str) -> String {
        let read = Text::from_bytes(text.as_bytes());
        let mut pass = Pass { redactor: self, edits: Vec::new(), free: Vec::new(), number: 0 };
        for line in read.lines() {
            pass.search(read.word(line.span));
        }
        edit::sort(&mut pass.edits);
        String::from_utf8_lossy(&edit::apply(text.as_bytes(), &pass.edits)).into_owned()
    }

    /// Lines of which more was redacted than what is known to be secret, in order.
    pub fn unknown(&self) -> &[Unknown] {
        &self.unknown
    }

    /// The changes that put stand-ins into `text`, in order.
    pub fn edits(&mut self, text: &Text<'_>) -> Vec<Edit> {
        let mut pass = Pass { redactor: self, edits: Vec::new(), free: Vec::new(), number: 0 };
        for line in text.lines() {
            pass.line(text, line);
        }
        for piece in std::mem::take(&mut pass.free) {
            pass.search(piece);
        }
        edit::sort(&mut pass.edits);
        pass.edits
    }
}

impl Pass<'_, '_> {
    fn put(&mut self, place: Word<'_>, stand_in: String) {
        if place.value != stand_in {
            self.edits.push(Edit::replace(place.span, stand_in));
        }
    }

    /// Takes down that something of this line was redacted though it may be harmless.
    fn note(&mut self, attribute: &str, value: Word<'_>) {
        let attribute = if attribute.len() < TOO_LONG { attribute } else { "" };
        let unknown = Unknown { line: self.number, attribute: attribute.to_owned() };
        if !value.is_empty() && self.redactor.unknown.last() != Some(&unknown) {
            self.redactor.unknown.push(unknown);
        }
    }

    fn name(&mut self, kind: stand_in::Kind, place: Word<'_>) {
        let stand_in = self.redactor.words.of(kind, place.value);
        self.put(place, stand_in);
    }

    /// An address, or the name of a host, with a port or a time to live behind it.
    fn address(&mut self, place: Word<'_>) {
        let (address, _) = place.split_once('/').unwrap_or((place, place));
        let stand_in = self.redactor.addresses.of(address.value);
        self.put(address, stand_in);
    }
}

/// Only how much is known, since what is known is secret.
impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Redactor({} words)", self.words.len())
    }
}

/// `word` without its first `count` bytes, which end a character.
fn without(word: Word<'_>, count: usize) -> Word<'_> {
    word.part(count, word.value.len())
}

/// Nothing, at the end of `word`.
fn nothing(word: Word<'_>) -> Word<'_> {
    let span: Span = word.span.after();
    Word { value: "", span }
}

#[cfg(test)]
mod tests;
