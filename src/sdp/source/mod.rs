//! Finds session descriptions in whatever people have: files, pastes, dumps, logs, messages.
//!
//! Bytes come in; what comes out says which texts are SDP, where each stood, and what the rest is. Nothing is judged
//! here: a broken description is handed on as it is. Reading never fails; what holds no SDP is named in a note.

mod candidate;
mod document;
pub mod dump;
mod encoded;
mod finder;
mod foreign;
mod html;
mod json;
mod literal;
mod message;
mod note;
mod packed;
mod prefix;
mod raw;
mod text;
mod tree;

#[cfg(test)]
mod tests;

pub use candidate::Candidate;
pub use document::{Document, InDump, Kind, Place, Wrapping};
pub use dump::Dump;
pub use note::{About, Note, Shape};

/// Descriptions beyond this many are counted, not kept.
pub const MAX_DOCUMENTS: usize = 10_000;

/// What was found in one input.
#[derive(Debug, Clone, PartialEq)]
pub struct Sources {
    /// What the input is.
    pub shape: Shape,
    /// In the order of the input.
    pub documents: Vec<Document>,
    /// Candidates that stand in no description and no dump.
    pub candidates: Vec<Candidate>,
    /// The peer connections, where the input is a dump.
    pub dump: Option<Dump>,
    /// What should be said about the input: why there is no SDP in it, what was done to read it.
    pub notes: Vec<Note>,
}

impl Sources {
    /// Whether there is anything to explain: a description, a candidate, or an event of a peer connection.
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
            && self.candidates.is_empty()
            && self.dump.as_ref().is_none_or(|dump| dump.connections.iter().all(|one| one.events.is_empty()))
    }

    /// Why the input holds no SDP, in one sentence; None where it does.
    pub fn why_none(&self) -> Option<&str> {
        self.notes.iter().find(|note| note.about == About::NoSdp).map(|note| note.text.as_str())
    }
}

/// Finds everything.
pub fn find(input: &[u8]) -> Sources {
    finder::find(input)
}
