//! A call from its beginning to its end: both engines, what goes between them, what is measured on the way.

mod events;
#[cfg(test)]
mod tests;
mod work;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde::Serialize;
use str0m::crypto::CryptoProvider;

use super::arrivals::Stream;
use super::channel::{Bulk, Pings};
use super::end::End;
use super::flights::Flights;
use super::media::rtp_header;
use super::peer::{self, CandidateKind, Peer, PeerError};
use super::phases::{Phase, Phases};
use super::scenario::{Channel, Reliability, Scenario};
use super::series::Series;
use super::side::Side;
use super::witness::Witness;
use crate::impair::{Flow, Link};

/// What a call wants next.
#[derive(Debug)]
pub enum Output {
    /// An end sends this.
    Transmit {
        /// Which.
        end: End,
        /// From which of its candidates.
        from: SocketAddr,
        /// To which of the other's.
        to: SocketAddr,
        /// What.
        bytes: Vec<u8>,
    },
    /// Nothing before this time, unless something comes in.
    Wait(Instant),
    /// It is over.
    Done,
}

/// The two descriptions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Descriptions {
    /// The caller's.
    pub offer: String,
    /// The callee's.
    pub answer: String,
}

/// How it goes, while it goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Rolling {
    /// The last phase that was reached.
    pub phase: Option<Phase>,
    /// The middle of the round trips so far.
    pub round_trip_ms: Option<f64>,
    /// Media packets that were sent, and those of them that came.
    pub packets: (u64, u64),
}

/// A datagram under way.
#[derive(Debug, Clone)]
pub(super) struct Datagram {
    end: End,
    from: SocketAddr,
    to: SocketAddr,
    bytes: Vec<u8>,
}

/// Where a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Rising,
    Lasting { until: Instant },
    Filling { until: Instant },
    Draining { since: Instant },
    Done,
}

/// A call.
#[derive(Debug)]
pub struct Call {
    pub(super) scenario: Scenario,
    pub(super) phases: Phases,
    pub(super) sides: [Side; 2],
    pub(super) links: [Option<Link<Datagram>>; 2],
    pub(super) flights: Flights,
    stage: Stage,
    pub(super) pings: Option<Pings>,
    pub(super) bulk: Option<Bulk>,
    pub(super) series: Series,
    pub(super) failure: Option<(Phase, String)>,
    pub(super) interrupted: bool,
    /// When the time for the run was up, from the start, if it was up by then.
    pub(super) cut_off: Option<Duration>,
    /// The engines gave up on every pair.
    pathless: Option<Duration>,
    /// By how much media went out behind its time, at most.
    pub(super) late: Duration,
    /// When the media began.
    began: Option<Instant>,
    /// A check was made.
    checking: bool,
    /// Something was sent since it last waited: what comes of it is to be read before more is sent.
    worked: bool,
}

/// Packets that come at the end are waited for so long at least, and so long at most beyond what impairment takes.
const DRAIN: Duration = Duration::from_millis(250);
const PATIENCE: Duration = Duration::from_secs(1);
impl Call {
    /// The engines are made; `start` is when the call began, which is before. `providers` are those of caller and callee.
    pub fn new(
        start: Instant,
        now: Instant,
        scenario: Scenario,
        providers: [(CryptoProvider, Witness); 2],
    ) -> Self {
        let phases = Phases::new(start);
        // A packet is asked for again within a round trip or two.
        let keep = Duration::from_secs(1) + 2 * (scenario.up.longest() + scenario.down.longest());
        let sides = providers.map(|(provider, witness)| Side::new(Peer::new(now, provider, keep), witness));
        let link = |impairment: &crate::impair::Impairment, seed| {
            (!impairment.is_none()).then(|| Link::new(impairment.clone(), seed))
        };
        // Two directions of one seed are not to lose the same.
        let links = [link(&scenario.up, scenario.seed), link(&scenario.down, !scenario.seed)];
        Self {
            scenario,
            phases,
            sides,
            links,
            flights: Flights::default(),
            stage: Stage::Rising,
            pings: None,
            bulk: None,
            series: Series::default(),
            failure: None,
            interrupted: false,
            cut_off: None,
            pathless: None,
            late: Duration::ZERO,
            began: None,
            checking: false,
            worked: false,
        }
    }

    /// Both engines are ready by now.
    pub fn ready(&mut self, now: Instant) {
        self.phases.reach(Phase::Setup, now);
    }

    /// An end can be reached there.
    ///
    /// # Errors
    /// An address that no candidate can have.
    pub fn add_candidate(
        &mut self,
        end: End,
        kind: CandidateKind,
        address: SocketAddr,
    ) -> Result<(), PeerError> {
        let side = &mut self.sides[end as usize];
        side.peer.add_candidate(kind, address)?;
        side.candidates.push((kind, address));
        Ok(())
    }

    /// All candidates are there: offer and answer are made and taken.
    ///
    /// # Errors
    /// What an engine refused.
    pub fn negotiate(&mut self, now: Instant) -> Result<Descriptions, PeerError> {
        self.phases.reach(Phase::Gather, now);
        let mut channels = vec![("ping", self.scenario.channel)];
        if self.scenario.load.throughput.is_some() {
            let bulk = Channel { ordered: true, reliability: Reliability::Reliable, ..self.scenario.channel };
            channels.push(("bulk", bulk));
        }
        let kinds = self.scenario.load.media.clone();
        let [caller, callee] = &mut self.sides;
        let offer = caller.peer.offer(&kinds, &channels)?;
        let answer = callee.peer.answer(&offer)?;
        caller.peer.accept(&answer)?;
        Ok(Descriptions { offer, answer })
    }

    /// What did not work, before or beside the engines.
    pub fn fail(&mut self, phase: Phase, reason: impl Into<String>) {
        self.failure.get_or_insert((phase, reason.into()));
        self.stage = Stage::Done;
    }

    /// Nothing more is sent; it ends with the figures so far, as soon as what is under way has arrived.
    pub fn interrupt(&mut self, now: Instant) {
        if std::mem::replace(&mut self.interrupted, true) {
            return;
        }
        self.wind_up(now);
    }

    /// The time for the run is up, which was to take `deadline`: what is not up by now has failed, and what is has the
    /// figures so far, as soon as what is under way has arrived.
    pub fn cut_off(&mut self, now: Instant, deadline: Duration) {
        if let Some(phase) = self.missing() {
            let seconds = deadline.as_secs_f64();
            return self.fail(phase, format!("not there when --deadline ({seconds} s) cut the run off"));
        }
        if matches!(self.stage, Stage::Lasting { .. } | Stage::Filling { .. }) {
            self.cut_off = Some(now.saturating_duration_since(self.phases.start()));
            self.wind_up(now);
        }
    }

    fn wind_up(&mut self, now: Instant) {
        self.stage = match self.stage {
            Stage::Lasting { .. } | Stage::Filling { .. } => Stage::Draining { since: now },
            Stage::Rising | Stage::Done => Stage::Done,
            draining => draining,
        };
    }

    /// Whether all that it needs to last is there.
    pub fn is_up(&self) -> bool {
        self.missing().is_none()
    }

    /// How many pings were sent, where none of them came back to the end of a call that nobody interrupted.
    pub fn unanswered(&self) -> Option<u32> {
        /// Fewer may be lost by chance.
        const ENOUGH: u32 = 5;
        let pings = self.pings.as_ref().filter(|_| !self.interrupted)?;
        (pings.received == 0 && pings.sent >= ENOUGH).then_some(pings.sent)
    }

    /// From when on the engines know of no way to the other end, from the start.
    pub fn pathless(&self) -> Option<Duration> {
        self.pathless
    }

    /// A datagram reached an end: from where, and at which of its candidates.
    pub fn handle_input(&mut self, now: Instant, end: End, from: SocketAddr, to: SocketAddr, bytes: &[u8]) {
        let _ = self.count(end, bytes);
        let side = &mut self.sides[end as usize];
        side.due = None;
        side.current = rtp_header(bytes).map(|(ssrc, _)| ssrc);
        if let Err(error) = side.peer.handle_input(now, from, to, bytes) {
            self.broken(&error);
        }
    }

    /// A datagram that reached an end is counted, and no more: one that the end of the call found unread was not lost.
    pub fn count_unread(&mut self, end: End, bytes: &[u8]) {
        if let Some(stream) = self.count(end, bytes) {
            stream.leave_unread();
        }
    }

    /// Counts a datagram that reached an end; the stream that it is of.
    fn count(&mut self, end: End, bytes: &[u8]) -> Option<&mut Stream> {
        let (ssrc, number) = rtp_header(bytes)?;
        self.sides[end as usize]
            .streams
            .iter_mut()
            .find_map(|stream| stream.datagram(ssrc, number).then_some(stream))
    }

    /// What to do at `now`. To be asked until it says to wait, before anything else is handed in.
    pub fn poll(&mut self, now: Instant) -> Output {
        if self.checking {
            // The time that it took to make the first check is not its own.
            self.phases.reach(Phase::IceFirstCheck, now);
        }
        loop {
            if let Some(output) = self.arrived(now) {
                return output;
            }
            for end in End::BOTH {
                if self.sides[end as usize].due.is_some_and(|due| due > now) {
                    continue;
                }
                if let Some(output) = self.engine(end, now) {
                    return output;
                }
            }
            if self.arrived_by(now) {
                continue;
            }
            if !self.worked && self.work(now) {
                self.worked = true;
                continue;
            }
            // Where more is due than this machine can send, there is no other moment to look at the time.
            self.advance(now);
            if self.stage == Stage::Done {
                return Output::Done;
            }
            let worked = std::mem::take(&mut self.worked);
            return Output::Wait(if worked { now } else { self.due(now) });
        }
    }

    /// How it goes.
    pub fn rolling(&self) -> Rolling {
        let sent = End::BOTH.into_iter().flat_map(|end| {
            let load = &self.scenario.load.media;
            load.iter().map(move |kind| self.sides[end as usize].peer.sent(*kind).0)
        });
        let came = self.sides.iter().flat_map(|side| side.streams.iter().map(Stream::received));
        let trips = self.pings.as_ref().and_then(|pings| pings.round_trips.distribution());
        Rolling {
            phase: Phase::ALL.into_iter().rev().find(|phase| self.phases.at(*phase).is_some()),
            round_trip_ms: trips.map(|trips| trips.median_ms),
            packets: (sent.sum(), came.sum()),
        }
    }

    /// When phases were reached.
    pub fn phases(&self) -> &Phases {
        &self.phases
    }

    fn arrived(&mut self, now: Instant) -> Option<Output> {
        let mut links = self.links.iter_mut().flatten();
        let Datagram { end, from, to, bytes } = links.find_map(|link| link.poll(now))?;
        Some(Output::Transmit { end, from, to, bytes })
    }

    fn arrived_by(&self, now: Instant) -> bool {
        self.links.iter().flatten().filter_map(Link::due).any(|due| due <= now)
    }

    /// Asks an engine until it waits, or sends something that no impairment holds up.
    fn engine(&mut self, end: End, now: Instant) -> Option<Output> {
        loop {
            match self.sides[end as usize].peer.poll(now) {
                Ok(peer::Output::Transmit { from, to, bytes }) => {
                    self.note(end, from, to, &bytes, now);
                    let Some(link) = &mut self.links[end as usize] else {
                        return Some(Output::Transmit { end, from, to, bytes });
                    };
                    let flow = flow(&bytes);
                    if flow == Flow::Stun {
                        self.phases.reach(Phase::IceFirstCheck, now);
                    }
                    link.push(now, flow, bytes.len(), Datagram { end, from, to, bytes });
                }
                Ok(peer::Output::Event(event)) => self.event(end, event, now),
                Ok(peer::Output::Wait(due)) => {
                    self.sides[end as usize].due = Some(due);
                    return None;
                }
                Err(error) => {
                    self.broken(&error);
                    return None;
                }
            }
        }
    }

    /// Takes note of what an end sends.
    fn note(&mut self, end: End, from: SocketAddr, to: SocketAddr, bytes: &[u8], now: Instant) {
        match flow(bytes) {
            Flow::Stun => self.checking = true,
            Flow::Dtls if self.phases.at(Phase::Dtls).is_none() => {
                self.flights.datagram(end, bytes, self.phases.start(), now);
                self.sides[end as usize].pair = Some((from, to));
            }
            Flow::Dtls | Flow::Rtp(_) => self.sides[end as usize].pair = Some((from, to)),
            Flow::Rtcp | Flow::Other => {}
        }
    }

    /// Goes on to what comes next.
    fn advance(&mut self, now: Instant) {
        match self.stage {
            Stage::Rising => match self.missing() {
                None => {
                    let (load, size) = (&self.scenario.load, self.scenario.channel.message_size);
                    self.pings = Some(Pings::new(load.pings, size, self.scenario.ping_interval(), now));
                    self.stage = Stage::Lasting { until: now + self.scenario.duration };
                }
                Some(phase) if now >= self.phases.start() + self.scenario.timeout => {
                    let seconds = self.scenario.timeout.as_secs_f64();
                    self.fail(phase, format!("not there within {seconds} s"));
                }
                Some(_) => {}
            },
            Stage::Lasting { until } if now >= until => match self.scenario.load.throughput {
                Some(duration) => {
                    let size = self.scenario.channel.message_size.max(16 << 10);
                    self.bulk = Some(Bulk::new(size));
                    self.stage = Stage::Filling { until: now + duration };
                }
                None => self.stage = Stage::Draining { since: now },
            },
            Stage::Filling { until } if now >= until => self.stage = Stage::Draining { since: now },
            Stage::Draining { since } => {
                let patience = if self.interrupted { DRAIN } else { PATIENCE };
                let most = patience + self.scenario.up.longest() + self.scenario.down.longest();
                if now >= since + most || (now >= since + DRAIN && self.is_complete()) {
                    self.stage = Stage::Done;
                }
            }
            _ => {}
        }
    }

    /// The first phase that is still to come.
    fn missing(&self) -> Option<Phase> {
        let media = !self.scenario.load.media.is_empty();
        let expected = |phase: &Phase| media || !matches!(phase, Phase::FirstRtp | Phase::FirstFrame);
        Phase::ALL.into_iter().filter(expected).find(|phase| self.phases.at(*phase).is_none())
    }

    /// Whether nothing can come any more: all has, or is known to be lost, and what can be sent again was.
    fn is_complete(&self) -> bool {
        let pinged = self.pings.as_ref().is_none_or(|pings| pings.received == pings.sent);
        let flying = self.links.iter().flatten().any(|link| link.due().is_some());
        let all = End::BOTH.into_iter().all(|end| {
            let sender = &self.sides[end as usize].peer;
            self.sides[end.other() as usize]
                .streams
                .iter()
                .all(|stream| sender.sent(stream.kind).0 == stream.received())
        });
        pinged && !flying && (all || self.links.iter().any(Option::is_some))
    }

    fn due(&self, now: Instant) -> Instant {
        let sources = self.sides.iter().flat_map(|side| side.sources.iter().map(|(_, source)| source.due()));
        let sending = matches!(self.stage, Stage::Rising | Stage::Lasting { .. });
        let stage = match self.stage {
            Stage::Rising => Some(self.phases.start() + self.scenario.timeout),
            Stage::Lasting { until } | Stage::Filling { until } => Some(until),
            Stage::Draining { since } if now < since + DRAIN => Some(since + DRAIN),
            Stage::Draining { .. } => Some(now + Duration::from_millis(20)),
            Stage::Done => None,
        };
        let pings =
            self.pings.as_ref().filter(|_| matches!(self.stage, Stage::Lasting { .. })).and_then(Pings::due);
        let engines = self.sides.iter().filter_map(|side| side.due);
        let links = self.links.iter().flatten().filter_map(Link::due);
        let all = sources.filter(|_| sending).chain(stage).chain(pings).chain(engines).chain(links);
        all.min().unwrap_or(now)
    }

    fn broken(&mut self, error: &PeerError) {
        let phase = self.missing().unwrap_or(Phase::FirstRtp);
        self.fail(phase, error.to_string());
    }
}

/// What a datagram is, by its first bytes (RFC 7983).
fn flow(bytes: &[u8]) -> Flow {
    match bytes.first() {
        Some(0..=3) => Flow::Stun,
        Some(20..=63) => Flow::Dtls,
        Some(128..=191) => rtp_header(bytes).map_or(Flow::Rtcp, |(ssrc, _)| Flow::Rtp(ssrc)),
        _ => Flow::Other,
    }
}
