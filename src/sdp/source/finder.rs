//! Tries the ways in which SDP is wrapped, the surest first, on the input and on what was unwrapped from it.

use std::cell::OnceCell;

use super::candidate::{self, Candidate};
use super::document::{Document, Kind, LineIndex, Place, Wrapping};
use super::dump::{self, Dump};
use super::json::{self, Parsed, Value};
use super::message::{self, Body};
use super::note::{About, Note, Shape};
use super::text::{Text, lines};
use super::{MAX_DOCUMENTS, Sources, encoded, foreign, html, literal, packed, raw, tree};

/// How often something may be wrapped in something else.
const MAX_DEPTH: usize = 8;
/// Bounds what repeated unwrapping of a large input may cost, in bytes.
const BUDGET: usize = 1 << 30;

/// Where a text came from, as far as it was unwrapped.
#[derive(Debug, Clone, Default)]
pub(super) struct Context {
    pub(super) label: String,
    pub(super) wrappings: Vec<Wrapping>,
    pub(super) kind: Option<Kind>,
    pub(super) depth: usize,
}

/// What was found so far.
pub(super) struct Finder<'i> {
    input: &'i [u8],
    index: OnceCell<LineIndex>,
    pub(super) documents: Vec<Document>,
    pub(super) candidates: Vec<Candidate>,
    pub(super) dump: Option<Dump>,
    pub(super) notes: Vec<Note>,
    /// Why a description that is there has no text.
    pub(super) hollow: Option<String>,
    left_out: usize,
    budget: usize,
}

/// Finds everything in an input.
pub(super) fn find(input: &[u8]) -> Sources {
    let unpacked = packed::unpack(input);
    let mut finder = Finder::of(&unpacked.bytes);
    finder.notes = unpacked.notes;
    if let Some(kind) = unpacked.wrappings.first() {
        let how = if *kind == Wrapping::Utf16 { "from UTF-16" } else { "with gzip" };
        let text = format!("the input was unpacked {how}; lines and columns are those of the text in it");
        finder.notes.push(Note::new(About::Unpacked, text));
    }
    let mark = usize::from(unpacked.bytes.starts_with(b"\xef\xbb\xbf")) * 3;
    if mark > 0 {
        let text = "a byte order mark stands before the text; parsers of SDP refuse it";
        finder.notes.push(Note { line: Some(1), ..Note::new(About::ByteOrderMark, text) });
    }
    let context = Context { wrappings: unpacked.wrappings, ..Context::default() };
    let shape = match foreign::binary(&unpacked.bytes) {
        Some(name) => {
            finder.notes.push(Note::new(About::NoSdp, name));
            Shape::Other
        }
        None => finder.scan(&Text::from_offset(&unpacked.bytes, mark), &context).unwrap_or(Shape::Other),
    };
    finder.finish(shape)
}

impl Context {
    /// What a part of it is called, and how that was wrapped.
    pub(super) fn inner(&self, part: &str, wrapping: Option<Wrapping>) -> Self {
        let label = match (self.label.is_empty(), part.is_empty()) {
            (true, _) => part.to_owned(),
            (_, true) => self.label.clone(),
            _ => format!("{}: {part}", self.label),
        };
        let mut wrappings = self.wrappings.clone();
        wrappings.extend(wrapping);
        Self { label, wrappings, kind: self.kind, depth: self.depth + 1 }
    }
}

impl<'i> Finder<'i> {
    fn of(input: &'i [u8]) -> Self {
        Self {
            input,
            index: OnceCell::new(),
            documents: Vec::new(),
            candidates: Vec::new(),
            dump: None,
            notes: Vec::new(),
            hollow: None,
            left_out: 0,
            budget: BUDGET,
        }
    }

    /// Keeps a description; its index, unless there are too many.
    pub(super) fn add(&mut self, text: Text<'_>, kind: Kind, context: &Context) -> Option<usize> {
        if self.documents.len() >= MAX_DOCUMENTS {
            self.left_out += 1;
            return None;
        }
        let mut document = Document::new(text, kind, self.index(), self.input);
        document.label.clone_from(&context.label);
        document.wrappings.clone_from(&context.wrappings);
        self.documents.push(document);
        Some(self.documents.len() - 1)
    }

    /// Keeps a candidate.
    pub(super) fn add_candidate(&mut self, candidate: Candidate) {
        if self.candidates.len() < MAX_DOCUMENTS {
            self.candidates.push(candidate);
        } else {
            self.left_out += 1;
        }
    }

    /// Corrects the place of the last candidate to this offset of the input.
    pub(super) fn begins_at(&mut self, offset: Option<usize>) {
        let place = offset.map(|offset| self.index().place(offset));
        if let (Some(place), Some(last)) = (place, self.candidates.last_mut()) {
            last.place = Some(place);
        }
    }

    /// Where an offset of a text stands in the input.
    pub(super) fn place(&self, text: &Text<'_>, at: usize) -> Option<Place> {
        text.position(at).map(|offset| self.index().place(offset))
    }

    fn index(&self) -> &LineIndex {
        self.index.get_or_init(|| LineIndex::of(self.input))
    }

    fn count(&self) -> usize {
        self.documents.len() + self.candidates.len() + self.left_out + usize::from(self.dump.is_some())
    }

    /// Looks for SDP in a text; says what the text is if there was any.
    pub(super) fn scan(&mut self, text: &Text<'_>, context: &Context) -> Option<Shape> {
        self.budget = self.budget.checked_sub(text.bytes.len())?;
        if context.depth > MAX_DEPTH {
            return None;
        }
        let head = text.bytes.trim_ascii_start();
        if head.starts_with(dump::rtcstats::MAGIC) {
            return Some(dump::rtcstats::lines(self, text, context));
        }
        let shape = match head.first() {
            Some(b'{' | b'[' | b'"') => self.json(text, context),
            _ => None,
        };
        shape.or_else(|| self.plain(text, context))
    }

    fn json(&mut self, text: &Text<'_>, context: &Context) -> Option<Shape> {
        let bytes = &*text.bytes;
        let Parsed { node, end, complete } = json::parse(bytes, 0)?;
        let rest = bytes.get(end..).unwrap_or_default();
        let line_end =
            rest.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b',' | b'\r')).unwrap_or(rest.len());
        let more = rest[line_end..].trim_ascii_start();
        if complete && rest[line_end..].starts_with(b"\n") && matches!(more.first(), Some(b'{' | b'[')) {
            drop(node);
            return dump::rtcstats::json_lines(self, text, context);
        }
        let before = self.count();
        let shape = match dump::of_json(self, text, &node, context) {
            Some(shape) => shape,
            None => {
                tree::walk(self, text, &node, context);
                if self.count() == before {
                    return None;
                }
                json_shape(bytes, &node)
            }
        };
        if !complete {
            let line = self.place(text, end.saturating_sub(1)).map(|place| place.line);
            let text = "the JSON stops before its end; what came before was read";
            self.notes.push(Note { line, ..Note::new(About::CutOff, text) });
        } else if !more.is_empty() {
            let rest = text.slice(end..bytes.len());
            self.scan(&rest, &Context { depth: context.depth + 1, ..context.clone() });
        }
        Some(shape)
    }

    /// What is no JSON as a whole.
    fn plain(&mut self, text: &Text<'_>, context: &Context) -> Option<Shape> {
        let bodies = message::bodies(&text.bytes);
        if let Some(shape) = self.messages(text, &bodies, context) {
            return Some(shape);
        }
        if html::is_html(&text.bytes) && self.html(text, context) {
            return Some(Shape::Html);
        }
        let before = self.count();
        let shape = self.lines_and_literals(text, context);
        if self.count() > before {
            return shape;
        }
        if html::has_html(&text.bytes) && self.html(text, context) {
            return Some(Shape::Html);
        }
        let candidates = candidate::in_lines(text, self.index(), MAX_DOCUMENTS);
        if !candidates.is_empty() {
            for candidate in candidates {
                self.add_candidate(Candidate { label: context.label.clone(), ..candidate });
            }
            return Some(Shape::Candidates);
        }
        for decoded in encoded::base64(&text.bytes) {
            let unpacked = packed::unpack(&decoded);
            let mut inner = context.inner("", Some(Wrapping::Base64));
            inner.wrappings.extend(unpacked.wrappings);
            self.scan(&Text::decoded(unpacked.bytes.into_owned()), &inner);
        }
        if self.count() > before {
            return Some(Shape::Base64);
        }
        let decoded = encoded::percent(text)?;
        self.scan(&decoded, &context.inner("", Some(Wrapping::PercentEncoding)))?;
        Some(Shape::PercentEncoded)
    }

    fn html(&mut self, text: &Text<'_>, context: &Context) -> bool {
        let before = self.documents.len();
        let inner = context.inner("", Some(Wrapping::Html));
        self.lines_and_literals(&html::text_of(text), &inner);
        // about:webrtc shows the same description under several headings.
        let mut index = before;
        while index < self.documents.len() {
            let text = &self.documents[index].text;
            let trimmed = text.trim_ascii();
            match self.documents[before..index].iter().any(|other| other.text.trim_ascii() == trimmed) {
                true => drop(self.documents.remove(index)),
                false => index += 1,
            }
            if index - before > 200 {
                break;
            }
        }
        self.documents.len() > before
    }

    fn messages(&mut self, text: &Text<'_>, bodies: &[Body], context: &Context) -> Option<Shape> {
        let before = self.count();
        for body in bodies {
            let mut inner = context.inner(&format!("body of {}", body.start_line), Some(Wrapping::Message));
            let part = text.slice(body.range.clone());
            let found = self.count();
            inner.kind = Some(body.kind);
            if body.is_sdp && (body.is_exact || body.kind == Kind::Sdpfrag) {
                self.add(part, body.kind, &inner);
            } else if body.is_sdp {
                let blocks = raw::blocks(&part);
                let whole = blocks.is_empty();
                for block in blocks {
                    self.add(block.text, body.kind, &inner);
                }
                if whole {
                    self.add(part, body.kind, &inner);
                }
            } else {
                self.scan(&part, &inner);
            }
            if let (Some(length), true) = (body.wrong_length, self.count() > found) {
                let line = self.place(text, body.at).map(|place| place.line);
                let text = format!(
                    "Content-Length of {} is {length}, but the body has {} bytes",
                    body.start_line,
                    body.range.len()
                );
                self.notes.push(Note { line, ..Note::new(About::ContentLength, text) });
            }
        }
        (self.count() > before).then(|| bodies.first().map_or(Shape::Http, |body| body.shape))
    }

    fn lines_and_literals(&mut self, text: &Text<'_>, context: &Context) -> Option<Shape> {
        let blocks = raw::blocks(text);
        let literals = literal::literals(text);
        let mut shape = (!blocks.is_empty()).then_some(Shape::Sdp);
        if let [only] = &blocks[..] {
            self.text_before(text, only);
        }
        for block in &blocks {
            let has_version =
                lines(&block.text.bytes).any(|line| line.of(&block.text.bytes).starts_with(b"v="));
            let kind = context.kind.or(block.hint).unwrap_or(Kind::Unknown);
            let kind = match has_version {
                false if raw::kind_of(&block.text.bytes) == Kind::Sdpfrag => Kind::Sdpfrag,
                _ => kind,
            };
            if kind == Kind::Sdpfrag {
                shape = Some(Shape::Sdpfrag);
            }
            let around = [(block.has_prefix, Wrapping::Prefix), (!block.alone, Wrapping::Prose)];
            let mut inner = context.clone();
            inner.wrappings.extend(around.into_iter().filter(|(is, _)| *is).map(|(_, wrapping)| wrapping));
            self.add(block.text.clone(), kind, &inner);
        }
        for literal in literals {
            // A string that has real line ends as well was found as lines.
            if blocks
                .iter()
                .any(|block| block.range.start < literal.range.end && literal.range.start < block.range.end)
            {
                continue;
            }
            shape = shape.or(Some(Shape::JavaScript));
            let wrapping = match (literal.quoted, literal.pieces) {
                (true, 1) => Wrapping::String,
                (true, _) => Wrapping::Pieces,
                (false, _) => Wrapping::LiteralEscapes,
            };
            let mut inner = context.clone();
            inner.wrappings.push(wrapping);
            if wrapping == Wrapping::LiteralEscapes {
                let line = self.place(text, literal.range.start).map(|place| place.line);
                let text = "line ends stand as the characters `\\r\\n`, as a console or a string of a program shows them; \
                            a parser needs real ones";
                self.notes.push(Note { line, ..Note::new(About::LiteralEscapes, text) });
            }
            self.add(literal.text, context.kind.or(literal.hint).unwrap_or(Kind::Unknown), &inner);
        }
        shape
    }

    /// Says how much stands before a description that begins a line of its own: a program that was handed all of it
    /// refuses it.
    fn text_before(&mut self, text: &Text<'_>, block: &raw::Block) {
        let before = &text.bytes[..block.range.start];
        let is_own_line = matches!(before.last(), Some(b'\n' | b'\r'));
        let count = lines(before).filter(|line| !line.of(before).trim_ascii().is_empty()).count();
        if count == 0 || block.has_prefix || !is_own_line {
            return;
        }
        let what = match count {
            1 => "a line of other text stands".to_owned(),
            count => format!("{count} lines of other text stand"),
        };
        let line = self.place(text, 0).map(|place| place.line);
        let text = format!("{what} before the description, and counts for nothing here; parsers refuse it");
        self.notes.push(Note { line, ..Note::new(About::TextBefore, text) });
    }

    fn finish(mut self, shape: Shape) -> Sources {
        let has_note = self.notes.iter().any(|note| note.about == About::NoSdp);
        if self.documents.is_empty() && self.candidates.is_empty() && !has_note {
            let why = match &self.dump {
                Some(dump) => dump.why_none(),
                None => self.hollow.take().unwrap_or_else(|| foreign::sentence(self.input)),
            };
            self.notes.push(Note::new(About::NoSdp, why));
        }
        if self.left_out > 0 {
            let text = format!("{} more were found than the {MAX_DOCUMENTS} that are kept", self.left_out);
            self.notes.push(Note::new(About::TooMuch, text));
        }
        Sources {
            shape,
            documents: self.documents,
            candidates: self.candidates,
            dump: self.dump,
            notes: self.notes,
        }
    }
}

fn json_shape(bytes: &[u8], node: &json::Node) -> Shape {
    let is_har = node
        .member(bytes, "log")
        .and_then(|log| log.member(bytes, "entries"))
        .is_some_and(|entries| matches!(entries.value, Value::Array(_)));
    if is_har { Shape::Har } else { Shape::Json }
}
