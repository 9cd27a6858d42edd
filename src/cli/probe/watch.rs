//! `--watch`: round after round, a line each.

use std::time::Duration;

use super::{LimitArgs, TrafficArgs};
use crate::cli::Context;
use crate::cli::duration;
use crate::io::probe::{Every, Plan, Run, Watcher};
use crate::measure::Pace;
use crate::probe::facts::{Observation, TargetFacts};
use crate::probe::plan::Options;
use crate::probe::watch::{Round, Watch, WatchSummary};
use crate::probe::{Judge, Summary};
use crate::report::Progress;

/// Packets of a round on each path: enough to tell a dead path from an unlucky packet.
const COUNT: u32 = 5;

#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Watch")]
pub(super) struct Args {
    /// Go on after the probe, over one allocation that is kept: a round every INTERVAL (1ms to a day), a line each
    #[arg(long, value_name = "INTERVAL", conflicts_with = "duration", value_parser = interval)]
    watch: Option<Duration>,
    /// End the watch after so many rounds
    #[arg(long, value_name = "N", requires = "watch", value_parser = clap::value_parser!(u64).range(1..))]
    rounds: Option<u64>,
}

impl Args {
    /// Whether there is to be one.
    pub(super) fn is_on(&self) -> bool {
        self.watch.is_some()
    }

    /// `None` without `--watch`.
    pub(super) fn every(
        &self,
        traffic: &TrafficArgs,
        limits: &LimitArgs,
        options: &Options,
    ) -> Option<Every> {
        let pace = Pace { count: traffic.count.unwrap_or(COUNT), ..options.pace };
        let interval = self.watch?;
        Some(Every { interval, rounds: self.rounds, deadline: limits.deadline, pace })
    }
}

/// Runs it to its end, telling each part as it comes.
pub(super) fn run(
    run: Run,
    every: Every,
    judge: Judge,
    progress: &Progress,
    context: &mut Context,
) -> anyhow::Result<WatchSummary> {
    let interval = every.interval;
    let mut telling = Telling { judge, interval, progress, context, watch: None };
    let ended = run.watch(every, &mut telling)?;
    let Some(watch) = telling.watch else { anyhow::bail!("the watch has not begun") };
    Ok(watch.finish(ended))
}

/// Tells each part as it comes.
struct Telling<'a> {
    judge: Judge,
    interval: Duration,
    progress: &'a Progress,
    context: &'a mut Context,
    watch: Option<Watch>,
}

impl Watcher for Telling<'_> {
    fn started(
        &mut self,
        seen: Observation,
        plan: Plan,
        at_unix_ms: i64,
    ) -> anyhow::Result<Vec<TargetFacts>> {
        self.progress.finish();
        // The limits are for the whole.
        let judge = Judge { thresholds: Vec::new(), ..self.judge.clone() };
        let start = Summary::new(seen, &plan.targets, &plan.options, &judge);
        self.context.grow(&start, true)?;
        let found = start.targets.clone();
        let judge = self.judge.clone();
        let mut watch = Watch::new(plan.targets, plan.options, self.interval, judge, start);
        self.context.grow(&watch.opening(at_unix_ms), true)?;
        self.watch = Some(watch);
        Ok(found)
    }

    fn round(&mut self, round: Round) -> anyhow::Result<()> {
        match &mut self.watch {
            // The first stands apart from what is above it.
            Some(watch) => self.context.grow(&watch.round(&round), round.number == 1),
            None => Ok(()),
        }
    }
}

fn interval(arg: &str) -> Result<Duration, String> {
    match duration::from_arg(arg)? {
        interval if interval < Duration::from_millis(1) => Err("it must not be less than 1ms".to_owned()),
        interval => Ok(interval),
    }
}
