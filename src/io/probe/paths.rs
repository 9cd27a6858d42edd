//! The relay's data paths, used for real: in, out, and between two allocations.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::time::sleep_until;

use super::super::link::Link;
use super::peer::Peer;
use crate::measure::{Flow, FlowOutput, Pace, Packet, RunId};
use crate::probe::facts::{Fault, RelayFacts};
use crate::turn::{Event, Oddity, Request};

const INBOUND: u8 = 0;
const OUTBOUND: u8 = 1;
const LOOP: u8 = 2;

/// How long the outbound flow waits for the relay to tell where our packets come from: behind a NAT
/// with endpoint-dependent mapping only that address reaches us.
const LEARN: Duration = Duration::from_millis(200);
/// Permissions last five minutes (RFC 8656 §9) and allocations ten by default: renewed in good time.
const KEEP_ALIVE: Duration = Duration::from_secs(120);

/// One of our allocations.
#[derive(Debug)]
pub(super) struct Relayed {
    pub(super) link: Link,
    pub(super) address: SocketAddr,
    /// Peers let through, renewed on long runs.
    pub(super) permitted: Vec<std::net::IpAddr>,
    pub(super) lifetime: u32,
}

/// The three paths of one endpoint.
pub(super) struct Paths<'a> {
    pub(super) run: RunId,
    pub(super) pace: Pace,
    pub(super) first: &'a mut Relayed,
    pub(super) second: Option<&'a mut Relayed>,
    /// `None` where the permission for our own peer was refused.
    pub(super) peer: Option<&'a mut Peer>,
    /// Why the loop lost its far end before it was measured.
    pub(super) cut: Option<String>,
}

impl Paths<'_> {
    /// Sends and echoes until every flow is done. `facts` is kept current, so that nothing is lost
    /// if the future is dropped.
    pub(super) async fn measure(
        &mut self,
        facts: &mut RelayFacts,
        mut oddity: impl FnMut(Oddity),
    ) -> Result<(), Fault> {
        let start = Instant::now();
        let mut flows = Vec::new();
        if let Some(peer) = &self.peer {
            flows.push(Flow::new(INBOUND, self.pace, start));
            if peer.facts.nat == Some(false) {
                flows.push(Flow::new(OUTBOUND, self.pace, start + self.pace.interval / 3));
            }
        }
        if self.second.is_some() {
            // Out of step with one another, so that no flow waits behind another's packet.
            flows.push(Flow::new(LOOP, self.pace, start + self.pace.interval * 2 / 3));
        }
        let mut buffer = vec![0; 65_535];
        let mut renew = start + KEEP_ALIVE;
        let mut reported = start;
        let result = loop {
            let now = Instant::now();
            if self.peer.is_some()
                && !flows.iter().any(|flow| flow.id() == OUTBOUND)
                && (now >= start + LEARN
                    || self.peer.as_ref().is_some_and(|p| p.facts.seen_by_relay.is_some()))
            {
                flows.push(Flow::new(OUTBOUND, self.pace, now));
            }
            if now >= renew {
                renew = now + KEEP_ALIVE;
                self.renew();
            }
            if now >= reported + Duration::from_millis(500) {
                reported = now;
                self.report(&flows, facts);
            }
            let Some(due) = self.pump(&mut flows, now) else {
                if flows.iter().any(|flow| flow.id() == OUTBOUND) || self.peer.is_none() {
                    break Ok(());
                }
                sleep_until((start + LEARN).into()).await;
                continue;
            };
            tokio::select! {
                biased;
                received = receive(self.peer.as_deref(), &mut buffer) => {
                    let at = Instant::now();
                    self.at_peer(&mut flows, at, &buffer[..received.0], received.1);
                }
                event = self.first.link.step() => match event {
                    Ok(Event::Data { peer, data, at }) => self.at_first(&mut flows, at, &data, peer),
                    Ok(Event::Oddity(odd)) => oddity(odd),
                    Ok(Event::Answer(_)) => {}
                    Err(fault) => break Err(fault),
                },
                event = step(self.second.as_deref_mut()) => match event {
                    Ok(Event::Data { peer, data, at }) => self.at_second(&mut flows, at, &data, peer),
                    Ok(Event::Oddity(odd)) => oddity(odd),
                    Ok(Event::Answer(_)) => {}
                    // The loop is lost with its far end; the paths to our peer are not.
                    Err(fault) => {
                        self.second = None;
                        let unfinished = |flow: &Flow| flow.id() == LOOP && flow.poll(Instant::now()) != FlowOutput::Done;
                        if flows.iter().any(unfinished) {
                            flows.retain(|flow| flow.id() != LOOP);
                            facts.hairpin = None;
                            self.cut = Some(fault.message);
                        }
                    }
                },
                () = sleep_until(due.into()) => {}
            }
        };
        self.report(&flows, facts);
        result
    }

    /// Sends what is due; when something is due next, `None` when all flows are done.
    fn pump(&mut self, flows: &mut [Flow], now: Instant) -> Option<Instant> {
        let mut next: Option<Instant> = None;
        for flow in flows {
            loop {
                match flow.poll(now) {
                    FlowOutput::Done => break,
                    FlowOutput::Wait(until) => {
                        next = Some(next.map_or(until, |next| next.min(until)));
                        break;
                    }
                    FlowOutput::Send(packet) => {
                        let at = Instant::now();
                        let sent = self.send(packet);
                        flow.sent(at, sent);
                    }
                }
            }
        }
        next
    }

    fn send(&mut self, packet: Packet) -> bool {
        let bytes = packet.bytes(&self.run, self.pace.size);
        let sent = match (packet.flow, &self.peer, &self.second) {
            (INBOUND, Some(peer), _) => peer.send(self.first.address, &bytes),
            (OUTBOUND, Some(peer), _) => self.first.link.send_data(peer.address(), &bytes),
            (LOOP, _, Some(second)) => {
                let to = second.address;
                self.first.link.send_data(to, &bytes)
            }
            _ => return false,
        };
        sent.is_ok()
    }

    fn at_peer(&mut self, flows: &mut [Flow], at: Instant, bytes: &[u8], from: SocketAddr) {
        let Some(packet) = Packet::from_bytes(&self.run, bytes) else { return };
        let flow = flows.iter_mut().find(|flow| flow.id() == packet.flow);
        if let Some(echo) = flow.and_then(|flow| flow.handle_input(at, packet))
            && let Some(peer) = &self.peer
        {
            let _ = peer.send(from, &echo.bytes(&self.run, self.pace.size));
        }
    }

    fn at_first(&mut self, flows: &mut [Flow], at: Instant, bytes: &[u8], from: SocketAddr) {
        let Some(packet) = Packet::from_bytes(&self.run, bytes) else { return };
        if packet.flow == INBOUND
            && let Some(peer) = &mut self.peer
        {
            peer.facts.seen_by_relay.get_or_insert(from);
        }
        let flow = flows.iter_mut().find(|flow| flow.id() == packet.flow);
        if let Some(echo) = flow.and_then(|flow| flow.handle_input(at, packet)) {
            let _ = self.first.link.send_data(from, &echo.bytes(&self.run, self.pace.size));
        }
    }

    fn at_second(&mut self, flows: &mut [Flow], at: Instant, bytes: &[u8], from: SocketAddr) {
        let Some(packet) = Packet::from_bytes(&self.run, bytes) else { return };
        let flow = flows.iter_mut().find(|flow| flow.id() == packet.flow);
        if let Some(echo) = flow.and_then(|flow| flow.handle_input(at, packet))
            && let Some(second) = &mut self.second
        {
            let _ = second.link.send_data(from, &echo.bytes(&self.run, self.pace.size));
        }
    }

    fn renew(&mut self) {
        for relayed in [Some(&mut *self.first), self.second.as_deref_mut()].into_iter().flatten() {
            relayed.link.start(Request::CreatePermission(relayed.permitted.clone()));
            relayed.link.start(Request::Refresh { lifetime: relayed.lifetime });
        }
    }

    fn report(&self, flows: &[Flow], facts: &mut RelayFacts) {
        for flow in flows {
            let report = Some(flow.report());
            match flow.id() {
                INBOUND => facts.inbound = report,
                OUTBOUND => facts.outbound = report,
                _ => facts.hairpin = report,
            }
        }
        if let Some(peer) = &self.peer {
            facts.peer = Some(peer.facts.clone());
        }
    }
}

async fn receive(peer: Option<&Peer>, buffer: &mut [u8]) -> (usize, SocketAddr) {
    match peer {
        Some(peer) => peer.receive(buffer).await,
        None => std::future::pending().await,
    }
}

async fn step(relayed: Option<&mut Relayed>) -> Result<Event, Fault> {
    match relayed {
        Some(relayed) => relayed.link.step().await,
        None => std::future::pending().await,
    }
}
