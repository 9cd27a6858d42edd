//! What RTCP says in a capture: who sent what, what arrived of it, how long it took.
//!
//! SRTCP shows the type of its first block and its sender; nothing else is taken from it.

mod clock;
mod facts;
mod kind;
mod nack;
mod pair;
mod round_trip;
mod sender;
mod sync;
mod transport_wide;

use std::collections::{BTreeMap, BTreeSet, HashMap};

pub use clock::Point as ClockPoint;
pub use facts::{
    EstimateFacts, GoodbyeFacts, IntervalFacts, PairFacts, ReportFacts, RequestFacts, SenderFacts,
    SenderReports, Totals,
};
pub use kind::{Counts, Kind};
pub use nack::Asked;
pub use pair::{Interval, Point, Told};
pub use round_trip::{Method, Part, RoundTrip};
pub use sync::{Media, Medium, Sync};
pub use transport_wide::TransportWideFacts;

pub use crate::rtcp::looks_plain;

use nack::Nacks;
use pair::Pair;
use round_trip::RoundTrips;
use sender::Sender;

use super::leg::{LegId, Legs};
use crate::capture::{Frame, Time};
use crate::rtcp::{self, Block, Content, Extended, FeedbackKind, Flaw, Item, Reception, middle};

/// Senders that are kept, each on its legs. Beyond, it is noise that was taken for RTCP.
const MOST_SENDERS: usize = 4096;
/// Receivers and sources that are kept.
const MOST_PAIRS: usize = 4096;
/// Report blocks that are kept of a pair, of the first pairs and of the rest: some 10 MB in all.
const POINTS: usize = 512;
const POINTS_OF_MANY: usize = 32;
const FEW: usize = 128;

/// Everything that was reported.
#[derive(Debug, Clone, Default)]
pub struct Reports {
    senders: BTreeMap<(LegId, u32), Sender>,
    pairs: BTreeMap<(LegId, u32, u32), Pair>,
    /// On which legs each sender is: thousands of streams ask.
    legs_of: HashMap<u32, BTreeSet<LegId>>,
    /// On which legs each source is reported on, and by whom.
    reporters_of: HashMap<u32, BTreeSet<(LegId, u32)>>,
    nacks: Nacks,
    trips: RoundTrips,
    totals: Totals,
}

/// Where and when a packet was met.
#[derive(Debug, Clone, Copy)]
struct Met {
    at: Time,
    frame: Frame,
    leg: LegId,
}

impl Reports {
    /// Takes a packet that was `length` bytes on the wire, of which `payload` was kept.
    pub fn compound(
        &mut self,
        at: Time,
        frame: Frame,
        leg: LegId,
        payload: &[u8],
        length: usize,
        encrypted: bool,
    ) {
        let met = Met { at, frame, leg };
        if encrypted {
            self.totals.encrypted += 1;
            match rtcp::plain_header(payload) {
                Some((packet_type, ssrc)) => {
                    self.with_sender(met, ssrc, |sender| sender.encrypted(packet_type));
                }
                None => self.totals.unreadable += 1,
            }
            return;
        }
        let mut walk = rtcp::walk(payload, length);
        self.totals.packets += 1;
        let mut first = None;
        for block in walk.by_ref() {
            let sender = self.block(met, &block);
            if first.is_none() {
                first = Some(block.packet_type);
                if let Some(ssrc) = sender {
                    self.with_sender(met, ssrc, |sender| sender.packets += 1);
                }
            }
        }
        match first {
            None => self.totals.unreadable += 1,
            Some(rtcp::SR | rtcp::RR) => {}
            Some(_) => self.totals.reduced_size += 1,
        }
        self.totals.trailing += u64::from(walk.trailing() > 0);
    }

    /// Takes a block; who sent it is returned.
    fn block(&mut self, met: Met, block: &Block<'_>) -> Option<u32> {
        let content = match block.read() {
            Ok(content) => content,
            Err(flaw) => {
                let kind = if flaw == Flaw::Cut { Kind::Cut } else { Kind::Flawed };
                let ssrc = block.sender();
                self.count(met, ssrc, kind);
                return ssrc;
            }
        };
        match content {
            Content::Sender(ssrc, info, receptions) => {
                self.count(met, Some(ssrc), Kind::Sr);
                self.trips.clock(Method::SrRr, met.at, met.leg, ssrc, middle(info.ntp));
                self.with_sender(met, ssrc, |sender| sender.report(met.at, info));
                self.receptions(met, ssrc, &receptions);
                Some(ssrc)
            }
            Content::Receiver(ssrc, receptions) => {
                self.count(met, Some(ssrc), Kind::Rr);
                self.receptions(met, ssrc, &receptions);
                Some(ssrc)
            }
            Content::Descriptions(chunks) => {
                let first = chunks.first().map(|chunk| chunk.ssrc);
                self.count(met, first, Kind::Sdes);
                for chunk in &chunks {
                    self.with_sender(met, chunk.ssrc, |sender| sender.described(&chunk.items));
                }
                first
            }
            Content::Goodbye(goodbye) => {
                let first = goodbye.sources.first().copied();
                self.count(met, first, Kind::Bye);
                for &source in &goodbye.sources {
                    self.with_sender(met, source, |sender| {
                        sender.goodbye(met.at, met.frame, source, goodbye.reason.as_deref());
                    });
                }
                first
            }
            Content::Application(application) => {
                self.count(met, Some(application.ssrc), Kind::App);
                Some(application.ssrc)
            }
            Content::Extended(ssrc, blocks) => {
                self.count(met, Some(ssrc), Kind::Xr);
                blocks.iter().for_each(|block| self.extended(met, ssrc, block));
                Some(ssrc)
            }
            Content::Feedback(feedback) => {
                self.feedback(met, &feedback);
                Some(feedback.sender)
            }
            Content::Unknown => {
                let ssrc = block.sender();
                self.count(met, ssrc, Kind::Other);
                ssrc
            }
        }
    }

    fn receptions(&mut self, met: Met, reporter: u32, receptions: &[Reception]) {
        for of in receptions {
            self.trips.answer(Method::SrRr, met.at, met.leg, of.ssrc, of.last_sr, of.delay);
            self.with_pair(met, reporter, of.ssrc, |pair| pair.reception(met.at, met.frame, of));
        }
    }

    fn extended(&mut self, met: Met, ssrc: u32, block: &Extended<'_>) {
        let kind = match block {
            Extended::LossRunLengths(_) => Kind::XrLossRle,
            Extended::DuplicateRunLengths(_) => Kind::XrDuplicateRle,
            Extended::ReceiptTimes { .. } => Kind::XrReceiptTimes,
            Extended::ReferenceTime(ntp) => {
                self.trips.clock(Method::RrtrDlrr, met.at, met.leg, ssrc, middle(*ntp));
                Kind::XrRrtr
            }
            Extended::Delays(delays) => {
                for of in delays {
                    self.trips.answer(Method::RrtrDlrr, met.at, met.leg, of.ssrc, of.last_rr, of.delay);
                }
                Kind::XrDlrr
            }
            Extended::Statistics(of) => {
                self.with_pair(met, ssrc, of.ssrc, |pair| pair.counts.count(Kind::XrStatistics));
                Kind::XrStatistics
            }
            Extended::Voip(of) => {
                self.with_pair(met, ssrc, of.ssrc, |pair| {
                    pair.counts.count(Kind::XrVoip);
                    pair.voip = Some(*of);
                });
                Kind::XrVoip
            }
            Extended::Unknown { .. } | Extended::Flawed { .. } => Kind::XrOther,
        };
        self.count(met, Some(ssrc), kind);
    }

    fn feedback(&mut self, met: Met, feedback: &rtcp::TargetFeedback<'_>) {
        let (at, frame) = (met.at, met.frame);
        let (ssrc, media) = (feedback.sender, feedback.media);
        let kind = match &feedback.kind {
            FeedbackKind::Nack(nack) => {
                for number in nack.numbers() {
                    self.nacks.ask(media, number, at, frame);
                    self.totals.nack_numbers += 1;
                }
                self.with_pair(met, ssrc, media, |pair| pair.nack(at, frame, nack));
                Kind::Nack
            }
            FeedbackKind::BitrateRequest(bitrates) => {
                for of in bitrates {
                    self.with_pair(met, ssrc, of.ssrc, |pair| {
                        pair.counts.count(Kind::Tmmbr);
                        pair.bitrate = Some(of.bits_per_second);
                    });
                }
                Kind::Tmmbr
            }
            FeedbackKind::BitrateNotification(_) => Kind::Tmmbn,
            FeedbackKind::TransportCc(of) => {
                self.with_sender(met, ssrc, |sender| sender.transport_wide(at, of));
                Kind::Twcc
            }
            FeedbackKind::CongestionControl(of) => {
                for (source, packets) in of.sources() {
                    self.with_pair(met, ssrc, source, |pair| {
                        pair.congestion(packets.map(|(number, arrived)| (number, arrived.is_some())));
                    });
                }
                Kind::Ccfb
            }
            FeedbackKind::PictureLoss => {
                self.with_pair(met, ssrc, media, |pair| pair.picture(at, frame, Kind::Pli));
                Kind::Pli
            }
            FeedbackKind::Intra(requests) => {
                for of in requests {
                    self.with_pair(met, ssrc, of.ssrc, |pair| pair.picture(at, frame, Kind::Fir));
                }
                Kind::Fir
            }
            FeedbackKind::SliceLoss(_) => {
                self.with_pair(met, ssrc, media, |pair| pair.counts.count(Kind::Sli));
                Kind::Sli
            }
            FeedbackKind::ReferencePicture { .. } => {
                self.with_pair(met, ssrc, media, |pair| pair.counts.count(Kind::Rpsi));
                Kind::Rpsi
            }
            FeedbackKind::Estimate(of) => {
                self.with_sender(met, ssrc, |sender| sender.estimate(of.bits_per_second));
                Kind::Remb
            }
            FeedbackKind::Application(_) => Kind::Afb,
            FeedbackKind::Unknown { .. } => Kind::OtherFeedback,
        };
        self.count(met, Some(ssrc), kind);
    }

    fn count(&mut self, met: Met, ssrc: Option<u32>, kind: Kind) {
        self.totals.counts.count(kind);
        if let Some(ssrc) = ssrc {
            self.with_sender(met, ssrc, |sender| sender.counts.count(kind));
        }
    }

    fn with_sender(&mut self, met: Met, ssrc: u32, then: impl FnOnce(&mut Sender)) {
        let key = (met.leg, ssrc);
        if self.senders.len() >= MOST_SENDERS && !self.senders.contains_key(&key) {
            self.totals.not_kept += 1;
            return;
        }
        let sender = self.senders.entry(key).or_insert_with(|| {
            self.legs_of.entry(ssrc).or_default().insert(met.leg);
            Sender::new(met.at, met.frame)
        });
        sender.last = (met.at, met.frame);
        then(sender);
    }

    fn with_pair(&mut self, met: Met, reporter: u32, source: u32, then: impl FnOnce(&mut Pair)) {
        let key = (met.leg, reporter, source);
        let known = self.pairs.len();
        if known >= MOST_PAIRS && !self.pairs.contains_key(&key) {
            self.totals.not_kept += 1;
            return;
        }
        let points = if known < FEW { POINTS } else { POINTS_OF_MANY };
        then(self.pairs.entry(key).or_insert_with(|| {
            self.reporters_of.entry(source).or_default().insert((met.leg, reporter));
            Pair::new(points)
        }));
    }

    /// Who sent any.
    pub fn senders(&self) -> impl Iterator<Item = u32> + '_ {
        self.senders.keys().map(|(_, ssrc)| *ssrc)
    }

    /// How many blocks of a kind came in clear.
    #[must_use]
    pub fn counted(&self, kind: Kind) -> u64 {
        self.totals.counts.of(kind)
    }

    /// The packets of a source that were asked for again, by number. The oldest of very many are forgotten.
    pub fn nacked(&self, ssrc: u32) -> impl Iterator<Item = (u16, Asked)> + '_ {
        self.nacks.of(ssrc)
    }

    /// When receivers reported on a source; evenly thinned where there are very many.
    pub fn told_at(&self, ssrc: u32) -> impl Iterator<Item = Time> + '_ {
        self.of_source(ssrc).flat_map(|pair| pair.points.iter().map(|point| point.at))
    }

    /// When a whole picture of a source was asked for; evenly thinned where that was all the time.
    pub fn pictures_asked_at(&self, ssrc: u32) -> impl Iterator<Item = Time> + '_ {
        self.of_source(ssrc).flat_map(|pair| pair.pictures_at.iter())
    }

    fn of_source(&self, ssrc: u32) -> impl Iterator<Item = &Pair> + '_ {
        let reporters = self.reporters_of.get(&ssrc).into_iter().flatten();
        reporters.filter_map(move |(leg, reporter)| self.pairs.get(&(*leg, *reporter, ssrc)))
    }

    /// Whether and when a packet was asked for again: to be asked when one comes late, or once more.
    #[must_use]
    pub fn asked(&self, ssrc: u32, sequence: u16) -> Option<&Asked> {
        self.nacks.get(ssrc, sequence)
    }

    /// How many numbers were asked for and are forgotten.
    #[must_use]
    pub fn forgotten(&self) -> u64 {
        self.nacks.forgotten
    }

    /// The name of a source that stays whatever its SSRC, on this leg as a rule.
    #[must_use]
    pub fn cname(&self, leg: LegId, ssrc: u32) -> Option<&str> {
        self.sender(leg, ssrc, |sender| sender.cname.is_some())?.cname.as_deref()
    }

    /// The sender's own time of an RTP timestamp that passed at `at`, in nanoseconds since 1970 where it is a wall clock.
    #[must_use]
    pub fn sender_time(&self, leg: LegId, ssrc: u32, rate: u32, timestamp: u32, at: Time) -> Option<i64> {
        self.sender(leg, ssrc, |sender| sender.reported.is_some())?.clock.ntp(timestamp, at, rate)
    }

    /// The sender reports of a source, evenly thinned where there are many: when each came, and the sender's two clocks.
    pub fn clock_points(&self, leg: LegId, ssrc: u32) -> impl Iterator<Item = ClockPoint> + '_ {
        let sender = self.sender(leg, ssrc, |sender| sender.reported.is_some());
        sender.into_iter().flat_map(|sender| sender.clock.points())
    }

    /// How far audio is ahead of video, for all that one participant sent: of the same CNAME and the same direction.
    #[must_use]
    pub fn sync(&self, media: &[Media], legs: &Legs) -> Vec<Sync> {
        type Delayed<'a> = (&'a Media, &'a str, Vec<(Time, i64)>);
        let delayed = |of: &'_ Media| {
            let clock = &self.sender(of.leg, of.ssrc, |sender| sender.reported.is_some())?.clock;
            Some(sync::delays(of, clock))
        };
        let of_kind = |medium: Medium| -> Vec<Delayed<'_>> {
            let of_kind = media.iter().filter(|of| of.medium == medium);
            of_kind.filter_map(|of| Some((of, self.cname(of.leg, of.ssrc)?, delayed(of)?))).collect()
        };
        let audios = of_kind(Medium::Audio);
        let way = |leg: LegId| (legs.get(leg).src.ip(), legs.get(leg).dst.ip());
        // The first of each name on each leg, and on each way.
        let (mut on_leg, mut on_way) = (HashMap::new(), HashMap::new());
        for delayed in &audios {
            let (audio, name, _) = delayed;
            on_leg.entry((audio.leg, *name)).or_insert(delayed);
            on_way.entry((way(audio.leg), *name)).or_insert(delayed);
        }
        let mut rows = Vec::new();
        for (video, cname, of_video) in of_kind(Medium::Video) {
            // On the same leg, if there is one.
            let found = on_leg.get(&(video.leg, cname)).or_else(|| on_way.get(&(way(video.leg), cname)));
            let Some((audio, _, of_audio)) = found else { continue };
            if let Some((n, av_offset_ms, min_ms, max_ms)) = sync::offsets(of_audio, &of_video) {
                rows.push(Sync {
                    cname: cname.to_owned(),
                    audio_ssrc: audio.ssrc,
                    video_ssrc: video.ssrc,
                    leg_id: audio.leg,
                    n,
                    av_offset_ms,
                    min_ms,
                    max_ms,
                });
            }
        }
        rows
    }

    /// A sender on this leg, or on another: RTCP may have ports of its own.
    fn sender(&self, leg: LegId, ssrc: u32, has: impl Fn(&Sender) -> bool) -> Option<&Sender> {
        let here = self.senders.get(&(leg, ssrc)).filter(|sender| has(sender));
        here.or_else(|| {
            let legs = self.legs_of.get(&ssrc).into_iter().flatten();
            legs.filter_map(|leg| self.senders.get(&(*leg, ssrc))).find(|sender| has(sender))
        })
    }

    /// All that was reported, in a capture that began at `start`. `rate` knows the clocks of sources, in Hz.
    #[must_use]
    pub fn finish(&self, legs: &Legs, start: Time, rate: &dyn Fn(u32) -> Option<u32>) -> ReportFacts {
        let row = |(&(leg, ssrc), sender): (&(LegId, u32), &Sender)| {
            let pairs = self.pairs.range((leg, ssrc, 0)..=(leg, ssrc, u32::MAX));
            let reports = pairs.map(|((_, _, source), pair)| PairFacts {
                nack_distinct: (pair.nack_numbers > 0 && self.nacks.forgotten == 0)
                    .then(|| (self.nacks.of(*source).count() as u64).min(pair.nack_numbers)),
                ..pair.facts(*source, start, rate(*source))
            });
            sender.facts(ssrc, leg, legs.get(leg), start, rate(ssrc), reports.collect())
        };
        let rtcp = self.senders.iter().map(row).collect();
        let totals = Totals { impossible_delays: self.trips.impossible, ..self.totals.clone() };
        ReportFacts { rtcp, rtt: self.trips.finish(legs), rtcp_totals: totals }
    }
}

/// The value of an item, as text.
fn text(items: &[Item<'_>], kind: u8) -> Option<String> {
    let item = items.iter().find(|item| item.kind == kind)?;
    Some(String::from_utf8_lossy(item.value).into_owned())
}

#[cfg(test)]
mod tests;
