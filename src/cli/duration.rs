//! Durations on the command line.

use std::time::Duration;

/// The longest: a day. Sums of times stay far from any overflow.
const MOST: Duration = Duration::from_secs(86_400);

/// Reads `250us`, `500ms`, `1.5s`, `2m`, `1h`, or a plain number of seconds; neither zero nor more than a day.
pub(super) fn from_arg(arg: &str) -> Result<Duration, String> {
    let usage = || "write it as in 500ms, 5s or 2m".to_owned();
    let at = arg.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(arg.len());
    let (number, unit) = arg.split_at(at);
    let scale = match unit.trim() {
        "us" | "µs" => 1e-6,
        "ms" => 1e-3,
        "s" | "" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => return Err(usage()),
    };
    let seconds: f64 = number.parse().map_err(|_| usage())?;
    match Duration::try_from_secs_f64(seconds * scale) {
        Ok(Duration::ZERO) => Err("it must be more than zero".to_owned()),
        Ok(duration) if duration <= MOST => Ok(duration),
        _ => Err("it must not be more than a day".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_usual_units() {
        for (arg, expected) in
            [("250us", 250), ("500ms", 500_000), ("1.5s", 1_500_000), ("2", 2_000_000), ("2m", 120_000_000)]
        {
            assert_eq!(from_arg(arg), Ok(Duration::from_micros(expected)), "{arg}");
        }
    }

    #[test]
    fn refuses_what_cannot_be_meant() {
        for arg in ["", "s", "0s", "-1s", "5 weeks", "1e9", "25h", "1.2.3s"] {
            assert!(from_arg(arg).is_err(), "{arg}");
        }
    }
}
