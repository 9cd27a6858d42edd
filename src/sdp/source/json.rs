//! Reads JSON and what looks like it: object literals of JavaScript, and files that were cut off. Keeps offsets, and
//! leaves strings as they are until somebody asks for one.

use std::ops::Range;

use super::text::Text;

/// How deep containers may nest; the deepest dump known has nine levels.
const MAX_DEPTH: usize = 96;
/// Bounds the memory that a file of `[[],[],…` takes.
const MAX_NODES: usize = 2_000_000;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) span: Range<usize>,
    pub(super) value: Value,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// A number, `true`, `null`, `undefined`, or a bare word.
    Word,
    /// In quotes; the span has them.
    String,
    Array(Vec<Node>),
    /// Keys as spans, with their quotes if they have any.
    Object(Vec<(Range<usize>, Node)>),
}

/// How far reading came.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Parsed {
    pub(super) node: Node,
    /// Where reading ended.
    pub(super) end: usize,
    /// Whether the value was read to its end.
    pub(super) complete: bool,
}

/// Reads the value at `start`, if one begins there.
pub(super) fn parse(bytes: &[u8], start: usize) -> Option<Parsed> {
    let mut parser = Parser { bytes, at: start, nodes: 0, complete: true };
    parser.skip_space();
    let node = parser.value(0)?;
    Some(Parsed { node, end: parser.at, complete: parser.complete })
}

impl Node {
    /// The member of this name.
    pub(super) fn member(&self, bytes: &[u8], name: &str) -> Option<&Node> {
        let Value::Object(members) = &self.value else { return None };
        members.iter().find(|(key, _)| unquoted(bytes, key) == name.as_bytes()).map(|(_, node)| node)
    }

    /// The elements of an array; none if it is none.
    pub(super) fn elements(&self) -> &[Node] {
        match &self.value {
            Value::Array(elements) => elements,
            _ => &[],
        }
    }

    /// As it is written.
    pub(super) fn written<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        bytes.get(self.span.clone()).unwrap_or_default()
    }

    /// What a string holds, or how a number or word is written; nothing for `null`, arrays and objects.
    pub(super) fn to_text(&self, bytes: &[u8]) -> Option<String> {
        match self.value {
            Value::String => Some(
                String::from_utf8_lossy(&unescape(&Text::whole(bytes), inside(bytes, &self.span)).bytes)
                    .into(),
            ),
            Value::Word if self.is_null(bytes) => None,
            Value::Word => Some(String::from_utf8_lossy(self.written(bytes)).into_owned()),
            _ => None,
        }
    }

    /// A number, also one in quotes.
    pub(super) fn to_number(&self, bytes: &[u8]) -> Option<f64> {
        self.to_text(bytes)?.trim().parse().ok().filter(|number: &f64| number.is_finite())
    }

    pub(super) fn is_null(&self, bytes: &[u8]) -> bool {
        self.value == Value::Word && matches!(self.written(bytes), b"null" | b"undefined")
    }
}

/// A key or string without its quotes, not unescaped.
pub(super) fn unquoted<'a>(bytes: &'a [u8], span: &Range<usize>) -> &'a [u8] {
    bytes.get(inside(bytes, span)).unwrap_or_default()
}

/// The span without quotes.
pub(super) fn inside(bytes: &[u8], span: &Range<usize>) -> Range<usize> {
    match bytes.get(span.start) {
        Some(quote @ (b'"' | b'\'' | b'`')) => {
            let closed = span.len() >= 2 && bytes.get(span.end - 1) == Some(quote);
            span.start + 1..if closed { span.end - 1 } else { span.end.max(span.start + 1) }
        }
        _ => span.clone(),
    }
}

/// Takes the escapes of JSON and JavaScript out of part of a text.
pub(super) fn unescape(text: &Text<'_>, range: Range<usize>) -> Text<'static> {
    let bytes = &text.bytes[..range.end.min(text.bytes.len())];
    let mut out = Text::empty();
    let mut at = range.start;
    while at < bytes.len() {
        let plain = bytes[at..].iter().position(|byte| *byte == b'\\').map_or(bytes.len(), |next| at + next);
        out.push_slice(text, at..plain);
        at = plain;
        if at >= bytes.len() {
            break;
        }
        let from = text.position(at);
        let (decoded, length) = escape(&bytes[at..]);
        // A continued line is nothing, and so is a lone surrogate, which no text can hold.
        if let Some(decoded) = decoded {
            out.push_decoded(decoded.encode_utf8(&mut [0; 4]).as_bytes(), from);
        }
        at += length;
    }
    out
}

/// The character that an escape stands for, and the length of the escape.
fn escape(bytes: &[u8]) -> (Option<char>, usize) {
    let hex = |digits: usize, at: usize| {
        let digits = std::str::from_utf8(bytes.get(at..at + digits)?).ok()?;
        digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
    };
    match bytes.get(1) {
        Some(b'n') => (Some('\n'), 2),
        Some(b'r') => (Some('\r'), 2),
        Some(b't') => (Some('\t'), 2),
        Some(b'b') => (Some('\u{8}'), 2),
        Some(b'f') => (Some('\u{c}'), 2),
        Some(b'\n') => (None, 2),
        Some(b'\r') => (None, if bytes.get(2) == Some(&b'\n') { 3 } else { 2 }),
        Some(b'x') if let Some(code) = hex(2, 2) => (char::from_u32(code), 4),
        Some(b'u') if let Some(code) = hex(4, 2) => {
            let low = (bytes.get(6..8) == Some(br"\u")).then(|| hex(4, 8)).flatten();
            match low {
                Some(low @ 0xdc00..=0xdfff) if (0xd800..0xdc00).contains(&code) => {
                    (char::from_u32(0x1_0000 + ((code - 0xd800) << 10) + (low - 0xdc00)), 12)
                }
                _ => (char::from_u32(code), 6),
            }
        }
        // Any other ASCII character stands for itself; of another one the bytes that follow are plain.
        Some(other) if other.is_ascii() => (Some(char::from(*other)), 2),
        _ => (Some('\\'), 1),
    }
}

struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
    nodes: usize,
    complete: bool,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn stop<T>(&mut self) -> Option<T> {
        self.complete = false;
        None
    }

    fn value(&mut self, depth: usize) -> Option<Node> {
        self.nodes += 1;
        if depth > MAX_DEPTH || self.nodes > MAX_NODES {
            return self.stop();
        }
        let start = self.at;
        let value = match self.peek()? {
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b'"' | b'\'' | b'`' => {
                self.string();
                Value::String
            }
            byte if is_word(byte) => {
                self.word();
                let end = self.at;
                // A console shows the class before the object: `RTCSessionDescription {type: …`.
                self.skip_space();
                if self.peek() == Some(b'{') && self.bytes[start].is_ascii_alphabetic() {
                    self.object(depth)
                } else {
                    self.at = end;
                    Value::Word
                }
            }
            _ => return self.stop(),
        };
        Some(Node { span: start..self.at, value })
    }

    fn object(&mut self, depth: usize) -> Value {
        let mut members = Vec::new();
        self.at += 1;
        while self.complete {
            self.skip_space();
            let start = self.at;
            match self.peek() {
                Some(b'}') => {
                    self.at += 1;
                    return Value::Object(members);
                }
                Some(b',') => {
                    self.at += 1;
                    continue;
                }
                Some(b'"' | b'\'' | b'`') => self.string(),
                Some(byte) if is_word(byte) => self.word(),
                _ => break,
            }
            let key = start..self.at;
            self.skip_space();
            if self.peek() != Some(b':') {
                break;
            }
            self.at += 1;
            self.skip_space();
            match self.value(depth + 1) {
                Some(node) => members.push((key, node)),
                None => break,
            }
        }
        self.complete = false;
        Value::Object(members)
    }

    fn array(&mut self, depth: usize) -> Value {
        let mut elements = Vec::new();
        self.at += 1;
        while self.complete {
            self.skip_space();
            match self.peek() {
                Some(b']') => {
                    self.at += 1;
                    return Value::Array(elements);
                }
                Some(b',') => self.at += 1,
                Some(_) => match self.value(depth + 1) {
                    Some(node) => elements.push(node),
                    None => break,
                },
                None => break,
            }
        }
        self.complete = false;
        Value::Array(elements)
    }

    /// Reads over a string; one without an end takes the rest.
    fn string(&mut self) {
        let quote = self.bytes[self.at];
        self.at += 1;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'\\' => self.at = (self.at + 1).min(self.bytes.len()),
                byte if byte == quote => return,
                _ => {}
            }
        }
        self.complete = false;
    }

    fn word(&mut self) {
        while self.peek().is_some_and(is_word) {
            self.at += 1;
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'-' | b'+' | b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Parsed {
        parse(json.as_bytes(), 0).unwrap()
    }

    #[test]
    fn reads_json_and_object_literals_alike() {
        let strict = r#"{"type": "offer", "n": [1, -2.5e3, null]}"#;
        let loose = "RTCSessionDescription {type: 'offer', n: [1, -2.5e3, undefined,],}";
        for json in [strict, loose] {
            let Parsed { node, end, complete } = read(json);
            let bytes = json.as_bytes();
            assert!(complete && end == json.len(), "{json}");
            assert_eq!(node.member(bytes, "type").unwrap().to_text(bytes).unwrap(), "offer");
            let numbers = node.member(bytes, "n").unwrap().elements();
            assert_eq!(numbers[1].to_number(bytes), Some(-2500.0));
            assert!(numbers[2].is_null(bytes));
        }
    }

    #[test]
    fn what_was_cut_off_keeps_what_came_before() {
        let json = r#"{"a": {"b": ["x", "yz"#;
        let Parsed { node, complete, .. } = read(json);
        assert!(!complete);
        let list = node.member(json.as_bytes(), "a").unwrap().member(json.as_bytes(), "b").unwrap();
        let texts: Vec<_> = list.elements().iter().filter_map(|node| node.to_text(json.as_bytes())).collect();
        assert_eq!(texts, ["x", "yz"]);
    }

    #[test]
    fn nesting_has_an_end() {
        let json = "[".repeat(200_000);
        assert!(!read(&json).complete);
        assert!(!read(&"[{\"a\":".repeat(50_000)).complete);
        assert!(parse(b")", 0).is_none());
    }

    #[test]
    fn escapes_become_what_they_stand_for_and_keep_their_places() {
        let json = r#"a\r\n\u00e9\ud83d\ude00\x41\/\"\
z\ud800"#;
        let text = Text::whole(json.as_bytes());
        let out = unescape(&text, 0..json.len());
        assert_eq!(String::from_utf8_lossy(&out.bytes), "a\r\né😀A/\"z");
        assert_eq!(out.position(0), Some(0));
        assert_eq!(out.position(1), Some(1));
        assert_eq!(out.position(2), Some(3));
        assert_eq!(out.position(out.bytes.len() - 1), json.find('z'));
        assert_eq!(&*unescape(&Text::whole(b"\\"), 0..1).bytes, b"\\");
    }
}
