//! What the NATs and firewalls between this machine and a server do to UDP (RFC 4787), found out as RFC 5780
//! has it: mapping, filtering, hairpinning, and how long a mapping lives.
//!
//! Two sans-IO machines ask ([`Discovery`], [`Lifetime`]), pure functions conclude ([`NatFacts`]). Where a
//! server's answers cannot tell, the conclusion is `inconclusive` and says why: never a guess. Not here:
//! sockets (`io::nat`), and what TCP meets.

mod ask;
mod behavior;
mod classic;
mod discovery;
mod facts;
mod filtering;
mod hairpin;
mod lifetime;
mod mapping;
mod named;
#[cfg(test)]
mod simulation;

pub use self::behavior::{Behavior, Conclusion, Hairpin, Hairpinning};
pub use self::classic::{Peer, calls, kind, peers};
pub use self::discovery::Discovery;
pub use self::facts::{Exchange, LeftOut, NatFacts, OtherAddress, PortFacts, ServerFacts};
pub use self::lifetime::{IDLE_TIMES, Lifetime, LifetimeFacts, Tried, idle_times};
pub use self::named::{Unusable, usable};

use std::net::SocketAddr;
use std::time::Instant;

/// A server that answers Binding, and how it may help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reflector {
    /// Where it answers.
    pub addr: SocketAddr,
    /// The OTHER-ADDRESS that it sent.
    pub other_address: Option<SocketAddr>,
}

/// One of a machine's sockets: they are numbered, and none is shared between tests that another's traffic
/// could spoil.
pub type SocketId = usize;

/// What a machine wants next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Send these bytes from this socket.
    Transmit {
        /// From where.
        socket: SocketId,
        /// To where.
        to: SocketAddr,
        /// What.
        bytes: Vec<u8>,
    },
    /// Nothing before this time, unless something comes in.
    Wait(Instant),
    /// All is known that will be.
    Done,
}

/// A machine that asks: what [`Discovery`] and [`Lifetime`] have in common, for the one driver of both.
pub trait Machine {
    /// What to do at `now`.
    fn poll(&mut self, now: Instant) -> Output;
    /// Takes a datagram that came to one of its sockets.
    fn handle_input(&mut self, now: Instant, socket: SocketId, from: SocketAddr, bytes: &[u8]);
    /// Takes note that the system did not let something out.
    fn handle_unsent(&mut self, now: Instant, socket: SocketId, to: SocketAddr);
}
