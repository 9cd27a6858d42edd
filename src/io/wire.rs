//! One connection to a server: a connected UDP socket, a TCP stream, TLS or DTLS over one.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::{TcpStream, UdpSocket};
use tokio_rustls::client::TlsStream;

use super::dtls::Dtls;
use super::local::Local;
use super::socket;
use super::tap::{Line, Tap};
use crate::probe::facts::{Fault, FaultKind};
use crate::recording::Carrier;

/// Bytes that wait to be sent, at most; a server that does not read is told so as a fault.
const MOST_WAITING: usize = 1 << 20;

/// The connection itself.
#[derive(Debug)]
pub enum Transport {
    /// Datagrams.
    Udp(UdpSocket),
    /// A byte stream.
    Tcp(TcpStream),
    /// An encrypted byte stream.
    Tls(Box<TlsStream<TcpStream>>),
    /// Encrypted datagrams.
    Dtls(Box<Dtls>),
}

/// A connection and what waits to be sent on it.
///
/// Sending never blocks and losing a future in the middle of it loses no byte.
#[derive(Debug)]
pub struct Wire {
    transport: Transport,
    waiting: VecDeque<Vec<u8>>,
    waiting_bytes: usize,
    /// Bytes of the first waiting message that are gone already.
    gone: usize,
    flush: bool,
    /// Told what is sent and received, in clear.
    line: Line,
}

impl Wire {
    /// Over this connection.
    pub fn new(transport: Transport) -> Self {
        Self {
            transport,
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            gone: 0,
            flush: false,
            line: Line::default(),
        }
    }

    /// As before, and recorded from now on.
    #[must_use]
    pub fn tapped(mut self, tap: &Tap, server: SocketAddr, carrier: Carrier) -> Self {
        self.line = tap.line(self.local_addr(), server, carrier);
        self
    }

    /// A UDP socket that talks to `server` alone, so that ICMP errors reach us.
    ///
    /// # Errors
    /// No route, or no socket.
    pub async fn udp(server: SocketAddr, local: &Local) -> Result<Self, Fault> {
        let fault = |error: io::Error| fault("connect", &error);
        let socket = local.udp(server).await.map_err(fault)?;
        socket.connect(server).await.map_err(fault)?;
        Ok(Self::new(Transport::Udp(socket)))
    }

    /// A TCP connection.
    ///
    /// # Errors
    /// Refused, prohibited, no route, or no answer within `timeout`.
    pub async fn tcp(server: SocketAddr, timeout: Duration, local: &Local) -> Result<TcpStream, Fault> {
        match tokio::time::timeout(timeout, local.tcp(server)).await {
            Ok(Ok(stream)) => {
                // Latency is what we measure.
                stream.set_nodelay(true).map_err(|error| fault("connect", &error))?;
                Ok(stream)
            }
            Ok(Err(error)) => Err(fault("connect", &error)),
            Err(_) => Err(Fault {
                kind: FaultKind::TimedOut,
                stage: "connect",
                message: format!("no answer to a TCP connect within {} s", timeout.as_secs_f64()),
            }),
        }
    }

    /// Our own end.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        match &self.transport {
            Transport::Udp(socket) => socket.local_addr(),
            Transport::Tcp(stream) => stream.local_addr(),
            Transport::Tls(stream) => stream.get_ref().0.local_addr(),
            Transport::Dtls(session) => session.socket.local_addr(),
        }
    }

    /// Sends, now if the system takes it, else when [`receive`](Self::receive) runs.
    ///
    /// # Errors
    /// What the system reported, earlier packets' ICMP errors included.
    pub fn send(&mut self, bytes: Vec<u8>) -> io::Result<()> {
        let sent = match &mut self.transport {
            Transport::Udp(socket) => Some(socket.try_send(&bytes)),
            Transport::Dtls(session) => Some(session.try_send(&bytes)),
            Transport::Tcp(_) | Transport::Tls(_) => None,
        };
        if let Some(sent) = sent {
            match sent {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => {
                    self.line.failed(&error);
                    return Err(error);
                }
                Ok(_) => {
                    self.line.sent(&bytes);
                    return Ok(());
                }
            }
        }
        if self.waiting_bytes + bytes.len() > MOST_WAITING {
            return Err(io::Error::other("the server does not read what we send"));
        }
        self.waiting_bytes += bytes.len();
        self.waiting.push_back(bytes);
        Ok(())
    }

    /// Sends what waits and reads once: how many bytes came, 0 where a stream was closed. Dropping the
    /// future loses nothing.
    ///
    /// # Errors
    /// What the system reported.
    pub async fn receive(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let received = self.read(into).await;
        match &received {
            Ok(length) => self.line.received(&into[..*length]),
            Err(error) => self.line.failed(error),
        }
        received
    }

    async fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if !self.is_stream() {
            self.flush().await?;
        }
        match &mut self.transport {
            Transport::Udp(socket) => receive_datagram(socket, into).await,
            Transport::Dtls(session) => session.receive(into).await,
            Transport::Tcp(_) | Transport::Tls(_) => {
                std::future::poll_fn(|cx| self.poll_stream(cx, into)).await
            }
        }
    }

    fn poll_stream(&mut self, cx: &mut Context<'_>, into: &mut [u8]) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Err(error)) = self.poll_flush(cx) {
            return Poll::Ready(Err(error));
        }
        let mut read = ReadBuf::new(into);
        ready!(match &mut self.transport {
            Transport::Udp(socket) => socket.poll_recv(cx, &mut read),
            Transport::Dtls(session) => session.socket.poll_recv(cx, &mut read),
            Transport::Tcp(stream) => Pin::new(stream).poll_read(cx, &mut read),
            Transport::Tls(stream) => Pin::new(stream).poll_read(cx, &mut read),
        })?;
        Poll::Ready(Ok(read.filled().len()))
    }

    /// Sends what waits.
    ///
    /// # Errors
    /// What the system reported.
    pub async fn flush(&mut self) -> io::Result<()> {
        std::future::poll_fn(|cx| self.poll_flush(cx)).await
    }

    /// Bytes that wait to be sent.
    pub fn waiting(&self) -> usize {
        self.waiting_bytes
    }

    /// Has the DF bit set on what is sent; `false` where that cannot be had, as on streams.
    pub fn dont_fragment(&self) -> bool {
        self.datagrams().is_some_and(socket::dont_fragment)
    }

    /// Makes room for what comes fast.
    pub fn widen(&self, bytes: usize) {
        if let Some(socket) = self.datagrams() {
            socket::widen(socket, bytes);
        }
    }

    fn datagrams(&self) -> Option<&UdpSocket> {
        match &self.transport {
            Transport::Udp(socket) => Some(socket),
            Transport::Dtls(session) => Some(&session.socket),
            Transport::Tcp(_) | Transport::Tls(_) => None,
        }
    }

    /// Whether the connection is a byte stream.
    pub fn is_stream(&self) -> bool {
        matches!(self.transport, Transport::Tcp(_) | Transport::Tls(_))
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(first) = self.waiting.front() {
            let rest = &first[self.gone..];
            let sent = ready!(match &mut self.transport {
                Transport::Udp(socket) => socket.poll_send(cx, rest),
                Transport::Dtls(session) => session.poll_send(cx, rest),
                Transport::Tcp(stream) => Pin::new(stream).poll_write(cx, rest),
                Transport::Tls(stream) => Pin::new(stream).poll_write(cx, rest),
            })?;
            self.flush = true;
            self.gone += sent;
            if self.gone >= first.len() {
                self.waiting_bytes -= first.len();
                self.line.sent(first);
                self.waiting.pop_front();
                self.gone = 0;
            }
        }
        if self.flush
            && let Transport::Tls(stream) = &mut self.transport
        {
            ready!(Pin::new(stream).poll_flush(cx))?;
        }
        self.flush = false;
        Poll::Ready(Ok(()))
    }
}

/// One datagram, or the ICMP error that an earlier one met: that alone makes a socket neither readable
/// nor writable, so it is waited for by name.
pub(super) async fn receive_datagram(socket: &UdpSocket, into: &mut [u8]) -> io::Result<usize> {
    loop {
        let ready = socket.ready(Interest::READABLE | Interest::ERROR).await?;
        match socket.try_recv(into) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            // A router told of an earlier datagram; nothing has happened to the connection.
            Err(error) if socket::too_long(&error) => {}
            received => return received,
        }
        if ready.is_error() {
            let pending = socket.try_io(Interest::ERROR, || {
                socket.take_error()?.ok_or_else(|| io::ErrorKind::WouldBlock.into())
            });
            match pending {
                Ok(error) if socket::too_long(&error) => {}
                Ok(error) => return Err(error),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// Names what the system reported.
pub fn fault(stage: &'static str, error: &io::Error) -> Fault {
    use io::ErrorKind;
    let kind = match error.kind() {
        ErrorKind::ConnectionRefused => FaultKind::Refused,
        // EPERM comes from this machine alone: a DROP or REJECT rule for what it sends.
        _ if error.raw_os_error() == Some(1) => FaultKind::Local,
        _ if no_descriptor(error) => FaultKind::NoSocket,
        // ICMP 3/9, 3/10 and 3/13 reach us as EHOSTUNREACH or EACCES.
        ErrorKind::HostUnreachable | ErrorKind::PermissionDenied => FaultKind::Prohibited,
        ErrorKind::NetworkUnreachable | ErrorKind::AddrNotAvailable => FaultKind::NoRoute,
        ErrorKind::TimedOut => FaultKind::TimedOut,
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::UnexpectedEof => FaultKind::Closed,
        _ => FaultKind::Other,
    };
    Fault { kind, stage, message: error.to_string() }
}

/// EMFILE or ENFILE: this process, or the whole machine, has as many descriptors open as it may.
fn no_descriptor(error: &io::Error) -> bool {
    cfg!(unix) && matches!(error.raw_os_error(), Some(23 | 24))
}

/// Any port of any address in the family of `peer`.
pub fn unspecified(peer: SocketAddr) -> SocketAddr {
    match peer {
        SocketAddr::V4(_) => (IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0).into(),
        SocketAddr::V6(_) => (IpAddr::V6(Ipv6Addr::UNSPECIFIED), 0).into(),
    }
}
