//! Sockets and clock for [`crate::server::Server`]: one thread, no locks, writes where the output
//! comes up.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::poll_fn;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};
use tokio::task::{AbortHandle, LocalSet, spawn_local};
use tokio_rustls::TlsAcceptor;

use super::datagram::Datagrams;
use super::stream::{self, Outbox};
use crate::server::{Client, Family, Output, RelayRefused, Server, Settings, Transport};

/// What the server listens with.
pub(super) struct Sockets {
    pub(super) ip: IpAddr,
    pub(super) udp: Option<std::net::UdpSocket>,
    pub(super) tcp: Option<std::net::TcpListener>,
    pub(super) tls: Option<(std::net::TcpListener, TlsAcceptor)>,
}

/// What all tasks share.
pub(super) struct Driver {
    server: RefCell<Server>,
    ip: IpAddr,
    udp: Option<Datagrams>,
    relays: RefCell<HashMap<SocketAddr, Relay>>,
    streams: RefCell<HashMap<Client, Outbox>>,
    connections: Cell<usize>,
    panicked: Cell<bool>,
    stop: Notify,
}

struct Relay {
    socket: Rc<Datagrams>,
    task: AbortHandle,
}

/// Serves until `stopped`; false if a task panicked, which stops the rest too.
pub(super) async fn serve(
    settings: Settings,
    secret: [u8; 32],
    sockets: Sockets,
    stopped: oneshot::Receiver<()>,
) -> bool {
    let local = LocalSet::new();
    local
        .run_until(async {
            let Ok(driver) = Driver::new(settings, secret, sockets.ip, sockets.udp) else { return false };
            let driver = Rc::new(driver);
            if driver.udp.is_some() {
                driver.spawn(serve_udp(Rc::clone(&driver)));
            }
            let (tls, acceptor) = sockets.tls.unzip();
            for (listener, transport, acceptor) in
                [(sockets.tcp, Transport::Tcp, None), (tls, Transport::Tls, acceptor)]
            {
                let Some(listener) = listener else { continue };
                let Ok(listener) = TcpListener::from_std(listener) else { return false };
                driver.spawn(accept(Rc::clone(&driver), listener, transport, acceptor));
            }
            driver.spawn(tick(Rc::clone(&driver)));
            tokio::select! {
                _ = stopped => {}
                () = driver.stop.notified() => {}
            }
            !driver.panicked.get()
        })
        .await
}

impl Driver {
    fn new(
        settings: Settings,
        secret: [u8; 32],
        ip: IpAddr,
        udp: Option<std::net::UdpSocket>,
    ) -> io::Result<Self> {
        Ok(Self {
            server: RefCell::new(Server::new(settings, secret, Instant::now())),
            ip,
            udp: udp.map(Datagrams::from_socket).transpose()?,
            relays: RefCell::default(),
            streams: RefCell::default(),
            connections: Cell::new(0),
            panicked: Cell::new(false),
            stop: Notify::new(),
        })
    }

    /// Runs a task whose panic stops the server instead of being lost.
    fn spawn(self: &Rc<Self>, task: impl Future<Output = ()> + 'static) -> AbortHandle {
        let driver = Rc::clone(self);
        spawn_local(async move {
            let mut task = pin!(task);
            poll_fn(|context| {
                catch_unwind(AssertUnwindSafe(|| task.as_mut().poll(context))).unwrap_or_else(|_| {
                    driver.panicked.set(true);
                    driver.stop.notify_one();
                    Poll::Ready(())
                })
            })
            .await;
        })
        .abort_handle()
    }

    /// A datagram or a frame of a stream came from a client.
    fn from_client(self: &Rc<Self>, client: Client, bytes: &[u8]) {
        let unix_time = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        self.server.borrow_mut().handle_client(client, bytes, Instant::now(), unix_time);
        self.carry_out();
    }

    /// Serves the stream of a client from its first byte to its last.
    async fn converse(self: &Rc<Self>, stream: impl AsyncRead + AsyncWrite + Unpin, client: Client) {
        let (outbox, outgoing) = Outbox::new();
        self.streams.borrow_mut().insert(client, outbox);
        stream::serve(stream, outgoing, |message| self.from_client(client, message)).await;
        self.streams.borrow_mut().remove(&client);
        self.server.borrow_mut().client_gone(client, Instant::now());
        self.carry_out();
    }

    fn carry_out(self: &Rc<Self>) {
        loop {
            let Some(output) = self.server.borrow_mut().poll_output() else { return };
            match output {
                Output::ToClient { client, data } if client.transport == Transport::Udp => {
                    if let Some(udp) = &self.udp {
                        udp.send(&data, client.address);
                    }
                }
                Output::ToClient { client, data } => {
                    if let Some(outbox) = self.streams.borrow().get(&client) {
                        outbox.put(data);
                    }
                }
                Output::ToPeer { relay, peer, data } => {
                    if let Some(relay) = self.relays.borrow().get(&relay) {
                        relay.socket.send(&data, peer);
                    }
                }
                Output::OpenRelay { client, family, even_port } => {
                    let relay = self.open_relay(family, even_port);
                    self.server.borrow_mut().relay_opened(client, family, relay, Instant::now());
                }
                Output::CloseRelay { relay } => {
                    if let Some(relay) = self.relays.borrow_mut().remove(&relay) {
                        relay.task.abort();
                    }
                }
            }
        }
    }

    fn open_relay(self: &Rc<Self>, family: Family, even_port: bool) -> Result<SocketAddr, RelayRefused> {
        let ip = match (self.ip, family) {
            (IpAddr::V4(_), Family::V4) | (IpAddr::V6(_), Family::V6) => self.ip,
            // The other family has an address we know of on loopback only.
            (ip, Family::V4) if ip.is_loopback() => Ipv4Addr::LOCALHOST.into(),
            (ip, Family::V6) if ip.is_loopback() => Ipv6Addr::LOCALHOST.into(),
            _ => return Err(RelayRefused::Family),
        };
        let socket = bind_relay(ip, even_port).map_err(|error| match error.kind() {
            io::ErrorKind::AddrNotAvailable => RelayRefused::Family,
            _ => RelayRefused::Capacity,
        })?;
        let socket = Rc::new(Datagrams::from_socket(socket).map_err(|_| RelayRefused::Capacity)?);
        let address = socket.local_addr().map_err(|_| RelayRefused::Capacity)?;
        let task = self.spawn(serve_relay(Rc::clone(self), Rc::clone(&socket), address));
        self.relays.borrow_mut().insert(address, Relay { socket, task });
        Ok(address)
    }
}

/// The system gives any port: an even one is a matter of a few tries.
fn bind_relay(ip: IpAddr, even_port: bool) -> io::Result<std::net::UdpSocket> {
    for _ in 0..64 {
        let socket = std::net::UdpSocket::bind((ip, 0))?;
        if !even_port || socket.local_addr()?.port().is_multiple_of(2) {
            return Ok(socket);
        }
    }
    Err(io::ErrorKind::AddrInUse.into())
}

async fn serve_udp(driver: Rc<Driver>) {
    let Some(udp) = &driver.udp else { return };
    let mut buffer = vec![0; MAX_DATAGRAM];
    loop {
        match udp.receive(&mut buffer).await {
            Ok((length, address)) => {
                driver.from_client(Client { transport: Transport::Udp, address }, &buffer[..length]);
            }
            Err(_) => breathe().await,
        }
    }
}

async fn serve_relay(driver: Rc<Driver>, socket: Rc<Datagrams>, relay: SocketAddr) {
    let mut buffer = vec![0; MAX_DATAGRAM];
    loop {
        match socket.receive(&mut buffer).await {
            Ok((length, from)) => {
                driver.server.borrow_mut().handle_peer(relay, from, &buffer[..length], Instant::now());
                driver.carry_out();
            }
            Err(_) => breathe().await,
        }
    }
}

async fn accept(
    driver: Rc<Driver>,
    listener: TcpListener,
    transport: Transport,
    acceptor: Option<TlsAcceptor>,
) {
    loop {
        let Ok((stream, address)) = listener.accept().await else {
            breathe().await;
            continue;
        };
        if driver.connections.get() >= MAX_CONNECTIONS {
            continue;
        }
        let client = Client { transport, address };
        driver.spawn(connection(Rc::clone(&driver), stream, client, acceptor.clone()));
    }
}

async fn connection(driver: Rc<Driver>, stream: TcpStream, client: Client, acceptor: Option<TlsAcceptor>) {
    driver.connections.set(driver.connections.get() + 1);
    let _ = stream.set_nodelay(true);
    match acceptor {
        None => driver.converse(stream, client).await,
        Some(acceptor) => {
            if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE_TIMEOUT, acceptor.accept(stream)).await {
                driver.converse(stream, client).await;
            }
        }
    }
    driver.connections.set(driver.connections.get() - 1);
}

/// Lets expire what has expired.
async fn tick(driver: Rc<Driver>) {
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        driver.server.borrow_mut().handle_timeout(Instant::now());
        driver.carry_out();
    }
}

/// After an error of a socket that may come again at once (an ICMP error on Windows, no file
/// descriptors): never a busy loop.
async fn breathe() {
    tokio::time::sleep(Duration::from_millis(1)).await;
}

const MAX_DATAGRAM: usize = 65_536;
/// Streams at once; more are closed as they come.
const MAX_CONNECTIONS: usize = 256;
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_in_one_task_stops_all_and_nothing_else() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        LocalSet::new().block_on(&runtime, async {
            let ip = Ipv4Addr::LOCALHOST.into();
            let driver = Rc::new(Driver::new(Settings::default(), [0; 32], ip, None).unwrap());
            driver.spawn(async { panic!("on purpose") });
            tokio::time::timeout(Duration::from_secs(5), driver.stop.notified()).await.unwrap();
            assert!(driver.panicked.get());
        });
    }
}
