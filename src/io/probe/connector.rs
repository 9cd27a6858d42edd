//! From an address to a link with a TURN client on it: UDP, TCP, TLS, DTLS.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use rustls::pki_types::ServerName;

use super::{Shared, seed};
use crate::ice::uri::Host;
use crate::io::link::Link;
use crate::io::wire::{Transport as Connection, Wire};
use crate::io::{dtls, tls};
use crate::measure::milliseconds;
use crate::probe::facts::{Fault, FaultKind, TlsFacts};
use crate::probe::plan::{Target, Transport};
use crate::recording::Carrier;
use crate::report::one_line;
use crate::turn::Settings;
use crate::turn::credentials::Credentials;

/// Makes the connections of one endpoint: its first, its second allocation's, a redirect's.
#[derive(Clone)]
pub(super) struct Connector {
    pub(super) shared: Shared,
    pub(super) target: Arc<Target>,
    pub(super) transport: Transport,
}

/// What came of a connection, and what was seen on the way.
pub(super) struct Connected {
    pub(super) connect_ms: Option<f64>,
    pub(super) tls: Option<TlsFacts>,
    pub(super) link: Result<Link, Fault>,
}

impl Connector {
    /// Connects to `addr`; a certificate is held against `domain` if the server was named by one.
    pub(super) async fn connect(&self, addr: SocketAddr, domain: Option<&str>) -> Connected {
        self.connect_as(self.target.credentials.clone(), addr, domain).await
    }

    /// As [`connect`](Self::connect), as somebody else.
    pub(super) async fn connect_as(
        &self,
        credentials: Option<Credentials>,
        addr: SocketAddr,
        domain: Option<&str>,
    ) -> Connected {
        let timeout = self.shared.options.timeout;
        let local = &self.shared.environment.local;
        let (connect_ms, tls, wire) = match self.transport {
            Transport::Udp => (None, None, Wire::udp(addr, local).await),
            Transport::Tcp => {
                let start = Instant::now();
                let stream = Wire::tcp(addr, timeout, local).await;
                let took = stream.is_ok().then(|| milliseconds(start.elapsed()));
                (took, None, stream.map(|stream| Wire::new(Connection::Tcp(stream))))
            }
            Transport::Tls | Transport::Dtls => self.encrypted(addr, domain).await,
        };
        let settings = Settings { stream: false, credentials, timeout, seed: seed() };
        let link = wire.map(|wire| {
            let name = self.transport.name();
            let encrypted = matches!(name, "tls" | "dtls");
            let carrier = Carrier { name, stream: wire.is_stream(), encrypted };
            Link::new(wire.tapped(&self.shared.environment.tap, addr, carrier), settings)
        });
        Connected { connect_ms, tls, link }
    }

    async fn encrypted(
        &self,
        addr: SocketAddr,
        domain: Option<&str>,
    ) -> (Option<f64>, Option<TlsFacts>, Result<Wire, Fault>) {
        let name = match self.server_name(domain) {
            Ok(name) => name,
            Err(fault) => return (None, None, Err(fault)),
        };
        // RFC 7443 §2.
        let alpn: &[u8] = if self.target.turn { b"stun.turn" } else { b"stun.nat-discovery" };
        let (trust, local) = (&self.shared.environment.trust, &self.shared.environment.local);
        let timeout = self.shared.options.timeout;
        if self.transport == Transport::Dtls {
            return match dtls::connect(addr, &name, alpn, trust, timeout, local).await {
                Ok((session, facts)) => {
                    (None, Some(facts), Ok(Wire::new(Connection::Dtls(Box::new(session)))))
                }
                Err(fault) => (None, None, Err(fault)),
            };
        }
        let (connected, result) = tls::connect(addr, &name, alpn, trust, timeout, local).await;
        let connect_ms = connected.map(milliseconds);
        match result {
            Ok((stream, facts)) => {
                (connect_ms, Some(facts), Ok(Wire::new(Connection::Tls(Box::new(stream)))))
            }
            Err(fault) => (connect_ms, None, Err(fault)),
        }
    }

    /// `--servername`, else the domain that came with a redirect, else the URI's host.
    fn server_name(&self, domain: Option<&str>) -> Result<ServerName<'static>, Fault> {
        if let Some(name) = &self.shared.environment.server_name {
            return Ok(name.clone());
        }
        let name = match (domain, &self.target.host) {
            (None, Host::Ip(ip)) => return Ok(ServerName::from(*ip)),
            (None, Host::Name(name)) => name,
            (Some(domain), _) => domain,
        };
        ServerName::try_from(name.to_owned()).map_err(|_| Fault {
            kind: FaultKind::Other,
            stage: "tls",
            message: format!("`{}` is no name that a certificate can hold", one_line(name)),
        })
    }
}
