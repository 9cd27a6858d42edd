//! What is below the media: each payload is opened down to what it carries, and what is about the way is read.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use foldhash::HashMap;
use serde::Serialize;

use super::association::Association;
use super::demux::{Class, class};
use super::dtls::{Dtls, DtlsFacts, SctpFacts};
use super::ice::{Ice, MoveFacts, SideFacts};
use super::leg::{Carrier, Leg, Via};
use super::tcp::{Connection, Streams};
use super::turn::{Turn, TurnFacts};
use crate::capture::{Frame, Time};
use crate::sctp;
use crate::srtp::KeyFile;
use crate::stun::{self, DecodeError, Message, Method, registry};

/// Associations in clear that are followed. They come from calls that somebody recorded so, one each.
const MOST_ASSOCIATIONS: usize = 64;

/// Everything below the media.
#[derive(Debug, Default)]
pub struct Transport {
    /// Relays.
    pub turn: Turn,
    /// Checks.
    pub ice: Ice,
    /// Handshakes.
    pub dtls: Dtls,
    /// Associations in clear, each with the leg that it was met on first.
    sctp: Vec<(Leg, Association)>,
    sctp_untracked: u64,
    stun: BTreeMap<(Method, stun::Class), u64>,
    stun_unreadable: u64,
    stun_cut: u64,
}

/// What a payload carries in the end.
#[derive(Debug, Clone, Copy)]
pub struct Inner<'a> {
    /// Where it went, with what it was wrapped in.
    pub leg: Leg,
    /// What it seems to be.
    pub class: Class,
    /// What there is of it.
    pub payload: &'a [u8],
    /// How long it was on the wire.
    pub length: usize,
    /// Whom it is for behind a relay, or from, where that is known.
    pub peer: Option<SocketAddr>,
}

impl Inner<'_> {
    /// The leg as the two ends know it: it is the same whether a channel or an indication leads to the peer.
    /// Checks, handshakes and media of a relayed call are found under it.
    #[must_use]
    pub fn path(&self) -> Leg {
        Leg { via: self.peer.map(Via::Indication).or(self.leg.via), ..self.leg }
    }
}

impl Transport {
    /// Takes a datagram, or a message that was sent over TCP. `length` is that on the wire. What DTLS 1.2 protects is read
    /// as far as `keys` open it.
    pub fn payload<'a>(
        &mut self,
        leg: Leg,
        at: Time,
        frame: Frame,
        payload: &'a [u8],
        length: usize,
        keys: &KeyFile,
    ) -> Inner<'a> {
        let mut inner = Inner { leg, class: class(payload, length), payload, length, peer: None };
        if let Some(unwrapped) = self.turn.unwrap(&leg, inner.class, payload, length) {
            if inner.class == Class::Stun
                && let Ok(message) = Message::from_bytes(payload)
            {
                self.count(&message);
            }
            let payload = payload.get(unwrapped.range).unwrap_or_default();
            inner = Inner {
                leg: Leg { via: Some(unwrapped.via), ..leg },
                class: class(payload, unwrapped.length),
                payload,
                length: unwrapped.length,
                peer: unwrapped.peer,
            };
        }
        match inner.class {
            Class::Stun => self.message(&inner, at, frame),
            Class::Dtls => {
                let path = inner.path();
                let likely = self.ice.end(&path).is_some();
                if !self.dtls.datagram(&path, at, frame, inner.payload, likely, keys) {
                    inner.class = Class::Other;
                }
            }
            Class::Other if inner.payload.len() == inner.length && sctp::is_packet(inner.payload) => {
                inner.class = Class::Sctp;
                self.association(inner.path(), at, inner.payload);
            }
            _ => {}
        }
        inner
    }

    fn association(&mut self, leg: Leg, at: Time, packet: &[u8]) {
        let known = self.sctp.iter().position(|(of, _)| *of == leg || *of == leg.reverse());
        let place = match known {
            Some(place) => place,
            None if self.sctp.len() >= MOST_ASSOCIATIONS => {
                self.sctp_untracked += 1;
                return;
            }
            None => {
                self.sctp.push((leg, Association::default()));
                self.sctp.len() - 1
            }
        };
        let (of, association) = &mut self.sctp[place];
        association.packet(usize::from(*of != leg), at, packet);
    }

    fn message(&mut self, inner: &Inner<'_>, at: Time, frame: Frame) {
        match Message::from_bytes(inner.payload) {
            Ok(message) => {
                self.count(&message);
                self.turn.message(&inner.leg, at, frame, &message);
                self.ice.message(&inner.path(), at, frame, &message);
            }
            Err(DecodeError::Truncated { .. } | DecodeError::TooShort { .. })
                if inner.payload.len() < inner.length =>
            {
                self.stun_cut += 1;
            }
            Err(_) => self.stun_unreadable += 1,
        }
    }

    fn count(&mut self, message: &Message) {
        let kind = (message.method, message.class);
        // There are 4096 methods, and only noise has more than some.
        if self.stun.len() < 64 || self.stun.contains_key(&kind) {
            *self.stun.entry(kind).or_default() += 1;
        }
    }

    /// What there is to say, pair by pair. Times count from `start`, and the capture ends at `end`.
    #[must_use]
    pub fn facts(&self, streams: &Streams, start: Time, end: Time) -> TransportFacts {
        let mut pairs = Pairs::default();
        let mut tcp_other = streams.forgotten();
        for (leg, connection) in streams.connections() {
            match connection.messages {
                0 => tcp_other += 1,
                _ => pairs.of(leg).tcp = Some(connection),
            }
        }
        for facts in self.turn.facts(start, end) {
            let leg = Leg { src: facts.client, dst: facts.server, carrier: facts.carrier, via: None };
            pairs.of(leg).turn = Some(facts);
        }
        for facts in self.ice.facts(start, end) {
            let pair = pairs.of(facts.leg);
            let (a, b) = match pair.leg == facts.leg {
                true => (facts.a, facts.b),
                false => (facts.b, facts.a),
            };
            pair.ice = Some(IceRow { flow: facts.flow, src: a, dst: b });
        }
        for (leg, facts) in self.dtls.facts(start) {
            pairs.of(leg).dtls = facts;
        }
        for (leg, association) in &self.sctp {
            let pair = pairs.of(*leg);
            pair.sctp = Some(association.facts(pair.leg, *leg != pair.leg, start));
        }
        let rows = pairs.rows.into_iter().map(|pair| Row {
            leg: LegFacts::of_path(pair.leg, &self.turn),
            far_side: self.turn.far_side(&pair.leg).map(|leg| LegFacts::of_path(leg, &self.turn)),
            ice: pair.ice,
            dtls: pair.dtls.into_iter().filter(|handshake| handshake.records > 0).collect(),
            turn: pair.turn,
            sctp: pair.sctp,
            tcp: pair.tcp,
        });
        TransportFacts {
            pairs: rows.collect(),
            moves: self.ice.moves(start).into_iter().map(|step| self.step(&step)).collect(),
            stun: self.stun.iter().map(named).collect(),
            stun_unreadable: self.stun_unreadable,
            stun_cut: self.stun_cut,
            dtls_unreadable: self.dtls.strange(),
            tcp_other,
            untracked: self.turn.untracked()
                + self.ice.untracked()
                + self.dtls.untracked()
                + self.sctp_untracked
                + streams.untracked(),
        }
    }

    fn step(&self, step: &MoveFacts) -> MoveRow {
        MoveRow {
            at_s: step.at_s,
            frame: step.frame,
            from: LegFacts::of_path(step.from, &self.turn),
            to: LegFacts::of_path(step.to, &self.turn),
            by: step.by,
        }
    }
}

/// A kind of STUN message as it is told, and how many there were.
fn named((&(method, class), count): (&(Method, stun::Class), &u64)) -> (String, u64) {
    (format!("{} {}", registry::method_name(method), registry::class_name(class)), *count)
}

/// Rows in order of appearance.
#[derive(Default)]
struct Pairs {
    rows: Vec<Pair>,
    places: HashMap<Leg, usize>,
}

struct Pair {
    leg: Leg,
    ice: Option<IceRow>,
    dtls: Vec<DtlsFacts>,
    sctp: Option<SctpFacts>,
    turn: Option<TurnFacts>,
    tcp: Option<Connection>,
}

impl Pairs {
    fn of(&mut self, leg: Leg) -> &mut Pair {
        let place = match self.places.get(&leg) {
            Some(place) => *place,
            None => {
                let place = self.rows.len();
                self.rows.push(Pair { leg, ice: None, dtls: Vec::new(), sctp: None, turn: None, tcp: None });
                self.places.insert(leg.reverse(), place);
                self.places.insert(leg, place);
                place
            }
        };
        &mut self.rows[place]
    }
}

/// What is below the media.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct TransportFacts {
    /// Pairs of addresses.
    #[serde(rename = "transport")]
    pub pairs: Vec<Row>,
    /// How the pair in use changed.
    #[serde(rename = "pair_changes")]
    pub moves: Vec<MoveRow>,
    /// STUN messages by method and class.
    #[serde(rename = "stun_messages")]
    pub stun: BTreeMap<String, u64>,
    /// Payloads with STUN's cookie that are no message.
    pub stun_unreadable: u64,
    /// STUN messages that a snap length cut.
    pub stun_cut: u64,
    /// Payloads that begin as DTLS does and are none.
    pub dtls_unreadable: u64,
    /// TCP connections in which nothing of a call was found.
    pub tcp_other: u64,
    /// What came after as many pairs as can be followed.
    #[serde(rename = "transport_untracked")]
    pub untracked: u64,
}

/// A pair of addresses.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Row {
    /// From whom to whom; what goes back is in it too.
    #[serde(flatten)]
    pub leg: LegFacts,
    /// Where it goes on behind the relay.
    pub far_side: Option<LegFacts>,
    /// Checks.
    pub ice: Option<IceRow>,
    /// Handshakes in order.
    pub dtls: Vec<DtlsFacts>,
    /// Data channels, where they are in clear.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sctp: Option<SctpFacts>,
    /// What was asked of a relay.
    pub turn: Option<TurnFacts>,
    /// The connections.
    pub tcp: Option<Connection>,
}

/// Where something went.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, schemars::JsonSchema)]
pub struct LegFacts {
    /// Who sent it.
    pub src: SocketAddr,
    /// Who it was for.
    pub dst: SocketAddr,
    /// What carried it.
    pub carrier: Carrier,
    /// What it was wrapped in.
    pub via: Option<ViaFacts>,
}

/// The framing of a relay.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, schemars::JsonSchema)]
pub struct ViaFacts {
    /// `channel` or `indication`.
    pub turn: &'static str,
    /// The channel's number.
    pub channel: Option<String>,
    /// Whom it stands for.
    pub peer: Option<SocketAddr>,
}

impl LegFacts {
    /// A leg, or one that [`Inner::path`] gave.
    #[must_use]
    pub fn of_path(leg: Leg, turn: &Turn) -> Self {
        let outer = leg.outer();
        let via = leg.via.map(|via| {
            let (channel, peer) = match via {
                Via::Channel(number) => (Some(number), turn.peer(&outer, via)),
                Via::Indication(peer) => (turn.channel_of(&outer, peer), Some(peer)),
            };
            let turn = if channel.is_some() { "channel" } else { "indication" };
            ViaFacts { turn, channel: channel.map(|number| format!("0x{number:04x}")), peer }
        });
        Self { src: leg.src, dst: leg.dst, carrier: leg.carrier, via }
    }
}

/// The checks of a pair.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct IceRow {
    /// The same for all pairs that the same checks went over: the legs of one flow.
    pub flow: usize,
    /// What `src` asked.
    pub src: SideFacts,
    /// What `dst` asked.
    pub dst: SideFacts,
}

/// The pair in use changed.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct MoveRow {
    /// When.
    pub at_s: f64,
    /// The first packet on the new pair.
    pub frame: u64,
    /// The pair before.
    pub from: LegFacts,
    /// The pair from now on.
    pub to: LegFacts,
    /// What showed it: `media` or `use-candidate`.
    pub by: &'static str,
}
