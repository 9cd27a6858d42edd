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
    /// Bytes (`_bytes`).
    Bytes,
    /// Days (`_days`).
    Days,
    /// Parts per million (`_ppm`).
    PartsPerMillion,
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
            Unit::Bytes => "_bytes",
            Unit::Days => "_days",
            Unit::PartsPerMillion => "_ppm",
            Unit::Count => "",
        }
    }

    /// How the unit is written after a number, with the space that belongs there.
    pub fn symbol(self) -> &'static str {
        match self {
            Unit::Milliseconds => " ms",
            Unit::Percent => " %",
            Unit::BitsPerSecond => " bit/s",
            Unit::Bytes => " bytes",
            Unit::Days => " days",
            Unit::PartsPerMillion => " ppm",
            Unit::Count => "",
        }
    }

    /// An amount for people, in the multiple of the unit that reads best.
    pub fn written(self, value: f64) -> String {
        let size = value.abs();
        let (value, symbol) = match self {
            Unit::Milliseconds if size < 1.0 && size > 0.0 => (value * 1e3, " µs"),
            Unit::Milliseconds if size >= 1e4 => (value / 1e3, " s"),
            Unit::BitsPerSecond if size >= 1e6 => (value / 1e6, " Mbit/s"),
            Unit::BitsPerSecond if size >= 1e3 => (value / 1e3, " kbit/s"),
            Unit::Bytes if size >= 1e6 => (value / 1e6, " MB"),
            _ => (value, self.symbol()),
        };
        let digits = match value.abs() {
            size if size < 10.0 => 100.0,
            size if size < 100.0 => 10.0,
            _ => 1.0,
        };
        let rounded = match self {
            // What is nearly nothing shall not read as nothing.
            Unit::Percent | Unit::Count => (value * 1e3).round() / 1e3,
            _ => (value * digits).round() / digits,
        };
        format!("{rounded}{symbol}")
    }

    /// What the unit is called in a sentence.
    pub fn noun(self) -> &'static str {
        match self {
            Unit::Milliseconds => "a time",
            Unit::Percent => "a percentage",
            Unit::BitsPerSecond => "a bit rate",
            Unit::Bytes => "a size",
            Unit::Days => "a number of days",
            Unit::PartsPerMillion => "a number of parts per million",
            Unit::Count => "a plain number",
        }
    }

    /// An amount of this unit as it is typed, for a hint.
    pub fn example(self) -> &'static str {
        match self {
            Unit::Milliseconds => "30ms",
            Unit::Percent => "1%",
            Unit::BitsPerSecond => "500kbps",
            Unit::Bytes => "1200bytes",
            Unit::Days => "14d",
            Unit::PartsPerMillion => "100ppm",
            Unit::Count => "3",
        }
    }

    /// Reads an amount with its unit, e.g. `20M` of bits a second; `None` if it is none.
    pub fn amount(self, text: &str) -> Option<f64> {
        let digits = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
        let (number, symbol) = text.split_at(digits);
        let number = number.parse::<f64>().ok().filter(|number| number.is_finite())?;
        Some(number * self.scale(symbol.trim())?)
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
            (Unit::PartsPerMillion, "ppm") => 1.0,
            (Unit::Bytes, "b" | "bytes") => 1.0,
            (Unit::Days, "d" | "day" | "days") => 1.0,
            (Unit::Days, "h") => 1.0 / 24.0,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_written_as_people_read_it() {
        for (unit, value, text) in [
            (Unit::Milliseconds, 0.0554, "55.4 µs"),
            (Unit::Milliseconds, 0.0, "0 ms"),
            (Unit::Milliseconds, 5.0, "5 ms"),
            (Unit::Milliseconds, 12.345, "12.3 ms"),
            (Unit::Milliseconds, 12_345.0, "12.3 s"),
            (Unit::BitsPerSecond, 4_609_876.0, "4.61 Mbit/s"),
            (Unit::BitsPerSecond, 500_000.0, "500 kbit/s"),
            (Unit::BitsPerSecond, 12.0, "12 bit/s"),
            (Unit::Bytes, 21_345_678.0, "21.3 MB"),
            (Unit::Bytes, 1200.0, "1200 bytes"),
            (Unit::Percent, 0.0012, "0.001 %"),
            (Unit::Percent, 2.0, "2 %"),
            (Unit::Count, 12_345.0, "12345"),
        ] {
            assert_eq!(unit.written(value), text);
        }
    }
}
