//! SCTP, and how data channels are opened.

use rtcscope::sctp::{self, Chunk, Open};

/// Reads the bytes as a packet, and as a message that opens a channel: chunks lie one behind the other.
pub(super) fn sctp(bytes: &[u8]) {
    let mut end = 12;
    for chunk in sctp::chunks(bytes) {
        assert!(!chunk.name().is_empty());
        let (body, header) = match chunk {
            Chunk::Other { body, .. } => (body, 4),
            Chunk::Data(data) => {
                open(data.bytes);
                // A part behind the first has no protocol where messages are interleaved.
                assert!(data.protocol.is_some() || !data.beginning, "{data:?}");
                (data.bytes, if bytes[end] == 0 { 16 } else { 20 })
            }
        };
        assert_eq!(bytes.get(end + header..end + header + body.len()), Some(body));
        end = (end + header + body.len()).next_multiple_of(4);
    }
    assert!(end <= bytes.len().max(12).next_multiple_of(4));
    // No bit of one can be flipped unnoticed.
    if sctp::is_packet(bytes) {
        let mut damaged = bytes.to_vec();
        let bit = bytes.iter().map(|byte| usize::from(*byte)).sum::<usize>() % (bytes.len() * 8);
        damaged[bit / 8] ^= 1 << (bit % 8);
        assert!(!sctp::is_packet(&damaged), "bit {bit}");
    }
    open(bytes);
}

fn open(message: &[u8]) {
    let Some(open) = Open::read(message) else { return };
    // Bytes that are no text become three each.
    assert!(open.label.len() + open.protocol.len() <= 3 * (message.len() - 12), "{open:?}");
}
