//! What our media and messages carry of themselves: when they were sent, and which they are.

use std::time::{Duration, Instant};

/// So that nothing else is taken for ours.
const MAGIC: [u8; 4] = *b"rtcs";
/// Bytes that a stamp takes.
pub(super) const LENGTH: usize = 24;

/// When something was sent, and what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Since the start of the call.
    pub(super) sent: Duration,
    /// The number of the frame or of the message.
    pub(super) number: u32,
    /// Which packet of the frame.
    pub(super) part: u16,
    /// Packets of the frame.
    pub(super) parts: u16,
}

impl Stamp {
    pub(super) fn write(self, into: &mut [u8; LENGTH]) {
        into[..4].copy_from_slice(&MAGIC);
        let sent = u64::try_from(self.sent.as_nanos()).unwrap_or(u64::MAX);
        into[4..12].copy_from_slice(&sent.to_be_bytes());
        into[12..16].copy_from_slice(&self.number.to_be_bytes());
        into[16..18].copy_from_slice(&self.part.to_be_bytes());
        into[18..20].copy_from_slice(&self.parts.to_be_bytes());
        into[20..].fill(0);
    }

    /// The stamp at the beginning of `bytes`.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (stamp, _) = bytes.split_first_chunk::<LENGTH>()?;
        let number = |range: std::ops::Range<usize>| {
            stamp[range].iter().fold(0u64, |number, byte| (number << 8) | u64::from(*byte))
        };
        (stamp[..4] == MAGIC).then(|| Self {
            sent: Duration::from_nanos(number(4..12)),
            number: number(12..16) as u32,
            part: number(16..18) as u16,
            parts: number(18..20) as u16,
        })
    }

    /// How long ago that was.
    pub(super) fn age(self, start: Instant, now: Instant) -> Duration {
        now.saturating_duration_since(start + self.sent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_back_as_it_was_written_and_nothing_else_is_one() {
        let stamp = Stamp { sent: Duration::from_nanos(5_000_000_123), number: 70_000, part: 3, parts: 9 };
        let mut bytes = [0xff; LENGTH];
        stamp.write(&mut bytes);
        assert_eq!(Stamp::read(&bytes), Some(stamp));
        assert_eq!(Stamp::read(&bytes[..LENGTH - 1]), None);
        bytes[0] = b'x';
        assert_eq!(Stamp::read(&bytes), None);
    }
}
