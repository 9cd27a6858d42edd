//! What reports say, in JSON.

use std::net::SocketAddr;

use serde::{Serialize, Serializer};

use super::kind::Counts;
use super::pair::{Point, Told};
use super::round_trip::RoundTrip;
use super::transport_wide::TransportWideFacts;
use crate::analyze::leg::LegId;
use crate::analyze::spread::Quantiles;
use crate::capture::Frame;

/// An SSRC as Wireshark shows it.
pub(super) fn hex<S: Serializer>(ssrc: &u32, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("0x{ssrc:08x}"))
}

/// All that RTCP says in a capture.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ReportFacts {
    /// One row a sender and leg.
    pub rtcp: Vec<SenderFacts>,
    /// Round trips.
    pub rtt: Vec<RoundTrip>,
    /// The sums.
    pub rtcp_totals: Totals,
}

/// Sums over all senders.
#[derive(Debug, Clone, Default, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Totals {
    /// Packets in clear.
    pub packets: u64,
    /// Packets of SRTCP, that could not be read.
    pub encrypted: u64,
    /// Packets in clear in which no block could be found.
    pub unreadable: u64,
    /// Packets that begin with neither SR nor RR (RFC 5506).
    pub reduced_size: u64,
    /// Packets behind whose blocks stand bytes of no block.
    pub trailing: u64,
    /// Blocks by kind.
    pub counts: Counts,
    /// Sequence numbers that were asked for again.
    pub nack_numbers: u64,
    /// Answers that came before what they answer: reports whose delays cannot be believed.
    pub impossible_delays: u64,
    /// Blocks of senders, and on sources, beyond as many as are kept.
    pub not_kept: u64,
}

/// What one sender sent over one leg.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SenderFacts {
    /// The sender.
    #[serde(serialize_with = "hex")]
    #[schemars(with = "String")]
    pub ssrc: u32,
    /// From where.
    pub src: SocketAddr,
    /// To where.
    pub dst: SocketAddr,
    /// Within which channel of TURN.
    pub channel: Option<u16>,
    /// The leg.
    #[serde(skip)]
    pub leg_id: LegId,
    /// Its name that stays, whatever its SSRC.
    pub cname: Option<String>,
    /// The identifier of its media section, from SDES.
    pub mid: Option<String>,
    /// The identifier of its encoding, from SDES.
    pub rid: Option<String>,
    /// Whether it sent SRTCP, of which only the first header is plain.
    pub encrypted: bool,
    /// Packets that begin with a block of this sender.
    pub packets: u64,
    /// When the first came, in seconds of the capture.
    pub first_seen_s: f64,
    /// When the last came.
    pub last_seen_s: f64,
    /// The packet of the file that the first was in.
    pub first_frame: u64,
    /// The packet of the file that the last was in.
    pub last_frame: u64,
    /// Blocks by kind; of SRTCP none is known.
    pub counts: Counts,
    /// Packets of SRTCP by the type of their first block.
    pub encrypted_first: std::collections::BTreeMap<u8, u64>,
    /// What its sender reports say.
    pub sender: Option<SenderReports>,
    /// When it left.
    pub goodbyes: Vec<GoodbyeFacts>,
    /// What it can receive, as it estimates (REMB).
    pub remb: Option<EstimateFacts>,
    /// What it says of the packets of the transport.
    pub transport_cc: Option<TransportWideFacts>,
    /// What it says of sources.
    pub reports: Vec<PairFacts>,
}

/// What sender reports say.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SenderReports {
    /// Packets sent, as the last report says.
    pub packets_sent: u32,
    /// Bytes of payload sent, as the last report says.
    pub octets_sent: u32,
    /// Between two reports, where they were captured.
    pub spacing: Option<Quantiles>,
    /// Units of the media's clock a second of the sender's own.
    pub rtp_hz: Option<f64>,
    /// How much faster than its rate that is, in parts per million; `None` where the rate is not known, or another.
    pub clock_drift_ppm: Option<f64>,
    /// The standard error of that: a drift that is not several times as large is none.
    pub clock_drift_error_ppm: Option<f64>,
    /// Reports whose RTP time went back while NTP time went on.
    pub rtp_time_back: u64,
    /// Reports whose NTP time went back.
    pub ntp_time_back: u64,
}

/// A source that left.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct GoodbyeFacts {
    /// The source.
    #[serde(serialize_with = "hex")]
    #[schemars(with = "String")]
    pub source: u32,
    /// When, in seconds of the capture.
    pub at_s: f64,
    /// In which packet.
    pub frame: u64,
    /// Why.
    pub reason: Option<String>,
}

/// Estimates of what can be received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct EstimateFacts {
    /// How many.
    pub n: u64,
    /// The lowest, in bits a second.
    pub min_bps: u64,
    /// The highest.
    pub max_bps: u64,
    /// The last.
    pub last_bps: u64,
}

/// Requests of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct RequestFacts {
    /// When the first came, in seconds of the capture.
    pub first_s: f64,
    /// When the last came.
    pub last_s: f64,
    /// The packet of the file that the first was in.
    pub first_frame: u64,
    /// The packet of the file that the last was in.
    pub last_frame: u64,
    /// The most that came within five seconds; 64 stands for more.
    pub most_in_5s: usize,
}

/// What one receiver says of one source.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct PairFacts {
    /// The source.
    #[serde(serialize_with = "hex")]
    #[schemars(with = "String")]
    pub source: u32,
    /// Report blocks.
    pub blocks: u64,
    /// Packets lost since the beginning, as the last says; negative where more came than were expected.
    pub cumulative_lost: Option<i32>,
    /// Packets that should have come between the first report and the last.
    pub interval_expected: u64,
    /// Packets that did not; negative where some came twice.
    pub interval_lost: i64,
    /// Lost of those expected; `None` where there was no interval.
    pub interval_loss_pct: Option<f64>,
    /// The interval with the largest loss.
    pub worst_interval: Option<IntervalFacts>,
    /// The largest loss that it states itself, of one interval.
    pub fraction_lost_max_pct: f64,
    /// Jitter as the last says, in units of the media's clock.
    pub jitter_last_units: Option<u32>,
    /// The largest jitter, in units of the media's clock.
    pub jitter_max_units: u32,
    /// The same in milliseconds, where the clock rate is known.
    pub jitter_max_ms: Option<f64>,
    /// Feedback by kind.
    pub counts: Counts,
    /// Sequence numbers asked for again, each as often as it was.
    pub nack_numbers: u64,
    /// Each once, as all who watch asked for them; `None` where more were asked for than are kept.
    pub nack_distinct: Option<u64>,
    /// When they were asked for.
    pub nacks: Option<RequestFacts>,
    /// When whole pictures were asked for, by PLI or FIR.
    pub picture_requests: Option<RequestFacts>,
    /// What feedback of RFC 8888 says.
    pub congestion_control: Option<Told>,
    /// The bit rate asked for last (TMMBR).
    pub tmmbr_bps: Option<u64>,
    /// What a phone said last of the call.
    pub voip_metrics: Option<crate::rtcp::VoipMetrics>,
    /// Report blocks over time.
    #[serde(skip)]
    pub points: Vec<Point>,
}

/// What was lost between two reports.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct IntervalFacts {
    /// When it ended, in seconds of the capture.
    pub at_s: f64,
    /// In which packet.
    pub frame: u64,
    /// Packets that should have come.
    pub expected: u32,
    /// Packets that did not.
    pub lost: i32,
    /// Lost of those expected.
    pub loss_pct: f64,
}

/// A packet's number, as Wireshark has it.
pub(super) fn number(frame: Frame) -> u64 {
    frame.number
}
