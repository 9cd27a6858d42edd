//! Pings over the data channel, and filling it.

use std::time::{Duration, Instant};

use super::stamp::{LENGTH, Stamp};
use crate::measure::Rolling;

/// The first byte of a message: what it is.
const PING: u8 = 1;
const PONG: u8 = 2;
const BULK: u8 = 3;

/// What a message is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Message {
    /// To be sent back.
    Ping,
    /// A ping that was sent back.
    Pong(Stamp),
    /// To be counted.
    Bulk,
}

impl Message {
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (kind, rest) = bytes.split_first()?;
        match *kind {
            PING => Some(Self::Ping),
            PONG => Stamp::read(rest).map(Self::Pong),
            BULK => Some(Self::Bulk),
            _ => None,
        }
    }
}

/// A ping as it is sent back.
pub(super) fn answer(ping: &mut [u8]) {
    if let Some(kind) = ping.first_mut() {
        *kind = PONG;
    }
}

/// The pings of a call.
#[derive(Debug)]
pub(super) struct Pings {
    message: Vec<u8>,
    wanted: u32,
    pub(super) sent: u32,
    answered: Vec<bool>,
    pub(super) received: u32,
    every: Duration,
    due: Instant,
    pub(super) round_trips: Rolling,
}

impl Pings {
    /// So many, one `every` so often from `now` on.
    pub(super) fn new(wanted: u32, size: usize, every: Duration, now: Instant) -> Self {
        let mut message = vec![0x5a; size.max(LENGTH + 1)];
        message[0] = PING;
        let (answered, round_trips) = (Vec::new(), Rolling::default());
        Self { message, wanted, sent: 0, answered, received: 0, every, due: now, round_trips }
    }

    /// When the next is to be sent.
    pub(super) fn due(&self) -> Option<Instant> {
        (self.sent < self.wanted).then_some(self.due)
    }

    /// The ping that is sent now.
    pub(super) fn next(&mut self, since_start: Duration) -> &[u8] {
        let stamp = Stamp { sent: since_start, number: self.sent, part: 0, parts: 1 };
        if let Some(place) = self.message[1..].first_chunk_mut::<LENGTH>() {
            stamp.write(place);
        }
        &self.message
    }

    /// It was taken, or was not and is tried later.
    pub(super) fn taken(&mut self, taken: bool, now: Instant) {
        // Who is late catches up, but not with more than a few at once.
        self.due = (self.due + self.every).max(now.checked_sub(4 * self.every).unwrap_or(now));
        if taken {
            self.sent += 1;
            self.answered.push(false);
        }
    }

    /// One came back, for the first time: how long it took.
    pub(super) fn pong(&mut self, stamp: Stamp, start: Instant, now: Instant) -> Option<Duration> {
        let answered = self.answered.get_mut(stamp.number as usize)?;
        if std::mem::replace(answered, true) {
            return None;
        }
        self.received += 1;
        let took = stamp.age(start, now);
        self.round_trips.add(took);
        Some(took)
    }
}

/// Filling the channel.
#[derive(Debug)]
pub(super) struct Bulk {
    pub(super) message: Vec<u8>,
    pub(super) sent_bytes: u64,
    pub(super) received_bytes: u64,
    first: Option<Instant>,
    last: Option<Instant>,
}

impl Bulk {
    pub(super) fn new(size: usize) -> Self {
        let mut message = vec![0x5a; size.max(1)];
        message[0] = BULK;
        Self { message, sent_bytes: 0, received_bytes: 0, first: None, last: None }
    }

    /// A message came.
    pub(super) fn came(&mut self, bytes: usize, now: Instant) {
        self.received_bytes += bytes as u64;
        self.first.get_or_insert(now);
        self.last = Some(now);
    }

    /// Bits a second from the first message to the last.
    pub(super) fn bps(&self) -> Option<u64> {
        let took = self.last?.duration_since(self.first?).as_secs_f64();
        (took > 0.0).then(|| (self.received_bytes as f64 * 8.0 / took) as u64)
    }
}
