//! What rules look at: a description, and what its input says of it.

use std::ops::Deref;

use crate::finding::Severity;
use crate::sdp::attribute::View;
use crate::sdp::session::{Attribute, Media, Section};
use crate::sdp::source::Kind;
use crate::sdp::text::Line;
use crate::sdp::{Problem, Session};

/// A description under examination. Gives way to its [`Session`].
#[derive(Debug, Clone, Copy)]
pub struct Description<'d> {
    session: &'d Session<'d>,
    kind: Kind,
    is_string: bool,
    /// Asked for each line by some, and a matter of all of them.
    is_webrtc: bool,
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
        let speaks_ice = session.sections().any(|section| section.has("ice-ufrag"));
        let is_webrtc = speaks_ice && session.media().any(|media| media.line().is_dtls());
        Self { session, kind, is_string: false, is_webrtc }
    }

    /// Says that it is a string of a program, which is handed on as it is: no editor took its last line end.
    pub fn in_string(self, is_string: bool) -> Self {
        Self { is_string, ..self }
    }

    /// Whether it is a string of a program.
    pub fn is_string(&self) -> bool {
        self.is_string
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
        self.is_webrtc
    }

    /// How bad a line is that cannot be read. RFC 9429 §5.8: what speaks WebRTC must refuse the whole description, and
    /// browsers do so. Others leave it at the line.
    pub fn unreadable_is(&self) -> Severity {
        if self.is_webrtc() { Severity::Error } else { Severity::Warning }
    }

    /// Whether an m-line is lost: it is written `M=`, and its lines count for the one before. What follows from that is not
    /// the fault.
    pub fn lost_m_line(&self) -> bool {
        self.session.text().lines().iter().any(|line| line.kind == Some('M'))
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

    /// The m-lines of both that go on: at the same place, of the same kind and name, and in use before and after.
    pub fn continued(&self) -> impl Iterator<Item = (Media<'d, 'd>, Media<'d, 'd>)> + use<'d> {
        let both = self.first.session().media().zip(self.second.session().media());
        both.filter(|(older, newer)| {
            let renamed =
                older.mid().zip(newer.mid()).is_some_and(|(older, newer)| older.value != newer.value);
            let is_kept = older.line().kind.value == newer.line().kind.value && !renamed;
            is_kept && !older.is_rejected() && !newer.is_rejected()
        })
    }
}
