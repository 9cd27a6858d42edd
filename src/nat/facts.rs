//! What the tests came to: the JSON of one address family.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use serde::Serialize;

use super::ask::{Answer, Reply};
use super::discovery::{COMMON, Discovery, HAIRPIN, Purpose};
use super::mapping::{self, Sighting};
use super::{
    Behavior, Conclusion, Hairpin, Hairpinning, LifetimeFacts, Peer, classic, filtering, hairpin, usable,
};
use crate::ice::address::AddressClass;
use crate::measure::milliseconds;

/// What lies between this machine and the servers asked, for one address family.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct NatFacts {
    /// `v4` or `v6`.
    pub family: &'static str,
    /// The socket that all servers were asked from.
    pub local: SocketAddr,
    /// As the first of them saw it.
    pub mapped: Option<SocketAddr>,
    /// There is a NAT on the way.
    pub nat: Option<bool>,
    /// The name of RFC 3489, where enough is known.
    pub kind: Option<&'static str>,
    /// Mapping (RFC 4787 §4.1).
    pub mapping: Conclusion,
    /// Filtering (RFC 4787 §5).
    pub filtering: Conclusion,
    /// Hairpinning (RFC 4787 §6).
    pub hairpinning: Hairpinning,
    /// What becomes of port numbers (RFC 4787 §4.2).
    pub ports: PortFacts,
    /// Signs of a carrier-grade NAT and other oddities, in words.
    pub hints: Vec<String>,
    /// Which peers a call needs a relay with.
    pub peers: Vec<Peer>,
    /// What it means for a call, in words.
    pub calls: Vec<String>,
    /// How long a mapping lives, if that was asked for.
    pub lifetime: Option<LifetimeFacts>,
    /// Who was asked.
    pub servers: Vec<ServerFacts>,
    /// Who was not, and why.
    pub left_out: Vec<LeftOut>,
    /// Every request, and what came back.
    pub exchanges: Vec<Exchange>,
    /// The tests without the lifetime.
    pub took_ms: f64,
}

/// What becomes of port numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct PortFacts {
    /// The sockets looked at.
    pub sockets: usize,
    /// All kept theirs.
    pub preserved: Option<bool>,
    /// Odd ones stayed odd, and even ones even.
    pub parity: Option<bool>,
}

/// One server that was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct ServerFacts {
    /// Which.
    pub addr: SocketAddr,
    /// How it saw the common socket.
    pub mapped: Option<SocketAddr>,
    /// OTHER-ADDRESS.
    pub other_address: Option<SocketAddr>,
    /// RESPONSE-ORIGIN.
    pub response_origin: Option<SocketAddr>,
    /// What its OTHER-ADDRESS is good for.
    pub state: OtherAddress,
    /// Why it is no good.
    pub reason: Option<String>,
}

/// A server that was not asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct LeftOut {
    /// Which.
    pub addr: SocketAddr,
    /// Why, in words.
    pub reason: String,
}

/// What an OTHER-ADDRESS is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OtherAddress {
    /// It answers.
    Answers,
    /// It was asked and does not answer.
    Silent,
    /// Nothing may be sent there, or nothing could be learnt.
    Unusable,
    /// The server names none.
    Absent,
    /// Nothing was learnt of it.
    Unknown,
}

/// One request and what came back.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Exchange {
    /// `mapping`, `filtering`, `control`, `hairpinning`.
    pub test: &'static str,
    /// From where.
    pub local: SocketAddr,
    /// To where.
    pub to: SocketAddr,
    /// CHANGE-REQUEST: `address-and-port`, `port`.
    pub change: Option<&'static str>,
    /// Where the answer came from.
    pub answered_from: Option<SocketAddr>,
    /// How it saw the socket.
    pub mapped: Option<SocketAddr>,
    /// ERROR-CODE.
    pub code: Option<u16>,
    /// How often it was sent.
    pub sent: usize,
    /// Until the answer.
    pub took_ms: Option<f64>,
}

impl NatFacts {
    /// Concludes from what `discovery` has learnt until `now`.
    pub fn conclude(discovery: &Discovery, now: Instant) -> Self {
        let local = discovery.locals[COMMON];
        let seen = discovery.sightings();
        let (nat, mapping) = (discovery.translated(), mapping::conclude(local, &seen));
        let servers: Vec<ServerFacts> =
            (0..discovery.servers.len()).map(|at| server(discovery, at)).collect();
        let filtering = filter(discovery, &servers, mapping.behavior);
        let hairpinning = turn_around(discovery, nat);
        let hairpins = match hairpinning.behavior {
            Hairpin::Works => Some(true),
            Hairpin::Silent => Some(false),
            Hairpin::NotApplicable | Hairpin::Inconclusive => None,
        };
        let peers = classic::peers(mapping.behavior, filtering.behavior);
        Self {
            family: if local.is_ipv4() { "v4" } else { "v6" },
            local,
            mapped: seen.first().map(|sighting| sighting.mapped),
            nat,
            kind: classic::kind(nat, mapping.behavior, filtering.behavior),
            calls: classic::calls(&peers, hairpins),
            peers,
            ports: ports(discovery, nat),
            hints: hints(discovery, &seen),
            mapping,
            filtering,
            hairpinning,
            lifetime: None,
            left_out: left_out(discovery),
            servers,
            exchanges: discovery.asks.iter().map(|(purpose, _)| exchange(discovery, *purpose)).collect(),
            took_ms: milliseconds(now.saturating_duration_since(discovery.started)),
        }
    }

    /// Whether the tests told the mapping or the filter; that there is a NAT is told by every Binding.
    pub fn is_told(&self) -> bool {
        self.mapping.is_told() || self.filtering.is_told()
    }
}

fn left_out(discovery: &Discovery) -> Vec<LeftOut> {
    let asked = discovery.servers.len();
    let reason =
        format!("{asked} servers were asked, those first that sent OTHER-ADDRESS, and more are not needed");
    discovery.left_out.iter().map(|addr| LeftOut { addr: *addr, reason: reason.clone() }).collect()
}

fn server(discovery: &Discovery, at: usize) -> ServerFacts {
    let addr = discovery.servers[at];
    let answer = discovery.reply(Purpose::Plain(at)).answer();
    let other = discovery.other(at);
    let direct = [Purpose::OtherAddress(at), Purpose::Other(at)].map(|purpose| discovery.reply(purpose));
    let (state, reason) = match (answer, other) {
        (None, _) => (OtherAddress::Unknown, Some("the server did not answer here".to_owned())),
        (Some(_), None) => (OtherAddress::Absent, None),
        (Some(_), Some(other)) => match usable(addr, other) {
            Err(why) => (OtherAddress::Unusable, Some(why.to_string())),
            Ok(()) if direct.iter().any(|reply| reply.answer().is_some()) => (OtherAddress::Answers, None),
            Ok(()) if direct.contains(&Reply::Pending) => (OtherAddress::Unknown, None),
            Ok(()) if direct.contains(&Reply::Unsent) => {
                (OtherAddress::Unknown, Some("this machine lets nothing out to it".to_owned()))
            }
            Ok(()) => (OtherAddress::Silent, Some("it does not answer".to_owned())),
        },
    };
    ServerFacts {
        addr,
        mapped: answer.and_then(|answer| answer.mapped),
        other_address: other,
        response_origin: answer.and_then(|answer| answer.origin),
        state,
        reason,
    }
}

/// The first server that tells counts; where none does, the one that came furthest says why.
fn filter(discovery: &Discovery, servers: &[ServerFacts], mapping: Behavior) -> Conclusion {
    let tried: Vec<Conclusion> = (0..servers.len())
        .filter_map(|at| discovery.tests(at))
        .map(|tests| filtering::conclude(&tests, mapping))
        .collect();
    let told = tried.iter().find(|conclusion| conclusion.is_told());
    if let Some(conclusion) = told.or(tried.first()) {
        return conclusion.clone();
    }
    let unusable = servers.iter().find(|server| server.state == OtherAddress::Unusable);
    Conclusion::inconclusive(match unusable {
        Some(ServerFacts { addr, other_address: Some(other), reason: Some(reason), .. }) => {
            format!("{addr} names {other} as its OTHER-ADDRESS, which is of no use: {reason}")
        }
        _ if servers.iter().all(|server| server.state == OtherAddress::Unknown) => {
            "no server answered".to_owned()
        }
        _ => "no server of this run offers RFC 5780 (none sent OTHER-ADDRESS)".to_owned(),
    })
}

fn turn_around(discovery: &Discovery, nat: Option<bool>) -> Hairpinning {
    let sent = [0, 1].map(|at| discovery.reply(Purpose::Hairpin(at)));
    let begun = discovery.asks.iter().any(|(purpose, _)| matches!(purpose, Purpose::Hairpin(_)));
    let reason = match discovery.hairpin_bases() {
        None => "the outside addresses of the two sockets were not learnt",
        Some(_) if begun || nat.is_none() => "the test was not finished",
        Some(_) => {
            "the outside address that the server told is not of the kind of its own, so nothing was sent there"
        }
    };
    hairpin::conclude(nat, begun.then_some(sent), reason)
}

/// The sockets that the first server saw, and as what.
fn seen_by_first(discovery: &Discovery) -> Vec<(SocketAddr, SocketAddr)> {
    let asked = [
        (COMMON, Purpose::Plain(0)),
        (HAIRPIN[0], Purpose::HairpinBase(0)),
        (HAIRPIN[1], Purpose::HairpinBase(1)),
    ];
    let seen = asked
        .into_iter()
        .filter_map(|(socket, purpose)| Some((discovery.locals[socket], discovery.reply(purpose).mapped()?)));
    let by = discovery.servers.first().copied();
    seen.filter(|(_, mapped)| by.is_some_and(|by| discovery.believes(&Sighting { by, mapped: *mapped })))
        .collect()
}

fn ports(discovery: &Discovery, nat: Option<bool>) -> PortFacts {
    let seen = seen_by_first(discovery);
    let translated = nat == Some(true) && !seen.is_empty();
    PortFacts {
        sockets: seen.len(),
        preserved: translated.then(|| seen.iter().all(|(local, mapped)| local.port() == mapped.port())),
        parity: translated.then(|| seen.iter().all(|(local, mapped)| local.port() % 2 == mapped.port() % 2)),
    }
}

fn hints(discovery: &Discovery, seen: &[Sighting]) -> Vec<String> {
    let mut hints = Vec::new();
    let shared = |ip: IpAddr| AddressClass::of(ip) == AddressClass::SharedCgnat;
    if let Some(sighting) = seen.iter().find(|sighting| shared(sighting.mapped.ip())) {
        hints.push(format!(
            "a carrier-grade NAT (NAT444): {} is seen by {}, and lies in 100.64.0.0/10 itself, so that another NAT \
             follows",
            sighting.mapped, sighting.by
        ));
    } else if shared(discovery.locals[COMMON].ip()) {
        hints.push(format!(
            "a carrier-grade NAT: this machine's own address, {}, lies in 100.64.0.0/10",
            discovery.locals[COMMON].ip()
        ));
    }
    let outside: BTreeSet<IpAddr> = seen_by_first(discovery).iter().map(|(_, mapped)| mapped.ip()).collect();
    if outside.len() > 1 {
        let outside: Vec<String> = outside.iter().map(IpAddr::to_string).collect();
        hints.push(format!(
            "sockets of this machine are seen at several addresses ({}): pooling is \"arbitrary\" (RFC 4787 §4.1), as \
             behind a carrier-grade NAT or several uplinks",
            outside.join(", ")
        ));
    }
    for (at, by) in discovery.servers.iter().enumerate() {
        let mapped = discovery.reply(Purpose::Plain(at)).mapped();
        if let Some(mapped) =
            mapped.filter(|mapped| !discovery.believes(&Sighting { by: *by, mapped: *mapped }))
        {
            hints.push(format!(
                "{by} says that it sees this machine at {mapped}, which cannot be from there: something before the \
                 server translates addresses (a container's port forwarding?), so its word does not count"
            ));
        }
    }
    hints
}

fn exchange(discovery: &Discovery, purpose: Purpose) -> Exchange {
    let test = match purpose {
        Purpose::Plain(_) | Purpose::OtherAddress(_) | Purpose::Other(_) | Purpose::OtherPort(_) => "mapping",
        Purpose::Filter(..) => "filtering",
        Purpose::Control(..) => "control",
        Purpose::HairpinBase(_) | Purpose::Hairpin(_) => "hairpinning",
    };
    let ask = discovery.asks.iter().find(|(known, _)| *known == purpose).map(|(_, ask)| ask);
    let ask = ask.expect("the purpose is that of an ask");
    Exchange {
        test,
        local: discovery.locals[ask.socket],
        to: ask.to,
        change: ask.change.map(|change| change.name()),
        answered_from: match ask.reply {
            Reply::Answered(Answer { from, .. })
            | Reply::Misplaced { from }
            | Reply::Contradicted { from, .. } => Some(from),
            _ => None,
        },
        mapped: ask.reply.mapped(),
        code: match ask.reply {
            Reply::Refused { code } => Some(code),
            _ => None,
        },
        sent: ask.sent,
        took_ms: ask.took.map(milliseconds),
    }
}
