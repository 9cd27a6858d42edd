//! A UDP socket that sends at once or not at all.

use std::io;
use std::net::SocketAddr;

use tokio::net::UdpSocket;

/// A socket to wait on, and its twin to send from: tokio's own `try_send_to` refuses until the
/// reactor has seen a new socket, which costs the first datagram of a relay.
pub(super) struct Datagrams {
    receiver: UdpSocket,
    sender: std::net::UdpSocket,
}

impl Datagrams {
    /// Within a runtime only.
    pub(super) fn from_socket(socket: std::net::UdpSocket) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        Ok(Self { sender: socket.try_clone()?, receiver: UdpSocket::from_std(socket)? })
    }

    pub(super) fn local_addr(&self) -> io::Result<SocketAddr> {
        self.sender.local_addr()
    }

    pub(super) async fn receive(&self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        self.receiver.recv_from(buffer).await
    }

    /// What a full socket buffer does not take is lost, as anywhere in UDP.
    pub(super) fn send(&self, bytes: &[u8], to: SocketAddr) {
        let _ = self.sender.send_to(bytes, to);
    }
}
