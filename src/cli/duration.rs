//! Durations on the command line.

use std::time::Duration;

/// The longest: a day. Sums of times stay far from any overflow.
const MOST: Duration = Duration::from_secs(86_400);

/// The longest that a credential lives: a year.
const LONGEST_LIFE: Duration = Duration::from_secs(365 * 86_400);

/// Reads `250us`, `500ms`, `1.5s`, `2m`, `1h`, or a plain number of seconds; neither zero nor more than a day.
pub(super) fn from_arg(arg: &str) -> Result<Duration, String> {
    up_to(MOST, arg, "write it as in 500ms, 5s, 2m or 1h", "a day")
}

/// As [`from_arg`], of what lasts: up to a year.
pub(super) fn life_from_arg(arg: &str) -> Result<Duration, String> {
    up_to(LONGEST_LIFE, arg, "write it as in 10m, 12h or 1d", "a year")
}

fn up_to(most: Duration, arg: &str, example: &str, most_in_words: &str) -> Result<Duration, String> {
    let usage = || example.to_owned();
    let at = arg.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(arg.len());
    let (number, unit) = arg.split_at(at);
    let scale = match unit.trim() {
        "us" | "µs" => 1e-6,
        "ms" => 1e-3,
        "s" | "" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        _ => return Err(usage()),
    };
    let seconds: f64 = number.parse().map_err(|_| usage())?;
    match Duration::try_from_secs_f64(seconds * scale) {
        Ok(Duration::ZERO) => Err("it must be more than zero".to_owned()),
        Ok(duration) if duration <= most => Ok(duration),
        _ => Err(format!("it must not be more than {most_in_words}")),
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
        for arg in ["", "s", "0s", "-1s", "5 weeks", "1e9", "25h", "2d", "1.2.3s"] {
            assert!(from_arg(arg).is_err(), "{arg}");
        }
        assert!(life_from_arg("366d").is_err());
    }

    #[test]
    fn a_credential_may_live_for_days_and_what_is_wrong_shows_how() {
        assert_eq!(life_from_arg("1d"), Ok(Duration::from_secs(86_400)));
        assert_eq!(life_from_arg("7d"), Ok(Duration::from_secs(7 * 86_400)));
        assert!(life_from_arg("a day").is_err_and(|said| said.contains("1d")));
    }
}
