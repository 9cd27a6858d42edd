//! What follows a granted allocation: permissions, the data paths, refresh, release.

use std::net::SocketAddr;

use rand::Rng as _;
use tokio::time::{timeout, timeout_at};

use super::allocation::step_facts;
use super::endpoint::{FAREWELL, Session};
use super::paths::{Paths, Relayed};
use super::peer::Peer;
use crate::ice::address::AddressClass;
use crate::io::link::Link;
use crate::probe::facts::Fault;
use crate::stun::{Message, attribute};
use crate::turn::{Answer, Outcome, Request};

/// The channel of our peer (RFC 8656 §12: 0x4000–0x4FFF).
const CHANNEL: u16 = 0x4000;
/// A Refresh that asks for what RFC 8656 §3.2 gives by default.
const LIFETIME: u32 = 600;

impl Session {
    /// Everything behind a granted allocation.
    pub(super) async fn relay_steps(&mut self, answer: &Answer) -> Result<(), Fault> {
        let (Some(granted), Some(mut link)) = (answer.success(), self.link.take()) else { return Ok(()) };
        link.stage = "relay";
        let Some(first) = relayed(link, granted) else { return Ok(()) };
        let address = first.address;
        self.facts.relay.address = Some(address);
        self.facts.relay.class = Some(AddressClass::of(address.ip()));
        self.first = Some(first);
        let result = self.measure(address).await;
        let released = self.release().await;
        result.and(released)
    }

    async fn measure(&mut self, address: SocketAddr) -> Result<(), Fault> {
        self.progress("relay");
        let patience = self.shared.options.timeout;
        let reflectors = self.reflectors();
        let (second, peer) =
            tokio::join!(self.second_allocation(), Peer::open(address, &reflectors, patience));
        match second {
            Some(Ok(second)) => self.second = Some(second),
            Some(Err(why)) => self.facts.given_up.push(format!("the loop between two allocations: {why}")),
            None => {}
        }
        let mut peer = match peer {
            Ok(peer) => Some(peer),
            Err(error) => {
                let why = format!("the paths to a plain UDP socket: {error}");
                self.facts.given_up.push(why);
                None
            }
        };
        if let Some(opened) = &peer {
            self.facts.relay.peer = Some(opened.facts.clone());
            let to = opened.address();
            self.permit(to).await?;
            let permitted = self.facts.permission.as_ref().is_some_and(|step| step.ok);
            if !permitted {
                peer = None;
            }
        }
        self.permit_loop().await?;
        let (Some(first), shared) = (&mut self.first, &self.shared) else { return Ok(()) };
        first.link.stage = "relay";
        let mut odd = Vec::new();
        let mut paths = Paths {
            run: rand::rng().random(),
            pace: shared.options.pace,
            first,
            second: self.second.as_mut(),
            peer: peer.as_mut(),
            cut: None,
        };
        let result = paths.measure(&mut self.facts.relay, |oddity| odd.push(oddity)).await;
        if let Some(why) = paths.cut {
            let why = format!("the loop between two allocations: the second connection broke: {why}");
            self.facts.given_up.push(why);
        }
        for oddity in odd {
            self.facts.oddity(&oddity, "relay");
        }
        result
    }

    /// The servers that may tell our peer its address, this endpoint's own first.
    fn reflectors(&self) -> Vec<SocketAddr> {
        let ip = self.endpoint.addr.ip();
        let (mut own, others): (Vec<_>, Vec<_>) =
            self.shared.reflectors.iter().copied().partition(|reflector| reflector.ip() == ip);
        own.extend(others);
        own
    }

    /// CreatePermission and ChannelBind for our own peer.
    async fn permit(&mut self, peer: SocketAddr) -> Result<(), Fault> {
        let Some(first) = &mut self.first else { return Ok(()) };
        first.link.stage = "permission";
        first.permitted.push(peer.ip());
        let answer = first.link.request(Request::CreatePermission(vec![peer.ip()])).await?;
        self.facts.permission = Some(step_facts(&answer));
        if answer.success().is_none() {
            return Ok(());
        }
        first.link.stage = "channel";
        let answer = first.link.request(Request::ChannelBind { number: CHANNEL, peer }).await?;
        self.facts.channel = Some(step_facts(&answer));
        Ok(())
    }

    /// The permissions that the loop needs, each allocation letting the other in.
    async fn permit_loop(&mut self) -> Result<(), Fault> {
        let (Some(first), Some(second)) = (&mut self.first, &mut self.second) else { return Ok(()) };
        first.link.stage = "permission";
        first.permitted.push(second.address.ip());
        second.permitted.push(first.address.ip());
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
            self.facts.given_up.push(format!("the loop between two allocations: {why}"));
            let second = self.second.take();
            if let Some(mut second) = second {
                second.link.start(Request::Refresh { lifetime: 0 });
                let _ = timeout(FAREWELL, second.link.step()).await;
            }
        }
        Ok(())
    }

    /// The far end of the loop; `Some(Err)` says why there is none.
    async fn second_allocation(&self) -> Option<Result<Relayed, String>> {
        if self.alone {
            return Some(Err("the server refused an allocation while another of ours was open, \
                             so that this one was made alone"
                .to_owned()));
        }
        let redirect = self.facts.redirect.as_ref();
        let server = redirect.and_then(|redirect| redirect.to).unwrap_or(self.endpoint.addr);
        let domain = redirect.and_then(|redirect| redirect.domain.as_deref());
        let allocate = async {
            let mut link =
                self.connector.connect(server, domain).await.link.map_err(|fault| fault.message)?;
            let answer = link.request(Request::Allocate).await.map_err(|fault| fault.message)?;
            match &answer.outcome {
                Outcome::Granted(granted) => {
                    relayed(link, granted).ok_or_else(|| "the second allocation has no address".to_owned())
                }
                Outcome::Refused { code, .. } => {
                    Err(format!("the server refused a second allocation ({code})"))
                }
                Outcome::TimedOut => Err("the second Allocate was not answered".to_owned()),
            }
        };
        let limit = tokio::time::Instant::now() + self.shared.options.timeout;
        Some(timeout_at(limit, allocate).await.unwrap_or_else(|_| Err("it took too long".to_owned())))
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
        self.facts.refresh = Some(step_facts(&answer));
        first.link.stage = "release";
        let answer = first.link.request(Request::Refresh { lifetime: 0 }).await?;
        self.facts.release = Some(step_facts(&answer));
        let first = self.first.take();
        if let Some(mut first) = first {
            self.drain(&mut first.link);
        }
        self.entries.clear();
        Ok(())
    }
}

/// The allocation that a response granted.
fn relayed(link: Link, granted: &Message) -> Option<Relayed> {
    let address = granted.xor_address(attribute::XOR_RELAYED_ADDRESS)?;
    // Nobody can send there.
    if address.port() == 0 || address.ip().is_unspecified() {
        return None;
    }
    let lifetime = granted.number(attribute::LIFETIME).unwrap_or(LIFETIME);
    Some(Relayed { link, address, permitted: Vec::new(), lifetime })
}
