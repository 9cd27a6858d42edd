//! One end's relay: `probe`'s TURN client on a connection that the loop of the call drives, without waiting.

mod carrier;
mod open;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

pub(super) use self::carrier::Carrier;
pub(super) use self::open::{Opened, connect};
use crate::call::{Phase, RelayFacts, StepFacts};
use crate::measure::milliseconds;
use crate::stun::{Message, attribute};
use crate::turn::{
    Allocate, Answer, Client, Event, Family, Outcome, Output, Request, RequestId, Settings, Upkeep,
};

/// Gives back what these lent, and waits a moment for their answers.
pub(super) fn release<'a>(relays: impl Iterator<Item = &'a mut Relay>) {
    let mut relays: Vec<&mut Relay> = relays.collect();
    relays.iter_mut().for_each(|relay| relay.release());
    let end = Instant::now() + FAREWELL;
    loop {
        let now = Instant::now();
        for relay in &mut relays {
            relay.read();
            relay.poll(now);
        }
        if now >= end || !relays.iter().any(|relay| relay.is_busy() && relay.failure().is_none()) {
            return;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// How long the last words to a server may take.
const FAREWELL: Duration = Duration::from_millis(300);
/// What RFC 8656 §3.2 gives by default.
const LIFETIME: u32 = 600;
/// RFC 8656 §12.
const FIRST_CHANNEL: u16 = 0x4000;
const LAST_CHANNEL: u16 = 0x4fff;
/// The largest UDP payload.
const BUFFER: usize = 65_535;
/// Reads in a row before somebody else has a turn: a server that floods us must not keep the deadline and Ctrl-C from
/// being seen.
const ROUND: usize = 64;
/// Data of peers that waits to be taken, at most, in bytes; what comes on top of it is lost, as in any network.
const MOST_ARRIVED: usize = 1 << 20;
/// What a packet that waits takes beside its bytes.
const OVERHEAD: usize = 64;

/// An allocation, or what is to become one.
pub(super) struct Relay {
    client: Client,
    carrier: Carrier,
    buffer: Box<[u8]>,
    state: State,
    upkeep: Option<Upkeep>,
    /// Peers that may send, and the channels of those that have one.
    peers: Vec<(SocketAddr, Option<u16>)>,
    /// Requests under way, with what they are called.
    asked: Vec<(RequestId, &'static str)>,
    arrived: VecDeque<(SocketAddr, Vec<u8>)>,
    arrived_bytes: usize,
    /// There may be more to read at once.
    unread: bool,
    /// What came of it.
    pub(super) facts: RelayFacts,
    server: SocketAddr,
}

/// From how many ports an allocation is asked for where the server holds one for those before.
const PORTS: u32 = 3;

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Allocating,
    Allocated(SocketAddr),
    Failed(String),
}

impl std::fmt::Debug for Relay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Relay")
            .field("server", &self.server)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl Relay {
    /// Asks for an allocation over a connection.
    pub(super) fn allocate(
        carrier: Carrier,
        settings: Settings,
        family: Option<Family>,
        server: SocketAddr,
        facts: RelayFacts,
    ) -> Self {
        let stream = carrier.is_stream();
        let mut client = Client::new(Settings { stream, ..settings });
        let request =
            client.start(Instant::now(), Request::Allocate(Allocate { family, ..Allocate::default() }));
        Self {
            client,
            carrier,
            buffer: vec![0; BUFFER].into_boxed_slice(),
            state: State::Allocating,
            upkeep: None,
            peers: Vec::new(),
            asked: vec![(request, "allocate")],
            arrived: VecDeque::new(),
            arrived_bytes: 0,
            unread: false,
            facts,
            server,
        }
    }

    /// The relayed address, once there is one.
    pub(super) fn address(&self) -> Option<SocketAddr> {
        match self.state {
            State::Allocated(address) => Some(address),
            _ => None,
        }
    }

    /// Why there is none, or none any more.
    pub(super) fn failure(&self) -> Option<&str> {
        match &self.state {
            State::Failed(why) => Some(why),
            _ => None,
        }
    }

    /// Whether it should be tried from another port of ours, as the server holds an allocation for this one: RFC 8656
    /// §7.4 has three tried.
    pub(super) fn wants_another_port(&self) -> bool {
        let mismatch =
            self.facts.steps.last().is_some_and(|step| step.name == "allocate" && step.code == Some(437));
        mismatch && self.facts.ports_taken < PORTS
    }

    /// The phase of the request that is waited for; one whose 401 was the last that was heard is past the connection.
    pub(super) fn waits_in(&self) -> Option<String> {
        let (request, name) = self.asked.first()?;
        Some(match (*name, self.client.has_answered(*request)) {
            ("allocate", false) => "turn-connect".to_owned(),
            (name, _) => format!("turn-{}", name.replace(' ', "-")),
        })
    }

    /// What came instead of an answer, to be added to a sentence that says that there was none.
    pub(super) fn instead(&self) -> String {
        match self.facts.oddities {
            0 => String::new(),
            1 => ", but 1 message that is none".to_owned(),
            many => format!(", but {many} messages that are none"),
        }
    }

    /// Whether a request is under way.
    pub(super) fn is_busy(&self) -> bool {
        !self.asked.is_empty()
    }

    /// Gets a channel to a peer.
    pub(super) fn bind(&mut self, now: Instant, peer: SocketAddr) {
        let taken = u16::try_from(self.peers.len()).unwrap_or(u16::MAX);
        let number = FIRST_CHANNEL.saturating_add(taken).min(LAST_CHANNEL);
        let permission = self.client.start(now, Request::CreatePermission(vec![peer.ip()]));
        let channel = self.client.start(now, Request::ChannelBind { number, peer });
        self.asked.extend([(permission, "permission"), (channel, "channel")]);
        self.peers.push((peer, Some(number)));
        if let Some(upkeep) = &mut self.upkeep {
            upkeep.permitted(now, peer.ip());
            upkeep.bound(now, number, peer);
        }
    }

    /// Sends to a peer.
    pub(super) fn send(&mut self, now: Instant, peer: SocketAddr, data: &[u8]) {
        if !self.peers.iter().any(|(known, _)| known.ip() == peer.ip()) {
            let permission = self.client.start(now, Request::CreatePermission(vec![peer.ip()]));
            self.asked.push((permission, "permission"));
            self.peers.push((peer, None));
            if let Some(upkeep) = &mut self.upkeep {
                upkeep.permitted(now, peer.ip());
            }
            self.pump(now);
        }
        if let Some(bytes) = self.client.data(peer, data) {
            self.carry(bytes);
        }
    }

    /// What a peer sent.
    pub(super) fn receive(&mut self, into: &mut [u8]) -> Option<(SocketAddr, usize)> {
        if self.arrived.is_empty() {
            self.read();
        }
        let (peer, data) = self.arrived.pop_front()?;
        self.arrived_bytes -= data.len() + OVERHEAD;
        let length = data.len().min(into.len());
        into[..length].copy_from_slice(&data[..length]);
        Some((peer, length))
    }

    /// Takes what has come from the server, or some of it.
    pub(super) fn read(&mut self) {
        self.unread = false;
        for _ in 0..ROUND {
            match self.carrier.read(&mut self.buffer) {
                // Nothing that concerns anybody.
                Ok(Some(0)) => {}
                Ok(Some(length)) => {
                    let now = Instant::now();
                    self.client.handle_input(now, &self.buffer[..length]);
                    self.pump(now);
                    if !self.arrived.is_empty() {
                        break;
                    }
                }
                Ok(None) => return,
                Err(error) => return self.broken(&error.to_string()),
            }
        }
        self.unread = true;
    }

    /// Sends what is due, and renews what ends; when there is more.
    pub(super) fn poll(&mut self, now: Instant) -> Option<Instant> {
        if self.failure().is_some() {
            return None;
        }
        let requests = self.upkeep.as_mut().map(|upkeep| upkeep.poll(now)).unwrap_or_default();
        for request in requests {
            let name = match request {
                Request::Refresh { .. } => "refresh",
                Request::ChannelBind { .. } => "rebind",
                _ => "permission again",
            };
            let id = self.client.start(now, request);
            self.asked.push((id, name));
        }
        if let Err(error) = self.carrier.flush() {
            self.broken(&error.to_string());
            return None;
        }
        let due = self.pump(now);
        let renewal = self.upkeep.as_ref().and_then(Upkeep::due);
        let unsent = self.carrier.has_waiting().then(|| now + Duration::from_millis(1));
        let unread = self.unread.then_some(now);
        due.into_iter().chain(renewal).chain(unsent).chain(unread).min()
    }

    fn pump(&mut self, now: Instant) -> Option<Instant> {
        loop {
            match self.client.poll(now) {
                Output::Transmit(bytes) => self.carry(bytes),
                Output::Event(Event::Data { peer, data, .. }) => self.arrive(peer, data),
                Output::Event(Event::Answer(answer)) => self.answered(&answer),
                Output::Event(Event::Oddity(_)) => self.facts.oddities += 1,
                Output::Wait(until) => return Some(until),
                Output::Idle => return None,
            }
        }
    }

    fn arrive(&mut self, peer: SocketAddr, data: Vec<u8>) {
        let size = data.len() + OVERHEAD;
        if self.arrived_bytes + size <= MOST_ARRIVED {
            self.arrived_bytes += size;
            self.arrived.push_back((peer, data));
        }
    }

    fn carry(&mut self, bytes: Vec<u8>) {
        if let Err(error) = self.carrier.send(&bytes) {
            self.broken(&error.to_string());
        }
    }

    fn broken(&mut self, why: &str) {
        let server = self.server;
        if self.failure().is_none() {
            let why = match why.contains("refused") {
                true => format!("turn-connect: connection refused at {server}"),
                false => format!("turn-connect: {server}: {why}"),
            };
            self.state = State::Failed(why);
        }
    }

    fn answered(&mut self, answer: &Answer) {
        let Some(at) = self.asked.iter().position(|(id, _)| *id == answer.request) else { return };
        let (_, name) = self.asked.remove(at);
        self.facts.stale_nonces += answer.legs.iter().filter(|leg| leg.code == Some(438)).count() as u32;
        self.facts.retransmits +=
            answer.legs.iter().map(|leg| u32::from(leg.sent.saturating_sub(1))).sum::<u32>();
        if name == "release" {
            return;
        }
        self.facts.steps.push(StepFacts {
            name,
            took_ms: milliseconds(answer.took()),
            code: answer.code(),
            codes: answer.legs.iter().filter_map(|leg| leg.code).collect(),
        });
        let refused = match &answer.outcome {
            Outcome::Granted(message) => {
                self.granted(name, message, answer);
                return;
            }
            Outcome::TimedOut => None,
            Outcome::Refused { code, response } => {
                let reason = response.error_code().map(|(_, reason)| reason).unwrap_or_default();
                Some((*code, crate::report::one_line(&reason).to_string()))
            }
        };
        let server = self.server;
        let why = match (name, refused) {
            // A 401 was an answer.
            ("allocate", None) => {
                let phase = if answer.legs.len() > 1 { "turn-allocate" } else { "turn-connect" };
                let took = (answer.took().as_secs_f64() * 10.0).round() / 10.0;
                format!("{phase}: no answer from {server} within {took} s{}", self.instead())
            }
            (_, None) => {
                format!("turn-{}: no answer from {server}{}", name.replace(' ', "-"), self.instead())
            }
            ("allocate", Some((401, reason))) => {
                format!("turn-auth 401: {server} refuses the user name or the password ({reason})")
            }
            ("allocate", Some((code, reason))) => {
                self.facts.ports_taken += u32::from(code == 437);
                format!("turn-allocate {code}: {server} says {reason:?}")
            }
            (name, Some((code, reason))) => {
                format!("turn-{} {code}: {server} says {reason:?}", name.replace(' ', "-"))
            }
        };
        // What cannot be renewed once is tried again; what was never had is an end.
        match (name, &mut self.upkeep) {
            ("refresh" | "rebind" | "permission again", Some(upkeep)) if answer.code().is_none() => {
                upkeep.hurry(answer.at + Duration::from_secs(1));
            }
            ("permission", _) if self.peers.len() > 1 => self.facts.refused_permissions += 1,
            _ => self.state = State::Failed(why),
        }
    }

    fn granted(&mut self, name: &str, message: &Message, answer: &Answer) {
        match name {
            "allocate" => {
                let usable = |address: &SocketAddr| address.port() != 0 && !address.ip().is_unspecified();
                let Some(address) = message.xor_address(attribute::XOR_RELAYED_ADDRESS).filter(usable) else {
                    let server = self.server;
                    let why = format!("turn-allocate: {server} names no relayed address that can be sent to");
                    self.state = State::Failed(why);
                    return;
                };
                let lifetime = message.number(attribute::LIFETIME).unwrap_or(LIFETIME);
                self.upkeep = Some(Upkeep::new(answer.at, lifetime));
                self.facts.address = Some(address);
                self.facts.lifetime_s = Some(lifetime);
                self.facts.software = message.text(attribute::SOFTWARE);
                self.state = State::Allocated(address);
            }
            "refresh" => {
                self.facts.refreshes += 1;
                if let Some(upkeep) = &mut self.upkeep {
                    upkeep.renewed(answer);
                }
            }
            "rebind" => self.facts.rebinds += 1,
            _ => {}
        }
    }

    /// Asks for the end of the allocation; the answer may ask for a fresh nonce first.
    pub(super) fn release(&mut self) {
        if self.address().is_some() {
            let now = Instant::now();
            self.upkeep = None;
            let request = self.client.start(now, Request::Refresh { lifetime: 0 });
            self.asked = vec![(request, "release")];
            self.pump(now);
        }
    }

    /// What `poll` waits for.
    #[cfg(unix)]
    pub(super) fn descriptor(&self) -> std::os::fd::BorrowedFd<'_> {
        self.carrier.descriptor()
    }
}

/// The phase in which a relay fails.
pub(super) const PHASE: Phase = Phase::Gather;
