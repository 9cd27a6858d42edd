//! One endpoint that is watched: its connection is made, kept, looked at in each round, and made anew when it is lost.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::super::endpoint::{FAREWELL, Session};
use super::super::{ALONE, Shared};
use super::hold::{Hold, Looked};
use crate::ice::uri::Host;
use crate::io::resolve::{Family, Resolver};
use crate::probe::facts::{EndpointFacts, TargetFacts};
use crate::probe::plan::{Endpoint, Target};
use crate::probe::watch::{Allocation, Seen};
use crate::turn::Outcome;

/// An allocation that was lost may count at the server for as long as its lifetime.
const LIFETIME: Duration = Duration::from_secs(600);
/// For so long after one of ours was given back, a server may not have counted that yet.
const RELEASE: Duration = Duration::from_secs(10);

/// One endpoint that is watched.
pub(super) struct Station {
    pub(super) endpoint: Endpoint,
    shared: Shared,
    target: Arc<Target>,
    /// Its place among the addresses of its family, for the day when the name has others.
    rank: usize,
    /// How many allocations all stations hold.
    holding: Arc<AtomicUsize>,
    /// What the start saw, where no packets reach the relay from here and only the loop worked.
    loop_only: Option<EndpointFacts>,
    /// Kept here while it is made, so that it can be given back at any time.
    session: Option<Session>,
    hold: Option<Hold>,
    /// The last round did not work.
    failing: bool,
    released: Instant,
    lost: Option<Instant>,
}

impl Station {
    /// Of the endpoint at that index; nothing is connected yet.
    pub(super) fn new(
        shared: Shared,
        target: Arc<Target>,
        found: &TargetFacts,
        at: usize,
        holding: Arc<AtomicUsize>,
    ) -> Self {
        let facts = &found.endpoints[at];
        let (addr, transport, required) = (facts.addr, facts.transport, facts.required);
        let alike =
            |other: &&EndpointFacts| other.transport == transport && other.addr.is_ipv4() == addr.is_ipv4();
        let relay = &facts.relay;
        let passes = [&relay.inbound, &relay.outbound].into_iter().flatten().any(|path| path.ok);
        let loops = relay.hairpin.as_ref().is_some_and(|path| path.ok);
        Self {
            endpoint: Endpoint { addr, transport, required },
            shared,
            target,
            rank: found.endpoints[..at].iter().filter(alike).count(),
            holding,
            loop_only: (loops && !passes).then(|| facts.clone()),
            session: None,
            hold: None,
            failing: facts.works != Some(true),
            released: Instant::now(),
            lost: None,
        }
    }

    /// Makes a round whenever it is told to, keeps alive what it holds in between, and gives it back at the end.
    pub(super) async fn attend(
        mut self,
        at: usize,
        mut begin: UnboundedReceiver<()>,
        report: UnboundedSender<(usize, Seen)>,
        mut stop: watch::Receiver<bool>,
    ) {
        tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => {}
            () = self.rounds(at, &mut begin, &report) => {}
        }
        let _ = timeout(FAREWELL, self.farewell()).await;
    }

    async fn rounds(
        &mut self,
        at: usize,
        begin: &mut UnboundedReceiver<()>,
        report: &UnboundedSender<(usize, Seen)>,
    ) {
        loop {
            tokio::select! {
                biased;
                told = begin.recv() => if told.is_none() { return },
                () = keep(self.hold.as_mut()) => continue,
            }
            let seen = self.round().await;
            if report.send((at, seen)).is_err() {
                return;
            }
        }
    }

    /// Looks at the endpoint once; what was lost is made anew in the same round.
    async fn round(&mut self) -> Seen {
        let mut why = None;
        if self.failing && self.moved().await {
            why = Some("the name has another address now".to_owned());
            let _ = timeout(FAREWELL, self.farewell()).await;
            self.let_go();
        }
        for last in [false, true] {
            let made = self.hold.is_none();
            if made && let Err(facts) = self.make().await {
                self.failing = true;
                return Seen { lost: why, ..Seen::of(*facts) };
            }
            let Some(hold) = &mut self.hold else { break };
            let (mut seen, lost) = match hold.look(self.loop_only.as_ref()).await {
                Looked::Seen(seen) => (*seen, None),
                Looked::Lost { seen, why } => (*seen, Some(why)),
            };
            if let Some(lost) = lost {
                self.let_go();
                why = Some(lost);
                if !last {
                    continue;
                }
            }
            if self.target.turn && self.hold.is_some() {
                seen.allocation = Some(if made { Allocation::Made } else { Allocation::Kept });
            }
            seen.made = made && self.hold.is_some();
            self.failing = !seen.heard();
            return Seen { lost: why, ..seen };
        }
        Seen::of(self.blank())
    }

    /// Connects, and for a relay allocates and meets a peer.
    async fn make(&mut self) -> Result<(), Box<EndpointFacts>> {
        for pause in ALONE {
            sleep(pause).await;
            let session = Session::new(self.shared.clone(), self.target.clone(), self.endpoint);
            let session = self.session.insert(session);
            let result = session.reach().await;
            let answer = match result {
                Ok(answer) => answer,
                Err(fault) => {
                    session.fault(fault);
                    break;
                }
            };
            if !self.target.turn {
                if session.facts.binding.as_ref().is_some_and(|binding| binding.received > 0) {
                    self.hold = self.session.take().map(|session| Hold::new(session, None));
                    return Ok(());
                }
                break;
            }
            let Some(answer) = answer else { break };
            if let Outcome::Refused { code: 486 | 508, .. } = answer.outcome {
                // What was given back just now may still count.
                if self.released.elapsed() < RELEASE {
                    continue;
                }
                break;
            }
            match session.hold(&answer).await {
                Ok(peer) if session.first.is_some() => {
                    self.holding.fetch_add(1, Relaxed);
                    self.hold = self.session.take().map(|session| Hold::new(session, peer));
                    return Ok(());
                }
                Ok(_) => {}
                Err(fault) => session.fault(fault),
            }
            break;
        }
        let _ = timeout(FAREWELL, self.farewell()).await;
        let mut facts = self.session.take().map_or_else(|| self.blank(), |session| session.facts);
        self.crowded(&mut facts);
        Err(Box::new(facts))
    }

    /// A quota that our own allocations have used up is no fault of the server's.
    fn crowded(&self, facts: &mut EndpointFacts) {
        let code = facts.allocate.as_ref().and_then(|allocate| allocate.code);
        let Some(code @ (486 | 508)) = code else { return };
        let lost = self.lost.is_some_and(|lost| lost.elapsed() < LIFETIME);
        let why = match (self.holding.load(Relaxed) > 0, lost) {
            (true, _) => "the server has no room for another allocation beside those held here",
            (false, true) => {
                "the server has no room while the allocation that was lost may still count there"
            }
            (false, false) => return,
        };
        facts.skipped = Some(format!("{why} ({code})"));
    }

    /// Whether the target's name leads to other addresses now.
    async fn moved(&mut self) -> bool {
        if !matches!(self.target.host, Host::Name(_)) {
            return false;
        }
        let family = if self.endpoint.addr.is_ipv4() { Family::V4 } else { Family::V6 };
        let resolver = Resolver::from_system(self.shared.options.timeout);
        let Ok(found) = resolver.family(&self.target.host, family).await.addresses else { return false };
        if found.is_empty() || found.contains(&self.endpoint.addr.ip()) {
            return false;
        }
        let ip = found[self.rank % found.len()];
        self.endpoint.addr = SocketAddr::new(ip, self.endpoint.addr.port());
        self.shared.reflect(&[self.endpoint]);
        true
    }

    fn let_go(&mut self) {
        let Some(hold) = self.hold.take() else { return };
        if hold.session.first.is_some() {
            self.holding.fetch_sub(1, Relaxed);
            self.lost = Some(Instant::now());
        }
        self.released = Instant::now();
    }

    fn blank(&self) -> EndpointFacts {
        EndpointFacts::new(self.endpoint.addr, self.endpoint.transport, self.endpoint.required)
    }

    /// Gives back what is held without waiting for a word.
    async fn farewell(&mut self) {
        let held = self.hold.as_mut().map(|hold| &mut hold.session);
        for session in held.into_iter().chain(self.session.as_mut()) {
            session.farewell().await;
        }
    }
}

/// Keeps alive what is held; returns when there is something new to keep.
async fn keep(hold: Option<&mut Hold>) {
    match hold {
        Some(hold) => hold.keep().await,
        None => std::future::pending().await,
    }
}
