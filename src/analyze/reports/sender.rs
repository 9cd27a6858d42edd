//! What one sender sent over one leg.

use std::collections::BTreeMap;

use super::clock::SenderClock;
use super::facts::{
    EstimateFacts, GoodbyeFacts, IntervalFacts, PairFacts, RequestFacts, SenderFacts, SenderReports, number,
};
use super::kind::Counts;
use super::pair::{Pair, Requests};
use super::text;
use super::transport_wide::TransportWide;
use crate::analyze::leg::{Leg, LegId, Via};
use crate::capture::{Frame, Time};
use crate::rtcp::{Item, SenderInfo, TransportCc};

/// Goodbyes that are kept of a sender: it says them once, and some once more.
const GOODBYES: usize = 8;

/// Items that say what a stream is for (RFC 8852, RFC 9143 §15.1).
const RID: u8 = 12;
const MID: u8 = 15;

/// What is kept of a sender.
#[derive(Debug, Clone)]
pub(super) struct Sender {
    first: (Time, Frame),
    pub(super) last: (Time, Frame),
    pub(super) packets: u64,
    pub(super) counts: Counts,
    encrypted: BTreeMap<u8, u64>,
    pub(super) cname: Option<String>,
    mid: Option<String>,
    rid: Option<String>,
    pub(super) clock: Box<SenderClock>,
    pub(super) reported: Option<SenderInfo>,
    goodbyes: Vec<(Time, Frame, u32, Option<String>)>,
    estimate: Option<EstimateFacts>,
    transport_wide: Option<Box<TransportWide>>,
}

impl Sender {
    pub(super) fn new(at: Time, frame: Frame) -> Self {
        Self {
            first: (at, frame),
            last: (at, frame),
            packets: 0,
            counts: Counts::default(),
            encrypted: BTreeMap::new(),
            cname: None,
            mid: None,
            rid: None,
            clock: Box::default(),
            reported: None,
            goodbyes: Vec::new(),
            estimate: None,
            transport_wide: None,
        }
    }

    pub(super) fn encrypted(&mut self, packet_type: u8) {
        self.packets += 1;
        *self.encrypted.entry(packet_type).or_default() += 1;
    }

    pub(super) fn report(&mut self, at: Time, info: SenderInfo) {
        self.clock.report(at, info.ntp, info.rtp);
        self.reported = Some(info);
    }

    pub(super) fn described(&mut self, items: &[Item<'_>]) {
        for (kept, kind) in [(&mut self.cname, Item::CNAME), (&mut self.mid, MID), (&mut self.rid, RID)] {
            if let Some(said) = text(items, kind) {
                *kept = Some(said);
            }
        }
    }

    pub(super) fn goodbye(&mut self, at: Time, frame: Frame, source: u32, reason: Option<&str>) {
        if self.goodbyes.len() < GOODBYES {
            self.goodbyes.push((at, frame, source, reason.map(str::to_owned)));
        }
    }

    pub(super) fn estimate(&mut self, bps: u64) {
        let first = EstimateFacts { n: 0, min_bps: bps, max_bps: bps, last_bps: bps };
        let of = self.estimate.get_or_insert(first);
        *of = EstimateFacts {
            n: of.n + 1,
            min_bps: of.min_bps.min(bps),
            max_bps: of.max_bps.max(bps),
            last_bps: bps,
        };
    }

    pub(super) fn transport_wide(&mut self, at: Time, of: &TransportCc<'_>) {
        self.transport_wide.get_or_insert_default().feedback(at, of);
    }

    pub(super) fn facts(
        &self,
        ssrc: u32,
        leg_id: LegId,
        leg: &Leg,
        start: Time,
        rate: Option<u32>,
        reports: Vec<PairFacts>,
    ) -> SenderFacts {
        let drift = rate.and_then(|rate| self.clock.drift_ppm(rate));
        let sender = self.reported.map(|info| SenderReports {
            packets_sent: info.packets,
            octets_sent: info.octets,
            spacing: self.clock.spacing.quantiles(),
            rtp_hz: self.clock.fit().map(|fit| fit.hz),
            clock_drift_ppm: drift.map(|drift| drift.0),
            clock_drift_error_ppm: drift.map(|drift| drift.1),
            rtp_time_back: self.clock.rtp_back,
            ntp_time_back: self.clock.ntp_back,
        });
        let goodbye = |(at, frame, source, reason): &(Time, Frame, u32, Option<String>)| GoodbyeFacts {
            source: *source,
            at_s: at.seconds_since(start),
            frame: number(*frame),
            reason: reason.clone(),
        };
        SenderFacts {
            ssrc,
            src: leg.src,
            dst: leg.dst,
            channel: match leg.via {
                Some(Via::Channel(channel)) => Some(channel),
                _ => None,
            },
            leg_id,
            cname: self.cname.clone(),
            mid: self.mid.clone(),
            rid: self.rid.clone(),
            encrypted: !self.encrypted.is_empty(),
            packets: self.packets,
            first_seen_s: self.first.0.seconds_since(start),
            last_seen_s: self.last.0.seconds_since(start),
            first_frame: number(self.first.1),
            last_frame: number(self.last.1),
            counts: self.counts,
            encrypted_first: self.encrypted.clone(),
            sender,
            goodbyes: self.goodbyes.iter().map(goodbye).collect(),
            remb: self.estimate,
            transport_cc: self.transport_wide.as_ref().map(|of| of.facts()),
            reports,
        }
    }
}

impl Requests {
    fn facts(&self, start: Time) -> Option<RequestFacts> {
        let (first, last) = (self.first?, self.last?);
        Some(RequestFacts {
            first_s: first.0.seconds_since(start),
            last_s: last.0.seconds_since(start),
            first_frame: number(first.1),
            last_frame: number(last.1),
            most_in_5s: self.most_in_5s,
        })
    }
}

impl Pair {
    pub(super) fn facts(&self, source: u32, start: Time, rate: Option<u32>) -> PairFacts {
        let last = self.points.last();
        PairFacts {
            source,
            blocks: self.points.n(),
            cumulative_lost: last.map(|last| last.cumulative_lost),
            interval_expected: self.expected,
            interval_lost: self.lost,
            interval_loss_pct: (self.expected > 0)
                .then(|| self.lost.max(0) as f64 * 100.0 / self.expected as f64),
            worst_interval: self.worst.map(|worst| IntervalFacts {
                at_s: worst.at.seconds_since(start),
                frame: number(worst.frame),
                expected: worst.expected,
                lost: worst.lost,
                loss_pct: worst.loss_pct(),
            }),
            fraction_lost_max_pct: self.fraction_max_pct,
            jitter_last_units: last.map(|last| last.jitter),
            jitter_max_units: self.jitter_max,
            jitter_max_ms: rate.map(|rate| f64::from(self.jitter_max) * 1e3 / f64::from(rate.max(1))),
            counts: self.counts,
            nack_numbers: self.nack_numbers,
            nack_distinct: None,
            nacks: self.nacks.facts(start),
            picture_requests: self.pictures.facts(start),
            congestion_control: Some(self.told).filter(|told| told.packets_reported > 0),
            tmmbr_bps: self.bitrate,
            voip_metrics: self.voip,
            points: self.points.iter().collect(),
        }
    }
}
