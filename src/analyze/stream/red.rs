//! Redundant payloads within one packet (RFC 2198 §3).

use std::collections::BTreeMap;

use super::Sample;

/// Blocks of one packet that are read; the head of a payload has no more.
const MOST_BLOCKS: usize = 3;

/// What the packets with redundancy held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Red {
    /// Packets of it.
    pub packets: u64,
    /// Blocks of what was sent before.
    pub redundant: u64,
    /// By payload type: packets with it as their newest block.
    pub primary: BTreeMap<u8, u64>,
    /// How far back the oldest block went, in units of the timestamp.
    pub farthest: u16,
}

impl Red {
    /// Takes a packet that is not encrypted, or was opened.
    pub(super) fn packet(&mut self, sample: &Sample) {
        self.packets += 1;
        let mut rest = sample.head();
        for _ in 0..=MOST_BLOCKS {
            match rest {
                [first, ..] if first & 0x80 == 0 => {
                    *self.primary.entry(first & 0x7f).or_default() += 1;
                    return;
                }
                [_, high, low, _, behind @ ..] => {
                    self.redundant += 1;
                    self.farthest = self.farthest.max(u16::from_be_bytes([*high, *low]) >> 2);
                    rest = behind;
                }
                _ => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::{Frame, Time};
    use crate::rtp::Packet;

    #[test]
    fn blocks_are_told_from_the_newest() {
        let mut red = Red::default();
        let header = [0x80, 63, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1];
        // 960 units ago, 20 bytes; then the newest.
        for payload in [&[0x80 | 111, 0x0f, 0x00, 20, 111, 1, 2][..], &[111, 1, 2], &[0x80 | 111, 0x0f]] {
            let bytes = [&header, payload].concat();
            let packet = Packet::read(&bytes, bytes.len()).unwrap();
            red.packet(&Sample::new(Time(0), Frame::default(), &packet));
        }
        assert_eq!((red.packets, red.redundant, red.farthest), (3, 1, 960));
        assert_eq!(red.primary, BTreeMap::from([(111, 2)]));
    }
}
