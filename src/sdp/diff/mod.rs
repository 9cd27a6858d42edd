//! What differs between two descriptions in meaning, m-line by m-line; their lines only if asked.
//!
//! Every line is compared once: by what it means where that is known (`transport`, `codecs`, `parts`,
//! `streams`, `whole`), by itself where not (`rest`). So nothing differs unseen, and what is no difference is not
//! called one. Passwords and keys are compared and never shown.

mod change;
mod codecs;
mod comparison;
mod dump;
mod m_lines;
mod matching;
mod media;
mod parts;
mod prose;
mod raw;
mod relation;
mod report;
mod rest;
mod streams;
mod transport;
mod whole;

pub use change::{Change, How, Topic};
pub use comparison::{Comparison, Name, One, Options, Outcome};
pub use dump::{Step, steps};
pub use media::MediaDifference;
pub use raw::{Hunk, LineDiff};
pub use relation::Relation;
pub use report::DiffReport;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use super::session::Session;
use super::text::{Span, Text};

/// Two descriptions under comparison.
struct Both<'a, 't> {
    texts: [&'a Text<'a>; 2],
    sessions: [&'a Session<'t>; 2],
    /// Whether the second follows the first in one session.
    is_later: bool,
    /// The ICE credentials of the first.
    old_credentials: HashSet<(&'t str, &'t str)>,
    /// What differs between the fingerprints of two sections, so that it is found once.
    fingerprints: RefCell<HashMap<Places, Vec<Change>>>,
}

/// Of each side the section that has something, if one has: which m-line, or the session level.
type Places = [Option<Option<usize>>; 2];

impl<'a, 't> Both<'a, 't> {
    fn of(texts: [&'a Text<'a>; 2], sessions: [&'a Session<'t>; 2], is_later: bool) -> Self {
        let old_credentials = transport::credentials(sessions[0]);
        Self { texts, sessions, is_later, old_credentials, fingerprints: RefCell::default() }
    }
}

/// The line of `span`, counted from 1.
fn line(text: &Text<'_>, span: Span) -> u32 {
    text.line_at(span.start).map_or(1, |index| text.lines()[index].number)
}
