//! One line a packet.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::{Listing, Place, hex, report, way};
use crate::analyze::Analysis;
use crate::analyze::event::{Event, Heard, What};
use crate::analyze::facts::Kind;
use crate::analyze::stream::Arrival;
use crate::finding::Exit;
use crate::report::{Block, Cell, Document, Line, Report, Rows, Tone};
use crate::rtp;

/// A packet.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct PacketRow {
    /// What this line is.
    record: &'static str,
    /// Where it stands.
    #[serde(flatten)]
    place: Place,
    /// `rtp`, `rtcp`, `stun`, `turn`, `dtls`, `sctp`, `zrtp`.
    protocol: &'static str,
    /// The stream's name in the summary; `None` where that is not known yet.
    stream: Option<String>,
    /// Whether it repairs another stream; `None` where that is not known yet.
    kind: Option<Kind>,
    /// As `0x%08x`.
    ssrc: Option<String>,
    payload_type: Option<u8>,
    codec: Option<String>,
    sequence: Option<u16>,
    timestamp: Option<u32>,
    marker: Option<bool>,
    padding: Option<bool>,
    /// On the wire, from the header of RTP or of what it is on.
    bytes: usize,
    /// Behind the header of RTP, in clear where keys opened it.
    payload_bytes: Option<u32>,
    /// Since the packet of this stream before it.
    delta_ms: Option<f64>,
    /// `first`, `next`, `gap`, `late`, `duplicate`, `stray`, `restart`.
    verdict: Option<&'static str>,
    /// Numbers before it that have not come so far.
    passed_over: Option<u64>,
    /// How many numbers it is behind the highest.
    behind: Option<u64>,
    /// Header extensions: the bytes of each in hexadecimal, by their identifiers.
    extensions: Option<BTreeMap<u8, String>>,
    /// What they say, where a description names them and it can be read.
    extension_values: BTreeMap<u8, String>,
    /// Contributing sources.
    contributing: Vec<String>,
    /// What it is, in words, where it is no RTP.
    info: Option<String>,
    #[serde(skip)]
    head: Cell,
    /// What header extensions say is for people, too.
    #[serde(skip)]
    is_detailed: bool,
    /// Where packets of its stream go was told.
    #[serde(skip)]
    is_told: bool,
}

/// What a spreadsheet gets.
const COLUMNS: &[&str] = &[
    "capture",
    "frame",
    "at_s",
    "src",
    "dst",
    "carrier",
    "via.turn",
    "via.channel",
    "via.peer",
    "protocol",
    "stream",
    "kind",
    "ssrc",
    "payload_type",
    "codec",
    "sequence",
    "timestamp",
    "marker",
    "padding",
    "bytes",
    "payload_bytes",
    "delta_ms",
    "verdict",
    "passed_over",
    "behind",
    "extensions",
    "extension_values",
    "contributing",
    "info",
];

impl Listing {
    /// The line of a packet, if it is wanted.
    #[must_use]
    pub fn packet(&mut self, event: &Event, analysis: &Analysis) -> Option<PacketRow> {
        let wanted = match &event.what {
            What::Rtp(heard) => {
                self.filter.takes(heard.ssrc) && self.filter.takes_type(heard.sample.payload_type)
            }
            What::Rtcp { .. } if self.filter.payload_types.is_empty() => {
                self.filter.ssrcs.is_empty() || self.report(event, analysis).is_some()
            }
            _ => self.filter.is_open(),
        };
        if !wanted || !self.is_in_time(event, analysis) {
            return None;
        }
        let place = self.place(event, analysis);
        let mut row = PacketRow {
            record: "packet",
            head: self.head(&place),
            is_detailed: self.detailed,
            is_told: false,
            place,
            protocol: "rtp",
            stream: None,
            kind: None,
            ssrc: None,
            payload_type: None,
            codec: None,
            sequence: None,
            timestamp: None,
            marker: None,
            padding: None,
            bytes: event.length,
            payload_bytes: None,
            delta_ms: None,
            verdict: None,
            passed_over: None,
            behind: None,
            extensions: None,
            extension_values: BTreeMap::new(),
            contributing: Vec::new(),
            info: None,
        };
        match &event.what {
            What::Rtp(heard) => {
                let label = self.streams.get(&(event.leg, heard.ssrc));
                row.stream = label.map(|label| label.id.clone());
                row.kind = label.map(|label| label.kind);
                row.is_told = label.is_some() && !self.told.insert((event.leg, heard.ssrc));
                let (leg, pt) = (event.leg, heard.sample.payload_type);
                let payload = analysis.payloads().payload(pt, heard.ssrc, leg.src, leg.dst);
                row.codec = payload.map(|(payload, _)| payload.name);
                row.fill(heard);
                let section = analysis.payloads().section_of(heard.ssrc, leg.src, leg.dst);
                let uris = section.map(|section| &section.extensions);
                let value = |(id, bytes): &(u8, Vec<u8>)| {
                    let uri = uris?.get(id)?;
                    Some((*id, format!("{} {}", name(uri), rtp::value(uri, bytes)?)))
                };
                row.extension_values = heard.extensions.iter().flatten().filter_map(value).collect();
            }
            What::Rtcp { payload, length, encrypted } => {
                row.protocol = "rtcp";
                row.info = Some(report::heading(payload, *length, *encrypted));
            }
            What::Below(protocol, words) => {
                row.protocol = protocol;
                row.info = Some(words.clone());
            }
        }
        Some(row)
    }
}

/// The last word of a URI.
fn name(uri: &str) -> &str {
    uri.rsplit([':', '/']).next().unwrap_or(uri)
}

impl PacketRow {
    fn fill(&mut self, heard: &Heard) {
        let sample = &heard.sample;
        self.ssrc = Some(hex(heard.ssrc));
        self.payload_type = Some(sample.payload_type);
        self.sequence = Some(sample.sequence);
        self.timestamp = Some(sample.timestamp);
        self.marker = Some(sample.marker);
        self.padding = Some(sample.padding);
        self.payload_bytes = Some(sample.payload_length);
        self.delta_ms = heard.delta_ms;
        self.verdict = Some(match heard.arrival {
            Arrival::Ahead if heard.delta_ms.is_none() => "first",
            Arrival::Ahead if heard.passed_over > 0 => "gap",
            Arrival::Ahead => "next",
            Arrival::Reordered => "late",
            Arrival::Duplicate => "duplicate",
            Arrival::Suspect => "stray",
            Arrival::Restart => "restart",
        });
        self.passed_over = Some(heard.passed_over);
        self.behind = Some(heard.behind);
        let bytes = |value: &[u8]| value.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        self.extensions = heard
            .extensions
            .as_ref()
            .map(|elements| elements.iter().map(|(id, value)| (*id, bytes(value))).collect());
        self.contributing = heard.contributing.iter().map(|ssrc| hex(*ssrc)).collect();
    }

    fn line(&self) -> Line {
        let mut groups = Vec::new();
        match (&self.ssrc, self.payload_type, self.sequence, self.timestamp) {
            (Some(ssrc), Some(pt), Some(sequence), Some(timestamp)) => {
                let marker = if self.marker == Some(true) { "M" } else { " " };
                let mut name = vec![Cell::from(ssrc.clone()), format!("{pt:>3}").into()];
                name.splice(0..0, self.stream.iter().map(|id| Cell::from(format!("{id:<2}"))));
                groups.push(name);
                groups.push(vec![
                    format!("seq {sequence:>5} ts {timestamp:>10} {marker} {:>4} B", self.bytes).into(),
                ]);
                let delta = self.delta_ms.map_or_else(|| "      -".to_owned(), |ms| format!("{ms:>+7.1}"));
                groups.push(vec![delta.into()]);
                groups.extend(self.judged().map(|cell| vec![cell]));
                if let Some(codec) = &self.codec {
                    groups.push(vec![Cell::new(codec.clone(), Tone::Dim)]);
                }
                if let Some(elements) = self.extensions.as_ref().filter(|elements| !elements.is_empty()) {
                    let ids: Vec<_> = elements.keys().map(u8::to_string).collect();
                    groups.push(vec![Cell::new(format!("ext {}", ids.join(",")), Tone::Dim)]);
                }
            }
            _ => {
                let name = format!("{:<4}", self.protocol.to_uppercase());
                let words = self.info.clone().unwrap_or_default();
                groups.push(vec![name.into(), words.into()]);
                groups.push(vec![format!("{} B", self.bytes).into()]);
            }
        }
        let mut spare = Vec::new();
        match self.is_told {
            true => spare.push(way(&self.place.path)),
            false => groups.push(vec![way(&self.place.path)]),
        }
        let values = self.extension_values.iter().filter(|_| self.is_detailed);
        let below = values.map(|(id, value)| Cell::new(format!("ext {id}: {value}"), Tone::Dim)).collect();
        Line { head: self.head.clone(), groups, spare, below }
    }

    /// What is to be said of its number.
    fn judged(&self) -> Option<Cell> {
        let (passed_over, behind) = (self.passed_over.unwrap_or_default(), self.behind.unwrap_or_default());
        Some(match self.verdict? {
            "gap" => Cell::new(format!("after {passed_over} missing"), Tone::Warn),
            "late" => Cell::new(format!("late by {behind}"), Tone::Warn),
            "duplicate" => Cell::new("duplicate", Tone::Warn),
            "stray" => Cell::new("far off", Tone::Warn),
            "restart" => Cell::new("numbers begin anew", Tone::Warn),
            "first" => Cell::new("first", Tone::Dim),
            _ => return None,
        })
    }
}

/// Some packets, one after the other.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema, Default)]
pub struct Packets {
    /// The packets. They come as lines or rows, never as a whole.
    #[serde(skip)]
    pub packets: Vec<PacketRow>,
}

impl Report for Packets {
    const SCHEMA: &'static str = "analyze/1";

    fn document(&self) -> Document {
        Document { blocks: vec![Block::Log(self.packets.iter().map(PacketRow::line).collect())] }
    }

    fn lines(&self, _: &Value) -> Vec<Value> {
        self.packets.iter().map(|packet| serde_json::to_value(packet).unwrap_or_default()).collect()
    }

    fn rows(&self, whole: &Value) -> Option<Rows> {
        Some(Rows { columns: COLUMNS, objects: self.lines(whole) })
    }

    fn exit(&self) -> Exit {
        Exit::Healthy
    }
}
