//! RTCP (RFC 3550 §6) as it stands, compound or reduced in size (RFC 5506), without trust.
//!
//! [`walk`] finds the blocks of a packet, whatever is in them, and a bad one costs one block.
//! [`Block::read`] reads what one says. The `rtcp` package reads the bodies that it reads right (SR, RR, BYE, PLI,
//! FIR, NACK, and the seven blocks of RFC 3611), after their lengths were checked here, for it panics on lengths that
//! contradict themselves. The rest is read here, because that package
//! - keeps no type of items, blocks and packets that it does not know (SDES, XR, APP, TMMBR, TMMBN, RPSI, CCFB),
//! - looks for slice loss indications among the transport's feedback, where there are none (RFC 4585 §6.3.2),
//! - makes 8 Mbit/s of a REMB that says 0, and believes its number of sources,
//! - takes 2 MB for the statuses of a transport-wide feedback of 80 bytes.

mod congestion;
mod description;
mod extended;
mod feedback;
mod package;
mod report;

pub use congestion::{Arrival, CongestionControl, Run, Seen, TransportCc};
pub use description::{Application, Chunk, Goodbye, Item};
pub use extended::{Delay, Extended, RunLengths, Statistics, VoipMetrics};
pub use feedback::{Bitrate, Estimate, Intra, Kind as FeedbackKind, Nack, Slice, TargetFeedback};
pub use report::{Reception, SenderInfo, middle};

/// The header of a block, in bytes.
const HEADER: usize = 4;

/// Sender report (RFC 3550 §6.4.1).
pub const SR: u8 = 200;
/// Receiver report (RFC 3550 §6.4.2).
pub const RR: u8 = 201;
/// Source description (RFC 3550 §6.5).
pub const SDES: u8 = 202;
/// Goodbye (RFC 3550 §6.6).
pub const BYE: u8 = 203;
/// Application-defined (RFC 3550 §6.7).
pub const APP: u8 = 204;
/// Transport-layer feedback (RFC 4585 §6.2).
pub const RTPFB: u8 = 205;
/// Payload-specific feedback (RFC 4585 §6.3).
pub const PSFB: u8 = 206;
/// Extended report (RFC 3611).
pub const XR: u8 = 207;

/// One block of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block<'a> {
    /// What it is ([`SR`] to [`XR`], or another).
    pub packet_type: u8,
    /// Count, subtype or format (FMT): its five bits mean what the type says.
    pub count: u8,
    /// How many bytes of padding it ends with.
    pub padding: usize,
    /// Everything between its header and its padding, as far as it was kept.
    pub body: &'a [u8],
    /// Where in the packet it begins.
    pub offset: usize,
    /// Why its body cannot be believed.
    pub flaw: Option<Flaw>,
}

/// What is wrong with a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// It would end behind the packet.
    #[error("a block of {said} bytes does not fit into the {left} that are left")]
    Length {
        /// By its header.
        said: usize,
        /// In the packet.
        left: usize,
    },
    /// A snap length cut it; nothing is wrong with it.
    #[error("the capture cut it")]
    Cut,
    /// Its padding is longer than it, or of no length.
    #[error("{0} bytes of padding do not fit into it")]
    Padding(u8),
    /// Its body is not what its type demands.
    #[error("the body is not of its type")]
    Body,
}

/// Finds the blocks of a packet that was `length` bytes on the wire, of which `bytes` were kept.
#[must_use]
pub fn walk(bytes: &[u8], length: usize) -> Walk<'_> {
    Walk { bytes, length: length.max(bytes.len()), offset: 0 }
}

/// The blocks of a packet, in order.
#[derive(Debug, Clone)]
pub struct Walk<'a> {
    bytes: &'a [u8],
    length: usize,
    offset: usize,
}

impl Walk<'_> {
    /// How many bytes are left: after the last block, those that belong to none.
    #[must_use]
    pub fn trailing(&self) -> usize {
        self.length - self.offset
    }
}

impl<'a> Iterator for Walk<'a> {
    type Item = Block<'a>;

    fn next(&mut self) -> Option<Block<'a>> {
        let offset = self.offset;
        let [first, packet_type, high, low, behind @ ..] = self.bytes.get(offset..)? else { return None };
        // What cannot be a block is no bad block, but trailing bytes: nothing says how long it is.
        if first >> 6 != 2 || !(192..=223).contains(packet_type) {
            return None;
        }
        let words = usize::from(u16::from_be_bytes([*high, *low]));
        let (said, left) = (HEADER + 4 * words, self.length - offset);
        let whole = behind.get(..4 * words);
        let mut block = Block {
            packet_type: *packet_type,
            count: first & 0x1f,
            padding: 0,
            body: whole.unwrap_or(behind),
            offset,
            flaw: match whole {
                Some(_) => None,
                None if said > left => Some(Flaw::Length { said, left }),
                None => Some(Flaw::Cut),
            },
        };
        if first & 0x20 != 0 && block.flaw.is_none() {
            match block.body.last() {
                Some(&padding) if padding > 0 && usize::from(padding) <= block.body.len() => {
                    block.padding = usize::from(padding);
                    block.body = &block.body[..block.body.len() - block.padding];
                }
                last => block.flaw = Some(Flaw::Padding(last.copied().unwrap_or_default())),
            }
        }
        self.offset = (offset + said).min(self.length);
        Some(block)
    }
}

/// What a block says.
#[derive(Debug, Clone, PartialEq)]
pub enum Content<'a> {
    /// A sender report: who, what was sent, what was received.
    Sender(u32, SenderInfo, Vec<Reception>),
    /// A receiver report: who, what was received.
    Receiver(u32, Vec<Reception>),
    /// Source descriptions.
    Descriptions(Vec<Chunk<'a>>),
    /// Sources that leave.
    Goodbye(Goodbye),
    /// A message of an application.
    Application(Application<'a>),
    /// An extended report: who, and its blocks.
    Extended(u32, Vec<Extended<'a>>),
    /// Feedback, of the transport or the payload.
    Feedback(TargetFeedback<'a>),
    /// A packet type that is not known here.
    Unknown,
}

impl<'a> Block<'a> {
    /// Who sent it: the first word of the body, which every type begins with that has any.
    #[must_use]
    pub fn sender(&self) -> Option<u32> {
        word(self.body, 0)
    }

    /// Reads its body. Takes memory in proportion to the body's length, whatever stands in it.
    ///
    /// # Errors
    /// The block has a [`Flaw`] already, or its body is not what its type demands.
    pub fn read(&self) -> Result<Content<'a>, Flaw> {
        if let Some(flaw) = self.flaw {
            return Err(flaw);
        }
        match self.packet_type {
            SR => report::sender(self),
            RR => report::receiver(self),
            SDES => description::chunks(self.body, self.count).map(Content::Descriptions),
            BYE => description::goodbye(self).map(Content::Goodbye),
            APP => description::application(self.body, self.count).map(Content::Application),
            RTPFB | PSFB => feedback::feedback(self).map(Content::Feedback),
            XR => extended::blocks(self.body).map(|(ssrc, blocks)| Content::Extended(ssrc, blocks)),
            _ => return Ok(Content::Unknown),
        }
        .ok_or(Flaw::Body)
    }
}

/// Whether a packet is RTCP in clear: its blocks fill it, or two of known types stand whole at its beginning. SRTCP has
/// one plain header, an index and a tag behind its blocks, and noise for blocks (RFC 3711 §3.4).
#[must_use]
pub fn looks_plain(payload: &[u8], length: usize) -> bool {
    let mut walk = walk(payload, length);
    let (mut whole, mut flawed) = (0, false);
    for block in walk.by_ref() {
        match block.flaw {
            None if (SR..=XR).contains(&block.packet_type) => whole += 1,
            // Where the header's end is the packet's, as much fits as can be seen.
            Some(Flaw::Cut) => {}
            _ => flawed = true,
        }
    }
    whole >= 2 || (walk.offset > 0 && !flawed && walk.trailing() == 0)
}

/// What is plain of SRTCP: the type and the sender of its first block (RFC 3711 §3.4). Its padding is not, so that the
/// block cannot be read as others are.
#[must_use]
pub fn plain_header(payload: &[u8]) -> Option<(u8, u32)> {
    let first = walk(payload, payload.len()).next()?;
    Some((first.packet_type, word(payload, HEADER)?))
}

/// The word at `at`, in bytes.
fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let word = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes([word[0], word[1], word[2], word[3]]))
}

/// The half word at `at`, in bytes.
fn half(bytes: &[u8], at: usize) -> Option<u16> {
    let half = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_be_bytes([half[0], half[1]]))
}

#[cfg(test)]
mod tests;
