//! What one receiver says of one source.

use serde::Serialize;

use super::kind::{Counts, Kind};
use crate::analyze::spread::Thinned;
use crate::capture::{Frame, Time};
use crate::rtcp::{Nack, Reception, VoipMetrics};

/// More packets between two reports than this, and the source has begun anew: they come every few seconds.
const MOST_BETWEEN: i64 = 1 << 20;

/// What one report block says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// When it was captured.
    pub at: Time,
    /// In which packet.
    pub frame: Frame,
    /// Of the packets since the last report, those lost, as the receiver says.
    pub fraction_lost_pct: f64,
    /// Packets expected less those received, since the beginning; negative where more came than were expected.
    pub cumulative_lost: i32,
    /// The highest sequence number, with its cycles.
    pub highest: u32,
    /// In units of the media's clock.
    pub jitter: u32,
    /// The middle of the NTP timestamp of the last report received; 0 for none.
    pub last_sr: u32,
    /// How long ago that was, in units of 2^-16 s.
    pub delay: u32,
}

/// What was lost between two reports.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// When the later one was captured.
    pub at: Time,
    /// In which packet.
    pub frame: Frame,
    /// Packets that should have come.
    pub expected: u32,
    /// Packets that did not; negative where some came twice.
    pub lost: i32,
}

impl Interval {
    /// Lost of those expected; never negative.
    #[must_use]
    pub fn loss_pct(&self) -> f64 {
        f64::from(self.lost.max(0)) * 100.0 / f64::from(self.expected.max(1))
    }
}

/// How often something was asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Requests {
    pub(super) first: Option<(Time, Frame)>,
    pub(super) last: Option<(Time, Frame)>,
    /// Those of the last five seconds.
    recent: std::collections::VecDeque<Time>,
    pub(super) most_in_5s: usize,
}

/// The time that requests are counted over, and those that are kept of it.
const WINDOW_NS: i64 = 5_000_000_000;
const RECENT: usize = 64;

impl Requests {
    fn request(&mut self, at: Time, frame: Frame) {
        self.first.get_or_insert((at, frame));
        self.last = Some((at, frame));
        while self.recent.front().is_some_and(|first| at.since(*first) >= WINDOW_NS)
            || self.recent.len() >= RECENT
        {
            self.recent.pop_front();
        }
        self.recent.push_back(at);
        self.most_in_5s = self.most_in_5s.max(self.recent.len());
    }
}

/// Requests for pictures whose time is kept, of each receiver.
const MOST_PICTURES: usize = 256;

/// Packets that feedback is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Told {
    /// Told of, each once.
    pub packets_reported: u64,
    /// Of these, not arrived when they were first told of.
    pub packets_lost: u64,
    #[serde(skip)]
    next: Option<i64>,
}

/// Everything that one receiver says of one source.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    pub(super) points: Thinned<Point>,
    pub(super) counts: Counts,
    /// Over all intervals between reports that go on.
    pub(super) expected: u64,
    pub(super) lost: i64,
    pub(super) worst: Option<Interval>,
    pub(super) fraction_max_pct: f64,
    pub(super) jitter_max: u32,
    pub(super) nack_numbers: u64,
    pub(super) nacks: Requests,
    pub(super) pictures: Requests,
    /// When whole pictures were asked for.
    pub(super) pictures_at: Thinned<Time>,
    pub(super) told: Told,
    pub(super) voip: Option<VoipMetrics>,
    pub(super) bitrate: Option<u64>,
}

impl Pair {
    /// Keeps `most` report blocks.
    pub(super) fn new(most: usize) -> Self {
        Self {
            points: Thinned::new(most),
            counts: Counts::default(),
            expected: 0,
            lost: 0,
            worst: None,
            fraction_max_pct: 0.0,
            jitter_max: 0,
            nack_numbers: 0,
            nacks: Requests::default(),
            pictures: Requests::default(),
            pictures_at: Thinned::new(most.min(MOST_PICTURES)),
            told: Told::default(),
            voip: None,
            bitrate: None,
        }
    }

    pub(super) fn reception(&mut self, at: Time, frame: Frame, of: &Reception) {
        let fraction_lost_pct = f64::from(of.fraction_lost) / 2.56;
        if let Some(last) = self.points.last() {
            // Interval loss is the difference of sums: the receiver's own fraction is of its last report, which may
            // not have been captured.
            let expected = i64::from(of.highest.wrapping_sub(last.highest) as i32);
            let lost = of.cumulative_lost.saturating_sub(last.cumulative_lost);
            if (1..MOST_BETWEEN).contains(&expected) && i64::from(lost) <= expected {
                self.expected += expected as u64;
                self.lost += i64::from(lost);
                let interval = Interval { at, frame, expected: expected as u32, lost };
                if lost > 0 && self.worst.is_none_or(|worst| interval.loss_pct() > worst.loss_pct()) {
                    self.worst = Some(interval);
                }
            }
        }
        self.fraction_max_pct = self.fraction_max_pct.max(fraction_lost_pct);
        self.jitter_max = self.jitter_max.max(of.jitter);
        self.points.push(Point {
            at,
            frame,
            fraction_lost_pct,
            cumulative_lost: of.cumulative_lost,
            highest: of.highest,
            jitter: of.jitter,
            last_sr: of.last_sr,
            delay: of.delay,
        });
    }

    pub(super) fn nack(&mut self, at: Time, frame: Frame, nack: &Nack) {
        self.counts.count(Kind::Nack);
        self.nack_numbers += nack.numbers().count() as u64;
        self.nacks.request(at, frame);
    }

    /// A whole picture is asked for, by PLI or FIR.
    pub(super) fn picture(&mut self, at: Time, frame: Frame, kind: Kind) {
        self.counts.count(kind);
        self.pictures.request(at, frame);
        self.pictures_at.push(at);
    }

    /// Feedback of RFC 8888 tells of the same packets several times over.
    pub(super) fn congestion(&mut self, packets: impl Iterator<Item = (u16, bool)>) {
        self.counts.count(Kind::Ccfb);
        let told = &mut self.told;
        for (number, arrived) in packets {
            let next = told.next.unwrap_or(i64::from(number));
            let number = next + i64::from(number.wrapping_sub(next as u16) as i16);
            if number >= next {
                told.packets_reported += 1;
                told.packets_lost += u64::from(!arrived);
                told.next = Some(number + 1);
            }
        }
    }
}
