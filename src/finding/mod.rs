//! The one shape of a finding, and of the rule behind it, for every command.
//!
//! A *finding* is about the thing examined (a TURN server answers 401, a BUNDLE group names no
//! m-line). Why we could not look (a file is unreadable) is an error, never a finding.

mod exit;
pub mod registry;
mod verdict;

pub use exit::{Exit, FailOn};
pub use verdict::Verdict;

use serde::Serialize;
use serde_json::{Map, Value};

/// How bad a finding is. Ordered: `Info < Warning < Error`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; never fails anything.
    Info,
    /// Works today, and will not for everyone or for long.
    Warning,
    /// Something that was asked for does not work.
    Error,
}

/// How sure we are of a finding, given what can be seen from here. Ordered: `Low < High`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// One of several explanations of what was seen.
    Low,
    /// The likeliest explanation; the evidence says what else it could be.
    Medium,
    /// What was seen has no other explanation.
    High,
}

/// What `rtcscope explain CODE` prints, and what every finding of one kind shares.
///
/// A code is stable for ever and never reused.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Rule {
    /// Stable code, e.g. `REST_EXPIRED` or `SDP501`.
    pub code: &'static str,
    /// Kebab-case name that states the fault, e.g. `rest-credential-expired`.
    pub name: &'static str,
    /// The severity unless the circumstances of one finding change it.
    pub severity: Severity,
    /// One sentence: what it means.
    pub summary: &'static str,
    /// Markdown: what it means, why it happens, how it is seen, what to change.
    pub explain: &'static str,
    /// Where the rule comes from, e.g. `RFC 8489 §9.2.5`.
    pub refs: &'static [&'static str],
    /// The version of rtcscope that had it first.
    pub since: &'static str,
}

impl Rule {
    /// Starts a finding of this rule about `subject` (a URI, a file), seen at `stage`.
    pub fn finding(&'static self, stage: &'static str, subject: impl Into<String>) -> Finding {
        Finding {
            code: self.code,
            name: self.name,
            severity: self.severity,
            confidence: Confidence::High,
            stage,
            subject: subject.into(),
            location: None,
            message: self.summary.to_owned(),
            evidence: Map::new(),
            help: String::new(),
            refs: self.refs,
        }
    }
}

/// Where in the thing examined a finding was made.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Location {
    /// One transport address of one server.
    Endpoint {
        /// `address:port`, the address in brackets if IPv6.
        endpoint: String,
        /// `udp`, `tcp`, `tls`.
        transport: &'static str,
    },
    /// Packets of a capture.
    Packets {
        /// The first, as Wireshark counts them.
        frame_first: u64,
        /// The last.
        frame_last: u64,
        /// When the first was taken, in seconds since the capture's first packet.
        time_s: f64,
        /// The stream, by its name in the report; `None` where it is about no single one.
        stream: Option<String>,
        /// What shows them in Wireshark, without telling it first what is RTP.
        display_filter: String,
    },
    /// A place in a text that was read.
    Text {
        /// Counted from 1.
        line: usize,
        /// Of the first character, counted from 1 in characters (not in bytes, nor in columns of a terminal).
        column: usize,
        /// How many characters; 0 where something is missing.
        length: usize,
        /// Which m-line's section of an SDP, counted from 0; `None` at its session level, and in other texts.
        #[serde(skip_serializing_if = "Option::is_none")]
        m_line: Option<usize>,
        /// The line as it may be shown. No part of the JSON.
        #[serde(skip)]
        excerpt: Excerpt,
    },
}

/// A line of a text in three parts, with what is secret in it already masked: the parts may be shorter or longer
/// than what they stand for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Excerpt {
    /// What stands before the place.
    pub before: String,
    /// The place itself.
    pub marked: String,
    /// What stands behind it.
    pub after: String,
}

impl std::fmt::Display for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Location::Endpoint { endpoint, transport } => write!(f, "{endpoint} over {transport}"),
            Location::Packets { frame_first, frame_last, time_s, .. } if frame_first == frame_last => {
                write!(f, "frame {frame_first}, at {time_s:.3} s")
            }
            Location::Packets { frame_first, frame_last, time_s, .. } => {
                write!(f, "frames {frame_first} to {frame_last}, from {time_s:.3} s")
            }
            Location::Text { line, column, m_line: None, .. } => write!(f, "line {line}, column {column}"),
            Location::Text { line, column, m_line: Some(index), .. } => {
                write!(f, "line {line}, column {column}, m-line {index}")
            }
        }
    }
}

/// One fact about the thing examined that its owner should know, in the shape that every command
/// and every format shares.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Finding {
    /// The code of the rule, such as `TLS_EXPIRED`.
    pub code: &'static str,
    /// The name of the rule, such as `expired-certificate`.
    pub name: &'static str,
    /// The severity here, which the circumstances may have changed from the rule's own.
    pub severity: Severity,
    /// How sure we are.
    pub confidence: Confidence,
    /// The step at which it was seen, e.g. `allocate`.
    pub stage: &'static str,
    /// What it is about: a URI, a file.
    pub subject: String,
    /// Where exactly.
    pub location: Option<Location>,
    /// One sentence without a full stop: what was seen.
    pub message: String,
    /// The facts behind it, units in the key names.
    pub evidence: Map<String, Value>,
    /// What to change, naming the server option; empty if there is nothing to change.
    pub help: String,
    /// Where the rule comes from.
    pub refs: &'static [&'static str],
}

impl Finding {
    /// Replaces the rule's summary by what was seen here.
    #[must_use]
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    /// Says what to change.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// Adds one fact; the key names its unit (`took_ms`).
    #[must_use]
    pub fn evidence(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.evidence.insert(key.to_owned(), value.into());
        self
    }

    /// Sets how sure we are (high unless said).
    #[must_use]
    pub fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }

    /// Overrides the rule's severity where the circumstances change it.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, location: Location) -> Self {
        self.location = Some(location);
        self
    }
}
