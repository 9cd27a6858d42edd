//! Two captures side by side, for people; and as rows.

use serde_json::Value;

use super::facts::{Diff, StreamDiff, Unmatched};
use crate::finding::Exit;
use crate::report::{Align, Block, Cell, Document, Report, Rows, Table, Tone};

/// Runs and spikes that are shown of one stream; the JSON has more.
const SHOWN: usize = 12;

const COLUMNS: &[&str] = &[
    "ssrc",
    "codec",
    "media",
    "kind",
    "direction",
    "direction_by",
    "a.id",
    "a.src",
    "a.dst",
    "a.packets",
    "a.duplicates",
    "a.lost",
    "b.id",
    "b.src",
    "b.dst",
    "b.packets",
    "b.duplicates",
    "b.lost",
    "sent",
    "arrived",
    "lost",
    "loss_pct",
    "lost_before",
    "missed_by_near_capture",
    "not_in_sight",
    "duplicated",
    "reordered",
    "loss_runs_count",
    "delay.packets",
    "delay.mean_ms",
    "delay.p50_ms",
    "delay.p95_ms",
    "delay.p99_ms",
    "delay.max_ms",
    "delay.spikes_count",
    "verdict",
];

impl Report for Diff {
    const SCHEMA: &'static str = "analyze-diff/1";

    fn document(&self) -> Document {
        let mut blocks = vec![Block::Verdict(self.verdict())];
        let notes = self.notes();
        if !self.streams.is_empty() {
            blocks.push(Block::Heading("From one capture to the other".to_owned()));
            blocks.push(Block::Table(counts(&self.streams)));
            blocks.push(Block::Heading("Delay above the shortest".to_owned()));
            blocks.push(Block::Table(delays(&self.streams)));
        }
        let losses: Vec<Block> = self.streams.iter().flat_map(losses).collect();
        if !losses.is_empty() {
            blocks.extend(losses);
        }
        for (name, other, streams) in [("A", "B", &self.only_in_a), ("B", "A", &self.only_in_b)] {
            if !streams.is_empty() {
                blocks.push(Block::Heading(format!("In {name} and not in {other}")));
                blocks.push(Block::Table(unmatched(streams)));
            }
        }
        blocks.push(Block::Heading("Notes".to_owned()));
        blocks.push(Block::List { numbered: false, items: notes });
        Document { blocks }
    }

    fn rows(&self, whole: &Value) -> Option<Rows> {
        Some(Rows { columns: COLUMNS, objects: whole["streams"].as_array().cloned().unwrap_or_default() })
    }

    fn exit(&self) -> Exit {
        Exit::Healthy
    }
}

impl Diff {
    fn verdict(&self) -> Cell {
        let (sent, lost) = self.streams.iter().fold((0, 0), |sum, row| (sum.0 + row.sent, sum.1 + row.lost));
        match (self.streams.len(), lost) {
            (0, _) => Cell::new("the two captures have no stream in common", Tone::Warn),
            (1, 0) => {
                Cell::new(format!("one stream in both; none of {sent} packets was lost between"), Tone::Plain)
            }
            (n, 0) => Cell::new(
                format!("{n} streams in both; none of {sent} packets was lost between"),
                Tone::Plain,
            ),
            (n, lost) => {
                let streams = if n == 1 { "one stream".to_owned() } else { format!("{n} streams") };
                Cell::new(
                    format!("{streams} in both; {lost} of {sent} packets were lost between"),
                    Tone::Plain,
                )
            }
        }
    }

    fn notes(&self) -> Vec<Cell> {
        let [a, b] = &self.captures;
        let mut notes = vec![format!("A is {}, B is {}", a.file, b.file)];
        if self.swapped == Some(true) {
            notes
                .push("A and B look swapped: all streams went from B to A, and are told that way".to_owned());
        }
        let assumed = self.streams.iter().filter(|row| row.direction_by == "assumed").count();
        if assumed > 0 {
            notes.push(format!(
                "nothing shows which way {assumed} of {} streams went: A is taken for the sender's side",
                self.streams.len()
            ));
        }
        match (self.clock_difference_min_s, self.clock_difference_max_s) {
            (Some(least), Some(most)) => {
                notes.push(format!("the clock of B is {least:+.6} to {most:+.6} s from that of A"));
            }
            (Some(bound), None) | (None, Some(bound)) => notes.push(format!(
                "the clock of B is {bound:+.6} s from that of A, with the shortest delay in it: with streams of one way \
                 nobody can tell the two apart"
            )),
            (None, None) => {}
        }
        match self.clock_drift_ppm {
            Some(ppm) => notes.push(format!(
                "the clock of B runs {ppm:+.1} ppm against that of A (give or take {:.1}), {}; it is taken out of the delays",
                self.clock_drift_error_ppm.unwrap_or_default(),
                self.clock_drift_note
            )),
            None if !self.streams.is_empty() => {
                notes.push(format!("no drift of the clocks was taken out: {}", self.clock_drift_note));
            }
            None => {}
        }
        if let Some(ms) = self.round_trip_min_ms {
            notes.push(format!("from A to B and back it is {ms:.3} ms at least"));
        }
        let out_of_sight: u64 = self.streams.iter().map(|row| row.not_in_sight).sum();
        if out_of_sight > 0 {
            notes.push(format!(
                "{out_of_sight} packets passed while the other capture had not begun or had ended, and are not compared"
            ));
        }
        if self.packets_not_kept > 0 {
            notes.push(format!(
                "{} packets are not compared: of each capture the first {} are",
                self.packets_not_kept,
                super::MOST_PACKETS
            ));
        }
        for capture in &self.captures {
            notes.extend(capture.ending.iter().map(|ending| format!("{}: {ending}", capture.file)));
        }
        notes.into_iter().map(Cell::from).collect()
    }
}

fn what(row: &StreamDiff) -> String {
    row.codec.clone().or_else(|| row.media.as_ref().map(|media| format!("{media}?"))).unwrap_or_default()
}

fn way(row: &StreamDiff) -> &'static str {
    if row.direction == "a_to_b" { "A > B" } else { "B > A" }
}

fn counts(rows: &[StreamDiff]) -> Table {
    let columns = vec![
        ("ssrc", Align::Left),
        ("what", Align::Left),
        ("way", Align::Left),
        ("sent", Align::Right),
        ("arrived", Align::Right),
        ("lost", Align::Right),
        ("%", Align::Right),
        ("before", Align::Right),
        ("dup", Align::Right),
        ("late", Align::Right),
        ("who lost it", Align::Left),
    ];
    let row = |row: &StreamDiff| {
        let tone = match row.loss_pct {
            loss if loss >= 5.0 => Tone::Bad,
            loss if loss >= 1.0 => Tone::Warn,
            _ => Tone::Plain,
        };
        vec![
            row.ssrc.clone().into(),
            what(row).into(),
            way(row).into(),
            row.sent.to_string().into(),
            row.arrived.to_string().into(),
            Cell::new(row.lost.to_string(), tone),
            Cell::new(format!("{:.2}", row.loss_pct), tone),
            row.lost_before.to_string().into(),
            row.duplicated.to_string().into(),
            row.reordered.to_string().into(),
            row.verdict.clone().into(),
        ]
    };
    Table { columns, rows: rows.iter().map(row).collect() }
}

fn delays(rows: &[StreamDiff]) -> Table {
    let columns = vec![
        ("ssrc", Align::Left),
        ("way", Align::Left),
        ("packets", Align::Right),
        ("mean ms", Align::Right),
        ("median", Align::Right),
        ("p95", Align::Right),
        ("p99", Align::Right),
        ("max", Align::Right),
        ("spikes", Align::Right),
    ];
    let ms = |value: f64| Cell::from(format!("{value:.1}"));
    let row = |row: &StreamDiff| {
        let delay = &row.delay;
        vec![
            row.ssrc.clone().into(),
            way(row).into(),
            delay.packets.to_string().into(),
            ms(delay.mean_ms),
            ms(delay.p50_ms),
            ms(delay.p95_ms),
            ms(delay.p99_ms),
            ms(delay.max_ms),
            delay.spikes_count.to_string().into(),
        ]
    };
    Table { columns, rows: rows.iter().map(row).collect() }
}

/// When it was lost, and when it was late.
fn losses(row: &StreamDiff) -> Vec<Block> {
    let near = if row.direction == "a_to_b" { "A" } else { "B" };
    let run = |run: &super::LossRun| {
        let numbers = match run.packets {
            1 => format!("seq {}", run.first_sequence),
            n => format!("seq {} to {}, {n} packets", run.first_sequence, run.last_sequence),
        };
        Cell::from(format!("{:.3} s: {numbers} lost (frame {} of {near})", run.at_s, run.near_frames.0))
    };
    let spike = |spike: &super::Spike| {
        let packets =
            if spike.packets == 1 { "one packet".to_owned() } else { format!("{} packets", spike.packets) };
        Cell::from(format!(
            "{:.3} to {:.3} s: {packets} up to {:.0} ms late (from frame {} of {near})",
            spike.at_s, spike.to_s, spike.peak_ms, spike.near_frames.0
        ))
    };
    let more = |shown: usize, all: u64, what: &str| {
        let more = all.saturating_sub(shown as u64);
        (more > 0)
            .then(|| Cell::new(format!("and {more} more {what}; --format json has more of them"), Tone::Dim))
    };
    let mut items: Vec<Cell> = row.loss_runs.iter().take(SHOWN).map(run).collect();
    items.extend(more(items.len(), row.loss_runs_count, "runs of losses"));
    let mut spikes: Vec<Cell> = row.delay.spikes.iter().take(SHOWN).map(spike).collect();
    spikes.extend(more(spikes.len(), row.delay.spikes_count, "spikes"));
    items.extend(spikes);
    if items.is_empty() {
        return Vec::new();
    }
    let name = format!("{} {}: when, by the capture at {near}", row.ssrc, what(row));
    vec![Block::Heading(name), Block::List { numbered: false, items }]
}

fn unmatched(rows: &[Unmatched]) -> Table {
    let columns = vec![
        ("id", Align::Left),
        ("ssrc", Align::Left),
        ("packets", Align::Right),
        ("from", Align::Left),
        ("to", Align::Left),
    ];
    let end = |row: &Unmatched, src: bool| {
        let path = row.path.as_ref();
        path.map_or_else(String::new, |path| if src { path.src.to_string() } else { path.dst.to_string() })
    };
    let row = |row: &Unmatched| {
        vec![
            row.id.clone().into(),
            row.ssrc.clone().into(),
            row.packets.to_string().into(),
            end(row, true).into(),
            end(row, false).into(),
        ]
    };
    Table { columns, rows: rows.iter().map(row).collect() }
}
