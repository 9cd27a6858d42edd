//! The only module that formats: one [`Report`] gives every format.
//!
//! A renderer knows no command, and `report` never computes a number.

mod document;

pub use document::{Align, Block, Cell, Document, Table, Tone};

use crate::finding::Exit;
use crate::metric::Metric;

/// What every command hands to the report layer.
pub trait Report: serde::Serialize {
    /// Name and major version of the JSON shape, e.g. `probe/1`.
    const SCHEMA: &'static str;

    /// The human view: headings, tables, notes. Knows no colour and no width.
    fn document(&self) -> Document;

    /// Named numbers with labels: thresholds, monitoring.
    fn metrics(&self) -> Vec<Metric> {
        Vec::new()
    }

    /// What the exit code says.
    fn exit(&self) -> Exit;
}
