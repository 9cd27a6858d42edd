//! Packets as they are on the wire of a call: STUN, RTP, RTCP.

use std::net::SocketAddr;

use rtcscope::stun::{Class, MessageBuilder, Method, TransactionId, attribute};

/// What signs STUN here.
pub(crate) const KEY: [u8; 16] = *b"0123456789abcdef";

/// An authenticated Allocate success, as a server sends it.
pub(crate) fn allocate_success() -> Vec<u8> {
    let relayed: SocketAddr = ([198, 51, 100, 1], 49160).into();
    let reflexive: SocketAddr = ([198, 51, 100, 10], 40000).into();
    MessageBuilder::new(Class::Success, Method::Allocate, TransactionId([7; 12]))
        .xor_address(attribute::XOR_RELAYED_ADDRESS, relayed)
        .xor_address(attribute::XOR_MAPPED_ADDRESS, reflexive)
        .number(attribute::LIFETIME, 600)
        .attribute(attribute::SOFTWARE, b"rtcscope")
        .integrity(&KEY)
        .finish()
}

/// An RTP packet of a video: header, three extensions of one byte's form, 1,100 bytes of payload.
pub(crate) fn rtp() -> Vec<u8> {
    let mut packet = vec![0x90, 0xe0, 0x12, 0x34, 0, 1, 0x5f, 0x90, 0xde, 0xad, 0xbe, 0xef];
    // MID, abs-send-time, transport-wide number; padded to whole words.
    packet.extend([0xbe, 0xde, 0, 3, 0x10, b'1', 0x22, 0x12, 0x34, 0x56, 0x31, 0x01, 0x02, 0, 0, 0]);
    packet.resize(packet.len() + 1100, 0x5a);
    packet
}

/// What the sender of a video reports: SR with a report on what it receives, SDES.
pub(crate) fn sender_report() -> Vec<u8> {
    let mut packet = vec![0x81, 200, 0, 12, 0xde, 0xad, 0xbe, 0xef];
    packet.extend([
        0xea, 0x11, 0x22, 0x33, 0x80, 0, 0, 0, 0, 1, 0x5f, 0x90, 0, 0, 0x12, 0x34, 0, 0x12, 0x34, 0x56,
    ]);
    packet.extend([
        0xca, 0xfe, 0, 1, 3, 0, 0, 12, 0, 1, 0x9c, 0x40, 0, 0, 0, 90, 0x22, 0x33, 0x80, 0, 0, 0, 5, 0x1f,
    ]);
    packet.extend([0x81, 202, 0, 6, 0xde, 0xad, 0xbe, 0xef, 1, 16]);
    packet.extend(*b"eHn3O8f2MWzpVb4n\0\0");
    packet
}

/// What the receiver of a video answers: RR, REMB, a NACK of three packets.
pub(crate) fn receiver_feedback() -> Vec<u8> {
    let mut packet = vec![0x81, 201, 0, 7, 0xca, 0xfe, 0, 1];
    packet.extend([
        0xde, 0xad, 0xbe, 0xef, 3, 0, 0, 12, 0, 1, 0x9c, 0x40, 0, 0, 0, 90, 0x22, 0x33, 0x80, 0, 0, 0, 5,
        0x1f,
    ]);
    packet.extend([0x8f, 206, 0, 5, 0xca, 0xfe, 0, 1, 0, 0, 0, 0]);
    packet.extend(*b"REMB\x01\x0e\x84\x80\xde\xad\xbe\xef");
    packet.extend([0x81, 205, 0, 3, 0xca, 0xfe, 0, 1, 0xde, 0xad, 0xbe, 0xef, 0x12, 0x34, 0, 3]);
    packet
}

/// Transport-wide feedback on a hundred packets, two of them lost.
pub(crate) fn transport_wide() -> Vec<u8> {
    const PACKETS: u16 = 100;
    let mut packet = vec![0x8f, 205, 0, 0, 0xca, 0xfe, 0, 1, 0xde, 0xad, 0xbe, 0xef];
    packet.extend([0x10, 0x00]);
    packet.extend(PACKETS.to_be_bytes());
    packet.extend([0, 0x12, 0x34, 7]);
    // 48 that came, 2 that did not, 50 that came.
    for (symbol, run) in [(1_u16, 48_u16), (0, 2), (1, 50)] {
        packet.extend((symbol << 13 | run).to_be_bytes());
    }
    packet.extend((0..PACKETS - 2).map(|number| 4 + (number % 13) as u8));
    packet.resize(packet.len().next_multiple_of(4), 0);
    let words = (packet.len() / 4 - 1) as u16;
    packet[2..4].copy_from_slice(&words.to_be_bytes());
    packet
}
