//! What rules look at: a description, and what its input says of it.

use std::ops::Deref;

use crate::sdp::attribute::View;
use crate::sdp::session::{Attribute, Section};
use crate::sdp::source::Kind;
use crate::sdp::text::Line;
use crate::sdp::{Problem, Session};

/// A description under examination. Gives way to its [`Session`].
#[derive(Debug, Clone, Copy)]
pub struct Description<'d> {
    session: &'d Session<'d>,
    kind: Kind,
}

/// Two descriptions that belong together: an offer and its answer, or an offer and a later one.
#[derive(Debug, Clone, Copy)]
pub struct Pair<'d> {
    first: Description<'d>,
    second: Description<'d>,
}

impl<'d> Description<'d> {
    /// `session`, given as this side's.
    pub fn of(session: &'d Session<'d>, kind: Kind) -> Self {
        Self { session, kind }
    }

    /// What was read of it.
    pub fn session(&self) -> &'d Session<'d> {
        self.session
    }

    /// As which side's it was given: [`Kind::Unknown`] where neither the input nor the user says so.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether it is known to be an offer.
    pub fn is_offer(&self) -> bool {
        self.kind == Kind::Offer
    }

    /// Whether it is known to be an answer.
    pub fn is_answer(&self) -> bool {
        matches!(self.kind, Kind::Answer | Kind::Pranswer)
    }

    /// Whether it is meant for WebRTC, as far as that shows: an m-line is kept secret by DTLS, and ICE is spoken. What
    /// only WebRTC asks for is not asked of telephones and cameras.
    pub fn is_webrtc(&self) -> bool {
        let speaks_ice = self.session.sections().any(|section| section.has("ice-ufrag"));
        speaks_ice && self.session.media().any(|media| media.line().is_dtls())
    }

    /// Its lines with the section of each, blank ones included.
    pub fn lines(&self) -> impl Iterator<Item = (&'d Section<'d>, &'d Line)> + use<'d> {
        let (session, lines) = (self.session, self.session.text().lines());
        session
            .sections()
            .flat_map(move |section| lines[section.lines.clone()].iter().map(move |line| (section, line)))
    }

    /// The attributes of this name whose value cannot be read, each with the reason.
    pub fn unreadable(
        &self,
        name: &str,
    ) -> impl Iterator<Item = (&'d Section<'d>, &'d Attribute<'d>, &'d Problem)> {
        let session = self.session;
        let attributes = session.sections().flat_map(move |section| {
            let bad = section.named(name).filter(|attribute| matches!(attribute.view, View::Other));
            bad.map(move |attribute| (section, attribute))
        });
        attributes.filter_map(move |(section, attribute)| {
            let line = session.text().lines()[attribute.line].span;
            // Problems stand in the order of the text.
            let problems = session.problems();
            let at = problems.partition_point(|problem| problem.span.start < line.start);
            let problem = problems.get(at).filter(|problem| problem.span.start <= line.end)?;
            Some((section, attribute, problem))
        })
    }
}

impl<'d> Deref for Description<'d> {
    type Target = Session<'d>;

    fn deref(&self) -> &Session<'d> {
        self.session
    }
}

impl<'d> Pair<'d> {
    /// An offer and its answer, or an offer and a later one.
    pub fn of(first: Description<'d>, second: Description<'d>) -> Self {
        Self { first, second }
    }

    /// The offer; of two offers the earlier one.
    pub fn first(&self) -> &Description<'d> {
        &self.first
    }

    /// The answer; of two offers the later one.
    pub fn second(&self) -> &Description<'d> {
        &self.second
    }
}
