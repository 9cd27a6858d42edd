//! The client's side of a full handshake (RFC 6347 §4.2), with its retransmissions.

use std::fmt;
use std::mem;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::SignatureScheme;
use rustls::crypto::{ActiveKeyExchange, CryptoProvider};

use super::keys::{Key, Master, Randoms, Suite, VERIFY_DATA};
use super::message::{self, Hello, KeyExchange, Message, Reassembly, ServerHello};
use super::record::{
    self, ALERT, CHANGE_CIPHER_SPEC, DTLS_1_0, DTLS_1_2, EPOCH, HANDSHAKE, Record, Seen, records,
};
use super::{HandshakeFault, Negotiated, Session};
use crate::tls::public_key;

/// RFC 6347 §4.2.4.1 recommends a second; half of it, as STUN has, gives a lossy path more tries within the time
/// that a step may take.
const FIRST_TIMEOUT: Duration = Duration::from_millis(500);
const LONGEST_TIMEOUT: Duration = Duration::from_secs(60);
/// What the messages of a handshake come to, at most: a long chain of certificates fits many times.
const MOST_NOTED: usize = 128 * 1024;

/// What the client offers.
#[derive(Debug, Clone)]
pub struct Offer {
    /// For the server name extension; `None` where the server is named by an address.
    pub server_name: Option<String>,
    /// One protocol, or none (RFC 7443 has `stun.turn`).
    pub alpn: Option<Vec<u8>>,
    /// The client's random.
    pub random: [u8; 32],
}

/// What is to be done next.
#[derive(Debug)]
pub enum Output {
    /// Send this datagram.
    Transmit(Vec<u8>),
    /// Nothing before then, unless something comes.
    Wait(Instant),
    /// It is over.
    Done(Result<Box<Session>, HandshakeFault>),
}

/// What came that is no DTLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// A STUN message.
    Stun,
    /// Anything else.
    Other,
}

/// A handshake on its way.
pub struct Handshake {
    provider: Arc<CryptoProvider>,
    offer: Offer,
    state: State,
    /// Our last flight, small enough for one datagram; sent again until the server's next one is whole.
    flight: Vec<Outgoing>,
    sent: bool,
    due: Option<Instant>,
    timeout: Duration,
    /// Record numbers of each epoch.
    numbers: [u64; 2],
    reassembly: Reassembly,
    sequence: u16,
    transcript: Vec<u8>,
    seen: Seen,
    heard: Option<Heard>,
    refused: Option<HandshakeFault>,
    result: Option<Result<Box<Session>, HandshakeFault>>,
}

struct Outgoing {
    kind: u8,
    body: Vec<u8>,
    sealed: bool,
}

enum State {
    /// Until the ServerHello; the cookie is asked for once.
    Hello {
        cookie: Vec<u8>,
    },
    /// Until ServerHelloDone.
    Flight(Box<Flight>),
    /// Until the server's Finished.
    Finish(Box<Finish>),
    Over,
}

struct Flight {
    suite: Suite,
    hello: ServerHello,
    /// [`place`] of the last message.
    place: u8,
    chain: Option<Vec<Vec<u8>>>,
    exchange: Option<(Box<dyn ActiveKeyExchange>, Vec<u8>)>,
    wants_certificate: bool,
}

struct Finish {
    master: Master,
    ours: Key,
    theirs: Key,
    negotiated: Negotiated,
}

impl Handshake {
    /// Begins with the first [`poll`](Self::poll).
    pub fn new(provider: Arc<CryptoProvider>, offer: Offer) -> Self {
        let mut handshake = Self {
            provider,
            offer,
            state: State::Hello { cookie: Vec::new() },
            flight: Vec::new(),
            sent: false,
            due: None,
            timeout: FIRST_TIMEOUT,
            numbers: [0; 2],
            reassembly: Reassembly::default(),
            sequence: 0,
            transcript: Vec::new(),
            seen: Seen::default(),
            heard: None,
            refused: None,
            result: None,
        };
        handshake.say_hello(&[]);
        handshake
    }

    /// What came that was no DTLS, if anything did.
    pub fn heard(&self) -> Option<Heard> {
        self.heard
    }

    /// Whether the server has answered in DTLS at all.
    pub fn answered(&self) -> bool {
        !matches!(&self.state, State::Hello { cookie } if cookie.is_empty())
    }

    /// An alert in the clear that came after the keys: a server that does not take our last flight says so like that,
    /// but so can anybody else. It counts where nothing authentic comes.
    pub fn refused(&self) -> Option<HandshakeFault> {
        self.refused
    }

    /// What to do next.
    pub fn poll(&mut self, now: Instant) -> Output {
        if let Some(result) = self.result.take() {
            self.state = State::Over;
            self.flight.clear();
            return Output::Done(result);
        }
        if self.due.is_some_and(|due| now >= due) {
            if let Some(fault) = self.refused.filter(|_| self.timeout > FIRST_TIMEOUT) {
                // Our flight was sent twice, and no Finished came for either.
                self.state = State::Over;
                self.flight.clear();
                self.due = None;
                return Output::Done(Err(fault));
            }
            self.sent = false;
            self.timeout = (self.timeout * 2).min(LONGEST_TIMEOUT);
            self.due = None;
        }
        if !self.sent && !self.flight.is_empty() {
            self.sent = true;
            return Output::Transmit((0..self.flight.len()).flat_map(|at| self.record(at)).collect());
        }
        Output::Wait(*self.due.get_or_insert(now + self.timeout))
    }

    /// Takes a datagram.
    pub fn handle_input(&mut self, datagram: &[u8]) {
        if !record::looks_like_dtls(datagram) {
            let stun = datagram.len() >= 20 && datagram[0] < 4 && datagram[4..8] == [0x21, 0x12, 0xa4, 0x42];
            self.heard.get_or_insert(if stun { Heard::Stun } else { Heard::Other });
            return;
        }
        for record in records(datagram) {
            if self.result.is_some() || matches!(self.state, State::Over) {
                return;
            }
            self.take_record(&record);
        }
    }

    fn take_record(&mut self, record: &Record<'_>) {
        let opened;
        let body = match (record.epoch(), &self.state) {
            // What the server says from now on is sealed, Finished first. Of the old epoch there are repetitions, an
            // alert, and what somebody else made up (RFC 6347 §4.1); a ticket was not asked for (RFC 5077 §3.2).
            (0, State::Finish(_)) => {
                if record.kind == ALERT && self.refused.is_none() {
                    self.refused = alert(record.body);
                }
                return;
            }
            (0, _) => record.body,
            (1, State::Finish(finish)) => {
                let Some(body) = finish.theirs.open(record) else { return };
                if !self.seen.take(record.number) {
                    return;
                }
                opened = body;
                &opened
            }
            _ => return,
        };
        match record.kind {
            ALERT => {
                if let Some(fault) = alert(body) {
                    self.fail(fault);
                }
            }
            HANDSHAKE => {
                self.reassembly.take(body);
                if let Some(length) = self.reassembly.too_long() {
                    self.fail(HandshakeFault::TooLong(length));
                    return;
                }
                while let Some(message) = self.reassembly.next() {
                    if let Err(fault) = self.take_message(&message) {
                        self.fail(fault);
                        return;
                    }
                }
            }
            _ => {}
        }
    }

    fn fail(&mut self, fault: HandshakeFault) {
        self.result.get_or_insert(Err(fault));
    }

    fn take_message(&mut self, message: &Message) -> Result<(), HandshakeFault> {
        match mem::replace(&mut self.state, State::Over) {
            State::Hello { cookie } => self.greeted(message, cookie),
            State::Flight(flight) => self.take_flight(message, flight),
            State::Finish(finish) => self.finished(message, *finish),
            State::Over => Ok(()),
        }
    }

    fn greeted(&mut self, message: &Message, cookie: Vec<u8>) -> Result<(), HandshakeFault> {
        match message.kind {
            message::HELLO_VERIFY_REQUEST if cookie.is_empty() => {
                let given = message::cookie(&message.body).filter(|cookie| !cookie.is_empty());
                let given = given.ok_or(HandshakeFault::Malformed("HelloVerifyRequest"))?;
                // The first ClientHello and this message count for nothing (RFC 6347 §4.2.1).
                self.transcript.clear();
                self.say_hello(&given);
                self.state = State::Hello { cookie: given };
                Ok(())
            }
            message::SERVER_HELLO => {
                let hello = ServerHello::from_body(&message.body)?;
                let suite = Suite::all(&self.provider).into_iter().find(|suite| suite.id == hello.suite);
                let suite = suite.ok_or(HandshakeFault::NotOffered("a cipher suite"))?;
                if hello.alpn.is_some() && hello.alpn != self.offer.alpn {
                    return Err(HandshakeFault::NotOffered("a protocol"));
                }
                self.note(message)?;
                self.state = State::Flight(Box::new(Flight {
                    suite,
                    hello,
                    place: 0,
                    chain: None,
                    exchange: None,
                    wants_certificate: false,
                }));
                Ok(())
            }
            _ => Err(HandshakeFault::Malformed("first message")),
        }
    }

    fn take_flight(&mut self, message: &Message, mut flight: Box<Flight>) -> Result<(), HandshakeFault> {
        let place = place(message.kind).filter(|place| *place > flight.place);
        flight.place = place.ok_or(HandshakeFault::Malformed("flight"))?;
        self.note(message)?;
        match message.kind {
            message::CERTIFICATE => {
                let chain = message::certificates(&message.body).filter(|chain| !chain.is_empty());
                flight.chain = Some(chain.ok_or(HandshakeFault::Malformed("Certificate"))?);
            }
            message::SERVER_KEY_EXCHANGE => {
                let chain = flight.chain.as_ref().ok_or(HandshakeFault::Malformed("flight"))?;
                let exchange = KeyExchange::from_body(&message.body)
                    .ok_or(HandshakeFault::Malformed("ServerKeyExchange"))?;
                self.verify(&exchange, chain, &flight.hello)?;
                let group = self.provider.kx_groups.iter().find(|g| u16::from(g.name()) == exchange.group);
                let group = group.ok_or(HandshakeFault::NotOffered("a curve"))?;
                let ours = group.start().map_err(|_| HandshakeFault::KeyExchange)?;
                flight.exchange = Some((ours, exchange.public.to_vec()));
            }
            message::CERTIFICATE_REQUEST => flight.wants_certificate = true,
            message::CERTIFICATE_STATUS => {}
            message::SERVER_HELLO_DONE => return self.answer(*flight),
            _ => return Err(HandshakeFault::Malformed("flight")),
        }
        self.state = State::Flight(flight);
        Ok(())
    }

    /// The server's signature over the randoms and its share of the key exchange (RFC 8422 §5.4).
    fn verify(
        &self,
        exchange: &KeyExchange<'_>,
        chain: &[Vec<u8>],
        hello: &ServerHello,
    ) -> Result<(), HandshakeFault> {
        let key = chain.first().and_then(|der| public_key(der));
        let key = key.ok_or(HandshakeFault::Malformed("certificate"))?;
        let signed = [&self.offer.random[..], &hello.random[..], exchange.params].concat();
        let scheme = SignatureScheme::from(exchange.scheme);
        let mapping = self.provider.signature_verification_algorithms.mapping;
        let algorithms = mapping.iter().filter(|(known, _)| *known == scheme).flat_map(|(_, all)| all.iter());
        let fits = algorithms
            .into_iter()
            .any(|algorithm| algorithm.verify_signature(&key, &signed, exchange.signature).is_ok());
        if fits { Ok(()) } else { Err(HandshakeFault::WrongSignature) }
    }

    /// ServerHelloDone: our last flight.
    fn answer(&mut self, flight: Flight) -> Result<(), HandshakeFault> {
        let (Some((exchange, peer)), Some(chain)) = (flight.exchange, flight.chain) else {
            return Err(HandshakeFault::Malformed("flight"));
        };
        self.begin_flight();
        if flight.wants_certificate {
            // We have none: an empty list, and the server decides (RFC 5246 §7.4.6).
            self.say(message::CERTIFICATE, &[0, 0, 0], false);
        }
        let mut share = Vec::new();
        message::vector8(&mut share, exchange.pub_key());
        self.say(message::CLIENT_KEY_EXCHANGE, &share, false);
        let randoms = Randoms { client: &self.offer.random, server: &flight.hello.random };
        let session_hash = flight.suite.hash(&self.transcript);
        let extended = flight.hello.extended_master_secret.then_some(&session_hash[..]);
        let master = Master::derive(flight.suite, exchange, &peer, randoms, extended)?;
        let (ours, theirs) = master.keys(randoms).ok_or(HandshakeFault::KeyExchange)?;
        self.flight.push(Outgoing { kind: CHANGE_CIPHER_SPEC, body: vec![1], sealed: false });
        let verify_data = master.verify_data(b"client finished", &self.transcript);
        self.say(message::FINISHED, &verify_data, true);
        // Nothing of what came in the clear may stand where Finished will.
        self.reassembly.forget();
        let negotiated = Negotiated { cipher: flight.suite.name(), alpn: flight.hello.alpn, chain };
        self.state = State::Finish(Box::new(Finish { master, ours, theirs, negotiated }));
        Ok(())
    }

    fn finished(&mut self, message: &Message, finish: Finish) -> Result<(), HandshakeFault> {
        if message.kind != message::FINISHED {
            return Err(HandshakeFault::Malformed("last flight"));
        }
        let wanted = finish.master.verify_data(b"server finished", &self.transcript);
        if message.body.len() != VERIFY_DATA || message.body != wanted {
            return Err(HandshakeFault::WrongFinished);
        }
        let Finish { ours, theirs, negotiated, .. } = finish;
        let seen = mem::take(&mut self.seen);
        let session = Session::new(ours, theirs, self.numbers[1], seen, negotiated);
        self.result = Some(Ok(Box::new(session)));
        Ok(())
    }

    fn say_hello(&mut self, cookie: &[u8]) {
        let mapping = self.provider.signature_verification_algorithms.mapping;
        let hello = Hello {
            random: &self.offer.random,
            cookie,
            suites: &Suite::all(&self.provider).iter().map(|suite| suite.id).collect::<Vec<_>>(),
            // A hybrid group is for TLS 1.3 alone.
            groups: &self
                .provider
                .kx_groups
                .iter()
                .map(|group| u16::from(group.name()))
                .filter(|group| *group < 0x0100)
                .collect::<Vec<_>>(),
            signatures: &mapping.iter().map(|(scheme, _)| u16::from(*scheme)).collect::<Vec<_>>(),
            server_name: self.offer.server_name.as_deref(),
            alpn: self.offer.alpn.as_deref(),
        };
        let body = hello.body();
        self.begin_flight();
        self.say(message::CLIENT_HELLO, &body, false);
    }

    fn begin_flight(&mut self) {
        self.flight.clear();
        self.sent = false;
        self.due = None;
        self.timeout = FIRST_TIMEOUT;
    }

    fn say(&mut self, kind: u8, body: &[u8], sealed: bool) {
        let framed = message::framed(kind, self.sequence, body);
        self.sequence += 1;
        self.transcript.extend_from_slice(&framed);
        self.flight.push(Outgoing { kind: HANDSHAKE, body: framed, sealed });
    }

    fn note(&mut self, message: &Message) -> Result<(), HandshakeFault> {
        let framed = message::framed(message.kind, message.sequence, &message.body);
        if self.transcript.len() + framed.len() > MOST_NOTED {
            return Err(HandshakeFault::Malformed("flight"));
        }
        self.transcript.extend_from_slice(&framed);
        Ok(())
    }

    /// A record of the flight under a number of its own: a retransmission is no repetition (RFC 6347 §4.2.4).
    fn record(&mut self, at: usize) -> Vec<u8> {
        let Outgoing { kind, body, sealed } = &self.flight[at];
        let number = &mut self.numbers[usize::from(*sealed)];
        *number += 1;
        let number = *number - 1;
        match (sealed, &self.state) {
            (true, State::Finish(finish)) => {
                finish.ours.seal(*kind, EPOCH | number, body).unwrap_or_default()
            }
            _ => {
                let first = matches!(self.state, State::Hello { .. });
                record::plain(*kind, if first { DTLS_1_0 } else { DTLS_1_2 }, number, body)
            }
        }
    }
}

/// Where a message stands in the server's flight behind ServerHello (RFC 5246 §7.3, RFC 6066 §8): each comes once.
fn place(kind: u8) -> Option<u8> {
    const ORDER: [u8; 5] = [
        message::CERTIFICATE,
        message::CERTIFICATE_STATUS,
        message::SERVER_KEY_EXCHANGE,
        message::CERTIFICATE_REQUEST,
        message::SERVER_HELLO_DONE,
    ];
    (1..).zip(ORDER).find_map(|(place, known)| (known == kind).then_some(place))
}

/// What an alert comes to; of warnings, the end alone is one.
fn alert(body: &[u8]) -> Option<HandshakeFault> {
    const FATAL: u8 = 2;
    const PROTOCOL_VERSION: u8 = 70;
    match *body {
        [FATAL, PROTOCOL_VERSION] => Some(HandshakeFault::OldVersion),
        [FATAL, alert] | [_, alert @ 0] => Some(HandshakeFault::Alert(alert)),
        _ => None,
    }
}

#[cfg(test)]
impl Handshake {
    /// The record with the Finished that the server would send now.
    pub(super) fn finished_of_the_server(&self, sequence: u16) -> Vec<u8> {
        let State::Finish(finish) = &self.state else { panic!("no keys yet") };
        let verify_data = finish.master.verify_data(b"server finished", &self.transcript);
        let framed = message::framed(message::FINISHED, sequence, &verify_data);
        finish.theirs.seal(HANDSHAKE, EPOCH, &framed).unwrap()
    }
}

impl fmt::Debug for Handshake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handshake").field("offer", &self.offer).finish_non_exhaustive()
    }
}
