//! The whole of an analysis: `analyze/1`, and its text.

mod judged;
mod media;
mod pictures;
mod reports;
mod rows;
mod streams;
mod timeline;
mod transport;

use std::collections::BTreeMap;

use serde::Serialize;

use super::calls::CallFacts;
use super::facts::{Classes, NotCountedFacts, StreamFacts};
use super::limits::Limits;
use super::listing::Filter;
use super::media::MediaFacts;
use super::reports::{ReportFacts, Sync};
use super::side::Sides;
use super::timeline::Timeline;
use super::transport::TransportFacts;
use super::{Analysis, Window};
use crate::capture::{Decoder, Ending, Reader, Refusal, Time};
use crate::finding::{Exit, FailOn, Finding, Verdict};
use crate::metric::{Judgement, Metric};
use crate::report::{Block, Cell, Document, Picture, Report, Rows, Tone};

pub use judged::Judge;

/// One capture file.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
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
    /// Datagrams that could not be delivered, as ICMP says, by their addresses.
    pub unreachable: Vec<UnreachableFacts>,
}

/// What somebody sent word of that it cannot be delivered.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct UnreachableFacts {
    /// Who says so.
    pub by: std::net::IpAddr,
    /// Who had sent it.
    pub src: std::net::SocketAddr,
    /// Where it was to go.
    pub dst: std::net::SocketAddr,
    /// `port`, `host` or `prohibited`.
    pub reason: &'static str,
    /// How many messages say so.
    pub packets: u64,
    /// The first, in seconds since the first packet of all.
    pub first_s: f64,
    /// The last, in seconds since the first packet of all.
    pub last_s: f64,
    /// The packet that the first is.
    pub first_frame: u64,
    /// The last packet that says so.
    pub last_frame: u64,
    /// When the first and the last came.
    #[serde(skip)]
    pub(super) times: (Time, Time),
}

impl UnreachableFacts {
    fn of(refusal: &Refusal) -> Self {
        Self {
            by: refusal.by,
            src: refusal.src,
            dst: refusal.dst,
            reason: refusal.what.word(),
            packets: refusal.packets,
            first_s: 0.0,
            last_s: 0.0,
            first_frame: refusal.first.1.number,
            last_frame: refusal.last.1.number,
            times: (refusal.first.0, refusal.last.0),
        }
    }
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
            unreachable: decoder.refusals().iter().map(UnreachableFacts::of).collect(),
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct DecryptionFacts {
    /// Secrets of TLS 1.3, which cannot be used.
    pub unsupported_keys: u64,
    /// SRTP and SRTCP packets.
    pub opened: u64,
    /// Those that no key fits.
    pub refused: u64,
}

/// What came of it.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Summary {
    /// In a word.
    pub verdict: Verdict,
    /// What the process exits with.
    pub exit: Exit,
    /// What went wrong, the gravest first.
    pub findings: Vec<Finding>,
    /// How each `--max` and `--min` came out.
    pub thresholds: Vec<Judgement>,
    /// From when on something is a finding.
    pub limits: Limits,
    /// Where the capture was taken, as the user says.
    pub side: Sides,
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
    /// Calls that SIP set up.
    pub sip_calls: Vec<CallFacts>,
    /// What is below the media.
    #[serde(flatten)]
    pub transport: TransportFacts,
    /// What keys opened.
    pub decryption: Option<DecryptionFacts>,
    /// What looks like RTP and is not counted as a stream, by reason.
    pub not_counted: NotCountedFacts,
    /// The part that was asked for, where it is not the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shown: Option<Shown>,
    /// Streams over time, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeline: Option<Timeline>,
    /// The same for pictures.
    #[serde(skip)]
    drawn: Option<Timeline>,
    #[serde(skip)]
    metrics: Vec<Metric>,
    #[serde(skip)]
    fail_on: FailOn,
    /// Nothing is there, or too little, that could be judged.
    #[serde(skip)]
    is_empty: bool,
}

/// What part of a capture is shown.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Shown {
    /// Seconds since the first packet: RTP and RTCP before do not count.
    pub from_s: Option<f64>,
    /// Nor do those behind.
    pub to_s: Option<f64>,
    /// Only these sources, as `0x%08x`; all where none is named.
    pub ssrcs: Vec<String>,
    /// Only streams with one of these payload types; all where none is named.
    pub payload_types: Vec<u8>,
}

impl Summary {
    /// Of a finished analysis, by the usual limits.
    #[must_use]
    pub fn new(captures: Vec<CaptureFacts>, analysis: &Analysis) -> Self {
        Self::judged(captures, analysis, Judge::default())
    }

    /// Of a finished analysis, held against what somebody says.
    #[must_use]
    pub fn judged(mut captures: Vec<CaptureFacts>, analysis: &Analysis, judge: Judge) -> Self {
        let bounds = analysis.bounds();
        if let Some((start, _)) = bounds {
            let all = captures.iter_mut().flat_map(|capture| &mut capture.unreachable);
            let seconds = |at: Time| at.seconds_since(start);
            all.for_each(|of| (of.first_s, of.last_s) = (seconds(of.times.0), seconds(of.times.1)));
        }
        let mut streams = analysis.stream_facts();
        let side = Sides::new(judge.side, &streams);
        for stream in &mut streams {
            let from = side.of(stream);
            stream.seen_from(from);
        }
        let not_counted = analysis.detector().not_counted().iter();
        let mut new = Self {
            verdict: Verdict::Pass,
            exit: Exit::Healthy,
            findings: Vec::new(),
            thresholds: Vec::new(),
            limits: judge.limits.clone(),
            side,
            metrics: Vec::new(),
            captures,
            start_unix_s: bounds.map(|(start, _)| start.seconds_since(Time(0))),
            duration_s: bounds.map_or(0.0, |(start, end)| end.seconds_since(start)),
            clock_steps: analysis.clock_steps(),
            datagrams: analysis.classes(),
            media: analysis.media_facts(&streams),
            sync: analysis.sync_facts(&streams),
            packets_not_kept: analysis.not_kept(),
            reports: analysis.report_facts(&streams),
            sip_calls: analysis.call_facts(),
            transport: analysis.transport_facts(),
            decryption: analysis.decryption().map(|of| DecryptionFacts {
                unsupported_keys: of.keys().unsupported(),
                opened: of.opened(),
                refused: of.refused(),
            }),
            streams,
            not_counted: not_counted.map(|(reason, count)| (reason.word(), *count)).collect(),
            shown: None,
            timeline: None,
            drawn: None,
            fail_on: judge.fail_on,
            is_empty: false,
        };
        new.judge(analysis, &judge);
        new
    }

    /// It was stopped before the capture's end.
    #[must_use]
    pub fn interrupted(mut self) -> Self {
        self.exit = self.exit.and(Exit::Interrupted);
        self
    }

    /// Adds the streams over time; `detailed`: row by row for people, too.
    #[must_use]
    pub fn over_time(mut self, analysis: &Analysis, detailed: bool) -> Self {
        let timeline = analysis.timeline(&self.streams);
        self.timeline = Some(Timeline { detailed, ..timeline });
        self
    }

    /// Leaves out streams and reports that are not wanted, and says so.
    #[must_use]
    pub fn narrowed(mut self, filter: &Filter, window: Window) -> Self {
        if filter.is_open() && window.is_whole() {
            return self;
        }
        let wanted: Vec<String> = filter.ssrcs.iter().map(|ssrc| super::facts::ssrc(*ssrc)).collect();
        let of_type =
            |stream: &StreamFacts| stream.payload_types.iter().any(|number| filter.takes_type(*number));
        self.streams.retain(|stream| (wanted.is_empty() || wanted.contains(&stream.ssrc)) && of_type(stream));
        let is_left = |id: &String| self.streams.iter().any(|stream| stream.id == *id);
        self.media.retain(|media| media.streams.iter().any(is_left));
        self.sync.retain(|sync| {
            let of = |ssrc: u32| self.streams.iter().any(|stream| stream.ssrc == super::facts::ssrc(ssrc));
            of(sync.audio_ssrc) || of(sync.video_ssrc)
        });
        for timeline in [&mut self.timeline, &mut self.drawn].into_iter().flatten() {
            timeline.streams.retain(|line| self.streams.iter().any(|stream| stream.id == line.stream));
        }
        // Reports are about streams: those of a type are, too.
        let sources: Vec<u32> = match filter.payload_types.is_empty() {
            true => filter.ssrcs.clone(),
            false => self.streams.iter().filter_map(|stream| number(&stream.ssrc)).collect(),
        };
        if !filter.is_open() {
            self.reports.rtcp.retain(|sender| {
                sources.contains(&sender.ssrc) || sender.reports.iter().any(|of| sources.contains(&of.source))
            });
        }
        self.judge_what_is_left(window);
        let seconds = |ns: i64| ns as f64 / 1e9;
        self.shown = Some(Shown {
            from_s: window.from_ns.map(seconds),
            to_s: window.to_ns.map(seconds),
            ssrcs: wanted,
            payload_types: filter.payload_types.clone(),
        });
        self
    }

    fn notes(&self) -> Vec<String> {
        let mut notes: Vec<String> = self.shown.iter().flat_map(Shown::notes).collect();
        for capture in &self.captures {
            if !capture.skipped.is_empty() {
                let reasons = capture.skipped.iter().map(|(reason, count)| format!("{count} {reason}"));
                let reasons: Vec<_> = reasons.collect();
                notes.push(format!("{}: skipped {}", capture.file, reasons.join(", ")));
            }
        }
        notes.extend(self.side_note());
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
            let many = |count: u64, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
            let sources = match count.sources {
                0 => String::new(),
                sources => format!(" of {}", many(sources, "source")),
            };
            let (look, why) = in_words(reason);
            let verb = if count.packets == 1 { "looks" } else { "look" };
            let are = if count.packets == 1 { "is" } else { "are" };
            let packets = many(count.packets, "packet");
            notes.push(format!("{packets}{sources} {verb} like {look} and {are} not counted: {why}"));
        }
        notes
    }
}

impl Report for Summary {
    const SCHEMA: &'static str = "analyze/1";

    fn document(&self) -> Document {
        let mut blocks = vec![Block::Verdict(self.verdict_line())];
        if !self.findings.is_empty() {
            blocks.extend(judged::shown(&self.findings));
        }
        if !self.thresholds.is_empty() {
            blocks.push(Block::Heading("Limits".to_owned()));
            blocks.push(Block::Table(judged::table(&self.thresholds)));
        }
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
        if let Some(timeline) = &self.timeline {
            blocks.extend(timeline::blocks(timeline, &self.streams));
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
        let mut transport = transport::items(&self.transport);
        transport.splice(0..0, transport::calls(&self.sip_calls));
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

    fn metrics(&self) -> Vec<Metric> {
        self.metrics.clone()
    }

    fn thresholds(&self) -> Vec<Judgement> {
        self.thresholds.clone()
    }

    fn pictures(&self) -> Vec<Picture> {
        pictures::pictures(self)
    }

    fn findings(&self) -> Option<&[Finding]> {
        Some(&self.findings)
    }

    fn subjects(&self) -> Vec<String> {
        // A file whose streams have findings is not one in which nothing was found.
        let captures = self.captures.iter().filter(|_| self.findings.is_empty());
        let captures = captures.map(|capture| capture.file.clone());
        captures.chain(self.streams.iter().map(super::rules::subject)).collect()
    }

    fn exit(&self) -> Exit {
        self.exit
    }

    fn lines(&self, whole: &serde_json::Value) -> Vec<serde_json::Value> {
        match self.timeline {
            Some(_) => rows::interval_lines(whole),
            None => vec![whole.clone()],
        }
    }

    fn rows(&self, whole: &serde_json::Value) -> Option<Rows> {
        Some(match self.timeline {
            Some(_) => rows::intervals(whole),
            None => rows::streams(whole),
        })
    }
}

impl Shown {
    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.from_s.is_some() || self.to_s.is_some() {
            let from = self.from_s.map_or_else(|| "the beginning".to_owned(), |from| format!("{from} s"));
            let to = self.to_s.map_or_else(|| "the end".to_owned(), |to| format!("{to} s"));
            notes.push(format!(
                "only RTP and RTCP from {from} to {to} is counted; what is below them is read from the beginning on"
            ));
        }
        let types: Vec<_> = self.payload_types.iter().map(u8::to_string).collect();
        for (name, values) in [("source", &self.ssrcs), ("payload type", &types)] {
            if !values.is_empty() {
                notes.push(format!("only what is of {name} {} is shown", values.join(", ")));
            }
        }
        notes
    }
}

/// Why something is not counted.
fn in_words(reason: &str) -> (&'static str, &str) {
    match reason {
        "port_of_another_protocol" => ("RTP", "the port is that of another protocol"),
        "ssrc_0_without_context" => ("RTP", "the source is 0, and nothing else says that media flows there"),
        "payload_types" => ("RTP", "the payload types are too many for one stream"),
        "sequence_numbers" => ("RTP", "the numbers do not follow one another"),
        "too_few_packets" => ("RTP", "too few of a source to tell"),
        "too_many_sources" => ("RTP", "too many sources at once"),
        "malformed_header" => ("RTP", "the header does not fit the packet"),
        "no_rtcp" => ("RTCP", "no report can be read from it"),
        other => ("RTP", other),
    }
}

fn number(ssrc: &str) -> Option<u32> {
    u32::from_str_radix(ssrc.strip_prefix("0x")?, 16).ok()
}

pub(super) fn plain(text: impl Into<String>) -> Cell {
    Cell::new(text, Tone::Plain)
}

pub(super) fn figure(value: Option<f64>, digits: usize) -> Cell {
    let text = value.map_or_else(String::new, |value| format!("{value:.digits$}"));
    // What rounds to nothing has no sign.
    let is_nothing = text.starts_with('-') && !text.contains(|c: char| ('1'..='9').contains(&c));
    plain(if is_nothing { text[1..].to_owned() } else { text })
}
