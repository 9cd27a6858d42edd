//! What one call comes to: its part of `call/1`.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::end::End;
use super::flights::Flight;
use super::media::Kind;
use super::pairs::PairsFacts;
use super::peer::CandidateKind;
use super::phases::{Phase, PhaseFacts};
use super::rating::{Rating, rate};
use super::scenario::Reliability;
use super::series::SeriesFacts;
use super::session::Call;
use crate::impair::{Flow, FlowLog, Link};
use crate::measure::{Distribution, Rolling, milliseconds};

/// One call over one path.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct PathFacts {
    /// `direct`, or the relay's URI.
    pub name: String,
    /// How the relay was reached.
    pub transport: Option<&'static str>,
    /// When it began, as seconds since 1970: phases count from there.
    pub start_unix_s: Option<f64>,
    /// It came up, and stayed up; of several pairs, all did.
    pub works: bool,
    /// What did not work.
    pub failure: Option<Failure>,
    /// From the start to when all of it was up, setup included.
    pub setup_ms: Option<f64>,
    /// From the start to when `--deadline` ended it, all of it being up.
    pub cut_off_ms: Option<f64>,
    /// How far it came, and when.
    pub phases: Vec<PhaseFacts>,
    /// The relays of caller and callee.
    pub relays: Vec<RelayFacts>,
    /// The pair of candidates that was used.
    pub pair: Option<PairFacts>,
    /// The handshake.
    pub dtls: DtlsFacts,
    /// Round trips: of the data channel, and besides.
    pub rtt: RoundTrips,
    /// From sending to receiving of media that was not sent again.
    pub one_way: OneWay,
    /// Of the media packets, before any was sent again.
    pub loss_pct: Option<f64>,
    /// The largest of all streams (RFC 3550 §6.4.1).
    pub jitter_ms: Option<f64>,
    /// Payload of all media a second that arrived, both ways.
    pub bitrate_bps: Option<u64>,
    /// By how much media went out behind its time at most, as this machine had too much to do: what is measured of the path
    /// is no better than that.
    pub sent_late_ms: f64,
    /// Datagrams that this machine lost between the sockets of the two ends, as it had no room or no time for them: no path
    /// has anything to do with that.
    pub lost_here: u64,
    /// Each stream.
    pub media: Vec<MediaFacts>,
    /// The same over time, each packet where it was sent.
    pub series: SeriesFacts,
    /// The data channel.
    pub channel: ChannelFacts,
    /// Filling the data channel.
    pub throughput: Option<ThroughputFacts>,
    /// What was done to the path on purpose, each way.
    pub impairment: Vec<ImpairmentFacts>,
    /// The one-way delay of the slower direction in a word; of a path that stays within the host it would say nothing, and of one that failed or
    /// loses more than 5 % too much.
    pub rating: Option<Rating>,
    /// Where several pairs called at the same time: how they fared. What stands above is of all of them together, and what
    /// can be of one call only, of the first that failed or of the slowest to come up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pairs: Option<PairsFacts>,
}

/// One end's relay, and what was done to get and to keep it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, schemars::JsonSchema)]
pub struct RelayFacts {
    /// How it was reached.
    pub transport: &'static str,
    /// Where.
    pub server: Option<SocketAddr>,
    /// The address that it lends.
    pub address: Option<SocketAddr>,
    /// For how long at first.
    pub lifetime_s: Option<u32>,
    /// What it calls itself.
    pub software: Option<String>,
    /// What was agreed on.
    pub tls_version: Option<String>,
    /// What is wrong with its certificate.
    pub certificate_faults: Vec<String>,
    /// In order.
    pub steps: Vec<StepFacts>,
    /// How often it was prolonged.
    pub refreshes: u32,
    /// How often channels were renewed.
    pub rebinds: u32,
    /// Nonces that had gone stale, each followed by a fresh one (438).
    pub stale_nonces: u32,
    /// Ports of ours for which it held an allocation already (437), before it granted one to another.
    pub ports_taken: u32,
    /// Requests that were sent again for want of an answer.
    pub retransmits: u32,
    /// Peers that it does not send to.
    pub refused_permissions: u32,
    /// Things that a server should not send.
    pub oddities: u32,
}

/// A step on the way to a relay.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct StepFacts {
    /// `dns`, `tcp`, `tls`, `dtls`, `allocate`, `permission`, `channel`, `refresh`.
    pub name: &'static str,
    /// How long it took, all of its answers together.
    pub took_ms: f64,
    /// The error that it ended with.
    pub code: Option<u16>,
    /// The errors that came on the way, such as the first 401.
    pub codes: Vec<u16>,
}

/// What did not work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Failure {
    /// `ice`, `dtls`, `turn-auth` and their like.
    pub phase: String,
    /// Why, as far as is known.
    pub reason: String,
}

/// The two candidates that a call went between.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct PairFacts {
    /// The caller's.
    pub caller: CandidateFacts,
    /// The callee's.
    pub callee: CandidateFacts,
    /// Both are relays': nothing went directly.
    pub relayed: bool,
}

/// A candidate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct CandidateFacts {
    /// `host` or `relay`.
    pub kind: &'static str,
    /// Where.
    pub address: SocketAddr,
}

/// The handshake.
#[derive(Debug, Clone, Default, PartialEq, Serialize, schemars::JsonSchema)]
pub struct DtlsFacts {
    /// Datagrams that were sent again.
    pub retransmits: u32,
    /// In order.
    pub flights: Vec<Flight>,
}

/// Round trips.
#[derive(Debug, Clone, Default, PartialEq, Serialize, schemars::JsonSchema)]
pub struct RoundTrips {
    /// Of pings over the data channel.
    #[serde(flatten)]
    pub channel: Option<Distribution>,
    /// As senders learn from RTCP (RFC 3550 §6.4.1), both ways.
    pub rtcp: Option<Distribution>,
    /// Of connectivity checks over the pair, both ways.
    pub stun: Option<Distribution>,
}

/// Delays one way.
#[derive(Debug, Clone, Default, PartialEq, Serialize, schemars::JsonSchema)]
pub struct OneWay {
    /// Of all media.
    #[serde(flatten)]
    pub all: Option<Distribution>,
    /// Of audio.
    pub audio: Option<Distribution>,
    /// Of video.
    pub video: Option<Distribution>,
    /// Of all media from the caller to the callee.
    pub from_caller: Option<Distribution>,
    /// And back.
    pub from_callee: Option<Distribution>,
}

impl OneWay {
    /// That of the direction that is slower in the middle: a call is no better than that.
    pub fn slower(&self) -> Option<(End, &Distribution)> {
        let directions = [(End::Caller, &self.from_caller), (End::Callee, &self.from_callee)];
        let known = directions.into_iter().filter_map(|(end, delay)| Some((end, delay.as_ref()?)));
        known.max_by(|(_, a), (_, b)| a.median_ms.total_cmp(&b.median_ms))
    }
}

/// One stream.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct MediaFacts {
    /// Who sends it.
    pub from: End,
    /// What it is.
    pub kind: Kind,
    /// Its source.
    pub ssrc: u32,
    /// Packets sent.
    pub sent: u64,
    /// Different packets that came, without any that were sent again.
    pub received: u64,
    /// Those that impairment still held when the call ended: neither lost nor received.
    pub under_way: u64,
    /// Packets that came and that the receiver refused, as they are not those that were sent (RFC 3711 §3.3).
    pub refused: u64,
    /// All others, and those that were refused: what the receiver never had.
    pub lost: u64,
    /// The same, in percent of those that are not under way.
    pub loss_pct: Option<f64>,
    /// Packets that came behind one sent later.
    pub reordered: u64,
    /// Copies.
    pub duplicates: u64,
    /// RFC 3550 §6.4.1.
    pub jitter_ms: Option<f64>,
    /// Payload a second that was received.
    pub bitrate_bps: Option<u64>,
    /// NACKs that the receiver sent.
    pub nacks_sent: u64,
    /// NACKs that reached the sender.
    pub nacks_received: u64,
    /// Packets that came again (RFC 4588).
    pub retransmissions: u64,
    /// Lost packets that the engine still took that way; what comes too late for it is a retransmission alone.
    pub repaired: u64,
    /// Key frames that the receiver asked for.
    pub key_frames_requested: u64,
    /// From sending to receiving.
    pub one_way: Option<Distribution>,
}

/// The data channel.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct ChannelFacts {
    /// Pings that were asked for.
    pub pings_asked: u32,
    /// Pings sent.
    pub pings: u32,
    /// Pings that came back.
    pub answered: u32,
    /// Whether the channel sends what is lost again, for as long as it takes: then pings that did not come back may be waiting.
    pub reliable: bool,
    /// Bytes of each.
    pub message_bytes: usize,
}

impl ChannelFacts {
    /// Of the pings that were sent, how many were not back at the end; in percent.
    pub fn lost_pct(&self) -> Option<f64> {
        percent(self.pings.saturating_sub(self.answered).into(), self.pings.into())
    }
}

/// Filling the data channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct ThroughputFacts {
    /// Bits a second that arrived.
    pub bps: Option<u64>,
    /// Bytes that were handed in.
    pub sent_bytes: u64,
    /// Bytes that arrived.
    pub received_bytes: u64,
}

/// What was done to one direction.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ImpairmentFacts {
    /// Who sends that way.
    pub from: End,
    /// What was to be done.
    pub asked: String,
    /// Packets of media that were dropped; the reported loss is to be the same.
    pub media_dropped: u64,
    /// What was done, flow by flow.
    pub flows: Vec<FlowFacts>,
}

/// What was done to one flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct FlowFacts {
    /// `audio`, `video`, `retransmission`, `stun`, `dtls`, `rtcp`.
    pub flow: &'static str,
    /// Packets that were sent.
    pub packets: u64,
    /// Packets that were dropped.
    pub dropped: u64,
    /// Which of them, counted from 0; the first thousand.
    pub dropped_numbers: Vec<u64>,
    /// Copies that were made.
    pub duplicated: u64,
    /// Packets put behind the next.
    pub reordered: u64,
}

/// Raw datagrams through the same loop over the same interface, with nothing on top.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct FloorFacts {
    /// There and back by the loop that the call has, as often as its pings.
    pub rtt: Option<Distribution>,
    /// The middle of the call's round trips over the middle of these.
    pub ratio: Option<f64>,
    /// There and back within one thread, each as soon as the last is over: the processor does nothing else.
    pub back_to_back: Option<Distribution>,
    /// The middle of the call's round trips over the middle of these.
    pub back_to_back_ratio: Option<f64>,
    /// There and back between two threads that wait for each other, as two programs do.
    pub woken: Option<Distribution>,
    /// The middle of the call's round trips over the middle of these.
    pub woken_ratio: Option<f64>,
}

/// What it took of the machine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Cost {
    /// Of one processor, both ends together, while calls were under way; in percent.
    pub cpu_pct: Option<f64>,
    /// The process's largest resident set.
    pub peak_memory_bytes: Option<u64>,
}

impl PathFacts {
    /// The path's name, and how its relay was reached.
    pub fn called(&self) -> String {
        self.transport
            .map_or_else(|| self.name.clone(), |transport| format!("{} over {transport}", self.name))
    }
}

/// Numbers of dropped packets that are told.
const MOST_NUMBERS: usize = 1000;
/// With more loss than that, in percent, a delay is not rated.
const MOST_LOSS: f64 = 5.0;

impl Call {
    /// What it came to. `name` is the path's.
    pub fn facts(&self, name: &str, transport: Option<&'static str>) -> PathFacts {
        let phases = self.phases.facts();
        let media: Vec<MediaFacts> = End::BOTH.into_iter().flat_map(|end| self.media_from(end)).collect();
        let (lost, known) = media.iter().fold((0, 0), |(lost, known), stream| {
            (lost + stream.lost, known + stream.sent - stream.under_way)
        });
        let one_way = self.one_way();
        let failure = self.failure.as_ref().map(|(phase, reason)| failure(*phase, reason));
        let impaired = self.links.iter().any(Option::is_some);
        let works = failure.is_none() && self.phases.at(Phase::ChannelOpen).is_some();
        let setup = phases.iter().map(|phase| phase.at_ms).reduce(f64::max).filter(|_| works);
        let loss = percent(lost, known);
        // Who hears a part only is not helped by its being soon there.
        let pair = self.pair();
        let leaves = pair.as_ref().is_some_and(|pair| pair.relayed);
        let is_rated = (leaves || impaired) && works && loss.is_none_or(|loss| loss <= MOST_LOSS);
        PathFacts {
            name: name.to_owned(),
            transport,
            start_unix_s: None,
            works,
            failure,
            setup_ms: setup,
            cut_off_ms: self.cut_off.map(milliseconds),
            phases,
            relays: Vec::new(),
            pair,
            dtls: DtlsFacts { retransmits: self.flights.retransmits, flights: self.flights.flights.clone() },
            rtt: RoundTrips {
                channel: self.pings.as_ref().and_then(|pings| pings.round_trips.distribution()),
                rtcp: merged(self.sides.iter().map(|side| &side.rtcp)),
                stun: merged(self.sides.iter().map(|side| &side.stun)),
            },
            loss_pct: loss,
            jitter_ms: media.iter().filter_map(|stream| stream.jitter_ms).reduce(f64::max),
            bitrate_bps: media.iter().filter_map(|stream| stream.bitrate_bps).reduce(|a, b| a + b),
            sent_late_ms: milliseconds(self.late),
            lost_here: 0,
            rating: one_way.slower().filter(|_| is_rated).map(|(_, delay)| rate(delay.median_ms)),
            one_way,
            media,
            series: self.over_time(),
            channel: self.pings.as_ref().map_or_else(ChannelFacts::default, |pings| ChannelFacts {
                pings_asked: self.scenario.load.pings,
                pings: pings.sent,
                answered: pings.received,
                reliable: self.scenario.channel.reliability == Reliability::Reliable,
                message_bytes: self.scenario.channel.message_size,
            }),
            throughput: self.bulk.as_ref().map(|bulk| ThroughputFacts {
                bps: bulk.bps(),
                sent_bytes: bulk.sent_bytes,
                received_bytes: bulk.received_bytes,
            }),
            impairment: End::BOTH.into_iter().filter_map(|end| self.impairment(end)).collect(),
            pairs: None,
        }
    }

    fn media_from(&self, end: End) -> Vec<MediaFacts> {
        let (sender, receiver) = (&self.sides[end as usize], &self.sides[end.other() as usize]);
        let of = |stream: &super::arrivals::Stream| {
            let (kind, sent) = (stream.kind, sender.peer.sent(stream.kind).0);
            let sides = [sender, receiver].map(|side| side.counts.iter().find(|counts| counts.kind == kind));
            let received = stream.received();
            let held = self.links[end as usize].as_ref();
            let under_way = held.map_or(0, |link| link.under_way(Flow::Rtp(stream.ssrc()))).min(sent);
            let refused = stream.refused();
            let lost = (sent - under_way).saturating_sub(received - refused);
            let took = stream.first_at.zip(stream.last_at).map(|(first, last)| seconds(first, last));
            MediaFacts {
                from: end,
                kind,
                ssrc: stream.ssrc(),
                sent,
                received,
                under_way,
                refused,
                lost,
                loss_pct: percent(lost, sent - under_way),
                reordered: stream.reordered(),
                duplicates: stream.duplicates(),
                jitter_ms: stream.jitter().map(milliseconds),
                bitrate_bps: took
                    .filter(|took| *took > 0.0)
                    .map(|took| (stream.payload_bytes as f64 * 8.0 / took) as u64),
                nacks_sent: sides[1].map_or(0, |counts| counts.nacks_sent),
                nacks_received: sides[0].map_or(0, |counts| counts.nacks_received),
                retransmissions: stream.retransmissions,
                repaired: stream.repaired,
                key_frames_requested: sides[1].map_or(0, |counts| counts.key_frames_requested),
                one_way: stream.one_way.distribution(),
            }
        };
        receiver.streams.iter().map(of).collect()
    }

    fn one_way(&self) -> OneWay {
        OneWay::of(&Delays::of(self))
    }

    fn pair(&self) -> Option<PairFacts> {
        let candidate = |end: End| {
            let side = &self.sides[end as usize];
            let (own, _) = side.pair?;
            let known = side.candidates.iter().find(|(_, address)| *address == own);
            let kind = match known?.0 {
                CandidateKind::Host => "host",
                CandidateKind::Relay => "relay",
            };
            Some(CandidateFacts { kind, address: own })
        };
        let (caller, callee) = (candidate(End::Caller)?, candidate(End::Callee)?);
        let relayed = caller.kind == "relay" && callee.kind == "relay";
        Some(PairFacts { caller, callee, relayed })
    }

    fn impairment(&self, end: End) -> Option<ImpairmentFacts> {
        let link = self.links[end as usize].as_ref()?;
        let streams = &self.sides[end.other() as usize].streams;
        let kind = |flow: Flow| match flow {
            Flow::Rtp(ssrc) => {
                let stream = streams.iter().find(|stream| stream.ssrc() == ssrc);
                stream.map_or("retransmission", |stream| stream.kind.name())
            }
            Flow::Stun => "stun",
            Flow::Dtls => "dtls",
            Flow::Rtcp => "rtcp",
            Flow::Other => "other",
        };
        let facts = |log: &FlowLog| FlowFacts {
            flow: kind(log.flow),
            packets: log.packets,
            dropped: log.dropped.len() as u64,
            dropped_numbers: log.dropped.iter().copied().take(MOST_NUMBERS).collect(),
            duplicated: log.duplicated,
            reordered: log.reordered,
        };
        let flows: Vec<FlowFacts> = link.log().map(facts).collect();
        let media = flows.iter().filter(|flow| matches!(flow.flow, "audio" | "video"));
        let media_dropped = media.map(|flow| flow.dropped).sum();
        Some(ImpairmentFacts { from: end, asked: Link::impairment(link).to_string(), media_dropped, flows })
    }
}

fn failure(phase: Phase, reason: &str) -> Failure {
    // Those of a relay have a name of their own in front, and so has the end of a path.
    match reason.split_once(": ") {
        Some((name, reason)) if name.starts_with("turn-") || name == "path" => {
            Failure { phase: name.to_owned(), reason: reason.to_owned() }
        }
        _ => Failure { phase: phase.failure().to_owned(), reason: reason.to_owned() },
    }
}

/// One-way delays by sender and kind of media.
#[derive(Debug, Default)]
pub(super) struct Delays(Vec<(End, Kind, Rolling)>);

impl Delays {
    pub(super) fn of(call: &Call) -> Self {
        let of = |end: End| {
            let streams = call.sides[end.other() as usize].streams.iter();
            streams.map(move |stream| (end, stream.kind, stream.one_way.clone()))
        };
        Self(End::BOTH.into_iter().flat_map(of).collect())
    }

    /// Takes what another has.
    pub(super) fn merge(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }
}

impl OneWay {
    pub(super) fn of(Delays(delays): &Delays) -> Self {
        let of = |wanted: &dyn Fn(End, Kind) -> bool| {
            merged(delays.iter().filter(|(end, kind, _)| wanted(*end, *kind)).map(|(.., delay)| delay))
        };
        Self {
            all: of(&|_, _| true),
            audio: of(&|_, kind| kind == Kind::Audio),
            video: of(&|_, kind| kind == Kind::Video),
            from_caller: of(&|end, _| end == End::Caller),
            from_callee: of(&|end, _| end == End::Callee),
        }
    }
}

pub(super) fn merged<'a>(parts: impl Iterator<Item = &'a Rolling>) -> Option<Distribution> {
    let mut whole = Rolling::default();
    parts.for_each(|part| whole.merge(part));
    whole.distribution()
}

pub(super) fn percent(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| (part as f64 / whole as f64 * 1e5).round() / 1e3)
}

fn seconds(first: Instant, last: Instant) -> f64 {
    last.saturating_duration_since(first).max(Duration::from_nanos(0)).as_secs_f64()
}
