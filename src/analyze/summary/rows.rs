//! The summary as rows: a stream each, or an interval of a stream each.

use serde_json::Value;

use crate::report::Rows;

const STREAMS: &[&str] = &[
    "id",
    "ssrc",
    "src",
    "dst",
    "carrier",
    "via.turn",
    "via.channel",
    "via.peer",
    "kind",
    "of",
    "media",
    "payload_types",
    "codec",
    "clock_rate",
    "clock_source",
    "packets",
    "duplicates",
    "lost",
    "loss_pct",
    "lost_rfc3550",
    "lost_first_last",
    "reordered",
    "restarts",
    "strays",
    "loss_bursts.count",
    "loss_bursts.max",
    "loss_runs.count",
    "loss_runs.max",
    "jitter_mean_ms",
    "jitter_max_ms",
    "frame_jitter_mean_ms",
    "frame_jitter_max_ms",
    "max_delta_ms",
    "max_delta_at_s",
    "bitrate_bps",
    "packet_rate",
    "bytes",
    "frames",
    "frame_rate",
    "freeze_count",
    "drift_ppm",
    "mos.value",
    "mos.r",
    "first_seen_s",
    "last_seen_s",
    "encrypted",
];

const INTERVALS: &[&str] = &[
    "stream",
    "ssrc",
    "at_s",
    "interval_s",
    "packets",
    "lost",
    "bitrate_bps",
    "jitter_max_ms",
    "gap_max_ms",
    "frames",
];

pub(super) fn streams(whole: &Value) -> Rows {
    Rows { columns: STREAMS, objects: whole["streams"].as_array().cloned().unwrap_or_default() }
}

pub(super) fn intervals(whole: &Value) -> Rows {
    Rows { columns: INTERVALS, objects: interval_lines(whole) }
}

/// Each interval with the name of its stream.
pub(super) fn interval_lines(whole: &Value) -> Vec<Value> {
    let streams = whole["timeline"].as_array().into_iter().flatten();
    let of_stream = |stream: &Value| {
        let head = [("record", "interval".into())].into_iter();
        let names = ["stream", "ssrc", "interval_s"].map(|key| (key, stream[key].clone()));
        let head: Vec<(&str, Value)> = head.chain(names).collect();
        let intervals = stream["intervals"].as_array().cloned().unwrap_or_default();
        let line = move |interval: Value| {
            let mut line: serde_json::Map<String, Value> =
                head.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
            line.extend(interval.as_object().cloned().unwrap_or_default());
            Value::Object(line)
        };
        intervals.into_iter().map(line).collect::<Vec<_>>()
    };
    streams.flat_map(of_stream).collect()
}
