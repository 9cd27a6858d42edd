//! A description explained: who wrote it, in plain words, and m-line by m-line.
//!
//! [`SessionFacts`] are what the JSON has; the text says the same of them and computes nothing of its own.

mod agent;
mod dump;
mod facts;
mod lines;
mod prose;
mod reading;
mod tables;
mod timeline;

pub use dump::{Change, ConnectionFacts, DumpFacts, EventFacts, Happening};
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
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Explanation {
    /// Each description, in order.
    pub sessions: Vec<SessionFacts>,
    /// Candidates that stand in no description.
    pub candidates: Vec<CandidateFacts>,
    /// The peer connections of each input that is a dump.
    pub dumps: Vec<DumpFacts>,
    /// What should be known besides: what an input is, where it has no SDP.
    pub notes: Vec<String>,
    /// What is wrong with them.
    pub findings: Vec<Finding>,
    /// Whether the text shows every description in full; else the timelines alone, which number them.
    #[serde(skip)]
    pub in_full: bool,
    /// Which findings fail.
    #[serde(skip)]
    pub fail_on: FailOn,
}

impl Report for Explanation {
    const SCHEMA: &'static str = "sdp-explain/1";

    fn document(&self) -> Document {
        let mut blocks: Vec<Block> = self.dumps.iter().flat_map(timeline::blocks).collect();
        let shown = if self.in_full { &self.sessions[..] } else { &[] };
        for session in shown {
            // In a dump that `--at` took it from, its number and what it was.
            if self.sessions.len() > 1 || session.number > 1 {
                blocks.push(Block::Heading(format!("Description {}: {}", session.number, session.source)));
            }
            blocks.extend(tables::session(session));
        }
        if !self.candidates.is_empty() {
            blocks.push(Block::Heading("Candidates".to_owned()));
            blocks.push(Block::Table(tables::candidates(&self.candidates)));
        }
        blocks.extend(self.notes.iter().map(|note| Block::Paragraph(Cell::new(note.clone(), Tone::Warn))));
        if !self.findings.is_empty() {
            blocks.push(Block::Findings(self.findings.clone()));
        }
        Document { blocks }
    }

    fn findings(&self) -> Option<&[Finding]> {
        Some(&self.findings)
    }

    /// Nothing to explain is not knowing.
    fn exit(&self) -> Exit {
        let told = self.fail_on.exit(&self.findings);
        let has_nothing = self.sessions.is_empty() && self.candidates.is_empty() && self.dumps.is_empty();
        if has_nothing { told.and(Exit::CouldNotTell) } else { told }
    }
}
