//! The whole watch: verdict, exit code, figures.

use std::net::SocketAddr;

use serde::Serialize;
use serde_json::Value;

use super::figures::PathTotals;
use super::series::SeriesFacts;
use super::standing::Standing;
use super::tracker::{Ended, Told, Track, Watch};
use super::{metrics, pictures, text};
use crate::finding::{Exit, Finding, Location, Verdict};
use crate::measure::milliseconds;
use crate::metric::{Judgement, Metric};
use crate::probe::plan::Transport;
use crate::probe::summary::worst;
use crate::probe::{Summary, codes, diagnose};
use crate::report::{Document, Picture, Report};

/// Of how many packets at least a path must lose some to be called lossy over a whole watch.
const LOSSY_OF: u64 = 100;

/// The whole of a watch: the last record of `watch/1`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct WatchSummary {
    record: &'static str,
    /// In a word: the worst that was seen, at the start or in any round.
    pub(super) verdict: Verdict,
    pub(super) exit: Exit,
    pub(super) interrupted: bool,
    pub(super) rounds: u64,
    /// From the first round to the end.
    pub(super) took_ms: f64,
    interval_ms: f64,
    pub(super) endpoints: Vec<EndpointTotals>,
    /// How many.
    pub(super) changes: u64,
    pub(super) last_changes: Vec<Told>,
    pub(super) findings: Vec<Finding>,
    pub(super) thresholds: Vec<Judgement>,
    /// The probe at the start, where it is not told apart.
    probe: Summary,
    #[serde(skip)]
    metrics: Vec<Metric>,
}

/// One endpoint over the whole watch.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct EndpointTotals {
    pub(super) target: String,
    pub(super) endpoint: SocketAddr,
    pub(super) transport: Transport,
    pub(super) required: bool,
    /// Of the last round.
    pub(super) verdict: Standing,
    /// Of the time that is known about; `null` where nothing is.
    pub(super) uptime_pct: Option<f64>,
    pub(super) passed_rounds: u64,
    pub(super) failed_rounds: u64,
    pub(super) unknown_rounds: u64,
    pub(super) outages: u64,
    pub(super) longest_outage_ms: f64,
    pub(super) changes: u64,
    pub(super) allocations: u64,
    pub(super) binding: Option<PathTotals>,
    pub(super) inbound: Option<PathTotals>,
    pub(super) outbound: Option<PathTotals>,
    /// The same over time.
    pub(super) series: SeriesFacts,
    #[serde(skip)]
    pub(super) label: String,
}

impl WatchSummary {
    pub(super) fn new(watch: Watch, ended: Ended) -> Self {
        let metrics = metrics::of(&watch);
        let limits = &watch.judge.thresholds;
        let thresholds: Vec<Judgement> = limits.iter().flat_map(|limit| limit.judge(&metrics)).collect();
        let findings = findings(&watch);
        let mut exit = watch.start.exit.and(watch.judge.fail_on.exit(&findings));
        for judgement in &thresholds {
            exit = exit.and(judgement.exit());
        }
        // What no round could tell of is not healthy.
        let untold = |t: &Track| t.required && (t.unexplained || t.figures.passed + t.figures.failed == 0);
        if watch.rounds == 0 || watch.tracks.iter().any(untold) {
            exit = exit.and(Exit::CouldNotTell);
        }
        let verdict = Verdict::of(exit, worst(&findings));
        if ended.interrupted {
            exit = exit.and(Exit::Interrupted);
        }
        let endpoints = watch.tracks.iter().map(|track| EndpointTotals::of(track, &watch)).collect();
        Self {
            record: "summary",
            verdict,
            exit,
            interrupted: ended.interrupted,
            rounds: watch.rounds,
            took_ms: milliseconds(ended.since),
            interval_ms: milliseconds(watch.interval),
            endpoints,
            changes: watch.changes,
            last_changes: watch.last.into(),
            findings,
            thresholds,
            probe: watch.start,
            metrics,
        }
    }
}

impl EndpointTotals {
    fn of(track: &Track, watch: &Watch) -> Self {
        let figures = &track.figures;
        Self {
            target: watch.targets[track.target].uri.clone(),
            endpoint: track.addr,
            transport: track.transport,
            required: track.required,
            verdict: track.before.verdict,
            uptime_pct: figures.uptime_pct(),
            passed_rounds: figures.passed,
            failed_rounds: figures.failed,
            unknown_rounds: figures.unknown,
            outages: figures.outages,
            longest_outage_ms: figures.longest_outage_ms(),
            changes: track.changes,
            allocations: figures.allocations,
            binding: figures.binding.totals(),
            inbound: figures.inbound.totals(),
            outbound: figures.outbound.totals(),
            series: track.series.facts(),
            label: track.label.clone(),
        }
    }
}

/// Those of the start and of the rounds, each once, the gravest first.
fn findings(watch: &Watch) -> Vec<Finding> {
    let kept = watch.findings.iter().map(|(finding, rounds)| match rounds {
        0 => finding.clone(),
        rounds => finding.clone().evidence("rounds", *rounds),
    });
    let mut findings: Vec<Finding> = kept.collect();
    for track in &watch.tracks {
        let paths = [("inbound", &track.figures.inbound), ("outbound", &track.figures.outbound)];
        let lossy = paths.into_iter().filter(|(_, path)| path.sent >= LOSSY_OF && path.received > 0);
        let lossy = lossy.filter_map(|(name, path)| Some((name, path.loss_pct()?)));
        let lossy: Vec<(&str, f64)> = lossy.filter(|(_, loss)| *loss >= diagnose::LOSSY_PCT).collect();
        if lossy.is_empty() {
            continue;
        }
        let place =
            Location::Endpoint { endpoint: track.addr.to_string(), transport: track.transport.name() };
        // The few packets of the start said it with less ground.
        findings.retain(|f| f.code != codes::RELAY_LOSSY.code || f.location.as_ref() != Some(&place));
        let finding = codes::RELAY_LOSSY.finding("relay", watch.targets[track.target].uri.clone()).at(place).help(
            "see in the rounds whether it is all the time or at certain times; over TCP and TLS the way between \
             here and the server loses nothing, so that the endpoints compared tell which leg it is",
        );
        let finding = diagnose::of_losses(finding, "over all rounds, ", &lossy);
        findings.push(finding);
    }
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

impl Report for WatchSummary {
    const SCHEMA: &'static str = "watch/1";

    fn document(&self) -> Document {
        text::summary(self)
    }

    /// The probe at the start had lines of its own.
    fn lines(&self, whole: &Value) -> Vec<Value> {
        let mut line = whole.clone();
        if let Value::Object(fields) = &mut line {
            fields.shift_remove("probe");
        }
        vec![line]
    }

    fn metrics(&self) -> Vec<Metric> {
        self.metrics.clone()
    }

    fn pictures(&self) -> Vec<Picture> {
        pictures::pictures(self)
    }

    fn thresholds(&self) -> Vec<Judgement> {
        self.thresholds.clone()
    }

    fn exit(&self) -> Exit {
        self.exit
    }
}
