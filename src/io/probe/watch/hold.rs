//! A connection, its allocation and its peer, held over many rounds.

use std::time::Instant;

use rand::Rng as _;

use super::super::allocation::{LIFETIME, step_facts};
use super::super::binding::Bindings;
use super::super::endpoint::Session;
use super::super::paths::{INBOUND, OUTBOUND, Paths};
use super::super::peer::Peer;
use crate::io::input;
use crate::io::link::Link;
use crate::io::patience;
use crate::measure::{Flow, FlowReport, Pace};
use crate::probe::facts::{EndpointFacts, Fault};
use crate::probe::watch::{PathCount, Seen};
use crate::turn::{Answer, Event, Outcome, Request, RequestId};

/// Packets of a second look at a path on which none of the first arrived: where three of ten are lost, as many in a
/// row are lost six times in a million.
const SECOND_LOOK: u32 = 10;

/// A connection with what was made of it.
pub(super) struct Hold {
    pub(super) session: Session,
    /// `None` where no packets can be sent that way, and the facts say why.
    peer: Option<Peer>,
    /// The server answers Bindings.
    answers_bindings: bool,
    repeated: u32,
    /// Why it cannot be used any more.
    lost: Option<String>,
}

/// What a look came to.
pub(super) enum Looked {
    /// It holds, whatever was seen.
    Seen(Box<Seen>),
    /// It does not: it must be made anew.
    Lost {
        /// What was seen all the same.
        seen: Box<Seen>,
        why: String,
    },
}

/// What a burst of packets came to.
struct Burst {
    inbound: Option<FlowReport>,
    outbound: Option<FlowReport>,
}

impl Burst {
    /// A path that was used and carried nothing.
    fn is_dead(&self) -> bool {
        [&self.inbound, &self.outbound].into_iter().flatten().any(|path| !path.ok && path.sent > 0)
    }

    /// None of the paths carried anything.
    fn is_silent(&self) -> bool {
        [&self.inbound, &self.outbound].into_iter().flatten().all(|path| !path.ok)
    }
}

impl Hold {
    pub(super) fn new(session: Session, peer: Option<Peer>) -> Self {
        let answers_bindings = session.facts.binding.as_ref().is_some_and(|binding| binding.received > 0);
        Self { session, peer, answers_bindings, repeated: 0, lost: None }
    }

    fn link(&mut self) -> Option<&mut Link> {
        match &mut self.session.first {
            Some(first) => Some(&mut first.link),
            None => self.session.link.as_mut(),
        }
    }

    /// Keeps the connection read and the allocation renewed between two rounds. Returns after each step; dropping the
    /// future loses nothing.
    pub(super) async fn keep(&mut self) {
        if self.lost.is_some() {
            return std::future::pending().await;
        }
        let due = self.renew();
        let Some(link) = self.link() else { return std::future::pending().await };
        let event = tokio::select! {
            event = link.step() => Some(event),
            () = until(due) => None,
        };
        match event {
            Some(Ok(Event::Answer(answer))) => self.take_answer(&answer),
            // Late packets, and what is odd, are a matter of the rounds.
            Some(Ok(_)) | None => {}
            Some(Err(fault)) => self.lost = Some(broke(&fault)),
        }
    }

    /// Asks for what is due; when that is to be looked at again.
    fn renew(&mut self) -> Option<Instant> {
        let first = self.session.first.as_mut()?;
        for request in first.upkeep.poll(Instant::now()) {
            first.link.start(request);
        }
        first.upkeep.due()
    }

    /// What came of a renewal.
    fn take_answer(&mut self, answer: &Answer) {
        match &answer.outcome {
            Outcome::Granted(_) => {
                if let Some(first) = &mut self.session.first {
                    first.upkeep.renewed(answer);
                }
            }
            Outcome::Refused { code, .. } => self.lost = Some(refused(*code)),
            Outcome::TimedOut => {
                if let Some(first) = &mut self.session.first {
                    first.upkeep.hurry(Instant::now());
                }
            }
        }
    }

    /// Asks for a Binding, and for a relay sends packets both ways. `loop_only`: what the start saw, where no packets
    /// reach the relay from here; then a Refresh is what is asked instead.
    pub(super) async fn look(&mut self, loop_only: Option<&EndpointFacts>) -> Looked {
        self.look_at_the_certificate().await;
        let base = &self.session.facts;
        let mut facts = EndpointFacts {
            connect_ms: base.connect_ms,
            tls: base.tls.clone(),
            local: base.local,
            allocate: base.allocate.clone(),
            permission: base.permission.clone(),
            channel: base.channel.clone(),
            relay: base.relay.clone(),
            redirect: base.redirect.clone(),
            given_up: base.given_up.clone(),
            ..EndpointFacts::new(base.addr, base.transport, base.required)
        };
        facts.relay.inbound = None;
        facts.relay.outbound = None;
        let mut seen = Seen::of(facts);
        let why = match self.lost.take() {
            Some(why) => Some(why),
            None => match self.fill(&mut seen, loop_only).await {
                Ok(why) => why,
                Err(fault) => {
                    let why = broke(&fault);
                    seen.facts.fault = Some(fault);
                    Some(why)
                }
            },
        };
        let seen = Box::new(seen);
        match why.or(self.lost.take()) {
            Some(why) => Looked::Lost { seen, why },
            None => Looked::Seen(seen),
        }
    }

    /// The certificate of the session ages, and new clients may be shown another by now. So once a day, and when it
    /// ends, the server is asked for the one it has; where it shows none, the old one's age is what is known.
    async fn look_at_the_certificate(&mut self) {
        let Some(mut aged) = self.session.facts.tls.clone() else { return };
        if !aged.age(i64::try_from(input::unix_time()).unwrap_or(i64::MAX)) {
            return;
        }
        let redirect = self.session.facts.redirect.as_ref().filter(|redirect| redirect.followed);
        let server = redirect.and_then(|redirect| redirect.to).unwrap_or(self.session.endpoint.addr);
        let domain = redirect.and_then(|redirect| redirect.domain.as_deref());
        let shown = self.session.connector.connect(server, domain).await.tls;
        self.session.facts.tls = Some(shown.unwrap_or(aged));
    }

    /// `Some` says why it must be made anew.
    async fn fill(
        &mut self,
        seen: &mut Seen,
        loop_only: Option<&EndpointFacts>,
    ) -> Result<Option<String>, Fault> {
        let binding = match (self.answers_bindings, self.link()) {
            (true, Some(link)) => Some(link.start(Request::Binding)),
            _ => None,
        };
        let relays = self.session.first.is_some();
        let pace = self.session.shared.options.pace;
        let mut answers = Vec::new();
        let burst = match loop_only {
            None => self.burst(pace, seen, &mut answers).await?,
            Some(_) => Burst { inbound: None, outbound: None },
        };
        let silent = self.take_binding(binding, answers, seen).await?;
        if silent && burst.is_silent() {
            if self.session.endpoint.transport.is_stream() {
                return Ok(Some("the connection is silent".to_owned()));
            }
            // Nothing but this is known of this round.
            let base = &self.session.facts;
            let facts = EndpointFacts::new(base.addr, base.transport, base.required);
            seen.facts = EndpointFacts { local: base.local, binding: seen.facts.binding.take(), ..facts };
            return Ok(None);
        }
        seen.facts.relay.inbound = burst.inbound.clone();
        seen.facts.relay.outbound = burst.outbound.clone();
        let packets = loop_only.is_none() && self.peer.is_some();
        if !relays || packets && !burst.is_dead() {
            return Ok(None);
        }
        // Whether the server still knows the allocation decides what it means that nothing comes.
        if let Some(code) = self.refresh(seen).await? {
            return Ok(Some(refused(code)));
        }
        if let Some(start) = loop_only {
            let (address, class) = (seen.facts.relay.address, seen.facts.relay.class);
            let given_up = start.given_up.clone();
            seen.facts.given_up = given_up;
            seen.facts.relay = start.relay.clone();
            (seen.facts.relay.address, seen.facts.relay.class) = (address, class);
        } else if packets {
            let pace = Pace { count: pace.count.max(SECOND_LOOK), ..pace };
            let burst = self.burst(pace, seen, &mut Vec::new()).await?;
            seen.facts.relay.inbound = burst.inbound;
            seen.facts.relay.outbound = burst.outbound;
        }
        Ok(None)
    }

    /// Sends packets both ways, and counts them; answers that come meanwhile are handed on.
    async fn burst(
        &mut self,
        pace: Pace,
        seen: &mut Seen,
        answers: &mut Vec<Answer>,
    ) -> Result<Burst, Fault> {
        let mut burst = Burst { inbound: None, outbound: None };
        let (Some(first), Some(peer)) = (&mut self.session.first, &mut self.peer) else { return Ok(burst) };
        first.link.stage = "relay";
        let mut flows: Vec<Flow> = Vec::new();
        let mut odd = Vec::new();
        let mut paths = Paths {
            // A late packet of the round before is a stranger.
            run: rand::rng().random(),
            flows: &mut flows,
            pace,
            apart: false,
            first,
            second: None,
            peer: Some(&mut *peer),
            cut: None,
            answers: Vec::new(),
        };
        let result = paths.measure(|oddity| odd.push(oddity)).await;
        answers.append(&mut paths.answers);
        seen.facts.relay.peer = Some(peer.facts.clone());
        for oddity in odd {
            seen.facts.oddity(&oddity, "relay");
        }
        for flow in &flows {
            let report = flow.report();
            let (count, kept) = match flow.id() {
                INBOUND => (&mut seen.inbound, &mut burst.inbound),
                OUTBOUND => (&mut seen.outbound, &mut burst.outbound),
                _ => continue,
            };
            add(count, flow, &report);
            *kept = Some(report);
        }
        result.map(|()| burst)
    }

    /// Waits for the answer to the Binding, if it was asked for and has not come yet. Whether it was and is silent.
    async fn take_binding(
        &mut self,
        request: Option<RequestId>,
        answers: Vec<Answer>,
        seen: &mut Seen,
    ) -> Result<bool, Fault> {
        let mut binding = None;
        for answer in answers {
            match Some(answer.request) == request {
                true => binding = Some(answer),
                false => self.take_answer(&answer),
            }
        }
        let Some(request) = request else { return Ok(false) };
        let mut repeated = self.repeated;
        let mut late = Vec::new();
        if let Some(link) = self.link() {
            link.stage = "binding";
            if binding.is_none() {
                binding = Some(link.answer(request).await?);
            }
            repeated = link.repeated();
            late = link.leftovers();
        }
        for event in late {
            match event {
                Event::Answer(answer) => self.take_answer(&answer),
                Event::Oddity(oddity) => seen.facts.oddity(&oddity, "binding"),
                Event::Data { .. } => {}
            }
        }
        let Some(binding) = binding else { return Ok(false) };
        if let [leg] = &binding.legs[..] {
            // Of a request that was sent twice nobody knows which was answered (Karn's problem).
            seen.binding_rtt = (leg.response.is_some() && leg.sent == 1).then_some(leg.took);
        }
        let silent = binding.outcome == Outcome::TimedOut;
        let mut bindings = Bindings::default();
        bindings.take(binding);
        let start = self.session.shared.start;
        seen.facts.binding = Some(bindings.facts(start, repeated - self.repeated));
        self.repeated = repeated;
        Ok(silent)
    }

    /// Asks whether the server still knows the allocation: the code of a refusal.
    async fn refresh(&mut self, seen: &mut Seen) -> Result<Option<u16>, Fault> {
        let Some(first) = &mut self.session.first else { return Ok(None) };
        first.link.stage = "refresh";
        let answer = first.link.request(Request::Refresh { lifetime: LIFETIME }).await?;
        first.upkeep.renewed(&answer);
        seen.facts.refresh = Some(step_facts(&answer, self.session.shared.start));
        Ok(answer.code())
    }
}

fn add(count: &mut PathCount, flow: &Flow, report: &FlowReport) {
    count.sent += report.sent as u64;
    count.received += report.received as u64;
    count.round_trips.extend(flow.round_trips());
    count.jitter_ms = count.jitter_ms.into_iter().chain(report.jitter_ms).reduce(f64::max);
}

fn broke(fault: &Fault) -> String {
    fault.message.clone()
}

fn refused(code: u16) -> String {
    match code {
        437 => "the server does not know the allocation any more (437)".to_owned(),
        code => format!("the server does not renew the allocation ({code})"),
    }
}

async fn until(due: Option<Instant>) {
    match due {
        Some(due) => patience::until(due).await,
        None => std::future::pending::<()>().await,
    }
}
