//! The whole of an analysis: `analyze/1`, and its text.

mod media;
mod reports;
mod streams;
mod transport;

use std::collections::BTreeMap;

use serde::Serialize;

use super::Analysis;
use super::facts::{Classes, NotCountedFacts, StreamFacts};
use super::media::MediaFacts;
use super::reports::{ReportFacts, Sync};
use super::transport::TransportFacts;
use crate::capture::{Decoder, Ending, Reader, Time};
use crate::finding::Exit;
use crate::report::{Block, Cell, Document, Report, Tone};

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

/// What keys opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DecryptionFacts {
    /// Secrets of TLS 1.3, which cannot be used.
    pub unsupported_keys: u64,
    /// SRTP and SRTCP packets.
    pub opened: u64,
    /// Those that no key fits.
    pub refused: u64,
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
    /// What is one flow: legs, layers and repairs of one sender's audio or video.
    pub media: Vec<MediaFacts>,
    /// How far audio is ahead of video.
    pub sync: Vec<Sync>,
    /// Packets of more legs and streams than are kept.
    pub packets_not_kept: u64,
    /// What RTCP says.
    #[serde(flatten)]
    pub reports: ReportFacts,
    /// What is below the media.
    #[serde(flatten)]
    pub transport: TransportFacts,
    /// What keys opened.
    pub decryption: Option<DecryptionFacts>,
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
            media: analysis.media_facts(&streams),
            sync: analysis.sync_facts(&streams),
            packets_not_kept: analysis.not_kept(),
            reports: analysis.report_facts(&streams),
            transport: analysis.transport_facts(),
            decryption: analysis.decryption().map(|of| DecryptionFacts {
                unsupported_keys: of.keys().unsupported(),
                opened: of.opened(),
                refused: of.refused(),
            }),
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
        if let Some(of) = &self.decryption {
            notes.push(format!("keys opened {} SRTP and SRTCP packets, and {} not", of.opened, of.refused));
            if of.unsupported_keys > 0 {
                let count = of.unsupported_keys;
                notes.push(format!("{count} of the keys are of (D)TLS 1.3, which is not supported"));
            }
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
            blocks.push(Block::Table(streams::counts(&self.streams)));
            blocks.push(Block::Heading("Times".to_owned()));
            blocks.push(Block::Table(streams::times(&self.streams)));
        }
        if media::says_more(&self.media) {
            blocks.push(Block::Heading("Media".to_owned()));
            blocks.push(Block::Table(media::flows(&self.media)));
        }
        let keys = media::keys(&self.streams);
        if !keys.is_empty() {
            blocks.push(Block::Heading("Keys (DTMF)".to_owned()));
            blocks.push(Block::List { numbered: false, items: keys });
        }
        if !self.sync.is_empty() {
            blocks.push(Block::Heading("Lip sync, where the capture was taken".to_owned()));
            blocks.push(Block::Table(media::lip_sync(&self.sync)));
        }
        if !self.reports.rtcp.is_empty() {
            blocks.push(Block::Heading("Reports (RTCP)".to_owned()));
            blocks.push(Block::Table(reports::senders(&self.reports.rtcp)));
        }
        let reported = reports::reported(&self.reports.rtcp);
        if !reported.rows.is_empty() {
            blocks.push(Block::Heading("What receivers report".to_owned()));
            blocks.push(Block::Table(reported));
        }
        if !self.reports.rtt.is_empty() {
            blocks.push(Block::Heading("Round trips".to_owned()));
            blocks.push(Block::Table(reports::round_trips(&self.reports)));
        }
        let transport = transport::items(&self.transport);
        if !transport.is_empty() {
            blocks.push(Block::Heading("Transport".to_owned()));
            blocks.push(Block::List { numbered: false, items: transport });
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

pub(super) fn plain(text: impl Into<String>) -> Cell {
    Cell::new(text, Tone::Plain)
}

pub(super) fn figure(value: Option<f64>, digits: usize) -> Cell {
    plain(value.map_or_else(String::new, |value| format!("{value:.digits$}")))
}
