//! The plain UDP socket that plays the remote peer of our allocation.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::time::{Instant, timeout_at};

use crate::io::local::Local;
use crate::io::tap::{Line, Tap};
use crate::probe::facts::PeerFacts;
use crate::recording::Carrier;
use crate::stun::{Class, Message, MessageBuilder, Method, TransactionId};

/// When a reflector that may not answer is asked, and how long in all.
const SENDS: [Duration; 3] = [Duration::ZERO, Duration::from_millis(300), Duration::from_millis(800)];
const PATIENCE: Duration = Duration::from_millis(1500);

/// A socket and what is known of its address.
#[derive(Debug)]
pub(super) struct Peer {
    socket: UdpSocket,
    line: Line,
    pub(super) facts: PeerFacts,
}

impl Peer {
    /// A socket of the family of `relay`, which nobody has been asked about yet.
    pub(super) async fn open(
        relay: SocketAddr,
        reflectors: &[SocketAddr],
        local: &Local,
        tap: &Tap,
    ) -> io::Result<Self> {
        let socket = local.udp(relay).await?;
        // tokio refuses to try before its reactor has seen the socket once.
        socket.writable().await?;
        let bound = socket.local_addr()?;
        let local = match bound.ip().is_unspecified() {
            true => local_towards(relay, reflectors, bound),
            false => bound,
        };
        let carrier = Carrier { name: "peer", stream: false, encrypted: false };
        let line = tap.line(Ok(local), relay, carrier);
        Ok(Self { socket, line, facts: PeerFacts { local, reflexive: None, seen_by_relay: None, nat: None } })
    }

    /// Asks `reflectors` for its address. Where none answers, UDP from here may reach nobody at all.
    pub(super) async fn ask(&mut self, reflectors: &[SocketAddr], patience: Duration) {
        let local = self.facts.local;
        let same_family: Vec<_> =
            reflectors.iter().copied().filter(|r| r.is_ipv4() == local.is_ipv4()).collect();
        self.facts.reflexive =
            reflexive(&self.socket, &self.line, &same_family, patience.min(PATIENCE)).await;
        if let Some(reflexive) = self.facts.reflexive {
            self.facts.nat = Some(reflexive != local);
        }
    }

    /// Sends at once.
    pub(super) fn send(&self, to: SocketAddr, bytes: &[u8]) -> io::Result<()> {
        self.socket.try_send_to(bytes, to)?;
        self.line.sent_to(to, bytes);
        Ok(())
    }

    /// Has the DF bit set on what is sent, if the system can.
    pub(super) fn dont_fragment(&self) -> bool {
        crate::io::socket::dont_fragment(&self.socket)
    }

    /// Makes room for what comes fast.
    pub(super) fn widen(&self, bytes: usize) {
        crate::io::socket::widen(&self.socket, bytes);
    }

    /// Receives one datagram. ICMP errors of earlier sends are not its concern.
    pub(super) async fn receive(&self, into: &mut [u8]) -> (usize, SocketAddr) {
        loop {
            if let Ok((length, from)) = self.socket.recv_from(into).await {
                self.line.received_from(from, &into[..length]);
                return (length, from);
            }
        }
    }
}

/// The local address that the system would send from, which is ours where no NAT is in between.
fn local_towards(relay: SocketAddr, reflectors: &[SocketAddr], bound: SocketAddr) -> SocketAddr {
    let same_family = reflectors.iter().filter(|r| r.is_ipv4() == relay.is_ipv4());
    for towards in same_family.chain([&relay]) {
        let found = std::net::UdpSocket::bind((bound.ip(), 0))
            .and_then(|socket| socket.connect(towards).and_then(|()| socket.local_addr()));
        if let Ok(found) = found {
            return SocketAddr::new(found.ip(), bound.port());
        }
    }
    bound
}

/// Asks the first two reflectors three times, and the others twice; the first answer counts.
async fn reflexive(
    socket: &UdpSocket,
    line: &Line,
    reflectors: &[SocketAddr],
    patience: Duration,
) -> Option<SocketAddr> {
    let start = Instant::now();
    let id = TransactionId(rand::random());
    let request = MessageBuilder::new(Class::Request, Method::Binding, id).finish();
    let mut buffer = [0; 2048];
    for n in 0..SENDS.len() {
        for (m, reflector) in reflectors.iter().take(8).enumerate() {
            if (m < 2 || n > 0) && socket.try_send_to(&request, *reflector).is_ok() {
                line.sent_to(*reflector, &request);
            }
        }
        let until = SENDS.get(n + 1).copied().unwrap_or(patience).min(patience);
        while let Ok(received) = timeout_at(start + until, socket.recv_from(&mut buffer)).await {
            let Ok((length, from)) = received else { continue };
            line.received_from(from, &buffer[..length]);
            if let Ok(message) = Message::from_bytes(&buffer[..length])
                && message.transaction == id
                && message.class == Class::Success
            {
                return message.reflexive_address();
            }
        }
        if until == patience {
            break;
        }
    }
    None
}
