//! `--limit`, `--max`, `--min`, `--side` and `--config`: what a capture is held against.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::analyze::limits::{LimitError, Limits};
use crate::analyze::side::Side;
use crate::analyze::summary::Judge;
use crate::cli::{Context, UserError};
use crate::io::input;
use crate::metric::{Bound, Threshold};

/// A file of limits is no longer.
const LONGEST: u64 = 1 << 20;

#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Findings")]
pub(super) struct Args {
    /// Where the capture was taken: at the machine that sends the first stream, that receives it, or between
    #[arg(long, value_name = "SIDE", value_enum)]
    side: Option<Side>,
    /// From when on something is a warning, and an error, as in loss=2%/10% or pli=3/off; may be repeated
    #[arg(long, value_name = "LIMIT=WARN/FAIL")]
    limit: Vec<String>,
    /// Fail if a figure is above a limit, as in loss=1%, or was not measured; may be repeated
    #[arg(long, value_name = "METRIC=VALUE")]
    max: Vec<String>,
    /// Fail if a figure is below a limit, as in mos=3.8, or was not measured; may be repeated
    #[arg(long, value_name = "METRIC=VALUE")]
    min: Vec<String>,
    /// Read limits and side from a JSON file; flags go before it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// What stands in the file of `--config`.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    side: Option<Side>,
    #[serde(default)]
    limits: BTreeMap<String, String>,
    #[serde(default)]
    max: BTreeMap<String, String>,
    #[serde(default)]
    min: BTreeMap<String, String>,
}

impl Args {
    /// What they say together; what is written later, and nearer, counts.
    pub(super) fn judge(&self, context: &Context) -> anyhow::Result<Judge> {
        let config = match &self.config {
            Some(path) => {
                let bytes = input::read_bytes_or_stdin(path, LONGEST)?;
                serde_json::from_slice::<Config>(&bytes).map_err(|error| {
                    UserError::usage(format!("{}: {error}", path.display())).hint(
                        r#"write it as {"side": "receiver", "limits": {"loss": "2%/10%"}, "max": {"rtt": "300ms"}, "min": {"mos": "3.8"}}"#,
                    )
                })?
            }
            None => Config::default(),
        };
        let mut limits = Limits::default();
        for (name, pair) in &config.limits {
            limits.set_pair(name, pair).map_err(limit)?;
        }
        let pairs = |pairs: &BTreeMap<String, String>| -> Vec<String> {
            pairs.iter().map(|(name, value)| format!("{name}={value}")).collect()
        };
        let known = Limits::metrics();
        let read = |args: &[String], bound: Bound| -> Result<Vec<Threshold>, UserError> {
            let read = args.iter().map(|arg| Threshold::from_arg(arg, &known));
            let read = read.map(|read| Ok(Threshold { bound, ..read? }));
            read.collect()
        };
        let mut thresholds = read(&pairs(&config.max), Bound::Max)?;
        thresholds.extend(read(&pairs(&config.min), Bound::Min)?);
        for arg in &self.limit {
            limits.set(arg).map_err(limit)?;
        }
        for threshold in read(&self.max, Bound::Max)?.into_iter().chain(read(&self.min, Bound::Min)?) {
            thresholds.retain(|other| (other.metric, other.bound) != (threshold.metric, threshold.bound));
            thresholds.push(threshold);
        }
        thresholds.iter().for_each(|threshold| limits.fail_at(threshold));
        Ok(Judge { fail_on: context.fail_on, limits, thresholds, side: self.side.or(config.side) })
    }
}

fn limit(error: LimitError) -> UserError {
    UserError::usage(&error).hint(error.hint())
}

/// The table of limits in the help.
pub(super) const HELP: &str =
    "Limits (warning/error) for --limit; those with * are figures that --max and --min take:
  loss* 1%/5%, loss.burst* 5/15    packets lost, seen here or reported; in one burst
  gap.audio* 150ms/400ms, gap.video* 500ms/2s, freeze* 150ms/2s
                                   interruptions by loss or delay; pauses of the sender are none
  jitter.audio* 30ms/60ms, jitter.video* 50ms/100ms
  rtt* 250ms/400ms, mos* 3.6/3.1 (below it), drift* 100ppm/500ppm, av-offset 80ms/200ms
  reordered* 5%/off, duplicates* 5%/off, pli 1/off (in five seconds), dtls.repeats 3/off
  consent 15s/30s                  checks of ICE without an answer
  silence 5s/5s                    no media after a handshake, one way, a handshake that does not end";

#[cfg(test)]
mod tests {
    use super::HELP;
    use crate::analyze::limits::{LIMITS, Limits};

    #[test]
    fn the_help_names_every_limit_as_it_is() {
        let words: Vec<&str> = HELP.split([' ', ',', '\n']).collect();
        for known in LIMITS {
            let name = known.metric.name;
            let starred = Limits::metrics().contains(&known.metric);
            let place = words.iter().position(|word| word.trim_end_matches('*') == name);
            let place = place.unwrap_or_else(|| panic!("{name} is not in the help"));
            assert_eq!(words[place].ends_with('*'), starred, "{name}");
            let mut limits = Limits::default();
            limits.set_pair(name, words[place + 1]).unwrap();
            assert_eq!(limits, Limits::default(), "{name}");
        }
    }
}
