//! What an analysis comes to: the JSON of `analyze/1`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::detect::NotCounted;
use super::payloads::{Origin, Payload};
use super::quality::{self, Path};
use super::side::Side;
use super::stream::{Burst, Cause, Event, Freeze, Holes, LONGEST_TOLD, Red, Row, Stream};
use super::transport::LegFacts;
use super::{Analysis, Found};
use crate::analyze::demux::Class;
use crate::capture::{Frame, Time};

/// Datagrams by what they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Classes {
    /// STUN and TURN.
    pub stun: u64,
    /// ChannelData of TURN; what is in it is counted besides.
    pub channel_data: u64,
    /// DTLS.
    pub dtls: u64,
    /// ZRTP.
    pub zrtp: u64,
    /// What looks like RTP.
    pub rtp: u64,
    /// What looks like RTCP.
    pub rtcp: u64,
    /// SCTP in clear.
    pub sctp: u64,
    /// Anything else.
    pub other: u64,
}

impl Classes {
    pub(super) fn count(&mut self, class: Class) {
        let counter = match class {
            Class::Stun => &mut self.stun,
            Class::Channel(_) => &mut self.channel_data,
            Class::Dtls => &mut self.dtls,
            Class::Zrtp => &mut self.zrtp,
            Class::Rtp => &mut self.rtp,
            Class::Rtcp => &mut self.rtcp,
            Class::Sctp => &mut self.sctp,
            Class::Other => &mut self.other,
        };
        *counter += 1;
    }
}

/// What a stream is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Media.
    Primary,
    /// Packets of another stream, sent again (RFC 4588).
    Rtx,
    /// Packets from which lost ones of another stream can be made.
    Fec,
}

/// Losses that came together.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Together {
    /// How many times.
    pub count: u64,
    /// The most packets lost at once.
    pub max: u64,
    /// The mean of them.
    pub mean: f64,
    /// How many of each number of losses: `1`, `2`, … `10+`.
    pub histogram: BTreeMap<String, u64>,
}

/// A time without a whole frame.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct IncompleteRun {
    /// The last packet before its first hole, in seconds since the capture's first packet.
    pub from_s: f64,
    /// The beginning of the next whole frame.
    pub to_s: f64,
    /// Frames that were not whole, at least.
    pub frames: u64,
    /// Packets missing in them.
    pub missing: u64,
    /// The packets at its beginning and its end.
    pub frame_range: (u64, u64),
}

/// A pause between packets, or between frames, where somebody may have seen it.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct PauseFacts {
    /// Seconds since the capture's first packet.
    pub at_s: f64,
    /// How long.
    pub ms: f64,
    /// The packet before, and the one after.
    pub frames: (u64, u64),
    /// Numbers passed over that never came.
    pub missing: u64,
    /// Those that came afterwards.
    pub late: u64,
    /// What it came from.
    pub cause: Cause,
}

impl PauseFacts {
    /// Whether some of these packets are among those that it lasted for.
    pub(super) fn overlaps(&self, frames: (u64, u64)) -> bool {
        self.frames.0 <= frames.1 && frames.0 <= self.frames.1
    }
}

/// The losses that came closest together.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct BurstFacts {
    /// Packets lost.
    pub lost: u64,
    /// Packets from the first of them to the last, those that came included.
    pub span: u64,
    /// When the first showed, in seconds since the capture's first packet.
    pub from_s: f64,
    /// When the last showed.
    pub to_s: f64,
    /// The packets behind the first gap and behind the last.
    pub frames: (u64, u64),
}

/// How speech would be rated, and with what.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct MosFacts {
    /// From 1 to 4.5; `None` where it cannot be known.
    pub value: Option<f64>,
    /// From 0 to 93.2.
    pub r: Option<f64>,
    /// `E-model (ITU-T G.107)`.
    pub model: &'static str,
    /// What was taken for granted; or why there is no value.
    pub assumptions: String,
}

/// What was sent with one payload type.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct PayloadFacts {
    /// The number.
    pub payload_type: u8,
    /// What a description or RFC 3551 calls it.
    pub codec: Option<String>,
    /// Packets.
    pub packets: u64,
    /// Behind their headers.
    pub payload_bytes: u64,
}

/// Redundancy within packets.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct RedFacts {
    /// Packets of it.
    pub packets: u64,
    /// Blocks of what was sent before, in a packet, on average.
    pub redundant_mean: f64,
    /// Packets by the payload type of their newest block.
    pub primary: BTreeMap<u8, u64>,
    /// How far back the oldest block went, in units of the timestamp.
    pub farthest_units: u16,
}

impl RedFacts {
    fn of(red: &Red) -> Self {
        Self {
            packets: red.packets,
            redundant_mean: round(red.redundant as f64 / red.packets.max(1) as f64, 2),
            primary: red.primary.clone(),
            farthest_units: red.farthest,
        }
    }
}

/// A key that was pressed.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct KeyFacts {
    /// `0` to `9`, `*`, `#`, `A` to `D`, `flash`, `event 32`.
    pub key: String,
    /// When.
    pub at_s: f64,
    /// How long it was held.
    pub duration_ms: Option<f64>,
    /// In dBm0.
    pub volume_dbm0: i16,
    /// Packets about it.
    pub packets: u64,
    /// Those that say that it has ended: three, as a rule (RFC 4733 §2.5.1.4).
    pub ends: u64,
    /// The first and the last of them.
    pub frames: (u64, u64),
}

/// Timestamps that were set anew, or that stood while time went on.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct TimestampJumps {
    /// How often.
    pub count: u32,
    /// When the first showed, in seconds since the capture's first packet.
    pub at_s: f64,
    /// The packet in which it did.
    pub frame: u64,
}

/// One stream on one leg.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct StreamFacts {
    /// Its name in this report.
    pub id: String,
    /// As `0x%08x`.
    pub ssrc: String,
    /// From which outer transport address to which, and within which framing of a relay.
    #[serde(flatten)]
    pub path: LegFacts,
    /// What it is for.
    pub kind: Kind,
    /// The SSRC that it repairs.
    pub of: Option<String>,
    /// `audio`, `video`; `None` where nothing tells.
    pub media: Option<String>,
    /// The numbers, the most frequent first.
    pub payload_types: Vec<u8>,
    /// What was sent with each of them.
    pub payloads: Vec<PayloadFacts>,
    /// Redundancy within packets (RFC 2198), where it can be read.
    pub red: Option<RedFacts>,
    /// Keys that were pressed (RFC 4733), the first of them.
    pub dtmf: Vec<KeyFacts>,
    /// The codec of the first of them.
    pub codec: Option<String>,
    /// In Hz.
    pub clock_rate: Option<u32>,
    /// Who says so.
    pub clock_source: Option<Origin>,
    /// All packets, copies included.
    pub packets: u64,
    /// Copies of packets.
    pub duplicates: u64,
    /// Numbers that never arrived.
    pub lost: u64,
    /// Of those that were to arrive.
    pub loss_pct: f64,
    /// RFC 3550 A.3.
    pub lost_rfc3550: i64,
    /// From the first to the last to arrive, less all packets.
    pub lost_first_last: i64,
    /// Packets behind one that was sent later.
    pub reordered: u64,
    /// How often the numbers began anew.
    pub restarts: u64,
    /// When they did so first.
    pub restarted_at_s: Option<f64>,
    /// The first packet with new numbers.
    pub restarted_frame: Option<u64>,
    /// Packets with a number nowhere near the others.
    pub strays: u64,
    /// Losses with fewer than sixteen arrivals between them (RFC 3611).
    pub loss_bursts: Together,
    /// The burst with the most of them.
    pub worst_burst: Option<BurstFacts>,
    /// The most of them with fewer than four arrivals between any two.
    pub densest_burst: Option<BurstFacts>,
    /// Losses without an arrival between them.
    pub loss_runs: Together,
    /// RFC 3550 A.8, the mean of the running estimates.
    pub jitter_mean_ms: Option<f64>,
    /// The highest of them.
    pub jitter_max_ms: Option<f64>,
    /// What the estimate reached in at least three rows over time, and in one of twenty, behind single pauses left out.
    pub jitter_sustained_ms: Option<f64>,
    /// Timestamps that jumped by more than 3 s against the arrivals: that is left out of the jitter.
    pub timestamp_jumps: Option<TimestampJumps>,
    /// The same of the first packets of frames, for video.
    pub frame_jitter_mean_ms: Option<f64>,
    /// The highest of them.
    pub frame_jitter_max_ms: Option<f64>,
    /// The longest pause between two packets.
    pub max_delta_ms: Option<f64>,
    /// When it began.
    pub max_delta_at_s: Option<f64>,
    /// The packets before and after it.
    pub max_delta_frames: Option<(u64, u64)>,
    /// Pauses of 100 ms and more: those with losses, and the longest, 64 at most.
    pub pauses: Vec<PauseFacts>,
    /// RTP packets, headers included.
    pub bitrate_bps: Option<f64>,
    /// Packets a second.
    pub packet_rate: Option<f64>,
    /// RTP headers and payloads.
    pub bytes: u64,
    /// Timestamps that were new: frames of video, packets of audio.
    pub frames: u64,
    /// Frames a second.
    pub frame_rate: Option<f64>,
    /// Pauses between frames, as `freezeCount` of getStats counts them.
    pub freeze_count: u64,
    /// The first of them.
    pub freeze_candidates: Vec<PauseFacts>,
    /// Frames of which packets never came, and were not sent again on this leg: so many at least; for video.
    pub frames_incomplete: Option<u64>,
    /// When the first showed.
    pub incomplete_at_s: Option<f64>,
    /// The packet in which it did.
    pub incomplete_frame: Option<u64>,
    /// Long times without a whole frame, the first of them.
    pub incomplete_runs: Vec<IncompleteRun>,
    /// How much faster the sender's clock is than that of the capture.
    pub drift_ppm: Option<f64>,
    /// Whether that is the same all the time, as only clocks are; `None` where a minute is not there to tell.
    pub drift_steady: Option<bool>,
    /// The standard error of that.
    pub drift_error_ppm: Option<f64>,
    /// The rating, where it can be made.
    pub mos: MosFacts,
    /// Identifiers of header extensions, with their URIs where they are known.
    pub extensions: BTreeMap<u8, Option<String>>,
    /// Seconds since the capture's first packet.
    pub first_seen_s: f64,
    /// Seconds since the capture's first packet.
    pub last_seen_s: f64,
    /// The first and the last packet of it.
    pub frame_range: (u64, u64),
    /// Whether the payload is; `None` where nothing tells.
    pub encrypted: Option<bool>,
    /// Where the capture was taken, if the user said so.
    pub side: Option<Side>,
}

/// What looked like RTP and was not counted.
pub type NotCountedFacts = BTreeMap<&'static str, NotCounted>;

/// After so many, RFC 3550's estimate has forgotten all but a thousandth of a jump.
const FORGOTTEN_PACKETS: f64 = 107.0;

impl StreamFacts {
    /// Says where the capture was taken, and what a rating made there leaves out.
    pub(super) fn seen_from(&mut self, side: Option<Side>) {
        self.side = side;
        if side == Some(Side::Sender) && self.mos.value.is_some() {
            self.mos.assumptions += "; captured at its sender: what is lost on the way is not in it";
        }
    }

    /// Of a stream; `id` is its name.
    pub(super) fn of(
        id: String,
        found: &Found<'_>,
        repairs: Option<(usize, Kind)>,
        analysis: &Analysis,
    ) -> Self {
        let (stream, leg) = (found.stream, found.leg);
        let start = analysis.bounds().map_or(Time::default(), |(start, _)| start);
        let mut types: Vec<_> = stream.payload_types().iter().collect();
        types.sort_by_key(|(number, of_type)| (std::cmp::Reverse(of_type.packets), **number));
        let payload_types: Vec<u8> = types.iter().map(|(number, _)| **number).collect();
        let meaning = |number: u8| analysis.payloads().payload(number, found.ssrc, leg.src, leg.dst);
        let known = payload_types.first().and_then(|number| meaning(*number));
        let clock = |number: &u8| analysis.payloads().clock(*number, found.ssrc, leg.src, leg.dst);
        let (clock_rate, clock_source) = match payload_types.first().and_then(clock) {
            Some((rate, origin)) => (Some(rate), Some(origin)),
            None => match stream.clock().rate() {
                Some(rate) => (Some(rate), Some(Origin::Inferred)),
                None => (None, None),
            },
        };
        let payload = known.map(|(payload, _)| payload);
        let media = media(payload.as_ref(), clock_rate);
        let is_video = media.as_deref() == Some("video");
        let kind = match (&payload, repairs) {
            (_, Some((_, kind))) => kind,
            (Some(payload), None) if payload.name.eq_ignore_ascii_case("rtx") => Kind::Rtx,
            (Some(payload), None) if payload.repairs() => Kind::Fec,
            _ => Kind::Primary,
        };
        // A retransmission has the timestamp of the first time: that is late, and no jitter.
        let is_video = is_video && kind == Kind::Primary;
        let clock = clock_rate.filter(|_| kind == Kind::Primary);
        let jitter = clock.and_then(|rate| stream.jitter().at(rate));
        let frame_jitter = clock.filter(|_| is_video).and_then(|rate| stream.frames().jitter().at(rate));
        let drift = clock.and_then(|rate| stream.clock().drift(rate));
        let sequence = stream.sequence();
        let seconds = stream.seconds();
        let interval_ms = seconds * 1e3 / sequence.packets().max(1) as f64;
        let rate = |count: f64| (seconds > 0.0).then(|| round(count / seconds, 3));
        let (freeze_count, _) = if is_video { stream.frames().frozen() } else { (0, 0.0) };
        let section = analysis.payloads().section_of(found.ssrc, leg.src, leg.dst);
        let uri = |id: u8| section.and_then(|section| section.extensions.get(&id).cloned());
        let at = |time: Time| round(time.seconds_since(start), 6);
        let holes = stream.holes().filter(|_| is_video);
        let incomplete = holes.and_then(|holes| holes.incomplete().1);
        let burst = |burst: Burst| BurstFacts {
            lost: burst.lost,
            span: burst.span,
            from_s: at(burst.from.at),
            to_s: at(burst.to.at),
            frames: frames(burst.from.frame, burst.to.frame),
        };
        Self {
            id,
            ssrc: ssrc(found.ssrc),
            path: analysis.leg_facts(leg),
            kind,
            of: repairs.map(|(primary, _)| ssrc(analysis.streams[primary].ssrc)),
            payloads: payloads(stream, &meaning),
            dtmf: dtmf(stream, &meaning, clock_rate, start),
            red: stream.red().map(RedFacts::of),
            media,
            codec: payload.as_ref().map(|payload| payload.name.clone()),
            clock_rate,
            clock_source,
            packets: sequence.packets(),
            duplicates: sequence.duplicates(),
            lost: sequence.missing(),
            loss_pct: round(percent(sequence.missing(), sequence.expected()), 3),
            lost_rfc3550: sequence.lost_rfc3550(),
            lost_first_last: sequence.lost_first_last(),
            reordered: sequence.reordered(),
            restarts: sequence.restarts(),
            restarted_at_s: stream.restarted().map(|(time, _)| at(time)),
            restarted_frame: stream.restarted().map(|(_, frame)| frame.number),
            strays: sequence.strays(),
            loss_bursts: bursts(stream),
            worst_burst: sequence.runs().worst().map(burst),
            densest_burst: sequence.runs().densest().map(burst),
            loss_runs: runs(stream),
            jitter_mean_ms: jitter.map(|jitter| round(jitter.mean, 3)),
            jitter_max_ms: jitter.map(|jitter| round(jitter.max, 3)),
            jitter_sustained_ms: clock
                .and_then(|rate| sustained(stream, rate, interval_ms, start))
                .map(|ms| round(ms, 3)),
            timestamp_jumps: clock.and_then(|rate| jumps(stream, rate, start)),
            frame_jitter_mean_ms: frame_jitter.map(|jitter| round(jitter.mean, 3)),
            frame_jitter_max_ms: frame_jitter.map(|jitter| round(jitter.max, 3)),
            max_delta_ms: stream.gap().map(|gap| round(gap.ms, 3)),
            max_delta_at_s: stream.gap().map(|gap| at(gap.from)),
            max_delta_frames: stream.gap().map(|gap| frames(gap.before, gap.after)),
            pauses: stream
                .pauses()
                .iter()
                .map(|pause| PauseFacts {
                    at_s: at(pause.from),
                    ms: round(pause.ms(), 3),
                    frames: frames(pause.before, pause.after),
                    missing: pause.missing(),
                    late: pause.came,
                    cause: pause.cause(interval_ms, clock_rate),
                })
                .collect(),
            bitrate_bps: rate(stream.bytes() as f64 * 8.0).map(f64::round),
            packet_rate: rate(sequence.packets() as f64),
            bytes: stream.bytes(),
            frames: stream.frames().count(),
            frame_rate: rate(stream.frames().count() as f64).filter(|_| is_video),
            freeze_count,
            freeze_candidates: match is_video {
                true => stream
                    .frames()
                    .freezes()
                    .iter()
                    .map(|freeze| PauseFacts {
                        at_s: at(freeze.from),
                        ms: round(freeze.ms, 3),
                        frames: frames(freeze.before, freeze.after),
                        missing: freeze.missing - freeze.came,
                        late: freeze.came,
                        cause: freeze_cause(freeze, clock_rate),
                    })
                    .collect(),
                false => Vec::new(),
            },
            frames_incomplete: holes.map(|holes| holes.incomplete().0),
            incomplete_at_s: incomplete.map(|(when, _)| at(when)),
            incomplete_frame: incomplete.map(|(_, frame)| frame.number),
            incomplete_runs: holes
                .map_or(&[][..], Holes::runs)
                .iter()
                .map(|run| IncompleteRun {
                    from_s: at(run.from),
                    to_s: at(run.to),
                    frames: run.frames,
                    missing: run.missing,
                    frame_range: frames(run.before, run.after),
                })
                .collect(),
            drift_steady: clock.and_then(|rate| stream.clock().is_steady(rate)),
            drift_ppm: drift.map(|drift| round(drift.ppm, 1)),
            drift_error_ppm: drift.map(|drift| round(drift.error_ppm, 1)),
            mos: mos(payload.as_ref(), is_video, stream, jitter.map(|jitter| jitter.max)),
            extensions: stream.elements().map(|id| (id, uri(id))).collect(),
            first_seen_s: at(stream.first().at),
            last_seen_s: at(stream.last().at),
            frame_range: frames(stream.first().frame, stream.last().frame),
            encrypted: found.encrypted,
            side: None,
            payload_types,
        }
    }
}

fn payloads(stream: &Stream, meaning: &dyn Fn(u8) -> Option<(Payload, Origin)>) -> Vec<PayloadFacts> {
    let each = stream.payload_types().iter().map(|(number, of_type)| PayloadFacts {
        payload_type: *number,
        codec: meaning(*number).map(|(payload, _)| payload.name),
        packets: of_type.packets,
        payload_bytes: of_type.payload_bytes,
    });
    each.collect()
}

fn dtmf(
    stream: &Stream,
    meaning: &dyn Fn(u8) -> Option<(Payload, Origin)>,
    clock_rate: Option<u32>,
    start: Time,
) -> Vec<KeyFacts> {
    let payload = |number: u8| meaning(number).map(|(payload, _)| payload);
    let events = stream.events(|number| payload(number).is_some_and(|payload| payload.is_event()));
    let key = |event: &Event| {
        let rate = payload(event.payload_type).map(|payload| payload.clock_rate).or(clock_rate);
        KeyFacts {
            key: event.key(),
            at_s: round(event.at.seconds_since(start), 6),
            duration_ms: rate.map(|rate| round(f64::from(event.duration) * 1e3 / f64::from(rate), 1)),
            volume_dbm0: -i16::from(event.volume),
            packets: event.packets,
            ends: event.ends,
            frames: frames(event.first, event.last),
        }
    };
    events.into_iter().map(key).collect()
}

/// Audio or video: as its m-line says, or as its clock does.
fn media(payload: Option<&Payload>, clock_rate: Option<u32>) -> Option<String> {
    match (payload, clock_rate) {
        (Some(payload), _) => Some(payload.kind.clone()),
        // Every payload format of video has this clock, and of audio only MPEG's.
        (None, Some(90_000)) => Some("video".to_owned()),
        (None, Some(_)) => Some("audio".to_owned()),
        (None, None) => None,
    }
}

fn mos(payload: Option<&Payload>, is_video: bool, stream: &Stream, jitter_ms: Option<f64>) -> MosFacts {
    const MODEL: &str = "E-model (ITU-T G.107)";
    let unknown = |why: &str| MosFacts { value: None, r: None, model: MODEL, assumptions: why.to_owned() };
    let Some(payload) = payload else {
        return unknown("the codec is not known: give the description with --sdp");
    };
    if is_video {
        return unknown("it is video, and the E-model rates speech");
    }
    let Some(codec) = quality::robustness(&payload.name) else {
        return unknown("the E-model has no figures for this codec");
    };
    let sequence = stream.sequence();
    let loss = percent(sequence.missing(), sequence.expected()) / 100.0;
    let burst_ratio = quality::burst_ratio(loss, sequence.runs().mean());
    // A buffer that holds the worst jitter, as a patient receiver's does.
    let buffer_ms = (2.0 * jitter_ms.unwrap_or(0.0)).max(20.0);
    let rating = quality::rate(codec, Path { loss, burst_ratio, delay_ms: None, buffer_ms });
    let estimate = if codec.estimate { ", whose figures are estimates" } else { "" };
    MosFacts {
        value: Some(round(rating.mos, 2)),
        r: Some(round(rating.r, 1)),
        model: MODEL,
        assumptions: format!(
            "{}{estimate}; loss {:.2} % with a burst ratio of {burst_ratio:.2}; {:.0} ms from mouth to ear without the \
             network, which a capture on one side does not show; {buffer_ms:.0} ms of it a jitter buffer",
            payload.name,
            loss * 100.0,
            rating.delay_ms
        ),
    }
}

/// The highest jitter of one row in twenty, and of three at least. What a single pause leaves behind is none: an estimate
/// takes many packets to forget it.
fn sustained(stream: &Stream, rate: u32, interval_ms: f64, start: Time) -> Option<f64> {
    let series = stream.series();
    let jitter = |row: &Row| stream.row_jitter_ms(row, rate).filter(|_| row.packets > 0);
    let all = series.rows().iter().enumerate().filter_map(|(n, row)| Some((n, jitter(row)?)));
    let all: Vec<(usize, f64)> = all.collect();
    // In the worst case a thousandth of it is left by then.
    let forgotten_s = FORGOTTEN_PACKETS * interval_ms / 1e3;
    let pauses = stream.pauses();
    let pauses = pauses.iter().filter(|pause| pause.ms() >= 150.0 && pause.ms() >= 3.0 * interval_ms);
    let pauses: Vec<(f64, f64)> = pauses
        .map(|pause| (pause.from.seconds_since(start), pause.to.seconds_since(start) + forgotten_s))
        .collect();
    let is_left = |n: usize| {
        let from = series.first_s() + n as f64 * series.interval_s();
        !pauses.iter().any(|pause| pause.0 < from + series.interval_s() && from <= pause.1)
    };
    let left = || all.iter().filter(|(n, _)| is_left(*n));
    // Pauses all the time are what it is like there.
    let mut highest: Vec<f64> = match left().count() * 2 >= all.len() {
        true => left().map(|(_, ms)| *ms).collect(),
        false => all.iter().map(|(_, ms)| *ms).collect(),
    };
    highest.sort_by(|a, b| b.total_cmp(a));
    highest.get((highest.len() / 20).max(2)).or(highest.last()).copied()
}

fn jumps(stream: &Stream, rate: u32, start: Time) -> Option<TimestampJumps> {
    let jumps = stream.jitter().jumps(rate);
    let (at, frame) = jumps.first?;
    let at_s = round(at.seconds_since(start), 6);
    Some(TimestampJumps { count: jumps.count, at_s, frame: frame.number })
}

fn freeze_cause(freeze: &Freeze, rate: Option<u32>) -> Cause {
    let media_ms = rate.map(|rate| freeze.units as f64 * 1e3 / f64::from(rate));
    match media_ms {
        _ if freeze.came * 2 > freeze.missing => Cause::Late,
        _ if freeze.missing > 0 => Cause::Lost,
        Some(media_ms) if freeze.ms - media_ms > (freeze.ms / 4.0).max(50.0) => Cause::Late,
        Some(_) => Cause::Sender,
        None => Cause::Unknown,
    }
}

fn bursts(stream: &Stream) -> Together {
    let runs = stream.sequence().runs();
    Together {
        count: runs.bursts(),
        max: runs.worst().map_or(0, |worst| worst.lost),
        mean: round(runs.mean_burst(), 2),
        histogram: histogram(runs.burst_histogram()),
    }
}

fn runs(stream: &Stream) -> Together {
    let runs = stream.sequence().runs();
    Together {
        count: runs.count(),
        max: runs.longest(),
        mean: round(runs.mean(), 2),
        histogram: histogram(runs.histogram()),
    }
}

fn histogram(counts: &[u64; LONGEST_TOLD]) -> BTreeMap<String, u64> {
    let told = counts.iter().enumerate().filter(|(_, count)| **count > 0);
    let name =
        |at: usize| if at + 1 == LONGEST_TOLD { format!("{LONGEST_TOLD}+") } else { (at + 1).to_string() };
    told.map(|(at, count)| (name(at), *count)).collect()
}

/// As reports show it.
#[must_use]
pub fn ssrc(number: u32) -> String {
    format!("0x{number:08x}")
}

fn frames(first: Frame, last: Frame) -> (u64, u64) {
    (first.number, last.number)
}

pub(super) fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 }
}

pub(super) fn round(value: f64, digits: i32) -> f64 {
    let scale = 10_f64.powi(digits);
    (value * scale).round() / scale
}
