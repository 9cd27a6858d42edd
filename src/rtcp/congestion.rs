//! Which packets arrived, and when: transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1)
//! and that of RFC 8888. A few bytes can name thousands of packets as lost, so that these are kept as runs.

use super::{half, word};

/// Feedback on all packets of a transport, by their transport-wide sequence numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransportCc<'a> {
    /// The first packet that it is about.
    pub base: u16,
    /// How many it is about.
    pub count: u16,
    /// Where the times begin, in units of 64 ms of the receiver's clock.
    pub reference: i32,
    /// Counts feedbacks, and wraps around.
    pub feedback: u8,
    chunks: &'a [u8],
    deltas: &'a [u8],
}

/// Some packets in a row, of the same fate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// The first.
    pub first: u16,
    /// How many.
    pub length: u16,
    /// What became of them.
    pub seen: Seen,
}

/// What became of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// It has not arrived.
    No,
    /// It has, and a byte says how long after the one before.
    Small,
    /// It has, and two bytes say how long after the one before, or before it.
    Large,
    /// It has; when is not said.
    Untimed,
}

/// A packet that arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// Which.
    pub sequence: u16,
    /// When, in units of 250 µs of the receiver's clock.
    pub ticks: Option<i64>,
}

impl<'a> TransportCc<'a> {
    /// Reads what stands behind the two SSRCs; `None` where statuses or times are missing.
    pub(super) fn read(body: &'a [u8]) -> Option<Self> {
        let reference = word(body, 4)?;
        let mut new = Self {
            base: half(body, 0)?,
            count: half(body, 2)?,
            reference: reference as i32 >> 8,
            feedback: reference as u8,
            chunks: body.get(8..)?,
            deltas: &[],
        };
        let (mut told, mut bytes) = (0, 0);
        let mut runs = new.runs();
        for run in runs.by_ref() {
            told += usize::from(run.length);
            bytes += usize::from(run.length) * run.seen.bytes();
        }
        let chunks = new.chunks.len() - runs.chunks.len();
        let (chunks, deltas) = new.chunks.split_at_checked(chunks)?;
        (new.chunks, new.deltas) = (chunks, deltas);
        (told == usize::from(new.count) && bytes <= deltas.len()).then_some(new)
    }

    /// All packets, in order.
    #[must_use]
    pub fn runs(&self) -> Runs<'a> {
        Runs { chunks: self.chunks, next: self.base, left: self.count, vector: None }
    }

    /// The packets that arrived, in the order of their numbers.
    pub fn arrivals(&self) -> impl Iterator<Item = Arrival> + 'a {
        let mut deltas = self.deltas;
        let mut ticks = i64::from(self.reference) * 256;
        let arrived = self.runs().filter(|run| run.seen != Seen::No);
        arrived.flat_map(|run| (0..run.length).map(move |n| (run.first.wrapping_add(n), run.seen))).map(
            move |(sequence, seen)| {
                let (delta, rest) = match (seen, deltas) {
                    (Seen::Small, [delta, rest @ ..]) => (i64::from(*delta), rest),
                    (Seen::Large, [high, low, rest @ ..]) => {
                        (i64::from(i16::from_be_bytes([*high, *low])), rest)
                    }
                    _ => return Arrival { sequence, ticks: None },
                };
                (deltas, ticks) = (rest, ticks + delta);
                Arrival { sequence, ticks: Some(ticks) }
            },
        )
    }
}

impl Seen {
    fn of(symbol: u16) -> Self {
        match symbol & 3 {
            0 => Self::No,
            1 => Self::Small,
            2 => Self::Large,
            // Reserved by the draft.
            _ => Self::Untimed,
        }
    }

    /// Of its time.
    fn bytes(self) -> usize {
        match self {
            Self::No | Self::Untimed => 0,
            Self::Small => 1,
            Self::Large => 2,
        }
    }
}

/// The packets of a feedback, in order.
#[derive(Debug, Clone)]
pub struct Runs<'a> {
    chunks: &'a [u8],
    next: u16,
    left: u16,
    /// What is left of a vector: its bits from the highest on, how many symbols, how many bits each.
    vector: Option<(u16, u8, u8)>,
}

impl Iterator for Runs<'_> {
    type Item = Run;

    fn next(&mut self) -> Option<Run> {
        if self.left == 0 {
            return None;
        }
        let (length, seen) = match self.vector.take() {
            Some((bits, symbols, width)) => {
                let seen = Seen::of(bits >> (16 - width));
                if symbols > 1 {
                    self.vector = Some((bits << width, symbols - 1, width));
                }
                (1, seen)
            }
            None => {
                let chunk = half(self.chunks, 0)?;
                self.chunks = &self.chunks[2..];
                match chunk >> 14 {
                    0 | 1 => (chunk & 0x1fff, Seen::of(chunk >> 13)),
                    two => {
                        self.vector = Some(if two == 2 { (chunk << 2, 14, 1) } else { (chunk << 2, 7, 2) });
                        return self.next();
                    }
                }
            }
        };
        let run = Run { first: self.next, length: length.min(self.left), seen };
        self.next = self.next.wrapping_add(run.length);
        self.left -= run.length;
        Some(run)
    }
}

/// Feedback on the packets of each source (RFC 8888 §3.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CongestionControl<'a> {
    /// When it was made, in units of 2^-16 s of the receiver's clock.
    pub timestamp: u32,
    sources: Vec<(u32, u16, &'a [u8])>,
}

impl<'a> CongestionControl<'a> {
    /// Reads a body, from the sender's SSRC on.
    pub(super) fn read(body: &'a [u8]) -> Option<Self> {
        let end = body.len().checked_sub(4).filter(|end| *end >= 4)?;
        let mut sources = Vec::new();
        let mut at = 4;
        while at < end {
            let reports = usize::from(half(body, at + 6)?);
            let metrics = body.get(at + 8..at + 8 + 2 * reports)?;
            sources.push((word(body, at)?, half(body, at + 4)?, metrics));
            at += 8 + (2 * reports).next_multiple_of(4);
        }
        (at == end).then_some(Self { timestamp: word(body, end)?, sources })
    }

    /// The sources, each with its packets: their numbers, and for those that arrived, how long before
    /// [`Self::timestamp`], in units of 1/1024 s; `None` inside where that is not said.
    pub fn sources(
        &self,
    ) -> impl Iterator<Item = (u32, impl Iterator<Item = (u16, Option<Option<u16>>)> + 'a)> {
        self.sources.iter().map(|&(ssrc, begin, metrics)| {
            let packets = metrics.chunks_exact(2).zip(0u16..).map(move |(metric, n)| {
                let metric = u16::from_be_bytes([metric[0], metric[1]]);
                // Too long ago to be said, and not known.
                let offset = Some(metric & 0x1fff).filter(|offset| *offset < 0x1ffe);
                (begin.wrapping_add(n), (metric & 0x8000 != 0).then_some(offset))
            });
            (ssrc, packets)
        })
    }
}
