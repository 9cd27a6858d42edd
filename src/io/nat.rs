//! Drives the machines of [`crate::nat`] on real sockets: one set a family, each bound to the address that this
//! machine sends from towards the servers.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rand::Rng as _;
use tokio::net::UdpSocket;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{Receiver, channel};
use tokio::task::JoinSet;

use super::local::Local;
use super::patience;
use super::tap::{Line, Tap};
use crate::nat::{
    Discovery, LeftOut, Lifetime, Machine, NatFacts, OtherAddress, Output, Reflector, SocketId, idle_times,
};
use crate::recording::Carrier;

/// What a recording calls these sockets.
const CARRIER: Carrier = Carrier { name: "nat", stream: false, encrypted: false };
/// The largest response that anyone sends.
const BUFFER: usize = 2048;
/// Datagrams that wait to be looked at: a flood must not fill our memory, and what it crowds out is asked for again.
const MOST_WAITING: usize = 256;

/// Asks these servers, which answer Binding over UDP, what lies between them and this machine: one entry for each
/// address family that any of them has. With `lifetime`, waits up to so long for mappings to die. What is known when
/// what `stop` gives ends is returned then.
pub async fn discover<F: Future<Output = ()>>(
    servers: &[Reflector],
    local: &Local,
    lifetime: Option<Duration>,
    tap: &Tap,
    stop: impl Fn() -> F,
) -> Vec<NatFacts> {
    let family = |v6: bool| {
        let servers: Vec<Reflector> = servers.iter().copied().filter(|s| s.addr.is_ipv6() == v6).collect();
        one_family(servers, local, lifetime, tap, stop())
    };
    let (v4, v6) = tokio::join!(family(false), family(true));
    [v4, v6].into_iter().flatten().collect()
}

async fn one_family(
    servers: Vec<Reflector>,
    local: &Local,
    lifetime: Option<Duration>,
    tap: &Tap,
    stop: impl Future<Output = ()>,
) -> Option<NatFacts> {
    // A socket has one address; servers that another one of ours leads to would tell of another path.
    let mut reached: Vec<(Reflector, IpAddr)> = Vec::new();
    for server in servers {
        if !reached.iter().any(|(known, _)| known.addr == server.addr) {
            reached.extend(local_towards(server.addr, local).map(|ip| (server, ip)));
        }
    }
    let far = reached.iter().find(|(_, ip)| !ip.is_loopback());
    let from = far.or(reached.first()).map(|(_, ip)| *ip)?;
    let (asked, elsewhere): (Vec<_>, Vec<_>) = reached.iter().partition(|(_, ip)| *ip == from);
    let asked: Vec<Reflector> = asked.into_iter().map(|(server, _)| server).collect();

    let mut stop = std::pin::pin!(stop);
    let sockets =
        Sockets::open(local, from, Discovery::sockets(asked.len()), asked[0].addr, tap).await.ok()?;
    let mut discovery = Discovery::new(Instant::now(), seed(), sockets.locals.clone(), &asked);
    let stopped = tokio::select! {
        () = sockets.drive(&mut discovery) => false,
        () = &mut stop => true,
    };
    let mut facts = NatFacts::conclude(&discovery, Instant::now());
    facts.left_out.extend(elsewhere.into_iter().map(|(server, ip)| LeftOut {
        addr: server.addr,
        reason: format!("this machine reaches it from another of its addresses, {ip}"),
    }));
    if let Some(most) = lifetime.filter(|_| !stopped) {
        let full = facts.servers.iter().find(|server| server.state == OtherAddress::Answers);
        let server = full.map(|server| server.addr).or(facts.servers.first().map(|server| server.addr))?;
        let idle = idle_times(most);
        if let Ok(sockets) = Sockets::open(local, from, Lifetime::sockets(&idle), server, tap).await {
            let mut lifetime = Lifetime::new(Instant::now(), seed(), sockets.locals.clone(), server, idle);
            tokio::select! {
                () = sockets.drive(&mut lifetime) => {}
                () = &mut stop => {}
            }
            facts.lifetime = Some(lifetime.facts(Instant::now()));
        }
    }
    Some(facts)
}

/// The address that the system would send from, or the one that it was told to.
fn local_towards(server: SocketAddr, local: &Local) -> Option<IpAddr> {
    let socket = std::net::UdpSocket::bind(local.towards(server).ok()?).ok()?;
    socket.connect(server).ok()?;
    socket.local_addr().ok().map(|local| local.ip())
}

/// The sockets of one machine.
struct Sockets {
    sockets: Vec<Arc<(UdpSocket, Line)>>,
    locals: Vec<SocketAddr>,
}

impl Sockets {
    async fn open(
        ours: &Local,
        from: IpAddr,
        count: usize,
        server: SocketAddr,
        tap: &Tap,
    ) -> io::Result<Self> {
        let (mut sockets, mut locals) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for _ in 0..count {
            let socket = ours.udp_at((from, 0).into()).await?;
            let local = socket.local_addr()?;
            let line = tap.line(Ok(local), server, CARRIER);
            locals.push(local);
            sockets.push(Arc::new((socket, line)));
        }
        Ok(Self { sockets, locals })
    }

    /// Runs a machine to its end.
    async fn drive(&self, machine: &mut impl Machine) {
        let (mut arrivals, _readers) = self.listen();
        loop {
            match machine.poll(Instant::now()) {
                Output::Done => return,
                Output::Transmit { socket, to, bytes } => {
                    let (sender, line) = &*self.sockets[socket];
                    match sender.send_to(&bytes, to).await {
                        Ok(_) => line.sent_to(to, &bytes),
                        Err(error) => {
                            line.failed(&error);
                            machine.handle_unsent(Instant::now(), socket, to);
                        }
                    }
                }
                Output::Wait(until) => tokio::select! {
                    Some(arrival) = arrivals.recv() => {
                        machine.handle_input(arrival.at, arrival.socket, arrival.from, &arrival.bytes);
                    }
                    () = patience::until(until) => {}
                },
            }
        }
    }

    /// Reads all sockets until the readers are dropped.
    fn listen(&self) -> (Receiver<Arrival>, JoinSet<()>) {
        let (sender, receiver) = channel(MOST_WAITING);
        let mut readers = JoinSet::new();
        for (number, socket) in self.sockets.iter().enumerate() {
            let (both, sender) = (socket.clone(), sender.clone());
            readers.spawn(async move {
                let (socket, line) = &*both;
                let mut buffer = [0; BUFFER];
                loop {
                    // ICMP errors of earlier sends are no concern of a test: silence is.
                    let Ok((length, from)) = socket.recv_from(&mut buffer).await else { continue };
                    line.received_from(from, &buffer[..length]);
                    let bytes = buffer[..length].to_vec();
                    let arrival = Arrival { at: Instant::now(), socket: number, from, bytes };
                    if let Err(TrySendError::Closed(_)) = sender.try_send(arrival) {
                        return;
                    }
                }
            });
        }
        (receiver, readers)
    }
}

struct Arrival {
    at: Instant,
    socket: SocketId,
    from: SocketAddr,
    bytes: Vec<u8>,
}

fn seed() -> [u8; 32] {
    rand::rng().random()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[tokio::test]
    async fn a_flood_that_nobody_has_time_for_does_not_pile_up() {
        let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let local = Local::default();
        let sockets =
            Sockets::open(&local, loopback, 1, (loopback, 9).into(), &Tap::default()).await.unwrap();
        let (arrivals, _readers) = sockets.listen();
        let flood = UdpSocket::bind((loopback, 0)).await.unwrap();
        for sent in 0..8 * MOST_WAITING {
            flood.send_to(b"noise", sockets.locals[0]).await.unwrap();
            // The reader has its turn before the system's own buffer is full.
            if sent % 64 == 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert_eq!(arrivals.len(), MOST_WAITING);
    }
}
