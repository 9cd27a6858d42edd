//! The candidates that a browser would gather from these servers, as the Trickle ICE page lists them.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::facts::{EndpointFacts, Observation};
use super::plan::Transport;
use crate::ice::candidate::{Candidate, Foundations, Origin};
use crate::ice::kind::{Kind, Protocol, RelayProtocol};
use crate::ice::priority::{LocalPreference, Priority, base_ranks};

/// Host, reflexive and relayed candidates in the order in which they were learnt; relayed ones alone with
/// `relay_only`.
///
/// A reflexive candidate that equals its base is left out, as RFC 8445 §5.1.3 has it.
pub fn gather(seen: &Observation, relay_only: bool) -> Vec<Candidate> {
    let mut bases: Vec<IpAddr> = seen.hosts.iter().map(SocketAddr::ip).collect();
    for endpoint in seen.targets.iter().flat_map(|target| &target.endpoints) {
        if let Some(local) = endpoint.local.map(|local| local.ip()).filter(|ip| !bases.contains(ip)) {
            bases.push(local);
        }
    }
    let ranks = base_ranks(&bases);
    let rank = |ip: IpAddr| bases.iter().position(|base| *base == ip).map_or(0, |at| ranks[at]);
    let mut gathering = Gathering { foundations: Foundations::default(), candidates: Vec::new() };
    if !relay_only {
        for host in &seen.hosts {
            gathering.add(Learnt {
                at_ms: 0.0,
                kind: Kind::Host,
                address: *host,
                base: *host,
                local: LocalPreference::of_rank(rank(host.ip()), 0),
                from: None,
                related: None,
            });
        }
    }
    let mut server = 0u8;
    for target in &seen.targets {
        for endpoint in &target.endpoints {
            let Some(local) = endpoint.local else { continue };
            let preference = LocalPreference::of_rank(rank(local.ip()), server);
            server = server.saturating_add(1);
            if !relay_only {
                gathering.reflexive(endpoint, &target.uri, local, preference);
            }
            gathering.relayed(endpoint, &target.uri, preference);
        }
    }
    let mut candidates = gathering.candidates;
    candidates.sort_by_key(|candidate| candidate.at);
    candidates
}

/// The reflexive address of an endpoint where it equals our own: no NAT, and no candidate of its own.
pub fn redundant(endpoint: &EndpointFacts) -> Option<SocketAddr> {
    let reflexive = endpoint.binding.as_ref()?.reflexive?;
    (endpoint.transport == Transport::Udp && endpoint.local == Some(reflexive)).then_some(reflexive)
}

struct Gathering {
    foundations: Foundations,
    candidates: Vec<Candidate>,
}

struct Learnt<'a> {
    at_ms: f64,
    kind: Kind,
    address: SocketAddr,
    base: SocketAddr,
    local: LocalPreference,
    from: Option<(&'a EndpointFacts, &'a str)>,
    related: Option<SocketAddr>,
}

impl Gathering {
    fn reflexive(&mut self, endpoint: &EndpointFacts, uri: &str, local: SocketAddr, rank: LocalPreference) {
        let binding = endpoint.binding.as_ref().and_then(|binding| binding.reflexive.zip(binding.at_ms));
        // A server without STUN says it in its answer to an Allocate, and browsers take it from there.
        let allocate = || endpoint.allocate.as_ref().and_then(|a| a.reflexive.zip(a.at_ms));
        let Some((address, at_ms)) = binding.or_else(allocate) else { return };
        // Browsers gather reflexive candidates over UDP only.
        if endpoint.transport != Transport::Udp || address == local {
            return;
        }
        let duplicate =
            |c: &Candidate| c.kind == Kind::Srflx && (c.address, c.port) == (address.ip(), address.port());
        if !self.candidates.iter().any(duplicate) {
            self.add(Learnt {
                at_ms,
                kind: Kind::Srflx,
                address,
                base: local,
                local: rank,
                from: Some((endpoint, uri)),
                related: Some(local),
            });
        }
    }

    fn relayed(&mut self, endpoint: &EndpointFacts, uri: &str, rank: LocalPreference) {
        let Some(allocate) = &endpoint.allocate else { return };
        let (Some(address), Some(at_ms)) = (endpoint.relay.address, allocate.at_ms) else { return };
        self.add(Learnt {
            at_ms,
            kind: Kind::Relay,
            address,
            base: address,
            local: rank,
            from: Some((endpoint, uri)),
            related: allocate.reflexive,
        });
    }

    fn add(&mut self, learnt: Learnt<'_>) {
        let Learnt { at_ms, kind, address, base, local, from, related } = learnt;
        let relay_protocol =
            from.filter(|_| kind == Kind::Relay).map(|(endpoint, _)| match endpoint.transport {
                Transport::Udp => RelayProtocol::Udp,
                Transport::Tcp => RelayProtocol::Tcp,
                Transport::Tls => RelayProtocol::Tls,
                Transport::Dtls => RelayProtocol::Dtls,
            });
        let foundation = self.foundations.of(Origin {
            kind,
            base: base.ip(),
            server: from.map(|(endpoint, _)| endpoint.addr.ip()),
            protocol: Protocol::Udp,
            relay_protocol,
        });
        self.candidates.push(Candidate {
            at: Duration::from_secs_f64(at_ms.max(0.0) / 1000.0),
            kind,
            foundation,
            component: 1,
            protocol: Protocol::Udp,
            address: address.ip(),
            port: address.port(),
            priority: Priority::of(kind, relay_protocol, local, 1),
            url: from.map(|(_, uri)| uri.to_owned()),
            relay_protocol,
            related,
            base,
        });
    }
}
