//! Words that stand for words: of the same length, with the same punctuation, numbered in the order of their first use.

use std::collections::HashMap;

/// What a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// `ice-ufrag`.
    Ufrag,
    /// `ice-pwd`.
    Password,
    /// A key of SRTP.
    Key,
    /// `cname`, streams, tracks, and whatever else was chosen at random.
    Id,
    /// The user of `o=`.
    Name,
    /// A hash, in hexadecimal digits.
    Hash,
    /// The session id of `o=`, a number.
    Session,
}

/// Shorter words are no secret when they stand somewhere in a text: they may be any word.
const TELLING: usize = 6;

#[derive(Default)]
pub(super) struct StandIns {
    /// How many stand-ins there are of one mark and form.
    counts: HashMap<(Family, Option<u8>, String), u64>,
    known: HashMap<(Family, String), String>,
}

/// Which characters a stand-in has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Family {
    Word,
    Hexadecimal,
    Decimal,
}

impl Kind {
    fn family(self) -> Family {
        match self {
            Kind::Hash => Family::Hexadecimal,
            Kind::Session => Family::Decimal,
            _ => Family::Word,
        }
    }

    /// How stand-ins begin, where there is room for it.
    fn mark(self, room: usize) -> Option<u8> {
        match self {
            _ if room < 4 => None,
            Kind::Ufrag => Some(b'u'),
            Kind::Password => Some(b'p'),
            Kind::Key => Some(b'k'),
            Kind::Name => Some(b'n'),
            Kind::Session => Some(b'1'),
            Kind::Id | Kind::Hash => None,
        }
    }
}

impl StandIns {
    pub(super) fn len(&self) -> usize {
        self.known.len()
    }

    /// What stands for `word`.
    pub(super) fn of(&mut self, kind: Kind, word: &str) -> String {
        let key = (kind.family(), word.to_owned());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let form = form(word);
        let room = form.bytes().filter(|byte| *byte == SLOT).count();
        let count = self.counts.entry((kind.family(), kind.mark(room), form.clone())).or_default();
        *count += 1;
        let stand_in = fill(&form, &characters(kind, room, *count, word));
        self.known.insert(key, stand_in.clone());
        stand_in
    }

    /// What stands for a word of which nothing tells what it is, if that is known from elsewhere.
    pub(super) fn known(&self, word: &str) -> Option<&str> {
        let families = [Family::Word, Family::Hexadecimal, Family::Decimal];
        let known = |family| self.known.get(&(family, word.to_owned()));
        families.into_iter().filter(|_| word.len() >= TELLING).find_map(known).map(String::as_str)
    }
}

/// Where a character of a stand-in goes.
const SLOT: u8 = b'0';

/// The word with a slot for each letter and digit. All else stays, so that a character that may not be there is still
/// there; of what is no ASCII only that.
fn form(word: &str) -> String {
    let slot = |character: char| match character {
        '+' | '/' => '0',
        _ if character.is_ascii_alphanumeric() => '0',
        _ if character.is_ascii() => character,
        _ => '?',
    };
    word.chars().map(slot).collect()
}

fn fill(form: &str, characters: &[u8]) -> String {
    let mut characters = characters.iter();
    let slot = |byte| if byte == SLOT { characters.next().copied().unwrap_or(SLOT) } else { byte };
    form.bytes().map(slot).map(char::from).collect()
}

/// The characters of the stand-in of this number.
fn characters(kind: Kind, room: usize, number: u64, word: &str) -> Vec<u8> {
    let mark = kind.mark(room);
    let digits = match kind.family() {
        Family::Decimal => &b"0123456789"[..],
        Family::Hexadecimal if word.bytes().any(|byte| byte.is_ascii_lowercase()) => b"0123456789abcdef",
        Family::Hexadecimal => b"0123456789ABCDEF",
        Family::Word => b"0123456789abcdefghijklmnopqrstuvwxyz",
    };
    let mut out: Vec<u8> = mark.into_iter().collect();
    let width = room - out.len();
    if kind == Kind::Key && width > 6 {
        // Base64 ends in bits that must be zero.
        out.extend(numeral(number, digits, 6));
        out.resize(room, b'A');
    } else {
        out.extend(numeral(number, digits, width));
    }
    out
}

/// A number in `width` digits, from the left; what does not fit is cut off.
fn numeral(mut number: u64, digits: &[u8], width: usize) -> Vec<u8> {
    let mut out = vec![digits[0]; width];
    let base = digits.len() as u64;
    for place in out.iter_mut().rev() {
        *place = digits[(number % base) as usize];
        number /= base;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stand_in_has_the_form_of_its_word_and_is_its_own() {
        let mut words = StandIns::default();
        let mut check = |kind, word: &str, expected: &str| {
            assert_eq!(words.of(kind, word), expected);
            assert_eq!(words.of(kind, word), expected, "again");
        };
        check(Kind::Ufrag, "aB+9", "u001");
        check(Kind::Ufrag, "x7Yz", "u002");
        check(Kind::Ufrag, "é-_b", "?-_1");
        check(Kind::Password, "asd88fgpdd777uzjYhagZg", "p000000000000000000001");
        check(Kind::Id, "{9b1e-4c}", "{0000-01}");
        check(Kind::Id, "-", "-");
        check(Kind::Hash, "4A:AD:b9", "00:00:01");
        check(Kind::Session, "4611731400430051336", "1000000000000000001");
        check(
            Kind::Key,
            "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz",
            "k000001AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        );
        let mut again = StandIns::default();
        assert_eq!(again.of(Kind::Ufrag, "u001"), "u001");
    }

    #[test]
    fn a_word_in_a_text_is_known_if_it_is_long_enough() {
        let mut words = StandIns::default();
        let stand_in = words.of(Kind::Id, "jitsi-track");
        assert_eq!(words.known("jitsi-track"), Some(&*stand_in));
        words.of(Kind::Id, "audio");
        assert_eq!(words.known("audio"), None);
    }
}
