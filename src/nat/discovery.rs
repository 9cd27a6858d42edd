//! Asks one or several servers what the tests of RFC 5780 §3.4, §4.3 and §4.4 need, all at the same time: silence
//! costs 1.5 s once, and an open path milliseconds.

use std::net::SocketAddr;
use std::time::Instant;

use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};

use super::ask::{Answer, Ask, Change, Reply};
use super::filtering::Tests;
use super::mapping::{Sighting, believable};
use super::named::{usable, writable};
use super::{Machine, Output, Reflector, SocketId};
use crate::stun::{Class, Message, TransactionId};

/// Servers beyond these are not asked: each takes two sockets and up to nine requests.
const MOST_SERVERS: usize = 4;

/// The socket that everybody is asked from: how it is seen tells the mapping.
pub(super) const COMMON: SocketId = 0;
/// The two that write to each other's outside address.
pub(super) const HAIRPIN: [SocketId; 2] = [1, 2];

/// What a request is for; the number is the server's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// How the common socket is seen.
    Plain(usize),
    /// The other address with the first port.
    OtherAddress(usize),
    /// The other address and port.
    Other(usize),
    /// The first address with the other port.
    OtherPort(usize),
    /// A filtering test: from a socket that writes to nobody else.
    Filter(usize, Change),
    /// As the filtering test, from the common socket, which has written to where the answer comes from.
    Control(usize, Change),
    /// How a hairpinning socket is seen.
    HairpinBase(usize),
    /// From one hairpinning socket to the outside address of the other.
    Hairpin(usize),
}

/// The tests of one address family, on their way.
///
/// The filtering tests have a socket each that never writes to any other address, so that nothing but the filter
/// itself decides what comes in (RFC 5780 §4.5 asks for care with the order otherwise).
#[derive(Debug)]
pub struct Discovery {
    pub(super) started: Instant,
    pub(super) locals: Vec<SocketAddr>,
    pub(super) servers: Vec<SocketAddr>,
    /// Servers for which there was no room.
    pub(super) left_out: Vec<SocketAddr>,
    pub(super) asks: Vec<(Purpose, Ask)>,
    ids: StdRng,
}

impl Discovery {
    /// How many sockets the tests take for so many servers.
    pub fn sockets(servers: usize) -> usize {
        3 + 2 * servers.min(MOST_SERVERS)
    }

    /// Tests that begin with the first [`poll`](Machine::poll). `locals` are the addresses of as many sockets as
    /// [`sockets`](Self::sockets) says, all on one IP address. Of many servers, those are asked that can tell most.
    pub fn new(now: Instant, seed: [u8; 32], locals: Vec<SocketAddr>, servers: &[Reflector]) -> Self {
        let mut servers = by_worth(servers);
        let left_out = servers.split_off(servers.len().min(MOST_SERVERS));
        let ids = StdRng::from_seed(seed);
        let mut discovery = Self { started: now, locals, servers, left_out, asks: Vec::new(), ids };
        for at in 0..discovery.servers.len() {
            discovery.plain(now, Purpose::Plain(at), COMMON, discovery.servers[at]);
        }
        if let Some(first) = discovery.servers.first().copied() {
            for (at, socket) in HAIRPIN.into_iter().enumerate() {
                discovery.plain(now, Purpose::HairpinBase(at), socket, first);
            }
        }
        discovery
    }

    /// What came of a test so far.
    pub(super) fn reply(&self, purpose: Purpose) -> Reply {
        self.ask(purpose).map_or(Reply::Pending, |ask| ask.reply)
    }

    fn ask(&self, purpose: Purpose) -> Option<&Ask> {
        self.asks.iter().find(|(known, _)| *known == purpose).map(|(_, ask)| ask)
    }

    /// How the common socket was seen, everywhere.
    pub(super) fn sightings(&self) -> Vec<Sighting> {
        let from_common = |purpose: &Purpose| {
            matches!(
                purpose,
                Purpose::Plain(_) | Purpose::OtherAddress(_) | Purpose::Other(_) | Purpose::OtherPort(_)
            )
        };
        let asked = self.asks.iter().filter(|(purpose, _)| from_common(purpose));
        asked
            .filter_map(|(_, ask)| Some(Sighting { by: ask.to, mapped: ask.reply.mapped()? }))
            .filter(|sighting| self.believes(sighting))
            .collect()
    }

    /// Whether a sighting of the common socket makes sense.
    pub(super) fn believes(&self, sighting: &Sighting) -> bool {
        believable(sighting.by, self.locals[COMMON], sighting.mapped)
    }

    /// Whether there is a NAT on the way; `None` where nobody has told.
    pub(super) fn translated(&self) -> Option<bool> {
        let seen = self.sightings();
        (!seen.is_empty()).then(|| seen.iter().any(|sighting| sighting.mapped != self.locals[COMMON]))
    }

    /// A server's OTHER-ADDRESS.
    pub(super) fn other(&self, server: usize) -> Option<SocketAddr> {
        self.reply(Purpose::Plain(server)).answer().and_then(|answer: Answer| answer.other)
    }

    /// What a server's filtering tests came to; `None` where its OTHER-ADDRESS is of no use.
    pub(super) fn tests(&self, server: usize) -> Option<Tests> {
        let address = self.servers[server];
        let other = self.other(server).filter(|other| usable(address, *other).is_ok())?;
        Some(Tests {
            other,
            other_port: SocketAddr::new(address.ip(), other.port()),
            change_both: self.reply(Purpose::Filter(server, Change::AddressAndPort)),
            change_port: self.reply(Purpose::Filter(server, Change::Port)),
            other_direct: self.reply(Purpose::Other(server)),
            port_direct: self.reply(Purpose::OtherPort(server)),
            control_both: self.reply(Purpose::Control(server, Change::AddressAndPort)),
            control_port: self.reply(Purpose::Control(server, Change::Port)),
        })
    }

    /// The outside addresses of the two hairpinning sockets.
    pub(super) fn hairpin_bases(&self) -> Option<[SocketAddr; 2]> {
        let mapped = |at| self.reply(Purpose::HairpinBase(at)).mapped();
        Some([mapped(0)?, mapped(1)?])
    }

    /// Begins what the answers so far make possible.
    fn follow_up(&mut self, now: Instant) {
        for at in 0..self.servers.len() {
            let (server, Some(tests)) = (self.servers[at], self.tests(at)) else { continue };
            let (other, other_port) = (tests.other, tests.other_port);
            self.plain(now, Purpose::OtherAddress(at), COMMON, SocketAddr::new(other.ip(), server.port()));
            self.plain(now, Purpose::Other(at), COMMON, other);
            self.plain(now, Purpose::OtherPort(at), COMMON, other_port);
            let fresh = HAIRPIN[1] + 1 + 2 * at;
            self.change(now, Purpose::Filter(at, Change::AddressAndPort), fresh, server, other);
            self.change(now, Purpose::Filter(at, Change::Port), fresh + 1, server, other_port);
            if tests.other_direct.answer().is_some() {
                self.change(now, Purpose::Control(at, Change::AddressAndPort), COMMON, server, other);
            }
            if tests.port_direct.answer().is_some() {
                self.change(now, Purpose::Control(at, Change::Port), COMMON, server, other_port);
            }
        }
        if let (Some(bases), Some(true)) = (self.hairpin_bases(), self.translated())
            && bases.iter().all(|mapped| writable(self.servers[0], *mapped).is_ok())
        {
            self.plain(now, Purpose::Hairpin(0), HAIRPIN[0], bases[1]);
            self.plain(now, Purpose::Hairpin(1), HAIRPIN[1], bases[0]);
        }
    }

    fn plain(&mut self, now: Instant, purpose: Purpose, socket: SocketId, to: SocketAddr) {
        if self.ask(purpose).is_none() {
            let ask = Ask::plain(now, self.id(), socket, to);
            self.asks.push((purpose, ask));
        }
    }

    fn change(&mut self, now: Instant, purpose: Purpose, socket: SocketId, to: SocketAddr, from: SocketAddr) {
        let (Purpose::Filter(_, change) | Purpose::Control(_, change)) = purpose else { return };
        if self.ask(purpose).is_none() {
            let ask = Ask::change(now, self.id(), socket, to, change, from);
            self.asks.push((purpose, ask));
        }
    }

    fn id(&mut self) -> TransactionId {
        let mut id = [0; 12];
        self.ids.fill_bytes(&mut id);
        TransactionId(id)
    }

    /// Whether a test's outcome can change nothing any more.
    fn is_moot(&self, purpose: Purpose) -> bool {
        let let_in = |server, change| self.reply(Purpose::Filter(server, change)).answer().is_some();
        match purpose {
            Purpose::Filter(server, Change::Port) | Purpose::Control(server, Change::AddressAndPort) => {
                let_in(server, Change::AddressAndPort)
            }
            Purpose::Control(server, Change::Port) => {
                let_in(server, Change::AddressAndPort) || let_in(server, Change::Port)
            }
            Purpose::Hairpin(at) => self.reply(Purpose::Hairpin(1 - at)).answer().is_some(),
            _ => false,
        }
    }
}

/// The servers in the order of what they can tell: first those whose OTHER-ADDRESS is of use, then those that sent any,
/// and among the others first one of each IP address, as two ports of one tell less of the mapping. Otherwise as they
/// come.
fn by_worth(servers: &[Reflector]) -> Vec<SocketAddr> {
    let rank = |server: &Reflector| match server.other_address {
        Some(other) if usable(server.addr, other).is_ok() => 0,
        Some(_) => 1,
        None => 2,
    };
    let mut ordered: Vec<&Reflector> = servers.iter().collect();
    ordered.sort_by_key(|server| rank(server));
    let (mut first, mut again) = (Vec::new(), Vec::new());
    for server in ordered {
        let known = first.iter().any(|known: &SocketAddr| known.ip() == server.addr.ip());
        // One whose OTHER-ADDRESS is of use counts for itself.
        if known && rank(server) > 0 { again.push(server.addr) } else { first.push(server.addr) }
    }
    first.append(&mut again);
    first
}

impl Machine for Discovery {
    fn poll(&mut self, now: Instant) -> Output {
        let mut next: Option<Instant> = None;
        for at in 0..self.asks.len() {
            if self.is_moot(self.asks[at].0) {
                continue;
            }
            let ask = &mut self.asks[at].1;
            ask.expire(now);
            if let Some(bytes) = ask.due(now) {
                return Output::Transmit { socket: ask.socket, to: ask.to, bytes };
            }
            next = next.into_iter().chain(ask.next()).min();
        }
        next.map_or(Output::Done, Output::Wait)
    }

    fn handle_input(&mut self, now: Instant, socket: SocketId, from: SocketAddr, bytes: &[u8]) {
        let Ok(message) = Message::from_bytes(bytes) else { return };
        let asked = self.asks.iter_mut().find(|(_, ask)| ask.id == message.transaction);
        let Some((purpose, ask)) = asked else { return };
        match (*purpose, message.class) {
            (Purpose::Hairpin(at), Class::Request) if socket == HAIRPIN[1 - at] => {
                ask.settle(now, Reply::Answered(Answer { from, mapped: None, origin: None, other: None }));
            }
            (Purpose::Hairpin(_), _) => {}
            _ if socket == ask.socket => ask.take(now, from, &message),
            _ => {}
        }
        self.follow_up(now);
    }

    fn handle_unsent(&mut self, now: Instant, socket: SocketId, to: SocketAddr) {
        for (_, ask) in &mut self.asks {
            if ask.socket == socket && ask.to == to && ask.reply == Reply::Pending {
                ask.settle(now, Reply::Unsent);
            }
        }
    }
}
