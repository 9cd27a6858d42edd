//! Streams over time, drawn in characters.

use super::{figure, plain};
use crate::analyze::facts::StreamFacts;
use crate::analyze::timeline::{Interval, Line, Timeline};
use crate::report::spark::{self, NONE};
use crate::report::{Align, Block, Table};

/// Places of a line: eighty columns less its name and its maximum.
const PLACES: usize = 52;

pub(super) fn blocks(timeline: &Timeline, streams: &[StreamFacts]) -> Vec<Block> {
    let longest = timeline.streams.iter().map(|line| line.interval_s).fold(0.0, f64::max);
    let end = |line: &Line| line.intervals.last().map_or(0.0, |last| last.at_s + line.interval_s);
    let end = timeline.streams.iter().map(end).fold(0.0, f64::max);
    if longest <= 0.0 {
        return Vec::new();
    }
    // So many of the longest intervals to a place that all fits.
    let together = (end / longest / PLACES as f64).ceil().max(1.0);
    let place_s = together * longest;
    let places = (end / place_s).ceil().max(1.0) as usize;
    let mut blocks = vec![
        Block::Heading("Over time".to_owned()),
        Block::Paragraph(plain(format!(
            "One place is {} s, from 0 s to {} s. Each line is scaled from 0 to its own maximum; {NONE} is 0.",
            short(place_s),
            short(places as f64 * place_s)
        ))),
    ];
    for (line, facts) in timeline.streams.iter().zip(streams) {
        blocks.push(Block::Heading(format!("{} {} {}", line.stream, line.ssrc, super::streams::what(facts))));
        blocks.push(Block::Code(drawn(line, facts, place_s, places)));
        if timeline.detailed {
            blocks.push(Block::Table(table(line)));
        }
    }
    blocks
}

fn drawn(line: &Line, facts: &StreamFacts, place_s: f64, places: usize) -> String {
    let mut sums = vec![None::<Place>; places];
    for interval in &line.intervals {
        let at = ((interval.at_s / place_s + 1e-9).floor().max(0.0) as usize).min(places - 1);
        sums[at].get_or_insert_default().add(interval, line.interval_s);
    }
    let is_video = facts.media.as_deref() == Some("video");
    let rate = |of: fn(&Place) -> f64| move |place: &Place| Some(of(place) / place_s);
    let mut lines = vec![
        spark("kbit/s", &sums, &rate(|place| place.bits / 1e3), 1),
        spark("packets/s", &sums, &rate(|place| place.packets), 1),
    ];
    if is_video {
        lines.push(spark("frames/s", &sums, &rate(|place| place.frames), 1));
    }
    lines.push(match facts.lost {
        0 => format!("{:<10} none", "lost"),
        _ => spark("lost", &sums, &|place| Some(place.lost), 0),
    });
    if facts.jitter_max_ms.is_some() {
        lines.push(spark("jitter ms", &sums, &|place| place.jitter_ms, 1));
    }
    lines.push(spark("gap ms", &sums, &|place| Some(place.gap_ms), 0));
    lines.join("\n")
}

/// Some intervals as one.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    packets: f64,
    lost: f64,
    bits: f64,
    frames: f64,
    jitter_ms: Option<f64>,
    gap_ms: f64,
}

impl Place {
    fn add(&mut self, interval: &Interval, interval_s: f64) {
        self.packets += f64::from(interval.packets);
        self.lost += f64::from(interval.lost);
        self.bits += interval.bitrate_bps * interval_s;
        self.frames += f64::from(interval.frames);
        self.gap_ms = self.gap_ms.max(interval.gap_max_ms);
        self.jitter_ms = match (self.jitter_ms, interval.jitter_max_ms) {
            (Some(mine), Some(other)) => Some(mine.max(other)),
            (mine, other) => mine.or(other),
        };
    }
}

fn spark(
    name: &str,
    places: &[Option<Place>],
    value: &dyn Fn(&Place) -> Option<f64>,
    digits: usize,
) -> String {
    let values: Vec<_> = places.iter().map(|place| place.as_ref().and_then(value)).collect();
    spark::spark(name, &values, digits)
}

fn short(seconds: f64) -> String {
    let text = format!("{seconds:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn table(line: &Line) -> Table {
    let columns = vec![
        ("at s", Align::Right),
        ("packets", Align::Right),
        ("lost", Align::Right),
        ("kbit/s", Align::Right),
        ("jitter ms", Align::Right),
        ("gap ms", Align::Right),
        ("frames", Align::Right),
    ];
    let row = |interval: &Interval| {
        vec![
            plain(short(interval.at_s)),
            plain(interval.packets.to_string()),
            plain(interval.lost.to_string()),
            figure(Some(interval.bitrate_bps / 1e3), 1),
            figure(interval.jitter_max_ms, 1),
            figure(Some(interval.gap_max_ms), 1),
            plain(interval.frames.to_string()),
        ]
    };
    Table { columns, rows: line.intervals.iter().map(row).collect() }
}
