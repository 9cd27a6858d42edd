//! TCP connections as messages: segments in order, cut where TURN and ICE-TCP say.
//!
//! One segment may hold several messages, and one message may take several segments. What the capture lacks is
//! counted, and costs the messages that it was part of, as far as the next one can be found.

mod framer;
mod framing;
mod reassembly;

use std::collections::VecDeque;
use std::net::SocketAddr;

use foldhash::HashMap;

pub use framing::Framing;

use self::framer::{Cut, Framer};
use self::reassembly::Reassembly;
use crate::analyze::leg::Leg;
use crate::capture::{Frame, TcpSegment, Time};

/// Connections that are followed at the same time. A connection may hold 200 KiB at worst, a framed one holds one message.
const MOST_CONNECTIONS: usize = 4096;
/// Bytes held over all connections, while earlier segments are missing or it is not known what they are.
const MOST_HELD: usize = 8 << 20;
/// Two ways through a capturing machine may change the order by as much.
const PATIENCE_NS: i64 = 100_000_000;

/// A message that was sent over TCP, or what the capture has of it.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// Which way it went.
    pub leg: Leg,
    /// When its last byte could be read.
    pub at: Time,
    /// The packet that has its last byte.
    pub frame: Frame,
    /// Up to where the first byte is missing.
    pub payload: &'a [u8],
    /// How long it was.
    pub length: usize,
    /// What it was found in.
    pub framing: Framing,
}

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Ended {
    /// By both sides, or one.
    Closed,
    /// By RST.
    Reset,
}

/// What there is to say of the connections between two addresses; several follow one another where ports are used
/// again.
#[derive(Debug, Clone, Default, serde::Serialize, schemars::JsonSchema)]
pub struct Connection {
    /// What it carries; `None` where too little was sent to tell.
    pub framing: Option<Framing>,
    /// SYNs without ACK, repeated ones not counted.
    pub opened: u64,
    /// SYNs that were sent again.
    pub syn_repeated: u64,
    /// SYN to SYN and ACK, in milliseconds, of the last time that it was opened.
    pub handshake_ms: Option<f64>,
    /// Whether the first segment to be seen was no SYN.
    pub midway: bool,
    /// How it ended.
    pub ended: Option<Ended>,
    /// Segments with data.
    pub segments: u64,
    /// Their bytes, those that were sent again among them.
    pub bytes: u64,
    /// Bytes that were sent again.
    pub repeated_bytes: u64,
    /// Segments that came before their turn.
    pub early: u64,
    /// Runs of bytes that the capture lacks.
    pub holes: u64,
    /// Their bytes.
    pub missing_bytes: u64,
    /// Messages.
    pub messages: u64,
    /// Messages of which bytes are missing.
    pub incomplete: u64,
    /// How often the beginning of the next message had to be searched.
    pub resyncs: u64,
    /// Bytes in which no message was found.
    pub unframed_bytes: u64,
    /// ChannelData that was not padded to four bytes.
    pub unpadded: u64,
}

#[derive(Debug, Default)]
struct Side {
    reassembly: Reassembly,
    framer: Framer,
}

#[derive(Debug)]
struct Pair {
    /// From the side at place 0 to that at place 1.
    leg: Leg,
    sides: [Side; 2],
    facts: Connection,
    syn_at: Option<Time>,
}

/// All connections of a capture.
#[derive(Debug, Default)]
pub struct Streams {
    pairs: Vec<Pair>,
    places: HashMap<(SocketAddr, SocketAddr), usize>,
    /// Of whom it is not known what they are, the oldest first; some of them is known by now.
    unknown: VecDeque<usize>,
    /// In which nothing of a call was found, likewise: their places are taken by others when all are.
    foreign: VecDeque<usize>,
    /// Those whose place was taken.
    forgotten: u64,
    untracked: u64,
    held: usize,
}

impl Streams {
    /// Takes a segment, those without data too, and hands on the messages that are whole with it.
    #[expect(clippy::too_many_arguments, reason = "they are the fields of a datagram")]
    pub fn segment(
        &mut self,
        leg: Leg,
        at: Time,
        frame: Frame,
        tcp: &TcpSegment,
        payload: &[u8],
        cut: u32,
        take: &mut dyn FnMut(Message<'_>),
    ) {
        let Some((place, side)) = self.place(leg) else {
            self.untracked += 1;
            return;
        };
        let Some(pair) = self.pairs.get_mut(place) else { return };
        let (before, known, was_foreign) = (pair.held(), pair.facts.framing.is_some(), pair.is_foreign());
        pair.segment(side, at, frame, tcp, payload, cut, take);
        self.held = self.held.saturating_sub(before) + pair.held();
        if pair.is_foreign() && !was_foreign {
            self.foreign.push_back(place);
        }
        if known && pair.facts.framing.is_none() {
            // The ports are used again.
            self.unknown.push_back(place);
        }
        if self.held > MOST_HELD {
            self.make_room();
        }
        if self.held > MOST_HELD
            && let Some(pair) = self.pairs.get_mut(place)
        {
            let before = pair.held();
            pair.give_up(at, take);
            self.held = self.held.saturating_sub(before) + pair.held();
        }
        if self.unknown.len() > 2 * MOST_CONNECTIONS || self.foreign.len() > 2 * MOST_CONNECTIONS {
            self.unknown.retain(|place| self.pairs[*place].facts.framing.is_none());
            self.foreign.retain(|place| self.pairs[*place].is_foreign());
            [&mut self.unknown, &mut self.foreign].into_iter().for_each(unique);
        }
    }

    /// What was searched for longest without finding anything, is nothing of ours.
    fn make_room(&mut self) {
        while self.held > MOST_HELD
            && let Some(place) = self.unknown.pop_front()
        {
            let pair = &mut self.pairs[place];
            if pair.facts.framing.is_none() {
                self.held = self.held.saturating_sub(pair.held());
                pair.abandon();
                self.foreign.push_back(place);
            }
        }
    }

    /// The place of a connection that is nothing of ours, or may be, and is forgotten.
    fn reclaim(&mut self) -> Option<usize> {
        while let Some(place) = self.foreign.pop_front().or_else(|| self.unknown.pop_front()) {
            let pair = &self.pairs[place];
            if pair.is_foreign() || pair.facts.framing.is_none() {
                self.held = self.held.saturating_sub(pair.held());
                self.places.remove(&key(pair.leg));
                self.forgotten += 1;
                return Some(place);
            }
        }
        None
    }

    /// Nothing more will come.
    pub fn finish(&mut self, take: &mut dyn FnMut(Message<'_>)) {
        for pair in &mut self.pairs {
            pair.finish(take);
        }
    }

    /// What there is to say, and from whom to whom the first segment went.
    pub fn connections(&self) -> impl Iterator<Item = (Leg, Connection)> {
        self.pairs.iter().map(|pair| (pair.leg, pair.facts()))
    }

    /// Connections in which nothing of a call was found, and whose place another has taken.
    #[must_use]
    pub fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// Segments of connections beyond those that can be followed.
    #[must_use]
    pub fn untracked(&self) -> u64 {
        self.untracked
    }

    fn place(&mut self, leg: Leg) -> Option<(usize, usize)> {
        let place = match self.places.get(&key(leg)) {
            Some(place) => *place,
            None => {
                let new = Pair::new(leg.outer());
                let place = if self.pairs.len() < MOST_CONNECTIONS {
                    self.pairs.push(new);
                    self.pairs.len() - 1
                } else {
                    let place = self.reclaim()?;
                    self.pairs[place] = new;
                    place
                };
                self.places.insert(key(leg), place);
                self.unknown.push_back(place);
                place
            }
        };
        let side = usize::from(self.pairs.get(place)?.leg.src != leg.src);
        Some((place, side))
    }
}

/// The same for both directions.
fn key(leg: Leg) -> (SocketAddr, SocketAddr) {
    (leg.src.min(leg.dst), leg.src.max(leg.dst))
}

/// Each once, at its first place.
fn unique(places: &mut VecDeque<usize>) {
    let mut met = vec![false; MOST_CONNECTIONS];
    places.retain(|place| !std::mem::replace(&mut met[*place], true));
}

impl Pair {
    fn new(leg: Leg) -> Self {
        Self { leg, sides: Default::default(), facts: Connection::default(), syn_at: None }
    }

    fn held(&self) -> usize {
        self.sides.iter().map(|side| side.reassembly.held_bytes() + side.framer.held_bytes()).sum()
    }

    /// Whether it was searched, and nothing of a call was in it.
    fn is_foreign(&self) -> bool {
        matches!(self.facts.framing, Some(Framing::Encrypted | Framing::Other))
            && self.sides.iter().all(|side| side.framer.counts.messages == 0)
    }

    /// Takes it for something else.
    fn abandon(&mut self) {
        self.facts.framing = Some(Framing::Other);
        for side in &mut self.sides {
            side.reassembly.forget();
            side.framer.forget();
        }
    }

    fn leg_of(&self, side: usize) -> Leg {
        if side == 0 { self.leg } else { self.leg.reverse() }
    }

    /// What there is to do with pieces of a side.
    fn run(
        &mut self,
        side: usize,
        take: &mut dyn FnMut(Message<'_>),
        work: impl FnOnce(&mut Reassembly, reassembly::Take<'_>),
    ) {
        let leg = self.leg_of(side);
        let known = &mut self.facts.framing;
        let Side { reassembly, framer } = &mut self.sides[side];
        work(reassembly, &mut |piece, at, frame| {
            framer.push(piece, at, frame);
            poll(framer, known, leg, false, take);
        });
    }

    #[expect(clippy::too_many_arguments, reason = "they are the fields of a datagram")]
    fn segment(
        &mut self,
        side: usize,
        at: Time,
        frame: Frame,
        tcp: &TcpSegment,
        payload: &[u8],
        cut: u32,
        take: &mut dyn FnMut(Message<'_>),
    ) {
        const ACK: u8 = 0x10;
        let acknowledges = tcp.flags & ACK != 0;
        if tcp.rst() {
            self.finish(take);
            self.facts.ended = Some(Ended::Reset);
            return;
        }
        if tcp.syn() {
            self.syn(side, at, tcp.sequence.wrapping_add(1), acknowledges, take);
        }
        if !payload.is_empty() || cut > 0 {
            self.facts.segments += 1;
            self.facts.bytes += payload.len() as u64 + u64::from(cut);
        }
        // No more work is spent on what is not ours.
        if !matches!(self.facts.framing, Some(Framing::Encrypted | Framing::Other)) {
            if !self.sides[side].reassembly.begun() && !payload.is_empty() {
                self.facts.midway = true;
                self.sides[side].framer = Framer::midway(self.sides[side].framer.counts);
            }
            let from = tcp.sequence.wrapping_add(u32::from(tcp.syn()));
            self.run(side, take, |reassembly, pieces| {
                reassembly.segment(from, payload, cut, at, frame, pieces);
            });
            if acknowledges {
                self.run(1 - side, take, |reassembly, pieces| {
                    reassembly.acknowledged(tcp.acknowledgment, at, PATIENCE_NS, pieces);
                });
            }
        } else if self.held() > 0 {
            self.sides.iter_mut().for_each(|side| {
                side.reassembly.forget();
                side.framer.forget();
            });
        }
        if tcp.fin() {
            self.facts.ended = self.facts.ended.or(Some(Ended::Closed));
        }
    }

    fn syn(&mut self, side: usize, at: Time, first: u32, answer: bool, take: &mut dyn FnMut(Message<'_>)) {
        if self.sides[side].reassembly.is_at_start(first) {
            self.facts.syn_repeated += u64::from(!answer);
            return;
        }
        if answer {
            self.facts.handshake_ms = self.syn_at.map(|syn| at.ms_since(syn));
        } else {
            // The ports are used again.
            self.finish(take);
            let other = &mut self.sides[1 - side];
            *other = Side {
                reassembly: Reassembly::counting(other.reassembly.counts),
                framer: Framer::at_start(other.framer.counts),
            };
            self.facts.opened += 1;
            self.facts.framing = None;
            self.facts.ended = None;
            self.syn_at = Some(at);
        }
        let this = &mut self.sides[side];
        this.reassembly.begin(first);
        this.framer = Framer::at_start(this.framer.counts);
    }

    /// Goes on without what is missing.
    fn give_up(&mut self, at: Time, take: &mut dyn FnMut(Message<'_>)) {
        for side in 0..2 {
            while self.sides[side].reassembly.held_bytes() > 0 {
                self.run(side, take, |reassembly, pieces| reassembly.skip(at, pieces));
            }
        }
    }

    fn finish(&mut self, take: &mut dyn FnMut(Message<'_>)) {
        for side in 0..2 {
            self.run(side, take, |reassembly, pieces| reassembly.finish(pieces));
        }
        for side in 0..2 {
            let leg = self.leg_of(side);
            poll(&mut self.sides[side].framer, &mut self.facts.framing, leg, true, take);
        }
    }

    fn facts(&self) -> Connection {
        let mut facts = self.facts.clone();
        for Side { reassembly, framer } in &self.sides {
            facts.repeated_bytes += reassembly.counts.repeated_bytes;
            facts.early += reassembly.counts.early;
            facts.holes += reassembly.counts.holes;
            facts.missing_bytes += reassembly.counts.missing_bytes;
            facts.messages += framer.counts.messages;
            facts.incomplete += framer.counts.incomplete;
            facts.resyncs += framer.counts.resyncs + reassembly.counts.jumps;
            facts.unframed_bytes += framer.counts.unframed_bytes;
            facts.unpadded += framer.counts.unpadded;
        }
        facts
    }
}

fn poll(
    framer: &mut Framer,
    known: &mut Option<Framing>,
    leg: Leg,
    last: bool,
    take: &mut dyn FnMut(Message<'_>),
) {
    let mut cuts = |framing: Framing, cut: Cut<'_>| {
        let Cut { at, frame, payload, length } = cut;
        take(Message { leg, at, frame, payload, length, framing });
    };
    framer.poll(known, last, &mut cuts);
}

#[cfg(test)]
mod tests;
