//! Datagrams: one upstream socket a client and server, and a queue of what leaves when.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use tokio::net::UdpSocket;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::AbortHandle;
use tokio::time::sleep_until;

use super::fate::Lane;
use super::log::{Direction, Log, Passage};
use super::{Order, Weather};

/// A client's way to each server.
struct Upstream {
    sockets: Vec<Arc<UdpSocket>>,
    readers: Vec<AbortHandle>,
    /// Datagrams it took.
    sent: usize,
}

impl Upstream {
    /// The socket whose turn it is.
    fn next(&mut self) -> Arc<UdpSocket> {
        let socket = self.sockets[self.sent % self.sockets.len()].clone();
        self.sent += 1;
        socket
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.readers.iter().for_each(AbortHandle::abort);
    }
}

/// What waits to leave: when, which in order, and the passage.
type Queued = Reverse<(Instant, u64, usize)>;

struct Line {
    servers: Vec<SocketAddr>,
    weather: Weather,
    lanes: [Lane; 2],
    counts: [u64; 2],
    log: Arc<Mutex<Log>>,
    queue: BinaryHeap<Queued>,
    queued: u64,
    upstreams: HashMap<SocketAddr, Upstream>,
    from_server: UnboundedSender<(SocketAddr, Vec<u8>, Instant)>,
}

pub(super) async fn run(
    socket: UdpSocket,
    servers: Vec<SocketAddr>,
    weather: Weather,
    log: Arc<Mutex<Log>>,
    mut orders: UnboundedReceiver<Order>,
) {
    let (from_server, mut returned) = unbounded_channel();
    let mut line = Line {
        servers,
        weather,
        lanes: [Lane::new(weather.seed, Direction::Up), Lane::new(weather.seed, Direction::Down)],
        counts: [0; 2],
        log,
        queue: BinaryHeap::new(),
        queued: 0,
        upstreams: HashMap::new(),
        from_server,
    };
    let mut buffer = vec![0; 65_535];
    loop {
        line.send_due(&socket).await;
        let next = line.queue.peek().map(|Reverse((due, ..))| *due);
        tokio::select! {
            biased;
            Some(order) = orders.recv() => match order {
                Order::Rebind => line.upstreams.clear(),
                Order::Change(weather) => line.weather = *weather,
            },
            Ok((length, client)) = socket.recv_from(&mut buffer) => {
                line.arrive(Direction::Up, client, buffer[..length].to_vec(), Instant::now());
            }
            Some((client, bytes, at)) = returned.recv() => line.arrive(Direction::Down, client, bytes, at),
            () = sleep_until(next.unwrap_or_else(Instant::now).into()), if next.is_some() => {}
        }
    }
}

impl Line {
    fn arrive(&mut self, direction: Direction, client: SocketAddr, bytes: Vec<u8>, arrived: Instant) {
        let at = direction as usize;
        let impairment = if direction == Direction::Up { self.weather.up } else { self.weather.down };
        let fate = self.lanes[at].next(&impairment, arrived, bytes.len());
        let number = self.counts[at];
        self.counts[at] += 1;
        let mut log = self.log.lock().expect("nobody panics with it");
        let passage = log.passages.len();
        let kept = !fate.is_empty();
        log.passages.push(Passage { direction, number, client, bytes, arrived, left: Vec::new(), kept });
        drop(log);
        for due in fate {
            self.queue.push(Reverse((due, self.queued, passage)));
            self.queued += 1;
        }
    }

    async fn send_due(&mut self, socket: &UdpSocket) {
        while let Some(Reverse((due, _, passage))) = self.queue.peek().copied()
            && due <= Instant::now()
        {
            self.queue.pop();
            let (direction, client, bytes) = {
                let log = self.log.lock().expect("nobody panics with it");
                let passage = &log.passages[passage];
                (passage.direction, passage.client, passage.bytes.clone())
            };
            let sent = match direction {
                Direction::Down => socket.send_to(&bytes, client).await,
                Direction::Up => match self.upstream(client).await {
                    Ok(upstream) => upstream.send(&bytes).await,
                    Err(error) => Err(error),
                },
            };
            let left = Instant::now();
            if sent.is_ok() {
                self.log.lock().expect("nobody panics with it").passages[passage].left.push(left);
            }
        }
    }

    /// The client's own socket towards the server whose turn it is.
    async fn upstream(&mut self, client: SocketAddr) -> io::Result<Arc<UdpSocket>> {
        if let Some(known) = self.upstreams.get_mut(&client) {
            return Ok(known.next());
        }
        let mut upstream = Upstream { sockets: Vec::new(), readers: Vec::new(), sent: 0 };
        for server in &self.servers {
            let any: IpAddr = if server.is_ipv4() { [0; 4].into() } else { [0; 16].into() };
            let socket = Arc::new(UdpSocket::bind((any, 0)).await?);
            socket.connect(server).await?;
            let (reading, from_server) = (socket.clone(), self.from_server.clone());
            let reader = tokio::spawn(async move {
                let mut buffer = vec![0; 65_535];
                loop {
                    // An ICMP error of an earlier send is no datagram.
                    let Ok(length) = reading.recv(&mut buffer).await else { continue };
                    if from_server.send((client, buffer[..length].to_vec(), Instant::now())).is_err() {
                        return;
                    }
                }
            });
            upstream.sockets.push(socket);
            upstream.readers.push(reader.abort_handle());
        }
        let socket = upstream.next();
        self.upstreams.insert(client, upstream);
        Ok(socket)
    }
}
