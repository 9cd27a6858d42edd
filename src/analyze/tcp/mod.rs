//! TCP connections as messages: segments in order, cut where TURN and ICE-TCP say.
//!
//! One segment may hold several messages, and one message may take several segments. What the capture lacks is
//! counted, and costs the messages that it was part of, as far as the next one can be found.

mod framer;
mod framing;
mod reassembly;

use std::net::SocketAddr;

use foldhash::HashMap;

pub use framing::Framing;

use self::framer::{Cut, Framer};
use self::reassembly::Reassembly;
use crate::analyze::leg::Leg;
use crate::capture::{Frame, TcpSegment, Time};

/// Connections that are followed. A connection may hold 200 KiB at worst, a framed one holds one message.
const MOST_CONNECTIONS: usize = 4096;
/// Bytes held over all connections while earlier segments are missing.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Ended {
    /// By both sides, or one.
    Closed,
    /// By RST.
    Reset,
}

/// What there is to say of the connections between two addresses; several follow one another where ports are used
/// again.
#[derive(Debug, Clone, Default, serde::Serialize)]
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
        let before = pair.held();
        pair.segment(side, at, frame, tcp, payload, cut, take);
        self.held = self.held.saturating_sub(before) + pair.held();
        if self.held > MOST_HELD {
            let before = pair.held();
            pair.give_up(at, take);
            self.held -= before - pair.held();
        }
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

    /// Segments of connections beyond those that can be followed.
    #[must_use]
    pub fn untracked(&self) -> u64 {
        self.untracked
    }

    fn place(&mut self, leg: Leg) -> Option<(usize, usize)> {
        let (first, second) = (leg.src.min(leg.dst), leg.src.max(leg.dst));
        let place = match self.places.get(&(first, second)) {
            Some(place) => *place,
            None if self.pairs.len() >= MOST_CONNECTIONS => return None,
            None => {
                let place = self.pairs.len();
                self.pairs.push(Pair::new(leg.outer()));
                self.places.insert((first, second), place);
                place
            }
        };
        let side = usize::from(self.pairs.get(place)?.leg.src != leg.src);
        Some((place, side))
    }
}

impl Pair {
    fn new(leg: Leg) -> Self {
        Self { leg, sides: Default::default(), facts: Connection::default(), syn_at: None }
    }

    fn held(&self) -> usize {
        self.sides.iter().map(|side| side.reassembly.held_bytes()).sum()
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
            self.sides.iter_mut().for_each(|side| side.reassembly.forget());
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
