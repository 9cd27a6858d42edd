//! The whole of an analysis: `analyze/1`, and its text.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Analysis;
use super::facts::{Classes, Kind, NotCountedFacts, StreamFacts, ssrc};
use super::reports::{Kind as Feedback, PairFacts, ReportFacts, RoundTrip, SenderFacts};
use crate::capture::{Decoder, Ending, Reader, Time};
use crate::finding::Exit;
use crate::report::{Align, Block, Cell, Document, Report, Table, Tone};

/// One capture file.
#[derive(Debug, Clone, Serialize)]
pub struct CaptureFacts {
    /// As the user named it.
    pub file: String,
    /// `pcap` or `pcapng`.
    pub format: &'static str,
    /// LINKTYPE numbers of its interfaces.
    pub link_types: Vec<u32>,
    /// Packets in it.
    pub packets: u64,
    /// Bytes of it that were read, unpacked.
    pub bytes: u64,
    /// Whether it ends in the middle of a packet, or of rubbish.
    pub truncated: bool,
    /// How it ended, where not well.
    pub ending: Option<String>,
    /// Packets that are no UDP or TCP, by reason.
    pub skipped: BTreeMap<String, u64>,
    /// Packets that went into the datagrams of others: fragments.
    pub fragments_joined: u64,
    /// Datagrams that a snap length cut.
    pub cut: u64,
}

impl CaptureFacts {
    /// Of a file that was read to its end.
    #[must_use]
    pub fn of(file: &str, reader: &Reader<'_>, decoder: &Decoder, ending: &Ending) -> Self {
        Self {
            file: file.to_owned(),
            format: reader.container().name(),
            link_types: reader.link_types().to_vec(),
            packets: reader.packets(),
            bytes: reader.consumed(),
            truncated: *ending != Ending::Whole,
            ending: ended(ending),
            skipped: decoder.skipped().iter().map(|(reason, count)| (reason.word(), count)).collect(),
            fragments_joined: decoder.joined(),
            cut: decoder.cut(),
        }
    }
}

fn ended(ending: &Ending) -> Option<String> {
    Some(match ending {
        Ending::Whole => return None,
        Ending::Truncated { at } => {
            format!("it ends in the middle of a packet that begins at byte {at}; what came before is whole")
        }
        Ending::Corrupt { at, why } => format!("from byte {at} on it cannot be read: {why}"),
        Ending::Unreadable { at } => format!("reading failed after {at} bytes"),
    })
}

/// What came of it.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// The files, in order.
    pub captures: Vec<CaptureFacts>,
    /// The first packet, as seconds since 1970; `None` in an empty capture.
    pub start_unix_s: Option<f64>,
    /// From the first packet to the last, in seconds.
    pub duration_s: f64,
    /// How often the clock of the capture went back.
    pub clock_steps: u64,
    /// Datagrams by what they are.
    pub datagrams: Classes,
    /// Streams, one for each leg.
    pub streams: Vec<StreamFacts>,
    /// Packets of more legs and streams than are kept.
    pub packets_not_kept: u64,
    /// What RTCP says.
    #[serde(flatten)]
    pub reports: ReportFacts,
    /// What looks like RTP and is not counted as a stream, by reason.
    pub not_counted: NotCountedFacts,
}

impl Summary {
    /// Of a finished analysis.
    #[must_use]
    pub fn new(captures: Vec<CaptureFacts>, analysis: &Analysis) -> Self {
        let bounds = analysis.bounds();
        let streams = analysis.stream_facts();
        let not_counted = analysis.detector().not_counted().iter();
        Self {
            captures,
            start_unix_s: bounds.map(|(start, _)| start.seconds_since(Time(0))),
            duration_s: bounds.map_or(0.0, |(start, end)| end.seconds_since(start)),
            clock_steps: analysis.clock_steps(),
            datagrams: analysis.classes(),
            packets_not_kept: analysis.not_kept(),
            reports: analysis.report_facts(&streams),
            streams,
            not_counted: not_counted.map(|(reason, count)| (reason.word(), *count)).collect(),
        }
    }

    fn verdict(&self) -> Cell {
        let packets: u64 = self.captures.iter().map(|capture| capture.packets).sum();
        let read = format!("{packets} packets in {:.1} s", self.duration_s);
        match self.streams.len() {
            0 => Cell::new(format!("no RTP stream in {read}"), Tone::Warn),
            1 => Cell::new(format!("one RTP stream in {read}"), Tone::Plain),
            many => Cell::new(format!("{many} RTP streams in {read}"), Tone::Plain),
        }
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        for capture in &self.captures {
            let ending = capture.ending.iter().map(|ending| format!("{}: {ending}", capture.file));
            notes.extend(ending);
            if capture.cut > 0 {
                notes.push(format!("{}: {} payloads were cut by a snap length", capture.file, capture.cut));
            }
            if !capture.skipped.is_empty() {
                let reasons = capture.skipped.iter().map(|(reason, count)| format!("{count} {reason}"));
                let reasons: Vec<_> = reasons.collect();
                notes.push(format!("{}: skipped {}", capture.file, reasons.join(", ")));
            }
        }
        if self.clock_steps > 0 {
            notes.push(format!("the clock of the capture went back {} times", self.clock_steps));
        }
        if self.packets_not_kept > 0 {
            notes.push(format!("{} packets are of more streams than are kept", self.packets_not_kept));
        }
        for (reason, count) in &self.not_counted {
            let packets = format!("{} packets of {} sources look like RTP", count.packets, count.sources);
            notes.push(format!("{packets} and are not counted: {reason}"));
        }
        notes
    }
}

impl Report for Summary {
    const SCHEMA: &'static str = "analyze/1";

    fn document(&self) -> Document {
        let mut blocks = vec![Block::Verdict(self.verdict())];
        if !self.streams.is_empty() {
            blocks.push(Block::Heading("Streams".to_owned()));
            blocks.push(Block::Table(streams(&self.streams)));
            blocks.push(Block::Heading("Times".to_owned()));
            blocks.push(Block::Table(times(&self.streams)));
        }
        if !self.reports.rtcp.is_empty() {
            blocks.push(Block::Heading("Reports (RTCP)".to_owned()));
            blocks.push(Block::Table(senders(&self.reports.rtcp)));
        }
        let reported = reported(&self.reports.rtcp);
        if !reported.rows.is_empty() {
            blocks.push(Block::Heading("What receivers report".to_owned()));
            blocks.push(Block::Table(reported));
        }
        if !self.reports.rtt.is_empty() {
            blocks.push(Block::Heading("Round trips".to_owned()));
            blocks.push(Block::Table(round_trips(&self.reports)));
        }
        let notes = self.notes();
        if !notes.is_empty() {
            blocks.push(Block::Heading("Notes".to_owned()));
            let items = notes.into_iter().map(|note| Cell::new(note, Tone::Plain)).collect();
            blocks.push(Block::List { numbered: false, items });
        }
        Document { blocks }
    }

    fn exit(&self) -> Exit {
        Exit::Healthy
    }
}

fn plain(text: impl Into<String>) -> Cell {
    Cell::new(text, Tone::Plain)
}

fn figure(value: Option<f64>, digits: usize) -> Cell {
    plain(value.map_or_else(String::new, |value| format!("{value:.digits$}")))
}

fn streams(streams: &[StreamFacts]) -> Table {
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
            plain(&stream.src),
            plain(match &stream.via {
                Some(via) => format!("{} ({})", stream.dst, via.channel.as_deref().unwrap_or(via.turn)),
                None => stream.dst.clone(),
            }),
        ]
    };
    Table { columns, rows: streams.iter().map(row).collect() }
}

fn what(stream: &StreamFacts) -> String {
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

fn times(streams: &[StreamFacts]) -> Table {
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
            figure(stream.drift_ppm, 0),
            figure(stream.mos.value, 2),
        ]
    };
    Table { columns, rows: streams.iter().map(row).collect() }
}

fn senders(rows: &[SenderFacts]) -> Table {
    let columns = vec![
        ("ssrc", Align::Left),
        ("packets", Align::Right),
        ("blocks", Align::Left),
        ("cname", Align::Left),
        ("from", Align::Left),
        ("to", Align::Left),
    ];
    let row = |sender: &SenderFacts| {
        let blocks = match sender.encrypted {
            true => "SRTCP: cannot be read without keys".to_owned(),
            false => {
                let counts: Vec<_> = sender
                    .counts
                    .iter()
                    .map(|(kind, n)| format!("{n} {}", kind.name().replace('_', " ")))
                    .collect();
                counts.join(", ")
            }
        };
        vec![
            plain(ssrc(sender.ssrc)),
            plain(sender.packets.to_string()),
            plain(blocks),
            plain(sender.cname.clone().unwrap_or_default()),
            plain(sender.src.to_string()),
            plain(sender.dst.to_string()),
        ]
    };
    Table { columns, rows: rows.iter().map(row).collect() }
}

fn reported(rows: &[SenderFacts]) -> Table {
    let columns = vec![
        ("reporter", Align::Left),
        ("about", Align::Left),
        ("blocks", Align::Right),
        ("lost", Align::Right),
        ("worst %", Align::Right),
        ("jitter ms", Align::Right),
        ("NACK", Align::Right),
        ("numbers", Align::Right),
        ("PLI, FIR", Align::Right),
        ("towards", Align::Left),
    ];
    let row = |sender: &SenderFacts, pair: &PairFacts| {
        let requests = pair.counts.of(Feedback::Pli) + pair.counts.of(Feedback::Fir);
        vec![
            plain(ssrc(sender.ssrc)),
            plain(ssrc(pair.source)),
            plain(pair.blocks.to_string()),
            plain(pair.cumulative_lost.map_or_else(String::new, |lost| lost.to_string())),
            figure(Some(pair.fraction_lost_max_pct), 1),
            figure(pair.jitter_max_ms, 1),
            plain(pair.counts.of(Feedback::Nack).to_string()),
            plain(pair.nack_numbers.to_string()),
            plain(requests.to_string()),
            plain(sender.dst.to_string()),
        ]
    };
    let pairs = rows.iter().flat_map(|sender| sender.reports.iter().map(move |pair| row(sender, pair)));
    Table { columns, rows: pairs.collect() }
}

fn round_trips(reports: &ReportFacts) -> Table {
    let columns = vec![
        ("part", Align::Left),
        ("by", Align::Left),
        ("n", Align::Right),
        ("min ms", Align::Right),
        ("median", Align::Right),
        ("p95", Align::Right),
        ("max", Align::Right),
        ("between", Align::Left),
        ("and", Align::Left),
    ];
    let row = |trip: &RoundTrip| {
        let spread = &trip.spread;
        vec![
            plain(trip.leg.name()),
            plain(trip.method.name()),
            plain(spread.n.to_string()),
            figure(Some(spread.min_ms), 1),
            figure(Some(spread.p50_ms), 1),
            figure(Some(spread.p95_ms), 1),
            figure(Some(spread.max_ms), 1),
            plain(trip.src.to_string()),
            plain(trip.dst.to_string()),
        ]
    };
    Table { columns, rows: reports.rtt.iter().map(row).collect() }
}
