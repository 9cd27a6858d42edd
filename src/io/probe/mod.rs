//! Drives a probe: all endpoints at once, then alone those that a quota kept from a relay.

mod allocation;
mod binding;
mod connector;
mod crew;
mod endpoint;
mod interfaces;
mod ledger;
mod paths;
mod peer;
mod relay;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use anyhow::Context as _;
use rand::Rng as _;
use rustls::pki_types::ServerName;
use tokio::sync::watch;
use tokio::task::JoinSet;

use self::endpoint::Session;
use self::ledger::Ledger;
use super::resolve::Resolver;
use super::signal;
use super::tls::Trust;
use crate::ice::uri::Host;
use crate::measure::milliseconds;
use crate::probe::facts::{Check, EndpointFacts, Observation, TargetFacts};
use crate::probe::plan::{Endpoint, Options, Target, Transport};

/// What a run needs besides its targets.
#[derive(Clone)]
pub struct Environment {
    /// For certificates.
    pub trust: Trust,
    /// `--servername`: instead of the target's host.
    pub server_name: Option<ServerName<'static>>,
    /// Told what is being done, for people who wait.
    pub progress: Arc<dyn Fn(&str) + Send + Sync>,
}

/// A run that has not begun.
pub struct Run {
    /// What to probe.
    pub targets: Vec<Target>,
    /// How thoroughly.
    pub options: Options,
    /// With what.
    pub environment: Environment,
}

/// What a finished run was asked to do.
#[derive(Debug)]
pub struct Plan {
    /// What was probed.
    pub targets: Vec<Target>,
    /// How thoroughly.
    pub options: Options,
}

impl Run {
    /// Runs in this thread until all is probed, the deadline passes, or the user interrupts.
    ///
    /// # Errors
    /// The system gives no event loop.
    pub fn to_end(self) -> anyhow::Result<(Observation, Plan)> {
        let Self { targets, options, environment } = self;
        let plan = Plan { targets: targets.clone(), options: options.clone() };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("start the event loop")?;
        let seen = runtime.block_on(async {
            let interrupted = signal::interrupted();
            run(targets, options, environment, interrupted).await
        });
        Ok((seen, plan))
    }
}

/// How often an allocation that a quota refused is asked for again, alone: coturn gives neither a
/// user's quota nor a relay port back at the moment of the release.
const ALONE: [Duration; 4] =
    [Duration::ZERO, Duration::from_millis(250), Duration::from_millis(750), Duration::from_millis(2000)];

/// What one endpoint's session shares with the others.
#[derive(Clone)]
struct Shared {
    environment: Environment,
    interrupted: watch::Receiver<bool>,
    options: Options,
    ledger: Arc<Ledger>,
    start: Instant,
    deadline: Instant,
    /// Servers that may tell a plain UDP socket its reflexive address.
    reflectors: Arc<Vec<SocketAddr>>,
}

/// Probes all targets.
async fn run(
    targets: Vec<Target>,
    options: Options,
    environment: Environment,
    interrupted: watch::Receiver<bool>,
) -> Observation {
    let start = Instant::now();
    let deadline = start + options.deadline;
    let resolver = Arc::new(Resolver::from_system(options.timeout));
    let loopback_hosts = targets.iter().all(|target| match &target.host {
        Host::Ip(ip) => ip.is_loopback(),
        Host::Name(name) => name == "localhost",
    });

    let mut resolving = JoinSet::new();
    for (at, target) in targets.iter().enumerate() {
        let (resolver, host) = (resolver.clone(), target.host.clone());
        resolving.spawn(async move { (at, resolver.addresses(&host).await) });
    }
    let mut facts: Vec<TargetFacts> = targets
        .iter()
        .map(|target| TargetFacts {
            uri: target.uri.clone(),
            turn: target.turn,
            resolve: Default::default(),
            endpoints: Vec::new(),
            findings: Vec::new(),
        })
        .collect();
    let mut addresses: Vec<Vec<IpAddr>> = vec![Vec::new(); targets.len()];
    let mut stop = interrupted.clone();
    loop {
        let done = tokio::select! {
            done = resolving.join_next() => done,
            Ok(_) = stop.wait_for(|interrupted| *interrupted) => None,
        };
        let Some(done) = done else { break };
        let Ok((at, (found, resolve))) = done else { continue };
        facts[at].resolve = resolve;
        addresses[at] = found;
    }

    let planned: Vec<(usize, Endpoint)> = targets
        .iter()
        .enumerate()
        .flat_map(|(at, target)| target.endpoints(&addresses[at]).into_iter().map(move |e| (at, e)))
        .collect();
    let mut reflectors: Vec<SocketAddr> =
        planned.iter().filter(|(_, e)| e.transport == Transport::Udp).map(|(_, e)| e.addr).collect();
    for (_, endpoint) in &planned {
        reflectors.push(endpoint.addr);
        reflectors.push(SocketAddr::new(endpoint.addr.ip(), 3478));
    }
    let mut seen = std::collections::HashSet::new();
    reflectors.retain(|addr| seen.insert(*addr));

    let shared = Shared {
        environment,
        interrupted,
        options,
        ledger: Arc::default(),
        start,
        deadline,
        reflectors: Arc::new(reflectors),
    };
    let targets: Vec<Arc<Target>> = targets.into_iter().map(Arc::new).collect();
    let sessions = planned.iter().enumerate().map(|(order, (at, endpoint))| {
        (order, Session::new(shared.clone(), targets[*at].clone(), *endpoint))
    });
    let mut ended = crew::run(sessions.collect());
    let mut results: Vec<Option<EndpointFacts>> = vec![None; planned.len()];
    let mut alone = Vec::new();
    while let Some((order, ended)) = ended.recv().await {
        if ended.crowded_out {
            alone.push(order);
        }
        results[order] = Some(ended.facts);
    }
    alone.sort_unstable();
    let mut interrupted = shared.interrupted.clone();
    'alone: for order in alone {
        let (at, endpoint) = planned[order];
        for pause in ALONE {
            if Instant::now() + pause >= deadline {
                continue 'alone;
            }
            tokio::select! {
                biased;
                Ok(_) = interrupted.wait_for(|interrupted| *interrupted) => break 'alone,
                () = tokio::time::sleep(pause) => {}
            }
            let session = Session::new(shared.clone(), targets[at].clone(), endpoint).alone();
            let ended = session.run().await;
            // A try that was stopped on its way knows less than the one before it.
            if ended.facts.allocate.is_some() {
                results[order] = Some(ended.facts);
            }
            if !ended.crowded_out {
                break;
            }
        }
    }
    for ((at, endpoint), result) in planned.iter().zip(results) {
        // A session that panicked has no facts; it must not take the others' along.
        facts[*at].endpoints.push(result.unwrap_or_else(|| {
            let mut facts = EndpointFacts::new(endpoint.addr, endpoint.transport, endpoint.required);
            facts.stopped = true;
            facts.give_up(Check::Rest, "the system gave no thread or file, or the probe itself failed");
            facts
        }));
    }
    Observation {
        targets: facts,
        hosts: interfaces::host_addresses(loopback_hosts),
        took_ms: milliseconds(start.elapsed()),
        ended_unix: SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_or(0, |since| since.as_secs()),
        interrupted: *shared.interrupted.borrow(),
    }
}

/// A fresh seed for transaction ids.
fn seed() -> [u8; 32] {
    rand::rng().random()
}
