//! A stream over time, in rows of one interval; fewer and longer ones where it lasts too long.

use crate::capture::Time;

use super::jitter::Estimates;

/// Rows kept; beyond, two become one.
const MOST: usize = 600;

/// What happened in one interval.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Row {
    /// Packets that arrived.
    pub packets: u32,
    /// Their bytes, RTP headers included.
    pub bytes: u32,
    /// Packets whose absence showed in it.
    pub lost: u32,
    /// Frames that began.
    pub frames: u32,
    /// The longest pause between two packets that ended in it, in milliseconds.
    pub gap_ms: f32,
    /// The highest jitter, in seconds, for each clock rate followed.
    pub(super) jitter: Estimates,
}

impl Row {
    fn add(&mut self, other: &Self) {
        self.packets = self.packets.saturating_add(other.packets);
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.lost = self.lost.saturating_add(other.lost);
        self.frames = self.frames.saturating_add(other.frames);
        self.gap_ms = self.gap_ms.max(other.gap_ms);
        for (mine, theirs) in self.jitter.iter_mut().zip(other.jitter) {
            *mine = mine.max(theirs);
        }
    }
}

/// The rows of one stream. Intervals begin at the capture's first packet, so that streams stand side by side.
#[derive(Debug, Clone)]
pub struct Series {
    start: Time,
    interval_ns: i64,
    /// The place of the first row, in intervals since `start`.
    first: i64,
    rows: Vec<Row>,
}

impl Series {
    /// Rows of `interval_ns` nanoseconds from `start` on.
    #[must_use]
    pub fn new(start: Time, interval_ns: i64) -> Self {
        Self { start, interval_ns: interval_ns.max(1), first: 0, rows: Vec::new() }
    }

    /// The row of a moment. Before the first, it is the first: clocks step back.
    pub fn at(&mut self, at: Time) -> &mut Row {
        if self.rows.is_empty() {
            self.first = self.place(at);
            self.rows.push(Row::default());
        }
        while self.place(at) - self.first >= MOST as i64 {
            self.halve();
        }
        let row = (self.place(at) - self.first).max(0) as usize;
        if row >= self.rows.len() {
            self.rows.resize(row + 1, Row::default());
        }
        &mut self.rows[row]
    }

    fn place(&self, at: Time) -> i64 {
        at.since(self.start).div_euclid(self.interval_ns)
    }

    fn halve(&mut self) {
        let first = self.first.div_euclid(2);
        let mut halved: Vec<Row> = Vec::with_capacity(MOST);
        for (row, content) in (self.first..).zip(&self.rows) {
            let place = (row.div_euclid(2) - first) as usize;
            if place >= halved.len() {
                halved.resize(place + 1, Row::default());
            }
            halved[place].add(content);
        }
        self.rows = halved;
        self.first = first;
        self.interval_ns = self.interval_ns.saturating_mul(2);
    }

    /// How long a row is, in seconds.
    #[must_use]
    pub fn interval_s(&self) -> f64 {
        self.interval_ns as f64 / 1e9
    }

    /// When the first row begins, in seconds since the capture's first packet.
    #[must_use]
    pub fn first_s(&self) -> f64 {
        self.first as f64 * self.interval_s()
    }

    /// The rows, in order; none is left out.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }
}
