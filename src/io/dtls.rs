//! DTLS to a server: the driver of [`crate::dtls`]. Its certificate is judged after the handshake, as with TLS.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant, SystemTime};

use rustls::pki_types::{CertificateDer, ServerName};
use tokio::net::UdpSocket;

use super::local::Local;
use super::tls::{Agreed, Trust, judge};
use super::wire::{fault, receive_datagram};
use crate::dtls::{Closed, Handshake, HandshakeFault, Heard, Offer, Output, Session};
use crate::measure::milliseconds;
use crate::probe::facts::{Fault, FaultKind, TlsFacts};

/// The largest UDP payload.
const BUFFER: usize = 65_535;
/// RFC 5246 §7.2.2.
const HANDSHAKE_FAILURE: u8 = 40;
/// `no_application_protocol` (RFC 7301 §3.2).
const NO_COMMON_PROTOCOL: HandshakeFault = HandshakeFault::Alert(120);

/// An established session on its socket.
#[derive(Debug)]
pub struct Dtls {
    pub(super) socket: Arc<UdpSocket>,
    /// Gone once somebody else drives it.
    session: Option<Box<Session>>,
    buffer: Box<[u8]>,
    /// What further records of a datagram held: as many as fit into one.
    read: VecDeque<Vec<u8>>,
}

impl Dtls {
    /// The session and its socket, for whoever drives it without this runtime.
    ///
    /// # Errors
    /// The system does not give the socket back.
    pub fn into_parts(mut self) -> io::Result<(std::net::UdpSocket, Box<Session>)> {
        let session = self.session.take().ok_or(io::ErrorKind::NotConnected)?;
        let socket = self.socket.clone();
        drop(self);
        let socket = Arc::try_unwrap(socket).map_err(|_| io::ErrorKind::ResourceBusy)?;
        Ok((socket.into_std()?, session))
    }

    /// Sends `data` as a record of its own, or says that the system does not take it now.
    pub(super) fn try_send(&mut self, data: &[u8]) -> io::Result<usize> {
        let session = self.session.as_mut().ok_or(io::ErrorKind::NotConnected)?;
        let sealed = session.seal(data).ok_or(io::ErrorKind::InvalidInput)?;
        self.socket.try_send(&sealed).map(|_| data.len())
    }

    /// As [`try_send`](Self::try_send), once the system takes it.
    pub(super) fn poll_send(&mut self, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.socket.poll_send_ready(cx))?;
            match self.try_send(data) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                sent => return Poll::Ready(sent),
            }
        }
    }

    /// The data of one record. Dropping the future loses nothing.
    pub(super) async fn receive(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(data) = self.read.pop_front() {
                let length = data.len().min(into.len());
                into[..length].copy_from_slice(&data[..length]);
                return Ok(length);
            }
            let length = receive_datagram(&self.socket, &mut self.buffer).await?;
            let read = &mut self.read;
            let session = self.session.as_mut().ok_or(io::ErrorKind::NotConnected)?;
            session.open(&self.buffer[..length], |data| read.push_back(data)).map_err(closed)?;
            // A flood of what is not authentic must not keep the deadline and Ctrl-C from being seen.
            tokio::task::consume_budget().await;
        }
    }
}

impl Drop for Dtls {
    fn drop(&mut self) {
        // A server keeps what it is not told to forget.
        if let Some(goodbye) = self.session.as_mut().and_then(|session| session.close()) {
            let _ = self.socket.try_send(&goodbye);
        }
    }
}

fn closed(Closed(alert): Closed) -> io::Error {
    let message = format!("the server ended the DTLS session (alert {alert})");
    io::Error::new(io::ErrorKind::ConnectionReset, message)
}

/// A DTLS session to `server`, its certificate held against `name`.
///
/// # Errors
/// The handshake did not come about.
pub async fn connect(
    server: SocketAddr,
    name: &ServerName<'static>,
    alpn: &[u8],
    trust: &Trust,
    timeout: Duration,
    local: &Local,
) -> Result<(Dtls, TlsFacts), Fault> {
    match handshake(server, name, Some(alpn), trust, timeout, local).await {
        // A front end that knows other protocols only is no fault.
        Err(Failure::Dtls(NO_COMMON_PROTOCOL)) => handshake(server, name, None, trust, timeout, local).await,
        done => done,
    }
    .map_err(|failure| match failure {
        Failure::Fault(fault) => fault,
        Failure::Dtls(dtls) => {
            let kind = match dtls {
                HandshakeFault::OldVersion => FaultKind::OldTls,
                HandshakeFault::Alert(HANDSHAKE_FAILURE) => FaultKind::HandshakeFailure,
                _ => FaultKind::Tls,
            };
            Fault { kind, stage: "tls", message: dtls.to_string() }
        }
    })
}

enum Failure {
    Dtls(HandshakeFault),
    Fault(Fault),
}

async fn handshake(
    server: SocketAddr,
    name: &ServerName<'static>,
    alpn: Option<&[u8]>,
    trust: &Trust,
    timeout: Duration,
    local: &Local,
) -> Result<(Dtls, TlsFacts), Failure> {
    let broken = |stage| move |error: io::Error| Failure::Fault(fault(stage, &error));
    let socket = local.udp(server).await.map_err(broken("connect"))?;
    socket.connect(server).await.map_err(broken("connect"))?;
    // tokio refuses to try before its reactor has seen the socket once.
    socket.writable().await.map_err(broken("connect"))?;
    let server_name = match name {
        ServerName::DnsName(name) => Some(name.as_ref().to_owned()),
        _ => None,
    };
    let offer = Offer { server_name, alpn: alpn.map(<[u8]>::to_vec), random: rand::random() };
    let mut machine = Handshake::new(Arc::new(rustls::crypto::ring::default_provider()), offer);
    let mut buffer = vec![0; BUFFER].into_boxed_slice();
    let start = Instant::now();
    let end = start + timeout;
    let session = loop {
        tokio::task::consume_budget().await;
        let until = match machine.poll(Instant::now()) {
            Output::Transmit(bytes) => {
                socket.send(&bytes).await.map_err(broken("tls"))?;
                continue;
            }
            Output::Done(Ok(session)) => break session,
            Output::Done(Err(fault)) => return Err(Failure::Dtls(fault)),
            Output::Wait(until) => until.min(end),
        };
        match tokio::time::timeout_at(until.into(), receive_datagram(&socket, &mut buffer)).await {
            Ok(Ok(length)) => machine.handle_input(&buffer[..length]),
            Ok(Err(error)) => return Err(Failure::Fault(fault("tls", &error))),
            Err(_) if Instant::now() >= end => {
                let refused = machine.refused().map(Failure::Dtls);
                return Err(refused.unwrap_or_else(|| Failure::Fault(too_late(&machine, timeout))));
            }
            Err(_) => {}
        }
    };
    let took = start.elapsed();
    let chain: Vec<CertificateDer<'static>> =
        session.negotiated.chain.iter().map(|der| CertificateDer::from(der.clone())).collect();
    let agreed = Agreed {
        handshake_ms: milliseconds(took),
        version: Some("DTLS 1.2".to_owned()),
        cipher: session.negotiated.cipher.map(str::to_owned),
        alpn: session.negotiated.alpn.as_ref().map(|alpn| String::from_utf8_lossy(alpn).into_owned()),
    };
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let facts = judge(agreed, &chain, name, trust, now);
    Ok((Dtls { socket: Arc::new(socket), session: Some(session), buffer, read: VecDeque::new() }, facts))
}

fn too_late(machine: &Handshake, timeout: Duration) -> Fault {
    let seconds = timeout.as_secs_f64();
    let message = match (machine.answered(), machine.heard()) {
        (true, _) => format!("the DTLS handshake was not over within {seconds} s"),
        (false, None) => format!("no answer to a DTLS ClientHello within {seconds} s"),
        (false, Some(Heard::Stun)) => "what answers there speaks STUN and no DTLS".to_owned(),
        (false, Some(Heard::Other)) => "what answers there does not speak DTLS".to_owned(),
    };
    let kind = match (machine.answered(), machine.heard()) {
        (true, _) => FaultKind::Stalled,
        (false, None) => FaultKind::TimedOut,
        (false, Some(_)) => FaultKind::NotTls,
    };
    Fault { kind, stage: "tls", message }
}
