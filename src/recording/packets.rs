//! The packets of a call as a pcapng file: each once, as it arrived at an end.

use std::net::SocketAddr;

use super::frame;
use super::pcapng::{self, Direction, LinkType};

/// What such a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// What went over the network, as it went.
    Wire,
    /// What was within, in clear.
    Plain,
}

/// A packet that arrived.
#[derive(Debug, Clone, Copy)]
pub struct Packet<'a> {
    /// Nanoseconds since 1970.
    pub at: u64,
    /// At which end: 0 the caller, 1 the callee.
    pub end: usize,
    /// Who sent it.
    pub from: SocketAddr,
    /// Where it arrived.
    pub to: SocketAddr,
    /// What.
    pub bytes: &'a [u8],
}

const ENDS: [&str; 2] = ["caller", "callee"];

/// The first bytes of a file.
#[must_use]
pub fn head(content: Content, application: &str) -> Vec<u8> {
    let (comment, kinds): (&str, &[_]) = match content {
        Content::Wire => (
            "The packets of calls that rtcscope made, each once, as it arrived at its end, and behind what --impair \
             did to it. IP and UDP headers are made up around them; addresses and ports are right. What relays \
             passed on is without the relay's framing.",
            &[(LinkType::RawIp, "What came over UDP, as it came.")],
        ),
        Content::Plain => (
            "The packets of calls that rtcscope made, in clear, each once, as it arrived at its end, and behind what \
             --impair did to it. DTLS is left out, but for the SCTP in it.",
            &[
                (LinkType::RawIp, "STUN, as it came over UDP."),
                (
                    LinkType::UpperPdu,
                    "What was within SRTP, SRTCP and DTLS, with the addresses it went between.",
                ),
            ],
        ),
    };
    let mut bytes = pcapng::section(application, comment);
    for (link, comment) in kinds {
        for end in ENDS {
            bytes.extend(pcapng::interface(*link, end, comment));
        }
    }
    bytes
}

/// Adds a datagram. One that no IP packet holds is left out.
pub fn datagram(into: &mut Vec<u8>, packet: &Packet<'_>) {
    if let Some(frame) = frame::udp(packet.from, packet.to, packet.bytes) {
        into.extend(pcapng::packet(packet.end as u32, packet.at, Direction::Inbound, &frame));
    }
}

/// Adds to a file of plain packets what was within one, for `dissector`, a name of Wireshark's.
pub fn within(into: &mut Vec<u8>, packet: &Packet<'_>, dissector: &str) {
    let frame = frame::exported(dissector, false, packet.from, packet.to, packet.bytes);
    let interface = (ENDS.len() + packet.end) as u32;
    into.extend(pcapng::packet(interface, packet.at, Direction::Inbound, &frame));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::{Decoder, Reader, Section, Transport};

    #[test]
    fn what_is_written_is_what_is_read() {
        let (from, to) = ("127.0.0.1:5000".parse().unwrap(), "127.0.0.1:6000".parse().unwrap());
        let packet = |at, end| Packet { at, end, from, to, bytes: b"abc" };
        let mut file = head(Content::Plain, "rtcscope");
        datagram(&mut file, &packet(1_700_000_000_000_000_001, 1));
        within(&mut file, &packet(1_700_000_000_000_000_002, 0), "rtp");
        let mut reader = Reader::new(&file[..]).unwrap();
        let mut decoder = Decoder::new(0);
        let mut seen = Vec::new();
        let mut take = |section: Section<'_>| {
            let Section::Record(record) = section else { return };
            let datagram = decoder.datagram(&record).unwrap();
            assert_eq!((datagram.src, datagram.dst, datagram.transport), (from, to, Transport::Udp));
            assert_eq!(datagram.payload, b"abc");
            seen.push((datagram.at.0, datagram.interface));
        };
        while reader.next(&mut take).is_none() {}
        assert_eq!(seen, [(1_700_000_000_000_000_001, 1), (1_700_000_000_000_000_002, 2)]);
    }
}
