//! What a report shows besides words, as data: the renderer draws it. Numbers are those of the report.

use super::{Cell, Tone};
use crate::finding::Severity;

/// One picture.
#[derive(Debug, Clone, PartialEq)]
pub enum Picture {
    /// Steps that follow each other, on one axis of time.
    Waterfall(Waterfall),
    /// How often numbers of each size came.
    Histogram(Histogram),
    /// Numbers over time.
    Series(Series),
    /// A text with what was found beside its lines.
    Annotated(Annotated),
    /// Two texts beside each other, with what differs.
    SideBySide(SideBySide),
}

impl Picture {
    /// Named after what it is of, where a report has pictures of several things.
    #[must_use]
    pub fn of(mut self, name: &str) -> Self {
        let title = match &mut self {
            Picture::Waterfall(picture) => &mut picture.title,
            Picture::Histogram(picture) => &mut picture.title,
            Picture::Series(picture) => &mut picture.title,
            Picture::Annotated(picture) => &mut picture.title,
            Picture::SideBySide(picture) => &mut picture.title,
        };
        title.insert_str(0, &format!("{name}: "));
        self
    }
}

/// Steps that follow each other, on one axis of time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Waterfall {
    /// What it shows.
    pub title: String,
    /// From top to bottom.
    pub lanes: Vec<Lane>,
}

/// One line of a [`Waterfall`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Lane {
    /// Whose steps they are.
    pub label: String,
    /// In order.
    pub steps: Vec<Step>,
}

/// One bar.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What was done.
    pub name: String,
    /// From the start of the run.
    pub from_ms: f64,
    /// How long.
    pub took_ms: f64,
    /// How it went.
    pub tone: Tone,
}

/// How often numbers of each size came.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Histogram {
    /// What it shows.
    pub title: String,
    /// Of the numbers, such as `ms`.
    pub unit: &'static str,
    /// From, to, how many; each begins where the one before ends.
    pub bins: Vec<(f64, f64, u64)>,
    /// Numbers to be marked, such as a median.
    pub marks: Vec<(&'static str, f64)>,
}

/// Numbers over time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Series {
    /// What it shows.
    pub title: String,
    /// From when to when.
    pub span_s: (f64, f64),
    /// One above the other, over the same seconds.
    pub panels: Vec<Panel>,
    /// Moments to be marked in all of them.
    pub marks: Vec<Moment>,
    /// What happened how often and when, a line each below the panels.
    pub strips: Vec<Strip>,
}

/// One chart of a [`Series`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Panel {
    /// What is measured.
    pub name: &'static str,
    /// In what.
    pub unit: &'static str,
    /// As bars from the bottom, where each number stands for itself; as a line otherwise.
    pub as_bars: bool,
    /// When in seconds, and how much; `None` where nothing is known.
    pub points: Vec<(f64, Option<f64>)>,
    /// The same at its largest, where the points are means; empty otherwise.
    pub upper: Vec<(f64, Option<f64>)>,
    /// The seconds that each point stands for.
    pub width_s: f64,
}

/// One line of happenings below the panels of a [`Series`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Strip {
    /// What happened.
    pub name: &'static str,
    /// How it should strike.
    pub tone: Tone,
    /// From when to when in seconds, and what there is to say of it.
    pub spans: Vec<(f64, f64, String)>,
}

/// A moment that something happened at.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// When.
    pub at_s: f64,
    /// What.
    pub name: String,
    /// How it should strike.
    pub tone: Tone,
}

/// A text with what was found beside its lines.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Annotated {
    /// Which text.
    pub title: String,
    /// Line by line, with secrets masked.
    pub lines: Vec<AnnotatedLine>,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AnnotatedLine {
    /// Counted from 1.
    pub number: usize,
    /// What stands there.
    pub text: String,
    /// What it means; empty where nobody says.
    pub meaning: String,
    /// What was found in it.
    pub notes: Vec<Note>,
}

/// A finding beside its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// How bad.
    pub severity: Severity,
    /// Its code.
    pub code: &'static str,
    /// What was seen.
    pub message: String,
}

/// Two texts beside each other.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SideBySide {
    /// What is compared.
    pub title: String,
    /// What the two are called.
    pub names: [String; 2],
    /// Row by row.
    pub rows: Vec<Pair>,
}

/// One row: left, right, and what it means.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pair {
    /// On the left; empty where there is nothing.
    pub left: Cell,
    /// On the right.
    pub right: Cell,
    /// They differ.
    pub differs: bool,
}
