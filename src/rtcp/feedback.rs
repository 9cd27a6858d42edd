//! Feedback of the transport and of the payload (RFC 4585, RFC 5104).

use ::rtcp::payload_feedbacks::full_intra_request::FullIntraRequest;
use ::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use ::rtcp::transport_feedbacks::transport_layer_nack::TransportLayerNack;

use super::congestion::{CongestionControl, TransportCc};
use super::{Block, PSFB, RTPFB, package, word};

/// Feedback: from whom, on what, and what.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetFeedback<'a> {
    /// Who sent it.
    pub sender: u32,
    /// The source that it is about; 0 where the entries name theirs, and where it is about the transport.
    pub media: u32,
    /// What it says.
    pub kind: Kind<'a>,
}

/// What feedback says.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind<'a> {
    /// Packets that are asked for again (RFC 4585 §6.2.1).
    Nack(Nack),
    /// Bit rates that are asked for (TMMBR, RFC 5104 §4.2.1).
    BitrateRequest(Vec<Bitrate>),
    /// Bit rates that are in force (TMMBN, RFC 5104 §4.2.2).
    BitrateNotification(Vec<Bitrate>),
    /// Which packets of a transport arrived when (transport-cc).
    TransportCc(TransportCc<'a>),
    /// Which packets of each source arrived when (RFC 8888).
    CongestionControl(CongestionControl<'a>),
    /// A picture was lost (PLI, RFC 4585 §6.3.1).
    PictureLoss,
    /// Parts of a picture were lost (SLI, RFC 4585 §6.3.2).
    SliceLoss(Vec<Slice>),
    /// A picture that can be referred to, or not (RPSI, RFC 4585 §6.3.3).
    ReferencePicture {
        /// Of RTP.
        payload_type: u8,
        /// What the codec makes of it.
        bits: &'a [u8],
    },
    /// Whole pictures that are asked for (FIR, RFC 5104 §4.3.1).
    Intra(Vec<Intra>),
    /// How much can be received (REMB).
    Estimate(Estimate),
    /// A message of an application (RFC 4585 §6.4), other than REMB.
    Application(&'a [u8]),
    /// Another format.
    Unknown {
        /// Its number.
        format: u8,
        /// Its body.
        body: &'a [u8],
    },
}

/// Packets that are asked for again, as pairs of a number and a mask of those that follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nack {
    pairs: Vec<(u16, u16)>,
}

impl Nack {
    /// Their sequence numbers.
    pub fn numbers(&self) -> impl Iterator<Item = u16> + '_ {
        self.pairs.iter().flat_map(|&(first, mask)| {
            let others = (0..16u16).filter(move |bit| mask >> bit & 1 != 0);
            std::iter::once(first).chain(others.map(move |bit| first.wrapping_add(bit + 1)))
        })
    }
}

/// A bit rate of one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bitrate {
    /// The source.
    pub ssrc: u32,
    /// In bits a second.
    pub bits_per_second: u64,
    /// Bytes of headers that are counted with each packet.
    pub overhead: u16,
}

/// Macroblocks that were lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// The address of the first.
    pub first: u16,
    /// How many.
    pub number: u16,
    /// The lowest six bits of the picture's identifier.
    pub picture: u8,
}

/// A request for a whole picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Intra {
    /// The source.
    pub ssrc: u32,
    /// Stays the same when it is repeated.
    pub sequence: u8,
}

/// How much can be received of some sources, together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estimate {
    /// In bits a second.
    pub bits_per_second: u64,
    /// The sources.
    pub ssrcs: Vec<u32>,
}

/// `None` where the body is not of its format.
pub(super) fn feedback<'a>(block: &Block<'a>) -> Option<TargetFeedback<'a>> {
    let sender = word(block.body, 0)?;
    let body = block.body.get(8..).unwrap_or_default();
    let kind = match (block.packet_type, block.count) {
        (RTPFB, 11) => Kind::CongestionControl(CongestionControl::read(block.body)?),
        _ if block.body.len() < 8 => return None,
        (RTPFB, 1) => Kind::Nack(nack(block)?),
        (RTPFB, 3) => Kind::BitrateRequest(bitrates(body)?),
        (RTPFB, 4) => Kind::BitrateNotification(bitrates(body)?),
        (RTPFB, 15) => Kind::TransportCc(TransportCc::read(body)?),
        (PSFB, 1) => {
            package::read::<PictureLossIndication>(block)?;
            Kind::PictureLoss
        }
        (PSFB, 2) => Kind::SliceLoss(body.chunks_exact(4).filter_map(slice).collect()),
        (PSFB, 3) => {
            let [padding, payload_type, bits @ ..] = body else { return None };
            let kept = bits.len().checked_sub(usize::from(padding / 8))?;
            Kind::ReferencePicture { payload_type: payload_type & 0x7f, bits: &bits[..kept] }
        }
        (PSFB, 4) => Kind::Intra(intra(block, body)?),
        (PSFB, 15) => match body.strip_prefix(b"REMB") {
            Some(estimate) => Kind::Estimate(remb(estimate)?),
            None => Kind::Application(body),
        },
        (_, format) => Kind::Unknown { format, body },
    };
    Some(TargetFeedback { sender, media: word(block.body, 4)?, kind })
}

fn nack(block: &Block<'_>) -> Option<Nack> {
    let nack: TransportLayerNack = package::read(block)?;
    Some(Nack { pairs: nack.nacks.iter().map(|pair| (pair.packet_id, pair.lost_packets)).collect() })
}

fn intra(block: &Block<'_>, body: &[u8]) -> Option<Vec<Intra>> {
    // The package reads eight bytes an entry, whether they are there or not.
    if !body.len().is_multiple_of(8) {
        return None;
    }
    let request: FullIntraRequest = package::read(block)?;
    let entry = |entry: &::rtcp::payload_feedbacks::full_intra_request::FirEntry| Intra {
        ssrc: entry.ssrc,
        sequence: entry.sequence_number,
    };
    Some(request.fir.iter().map(entry).collect())
}

fn bitrates(body: &[u8]) -> Option<Vec<Bitrate>> {
    let entries = body.chunks_exact(8);
    if !entries.remainder().is_empty() {
        return None;
    }
    let entry = |entry: &[u8]| {
        let value = word(entry, 4)?;
        // Exponent, mantissa, overhead.
        let rate = scaled(u64::from(value >> 9 & 0x1_ffff), value >> 26);
        Some(Bitrate { ssrc: word(entry, 0)?, bits_per_second: rate, overhead: (value & 0x1ff) as u16 })
    };
    entries.map(entry).collect()
}

/// A mantissa of 18 bits at most, times two to the power of six bits; what is beyond all numbers is the largest.
fn scaled(mantissa: u64, exponent: u32) -> u64 {
    u64::try_from(u128::from(mantissa) << exponent.min(63)).unwrap_or(u64::MAX)
}

fn slice(entry: &[u8]) -> Option<Slice> {
    let value = word(entry, 0)?;
    Some(Slice {
        first: (value >> 19) as u16,
        number: (value >> 6 & 0x1fff) as u16,
        picture: (value & 0x3f) as u8,
    })
}

/// draft-alvestrand-rmcat-remb-03 §2.2, from the number of sources on.
fn remb(body: &[u8]) -> Option<Estimate> {
    let value = word(body, 0)?;
    let sources = 4 * (value >> 24) as usize;
    let listed = body.get(4..4 + sources)?;
    Some(Estimate {
        bits_per_second: scaled(u64::from(value & 0x3_ffff), value >> 18 & 0x3f),
        ssrcs: listed.chunks_exact(4).filter_map(|ssrc| word(ssrc, 0)).collect(),
    })
}
