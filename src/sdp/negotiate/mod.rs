//! What an offer and its answer agree on, or why they do not; of two offers, what an answer would say.
//!
//! [`Negotiation`] is what the JSON has; the text says the same of it and computes nothing of its own.

mod capability;
mod facts;
mod not_taken;
mod outcome;
mod pictures;
mod refusal;
mod tables;
mod verdict;

pub use facts::*;
pub use verdict::{Outcome, Verdict};

use serde::Serialize;

use crate::finding::{Exit, FailOn, Finding, Severity};
use crate::report::{Block, Cell, Document, Picture, Report, Tone};
use crate::sdp::attribute::Setup;
use crate::sdp::lint::{self, Description, Found, Input, Pair, Selection, snippets};
use crate::sdp::source::{self, Kind};
use crate::sdp::{Session, Text, writer};

/// What `sdp negotiate` hands to the report layer.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Negotiation {
    /// The offer; of two offers the first one.
    pub offer: SideFacts,
    /// The answer, or the second offer.
    pub answer: SideFacts,
    /// Whether there are two offers, and all that follows is what an answer to the first would say.
    pub predicted: bool,
    /// Whether something is agreed on, nothing refuses the answer, and no finding is an error.
    pub agreed: bool,
    /// How it stands, in one sentence.
    pub verdict: Verdict,
    /// Whether the offer was given second.
    pub swapped: bool,
    /// What libwebrtc would say to the offer; `null` if it would take it, or has nothing to do with it.
    pub offer_refusal: Option<RefusalFacts>,
    /// What libwebrtc would say to the answer; `null` if it would take the answer, or has nothing to do with it.
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
    /// As the browser of a dump took it: what really was refused counts more than what would be.
    #[must_use]
    pub fn refused_by(mut self, recorded: RecordedRefusal) -> Self {
        let browser = recorded.browser.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
        let sentence =
            format!("the browser of this dump{browser} refused description {}", recorded.description);
        self.verdict = Verdict { outcome: Outcome::Failed, sentence };
        self.agreed = false;
        self.recorded_refusal = Some(recorded);
        self
    }

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
            // Where addresses are hidden, the verdict speaks of it. Of SDP307, the rule has looked at the pair, where it knows
            // more.
            let is_told = |one: &Found| {
                let is_error = one.finding.severity == Severity::Error && one.finding.code != "SDP307";
                is_error || one.finding.name == "candidates-mdns-only"
            };
            found.extend(findings.filter(is_told).map(|mut one| {
                one.locate(&[input]);
                one
            }));
        }
        let findings: Vec<Finding> = found.iter().map(|one| one.finding.clone()).collect();

        let (mut media, transports) = match predicted {
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
        not_taken::note(&offer, &mut media);
        // A browser made the offer, or something that is like one.
        let is_webrtc = offer.media().any(|media| media.ice_ufrag().is_some() && outcome::speaks_dtls(media));
        let refusal = if predicted || !is_webrtc { None } else { refusal::of(&offer, &answer) };
        let offer_refusal = if is_webrtc { refusal::of_offer(&offer) } else { None };
        let is_something = media.iter().any(|media| media.state == State::Agreed);
        let is_wrong = findings.iter().any(|finding| finding.severity == Severity::Error);
        let told = Self {
            offer: side(inputs[0], kinds[0], &offer),
            answer: side(inputs[1], kinds[1], &answer),
            predicted,
            agreed: is_something && refusal.is_none() && !is_wrong,
            verdict: Verdict { outcome: Outcome::Failed, sentence: String::new() },
            swapped: false,
            offer_refusal,
            refusal,
            recorded_refusal: None,
            transports,
            media,
            findings,
            notes: Vec::new(),
            found,
            omitted,
            fail_on: FailOn::default(),
        };
        Self { verdict: verdict::of(&told, &offer, &answer), ..told }
    }
}

/// Whether the second looks like the offer of which the first is the answer. Who answers must choose a role of DTLS, and
/// who offers leaves the choice: `actpass` can be no answer.
pub fn are_swapped(first: &source::Document, second: &source::Document) -> bool {
    let roles = |document: &source::Document| {
        let text = Text::from_bytes(&document.text);
        let session = Session::from_text(&text);
        let roles: Vec<Setup> =
            session.media().filter_map(|media| media.setup().map(|(setup, _)| setup.value)).collect();
        roles
    };
    let (first, second) = (roles(first), roles(second));
    let has_chosen = first.iter().all(|role| matches!(role, Setup::Active | Setup::Passive));
    let is_open = second.iter().all(|role| *role == Setup::Actpass);
    !first.is_empty() && !second.is_empty() && has_chosen && is_open
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

    /// What is wrong stands before the tables, remarks behind them.
    fn document(&self) -> Document {
        let mut blocks = tables::opening(self);
        let mut faults = snippets(&self.found);
        let remarks = faults.split_off(faults.partition_point(|one| one.severity > Severity::Info));
        if !faults.is_empty() {
            blocks.push(Block::Heading("Findings".to_owned()));
        }
        blocks.extend(faults.into_iter().map(Block::Snippet));
        if self.omitted > 0 {
            let text = format!("{} more of the same are not shown.", self.omitted);
            blocks.push(Block::Paragraph(Cell::new(text, Tone::Dim)));
        }
        blocks.extend(tables::blocks(self));
        if !remarks.is_empty() {
            blocks.push(Block::Heading("Remarks".to_owned()));
        }
        blocks.extend(remarks.into_iter().map(Block::Snippet));
        Document { blocks }
    }

    fn pictures(&self) -> Vec<Picture> {
        pictures::pictures(self)
    }

    fn findings(&self) -> Option<&[Finding]> {
        Some(&self.findings)
    }

    fn subjects(&self) -> Vec<String> {
        let mut names = vec![self.offer.source.clone(), self.answer.source.clone()];
        names.dedup();
        names
    }

    /// As the verdict says, even if no rule does.
    fn exit(&self) -> Exit {
        let told = self.fail_on.exit(&self.findings);
        let fails = match self.verdict.outcome {
            Outcome::Agreed => false,
            Outcome::Doubtful => self.fail_on.fails(Severity::Warning),
            Outcome::Failed => self.fail_on.fails(Severity::Error),
        };
        if fails { told.and(Exit::Failed) } else { told }
    }
}
