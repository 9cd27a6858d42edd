//! The allocations of one listener, kept by `turn-server-proto`.
//!
//! The gate has authenticated every request that comes here, so that machine sees one user only, of
//! our own. It always believes to sit on UDP, whatever the listener: streams are cut into frames
//! before, because its own stream framing leaves out the padding of ChannelData (RFC 8656 §12.5).

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use turn_server_proto::api::{SocketAllocateError, TurnServerApi as _, TurnServerPollRet};
use turn_server_proto::server::TurnServer;
use turn_server_proto::stun::Instant as MachineTime;
use turn_server_proto::stun::agent::Transmit;
use turn_server_proto::types::{AddressFamily, TransportType};

use crate::stun::{Class, Message, MessageBuilder, Method, TransactionId, attribute};
use crate::turn::credentials::{Credentials, Secret};

/// The machine of one listener.
#[derive(Debug)]
pub(super) struct Allocations {
    machine: TurnServer,
    started: Instant,
    /// The machine's nonce for each client it has seen.
    nonces: HashMap<SocketAddr, Vec<u8>>,
    /// Of the machine's only user.
    key: Vec<u8>,
}

/// What the machine wants done.
#[derive(Debug)]
pub(super) enum Event {
    /// Open a relay socket for this client, and tell [`Allocations::opened`].
    Open { client: SocketAddr, family: AddressFamily },
    /// The allocation with this relayed address is over.
    Close { relayed: SocketAddr },
}

/// A datagram from a relayed address to a peer.
#[derive(Debug)]
pub(super) struct Outbound {
    pub(super) relayed: SocketAddr,
    pub(super) peer: SocketAddr,
    pub(super) data: Vec<u8>,
}

impl Allocations {
    pub(super) fn new(now: Instant) -> Self {
        let mut machine = TurnServer::new(TransportType::Udp, LISTEN, REALM.to_owned());
        machine.add_user(USER.to_owned(), PASSWORD.to_owned());
        // Nonces are the gate's business.
        machine.set_nonce_expiry_duration(Duration::from_secs(10 * 365 * 86_400));
        let key = Credentials::password(USER, Secret::new(PASSWORD)).key(REALM);
        Self { machine, started: now, nonces: HashMap::new(), key: key.to_vec() }
    }

    /// How many clients the machine remembers; it never forgets one.
    pub(super) fn remembered(&self) -> usize {
        self.nonces.len()
    }

    /// A request that the gate let pass. An Allocate is answered later, through [`Self::opened`].
    pub(super) fn request(
        &mut self,
        client: SocketAddr,
        request: MessageBuilder,
        now: Instant,
    ) -> Option<Message> {
        let nonce = match self.nonces.get(&client) {
            Some(nonce) => nonce.clone(),
            None => {
                let asked = MessageBuilder::new(Class::Request, Method::Allocate, NOBODYS).finish();
                let nonce = self.exchange(client, asked, now)?.attribute(attribute::NONCE)?.to_vec();
                self.nonces.insert(client, nonce.clone());
                nonce
            }
        };
        let signed = request
            .attribute(attribute::USERNAME, USER.as_bytes())
            .attribute(attribute::REALM, REALM.as_bytes())
            .attribute(attribute::NONCE, &nonce)
            .integrity(&self.key)
            .finish();
        self.exchange(client, signed, now)
    }

    /// ChannelData or a Send indication.
    pub(super) fn data(&mut self, client: SocketAddr, bytes: &[u8], now: Instant) -> Option<Outbound> {
        let now = self.time(now);
        let sent = self.machine.recv(Transmit::new(bytes, TransportType::Udp, client, LISTEN), now)?.build();
        // The machine answers what it should have ignored: that goes to no peer.
        (sent.from != LISTEN).then_some(Outbound { relayed: sent.from, peer: sent.to, data: sent.data })
    }

    /// A datagram from a peer to a relayed address; for which client, and in which shape.
    pub(super) fn peer(
        &mut self,
        relayed: SocketAddr,
        peer: SocketAddr,
        bytes: &[u8],
        now: Instant,
    ) -> Option<(SocketAddr, Vec<u8>)> {
        // ChannelData and Data indications count their length in 16 bits; the machine does not check.
        if bytes.len() > MAX_DATAGRAM {
            return None;
        }
        let now = self.time(now);
        let sent = self.machine.recv(Transmit::new(bytes, TransportType::Udp, peer, relayed), now)?.build();
        (sent.from == LISTEN).then_some((sent.to, sent.data))
    }

    /// The outcome of [`Event::Open`]; the response to the Allocate.
    pub(super) fn opened(
        &mut self,
        client: SocketAddr,
        family: AddressFamily,
        relayed: Result<SocketAddr, SocketAllocateError>,
        now: Instant,
    ) -> Option<Message> {
        let now = self.time(now);
        let (udp, machine) = (TransportType::Udp, &mut self.machine);
        machine.allocated_socket(udp, LISTEN, client, udp, family, relayed, now);
        Message::from_bytes(&machine.poll_transmit(now)?.data).ok()
    }

    /// Ends the allocation of a client whose connection is gone.
    pub(super) fn release(&mut self, client: SocketAddr, now: Instant) {
        let refresh = MessageBuilder::new(Class::Request, Method::Refresh, NOBODYS);
        let _ = self.request(client, refresh.number(attribute::LIFETIME, 0), now);
    }

    /// What is due; `None` when nothing is.
    pub(super) fn poll(&mut self, now: Instant) -> Option<Event> {
        match self.machine.poll(self.time(now)) {
            TurnServerPollRet::AllocateSocket { client_addr, family, .. } => {
                Some(Event::Open { client: client_addr, family })
            }
            TurnServerPollRet::SocketClose { listen_addr, .. } => Some(Event::Close { relayed: listen_addr }),
            // TCP relays never come about: the gate lets no such Allocate pass.
            _ => None,
        }
    }

    fn exchange(&mut self, client: SocketAddr, bytes: Vec<u8>, now: Instant) -> Option<Message> {
        let now = self.time(now);
        let sent = self.machine.recv(Transmit::new(bytes, TransportType::Udp, client, LISTEN), now)?.build();
        Message::from_bytes(&sent.data).ok()
    }

    fn time(&self, now: Instant) -> MachineTime {
        let since = now.saturating_duration_since(self.started).as_nanos();
        MachineTime::from_nanos(i64::try_from(since).unwrap_or(i64::MAX))
    }
}

/// Where the machine believes to listen: no address that a client or relay can have.
const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
/// The machine's only user. No secret: nothing from outside reaches the machine under it.
const USER: &str = "gate";
const REALM: &str = "gate";
const PASSWORD: &str = "gate";
/// Of requests that no client made.
const NOBODYS: TransactionId = TransactionId([0; 12]);
/// Leaves room for the header of a Data indication in a message of 64 KiB.
const MAX_DATAGRAM: usize = 65_000;
