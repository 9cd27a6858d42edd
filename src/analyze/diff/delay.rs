//! How long packets took from one capture to the other, above the shortest; the drift of the two clocks taken out.

use std::collections::BTreeMap;

use super::facts::{DelayFacts, Spike};
use super::pairing::Pair;
use super::way::Direction;
use crate::analyze::facts::round;
use crate::capture::{Frame, Time};

/// Parts of a stream whose shortest delays a line is laid through.
const PARTS: i64 = 64;
/// Fewer say nothing of a drift, nor do streams shorter than this.
const FEWEST_PARTS: usize = 8;
const SHORTEST_NS: i64 = 10_000_000_000;
/// Quartz is off by a hundredth of this; what changes faster is no clock.
const MOST_DRIFT: f64 = 1e-3;
/// A packet is late where it took so much longer than half of all did, and four times as much as their spread.
const LATE_MS: f64 = 50.0;
/// Late packets within so long of each other are one spike.
const ONE_SPIKE_NS: i64 = 500_000_000;
/// Spikes told one by one, the highest first.
pub(super) const MOST_SPIKES: usize = 32;
/// Packets may be a little later than any that came.
const SLACK_NS: i64 = 50_000_000;

/// How B's clock stands to A's.
#[derive(Debug, Clone)]
pub(super) struct Clocks {
    /// What B's gains while A's runs a second.
    slope: Option<f64>,
    /// By how much that may be off.
    pub(super) error_ppm: Option<f64>,
    start: Time,
    /// B's less A's when A began, in seconds: at least, at most.
    pub(super) bounds: (Option<f64>, Option<f64>),
    /// How far the drift can be believed, or why there is none.
    pub(super) note: String,
}

impl Clocks {
    /// Of two captures, the first of which began at `start`.
    pub(super) fn of(pairs: &[Pair<'_>], directions: &[Direction], start: Time) -> Self {
        let longest = |turned: bool| {
            let of_way = pairs.iter().zip(directions).filter(move |(_, way)| way.turned == turned);
            of_way.filter_map(move |(pair, _)| slope(pair, turned)).max_by_key(|found| found.weight)
        };
        let one_way = "by streams of one way, where a queue that grows all the time looks the same";
        let (slope, error, note) = match (longest(false), longest(true)) {
            (Some(there), Some(back)) => {
                let error = there.error.hypot(back.error) / 2.0;
                let both = "by streams of both ways, which a drift changes oppositely";
                (Some((there.slope - back.slope) / 2.0), error, both)
            }
            (Some(there), None) => (Some(there.slope), there.error, one_way),
            (None, Some(back)) => (Some(-back.slope), back.error, one_way),
            (None, None) => (None, 0.0, "no stream lasts the ten seconds that it takes"),
        };
        let (slope, note) = match slope {
            Some(slope) if slope.abs() > MOST_DRIFT => {
                (None, "delays change faster than clocks ever drift".to_owned())
            }
            // What the delays themselves vary by is no drift.
            Some(slope) if slope.abs() < 2.0 * error => {
                (None, format!("less than {:.0} ppm, which would not show", (2e6 * error).ceil().max(1.0)))
            }
            slope => (slope, note.to_owned()),
        };
        let error_ppm = slope.map(|_| round(error * 1e6, 2));
        let clocks = Self { slope, error_ppm, start, bounds: (None, None), note };
        Self { bounds: clocks.bounds(pairs, directions), ..clocks }
    }

    /// B's clock less A's when A began, in seconds: at least, by what went from B to A; at most, by what went from A to B.
    /// A packet does not arrive before it was sent.
    fn bounds(&self, pairs: &[Pair<'_>], directions: &[Direction]) -> (Option<f64>, Option<f64>) {
        let differences = |turned: bool| {
            let of_way = pairs.iter().zip(directions).filter(move |(_, way)| way.turned == turned);
            of_way.flat_map(move |(pair, _)| {
                pair.matched.iter().map(move |at| {
                    let (a, b) = (pair.a.packets[at.0].at, pair.b.packets[at.1].at);
                    b.since(a) - self.gained(a)
                })
            })
        };
        let seconds = |ns: i64| round(ns as f64 / 1e9, 6);
        (differences(true).max().map(seconds), differences(false).min().map(seconds))
    }

    pub(super) fn drift_ppm(&self) -> Option<f64> {
        self.slope.map(|slope| round(slope * 1e6, 2))
    }

    /// What B's clock has gained by a moment of A's, in nanoseconds.
    fn gained(&self, at: Time) -> i64 {
        (self.slope.unwrap_or_default() * at.since(self.start) as f64) as i64
    }
}

/// How the shortest delays of a stream change with time.
#[derive(Debug, Clone, Copy)]
struct Slope {
    /// How much its stream says: its length, times its packets.
    weight: u64,
    slope: f64,
    /// By how much that is off, one time in three.
    error: f64,
}

/// After Theil and Sen, whom a spike does not impress; `None` where the stream is too short.
fn slope(pair: &Pair<'_>, turned: bool) -> Option<Slope> {
    let times = |at: &(usize, usize)| (pair.a.packets[at.0].at, pair.b.packets[at.1].at);
    let first = pair.matched.iter().map(|at| times(at).0).min()?;
    let last = pair.matched.iter().map(|at| times(at).0).max()?;
    let span = last.since(first);
    if span < SHORTEST_NS {
        return None;
    }
    let mut parts: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
    for at in &pair.matched {
        let (a, b) = times(at);
        let delay = if turned { a.since(b) } else { b.since(a) };
        let part = (i128::from(a.since(first)) * i128::from(PARTS) / i128::from(span + 1)) as i64;
        let least = parts.entry(part).or_insert((delay, a.since(first)));
        *least = (*least).min((delay, a.since(first)));
    }
    let base = parts.values().next()?.0;
    let points: Vec<(f64, f64)> =
        parts.values().map(|(delay, at)| (*at as f64 / 1e9, (delay - base) as f64 / 1e9)).collect();
    if points.len() < FEWEST_PARTS {
        return None;
    }
    let middle = |values: &mut Vec<f64>| {
        values.sort_unstable_by(f64::total_cmp);
        values.get(values.len() / 2).copied()
    };
    let mut slopes: Vec<f64> = Vec::new();
    for (n, (x, y)) in points.iter().enumerate() {
        slopes.extend(points[n + 1..].iter().filter(|later| later.0 > *x).map(|(u, v)| (v - y) / (u - x)));
    }
    let slope = middle(&mut slopes)?;
    let offset = middle(&mut points.iter().map(|(x, y)| y - slope * x).collect())?;
    // 1.4826 makes a standard deviation of it, which spikes do not change.
    let spread = 1.4826 * middle(&mut points.iter().map(|(x, y)| (y - slope * x - offset).abs()).collect())?;
    let error = spread / (span as f64 / 1e9 * (points.len() as f64 / 12.0).sqrt());
    Some(Slope { weight: span.unsigned_abs() / 1_000_000 * pair.matched.len() as u64, slope, error })
}

/// The delays of one stream.
#[derive(Debug)]
pub(super) struct Delays<'c> {
    clocks: &'c Clocks,
    turned: bool,
    /// The shortest, with the difference of the clocks in it.
    shortest: i64,
    /// In the order of sending: when it was sent, where it stands in either capture, how much longer it took.
    all: Vec<(Time, Frame, Frame, f64)>,
}

impl<'c> Delays<'c> {
    pub(super) fn of(pair: &Pair<'_>, turned: bool, clocks: &'c Clocks) -> Self {
        let delay = |at: &(usize, usize)| {
            let (a, b) = (&pair.a.packets[at.0], &pair.b.packets[at.1]);
            let later = b.at.since(a.at) - clocks.gained(a.at);
            match turned {
                true => (b.at, b.frame(), a.frame(), -later),
                false => (a.at, a.frame(), b.frame(), later),
            }
        };
        let raw: Vec<_> = pair.matched.iter().map(delay).collect();
        let shortest = raw.iter().map(|packet| packet.3).min().unwrap_or_default();
        let above = |(at, here, there, ns): (Time, Frame, Frame, i64)| {
            (at, here, there, (ns - shortest) as f64 / 1e6)
        };
        let mut all: Vec<_> = raw.into_iter().map(above).collect();
        all.sort_by_key(|packet| (packet.0, packet.1));
        Self { clocks, turned, shortest, all }
    }

    /// When a packet of the near side comes to the far one at the earliest, by the clock of the latter.
    pub(super) fn earliest(&self, sent: Time) -> i64 {
        let at = sent.0.saturating_add(self.shortest);
        match self.turned {
            true => at - self.clocks.gained(Time(at)),
            false => at + self.clocks.gained(sent),
        }
    }

    /// When a packet of the far side left the near one at the latest, by the clock of the latter.
    pub(super) fn sent_at_latest(&self, arrived: Time) -> i64 {
        let at = arrived.0.saturating_sub(self.shortest);
        match self.turned {
            true => at + self.clocks.gained(arrived),
            false => at - self.clocks.gained(Time(at)),
        }
    }

    /// How much longer than the shortest a packet may take.
    pub(super) fn slack_ns(&self) -> i64 {
        let longest = self.all.iter().map(|packet| packet.3).fold(0.0, f64::max);
        (longest * 1e6) as i64 + SLACK_NS
    }

    /// In a capture that began at `start`, the near one's.
    pub(super) fn facts(&self, start: Time) -> DelayFacts {
        let mut sorted: Vec<f64> = self.all.iter().map(|packet| packet.3).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let quantile = |share: f64| {
            let rank = (share * sorted.len() as f64).ceil() as usize;
            sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
        };
        let late = quantile(0.5) + LATE_MS.max(4.0 * (quantile(0.95) - quantile(0.5)));
        let mut spikes = self.spikes(late, start);
        let spikes_count = spikes.len() as u64;
        spikes.sort_by(|x, y| y.peak_ms.total_cmp(&x.peak_ms));
        spikes.truncate(MOST_SPIKES);
        spikes.sort_by(|x, y| x.at_s.total_cmp(&y.at_s));
        DelayFacts {
            packets: sorted.len() as u64,
            mean_ms: round(sorted.iter().sum::<f64>() / (sorted.len() as f64).max(1.0), 3),
            p50_ms: round(quantile(0.5), 3),
            p95_ms: round(quantile(0.95), 3),
            p99_ms: round(quantile(0.99), 3),
            max_ms: round(quantile(1.0), 3),
            spike_from_ms: round(late, 3),
            spikes_count,
            spikes,
        }
    }

    fn spikes(&self, late: f64, start: Time) -> Vec<Spike> {
        let mut spikes: Vec<Spike> = Vec::new();
        let mut before: Option<Time> = None;
        for (at, here, there, ms) in self.all.iter().filter(|packet| packet.3 > late) {
            match spikes.last_mut() {
                Some(spike) if before.is_some_and(|before| at.since(before) <= ONE_SPIKE_NS) => {
                    spike.to_s = round(at.seconds_since(start), 6);
                    spike.packets += 1;
                    spike.peak_ms = spike.peak_ms.max(round(*ms, 3));
                    (spike.near_frames.1, spike.far_frames.1) = (here.number, there.number);
                }
                _ => spikes.push(Spike {
                    at_s: round(at.seconds_since(start), 6),
                    to_s: round(at.seconds_since(start), 6),
                    peak_ms: round(*ms, 3),
                    packets: 1,
                    near_frames: (here.number, here.number),
                    far_frames: (there.number, there.number),
                }),
            }
            before = Some(*at);
        }
        spikes
    }
}
