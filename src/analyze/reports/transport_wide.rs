//! Transport-wide feedback as loss and delay.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::analyze::spread::{Quantiles, Spread};
use crate::capture::Time;
use crate::rtcp::{Seen, TransportCc};

/// Lost packets that may yet be reported as arrived, in all and of one run.
const WAITING: usize = 1024;
const OF_A_RUN: u16 = 64;

/// The feedback of one receiver.
#[derive(Debug, Clone, Default)]
pub(super) struct TransportWide {
    feedbacks: u64,
    missing: u64,
    reported: u64,
    lost: u64,
    late: u64,
    interval: Spread,
    gap: Spread,
    last: Option<(Time, u8)>,
    /// One more than the highest number told of, with its cycles.
    next: Option<i64>,
    /// Numbers that were told as lost.
    waiting: BTreeSet<i64>,
    /// The last arrival, in ticks, and its number.
    arrival: Option<(i64, i64)>,
}

/// What transport-wide feedback says, in JSON.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct TransportWideFacts {
    /// Feedbacks that came.
    pub feedbacks: u64,
    /// Feedbacks that did not, by their counter.
    pub feedbacks_missing: u64,
    /// Packets told of, each once.
    pub packets_reported: u64,
    /// Of these, lost.
    pub packets_lost: u64,
    /// Told as lost, and as arrived later; not lost.
    pub packets_late: u64,
    /// Lost of those told of.
    pub loss_pct: f64,
    /// Between two feedbacks, where they were captured.
    pub interval: Option<Quantiles>,
    /// Between two packets, where they arrived, by the receiver's clock.
    pub arrival_gap: Option<Quantiles>,
}

impl TransportWide {
    pub(super) fn feedback(&mut self, at: Time, of: &TransportCc<'_>) {
        self.feedbacks += 1;
        if let Some((when, number)) = self.last {
            match of.feedback.wrapping_sub(number) {
                0 => {}
                // Newer than the last one.
                ahead @ 1..128 => self.missing += u64::from(ahead) - 1,
                _ => self.missing = self.missing.saturating_sub(1),
            }
            self.interval.add(at.since(when));
        }
        self.last = Some((at, of.feedback));
        let next = self.next.unwrap_or(i64::from(of.base));
        // With the cycles that bring it nearest to what is known.
        let unwrapped = |number: u16| next + i64::from(number.wrapping_sub(next as u16) as i16);
        let mut end = next;
        for run in of.runs() {
            let first = unwrapped(run.first);
            let past = first + i64::from(run.length);
            let fresh = (past - first.max(end)).max(0) as u64;
            self.reported += fresh;
            if run.seen == Seen::No {
                self.lost += fresh;
                let from = first.max(end).max(past - i64::from(OF_A_RUN));
                self.waiting.extend(from..past);
                while self.waiting.len() > WAITING {
                    self.waiting.pop_first();
                }
            } else if fresh < u64::from(run.length) {
                for number in first..past.min(end) {
                    if self.waiting.remove(&number) {
                        self.lost -= 1;
                        self.late += 1;
                    }
                }
            }
            end = end.max(past);
        }
        self.next = Some(end);
        for arrival in of.arrivals() {
            let Some(ticks) = arrival.ticks else { continue };
            let number = unwrapped(arrival.sequence);
            if let Some((last, before)) = self.arrival {
                if number <= before {
                    continue;
                }
                self.gap.add((ticks - last).saturating_mul(250_000));
            }
            self.arrival = Some((ticks, number));
        }
    }

    pub(super) fn facts(&self) -> TransportWideFacts {
        TransportWideFacts {
            feedbacks: self.feedbacks,
            feedbacks_missing: self.missing,
            packets_reported: self.reported,
            packets_lost: self.lost,
            packets_late: self.late,
            loss_pct: self.lost as f64 * 100.0 / (self.reported.max(1)) as f64,
            interval: self.interval.quantiles(),
            arrival_gap: self.gap.quantiles(),
        }
    }
}
