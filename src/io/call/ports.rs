//! The ways out of both ends.

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::Instant;

use super::relay::{self, Relay};
use crate::call::End;

/// One candidate's way to the network.
#[derive(Debug)]
pub(super) enum Port {
    /// A socket of this host.
    Host(UdpSocket, SocketAddr),
    /// An address that a relay lends.
    Relay(Box<Relay>, SocketAddr),
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Ports {
    ports: Vec<(End, Port)>,
}

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
    }

    /// Sends now. What the system refuses is lost, as anything may be.
    pub(super) fn send(&mut self, end: End, from: SocketAddr, to: SocketAddr, bytes: &[u8]) {
        let port = self.ports.iter_mut().find(|(of, port)| *of == end && port.address() == from);
        match port {
            Some((_, Port::Host(socket, _))) => drop(socket.send_to(bytes, to)),
            Some((_, Port::Relay(relay, _))) => relay.send(Instant::now(), to, bytes),
            None => {}
        }
    }

    /// Reads what has come at one of them: whose, from where, to which candidate. `None` where nothing has.
    pub(super) fn receive(
        &mut self,
        at: usize,
        into: &mut [u8],
    ) -> Option<(End, SocketAddr, SocketAddr, usize)> {
        let (end, port) = self.ports.get_mut(at)?;
        let (from, length) = port.receive(into)?;
        Some((*end, from, port.address(), length))
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
