//! What a metric counts, and how people write such an amount.

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

impl Unit {
    /// What a JSON key of this unit ends with; empty for a count.
    pub fn suffix(self) -> &'static str {
        match self {
            Unit::Milliseconds => "_ms",
            Unit::Percent => "_pct",
            Unit::BitsPerSecond => "_bps",
            Unit::Days => "_days",
            Unit::Count => "",
        }
    }

    /// How the unit is written after a number, with the space that belongs there.
    pub fn symbol(self) -> &'static str {
        match self {
            Unit::Milliseconds => " ms",
            Unit::Percent => " %",
            Unit::BitsPerSecond => " bit/s",
            Unit::Days => " days",
            Unit::Count => "",
        }
    }

    /// What the unit is called in a sentence.
    pub fn noun(self) -> &'static str {
        match self {
            Unit::Milliseconds => "a time",
            Unit::Percent => "a percentage",
            Unit::BitsPerSecond => "a bit rate",
            Unit::Days => "a number of days",
            Unit::Count => "a plain number",
        }
    }

    /// An amount of this unit as it is typed, for a hint.
    pub fn example(self) -> &'static str {
        match self {
            Unit::Milliseconds => "30ms",
            Unit::Percent => "1%",
            Unit::BitsPerSecond => "500kbps",
            Unit::Days => "14d",
            Unit::Count => "3",
        }
    }

    /// What one `symbol` is in this unit; `None` if it is no symbol of it.
    ///
    /// Upper and lower case are the same: nobody asks for millibits.
    pub(super) fn scale(self, symbol: &str) -> Option<f64> {
        let symbol = symbol.to_lowercase();
        Some(match (self, symbol.as_str()) {
            (Unit::Milliseconds, "us" | "µs" | "μs") => 1e-3,
            (Unit::Milliseconds, "ms") => 1.0,
            (Unit::Milliseconds, "s") => 1e3,
            (Unit::Milliseconds, "min") => 6e4,
            (Unit::Percent, "%" | "pct") => 1.0,
            (Unit::BitsPerSecond, "bps") => 1.0,
            (Unit::BitsPerSecond, "k" | "kbps") => 1e3,
            (Unit::BitsPerSecond, "m" | "mbps") => 1e6,
            (Unit::BitsPerSecond, "g" | "gbps") => 1e9,
            (Unit::Days, "d" | "day" | "days") => 1.0,
            (Unit::Days, "h") => 1.0 / 24.0,
            _ => return None,
        })
    }
}
