//! A recording as a pcapng file: datagrams and streams with headers made up around them, and what was encrypted in clear.

use std::collections::HashMap;
use std::net::SocketAddr;

use super::pcapng::{self, Direction, LinkType};
use super::{Piece, Taken, What, frame};

/// Bytes of a stream in one segment.
const SEGMENT: usize = 32 * 1024;

/// The file so far.
#[derive(Debug)]
pub struct Pcap {
    /// Nanoseconds from 1970 to the recording's start.
    start: u64,
    /// The next sequence number of each open stream: ours, theirs.
    streams: HashMap<u64, (u32, u32)>,
    /// Whether the interface of what was encrypted is in the file.
    decrypted: bool,
}

/// The numbers of the interfaces.
const WIRE: u32 = 0;
const DECRYPTED: u32 = 1;

impl Pcap {
    /// A file whose recording starts so many nanoseconds after 1970, and its first bytes.
    pub fn new(start: u64, application: &str) -> (Self, Vec<u8>) {
        let mut bytes = pcapng::section(
            application,
            "What rtcscope sent and received, taken at its sockets. IP, UDP and TCP headers are made up around it \
             (addresses and ports are right; there are no handshakes, TTLs or lost segments to be seen). \
             DNS is not in here.",
        );
        let comment = "What went over UDP and TCP, as it went.";
        bytes.extend(pcapng::interface(LinkType::RawIp, "wire", comment));
        (Self { start, streams: HashMap::new(), decrypted: false }, bytes)
    }

    /// What to append; `pieces` is what [`Pieces`](super::Pieces) made of it.
    pub fn take(&mut self, taken: &Taken, pieces: &[Piece]) -> Vec<u8> {
        let (bytes, direction) = match &taken.what {
            What::Sent(bytes) => (&bytes[..], Direction::Outbound),
            What::Received(bytes) => (&bytes[..], Direction::Inbound),
            What::Closed | What::Gone => (&[][..], Direction::Inbound),
            What::Failed(_) => return Vec::new(),
        };
        if taken.what == What::Gone {
            self.streams.remove(&taken.connection.number);
        }
        let ends = match direction {
            Direction::Outbound => (taken.connection.local, taken.remote),
            Direction::Inbound => (taken.remote, taken.connection.local),
        };
        let time = self.start.saturating_add(u64::try_from(taken.at.as_nanos()).unwrap_or(u64::MAX));
        let carrier = taken.connection.carrier;
        if carrier.encrypted {
            return self.decrypted(time, direction, ends, carrier.stream, pieces);
        }
        let frames = match carrier.stream {
            // What is left of a stream's pieces at its end went into segments as it came.
            _ if matches!(taken.what, What::Closed | What::Gone) => Vec::new(),
            true => self.segments(taken.connection.number, direction, ends, bytes),
            false => frame::udp(ends.0, ends.1, bytes).into_iter().collect(),
        };
        frames.iter().flat_map(|frame| pcapng::packet(WIRE, time, direction, frame)).collect()
    }

    fn segments(
        &mut self,
        number: u64,
        direction: Direction,
        (from, to): (SocketAddr, SocketAddr),
        bytes: &[u8],
    ) -> Vec<Vec<u8>> {
        let (ours, theirs) = self.streams.entry(number).or_insert((1, 1));
        let (seq, ack) = match direction {
            Direction::Outbound => (ours, *theirs),
            Direction::Inbound => (theirs, *ours),
        };
        let mut segments = Vec::new();
        for part in bytes.chunks(SEGMENT) {
            segments.extend(frame::tcp(from, to, (*seq, ack), part));
            *seq = seq.wrapping_add(part.len() as u32);
        }
        segments
    }

    /// In packets of a made-up stream Wireshark would look for TLS at port 443 and not see STUN; hence exported PDUs.
    fn decrypted(
        &mut self,
        time: u64,
        direction: Direction,
        (from, to): (SocketAddr, SocketAddr),
        stream: bool,
        pieces: &[Piece],
    ) -> Vec<u8> {
        let mut bytes = Vec::new();
        if !self.decrypted && !pieces.is_empty() {
            self.decrypted = true;
            let comment = "The decrypted content of TLS and DTLS, message by message, with the addresses and ports \
                           that it went between. Others on the path saw it encrypted.";
            bytes.extend(pcapng::interface(LinkType::UpperPdu, "decrypted", comment));
        }
        for piece in pieces {
            let (dissector, data) = match piece {
                Piece::Whole(data) => ("stun-udp", data),
                Piece::Foreign(data) => ("data", data),
            };
            let frame = frame::exported(dissector, stream, from, to, data);
            bytes.extend(pcapng::packet(DECRYPTED, time, direction, &frame));
        }
        bytes
    }
}
