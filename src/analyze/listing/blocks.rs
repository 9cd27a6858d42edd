//! What each block of a packet of RTCP says, field by field. One record a block, and one for each part of a block
//! that is about a source of its own.

use serde_json::Value;

use super::extended::extended;
use super::fields::{Field, bit_rate, bytes, ntp, runs, short_seconds};
use super::{hex, report};
use crate::report::{Cell, Line, Tone, one_line};
use crate::rtcp::{self, CongestionControl, Content, FeedbackKind, Reception, Seen, TransportCc};

/// A block, or a part of one.
#[derive(Debug, Clone)]
pub(super) struct Record {
    /// `sr`, `rr`, `report_block`, `sdes`, ….
    pub(super) kind: String,
    /// What it is called.
    name: String,
    /// Who says it.
    pub(super) ssrc: Option<u32>,
    /// Of which source.
    pub(super) about: Option<u32>,
    /// Of which others, where it is about several.
    pub(super) others: Vec<u32>,
    pub(super) fields: Vec<Field>,
    flawed: bool,
}

impl Record {
    pub(super) fn new(kind: &str, name: &str, ssrc: Option<u32>, fields: Vec<Field>) -> Self {
        let (kind, name) = (kind.to_owned(), name.to_owned());
        Self { kind, name, ssrc, about: None, others: Vec::new(), fields, flawed: false }
    }

    pub(super) fn about(mut self, source: u32) -> Self {
        self.about = Some(source);
        self
    }

    pub(super) fn flawed(mut self) -> Self {
        self.flawed = true;
        self
    }

    /// The one header of SRTCP that can be read.
    pub(super) fn sealed(packet_type: u8, ssrc: u32) -> Self {
        let name = report::name(packet_type, None);
        Self::new(&name.to_lowercase().replace(' ', "_"), &name, Some(ssrc), Vec::new())
    }

    /// For people.
    pub(super) fn line(&self) -> Line {
        const INDENT: &str = "        ";
        // A source describes itself.
        let about = self.about.filter(|source| Some(*source) != self.ssrc);
        let about = about.map(|source| format!(" about {}", hex(source))).unwrap_or_default();
        let tone = if self.flawed { Tone::Warn } else { Tone::Plain };
        let words = self.fields.iter().filter(|field| !field.words.is_empty());
        let mut groups = vec![vec![Cell::new(format!("{}{about}", self.name), Tone::Strong)]];
        groups.extend(words.map(|field| vec![Cell::new(field.words.clone(), tone)]));
        Line { head: INDENT.into(), groups, ..Line::default() }
    }
}

/// All records of a packet. `rate` knows the clocks of sources, in Hz.
pub(super) fn records(payload: &[u8], length: usize, rate: &dyn Fn(u32) -> Option<u32>) -> Vec<Record> {
    let mut walk = rtcp::walk(payload, length);
    let mut records = Vec::new();
    for block in walk.by_ref() {
        let name = report::name(block.packet_type, Some(block.count));
        match block.read() {
            Ok(content) => content_records(&block, &name, content, rate, &mut records),
            Err(flaw) => {
                let flaw = Field::new("flaw", flaw.to_string(), format!("cannot be read: {flaw}"));
                let kind = key(&name);
                records.push(Record::new(&kind, &name, block.sender(), vec![flaw]).flawed());
            }
        }
    }
    match walk.trailing() {
        0 => {}
        trailing => {
            let flaw = format!("{trailing} bytes behind the last block, which are none");
            let field = Field::new("flaw", flaw.clone(), flaw);
            records.push(Record::new("trailing", "trailing", None, vec![field]).flawed());
        }
    }
    records
}

fn key(name: &str) -> String {
    name.to_lowercase().replace(' ', "_")
}

fn content_records(
    block: &rtcp::Block<'_>,
    name: &str,
    content: Content<'_>,
    rate: &dyn Fn(u32) -> Option<u32>,
    records: &mut Vec<Record>,
) {
    let kind = key(name);
    let record = |ssrc, fields| Record::new(&kind, name, Some(ssrc), fields);
    match content {
        Content::Sender(ssrc, info, receptions) => {
            let mut fields = ntp(info.ntp).to_vec();
            fields.extend([
                Field::new("rtp_timestamp", info.rtp, format!("RTP timestamp {}", info.rtp)),
                Field::plain("packet_count", info.packets),
                Field::plain("octet_count", info.octets),
            ]);
            records.push(record(ssrc, fields));
            records.extend(receptions.iter().map(|of| reception(ssrc, of, rate(of.ssrc))));
        }
        Content::Receiver(ssrc, receptions) => {
            // Without a block it still says that somebody is there.
            if receptions.is_empty() {
                records
                    .push(Record { name: "RR without report blocks".to_owned(), ..record(ssrc, Vec::new()) });
            }
            records.extend(receptions.iter().map(|of| reception(ssrc, of, rate(of.ssrc))));
        }
        Content::Descriptions(chunks) => {
            for chunk in &chunks {
                for item in &chunk.items {
                    let value = String::from_utf8_lossy(item.value).into_owned();
                    let item = item.name().map_or_else(|| format!("item {}", item.kind), str::to_owned);
                    let words = format!("{item} \"{}\"", one_line(&value));
                    let fields = vec![Field::silent("item", item), Field::new("value", value, words)];
                    records.push(record(chunk.ssrc, fields).about(chunk.ssrc));
                }
                if chunk.items.is_empty() {
                    records.push(record(chunk.ssrc, Vec::new()).about(chunk.ssrc));
                }
            }
        }
        Content::Goodbye(goodbye) => {
            let reason = goodbye.reason.as_deref();
            let words = reason.map_or_else(String::new, |reason| format!("reason \"{}\"", one_line(reason)));
            let field = Field::new("reason", reason, words);
            let of = |source: &u32| record(*source, vec![field.clone()]).about(*source);
            records.extend(goodbye.sources.iter().map(of));
            if goodbye.sources.is_empty() {
                records.push(Record::new(&kind, name, None, vec![field]));
            }
        }
        Content::Application(of) => {
            let app = String::from_utf8_lossy(&of.name).into_owned();
            let words = format!("name \"{}\"", one_line(&app));
            let fields = vec![
                Field::plain("subtype", of.subtype),
                Field::new("name", app, words),
                Field::new("data", bytes(of.data), format!("{} bytes of data", of.data.len())),
            ];
            records.push(record(of.ssrc, fields));
        }
        Content::Extended(ssrc, blocks) => {
            records.extend(blocks.iter().flat_map(|block| extended(ssrc, block, rate)));
            if blocks.is_empty() {
                records.push(record(ssrc, Vec::new()));
            }
        }
        Content::Feedback(of) => feedback(&of, name, &kind, records),
        Content::Unknown => {
            let words = format!("a packet type that is not known, {} bytes", block.body.len());
            let fields = vec![
                Field::new("packet_type", block.packet_type, words),
                Field::silent("data", bytes(block.body)),
            ];
            records.push(Record::new("other", name, block.sender(), fields));
        }
    }
}

/// A report block (RFC 3550 §6.4.1).
fn reception(reporter: u32, of: &Reception, rate: Option<u32>) -> Record {
    let percent = f64::from(of.fraction_lost) / 2.56;
    let ms = rate.map(|rate| f64::from(of.jitter) * 1e3 / f64::from(rate));
    let jitter = match ms {
        Some(ms) => format!("jitter {} ({ms:.1} ms)", of.jitter),
        None => format!("jitter {} units", of.jitter),
    };
    let (lsr, dlsr) = match of.last_sr {
        0 => ("LSR 0: no SR seen".to_owned(), String::new()),
        lsr => (format!("LSR 0x{lsr:08x}"), format!("DLSR {:.3} s", short_seconds(of.delay))),
    };
    let highest = format!("highest sequence {} in cycle {}", of.highest & 0xffff, of.highest >> 16);
    let fields = vec![
        Field::new("fraction_lost", of.fraction_lost, format!("fraction lost {percent:.1} %")),
        Field::silent("fraction_lost_pct", (percent * 1e3).round() / 1e3),
        Field::plain("cumulative_lost", of.cumulative_lost),
        Field::new("extended_highest_sequence", of.highest, highest),
        Field::new("jitter", of.jitter, jitter),
        Field::silent("jitter_ms", ms.map(|ms| (ms * 1e3).round() / 1e3)),
        Field::new("lsr", format!("0x{:08x}", of.last_sr), lsr),
        Field::new("dlsr_s", short_seconds(of.delay), dlsr),
    ];
    Record::new("report_block", "report block", Some(reporter), fields).about(of.ssrc)
}

fn feedback(of: &rtcp::TargetFeedback<'_>, name: &str, kind: &str, records: &mut Vec<Record>) {
    let record = |fields| Record::new(kind, name, Some(of.sender), fields);
    match &of.kind {
        FeedbackKind::Nack(nack) => {
            let numbers: Vec<u16> = nack.numbers().collect();
            let words = format!("{} asked for: {}", numbers.len(), runs(numbers.iter().copied()));
            let field = Field::new("lost_sequence_numbers", numbers, words);
            records.push(record(vec![field]).about(of.media));
        }
        FeedbackKind::BitrateRequest(rates) | FeedbackKind::BitrateNotification(rates) => {
            for rate in rates {
                let fields = vec![
                    Field::new("bitrate_bps", rate.bits_per_second, bit_rate(rate.bits_per_second)),
                    Field::plain("measured_overhead", rate.overhead),
                ];
                records.push(record(fields).about(rate.ssrc));
            }
            if rates.is_empty() {
                records.push(record(Vec::new()));
            }
        }
        FeedbackKind::TransportCc(of) => records.push(record(transport_wide(of))),
        FeedbackKind::CongestionControl(of) => congestion(of, &record, records),
        FeedbackKind::PictureLoss => records.push(record(Vec::new()).about(of.media)),
        FeedbackKind::SliceLoss(slices) => records.extend(slices.iter().map(|slice| {
            let fields = vec![
                Field::plain("first_macroblock", slice.first),
                Field::plain("macroblocks", slice.number),
                Field::plain("picture_id", slice.picture),
            ];
            record(fields).about(of.media)
        })),
        FeedbackKind::ReferencePicture { payload_type, bits } => {
            let fields = vec![
                Field::plain("payload_type", *payload_type),
                Field::new("data", bytes(bits), bytes(bits)),
            ];
            records.push(record(fields).about(of.media));
        }
        FeedbackKind::Intra(requests) => records.extend(requests.iter().map(|request| {
            record(vec![Field::plain("sequence_number", request.sequence)]).about(request.ssrc)
        })),
        FeedbackKind::Estimate(estimate) => {
            let rate = estimate.bits_per_second;
            let named: Vec<_> = estimate.ssrcs.iter().map(|ssrc| hex(*ssrc)).collect();
            let words = format!("for {}", named.join(" "));
            let fields =
                vec![Field::new("bitrate_bps", rate, bit_rate(rate)), Field::new("ssrcs", named, words)];
            let mut record = Record::new("remb", "REMB", Some(of.sender), fields);
            record.others.clone_from(&estimate.ssrcs);
            records.push(record);
        }
        FeedbackKind::Application(body) => {
            let field = Field::new("data", bytes(body), format!("{} bytes of an application", body.len()));
            records.push(record(vec![field]).about(of.media));
        }
        FeedbackKind::Unknown { format, body } => {
            let words = format!("a format that is not known, {} bytes", body.len());
            let fields = vec![Field::new("format", *format, words), Field::silent("data", bytes(body))];
            records.push(record(fields).about(of.media));
        }
    }
}

fn transport_wide(of: &TransportCc<'_>) -> Vec<Field> {
    let lost = of.runs().filter(|run| run.seen == Seen::No);
    let lost: Vec<u16> =
        lost.flat_map(|run| (0..run.length).map(move |n| run.first.wrapping_add(n))).collect();
    let ticks: Vec<i64> = of.arrivals().filter_map(|arrival| arrival.ticks).collect();
    let span = ticks.iter().min().zip(ticks.iter().max()).map(|(min, max)| (max - min) as f64 / 4.0);
    let received = usize::from(of.count) - lost.len();
    let last = of.base.wrapping_add(of.count.wrapping_sub(1));
    let spans = span.map(|ms| format!("over {ms:.2} ms")).unwrap_or_default();
    let missing = match lost.is_empty() {
        true => String::new(),
        false => format!("not received {}", runs(lost.iter().copied())),
    };
    vec![
        Field::new("base_sequence_number", of.base, format!("transport-wide {} to {last}", of.base)),
        Field::silent("packet_status_count", of.count),
        Field::new("received", received, format!("{received} of {} received", of.count)),
        Field::new("arrival_span_ms", span, spans),
        Field::silent("not_received", lost.len()),
        Field::new("lost_sequence_numbers", lost, missing),
        // In units of 64 ms.
        Field::silent("reference_time_ms", i64::from(of.reference) * 64),
        Field::new("feedback_count", of.feedback, format!("feedback {}", of.feedback)),
    ]
}

fn congestion(of: &CongestionControl<'_>, record: &dyn Fn(Vec<Field>) -> Record, records: &mut Vec<Record>) {
    for (source, packets) in of.sources() {
        let packets: Vec<_> = packets.collect();
        let lost: Vec<u16> =
            packets.iter().filter(|(_, arrived)| arrived.is_none()).map(|(number, _)| *number).collect();
        let (first, last) = (packets.first().map(|of| of.0), packets.last().map(|of| of.0));
        let words = match first.zip(last) {
            Some((first, last)) => format!("{first} to {last}"),
            None => "no packets".to_owned(),
        };
        let received = packets.len() - lost.len();
        let missing = match lost.is_empty() {
            true => String::new(),
            false => format!("not received {}", runs(lost.iter().copied())),
        };
        let fields = vec![
            Field::new("begin_sequence", first, words),
            Field::silent("end_sequence", last),
            Field::new("received", received, format!("{received} of {} received", packets.len())),
            Field::silent("not_received", lost.len()),
            Field::new("lost_sequence_numbers", lost, missing),
            Field::silent("report_timestamp", Value::from(of.timestamp)),
        ];
        records.push(record(fields).about(source));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::report::REPORT_COLUMNS;
    use super::*;

    fn sound(bytes: &[u8], length: usize) -> Result<(), TestCaseError> {
        for record in records(bytes, length, &|_| Some(90_000)) {
            for field in &record.fields {
                prop_assert!(REPORT_COLUMNS.contains(&field.key), "{} is no column", field.key);
            }
            prop_assert!(!record.line().groups.is_empty());
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn noise_is_told_without_a_panic_and_every_field_has_its_column(
            kind in rtcp::SR..=rtcp::XR,
            count in 0..32_u8,
            body in proptest::collection::vec(prop_oneof![any::<u8>(), 0..9_u8], 0..160),
            more in 0..40_usize,
        ) {
            let body = &body[..body.len() / 4 * 4];
            let packet = [&[0x80 | count, kind, 0, (body.len() / 4) as u8], body].concat();
            sound(&packet, packet.len() + more)?;
            sound(body, body.len())?;
        }
    }
}
