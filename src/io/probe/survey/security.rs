//! Asks what a server lets strangers do: one request a range of peers, all at once on a fresh allocation, and
//! nothing sent to any peer but those that the user named. What is asked of whom is in `probe::security`.

use std::net::IpAddr;
use std::time::Duration;

use rand::Rng as _;
use tokio::time::{Instant, timeout, timeout_at};

use super::fresh::{Fresh, is_quota};
use super::{Asked, Patience, Survey};
use crate::io::probe::allocation::Relayed;
use crate::probe::facts::{Check, DeliveredPeer, SecurityFacts, TriedPeer};
use crate::probe::security::{RELAY, SERVER, peers};
use crate::turn::{Allocate, Event, Family, Outcome, Request};

/// How long any of the steps may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// Allocations of one family: a server may let one have no more than ten permissions, as p1_stun does.
const MOST_ALLOCATIONS: u32 = 3;
/// When data is sent to a peer that the user named, and how long an answer is waited for.
const SENDS: [Duration; 3] = [Duration::ZERO, Duration::from_millis(150), Duration::from_millis(300)];
const ANSWER: Duration = Duration::from_millis(1000);

impl Survey {
    /// Writes down what strangers may do.
    pub(super) async fn security(&mut self) {
        let mut found = SecurityFacts {
            software: self.software(),
            binding_needs_credentials: self.facts.binding.as_ref().and_then(|binding| {
                (binding.ok || binding.code.is_some()).then_some(binding.code == Some(401))
            }),
            delivered: self.shared.options.audits.deliver.iter().copied().map(DeliveredPeer::new).collect(),
            ..SecurityFacts::default()
        };
        self.strangers(&mut found).await;
        self.facts.security = Some(found.clone());
        let plain = self.facts.relay.address.map_or(Family::Ipv4, |relay| Family::of(relay.ip()));
        let other = if plain == Family::Ipv4 { Family::Ipv6 } else { Family::Ipv4 };
        self.on_a_relay(self.wish(), plain, &mut found).await;
        self.facts.security = Some(found.clone());
        match self.known_refusal(other) {
            Some(why) => found.untried.push(format!("{} peers: {why}", other.name())),
            None => {
                let wish = Allocate { family: Some(other), ..self.wish() };
                self.on_a_relay(wish, other, &mut found).await;
            }
        }
        self.facts.security = Some(found);
    }

    fn software(&self) -> Option<String> {
        let allocate = self.facts.allocate.as_ref().and_then(|allocate| allocate.software.clone());
        allocate.or_else(|| self.facts.binding.as_ref().and_then(|binding| binding.software.clone()))
    }

    /// Why no relay of this family is to be had, where the capabilities have shown it.
    fn known_refusal(&self, family: Family) -> Option<String> {
        let name = match family {
            Family::Ipv4 => "relay-ipv4",
            Family::Ipv6 => "relay-ipv6",
        };
        let known = self.facts.asked.iter().find(|capability| capability.name == name)?;
        match (known.state, known.code) {
            ("yes", _) | ("unknown", Some(_)) => None,
            ("unknown", None) => {
                Some(format!("the server did not answer when asked for an {} relay", family.name()))
            }
            (_, Some(code)) => Some(format!("the server gives no {} relay ({code})", family.name())),
            (_, None) => Some(format!("the server gives no {} relay", family.name())),
        }
    }

    /// Everything that is asked on a relay of one family.
    async fn on_a_relay(&mut self, wish: Allocate, family: Family, found: &mut SecurityFacts) {
        let patience = self.shared.options.timeout.min(PATIENCE);
        let mut todo: Option<Vec<TriedPeer>> = None;
        for round in 1..=MOST_ALLOCATIONS {
            let mut relayed = match self.allocated(&wish, patience, found).await {
                Ok(relayed) => relayed,
                Err(why) => {
                    found.untried.push(format!("{} peers: {why}", family.name()));
                    break;
                }
            };
            if Family::of(relayed.address.ip()) != family {
                relayed.release().await;
                found.untried.push(format!("{} peers: the server gives no such relay", family.name()));
                break;
            }
            if round == 1 {
                if self.facts.relay.address.map(|relay| Family::of(relay.ip())) == Some(family) {
                    self.permission(&mut relayed, found).await;
                }
                self.deliver(&mut relayed, patience, found).await;
            }
            let asked = todo.take().unwrap_or_else(|| self.peers(&relayed));
            let left = self.ranges(&mut relayed, asked, patience, found).await;
            relayed.release().await;
            found.requests += 1;
            if left.is_empty() || round == MOST_ALLOCATIONS {
                found.peers.extend(left);
                break;
            }
            todo = Some(left);
        }
        found.peers.extend(todo.unwrap_or_default());
        let silent = |peer: &&TriedPeer| peer.state == "unanswered" && Family::of(peer.address) == family;
        match found.peers.iter().filter(silent).count() {
            0 => {}
            silent => {
                let why =
                    format!("it is not known of {silent} {} peers whether they are denied", family.name());
                self.facts.give_up(Check::Security, why);
            }
        }
    }

    /// The peers to ask about, none of which has an answer yet.
    fn peers(&self, relayed: &Relayed) -> Vec<TriedPeer> {
        let own = [(SERVER, self.door.server.ip()), (RELAY, relayed.address.ip())];
        let ours = [self.peer_address(), self.facts.local.map(|local| local.ip())];
        let ours: Vec<IpAddr> = ours.into_iter().flatten().collect();
        let peers = peers(relayed.address.is_ipv6(), &own, &ours);
        peers.into_iter().map(|(range, address)| TriedPeer::new(range, address)).collect()
    }

    /// A fresh allocation; `Err` says in words why there is none.
    async fn allocated(
        &self,
        wish: &Allocate,
        patience: Duration,
        found: &mut SecurityFacts,
    ) -> Result<Box<Fresh>, String> {
        let before = self.door.tries();
        let asked = self.door.allocate(wish, Patience { answer: patience, room: None }).await;
        // Each is asked without credentials first.
        found.requests += 2 * (self.door.tries() - before);
        let answer = match asked? {
            Asked::Granted(fresh, _) => return Ok(fresh),
            Asked::Answered(answer) => answer,
        };
        Err(match answer.code() {
            Some(code) if is_quota(Some(code)) => {
                format!("the server refused an allocation for it ({code})")
            }
            Some(code) => {
                format!("the server gives no {} relay ({code})", wish.family.map_or("such", Family::name))
            }
            None => "the relay that the server gives has no address".to_owned(),
        })
    }

    /// One CreatePermission a peer, all on their way at once. Those that the allocation had no room for come back:
    /// a 508 says nothing of the peer.
    async fn ranges(
        &mut self,
        relayed: &mut Relayed,
        peers: Vec<TriedPeer>,
        patience: Duration,
        found: &mut SecurityFacts,
    ) -> Vec<TriedPeer> {
        relayed.link.stage = "survey";
        found.requests += peers.len() as u32;
        let start =
            |peer: TriedPeer| (relayed.link.start(Request::CreatePermission(vec![peer.address])), peer);
        let asked: Vec<_> = peers.into_iter().map(start).collect();
        let until = Instant::now() + patience;
        let (mut broken, mut left) = (false, Vec::new());
        for (id, mut peer) in asked {
            if !broken {
                match timeout_at(until, relayed.link.answer(id)).await {
                    Ok(Ok(answer)) => (peer.state, peer.code) = state(&answer.outcome),
                    Ok(Err(fault)) => {
                        broken = true;
                        self.facts
                            .give_up(Check::Security, format!("the connection broke: {}", fault.message));
                    }
                    Err(_) => {}
                }
            }
            match peer.code {
                code if is_quota(code) => left.push(TriedPeer { state: "unanswered", ..peer }),
                _ => found.peers.push(peer),
            }
        }
        left
    }

    /// Where our plain socket's packets come from, as the relay sees them.
    pub(super) fn peer_address(&self) -> Option<IpAddr> {
        self.facts.relay.peer.as_ref().map(|peer| peer.address().ip())
    }

    /// Sends to the peers that the user named, and to nobody else.
    async fn deliver(&mut self, relayed: &mut Relayed, patience: Duration, found: &mut SecurityFacts) {
        let token: [u8; 8] = rand::rng().random();
        let token: String = token.iter().map(|byte| format!("{byte:02x}")).collect();
        let payload = format!("rtcscope probe --ssrf-deliver {token}\n").into_bytes();
        let ipv6 = relayed.address.is_ipv6();
        for peer in found.delivered.iter_mut().filter(|peer| peer.address.is_ipv6() == ipv6) {
            let id = relayed.link.start(Request::CreatePermission(vec![peer.address.ip()]));
            found.requests += 1;
            match timeout(patience, relayed.link.answer(id)).await {
                Ok(Ok(answer)) => (peer.state, peer.code) = state(&answer.outcome),
                _ => peer.state = "unanswered",
            }
            if peer.state != "granted" {
                continue;
            }
            peer.state = "silent";
            exchange(relayed, peer, &payload).await;
        }
    }
}

/// What became of a permission.
fn state(outcome: &Outcome) -> (&'static str, Option<u16>) {
    match outcome {
        Outcome::Granted(_) => ("granted", None),
        Outcome::Refused { code, .. } => ("refused", Some(*code)),
        Outcome::TimedOut => ("unanswered", None),
    }
}

/// Sends until something comes back.
async fn exchange(relayed: &mut Relayed, peer: &mut DeliveredPeer, payload: &[u8]) {
    let start = Instant::now();
    for (n, _) in SENDS.iter().enumerate() {
        if relayed.link.send_data(peer.address, payload).is_ok() {
            peer.sent += 1;
        }
        let until = start + SENDS.get(n + 1).copied().unwrap_or(ANSWER);
        while let Ok(Ok(event)) = timeout_at(until, relayed.link.step()).await {
            let Event::Data { peer: from, data, .. } = event else { continue };
            if from != peer.address {
                continue;
            }
            peer.received += 1;
            peer.state = if data == payload { "echoed" } else { "answered" };
            return;
        }
    }
}
