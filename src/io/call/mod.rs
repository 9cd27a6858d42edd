//! Drives calls: sockets, timers, one loop in one thread for both ends.

pub mod crypto;
mod drive;
mod evidence;
mod floor;
mod ports;
mod relay;
mod usage;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use rustls::pki_types::ServerName;
use tokio::runtime::Runtime;

use self::evidence::{Clock, Evidence};
use self::ports::{Port, Ports};
use self::relay::{Opened, Relay};
use super::event_loop::{event_loop, room};
use super::local::Local;
use super::signal;
use super::tls::Trust;
use crate::call::{
    Call, CandidateKind, Cost, Descriptions, End, FloorFacts, PathFacts, Phase, RelayFacts, Rolling,
    Scenario, Summary, Witness,
};
use crate::measure::{Distribution, milliseconds};
use crate::metric::Threshold;
use crate::probe::plan::Place;
use crate::turn::Settings;
use crate::turn::credentials::Credentials;

pub use self::evidence::Files;

/// Calls to be made, one after the other.
#[derive(Debug)]
pub struct Run {
    /// What each carries.
    pub scenario: Scenario,
    /// Where the ends have their sockets.
    pub addresses: Vec<IpAddr>,
    /// Through which relays, one call each; none: one call within the host.
    pub routes: Vec<Route>,
    /// Host candidates as well, where there are relays.
    pub all: bool,
    /// From where relays are reached.
    pub local: Local,
    /// Which families of relays' addresses are used, IPv4 and IPv6.
    pub families: (bool, bool),
    /// What relays' certificates are held against.
    pub trust: Trust,
    /// The name in them, if not the host's.
    pub server_name: Option<ServerName<'static>>,
    /// Which limits there are.
    pub thresholds: Vec<Threshold>,
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
            let (path, described) = self.call((start, clock), None, &limits, (watcher, &mut evidence))?;
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
                self.call((start, clock), Some(route), &limits, (watcher, &mut evidence))?;
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
            path.impairment.is_empty() && !path.pair.as_ref().is_some_and(|pair| pair.relayed)
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
        let summary =
            Summary::new(paths, floor, cost, took_ms, interrupted, &self.thresholds).without(not_tried);
        Ok(Ended { summary, descriptions, problems: evidence.finish() })
    }

    /// One call.
    fn call(
        &self,
        (start, clock): (Instant, Clock),
        route: Option<&Route>,
        limits: &Limits<'_>,
        (watcher, evidence): (&Watcher, &mut Evidence),
    ) -> anyhow::Result<(PathFacts, Option<Descriptions>)> {
        let witnesses: [Witness; 2] = Default::default();
        let tape = evidence.call(&witnesses);
        let providers =
            witnesses.each_ref().map(|witness| (crypto::provider(witness.clone()), witness.clone()));
        let mut call = Call::new(start, Instant::now(), self.scenario.clone(), providers);
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
        ports.release();
        let (name, transport) = match route {
            Some(route) => (route.name.as_str(), Some(route.place.attempt.transport.name())),
            None => ("direct", None),
        };
        let relays: Vec<_> = ports.relays().map(|relay| relay.facts.clone()).collect();
        evidence.ended(name, &witnesses);
        let mut facts = call.facts(name, transport, route.is_some());
        facts.start_unix_s = Some(clock.unix(start).as_secs_f64());
        facts.relays = if relays.is_empty() { failed } else { relays };
        Ok((facts, descriptions))
    }

    /// An allocation for each end, with a channel to the other; or what was seen, and why not.
    fn relays(&self, runtime: &Runtime, route: &Route, limits: &Limits<'_>) -> Result<Both, NoRelays> {
        let timeout = self.scenario.timeout;
        let end = limits.end.min(Instant::now() + timeout);
        let wanted = Opened {
            place: &route.place,
            server_name: self.server_name.as_ref(),
            trust: &self.trust,
            local: &self.local,
            timeout,
            families: self.families,
        };
        let none = |error: String| {
            let transport = route.place.attempt.transport.name();
            (vec![RelayFacts { transport, ..RelayFacts::default() }], format!("turn-connect: {error}"))
        };
        let both = runtime.block_on(async {
            let both = async { tokio::join!(relay::connect(&wanted), relay::connect(&wanted)) };
            tokio::select! {
                both = both => Ok(both),
                why = limits.reached() => Err(none(why)),
            }
        })?;
        let settings = || Settings {
            stream: false,
            credentials: route.credentials.clone(),
            timeout,
            seed: rand::random(),
        };
        let mut opened = Vec::new();
        let mut failed: Option<String> = None;
        let mut seen = Vec::new();
        for (facts, connected) in [both.0, both.1] {
            seen.push(facts.clone());
            match connected {
                Ok((carrier, server)) => opened.push(Relay::allocate(carrier, settings(), server, facts)),
                Err(why) => failed = failed.or(Some(why)),
            }
        }
        if let Some(why) = failed {
            return Err((seen, why));
        }
        let mut relays: [Relay; 2] = match opened.try_into() {
            Ok(relays) => relays,
            Err(_) => return Err((seen, "turn-connect: no connection".to_owned())),
        };
        let mut bound = false;
        loop {
            let now = Instant::now();
            let mut due = end;
            for relay in &mut relays {
                relay.read();
                due = relay.poll(now).map_or(due, |own| own.min(due));
            }
            let why = relays.iter().find_map(|relay| relay.failure().map(str::to_owned));
            let stopped = limits.stop.load(Ordering::Relaxed).then(|| "interrupted".to_owned());
            let seconds = timeout.as_secs_f64();
            let late = || {
                let slow = relays.iter().find_map(|relay| Some((relay, relay.waits_in()?)));
                let (relay, phase) = slow.unwrap_or((&relays[0], "turn-connect".to_owned()));
                let server = relay.facts.server.map_or_else(String::new, |server| format!(" from {server}"));
                let instead = relay.instead();
                (now >= end).then(|| match now >= limits.end {
                    true => format!("{phase}: no answer{server} when {}{instead}", limits.told()),
                    false => format!("{phase}: no answer{server} within {seconds} s{instead}"),
                })
            };
            if let Some(why) = why.or(stopped).or_else(late) {
                relay::release(relays.iter_mut());
                return Err((relays.map(|relay| relay.facts.clone()).to_vec(), why));
            }
            let addresses = [relays[0].address(), relays[1].address()];
            if let ([Some(first), Some(second)], false) = (addresses, bound) {
                relays[0].bind(now, second);
                relays[1].bind(now, first);
                bound = true;
                continue;
            }
            if let ([Some(first), Some(second)], true) =
                (addresses, relays.iter().all(|relay| !relay.is_busy()))
            {
                let [near, far] = relays;
                return Ok([(near, first), (far, second)]);
            }
            #[cfg(unix)]
            ports::wait(relays.iter().map(Relay::descriptor), due.min(now + TICK));
            #[cfg(not(unix))]
            std::thread::sleep(due.saturating_duration_since(now).min(Duration::from_micros(200)));
        }
    }
}

/// The relays of both ends, each with its address.
type Both = [(Relay, SocketAddr); 2];
/// What was seen, and why there are none.
type NoRelays = (Vec<RelayFacts>, String);

/// When it has to end.
struct Limits<'a> {
    /// The user wants it to.
    stop: &'a AtomicBool,
    /// The time is up.
    end: Instant,
    /// Which was this long.
    deadline: Duration,
}

impl Limits<'_> {
    /// Whether no more is to be begun.
    fn are_reached(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || Instant::now() >= self.end
    }

    /// Whether there is so much time yet.
    fn leave(&self, time: Duration) -> bool {
        !self.stop.load(Ordering::Relaxed) && Instant::now() + time < self.end
    }

    /// Waits for that; in words.
    async fn reached(&self) -> String {
        while !self.are_reached() {
            tokio::time::sleep(TICK).await;
        }
        format!("no connection when {}", self.told())
    }

    fn told(&self) -> String {
        match self.stop.load(Ordering::Relaxed) {
            true => "the run was interrupted".to_owned(),
            false => format!("--deadline ({} s) cut the run off", self.deadline.as_secs_f64()),
        }
    }
}

/// How soon Ctrl-C is seen while relays are asked for.
const TICK: Duration = Duration::from_millis(50);

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
