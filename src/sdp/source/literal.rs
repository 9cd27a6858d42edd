//! Descriptions within the strings of a program or a log, with `\r\n` as characters: quoted or not, escaped once or
//! more often, in pieces that a program would put together.

use std::ops::Range;

use super::document::Kind;
use super::json::unescape;
use super::prefix::is_sdp_line;
use super::text::{Text, find};

/// A description that was unescaped.
#[derive(Debug)]
pub(super) struct Literal {
    pub(super) text: Text<'static>,
    /// Where it begins and ends in the text that was searched.
    pub(super) range: Range<usize>,
    pub(super) hint: Option<Kind>,
    pub(super) quoted: bool,
    pub(super) pieces: usize,
}

/// Each escaping doubles the backslashes; nobody has five of them.
const MAX_ESCAPES: usize = 16;
const MAX_LEVELS: usize = 5;
/// What Chrome's console shows for a line end.
const RETURN_SIGN: &[u8] = "↵".as_bytes();

/// Finds `v=` followed by a line end in characters, or by the end of a string.
pub(super) fn literals(text: &Text<'_>) -> Vec<Literal> {
    let bytes = &*text.bytes;
    let mut found = Vec::new();
    let mut at = 0;
    // What begins like one and is none is read again from the next beginning: not without end.
    let mut budget = bytes.len().saturating_mul(4) + (1 << 20);
    while let Some(start) = find(bytes, b"v=", at) {
        at = start + 2;
        let digits = bytes[at..].iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 || start > 0 && bytes[start - 1].is_ascii_alphanumeric() && !after_escape(bytes, start)
        {
            continue;
        }
        let (read, literal) = read(text, start, start + 2 + digits);
        if let Some(literal) = literal {
            at = literal.range.end.max(at);
            found.push(literal);
        }
        match budget.checked_sub(read) {
            Some(left) => budget = left,
            None => break,
        }
    }
    found
}

/// `\nv=0`: the letter before it belongs to an escape.
fn after_escape(bytes: &[u8], at: usize) -> bool {
    at >= 2 && bytes[at - 2] == b'\\' && matches!(bytes[at - 1], b'n' | b'r' | b't')
}

/// The literal, and how many bytes it took to know.
fn read(text: &Text<'_>, start: usize, after: usize) -> (usize, Option<Literal>) {
    let bytes = &*text.bytes;
    let (quote, level) = quote_before(bytes, start);
    let escapes = backslashes_from(bytes, after);
    let line_end = match bytes.get(after + escapes) {
        _ if bytes[after..].starts_with(RETURN_SIGN) => true,
        Some(b'r' | b'n') => (1..=MAX_ESCAPES).contains(&escapes),
        _ => false,
    };
    let closes = quote.is_some() && escapes == level && bytes.get(after + escapes).copied() == quote;
    if !line_end && !closes {
        return (0, None);
    }
    let mut raw = Vec::new();
    let mut end = match quote {
        Some(quote) => close(bytes, start, quote, level),
        None => end_without_quote(bytes, start, escapes),
    };
    raw.push(start..end);
    if let Some(quote) = quote {
        while let Some(next) = next_piece(bytes, end + level, quote, level) {
            end = close(bytes, next, quote, level);
            raw.push(next..end);
        }
    }
    let mut out = Text::empty();
    let pieces = raw.len();
    for range in raw {
        out.push_slice(text, range);
        if !line_end {
            out.push_decoded(b"\r\n", None);
        }
    }
    for _ in 0..MAX_LEVELS {
        if out.bytes.iter().any(|byte| matches!(byte, b'\n' | b'\r')) && !has_escaped_end(&out.bytes) {
            break;
        }
        let length = out.bytes.len();
        out = unescape(&out, 0..length);
    }
    out = returns(&out);
    let literal = super::raw::is_sdp(&out.bytes).then(|| {
        let hint = hint(bytes, start, end);
        Literal { text: out, range: start..end, hint, quoted: quote.is_some(), pieces }
    });
    (end - start, literal)
}

/// The quote before a text, and how many backslashes escape it.
fn quote_before(bytes: &[u8], at: usize) -> (Option<u8>, usize) {
    let before = bytes[..at].len()
        - bytes[..at].iter().rev().take(64).take_while(|byte| byte.is_ascii_whitespace()).count();
    match bytes[..before].last() {
        Some(quote @ (b'"' | b'\'' | b'`')) => {
            let level =
                bytes[..before - 1].iter().rev().take(MAX_ESCAPES).take_while(|byte| **byte == b'\\').count();
            (Some(*quote), level)
        }
        _ => (None, 0),
    }
}

fn backslashes_from(bytes: &[u8], at: usize) -> usize {
    bytes
        .get(at..)
        .unwrap_or_default()
        .iter()
        .take(MAX_ESCAPES + 1)
        .take_while(|byte| **byte == b'\\')
        .count()
}

/// Where the string that `at` lies in ends: its quote, escaped no more than the opening one was.
fn close(bytes: &[u8], at: usize, quote: u8, level: usize) -> usize {
    let mut escapes = 0;
    for (offset, byte) in bytes[at..].iter().enumerate() {
        match byte {
            b'\\' => escapes += 1,
            byte if *byte == quote && (escapes <= level || level == 0 && escapes % 2 == 0) => {
                return at + offset - escapes.min(level);
            }
            _ => escapes = 0,
        }
    }
    bytes.len()
}

/// A text without quotes goes to the end of its line, or to a quote that is escaped less than its line ends are.
fn end_without_quote(bytes: &[u8], at: usize, escapes: usize) -> usize {
    let mut seen = 0;
    for (offset, byte) in bytes[at..].iter().enumerate() {
        match byte {
            b'\\' => seen += 1,
            b'\n' | b'\r' => return at + offset,
            b'"' if seen < escapes => return at + offset - seen,
            _ => seen = 0,
        }
    }
    bytes.len()
}

/// Where the next string begins, if nothing but what joins strings lies between, and it goes on with SDP.
fn next_piece(bytes: &[u8], end: usize, quote: u8, level: usize) -> Option<usize> {
    let mut at = end + 1;
    let mut joined = false;
    for _ in 0..200 {
        match bytes.get(at)? {
            byte if *byte == quote => {
                let rest = &bytes[at + 1..];
                let goes_on = is_sdp_line(rest) || rest.first() == Some(&b'\\');
                return goes_on.then_some(at + 1);
            }
            byte if byte.is_ascii_whitespace() => at += 1,
            b'\\' if level > 0 || bytes.get(at + 1).is_some_and(|next| matches!(next, b'\n' | b'\r')) => {
                at += 1
            }
            b'+' | b'.' | b',' if !joined => {
                joined = true;
                at += 1;
            }
            _ => return None,
        }
    }
    None
}

/// Whether line ends are still written as characters, before a letter and `=`.
fn has_escaped_end(bytes: &[u8]) -> bool {
    let first = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(bytes.len());
    let head = &bytes[..first];
    find(head, br"\n", 0).or_else(|| find(head, br"\r", 0)).is_some()
}

/// Makes line ends of the signs that a console shows for them.
fn returns(text: &Text<'static>) -> Text<'static> {
    let Some(mut at) = find(&text.bytes, RETURN_SIGN, 0) else { return text.clone() };
    let (mut out, mut from) = (Text::empty(), 0);
    loop {
        out.push_slice(text, from..at);
        out.push_decoded(b"\n", text.position(at));
        from = at + RETURN_SIGN.len();
        match find(&text.bytes, RETURN_SIGN, from) {
            Some(next) => at = next,
            None => break,
        }
    }
    out.push_slice(text, from..text.bytes.len());
    out
}

/// `type: "offer"` on either side, or what stands before it on its line.
fn hint(bytes: &[u8], start: usize, end: usize) -> Option<Kind> {
    let before = &bytes[start.saturating_sub(160)..start];
    let after = &bytes[end.min(bytes.len())..(end + 80).min(bytes.len())];
    let last_line = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    let typed = |part: &[u8]| {
        let part = String::from_utf8_lossy(part).to_ascii_lowercase();
        let rest = &part[part.rfind("type")? + 4..];
        let word = rest.trim_start_matches(|letter: char| !letter.is_ascii_alphanumeric());
        let word: String = word.chars().take_while(char::is_ascii_alphanumeric).collect();
        Kind::from_word(&word)
    };
    let inside = |part: &[u8]| Kind::from_hint(&String::from_utf8_lossy(part));
    typed(before).or_else(|| typed(after)).or_else(|| inside(last_line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(String, Option<Kind>)> {
        let found = literals(&Text::whole(text.as_bytes()));
        found.iter().map(|one| (String::from_utf8_lossy(&one.text.bytes).into(), one.hint)).collect()
    }

    fn one(text: &str) -> (String, Option<Kind>) {
        let found = found(text);
        assert_eq!(found.len(), 1, "{text}");
        found.into_iter().next().unwrap()
    }

    #[test]
    fn quoted_or_not_and_however_often_escaped() {
        let sdp = "v=0\r\no=-\r\ns=say \"hi\"\r\n";
        for text in [
            r#"v=0\r\no=-\r\ns=say \"hi\"\r\n"#,
            r#"got "v=0\r\no=-\r\ns=say \"hi\"\r\n" from Bob"#,
            r#"got \"v=0\\r\\no=-\\r\\ns=say \\\"hi\\\"\\r\\n\" from Bob"#,
        ] {
            assert_eq!(one(text).0, sdp, "{text}");
        }
        assert_eq!(one("v=0↵o=-↵s=-↵").0, "v=0\no=-\ns=-\n");
    }

    #[test]
    fn pieces_are_put_together() {
        let sdp = "v=0\r\no=-\r\na=x\r\n";
        assert_eq!(one("'v=0\\r\\n' +\n  'o=-\\r\\n' +\n  'a=x\\r\\n';\nlet x='a=y';").0, sdp);
        assert_eq!(one("char *sdp = \"v=0\\r\\n\"\n\t\"o=-\\r\\n\"\n\t\"a=x\\r\\n\";").0, sdp);
        assert_eq!(one("sdp = ['v=0', 'o=-', 'a=x'].join('\\r\\n')").0, sdp);
    }

    #[test]
    fn what_stands_around_it_tells_the_type() {
        assert_eq!(one(r#"got {"type":"answer","sdp":"v=0\r\no=-\r\n"} now"#).1, Some(Kind::Answer));
        assert_eq!(one(r#"got {"sdp":"v=0\r\no=-\r\n","type":"offer"} now"#).1, Some(Kind::Offer));
        assert_eq!(one(r"remote answer: v=0\r\no=-\r\n").1, Some(Kind::Answer));
    }

    #[test]
    fn no_description_in_other_strings() {
        for text in [r"v=0\r\nnothing else", "\"v=0\"", r"https://h/?v=0\n", r#"{"v=0":1,"o=1":2}"#] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
