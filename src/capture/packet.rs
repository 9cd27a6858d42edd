//! What a capture is made of: records as they stand in the file, datagrams as they were on the wire.

use std::fmt;
use std::net::SocketAddr;

/// A moment in a capture, in nanoseconds since the Unix epoch. Captures have no better clock than the
/// machine that took them, and it may step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time(pub i64);

impl Time {
    /// Nanoseconds from `earlier` to here; negative where the clock went back.
    #[must_use]
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Seconds from `earlier` to here.
    #[must_use]
    pub fn seconds_since(self, earlier: Self) -> f64 {
        self.since(earlier) as f64 / 1e9
    }

    /// Milliseconds from `earlier` to here.
    #[must_use]
    pub fn ms_since(self, earlier: Self) -> f64 {
        self.since(earlier) as f64 / 1e6
    }
}

/// Which packet of which file: what Wireshark shows as "No.", from 1 on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Frame {
    /// The place of the file among those given, from 0 on.
    pub file: u16,
    /// The number of the packet in its file, from 1 on.
    pub number: u64,
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number)
    }
}

/// One packet as it stands in a capture file.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// Its number in the file, from 1 on.
    pub number: u64,
    /// When it was taken; that of the packet before it where it has none (simple packet blocks).
    pub at: Time,
    /// The link-layer header type of its interface (LINKTYPE_…).
    pub link_type: u32,
    /// How many interfaces came before its own, over all sections.
    pub interface: u32,
    /// What was kept of it.
    pub data: &'a [u8],
    /// How long it was on the wire, in bytes; `data` is shorter where a snap length cut it.
    pub length: u32,
}

/// What carries a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// A UDP datagram.
    Udp,
    /// Some bytes of a TCP connection.
    Tcp(TcpSegment),
    /// One whole message of a byte stream, as exported PDUs have them.
    Message,
}

/// The header of a TCP segment (RFC 9293 §3.1), as far as it is about the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TcpSegment {
    /// Of its first byte, or of SYN.
    pub sequence: u32,
    /// What the sender expects next; means nothing without ACK.
    pub acknowledgment: u32,
    /// CWR, ECE, URG, ACK, PSH, RST, SYN, FIN, from the highest bit on.
    pub flags: u8,
}

impl TcpSegment {
    /// Whether it begins a connection.
    #[must_use]
    pub fn syn(&self) -> bool {
        self.flags & 0x02 != 0
    }

    /// Whether its sender is done.
    #[must_use]
    pub fn fin(&self) -> bool {
        self.flags & 0x01 != 0
    }

    /// Whether it ends the connection at once.
    #[must_use]
    pub fn rst(&self) -> bool {
        self.flags & 0x04 != 0
    }
}

/// What one end sent to the other at some moment: a UDP datagram, or some of a TCP connection.
#[derive(Debug, Clone, Copy)]
pub struct Datagram<'a> {
    /// The packet that it was in, the last one where it came in fragments.
    pub frame: Frame,
    /// When that packet was taken.
    pub at: Time,
    /// The interface it was taken at, as in [`Record::interface`].
    pub interface: u32,
    /// Who sent it.
    pub src: SocketAddr,
    /// Who it was for.
    pub dst: SocketAddr,
    /// What carried it.
    pub transport: Transport,
    /// What is left of the payload.
    pub payload: &'a [u8],
    /// How many bytes of the payload a snap length cut off.
    pub cut: u32,
}

impl Datagram<'_> {
    /// How long the payload was on the wire, in bytes.
    #[must_use]
    pub fn length(&self) -> usize {
        self.payload.len() + self.cut as usize
    }
}
