//! A description explained: who wrote it, in plain words, and m-line by m-line.
//!
//! [`SessionFacts`] are what the JSON has; the text says the same of them and computes nothing of its own.

mod facts;
mod lines;
mod prose;
mod reading;
mod tables;

pub use facts::{
    BandwidthFacts, CandidateFacts, CodecFacts, ExtmapFacts, FingerprintFacts, MediaFacts, OriginFacts,
    ProblemFacts, RidFacts, SctpFacts, SessionFacts, SimulcastFacts, SsrcFacts, StrictFacts, TypeFacts,
};
pub use lines::AnnotatedLine;
pub use reading::Given;

use serde::Serialize;

use crate::finding::{Exit, FailOn, Finding};
use crate::report::{Block, Cell, Document, Report, Tone};

/// What `sdp explain` hands to the report layer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// Each description, in order.
    pub sessions: Vec<SessionFacts>,
    /// What should be known besides: what an input is, where it has no SDP.
    pub notes: Vec<String>,
    /// What is wrong with them.
    pub findings: Vec<Finding>,
    /// Which findings fail.
    #[serde(skip)]
    pub fail_on: FailOn,
}

impl Report for Explanation {
    const SCHEMA: &'static str = "sdp-explain/1";

    fn document(&self) -> Document {
        let mut blocks = Vec::new();
        for (index, session) in self.sessions.iter().enumerate() {
            if self.sessions.len() > 1 {
                let title = format!("{} of {}: {}", index + 1, self.sessions.len(), session.source);
                blocks.push(Block::Heading(title));
            }
            blocks.extend(tables::session(session));
        }
        blocks.extend(self.notes.iter().map(|note| Block::Paragraph(Cell::new(note.clone(), Tone::Warn))));
        if !self.findings.is_empty() {
            blocks.push(Block::Findings(self.findings.clone()));
        }
        Document { blocks }
    }

    /// Nothing to explain is not knowing.
    fn exit(&self) -> Exit {
        let told = self.fail_on.exit(&self.findings);
        if self.sessions.is_empty() { told.and(Exit::CouldNotTell) } else { told }
    }
}
