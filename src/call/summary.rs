//! The whole run: `call/1`.

mod pictures;
mod text;

use serde::Serialize;
use serde_json::Value;

use super::facts::{Cost, Failure, FloorFacts, OneWay, PathFacts, RoundTrips};
use super::phases::PhaseFacts;
use super::rating::Rating;
use super::rules;
use super::session::Descriptions;
use crate::finding::{Exit, FailOn, Finding, Verdict};
use crate::measure::Distribution;
use crate::metric::{Judgement, KnownMetric, Metric, Threshold, Unit};
use crate::report::{Document, Picture, Report, Rows};

/// Everything that was measured. What stands at the top is the first path's.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Summary {
    /// In a word.
    pub verdict: Verdict,
    /// What the process exits with.
    pub exit: Exit,
    /// The whole run.
    pub took_ms: f64,
    /// The user stopped it.
    pub interrupted: bool,
    /// Paths that there was no time left for.
    pub not_tried: Vec<String>,
    /// What did not work.
    pub failure: Option<Failure>,
    /// From the start to when all of it was up, setup included.
    pub setup_ms: Option<f64>,
    /// How far it came, and when.
    pub phases: Vec<PhaseFacts>,
    /// Round trips.
    pub rtt: RoundTrips,
    /// Delays one way.
    pub one_way: OneWay,
    /// Of the media packets.
    pub loss_pct: Option<f64>,
    /// The largest of all streams.
    pub jitter_ms: Option<f64>,
    /// Payload of all media a second that arrived.
    pub bitrate_bps: Option<u64>,
    /// The one-way delay of the slower direction in a word.
    pub rating: Option<Rating>,
    /// Each path with all that was measured there.
    pub paths: Vec<PathFacts>,
    /// What this machine does with nothing on top.
    pub floor: FloorFacts,
    /// What it took of the machine.
    pub cost: Cost,
    /// How each limit came out.
    pub thresholds: Vec<Judgement>,
    /// Each path's failure, in the form that findings have.
    pub findings: Vec<Finding>,
    /// Offer and answer of the first path, where they are to be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub descriptions: Option<Descriptions>,
    #[serde(skip)]
    pub(super) metrics: Vec<Metric>,
    #[serde(skip)]
    pub(super) verbosity: u8,
}

const fn ms(name: &'static str, about: &'static str) -> KnownMetric {
    KnownMetric { name, unit: Unit::Milliseconds, about }
}

/// What `--max` and `--min` take.
pub const METRICS: &[KnownMetric] = &[
    ms("setup", "From the first packet until all of the call was there"),
    ms("phases.setup", "Phase: all of the setup"),
    ms("phases.gather", "Phase: gathering candidates"),
    ms("phases.ice_first_check", "Phase: until the first check of ICE"),
    ms("phases.ice_nominated", "Phase: until ICE nominated a pair"),
    ms("phases.dtls", "Phase: the DTLS handshake"),
    ms("phases.sctp", "Phase: the SCTP association"),
    ms("phases.channel_open", "Phase: until the data channel was open"),
    ms("phases.first_rtp", "Phase: until the first packet of media"),
    ms("phases.first_frame", "Phase: until the first whole frame"),
    ms("rtt.min", "Shortest round trip over the data channel"),
    ms("rtt.median", "Half are no longer: round trip over the data channel"),
    ms("rtt.p95", "95 of 100 are no longer: round trip over the data channel"),
    ms("rtt.p99", "99 of 100 are no longer: round trip over the data channel"),
    ms("rtt.max", "Longest round trip over the data channel"),
    ms("one_way.min", "Shortest one-way delay of media"),
    ms("one_way.median", "Half are no longer: one-way delay of media"),
    ms("one_way.p95", "95 of 100 are no longer: one-way delay of media"),
    ms("one_way.p99", "99 of 100 are no longer: one-way delay of media"),
    ms("one_way.max", "Longest one-way delay of media"),
    ms("one_way.audio.median", "Half are no longer: one-way delay of audio"),
    ms("one_way.audio.p95", "95 of 100 are no longer: one-way delay of audio"),
    ms("one_way.audio.p99", "99 of 100 are no longer: one-way delay of audio"),
    ms("one_way.audio.max", "Longest one-way delay of audio"),
    ms("one_way.video.median", "Half are no longer: one-way delay of video"),
    ms("one_way.video.p95", "95 of 100 are no longer: one-way delay of video"),
    ms("one_way.video.p99", "99 of 100 are no longer: one-way delay of video"),
    ms("one_way.video.max", "Longest one-way delay of video"),
    ms("one_way.from_caller.median", "Half are no longer: one-way delay of media from the caller"),
    ms("one_way.from_caller.p95", "95 of 100 are no longer: one-way delay of media from the caller"),
    ms("one_way.from_caller.p99", "99 of 100 are no longer: one-way delay of media from the caller"),
    ms("one_way.from_caller.max", "Longest one-way delay of media from the caller"),
    ms("one_way.from_callee.median", "Half are no longer: one-way delay of media from the callee"),
    ms("one_way.from_callee.p95", "95 of 100 are no longer: one-way delay of media from the callee"),
    ms("one_way.from_callee.p99", "99 of 100 are no longer: one-way delay of media from the callee"),
    ms("one_way.from_callee.max", "Longest one-way delay of media from the callee"),
    ms("jitter", "Jitter (RFC 3550) of what arrived"),
    ms(
        "sent_late",
        "By how much media went out behind its time at most: delays are no better known than that",
    ),
    KnownMetric { name: "loss", unit: Unit::Percent, about: "Packets of media lost" },
    KnownMetric {
        name: "pings.lost",
        unit: Unit::Percent,
        about: "Pings over the data channel that were not back at the end",
    },
    KnownMetric {
        name: "bitrate",
        unit: Unit::BitsPerSecond,
        about: "Payload of all media a second that arrived",
    },
    KnownMetric {
        name: "throughput",
        unit: Unit::BitsPerSecond,
        about: "What the data channel carried a second",
    },
    KnownMetric { name: "cpu", unit: Unit::Percent, about: "What the call took of one core" },
    KnownMetric { name: "peak_memory", unit: Unit::Bytes, about: "The most memory that the process had" },
];

impl Summary {
    /// Judges what was measured.
    pub fn new(
        paths: Vec<PathFacts>,
        floor: FloorFacts,
        cost: Cost,
        took_ms: f64,
        interrupted: bool,
        thresholds: &[Threshold],
        fail_on: FailOn,
    ) -> Self {
        let mut metrics: Vec<Metric> = paths.iter().flat_map(|path| of_path(path, paths.len() > 1)).collect();
        metrics.extend(metric("cpu", cost.cpu_pct, Vec::new()));
        metrics.extend(metric("peak_memory", cost.peak_memory_bytes.map(|bytes| bytes as f64), Vec::new()));
        let thresholds: Vec<Judgement> = thresholds.iter().flat_map(|limit| limit.judge(&metrics)).collect();

        let failed = paths.iter().any(|path| path.failure.is_some());
        let findings: Vec<Finding> = paths.iter().filter_map(rules::of).collect();
        let mut exit = fail_on.exit(&findings);
        for judgement in &thresholds {
            exit = exit.and(judgement.exit());
        }
        if paths.iter().any(|path| !path.works && path.failure.is_none()) {
            exit = exit.and(Exit::CouldNotTell);
        }
        if interrupted {
            exit = exit.and(Exit::Interrupted);
        }
        let first = paths.first();
        Self {
            verdict: match exit {
                // The verdict of a failure stays, whatever is to become of the exit code.
                _ if failed => Verdict::Fail,
                exit => Verdict::of(exit, None),
            },
            exit,
            took_ms,
            interrupted,
            not_tried: Vec::new(),
            failure: paths.iter().find_map(|path| path.failure.clone()),
            setup_ms: first.and_then(|path| path.setup_ms),
            phases: first.map(|path| path.phases.clone()).unwrap_or_default(),
            rtt: first.map(|path| path.rtt.clone()).unwrap_or_default(),
            one_way: first.map(|path| path.one_way.clone()).unwrap_or_default(),
            loss_pct: first.and_then(|path| path.loss_pct),
            jitter_ms: first.and_then(|path| path.jitter_ms),
            bitrate_bps: first.and_then(|path| path.bitrate_bps),
            rating: first.and_then(|path| path.rating),
            paths,
            floor,
            cost,
            thresholds,
            findings,
            descriptions: None,
            metrics,
            verbosity: 0,
        }
    }

    /// These paths were not tried any more, so that nothing is known of them.
    #[must_use]
    pub fn without(mut self, not_tried: Vec<String>) -> Self {
        if !not_tried.is_empty() {
            self.exit = self.exit.and(Exit::CouldNotTell);
            if self.exit != Exit::Failed && self.failure.is_none() {
                self.verdict = Verdict::Inconclusive;
            }
        }
        Self { not_tried, ..self }
    }

    /// Shows offer and answer as well.
    #[must_use]
    pub fn with_descriptions(self, descriptions: Option<Descriptions>) -> Self {
        Self { descriptions, ..self }
    }

    /// `-v`: how much of the detail the text shows.
    #[must_use]
    pub fn told(self, verbosity: u8) -> Self {
        Self { verbosity, ..self }
    }
}

fn metric(name: &str, value: Option<f64>, labels: Vec<(&'static str, String)>) -> Option<Metric> {
    let known = METRICS.iter().find(|known| known.name == name)?;
    Some(known.metric(value, labels))
}

fn of_path(path: &PathFacts, labelled: bool) -> Vec<Metric> {
    let mut labels = vec![("path", path.name.clone())];
    labels.extend(path.transport.map(|transport| ("transport", transport.to_owned())));
    if !labelled {
        labels.clear();
    }
    let mut metrics = Vec::new();
    let mut push = |name: &str, value: Option<f64>| {
        metrics.extend(metric(name, value, labels.clone()));
    };
    push("setup", path.setup_ms);
    for phase in super::phases::Phase::ALL {
        let took = path.phases.iter().find(|facts| facts.name == phase).map(|facts| facts.took_ms);
        push(&format!("phases.{}", phase.name()), took);
    }
    let spreads = [
        ("rtt", &path.rtt.channel),
        ("one_way", &path.one_way.all),
        ("one_way.audio", &path.one_way.audio),
        ("one_way.video", &path.one_way.video),
        ("one_way.from_caller", &path.one_way.from_caller),
        ("one_way.from_callee", &path.one_way.from_callee),
    ];
    for (name, spread) in spreads {
        let mut part = |part: &str, value: fn(&Distribution) -> f64| {
            push(&format!("{name}.{part}"), spread.as_ref().map(value));
        };
        part("min", |d| d.min_ms);
        part("median", |d| d.median_ms);
        part("p95", |d| d.p95_ms);
        part("p99", |d| d.p99_ms);
        part("max", |d| d.max_ms);
    }
    push("jitter", path.jitter_ms);
    push("sent_late", Some(path.sent_late_ms).filter(|_| path.one_way.all.is_some()));
    push("loss", path.loss_pct);
    push("pings.lost", path.channel.lost_pct());
    push("bitrate", path.bitrate_bps.map(|bps| bps as f64));
    push("throughput", path.throughput.as_ref().and_then(|t| t.bps).map(|bps| bps as f64));
    metrics
}

impl Report for Summary {
    const SCHEMA: &'static str = "call/1";

    fn document(&self) -> Document {
        text::document(self)
    }

    fn rows(&self, whole: &Value) -> Option<Rows> {
        const COLUMNS: &[&str] = &[
            "name",
            "transport",
            "works",
            "failure.phase",
            "failure.reason",
            "setup_ms",
            "rtt.n",
            "rtt.min_ms",
            "rtt.median_ms",
            "rtt.p95_ms",
            "rtt.p99_ms",
            "rtt.max_ms",
            "one_way.n",
            "one_way.min_ms",
            "one_way.median_ms",
            "one_way.p95_ms",
            "one_way.p99_ms",
            "one_way.max_ms",
            "loss_pct",
            "jitter_ms",
            "bitrate_bps",
            "throughput.bps",
            "rating",
        ];
        Some(Rows { columns: COLUMNS, objects: whole.get("paths")?.as_array()?.clone() })
    }

    fn findings(&self) -> Option<&[Finding]> {
        Some(&self.findings)
    }

    fn subjects(&self) -> Vec<String> {
        self.paths.iter().map(PathFacts::called).collect()
    }

    fn metrics(&self) -> Vec<Metric> {
        self.metrics.clone()
    }

    fn thresholds(&self) -> Vec<Judgement> {
        self.thresholds.clone()
    }

    fn pictures(&self) -> Vec<Picture> {
        pictures::pictures(self)
    }

    fn exit(&self) -> Exit {
        self.exit
    }
}
