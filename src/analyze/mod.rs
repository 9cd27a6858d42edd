//! What a capture shows of a call: streams, reports, transport, and what is wrong with them.
//!
//! Sans-IO: datagrams come in with their times, facts come out. Each datagram is told apart by its first bytes
//! ([`demux`]); what goes from one address to another is a [`leg`]; what is below the media, its relays, checks and
//! handshakes, is read by [`transport`], of TCP after [`tcp`] has put it in order; what looks like RTP is watched until
//! it is a [`stream`] or none ([`detect`]). Memory is bounded by the number of streams, not by the length of the capture.

mod association;
pub mod calls;
pub mod decryption;
pub mod demux;
pub mod detect;
pub mod diff;
pub mod dtls;
pub mod event;
mod exchange;
pub mod facts;
pub mod ice;
pub mod leg;
pub mod limits;
pub mod listing;
pub mod live;
pub mod media;
pub mod payloads;
pub mod quality;
pub mod reports;
pub mod rules;
pub mod side;
mod signalling;
pub mod spread;
pub mod stream;
pub mod summary;
pub mod tcp;
pub mod timeline;
pub mod transport;
pub mod turn;

use std::collections::HashSet;

use crate::capture::{Datagram, Frame, Time, Transport as Carried};
use crate::srtp::KeyFile;
use crate::{rtcp, rtp};
use decryption::Decryption;
use demux::{Class, class};
use detect::{Detector, Surroundings, Verdict};
use event::{Event, Heard, What};
use leg::{Leg, LegId, Legs, Via};
use media::Repair;
use payloads::{Payloads, Repaired};
use reports::Reports;
use stream::{Sample, Stream};
use transport::{Inner, Transport};

/// Streams kept. Beyond, their packets are counted and no more.
const MOST_STREAMS: usize = 1 << 14;
/// Packets of a stream whose header extensions are looked into.
const EXTENSIONS_OF: u64 = 200;

/// How to look at a capture.
#[derive(Debug, Default)]
pub struct Settings {
    /// What descriptions say.
    pub payloads: Payloads,
    /// What opens SRTP.
    pub keys: KeyFile,
    /// The length of a row over time, in nanoseconds; a second where it is 0.
    pub interval_ns: i64,
    /// From when to when RTP and RTCP count; what is below them is read from the beginning on.
    pub window: Window,
    /// Whether to tell what each payload is, by [`Analysis::events`].
    pub tells: bool,
    /// The streams that there are, where an earlier look has found them; nothing else is one.
    pub known: Option<HashSet<(Leg, u32)>>,
}

/// A part of a capture, in nanoseconds since its first packet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Window {
    /// Nothing before.
    pub from_ns: Option<i64>,
    /// Nothing behind.
    pub to_ns: Option<i64>,
}

impl Window {
    /// Whether a moment is in it.
    #[must_use]
    pub fn has(&self, since_start_ns: i64) -> bool {
        self.from_ns.is_none_or(|from| since_start_ns >= from)
            && self.to_ns.is_none_or(|to| since_start_ns <= to)
    }

    /// Whether it is all.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        *self == Self::default()
    }
}

/// What is known of a leg besides its addresses.
#[derive(Debug, Clone, Default)]
struct LegState {
    /// Something says that media flows here, or on the way back.
    context: bool,
    /// The side that sends, where checks of ICE went over it: it may be left for another pair.
    checked: Option<ice::End>,
    /// DTLS was seen, here or on the way back: what follows is SRTP.
    dtls: bool,
    /// What there is, by source. A leg has few.
    streams: Vec<(u32, usize)>,
}

/// A stream, and what it has to do with others.
#[derive(Debug)]
struct Kept {
    leg: LegId,
    ssrc: u32,
    stream: Stream,
    repair: Repair,
}

/// Takes the datagrams of a capture, in order.
#[derive(Debug)]
pub struct Analysis {
    settings: Settings,
    legs: Legs,
    states: Vec<LegState>,
    detector: Detector,
    reports: Reports,
    tcp: tcp::Streams,
    transport: Transport,
    calls: calls::Calls,
    decryption: Decryption,
    streams: Vec<Kept>,
    events: Vec<Event>,
    classes: facts::Classes,
    start: Option<Time>,
    end: Time,
    bounds: (Time, Time),
    clock_steps: u64,
    clock_step: Option<ClockStep>,
    not_kept: u64,
}

/// The clock of the capture went back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockStep {
    /// The time of the packet before.
    pub before: Time,
    /// The time of the packet in which it showed.
    pub after: Time,
    /// That packet, or the next one that carries something; `None` where none does.
    pub frame: Option<Frame>,
}

/// One stream of a finished analysis.
#[derive(Debug)]
pub struct Found<'a> {
    /// Where it went.
    pub leg: &'a Leg,
    /// Its source.
    pub ssrc: u32,
    /// What was counted.
    pub stream: &'a Stream,
    /// Whether its payload is encrypted, as far as that is known.
    pub encrypted: Option<bool>,
}

impl Analysis {
    /// Begins.
    #[must_use]
    pub fn new(mut settings: Settings) -> Self {
        if settings.interval_ns <= 0 {
            settings.interval_ns = 1_000_000_000;
        }
        let decryption = Decryption::new(std::mem::take(&mut settings.keys));
        Self {
            settings,
            legs: Legs::default(),
            states: Vec::new(),
            detector: Detector::default(),
            reports: Reports::default(),
            tcp: tcp::Streams::default(),
            calls: calls::Calls::default(),
            transport: Transport::default(),
            decryption,
            streams: Vec::new(),
            events: Vec::new(),
            classes: facts::Classes::default(),
            start: None,
            end: Time::default(),
            bounds: (Time(i64::MAX), Time(i64::MIN)),
            clock_steps: 0,
            clock_step: None,
            not_kept: 0,
        }
    }

    /// The time of a packet, whatever it holds: the capture begins with the first.
    pub fn time(&mut self, at: Time) {
        /// A clock that goes back by less is several interfaces whose packets were sorted late.
        const STEP_NS: i64 = 100_000_000;
        if self.start.is_none() {
            self.start = Some(at);
        } else if self.end.since(at) > STEP_NS {
            self.clock_steps += 1;
            self.clock_step.get_or_insert(ClockStep { before: self.end, after: at, frame: None });
        }
        self.end = at;
        self.bounds = (self.bounds.0.min(at), self.bounds.1.max(at));
    }

    /// Takes keys that stand in the capture itself: a log of TLS keys.
    pub fn keys(&mut self, log: &str) {
        self.decryption.read(log);
    }

    /// Takes the next datagram.
    pub fn datagram(&mut self, datagram: &Datagram<'_>) {
        let leg = Leg { src: datagram.src, dst: datagram.dst, carrier: datagram.transport.into(), via: None };
        let (at, frame, payload) = (datagram.at, datagram.frame, datagram.payload);
        if let Some(step) = self.clock_step.as_mut().filter(|step| step.frame.is_none()) {
            step.frame = Some(frame);
        }
        if let Carried::Tcp(tcp) = datagram.transport {
            // Taken out, for what comes out of it goes into the rest.
            let mut streams = std::mem::take(&mut self.tcp);
            streams
                .segment(leg, at, frame, &tcp, payload, datagram.cut, &mut |message| self.message(&message));
            self.tcp = streams;
        } else {
            self.payload(leg, at, frame, payload, datagram.length());
        }
    }

    /// Takes a message that was sent over TCP.
    fn message(&mut self, message: &tcp::Message<'_>) {
        match message.framing {
            tcp::Framing::Sip => self.signalling(&message.leg, message.at, message.frame, message.payload),
            _ => self.payload(message.leg, message.at, message.frame, message.payload, message.length),
        }
    }

    /// What a message of SIP describes is known from now on, and of what came shortly before.
    fn signalling(&mut self, leg: &Leg, at: Time, frame: Frame, message: &[u8]) {
        self.calls.message(leg, at, frame, message);
        for description in signalling::descriptions(message) {
            self.settings.payloads.describe(&description);
        }
    }

    fn payload(&mut self, leg: Leg, at: Time, frame: Frame, payload: &[u8], length: usize) {
        if payload.is_empty() {
            return;
        }
        let inner = match class(payload, length) {
            // Most packets; nothing is around them.
            class @ (Class::Rtp | Class::Rtcp) => Inner { leg, class, payload, length, peer: None },
            _ => self.transport.payload(leg, at, frame, payload, length, self.decryption.keys()),
        };
        if let Some(via) = inner.leg.via {
            self.classes.count(match via {
                Via::Channel(number) => Class::Channel(number),
                Via::Indication(_) => Class::Stun,
            });
        }
        self.classes.count(inner.class);
        if inner.class == Class::Other && signalling::start(inner.payload) == signalling::Start::Here {
            self.signalling(&inner.leg, at, frame, inner.payload);
        }
        if self.settings.tells {
            self.tell(&inner, at, frame);
        }
        if matches!(inner.class, Class::Channel(_) | Class::Zrtp | Class::Sctp | Class::Other)
            || inner.payload.is_empty()
        {
            return;
        }
        let path = self.path(&inner);
        match inner.class {
            Class::Rtp => self.rtp(path, at, frame, inner.payload, inner.length),
            Class::Rtcp => self.rtcp(path, at, frame, inner.payload, inner.length),
            Class::Stun => self.context(path, false),
            Class::Dtls => self.context(path, true),
            Class::Channel(_) | Class::Zrtp | Class::Sctp | Class::Other => {}
        }
    }

    fn tell(&mut self, inner: &Inner<'_>, at: Time, frame: Frame) {
        if let Some(what) = event::below(inner).filter(|_| self.within(at)) {
            self.events.push(Event { at, frame, leg: self.path(inner), length: inner.length, what });
        }
    }

    fn within(&self, at: Time) -> bool {
        self.settings.window.is_whole()
            || self.start.is_none_or(|start| self.settings.window.has(at.since(start)))
    }

    /// What came since this was asked last, in order, for [`Settings::tells`]; `into` is emptied before.
    pub fn events(&mut self, into: &mut Vec<Event>) {
        into.clear();
        std::mem::swap(&mut self.events, into);
    }

    /// Under which a leg is known: by the peer behind a relay, but where its channel was met before its peer was known.
    fn path(&self, inner: &Inner<'_>) -> Leg {
        match inner.leg.via {
            Some(Via::Channel(_)) if self.legs.find(&inner.leg).is_some() => inner.leg,
            _ => inner.path(),
        }
    }

    fn rtcp(&mut self, leg: Leg, at: Time, frame: Frame, payload: &[u8], length: usize) {
        let id = self.expected(leg);
        let state = id.map(|id| &self.states[id.index()]);
        let plain = state.is_none_or(|state| !state.dtls) && rtcp::looks_plain(payload, length);
        let media =
            state.is_some_and(|state| state.context || !state.streams.is_empty()) || leg.via.is_some();
        // Without a word of media, and no RTCP through and through, it is something else.
        if !detect::may_be_media(leg) || !(plain || media) {
            self.detector.no_rtcp();
            return;
        }
        let Some(id) = id.or_else(|| self.leg(leg)) else {
            self.not_kept += 1;
            return;
        };
        let opened = match plain {
            true => None,
            false => self.decryption.rtcp(&leg, &self.transport.dtls, payload),
        };
        if !self.within(at) {
            return;
        }
        let encrypted = opened.is_none() && !plain;
        let (payload, length) = opened.as_ref().map_or((payload, length), |opened| (opened, opened.len()));
        self.reports.compound(at, frame, id, payload, length, encrypted);
        if self.settings.tells {
            let what = What::Rtcp { payload: payload.to_vec(), length, encrypted };
            self.events.push(Event { at, frame, leg, length, what });
        }
    }

    fn rtp(&mut self, leg: Leg, at: Time, frame: Frame, payload: &[u8], length: usize) {
        let Ok(packet) = rtp::Packet::read(payload, length) else {
            self.detector.malformed();
            return;
        };
        let mut sample = Sample::new(at, frame, &packet);
        let id = self.expected(leg);
        let mut is_open = id.is_none_or(|id| !self.states[id.index()].dtls);
        if self.decryption.has_keys()
            && let Some(opened) = self.decryption.rtp(&leg, &self.transport.dtls, payload)
            && let Ok(opened) = rtp::Packet::read(&opened, opened.len())
        {
            sample.open(&opened);
            is_open = true;
        }
        if !self.within(at) {
            return;
        }
        let ssrc = packet.ssrc();
        let state = id.map(|id| (id, &self.states[id.index()]));
        if let Some((id, state)) = state
            && let Some((_, place)) = state.streams.iter().find(|(source, _)| *source == ssrc)
        {
            let place = *place;
            let kept = &mut self.streams[place];
            match self.settings.tells {
                true => self.events.push(Heard::take(&mut kept.stream, ssrc, &sample, Some(&packet)).on(leg)),
                false => drop(kept.stream.packet(&sample)),
            }
            if let Some(end) = state.checked {
                self.transport.ice.media(end, at, frame);
            }
            if kept.stream.sequence().packets() < EXTENSIONS_OF {
                kept.stream.learn(&packet);
            }
            if state.streams.len() > 1 && kept.repair.is_open() {
                self.repair(id, place, &sample, is_open);
            }
            return;
        }
        if let Some(known) = &self.settings.known {
            if known.contains(&(leg, ssrc)) {
                self.begin(leg, ssrc, &[sample], Some(&packet));
            }
            return;
        }
        let context = state.is_some_and(|(_, state)| state.context) || leg.via.is_some();
        let around = Surroundings { context, ports: (leg.src.port(), leg.dst.port()) };
        if let Verdict::Stream(samples) = self.detector.packet(leg, ssrc, sample, around) {
            self.begin(leg, ssrc, &samples, None);
        }
    }

    /// Whether a packet is one of another stream, sent again.
    fn repair(&mut self, id: LegId, place: usize, sample: &Sample, is_open: bool) {
        let number = |sample: &Sample| {
            let &[high, low] = sample.head().first_chunk()?;
            Some(u16::from_be_bytes([high, low]))
        };
        let mut repair = std::mem::take(&mut self.streams[place].repair);
        let others = self.states[id.index()].streams.iter().filter(|(_, other)| *other != place);
        let others = others.map(|(_, other)| (*other, &self.streams[*other].stream));
        repair.look(sample, number(sample).filter(|_| is_open), others);
        repair.keep(sample, is_open);
        if let Some(primary) = repair.primary() {
            for (sample, is_open) in repair.pending() {
                let primary = &mut self.streams[primary];
                let original = number(&sample).filter(|_| is_open);
                if let Some(original) = original {
                    let was_missing = primary.stream.sequence().is_missing(original);
                    repair.read(&sample, was_missing, self.reports.asked(primary.ssrc, original));
                }
                if original.is_some() || !(is_open || sample.padding) {
                    primary.stream.repaired(original, sample.timestamp);
                }
            }
        }
        self.streams[place].repair = repair;
    }

    fn begin(&mut self, leg: Leg, ssrc: u32, samples: &[Sample], packet: Option<&rtp::Packet<'_>>) {
        let Some((first, others)) = samples.split_first() else { return };
        let room = self.streams.len() < MOST_STREAMS;
        let Some(id) = self.leg(leg).filter(|_| room) else {
            self.not_kept += samples.len() as u64;
            return;
        };
        let known = self.settings.payloads.clock(first.payload_type, ssrc, leg.src, leg.dst);
        let rate = known.map(|(rate, _)| rate);
        let start = self.start.unwrap_or(first.at);
        let mut stream = Stream::new(*first, start, self.settings.interval_ns, rate);
        let state = &mut self.states[id.index()];
        if let Some(number) = self.settings.payloads.red(ssrc, leg.src, leg.dst).filter(|_| !state.dtls) {
            stream.expect_red(number);
        }
        if self.settings.tells {
            self.events.push(Heard::first(&stream, ssrc, first, packet).on(leg));
        }
        for sample in others {
            match self.settings.tells {
                true => self.events.push(Heard::take(&mut stream, ssrc, sample, None).on(leg)),
                false => drop(stream.packet(sample)),
            }
        }
        let place = self.streams.len();
        let mut repair = Repair::default();
        let payload = self.settings.payloads.payload(first.payload_type, ssrc, leg.src, leg.dst);
        repair.associate(payload.and_then(|(payload, _)| payload.associated));
        for (other, with) in self.settings.payloads.repaired(ssrc) {
            if let Some((_, at)) = state.streams.iter().find(|(source, _)| *source == with) {
                match other {
                    Repaired::By => self.streams[*at].repair.state(place),
                    Repaired::Of => repair.state(*at),
                }
            }
        }
        state.streams.push((ssrc, place));
        self.streams.push(Kept { leg: id, ssrc, stream, repair });
        // Those that came before it was known to be a stream count as well.
        let is_plain = !self.states[id.index()].dtls;
        for (n, sample) in samples.iter().enumerate() {
            let is_open = is_plain || sample.is_opened();
            match n {
                0 => self.streams[place].repair.keep(sample, is_open),
                _ => self.repair(id, place, sample, is_open),
            }
        }
    }

    /// The place of a leg on which media may go. Noise gets none: there is more of it than there are calls.
    fn expected(&mut self, leg: Leg) -> Option<LegId> {
        match self.legs.find(&leg) {
            None if leg.via.is_some() || self.begun(&leg).context => self.leg(leg),
            known => known,
        }
    }

    fn leg(&mut self, leg: Leg) -> Option<LegId> {
        if let Some(id) = self.legs.find(&leg) {
            return Some(id);
        }
        let state = self.begun(&leg);
        let id = self.legs.id(leg)?;
        self.states.push(state);
        Some(id)
    }

    /// What is known of a leg when it is met.
    fn begun(&self, leg: &Leg) -> LegState {
        let described = self.settings.payloads.names(leg.dst) || self.settings.payloads.names(leg.src);
        let mut state = LegState { context: described, ..LegState::default() };
        if let Some(back) = self.legs.find(&leg.reverse()) {
            let back = &self.states[back.index()];
            state.context |= back.context;
            state.dtls = back.dtls;
            state.checked = back.checked.and_then(|_| self.transport.ice.end(leg));
        }
        state
    }

    /// Something on a leg says that media flows there, both ways.
    fn context(&mut self, leg: Leg, dtls: bool) {
        if self.leg(leg).is_none() {
            self.not_kept += 1;
        }
        for way in [leg, leg.reverse()] {
            if let Some(id) = self.legs.find(&way) {
                let state = &mut self.states[id.index()];
                state.context = true;
                state.dtls |= dtls;
                state.checked = state.checked.or_else(|| self.transport.ice.end(&way));
            }
        }
    }

    /// Nothing more comes: decides what is open.
    pub fn finish(&mut self) {
        let mut streams = std::mem::take(&mut self.tcp);
        streams.finish(&mut |message| self.message(&message));
        self.tcp = streams;
        let mut late = Vec::new();
        let mut detector = std::mem::take(&mut self.detector);
        let context = |leg: &Leg| {
            let known = self.legs.find(leg).is_some_and(|id| self.states[id.index()].context);
            known || leg.via.is_some() || self.begun(leg).context
        };
        detector.finish(context, |leg, ssrc, samples| late.push((leg, ssrc, samples)));
        self.detector = detector;
        for (leg, ssrc, samples) in late {
            self.begin(leg, ssrc, &samples, None);
        }
        self.streams.iter_mut().for_each(|kept| kept.stream.finish());
        self.sort();
    }

    /// Puts the streams in order of appearance.
    fn sort(&mut self) {
        let mut order: Vec<usize> = (0..self.streams.len()).collect();
        order.sort_by_key(|place| {
            let Kept { leg, ssrc, stream, .. } = &self.streams[*place];
            (stream.first().at, stream.first().frame, *leg, *ssrc)
        });
        let mut places = vec![0; order.len()];
        order.iter().enumerate().for_each(|(now, before)| places[*before] = now);
        let streams = std::mem::take(&mut self.streams);
        let mut streams: Vec<_> = streams.into_iter().enumerate().collect();
        streams.sort_by_key(|(before, _)| places[*before]);
        self.streams = streams.into_iter().map(|(_, kept)| kept).collect();
        self.streams.iter_mut().for_each(|kept| kept.repair.moved(&places));
        self.states.iter_mut().flat_map(|state| &mut state.streams).for_each(|(_, at)| *at = places[*at]);
    }

    /// The streams, in order of appearance.
    pub fn streams(&self) -> impl Iterator<Item = Found<'_>> {
        self.streams.iter().map(|kept| {
            let state = &self.states[kept.leg.index()];
            let encrypted = state.dtls.then_some(true);
            Found { leg: self.legs.get(kept.leg), ssrc: kept.ssrc, stream: &kept.stream, encrypted }
        })
    }

    /// How fast the timestamps of a stream run, in Hz: as somebody says, or as they show.
    #[must_use]
    pub fn clock_rate(&self, found: &Found<'_>) -> Option<u32> {
        let types = found.stream.payload_types().iter();
        let main = types.max_by_key(|(number, of_type)| (of_type.packets, std::cmp::Reverse(**number)));
        let said = main.and_then(|(number, _)| {
            self.settings.payloads.clock(*number, found.ssrc, found.leg.src, found.leg.dst)
        });
        said.map(|(rate, _)| rate).or_else(|| found.stream.clock().rate())
    }

    /// The facts of each stream, in order of appearance.
    #[must_use]
    pub fn stream_facts(&self) -> Vec<facts::StreamFacts> {
        let each = (1..).zip(self.streams()).zip(media::roles(self));
        each.map(|((n, found), role)| facts::StreamFacts::of(format!("s{n}"), &found, role.repairs, self))
            .collect()
    }

    /// What is one flow from one sender; `streams` are the facts of all streams.
    #[must_use]
    pub fn media_facts(&self, streams: &[facts::StreamFacts]) -> Vec<media::MediaFacts> {
        media::join(self, &media::roles(self), streams)
    }

    /// How far audio is ahead of video; `streams` are the facts of all streams.
    #[must_use]
    pub fn sync_facts(&self, streams: &[facts::StreamFacts]) -> Vec<reports::Sync> {
        let media = self.streams.iter().zip(streams).filter_map(|(kept, facts)| {
            let medium = match facts.media.as_deref() {
                _ if facts.kind != facts::Kind::Primary => return None,
                Some("audio") => reports::Medium::Audio,
                Some("video") => reports::Medium::Video,
                _ => return None,
            };
            let (rate, points) = (facts.clock_rate?, kept.stream.points().to_vec());
            Some(reports::Media { leg: kept.leg, ssrc: kept.ssrc, medium, rate, points })
        });
        self.reports.sync(&media.collect::<Vec<_>>(), &self.legs)
    }

    /// Streams over time, with what receivers said of them.
    #[must_use]
    pub fn timeline(&self, streams: &[facts::StreamFacts]) -> timeline::Timeline {
        timeline::Timeline::of(self.streams().zip(streams), &self.reports, self.start.unwrap_or_default())
    }

    /// All that was reported; `streams` knows the clocks.
    #[must_use]
    pub fn report_facts(&self, streams: &[facts::StreamFacts]) -> reports::ReportFacts {
        let rates: std::collections::HashMap<&str, u32> =
            streams.iter().filter_map(|stream| Some((stream.ssrc.as_str(), stream.clock_rate?))).collect();
        let rate = |ssrc: u32| rates.get(facts::ssrc(ssrc).as_str()).copied();
        self.reports.finish(&self.legs, self.start.unwrap_or_default(), &rate)
    }

    /// A leg, with the relay's framing around it.
    #[must_use]
    pub fn leg_facts(&self, leg: &Leg) -> transport::LegFacts {
        transport::LegFacts::of_path(*leg, &self.transport.turn)
    }

    /// Who sent RTCP.
    pub fn reporters(&self) -> impl Iterator<Item = u32> + '_ {
        self.reports.senders()
    }

    /// Calls that SIP set up.
    #[must_use]
    pub fn call_facts(&self) -> Vec<calls::CallFacts> {
        self.calls.facts(self.start.unwrap_or_default())
    }

    /// What is below the media.
    #[must_use]
    pub fn transport_facts(&self) -> transport::TransportFacts {
        let start = self.start.unwrap_or_default();
        self.transport.facts(&self.tcp, start, self.bounds.1)
    }

    /// What keys opened, if there were any.
    #[must_use]
    pub fn decryption(&self) -> Option<&Decryption> {
        let given = self.decryption.has_keys() || self.decryption.keys().unsupported() > 0;
        given.then_some(&self.decryption)
    }

    /// How many packets of each class there were.
    #[must_use]
    pub fn classes(&self) -> facts::Classes {
        self.classes
    }

    /// What looked like RTP and is not counted.
    #[must_use]
    pub fn detector(&self) -> &Detector {
        &self.detector
    }

    /// What descriptions say.
    #[must_use]
    pub fn payloads(&self) -> &Payloads {
        &self.settings.payloads
    }

    /// The first packet of the capture, and the last.
    #[must_use]
    pub fn bounds(&self) -> Option<(Time, Time)> {
        self.start.map(|start| (start, self.bounds.1))
    }

    /// Packets of more legs and streams than are kept.
    #[must_use]
    pub fn not_kept(&self) -> u64 {
        self.not_kept
    }

    /// How often the clock of the capture went back.
    #[must_use]
    pub fn clock_steps(&self) -> u64 {
        self.clock_steps
    }

    /// The first time that it did.
    #[must_use]
    pub fn clock_step_at(&self) -> Option<ClockStep> {
        self.clock_step
    }
}
