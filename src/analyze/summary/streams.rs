//! The streams, in two tables.

use super::{figure, plain};
use crate::analyze::facts::{Kind, StreamFacts};
use crate::report::{Align, Cell, Table, Tone};

/// Within what clocks of computers differ by.
const NOTHING_PPM: f64 = 20.0;
/// No clock is so far off.
const UNLIKELY_PPM: f64 = 1000.0;

pub(super) fn counts(streams: &[StreamFacts]) -> Table {
    let columns = vec![
        ("id", Align::Left),
        ("ssrc", Align::Left),
        ("what", Align::Left),
        ("packets", Align::Right),
        ("lost", Align::Right),
        ("%", Align::Right),
        ("dup", Align::Right),
        ("late", Align::Right),
        ("jitter ms", Align::Right),
        ("max", Align::Right),
        ("from", Align::Left),
        ("to", Align::Left),
    ];
    let row = |stream: &StreamFacts| {
        let loss = match stream.loss_pct {
            loss if loss >= 5.0 => Tone::Bad,
            loss if loss >= 1.0 => Tone::Warn,
            _ => Tone::Plain,
        };
        let (mean, max) = match stream.frame_jitter_mean_ms {
            Some(mean) => (Some(mean), stream.frame_jitter_max_ms),
            None => (stream.jitter_mean_ms, stream.jitter_max_ms),
        };
        vec![
            plain(&stream.id),
            plain(&stream.ssrc),
            plain(what(stream)),
            plain(stream.packets.to_string()),
            Cell::new(stream.lost.to_string(), loss),
            Cell::new(format!("{:.2}", stream.loss_pct), loss),
            plain(stream.duplicates.to_string()),
            plain(stream.reordered.to_string()),
            figure(mean, 1),
            figure(max, 1),
            plain(stream.path.src.to_string()),
            plain(match &stream.path.via {
                Some(via) => {
                    format!("{} ({})", stream.path.dst, via.channel.as_deref().unwrap_or(via.turn))
                }
                None => stream.path.dst.to_string(),
            }),
        ]
    };
    Table { columns, rows: streams.iter().map(row).collect() }
}

/// A drift that is not the same all the time is none of clocks.
fn drift(stream: &StreamFacts) -> Cell {
    match (stream.drift_ppm, stream.drift_steady) {
        (None, _) => plain(""),
        (ppm, Some(true)) => figure(ppm, 0),
        // Of next to nothing, no part is far off the line.
        (Some(ppm), steady) if ppm.abs() < if steady.is_none() { UNLIKELY_PPM } else { NOTHING_PPM } => {
            plain(format!("~{}", figure(Some(ppm), 0).text))
        }
        _ => plain("-"),
    }
}

pub(super) fn what(stream: &StreamFacts) -> String {
    let types: Vec<_> = stream.payload_types.iter().map(u8::to_string).collect();
    let name = match (&stream.codec, &stream.media, stream.clock_rate) {
        (Some(codec), _, _) => codec.clone(),
        (None, Some(media), Some(rate)) => format!("{media}? {rate} Hz"),
        _ => "?".to_owned(),
    };
    let repairs = if stream.kind == Kind::Primary { "" } else { " repair" };
    let sealed = if stream.encrypted == Some(true) { " SRTP" } else { "" };
    format!("{name}{repairs} ({}){sealed}", types.join(" "))
}

pub(super) fn times(streams: &[StreamFacts]) -> Table {
    let columns = vec![
        ("id", Align::Left),
        ("from s", Align::Right),
        ("to s", Align::Right),
        ("kbit/s", Align::Right),
        ("packets/s", Align::Right),
        ("frames/s", Align::Right),
        ("longest gap ms", Align::Right),
        ("at s", Align::Right),
        ("freezes", Align::Right),
        ("drift ppm", Align::Right),
        ("MOS", Align::Right),
    ];
    let row = |stream: &StreamFacts| {
        vec![
            plain(&stream.id),
            figure(Some(stream.first_seen_s), 3),
            figure(Some(stream.last_seen_s), 3),
            figure(stream.bitrate_bps.map(|rate| rate / 1e3), 1),
            figure(stream.packet_rate, 1),
            figure(stream.frame_rate, 1),
            figure(stream.max_delta_ms, 0),
            figure(stream.max_delta_at_s, 3),
            plain(stream.freeze_count.to_string()),
            drift(stream),
            figure(stream.mos.value, 2),
        ]
    };
    Table { columns, rows: streams.iter().map(row).collect() }
}
