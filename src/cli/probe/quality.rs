//! What a relay is worth: how much it carries, how large, for how long. Only where that is asked for.

use std::time::Duration;

use crate::cli::{UserError, duration};
use crate::measure::RampPlan;
use crate::metric::Unit;
use crate::probe::diagnose;
use crate::probe::plan::{Audits, Lifetime};

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Quality")]
#[group(skip)]
pub(super) struct Args {
    /// Send for so long each way through the relay, faster and faster, to see how much it carries (4s to 60s)
    #[arg(long, value_name = "TIME", value_parser = duration::from_arg)]
    throughput: Option<Duration>,
    /// Never send faster than this with --throughput, in payload bits a second
    #[arg(long, value_name = "RATE", default_value = "50M", requires = "throughput", value_parser = bit_rate)]
    throughput_max: u64,
    /// Find the largest packet that passes the relay in one piece, each way
    #[arg(long)]
    mtu: bool,
    /// See how long a permission, a channel and an allocation really last, which takes up to 11 minutes; or a list
    /// of those wanted
    #[arg(long, value_name = "WHICH", num_args = 0..=1, require_equals = true, value_delimiter = ',', default_missing_value = "permission,channel,allocation")]
    lifetimes: Vec<Lifetime>,
}

impl Args {
    /// Adds them to what else is asked of each server.
    pub(super) fn add_to(&self, audits: Audits) -> Result<Audits, UserError> {
        let seconds = SHORTEST..=LONGEST;
        if let Some(length) = self.throughput.filter(|length| !seconds.contains(length)) {
            let message = format!("--throughput {} s is not between 4 and 60 seconds", length.as_secs_f64());
            return Err(UserError::usage(message).hint(match length < SHORTEST {
                true => {
                    "half of it is for finding the rate, and that is held for whole seconds then, as servers count \
                     a cap by the second: --throughput 5s is enough for most; each way takes so long"
                }
                false => "--throughput 5s is enough for most; each way takes so long",
            }));
        }
        let ceiling_bps = self.throughput_max;
        let plan = |length| RampPlan { length, ceiling_bps, stream: false };
        Ok(Audits {
            throughput: self.throughput.map(plan),
            mtu: self.mtu,
            lifetimes: self.lifetimes.clone(),
            ..audits
        })
    }
}

/// What is said before anything is sent: how much traffic, and how long it takes.
pub(super) fn warnings(audits: &Audits) -> Vec<String> {
    let mut warnings = Vec::new();
    if let Some(plan) = audits.throughput {
        warnings.push(format!(
            "--throughput sends at most {:.1} MB of payload each way through each server, at {} at most",
            plan.most_bytes() as f64 / 1e6,
            diagnose::rate(plan.ceiling_bps),
        ));
    }
    if let Some(longest) = audits.lifetimes.iter().map(|lifetime| lifetime.longest()).max() {
        warnings.push(format!("--lifetimes takes up to {} minutes", longest.as_secs().div_ceil(60)));
    }
    warnings
}

/// Shorter than this, no rate is held for whole seconds.
const SHORTEST: Duration = Duration::from_secs(4);
const LONGEST: Duration = Duration::from_secs(60);
/// Bits a second: below it there would be too few packets to count; above it our own pace is what is measured.
const RATES: std::ops::RangeInclusive<f64> = 1e5..=1e9;

fn bit_rate(arg: &str) -> Result<u64, String> {
    let rate = Unit::BitsPerSecond.amount(arg).filter(|rate| RATES.contains(rate));
    let example = || match arg.parse::<f64>() {
        Ok(_) => "it needs a unit, as in 5M (megabits a second) or 500k",
        Err(_) => "write a rate from 100k to 1G, as in 20M or 500kbps",
    };
    rate.map(|rate| rate as u64).ok_or_else(|| example().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_has_a_unit_and_bounds() {
        for (arg, expected) in [("20M", 20_000_000), ("500kbps", 500_000), ("1G", 1_000_000_000)] {
            assert_eq!(bit_rate(arg), Ok(expected), "{arg}");
        }
        for arg in ["", "20", "1k", "2G", "M", "-1M", "20MB"] {
            assert!(bit_rate(arg).is_err(), "{arg}");
        }
        assert!(bit_rate("5").is_err_and(|said| said.contains("5M")));
    }

    #[test]
    fn what_is_said_first_is_no_less_than_what_can_be_sent() {
        let length = Duration::from_secs(5);
        let plan = RampPlan { length, ceiling_bps: 50_000_000, stream: false };
        let audits =
            Audits { throughput: Some(plan), lifetimes: vec![Lifetime::Permission], ..Audits::default() };
        let most = plan.most_bytes();
        assert!(most < 50_000_000 / 8 * 5 && most > 15_000_000, "{most}");
        let said = warnings(&audits);
        assert!(said[0].contains(&format!("{:.1} MB", most as f64 / 1e6)), "{said:?}");
        assert!(said[1].contains("6 minutes"), "{said:?}");
    }
}
