//! The embedded STUN/TURN server on real sockets, in a thread of its own.

mod datagram;
mod driver;
mod identity;
mod stream;

use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener, UdpSocket};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use rand::TryRngCore as _;
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

pub use identity::{Flaw, Identity, IdentityError};

use super::event_loop::event_loop;
use crate::server::Settings;
use driver::Sockets;

/// Where the server listens.
#[derive(Debug, Clone)]
pub struct Listen {
    /// The address of all listeners, and of relays of its family; never unspecified.
    pub ip: IpAddr,
    /// Listens for datagrams.
    pub udp: bool,
    /// Listens for streams in the clear.
    pub tcp: bool,
    /// Listens for TLS, with this identity.
    pub tls: Option<Identity>,
    /// 0: any free port, the same for UDP and TCP if that is 0 too.
    pub udp_port: u16,
    /// 0: any free port, the same for UDP and TCP if that is 0 too.
    pub tcp_port: u16,
    /// 0: any free port.
    pub tls_port: u16,
}

impl Listen {
    /// UDP and TCP on this address, on a free port.
    pub fn on(ip: IpAddr) -> Self {
        Self { ip, udp: true, tcp: true, tls: None, udp_port: 0, tcp_port: 0, tls_port: 0 }
    }

    /// TLS beside them.
    #[must_use]
    pub fn with_tls(self, identity: Identity) -> Self {
        Self { tls: Some(identity), ..self }
    }
}

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Relays need an address that clients can be told.
    #[error("listen on {0}: a relay needs an address of its own")]
    Unspecified(IpAddr),
    /// A listener could not be had.
    #[error("listen on {address} ({transport})")]
    Bind {
        /// Where.
        address: SocketAddr,
        /// `udp`, `tcp` or `tls`.
        transport: &'static str,
        /// Why not.
        source: io::Error,
    },
    /// There is no certificate to show.
    #[error("prepare TLS")]
    Identity(#[from] IdentityError),
    /// Its thread, runtime or randomness could not be had.
    #[error("start the thread of the embedded server")]
    Thread(#[source] io::Error),
}

/// A STUN/TURN server in this process. Stops when dropped.
#[derive(Debug)]
pub struct EmbeddedServer {
    udp: Option<SocketAddr>,
    tcp: Option<SocketAddr>,
    tls: Option<SocketAddr>,
    ca: Option<(Vec<u8>, String)>,
    panicked: Arc<AtomicBool>,
    /// Dropped to stop.
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl EmbeddedServer {
    /// Listens, and serves once this returns.
    pub fn start(settings: Settings, listen: Listen) -> Result<Self, StartError> {
        if listen.ip.is_unspecified() {
            return Err(StartError::Unspecified(listen.ip));
        }
        let (udp, tcp) = bind_pair(&listen)?;
        let (mut tls, mut ca) = (None, None);
        if let Some(identity) = &listen.tls {
            let material = identity.material()?;
            ca = material.ca.map(|(der, pem)| (der.to_vec(), pem));
            let acceptor = acceptor(material.chain, material.key).map_err(IdentityError::Refused)?;
            tls = Some((bind_tcp(listen.ip, listen.tls_port, "tls")?, acceptor));
        }
        let address = |listener: &TcpListener| listener.local_addr().ok();
        let (stop, stopped) = oneshot::channel();
        let mut server = Self {
            udp: udp.as_ref().and_then(|socket| socket.local_addr().ok()),
            tcp: tcp.as_ref().and_then(address),
            tls: tls.as_ref().and_then(|(listener, _)| address(listener)),
            ca,
            panicked: Arc::new(AtomicBool::new(false)),
            stop: Some(stop),
            thread: None,
        };
        let runtime = event_loop().map_err(StartError::Thread)?;
        let mut secret = [0; 32];
        rand::rngs::OsRng
            .try_fill_bytes(&mut secret)
            .map_err(|error| StartError::Thread(io::Error::other(error)))?;
        let panicked = Arc::clone(&server.panicked);
        let sockets = Sockets { ip: listen.ip, udp, tcp, tls };
        let serve = move || {
            let run = || runtime.block_on(driver::serve(settings, secret, sockets, stopped));
            // A panic must not take the caller down, in `join` or anywhere else.
            let clean = std::panic::catch_unwind(AssertUnwindSafe(run)).unwrap_or(false);
            panicked.store(!clean, Ordering::Release);
        };
        let thread = std::thread::Builder::new().name("embedded-server".to_owned()).spawn(serve);
        server.thread = Some(thread.map_err(StartError::Thread)?);
        Ok(server)
    }

    /// Where it listens for datagrams.
    pub fn udp_addr(&self) -> Option<SocketAddr> {
        self.udp
    }

    /// Where it listens for streams in the clear.
    pub fn tcp_addr(&self) -> Option<SocketAddr> {
        self.tcp
    }

    /// Where it listens for TLS.
    pub fn tls_addr(&self) -> Option<SocketAddr> {
        self.tls
    }

    /// The CA to trust, if the identity was made at start.
    pub fn ca_der(&self) -> Option<&[u8]> {
        self.ca.as_ref().map(|(der, _)| &der[..])
    }

    /// [`Self::ca_der`] in PEM.
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca.as_ref().map(|(_, pem)| &pem[..])
    }

    /// Whether it stopped by itself because of a defect; it answers nobody then.
    pub fn panicked(&self) -> bool {
        self.panicked.load(Ordering::Acquire)
    }
}

impl Drop for EmbeddedServer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// UDP and TCP share a port if both may have any.
fn bind_pair(listen: &Listen) -> Result<(Option<UdpSocket>, Option<TcpListener>), StartError> {
    let share = listen.udp && listen.tcp && listen.udp_port == 0 && listen.tcp_port == 0;
    for last in [false, false, false, false, false, false, false, true] {
        let tcp = listen.tcp.then(|| bind_tcp(listen.ip, listen.tcp_port, "tcp")).transpose()?;
        let port = match &tcp {
            Some(tcp) if share => tcp.local_addr().map_err(StartError::Thread)?.port(),
            _ => listen.udp_port,
        };
        match listen.udp.then(|| bind_udp(listen.ip, port)).transpose() {
            Ok(udp) => return Ok((udp, tcp)),
            // Another's UDP socket has the port that TCP was given.
            Err(_) if share && !last => {}
            Err(error) => return Err(error),
        }
    }
    unreachable!("the last round returns")
}

fn bind_udp(ip: IpAddr, port: u16) -> Result<UdpSocket, StartError> {
    let address = SocketAddr::new(ip, port);
    UdpSocket::bind(address).map_err(|source| StartError::Bind { address, transport: "udp", source })
}

fn bind_tcp(ip: IpAddr, port: u16, transport: &'static str) -> Result<TcpListener, StartError> {
    let address = SocketAddr::new(ip, port);
    TcpListener::bind(address)
        .and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
        .map_err(|source| StartError::Bind { address, transport, source })
}

fn acceptor(
    chain: Vec<rustls::pki_types::CertificateDer<'static>>,
    key: rustls::pki_types::PrivateKeyDer<'static>,
) -> Result<TlsAcceptor, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    // RFC 7443.
    config.alpn_protocols = vec![b"stun.turn".to_vec(), b"stun.nat-discovery".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
