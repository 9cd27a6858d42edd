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
use crate::probe::security::{own, peers};
use crate::turn::{Allocate, Allowance, Event, Family, Outcome, Request};

/// How long any of the steps may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// Allocations of one family: a server may let one have no more than ten permissions, as p1_stun does.
const MOST_ALLOCATIONS: u32 = 3;
/// Requests to one server, whatever it answers: what the help of `--security` promises.
const MOST_REQUESTS: u32 = 50;
/// When data is sent to a peer that the user named, and how long an answer is waited for.
const SENDS: [Duration; 3] = [Duration::ZERO, Duration::from_millis(150), Duration::from_millis(300)];
const ANSWER: Duration = Duration::from_millis(1000);

/// What is left to ask about the peers of one family.
struct Pending {
    family: Family,
    wish: Allocate,
    /// `None` before the first allocation, whose address is among them.
    peers: Option<Vec<TriedPeer>>,
}

impl Survey {
    /// Writes down what strangers may do.
    pub(super) async fn security(&mut self) {
        let allowance = Allowance::of(MOST_REQUESTS);
        let mut found = SecurityFacts {
            software: self.software(),
            binding_needs_credentials: self.facts.binding.as_ref().and_then(|binding| {
                (binding.ok || binding.code.is_some()).then_some(binding.code == Some(401))
            }),
            delivered: self.shared.options.audits.deliver.iter().copied().map(DeliveredPeer::new).collect(),
            ..SecurityFacts::default()
        };
        self.strangers(&allowance, &mut found).await;
        self.note(&mut found, &allowance);
        let plain = self.facts.relay.address.map_or(Family::Ipv4, |relay| Family::of(relay.ip()));
        let other = if plain == Family::Ipv4 { Family::Ipv6 } else { Family::Ipv4 };
        let mut pending = vec![Pending { family: plain, wish: self.wish(), peers: None }];
        match self.known_refusal(other) {
            Some(why) => found.untried.push(format!("{} peers: {why}", other.name())),
            None => {
                let wish = Allocate { family: Some(other), ..self.wish() };
                pending.push(Pending { family: other, wish, peers: None });
            }
        }
        // What had no room is asked again only once both families were asked: what is left of the bound is for that.
        for _ in 0..MOST_ALLOCATIONS {
            for family in &mut pending {
                if family.peers.as_ref().is_none_or(|peers| !peers.is_empty()) {
                    self.on_a_relay(family, &allowance, &mut found).await;
                    self.note(&mut found, &allowance);
                }
            }
        }
        for Pending { family, peers, .. } in pending {
            found.peers.extend(peers.unwrap_or_default());
            let silent = |peer: &&TriedPeer| peer.state == "unanswered" && Family::of(peer.address) == family;
            let silent = found.peers.iter().filter(silent).count();
            if silent > 0 {
                let bound = match allowance.left() {
                    0 => format!(": the {MOST_REQUESTS} requests that this audit makes at most were spent"),
                    _ => String::new(),
                };
                let name = family.name();
                let why = format!("it is not known of {silent} {name} peers whether they are denied{bound}");
                self.facts.give_up(Check::Security, why);
            }
        }
        self.note(&mut found, &allowance);
    }

    /// Writes down what was found so far: the run may end at any time.
    fn note(&mut self, found: &mut SecurityFacts, allowance: &Allowance) {
        found.requests = allowance.begun();
        self.facts.security = Some(found.clone());
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

    /// Asks on a fresh relay of one family. What it had no room for stays to be asked; nothing does where there is no
    /// relay to be had.
    async fn on_a_relay(&mut self, pending: &mut Pending, allowance: &Allowance, found: &mut SecurityFacts) {
        let patience = self.shared.options.timeout.min(PATIENCE);
        let family = pending.family;
        let first = pending.peers.is_none();
        let known = pending.peers.take().unwrap_or_default();
        let relayed = self.allocated(&pending.wish, patience, allowance).await;
        let relayed = match relayed {
            Ok(relayed) if Family::of(relayed.address.ip()) != family => {
                relayed.release().await;
                Err("the server gives no such relay".to_owned())
            }
            relayed => relayed,
        };
        pending.peers = Some(Vec::new());
        let mut relayed = match relayed {
            Ok(relayed) => relayed,
            Err(why) => {
                found.untried.push(format!("{} peers: {why}", family.name()));
                found.peers.extend(known);
                return;
            }
        };
        if first {
            if self.facts.relay.address.map(|relay| Family::of(relay.ip())) == Some(family) {
                self.permission(&mut relayed, found).await;
            }
            self.deliver(&mut relayed, patience, found).await;
        }
        let peers = if first { self.peers(&relayed) } else { known };
        pending.peers = Some(self.ranges(&mut relayed, peers, patience, allowance, found).await);
        relayed.release().await;
    }

    /// The peers to ask about, none of which has an answer yet.
    fn peers(&self, relayed: &Relayed) -> Vec<TriedPeer> {
        let relays =
            [Some(relayed.address), self.facts.relay.address].map(|relay| relay.map(|relay| relay.ip()));
        let relays: Vec<IpAddr> = relays.into_iter().flatten().collect();
        let ours = [self.peer_address(), self.facts.local.map(|local| local.ip())];
        let ours: Vec<IpAddr> = ours.into_iter().flatten().collect();
        let peers = peers(relayed.address.is_ipv6(), &own(self.door.server.ip(), &relays), &ours);
        peers.into_iter().map(|(range, address)| TriedPeer::new(range, address)).collect()
    }

    /// A fresh allocation; `Err` says in words why there is none.
    async fn allocated(
        &self,
        wish: &Allocate,
        patience: Duration,
        allowance: &Allowance,
    ) -> Result<Box<Fresh>, String> {
        let door = self.door.drawing_on(allowance);
        if !door.may_ask() {
            return Err(format!("the {MOST_REQUESTS} requests that this audit makes at most were spent"));
        }
        let answer = match door.allocate(wish, Patience { answer: patience, room: None }).await? {
            Asked::Granted(fresh, _) => return Ok(fresh),
            Asked::Answered(answer) => answer,
        };
        Err(match answer.code() {
            Some(code @ (437 | 486 | 508)) => format!("the server refused an allocation for it ({code})"),
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
        mut peers: Vec<TriedPeer>,
        patience: Duration,
        allowance: &Allowance,
        found: &mut SecurityFacts,
    ) -> Vec<TriedPeer> {
        relayed.link.stage = "survey";
        let beyond = peers.split_off(peers.len().min(allowance.left() as usize));
        let start =
            |peer: TriedPeer| (relayed.link.start(Request::CreatePermission(vec![peer.address])), peer);
        let asked: Vec<_> = peers.into_iter().map(start).collect();
        let until = Instant::now() + patience;
        let (mut broken, mut left) = (false, beyond);
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
                code if is_quota(code) => left.push(peer),
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

/// What became of a permission. Who asks for another nonce for ever, or cannot just now, has not denied the peer.
fn state(outcome: &Outcome) -> (&'static str, Option<u16>) {
    match outcome {
        Outcome::Granted(_) => ("granted", None),
        Outcome::Refused { code: code @ (401 | 438 | 486 | 500..), .. } => ("unanswered", Some(*code)),
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
