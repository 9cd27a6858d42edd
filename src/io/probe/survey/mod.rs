//! What is asked of a server once, and not of each of its ports: after every endpoint is done, over the
//! best of those that gave a relay.

mod capabilities;
mod fresh;
mod lifetimes;
mod mtu;
mod pair;
mod permission;
mod security;
mod strangers;
mod tcp_relay;
mod throughput;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use self::fresh::{Asked, Door, Patience};
use super::Shared;
use super::connector::Connector;
use crate::io::patience;
use crate::probe::facts::{Check, EndpointFacts, LifetimesFacts};
use crate::probe::plan::{Endpoint, Target, Transport};
use crate::turn::Allocate;

/// An endpoint of the plan: its target's place, and where and how.
pub(super) type Planned = (usize, Endpoint);

/// Surveys each server over one of its endpoints, and writes what it saw into that endpoint's facts.
pub(super) async fn all(
    shared: &Shared,
    targets: &[Arc<Target>],
    planned: &[Planned],
    results: &mut [Option<EndpointFacts>],
) {
    let chosen = servers(planned, results);
    if shared.options.audits.security {
        unexamined(targets, planned, results, &chosen);
    }
    let mut running = JoinSet::new();
    let alone = Arc::new(Semaphore::new(1));
    for order in chosen {
        let (at, endpoint) = planned[order];
        let Some(facts) = results[order].take() else { continue };
        let stream = stream_of(&facts, planned, results);
        let survey = Survey::new(shared.clone(), targets[at].clone(), endpoint, stream, facts, alone.clone());
        running.spawn(async move { (order, survey.run().await) });
    }
    while let Some(done) = running.join_next().await {
        if let Ok((order, facts)) = done {
            results[order] = Some(facts);
        }
    }
}

/// Says of each target whose server gave no relay that its security was not looked at.
fn unexamined(
    targets: &[Arc<Target>],
    planned: &[Planned],
    results: &mut [Option<EndpointFacts>],
    chosen: &[usize],
) {
    let examined: Vec<EndpointFacts> = chosen.iter().filter_map(|order| results[*order].clone()).collect();
    for (at, target) in targets.iter().enumerate() {
        let mut own = (0..planned.len()).filter(|order| planned[*order].0 == at);
        // Nobody asks a stun: target for a realm, which would tell it from another at its address.
        let known = |facts: &EndpointFacts| {
            examined.iter().any(|other| match target.turn {
                true => other.identity() == facts.identity(),
                false => other.addr.ip() == facts.addr.ip(),
            })
        };
        if own.clone().any(|order| results[order].as_ref().is_some_and(known)) {
            continue;
        }
        if let Some(facts) = own.next().and_then(|order| results[order].as_mut()) {
            let why = match target.turn {
                true => "the server gave no relay, without which nothing can be asked",
                false => "a stun: server has no relay to ask about",
            };
            facts.give_up(Check::Security, why);
        }
    }
}

fn relays(facts: &EndpointFacts) -> bool {
    facts.relay.address.is_some() && !facts.stopped && facts.fault.is_none()
}

/// The best endpoint of each server that gave a relay: UDP before TCP before TLS before DTLS, which cost more.
fn servers(planned: &[Planned], results: &[Option<EndpointFacts>]) -> Vec<usize> {
    let mut best: Vec<usize> = Vec::new();
    for (order, facts) in results.iter().enumerate() {
        let Some(facts) = facts.as_ref().filter(|facts| relays(facts)) else { continue };
        let known = best.iter_mut().find(|known| {
            results[**known].as_ref().is_some_and(|other| other.identity() == facts.identity())
        });
        match known {
            None => best.push(order),
            Some(known) if planned[order].1.transport < planned[*known].1.transport => *known = order,
            Some(_) => {}
        }
    }
    best
}

/// Where the same server speaks TCP or TLS, if it is known to.
fn stream_of(
    facts: &EndpointFacts,
    planned: &[Planned],
    results: &[Option<EndpointFacts>],
) -> Option<(Transport, SocketAddr)> {
    let own = Some((facts.transport, facts.addr)).filter(|(transport, _)| transport.is_stream());
    own.or_else(|| {
        planned.iter().zip(results).find_map(|((_, endpoint), other)| {
            let same =
                other.as_ref().is_some_and(|other| relays(other) && other.identity() == facts.identity());
            (endpoint.transport.is_stream() && same).then_some((endpoint.transport, endpoint.addr))
        })
    })
}

/// One server being surveyed.
pub(super) struct Survey {
    shared: Shared,
    /// Where its allocations are made.
    door: Door,
    /// As [`stream_of`].
    stream: Option<(Transport, SocketAddr)>,
    facts: EndpointFacts,
    /// How long what is watched has lasted so far.
    learnt: Mutex<Option<LifetimesFacts>>,
    /// Whoever fills a path must have it for itself.
    alone: Arc<Semaphore>,
}

impl Survey {
    fn new(
        shared: Shared,
        target: Arc<Target>,
        endpoint: Endpoint,
        stream: Option<(Transport, SocketAddr)>,
        facts: EndpointFacts,
        alone: Arc<Semaphore>,
    ) -> Self {
        let redirect = facts.redirect.as_ref().filter(|redirect| redirect.followed);
        let server = redirect.and_then(|redirect| redirect.to).unwrap_or(endpoint.addr);
        let domain = redirect.and_then(|redirect| redirect.domain.clone());
        let connector = Connector { shared: shared.clone(), target, transport: endpoint.transport };
        let door = Door::new(connector, server, domain, shared.options.wish());
        Self { shared, door, stream, facts, learnt: Mutex::default(), alone }
    }

    /// Makes every check that was asked for, until the run is over.
    async fn run(mut self) -> EndpointFacts {
        let deadline = self.shared.deadline;
        let mut interrupted = self.shared.interrupted.clone();
        let stopped = tokio::select! {
            biased;
            () = self.checks() => None,
            () = patience::interruption(&mut interrupted) => Some("the run was interrupted"),
            () = patience::until(deadline) => Some("the run's deadline passed"),
        };
        if let Some(why) = stopped {
            self.recall_lifetimes();
            self.facts.give_up(Check::Survey, why);
        }
        self.facts
    }

    async fn checks(&mut self) {
        if self.shared.options.audits.capabilities {
            self.progress("capabilities");
            self.capabilities().await;
        }
        if self.shared.options.audits.security {
            self.progress("security");
            self.security().await;
        }
        let audits = self.shared.options.audits.clone();
        if !audits.lifetimes.is_empty() {
            self.progress("lifetimes");
            self.lifetimes(&audits.lifetimes).await;
        }
        let _alone = self.alone.clone().acquire_owned().await;
        if audits.mtu {
            self.progress("path MTU");
            self.mtu().await;
        }
        if let Some(plan) = audits.throughput {
            self.throughput(plan).await;
        }
    }

    /// What every Allocate asks for that wants nothing in particular: what the endpoint's own asked for.
    fn wish(&self) -> Allocate {
        self.shared.options.wish()
    }

    /// As long as the user has it for the answer, and as often as may help for a quota.
    fn patience(&self) -> Patience {
        Patience { answer: self.shared.options.timeout, room: None }
    }

    /// The servers that may tell a socket its address, this one first.
    fn reflectors(&self) -> Vec<SocketAddr> {
        let mut all = self.shared.reflectors.read().unwrap_or_else(PoisonError::into_inner).clone();
        all.sort_by_key(|reflector| reflector.ip() != self.door.server.ip());
        all
    }

    fn progress(&self, doing: &str) {
        (self.shared.environment.progress)(&format!("{}: {doing}", self.door.server.ip()));
    }
}
