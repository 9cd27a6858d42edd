//! The only module that formats: one [`Report`] gives every format.
//!
//! A renderer knows no command, and `report` never computes a number.

mod annotated;
mod csv;
mod document;
mod findings;
mod format;
mod github;
mod html;
mod inline;
mod json;
mod jsonl;
mod junit;
mod log;
pub mod markdown;
pub mod nagios;
pub mod picture;
mod printable;
mod progress;
pub mod prometheus;
mod sarif;
mod screen;
mod snippet;
pub mod spark;
mod table;
mod text;
mod wrap;

#[cfg(test)]
mod tests;

pub use csv::Rows;
pub use document::{Align, Block, Cell, Document, Line, Snippet, SnippetLine, Table, Tone};
pub use format::{FORMATS, Format, Growth, Part, Renderer};
pub use picture::Picture;
pub use printable::{one_line, printable};
pub use progress::Progress;
pub use screen::Screen;

use crate::finding::{Exit, FailOn, Finding};
use crate::metric::{Judgement, Metric};

/// What every command hands to the report layer.
pub trait Report: serde::Serialize {
    /// Name and major version of the JSON shape, e.g. `probe/1`.
    const SCHEMA: &'static str;

    /// The human view: headings, tables, notes. Knows no colour and no width.
    fn document(&self) -> Document;

    /// The lines that the report is in JSON Lines, made from `whole`, which is its JSON; the whole on one line unless
    /// a report knows better.
    fn lines(&self, whole: &serde_json::Value) -> Vec<serde_json::Value> {
        vec![whole.clone()]
    }

    /// The rows that the report is in a table for spreadsheets, made from `whole`, which is its JSON; `None` for what is
    /// no table, and has a row a finding if it finds any.
    fn rows(&self, _whole: &serde_json::Value) -> Option<Rows> {
        None
    }

    /// What it shows besides words.
    fn pictures(&self) -> Vec<Picture> {
        Vec::new()
    }

    /// Named numbers with labels: thresholds, monitoring.
    fn metrics(&self) -> Vec<Metric> {
        Vec::new()
    }

    /// How the numbers stand to the limits that were given.
    fn thresholds(&self) -> Vec<Judgement> {
        Vec::new()
    }

    /// Whether a crossed limit is a finding already, so that nobody has to be told of limits besides.
    fn finds_limits(&self) -> bool {
        false
    }

    /// What was found; `None` for what finds nothing, such as a list, and so has no form that consists of findings.
    fn findings(&self) -> Option<&[Finding]> {
        None
    }

    /// What was examined, by the names that findings have as their subject; those without a finding are healthy.
    fn subjects(&self) -> Vec<String> {
        Vec::new()
    }

    /// What could not be looked at: readers who count findings alone would take it for healthy.
    fn unread(&self) -> Vec<Unread> {
        Vec::new()
    }

    /// What the exit code says.
    fn exit(&self) -> Exit;
}

/// Something that could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Unread {
    /// Its name, as findings have it for their subject; empty where it is the whole run.
    #[serde(rename = "source", skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// Why not.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<String>,
}

impl Unread {
    /// `subject` could not be looked at, and why.
    pub fn new(subject: impl Into<String>, message: impl Into<String>) -> Self {
        Self { subject: subject.into(), message: message.into(), hints: Vec::new() }
    }
}

/// A report that owns all it says, whatever command made it: what the renderers take.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// [`Report::SCHEMA`].
    pub schema: &'static str,
    /// The fields of the report.
    pub json: serde_json::Value,
    /// [`Report::lines`].
    pub lines: Vec<serde_json::Value>,
    /// [`Report::rows`].
    pub rows: Option<Rows>,
    /// It goes on with what was written before.
    pub continues: bool,
    /// [`Report::document`].
    pub document: Document,
    /// [`Report::findings`].
    pub findings: Option<Vec<Finding>>,
    /// [`Report::subjects`].
    pub subjects: Vec<String>,
    /// [`Report::unread`].
    pub unread: Vec<Unread>,
    /// [`Report::pictures`].
    pub pictures: Vec<Picture>,
    /// [`Report::metrics`].
    pub metrics: Vec<Metric>,
    /// [`Report::thresholds`].
    pub thresholds: Vec<Judgement>,
    /// [`Report::finds_limits`].
    pub finds_limits: bool,
    /// Which findings fail; whoever renders sets it.
    pub fail_on: FailOn,
    /// [`Report::exit`].
    pub exit: Exit,
}

impl Rendered {
    /// Reads everything that a renderer may want from `report`.
    pub fn from_report<R: Report>(report: &R) -> Result<Self, serde_json::Error> {
        Self::for_formats(report, FORMATS)
    }

    /// As [`from_report`](Self::from_report), but no more than these formats take: the JSON of a large report costs
    /// more than all the rest, and most runs never show it.
    pub fn for_formats<R: Report>(report: &R, formats: &[Format]) -> Result<Self, serde_json::Error> {
        let takes = |part: Part| formats.iter().any(|format| format.takes == part);
        let json = match takes(Part::Json) || takes(Part::Lines) || takes(Part::Rows) {
            true => serde_json::to_value(report)?,
            false => serde_json::Value::Null,
        };
        // What is made of findings quotes the lines that the document shows, and a pager its verdict.
        let document = [Part::Document, Part::Page, Part::Findings, Part::Metrics].into_iter().any(takes);
        let document = match document {
            true => report.document(),
            false => Document::default(),
        };
        Ok(Self {
            lines: if takes(Part::Lines) { report.lines(&json) } else { Vec::new() },
            rows: match takes(Part::Rows) {
                true => report.rows(&json).or_else(|| Rows::of_findings(report.findings()?)),
                false => None,
            },
            json,
            findings: report.findings().map(<[Finding]>::to_vec),
            subjects: report.subjects(),
            unread: report.unread(),
            pictures: if takes(Part::Page) { report.pictures() } else { Vec::new() },
            metrics: if takes(Part::Metrics) { report.metrics() } else { Vec::new() },
            thresholds: if takes(Part::Metrics) || takes(Part::Findings) {
                report.thresholds()
            } else {
                Vec::new()
            },
            finds_limits: report.finds_limits(),
            ..Self::of_document(R::SCHEMA, document, report.exit())
        })
    }

    /// A document alone.
    pub fn of_document(schema: &'static str, document: Document, exit: Exit) -> Self {
        Self {
            schema,
            json: serde_json::Value::Null,
            lines: Vec::new(),
            rows: None,
            continues: false,
            document,
            findings: None,
            subjects: Vec::new(),
            unread: Vec::new(),
            pictures: Vec::new(),
            metrics: Vec::new(),
            thresholds: Vec::new(),
            finds_limits: false,
            fail_on: FailOn::default(),
            exit,
        }
    }
}
