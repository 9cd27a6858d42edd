//! The kinds of media, and what a packet on the wire is, as far as its header tells.

use std::time::Duration;

use serde::Serialize;

/// What a stream carries.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, schemars::JsonSchema, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Packets of the size of Opus, every 20 ms.
    Audio,
    /// Frames of the sizes that an encoder makes, key frames among them.
    Video,
}

impl Kind {
    /// As in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Audio => "audio",
            Self::Video => "video",
        }
    }

    /// Frames a second.
    pub(super) fn frame_rate(self) -> u32 {
        match self {
            Self::Audio => 50,
            Self::Video => 30,
        }
    }

    /// When a frame was there to be sent, from the first one on: its RTP timestamp as a time.
    pub(super) fn frame_time(self, number: u32) -> Duration {
        Duration::from_secs(number.into()) / self.frame_rate()
    }

    /// RTP ticks a second.
    pub(super) fn clock(self) -> u32 {
        match self {
            Self::Audio => 48_000,
            Self::Video => 90_000,
        }
    }
}

/// The part of a (secure) RTP header that is in clear: SSRC and sequence number. `None` for whatever else comes over
/// the same socket (RFC 7983, RFC 5761 §4).
pub(crate) fn rtp_header(bytes: &[u8]) -> Option<(u32, u16)> {
    let [first, second, high, low, _, _, _, _, ssrc @ ..] = bytes.get(..12)? else { return None };
    let rtcp = (64..96).contains(&(second & 0x7f));
    let ssrc = ssrc.try_into().ok()?;
    ((128..192).contains(first) && !rtcp)
        .then(|| (u32::from_be_bytes(ssrc), u16::from_be_bytes([*high, *low])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rtp_is_told_from_rtcp_and_the_rest() {
        let packet = |first: u8, second: u8| [first, second, 1, 2, 0, 0, 0, 0, 0xa, 0xb, 0xc, 0xd];
        assert_eq!(rtp_header(&packet(0x80, 96)), Some((0x0a0b_0c0d, 0x0102)));
        assert_eq!(rtp_header(&packet(0x90, 0x80 | 111)), Some((0x0a0b_0c0d, 0x0102)));
        assert_eq!(rtp_header(&packet(0x80, 200)), None);
        assert_eq!(rtp_header(&packet(0x16, 96)), None);
        assert_eq!(rtp_header(&packet(0x80, 96)[..11]), None);
    }
}
