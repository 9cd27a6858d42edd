//! The line of a finding, ready to be shown: cut where it is very long, and without what is secret.

use crate::sdp::text::{Span, Text};

/// Characters kept on each side and of the marked part itself: more than any screen shows.
const MOST: usize = 300;

/// What follows these is a key or a password, wherever they stand on a line and however broken that is.
const SECRET_AFTER: [&str; 5] = ["ice-pwd:", "crypto:", "inline:", "key-mgmt:", "k="];

/// A line in three parts, the second of which is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// Counted from 1.
    pub line: u32,
    /// Characters before `marked`, whether kept or not, plus 1.
    pub column: usize,
    /// Before it; `…` stands for more.
    pub before: String,
    /// What is meant; empty where something is missing.
    pub marked: String,
    /// After it; `…` stands for more.
    pub after: String,
}

impl Excerpt {
    pub(super) fn of(text: &Text<'_>, span: Span) -> Self {
        let place = text.place(span);
        let line = match text.line_at(span.start) {
            Some(index) => text.lines()[index].span,
            None => Span::default(),
        };
        let start = span.start.clamp(line.start, line.end);
        let end = span.end.clamp(start, line.end);
        let secret = secret_from(text.slice(line)).map_or(line.end, |at| line.start + at);
        let shown = |from: usize, to: usize| {
            let clear = text.slice(Span::new(from.min(secret), to.min(secret)));
            let hidden = text.slice(Span::new(from.max(secret), to.max(secret))).chars().map(|_| '*');
            (clear, hidden)
        };
        let head = |from, to| {
            let (clear, hidden) = shown(from, to);
            let mut part: String = clear.chars().chain(hidden).take(MOST + 1).collect();
            if let Some((at, _)) = part.char_indices().nth(MOST) {
                part.truncate(at);
                part.push('…');
            }
            part
        };
        let (clear, hidden) = shown(line.start, start);
        let mut before: Vec<char> = hidden.rev().chain(clear.chars().rev()).take(MOST + 1).collect();
        if before.len() > MOST {
            before[MOST] = '…';
        }
        Self {
            line: place.line,
            column: place.column,
            before: before.into_iter().rev().collect(),
            marked: head(start, end),
            after: head(end, line.end),
        }
    }
}

/// Where the secret part of a line begins.
fn secret_from(line: &str) -> Option<usize> {
    let after = |word: &&str| match *word {
        // The type of a line, not an `=` within it.
        "k=" => line.trim_start().starts_with("k=").then(|| line.find("k=").unwrap_or(0) + 2),
        word => line.find(word).map(|at| at + word.len()),
    };
    SECRET_AFTER.iter().filter_map(after).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, part: &str, expected: (&str, &str, &str)) {
        let start = text.find(part).unwrap();
        let excerpt = Excerpt::of(&Text::from_bytes(text.as_bytes()), Span::new(start, start + part.len()));
        assert_eq!((&*excerpt.before, &*excerpt.marked, &*excerpt.after), expected);
    }

    #[test]
    fn passwords_and_keys_are_hidden_character_by_character() {
        check("s=-\r\na=ice-pwd:üsecret\r\n", "secret", ("a=ice-pwd:*", "******", ""));
        check("a=ice-pwd:secret", "ice-pwd", ("a=", "ice-pwd", ":******"));
        check(" a = ice-pwd: secret", " a", ("", " a", " = ice-pwd:*******"));
        check("a=crypto:1 AES inline:abc", "AES", ("a=crypto:**", "***", "***********"));
        check("k=prompt", "k", ("", "k", "=******"));
        check("i=k=v", "k=", ("i=", "k=", "v"));
    }

    #[test]
    fn a_very_long_line_is_cut_on_both_sides() {
        let text = format!("a={}HERE{}", "x".repeat(5000), "y".repeat(5000));
        let start = text.find("HERE").unwrap();
        let excerpt = Excerpt::of(&Text::from_bytes(text.as_bytes()), Span::new(start, start + 4));
        assert_eq!((excerpt.marked.as_str(), excerpt.column), ("HERE", 5003));
        assert_eq!(excerpt.before, format!("…{}", "x".repeat(MOST)));
        assert_eq!(excerpt.after, format!("{}…", "y".repeat(MOST)));
    }
}
