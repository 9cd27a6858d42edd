//! Walks a JSON value for descriptions and candidates, whatever their keys.

use std::ops::Range;

use super::candidate::{self, Candidate};
use super::document::{Kind, Wrapping};
use super::encoded;
use super::finder::{Context, Finder};
use super::foreign;
use super::json::{self, Node, Value, unescape, unquoted};
use super::prefix;
use super::text::{Text, find};

/// Adds all that is in a value to what was found.
pub(super) fn walk(finder: &mut Finder<'_>, text: &Text<'_>, node: &Node, context: &Context) {
    let mut walk = Walk { finder, text, context, path: Vec::new() };
    walk.node(node);
}

/// How a node is reached from the one around it.
#[derive(Debug, Clone)]
enum Step<'n> {
    Key(&'n Node, &'n Range<usize>),
    Index(usize),
}

struct Walk<'w, 'i, 'n> {
    finder: &'w mut Finder<'i>,
    text: &'w Text<'w>,
    context: &'w Context,
    path: Vec<Step<'n>>,
}

impl<'n> Walk<'_, '_, 'n> {
    fn node(&mut self, node: &'n Node) {
        match &node.value {
            Value::Word => {}
            Value::String => self.string(node),
            Value::Array(elements) => {
                if let Some(joined) = self.lines(elements) {
                    let context = self.inner(Wrapping::Pieces);
                    let kind = context.kind.unwrap_or(Kind::Unknown);
                    self.finder.add(joined, kind, &context);
                    return;
                }
                for (index, element) in elements.iter().enumerate() {
                    self.path.push(Step::Index(index));
                    self.node(element);
                    self.path.pop();
                }
            }
            Value::Object(members) => {
                self.object(node);
                for (key, member) in members {
                    self.path.push(Step::Key(node, key));
                    self.node(member);
                    self.path.pop();
                }
            }
        }
    }

    /// What is only to be seen on the object as a whole.
    fn object(&mut self, node: &Node) {
        let bytes = &*self.text.bytes;
        if let Some(empty) = node.member(bytes, "candidate") {
            let is_empty =
                empty.is_null(bytes) || empty.to_text(bytes).is_some_and(|text| text.trim().is_empty());
            let has_section =
                node.member(bytes, "sdpMid").or_else(|| node.member(bytes, "sdpMLineIndex")).is_some();
            let completed =
                empty.member(bytes, "completed").is_some_and(|done| done.written(bytes) == b"true");
            if is_empty && has_section || completed {
                self.candidate(None, Some(node), node.span.start);
            }
        }
        let kind = node.member(bytes, "type").and_then(|kind| Kind::from_word(&kind.to_text(bytes)?));
        if let Some(kind) = kind.filter(|kind| *kind != Kind::Rollback) {
            let sdp = node.member(bytes, "sdp");
            let given = sdp.and_then(|sdp| sdp.to_text(bytes)).unwrap_or_default();
            if sdp.is_none_or(|sdp| matches!(sdp.value, Value::Word | Value::String)) && given.len() < 100 {
                let name = kind.name();
                self.finder.hollow = Some(match (sdp.is_some(), given.trim().is_empty()) {
                    (false, _) => format!("a description of type `{name}` without its `sdp`"),
                    (true, true) => format!("a description of type `{name}` whose `sdp` is empty"),
                    _ => format!(
                        "the `sdp` of a description of type `{name}` is no SDP: {}",
                        foreign::sentence(given.as_bytes())
                    ),
                });
            }
        }
    }

    fn string(&mut self, node: &Node) {
        let range = json::inside(&self.text.bytes, &node.span);
        let written = &self.text.bytes[range.clone()];
        if !is_promising(written) {
            return;
        }
        let decoded = unescape(self.text, range);
        let start = find(&decoded.bytes, b"candidate:", 0).and_then(|at| decoded.position(at));
        let (object, is_named) = match self.path.last() {
            Some(Step::Key(object, key)) => (Some(*object), unquoted(&self.text.bytes, key) == b"candidate"),
            _ => (None, false),
        };
        // What stands under that key is one, however broken.
        let broken = || is_named.then(|| candidate::broken_line_of(&decoded.bytes)).flatten();
        if let Some(line) = candidate::line_of(&decoded.bytes)
            .or_else(broken)
            .filter(|line| !line.iter().any(|byte| matches!(byte, b'\n' | b'\r')))
        {
            let line = String::from_utf8_lossy(line).into_owned();
            self.candidate(Some(line), object, node.span.start);
            self.finder.begins_at(start);
            return;
        }
        let context = self.inner(Wrapping::String);
        self.finder.scan(&decoded, &context);
    }

    fn candidate(&mut self, line: Option<String>, object: Option<&Node>, at: usize) {
        let bytes = &*self.text.bytes;
        let of =
            |names: [&str; 3]| names.into_iter().find_map(|name| object?.member(bytes, name)?.to_text(bytes));
        let mut candidate = Candidate::of(line);
        candidate.mid = of(["sdpMid", "mid", "id"]);
        candidate.m_line =
            of(["sdpMLineIndex", "sdpMlineIndex", "label"]).and_then(|index| index.trim().parse().ok());
        candidate.ufrag = of(["usernameFragment", "ufrag", "username_fragment"]);
        candidate.label = self.label();
        candidate.place = self.finder.place(self.text, at);
        self.finder.add_candidate(candidate);
    }

    /// An array of lines, put together.
    fn lines(&self, elements: &[Node]) -> Option<Text<'static>> {
        let bytes = &*self.text.bytes;
        let [first, second, ..] = elements else { return None };
        let begins = prefix::version_at(unquoted(bytes, &first.span)) == Some(0);
        if !begins
            || !prefix::is_sdp_line(unquoted(bytes, &second.span))
            || elements.iter().any(|node| node.value != Value::String)
        {
            return None;
        }
        let mut joined = Text::empty();
        for (index, element) in elements.iter().enumerate() {
            let line = unescape(self.text, json::inside(bytes, &element.span));
            // An empty one at the end is what splitting leaves of the last line end.
            if index + 1 == elements.len() && line.bytes.is_empty() {
                break;
            }
            joined.push_slice(&line, 0..line.bytes.len());
            if !line.bytes.ends_with(b"\n") {
                joined.push_decoded(b"\r\n", None);
            }
        }
        Some(joined)
    }

    fn inner(&self, wrapping: Wrapping) -> Context {
        let mut inner = self.context.inner(&self.path(), Some(wrapping));
        inner.kind = self.kind().or(self.context.kind);
        inner
    }

    fn label(&self) -> String {
        self.context.inner(&self.path(), None).label
    }

    fn path(&self) -> String {
        let mut path = String::new();
        for step in &self.path {
            match step {
                Step::Index(index) => path += &format!("[{index}]"),
                Step::Key(_, key) => {
                    let key = String::from_utf8_lossy(unquoted(&self.text.bytes, key));
                    let is_name = key
                        .chars()
                        .all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '$' | '-'));
                    match (is_name, path.is_empty()) {
                        (true, true) => path += &key,
                        (true, false) => path += &format!(".{key}"),
                        _ => path += &format!("[\"{key}\"]"),
                    }
                }
            }
        }
        path
    }

    /// What the keys on the way and the words beside them say, the nearest first.
    fn kind(&self) -> Option<Kind> {
        let bytes = &*self.text.bytes;
        self.path.iter().rev().find_map(|step| {
            let Step::Key(object, key) = step else { return None };
            let Value::Object(members) = &object.value else { return None };
            let words =
                members.iter().filter(|(_, node)| node.span.len() <= 16 && node.value == Value::String);
            let mut kinds = words.filter_map(|(_, node)| {
                Kind::from_word(&String::from_utf8_lossy(unquoted(bytes, &node.span)))
            });
            let key = String::from_utf8_lossy(unquoted(bytes, key));
            Kind::from_hint(&key).or_else(|| kinds.next())
        })
    }
}

/// Whether it is worth to unescape a string: whatever it may be wrapped in, one of these is to be seen.
fn is_promising(written: &[u8]) -> bool {
    written.len() >= 8
        && ([&b"v="[..], b"m=", b"candidate", b"a=ice", b"%3D"]
            .iter()
            .any(|sign| find(written, sign, 0).is_some())
            || encoded::may_be_base64(written))
}
