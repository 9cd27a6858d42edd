//! A call over time: what was sent in an interval, how much of that was lost, and how long the rest took.
//!
//! All of it counts where it was sent, so that a packet that comes late belongs to the moment it was held up in.

use std::time::Duration;

use serde::Serialize;

use super::arrivals::Stream;
use super::end::End;
use super::media::Kind;
use super::session::Call;
use crate::impair::Flow;
use crate::measure::{Join, Mean, Rows, milliseconds};

/// Long enough for a few packets of each stream, short enough to show what a second of trouble was like.
const EVERY: Duration = Duration::from_millis(100);
/// Audio and video from either end.
const STREAMS: usize = 4;

/// A call over time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SeriesFacts {
    /// How long an interval is: of a long call more.
    pub interval_s: f64,
    /// From the start of the call on; none is left out.
    pub intervals: Vec<IntervalFacts>,
}

/// What was sent in one interval, and what came of that.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, schemars::JsonSchema)]
pub struct IntervalFacts {
    /// When it begins, from the start of the call.
    pub at_s: f64,
    /// Round trips over the data channel, on average; `None` where none came back.
    pub rtt_mean_ms: Option<f64>,
    /// The longest.
    pub rtt_max_ms: Option<f64>,
    /// One-way delay of all media, on average.
    pub one_way_mean_ms: Option<f64>,
    /// The longest.
    pub one_way_max_ms: Option<f64>,
    /// Packets of media that were sent, both ways.
    pub sent: u64,
    /// Those of them that did not come, before any was sent again.
    pub lost: u64,
}

impl SeriesFacts {
    /// Of several calls at the same time, each from its own start.
    pub(super) fn together<'a>(all: impl Iterator<Item = &'a Self> + Clone) -> Self {
        let interval_s = all.clone().map(|one| one.interval_s).fold(0.0, f64::max);
        let mut intervals: Vec<IntervalFacts> = Vec::new();
        for interval in all.flat_map(|one| &one.intervals) {
            let at = (interval.at_s / interval_s + 1e-6).floor() as usize;
            while intervals.len() <= at {
                let at_s = (intervals.len() as f64 * interval_s * 1e3).round() / 1e3;
                intervals.push(IntervalFacts { at_s, ..IntervalFacts::default() });
            }
            intervals[at].join(interval);
        }
        Self { interval_s, intervals }
    }
}

impl IntervalFacts {
    /// Takes what another call had meanwhile. Of the calls of one run each sends as much as the others.
    fn join(&mut self, other: &Self) {
        let most = |a: Option<f64>, b: Option<f64>| a.into_iter().chain(b).reduce(f64::max);
        let share = |a: Option<f64>, b: Option<f64>, weights: (u64, u64)| match (a, b) {
            (Some(a), Some(b)) => {
                let (own, others) = (weights.0.max(1) as f64, weights.1.max(1) as f64);
                Some(((a * own + b * others) / (own + others) * 1e3).round() / 1e3)
            }
            (a, b) => a.or(b),
        };
        let sent = (self.sent, other.sent);
        self.rtt_mean_ms = share(self.rtt_mean_ms, other.rtt_mean_ms, sent);
        self.one_way_mean_ms = share(self.one_way_mean_ms, other.one_way_mean_ms, sent);
        self.rtt_max_ms = most(self.rtt_max_ms, other.rtt_max_ms);
        self.one_way_max_ms = most(self.one_way_max_ms, other.one_way_max_ms);
        self.sent += other.sent;
        self.lost += other.lost;
    }
}

/// What is counted while it goes on.
#[derive(Debug, Clone)]
pub(super) struct Series(Rows<Row>);

#[derive(Debug, Clone, Default)]
struct Row {
    rtt: Mean,
    one_way: Mean,
    sent: [u64; STREAMS],
}

impl Join for Row {
    fn join(&mut self, behind: &Self) {
        self.rtt.join(&behind.rtt);
        self.one_way.join(&behind.one_way);
        self.sent.iter_mut().zip(behind.sent).for_each(|(own, behind)| *own += behind);
    }
}

impl Default for Series {
    fn default() -> Self {
        Self(Rows::new(EVERY))
    }
}

impl Series {
    /// A packet was sent then.
    pub(super) fn sent(&mut self, end: End, kind: Kind, since_start: Duration) {
        self.0.at(since_start).sent[place(end, kind)] += 1;
    }

    /// What was sent then took so long to the other end.
    pub(super) fn one_way(&mut self, sent: Duration, took: Duration) {
        self.0.at(sent).one_way.add(took);
    }

    /// What was sent then took so long there and back.
    pub(super) fn round_trip(&mut self, sent: Duration, took: Duration) {
        self.0.at(sent).rtt.add(took);
    }
}

fn place(end: End, kind: Kind) -> usize {
    end as usize * 2 + usize::from(kind == Kind::Video)
}

impl Call {
    /// What it was like over time.
    pub(super) fn over_time(&self) -> SeriesFacts {
        let rows = &self.series.0;
        let interval_s = rows.every().as_secs_f64();
        let mut intervals: Vec<IntervalFacts> = rows
            .iter()
            .enumerate()
            .map(|(n, row)| IntervalFacts {
                at_s: (n as f64 * interval_s * 1e3).round() / 1e3,
                rtt_mean_ms: row.rtt.mean_ms(),
                rtt_max_ms: row.rtt.max_ms(),
                one_way_mean_ms: row.one_way.mean_ms(),
                one_way_max_ms: row.one_way.max_ms(),
                sent: row.sent.iter().sum(),
                lost: 0,
            })
            .collect();
        for end in End::BOTH {
            for stream in &self.sides[end.other() as usize].streams {
                let sent: Vec<u64> = rows.iter().map(|row| row.sent[place(end, stream.kind)]).collect();
                let held = self.links[end as usize].as_ref();
                let held = held.map_or(0, |link| link.under_way(Flow::Rtp(stream.ssrc())));
                let lost = lost(&sent, stream, held);
                intervals.iter_mut().zip(lost).for_each(|(interval, lost)| interval.lost += lost);
            }
        }
        SeriesFacts { interval_s: milliseconds(rows.every()) / 1e3, intervals }
    }
}

/// How many of those `sent` in each interval did not come, but for the last few that are `held`.
fn lost(sent: &[u64], stream: &Stream, mut held: u64) -> Vec<u64> {
    let mut from = 0;
    let mut lost: Vec<u64> = sent
        .iter()
        .map(|count| {
            let came = stream.came(from..from + count);
            from += count;
            count.saturating_sub(came)
        })
        .collect();
    for lost in lost.iter_mut().rev() {
        let late = held.min(*lost);
        *lost -= late;
        held -= late;
    }
    lost
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_at_the_same_time_are_counted_together() {
        let of = |interval_s: f64, sent: [u64; 4], mean: f64| {
            let interval = |(n, sent): (usize, &u64)| IntervalFacts {
                at_s: n as f64 * interval_s,
                rtt_mean_ms: Some(mean),
                rtt_max_ms: Some(mean * 2.0),
                sent: *sent,
                lost: 1,
                ..IntervalFacts::default()
            };
            SeriesFacts { interval_s, intervals: sent.iter().enumerate().map(interval).collect() }
        };
        let all = [of(0.1, [1, 1, 1, 1], 2.0), of(0.2, [4, 4, 4, 4], 7.0)];
        let together = SeriesFacts::together(all.iter());
        assert_eq!((together.interval_s, together.intervals.len()), (0.2, 4));
        assert_eq!((together.intervals[0].sent, together.intervals[0].lost), (6, 3));
        assert_eq!(
            (together.intervals[0].rtt_max_ms, together.intervals[3].rtt_mean_ms),
            (Some(14.0), Some(7.0))
        );
        assert!(together.intervals[0].rtt_mean_ms.is_some_and(|ms| (5.0..5.5).contains(&ms)));
        assert_eq!(SeriesFacts::together([].into_iter()), SeriesFacts::default());
    }

    #[test]
    fn a_loss_counts_where_it_was_sent_and_what_is_still_held_is_none() {
        let mut stream = Stream::new(Kind::Audio, 7, None, 65_530);
        // Sent: 65530..=3, ten of them. 65533 and 2 do not come, 3 is held.
        for number in [65_530u16, 65_531, 65_532, 65_535, 65_534, 0, 1] {
            assert!(stream.datagram(7, number));
        }
        assert_eq!(lost(&[5, 0, 3, 2], &stream, 1), [1, 0, 0, 1]);
        assert_eq!(lost(&[5, 0, 3, 2], &stream, 0), [1, 0, 0, 2]);
    }
}
