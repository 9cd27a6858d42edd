//! Drives calls: sockets, timers, one loop in one thread for both ends.

pub mod crypto;
mod drive;
mod floor;
mod ports;
mod usage;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use self::ports::{Port, Ports};
use super::signal;
use crate::call::{
    Call, CandidateKind, Cost, Descriptions, End, FloorFacts, PathFacts, Phase, Rolling, Scenario, Summary,
    Witness,
};
use crate::measure::milliseconds;
use crate::metric::Threshold;

/// Calls to be made, one after the other.
#[derive(Debug)]
pub struct Run {
    /// What each carries.
    pub scenario: Scenario,
    /// Where the ends have their sockets.
    pub addresses: Vec<IpAddr>,
    /// Which limits there are.
    pub thresholds: Vec<Threshold>,
    /// How long the whole may take.
    pub deadline: Duration,
    /// Round trips of raw datagrams that the call's are held against.
    pub floor: u32,
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
    /// No threads, no sockets.
    pub fn to_end(
        self,
        started: Started,
        watcher: Watcher,
    ) -> anyhow::Result<(Summary, Option<Descriptions>)> {
        let stop = Arc::new(AtomicBool::new(false));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (say, done) = tokio::sync::oneshot::channel();
        let heard = stop.clone();
        let thread = std::thread::Builder::new().name("call".to_owned());
        thread
            .spawn(move || drop(say.send(self.run(started, &heard, &watcher))))
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
        stop: &AtomicBool,
        watcher: &Watcher,
    ) -> anyhow::Result<(Summary, Option<Descriptions>)> {
        let start = started.at;
        // Whoever is not ready by then makes itself ready.
        let _ = started.warm.join();
        let cpu = usage::processor_time();
        let (path, descriptions) = self.direct(start, stop, watcher)?;
        let spent = usage::processor_time().zip(cpu).map(|(after, before)| after.saturating_sub(before));
        let took = start.elapsed();
        let interrupted = stop.load(Ordering::Relaxed);
        let floor = match interrupted {
            false => floor::measure(
                self.addresses.first().copied(),
                self.floor,
                self.scenario.channel.message_size,
            ),
            true => None,
        };
        let middle = path.rtt.channel.as_ref().map(|rtt| rtt.median_ms);
        let ratio = middle
            .zip(floor.as_ref().map(|floor| floor.median_ms))
            .map(|(call, floor)| call / floor.max(1e-3));
        let floor = FloorFacts { rtt: floor, ratio: ratio.map(|ratio| (ratio * 100.0).round() / 100.0) };
        let cost = Cost {
            cpu_pct: spent.map(|spent| (spent.as_secs_f64() / took.as_secs_f64() * 1e3).round() / 10.0),
            peak_memory_bytes: usage::peak_memory(),
        };
        let took_ms = milliseconds(start.elapsed());
        let summary = Summary::new(vec![path], floor, cost, took_ms, interrupted, &self.thresholds);
        Ok((summary, descriptions))
    }

    /// A call between two sockets of this host.
    fn direct(
        &self,
        start: Instant,
        stop: &AtomicBool,
        watcher: &Watcher,
    ) -> anyhow::Result<(PathFacts, Option<Descriptions>)> {
        let providers = End::BOTH.map(|_| {
            let witness = Witness::default();
            (crypto::provider(witness.clone()), witness)
        });
        let mut call = Call::new(start, Instant::now(), self.scenario.clone(), providers);
        call.ready(Instant::now());
        let mut ports = Ports::default();
        for end in End::BOTH {
            for address in &self.addresses {
                let port = Port::open(*address).with_context(|| format!("open a socket at {address}"))?;
                call.add_candidate(end, CandidateKind::Host, port.address())
                    .with_context(|| format!("use {address}"))?;
                ports.add(end, port);
            }
        }
        let descriptions = match call.negotiate(Instant::now()) {
            Ok(descriptions) => Some(descriptions),
            Err(error) => {
                call.fail(Phase::Gather, error.to_string());
                None
            }
        };
        drive::to_end(&mut call, &mut ports, (stop, start + self.deadline), watcher);
        Ok((call.facts("direct", None, false), descriptions))
    }
}

/// This host's own addresses for calls within it.
pub fn loopback(v4: bool, v6: bool) -> Vec<IpAddr> {
    let v4 = v4.then_some(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST));
    let v6 = v6.then_some(IpAddr::V6(std::net::Ipv6Addr::LOCALHOST));
    v4.into_iter().chain(v6).collect()
}

/// A socket without waiting.
fn socket(address: IpAddr) -> io::Result<(std::net::UdpSocket, SocketAddr)> {
    let socket = std::net::UdpSocket::bind((address, 0))?;
    socket.set_nonblocking(true)?;
    let address = socket.local_addr()?;
    Ok((socket, address))
}
