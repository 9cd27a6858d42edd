//! A field of a report: its name in the RFC, its value for programs, and both for people.

use serde_json::Value;

/// One field.
#[derive(Debug, Clone)]
pub(super) struct Field {
    /// Its key in JSON.
    pub(super) key: &'static str,
    /// Its value.
    pub(super) value: Value,
    /// Name and value in words; empty where another field says the same.
    pub(super) words: String,
}

impl Field {
    pub(super) fn new(key: &'static str, value: impl Into<Value>, words: impl Into<String>) -> Self {
        Self { key, value: value.into(), words: words.into() }
    }

    /// Whose words are its key and its value.
    pub(super) fn plain(key: &'static str, value: impl Into<Value> + std::fmt::Display) -> Self {
        let words = format!("{} {value}", key.replace('_', " "));
        Self::new(key, value, words)
    }

    /// For programs alone.
    pub(super) fn silent(key: &'static str, value: impl Into<Value>) -> Self {
        Self::new(key, value, "")
    }
}

/// An NTP timestamp (RFC 5905 §6): raw, as seconds since 1970, and as a date where it is one.
pub(super) fn ntp(timestamp: u64) -> [Field; 2] {
    /// From 1900 to 1970.
    const EPOCHS: u64 = 2_208_988_800;
    let (seconds, fraction) = (timestamp >> 32, (timestamp & 0xffff_ffff) as f64 / 4_294_967_296.0);
    // A clock that counts from when the machine started says 0 to some years.
    let unix = seconds.checked_sub(EPOCHS).map(|unix| unix as f64 + fraction);
    let date = unix.and_then(|unix| jiff::Timestamp::from_microsecond((unix * 1e6).round() as i64).ok());
    let words = match date {
        Some(date) => format!("NTP timestamp {date:.6}"),
        None => format!("NTP timestamp {:.6} s, no date", seconds as f64 + fraction),
    };
    [
        Field::new("ntp_timestamp", format!("0x{timestamp:016x}"), words),
        Field::silent("ntp_unix_s", unix.map(|unix| (unix * 1e6).round() / 1e6)),
    ]
}

/// Units of 2^-16 s.
pub(super) fn short_seconds(units: u32) -> f64 {
    (f64::from(units) / 65_536.0 * 1e6).round() / 1e6
}

/// A bit rate for people.
pub(super) fn bit_rate(bits_per_second: u64) -> String {
    match bits_per_second {
        rate if rate >= 10_000_000 => format!("{:.1} Mbit/s", rate as f64 / 1e6),
        rate => format!("{:.1} kbit/s", rate as f64 / 1e3),
    }
}

/// Some bytes in hexadecimal, and how many more there are.
pub(super) fn bytes(bytes: &[u8]) -> String {
    const MOST: usize = 32;
    let shown: String = bytes.iter().take(MOST).map(|byte| format!("{byte:02x}")).collect();
    match bytes.len().saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown}… and {more} more"),
    }
}

/// Numbers as runs: `3-5 9`.
pub(super) fn runs(numbers: impl Iterator<Item = u16>) -> String {
    let mut runs: Vec<(u16, u16)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, last)) if last.wrapping_add(1) == number => *last = number,
            _ => runs.push((number, number)),
        }
    }
    let shown: Vec<_> = runs
        .iter()
        .map(|(first, last)| match first == last {
            true => first.to_string(),
            false => format!("{first}-{last}"),
        })
        .collect();
    shown.join(" ")
}
