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

    /// The candidates that stand in no description, as lines of a fragment, for whoever judges lines.
    pub fn fragment(&self) -> Option<Document> {
        (!self.candidates.is_empty()).then(|| Document::of_candidates(&self.candidates))
    }

    /// The candidates that the peers of a dump's connections sent, as lines of a fragment for each connection.
    pub fn trickled(&self) -> Vec<Document> {
        let connections = self.dump.iter().flat_map(|dump| &dump.connections);
        let of = |connection: &dump::Connection| {
            let mut seen = std::collections::HashSet::new();
            let candidates = connection.events.iter().filter_map(|event| match &event.what {
                dump::What::Candidate { local: false, candidate } => Some(candidate),
                _ => None,
            });
            let once =
                candidates.filter(|one| one.line.as_ref().is_some_and(|line| seen.insert(line.as_str())));
            let candidates: Vec<Candidate> = once.cloned().collect();
            let mut document = Document::of_candidates(&candidates);
            document.label = format!("{} addIceCandidate", connection.id);
            (!candidates.is_empty()).then_some(document)
        };
        connections.filter_map(of).collect()
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

/// Where each Content-Length of an input stands, as far as it is right, and the body that it counts.
pub(crate) fn content_lengths(input: &[u8]) -> Vec<(std::ops::Range<usize>, std::ops::Range<usize>)> {
    message::lengths(input)
}
