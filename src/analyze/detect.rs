//! Which packets that look like RTP are a stream, and which are noise that only looks like it.
//!
//! Where something says that media flows here (STUN, DTLS, TURN, a description), two packets with numbers that follow
//! suffice. Where nothing does, ten must behave as a stream would. What is refused is counted with the reason.

use std::collections::BTreeMap;
use std::hash::BuildHasher as _;

use foldhash::HashMap;

use super::leg::Leg;
use super::stream::Sample;

/// Packets that a stream without any context must show.
const FEWEST: usize = 10;
/// Of ten packets, so many may have a number far from the one before.
const MOST_FAR: usize = FEWEST / 10;
/// Numbers are near up to here, without a context and with one.
const NEAR: i32 = 100;
const NEXT: std::ops::RangeInclusive<i32> = 1..=50;
/// Payload types that one stream has, at most, while it is watched.
const MOST_TYPES: usize = 4;
/// Sources watched at the same time. A capture with more is one of noise: the oldest is given up.
const MOST_WATCHED: usize = 4096;
/// Sources whose refusal is remembered.
const MOST_REFUSED: usize = 1 << 16;
/// Protocols that are no RTP whatever their bytes look like: DNS, NetBIOS, SNMP, mDNS, LLMNR.
const NEVER: [u16; 6] = [53, 137, 138, 161, 5353, 5355];

/// Whether media may go here at all, by its ports.
pub(super) fn may_be_media(leg: Leg) -> bool {
    !is_never(leg.src.port(), leg.dst.port())
}

fn is_never(src: u16, dst: u16) -> bool {
    NEVER.contains(&src) || NEVER.contains(&dst)
}

/// Why packets that look like RTP are not counted as a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// Another protocol has one of the ports.
    Port,
    /// The source is 0, and nothing says that media flows here.
    SourceZero,
    /// Payload types that RTP must not have beside RTCP (RFC 5761 §4), or more of them than a stream has.
    PayloadTypes,
    /// Numbers that do not follow one another.
    Numbers,
    /// Too few to tell.
    TooFew,
    /// Too many sources to watch them all.
    TooMany,
    /// Bytes that no RTP header can have.
    Malformed,
    /// The first bytes of RTCP, and nothing of it behind them.
    NoRtcp,
}

impl Refusal {
    /// The word for it in JSON and tables.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Port => "port_of_another_protocol",
            Self::SourceZero => "ssrc_0_without_context",
            Self::PayloadTypes => "payload_types",
            Self::Numbers => "sequence_numbers",
            Self::TooFew => "too_few_packets",
            Self::TooMany => "too_many_sources",
            Self::Malformed => "malformed_header",
            Self::NoRtcp => "no_rtcp",
        }
    }
}

/// What is known of the leg that a packet was on.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings {
    /// Something says that media flows here.
    pub context: bool,
    /// The ports of the outer datagram.
    pub ports: (u16, u16),
}

/// What becomes of a packet.
#[derive(Debug)]
pub enum Verdict {
    /// Nothing can be said yet.
    Watching,
    /// It and those before it are a stream: all of them, in order of arrival.
    Stream(Vec<Sample>),
    /// It is none.
    Refused,
}

/// The sources that are watched, and those that were refused.
#[derive(Debug, Default)]
pub struct Detector {
    watched: HashMap<(Leg, u32), Watch>,
    /// The order in which they came; those that are gone are passed over.
    order: std::collections::VecDeque<(Leg, u32)>,
    /// By a number that stands for leg and source: there may be many, and most are noise.
    refused: HashMap<u64, Refusal>,
    numbers: foldhash::quality::RandomState,
    not_counted: BTreeMap<Refusal, NotCounted>,
}

/// What was refused for one reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct NotCounted {
    /// Packets that look like RTP.
    pub packets: u64,
    /// Sources on legs.
    pub sources: u64,
}

#[derive(Debug, Default)]
struct Watch {
    samples: Vec<Sample>,
    far: usize,
    next: bool,
}

impl Detector {
    /// Takes a packet of a source that is no stream so far.
    pub fn packet(&mut self, leg: Leg, ssrc: u32, sample: Sample, around: Surroundings) -> Verdict {
        let key = (leg, ssrc);
        if let Some(reason) = self.refused.get(&self.numbers.hash_one(key)) {
            self.not_counted.entry(*reason).or_default().packets += 1;
            return Verdict::Refused;
        }
        let never = is_never(around.ports.0, around.ports.1);
        let reason = match () {
            () if never && !around.context => Some(Refusal::Port),
            () if ssrc == 0 && !around.context => Some(Refusal::SourceZero),
            () if (64..96).contains(&sample.payload_type) => Some(Refusal::PayloadTypes),
            () => None,
        };
        if let Some(reason) = reason {
            return self.refuse(key, 1, reason);
        }
        if !self.watched.contains_key(&key) {
            self.make_room();
            self.order.push_back(key);
        }
        let watch = self.watched.entry(key).or_default();
        watch.add(sample);
        match watch.judge(around.context) {
            None => Verdict::Watching,
            Some(Ok(())) => Verdict::Stream(self.take(key)),
            Some(Err(reason)) => {
                let packets = self.take(key).len() as u64;
                self.refuse(key, packets, reason)
            }
        }
    }

    /// A packet that looks like RTCP at first sight, and is none.
    pub fn no_rtcp(&mut self) {
        self.not_counted.entry(Refusal::NoRtcp).or_default().packets += 1;
    }

    /// A packet whose header cannot be one.
    pub fn malformed(&mut self) {
        self.not_counted.entry(Refusal::Malformed).or_default().packets += 1;
    }

    /// Judges what is still watched by what is known of its leg at the end. Streams are handed to `stream`.
    pub fn finish(&mut self, context: impl Fn(&Leg) -> bool, mut stream: impl FnMut(Leg, u32, Vec<Sample>)) {
        let mut left: Vec<_> = std::mem::take(&mut self.watched).into_iter().collect();
        left.sort_by_key(|((leg, ssrc), _)| (*leg, *ssrc));
        for ((leg, ssrc), watch) in left {
            match context(&leg) && watch.next {
                true => stream(leg, ssrc, watch.samples),
                false => {
                    self.refuse((leg, ssrc), watch.samples.len() as u64, Refusal::TooFew);
                }
            }
        }
    }

    /// Packets and sources that were refused, by reason.
    #[must_use]
    pub fn not_counted(&self) -> &BTreeMap<Refusal, NotCounted> {
        &self.not_counted
    }

    fn make_room(&mut self) {
        while self.watched.len() >= MOST_WATCHED
            && let Some(oldest) = self.order.pop_front()
        {
            if let Some(watch) = self.watched.remove(&oldest) {
                let counted = self.not_counted.entry(Refusal::TooMany).or_default();
                counted.packets += watch.samples.len() as u64;
                counted.sources += 1;
            }
        }
        // Those that became streams left their names behind.
        if self.order.len() > 2 * MOST_WATCHED {
            self.order.retain(|key| self.watched.contains_key(key));
        }
    }

    fn take(&mut self, key: (Leg, u32)) -> Vec<Sample> {
        self.watched.remove(&key).map(|watch| watch.samples).unwrap_or_default()
    }

    fn refuse(&mut self, key: (Leg, u32), packets: u64, reason: Refusal) -> Verdict {
        let counted = self.not_counted.entry(reason).or_default();
        counted.packets += packets;
        counted.sources += 1;
        if self.refused.len() < MOST_REFUSED {
            self.refused.insert(self.numbers.hash_one(key), reason);
        }
        Verdict::Refused
    }
}

impl Watch {
    fn add(&mut self, sample: Sample) {
        if let Some(last) = self.samples.last() {
            let step = i32::from(sample.sequence.wrapping_sub(last.sequence) as i16);
            self.far += usize::from(step.abs() > NEAR);
            self.next |= NEXT.contains(&step);
        }
        self.samples.push(sample);
    }

    /// Whether it is a stream, or none; `None` as long as that cannot be told.
    fn judge(&self, context: bool) -> Option<Result<(), Refusal>> {
        let mut types: Vec<u8> = self.samples.iter().map(|sample| sample.payload_type).collect();
        types.sort_unstable();
        types.dedup();
        if context && self.next {
            return Some(Ok(()));
        }
        if self.samples.len() < FEWEST {
            return None;
        }
        let timestamps = self.samples.windows(2).any(|two| two[0].timestamp != two[1].timestamp);
        match () {
            () if types.len() > MOST_TYPES => Some(Err(Refusal::PayloadTypes)),
            () if self.far > MOST_FAR => Some(Err(Refusal::Numbers)),
            // One frame in many packets: its timestamp is the same up to its end.
            () if !timestamps && self.samples.len() < 64 => None,
            () if !timestamps || !self.next => Some(Err(Refusal::Numbers)),
            () => Some(Ok(())),
        }
    }
}
