//! TURN as a capture shows it: what clients asked of servers, and what is wrapped within (RFC 8656).

mod facts;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::ops::Range;

use foldhash::HashMap;
use serde::Serialize;

pub use facts::{AllocationFacts, ChannelFacts, EventFacts, TurnFacts};

use super::demux::Class;
use super::exchange::{Exchanges, Sent};
use super::leg::{Carrier, Leg, Via};
use super::spread::Spread;
use crate::capture::{Frame, Time};
use crate::stun::attribute::{self, read_address};
use crate::stun::registry::method_name;
use crate::stun::{Class as Kind, Message, Method, TransactionId};

/// Clients that are told apart; beyond, a capture is of a load test.
const MOST_CLIENTS: usize = 4096;
/// Channels, peers and allocations of one client; a call has one or two.
const MOST_OF_A_CLIENT: usize = 64;
/// Events of one client that are told in full.
const MOST_EVENTS: usize = 128;
/// Those that RFC 8656 §12 leaves; others are taken where they were asked for.
const CHANNELS: std::ops::RangeInclusive<u16> = 0x4000..=0x4fff;
/// How long a client may wait for a response (RFC 8489 §6.2.1 has 39.5 s in all, but the second try after 0.5 s).
const PATIENCE_NS: i64 = 2_000_000_000;
/// There is no allocation (RFC 8656 §7.3).
const MISMATCH: u16 = 437;
/// What events say of an allocation that the client gave back.
pub(super) const RELEASED: &str = "released";
const SEND: u16 = 0x0016;
const DATA: u16 = 0x0017;

/// What was wrapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unwrapped {
    /// In what.
    pub via: Via,
    /// Where it stands in the payload.
    pub range: Range<usize>,
    /// How long it was on the wire.
    pub length: usize,
    /// Whom it is for, or from; `None` where a channel was bound before the capture began.
    pub peer: Option<SocketAddr>,
}

/// All clients of all servers.
#[derive(Debug, Default)]
pub struct Turn {
    clients: Vec<Client>,
    /// By the way from the client to the server.
    places: HashMap<Leg, usize>,
    relayed: HashMap<SocketAddr, usize>,
    exchanges: Exchanges<(usize, Asked)>,
    untracked: u64,
}

#[derive(Debug)]
enum Asked {
    Allocate { transport: Option<u8> },
    Refresh { lifetime: Option<u32> },
    Permissions(Vec<IpAddr>),
    Bind(u16, SocketAddr),
    Other(Method),
}

impl Asked {
    fn method(&self) -> Method {
        match self {
            Self::Allocate { .. } => Method::Allocate,
            Self::Refresh { .. } => Method::Refresh,
            Self::Permissions(_) => Method::CreatePermission,
            Self::Bind(..) => Method::ChannelBind,
            Self::Other(method) => *method,
        }
    }
}

/// One client at one server.
#[derive(Debug)]
struct Client {
    client: SocketAddr,
    server: SocketAddr,
    carrier: Carrier,
    /// Which side is the client was concluded from a port number.
    guessed: bool,
    methods: BTreeMap<String, Counts>,
    round_trips: Spread,
    software: Option<String>,
    realm: Option<String>,
    allocations: Vec<Allocation>,
    permissions: BTreeMap<IpAddr, Time>,
    channels: BTreeMap<u16, Channel>,
    indications: Wrapped,
    events: Vec<Event>,
    events_dropped: u64,
    /// It asked for the end of its allocation.
    gave_back: bool,
}

/// What came of the requests of one method.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Counts {
    /// Requests, each once.
    pub requests: u64,
    /// Requests that were sent again.
    pub repeated: u64,
    /// Success responses.
    pub succeeded: u64,
    /// Error responses by their code.
    pub errors: BTreeMap<u16, u64>,
    /// Requests without a response.
    pub unanswered: u64,
}

#[derive(Debug, Clone)]
struct Allocation {
    at: Time,
    transport: Option<u8>,
    relayed: Vec<SocketAddr>,
    mapped: Option<SocketAddr>,
    lifetime: Option<u32>,
    refreshed: u64,
    until: Option<Time>,
    released: Option<Time>,
}

#[derive(Debug, Clone)]
struct Channel {
    peer: Option<SocketAddr>,
    bound: Option<Time>,
    data: Wrapped,
}

/// Messages that carried data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Wrapped {
    /// From the client.
    pub sent: u64,
    /// To the client.
    pub received: u64,
    /// Their bytes, without what they were wrapped in.
    pub bytes: u64,
}

impl Wrapped {
    fn count(&mut self, to_server: bool, length: usize) {
        *(if to_server { &mut self.sent } else { &mut self.received }) += 1;
        self.bytes += length as u64;
    }
}

#[derive(Debug, Clone)]
struct Event {
    at: Time,
    frame: Frame,
    method: String,
    error: Option<u16>,
    detail: Option<String>,
}

impl Turn {
    /// What is wrapped in a payload, if it is ChannelData or an indication with data.
    pub fn unwrap(&mut self, leg: &Leg, class: Class, payload: &[u8], length: usize) -> Option<Unwrapped> {
        // A relay behind a relay is nobody's.
        if leg.via.is_some() {
            return None;
        }
        match class {
            Class::Channel(number) => self.channel_data(leg, number, payload, length),
            Class::Stun => self.indication(leg, payload),
            _ => None,
        }
    }

    fn channel_data(&mut self, leg: &Leg, number: u16, payload: &[u8], length: usize) -> Option<Unwrapped> {
        let found = self.look(leg);
        let usual = CHANNELS.contains(&number);
        let (place, to_server) = match found {
            Some(found) => found,
            None if usual => self.guess(leg)?,
            None => return None,
        };
        let client = self.clients.get_mut(place)?;
        let room = client.channels.len() < MOST_OF_A_CLIENT;
        let stated = usize::from(u16::from_be_bytes([*payload.get(2)?, *payload.get(3)?]));
        let stated = stated.min(length.saturating_sub(4));
        let mut peer = None;
        match client.channels.get_mut(&number) {
            Some(channel) => {
                channel.data.count(to_server, stated);
                peer = channel.peer;
            }
            None if !usual => return None,
            None if room => {
                let mut data = Wrapped::default();
                data.count(to_server, stated);
                client.channels.insert(number, Channel { peer: None, bound: None, data });
            }
            None => {}
        }
        let end = (4 + stated).min(payload.len());
        Some(Unwrapped { via: Via::Channel(number), range: 4..end, length: stated, peer })
    }

    fn indication(&mut self, leg: &Leg, payload: &[u8]) -> Option<Unwrapped> {
        let to_server = match payload.get(..2)? {
            kind if *kind == SEND.to_be_bytes() => true,
            kind if *kind == DATA.to_be_bytes() => false,
            _ => return None,
        };
        let transaction = TransactionId(payload.get(8..20)?.try_into().ok()?);
        let (mut peer, mut data) = (None, None);
        let mut at = 20;
        while let Some(&[k0, k1, l0, l1]) = payload.get(at..).and_then(<[u8]>::first_chunk) {
            let length = usize::from(u16::from_be_bytes([l0, l1]));
            let value = at + 4..(at + 4 + length).min(payload.len());
            match u16::from_be_bytes([k0, k1]) {
                attribute::XOR_PEER_ADDRESS if peer.is_none() => {
                    peer = read_address(payload.get(value)?, Some(&transaction));
                }
                attribute::DATA if data.is_none() => data = Some((value, length)),
                _ => {}
            }
            at = (at + 4 + length).next_multiple_of(4);
        }
        let (client, server) = if to_server { (leg.src, leg.dst) } else { (leg.dst, leg.src) };
        let (peer, (range, length)) = (peer?, data?);
        if let Some(place) = self.client(client, server, leg.carrier, false) {
            self.clients[place].indications.count(to_server, length);
        }
        Some(Unwrapped { via: Via::Indication(peer), range, length, peer: Some(peer) })
    }

    /// Takes a message that is about the relay itself; what is not is left alone.
    pub fn message(&mut self, leg: &Leg, at: Time, frame: Frame, message: &Message) {
        use Method::{
            Allocate, ChannelBind, Connect, ConnectionAttempt, ConnectionBind, CreatePermission, Refresh,
        };
        let ours = matches!(
            message.method,
            Allocate
                | Refresh
                | CreatePermission
                | ChannelBind
                | Connect
                | ConnectionBind
                | ConnectionAttempt
        );
        if !ours || leg.via.is_some() {
            return;
        }
        match message.class {
            Kind::Request => {
                let Some(place) = self.client(leg.src, leg.dst, leg.carrier, false) else { return };
                self.request(place, at, message);
            }
            Kind::Success | Kind::Error => {
                let Some(place) = self.client(leg.dst, leg.src, leg.carrier, false) else { return };
                self.response(place, at, frame, message);
            }
            Kind::Indication => {}
        }
    }

    fn request(&mut self, place: usize, at: Time, message: &Message) {
        let client = &mut self.clients[place];
        let peer = || message.xor_address(attribute::XOR_PEER_ADDRESS);
        let asked = match message.method {
            Method::Allocate => Asked::Allocate {
                transport: message.attribute(attribute::REQUESTED_TRANSPORT).and_then(|v| v.first()).copied(),
            },
            Method::Refresh => Asked::Refresh { lifetime: message.number(attribute::LIFETIME) },
            Method::CreatePermission => Asked::Permissions(
                message
                    .xor_addresses(attribute::XOR_PEER_ADDRESS)
                    .flatten()
                    .take(MOST_OF_A_CLIENT)
                    .map(|peer| peer.ip())
                    .collect(),
            ),
            Method::ChannelBind => match (message.number(attribute::CHANNEL_NUMBER), peer()) {
                (Some(number), Some(peer)) => Asked::Bind((number >> 16) as u16, peer),
                _ => Asked::Other(Method::ChannelBind),
            },
            other => Asked::Other(other),
        };
        // What is sent at once may be on its way before the response is.
        if let Asked::Bind(number, peer) = asked
            && client.channels.len() < MOST_OF_A_CLIENT
        {
            let new = Channel { peer: None, bound: None, data: Wrapped::default() };
            client.channels.entry(number).or_insert(new).peer.get_or_insert(peer);
        }
        match asked {
            Asked::Refresh { lifetime } => client.gave_back = lifetime == Some(0),
            // Another allocation.
            Asked::Allocate { .. } => client.gave_back = false,
            _ => {}
        }
        let key = (message.transaction, client.client);
        let method = method_name(asked.method());
        match self.exchanges.request(key, at, (place, asked)) {
            Sent::New(forgotten) => {
                self.clients[place].counts(method).requests += 1;
                if let Some((place, asked)) = forgotten {
                    self.clients[place].counts(method_name(asked.method())).unanswered += 1;
                }
            }
            Sent::Again => self.clients[place].counts(method).repeated += 1,
        }
    }

    fn response(&mut self, place: usize, at: Time, frame: Frame, message: &Message) {
        let client = &mut self.clients[place];
        let request = self.exchanges.response((message.transaction, client.client));
        let (asked, round_trip) = match &request {
            Some(request) => (Some(&request.about.1), request.round_trip(at)),
            None => (None, None),
        };
        round_trip.into_iter().for_each(|ns| client.round_trips.add(ns));
        if client.software.is_none() {
            client.software = message.text(attribute::SOFTWARE);
        }
        if client.realm.is_none() {
            client.realm = message.text(attribute::REALM);
        }
        let method = method_name(message.method);
        let error = message.error_code().map(|(code, _)| code).filter(|_| message.class == Kind::Error);
        let counts = client.counts(method.clone());
        match (message.class, error) {
            (Kind::Success, _) => counts.succeeded += 1,
            (_, code) => *counts.errors.entry(code.unwrap_or(0)).or_default() += 1,
        }
        // Clients ask for the end twice, and the second time there is nothing left.
        let is_gone = message.class == Kind::Error && error == Some(MISMATCH);
        let detail = match message.class {
            Kind::Success => client.granted(at, message, asked),
            _ if is_gone && client.gave_back => Some(RELEASED.to_owned()),
            _ => None,
        };
        if message.method == Method::Allocate && message.class == Kind::Success {
            for relayed in message.xor_addresses(attribute::XOR_RELAYED_ADDRESS).flatten().take(2) {
                self.relayed.insert(relayed, place);
            }
        }
        if is_gone && message.method == Method::Refresh && client.gave_back {
            let open = client.allocations.iter_mut().filter(|allocation| allocation.released.is_none());
            open.for_each(|allocation| allocation.released = Some(at));
        }
        client.event(Event { at, frame, method, error, detail });
    }

    /// Whom a channel stands for.
    #[must_use]
    pub fn peer(&self, leg: &Leg, via: Via) -> Option<SocketAddr> {
        match via {
            Via::Indication(peer) => Some(peer),
            Via::Channel(number) => {
                let (place, _) = self.look(leg)?;
                self.clients.get(place)?.channels.get(&number)?.peer
            }
        }
    }

    /// The number of the channel that stands for a peer.
    #[must_use]
    pub fn channel_of(&self, leg: &Leg, peer: SocketAddr) -> Option<u16> {
        let (place, _) = self.look(leg)?;
        let channels = &self.clients.get(place)?.channels;
        channels.iter().find(|(_, channel)| channel.peer == Some(peer)).map(|(number, _)| *number)
    }

    /// Where what is wrapped goes on the other side of the relay: from the relayed address to the peer, or back.
    #[must_use]
    pub fn far_side(&self, leg: &Leg) -> Option<Leg> {
        let (place, to_server) = self.look(leg)?;
        let peer = self.peer(leg, leg.via?)?;
        let mut relayed = self.clients.get(place)?.allocations.iter().rev().flat_map(|a| &a.relayed);
        let relayed = *relayed.find(|relayed| relayed.is_ipv4() == peer.is_ipv4())?;
        let (src, dst) = if to_server { (relayed, peer) } else { (peer, relayed) };
        Some(Leg { src, dst, carrier: Carrier::Udp, via: None })
    }

    /// Client and server of the allocation that an address was given to.
    #[must_use]
    pub fn client_of(&self, relayed: SocketAddr) -> Option<(SocketAddr, SocketAddr)> {
        let client = self.clients.get(*self.relayed.get(&relayed)?)?;
        Some((client.client, client.server))
    }

    /// Messages of clients beyond those that can be followed.
    #[must_use]
    pub fn untracked(&self) -> u64 {
        self.untracked
    }

    /// What there is to say of each client; times count from `start`, and the capture ends at `end`.
    #[must_use]
    pub fn facts(&self, start: Time, end: Time) -> Vec<TurnFacts> {
        let mut unanswered: HashMap<usize, BTreeMap<String, u64>> = HashMap::default();
        let late = self.exchanges.unanswered().filter(|request| request.was_waited_for(end, PATIENCE_NS));
        for request in late {
            let (place, asked) = &request.about;
            *unanswered.entry(*place).or_default().entry(method_name(asked.method())).or_default() += 1;
        }
        let all = self.clients.iter().enumerate();
        all.map(|(place, client)| client.facts(start, unanswered.remove(&place).unwrap_or_default()))
            .collect()
    }

    fn client(
        &mut self,
        client: SocketAddr,
        server: SocketAddr,
        carrier: Carrier,
        guessed: bool,
    ) -> Option<usize> {
        let key = Leg { src: client, dst: server, carrier, via: None };
        if let Some(place) = self.places.get(&key) {
            return Some(*place);
        }
        if let Some(place) = self.places.get(&key.reverse()).copied()
            && self.clients[place].guessed
        {
            // Now it is known which side is which.
            self.places.remove(&key.reverse());
            self.places.insert(key, place);
            let known = &mut self.clients[place];
            (known.client, known.server, known.guessed) = (client, server, false);
            return Some(place);
        }
        if self.clients.len() >= MOST_CLIENTS {
            self.untracked += 1;
            return None;
        }
        let place = self.clients.len();
        self.clients.push(Client::new(client, server, carrier, guessed));
        self.places.insert(key, place);
        Some(place)
    }

    /// The client on a leg, and whether the leg goes to the server.
    fn look(&self, leg: &Leg) -> Option<(usize, bool)> {
        let outer = leg.outer();
        let to_server = self.places.get(&outer).map(|place| (*place, true));
        to_server.or_else(|| self.places.get(&outer.reverse()).map(|place| (*place, false)))
    }

    /// The capture began when the channel was bound already: the side with the known port is the server.
    fn guess(&mut self, leg: &Leg) -> Option<(usize, bool)> {
        let served = |address: SocketAddr| matches!(address.port(), 3478 | 3479 | 5349 | 5350 | 443 | 80);
        let to_server = served(leg.dst) || !served(leg.src);
        let (client, server) = if to_server { (leg.src, leg.dst) } else { (leg.dst, leg.src) };
        Some((self.client(client, server, leg.carrier, true)?, to_server))
    }
}

impl Client {
    fn new(client: SocketAddr, server: SocketAddr, carrier: Carrier, guessed: bool) -> Self {
        Self {
            client,
            server,
            carrier,
            guessed,
            methods: BTreeMap::new(),
            round_trips: Spread::default(),
            software: None,
            realm: None,
            allocations: Vec::new(),
            permissions: BTreeMap::new(),
            channels: BTreeMap::new(),
            indications: Wrapped::default(),
            events: Vec::new(),
            events_dropped: 0,
            gave_back: false,
        }
    }

    fn counts(&mut self, method: String) -> &mut Counts {
        self.methods.entry(method).or_default()
    }

    fn event(&mut self, event: Event) {
        match self.events.len() < MOST_EVENTS {
            true => self.events.push(event),
            false => self.events_dropped += 1,
        }
    }

    /// What a success means, and in words what is not said by its method.
    fn granted(&mut self, at: Time, message: &Message, asked: Option<&Asked>) -> Option<String> {
        let lifetime = message.number(attribute::LIFETIME);
        let until = |lifetime: u32| Time(at.0.saturating_add(i64::from(lifetime) * 1_000_000_000));
        match message.method {
            Method::Allocate => {
                let relayed: Vec<_> =
                    message.xor_addresses(attribute::XOR_RELAYED_ADDRESS).flatten().take(2).collect();
                let transport = match asked {
                    Some(Asked::Allocate { transport }) => *transport,
                    _ => None,
                };
                let detail = relayed.first().map(SocketAddr::to_string);
                let new = Allocation {
                    at,
                    transport,
                    relayed,
                    mapped: message.reflexive_address(),
                    lifetime,
                    refreshed: 0,
                    until: lifetime.map(until),
                    released: None,
                };
                // The same response may come twice.
                let again = self.allocations.last().is_some_and(|last| last.relayed == new.relayed);
                if !again && self.allocations.len() < MOST_OF_A_CLIENT {
                    self.allocations.push(new);
                }
                detail
            }
            Method::Refresh => {
                let allocation = self.allocations.last_mut();
                let ends = matches!(asked, Some(Asked::Refresh { lifetime: Some(0) })) || lifetime == Some(0);
                match allocation {
                    Some(allocation) if ends => allocation.released = Some(at),
                    Some(allocation) => {
                        allocation.refreshed += 1;
                        allocation.until = lifetime.map(until).or(allocation.until);
                    }
                    None => {}
                }
                Some(if ends { RELEASED.to_owned() } else { format!("{} s", lifetime.unwrap_or(0)) })
            }
            Method::CreatePermission => {
                let Some(Asked::Permissions(peers)) = asked else { return None };
                for peer in peers {
                    if self.permissions.len() < MOST_OF_A_CLIENT || self.permissions.contains_key(peer) {
                        self.permissions.insert(*peer, at);
                    }
                }
                peers.first().map(IpAddr::to_string)
            }
            Method::ChannelBind => {
                let Some(Asked::Bind(number, peer)) = asked else { return None };
                if let Some(channel) = self.channels.get_mut(number) {
                    (channel.peer, channel.bound) = (Some(*peer), Some(at));
                }
                Some(format!("0x{number:04x} {peer}"))
            }
            _ => None,
        }
    }

    fn facts(&self, start: Time, unanswered: BTreeMap<String, u64>) -> TurnFacts {
        let mut requests = self.methods.clone();
        for (method, count) in unanswered {
            requests.entry(method).or_default().unanswered += count;
        }
        let at = |time: Time| time.seconds_since(start);
        TurnFacts {
            client: self.client,
            server: self.server,
            carrier: self.carrier,
            guessed: self.guessed,
            software: self.software.clone(),
            realm: self.realm.clone(),
            requests,
            rtt: self.round_trips.quantiles(),
            allocations: self.allocations.iter().map(|allocation| allocation.facts(start)).collect(),
            permissions: self.permissions.keys().copied().collect(),
            channels: self.channels.iter().map(|(number, channel)| channel.facts(*number, start)).collect(),
            indications: self.indications,
            events: self
                .events
                .iter()
                .map(|event| EventFacts {
                    at_s: at(event.at),
                    frame: event.frame.number,
                    method: event.method.clone(),
                    error: event.error,
                    detail: event.detail.clone(),
                })
                .collect(),
            events_dropped: self.events_dropped,
        }
    }
}

impl Allocation {
    fn facts(&self, start: Time) -> AllocationFacts {
        AllocationFacts {
            at_s: self.at.seconds_since(start),
            transport: self.transport.map(|transport| match transport {
                attribute::PROTOCOL_UDP => "udp".to_owned(),
                attribute::PROTOCOL_TCP => "tcp".to_owned(),
                other => other.to_string(),
            }),
            relayed: self.relayed.clone(),
            mapped: self.mapped,
            lifetime_s: self.lifetime,
            refreshed: self.refreshed,
            until_s: self.until.map(|until| until.seconds_since(start)),
            released_at_s: self.released.map(|released| released.seconds_since(start)),
        }
    }
}

impl Channel {
    fn facts(&self, number: u16, start: Time) -> ChannelFacts {
        ChannelFacts {
            number: format!("0x{number:04x}"),
            peer: self.peer,
            bound_at_s: self.bound.map(|bound| bound.seconds_since(start)),
            data: self.data,
        }
    }
}

#[cfg(test)]
mod tests;
