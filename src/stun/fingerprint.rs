//! FINGERPRINT (RFC 8489 §14.7).

use crc::{CRC_32_ISO_HDLC, Crc, Table};

/// The value over `head`, which is all that stands before the attribute, its length field already
/// counting it.
pub(super) fn fingerprint_over(head: &[u8]) -> [u8; 4] {
    (CRC.checksum(head) ^ u32::from_be_bytes(*b"STUN")).to_be_bytes()
}

/// Made once, and taken sixteen bytes a step: the `stun` package makes a table for each message and takes
/// single bytes, which was seven eighths of the time that a relayed kilobyte took to read.
static CRC: Crc<u32, Table<16>> = Crc::<u32, Table<16>>::new(&CRC_32_ISO_HDLC);
