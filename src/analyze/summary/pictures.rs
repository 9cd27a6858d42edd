//! What a capture looks like: each stream over time, and what came when below it.

use super::{Summary, streams};
use crate::analyze::facts::StreamFacts;
use crate::analyze::timeline::{Interval, Line};
use crate::analyze::transport::LegFacts;
use crate::finding::{Finding, Location, Severity};
use crate::report::picture::{Lane, Moment, Panel, Series, Step, Strip, Waterfall};
use crate::report::{Picture, Tone};

pub(super) fn pictures(summary: &Summary) -> Vec<Picture> {
    let ladder = ladder(summary).map(Picture::Waterfall);
    let Some(timeline) = &summary.drawn else { return ladder.into_iter().collect() };
    let series = timeline.streams.iter().filter_map(|line| {
        let facts = summary.streams.iter().find(|stream| stream.id == line.stream)?;
        Some(Picture::Series(of_stream(line, facts, summary)))
    });
    ladder.into_iter().chain(series).collect()
}

/// Handshakes and media on one axis.
fn ladder(summary: &Summary) -> Option<Waterfall> {
    let mut lanes = Vec::new();
    for pair in &summary.transport.pairs {
        let mut steps = Vec::new();
        if let Some(ice) = &pair.ice {
            for side in [&ice.src, &ice.dst] {
                let Some(began) = side.first_check_at_s else { continue };
                // Whoever nominates ends it; the other's checks are shown by their beginning.
                let (name, tone) = match side.nominated_at_s {
                    Some(_) => ("ICE until nominated", Tone::Good),
                    None => ("ICE checks begin", if side.answered > 0 { Tone::Good } else { Tone::Warn }),
                };
                steps.push(step(name.to_owned(), began, side.nominated_at_s.unwrap_or(began), tone));
            }
        }
        for dtls in &pair.dtls {
            let Some(began) = dtls.began_at_s else { continue };
            let (name, tone) = match dtls.ended_at_s {
                Some(_) => ("DTLS handshake", Tone::Good),
                None => ("DTLS handshake without an end", Tone::Bad),
            };
            let end = dtls.ended_at_s.unwrap_or(summary.duration_s);
            steps.push(step(name.to_owned(), began, end, tone));
        }
        let of_pair = |stream: &&StreamFacts| same(&stream.path, &pair.leg);
        for stream in summary.streams.iter().filter(of_pair) {
            let name = format!("{} {}", stream.id, streams::what(stream));
            steps.push(step(name, stream.first_seen_s, stream.last_seen_s, Tone::Plain));
        }
        if !steps.is_empty() {
            steps.sort_by(|a, b| a.from_ms.total_cmp(&b.from_ms));
            lanes.push(Lane { label: path(&pair.leg), steps });
        }
    }
    // Streams whose pair is not told have a lane of their own.
    let lone =
        |stream: &&StreamFacts| !summary.transport.pairs.iter().any(|pair| same(&stream.path, &pair.leg));
    for stream in summary.streams.iter().filter(lone) {
        let name = format!("{} {}", stream.id, streams::what(stream));
        let steps = vec![step(name, stream.first_seen_s, stream.last_seen_s, Tone::Plain)];
        lanes.push(Lane { label: path(&stream.path), steps });
    }
    let title = "Handshakes and media, from the first packet".to_owned();
    (!lanes.is_empty()).then_some(Waterfall { title, lanes })
}

fn step(name: String, from_s: f64, to_s: f64, tone: Tone) -> Step {
    Step { name, from_ms: from_s * 1e3, took_ms: (to_s - from_s).max(0.0) * 1e3, tone }
}

/// Either way over the same two addresses.
fn same(a: &LegFacts, b: &LegFacts) -> bool {
    (a.src, a.dst) == (b.src, b.dst) || (a.src, a.dst) == (b.dst, b.src)
}

fn path(leg: &LegFacts) -> String {
    format!("{} to {}", leg.src, leg.dst)
}

fn of_stream(line: &Line, facts: &StreamFacts, summary: &Summary) -> Series {
    // What is of an interval stands in its middle.
    let middle = line.interval_s / 2.0;
    let panel = |name, unit, as_bars, value: &dyn Fn(&Interval) -> Option<f64>| Panel {
        name,
        unit,
        as_bars,
        upper: Vec::new(),
        width_s: line.interval_s,
        points: line.intervals.iter().map(|interval| (interval.at_s + middle, value(interval))).collect(),
    };
    let mut panels = vec![
        panel("bitrate", "kbit/s", false, &|interval| Some(interval.bitrate_bps / 1e3)),
        panel("lost", "packets", true, &|interval| Some(f64::from(interval.lost))),
    ];
    if facts.jitter_max_ms.is_some() {
        panels.push(panel("jitter", "ms", false, &|interval| interval.jitter_max_ms));
    }
    panels.push(panel("longest gap", "ms", false, &|interval| Some(interval.gap_max_ms)));
    let title = format!("{} {} {}, {}", facts.id, facts.ssrc, streams::what(facts), path(&facts.path));
    let marks = summary.findings.iter().filter_map(|finding| mark(finding, &facts.id)).collect();
    // All streams have the same axis, so that they can be compared.
    let end = line.intervals.last().map_or(0.0, |last| last.at_s + line.interval_s);
    Series { title, span_s: (0.0, summary.duration_s.max(end)), panels, marks, strips: strips(line) }
}

/// What receivers said of it, line by line.
fn strips(line: &Line) -> Vec<Strip> {
    let strip = |name, tone, what: [&str; 2], of: fn(&Interval) -> u32| {
        let told = line.intervals.iter().filter(|interval| of(interval) > 0).map(|interval| {
            let count = of(interval);
            let what = format!("{count} {}", what[usize::from(count > 1)]);
            // A mark in the middle, as bars next to each other would look like one.
            let at = interval.at_s + line.interval_s / 2.0;
            (at, at, what)
        });
        Strip { name, tone, spans: told.collect() }
    };
    let strips = [
        strip("RTCP", Tone::Dim, ["report", "reports"], |interval| interval.reports),
        strip("NACK", Tone::Warn, ["packet asked for again", "packets asked for again"], |interval| {
            interval.nacked
        }),
        strip("PLI, FIR", Tone::Bad, ["picture asked for", "pictures asked for"], |interval| {
            interval.pictures_asked
        }),
    ];
    strips.into_iter().filter(|strip| !strip.spans.is_empty()).collect()
}

/// Where a finding about this stream begins.
fn mark(finding: &Finding, stream: &str) -> Option<Moment> {
    let Some(Location::Packets { time_s, stream: Some(of), .. }) = &finding.location else { return None };
    let tone = match finding.severity {
        Severity::Error => Tone::Bad,
        Severity::Warning => Tone::Warn,
        Severity::Info => return None,
    };
    (of == stream).then(|| Moment { at_s: *time_s, name: format!("{} {}", finding.code, finding.name), tone })
}

impl Summary {
    /// Adds what its pictures need.
    #[must_use]
    pub fn drawn(mut self, analysis: &crate::analyze::Analysis) -> Self {
        self.drawn = Some(analysis.timeline(&self.streams));
        self
    }
}
