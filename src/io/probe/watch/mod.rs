//! Drives a watch: a probe, and then round after round over connections and allocations that are kept.

mod hold;
mod station;

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context as _, bail};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep_until, timeout};

use self::station::Station;
use super::endpoint::FAREWELL;
use super::room::Room;
use super::{Environment, Plan, Run, Shared};
use crate::io::event_loop::event_loop;
use crate::io::signal;
use crate::measure::Pace;
use crate::probe::facts::{Observation, TargetFacts};
use crate::probe::plan::{Options, Target};
use crate::probe::watch::{Ended, Round, Seen, watched};

/// How often, how long, and with what.
#[derive(Debug, Clone)]
pub struct Every {
    /// From the beginning of a round to that of the next, unless it takes longer.
    pub interval: Duration,
    /// Rounds; endless without.
    pub rounds: Option<u64>,
    /// The end of the watch, from its beginning; endless without.
    pub deadline: Option<Duration>,
    /// Of the packets of a round, on each path.
    pub pace: Pace,
}

/// Who is told what a watch sees. An error ends it.
pub trait Watcher {
    /// The probe at the start is done; the targets come back with what their endpoints' facts mean.
    fn started(&mut self, seen: Observation, plan: Plan, at_unix_ms: i64)
    -> anyhow::Result<Vec<TargetFacts>>;

    /// A round is done.
    fn round(&mut self, round: Round) -> anyhow::Result<()>;
}

impl Run {
    /// Probes all targets as [`to_end`](Self::to_end) does, and then goes on in rounds until their number, the
    /// deadline, the user or the watcher ends it.
    ///
    /// # Errors
    /// The system gives no event loop, or the watcher's own.
    pub fn watch(self, every: Every, watcher: &mut impl Watcher) -> anyhow::Result<Ended> {
        let Self { targets, options, environment } = self;
        let plan = Plan { targets: targets.clone(), options: options.clone() };
        let runtime = event_loop().context("start the event loop")?;
        runtime.block_on(async {
            let deadline = every.deadline.map(|deadline| Instant::now() + deadline);
            let interrupted = signal::interrupted();
            let environment_of_rounds = Environment { progress: Arc::new(|_| {}), ..environment.clone() };
            let seen = super::run(targets.clone(), options.clone(), environment, interrupted.clone()).await;
            let stopped = seen.interrupted;
            let found = watcher.started(seen, plan, unix_ms())?;
            if stopped {
                return Ok(Ended { interrupted: true, ..Ended::default() });
            }
            let stations = stations(&found, &targets, &options, &every, environment_of_rounds, &interrupted);
            go_round(stations, &every, deadline, interrupted, watcher).await
        })
    }
}

/// One station an endpoint that could be tried.
fn stations(
    found: &[TargetFacts],
    targets: &[Target],
    options: &Options,
    every: &Every,
    environment: Environment,
    interrupted: &watch::Receiver<bool>,
) -> Vec<Station> {
    let start = Instant::now();
    let shared = Shared {
        environment,
        interrupted: interrupted.clone(),
        options: Options { bindings: 1, pace: every.pace, ..options.clone() },
        ledger: Arc::default(),
        hush: Arc::default(),
        room: Room::default(),
        start,
        // What ends a watch is looked at between its steps.
        deadline: start + Duration::from_secs(u32::MAX.into()),
        reflectors: Arc::default(),
        clocks: Arc::default(),
    };
    let holding = Arc::new(AtomicUsize::new(0));
    let targets: Vec<Arc<Target>> = targets.iter().cloned().map(Arc::new).collect();
    let stations = watched(found).into_iter().map(|(target, endpoint)| {
        Station::new(shared.clone(), targets[target].clone(), &found[target], endpoint, holding.clone())
    });
    let stations: Vec<Station> = stations.collect();
    let endpoints: Vec<_> = stations.iter().map(|station| station.endpoint).collect();
    shared.reflect(&endpoints);
    stations
}

/// The stations at work, each in a task of its own.
struct Stations {
    /// Each begins a round when it is told to; the required ones first.
    begin: Vec<(bool, UnboundedSender<()>)>,
    results: UnboundedReceiver<(usize, Seen)>,
    tasks: JoinSet<()>,
    stop: watch::Sender<bool>,
}

async fn go_round(
    stations: Vec<Station>,
    every: &Every,
    deadline: Option<Instant>,
    mut interrupted: watch::Receiver<bool>,
    watcher: &mut impl Watcher,
) -> anyhow::Result<Ended> {
    let mut stations = Stations::start(stations);
    let start = Instant::now();
    let mut ended = Ended::default();
    let result = tokio::select! {
        biased;
        Ok(_) = interrupted.wait_for(|interrupted| *interrupted) => {
            ended.interrupted = true;
            Ok(())
        }
        () = passed(deadline) => Ok(()),
        result = stations.rounds(start, every, watcher) => result,
    };
    ended.since = start.elapsed();
    stations.end().await;
    result.map(|()| ended)
}

impl Stations {
    fn start(stations: Vec<Station>) -> Self {
        let (report, results) = unbounded_channel();
        let (stop, stopped) = watch::channel(false);
        let (mut begin, mut tasks) = (Vec::new(), JoinSet::new());
        for (at, station) in stations.into_iter().enumerate() {
            let (sender, told) = unbounded_channel();
            begin.push((station.endpoint.required, sender));
            tasks.spawn(station.attend(at, told, report.clone(), stopped.clone()));
        }
        Self { begin, results, tasks, stop }
    }

    async fn rounds(
        &mut self,
        start: Instant,
        every: &Every,
        watcher: &mut impl Watcher,
    ) -> anyhow::Result<()> {
        if self.begin.is_empty() {
            return Ok(());
        }
        for number in 1.. {
            let (began, at_unix_ms) = (Instant::now(), unix_ms());
            let mut seen: Vec<Option<Seen>> = self.begin.iter().map(|_| None).collect();
            // Where a quota has no room for all allocations, those that are required get theirs.
            if number == 1 {
                self.gather(&mut seen, |required| required).await?;
                self.gather(&mut seen, |required| !required).await?;
            } else {
                self.gather(&mut seen, |_| true).await?;
            }
            watcher.round(Round {
                number,
                at_unix_ms,
                since: began - start,
                took: began.elapsed(),
                seen: seen.into_iter().flatten().collect(),
            })?;
            if every.rounds.is_some_and(|rounds| number >= rounds) {
                break;
            }
            sleep_until((began + every.interval).into()).await;
            // A round that is over at once must not keep Ctrl-C from being seen.
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    /// Has these stations make a round, and waits for them.
    async fn gather(
        &mut self,
        seen: &mut [Option<Seen>],
        which: impl Fn(bool) -> bool,
    ) -> anyhow::Result<()> {
        let mut missing = 0;
        for (_, begin) in self.begin.iter().filter(|(required, _)| which(*required)) {
            missing += 1;
            // Its end shows below.
            let _ = begin.send(());
        }
        while missing > 0 {
            tokio::select! {
                biased;
                Some((at, result)) = self.results.recv() => {
                    seen[at] = Some(result);
                    missing -= 1;
                }
                _ = self.tasks.join_next() => bail!("a part of the watch itself has failed"),
            }
        }
        Ok(())
    }

    /// Gives back what is held.
    async fn end(mut self) {
        let _ = self.stop.send(true);
        let all = async { while self.tasks.join_next().await.is_some() {} };
        let _ = timeout(FAREWELL * 2, all).await;
    }
}

async fn passed(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline.into()).await,
        None => std::future::pending().await,
    }
}

fn unix_ms() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.ok().and_then(|since| i64::try_from(since.as_millis()).ok()).unwrap_or_default()
}
