//! RTCP: a line a packet, and what each block of it says, by the names of the RFCs.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::Value;

use super::blocks::{Record, records};
use super::{Listing, Place, hex, way};
use crate::analyze::Analysis;
use crate::analyze::event::{Event, What};
use crate::finding::Exit;
use crate::report::{Block, Cell, Document, Line, Report, Rows, Tone};
use crate::rtcp;

/// What a spreadsheet gets; the fields that a block does not have are empty.
pub const REPORT_COLUMNS: &[&str] = &[
    "capture",
    "frame",
    "at_s",
    "src",
    "dst",
    "carrier",
    "via.turn",
    "via.channel",
    "via.peer",
    "encrypted",
    "block",
    "ssrc",
    "about",
    "ntp_timestamp",
    "ntp_unix_s",
    "rtp_timestamp",
    "packet_count",
    "octet_count",
    "fraction_lost",
    "fraction_lost_pct",
    "cumulative_lost",
    "extended_highest_sequence",
    "jitter",
    "jitter_ms",
    "lsr",
    "dlsr_s",
    "item",
    "value",
    "reason",
    "subtype",
    "name",
    "data",
    "lost_sequence_numbers",
    "bitrate_bps",
    "measured_overhead",
    "ssrcs",
    "sequence_number",
    "first_macroblock",
    "macroblocks",
    "picture_id",
    "payload_type",
    "base_sequence_number",
    "packet_status_count",
    "reference_time_ms",
    "feedback_count",
    "received",
    "not_received",
    "arrival_span_ms",
    "begin_sequence",
    "end_sequence",
    "report_timestamp",
    "thinning",
    "lrr",
    "dlrr_s",
    "lost_packets",
    "duplicate_packets",
    "min_jitter",
    "max_jitter",
    "mean_jitter",
    "dev_jitter",
    "ttl",
    "loss_rate_pct",
    "discard_rate_pct",
    "burst_duration_ms",
    "gap_duration_ms",
    "round_trip_delay_ms",
    "end_system_delay_ms",
    "r_factor",
    "mos_lq",
    "mos_cq",
    "jitter_buffer_ms",
    "receipt_times",
    "block_type",
    "packet_type",
    "format",
    "flaw",
];

/// A packet of RTCP.
#[derive(Debug, Clone)]
pub struct ReportRow {
    place: Place,
    head: Cell,
    heading: String,
    bytes: usize,
    encrypted: bool,
    records: Vec<Record>,
}

impl Listing {
    /// What a packet of RTCP says, if it is one and wanted.
    #[must_use]
    pub fn report(&self, event: &Event, analysis: &Analysis) -> Option<ReportRow> {
        let What::Rtcp { payload, length, encrypted } = &event.what else { return None };
        if !self.is_in_time(event, analysis) {
            return None;
        }
        let rate = |ssrc: u32| self.rates.get(&ssrc).copied();
        let mut records = match encrypted {
            true => rtcp::plain_header(payload)
                .map(|(kind, ssrc)| Record::sealed(kind, ssrc))
                .into_iter()
                .collect(),
            false => records(payload, *length, &rate),
        };
        if !self.filter.ssrcs.is_empty() {
            records.retain(|record| {
                [record.ssrc, record.about].iter().flatten().any(|ssrc| self.filter.takes(*ssrc))
                    || record.others.iter().any(|ssrc| self.filter.takes(*ssrc))
            });
            if records.is_empty() {
                return None;
            }
        }
        let place = self.place(event, analysis);
        Some(ReportRow {
            head: self.head(&place),
            place,
            heading: heading(payload, *length, *encrypted),
            bytes: event.length,
            encrypted: *encrypted,
            records,
        })
    }
}

/// `SR+SDES of 0x…`, or that it is encrypted.
pub(super) fn heading(payload: &[u8], length: usize, encrypted: bool) -> String {
    if encrypted {
        return match rtcp::plain_header(payload) {
            Some((kind, ssrc)) => {
                format!("SRTCP of {}, begins with {}; no key opens it", hex(ssrc), name(kind, None))
            }
            None => "SRTCP, too short".to_owned(),
        };
    }
    let mut names = Vec::new();
    let mut of = None;
    for block in rtcp::walk(payload, length) {
        of = of.or_else(|| block.sender());
        let is_estimate = block.body.get(8..12) == Some(b"REMB");
        names.push(match (block.packet_type, block.count) {
            (rtcp::PSFB, 15) if is_estimate => "REMB".to_owned(),
            (packet_type, count) => name(packet_type, Some(count)),
        });
    }
    match of {
        Some(ssrc) => format!("{} of {}", names.join("+"), hex(ssrc)),
        None => "RTCP without a block".to_owned(),
    }
}

/// What a packet type is called, with the format of feedback.
pub(super) fn name(packet_type: u8, format: Option<u8>) -> String {
    let name = match (packet_type, format) {
        (rtcp::SR, _) => "SR",
        (rtcp::RR, _) => "RR",
        (rtcp::SDES, _) => "SDES",
        (rtcp::BYE, _) => "BYE",
        (rtcp::APP, _) => "APP",
        (rtcp::XR, _) => "XR",
        (rtcp::RTPFB, Some(1)) => "NACK",
        (rtcp::RTPFB, Some(3)) => "TMMBR",
        (rtcp::RTPFB, Some(4)) => "TMMBN",
        (rtcp::RTPFB, Some(11)) => "CCFB",
        (rtcp::RTPFB, Some(15)) => "TWCC",
        (rtcp::RTPFB, Some(format)) => return format!("RTPFB {format}"),
        (rtcp::RTPFB, None) => "RTPFB",
        (rtcp::PSFB, Some(1)) => "PLI",
        (rtcp::PSFB, Some(2)) => "SLI",
        (rtcp::PSFB, Some(3)) => "RPSI",
        (rtcp::PSFB, Some(4)) => "FIR",
        (rtcp::PSFB, Some(15)) => "AFB",
        (rtcp::PSFB, Some(format)) => return format!("PSFB {format}"),
        (rtcp::PSFB, None) => "PSFB",
        (other, _) => return format!("PT {other}"),
    };
    name.to_owned()
}

impl ReportRow {
    fn lines(&self) -> Vec<Line> {
        let mut lines = vec![self.line()];
        if !self.encrypted {
            lines.extend(self.records.iter().map(Record::line));
        }
        lines
    }

    fn line(&self) -> Line {
        let tone = if self.encrypted { Tone::Dim } else { Tone::Strong };
        let groups = vec![
            vec![Cell::new(self.heading.clone(), tone)],
            vec![format!("{} B", self.bytes).into()],
            vec![way(&self.place.path)],
        ];
        Line { head: self.head.clone(), groups, ..Line::default() }
    }

    fn objects(&self) -> impl Iterator<Item = Value> + '_ {
        let object = |record| serde_json::to_value(Placed { of: self, record }).unwrap_or_default();
        self.records.iter().map(object)
    }
}

struct Placed<'a> {
    of: &'a ReportRow,
    record: &'a Record,
}

impl Serialize for Placed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let place = serde_json::to_value(&self.of.place).map_err(serde::ser::Error::custom)?;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("record", "report")?;
        for (key, value) in place.as_object().into_iter().flatten() {
            map.serialize_entry(key, value)?;
        }
        map.serialize_entry("encrypted", &self.of.encrypted)?;
        map.serialize_entry("block", &self.record.kind)?;
        map.serialize_entry("ssrc", &self.record.ssrc.map(hex))?;
        map.serialize_entry("about", &self.record.about.map(hex))?;
        for field in &self.record.fields {
            map.serialize_entry(field.key, &field.value)?;
        }
        map.end()
    }
}

/// Some packets of RTCP, one after the other.
#[derive(Debug, Clone, Default, Serialize, schemars::JsonSchema)]
pub struct ReportRows {
    /// The packets. They come as lines or rows, never as a whole.
    #[serde(skip)]
    pub reports: Vec<ReportRow>,
}

impl Report for ReportRows {
    const SCHEMA: &'static str = "analyze/1";

    fn document(&self) -> Document {
        Document { blocks: vec![Block::Log(self.reports.iter().flat_map(ReportRow::lines).collect())] }
    }

    fn lines(&self, _: &Value) -> Vec<Value> {
        self.reports.iter().flat_map(ReportRow::objects).collect()
    }

    fn rows(&self, whole: &Value) -> Option<Rows> {
        Some(Rows { columns: REPORT_COLUMNS, objects: self.lines(whole) })
    }

    fn exit(&self) -> Exit {
        Exit::Healthy
    }
}
