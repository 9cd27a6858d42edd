//! From a relay's URI to a connection: names, TCP, TLS, DTLS. What follows is the loop's.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;

use super::Carrier;
use crate::call::{RelayFacts, StepFacts};
use crate::ice::uri::Host;
use crate::io::local::Local;
use crate::io::resolve::{Family, Resolver};
use crate::io::tls::Trust;
use crate::io::wire::Wire;
use crate::io::{dtls, tls};
use crate::measure::milliseconds;
use crate::probe::facts::{Fault, FaultKind, TlsFacts};
use crate::probe::plan::{Place, Transport};
use crate::tls::TlsFault;

/// What is needed for a connection.
#[derive(Debug)]
pub(in crate::io::call) struct Opened<'a> {
    pub(in crate::io::call) place: &'a Place,
    pub(in crate::io::call) server_name: Option<&'a ServerName<'static>>,
    pub(in crate::io::call) trust: &'a Trust,
    pub(in crate::io::call) local: &'a Local,
    pub(in crate::io::call) timeout: Duration,
    /// Which families may be used, IPv4 and IPv6.
    pub(in crate::io::call) families: (bool, bool),
}

/// A connection to a relay, or why there is none.
pub(in crate::io::call) async fn connect(
    wanted: &Opened<'_>,
) -> (RelayFacts, Result<(Carrier, SocketAddr), String>) {
    let mut facts = RelayFacts { transport: wanted.place.attempt.transport.name(), ..RelayFacts::default() };
    let result = steps(wanted, &mut facts).await;
    (facts, result)
}

async fn steps(wanted: &Opened<'_>, facts: &mut RelayFacts) -> Result<(Carrier, SocketAddr), String> {
    let (timeout, local) = (wanted.timeout, wanted.local);
    let server = resolve(wanted, facts).await?;
    facts.server = Some(server);
    let told = |fault: Fault| {
        let what = if fault.stage == "tls" { "turn-tls" } else { "turn-connect" };
        match fault.kind {
            FaultKind::Refused => format!("{what}: connection refused at {server}"),
            _ => format!("{what}: {server}: {}", fault.message),
        }
    };
    let carrier = match wanted.place.attempt.transport {
        Transport::Udp => {
            let socket = local.udp(server).await.and_then(tokio::net::UdpSocket::into_std);
            let socket = socket.map_err(|error| format!("turn-connect: {server}: {error}"))?;
            socket.connect(server).map_err(|error| format!("turn-connect: {server}: {error}"))?;
            crate::io::socket::widen(&socket, crate::io::call::ROOM);
            Carrier::Udp(socket)
        }
        Transport::Tcp => {
            let start = Instant::now();
            let stream = Wire::tcp(server, timeout, local).await.map_err(told)?;
            facts.step("tcp", milliseconds(start.elapsed()));
            let stream = stream.into_std().map_err(|error| format!("turn-connect: {server}: {error}"))?;
            Carrier::Tcp(stream, std::collections::VecDeque::new())
        }
        Transport::Tls => {
            let (tcp, session) =
                tls::connect(server, &name(wanted)?, b"stun.turn", wanted.trust, timeout, local).await;
            if let Some(took) = tcp {
                facts.step("tcp", milliseconds(took));
            }
            let (stream, seen) = session.map_err(told)?;
            certified(facts, &seen, "tls")?;
            let (stream, session) = stream.into_inner();
            let stream = stream.into_std().map_err(|error| format!("turn-connect: {server}: {error}"))?;
            Carrier::Tls(Box::new((stream, session)), std::collections::VecDeque::new())
        }
        Transport::Dtls => {
            let session =
                dtls::connect(server, &name(wanted)?, b"stun.turn", wanted.trust, timeout, local).await;
            let (session, seen) = session.map_err(told)?;
            certified(facts, &seen, "dtls")?;
            let parts = session.into_parts();
            let (socket, session) = parts.map_err(|error| format!("turn-connect: {server}: {error}"))?;
            Carrier::Dtls(socket, session, std::collections::VecDeque::new())
        }
    };
    Ok((carrier, server))
}

async fn resolve(wanted: &Opened<'_>, facts: &mut RelayFacts) -> Result<SocketAddr, String> {
    let (host, port) = (&wanted.place.host, wanted.place.attempt.port);
    let resolver = match host {
        // The system's configuration is not read for an address.
        Host::Ip(ip) => return Ok(SocketAddr::new(*ip, port)),
        Host::Name(_) => Resolver::from_system(wanted.timeout),
    };
    let (v4, v6) = wanted.families;
    let mut why = String::from("it has no address");
    for family in
        [(v4, Family::V4), (v6, Family::V6)].into_iter().filter_map(|(use_it, f)| use_it.then_some(f))
    {
        let found = resolver.family(host, family).await;
        if let Some(took) = found.took_ms {
            facts.step("dns", took);
        }
        match found.addresses {
            Ok(addresses) => {
                if let Some(ip) = addresses.first() {
                    return Ok(SocketAddr::new(*ip, port));
                }
            }
            Err(error) => why = error.message,
        }
    }
    Err(format!("turn-dns: {host}: {why}"))
}

fn name(wanted: &Opened<'_>) -> Result<ServerName<'static>, String> {
    if let Some(name) = wanted.server_name {
        return Ok(name.clone());
    }
    match &wanted.place.host {
        Host::Ip(ip) => Ok(ServerName::from(*ip)),
        Host::Name(name) => ServerName::try_from(name.to_owned())
            .map_err(|_| format!("turn-tls: `{name}` is no name that a certificate can hold")),
    }
}

/// A bad certificate ends it, as in a browser, unless that was said not to matter.
fn certified(facts: &mut RelayFacts, seen: &TlsFacts, step: &'static str) -> Result<(), String> {
    facts.step(step, seen.handshake_ms);
    facts.tls_version.clone_from(&seen.version);
    facts.certificate_faults = seen.errors.iter().map(ToString::to_string).collect();
    // Browsers and OpenSSL take a self-signed certificate that is among the roots, whatever it says of itself.
    let trusted = seen.errors.iter().all(|fault| *fault == TlsFault::SelfSignedCa);
    match trusted || seen.insecure {
        true => Ok(()),
        false => {
            let faults = facts.certificate_faults.join("; ");
            Err(format!(
                "turn-tls: the certificate is not accepted: {faults} (--cafile FILE trusts its issuer, --insecure any)"
            ))
        }
    }
}

impl RelayFacts {
    fn step(&mut self, name: &'static str, took_ms: f64) {
        self.steps.push(StepFacts { name, took_ms, code: None, codes: Vec::new() });
    }
}
