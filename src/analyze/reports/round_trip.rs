//! Round trips, by the clocks that reports name.
//!
//! A report passes at t1 on its way to a receiver, and the receiver's answer, which names it and says how long it was
//! kept, passes back at t2: t2 - t1 - delay is the round trip from the place of the capture to the receiver and back,
//! wherever that place is, and needs nobody's clock. That of the other direction is the rest of the way; both add up to
//! the round trip between the ends.
//!
//! Where the report itself was not captured, the arrival of the answer less the time that it names is the round trip
//! only if the capture was made at the report's sender, by the same clock: [`Method::CaptureClock`] says so.

use std::collections::VecDeque;

use foldhash::HashMap;
use serde::Serialize;

use crate::analyze::leg::{Leg, LegId, Legs};
use crate::analyze::spread::{Quantiles, Spread};
use crate::capture::Time;

/// Sources whose reports are remembered, and reports of each: the answer to one comes within a few.
const MOST_SOURCES: usize = 4096;
const REMEMBERED: usize = 32;
/// Ways that round trips are kept of, at 8 KiB each.
const MOST_WAYS: usize = 1024;
/// A measure of one side goes with the last of the other, if that is no older.
const TOGETHER_NS: i64 = 10_000_000_000;
/// Delays are given to 15 µs, clocks drift while a report is kept: so much less than none is none.
const LEAST_NS: i64 = -5_000_000;
/// Above this, it is no round trip but a clock that differs.
const LONGEST_NS: i64 = 60_000_000_000;
/// From 1900 to 1970, in seconds.
const UNIX: i64 = 2_208_988_800;

/// How a round trip was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// A sender report, and the reception report that names it.
    SrRr,
    /// A receiver's reference time, and the DLRR that names it (RFC 3611 §4.4, §4.5).
    RrtrDlrr,
    /// A reception report alone, against the clock of the capture: right only at the sender of the report it names.
    CaptureClock,
}

/// Which part of the way between two ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// From the capture to `src` and back.
    Left,
    /// From the capture to `dst` and back.
    Right,
    /// Both.
    Sum,
    /// Between the ends, if the capture was made at one.
    End,
}

impl Method {
    /// In words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SrRr => "SR, RR",
            Self::RrtrDlrr => "RRTR, DLRR",
            Self::CaptureClock => "RR and the capture's clock",
        }
    }
}

impl Part {
    /// In words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Left => "capture to sender",
            Self::Right => "capture to receiver",
            Self::Sum => "end to end",
            Self::End => "end to end, if captured at one",
        }
    }
}

/// Round trips of one part of a way.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct RoundTrip {
    /// Which part.
    pub leg: Part,
    /// How it was measured.
    pub method: Method,
    /// One end: the sender on the leg that was met first.
    pub src: std::net::SocketAddr,
    /// The other.
    pub dst: std::net::SocketAddr,
    /// That leg.
    #[serde(skip)]
    pub leg_id: LegId,
    /// From where the answers came, where they did not go back from `dst` to `src`, or the other way round.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer_src: Option<std::net::SocketAddr>,
    /// To where they went.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer_dst: Option<std::net::SocketAddr>,
    /// How they are spread.
    #[serde(flatten)]
    pub spread: Quantiles,
}

#[derive(Debug, Clone, Copy)]
struct Anchor {
    middle: u32,
    leg: LegId,
    at: Time,
}

#[derive(Debug, Clone, Default)]
struct Way {
    spread: Spread,
    last: Option<(Time, i64)>,
}

/// What was measured so far.
#[derive(Debug, Clone, Default)]
pub(super) struct RoundTrips {
    /// By source and method: when which of its clocks passed.
    anchors: HashMap<(u32, Method), VecDeque<Anchor>>,
    /// By the legs of report and answer.
    ways: HashMap<(LegId, LegId, Method), Way>,
    sums: HashMap<(LegId, LegId, Method), Spread>,
    /// Answers that came before what they answer, or hours after.
    pub(super) impossible: u64,
}

impl RoundTrips {
    /// A clock of `ssrc` passes.
    pub(super) fn clock(&mut self, method: Method, at: Time, leg: LegId, ssrc: u32, middle: u32) {
        if self.anchors.len() >= MOST_SOURCES && !self.anchors.contains_key(&(ssrc, method)) {
            return;
        }
        let anchors = self.anchors.entry((ssrc, method)).or_default();
        // One that comes twice was sent when it first came.
        if anchors.iter().any(|anchor| (anchor.middle, anchor.leg) == (middle, leg)) {
            return;
        }
        if anchors.len() >= REMEMBERED {
            anchors.pop_front();
        }
        anchors.push_back(Anchor { middle, leg, at });
    }

    /// An answer passes, that names a clock of `ssrc` and says how long ago that came, in units of 2^-16 s.
    pub(super) fn answer(
        &mut self,
        method: Method,
        at: Time,
        leg: LegId,
        ssrc: u32,
        middle: u32,
        delay: u32,
    ) {
        if middle == 0 {
            return;
        }
        let kept = (i64::from(delay) * 1_000_000_000) >> 16;
        let Some(anchors) = self.anchors.get(&(ssrc, method)) else {
            if method == Method::SrRr {
                let ns = since_middle(at, middle) - kept;
                if (0..=LONGEST_NS / 6).contains(&ns) {
                    self.measure((leg, leg, Method::CaptureClock), at, ns);
                }
            }
            return;
        };
        let of = |anchor: &&Anchor| anchor.middle == middle && anchor.leg != leg;
        // Several where the report was met on several legs; which one the answer's belongs to, the legs tell at the end.
        let met: Vec<(LegId, i64)> =
            anchors.iter().filter(of).map(|anchor| (anchor.leg, at.since(anchor.at) - kept)).collect();
        for (there, ns) in met {
            match (LEAST_NS..=LONGEST_NS).contains(&ns) {
                true => self.measure((there, leg, method), at, ns.max(0)),
                false => self.impossible += 1,
            }
        }
    }

    fn measure(&mut self, key: (LegId, LegId, Method), at: Time, ns: i64) {
        if self.ways.len() >= MOST_WAYS && !self.ways.contains_key(&key) {
            return;
        }
        let way = self.ways.entry(key).or_default();
        way.spread.add(ns);
        way.last = Some((at, ns));
        let (there, back, method) = key;
        let other = self.ways.get(&(back, there, method)).and_then(|other| other.last);
        if let Some((when, rest)) = other
            && there != back
            && at.since(when) <= TOGETHER_NS
        {
            self.sums.entry((there.min(back), there.max(back), method)).or_default().add(ns + rest);
        }
    }

    /// Those of legs that belong together.
    pub(super) fn finish(&self, legs: &Legs) -> Vec<RoundTrip> {
        let mut rows = Vec::new();
        // For each leg of answers, the leg of reports that goes with it best; of several that do, the first.
        let mut best: HashMap<(LegId, Method), (u8, std::cmp::Reverse<LegId>)> = HashMap::default();
        for &(there, back, method) in self.ways.keys() {
            let fits = (fit(legs.get(there), legs.get(back)), std::cmp::Reverse(there));
            best.entry((back, method)).and_modify(|known| *known = fits.max(*known)).or_insert(fits);
        }
        let row = |leg, (there, back): (LegId, LegId), method, spread: &Spread| {
            let leg_id = there.min(back);
            let (first, answers) = (legs.get(leg_id), legs.get(back));
            let other = there != back && legs.get(there).reverse() != *answers;
            Some(RoundTrip {
                leg,
                method,
                src: first.src,
                dst: first.dst,
                leg_id,
                answer_src: other.then_some(answers.src),
                answer_dst: other.then_some(answers.dst),
                spread: spread.quantiles()?,
            })
        };
        let chosen = |there: LegId, back: LegId, method: Method| {
            let known = best.get(&(back, method));
            known.is_some_and(|known| known.0 > 0 && known.1.0 == there)
        };
        for (&(there, back, method), way) in &self.ways {
            let part = match method {
                Method::CaptureClock => Part::End,
                _ if !chosen(there, back, method) => continue,
                _ if there < back => Part::Right,
                _ => Part::Left,
            };
            rows.extend(row(part, (there, back), method, &way.spread));
        }
        for (&(there, back, method), spread) in &self.sums {
            if chosen(there, back, method) && chosen(back, there, method) {
                rows.extend(row(Part::Sum, (there, back), method, spread));
            }
        }
        rows.sort_by_key(|row| (row.leg_id, row.method, row.leg, row.src, row.dst));
        rows
    }
}

/// How well one leg goes with another as the way back.
fn fit(there: &Leg, back: &Leg) -> u8 {
    if there.reverse() == *back {
        3
    } else if there.src == back.dst || there.dst == back.src {
        // RTCP that has other ports in each direction shares one of its ends.
        2
    } else {
        u8::from(there.src.ip() == back.dst.ip() && there.dst.ip() == back.src.ip())
    }
}

/// How long before `at` the clock of the capture showed the middle of an NTP timestamp, in nanoseconds.
fn since_middle(at: Time, middle: u32) -> i64 {
    let seconds = at.0.div_euclid(1_000_000_000) + UNIX;
    let fraction = (at.0.rem_euclid(1_000_000_000) << 16) / 1_000_000_000;
    let now = ((seconds << 16) | fraction) as u32;
    (i64::from(now.wrapping_sub(middle) as i32) * 1_000_000_000) >> 16
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::leg::Carrier;

    fn legs() -> (Legs, LegId, LegId) {
        let mut legs = Legs::default();
        let (src, dst) = ("192.0.2.1:5000".parse().unwrap(), "192.0.2.2:6000".parse().unwrap());
        let leg = Leg { src, dst, carrier: Carrier::Udp, via: None };
        let (there, back) = (legs.id(leg).unwrap(), legs.id(leg.reverse()).unwrap());
        (legs, there, back)
    }

    fn ms(ms: i64) -> Time {
        Time(ms * 1_000_000)
    }

    #[test]
    fn a_capture_on_the_way_sees_both_sides_of_it() {
        let (legs, there, back) = legs();
        let mut trips = RoundTrips::default();
        // A's report, kept for 500 ms by B, comes back after 540: 40 ms to B and back.
        trips.clock(Method::SrRr, ms(1000), there, 1, 77);
        trips.answer(Method::SrRr, ms(1540), back, 1, 77, 32_768);
        // B's, kept for 250 ms by A: 10 ms.
        trips.clock(Method::SrRr, ms(1600), back, 2, 88);
        trips.answer(Method::SrRr, ms(1860), there, 2, 88, 16_384);
        let rows: Vec<_> = trips.finish(&legs).iter().map(|row| (row.leg, row.spread.p50_ms)).collect();
        assert_eq!(rows, [(Part::Left, 10.0), (Part::Right, 40.0), (Part::Sum, 50.0)]);
    }

    #[test]
    fn what_cannot_be_is_not_measured() {
        let (legs, there, back) = legs();
        let mut trips = RoundTrips::default();
        trips.clock(Method::SrRr, ms(1000), there, 1, 77);
        // No report received yet; another; one that was kept for longer than it took.
        trips.answer(Method::SrRr, ms(1540), back, 1, 0, 0);
        trips.answer(Method::SrRr, ms(1540), back, 1, 78, 0);
        trips.answer(Method::SrRr, ms(1540), back, 1, 77, 65_536);
        // The same leg: it was captured once more.
        trips.answer(Method::SrRr, ms(1540), there, 1, 77, 32_768);
        assert_eq!(trips.finish(&legs), []);
        assert_eq!(trips.impossible, 1);
    }

    #[test]
    fn without_the_report_the_clock_of_the_capture_serves() {
        let (legs, _, back) = legs();
        let mut trips = RoundTrips::default();
        let at = Time(1_700_000_000_125_000_000);
        let sent = (((1_700_000_000 + UNIX) << 16) as u32).wrapping_sub(32_768);
        // Sent 625 ms ago, kept for 500.
        trips.answer(Method::SrRr, at, back, 1, sent, 32_768);
        let rows = trips.finish(&legs);
        assert_eq!(
            (rows[0].leg, rows[0].method, rows[0].spread.p50_ms),
            (Part::End, Method::CaptureClock, 125.0)
        );
    }
}
