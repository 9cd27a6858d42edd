//! Extended reports (RFC 3611). The package reads the seven blocks of that RFC, one at a time, so that one that is bad
//! costs no other; the rest are kept by type and length.

use ::rtcp::extended_report::{
    DLRRReportBlock, ExtendedReport, PacketReceiptTimesReportBlock, RLEReportBlock,
    ReceiverReferenceTimeReportBlock, StatisticsSummaryReportBlock, TTLorHopLimitType,
    VoIPMetricsReportBlock,
};

use serde::Serialize;

use super::{XR, half, package, word};

/// One block of an extended report.
#[derive(Debug, Clone, PartialEq)]
pub enum Extended<'a> {
    /// Which packets were lost (§4.1).
    LossRunLengths(RunLengths),
    /// Which packets came twice (§4.2).
    DuplicateRunLengths(RunLengths),
    /// When each packet came (§4.3).
    ReceiptTimes {
        /// The source.
        ssrc: u32,
        /// One in 2^thinning packets is in it.
        thinning: u8,
        /// The first sequence number.
        begin: u16,
        /// One more than the last.
        end: u16,
        /// In units of the media's clock.
        times: Vec<u32>,
    },
    /// The reporter's clock (§4.4), in units of 2^-32 s since 1900.
    ReferenceTime(u64),
    /// When clocks of receivers were last heard of (§4.5).
    Delays(Vec<Delay>),
    /// Sums over an interval (§4.6).
    Statistics(Statistics),
    /// What a phone says of a call (§4.7).
    Voip(VoipMetrics),
    /// Another block.
    Unknown {
        /// Its type in the registry of IANA.
        kind: u8,
        /// What its type makes of it.
        specific: u8,
        /// Its body.
        body: &'a [u8],
    },
    /// A block of a type above, with a body that is not of it.
    Flawed {
        /// Its type.
        kind: u8,
        /// Its body.
        body: &'a [u8],
    },
}

/// One bit a packet, in runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunLengths {
    /// The source.
    pub ssrc: u32,
    /// One in 2^thinning packets is in it.
    pub thinning: u8,
    /// The first sequence number.
    pub begin: u16,
    /// One more than the last.
    pub end: u16,
    /// As they stand: runs and bit vectors.
    pub chunks: Vec<u16>,
}

impl RunLengths {
    /// How many packets have a bit, and of how many that is set: for [`Extended::LossRunLengths`], were received.
    #[must_use]
    pub fn bits(&self) -> (u32, u32) {
        let all = u32::from(self.end.wrapping_sub(self.begin)).div_ceil(1 << self.thinning.min(15));
        let (mut seen, mut set) = (0, 0);
        for chunk in &self.chunks {
            let left = all - seen;
            match chunk {
                0 => break,
                run if run & 0x8000 == 0 => {
                    let length = u32::from(run & 0x3fff).min(left);
                    seen += length;
                    set += if run & 0x4000 != 0 { length } else { 0 };
                }
                bits => {
                    let length = left.min(15);
                    seen += length;
                    set += ((bits & 0x7fff) >> (15 - length)).count_ones();
                }
            }
        }
        (seen, set)
    }
}

/// How long ago a receiver's clock was heard of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delay {
    /// The receiver.
    pub ssrc: u32,
    /// The middle of the NTP timestamp that it sent; 0 where none came.
    pub last_rr: u32,
    /// How long ago that was, in units of 2^-16 s.
    pub delay: u32,
}

/// Sums over an interval. What the sender did not fill in is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statistics {
    /// The source.
    pub ssrc: u32,
    /// The first sequence number.
    pub begin: u16,
    /// One more than the last.
    pub end: u16,
    /// Packets lost.
    pub lost: Option<u32>,
    /// Packets that came twice.
    pub duplicates: Option<u32>,
    /// Minimum, maximum, mean and deviation of the jitter, in units of the media's clock.
    pub jitter: Option<[u32; 4]>,
    /// The same of TTL or hop limit.
    pub hops: Option<[u8; 4]>,
}

/// What a phone says of a call. What it does not know is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct VoipMetrics {
    /// The source.
    #[serde(skip)]
    pub ssrc: u32,
    /// Packets lost on the way, in percent of those expected.
    pub loss_pct: f64,
    /// Packets that the jitter buffer threw away, in percent of those expected.
    pub discard_pct: f64,
    /// Mean length of bursts, in milliseconds.
    pub burst_ms: u16,
    /// Mean length between bursts, in milliseconds.
    pub gap_ms: u16,
    /// Round trip between the RTP interfaces, in milliseconds.
    pub round_trip_ms: u16,
    /// Delay within the phone, in milliseconds.
    pub end_system_ms: u16,
    /// R factor of the call.
    pub r: Option<u8>,
    /// Estimated mean opinion score of listening.
    pub mos_lq: Option<f64>,
    /// The same of conversation.
    pub mos_cq: Option<f64>,
    /// The delay of the jitter buffer: nominal, maximum, and the most that it could be, in milliseconds.
    pub jitter_buffer_ms: [u16; 3],
}

impl Extended<'_> {
    /// Its type in the registry of IANA.
    #[must_use]
    pub fn kind(&self) -> u8 {
        match self {
            Self::LossRunLengths(_) => 1,
            Self::DuplicateRunLengths(_) => 2,
            Self::ReceiptTimes { .. } => 3,
            Self::ReferenceTime(_) => 4,
            Self::Delays(_) => 5,
            Self::Statistics(_) => 6,
            Self::Voip(_) => 7,
            Self::Unknown { kind, .. } | Self::Flawed { kind, .. } => *kind,
        }
    }
}

/// Sender and blocks, as far as their lengths fit; `None` where not even the sender is there.
pub(super) fn blocks(body: &[u8]) -> Option<(u32, Vec<Extended<'_>>)> {
    let ssrc = word(body, 0)?;
    let mut blocks = Vec::new();
    let mut at = 4;
    while let (Some(&[kind, specific]), Some(words)) = (body.get(at..at + 2), half(body, at + 2)) {
        let end = at + 4 + 4 * usize::from(words);
        let whole = body.get(at..end);
        let inner = body.get(at + 4..end.min(body.len())).unwrap_or_default();
        blocks.push(match (whole, kind) {
            (Some(whole), 1..=7) => known(kind, whole).unwrap_or(Extended::Flawed { kind, body: inner }),
            (Some(_), _) => Extended::Unknown { kind, specific, body: inner },
            (None, _) => Extended::Flawed { kind, body: inner },
        });
        at = end;
    }
    Some((ssrc, blocks))
}

/// What the package makes of a block, with its header.
fn known(kind: u8, whole: &[u8]) -> Option<Extended<'static>> {
    let body = whole.len().checked_sub(4)?;
    let fits = match kind {
        1..=3 => body >= 8,
        4 => body == 8,
        5 => body % 12 == 0,
        6 => body == 36,
        _ => body == 32,
    };
    if !fits {
        return None;
    }
    let report: ExtendedReport = package::body(XR, 0, &[&[0; 4], whole])?;
    let block = report.reports.first()?.as_any();
    let runs = || {
        let block = block.downcast_ref::<RLEReportBlock>()?;
        Some(RunLengths {
            ssrc: block.ssrc,
            thinning: block.t,
            begin: block.begin_seq,
            end: block.end_seq,
            chunks: block.chunks.iter().map(|chunk| chunk.0).collect(),
        })
    };
    Some(match kind {
        1 => Extended::LossRunLengths(runs()?),
        2 => Extended::DuplicateRunLengths(runs()?),
        3 => {
            let block = block.downcast_ref::<PacketReceiptTimesReportBlock>()?;
            Extended::ReceiptTimes {
                ssrc: block.ssrc,
                thinning: block.t,
                begin: block.begin_seq,
                end: block.end_seq,
                times: block.receipt_time.clone(),
            }
        }
        4 => Extended::ReferenceTime(block.downcast_ref::<ReceiverReferenceTimeReportBlock>()?.ntp_timestamp),
        5 => {
            let block = block.downcast_ref::<DLRRReportBlock>()?;
            let delay = |report: &::rtcp::extended_report::DLRRReport| Delay {
                ssrc: report.ssrc,
                last_rr: report.last_rr,
                delay: report.dlrr,
            };
            Extended::Delays(block.reports.iter().map(delay).collect())
        }
        6 => Extended::Statistics(statistics(block.downcast_ref()?)),
        _ => Extended::Voip(voip(block.downcast_ref()?)),
    })
}

fn statistics(block: &StatisticsSummaryReportBlock) -> Statistics {
    let jitter = [block.min_jitter, block.max_jitter, block.mean_jitter, block.dev_jitter];
    let hops = [block.min_ttl_or_hl, block.max_ttl_or_hl, block.mean_ttl_or_hl, block.dev_ttl_or_hl];
    let has_hops = matches!(block.ttl_or_hop_limit, TTLorHopLimitType::IPv4 | TTLorHopLimitType::IPv6);
    Statistics {
        ssrc: block.ssrc,
        begin: block.begin_seq,
        end: block.end_seq,
        lost: block.loss_reports.then_some(block.lost_packets),
        duplicates: block.duplicate_reports.then_some(block.dup_packets),
        jitter: block.jitter_reports.then_some(jitter),
        hops: has_hops.then_some(hops),
    }
}

fn voip(block: &VoIPMetricsReportBlock) -> VoipMetrics {
    let percent = |of_256: u8| f64::from(of_256) / 2.56;
    // 127 says that it is not known, and all else beside the range is to be ignored (§4.7.5).
    let mos = |tenths: u8| (10..=50).contains(&tenths).then(|| f64::from(tenths) / 10.0);
    VoipMetrics {
        ssrc: block.ssrc,
        loss_pct: percent(block.loss_rate),
        discard_pct: percent(block.discard_rate),
        burst_ms: block.burst_duration,
        gap_ms: block.gap_duration,
        round_trip_ms: block.round_trip_delay,
        end_system_ms: block.end_system_delay,
        r: (block.rfactor <= 100).then_some(block.rfactor),
        mos_lq: mos(block.mos_lq),
        mos_cq: mos(block.mos_cq),
        jitter_buffer_ms: [block.jb_nominal, block.jb_maximum, block.jb_abs_max],
    }
}
