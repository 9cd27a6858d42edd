//! A description explained: who wrote it, in plain words, and m-line by m-line.
//!
//! [`SessionFacts`] are what the JSON has; the text says the same of them and computes nothing of its own.

mod agent;
mod clock;
mod dump;
mod facts;
mod failure;
mod faults;
mod lines;
mod overview;
mod prose;
mod reading;
mod tables;
mod timeline;

pub use dump::{Change, ConnectionFacts, DumpFacts, EventFacts, Happening, Interruption};
pub use facts::{
    BandwidthFacts, CandidateFacts, CodecFacts, ExtmapFacts, FingerprintFacts, LoneCandidateFacts,
    MediaFacts, OriginFacts, ProblemFacts, RidFacts, SctpFacts, SessionFacts, SimulcastFacts, SsrcFacts,
    StrictFacts, TypeFacts,
};
pub use lines::AnnotatedLine;
pub use reading::Given;

pub(super) use lines::annotated;
pub(super) use tables::codec_table;

use std::ops::Range;

use serde::Serialize;

use crate::finding::{Exit, FailOn, Finding};
use crate::report::{Block, Cell, Document, Picture, Report, Tone, Unread};
use crate::sdp::source::Dump;

/// What `sdp explain` hands to the report layer.
#[derive(Debug, Clone, PartialEq, Default, Serialize, schemars::JsonSchema)]
pub struct Explanation {
    /// Each description, in order.
    pub sessions: Vec<SessionFacts>,
    /// Candidates that stand in no description.
    pub candidates: Vec<LoneCandidateFacts>,
    /// The peer connections of each input that is a dump.
    pub dumps: Vec<DumpFacts>,
    /// What should be known besides: what an input is, where it has no SDP.
    pub notes: Vec<String>,
    /// Inputs with nothing in them to explain; absent if there are none.
    #[serde(rename = "errors", skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<Unread>,
    /// What is wrong with them, one description after the other.
    pub findings: Vec<Finding>,
    /// Findings of which there were so many that only their number is known.
    pub omitted_findings: usize,
    /// For each of `sessions`, which of `findings` are about it.
    #[serde(skip)]
    pub found: Vec<Range<usize>>,
    /// Numbers of `sessions` whose lines are lines of the input, which people then count.
    #[serde(skip)]
    pub in_lines: Vec<usize>,
    /// Which of `findings` are about `candidates`.
    #[serde(skip)]
    pub found_alone: Vec<usize>,
    /// What was examined, by name.
    #[serde(skip)]
    pub subjects: Vec<String>,
    /// Whether the text has the remarks among the findings as well.
    #[serde(skip)]
    pub with_remarks: bool,
    /// Whether the text shows every description in full; else the timelines alone, which number them.
    #[serde(skip)]
    pub in_full: bool,
    /// Which findings fail.
    #[serde(skip)]
    pub fail_on: FailOn,
}

/// The browser that a dump is of, in two words.
pub fn browser_of(dump: &Dump) -> Option<String> {
    dump.user_agent.as_deref().and_then(agent::browser)
}

impl Explanation {
    /// Takes one more description, and what is wrong with it.
    pub fn add(&mut self, session: SessionFacts, findings: Vec<Finding>) {
        let start = self.findings.len();
        self.findings.extend(findings);
        self.found.push(start..self.findings.len());
        self.sessions.push(session);
    }

    /// Takes the candidates of one more input that stand in no description, and what is wrong with them.
    pub fn add_candidates(&mut self, candidates: Vec<LoneCandidateFacts>, findings: Vec<Finding>) {
        self.found_alone.extend(self.findings.len()..self.findings.len() + findings.len());
        self.findings.extend(findings);
        self.candidates.extend(candidates);
    }

    /// Each description, and what is wrong with it.
    fn told(&self) -> impl Iterator<Item = (&SessionFacts, &[Finding])> {
        self.sessions.iter().zip(self.found.iter().map(|range| &self.findings[range.clone()]))
    }
}

impl Report for Explanation {
    const SCHEMA: &'static str = "sdp-explain/1";

    fn document(&self) -> Document {
        let mut blocks: Vec<Block> =
            self.dumps.iter().flat_map(|dump| timeline::blocks(dump, self.with_remarks)).collect();
        for (session, findings) in self.told().filter(|_| self.in_full) {
            // In a dump that `--at` took it from, its number and what it was.
            if self.sessions.len() > 1 || session.number > 1 {
                blocks.push(Block::Heading(format!("Description {}: {}", session.number, session.source)));
            }
            blocks.extend(tables::session(session, findings, self.with_remarks));
            let in_lines = self.in_lines.contains(&session.number);
            blocks.extend(faults::of_description(findings, in_lines, self.with_remarks));
        }
        let checked = self.sessions.len() + self.candidates.len();
        if checked == 0 && !self.dumps.is_empty() {
            let sentence = "Nothing was checked: no description is recorded in it.";
            blocks.push(Block::Paragraph(Cell::new(sentence, Tone::Warn)));
        }
        if !self.in_full && !self.sessions.is_empty() {
            let told = self
                .told()
                .flat_map(|(session, findings)| findings.iter().map(|finding| (session.number, finding)));
            blocks.extend(faults::of_descriptions(told, self.with_remarks));
        }
        if !self.candidates.is_empty() {
            blocks.extend(tables::alone(&self.candidates));
            let findings = self.found_alone.iter().filter_map(|&index| self.findings.get(index));
            blocks.extend(faults::of_candidates(findings, self.with_remarks));
        }
        if self.omitted_findings > 0 {
            let sentence = format!("{} more findings of the same rules are not kept.", self.omitted_findings);
            blocks.push(Block::Paragraph(Cell::new(sentence, Tone::Dim)));
        }
        blocks.extend(self.notes.iter().map(|note| Block::Paragraph(Cell::new(note.clone(), Tone::Warn))));
        Document { blocks }
    }

    fn pictures(&self) -> Vec<Picture> {
        let drawn = self.told().filter(|(session, _)| !session.drawn.is_empty());
        let drawn = drawn.map(|(session, findings)| {
            AnnotatedLine::picture(session.source.clone(), &session.drawn, findings.iter())
        });
        drawn.map(Picture::Annotated).collect()
    }

    fn findings(&self) -> Option<&[Finding]> {
        Some(&self.findings)
    }

    fn subjects(&self) -> Vec<String> {
        self.subjects.clone()
    }

    fn unread(&self) -> Vec<Unread> {
        self.unread.clone()
    }

    /// Nothing to explain is not knowing; a peer connection that failed is a failure.
    fn exit(&self) -> Exit {
        let failed = self.fail_on != FailOn::Never && self.dumps.iter().any(DumpFacts::has_failed);
        let told = self.fail_on.exit(&self.findings).and(if failed { Exit::Failed } else { Exit::Healthy });
        let has_nothing = self.sessions.is_empty() && self.candidates.is_empty() && self.dumps.is_empty();
        if has_nothing { told.and(Exit::CouldNotTell) } else { told }
    }
}
