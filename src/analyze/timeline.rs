//! Streams over time: a record an interval.
//!
//! Rows are kept in bounded number ([`Series`](super::stream::Series)): of what lasts longer than that they become
//! fewer and longer, by doubling, so that rows of different lengths still begin together.

use serde::Serialize;

use super::Found;
use super::facts::{StreamFacts, round};
use super::reports::Reports;
use crate::capture::Time;

/// All streams over time.
#[derive(Debug, Clone, Default, Serialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct Timeline {
    /// Stream by stream, in order of appearance.
    pub streams: Vec<Line>,
    /// Whether people want each row, too.
    #[serde(skip)]
    pub detailed: bool,
}

/// One stream over time.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Line {
    /// Its name in the summary.
    pub stream: String,
    /// As `0x%08x`.
    pub ssrc: String,
    /// How long an interval is; more than was asked for where the stream lasts long.
    pub interval_s: f64,
    /// None is left out.
    pub intervals: Vec<Interval>,
}

/// What happened in one interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Interval {
    /// When it begins, in seconds since the capture's first packet.
    pub at_s: f64,
    /// Packets that arrived.
    pub packets: u32,
    /// Packets whose absence showed in it.
    pub lost: u32,
    /// RTP packets, headers included.
    pub bitrate_bps: f64,
    /// The highest running estimate of RFC 3550; `None` where the clock is not known, or no packet came.
    pub jitter_max_ms: Option<f64>,
    /// The longest pause between two packets that ended in it.
    pub gap_max_ms: f64,
    /// Timestamps that were new: frames of video, packets of audio.
    pub frames: u32,
    /// Reports of receivers about it that passed (RTCP), evenly thinned where there are very many.
    pub reports: u32,
    /// Its packets that were asked for again (NACK), each when it was first.
    pub nacked: u32,
    /// Whole pictures of it that were asked for (PLI, FIR), evenly thinned where there are very many.
    pub pictures_asked: u32,
}

impl Timeline {
    /// Of streams with their facts.
    #[must_use]
    pub fn of<'a>(
        streams: impl Iterator<Item = (Found<'a>, &'a StreamFacts)>,
        reports: &Reports,
        start: Time,
    ) -> Self {
        let streams = streams.map(|(found, facts)| Line::of(&found, facts, reports, start));
        Self { streams: streams.collect(), detailed: false }
    }
}

impl Line {
    fn of(found: &Found<'_>, facts: &StreamFacts, reports: &Reports, start: Time) -> Self {
        let (stream, series) = (found.stream, found.stream.series());
        let interval_s = series.interval_s();
        let row = |(n, row): (usize, &super::stream::Row)| Interval {
            at_s: round(series.first_s() + n as f64 * interval_s, 6),
            packets: row.packets,
            lost: row.lost,
            bitrate_bps: (f64::from(row.bytes) * 8.0 / interval_s).round(),
            jitter_max_ms: facts
                .clock_rate
                .filter(|_| row.packets > 0)
                .and_then(|rate| stream.row_jitter_ms(row, rate))
                .map(|ms| round(ms, 3)),
            gap_max_ms: round(f64::from(row.gap_ms), 3),
            frames: row.frames,
            reports: 0,
            nacked: 0,
            pictures_asked: 0,
        };
        let mut intervals: Vec<Interval> = series.rows().iter().enumerate().map(row).collect();
        let ssrc = found.ssrc;
        let mut count = |at: Time, of: fn(&mut Interval) -> &mut u32| {
            let since = at.since(start) as f64 / 1e9 - series.first_s();
            let place = (since / interval_s).floor();
            // What comes behind its end is of the last; before it began, nobody can ask.
            let place =
                if place >= 0.0 { (place as usize).min(intervals.len().saturating_sub(1)) } else { 0 };
            if let Some(interval) = intervals.get_mut(place) {
                *of(interval) += 1;
            }
        };
        reports.told_at(ssrc).for_each(|at| count(at, |interval| &mut interval.reports));
        reports.nacked(ssrc).for_each(|(_, asked)| count(asked.at, |interval| &mut interval.nacked));
        reports.pictures_asked_at(ssrc).for_each(|at| count(at, |interval| &mut interval.pictures_asked));
        Self { stream: facts.id.clone(), ssrc: facts.ssrc.clone(), interval_s, intervals }
    }
}
