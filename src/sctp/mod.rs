//! SCTP packets (RFC 9260 §3) with the chunks that data channels use (RFC 8831, RFC 8260, RFC 8832); reads, sends nothing.

mod channel;
mod chunk;

use crc::{CRC_32_ISCSI, Crc, Table};

pub use channel::Open;
pub use chunk::{Chunk, Data, chunks};

/// Ports, verification tag, checksum.
const HEADER: usize = 12;

/// The checksum (RFC 9260 §A).
const CHECKSUM: Crc<u32, Table<1>> = Crc::<u32, Table<1>>::new(&CRC_32_ISCSI);

/// Whether these bytes are a packet, which its checksum shows.
#[must_use]
pub fn is_packet(bytes: &[u8]) -> bool {
    if bytes.len() < HEADER + 4 || !bytes.len().is_multiple_of(4) {
        return false;
    }
    let mut digest = CHECKSUM.digest();
    // As if it were zero.
    digest.update(&bytes[..8]);
    digest.update(&[0; 4]);
    digest.update(&bytes[HEADER..]);
    digest.finalize().to_le_bytes() == bytes[8..HEADER]
}

/// Payload protocol identifiers of data channels (RFC 8831 §8).
pub mod protocol {
    /// Messages of DCEP (RFC 8832).
    pub const DCEP: u32 = 50;
    /// Text.
    pub const STRING: u32 = 51;
    /// Bytes.
    pub const BINARY: u32 = 53;
    /// Text without any: one byte that means nothing.
    pub const STRING_EMPTY: u32 = 56;
    /// Bytes without any.
    pub const BINARY_EMPTY: u32 = 57;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_known_by_their_checksum() {
        // COOKIE ACK.
        let mut packet = vec![0x13, 0x88, 0x13, 0x88, 0, 0, 0, 1, 0, 0, 0, 0, 11, 0, 0, 4];
        assert!(!is_packet(&packet));
        let checksum = crc::Crc::<u32>::new(&CRC_32_ISCSI).checksum(&packet);
        packet[8..12].copy_from_slice(&checksum.to_le_bytes());
        assert!(is_packet(&packet));
        packet[7] = 2;
        assert!(!is_packet(&packet) && !is_packet(&packet[..12]) && !is_packet(&[]));
    }
}
