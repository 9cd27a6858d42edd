//! An allocation and a plain UDP socket that hear each other: the two ends of what is measured in earnest.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rand::Rng as _;

use super::Survey;
use super::fresh::{Asked, Fresh, is_quota};
use crate::io::patience;
use crate::io::probe::peer::Peer;
use crate::io::socket;
use crate::measure::{Packet, RunId};
use crate::probe::facts::{Fault, PeerFacts};
use crate::turn::{Allocate, Answer, Event, Request};

/// The channel that is bound for the peer.
pub(super) const CHANNEL: u16 = 0x4000;
/// How often, and how long apart, the peer speaks first, so that the relay sees where it is.
const HELLOS: u32 = 5;
const HELLO: Duration = Duration::from_millis(100);
/// Bytes that may wait for a stream to take them.
const MOST_WAITING: usize = 64 * 1024;
const HELLO_SIZE: usize = 100;

/// A direction through the relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Our socket → relayed address → us.
    Inbound,
    /// Us → relay → our socket.
    Outbound,
    /// As that, and the server is asked not to fragment.
    Unfragmented,
}

/// What became of a datagram that was to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    Yes,
    /// The system takes none now, or not ever.
    No,
    /// It is larger than this machine's interface carries.
    TooLong,
}

/// What was heard.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heard {
    pub(super) way: Way,
    pub(super) number: u32,
    pub(super) size: usize,
    pub(super) at: Instant,
}

/// The two ends.
pub(super) struct Pair {
    pub(super) relayed: Box<Fresh>,
    pub(super) peer: Peer,
    /// The peer as the relay sees it.
    pub(super) to: SocketAddr,
    /// When the server said that the peer may send.
    pub(super) permitted: Instant,
    run: RunId,
    buffer: Box<[u8]>,
}

/// What a pair could not be made for.
pub(super) enum NoPair {
    /// The server refused the allocation.
    Refused(u16),
    /// Anything else.
    Failed(String),
}

impl NoPair {
    /// Refused for want of room, which may be ours.
    pub(super) fn is_quota(&self) -> bool {
        matches!(self, NoPair::Refused(code) if is_quota(Some(*code)))
    }

    pub(super) fn words(&self) -> String {
        match self {
            NoPair::Refused(code) => format!("the server refused another allocation ({code})"),
            NoPair::Failed(why) => why.clone(),
        }
    }
}

impl Survey {
    /// Makes a pair, with a permission for the peer and no channel.
    pub(super) async fn pair(&self, wish: Allocate) -> Result<(Pair, Answer), NoPair> {
        let failed = |fault: Fault| NoPair::Failed(fault.message);
        let asked = self.door.allocate(&wish, self.patience()).await.map_err(NoPair::Failed)?;
        let (relayed, answer) = match asked {
            Asked::Granted(relayed, answer) => (relayed, answer),
            Asked::Answered(answer) => {
                let nowhere = || NoPair::Failed("the allocation has no address".to_owned());
                return Err(answer.code().map_or_else(nowhere, NoPair::Refused));
            }
        };
        let reflectors = self.reflectors();
        let peer = Peer::open(
            relayed.address,
            &reflectors,
            &self.shared.environment.local,
            &self.shared.environment.tap,
        )
        .await;
        let mut peer = peer.map_err(|error| NoPair::Failed(error.to_string()))?;
        if self.facts.relay.peer.as_ref().is_some_and(|known| known.nat == Some(false)) {
            peer.facts.nat = Some(false);
        } else {
            peer.ask(&reflectors, self.shared.options.timeout).await;
        }
        let to = peer.facts.address();
        let buffer = vec![0; 65_535].into_boxed_slice();
        let mut pair =
            Pair { relayed, peer, to, permitted: Instant::now(), run: rand::rng().random(), buffer };
        pair.permit().await.map_err(NoPair::Failed)?;
        pair.meet().await.map_err(failed)?;
        Ok((pair, answer))
    }
}

impl Pair {
    /// Asks that the peer may send.
    pub(super) async fn permit(&mut self) -> Result<(), String> {
        let request = Request::CreatePermission(vec![self.to.ip()]);
        let answer = self.relayed.link.request(request).await.map_err(|fault| fault.message)?;
        self.permitted = answer.at;
        granted(&answer, "the permission for our own socket")
    }

    /// Whether the server still knows the allocation, and when it said so; a permission renews no allocation.
    pub(super) async fn exists(&mut self) -> Option<(Instant, bool)> {
        let request = Request::CreatePermission(vec![self.to.ip()]);
        let answer = self.relayed.link.request(request).await.ok()?;
        match answer.code() {
            None => answer.success().map(|_| (answer.at, true)),
            Some(code) => (code == 437).then_some((answer.at, false)),
        }
    }

    /// Asks for a channel to the peer; when it was granted.
    pub(super) async fn bind(&mut self) -> Result<Instant, String> {
        let request = Request::ChannelBind { number: CHANNEL, peer: self.to };
        let answer = self.relayed.link.request(request).await.map_err(|fault| fault.message)?;
        granted(&answer, "a channel to our own socket").map(|()| answer.at)
    }

    /// Has the peer speak until the relay has seen where it is.
    async fn meet(&mut self) -> Result<(), Fault> {
        for number in 0..HELLOS {
            self.send(Way::Inbound, number, HELLO_SIZE);
            let until = Instant::now() + HELLO;
            while Instant::now() < until {
                self.hear(until).await?;
                if let PeerFacts { seen_by_relay: Some(seen), .. } = self.peer.facts {
                    self.to = seen;
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Sends a numbered packet of `size` bytes.
    pub(super) fn send(&mut self, way: Way, number: u32, size: usize) -> Sent {
        let bytes = Packet { flow: way as u8, echo: false, number }.bytes(&self.run, size);
        if self.relayed.link.waiting() > MOST_WAITING {
            return Sent::No;
        }
        let mut send = || match way {
            Way::Inbound => self.peer.send(self.relayed.address, &bytes),
            Way::Outbound => self.relayed.link.send_data(self.to, &bytes),
            Way::Unfragmented => self.relayed.link.send_unfragmented(self.to, &bytes),
        };
        // The first error may be that of an earlier packet, which a router told of.
        match send().or_else(|error| if socket::too_long(&error) { send() } else { Err(error) }) {
            Ok(()) => Sent::Yes,
            Err(error) if socket::too_long(&error) => Sent::TooLong,
            Err(_) => Sent::No,
        }
    }

    /// Waits until a packet of ours arrives at either end, or until `until`.
    pub(super) async fn hear(&mut self, until: Instant) -> Result<Option<Heard>, Fault> {
        loop {
            let (arrived, far) = tokio::select! {
                biased;
                (length, _) = self.peer.receive(&mut self.buffer) => {
                    let packet = Packet::from_bytes(&self.run, &self.buffer[..length]);
                    (packet.map(|packet| (packet, length, Instant::now())), true)
                }
                event = self.relayed.link.step() => match event? {
                    Event::Data { peer, data, at } => {
                        let packet = Packet::from_bytes(&self.run, &data);
                        if packet.is_some() {
                            self.peer.facts.seen_by_relay.get_or_insert(peer);
                        }
                        (packet.map(|packet| (packet, data.len(), at)), false)
                    }
                    Event::Answer(answer) => {
                        self.relayed.upkeep.renewed(&answer);
                        continue;
                    }
                    Event::Oddity(_) => continue,
                },
                () = patience::until(until) => return Ok(None),
            };
            let Some((packet, size, at)) = arrived else { continue };
            let way = [Way::Inbound, Way::Outbound, Way::Unfragmented]
                .into_iter()
                .find(|way| *way as u8 == packet.flow && (*way != Way::Inbound) == far);
            if let Some(way) = way {
                return Ok(Some(Heard { way, number: packet.number, size, at }));
            }
        }
    }

    /// Makes room for what comes fast, at both ends.
    pub(super) fn widen(&self) {
        const ROOM: usize = 4 << 20;
        self.relayed.link.widen(ROOM);
        self.peer.widen(ROOM);
    }
}

fn granted(answer: &Answer, what: &str) -> Result<(), String> {
    match (answer.success(), answer.code()) {
        (Some(_), _) => Ok(()),
        (None, Some(code)) => Err(format!("{what} was refused ({code})")),
        (None, None) => Err(format!("{what} was not answered")),
    }
}
