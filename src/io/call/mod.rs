//! Drives calls: sockets, timers, one loop in one thread for both ends.

pub mod crypto;
mod drive;
mod evidence;
mod floor;
mod limits;
mod ports;
mod relay;
mod relays;
mod usage;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use rustls::pki_types::ServerName;

use self::evidence::{Clock, Evidence};
use self::limits::Limits;
use self::ports::{Port, Ports};
use super::event_loop::{event_loop, room};
use super::local::Local;
use super::signal;
use super::tls::Trust;
use crate::call::{
    Call, CandidateKind, Cost, Descriptions, End, FloorFacts, Pair, PathFacts, Phase, Rolling, Scenario,
    Summary, Witness,
};
use crate::finding::FailOn;
use crate::measure::{Distribution, milliseconds};
use crate::metric::Threshold;
use crate::probe::plan::Place;
use crate::turn::Family;
use crate::turn::credentials::Credentials;

pub use self::evidence::Files;

/// Calls to be made, one after the other.
#[derive(Debug)]
pub struct Run {
    /// What each carries.
    pub scenario: Scenario,
    /// Where the ends have their sockets.
    pub addresses: Vec<IpAddr>,
    /// How many pairs of ends call each other at the same time, over each path.
    pub pairs: NonZeroUsize,
    /// Through which relays, one call each; none: one call within the host.
    pub routes: Vec<Route>,
    /// Host candidates as well, where there are relays.
    pub all: bool,
    /// From where relays are reached.
    pub local: Local,
    /// Which families of the servers' addresses are used, IPv4 and IPv6.
    pub families: (bool, bool),
    /// Of which family the relayed addresses are to be (RFC 8656 §18.6); `None`: as the server has it, which is IPv4.
    pub relay_family: Option<Family>,
    /// What relays' certificates are held against.
    pub trust: Trust,
    /// The name in them, if not the host's.
    pub server_name: Option<ServerName<'static>>,
    /// Which limits there are.
    pub thresholds: Vec<Threshold>,
    /// Which failures fail the run.
    pub fail_on: FailOn,
    /// How long the whole may take.
    pub deadline: Duration,
    /// Round trips of raw datagrams that the call's are held against.
    pub floor: u32,
    /// What is left of it as files.
    pub files: Files,
}

/// What a run comes to.
#[derive(Debug)]
pub struct Ended {
    /// What was measured.
    pub summary: Summary,
    /// Offer and answer of the first call.
    pub descriptions: Option<Descriptions>,
    /// What could not be written, in a sentence each: the run is not the worse for it.
    pub problems: Vec<String>,
}

/// A relay, and how it is reached.
#[derive(Debug, Clone)]
pub struct Route {
    /// As it is shown: the URI, without credentials.
    pub name: String,
    /// Where, and over what.
    pub place: Place,
    /// Who we are.
    pub credentials: Option<Credentials>,
}

/// Told how it goes.
pub type Watcher = Arc<dyn Fn(&Rolling) + Send + Sync>;

/// When the run began, and what was begun at once.
#[derive(Debug)]
pub struct Started {
    at: Instant,
    warm: JoinHandle<()>,
}

impl Started {
    /// Begins with what takes time and needs nothing: the sooner this is called, the sooner it is over.
    pub fn now() -> Self {
        Self { at: Instant::now(), warm: std::thread::spawn(crypto::warm_up) }
    }
}

impl Run {
    /// Makes the calls.
    ///
    /// # Errors
    /// No threads, no sockets, files that cannot be made.
    pub fn to_end(self, started: Started, watcher: Watcher) -> anyhow::Result<Ended> {
        let clock = Clock::now();
        let evidence = Evidence::start(&self.files, clock)?;
        let stop = Arc::new(AtomicBool::new(false));
        let runtime = event_loop().context("start the event loop")?;
        let (say, done) = tokio::sync::oneshot::channel();
        let heard = stop.clone();
        let thread = std::thread::Builder::new().name("call".to_owned());
        thread
            .spawn(move || drop(say.send(self.run(started, (clock, evidence), &heard, &watcher))))
            .context("start a thread")?;
        runtime.block_on(async move {
            let mut interrupted = signal::interrupted();
            tokio::pin!(done);
            tokio::select! {
                result = &mut done => return result.context("the call broke off")?,
                _ = interrupted.wait_for(|interrupted| *interrupted) => {}
            }
            stop.store(true, Ordering::Relaxed);
            done.await.context("the call broke off")?
        })
    }

    fn run(
        self,
        started: Started,
        (clock, mut evidence): (Clock, Evidence),
        stop: &AtomicBool,
        watcher: &Watcher,
    ) -> anyhow::Result<Ended> {
        let start = started.at;
        // Whoever is not ready by then makes itself ready.
        let _ = started.warm.join();
        let cpu = usage::processor_time();
        let limits = Limits { stop, end: start + self.deadline, deadline: self.deadline };
        let (mut paths, mut descriptions, mut not_tried) = (Vec::new(), None, Vec::new());
        if self.routes.is_empty() {
            let (path, described) = self.path((start, clock), None, &limits, (watcher, &mut evidence))?;
            paths.push(path);
            descriptions = described;
        }
        for (at, route) in self.routes.iter().enumerate() {
            if at > 0 && limits.are_reached() {
                not_tried.push(format!("{} over {}", route.name, route.place.attempt.transport.name()));
                continue;
            }
            // The first has the start of the run; the others have their own.
            let start = if at == 0 { start } else { Instant::now() };
            let (path, described) =
                self.path((start, clock), Some(route), &limits, (watcher, &mut evidence))?;
            paths.push(path);
            descriptions = descriptions.or(described);
        }
        let spent = usage::processor_time().zip(cpu).map(|(after, before)| after.saturating_sub(before));
        let took = start.elapsed();
        let interrupted = stop.load(Ordering::Relaxed);
        let (address, bytes) = (self.addresses.first().copied(), self.scenario.channel.message_size);
        let first = paths.first();
        // Nobody waits for it who wants to leave, and there is nothing to hold against it where there was no call.
        let address = address
            .filter(|_| limits.leave(floor::TAKES) && first.is_some_and(|path| path.failure.is_none()));
        let rtt = floor::paced(address, self.scenario.ping_interval(), bytes);
        let back_to_back = floor::back_to_back(address, self.floor, bytes);
        let woken = floor::woken(address, self.floor, bytes);
        // A relay, or what was done on purpose, is nothing that a socket of this machine has.
        let plain = first.filter(|path| {
            bytes <= floor::DATAGRAM
                && path.impairment.is_empty()
                && !path.pair.as_ref().is_some_and(|pair| pair.relayed)
        });
        let middle = plain.and_then(|path| path.rtt.channel.as_ref()).map(|rtt| rtt.median_ms);
        let over = |floor: &Option<Distribution>| {
            let ratio = middle? / floor.as_ref()?.median_ms.max(1e-3);
            Some((ratio * 100.0).round() / 100.0)
        };
        let floor = FloorFacts {
            ratio: over(&rtt),
            back_to_back_ratio: over(&back_to_back),
            woken_ratio: over(&woken),
            rtt,
            back_to_back,
            woken,
        };
        let cost = Cost {
            cpu_pct: spent.map(|spent| (spent.as_secs_f64() / took.as_secs_f64() * 1e3).round() / 10.0),
            peak_memory_bytes: usage::peak_memory(),
        };
        let took_ms = milliseconds(start.elapsed());
        let summary = Summary::new(paths, floor, cost, took_ms, interrupted, &self.thresholds, self.fail_on)
            .without(not_tried);
        Ok(Ended { summary, descriptions, problems: evidence.finish() })
    }

    /// All calls over one path, at the same time.
    fn path(
        &self,
        (start, clock): (Instant, Clock),
        route: Option<&Route>,
        limits: &Limits<'_>,
        (watcher, evidence): (&Watcher, &mut Evidence),
    ) -> anyhow::Result<(PathFacts, Option<Descriptions>)> {
        if self.pairs == NonZeroUsize::MIN {
            let scenario = self.scenario.clone();
            let (pair, described) =
                self.call((start, clock), scenario, route, limits, (watcher, evidence))?;
            return Ok((pair.alone(), described));
        }
        let quiet: Watcher = Arc::new(|_| {});
        let ended: Vec<anyhow::Result<_>> = std::thread::scope(|scope| {
            let one = |number: usize| {
                // Two pairs of one seed are not to lose the same.
                let seed = self.scenario.seed.wrapping_add(number as u64);
                let scenario = Scenario { seed, ..self.scenario.clone() };
                let watcher = if number == 0 { watcher } else { &quiet };
                let mut evidence = Evidence::start(&Files::default(), clock)?;
                let at = if number == 0 { start } else { Instant::now() };
                self.call((at, clock), scenario, route, limits, (watcher, &mut evidence))
            };
            let begun: Vec<_> = (0..self.pairs.get())
                .map(|number| {
                    let thread = std::thread::Builder::new().name(format!("pair {}", number + 1));
                    thread.spawn_scoped(scope, move || one(number)).context("start a thread")
                })
                .collect();
            let ended = begun.into_iter().map(|thread| match thread?.join() {
                Ok(ended) => ended,
                Err(_) => bail!("it broke off"),
            });
            ended.collect()
        });
        let (mut pairs, mut descriptions) = (Vec::new(), None);
        for (at, ended) in ended.into_iter().enumerate() {
            let (pair, described) = ended.with_context(|| format!("pair {} of {}", at + 1, self.pairs))?;
            pairs.push(pair);
            descriptions = descriptions.or(described);
        }
        Ok((PathFacts::of_pairs(pairs).context("there was no pair")?, descriptions))
    }

    /// One call.
    fn call(
        &self,
        (start, clock): (Instant, Clock),
        scenario: Scenario,
        route: Option<&Route>,
        limits: &Limits<'_>,
        (watcher, evidence): (&Watcher, &mut Evidence),
    ) -> anyhow::Result<(Pair, Option<Descriptions>)> {
        let witnesses: [Witness; 2] = Default::default();
        let tape = evidence.call(&witnesses);
        let providers = witnesses.each_ref().map(|witness| (crypto::provider(witness), witness.clone()));
        let mut call = Call::new(start, Instant::now(), scenario, providers);
        call.ready(Instant::now());
        let mut ports = Ports::default();
        if route.is_none() || self.all {
            for end in End::BOTH {
                for address in &self.addresses {
                    let port = Port::open(*address).with_context(|| format!("open a socket at {address}"))?;
                    call.add_candidate(end, CandidateKind::Host, port.address())
                        .with_context(|| format!("use {address}"))?;
                    ports.add(end, port);
                }
            }
        }
        let mut failed = Vec::new();
        if let Some(route) = route {
            let runtime = event_loop().context("start the event loop")?;
            room().context("open sockets")?;
            match self.relays(&runtime, route, limits) {
                Ok(relays) => {
                    for (end, (relay, address)) in End::BOTH.into_iter().zip(relays) {
                        call.add_candidate(end, CandidateKind::Relay, address)
                            .with_context(|| format!("use the relayed address {address}"))?;
                        ports.add(end, Port::Relay(Box::new(relay), address));
                    }
                }
                Err((facts, why)) => {
                    failed = facts;
                    match limits.stop.load(Ordering::Relaxed) {
                        true => call.interrupt(Instant::now()),
                        false => call.fail(relay::PHASE, why),
                    }
                }
            }
        }
        let mut descriptions = None;
        if failed.is_empty() {
            match call.negotiate(Instant::now()) {
                Ok(described) => descriptions = Some(described),
                Err(error) => call.fail(Phase::Gather, error.to_string()),
            }
            let via = route.map(|route| route.name.as_str());
            drive::to_end(&mut call, &mut ports, limits, via, (watcher, &tape));
        }
        let lost_here = ports.lost();
        ports.release();
        let (name, transport) = match route {
            Some(route) => (route.name.as_str(), Some(route.place.attempt.transport.name())),
            None => ("direct", None),
        };
        let relays: Vec<_> = ports.relays().map(|relay| relay.facts.clone()).collect();
        evidence.ended(name, &witnesses);
        let mut facts = call.facts(name, transport);
        facts.lost_here = lost_here;
        facts.start_unix_s = Some(clock.unix(start).as_secs_f64());
        facts.relays = if relays.is_empty() { failed } else { relays };
        Ok((Pair::new(&call, facts), descriptions))
    }
}

/// This host's own addresses for calls within it.
pub fn loopback(v4: bool, v6: bool) -> Vec<IpAddr> {
    let v4 = v4.then_some(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST));
    let v6 = v6.then_some(IpAddr::V6(std::net::Ipv6Addr::LOCALHOST));
    v4.into_iter().chain(v6).collect()
}

/// What may come while this thread is kept from running, in bytes; what finds no room would be lost by us.
const ROOM: usize = 1 << 20;

/// A socket without waiting.
fn socket(address: IpAddr) -> io::Result<(std::net::UdpSocket, SocketAddr)> {
    let socket = std::net::UdpSocket::bind((address, 0))?;
    socket.set_nonblocking(true)?;
    super::socket::widen(&socket, ROOM);
    let address = socket.local_addr()?;
    Ok((socket, address))
}
