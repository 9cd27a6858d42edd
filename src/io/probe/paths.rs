//! The relay's data paths, used for real: in, out, and between two allocations.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::allocation::Relayed;
use super::peer::Peer;
use crate::io::patience;
use crate::measure::{Flow, FlowId, FlowOutput, Pace, Packet, RunId};
use crate::probe::facts::{Fault, RelayFacts};
use crate::turn::{Answer, Event, Oddity};

pub(super) const INBOUND: u8 = 0;
pub(super) const OUTBOUND: u8 = 1;
const LOOP: u8 = 2;

/// How long the outbound flow waits for the relay to tell where our packets come from: behind a NAT
/// with endpoint-dependent mapping only that address reaches us.
const LEARN: Duration = Duration::from_millis(200);

/// The three paths of one endpoint.
pub(super) struct Paths<'a> {
    pub(super) run: RunId,
    /// Not ours, so that a run that is stopped loses none of them.
    pub(super) flows: &'a mut Vec<Flow>,
    pub(super) pace: Pace,
    /// One path after the other, each as long as its packets take.
    pub(super) apart: bool,
    pub(super) first: &'a mut Relayed,
    pub(super) second: Option<&'a mut Relayed>,
    /// `None` where the permission for our own peer was refused.
    pub(super) peer: Option<&'a mut Peer>,
    /// Why the loop lost its far end before it was measured.
    pub(super) cut: Option<String>,
    /// Answers to requests of the first allocation that came meanwhile.
    pub(super) answers: Vec<Answer>,
}

impl Paths<'_> {
    /// Sends and echoes until every flow is done.
    pub(super) async fn measure(&mut self, mut oddity: impl FnMut(Oddity)) -> Result<(), Fault> {
        let start = Instant::now();
        let slot = if self.apart { self.pace.interval * self.pace.count } else { Duration::ZERO };
        if let Some(peer) = &self.peer {
            self.flows.push(Flow::new(INBOUND, self.pace, start));
            if peer.facts.nat == Some(false) {
                self.flows.push(Flow::new(OUTBOUND, self.pace, start + slot + self.pace.interval / 3));
            }
        }
        if self.second.is_some() {
            // Out of step with one another, so that no flow waits behind another's packet.
            self.flows.push(Flow::new(LOOP, self.pace, start + slot * 2 + self.pace.interval * 2 / 3));
        }
        let mut buffer = vec![0; 65_535];
        loop {
            let now = Instant::now();
            let learnt = self.peer.as_ref().map(|peer| peer.facts.seen_by_relay.is_some());
            if learnt.is_some_and(|learnt| learnt || now >= start + LEARN) && self.flow(OUTBOUND).is_none() {
                self.flows.push(Flow::new(OUTBOUND, self.pace, now.max(start + slot)));
            }
            let Some(due) = self.pump(now) else {
                if self.peer.is_none() || self.flow(OUTBOUND).is_some() {
                    return Ok(());
                }
                patience::until(start + LEARN).await;
                continue;
            };
            let due = self.renew(now).map_or(due, |renewal| due.min(renewal));
            tokio::select! {
                biased;
                received = receive(self.peer.as_deref(), &mut buffer) => {
                    let at = Instant::now();
                    self.at_peer(at, &buffer[..received.0], received.1);
                }
                event = self.first.link.step() => match event? {
                    Event::Data { peer, data, at } => self.at_first(at, &data, peer),
                    Event::Oddity(odd) => oddity(odd),
                    Event::Answer(answer) => {
                        self.first.upkeep.renewed(&answer);
                        self.answers.push(answer);
                    }
                },
                event = step(self.second.as_deref_mut()) => match event {
                    Ok(Event::Data { peer, data, at }) => self.at_second(at, &data, peer),
                    Ok(Event::Oddity(odd)) => oddity(odd),
                    Ok(Event::Answer(answer)) => {
                        if let Some(second) = &mut self.second {
                            second.upkeep.renewed(&answer);
                        }
                    }
                    Err(fault) => self.lose_second(fault),
                },
                () = patience::until(due) => {}
            }
        }
    }

    /// Sends what is due; when something is due next, `None` when all flows are done.
    fn pump(&mut self, now: Instant) -> Option<Instant> {
        let mut next: Option<Instant> = None;
        for at in 0..self.flows.len() {
            loop {
                match self.flows[at].poll(now) {
                    FlowOutput::Done => break,
                    FlowOutput::Wait(until) => {
                        next = Some(next.map_or(until, |next| next.min(until)));
                        break;
                    }
                    FlowOutput::Send(packet) => {
                        let sent = Instant::now();
                        let ok = self.send(packet);
                        self.flows[at].sent(sent, ok);
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
            (OUTBOUND, Some(peer), _) => self.first.link.send_data(peer.facts.address(), &bytes),
            (LOOP, _, Some(second)) => {
                let to = second.address;
                self.first.link.send_data(to, &bytes)
            }
            _ => return false,
        };
        // What our own firewall forbids (EPERM) was not sent; what finds no route was, and is lost.
        !sent.is_err_and(|error| error.raw_os_error() == Some(1))
    }

    fn at_peer(&mut self, at: Instant, bytes: &[u8], from: SocketAddr) {
        if let Some(echo) = self.take(at, bytes)
            && let Some(peer) = &self.peer
        {
            let _ = peer.send(from, &echo);
        }
    }

    fn at_first(&mut self, at: Instant, bytes: &[u8], from: SocketAddr) {
        if Packet::from_bytes(&self.run, bytes).is_some_and(|packet| packet.flow == INBOUND)
            && let Some(peer) = &mut self.peer
        {
            peer.facts.seen_by_relay.get_or_insert(from);
        }
        if let Some(echo) = self.take(at, bytes) {
            let _ = self.first.link.send_data(from, &echo);
        }
    }

    fn at_second(&mut self, at: Instant, bytes: &[u8], from: SocketAddr) {
        if let Some(echo) = self.take(at, bytes)
            && let Some(second) = &mut self.second
        {
            let _ = second.link.send_data(from, &echo);
        }
    }

    /// Gives a packet to its flow; the echo that is due.
    fn take(&mut self, at: Instant, bytes: &[u8]) -> Option<Vec<u8>> {
        let packet = Packet::from_bytes(&self.run, bytes)?;
        let whole = packet.is_whole(&self.run, bytes, self.pace.size);
        let flow = self.flow(packet.flow)?;
        if !whole {
            flow.altered();
            return None;
        }
        let echo = flow.handle_input(at, packet)?;
        Some(echo.bytes(&self.run, self.pace.size))
    }

    fn flow(&mut self, id: FlowId) -> Option<&mut Flow> {
        self.flows.iter_mut().find(|flow| flow.id() == id)
    }

    /// The loop is lost with its far end; the paths to our peer are not.
    fn lose_second(&mut self, fault: Fault) {
        self.second = None;
        let now = Instant::now();
        if self.flow(LOOP).is_some_and(|flow| flow.poll(now) != FlowOutput::Done) {
            self.flows.retain(|flow| flow.id() != LOOP);
            self.cut = Some(fault.message);
        }
    }

    /// Asks for what must be renewed; when that is to be looked at again.
    fn renew(&mut self, now: Instant) -> Option<Instant> {
        let both = [Some(&mut *self.first), self.second.as_deref_mut()];
        let due = both.into_iter().flatten().filter_map(|relayed| {
            for request in relayed.upkeep.poll(now) {
                relayed.link.start(request);
            }
            relayed.upkeep.due()
        });
        due.min()
    }
}

/// Writes down what the flows have seen so far.
pub(super) fn report(flows: &[Flow], facts: &mut RelayFacts) {
    for flow in flows {
        let report = Some(flow.report());
        match flow.id() {
            INBOUND => facts.inbound = report,
            OUTBOUND => facts.outbound = report,
            _ => facts.hairpin = report,
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
