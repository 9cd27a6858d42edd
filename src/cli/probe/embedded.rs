//! `--embedded`: a server of our own on loopback as the target.

use std::net::{IpAddr, Ipv4Addr};

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;

use crate::ice::uri::{Host, Scheme, ServerUri, Transport};
use crate::io::input;
use crate::io::server::{EmbeddedServer, Identity, Listen};
use crate::probe::plan::Target;
use crate::probe::security;
use crate::server::Settings;
use crate::turn::credentials::{Credentials, Secret};

const USER: &str = "rtcscope";

/// Starts the server, adds it to the targets over UDP, TCP and TLS, and its CA to the roots. It stops
/// when the handle is dropped.
pub(in crate::cli) fn start(
    targets: &mut Vec<Target>,
    roots: &mut RootCertStore,
) -> anyhow::Result<EmbeddedServer> {
    let ip = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let user = Credentials::password(USER, Secret::new(input::random_token()));
    // Its clients and their peers are at the one address that it has itself.
    let denied_peers = security::embedded_denials().filter_map(|range| range.parse().ok()).collect();
    let settings = Settings { users: vec![user.clone()], denied_peers, ..Settings::default() };
    let identity = Identity::throw_away(["localhost".to_owned(), ip.to_string()]);
    let server = EmbeddedServer::start(settings, Listen::on(ip).with_tls(identity))?;
    if let Some(ca) = server.ca_der() {
        roots.add(CertificateDer::from_slice(ca))?;
    }
    let listeners = [
        (server.udp_addr(), Scheme::Turn, Some(Transport::Udp)),
        (server.tcp_addr(), Scheme::Turn, Some(Transport::Tcp)),
        (server.tls_addr(), Scheme::Turns, None),
    ];
    for (addr, scheme, transport) in listeners {
        let Some(addr) = addr else { continue };
        let uri = ServerUri { scheme, host: Host::Ip(addr.ip()), port: Some(addr.port()), transport };
        let mut target = Target::from_uri(&uri);
        target.credentials = Some(user.clone());
        targets.push(target);
    }
    Ok(server)
}
