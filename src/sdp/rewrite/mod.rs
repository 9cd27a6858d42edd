//! A description with something changed, and the rest as it was, byte for byte.
//!
//! A [`Plan`] says what; [`edits`] turns it into changes of the text. [`carried`] makes the same changes where the
//! description stands in something else. Rejected m-lines are left alone. Nothing is promised of an answer that fits
//! its offer: whoever rewrites one of the two looks after that.

mod bandwidth;
mod carry;
mod codec_name;
mod codecs;
mod direction;
mod faults;
mod scope;

use std::collections::HashSet;

pub use carry::{Rewritten, carried};
pub use codec_name::CodecName;
pub use faults::{Fault, new_faults};
pub use scope::{Bitrate, Scope};

use super::Session;
use super::attribute::Direction;
use super::edit::{self, Edit};
use super::session::{Media, Section};
use super::text::{Line, Span, Text};

/// What shall be changed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plan {
    /// Codecs that come first, in this order.
    pub prefer: Vec<CodecName>,
    /// Codecs that stay alone, in m-lines that have one of them.
    pub only: Vec<CodecName>,
    /// Codecs that go.
    pub remove: Vec<CodecName>,
    /// How much may be sent.
    pub bandwidth: Vec<(Scope, Bitrate)>,
    /// Which way media goes.
    pub direction: Vec<(Scope, Direction)>,
}

/// Why a plan is not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// An m-line must keep a codec. One without would have to be rejected (port 0), which takes it out of its BUNDLE
    /// group too, and with it the transport of the others if it is the first of them.
    #[error("m-line {index} ({kind}) would have no codec left")]
    NoCodecLeft {
        /// Counted from 0.
        index: usize,
        /// `audio`, `video`, ….
        kind: String,
        /// What it has.
        present: Vec<String>,
    },
}

impl Plan {
    /// The codecs of this plan that no m-line has, as they were written.
    pub fn unknown_codecs(&self, session: &Session<'_>) -> Vec<&CodecName> {
        let all = [&self.prefer, &self.only, &self.remove].into_iter().flatten();
        all.filter(|name| !media(session).any(|media| media.codecs().iter().any(|codec| name.is(codec))))
            .collect()
    }

    /// The scopes of this plan that no m-line is in.
    pub fn unknown_scopes(&self, session: &Session<'_>) -> Vec<&Scope> {
        self.scopes().filter(|scope| !session.media().any(|media| scope.has(session, media))).collect()
    }

    /// The scopes of this plan that only rejected m-lines are in, for which nothing is done.
    pub fn rejected(&self, session: &Session<'_>) -> Vec<&Scope> {
        let mut rejected: Vec<&Scope> = Vec::new();
        for scope in self.scopes() {
            let is_in = |media: Media<'_, '_>| scope.has(session, media);
            if session.media().any(is_in) && !media(session).any(is_in) && !rejected.contains(&scope) {
                rejected.push(scope);
            }
        }
        rejected
    }

    fn scopes(&self) -> impl Iterator<Item = &Scope> {
        let bandwidth = self.bandwidth.iter().map(|(scope, _)| scope);
        bandwidth.chain(self.direction.iter().map(|(scope, _)| scope))
    }
}

/// The changes that carry out `plan`, in the order of the text. What the plan names and the description has not is
/// passed over.
pub fn edits(session: &Session<'_>, plan: &Plan) -> Result<Vec<Edit>, Refusal> {
    let mut changes = Changes { text: session.text(), edits: Vec::new(), gone: HashSet::new() };
    for media in media(session) {
        codecs::change(media, plan, &mut changes)?;
    }
    for media in media(session) {
        // The last one counts.
        let bitrate = plan.bandwidth.iter().rev().find(|(scope, _)| scope.has(session, media));
        if let Some((_, bitrate)) = bitrate {
            bandwidth::change(media, *bitrate, &mut changes);
        }
        let wanted = plan.direction.iter().rev().find(|(scope, _)| scope.has(session, media));
        if let Some((_, wanted)) = wanted {
            direction::change(media, *wanted, &mut changes);
        }
    }
    Ok(changes.finish())
}

/// What the m-lines have, for a message: `audio: opus/48000/2 (111), PCMU/8000/1 (0)`.
pub fn present(session: &Session<'_>) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for media in media(session).filter(|media| !media.codecs().is_empty()) {
        let line = format!("{}: {}", media.line().kind, codec_name::listed(media).join(", "));
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

/// The m-lines that count: the formats of a rejected one are ignored (RFC 3264 §6).
fn media<'s, 't>(session: &'s Session<'t>) -> impl Iterator<Item = Media<'s, 't>> {
    session.media().filter(|media| !media.is_rejected())
}

/// What is to be done, as far as it is known.
struct Changes<'t> {
    text: &'t Text<'t>,
    edits: Vec<Edit>,
    /// Lines that go.
    gone: HashSet<usize>,
}

impl Changes<'_> {
    fn push(&mut self, edit: Edit) {
        self.edits.push(edit);
    }

    fn drop_line(&mut self, line: usize) {
        self.gone.insert(line);
    }

    /// Adds a line below the line `after`.
    fn add_line(&mut self, after: usize, content: String) {
        let lines = self.text.lines();
        // Of the last line nothing says what follows it, in strings; its neighbour does as well.
        let before = after.checked_sub(1).filter(|_| after + 1 == lines.len()).map(|before| &lines[before]);
        let same = before.filter(|before| !before.ending_span.is_empty());
        let line_end = match same {
            Some(before) => before.ending_span,
            None => lines[after].ending_span,
        };
        self.push(Edit::add_line(lines[after].span.end, line_end, content));
    }

    /// The last line of a section that `is` wanted and stays; the first one if there is none.
    fn last_line(&self, section: &Section<'_>, is: impl Fn(&Line) -> bool) -> usize {
        let mut lines = section.lines.clone().rev().filter(|line| !self.gone.contains(line));
        lines.find(|line| is(&self.text.lines()[*line])).unwrap_or(section.lines.start)
    }

    fn finish(mut self) -> Vec<Edit> {
        let mut gone: Vec<usize> = self.gone.iter().copied().collect();
        gone.sort_unstable();
        let lines = self.text.lines();
        for run in gone.chunk_by(|one, next| one + 1 == *next) {
            let (first, last) = (run[0], run[run.len() - 1]);
            let whole = lines[first].span.to(lines[last].ending_span);
            // At the end of the text the same bytes go, one line end earlier, where something else follows.
            let before = first.checked_sub(1).map(|before| &lines[before]);
            let span = match before.filter(|_| last + 1 == lines.len()) {
                Some(before) if before.ending == lines[last].ending => {
                    Span::new(before.ending_span.start, lines[last].ending_span.start)
                }
                _ => whole,
            };
            self.edits.push(Edit::delete(span));
        }
        edit::sort(&mut self.edits);
        self.edits
    }
}

#[cfg(test)]
mod tests;
