//! DTLS handshakes as a capture shows them: what was offered and agreed on, what had to be sent again, how it ended.

mod facts;
mod hello;
mod names;
mod record;

use std::collections::{BTreeMap, BTreeSet};

use foldhash::HashMap;
use sha2::{Digest, Sha256};

use self::hello::Hello;
use self::record::{ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE, Record, records};
use super::association::Association;
use super::leg::Leg;
use crate::capture::{Frame, Time};
use crate::dtls::message::{self, Reader};
use crate::dtls::{From, Listener};
use crate::srtp::KeyFile;

pub use super::association::{ChannelFacts, SctpFacts};
pub use facts::{AlertFacts, DtlsFacts, MessageFacts};

/// Pairs of addresses that are followed.
const MOST_PAIRS: usize = 4096;
/// Handshakes of one pair: a call that is set up again may have some.
const MOST_HANDSHAKES: usize = 8;
/// Fragments of one handshake that are known again, in each direction.
const MOST_FRAGMENTS: usize = 256;
/// A handshake message: a long chain of certificates has a third of that.
const LONGEST_MESSAGE: usize = 32 * 1024;
/// Messages that are being put together at once, in each direction: a flight has six at most.
const MOST_PARTIAL: usize = 8;
/// Messages, alerts and certificates of one handshake that are told.
const MOST_TOLD: usize = 64;
const MOST_CERTIFICATES: usize = 8;
/// The epoch of DTLS 1.3 in which data is sent (RFC 9147 §6.1).
const DATA_EPOCH: u8 = 3;
const HANDSHAKE_EPOCH: u8 = 2;

const DTLS_1_3: u16 = 0xfefc;

/// What the records of a datagram are.
pub(super) fn words(datagram: &[u8]) -> String {
    /// Of one datagram; a flight has no more.
    const MOST: usize = 8;
    let word = |record: Record<'_>| match record {
        // From the first epoch on a handshake is encrypted.
        Record::Long { kind: HANDSHAKE, epoch: 0, body: [number, ..], .. } => names::message(*number),
        Record::Long { kind: HANDSHAKE, .. } => "encrypted handshake".to_owned(),
        Record::Long { kind: CHANGE_CIPHER_SPEC, .. } => "ChangeCipherSpec".to_owned(),
        Record::Long { kind: ALERT, epoch: 0, body: [_, number, ..], .. } => {
            format!("alert {}", names::alert(*number))
        }
        Record::Long { kind: ALERT, .. } => "encrypted alert".to_owned(),
        Record::Long { kind: APPLICATION_DATA, .. } => "application data".to_owned(),
        Record::Long { kind, .. } => format!("record of type {kind}"),
        Record::Short { .. } => "encrypted record".to_owned(),
    };
    let mut words: Vec<_> = records(datagram).take(MOST).map(word).collect();
    words.dedup();
    words.join(", ")
}

/// All handshakes of a capture.
#[derive(Debug, Default)]
pub struct Dtls {
    pairs: Vec<Pair>,
    places: HashMap<Leg, (usize, usize)>,
    untracked: u64,
    strange: u64,
}

#[derive(Debug)]
struct Pair {
    leg: Leg,
    handshakes: Vec<Handshake>,
}

/// One handshake, or what came without.
#[derive(Debug, Default)]
struct Handshake {
    /// Which side said the ClientHello.
    client: Option<usize>,
    offer: Option<Hello>,
    choice: Option<Hello>,
    began: Option<Time>,
    began_frame: Option<Frame>,
    ended: Option<(Time, Frame)>,
    sides: [Side; 2],
    flights: u64,
    last_speaker: Option<usize>,
    cookie: bool,
    messages: Vec<Told>,
    messages_dropped: u64,
    alerts: Vec<Alert>,
    encrypted_alerts: u64,
    /// Tried once, when the first encrypted record comes.
    listener: Option<Option<Listener>>,
    association: Option<Association>,
}

#[derive(Debug, Default)]
struct Side {
    /// Of each fragment that came: message, offset → the number of the record that it was last in, and how often it was
    /// sent again.
    fragments: BTreeMap<(u16, usize), (u64, u64)>,
    /// The most that any was.
    rounds: u64,
    /// Records of encrypted handshake messages.
    encrypted: BTreeSet<u64>,
    partial: BTreeMap<u16, Partial>,
    whole: BTreeSet<u16>,
    certificates: Vec<Vec<u8>>,
    changed_cipher: Option<Time>,
    finished: Option<(Time, Frame)>,
    repeated: u64,
    duplicates: u64,
    records: u64,
    data_records: u64,
}

#[derive(Debug)]
struct Partial {
    kind: u8,
    body: Vec<u8>,
    come: Vec<bool>,
    /// Bytes that have not come: to look through them all for each fragment would be a day's work.
    missing: usize,
}

#[derive(Debug, Clone)]
struct Told {
    at: Time,
    frame: Frame,
    side: usize,
    name: String,
}

#[derive(Debug, Clone)]
struct Alert {
    at: Time,
    frame: Frame,
    side: usize,
    fatal: bool,
    name: String,
}

/// What the keys of a handshake are made from, apart from the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agreed {
    /// Of the ClientHello that counted.
    pub client_random: [u8; 32],
    /// Of the ServerHello.
    pub server_random: [u8; 32],
    /// What was agreed on.
    pub version: u16,
    /// The cipher suite.
    pub suite: u16,
    /// The protection profile of SRTP, where it can be seen.
    pub profile: Option<u16>,
}

impl Dtls {
    /// Takes a payload that begins as DTLS does. Whether there was a record in it. The short headers of DTLS 1.3 are
    /// like much else: they count where a handshake was seen, or `is_likely` says that something else speaks for them.
    pub fn datagram(
        &mut self,
        leg: &Leg,
        at: Time,
        frame: Frame,
        payload: &[u8],
        is_likely: bool,
        keys: &KeyFile,
    ) -> bool {
        let mut found = records(payload).peekable();
        let is_one = match found.peek() {
            Some(Record::Long { .. }) => true,
            Some(Record::Short { .. }) => is_likely || self.knows(leg),
            None => false,
        };
        if !is_one {
            self.strange += 1;
            return false;
        }
        let Some((place, side)) = self.place(leg) else {
            self.untracked += 1;
            return true;
        };
        let handshakes = &mut self.pairs[place].handshakes;
        for record in found {
            if begins_anew(handshakes, side, &record) && handshakes.len() < MOST_HANDSHAKES {
                handshakes.push(Handshake::default());
            }
            if let Some(handshake) = handshakes.last_mut() {
                handshake.record(side, at, frame, &record);
                if !keys.is_empty() {
                    handshake.open(side, at, frame, &record, keys);
                }
            }
        }
        true
    }

    /// What was agreed on last on a leg, and whether the leg is the client's.
    #[must_use]
    pub fn agreed(&self, leg: &Leg) -> Option<(Agreed, bool)> {
        let (place, side) = self.places.get(leg)?;
        let handshake = self.pairs.get(*place)?.handshakes.last()?;
        let (offer, choice) = (handshake.offer.as_ref()?, handshake.choice.as_ref()?);
        let agreed = Agreed {
            client_random: offer.random,
            server_random: choice.random,
            version: handshake.version()?,
            suite: *choice.suites.first()?,
            profile: choice.profiles.first().copied(),
        };
        Some((agreed, handshake.client == Some(*side)))
    }

    /// Whether a handshake that offers SRTP was seen on a leg, or back.
    #[must_use]
    pub fn knows(&self, leg: &Leg) -> bool {
        self.places.contains_key(leg)
    }

    /// Payloads that began as DTLS does, and were none.
    #[must_use]
    pub fn strange(&self) -> u64 {
        self.strange
    }

    /// Payloads of pairs beyond those that can be followed.
    #[must_use]
    pub fn untracked(&self) -> u64 {
        self.untracked
    }

    /// What there is to say of each pair; times count from `start`.
    #[must_use]
    pub fn facts(&self, start: Time) -> Vec<(Leg, Vec<DtlsFacts>)> {
        let of = |pair: &Pair| pair.handshakes.iter().map(|h| h.facts(pair.leg, start)).collect();
        self.pairs.iter().map(|pair| (pair.leg, of(pair))).collect()
    }

    fn place(&mut self, leg: &Leg) -> Option<(usize, usize)> {
        if let Some(found) = self.places.get(leg) {
            return Some(*found);
        }
        if self.pairs.len() >= MOST_PAIRS {
            return None;
        }
        let place = self.pairs.len();
        self.pairs.push(Pair { leg: *leg, handshakes: vec![Handshake::default()] });
        self.places.insert(leg.reverse(), (place, 1));
        self.places.insert(*leg, (place, 0));
        Some((place, 0))
    }
}

/// Whether a record is a ClientHello of another handshake than the last: one with the first number again after a
/// ServerHello was said, and with another random.
fn begins_anew(handshakes: &[Handshake], side: usize, record: &Record<'_>) -> bool {
    let Some(last) = handshakes.last() else { return true };
    let Record::Long { kind: HANDSHAKE, epoch: 0, body, .. } = record else { return false };
    let Some(fragment) = Reader(body).fragment() else { return false };
    let first = fragment.kind == message::CLIENT_HELLO && fragment.sequence == 0 && fragment.offset == 0;
    let random = fragment.data.get(2..34);
    let known = last.offer.as_ref().is_some_and(|offer| random == Some(&offer.random));
    let over =
        last.ended.is_some() || last.choice.is_some() || last.client.is_some_and(|client| client != side);
    first && over && !known && random.is_some()
}

impl Handshake {
    fn record(&mut self, side: usize, at: Time, frame: Frame, record: &Record<'_>) {
        let this = &mut self.sides[side];
        this.records += 1;
        match *record {
            Record::Long { kind: HANDSHAKE, epoch: 0, number, body, .. } => {
                self.speak(side);
                self.plain(side, at, frame, number, body);
            }
            Record::Long { kind: HANDSHAKE, number, .. } => {
                self.speak(side);
                let this = &mut self.sides[side];
                match this.encrypted.len() {
                    // One Finished is all that is encrypted in DTLS 1.2.
                    0 => {
                        this.encrypted.insert(number);
                    }
                    _ if this.encrypted.contains(&number) => this.duplicates += 1,
                    1..MOST_FRAGMENTS => {
                        this.encrypted.insert(number);
                        this.repeated += 1;
                    }
                    _ => this.repeated += 1,
                }
                self.finished(side, at, frame);
            }
            Record::Long { kind: CHANGE_CIPHER_SPEC, .. } => {
                this.changed_cipher.get_or_insert(at);
            }
            Record::Long { kind: ALERT, epoch: 0, body: [level, name], .. } => {
                let alert = Alert { at, frame, side, fatal: *level == 2, name: names::alert(*name) };
                if self.alerts.len() < MOST_TOLD {
                    self.alerts.push(alert);
                }
            }
            Record::Long { kind: ALERT, .. } => self.encrypted_alerts += 1,
            Record::Long { kind: APPLICATION_DATA, .. } => this.data_records += 1,
            Record::Long { .. } => {}
            Record::Short { epoch: HANDSHAKE_EPOCH, .. } => self.finished(side, at, frame),
            Record::Short { epoch, .. } => this.data_records += u64::from(epoch >= DATA_EPOCH),
        }
    }

    /// Reads what is encrypted, if the secret is known.
    fn open(&mut self, side: usize, at: Time, frame: Frame, record: &Record<'_>, keys: &KeyFile) {
        let &Record::Long {
            kind: kind @ (APPLICATION_DATA | ALERT), epoch: epoch @ 1.., number, body, ..
        } = record
        else {
            return;
        };
        if self.listener.is_none() {
            self.listener = Some(self.listen(keys));
        }
        let from = if self.client == Some(side) { From::Client } else { From::Server };
        let Some(Some(listener)) = &self.listener else { return };
        let Some(plain) = listener.open(from, kind, epoch, number, body) else { return };
        match (kind, &plain[..]) {
            (ALERT, [level, name]) => {
                self.encrypted_alerts = self.encrypted_alerts.saturating_sub(1);
                let alert = Alert { at, frame, side, fatal: *level == 2, name: names::alert(*name) };
                if self.alerts.len() < MOST_TOLD {
                    self.alerts.push(alert);
                }
            }
            (APPLICATION_DATA, packet) => {
                self.association.get_or_insert_default().packet(side, at, packet);
            }
            _ => {}
        }
    }

    fn listen(&self, keys: &KeyFile) -> Option<Listener> {
        let (offer, choice) = (self.offer.as_ref()?, self.choice.as_ref()?);
        let (suite, secret) = (*choice.suites.first()?, keys.master_secret(&offer.random)?);
        Listener::new(suite, secret, &offer.random, &choice.random)
    }

    /// A side has encrypted what ends its part; when both have, the handshake is over.
    fn finished(&mut self, side: usize, at: Time, frame: Frame) {
        self.sides[side].finished.get_or_insert((at, frame));
        if self.ended.is_none() && self.sides[1 - side].finished.is_some() {
            self.ended = Some((at, frame));
        }
    }

    fn speak(&mut self, side: usize) {
        if self.last_speaker != Some(side) && self.ended.is_none() {
            self.flights += 1;
            self.last_speaker = Some(side);
        }
    }

    fn plain(&mut self, side: usize, at: Time, frame: Frame, number: u64, body: &[u8]) {
        let mut read = Reader(body);
        while let Some(fragment) = read.fragment() {
            let message::Fragment { kind, length, sequence, offset, data } = fragment;
            if self.began.is_none() && kind == message::CLIENT_HELLO {
                (self.began, self.began_frame) = (Some(at), Some(frame));
            }
            let this = &mut self.sides[side];
            let room = this.fragments.len() < MOST_FRAGMENTS;
            match this.fragments.get_mut(&(sequence, offset)) {
                Some((last, _)) if *last == number => this.duplicates += 1,
                Some((last, again)) => {
                    *last = number;
                    *again += 1;
                    this.rounds = this.rounds.max(*again);
                    this.repeated += 1;
                }
                None if room => {
                    this.fragments.insert((sequence, offset), (number, 0));
                }
                None => {}
            }
            if let Some(body) = this.take(kind, length, sequence, offset, data) {
                self.message(side, at, frame, kind, &body);
            }
        }
    }

    fn message(&mut self, side: usize, at: Time, frame: Frame, kind: u8, body: &[u8]) {
        match kind {
            message::CLIENT_HELLO => {
                self.client = Some(side);
                // One with a cookie takes the place of the one before.
                self.offer = Hello::from_client(body).or_else(|| self.offer.take());
            }
            message::SERVER_HELLO => {
                let hello = Hello::from_server(body);
                self.client.get_or_insert(1 - side);
                self.cookie |= hello.as_ref().is_some_and(Hello::is_retry);
                self.choice = hello.filter(|hello| !hello.is_retry()).or_else(|| self.choice.take());
            }
            message::HELLO_VERIFY_REQUEST => self.cookie = true,
            message::CERTIFICATE => {
                let chain = message::certificates(body).unwrap_or_default();
                self.sides[side].certificates = chain.into_iter().take(MOST_CERTIFICATES).collect();
            }
            _ => {}
        }
        match self.messages.len() < MOST_TOLD {
            true => self.messages.push(Told { at, frame, side, name: names::message(kind) }),
            false => self.messages_dropped += 1,
        }
    }

    fn version(&self) -> Option<u16> {
        let choice = self.choice.as_ref()?;
        Some(choice.versions.first().copied().unwrap_or(choice.version))
    }

    fn facts(&self, leg: Leg, start: Time) -> DtlsFacts {
        let at = |time: Time| time.seconds_since(start);
        let address = |side: usize| if side == 0 { leg.src } else { leg.dst };
        let version = self.version();
        let suite = self.choice.as_ref().and_then(|choice| choice.suites.first().copied());
        let offered = |of: fn(&Hello) -> &Vec<u16>| self.offer.iter().flat_map(of).copied();
        let mut versions: Vec<String> = offered(|hello| &hello.versions).map(names::version).collect();
        if versions.is_empty() {
            versions.extend(self.offer.as_ref().map(|offer| names::version(offer.version)));
        }
        let client = self.client.unwrap_or(0);
        let fingerprint = |side: usize| self.sides[side].certificates.first().map(|der| fingerprint(der));
        DtlsFacts {
            client: self.client.map(address),
            server: self.client.map(|client| address(1 - client)),
            version: version.map(names::version),
            versions_offered: versions,
            cipher: suite.map(|suite| format!("0x{suite:04x}")),
            cipher_name: suite.and_then(names::suite),
            ciphers_offered: offered(|hello| &hello.suites).map(|suite| format!("0x{suite:04x}")).collect(),
            srtp_profiles_offered: offered(|hello| &hello.profiles).map(names::profile).collect(),
            srtp_profile: self
                .choice
                .iter()
                .flat_map(|hello| &hello.profiles)
                .next()
                .map(|n| names::profile(*n)),
            srtp_profile_observable: version.is_some_and(|version| version != DTLS_1_3),
            cookie: self.cookie,
            began_at_s: self.began.map(at),
            began_frame: self.began_frame.map(|frame| frame.number),
            ended_at_s: self.ended.map(|(time, _)| at(time)),
            ended_frame: self.ended.map(|(_, frame)| frame.number),
            // A clock that went back, or an end of which the beginning is not in the capture: nobody knows how long.
            handshake_ms: self
                .began
                .zip(self.ended)
                .map(|(began, (ended, _))| ended.ms_since(began))
                .filter(|ms| *ms >= 0.0),
            flights: self.flights,
            client_repeated: self.sides[client].repeated,
            server_repeated: self.sides[1 - client].repeated,
            client_rounds: self.sides[client].rounds,
            server_rounds: self.sides[1 - client].rounds,
            duplicates: self.sides.iter().map(|side| side.duplicates).sum(),
            fingerprints_observable: version.is_some_and(|version| version != DTLS_1_3),
            client_fingerprint: fingerprint(client),
            server_fingerprint: fingerprint(1 - client),
            alerts: self.alerts.iter().map(|alert| alert.facts(leg, start)).collect(),
            encrypted_alerts: self.encrypted_alerts,
            messages: self
                .messages
                .iter()
                .map(|told| MessageFacts {
                    at_s: at(told.at),
                    frame: told.frame.number,
                    from: if Some(told.side) == self.client { "client" } else { "server" },
                    name: told.name.clone(),
                })
                .collect(),
            messages_dropped: self.messages_dropped,
            records: self.sides.iter().map(|side| side.records).sum(),
            data_records: self.sides.iter().map(|side| side.data_records).sum(),
            sctp: self.association.as_ref().map(|association| association.facts(leg, false, start)),
        }
    }
}

impl Alert {
    fn facts(&self, leg: Leg, start: Time) -> AlertFacts {
        AlertFacts {
            at_s: self.at.seconds_since(start),
            frame: self.frame.number,
            src: if self.side == 0 { leg.src } else { leg.dst },
            fatal: self.fatal,
            name: self.name.clone(),
        }
    }
}

impl Side {
    /// The body of the message that a fragment makes whole, the first time.
    fn take(
        &mut self,
        kind: u8,
        length: usize,
        sequence: u16,
        offset: usize,
        data: &[u8],
    ) -> Option<Vec<u8>> {
        if length > LONGEST_MESSAGE || offset + data.len() > length || self.whole.contains(&sequence) {
            return None;
        }
        if offset == 0 && data.len() == length {
            self.done(sequence);
            return Some(data.to_vec());
        }
        if self.partial.len() >= MOST_PARTIAL && !self.partial.contains_key(&sequence) {
            self.partial.pop_first();
        }
        let new = || Partial { kind, body: vec![0; length], come: vec![false; length], missing: length };
        let partial = self.partial.entry(sequence).or_insert_with(new);
        if partial.kind != kind || partial.body.len() != length {
            return None;
        }
        let place = offset..offset + data.len();
        partial.body.get_mut(place.clone())?.copy_from_slice(data);
        let come = partial.come.get_mut(place)?;
        partial.missing -= come.iter().filter(|come| !**come).count();
        come.fill(true);
        (partial.missing == 0).then_some(())?;
        let body = self.partial.remove(&sequence).map(|partial| partial.body);
        self.done(sequence);
        body
    }

    fn done(&mut self, sequence: u16) {
        if self.whole.len() < MOST_FRAGMENTS {
            self.whole.insert(sequence);
        }
    }
}

/// As `a=fingerprint` has it (RFC 8122 §5).
fn fingerprint(der: &[u8]) -> String {
    let hash = Sha256::digest(der);
    let pairs: Vec<String> = hash.iter().map(|byte| format!("{byte:02X}")).collect();
    format!("sha-256 {}", pairs.join(":"))
}

#[cfg(test)]
mod tests;
