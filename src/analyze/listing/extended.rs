//! The blocks of extended reports (RFC 3611), by the names that stand there.

use super::blocks::Record;
use super::fields::{Field, bytes, ntp, short_seconds};
use crate::rtcp::{Extended, RunLengths, Statistics, VoipMetrics};

/// The records of a block: one, but for one with several receivers.
pub(super) fn extended(ssrc: u32, block: &Extended<'_>, rate: &dyn Fn(u32) -> Option<u32>) -> Vec<Record> {
    let record = |kind: &str, name: &str, fields| Record::new(kind, name, Some(ssrc), fields);
    match block {
        Extended::LossRunLengths(of) => {
            let (all, received) = of.bits();
            let words = format!("{received} of {all} received");
            let fields = [
                range(of),
                vec![Field::new("received", received, words), Field::silent("not_received", all - received)],
            ];
            vec![record("xr_loss_rle", "XR loss RLE", fields.concat()).about(of.ssrc)]
        }
        Extended::DuplicateRunLengths(of) => {
            let (all, single) = of.bits();
            let words = format!("{} of {all} more than once", all - single);
            let fields = [range(of), vec![Field::new("duplicate_packets", all - single, words)]];
            vec![record("xr_duplicate_rle", "XR duplicate RLE", fields.concat()).about(of.ssrc)]
        }
        Extended::ReceiptTimes { ssrc: about, thinning, begin, end, times } => {
            let fields = vec![
                Field::new("begin_sequence", *begin, format!("{begin} to {}", end.wrapping_sub(1))),
                Field::silent("end_sequence", *end),
                Field::silent("thinning", *thinning),
                Field::new("receipt_times", times.clone(), format!("{} receipt times", times.len())),
            ];
            vec![record("xr_receipt_times", "XR packet receipt times", fields).about(*about)]
        }
        Extended::ReferenceTime(timestamp) => {
            vec![record("xr_rrtr", "XR receiver reference time", ntp(*timestamp).to_vec())]
        }
        Extended::Delays(delays) if delays.is_empty() => vec![record("xr_dlrr", "XR DLRR", Vec::new())],
        Extended::Delays(delays) => {
            let of = |delay: &crate::rtcp::Delay| {
                let (lrr, dlrr) = match delay.last_rr {
                    0 => ("LRR 0: no clock heard of".to_owned(), String::new()),
                    lrr => (format!("LRR 0x{lrr:08x}"), format!("DLRR {:.3} s", short_seconds(delay.delay))),
                };
                let fields = vec![
                    Field::new("lrr", format!("0x{:08x}", delay.last_rr), lrr),
                    Field::new("dlrr_s", short_seconds(delay.delay), dlrr),
                ];
                record("xr_dlrr", "XR DLRR", fields).about(delay.ssrc)
            };
            delays.iter().map(of).collect()
        }
        Extended::Statistics(of) => {
            vec![
                record("xr_statistics", "XR statistics summary", statistics(of, rate(of.ssrc)))
                    .about(of.ssrc),
            ]
        }
        Extended::Voip(of) => vec![record("xr_voip", "XR VoIP metrics", voip(of)).about(of.ssrc)],
        Extended::Unknown { kind, body, .. } => {
            let words = format!("a block of type {kind}, {} bytes", body.len());
            let fields = vec![Field::new("block_type", *kind, words), Field::silent("data", bytes(body))];
            vec![record("xr_other", "XR", fields)]
        }
        Extended::Flawed { kind, body } => {
            let words = format!("a block of type {kind} that cannot be read");
            let fields = vec![
                Field::silent("block_type", *kind),
                Field::new("flaw", words.clone(), words),
                Field::silent("data", bytes(body)),
            ];
            vec![record("xr_other", "XR", fields).flawed()]
        }
    }
}

fn range(of: &RunLengths) -> Vec<Field> {
    let last = of.end.wrapping_sub(1);
    vec![
        Field::new("begin_sequence", of.begin, format!("{} to {last}", of.begin)),
        Field::silent("end_sequence", of.end),
        Field::silent("thinning", of.thinning),
    ]
}

fn statistics(of: &Statistics, rate: Option<u32>) -> Vec<Field> {
    let mut fields = vec![
        Field::new("begin_sequence", of.begin, format!("{} to {}", of.begin, of.end.wrapping_sub(1))),
        Field::silent("end_sequence", of.end),
    ];
    fields.extend(of.lost.map(|lost| Field::plain("lost_packets", lost)));
    fields.extend(of.duplicates.map(|duplicates| Field::plain("duplicate_packets", duplicates)));
    if let Some([min, max, mean, dev]) = of.jitter {
        let ms = |units: u32| rate.map(|rate| f64::from(units) * 1e3 / f64::from(rate));
        let words = match (ms(mean), ms(max)) {
            (Some(mean), Some(max)) => format!("jitter mean {mean:.1} ms, max {max:.1} ms"),
            _ => format!("jitter mean {mean} units, max {max}"),
        };
        fields.extend([
            Field::new("mean_jitter", mean, words),
            Field::silent("min_jitter", min),
            Field::silent("max_jitter", max),
            Field::silent("dev_jitter", dev),
        ]);
    }
    if let Some(hops) = of.hops {
        let words = format!("TTL {} to {}", hops[0], hops[1]);
        fields.push(Field::new("ttl", hops.to_vec(), words));
    }
    fields
}

fn voip(of: &VoipMetrics) -> Vec<Field> {
    let hundredths = |value: f64| (value * 100.0).round() / 100.0;
    let known =
        |name: &str, value: Option<f64>| value.map_or_else(String::new, |value| format!("{name} {value}"));
    let [nominal, most, limit] = of.jitter_buffer_ms;
    vec![
        Field::new("loss_rate_pct", hundredths(of.loss_pct), format!("loss {:.1} %", of.loss_pct)),
        Field::new(
            "discard_rate_pct",
            hundredths(of.discard_pct),
            format!("discarded {:.1} %", of.discard_pct),
        ),
        Field::new("burst_duration_ms", of.burst_ms, format!("bursts {} ms", of.burst_ms)),
        Field::new("gap_duration_ms", of.gap_ms, format!("gaps {} ms", of.gap_ms)),
        Field::new("round_trip_delay_ms", of.round_trip_ms, format!("round trip {} ms", of.round_trip_ms)),
        Field::new("end_system_delay_ms", of.end_system_ms, format!("end system {} ms", of.end_system_ms)),
        Field::new("r_factor", of.r, known("R", of.r.map(f64::from))),
        Field::new("mos_lq", of.mos_lq, known("MOS-LQ", of.mos_lq)),
        Field::new("mos_cq", of.mos_cq, known("MOS-CQ", of.mos_cq)),
        Field::new(
            "jitter_buffer_ms",
            vec![nominal, most, limit],
            format!("jitter buffer {nominal} ms, {most} at most, {limit} ever"),
        ),
    ]
}
