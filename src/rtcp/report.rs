//! Sender and receiver reports (RFC 3550 §6.4), read by the `rtcp` package.

use ::rtcp::receiver_report::ReceiverReport;
use ::rtcp::reception_report::ReceptionReport;
use ::rtcp::sender_report::SenderReport;

use super::{Block, Content, package};

/// What a sender report says of the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SenderInfo {
    /// Its clock, in units of 2^-32 s since 1900.
    pub ntp: u64,
    /// The same moment, in units of the media's clock.
    pub rtp: u32,
    /// Packets sent, modulo 2^32.
    pub packets: u32,
    /// Bytes of payload sent, modulo 2^32.
    pub octets: u32,
}

/// What a receiver says of one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reception {
    /// The source.
    pub ssrc: u32,
    /// Of the packets since the last report, those lost, in 256ths.
    pub fraction_lost: u8,
    /// Packets expected less those received, since the beginning: with duplicates, less than none. The package leaves the
    /// sign away.
    pub cumulative_lost: i32,
    /// The highest sequence number received, with its cycles.
    pub highest: u32,
    /// Interarrival jitter, in units of the media's clock.
    pub jitter: u32,
    /// The middle of the NTP timestamp of the last SR received; 0 where none was.
    pub last_sr: u32,
    /// How long ago that was, in units of 2^-16 s.
    pub delay: u32,
}

/// The middle 32 bits of an NTP timestamp, by which reports name each other.
#[must_use]
pub fn middle(ntp: u64) -> u32 {
    (ntp >> 16) as u32
}

impl From<&ReceptionReport> for Reception {
    fn from(report: &ReceptionReport) -> Self {
        Self {
            ssrc: report.ssrc,
            fraction_lost: report.fraction_lost,
            cumulative_lost: (report.total_lost << 8) as i32 >> 8,
            highest: report.last_sequence_number,
            jitter: report.jitter,
            last_sr: report.last_sender_report,
            delay: report.delay,
        }
    }
}

const RECEPTION: usize = 24;

pub(super) fn sender(block: &Block<'_>) -> Option<Content<'static>> {
    if block.body.len() < 24 + RECEPTION * usize::from(block.count) {
        return None;
    }
    let report: SenderReport = package::read(block)?;
    let info = SenderInfo {
        ntp: report.ntp_time,
        rtp: report.rtp_time,
        packets: report.packet_count,
        octets: report.octet_count,
    };
    Some(Content::Sender(report.ssrc, info, report.reports.iter().map(Reception::from).collect()))
}

pub(super) fn receiver(block: &Block<'_>) -> Option<Content<'static>> {
    if block.body.len() < 4 + RECEPTION * usize::from(block.count) {
        return None;
    }
    let report: ReceiverReport = package::read(block)?;
    Some(Content::Receiver(report.ssrc, report.reports.iter().map(Reception::from).collect()))
}
