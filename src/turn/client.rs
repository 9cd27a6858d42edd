//! A STUN and TURN client on one 5-tuple (RFC 8656 over RFC 8489 §9.2), sans-IO.
//!
//! Bytes and `now` come in; what to send, answers, data and oddities come out. It retransmits,
//! authenticates, follows a 438 to its fresh nonce, and checks what the server signs. It does not
//! decide what an answer means: that is `probe`'s task and `call`'s.

mod access;
mod exchange;

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};

use self::access::{Access, Challenge};
use self::exchange::{Exchange, Next};
use super::credentials::Credentials;
use super::{Allocate, Allowance};
use crate::stun::framing::{self, Frame, NotTurn, StreamDecoder};
use crate::stun::{
    self, Class, DecodeError, Message, MessageBuilder, Method, Schedule, Transaction, attribute,
};

/// How a [`Client`] is to behave.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The transport keeps order and needs no retransmission (TCP, TLS).
    pub stream: bool,
    /// Who we are; without, a 401 is the end of a request.
    pub credentials: Option<Credentials>,
    /// How long one transaction may go unanswered.
    pub timeout: Duration,
    /// Where transaction ids come from.
    pub seed: [u8; 32],
}

/// What can be asked of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// The reflexive address (RFC 8489 §2); never authenticated.
    Binding,
    /// A relay (RFC 8656 §7).
    Allocate(Allocate),
    /// Let these peers' data through (RFC 8656 §10).
    CreatePermission(Vec<IpAddr>),
    /// Send to and hear this peer by channel number (RFC 8656 §12).
    ChannelBind {
        /// 0x4000–0x4FFF.
        number: u16,
        /// The peer.
        peer: SocketAddr,
    },
    /// Prolong the allocation by so many seconds, or end it with 0 (RFC 8656 §8).
    Refresh {
        /// LIFETIME, in seconds.
        lifetime: u32,
    },
    /// A TCP connection from the relay to this peer (RFC 6062 §4.3).
    Connect(SocketAddr),
    /// Make this connection of ours the near half of the one with that CONNECTION-ID (RFC 6062 §4.3).
    ConnectionBind(u32),
}

/// Ties an [`Answer`] to the [`Client::start`] that asked for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RequestId(u64);

/// How a request ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Which request.
    pub request: RequestId,
    /// How it ended.
    pub outcome: Outcome,
    /// When the last response came, or was given up on.
    pub at: Instant,
    /// Each transaction it took: a 401, its authenticated repetition, another after a 438.
    pub legs: Vec<Leg>,
}

impl Answer {
    /// From the first send to the end.
    pub fn took(&self) -> Duration {
        self.legs.iter().map(|leg| leg.took).sum()
    }

    /// The ERROR-CODE it ended with.
    pub fn code(&self) -> Option<u16> {
        match &self.outcome {
            Outcome::Refused { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// The response that granted it.
    pub fn success(&self) -> Option<&Message> {
        match &self.outcome {
            Outcome::Granted(message) => Some(message),
            _ => None,
        }
    }
}

/// How a request ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// A success response (signed with our key, where the request was).
    Granted(Message),
    /// An error response that no further try can mend.
    Refused {
        /// ERROR-CODE's number; 0 if the response had none.
        code: u16,
        /// The response.
        response: Message,
    },
    /// Nothing that could be believed came in time.
    TimedOut,
}

/// One transaction of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Leg {
    /// From its first send to its response or timeout.
    pub took: Duration,
    /// How often it was sent.
    pub sent: u8,
    /// Carried MESSAGE-INTEGRITY.
    pub authenticated: bool,
    /// With the first sixteen bytes of a token's MAC key, as coturn does, not with all of it (RFC 7635 §5).
    pub cut_mac_key: bool,
    /// ERROR-CODE's number, if the response was an error.
    pub code: Option<u16>,
    /// The response; `None` if it timed out.
    pub response: Option<Message>,
}

/// Something a server should not send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Oddity {
    /// Neither STUN nor ChannelData; the first bytes.
    NotTurn(NotTurn),
    /// Starts like STUN and is broken.
    Malformed(DecodeError),
    /// A whole message with bytes behind it in the same datagram.
    TrailingBytes(usize),
    /// Our own request came back: an echo service.
    Echo,
    /// A response to no request of ours (or to one that was answered).
    UnmatchedTransaction,
    /// A success response whose MESSAGE-INTEGRITY another key made: discarded.
    WrongIntegrity,
    /// A success response without MESSAGE-INTEGRITY to a request that had one: discarded.
    NoIntegrity,
}

/// What a [`Client`] has to tell.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A request ended.
    Answer(Answer),
    /// A peer's data came through the relay.
    Data {
        /// From whom.
        peer: SocketAddr,
        /// What.
        data: Vec<u8>,
        /// When it came in.
        at: Instant,
    },
    /// Something that should not be.
    Oddity(Oddity),
}

/// What a [`Client`] wants next.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Send these bytes (a datagram, or the next bytes of the stream).
    Transmit(Vec<u8>),
    /// Take note.
    Event(Event),
    /// Nothing before this time, unless bytes come in.
    Wait(Instant),
    /// Nothing until bytes come in or a request is started.
    Idle,
}

/// Events kept for a caller that does not poll. More data and oddities are dropped; answers never are,
/// and there are no more of them than requests.
const MOST_EVENTS: usize = 4096;
/// Transactions whose further answers are still recognised.
const MOST_ANSWERED: usize = 64;

/// One 5-tuple's client.
#[derive(Debug)]
pub struct Client {
    settings: Settings,
    ids: StdRng,
    decoder: StreamDecoder,
    access: Access,
    exchanges: Vec<Exchange>,
    started: u64,
    channels: Vec<Channel>,
    events: VecDeque<Event>,
    /// How long answers took at most, doubled: no retransmission before that is a sign of loss.
    rto: Duration,
    /// The last answer to a request that was sent several times, and how long after the first send it came.
    ambiguous: Option<(stun::TransactionId, Duration)>,
    answered: VecDeque<stun::TransactionId>,
    repeated: u32,
    /// What the requests are taken from, where there is a bound.
    allowance: Option<Allowance>,
}

/// A channel that was asked for.
#[derive(Debug)]
struct Channel {
    number: u16,
    peer: SocketAddr,
    /// The server has granted it.
    bound: bool,
}

impl Client {
    /// A client that has sent nothing yet.
    pub fn new(settings: Settings) -> Self {
        let ids = StdRng::from_seed(settings.seed);
        Self {
            settings,
            ids,
            decoder: StreamDecoder::default(),
            access: Access::default(),
            exchanges: Vec::new(),
            started: 0,
            channels: Vec::new(),
            events: VecDeque::new(),
            rto: Duration::ZERO,
            ambiguous: None,
            answered: VecDeque::new(),
            repeated: 0,
            allowance: None,
        }
    }

    /// Further answers to requests that had been answered: each belongs to a retransmission.
    pub fn repeated(&self) -> u32 {
        self.repeated
    }

    /// Signs with the realm and nonce that the server gave `control`: a data connection belongs to its control
    /// connection (RFC 6062 §4.3), and coturn closes one whose first request is not signed.
    pub fn log_in_as(&mut self, control: &Client) {
        self.access = control.access.clone();
    }

    /// Takes every request from now on, repetitions after a 401 or 438 included, from `allowance`. One that it has no
    /// room for is not sent, and ends as if nobody had answered; a repetition, with the answer that asked for it.
    pub fn draw_on(&mut self, allowance: Allowance) {
        self.allowance = Some(allowance);
    }

    fn may(&self, request: &Request) -> bool {
        self.allowance.as_ref().is_none_or(|allowance| match request {
            Request::Refresh { lifetime: 0 } => allowance.take_release(),
            _ => allowance.take(),
        })
    }

    /// Starts a request; [`poll`](Self::poll) sends it.
    pub fn start(&mut self, now: Instant, request: Request) -> RequestId {
        let id = RequestId(self.started);
        self.started += 1;
        if !self.may(&request) {
            let answer = Answer { request: id, outcome: Outcome::TimedOut, at: now, legs: Vec::new() };
            self.event(Event::Answer(answer));
            return id;
        }
        if let Request::ChannelBind { number, peer } = request {
            let known = |channel: &Channel| channel.number == number && channel.peer == peer;
            if !self.channels.iter().any(known) {
                self.channels.retain(|channel| channel.number != number);
                self.channels.push(Channel { number, peer, bound: false });
            }
        }
        let transaction = self.transaction(now, &request);
        let authenticated = self.authenticates(&request);
        let cut = authenticated && self.access.is_cut();
        self.exchanges.push(Exchange::new(id, request, transaction, (authenticated, cut)));
        id
    }

    /// Ends a request that nothing has been answered to as if its time were up; its answer, should one
    /// come, is an oddity. `None` where the server has answered part of it, or all.
    pub fn give_up(&mut self, now: Instant, request: RequestId) -> Option<Answer> {
        let at = self.exchanges.iter().position(|e| e.id == request && !e.answered())?;
        Some(self.exchanges.remove(at).time_out(now))
    }

    /// Whether the server has answered part of a request that is under way, as with a 401.
    pub fn has_answered(&self, request: RequestId) -> bool {
        self.exchanges.iter().any(|exchange| exchange.id == request && exchange.answered())
    }

    /// The bytes that carry `data` to `peer`: ChannelData where a channel was bound, else a Send
    /// indication. `None` if `data` is too long for either.
    pub fn data(&mut self, peer: SocketAddr, data: &[u8]) -> Option<Vec<u8>> {
        if let Some(channel) = self.channels.iter().find(|channel| channel.bound && channel.peer == peer) {
            return framing::channel_data(channel.number, data, self.settings.stream);
        }
        self.indication(peer, data, false)
    }

    /// The bytes that carry `data` to `peer` in a Send indication that asks the server to set the DF bit on what it
    /// sends (RFC 8656 §18.9). A server that does not know the attribute drops it. `None` if `data` is too long.
    pub fn unfragmented(&mut self, peer: SocketAddr, data: &[u8]) -> Option<Vec<u8>> {
        self.indication(peer, data, true)
    }

    fn indication(&mut self, peer: SocketAddr, data: &[u8], unfragmented: bool) -> Option<Vec<u8>> {
        // 64 KiB less what stands around the data in a Send indication.
        if data.len() > usize::from(u16::MAX) - 64 {
            return None;
        }
        let id = self.transaction_id();
        let mut builder = MessageBuilder::new(Class::Indication, Method::Send, id)
            .xor_address(attribute::XOR_PEER_ADDRESS, peer);
        if unfragmented {
            builder = builder.attribute(attribute::DONT_FRAGMENT, &[]);
        }
        Some(builder.attribute(attribute::DATA, data).finish())
    }

    /// Takes what came in: a datagram, or the next bytes of the stream.
    pub fn handle_input(&mut self, now: Instant, bytes: &[u8]) {
        let channels = !self.channels.is_empty();
        if !self.settings.stream {
            return self.handle_datagram(now, bytes, channels);
        }
        let mut decoder = std::mem::take(&mut self.decoder);
        decoder.push(bytes);
        loop {
            match decoder.poll(channels) {
                Ok(Some(piece)) => self.handle_datagram(now, piece, channels),
                Ok(None) => {
                    self.decoder = decoder;
                    return;
                }
                // No later byte of this stream can be trusted, so the decoder goes with what it holds.
                Err(other) => return self.event(Event::Oddity(Oddity::NotTurn(other))),
            }
        }
    }

    /// What to do at `now`.
    pub fn poll(&mut self, now: Instant) -> Output {
        if let Some(event) = self.events.pop_front() {
            return Output::Event(event);
        }
        let mut due: Option<Instant> = None;
        for at in 0..self.exchanges.len() {
            match self.exchanges[at].transaction.poll(now) {
                stun::Output::Transmit(bytes) => return Output::Transmit(bytes),
                stun::Output::Wait(until) => due = Some(due.map_or(until, |due| due.min(until))),
                stun::Output::TimedOut => {
                    let answer = self.exchanges.remove(at).time_out(now);
                    return Output::Event(Event::Answer(answer));
                }
            }
        }
        due.map_or(Output::Idle, Output::Wait)
    }

    fn handle_datagram(&mut self, now: Instant, bytes: &[u8], channels: bool) {
        match framing::datagram(bytes, channels) {
            Err(other) => self.event(Event::Oddity(Oddity::NotTurn(other))),
            Ok(Frame::Channel { number, data }) => {
                if let Some(channel) = self.channels.iter().find(|channel| channel.number == number) {
                    let peer = channel.peer;
                    self.event(Event::Data { peer, data: data.to_vec(), at: now });
                }
            }
            Ok(Frame::Stun(bytes)) => match Message::from_bytes(bytes) {
                Err(error) => self.event(Event::Oddity(Oddity::Malformed(error))),
                Ok(message) => {
                    if message.trailing > 0 {
                        self.event(Event::Oddity(Oddity::TrailingBytes(message.trailing)));
                    }
                    self.handle_message(now, message);
                }
            },
        }
    }

    fn handle_message(&mut self, now: Instant, message: Message) {
        match message.class {
            Class::Success | Class::Error => self.handle_response(now, message),
            Class::Indication if message.method == Method::Data => {
                let peer = message.xor_address(attribute::XOR_PEER_ADDRESS);
                if let (Some(peer), Some(data)) = (peer, message.attribute(attribute::DATA)) {
                    let data = data.to_vec();
                    self.event(Event::Data { peer, data, at: now });
                }
            }
            Class::Request if self.exchanges.iter().any(|e| e.transaction.id() == message.transaction) => {
                self.event(Event::Oddity(Oddity::Echo));
            }
            Class::Indication | Class::Request => {}
        }
    }

    fn handle_response(&mut self, now: Instant, message: Message) {
        let id = message.transaction;
        let Some(at) = self.exchanges.iter().position(|e| e.transaction.id() == id && e.matches(&message))
        else {
            if self.answered.contains(&id) {
                self.repeated += 1;
                // Each send was answered: the first answer was the first send's, however long it took.
                if let Some((_, took)) = self.ambiguous.take_if(|(ambiguous, _)| *ambiguous == id) {
                    self.rto = self.rto.max(took * 2);
                }
                return;
            }
            return self.event(Event::Oddity(Oddity::UnmatchedTransaction));
        };
        if self.exchanges[at].authenticated && message.class == Class::Success {
            // RFC 8489 §9.2.5: such a response is discarded as if it had never come.
            match self.access.check(&message) {
                stun::Integrity::Valid => {}
                stun::Integrity::Absent => return self.event(Event::Oddity(Oddity::NoIntegrity)),
                stun::Integrity::Wrong => return self.event(Event::Oddity(Oddity::WrongIntegrity)),
            }
        }
        let mut exchange = self.exchanges.remove(at);
        let refused = exchange.authenticated && message.error_code().is_some_and(|(code, _)| code == 401);
        let took = now.duration_since(exchange.transaction.started());
        match exchange.transaction.sent() {
            1 => self.rto = self.rto.max(took * 2),
            // Which of several sends this answers is not known (Karn's problem): loss must not read as distance.
            _ => self.ambiguous = Some((id, took)),
        }
        self.answered.push_back(id);
        if self.answered.len() > MOST_ANSWERED {
            self.answered.pop_front();
        }
        if let (Request::ChannelBind { number, .. }, Class::Success) = (&exchange.request, message.class)
            && let Some(channel) = self.channels.iter_mut().find(|channel| channel.number == *number)
        {
            channel.bound = true;
        }
        let may = |request: &Request, challenge: &Challenge| {
            let credentials = self.settings.credentials.as_ref();
            credentials.is_some_and(|it| self.access.can_answer(challenge, it)) && self.may(request)
        };
        match exchange.take(now, message, may) {
            Next::End(answer) => self.event(Event::Answer(answer)),
            Next::Authenticate(challenge) => {
                self.access.learn(challenge, self.settings.credentials.as_ref(), refused);
                let transaction = self.transaction(now, &exchange.request);
                exchange.repeat(transaction, self.access.has_key(), self.access.is_cut());
                self.exchanges.push(exchange);
            }
        }
    }

    fn authenticates(&self, request: &Request) -> bool {
        *request != Request::Binding && self.access.has_key()
    }

    fn transaction(&mut self, now: Instant, request: &Request) -> Transaction {
        let id = self.transaction_id();
        let method = exchange::method(request);
        let mut builder = MessageBuilder::new(Class::Request, method, id);
        builder = match request {
            Request::Binding => builder,
            Request::Allocate(allocate) => allocate.write(builder),
            Request::CreatePermission(peers) => peers.iter().fold(builder, |builder, peer| {
                builder.xor_address(attribute::XOR_PEER_ADDRESS, SocketAddr::new(*peer, 0))
            }),
            Request::ChannelBind { number, peer } => builder
                .number(attribute::CHANNEL_NUMBER, u32::from(*number) << 16)
                .xor_address(attribute::XOR_PEER_ADDRESS, *peer),
            Request::Refresh { lifetime } => builder.number(attribute::LIFETIME, *lifetime),
            Request::Connect(peer) => builder.xor_address(attribute::XOR_PEER_ADDRESS, *peer),
            Request::ConnectionBind(id) => builder.number(attribute::CONNECTION_ID, *id),
        };
        if let (true, Some(credentials)) = (self.authenticates(request), &self.settings.credentials) {
            builder = self.access.sign(builder, method, credentials);
        }
        let schedule = match self.settings.stream {
            true => Schedule::stream(self.settings.timeout),
            false => Schedule::datagram(self.settings.timeout, self.rto),
        };
        Transaction::new(now, id, builder.finish(), schedule)
    }

    fn transaction_id(&mut self) -> stun::TransactionId {
        let mut id = [0; 12];
        self.ids.fill_bytes(&mut id);
        stun::TransactionId(id)
    }

    fn event(&mut self, event: Event) {
        if self.events.len() < MOST_EVENTS || matches!(event, Event::Answer(_)) {
            self.events.push_back(event);
        }
    }
}

#[cfg(test)]
mod tests;
