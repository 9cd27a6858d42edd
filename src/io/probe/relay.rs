//! What follows a granted allocation: permissions, the data paths, refresh, release.

use std::io;
use std::net::SocketAddr;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use rand::Rng as _;
use tokio::time::{sleep, timeout, timeout_at};

use super::Environment;
use super::allocation::{LIFETIME, Relayed, release_facts, step_facts};
use super::endpoint::{FAREWELL, Session, crowded};
use super::other_port::{self, Asked, At};
use super::paths::Paths;
use super::peer::Peer;
use crate::ice::address::AddressClass;
use crate::measure::FlowReport;
use crate::probe::facts::{Check, CrowdedFacts, Fault};
use crate::turn::{Answer, Outcome, Request};

/// The channel of our peer (RFC 8656 §12: 0x4000–0x4FFF).
const CHANNEL: u16 = 0x4000;

/// How many of ours a quota must leave room for at the least that anybody would want to know of; refused beside no more, a
/// second allocation is asked for again.
const FEW: usize = 3;
/// After so long, coturn counts no more what was given back by a run before this one.
const RETURNED: Duration = Duration::from_millis(1100);

/// Why there is no second allocation.
struct NoSecond {
    why: String,
    code: Option<u16>,
    crowded: Option<CrowdedFacts>,
}

impl From<String> for NoSecond {
    fn from(why: String) -> Self {
        Self { why, code: None, crowded: None }
    }
}

impl Session {
    /// Everything behind a granted allocation.
    pub(super) async fn relay_steps(&mut self, answer: &Answer) -> Result<(), Fault> {
        let Some(address) = self.take_relay(answer).await else { return Ok(()) };
        let result = self.measure(address).await;
        let released = self.release().await;
        result.and(released)
    }

    /// The relayed address that was granted, if there is one to send to.
    async fn take_relay(&mut self, answer: &Answer) -> Option<SocketAddr> {
        let (granted, mut link) = answer.success().zip(self.link.take())?;
        link.stage = "relay";
        let first = match Relayed::from_response(link, granted) {
            Ok(first) => first,
            Err(mut link) => {
                // There is nothing to send to, but something to give back.
                link.start(Request::Refresh { lifetime: 0 });
                link.flush().await;
                return None;
            }
        };
        let address = first.address;
        self.facts.relay.address = Some(address);
        self.facts.relay.class = Some(AddressClass::of(address.ip()));
        self.first = Some(first);
        Some(address)
    }

    /// Keeps a granted allocation with a peer of its own, for as long as one likes; `None` where no packets can be
    /// sent that way, and the facts say why.
    pub(super) async fn hold(&mut self, answer: &Answer) -> Result<Option<Peer>, Fault> {
        let Some(address) = self.take_relay(answer).await else { return Ok(None) };
        let opened = self.meet_peer(address, &self.reflectors()).await;
        self.permit_peer(opened).await
    }

    /// Opens the peer of this relayed address, and learns where it is seen.
    async fn meet_peer(&self, relay: SocketAddr, reflectors: &[SocketAddr]) -> io::Result<Peer> {
        let Environment { local, tap, .. } = &self.shared.environment;
        let mut peer = Peer::open(relay, reflectors, local, tap).await?;
        // Where the server sees our control connection as we do, no NAT is there to be asked about.
        let own = self.facts.allocate.as_ref().and_then(|allocate| allocate.reflexive);
        match own.is_some() && own.map(|own| own.ip()) == self.facts.local.map(|local| local.ip()) {
            true => peer.facts.nat = Some(false),
            false => peer.ask(reflectors, self.shared.options.timeout).await,
        }
        Ok(peer)
    }

    async fn measure(&mut self, address: SocketAddr) -> Result<(), Fault> {
        self.progress("relay");
        let patience = self.shared.options.timeout;
        let reflectors = self.reflectors();
        let (second, peer) = tokio::join!(self.second_allocation(), self.meet_peer(address, &reflectors));
        match second {
            Some(Ok(second)) => self.second = Some(second),
            Some(Err(refusal)) => {
                self.facts.relay.loop_allocation_code = refusal.code;
                self.facts.crowded = self.facts.crowded.or(refusal.crowded);
                self.facts.give_up(Check::Loop, refusal.why);
            }
            None => {}
        }
        let mut peer = self.permit_peer(peer).await?;
        self.permit_loop().await?;
        let (Some(first), shared) = (&mut self.first, &self.shared) else { return Ok(()) };
        first.link.stage = "relay";
        let mut odd = Vec::new();
        let mut paths = Paths {
            run: rand::rng().random(),
            flows: &mut self.flows,
            pace: shared.options.pace,
            apart: shared.options.preset.is_some(),
            first,
            second: self.second.as_mut(),
            peer: peer.as_mut(),
            cut: None,
            answers: Vec::new(),
        };
        let result = paths.measure(|oddity| odd.push(oddity)).await;
        let cut = paths.cut;
        if let Some(peer) = &peer {
            self.facts.relay.peer = Some(peer.facts.clone());
        }
        self.report_paths();
        if let Some(why) = cut {
            self.facts.give_up(Check::Loop, format!("the second connection broke: {why}"));
        }
        for oddity in odd {
            self.facts.oddity(&oddity, "relay");
        }
        // Nothing came through one way: whether UDP from here reaches anybody decides who is to blame.
        let relay = &mut self.facts.relay;
        let silent = [&relay.inbound, &relay.outbound].into_iter().flatten().any(|report| !report.ok);
        let refused =
            |report: &Option<FlowReport>| report.as_ref().is_some_and(|r| r.sent == 0 && r.send_refused > 0);
        if refused(&relay.inbound) {
            let why = "this machine's own firewall does not let it send to the relay's ports";
            self.facts.give_up(Check::PeerPaths, why);
            return result;
        }
        if let Some(peer) = peer.as_mut().filter(|peer| silent && peer.facts.unheard()) {
            peer.ask(&reflectors, patience).await;
            relay.peer = Some(peer.facts.clone());
            if peer.facts.unheard() && relay.outbound.as_ref().is_none_or(|report| !report.ok) {
                let why = "no UDP from this machine was answered, so that its own network may block it";
                self.facts.give_up(Check::PeerPaths, why);
            }
        }
        result
    }

    /// Writes down what passed, which a stopped run does too.
    pub(super) fn report_paths(&mut self) {
        super::paths::report(&self.flows, &mut self.facts.relay);
        self.flows.clear();
    }

    /// The servers that may tell our peer its address, this endpoint's own first.
    fn reflectors(&self) -> Vec<SocketAddr> {
        let ip = self.endpoint.addr.ip();
        let all = self.shared.reflectors.read().unwrap_or_else(PoisonError::into_inner).clone();
        let (mut own, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|reflector| reflector.ip() == ip);
        own.extend(others);
        own
    }

    /// Lets the relay and our peer talk; `None` where that cannot be, and the facts say why.
    async fn permit_peer(&mut self, opened: io::Result<Peer>) -> Result<Option<Peer>, Fault> {
        let peer = match opened {
            Ok(peer) => peer,
            Err(error) => {
                self.facts.give_up(Check::PeerPaths, error.to_string());
                return Ok(None);
            }
        };
        self.facts.relay.peer = Some(peer.facts.clone());
        self.permit(peer.facts.address()).await?;
        let Some(refused) = self.facts.permission.as_ref().filter(|step| !step.ok) else {
            return Ok(Some(peer));
        };
        let why = match refused.code {
            Some(code) => format!("its permission was refused ({code})"),
            None => "its permission was not answered".to_owned(),
        };
        self.facts.give_up(Check::PeerPaths, why);
        Ok(None)
    }

    /// CreatePermission and ChannelBind for our own peer.
    async fn permit(&mut self, peer: SocketAddr) -> Result<(), Fault> {
        let Some(first) = &mut self.first else { return Ok(()) };
        first.link.stage = "permission";
        let now = Instant::now();
        first.upkeep.permitted(now, peer.ip());
        first.upkeep.bound(now, CHANNEL, peer);
        let answer = first.link.request(Request::CreatePermission(vec![peer.ip()])).await?;
        self.facts.permission = Some(step_facts(&answer, self.shared.start));
        if answer.success().is_none() {
            return Ok(());
        }
        first.link.stage = "channel";
        let answer = first.link.request(Request::ChannelBind { number: CHANNEL, peer }).await?;
        self.facts.channel = Some(step_facts(&answer, self.shared.start));
        Ok(())
    }

    /// The permissions that the loop needs, each allocation letting the other in.
    async fn permit_loop(&mut self) -> Result<(), Fault> {
        let (Some(first), Some(second)) = (&mut self.first, &mut self.second) else { return Ok(()) };
        first.link.stage = "permission";
        let now = Instant::now();
        first.upkeep.permitted(now, second.address.ip());
        second.upkeep.permitted(now, first.address.ip());
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
            self.facts.give_up(Check::Loop, why);
            let second = self.second.take();
            if let Some(mut second) = second {
                second.link.start(Request::Refresh { lifetime: 0 });
                let _ = timeout(FAREWELL, second.link.step()).await;
            }
        }
        Ok(())
    }

    /// The far end of the loop; `Some(Err)` says why there is none.
    async fn second_allocation(&self) -> Option<Result<Relayed, NoSecond>> {
        if self.alone {
            let why = "the server refused an allocation while another of ours was open, so that this one was made alone";
            return Some(Err(why.to_owned().into()));
        }
        let redirect = self.facts.redirect.as_ref();
        let server = redirect.and_then(|redirect| redirect.to).unwrap_or(self.endpoint.addr);
        let domain = redirect.and_then(|redirect| redirect.domain.as_deref());
        let allocate = async {
            let mut link =
                self.connector.connect(server, domain).await.link.map_err(|fault| fault.message)?;
            let answer = link.request(self.shared.options.allocate()).await.map_err(|fault| fault.message)?;
            let at = At { server, domain };
            let Asked { mut link, mut answer, .. } =
                other_port::ask(&self.connector, &self.shared, at, link, answer).await;
            let mut beside = self.shared.ledger.settle(&answer);
            if answer.code() == Some(486) && beside <= FEW && self.shared.options.timeout > RETURNED * 2 {
                sleep(RETURNED).await;
                answer = link.request(self.shared.options.allocate()).await.map_err(|fault| fault.message)?;
                beside = self.shared.ledger.settle(&answer);
            }
            match &answer.outcome {
                Outcome::Granted(granted) => Relayed::from_response(link, granted)
                    .map_err(|_| "the second allocation has no address".to_owned().into()),
                Outcome::Refused { code, .. } => Err(NoSecond {
                    why: format!("the server refused a second allocation ({code})"),
                    code: Some(*code),
                    crowded: crowded(&answer, beside),
                }),
                Outcome::TimedOut => Err("the second Allocate was not answered".to_owned().into()),
            }
        };
        let limit = tokio::time::Instant::now() + self.shared.options.timeout;
        Some(timeout_at(limit, allocate).await.unwrap_or_else(|_| Err("it took too long".to_owned().into())))
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
        self.facts.refresh = Some(step_facts(&answer, self.shared.start));
        if answer.outcome == Outcome::TimedOut {
            // It will not hear the release either; it is said once more, and not waited for.
            first.link.start(Request::Refresh { lifetime: 0 });
            first.link.flush().await;
            // What came instead may say why.
            if let Some(mut first) = self.first.take() {
                self.drain(&mut first.link);
            }
            return Ok(());
        }
        first.link.stage = "release";
        let answer = first.link.request(Request::Refresh { lifetime: 0 }).await?;
        self.facts.release = Some(release_facts(&answer, self.shared.start));
        let first = self.first.take();
        if let Some(mut first) = first {
            self.drain(&mut first.link);
        }
        Ok(())
    }
}
