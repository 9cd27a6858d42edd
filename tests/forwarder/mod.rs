//! A network that misbehaves on demand: a UDP and TCP forwarder with seeded loss, delay, jitter, reordering,
//! duplication and rate, and a log of what it did to each packet. Kernels may lack netem, and none of theirs says
//! which packets it dropped.
//!
//! Each test program that plays with it includes this folder by `#[path]`. It runs in threads of the test itself, so
//! that its stamps and the test's are of one clock; [`Forwarder::in_namespace`] opens its sockets inside a network
//! namespace. To a server it is a NAT: each client socket gets an upstream socket of its own.
//!
//! The fate of a direction's n-th datagram depends on seed, direction and n alone: the same seed drops the same.
#![allow(dead_code, unused_imports, reason = "no test program needs all of it")]

mod fate;
mod log;
mod tcp;
mod udp;

pub(crate) use fate::Impairment;
pub(crate) use log::{Direction, Log, Passage};
pub(crate) use tcp::Stream;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot};

/// What is done to the traffic.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Weather {
    /// Where chance comes from.
    pub(crate) seed: u64,
    /// Client to server.
    pub(crate) up: Impairment,
    /// Server to client.
    pub(crate) down: Impairment,
    /// What befalls TCP connections besides delay and jitter.
    pub(crate) stream: Stream,
}

/// A running forwarder for UDP and TCP on one port; dropping it ends it.
#[derive(Debug)]
pub(crate) struct Forwarder {
    addr: SocketAddr,
    log: Arc<Mutex<Log>>,
    orders: mpsc::UnboundedSender<Order>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What a test may ask for while it runs.
#[derive(Debug)]
enum Order {
    /// Forget the upstream sockets, as a NAT that rebinds: the next packet of a client comes from a new port.
    Rebind,
    /// Other weather from now on.
    Change(Box<Weather>),
}

impl Forwarder {
    /// Listens on a free port of `listen.ip()` (or the one given), and forwards to `server`.
    pub(crate) fn start(listen: SocketAddr, server: SocketAddr, weather: Weather) -> Self {
        Self::spawn(listen, vec![server], weather, || ())
    }

    /// As [`start`](Self::start), inside the network namespace of this name.
    #[cfg(target_os = "linux")]
    pub(crate) fn in_namespace(name: &str, listen: SocketAddr, server: SocketAddr, weather: Weather) -> Self {
        Self::spawn(listen, vec![server], weather, entering(name))
    }

    /// A load balancer without affinity, inside the network namespace of this name: each datagram of a client goes to
    /// the next of the servers. TCP goes to the first.
    #[cfg(target_os = "linux")]
    pub(crate) fn alternating(name: &str, listen: SocketAddr, servers: &[SocketAddr]) -> Self {
        Self::spawn(listen, servers.to_vec(), Weather::default(), entering(name))
    }

    fn spawn(
        listen: SocketAddr,
        servers: Vec<SocketAddr>,
        weather: Weather,
        enter: impl FnOnce() + Send + 'static,
    ) -> Self {
        let log = Arc::new(Mutex::new(Log::default()));
        let (orders, receiver) = mpsc::unbounded_channel();
        let (stop, stopped) = oneshot::channel();
        let (ready, listening) = std::sync::mpsc::channel();
        let kept = log.clone();
        let thread = std::thread::spawn(move || {
            enter();
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("an event loop").block_on(async {
                let (udp, tcp) = bind(listen).await;
                ready.send(udp.local_addr().expect("it is bound")).expect("the test waits for it");
                let first = servers[0];
                tokio::select! {
                    () = udp::run(udp, servers, weather, kept, receiver) => {}
                    () = tcp::run(tcp, first, weather) => {}
                    _ = stopped => {}
                }
            });
        });
        let addr = listening.recv().expect("the forwarder listens");
        Self { addr, log, orders, stop: Some(stop), thread: Some(thread) }
    }

    /// Where clients are to send to.
    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What was done until now.
    pub(crate) fn log(&self) -> Log {
        self.log.lock().expect("nobody panics with it").clone()
    }

    /// Gives every client a new upstream socket, as a NAT that lost its table.
    pub(crate) fn rebind(&self) {
        self.orders.send(Order::Rebind).expect("it runs");
    }

    /// Changes the weather; the count of datagrams, and with it chance, goes on.
    pub(crate) fn change(&self, weather: Weather) {
        self.orders.send(Order::Change(Box::new(weather))).expect("it runs");
    }
}

impl Drop for Forwarder {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Has a thread, and it alone, enter a network namespace.
#[cfg(target_os = "linux")]
fn entering(name: &str) -> impl FnOnce() + Send + 'static {
    let path = std::path::Path::new("/run/netns").join(name);
    move || {
        let namespace = std::fs::File::open(&path).expect("the namespace exists");
        let fd = std::os::fd::AsFd::as_fd(&namespace);
        let kind = rustix::thread::LinkNameSpaceType::Network;
        rustix::thread::move_into_link_name_space(fd, Some(kind)).expect("root may enter it");
    }
}

/// UDP and TCP on the same port.
async fn bind(listen: SocketAddr) -> (tokio::net::UdpSocket, tokio::net::TcpListener) {
    for _ in 0..8 {
        let tcp = tokio::net::TcpListener::bind(listen).await.expect("a TCP port");
        let port = tcp.local_addr().expect("it is bound").port();
        if let Ok(udp) = tokio::net::UdpSocket::bind((listen.ip(), port)).await {
            return (udp, tcp);
        }
    }
    panic!("no port is free for both UDP and TCP");
}
