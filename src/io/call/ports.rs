//! The ways out of both ends.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::Instant;

use super::relay::{self, Relay};
use crate::call::End;

/// The largest UDP payload.
pub(super) const LARGEST: usize = 65_535;

/// One candidate's way to the network.
#[derive(Debug)]
pub(super) enum Port {
    /// A socket of this host.
    Host(UdpSocket, SocketAddr),
    /// An address that a relay lends.
    Relay(Box<Relay>, SocketAddr),
}

/// All of them.
///
/// What one end sends waits in the system until the other end is read, and the system has room for little: of many
/// datagrams sent in a row, what has come is taken in between, and kept until it is asked for.
#[derive(Debug, Default)]
pub(super) struct Ports {
    ports: Vec<(End, Port)>,
    /// What was taken before it was asked for, by port.
    kept: Vec<VecDeque<(SocketAddr, Vec<u8>)>>,
    kept_bytes: usize,
    /// Sent since all that had come was taken.
    unread: usize,
    /// To receive into.
    buffer: Vec<u8>,
    /// Datagrams from a socket of ours to another, sent and received.
    passed: (u64, u64),
}

/// So many may be sent before what has come is taken.
const MOST_UNREAD: usize = 32;
/// Bytes that are kept at most; beyond, the system may drop them.
const MOST_KEPT: usize = 32 << 20;

impl Port {
    pub(super) fn open(address: IpAddr) -> io::Result<Self> {
        let (socket, address) = super::socket(address)?;
        Ok(Self::Host(socket, address))
    }

    /// The candidate's address.
    pub(super) fn address(&self) -> SocketAddr {
        match self {
            Self::Host(_, address) | Self::Relay(_, address) => *address,
        }
    }

    fn receive(&mut self, into: &mut [u8]) -> Option<(SocketAddr, usize)> {
        match self {
            Self::Relay(relay, _) => relay.receive(into),
            Self::Host(socket, _) => loop {
                match socket.recv_from(into) {
                    Ok((length, from)) => return Some((from, length)),
                    // An ICMP error that an earlier datagram met.
                    Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
                    Err(_) => return None,
                }
            },
        }
    }
}

impl Ports {
    pub(super) fn add(&mut self, end: End, port: Port) {
        self.ports.push((end, port));
        self.kept.push(VecDeque::new());
    }

    /// Sends now. What the system refuses is lost, as anything may be.
    pub(super) fn send(&mut self, end: End, from: SocketAddr, to: SocketAddr, bytes: &[u8]) {
        let port = self.ports.iter_mut().find(|(of, port)| *of == end && port.address() == from);
        match port {
            Some((_, Port::Host(socket, _))) => {
                let sent = socket.send_to(bytes, to).is_ok();
                if sent && self.is_own(to) {
                    self.passed.0 += 1;
                    self.unread += 1;
                    if self.unread >= MOST_UNREAD {
                        self.keep();
                    }
                }
            }
            Some((_, Port::Relay(relay, _))) => relay.send(Instant::now(), to, bytes),
            None => {}
        }
    }

    /// Whether a socket of ours is there.
    fn is_own(&self, address: SocketAddr) -> bool {
        self.ports.iter().any(|(_, port)| matches!(port, Port::Host(_, own) if *own == address))
    }

    /// Takes what has come at sockets of this host.
    fn keep(&mut self) {
        self.unread = 0;
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.resize(LARGEST, 0);
        for at in 0..self.ports.len() {
            let Port::Host(..) = &self.ports[at].1 else { continue };
            while self.kept_bytes < MOST_KEPT {
                let Some((from, length)) = self.ports[at].1.receive(&mut buffer) else { break };
                self.passed.1 += u64::from(self.is_own(from));
                self.kept_bytes += length;
                self.kept[at].push_back((from, buffer[..length].to_vec()));
            }
        }
        self.buffer = buffer;
    }

    /// Datagrams that this machine lost between sockets of ours, all that has come being taken.
    pub(super) fn lost(&mut self) -> u64 {
        self.keep();
        self.passed.0.saturating_sub(self.passed.1)
    }

    /// Reads what has come at one of them: whose, from where, to which candidate. `None` where nothing has.
    pub(super) fn receive(
        &mut self,
        at: usize,
        into: &mut [u8],
    ) -> Option<(End, SocketAddr, SocketAddr, usize)> {
        let (end, port) = self.ports.get_mut(at)?;
        if let Some((from, bytes)) = self.kept[at].pop_front() {
            let length = bytes.len().min(into.len());
            into[..length].copy_from_slice(&bytes[..length]);
            self.kept_bytes -= bytes.len();
            return Some((*end, from, port.address(), length));
        }
        let (from, length) = port.receive(into)?;
        let (end, to, host) = (*end, port.address(), matches!(port, Port::Host(..)));
        self.passed.1 += u64::from(host && self.is_own(from));
        Some((end, from, to, length))
    }

    /// Lets relays do what is due at `now`; when there is more to do, and why one is gone.
    pub(super) fn poll(&mut self, now: Instant) -> Result<Option<Instant>, String> {
        let mut due: Option<Instant> = None;
        for (_, port) in &mut self.ports {
            let Port::Relay(relay, _) = port else { continue };
            let own = relay.poll(now);
            if let Some(why) = relay.failure() {
                return Err(why.to_owned());
            }
            due = due.into_iter().chain(own).min();
        }
        Ok(due)
    }

    /// All relays.
    pub(super) fn relays(&self) -> impl Iterator<Item = &Relay> {
        self.ports.iter().filter_map(|(_, port)| match port {
            Port::Relay(relay, _) => Some(&**relay),
            Port::Host(..) => None,
        })
    }

    /// Gives back what relays lent.
    pub(super) fn release(&mut self) {
        relay::release(self.ports.iter_mut().filter_map(|(_, port)| match port {
            Port::Relay(relay, _) => Some(&mut **relay),
            Port::Host(..) => None,
        }));
    }

    pub(super) fn len(&self) -> usize {
        self.ports.len()
    }

    /// Waits until something has come, and no longer than `until`.
    #[cfg(unix)]
    pub(super) fn wait(&self, until: Instant) {
        use std::os::fd::AsFd;
        let descriptors = self.ports.iter().map(|(_, port)| match port {
            Port::Host(socket, _) => socket.as_fd(),
            Port::Relay(relay, _) => relay.descriptor(),
        });
        wait(descriptors, until);
    }

    /// As elsewhere, but it has to look again and again.
    #[cfg(not(unix))]
    pub(super) fn wait(&self, until: Instant) {
        let left = until.saturating_duration_since(Instant::now());
        std::thread::sleep(left.min(std::time::Duration::from_micros(200)));
    }
}

/// Waits until one of these can be read, and no longer than `until`.
#[cfg(unix)]
pub(super) fn wait<'a>(descriptors: impl Iterator<Item = std::os::fd::BorrowedFd<'a>>, until: Instant) {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let left = until.saturating_duration_since(Instant::now());
    let mut waiting: Vec<PollFd<'_>> =
        descriptors.map(|descriptor| PollFd::from_borrowed_fd(descriptor, PollFlags::IN)).collect();
    let timeout = Timespec {
        tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(left.subsec_nanos()),
    };
    let _ = poll(&mut waiting, Some(&timeout));
}
