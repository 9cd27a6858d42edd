//! Judges round after round: changes against the one before, figures over all of them.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use serde::Serialize;

use super::change::{self, Before};
use super::figures::Figures;
use super::opening::Opening;
use super::series::Series;
use super::standing::{Judged, Standing};
use super::summary::WatchSummary;
use super::{Change, Round, text};
use crate::finding::{Exit, Finding, Severity};
use crate::measure::milliseconds;
use crate::probe::codes::RELAY_LOSSY;
use crate::probe::diagnose::Context;
use crate::probe::facts::{EndpointFacts, TargetFacts};
use crate::probe::plan::{Options, Target, Transport};
use crate::probe::{Judge, Summary};
use crate::report::{Document, Report};

/// Changes that the summary repeats; all of them were told when they happened.
const LAST: usize = 20;
/// Different findings that are kept.
const MOST_FINDINGS: usize = 1000;

/// One endpoint over the whole watch.
#[derive(Debug)]
pub(super) struct Track {
    pub(super) target: usize,
    pub(super) label: String,
    pub(super) addr: SocketAddr,
    pub(super) transport: Transport,
    pub(super) required: bool,
    pub(super) before: Before,
    pub(super) figures: Figures,
    pub(super) series: Series,
    pub(super) changes: u64,
    /// A round of it did not work, and nothing says why.
    pub(super) unexplained: bool,
}

/// A change with its place.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub(super) struct Told {
    pub(super) round: u64,
    pub(super) at: String,
    pub(super) endpoint: SocketAddr,
    pub(super) transport: Transport,
    #[serde(skip)]
    pub(super) label: String,
    #[serde(flatten)]
    pub(super) change: Change,
}

/// A watch in progress.
#[derive(Debug)]
pub struct Watch {
    pub(super) targets: Vec<Target>,
    pub(super) options: Options,
    pub(super) interval: Duration,
    pub(super) judge: Judge,
    pub(super) start: Summary,
    pub(super) tracks: Vec<Track>,
    pub(super) rounds: u64,
    pub(super) changes: u64,
    pub(super) last: VecDeque<Told>,
    /// Each with the number of rounds that had it.
    pub(super) findings: Vec<(Finding, u64)>,
    day: String,
}

/// How a watch ended.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ended {
    /// When, from its beginning.
    pub since: Duration,
    /// The user stopped it.
    pub interrupted: bool,
}

/// Which endpoints are watched, as indices of target and endpoint: those that the probe at the start could try.
pub fn watched(targets: &[TargetFacts]) -> Vec<(usize, usize)> {
    let tried = |endpoint: &EndpointFacts| endpoint.skipped.is_none();
    let of = |(at, target): (usize, &TargetFacts)| {
        let endpoints = target.endpoints.iter().enumerate().filter(|(_, endpoint)| tried(endpoint));
        endpoints.map(move |(endpoint, _)| (at, endpoint)).collect::<Vec<_>>()
    };
    targets.iter().enumerate().flat_map(of).collect()
}

impl Watch {
    /// Of what the probe at the `start` could try.
    pub fn new(
        targets: Vec<Target>,
        options: Options,
        interval: Duration,
        judge: Judge,
        start: Summary,
    ) -> Self {
        let mut tracks: Vec<Track> = watched(&start.targets)
            .into_iter()
            .map(|(target, endpoint)| {
                let facts = &start.targets[target].endpoints[endpoint];
                Track {
                    target,
                    label: facts.transport.name().to_owned(),
                    addr: facts.addr,
                    transport: facts.transport,
                    required: facts.required,
                    before: before(facts),
                    figures: Figures::default(),
                    series: Series::new(interval),
                    changes: 0,
                    unexplained: false,
                }
            })
            .collect();
        text::number(&mut tracks);
        let findings = start.findings.iter().map(|finding| (finding.clone(), 0)).collect();
        Self {
            targets,
            options,
            interval,
            judge,
            start,
            tracks,
            rounds: 0,
            changes: 0,
            last: VecDeque::new(),
            findings,
            day: String::new(),
        }
    }

    /// What is watched, to be told before the first round; `at_unix_ms` is now.
    pub fn opening(&mut self, at_unix_ms: i64) -> Opening {
        self.day = text::day(at_unix_ms);
        Opening::new(self, at_unix_ms)
    }

    /// Judges a round.
    pub fn round(&mut self, round: &Round) -> RoundReport {
        self.rounds += 1;
        let at = text::time(round.at_unix_ms);
        let mut judged = Vec::new();
        let mut told = Vec::new();
        for (track, seen) in self.tracks.iter_mut().zip(&round.seen) {
            let context = Context {
                target: &self.targets[track.target],
                now_unix: u64::try_from(round.at_unix_ms / 1000).unwrap_or_default(),
                timeout_s: self.options.timeout.as_secs_f64(),
                relay_family: self.options.relay_family,
                needs_bps: self.options.needs_bps,
                pace: self.options.pace,
                security: false,
                min_days: self.options.min_days,
            };
            let now = Judged::new(seen, context);
            track.figures.take(round.since, now.verdict, seen);
            let sent = seen.inbound.sent + seen.outbound.sent;
            let received = seen.inbound.received + seen.outbound.received;
            track.series.take(round.since, now.verdict, now.rtt_ms(), (sent, received));
            track.unexplained |= now.verdict == Standing::Unknown && now.skipped.is_none();
            track.addr = now.endpoint;
            for change in change::between(&track.before, &now, seen.lost.as_deref()) {
                track.changes += 1;
                let (endpoint, transport, label) = (now.endpoint, now.transport, track.label.clone());
                told.push(Told { round: round.number, at: at.clone(), endpoint, transport, label, change });
            }
            track.before = Before::remember(&now, &track.before);
            judged.push(now);
        }
        judged.iter().flat_map(|now| &now.findings).for_each(|finding| keep(&mut self.findings, finding));
        self.changes += told.len() as u64;
        self.last.extend(told.iter().cloned());
        while self.last.len() > LAST {
            self.last.pop_front();
        }
        let day = text::day(round.at_unix_ms);
        let new_day = (day != self.day).then(|| day.clone());
        self.day = day;
        let document =
            text::round(&text::clock(round.at_unix_ms), &self.tracks, &judged, &told, new_day.as_deref());
        RoundReport {
            record: "round",
            round: round.number,
            at,
            took_ms: milliseconds(round.took),
            verdict: overall(&judged),
            endpoints: judged,
            changes: told,
            document,
        }
    }

    /// The summary of all rounds.
    pub fn finish(mut self, ended: Ended) -> WatchSummary {
        for track in &mut self.tracks {
            track.figures.until(ended.since);
        }
        WatchSummary::new(self, ended)
    }
}

/// One round, judged: a line.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct RoundReport {
    record: &'static str,
    round: u64,
    at: String,
    took_ms: f64,
    verdict: Standing,
    endpoints: Vec<Judged>,
    changes: Vec<Told>,
    #[serde(skip)]
    document: Document,
}

impl Report for RoundReport {
    const SCHEMA: &'static str = "watch/1";

    fn document(&self) -> Document {
        self.document.clone()
    }

    /// A round ends nothing; the summary does.
    fn exit(&self) -> Exit {
        Exit::Healthy
    }
}

/// The gravest verdict of what is required.
fn overall(judged: &[Judged]) -> Standing {
    let any = |standing| judged.iter().any(|now| now.required && now.verdict == standing);
    match () {
        () if any(Standing::Fail) => Standing::Fail,
        () if any(Standing::Unknown) => Standing::Unknown,
        () => Standing::Pass,
    }
}

fn keep(findings: &mut Vec<(Finding, u64)>, finding: &Finding) {
    let same = |known: &Finding| known.code == finding.code && known.location == finding.location;
    match findings.iter().position(|(known, _)| same(known)) {
        Some(at) => findings[at].1 += 1,
        None if findings.len() < MOST_FINDINGS => findings.push((finding.clone(), 1)),
        None => {}
    }
}

/// What the probe at the start saw, as the round before the first.
fn before(facts: &EndpointFacts) -> Before {
    // As a round is judged: the few packets of the start prove no loss rate either.
    let proved = |finding: &&Finding| finding.severity > Severity::Info && finding.code != RELAY_LOSSY.code;
    let error = facts.findings.iter().find(proved);
    let failed = error.is_some_and(|finding| finding.severity == Severity::Error);
    let lossy = facts.findings.iter().any(|finding| finding.code == RELAY_LOSSY.code);
    let paths = [&facts.relay.inbound, &facts.relay.outbound];
    let rtts = paths.into_iter().flatten().filter_map(|path| path.rtt.as_ref().map(|rtt| rtt.median_ms));
    let binding = facts.binding.as_ref();
    let binding_rtt = binding.and_then(|binding| binding.rtt.as_ref()).map(|rtt| rtt.median_ms);
    Before {
        addr: facts.addr,
        verdict: match facts.works {
            _ if failed => Standing::Fail,
            Some(true) => Standing::Pass,
            Some(false) if error.is_some() => Standing::Fail,
            Some(false) if lossy => Standing::Pass,
            _ => Standing::Unknown,
        },
        code: error.filter(|_| failed || facts.works == Some(false)).map(|finding| finding.code),
        reflexive: binding.and_then(|binding| binding.reflexive),
        local: facts.local,
        relay: None,
        rtt_ms: rtts.reduce(f64::max).or(binding_rtt),
        slower: 0,
        closed: true,
    }
}
