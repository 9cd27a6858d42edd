//! What the forwarder did, datagram by datagram.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// Client to server.
    Up,
    /// Server to client.
    Down,
}

/// One datagram on its way through.
#[derive(Debug, Clone)]
pub(crate) struct Passage {
    pub(crate) direction: Direction,
    /// Its number in this direction, from 0.
    pub(crate) number: u64,
    /// The client that it came from or goes to.
    pub(crate) client: SocketAddr,
    pub(crate) bytes: Vec<u8>,
    /// When it came.
    pub(crate) arrived: Instant,
    /// When it left; empty where it was dropped, two for a duplicate.
    pub(crate) left: Vec<Instant>,
    /// It was meant to leave.
    pub(crate) kept: bool,
}

impl Passage {
    /// How long the first copy took; `None` where none left.
    pub(crate) fn took(&self) -> Option<Duration> {
        self.left.iter().min().map(|left| *left - self.arrived)
    }
}

/// Everything so far, in order of arrival.
#[derive(Debug, Clone, Default)]
pub(crate) struct Log {
    pub(crate) passages: Vec<Passage>,
}

impl Log {
    /// The numbers of the datagrams dropped in one direction.
    pub(crate) fn dropped(&self, direction: Direction) -> Vec<u64> {
        let dropped = self.passages.iter().filter(|passage| passage.direction == direction && !passage.kept);
        dropped.map(|passage| passage.number).collect()
    }

    /// How many came in one direction.
    pub(crate) fn seen(&self, direction: Direction) -> usize {
        self.passages.iter().filter(|passage| passage.direction == direction).count()
    }
}
