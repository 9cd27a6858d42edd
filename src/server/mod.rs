//! The embedded STUN/TURN server, sans-IO: Binding, and TURN (RFC 8656) with UDP relays.
//!
//! Bytes and time come in, intentions go out ([`Output`]); `io::server` owns the sockets. A gate
//! (authentication, quotas, refusals, and the failures that real deployments have) stands before
//! the allocations, which `turn-server-proto` keeps. Left out: TCP relays (RFC 6062), reservation
//! of ports, mobility, DTLS, RFC 5780.

mod allocation;
mod credential;
mod gate;
mod nonce;
mod request;
mod settings;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::time::Instant;

use turn_server_proto::api::SocketAllocateError;
use turn_server_proto::types::AddressFamily;

pub use settings::{Faults, PeerRange, PeerRangeError, Settings};

use allocation::{Allocations, Event};
use gate::{Gate, Verdict};

use crate::stun::{Class, MessageBuilder, Method, TransactionId, attribute, framing};

/// What a client talks over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transport {
    /// Datagrams.
    Udp,
    /// A stream in the clear.
    Tcp,
    /// A stream in TLS.
    Tls,
}

/// One client: the listener it came to, and its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Client {
    /// The listener.
    pub transport: Transport,
    /// The client's address as seen there.
    pub address: SocketAddr,
}

/// An address family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

/// Why there is no relay socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelayRefused {
    /// This machine has no address of that family: 440.
    Family,
    /// No socket could be had: 508.
    Capacity,
}

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub enum Output {
    /// Send this to a client: one datagram, or bytes of its stream.
    ToClient {
        /// To whom.
        client: Client,
        /// What.
        data: Vec<u8>,
    },
    /// Send this datagram from a relay socket.
    ToPeer {
        /// The socket's own address.
        relay: SocketAddr,
        /// To whom.
        peer: SocketAddr,
        /// What.
        data: Vec<u8>,
    },
    /// Open a relay socket and call [`Server::relay_opened`] before anything else.
    OpenRelay {
        /// For whom.
        client: Client,
        /// Of which family.
        family: Family,
        /// With an even port (EVEN-PORT).
        even_port: bool,
    },
    /// Close this relay socket.
    CloseRelay {
        /// Its own address.
        relay: SocketAddr,
    },
}

/// The server for all listeners. Feed it, then take [`Self::poll_output`] until there is none.
pub struct Server {
    gate: Gate,
    udp: Allocations,
    tcp: Allocations,
    tls: Allocations,
    /// By the address of the socket.
    relays: BTreeMap<SocketAddr, Relay>,
    /// From the address that clients are told to that of the socket.
    advertised: BTreeMap<SocketAddr, SocketAddr>,
    outputs: VecDeque<Output>,
}

struct Relay {
    client: Client,
    advertised: SocketAddr,
}

impl Server {
    /// A server whose nonces are made with this secret.
    pub fn new(settings: Settings, secret: [u8; 32], now: Instant) -> Self {
        Self {
            gate: Gate::new(settings, secret, now),
            udp: Allocations::new(now),
            tcp: Allocations::new(now),
            tls: Allocations::new(now),
            relays: BTreeMap::new(),
            advertised: BTreeMap::new(),
            outputs: VecDeque::new(),
        }
    }

    /// One datagram, or one frame of a stream, from a client. `unix_time`: seconds since 1970.
    pub fn handle_client(&mut self, client: Client, bytes: &[u8], now: Instant, unix_time: u64) {
        if client.transport == Transport::Udp && self.gate.settings().faults.drop_udp_in {
            return;
        }
        match self.gate.judge(client, bytes, now, unix_time) {
            Verdict::Answer(data) => self.tell_client(client, data),
            Verdict::Request(request) => {
                let response = self.allocations(client.transport).request(client.address, request, now);
                if let Some(data) = response.and_then(|response| self.gate.finish(client, &response)) {
                    self.tell_client(client, data);
                }
                self.handle_events(client.transport, now);
            }
            Verdict::Data => {
                let outbound = self.allocations(client.transport).data(client.address, bytes, now);
                if let Some(outbound) = outbound {
                    self.tell_peer(outbound.relayed, outbound.peer, outbound.data);
                }
            }
            Verdict::Drop => {}
        }
    }

    /// One datagram that came to a relay socket.
    pub fn handle_peer(&mut self, relay: SocketAddr, from: SocketAddr, bytes: &[u8], now: Instant) {
        let Some(Relay { client, advertised }) = self.relays.get(&relay) else { return };
        let (transport, address, relayed) = (client.transport, client.address, *advertised);
        // Relays know each other by the address that clients are told.
        let peer = match self.relays.get(&from) {
            Some(other) => other.advertised,
            None if self.gate.settings().faults.relay_inbound_blocked => return,
            None => from,
        };
        let uninvited = self.gate.settings().faults.permissions_ignored;
        let inbound = self.allocations(transport).peer(relayed, peer, bytes, now).or_else(|| {
            let indication = MessageBuilder::new(Class::Indication, Method::Data, TransactionId([0; 12]))
                .xor_address(attribute::XOR_PEER_ADDRESS, peer)
                .attribute(attribute::DATA, bytes);
            (uninvited && bytes.len() < 65_000).then(|| (address, indication.finish()))
        });
        if let Some((address, mut data)) = inbound {
            if transport != Transport::Udp {
                framing::pad(&mut data);
            }
            self.tell_client(Client { transport, address }, data);
        }
    }

    /// The outcome of [`Output::OpenRelay`]: the address of the new socket.
    pub fn relay_opened(
        &mut self,
        client: Client,
        family: Family,
        relay: Result<SocketAddr, RelayRefused>,
        now: Instant,
    ) {
        let told = relay.map(|relay| match self.gate.settings().advertised_relay_ip {
            Some(ip) if ip.is_ipv4() == relay.is_ipv4() => SocketAddr::new(ip, relay.port()),
            _ => relay,
        });
        if let (Ok(relay), Ok(advertised)) = (relay, told) {
            self.relays.insert(relay, Relay { client, advertised });
            self.advertised.insert(advertised, relay);
        }
        let family = match family {
            Family::V4 => AddressFamily::IPV4,
            Family::V6 => AddressFamily::IPV6,
        };
        let told = told.map_err(|refused| match refused {
            RelayRefused::Family => SocketAllocateError::AddressFamilyNotSupported,
            RelayRefused::Capacity => SocketAllocateError::InsufficientCapacity,
        });
        let response = self.allocations(client.transport).opened(client.address, family, told, now);
        if let Some(data) = response.and_then(|response| self.gate.finish(client, &response)) {
            self.tell_client(client, data);
        }
        self.handle_events(client.transport, now);
    }

    /// The connection of this client is gone, and its allocation with it.
    pub fn client_gone(&mut self, client: Client, now: Instant) {
        if self.gate.knows(client) {
            self.allocations(client.transport).release(client.address, now);
            self.handle_events(client.transport, now);
            self.gate.forget(client);
        }
    }

    /// Lets what has expired by now expire. Lifetimes are minutes: once a second is often enough.
    pub fn handle_timeout(&mut self, now: Instant) {
        for transport in [Transport::Udp, Transport::Tcp, Transport::Tls] {
            self.handle_events(transport, now);
        }
    }

    /// What is to be done next.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    fn handle_events(&mut self, transport: Transport, now: Instant) {
        while let Some(event) = self.allocations(transport).poll(now) {
            match event {
                Event::Open { client, family } => {
                    let family = if family == AddressFamily::IPV4 { Family::V4 } else { Family::V6 };
                    let client = Client { transport, address: client };
                    let even_port = self.gate.wants_even_port(client);
                    self.outputs.push_back(Output::OpenRelay { client, family, even_port });
                }
                Event::Close { relayed } => {
                    let Some(relay) = self.advertised.remove(&relayed) else { continue };
                    if let Some(Relay { client, .. }) = self.relays.remove(&relay) {
                        self.gate.forget(client);
                    }
                    self.outputs.push_back(Output::CloseRelay { relay });
                }
            }
        }
        // The machine remembers every client for ever, so it is replaced when it may be.
        if self.allocations(transport).remembered() > MAX_REMEMBERED && self.gate.is_idle(transport) {
            *self.allocations(transport) = Allocations::new(now);
        }
    }

    fn tell_client(&mut self, client: Client, data: Vec<u8>) {
        self.outputs.push_back(Output::ToClient { client, data });
    }

    fn tell_peer(&mut self, relayed: SocketAddr, peer: SocketAddr, data: Vec<u8>) {
        let Some(&relay) = self.advertised.get(&relayed) else { return };
        let faults = self.gate.settings().faults;
        // Our own advertised address is mapped back to the true one, as coturn does.
        let inside = self.advertised.get(&peer).copied().or(self.relays.contains_key(&peer).then_some(peer));
        let blocked =
            if inside.is_some() { faults.relay_hairpin_blocked } else { faults.relay_outbound_blocked };
        if !blocked {
            self.outputs.push_back(Output::ToPeer { relay, peer: inside.unwrap_or(peer), data });
        }
    }

    fn allocations(&mut self, transport: Transport) -> &mut Allocations {
        match transport {
            Transport::Udp => &mut self.udp,
            Transport::Tcp => &mut self.tcp,
            Transport::Tls => &mut self.tls,
        }
    }
}

/// Clients that one listener's machine may remember.
const MAX_REMEMBERED: usize = 4096;
