//! One endpoint from connect to release. Each step writes down what it saw before the next begins, so
//! that a deadline or Ctrl-C loses nothing.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rand::Rng as _;
use rustls::pki_types::ServerName;
use tokio::time::{sleep_until, timeout, timeout_at};

use super::allocation::{allocate_facts, step_facts};
use super::binding::Bindings;
use super::ledger::Entry;
use super::paths::{Paths, Relayed};
use super::peer::Peer;
use super::{Shared, seed};
use crate::ice::address::AddressClass;
use crate::ice::uri::Host;
use crate::io::link::Link;
use crate::io::tls;
use crate::io::wire::{Transport as Connection, Wire};
use crate::measure::milliseconds;
use crate::probe::facts::{EndpointFacts, Fault, FaultKind, RedirectFacts};
use crate::probe::plan::{Endpoint, Target, Transport};
use crate::stun::{Message, attribute};
use crate::turn::{Answer, Event, Outcome, Request, RequestId, Settings};

/// A server that has not answered a Binding by then is asked for an allocation at the same time, so
/// that silence costs one timeout, not two.
const HEAD_START: Duration = Duration::from_millis(500);
/// The channel of our peer (RFC 8656 §12: 0x4000–0x4FFF).
const CHANNEL: u16 = 0x4000;
/// How long the end of a session may take when the run is over.
const FAREWELL: Duration = Duration::from_millis(200);
/// A Refresh that asks for what RFC 8656 §3.2 gives by default.
const LIFETIME: u32 = 600;

/// How a session ended.
pub(super) struct Ended {
    pub(super) facts: EndpointFacts,
    /// A quota or the server's capacity refused it while other allocations of ours were open.
    pub(super) crowded_out: bool,
}

/// One endpoint being probed.
pub(super) struct Session {
    shared: Shared,
    target: Arc<Target>,
    endpoint: Endpoint,
    alone: bool,
    facts: EndpointFacts,
    crowded_out: bool,
    link: Option<Link>,
    first: Option<Relayed>,
    second: Option<Relayed>,
    entries: Vec<Entry>,
}

impl Session {
    pub(super) fn new(shared: Shared, target: Arc<Target>, endpoint: Endpoint) -> Self {
        Self {
            shared,
            target,
            endpoint,
            alone: false,
            facts: EndpointFacts::new(endpoint.addr, endpoint.transport, endpoint.required),
            crowded_out: false,
            link: None,
            first: None,
            second: None,
            entries: Vec::new(),
        }
    }

    /// With one allocation, and taking a quota's word for it.
    pub(super) fn alone(mut self) -> Self {
        self.alone = true;
        self
    }

    /// Goes through all steps.
    pub(super) async fn run(mut self) -> Ended {
        let deadline = self.shared.deadline;
        let mut interrupted = self.shared.interrupted.clone();
        self.facts.started_ms = Some(milliseconds(self.shared.start.elapsed()));
        let stopped = tokio::select! {
            biased;
            result = self.steps() => {
                if let Err(fault) = result {
                    self.fault(fault);
                }
                None
            }
            Ok(_) = interrupted.wait_for(|interrupted| *interrupted) => Some("the run was interrupted"),
            () = sleep_until(deadline.into()) => Some("the run's deadline passed"),
        };
        if let Some(why) = stopped {
            let stage = self.stage();
            self.facts.stopped = true;
            self.facts.given_up.push(format!("everything from {stage} on: {why}"));
            let _ = timeout(FAREWELL, self.farewell()).await;
        }
        Ended { facts: self.facts, crowded_out: self.crowded_out }
    }

    fn stage(&self) -> &'static str {
        let links = [self.first.as_ref().map(|relayed| &relayed.link), self.link.as_ref()];
        links.into_iter().flatten().next().map_or("connect", |link| link.stage)
    }

    fn fault(&mut self, fault: Fault) {
        if fault.kind == FaultKind::NoRoute && fault.stage == "connect" {
            let family = if self.endpoint.addr.is_ipv6() { "IPv6" } else { "IPv4" };
            self.facts.skipped =
                Some(format!("this machine has no {family} route there ({})", fault.message));
        }
        self.facts.fault = Some(fault);
    }

    async fn steps(&mut self) -> Result<(), Fault> {
        self.progress("connecting");
        let mut link = self.connect(self.endpoint.addr, None, true).await?;
        self.facts.local = link.local_addr();
        self.progress("STUN Binding");
        let result = self.bind_and_allocate(&mut link).await;
        self.drain(&mut link);
        let answer = match result {
            Ok(answer) => answer,
            Err(fault) => return Err(fault),
        };
        let Some(answer) = answer else { return Ok(()) };
        let redirected = self.take_allocate(&answer, false);
        let Some(redirected) = redirected else {
            self.link = Some(link);
            return self.relay_steps(&answer).await;
        };
        drop(link);
        self.follow(redirected).await
    }

    /// Goes where a 300 points, once.
    async fn follow(&mut self, mut redirect: RedirectFacts) -> Result<(), Fault> {
        let Some(to) = redirect.to else {
            self.facts.redirect = Some(redirect);
            return Ok(());
        };
        if to == self.endpoint.addr {
            redirect.again_to = Some(to);
            self.facts.redirect = Some(redirect);
            return Ok(());
        }
        self.progress("following a redirect");
        self.facts.redirect = Some(redirect.clone());
        let result = match self.connect(to, redirect.domain.clone(), false).await {
            Err(fault) => Err(fault),
            Ok(mut link) => {
                self.entries.push(self.shared.ledger.enter());
                link.stage = "allocate";
                let answer = link.request(Request::Allocate).await;
                self.drain(&mut link);
                answer.map(|answer| (link, answer))
            }
        };
        let (link, answer) = match result {
            Err(fault) => {
                redirect.fault = Some(Fault { stage: "redirect", ..fault });
                self.facts.redirect = Some(redirect);
                return Ok(());
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
        let again = self.take_allocate(&answer, true);
        redirect.again_to = again.and_then(|again| again.to.or(Some(to)));
        self.facts.redirect = Some(redirect);
        self.link = Some(link);
        self.relay_steps(&answer).await
    }

    async fn connect(
        &mut self,
        addr: SocketAddr,
        domain: Option<String>,
        first: bool,
    ) -> Result<Link, Fault> {
        let options = &self.shared.options;
        let settings = Settings {
            stream: false,
            credentials: self.target.credentials.clone(),
            timeout: options.timeout,
            seed: seed(),
        };
        let wire = match self.endpoint.transport {
            Transport::Udp => Wire::udp(addr).await?,
            Transport::Tcp => {
                let start = Instant::now();
                let stream = Wire::tcp(addr, options.timeout).await?;
                if first {
                    self.facts.connect_ms = Some(milliseconds(start.elapsed()));
                }
                Wire::new(Connection::Tcp(stream))
            }
            Transport::Tls => {
                let name = self.server_name(domain)?;
                let alpn: &[u8] = if self.target.turn { b"stun.turn" } else { b"stun.nat-discovery" };
                let trust = &self.shared.environment.trust;
                let (connected, result) = tls::connect(addr, &name, alpn, trust, options.timeout).await;
                if first {
                    self.facts.connect_ms = connected.map(milliseconds);
                }
                let (stream, facts) = result?;
                if first || !facts.verified {
                    self.facts.tls = Some(facts);
                }
                Wire::new(Connection::Tls(Box::new(stream)))
            }
        };
        Ok(Link::new(wire, settings))
    }

    /// `--servername`, else the domain that came with a redirect, else the URI's host.
    fn server_name(&self, domain: Option<String>) -> Result<ServerName<'static>, Fault> {
        if let Some(name) = &self.shared.environment.server_name {
            return Ok(name.clone());
        }
        let name = match (domain, &self.target.host) {
            (None, Host::Ip(ip)) => return Ok(ServerName::from(*ip)),
            (None, Host::Name(name)) => name.clone(),
            (Some(domain), _) => domain,
        };
        ServerName::try_from(name.clone()).map_err(|_| Fault {
            kind: FaultKind::Other,
            stage: "tls",
            message: format!("`{name}` is no name that a certificate can hold"),
        })
    }

    /// Binding ×n, and Allocate as soon as the first is answered or slow. `None`: no relay is wanted.
    async fn bind_and_allocate(&mut self, link: &mut Link) -> Result<Option<Answer>, Fault> {
        let (start, patience) = (self.shared.start, self.shared.options.timeout);
        let mut bindings = Bindings::default();
        link.stage = "binding";
        self.facts.binding = Some(bindings.facts(start));
        let first = link.start(Request::Binding);
        let prompt = match self.target.turn {
            true => timeout(HEAD_START.min(patience), link.answer(first)).await.ok(),
            false => Some(link.answer(first).await),
        };
        let mut allocate = None;
        match prompt {
            Some(answer) => bindings.take(answer?),
            None => {
                allocate = Some(self.start_allocate(link));
                let answer = link.answer(first).await?;
                bindings.take(answer);
            }
        }
        self.facts.binding = Some(bindings.facts(start));
        if bindings.answered() {
            bindings.sample(link, self.shared.options.bindings, patience).await?;
            self.facts.binding = Some(bindings.facts(start));
        }
        if !self.target.turn {
            return Ok(None);
        }
        self.progress("TURN Allocate");
        link.stage = "allocate";
        let request = match allocate {
            Some(request) => request,
            None => self.start_allocate(link),
        };
        Ok(Some(link.answer(request).await?))
    }

    fn start_allocate(&mut self, link: &mut Link) -> RequestId {
        self.entries.push(self.shared.ledger.enter());
        link.start(Request::Allocate)
    }

    /// Writes down what an Allocate came to; a 300 is returned to be followed.
    fn take_allocate(&mut self, answer: &Answer, redirected: bool) -> Option<RedirectFacts> {
        self.facts.allocate = Some(allocate_facts(answer, self.shared.start));
        if answer.success().is_none() {
            let others = self.shared.ledger.others(self.entries.len());
            self.crowded_out = matches!(answer.code(), Some(486 | 508)) && (others || self.alone);
            self.entries.clear();
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

    /// Everything behind a granted allocation.
    async fn relay_steps(&mut self, answer: &Answer) -> Result<(), Fault> {
        let (Some(granted), Some(mut link)) = (answer.success(), self.link.take()) else { return Ok(()) };
        link.stage = "relay";
        let Some(first) = relayed(link, granted) else { return Ok(()) };
        let address = first.address;
        self.facts.relay.address = Some(address);
        self.facts.relay.class = Some(AddressClass::of(address.ip()));
        self.first = Some(first);
        let result = self.measure(address).await;
        let released = self.release().await;
        result.and(released)
    }

    async fn measure(&mut self, address: SocketAddr) -> Result<(), Fault> {
        self.progress("relay");
        let patience = self.shared.options.timeout;
        let reflectors = self.reflectors();
        let (second, peer) =
            tokio::join!(self.second_allocation(), Peer::open(address, &reflectors, patience));
        match second {
            Some(Ok(second)) => self.second = Some(second),
            Some(Err(why)) => self.facts.given_up.push(format!("the loop between two allocations: {why}")),
            None => {}
        }
        let mut peer = match peer {
            Ok(peer) => Some(peer),
            Err(error) => {
                let why = format!("the paths to a plain UDP socket: {error}");
                self.facts.given_up.push(why);
                None
            }
        };
        if let Some(opened) = &peer {
            self.facts.relay.peer = Some(opened.facts.clone());
            let to = opened.address();
            self.permit(to).await?;
            let permitted = self.facts.permission.as_ref().is_some_and(|step| step.ok);
            if !permitted {
                peer = None;
            }
        }
        self.permit_loop().await?;
        let (Some(first), shared) = (&mut self.first, &self.shared) else { return Ok(()) };
        first.link.stage = "relay";
        let mut odd = Vec::new();
        let mut paths = Paths {
            run: rand::rng().random(),
            pace: shared.options.pace,
            first,
            second: self.second.as_mut(),
            peer: peer.as_mut(),
        };
        let result = paths.measure(&mut self.facts.relay, |oddity| odd.push(oddity)).await;
        for oddity in odd {
            self.facts.oddity(&oddity, "relay");
        }
        result
    }

    /// The servers that may tell our peer its address, this endpoint's own first.
    fn reflectors(&self) -> Vec<SocketAddr> {
        let ip = self.endpoint.addr.ip();
        let (mut own, others): (Vec<_>, Vec<_>) =
            self.shared.reflectors.iter().copied().partition(|reflector| reflector.ip() == ip);
        own.extend(others);
        own
    }

    /// CreatePermission and ChannelBind for our own peer.
    async fn permit(&mut self, peer: SocketAddr) -> Result<(), Fault> {
        let Some(first) = &mut self.first else { return Ok(()) };
        first.link.stage = "permission";
        first.permitted.push(peer.ip());
        let answer = first.link.request(Request::CreatePermission(vec![peer.ip()])).await?;
        self.facts.permission = Some(step_facts(&answer));
        if answer.success().is_none() {
            return Ok(());
        }
        first.link.stage = "channel";
        let answer = first.link.request(Request::ChannelBind { number: CHANNEL, peer }).await?;
        self.facts.channel = Some(step_facts(&answer));
        Ok(())
    }

    /// The permissions that the loop needs, each allocation letting the other in.
    async fn permit_loop(&mut self) -> Result<(), Fault> {
        let (Some(first), Some(second)) = (&mut self.first, &mut self.second) else { return Ok(()) };
        first.link.stage = "permission";
        first.permitted.push(second.address.ip());
        second.permitted.push(first.address.ip());
        let there = first.link.request(Request::CreatePermission(vec![second.address.ip()])).await?;
        let back = second.link.request(Request::CreatePermission(vec![first.address.ip()])).await;
        let refused = there.code().or_else(|| back.as_ref().ok().and_then(Answer::code));
        let granted = there.success().is_some() && back.is_ok_and(|back| back.success().is_some());
        if !granted {
            self.facts.relay.loop_permission_code = refused;
            let why = match refused {
                Some(code) => format!("the permission for the relay's own address was refused ({code})"),
                None => "the permission for the relay's own address was not answered".to_owned(),
            };
            self.facts.given_up.push(format!("the loop between two allocations: {why}"));
            let second = self.second.take();
            if let Some(mut second) = second {
                second.link.start(Request::Refresh { lifetime: 0 });
                let _ = timeout(FAREWELL, second.link.step()).await;
            }
        }
        Ok(())
    }

    /// The far end of the loop; `Some(Err)` says why there is none.
    async fn second_allocation(&self) -> Option<Result<Relayed, String>> {
        if self.alone {
            return Some(Err("the server refused an allocation while another of ours was open, \
                             so that this one was made alone"
                .to_owned()));
        }
        let first =
            self.facts.redirect.as_ref().and_then(|redirect| redirect.to).unwrap_or(self.endpoint.addr);
        let allocate = async {
            let mut link = self.sibling(first).await.map_err(|fault| fault.message)?;
            let answer = link.request(Request::Allocate).await.map_err(|fault| fault.message)?;
            match &answer.outcome {
                Outcome::Granted(granted) => {
                    relayed(link, granted).ok_or_else(|| "the second allocation has no address".to_owned())
                }
                Outcome::Refused { code, .. } => {
                    Err(format!("the server refused a second allocation ({code})"))
                }
                Outcome::TimedOut => Err("the second Allocate was not answered".to_owned()),
            }
        };
        let limit = tokio::time::Instant::now() + self.shared.options.timeout;
        Some(timeout_at(limit, allocate).await.unwrap_or_else(|_| Err("it took too long".to_owned())))
    }

    /// A second connection like the first, whose facts do not count.
    async fn sibling(&self, addr: SocketAddr) -> Result<Link, Fault> {
        let shared = self.shared.clone();
        let mut session = Session::new(shared, self.target.clone(), self.endpoint);
        let domain = self.facts.redirect.as_ref().and_then(|redirect| redirect.domain.clone());
        Box::pin(session.connect(addr, domain, false)).await
    }

    async fn release(&mut self) -> Result<(), Fault> {
        if let Some(mut second) = self.second.take() {
            second.link.start(Request::Refresh { lifetime: 0 });
            second.link.flush().await;
            // Its answer is of no interest, but a server that has it counts one allocation less.
            let _ = timeout(FAREWELL, second.link.step()).await;
        }
        let Some(first) = &mut self.first else { return Ok(()) };
        first.link.stage = "refresh";
        let answer = first.link.request(Request::Refresh { lifetime: LIFETIME }).await?;
        self.facts.refresh = Some(step_facts(&answer));
        first.link.stage = "release";
        let answer = first.link.request(Request::Refresh { lifetime: 0 }).await?;
        self.facts.release = Some(step_facts(&answer));
        let first = self.first.take();
        if let Some(mut first) = first {
            self.drain(&mut first.link);
        }
        self.entries.clear();
        Ok(())
    }

    /// Gives back what we hold without waiting for a word.
    async fn farewell(&mut self) {
        for relayed in [self.first.take(), self.second.take()].into_iter().flatten() {
            let mut link = relayed.link;
            link.start(Request::Refresh { lifetime: 0 });
            link.flush().await;
        }
    }

    /// Writes down what a link has seen beside its answers.
    fn drain(&mut self, link: &mut Link) {
        let stage = link.stage;
        for event in link.leftovers() {
            if let Event::Oddity(oddity) = event {
                self.facts.oddity(&oddity, stage);
            }
        }
    }

    fn progress(&self, doing: &str) {
        let Endpoint { addr, transport, .. } = self.endpoint;
        (self.shared.environment.progress)(&format!("{addr} {}: {doing}", transport.name()));
    }
}

/// The allocation that a response granted.
fn relayed(link: Link, granted: &Message) -> Option<Relayed> {
    let address = granted.xor_address(attribute::XOR_RELAYED_ADDRESS)?;
    let lifetime = granted.number(attribute::LIFETIME).unwrap_or(LIFETIME);
    Some(Relayed { link, address, permitted: Vec::new(), lifetime })
}
