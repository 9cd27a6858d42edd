//! What stands before the relay: bytes and time in; answer now, pass on or drop.
//!
//! Authentication, quotas and refusals are decided here, for all transports together. The relay
//! behind sees authenticated, well-formed requests only, and only of clients that have or may have
//! an allocation.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use super::credential::{Key, PasswordAlgorithm, key_of};
use super::nonce::Nonces;
use super::request::{channel_number, known_attributes, peers, reason, unknown_attributes};
use super::settings::Settings;
use super::{Client, Transport};
use crate::stun::attribute::{self, Kind};
use crate::stun::framing::{self, Frame};
use crate::stun::{Class, Message, MessageBuilder, Method, TransactionId};

/// What is to be done with what a client sent.
#[derive(Debug)]
pub(super) enum Verdict {
    /// Send this back.
    Answer(Vec<u8>),
    /// A request for the relay; its response goes through [`Gate::finish`].
    Request(MessageBuilder),
    /// ChannelData or a Send indication for the relay.
    Data,
    /// Silence.
    Drop,
}

/// The gate. Holds one session for each allocation, and nothing for anyone else.
pub(super) struct Gate {
    settings: Settings,
    nonces: Nonces,
    sessions: HashMap<Client, Session>,
}

/// A client that has an allocation, or asked for one.
#[derive(Default)]
struct Session {
    user: Option<String>,
    /// Signs the response to the last request.
    key: Option<Key>,
    /// The Allocate and its response, for a retransmission (RFC 8656 §7.2).
    allocated: Option<(TransactionId, Vec<u8>)>,
    even_port: bool,
    peers: BTreeSet<IpAddr>,
    /// The peer of each channel, and until when it is bound.
    channels: BTreeMap<u16, (SocketAddr, Instant)>,
}

/// Who asks, if anyone must say.
type Identity = (Option<String>, Option<Key>);

impl Gate {
    pub(super) fn new(settings: Settings, secret: [u8; 32], now: Instant) -> Self {
        let nonces = Nonces::new(secret, now, settings.nonce_lifetime, settings.offer_sha256);
        Self { settings, nonces, sessions: HashMap::new() }
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Decides over one datagram or one frame of a stream.
    pub(super) fn judge(&mut self, client: Client, bytes: &[u8], now: Instant, unix_time: u64) -> Verdict {
        let data = self.sessions.contains_key(&client) && !self.settings.stun_only;
        let message = match framing::datagram(bytes, data) {
            Ok(Frame::Channel { .. }) => return Verdict::Data,
            Ok(Frame::Stun(bytes)) => Message::from_bytes(bytes),
            Err(_) => return Verdict::Drop,
        };
        let Ok(message) = message else { return Verdict::Drop };
        match (message.class, message.method) {
            _ if message.trailing > 0 => Verdict::Drop,
            (Class::Request, Method::Binding) if self.settings.turn_only => Verdict::Drop,
            (Class::Request, Method::Binding) => Verdict::Answer(self.binding(client, &message)),
            (Class::Request, _) if self.settings.stun_only => Verdict::Drop,
            (Class::Request, _) => match self.turn(client, &message, now, unix_time) {
                Ok(request) => Verdict::Request(request),
                Err(answer) => Verdict::Answer(answer),
            },
            (Class::Indication, Method::Send) if data => Verdict::Data,
            _ => Verdict::Drop,
        }
    }

    /// Makes the relay's response ours; `None` if it answers nobody.
    pub(super) fn finish(&mut self, client: Client, response: &Message) -> Option<Vec<u8>> {
        let session = self.sessions.get(&client)?;
        let ours = MessageBuilder::new(response.class, response.method, response.transaction);
        let told = response.attributes().filter(|(kind, _)| !INTERNAL.contains(kind));
        let ours = told.fold(ours, |ours, (kind, value)| ours.attribute(kind, value));
        let bytes = self.seal(ours, session.key.as_ref());
        if response.method == Method::Allocate {
            if response.class == Class::Success {
                let session = self.sessions.get_mut(&client)?;
                session.allocated = Some((response.transaction, bytes.clone()));
            } else {
                self.forget(client);
            }
        }
        Some(bytes)
    }

    /// The allocation of this client is gone.
    pub(super) fn forget(&mut self, client: Client) {
        self.sessions.remove(&client);
    }

    /// Whether this client has an allocation.
    pub(super) fn knows(&self, client: Client) -> bool {
        self.sessions.contains_key(&client)
    }

    /// Whether this client asked for an even port.
    pub(super) fn wants_even_port(&self, client: Client) -> bool {
        self.sessions.get(&client).is_some_and(|session| session.even_port)
    }

    /// Whether no client of this transport has an allocation.
    pub(super) fn is_idle(&self, transport: Transport) -> bool {
        self.sessions.keys().all(|client| client.transport != transport)
    }

    fn binding(&self, client: Client, request: &Message) -> Vec<u8> {
        if let Some(unknown) = unknown_attributes(request, &[]) {
            return self.error(request, 420, None, |e| e.unknown_attributes(&unknown));
        }
        let response = MessageBuilder::new(Class::Success, Method::Binding, request.transaction)
            .xor_address(attribute::XOR_MAPPED_ADDRESS, client.address);
        self.seal(response, None)
    }

    /// A TURN request: what of it goes to the relay, or the answer to it.
    fn turn(
        &mut self,
        client: Client,
        request: &Message,
        now: Instant,
        unix_time: u64,
    ) -> Result<MessageBuilder, Vec<u8>> {
        let Some(known) = known_attributes(request.method) else {
            return Err(self.error(request, 400, None, |e| e));
        };
        if let (Method::Allocate, Some(other)) = (request.method, self.settings.redirect) {
            return Err(self.error(request, 300, None, |e| e.address(attribute::ALTERNATE_SERVER, other)));
        }
        let (user, key) = self.authenticate(client, request, now, unix_time)?;
        let refuse = |code| Err(self.error(request, code, key.as_ref(), |e| e));
        let session = self.sessions.get(&client);
        if session.is_some_and(|session| session.user != user) {
            return refuse(441);
        }
        if let Some(unknown) = unknown_attributes(request, known) {
            return Err(self.error(request, 420, key.as_ref(), |e| e.unknown_attributes(&unknown)));
        }
        let code = match (request.method, session) {
            (Method::Allocate, Some(session)) => match &session.allocated {
                Some((transaction, response)) if *transaction == request.transaction => {
                    return Err(response.clone());
                }
                _ => Some(437),
            },
            (Method::Allocate, None) => self.refusal_of_allocate(request, user.as_deref()),
            (_, None) => Some(437),
            (Method::Refresh, Some(_)) => None,
            (_, Some(session)) => self.refusal_of_peers(request, session, now),
        };
        if let Some(code) = code {
            return refuse(code);
        }
        let session = self.sessions.entry(client).or_default();
        (session.user, session.key) = (user, key);
        session.even_port |= request.attribute(attribute::EVEN_PORT).is_some();
        session.note_peers(request, now);
        let passed = MessageBuilder::new(Class::Request, request.method, request.transaction);
        let understood = request.attributes().filter(|(kind, _)| known.contains(kind));
        Ok(understood.fold(passed, |passed, (kind, value)| passed.attribute(kind, value)))
    }

    fn refusal_of_allocate(&self, request: &Message, user: Option<&str>) -> Option<u16> {
        let held = self.sessions.values().filter(|session| session.user.as_deref() == user).count();
        let full = self.settings.total_ports.unwrap_or(MAX_ALLOCATIONS).min(MAX_ALLOCATIONS);
        match request.attribute(attribute::REQUESTED_TRANSPORT) {
            Some([attribute::PROTOCOL_UDP, _, _, _]) => {}
            Some([_, _, _, _]) => return Some(442),
            _ => return Some(400),
        }
        match request.attribute(attribute::REQUESTED_ADDRESS_FAMILY) {
            None | Some([1 | 2, _, _, _]) => {}
            Some(_) => return Some(440),
        }
        // An even port is the driver's business; the next one is never reserved.
        if request.attribute(attribute::EVEN_PORT).is_some_and(|value| value.first() != Some(&0)) {
            return Some(508);
        }
        if self.settings.user_quota.is_some_and(|quota| held >= quota) {
            return Some(486);
        }
        (self.sessions.len() >= full).then_some(508)
    }

    fn refusal_of_peers(&self, request: &Message, session: &Session, now: Instant) -> Option<u16> {
        let Some(peers) = peers(request).filter(|peers| !peers.is_empty()) else { return Some(400) };
        if peers.iter().any(|peer| self.settings.denied_peers.iter().any(|range| range.contains(peer.ip()))) {
            return Some(403);
        }
        if session.peers.len() + peers.len() > MAX_PEERS {
            return Some(508);
        }
        if request.method == Method::ChannelBind {
            let Some(number) = channel_number(request) else { return Some(400) };
            // RFC 8656 §12.2: one channel, one peer, both ways.
            let mut bound = session.channels.iter().filter(|(_, (_, until))| *until >= now);
            if bound.any(|(other, (peer, _))| (*other == number) != (*peer == peers[0])) {
                return Some(400);
            }
        }
        None
    }

    /// The long-term credential mechanism (RFC 8489 §9.2.4).
    fn authenticate(
        &self,
        client: Client,
        request: &Message,
        now: Instant,
        unix_time: u64,
    ) -> Result<Identity, Vec<u8>> {
        if !self.settings.require_auth {
            return Ok((None, None));
        }
        let challenge = |code| Err(self.challenge(client, request, code, now));
        let sha256 =
            self.settings.offer_sha256 && request.attribute(attribute::MESSAGE_INTEGRITY_SHA256).is_some();
        if !sha256 && request.attribute(attribute::MESSAGE_INTEGRITY).is_none() {
            return challenge(401);
        }
        let (Some(user), Some(_), Some(nonce)) = (
            request.exact_text(attribute::USERNAME),
            request.attribute(attribute::REALM),
            request.exact_text(attribute::NONCE),
        ) else {
            return Err(self.error(request, 400, None, |e| e));
        };
        if self.settings.wrong_nonce_always || !self.nonces.holds(nonce, client, now) {
            return challenge(438);
        }
        let Some(algorithm) = self.password_algorithm(request) else {
            return Err(self.error(request, 400, None, |e| e));
        };
        match key_of(&self.settings, user, algorithm, unix_time)
            .map(|key| if sha256 { Key::Sha256(key) } else { Key::Sha1(key) })
        {
            Some(key) if key.has_signed(request) => Ok((Some(user.to_owned()), Some(key))),
            _ => challenge(401),
        }
    }

    /// What the client derived its key with; `None` if that was tampered with (RFC 8489 §9.2.4).
    fn password_algorithm(&self, request: &Message) -> Option<PasswordAlgorithm> {
        let offered = request.attribute(attribute::PASSWORD_ALGORITHMS);
        match (request.attribute(attribute::PASSWORD_ALGORITHM), offered) {
            _ if !self.settings.offer_sha256 => Some(PasswordAlgorithm::Md5),
            (None, None) => Some(PasswordAlgorithm::Md5),
            (Some(chosen), Some(offered)) if *offered == ALGORITHMS => match *chosen {
                [0, 1, 0, 0] => Some(PasswordAlgorithm::Md5),
                [0, 2, 0, 0] => Some(PasswordAlgorithm::Sha256),
                _ => None,
            },
            _ => None,
        }
    }

    fn challenge(&self, client: Client, request: &Message, code: u16, now: Instant) -> Vec<u8> {
        let nonce = self.nonces.issue(client, now);
        self.error(request, code, None, |mut e| {
            e = e.attribute(attribute::REALM, self.settings.realm.as_bytes());
            e = e.attribute(attribute::NONCE, nonce.as_bytes());
            match self.settings.offer_sha256 {
                true => e.attribute(attribute::PASSWORD_ALGORITHMS, &ALGORITHMS),
                false => e,
            }
        })
    }

    fn error(
        &self,
        request: &Message,
        code: u16,
        key: Option<&Key>,
        more: impl FnOnce(MessageBuilder) -> MessageBuilder,
    ) -> Vec<u8> {
        let error = MessageBuilder::new(Class::Error, request.method, request.transaction);
        self.seal(more(error.error_code(code, reason(code))), key)
    }

    fn seal(&self, mut response: MessageBuilder, key: Option<&Key>) -> Vec<u8> {
        if let Some(software) = &self.settings.software {
            response = response.attribute(attribute::SOFTWARE, software.as_bytes());
        }
        if let Some(key) = key {
            response = key.sign(response);
        }
        response.finish()
    }
}

impl Session {
    fn note_peers(&mut self, request: &Message, now: Instant) {
        let peers = peers(request).unwrap_or_default();
        self.peers.extend(peers.iter().map(SocketAddr::ip));
        if let (Some(number), Some(peer)) = (channel_number(request), peers.first()) {
            self.channels.insert(number, (*peer, now + CHANNEL_LIFETIME));
        }
    }
}

/// Attributes of the relay's own authentication, and what [`Gate::seal`] adds anew.
const INTERNAL: [Kind; 9] = [
    attribute::USERNAME,
    attribute::MESSAGE_INTEGRITY,
    attribute::REALM,
    attribute::NONCE,
    attribute::MESSAGE_INTEGRITY_SHA256,
    attribute::PASSWORD_ALGORITHM,
    attribute::PASSWORD_ALGORITHMS,
    attribute::SOFTWARE,
    attribute::FINGERPRINT,
];

/// PASSWORD-ALGORITHMS: SHA-256 before MD5, both without parameters.
const ALGORITHMS: [u8; 8] = [0, 2, 0, 0, 0, 1, 0, 0];
/// More than any probe needs, and few enough sockets for any machine.
const MAX_ALLOCATIONS: usize = 256;
/// Peers that one allocation may name over its life.
const MAX_PEERS: usize = 1024;
/// RFC 8656 §12.
const CHANNEL_LIFETIME: Duration = Duration::from_secs(600);
