//! The only module that formats: one [`Report`] gives every format.
//!
//! A renderer knows no command, and `report` never computes a number.

mod document;
mod findings;
mod format;
mod json;
mod jsonl;
mod log;
pub mod markdown;
mod printable;
mod progress;
mod screen;
mod table;
mod text;
mod wrap;

#[cfg(test)]
mod tests;

pub use document::{Align, Block, Cell, Document, Line, Table, Tone};
pub use format::{FORMATS, Format, Growth, Renderer};
pub use printable::{one_line, printable};
pub use progress::Progress;
pub use screen::Screen;

use crate::finding::Exit;
use crate::metric::Metric;

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

    /// Named numbers with labels: thresholds, monitoring.
    fn metrics(&self) -> Vec<Metric> {
        Vec::new()
    }

    /// What the exit code says.
    fn exit(&self) -> Exit;
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
    /// [`Report::document`].
    pub document: Document,
    /// [`Report::exit`].
    pub exit: Exit,
}

impl Rendered {
    /// Reads everything that a renderer may want from `report`.
    pub fn from_report<R: Report>(report: &R) -> Result<Self, serde_json::Error> {
        let json = serde_json::to_value(report)?;
        let lines = report.lines(&json);
        Ok(Self { schema: R::SCHEMA, json, lines, document: report.document(), exit: report.exit() })
    }
}
