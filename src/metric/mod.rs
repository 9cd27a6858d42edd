//! Named numbers with labels: what `--max` is held against and what monitoring exports.

mod threshold;

pub use threshold::{Crossing, Threshold, ThresholdError};

/// What a metric's number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Milliseconds (`_ms`).
    Milliseconds,
    /// Percent, 0–100 (`_pct`).
    Percent,
    /// Bits per second (`_bps`).
    BitsPerSecond,
    /// Days (`_days`).
    Days,
    /// A plain count.
    Count,
}

/// One number with its name and labels.
#[derive(Debug, Clone, PartialEq)]
pub struct Metric {
    /// Dotted JSON key without the unit, e.g. `relay.loop.rtt.p99`.
    pub name: &'static str,
    /// What the number counts.
    pub unit: Unit,
    /// The number; `None` where it was not measured.
    pub value: Option<f64>,
    /// Label names and values, e.g. `("transport", "udp")`.
    pub labels: Vec<(&'static str, String)>,
}
