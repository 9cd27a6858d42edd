//! What an offer and its answer agree on, or why they do not; of two offers, what an answer would say.
//!
//! [`Negotiation`] is what the JSON has; the text says the same of it and computes nothing of its own.

mod capability;
mod facts;
mod outcome;
mod refusal;
mod tables;

pub use facts::*;

use serde::Serialize;

use crate::finding::{Exit, FailOn, Finding, Severity};
use crate::report::{Block, Cell, Document, Report, Tone};
use crate::sdp::lint::{self, Description, Found, Input, Pair, Selection, snippets};
use crate::sdp::source::Kind;
use crate::sdp::{Session, Text, writer};

/// What `sdp negotiate` hands to the report layer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Negotiation {
    /// The offer; of two offers the first one.
    pub offer: SideFacts,
    /// The answer, or the second offer.
    pub answer: SideFacts,
    /// Whether there are two offers, and all that follows is what an answer to the first would say.
    pub predicted: bool,
    /// Whether something is agreed on, nothing refuses the answer, and no finding is an error.
    pub agreed: bool,
    /// What libwebrtc would say; `null` if it would take the answer, or has nothing to do with it.
    pub refusal: Option<RefusalFacts>,
    /// What the browser of the dump said that the two are from, where it refused one of them.
    pub recorded_refusal: Option<RecordedRefusal>,
    /// In the order of their first m-line.
    pub transports: Vec<TransportFacts>,
    /// In order.
    pub media: Vec<MediaOutcome>,
    /// What is wrong with the answer in view of the offer, and the errors of each by itself.
    pub findings: Vec<Finding>,
    /// What should be known besides.
    pub notes: Vec<String>,
    /// The findings with their lines.
    #[serde(skip)]
    pub found: Vec<Found>,
    /// Findings of which there were so many that only their number is known.
    pub omitted: usize,
    /// Which findings fail.
    #[serde(skip)]
    pub fail_on: FailOn,
}

impl Negotiation {
    /// Puts the two side by side; `kind` of each says what it is.
    pub fn of(inputs: [Input<'_>; 2], selection: &Selection) -> Self {
        let [first, second] = inputs.map(|input| Text::from_bytes(&input.document.text));
        let [offer, answer] = [&first, &second].map(Session::from_text);
        let kinds = inputs.map(|input| input.kind.unwrap_or(input.document.kind));
        let predicted = kinds[1] == Kind::Offer;
        let sessions = [&offer, &answer];
        let descriptions = [0, 1].map(|side: usize| Description::of(sessions[side], kinds[side]));

        let mut omitted = 0;
        let mut found: Vec<Found> = Vec::new();
        if !predicted {
            let findings = lint::answer(&Pair::of(descriptions[0], descriptions[1]), selection);
            omitted += findings.omitted();
            found.extend(findings.into_found());
            found.iter_mut().for_each(|one| one.locate(&inputs));
        }
        for (description, input) in descriptions.iter().zip(inputs) {
            let findings = lint::one(description, selection).into_found().into_iter();
            // The rule of this code has looked at the pair, where it knows more.
            let is_new = |one: &Found| one.finding.code != "SDP307";
            let errors = findings.filter(|one| one.finding.severity == Severity::Error);
            found.extend(errors.filter(is_new).map(|mut one| {
                one.locate(&[input]);
                one
            }));
        }
        let findings: Vec<Finding> = found.iter().map(|one| one.finding.clone()).collect();

        let (media, transports) = match predicted {
            true => {
                let mut media = capability::media(&offer, &answer);
                let transports = capability::transports(&offer, &answer, &mut media);
                (media, transports)
            }
            false => {
                let mut media = outcome::media(&offer, &answer);
                let transports = outcome::transports(&offer, &answer, &mut media);
                (media, transports)
            }
        };
        // A browser made the offer, or something that is like one.
        let is_webrtc = offer.media().any(|media| media.ice_ufrag().is_some() && outcome::speaks_dtls(media));
        let refusal = if predicted || !is_webrtc { None } else { refusal::of(&offer, &answer) };
        let is_something = media.iter().any(|media| media.state == State::Agreed);
        let is_wrong = findings.iter().any(|finding| finding.severity == Severity::Error);
        Self {
            offer: side(inputs[0], kinds[0], &offer),
            answer: side(inputs[1], kinds[1], &answer),
            predicted,
            agreed: is_something && refusal.is_none() && !is_wrong,
            refusal,
            recorded_refusal: None,
            transports,
            media,
            findings,
            notes: Vec::new(),
            found,
            omitted,
            fail_on: FailOn::default(),
        }
    }
}

fn side(input: Input<'_>, kind: Kind, session: &Session<'_>) -> SideFacts {
    SideFacts {
        source: input.source.to_owned(),
        label: input.document.label.clone(),
        kind: kind.name(),
        writer: writer::guess(session).name,
        m_lines: session.media().len(),
        ice_lite: session.head().has("ice-lite"),
    }
}

impl Report for Negotiation {
    const SCHEMA: &'static str = "sdp-negotiate/1";

    fn document(&self) -> Document {
        let mut blocks = tables::blocks(self);
        if !self.found.is_empty() {
            blocks.push(Block::Heading("Findings".to_owned()));
        }
        blocks.extend(snippets(&self.found).into_iter().map(Block::Snippet));
        if self.omitted > 0 {
            let text = format!("{} more of the same are not shown.", self.omitted);
            blocks.push(Block::Paragraph(Cell::new(text, Tone::Dim)));
        }
        blocks.extend(self.notes.iter().map(|note| Block::Paragraph(Cell::new(note.clone(), Tone::Dim))));
        Document { blocks }
    }

    fn findings(&self) -> Option<&[Finding]> {
        Some(&self.findings)
    }

    fn subjects(&self) -> Vec<String> {
        let mut names = vec![self.offer.source.clone(), self.answer.source.clone()];
        names.dedup();
        names
    }

    /// An answer that is refused fails, even if no rule says why.
    fn exit(&self) -> Exit {
        let told = self.fail_on.exit(&self.findings);
        match (self.refusal.is_some() || self.recorded_refusal.is_some()) && self.fail_on != FailOn::Never {
            true => told.and(Exit::Failed),
            false => told,
        }
    }
}
