//! Blocks that the `rtcp` package reads.

use std::any::Any;

use super::{Block, HEADER};

/// Above this, the package's own arithmetic overflows; no datagram is as long.
const LONGEST_BODY: usize = 4 * 0x3fff;

/// What the package makes of one block. Its body's length was held against its type before.
pub(super) fn read<T: Any + Clone>(block: &Block<'_>) -> Option<T> {
    body(block.packet_type, block.count, &[block.body])
}

/// What the package makes of a block with this body, in parts. It is written anew: without padding, with its true length.
pub(super) fn body<T: Any + Clone>(packet_type: u8, count: u8, parts: &[&[u8]]) -> Option<T> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    if length > LONGEST_BODY || !length.is_multiple_of(4) {
        return None;
    }
    let mut bytes = Vec::with_capacity(HEADER + length);
    bytes.extend([0x80 | count & 0x1f, packet_type]);
    bytes.extend(u16::try_from(length / 4).ok()?.to_be_bytes());
    for part in parts {
        bytes.extend_from_slice(part);
    }
    let packets = ::rtcp::packet::unmarshal(&mut &bytes[..]).ok()?;
    packets.first()?.as_any().downcast_ref::<T>().cloned()
}
