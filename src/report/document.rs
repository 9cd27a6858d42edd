//! The human view of a result, before colour and width: what the renderers walk.

use crate::finding::{Confidence, Excerpt, Finding, Severity, Verdict};

/// A result as a person reads it, top to bottom.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Document {
    /// The parts, in order.
    pub blocks: Vec<Block>,
}

/// One part of a [`Document`].
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// The verdict in one sentence; the first block of a command's document.
    Verdict(Cell),
    /// A section heading.
    Heading(String),
    /// A paragraph, wrapped to the width.
    Paragraph(Cell),
    /// Items, one under the other.
    List {
        /// Whether their order matters.
        numbered: bool,
        /// The items.
        items: Vec<Cell>,
    },
    /// Lines to copy as they are: never wrapped.
    Code(String),
    /// A table.
    Table(Table),
    /// Findings, each with its evidence and what to change.
    Findings(Vec<Finding>),
    /// A finding with the lines of a text that it is about.
    Snippet(Snippet),
    /// One line of a log.
    Line(Line),
    /// Lines of a log, without empty ones between them.
    Log(Vec<Line>),
}

/// A finding with the lines of a text that it is about, one or more marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// [`Finding::severity`].
    pub severity: Severity,
    /// [`Finding::confidence`].
    pub confidence: Confidence,
    /// [`Finding::code`].
    pub code: &'static str,
    /// [`Finding::name`].
    pub name: &'static str,
    /// [`Finding::message`].
    pub message: String,
    /// `offer.sdp:5:9`: where the first of the lines is.
    pub place: String,
    /// What is shown; the first is the place of the finding.
    pub lines: Vec<SnippetLine>,
    /// [`Finding::help`].
    pub help: String,
    /// Where the same was found besides, in other descriptions or of other numbers, as `place` has it.
    pub also: Vec<String>,
}

/// A line with a mark in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnippetLine {
    /// Which other text it stands in, such as the offer that an answer does not fit; empty for the same.
    pub text: String,
    /// Counted from 1.
    pub line: usize,
    /// What stands there, and which part is meant; that is empty where something is missing.
    pub excerpt: Excerpt,
    /// What is to be said of it; empty at the place of the finding itself.
    pub label: String,
}

/// A table with a row of column names.
///
/// Where the width does not suffice, the last columns are written beneath each row: put the least important ones last.
/// An empty cell is shown as `-`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// Column names and how their cells are aligned.
    pub columns: Vec<(&'static str, Align)>,
    /// Rows; each has as many cells as there are columns.
    pub rows: Vec<Vec<Cell>>,
}

/// One line of a log: what it begins with, groups of words, and what is said of it indented beneath.
///
/// Whoever makes the lines pads their words, so that those of one log stand beneath each other. Groups that do not fit
/// the width go on to the next line, whole.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Line {
    /// What it begins with.
    pub head: Cell,
    /// Words that stay together.
    pub groups: Vec<Vec<Cell>>,
    /// What is left out where it does not fit on the line: it was said before.
    pub spare: Vec<Cell>,
    /// Sentences beneath.
    pub below: Vec<Cell>,
}

/// Horizontal alignment of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// A piece of text and how it should strike the reader.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cell {
    /// The text, without escape sequences.
    pub text: String,
    /// Its tone.
    pub tone: Tone,
}

/// How a piece of text should strike the reader; the renderer picks the colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// As the text around it.
    #[default]
    Plain,
    /// Healthy.
    Good,
    /// To be watched.
    Warn,
    /// Broken.
    Bad,
    /// Less important.
    Dim,
    /// More important.
    Strong,
}

impl From<Verdict> for Tone {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Pass => Self::Good,
            Verdict::Warn | Verdict::Inconclusive => Self::Warn,
            Verdict::Fail => Self::Bad,
        }
    }
}

impl Cell {
    /// Text of this tone.
    pub fn new(text: impl Into<String>, tone: Tone) -> Self {
        Self { text: text.into(), tone }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::new(text, Tone::Plain)
    }
}
