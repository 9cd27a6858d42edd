//! What went over the wire, as a file for Wireshark ([`Pcap`]) and as lines for people ([`Trace`]).
//!
//! Pure: what was sent and received comes in with its time, bytes and text come out.

mod frame;
pub mod packets;
mod pcap;
pub mod pcapng;
mod pieces;
mod trace;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

pub use pcap::Pcap;
pub use pieces::{Piece, Pieces};
pub use trace::Trace;

/// One connection, or one socket that talks to many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Tells it from all others of the run.
    pub number: u64,
    /// Our own end.
    pub local: SocketAddr,
    /// What carries it.
    pub carrier: Carrier,
}

/// What carries messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Carrier {
    /// What it is called: `udp`, `tcp`, `tls`, `dtls`; `peer` for the plain socket that plays the far side,
    /// `nat` for those of `--nat`.
    pub name: &'static str,
    /// Whether it is a byte stream.
    pub stream: bool,
    /// Whether others on the path see something else than we do.
    pub encrypted: bool,
}

/// Something that happened on a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Since the recording began.
    pub at: Duration,
    /// Where.
    pub connection: Arc<Connection>,
    /// The far end.
    pub remote: SocketAddr,
    /// What.
    pub what: What,
}

/// What can happen on a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// These bytes were given to the system.
    Sent(Vec<u8>),
    /// These bytes came: a datagram, or some of a stream.
    Received(Vec<u8>),
    /// The other side closed a stream.
    Closed,
    /// The system reported an error.
    Failed(String),
    /// We are done with it.
    Gone,
}
