//! The ways out of both ends.

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::Instant;

use crate::call::End;

/// One candidate's way to the network.
#[derive(Debug)]
pub(super) struct Port {
    socket: UdpSocket,
    address: SocketAddr,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Ports {
    ports: Vec<(End, Port)>,
}

impl Port {
    pub(super) fn open(address: IpAddr) -> io::Result<Self> {
        let (socket, address) = super::socket(address)?;
        Ok(Self { socket, address })
    }

    /// The candidate's address.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Ports {
    pub(super) fn add(&mut self, end: End, port: Port) {
        self.ports.push((end, port));
    }

    /// Sends now. What the system refuses is lost, as anything may be.
    pub(super) fn send(&mut self, end: End, from: SocketAddr, to: SocketAddr, bytes: &[u8]) {
        let port = self.ports.iter().find(|(of, port)| *of == end && port.address == from);
        if let Some((_, port)) = port {
            let _ = port.socket.send_to(bytes, to);
        }
    }

    /// Reads what has come at one of them: whose, from where, to which candidate. `None` where nothing has.
    pub(super) fn receive(
        &mut self,
        at: usize,
        into: &mut [u8],
    ) -> Option<(End, SocketAddr, SocketAddr, usize)> {
        let (end, port) = self.ports.get(at)?;
        loop {
            match port.socket.recv_from(into) {
                Ok((length, from)) => return Some((*end, from, port.address, length)),
                // An ICMP error that an earlier datagram met.
                Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
                Err(_) => return None,
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.ports.len()
    }

    /// Waits until something has come, and no longer than `until`.
    #[cfg(unix)]
    pub(super) fn wait(&self, until: Instant) {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        let left = until.saturating_duration_since(Instant::now());
        let mut fds: Vec<PollFd<'_>> =
            self.ports.iter().map(|(_, port)| PollFd::new(&port.socket, PollFlags::IN)).collect();
        let timeout = Timespec {
            tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: i64::from(left.subsec_nanos()),
        };
        let _ = poll(&mut fds, Some(&timeout));
    }

    /// As elsewhere, but it has to look again and again.
    #[cfg(not(unix))]
    pub(super) fn wait(&self, until: Instant) {
        let left = until.saturating_duration_since(Instant::now());
        std::thread::sleep(left.min(std::time::Duration::from_micros(200)));
    }
}
