//! Drives a probe: all endpoints at once, then alone those that a quota kept from a relay.

mod allocation;
mod binding;
mod connector;
mod credential;
mod crew;
mod endpoint;
mod hush;
mod interfaces;
mod ledger;
mod located;
mod other_port;
mod paths;
mod peer;
mod relay;
mod room;
mod second_look;
mod survey;
mod watch;

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

use anyhow::Context as _;
use rand::Rng as _;
use rustls::pki_types::ServerName;
use tokio::sync::watch::Receiver;
use tokio::task::JoinSet;

use self::crew::Crew;
use self::endpoint::Session;
use self::hush::Hush;
use self::ledger::Ledger;
use self::room::Room;
pub use self::watch::{Every, Watcher};
use super::event_loop::event_loop;
use super::local::Local;
use super::patience;
use super::resolve::{self, Family, Resolver};
use super::signal;
use super::tap::Tap;
use super::tls::Trust;
use crate::ice::uri::Host;
use crate::measure::milliseconds;
use crate::nat::{NatFacts, Reflector};
use crate::probe::facts::{Check, EndpointFacts, Observation, TargetFacts};
use crate::probe::plan::{self, Attempt, Endpoint, Options, Place, Target, Transport};

/// What a run needs besides its targets.
#[derive(Clone)]
pub struct Environment {
    /// For certificates.
    pub trust: Trust,
    /// `--interface`, `--local-addr`.
    pub local: Local,
    /// `--servername`: instead of the target's host.
    pub server_name: Option<ServerName<'static>>,
    /// Told what is being done, for people who wait.
    pub progress: Arc<dyn Fn(&str) + Send + Sync>,
    /// Told what is sent and received.
    pub tap: Tap,
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
        let runtime = event_loop().context("start the event loop")?;
        let seen = runtime.block_on(async {
            let interrupted = signal::interrupted();
            run(targets, options, environment, interrupted).await
        });
        Ok((seen, plan))
    }
}

/// DNS that takes longer is shown to be waited for.
const SLOW_DNS: Duration = Duration::from_secs(1);

/// How often an allocation that a quota refused is asked for again, alone: coturn gives neither a
/// user's quota nor a relay port back at the moment of the release.
const ALONE: [Duration; 4] =
    [Duration::ZERO, Duration::from_millis(250), Duration::from_millis(750), Duration::from_millis(2000)];
/// How often one is asked for again that was refused although no other of this run was open: those of a run
/// before it count at coturn for a second.
const ONCE_MORE: [Duration; 2] = [Duration::from_millis(250), Duration::from_millis(950)];

/// What DNS said, as it comes in.
enum Found {
    Places { at: usize, located: located::Located },
    Addresses { at: usize, host: Host, attempts: Vec<Attempt>, family: Family, found: resolve::Found },
}

/// What one endpoint's session shares with the others.
#[derive(Clone)]
struct Shared {
    environment: Environment,
    interrupted: Receiver<bool>,
    options: Options,
    ledger: Arc<Ledger>,
    hush: Arc<Hush>,
    room: Room,
    start: Instant,
    deadline: Instant,
    /// Servers that may tell a plain UDP socket its reflexive address.
    reflectors: Arc<RwLock<Vec<SocketAddr>>>,
    /// Hosts whose clock an endpoint has taken upon itself to find.
    clocks: Arc<Mutex<HashSet<IpAddr>>>,
}

impl Shared {
    /// Adds the servers behind these endpoints to those that may tell a UDP socket its address: the UDP ones
    /// first, then whatever else is at the same address, which may answer STUN too.
    fn reflect(&self, endpoints: &[Endpoint]) {
        let udp = endpoints.iter().filter(|e| e.transport == Transport::Udp).map(|e| e.addr);
        let others = endpoints.iter().flat_map(|e| [e.addr, SocketAddr::new(e.addr.ip(), 3478)]);
        let mut reflectors = self.reflectors.write().unwrap_or_else(PoisonError::into_inner);
        for server in udp.chain(others) {
            if !reflectors.contains(&server) {
                reflectors.push(server);
            }
        }
    }
}

/// Probes all targets.
async fn run(
    targets: Vec<Target>,
    options: Options,
    environment: Environment,
    interrupted: Receiver<bool>,
) -> Observation {
    let start = Instant::now();
    let deadline = start + options.deadline;
    let resolver = Arc::new(Resolver::from_system(options.timeout));
    let loopback_hosts = targets.iter().all(|target| match &target.host {
        Host::Ip(ip) => ip.is_loopback(),
        Host::Name(name) => name == "localhost",
    });

    let targets: Vec<Arc<Target>> = targets.into_iter().map(Arc::new).collect();
    let mut resolving = JoinSet::new();
    let families = options.families;
    let look_up = |resolving: &mut JoinSet<Found>, at: usize, places: Vec<Place>| {
        for (host, attempts) in located::by_host(places) {
            for family in [Family::V4, Family::V6] {
                let wanted = if family == Family::V4 { families.v4 } else { families.v6 };
                if !wanted {
                    continue;
                }
                let (resolver, host, attempts) = (resolver.clone(), host.clone(), attempts.clone());
                resolving.spawn(async move {
                    let found = resolver.family(&host, family).await;
                    Found::Addresses { at, host, attempts, family, found }
                });
            }
        }
    };
    for (at, target) in targets.iter().enumerate() {
        if options.srv {
            let (resolver, target) = (resolver.clone(), target.clone());
            resolving.spawn(async move {
                Found::Places { at, located: located::locate(&resolver, &target).await }
            });
        } else {
            look_up(&mut resolving, at, target.places());
        }
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
    let room = Room::for_pace(&options.pace);
    let shared = Shared {
        environment,
        interrupted,
        options,
        room,
        ledger: Arc::default(),
        hush: Arc::default(),
        start,
        deadline,
        reflectors: Arc::default(),
        clocks: Arc::default(),
    };

    // Each family's endpoints start as soon as its addresses are known: one that no resolver answers for
    // does not hold up the other.
    let mut planned: Vec<(usize, Endpoint)> = Vec::new();
    let mut results: Vec<Option<EndpointFacts>> = Vec::new();
    let mut alone = Vec::new();
    let mut crew = Crew::new();
    let mut stop = shared.interrupted.clone();
    let mut asking = true;
    let slow = tokio::time::sleep(SLOW_DNS);
    tokio::pin!(slow);
    let mut patient = true;
    loop {
        tokio::select! {
            found = resolving.join_next(), if asking => match found {
                Some(Ok(Found::Places { at, located })) => {
                    let resolve = &mut facts[at].resolve;
                    resolve.srv_ms = located.took_ms;
                    resolve.naptr = located.naptr;
                    resolve.srv = located.srv;
                    resolve.srv_notes = located.notes;
                    resolve.errors.extend(located.errors);
                    look_up(&mut resolving, at, located.places);
                }
                Some(Ok(Found::Addresses { at, host, attempts, family, found })) => {
                    let addresses = found.addresses.as_ref().map_or(&[][..], Vec::as_slice);
                    let mut endpoints = plan::endpoints(&attempts, addresses);
                    // Two SRV records may lead to the same place.
                    endpoints.retain(|new| {
                        !planned.iter().any(|(other, old)| {
                            *other == at && (old.addr, old.transport) == (new.addr, new.transport)
                        })
                    });
                    shared.reflect(&endpoints);
                    for endpoint in endpoints {
                        let session = Session::new(shared.clone(), targets[at].clone(), endpoint);
                        crew.start(planned.len(), session.with_others());
                        planned.push((at, endpoint));
                        results.push(None);
                    }
                    let host = host.to_string();
                    facts[at].resolve.take(&host, family == Family::V4, found.took_ms, found.addresses);
                }
                Some(Err(_)) => {}
                None => asking = false,
            },
            () = &mut slow, if asking && patient => {
                patient = false;
                let most = shared.options.timeout.as_secs_f64();
                (shared.environment.progress)(&format!("DNS has not answered yet; waiting for up to {most} s (--timeout)"));
            }
            Ok(_) = stop.wait_for(|interrupted| *interrupted), if asking => asking = false,
            ended = crew.next() => match ended {
                Some((order, ended)) => {
                    if ended.crowded_out {
                        alone.push(order);
                    }
                    results[order] = Some(ended.facts);
                }
                None => break,
            },
        }
        if !asking {
            crew.close();
        }
    }
    alone.sort_unstable();
    let mut interrupted = shared.interrupted.clone();
    let crowded = shared.ledger.others();
    let mut full = HashSet::new();
    'alone: for order in alone {
        let (at, endpoint) = planned[order];
        let pauses = if crowded { &ALONE[..] } else { &ONCE_MORE };
        // Where one has waited in vain, no other needs to.
        let known = full.contains(&endpoint.addr.ip());
        for &pause in if known { &pauses[..1] } else { pauses } {
            if Instant::now() + pause >= deadline {
                continue 'alone;
            }
            tokio::select! {
                biased;
                Ok(_) = interrupted.wait_for(|interrupted| *interrupted) => break 'alone,
                () = tokio::time::sleep(pause) => {}
            }
            let session = Session::new(shared.clone(), targets[at].clone(), endpoint);
            let ended = if crowded { session.alone() } else { session }.run().await;
            // A try that was stopped on its way knows less than the one before it.
            if let EndpointFacts { allocate: Some(_), .. } = &ended.facts {
                let before = results[order].as_ref().and_then(|facts| facts.crowded);
                // What kept it from a relay at first stays known.
                results[order] =
                    Some(EndpointFacts { crowded: before.or(ended.facts.crowded), ..ended.facts });
            }
            if !ended.crowded_out {
                continue 'alone;
            }
        }
        full.insert(endpoint.addr.ip());
    }
    let reflecting = reflecting(&planned, &results);
    let ((), nat) =
        tokio::join!(survey::all(&shared, &targets, &planned, &mut results), nat(&shared, &reflecting));
    let mut seen: Vec<_> = planned.iter().zip(results).collect();
    // As the targets name them, whichever family was known first.
    seen.sort_by_key(|((at, endpoint), _)| (*at, targets[*at].rank(endpoint), endpoint.addr.is_ipv6()));
    for ((at, endpoint), result) in seen {
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
        nat,
        hosts: interfaces::host_addresses(loopback_hosts, &shared.environment.local),
        took_ms: milliseconds(start.elapsed()),
        ended_unix: SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_or(0, |since| since.as_secs()),
        interrupted: *shared.interrupted.borrow(),
    }
}

/// The UDP endpoints that answered a Binding, as planned.
fn reflecting(planned: &[(usize, Endpoint)], results: &[Option<EndpointFacts>]) -> Vec<Reflector> {
    let seen = planned.iter().zip(results).filter(|((_, endpoint), _)| endpoint.transport == Transport::Udp);
    seen.filter_map(|((_, endpoint), facts)| {
        let binding = facts.as_ref()?.binding.as_ref().filter(|binding| binding.ok)?;
        Some(Reflector { addr: endpoint.addr, other_address: binding.other_address })
    })
    .collect()
}

/// `--nat`, until the run is over.
async fn nat(shared: &Shared, servers: &[Reflector]) -> Option<Vec<NatFacts>> {
    let audit = shared.options.audits.nat?;
    let progress = &shared.environment.progress;
    match audit.lifetime {
        None => progress("NAT behaviour"),
        Some(most) => progress(&format!("NAT behaviour and lifetime: {} s of waiting", most.as_secs_f64())),
    }
    let over = || {
        let (mut interrupted, deadline) = (shared.interrupted.clone(), shared.deadline);
        async move {
            tokio::select! {
                () = patience::interruption(&mut interrupted) => {}
                () = patience::until(deadline) => {}
            }
        }
    };
    Some(
        super::nat::discover(
            servers,
            &shared.environment.local,
            audit.lifetime,
            &shared.environment.tap,
            over,
        )
        .await,
    )
}

/// A fresh seed for transaction ids.
fn seed() -> [u8; 32] {
    rand::rng().random()
}
