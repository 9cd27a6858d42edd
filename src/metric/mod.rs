//! Named numbers with labels: what `--max` is held against and what monitoring exports.

mod threshold;
mod unit;

pub use threshold::{Bound, Judgement, State, Threshold, ThresholdError};
pub use unit::Unit;

/// One number with its name and labels.
#[derive(Debug, Clone, PartialEq)]
pub struct Metric {
    /// Dotted JSON key without the unit, e.g. `relay.loop.rtt.p99`.
    pub name: &'static str,
    /// What the number counts.
    pub unit: Unit,
    /// [`KnownMetric::about`].
    pub about: &'static str,
    /// The number; `None` where it was not measured.
    pub value: Option<f64>,
    /// Label names and values, e.g. `("transport", "udp")`.
    pub labels: Vec<(&'static str, String)>,
}

/// The label that says which command measured a number, where a report holds those of several.
pub const COMMAND: &str = "command";

/// A name that a command emits metrics under, and that `--max` therefore takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownMetric {
    /// [`Metric::name`].
    pub name: &'static str,
    /// [`Metric::unit`].
    pub unit: Unit,
    /// What it is, in a line: what monitoring systems show beside it.
    pub about: &'static str,
}

impl KnownMetric {
    /// This number, measured or not.
    #[must_use]
    pub fn metric(self, value: Option<f64>, labels: Vec<(&'static str, String)>) -> Metric {
        Metric { name: self.name, unit: self.unit, about: self.about, value, labels }
    }
}
