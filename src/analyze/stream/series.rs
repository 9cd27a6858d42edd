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
    /// The row that was asked for last, and when it begins and ends, in nanoseconds: most packets are in the same.
    last: (usize, i64, i64),
}

impl Series {
    /// Rows of `interval_ns` nanoseconds from `start` on.
    #[must_use]
    pub fn new(start: Time, interval_ns: i64) -> Self {
        Self { start, interval_ns: interval_ns.max(1), first: 0, rows: Vec::new(), last: (0, 0, 0) }
    }

    /// The row of a moment. Before the first, it is the first: clocks step back.
    #[inline]
    pub fn at(&mut self, at: Time) -> &mut Row {
        let (last, begins, ends) = self.last;
        let row = match (begins..ends).contains(&at.0) {
            true => last,
            false => self.turn(at),
        };
        &mut self.rows[row]
    }

    fn turn(&mut self, at: Time) -> usize {
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
        let begins = (self.first + row as i64).saturating_mul(self.interval_ns).saturating_add(self.start.0);
        self.last = (row, begins, begins.saturating_add(self.interval_ns));
        row
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_packet_is_in_the_row_of_its_moment_however_the_clock_goes() {
        let start = Time(5_000);
        let mut series = Series::new(start, 1_000);
        let mut expected = std::collections::BTreeMap::new();
        // On both sides of a boundary, back by less than a row and by several, and before the first.
        for ns in [2_500, 2_999, 3_000, 2_999, 3_500, 9_999, 7_000, 10_000, 0] {
            series.at(Time(start.0 + ns)).packets += 1;
            *expected.entry((ns / 1_000).max(2)).or_insert(0) += 1;
        }
        let rows = (2..).zip(series.rows()).filter(|(_, row)| row.packets > 0);
        assert_eq!(rows.map(|(at, row)| (at, row.packets)).collect::<Vec<_>>(), Vec::from_iter(expected));
    }

    #[test]
    fn rows_get_longer_where_there_are_too_many() {
        let mut series = Series::new(Time(0), 1_000);
        for ns in (0..2_000_000).step_by(250) {
            series.at(Time(ns)).packets += 1;
        }
        assert_eq!((series.interval_s(), series.rows().len()), (4e-6, 500));
        assert!(series.rows().iter().all(|row| row.packets == 16), "{:?}", series.rows());
    }
}
