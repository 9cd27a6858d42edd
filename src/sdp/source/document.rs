//! A session description that was found.

use std::ops::Range;

use super::candidate::Candidate;
use super::text::{self, Text};

/// One description: its text, and where it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The bytes of the SDP. Its own line ends and faults are kept; quotes, escapes and indents around it are not.
    pub text: Vec<u8>,
    /// As which side's it was given, as far as the input says.
    pub kind: Kind,
    /// Where in the input: `offer.sdp`, `body of INVITE sip:…`, `PC_0 setLocalDescription`. Empty for a file of SDP.
    pub label: String,
    /// What had to be taken off, outermost first. Empty if the text stands in the input byte for byte.
    pub wrappings: Vec<Wrapping>,
    /// Which event of the dump this is.
    pub in_dump: Option<InDump>,
    /// Parts were left out of a dump, and taken from an earlier description.
    pub restored: bool,
    places: Places,
    verbatim: Option<Range<usize>>,
}

/// The event of a dump that a description belongs to, as indices into the [`Dump`](super::Dump).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct InDump {
    /// Of `connections`.
    pub connection: usize,
    /// Of its `events`.
    pub event: usize,
}

/// `RTCSdpType`, and what is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// An offer.
    Offer,
    /// An answer.
    Answer,
    /// A provisional answer.
    Pranswer,
    /// A return to the last stable state; it has no text.
    Rollback,
    /// Nothing says which.
    Unknown,
    /// `application/trickle-ice-sdpfrag` (RFC 8840 §4.4): candidates and their sections, no session.
    Sdpfrag,
}

/// What stood around a description.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Wrapping {
    /// gzip.
    Gzip,
    /// UTF-16, as PowerShell writes redirected output.
    Utf16,
    /// A string of JSON or JavaScript.
    String,
    /// Strings put together: `"…" + "…"`, or an array of lines.
    Pieces,
    /// `\r\n` as characters, outside of any string.
    LiteralEscapes,
    /// Base64.
    Base64,
    /// `%0D%0A`.
    PercentEncoding,
    /// A message of SIP, HTTP or RTSP.
    Message,
    /// A page of HTML.
    Html,
    /// The same characters before each line: an indent, `> `, a log's time.
    Prefix,
    /// Other text before or after it.
    Prose,
}

/// A place in the input; if that was packed, in what it unpacks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Place {
    /// Bytes before it.
    pub offset: usize,
    /// From 1; a line ends with LF, CRLF or a bare CR.
    pub line: usize,
    /// Bytes from 1.
    pub column: usize,
}

impl Kind {
    /// Reads `RTCSdpType`, in whatever case.
    pub fn from_word(word: &str) -> Option<Self> {
        match word.trim().to_ascii_lowercase().as_str() {
            "offer" => Some(Self::Offer),
            "answer" => Some(Self::Answer),
            "pranswer" => Some(Self::Pranswer),
            "rollback" => Some(Self::Rollback),
            _ => None,
        }
    }

    /// What a key, a heading or a file name says: `remoteOffer`, `sdp_answer`, `--- answer ---`.
    pub fn from_hint(hint: &str) -> Option<Self> {
        let hint = hint.to_ascii_lowercase();
        match (hint.contains("offer"), hint.contains("answer")) {
            (true, false) => Some(Self::Offer),
            (false, true) if hint.contains("pranswer") => Some(Self::Pranswer),
            (false, true) => Some(Self::Answer),
            _ => None,
        }
    }

    /// `offer`, `answer`, ….
    pub fn name(self) -> &'static str {
        match self {
            Self::Offer => "offer",
            Self::Answer => "answer",
            Self::Pranswer => "pranswer",
            Self::Rollback => "rollback",
            Self::Unknown => "unknown",
            Self::Sdpfrag => "sdpfrag",
        }
    }
}

impl Document {
    pub(super) fn new(text: Text<'_>, kind: Kind, index: &LineIndex, input: &[u8]) -> Self {
        let places = Places::of(&text, index);
        // The places alone do not tell: what stands for a tag of HTML is one byte where the tag has more.
        let start = places.at(0).map(|place| place.offset);
        let range = start.map(|start| start..start + text.bytes.len());
        let verbatim = range.filter(|range| input.get(range.clone()) == Some(&*text.bytes));
        Self {
            text: text.bytes.into_owned(),
            kind,
            label: String::new(),
            wrappings: Vec::new(),
            in_dump: None,
            restored: false,
            places,
            verbatim,
        }
    }

    /// Candidates that stand alone, as a fragment of trickle ICE has them.
    pub(super) fn of_candidates(candidates: &[Candidate]) -> Self {
        let mut bytes = Vec::new();
        let mut pieces = Vec::new();
        for candidate in candidates {
            pieces.push(Piece { at: bytes.len(), place: candidate.place });
            match &candidate.line {
                Some(line) => {
                    bytes.extend_from_slice(b"a=");
                    pieces.push(Piece { at: bytes.len(), place: candidate.place });
                    bytes.extend_from_slice(line.as_bytes());
                }
                None => bytes.extend_from_slice(b"a=end-of-candidates"),
            }
            bytes.extend_from_slice(b"\r\n");
        }
        Self {
            text: bytes,
            kind: Kind::Sdpfrag,
            label: String::new(),
            wrappings: vec![Wrapping::Pieces],
            in_dump: None,
            restored: false,
            places: Places(pieces),
            verbatim: None,
        }
    }

    /// Where the byte at `offset` of the text stands in the input; None where it stands nowhere, as after base64.
    /// The end of the text counts as the place behind its last byte.
    pub fn place(&self, offset: usize) -> Option<Place> {
        match (offset.checked_sub(1), offset >= self.text.len()) {
            (Some(last), true) => {
                let place = self.places.at(last.min(self.text.len().checked_sub(1)?))?;
                Some(Place { offset: place.offset + 1, column: place.column + 1, ..place })
            }
            _ => self.places.at(offset),
        }
    }

    /// Whether each of its lines is one of the input, with other text before it perhaps: then people count those.
    pub fn stands_in_lines(&self) -> bool {
        let keeps_lines = |wrapping: &Wrapping| {
            use Wrapping::{Gzip, Message, Prefix, Prose, Utf16};
            matches!(wrapping, Gzip | Message | Prefix | Prose | Utf16)
        };
        self.label.is_empty() && self.in_dump.is_none() && self.wrappings.iter().all(keeps_lines)
    }

    /// The bytes of the input that the text is, where it stands there in one piece.
    pub fn verbatim(&self) -> Option<Range<usize>> {
        self.verbatim.clone()
    }
}

/// Where runs of bytes stood. No run goes beyond a line, neither of the text nor of the input.
#[derive(Debug, Clone, PartialEq)]
struct Places(Vec<Piece>);

#[derive(Debug, Clone, Copy, PartialEq)]
struct Piece {
    at: usize,
    place: Option<Place>,
}

impl Places {
    fn of(text: &Text<'_>, index: &LineIndex) -> Self {
        let mut starts: Vec<usize> = text::lines(&text.bytes).map(|line| line.start).collect();
        starts.extend(text.run_starts());
        starts.sort_unstable();
        starts.dedup();
        let piece = |at| Piece { at, place: text.position(at).map(|offset| index.place(offset)) };
        Self(starts.into_iter().map(piece).collect())
    }

    fn at(&self, offset: usize) -> Option<Place> {
        let piece = self.0.get(self.0.partition_point(|piece| piece.at <= offset).checked_sub(1)?)?;
        let (place, more) = (piece.place?, offset - piece.at);
        Some(Place { offset: place.offset + more, column: place.column + more, ..place })
    }
}

/// Where the lines of the input begin.
pub(super) struct LineIndex(Vec<usize>);

impl LineIndex {
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self(text::lines(bytes).map(|line| line.start).collect())
    }

    /// The place of an offset.
    pub(super) fn place(&self, offset: usize) -> Place {
        let line = self.0.partition_point(|start| *start <= offset).max(1);
        let start = self.0.get(line - 1).copied().unwrap_or(0);
        Place { offset, line, column: offset - start + 1 }
    }
}
