//! One endpoint from connect to release. Each step writes down what it saw before the next begins, so
//! that a deadline or Ctrl-C loses nothing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::{sleep, timeout};

use super::allocation::{Relayed, allocate_facts};
use super::binding::Bindings;
use super::connector::{Connected, Connector};
use super::hush::Ticket;
use super::other_port::{self, Asked, At};
use super::room::Place;
use super::{Shared, second_look};
use crate::io::link::Link;
use crate::io::patience;
use crate::measure::{Flow, milliseconds};
use crate::probe::facts::{
    AllocateFacts, Check, CrowdedFacts, EndpointFacts, Fault, FaultKind, RedirectFacts,
};
use crate::probe::plan::{Endpoint, Target};
use crate::stun::attribute;
use crate::turn::{Answer, Event, Outcome, Request, RequestId};

/// A server that has not answered a Binding by then (or within a tenth of the timeout) is asked for an
/// allocation at the same time, so that silence costs one timeout, not two.
const HEAD_START: Duration = Duration::from_millis(500);
/// How long the end of a session may take when the run is over.
pub(super) const FAREWELL: Duration = Duration::from_millis(200);

/// How a session ended.
pub(super) struct Ended {
    pub(super) facts: EndpointFacts,
    /// A quota or the server's capacity refused it.
    pub(super) crowded_out: bool,
}

/// One endpoint being probed.
pub(super) struct Session {
    pub(super) connector: Connector,
    pub(super) shared: Shared,
    pub(super) target: Arc<Target>,
    pub(super) endpoint: Endpoint,
    pub(super) alone: bool,
    ticket: Option<Ticket>,
    /// Among the sessions that are at work at the same time; kept until the end.
    place: Option<Place>,
    /// There was none yet.
    is_queued: bool,
    pub(super) facts: EndpointFacts,
    crowded_out: bool,
    pub(super) link: Option<Link>,
    pub(super) first: Option<Relayed>,
    pub(super) second: Option<Relayed>,
    pub(super) flows: Vec<Flow>,
    /// The second look was taken while the handshake was waited for: whether the other transport answered.
    pub(super) looked: Option<bool>,
}

impl Session {
    pub(super) fn new(shared: Shared, target: Arc<Target>, endpoint: Endpoint) -> Self {
        let transport = endpoint.transport;
        Self {
            connector: Connector { shared: shared.clone(), target: target.clone(), transport },
            shared,
            target,
            endpoint,
            alone: false,
            ticket: None,
            place: None,
            is_queued: false,
            facts: EndpointFacts::new(endpoint.addr, endpoint.transport, endpoint.required),
            crowded_out: false,
            link: None,
            first: None,
            second: None,
            flows: Vec::new(),
            looked: None,
        }
    }

    /// With one allocation.
    pub(super) fn alone(mut self) -> Self {
        self.alone = true;
        self
    }

    /// Beginning when there is room, and measuring its round trips when no other session of the run is busy.
    pub(super) fn with_others(mut self) -> Self {
        self.place = self.shared.room.take();
        self.is_queued = self.place.is_none();
        // Those that wait are not at work yet.
        self.ticket = (!self.is_queued).then(|| Ticket::new(self.shared.hush.clone()));
        self
    }

    /// Waits for a place, but no longer than a server may take for a step.
    async fn queue(&mut self) {
        let (deadline, mut interrupted) = (self.shared.deadline, self.shared.interrupted.clone());
        tokio::select! {
            biased;
            place = self.shared.room.wait(self.shared.options.timeout) => self.place = place,
            () = patience::interruption(&mut interrupted) => {}
            () = patience::until(deadline) => {}
        }
        self.ticket = Some(Ticket::new(self.shared.hush.clone()));
    }

    /// Goes through all steps.
    pub(super) async fn run(mut self) -> Ended {
        if self.is_queued {
            self.queue().await;
        }
        let deadline = self.shared.deadline;
        let mut interrupted = self.shared.interrupted.clone();
        self.facts.started_ms = Some(milliseconds(self.shared.start.elapsed()));
        let stopped = tokio::select! {
            biased;
            () = self.all_steps() => None,
            () = patience::interruption(&mut interrupted) => Some("the run was interrupted"),
            () = patience::until(deadline) => Some("the run's deadline passed"),
        };
        if let Some(why) = stopped {
            let stage = self.stage();
            self.facts.stopped = true;
            self.report_paths();
            self.facts.give_up(Check::Rest, format!("{why} at {stage}"));
            let _ = timeout(FAREWELL, self.farewell()).await;
        }
        Ended { facts: self.facts, crowded_out: self.crowded_out }
    }

    async fn all_steps(&mut self) {
        if let Err(fault) = self.steps().await {
            self.fault(fault);
        }
        self.look_again().await;
    }

    fn stage(&self) -> &'static str {
        let links = [self.first.as_ref().map(|relayed| &relayed.link), self.link.as_ref()];
        links.into_iter().flatten().next().map_or("connect", |link| link.stage)
    }

    pub(super) fn fault(&mut self, fault: Fault) {
        if fault.kind == FaultKind::NoRoute && fault.stage == "connect" {
            let family = if self.endpoint.addr.is_ipv6() { "IPv6" } else { "IPv4" };
            self.facts.skipped =
                Some(format!("this machine has no {family} route there ({})", fault.message));
        }
        if fault.kind == FaultKind::NoSocket && fault.stage == "connect" {
            let message = format!("this machine has no descriptor left for a socket ({})", fault.message);
            self.facts.skipped = Some(format!("{message}: raise its limit (`ulimit -n`)"));
        }
        // Before anything was answered; what was seen before stays a matter of the server's.
        let heard = self.facts.binding.as_ref().is_some_and(|binding| binding.received > 0);
        if fault.kind == FaultKind::Local && !heard && self.facts.tls.is_none() {
            let message =
                format!("this machine's own firewall does not let it send there ({})", fault.message);
            self.facts.skipped = Some(message);
        }
        self.facts.fault = Some(fault);
    }

    async fn steps(&mut self) -> Result<(), Fault> {
        match self.reach().await? {
            Some(answer) => {
                let result = self.relay_steps(&answer).await;
                self.examine_credentials(&answer).await;
                result
            }
            None => Ok(()),
        }
    }

    /// From connect to the answer to an Allocate, redirects followed; `None` where no relay is wanted, or a redirect
    /// led nowhere. The link is kept.
    pub(super) async fn reach(&mut self) -> Result<Option<Answer>, Fault> {
        self.progress("connecting");
        let ticket = self.ticket.take();
        let connected = self.connect().await;
        self.facts.connect_ms = connected.connect_ms;
        self.facts.tls = connected.tls;
        let mut link = connected.link?;
        self.facts.local = link.local_addr();
        self.progress("STUN Binding");
        let result = self.bind_and_allocate(&mut link, ticket).await;
        self.drain(&mut link);
        let Some(answer) = result? else {
            self.link = Some(link);
            return Ok(None);
        };
        let at = At { server: self.endpoint.addr, domain: None };
        let Asked { mut link, answer, taken } =
            other_port::ask(&self.connector, &self.shared, at, link, answer).await;
        self.drain(&mut link);
        let redirected = self.take_allocate(&answer, taken, false);
        let Some(redirected) = redirected else {
            self.link = Some(link);
            return Ok(Some(answer));
        };
        drop(link);
        self.follow(redirected).await
    }

    /// Connects, and takes the second look while a handshake is slow, so that its silence costs one timeout and
    /// no more.
    async fn connect(&mut self) -> Connected {
        let addr = self.endpoint.addr;
        let Some(instead) = second_look::beside(&self.facts) else {
            return self.connector.connect(addr, None).await;
        };
        let mut looked = None;
        let connected = {
            let looking = async {
                sleep(self.shared.options.timeout / 3).await;
                self.waiting("TLS or DTLS handshake");
                second_look::speaks(&self.connector, instead, addr).await
            };
            tokio::pin!(looking);
            let connecting = self.connector.connect(addr, None);
            tokio::pin!(connecting);
            loop {
                tokio::select! {
                    connected = &mut connecting => break connected,
                    seen = &mut looking, if looked.is_none() => looked = Some(seen),
                }
            }
        };
        self.looked = looked;
        connected
    }

    /// Goes where a 300 points, once.
    async fn follow(&mut self, mut redirect: RedirectFacts) -> Result<Option<Answer>, Fault> {
        let Some(to) = redirect.to else {
            self.facts.redirect = Some(redirect);
            return Ok(None);
        };
        if to == self.endpoint.addr {
            redirect.again_to = Some(to);
            self.facts.redirect = Some(redirect);
            return Ok(None);
        }
        self.progress("following a redirect");
        self.facts.redirect = Some(redirect.clone());
        let connected = self.connector.connect(to, redirect.domain.as_deref()).await;
        let result = match connected.link {
            Err(fault) => Err(fault),
            Ok(mut link) => {
                // From here on the facts are those of the other server; a bad certificate of the first stays.
                if self.facts.tls.as_ref().is_none_or(|tls| tls.verified) {
                    self.facts.tls = connected.tls;
                }
                self.facts.connect_ms = connected.connect_ms;
                self.facts.local = link.local_addr();
                link.stage = "allocate";
                match link.request(self.shared.options.allocate()).await {
                    Ok(answer) => {
                        let at = At { server: to, domain: redirect.domain.as_deref() };
                        let mut asked =
                            other_port::ask(&self.connector, &self.shared, at, link, answer).await;
                        self.drain(&mut asked.link);
                        Ok(asked)
                    }
                    Err(fault) => {
                        self.drain(&mut link);
                        Err(fault)
                    }
                }
            }
        };
        let Asked { link, answer, taken } = match result {
            Err(fault) => {
                redirect.fault = Some(Fault { stage: "redirect", ..fault });
                self.facts.redirect = Some(redirect);
                return Ok(None);
            }
            Ok(done) => done,
        };
        redirect.followed = true;
        if answer.outcome == Outcome::TimedOut {
            redirect.fault = Some(Fault {
                kind: FaultKind::TimedOut,
                stage: "redirect",
                message: format!("{to} did not answer an Allocate"),
            });
        }
        let again = self.take_allocate(&answer, taken, true);
        redirect.again_to = again.and_then(|again| again.to.or(Some(to)));
        self.facts.redirect = Some(redirect);
        self.link = Some(link);
        Ok(Some(answer))
    }

    /// Binding, Allocate as soon as that is answered or slow, and the other Bindings behind it, so that nobody waits for
    /// statistics; before it where the server is near, as then what the run itself does would be most of what they say.
    /// `None`: no relay is wanted.
    async fn bind_and_allocate(
        &mut self,
        link: &mut Link,
        ticket: Option<Ticket>,
    ) -> Result<Option<Answer>, Fault> {
        let (start, patience) = (self.shared.start, self.shared.options.timeout);
        let mut bindings = Bindings::default();
        link.stage = "binding";
        self.facts.binding = Some(bindings.facts(start, 0));
        let first = link.start(Request::Binding);
        let prompt = match self.target.turn {
            true => timeout(HEAD_START.min(patience / 10), link.answer(first)).await.ok(),
            false => Some(link.answer(first).await),
        };
        let early = match prompt {
            Some(answer) => {
                bindings.take(answer?);
                None
            }
            None => {
                self.waiting("STUN Binding");
                let allocate = self.start_allocate(link);
                let answer = link.answer(first).await?;
                bindings.take(answer);
                Some(allocate)
            }
        };
        self.facts.binding = Some(bindings.facts(start, link.repeated()));
        let count = self.shared.options.bindings;
        if let (Some(ticket), None) = (ticket, early) {
            let first = bindings.round_trip();
            {
                let (link, bindings) = (&mut *link, &mut bindings);
                let sample = move |end: Instant| async move {
                    let left = end.saturating_duration_since(Instant::now());
                    let _ = bindings.sample(link, count, left).await;
                };
                ticket.measure(first, sample).await;
            }
            self.facts.binding = Some(bindings.facts(start, link.repeated()));
        }
        let allocated = match self.target.turn {
            true => Some(self.allocate(link, early, bindings.answered()).await?),
            false => None,
        };
        if bindings.answered() {
            link.stage = "binding";
            // A connection that breaks here breaks the next step too, which then says so.
            let _ = bindings.sample(link, count, patience).await;
            self.facts.binding = Some(bindings.facts(start, link.repeated()));
        }
        Ok(allocated)
    }

    /// Waits for an Allocate, which may have been started `early`. A server that has answered nothing by
    /// the time the Binding was given up is not waited for again.
    async fn allocate(
        &mut self,
        link: &mut Link,
        early: Option<RequestId>,
        answered: bool,
    ) -> Result<Answer, Fault> {
        self.progress("TURN Allocate");
        link.stage = "allocate";
        if let Some(request) = early
            && !answered
            && let Some(silence) = link.give_up(request)
        {
            return Ok(silence);
        }
        let request = match early {
            Some(request) => request,
            None => self.start_allocate(link),
        };
        link.answer(request).await
    }

    fn start_allocate(&mut self, link: &mut Link) -> RequestId {
        self.shared.ledger.enter();
        link.start(self.shared.options.allocate())
    }

    /// Writes down what an Allocate came to; a 300 is returned to be followed.
    fn take_allocate(&mut self, answer: &Answer, taken: u32, redirected: bool) -> Option<RedirectFacts> {
        let facts = allocate_facts(answer, self.shared.start);
        self.facts.allocate = Some(AllocateFacts { ports_taken: taken, ..facts });
        let before = self.shared.ledger.settle(answer);
        // A quota may be that of a run before this one: whoever asks for a second one finds that out.
        self.facts.crowded = crowded(answer, before).filter(|crowded| crowded.code == 508);
        if answer.success().is_none() {
            self.crowded_out = matches!(answer.code(), Some(486 | 508));
        }
        let Outcome::Refused { code: 300, response } = &answer.outcome else { return None };
        Some(RedirectFacts {
            to: response.address(attribute::ALTERNATE_SERVER),
            domain: response.text(attribute::ALTERNATE_DOMAIN).filter(|domain| !domain.is_empty()),
            followed: redirected,
            again_to: None,
            fault: None,
        })
    }

    /// Gives back what we hold without waiting for a word.
    pub(super) async fn farewell(&mut self) {
        for relayed in [self.first.take(), self.second.take()].into_iter().flatten() {
            let mut link = relayed.link;
            link.start(Request::Refresh { lifetime: 0 });
            link.flush().await;
            self.drain(&mut link);
        }
    }

    /// Writes down what a link has seen beside its answers.
    pub(super) fn drain(&mut self, link: &mut Link) {
        let stage = link.stage;
        for event in link.leftovers() {
            if let Event::Oddity(oddity) = event {
                self.facts.oddity(&oddity, stage);
            }
        }
    }

    /// As [`progress`](Self::progress), of what has not been answered for a while.
    fn waiting(&self, what: &str) {
        let most = self.shared.options.timeout.as_secs_f64();
        self.progress(&format!("no answer to a {what} yet; waiting for up to {most} s (--timeout)"));
    }

    pub(super) fn progress(&self, doing: &str) {
        let Endpoint { addr, transport, .. } = self.endpoint;
        (self.shared.environment.progress)(&format!("{addr} {}: {doing}", transport.name()));
    }
}

/// What a refused Allocate says of the room that the server has, beside so many that it granted.
pub(super) fn crowded(answer: &Answer, beside: usize) -> Option<CrowdedFacts> {
    let code = answer.code().filter(|code| matches!(code, 486 | 508))?;
    (beside > 0 || code == 508).then_some(CrowdedFacts { code, beside })
}
