//! How a call goes while it goes on: what changed since the last interval, by the capture's clock.

use std::collections::{BTreeSet, HashMap};

use serde::Serialize;
use serde_json::Value;

use super::facts::{self, round};
use super::leg::Leg;
use super::listing::Filter;
use super::summary::{Judge, Summary};
use super::{Analysis, Found};
use crate::capture::Time;
use crate::finding::{Exit, Finding};
use crate::report::{Block, Cell, Document, Line, Report, Rows, Tone};

/// With more streams findings wait for the end: to judge them all takes time that packets do not wait.
const MOST_JUDGED: usize = 512;

/// Follows an analysis from interval to interval.
#[derive(Debug)]
pub struct Live {
    filter: Filter,
    judge: Judge,
    interval_ns: i64,
    first: Option<Time>,
    began: Time,
    before: HashMap<(Leg, u32), Counters>,
    /// What was found at the last look, and what was told.
    seen: BTreeSet<(String, String)>,
    told: BTreeSet<(String, String)>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Counters {
    packets: u64,
    bytes: u64,
    missing: u64,
    expected: u64,
    reordered: u64,
}

/// What happened in an interval.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct LiveRow {
    record: &'static str,
    /// When it began, in seconds since the first packet.
    pub at_s: f64,
    /// How long it was.
    pub interval_s: f64,
    /// Streams with packets in it.
    pub streams: u64,
    /// Their packets.
    pub packets: u64,
    /// Packets a second.
    pub packet_rate: f64,
    /// RTP packets, headers included.
    pub bitrate_bps: f64,
    /// Numbers that were passed over and have not come; some may yet.
    pub lost: u64,
    /// Of those that were to arrive.
    pub loss_pct: f64,
    /// Packets behind one that was sent later.
    pub reordered: u64,
    /// The highest jitter of a stream at its end; `None` where no clock is known.
    pub jitter_max_ms: Option<f64>,
    /// Whose that is.
    pub jitter_ssrc: Option<String>,
    /// Streams that were recognised in it.
    pub began: Vec<Begun>,
    /// What was found out in it.
    pub findings: Vec<Finding>,
}

/// A stream that began.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Begun {
    ssrc: String,
    payload_type: u8,
    codec: Option<String>,
    src: std::net::SocketAddr,
    dst: std::net::SocketAddr,
}

const COLUMNS: &[&str] = &[
    "at_s",
    "interval_s",
    "streams",
    "packets",
    "packet_rate",
    "bitrate_bps",
    "lost",
    "loss_pct",
    "reordered",
    "jitter_max_ms",
    "jitter_ssrc",
];

impl Live {
    /// With intervals of so many nanoseconds.
    #[must_use]
    pub fn new(interval_ns: i64, filter: Filter, judge: Judge) -> Self {
        Self {
            filter,
            judge,
            interval_ns: interval_ns.max(1),
            first: None,
            began: Time::default(),
            before: HashMap::new(),
            seen: BTreeSet::new(),
            told: BTreeSet::new(),
        }
    }

    /// A packet of this time is the next: what was before it, if an interval is over.
    pub fn next(&mut self, at: Time, analysis: &Analysis) -> Option<LiveRow> {
        if self.first.is_none() {
            (self.first, self.began) = (Some(at), at);
            return None;
        }
        let passed = at.since(self.began) / self.interval_ns;
        if passed < 1 {
            return None;
        }
        // Several where nothing came for so long; the next begins where it would have begun.
        let length = passed.saturating_mul(self.interval_ns);
        Some(self.close(length, analysis))
    }

    /// What came since the last interval ended, at the end of all.
    pub fn finish(&mut self, analysis: &Analysis) -> Option<LiveRow> {
        let (_, end) = analysis.bounds()?;
        let length = end.since(self.began);
        (length > 0).then(|| self.close(length, analysis))
    }

    fn close(&mut self, length_ns: i64, analysis: &Analysis) -> LiveRow {
        let seconds = length_ns as f64 / 1e9;
        let mut row = LiveRow {
            record: "interval",
            at_s: round(self.began.seconds_since(self.first.unwrap_or_default()), 6),
            interval_s: round(seconds, 6),
            streams: 0,
            packets: 0,
            packet_rate: 0.0,
            bitrate_bps: 0.0,
            lost: 0,
            loss_pct: 0.0,
            reordered: 0,
            jitter_max_ms: None,
            jitter_ssrc: None,
            began: Vec::new(),
            findings: Vec::new(),
        };
        self.began = Time(self.began.0.saturating_add(length_ns));
        let (mut bytes, mut expected) = (0, 0);
        for found in analysis.streams() {
            let payload_type = found.stream.last().payload_type;
            if !self.filter.takes(found.ssrc) || !self.filter.takes_type(payload_type) {
                continue;
            }
            let now = Counters::of(&found);
            let before = self.before.insert((*found.leg, found.ssrc), now);
            if before.is_none() {
                row.began.push(Begun::of(&found, analysis));
            }
            let before = before.unwrap_or_default();
            let packets = now.packets - before.packets;
            if packets == 0 {
                continue;
            }
            row.streams += 1;
            row.packets += packets;
            bytes += now.bytes - before.bytes;
            row.lost += now.missing.saturating_sub(before.missing);
            expected += now.expected.saturating_sub(before.expected);
            row.reordered += now.reordered - before.reordered;
            let jitter = analysis.clock_rate(&found).and_then(|rate| found.stream.jitter().at(rate));
            if let Some(ms) = jitter.map(|jitter| round(jitter.last, 3))
                && row.jitter_max_ms.is_none_or(|most| ms > most)
            {
                (row.jitter_max_ms, row.jitter_ssrc) = (Some(ms), Some(facts::ssrc(found.ssrc)));
            }
        }
        row.packet_rate = round(row.packets as f64 / seconds, 1);
        row.bitrate_bps = (bytes as f64 * 8.0 / seconds).round();
        if expected > 0 {
            row.loss_pct = round((row.lost as f64 * 100.0 / expected as f64).min(100.0), 2);
        }
        row
    }

    /// Whether it is worth while to look for findings now.
    #[must_use]
    pub fn judges(&self) -> bool {
        self.before.len() <= MOST_JUDGED
    }

    /// What it is held against, at each look and at the end.
    #[must_use]
    pub fn judge(&self) -> &Judge {
        &self.judge
    }

    /// The findings that were there at the last look, too, and have not been told: what is half seen comes and goes.
    pub fn fresh(&mut self, summary: &Summary) -> Vec<Finding> {
        let findings = summary.findings().unwrap_or_default();
        let key = |finding: &Finding| (finding.code.to_owned(), finding.subject.clone());
        let fresh = findings.iter().filter(|finding| {
            let key = key(finding);
            self.seen.contains(&key) && self.told.insert(key)
        });
        let fresh = fresh.cloned().collect();
        self.seen = findings.iter().map(key).collect();
        fresh
    }
}

impl Counters {
    fn of(found: &Found<'_>) -> Self {
        let sequence = found.stream.sequence();
        Self {
            packets: sequence.packets(),
            bytes: found.stream.bytes(),
            missing: sequence.missing(),
            expected: sequence.expected(),
            reordered: sequence.reordered(),
        }
    }
}

impl Begun {
    fn of(found: &Found<'_>, analysis: &Analysis) -> Self {
        let payload_type = found.stream.first().payload_type;
        let (src, dst) = (found.leg.src, found.leg.dst);
        let payload = analysis.payloads().payload(payload_type, found.ssrc, src, dst);
        let codec = payload.map(|(payload, _)| payload.name);
        Self { ssrc: facts::ssrc(found.ssrc), payload_type, codec, src, dst }
    }

    fn words(&self) -> String {
        let codec = self.codec.as_ref().map(|codec| format!(" {codec}")).unwrap_or_default();
        format!("new: {} ({}{codec}) {} > {}", self.ssrc, self.payload_type, self.src, self.dst)
    }
}

impl LiveRow {
    fn line(&self) -> Line {
        let loss = match self.loss_pct {
            loss if loss >= 5.0 => Tone::Bad,
            loss if loss >= 1.0 => Tone::Warn,
            _ => Tone::Plain,
        };
        let streams = if self.streams == 1 { "stream " } else { "streams" };
        let mut groups = vec![
            vec![Cell::from(format!("{:>2} {streams}", self.streams))],
            vec![format!("{:>5.0} pkt/s", self.packet_rate).into()],
            vec![format!("{:>6.0} kbit/s", self.bitrate_bps / 1e3).into()],
            vec![Cell::new(format!("lost {:>2} {:>4.1} %", self.lost, self.loss_pct), loss)],
        ];
        if let Some(ms) = self.jitter_max_ms {
            groups.push(vec![format!("jitter {ms:.1} ms").into()]);
        }
        let below = self.began.iter().map(|begun| Cell::new(begun.words(), Tone::Dim)).collect();
        Line {
            head: Cell::from(format!("{:>7.1}s", self.at_s + self.interval_s)),
            groups,
            below,
            ..Line::default()
        }
    }
}

impl Report for LiveRow {
    const SCHEMA: &'static str = "analyze/1";

    fn document(&self) -> Document {
        let mut blocks = vec![Block::Log(vec![self.line()])];
        if !self.findings.is_empty() {
            blocks.push(Block::Findings(self.findings.clone()));
        }
        Document { blocks }
    }

    fn rows(&self, whole: &Value) -> Option<Rows> {
        Some(Rows { columns: COLUMNS, objects: vec![whole.clone()] })
    }

    fn exit(&self) -> Exit {
        Exit::Healthy
    }
}

/// Nothing has come for a while, by the clock on the wall.
#[derive(Debug, Clone, Copy, Serialize, schemars::JsonSchema)]
pub struct Idle {
    /// What this line is.
    pub record: &'static str,
    /// For how long.
    pub idle_s: f64,
}

impl Report for Idle {
    const SCHEMA: &'static str = "analyze/1";

    fn document(&self) -> Document {
        let groups = vec![vec![Cell::new(format!("nothing came for {:.1} s", self.idle_s), Tone::Warn)]];
        let line = Line { head: " ".repeat(8).into(), groups, ..Line::default() };
        Document { blocks: vec![Block::Log(vec![line])] }
    }

    fn rows(&self, _: &Value) -> Option<Rows> {
        Some(Rows { columns: COLUMNS, objects: Vec::new() })
    }

    fn exit(&self) -> Exit {
        Exit::Healthy
    }
}

/// The summary, after the intervals.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct End(pub Summary);

impl Report for End {
    const SCHEMA: &'static str = Summary::SCHEMA;

    fn document(&self) -> Document {
        self.0.document()
    }

    /// A table has the intervals, and no room for anything else.
    fn rows(&self, _: &Value) -> Option<Rows> {
        Some(Rows { columns: COLUMNS, objects: Vec::new() })
    }

    fn findings(&self) -> Option<&[Finding]> {
        self.0.findings()
    }

    fn subjects(&self) -> Vec<String> {
        self.0.subjects()
    }

    fn unread(&self) -> Vec<crate::report::Unread> {
        self.0.unread()
    }

    fn pictures(&self) -> Vec<crate::report::Picture> {
        self.0.pictures()
    }

    fn metrics(&self) -> Vec<crate::metric::Metric> {
        self.0.metrics()
    }

    fn thresholds(&self) -> Vec<crate::metric::Judgement> {
        self.0.thresholds()
    }

    fn exit(&self) -> Exit {
        self.0.exit()
    }
}
