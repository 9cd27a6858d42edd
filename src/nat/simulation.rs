//! NATs and servers of a few lines, in no time: the machines must name exactly the NAT that they are put behind, and
//! nothing at all where a server's answers do not tell.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use super::*;
use crate::finding::Confidence;
use crate::stun::{Class, Message, MessageBuilder, Method, attribute};
use Behavior::{AddressAndPortDependent, AddressDependent, EndpointIndependent, Inconclusive};

const LATENCY: Duration = Duration::from_millis(20);
const HOST: &str = "192.168.1.2";
const OUTSIDE: &str = "203.0.113.9";
const FIRST: &str = "198.51.100.1:3478";
const SECOND: &str = "198.51.100.2:3479";

/// How a server goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Habit {
    Sound,
    /// Answers CHANGE-REQUEST from where it was asked.
    IgnoresChange,
    /// Says nothing to CHANGE-REQUEST.
    DropsChange,
    /// 420.
    RefusesChange,
    /// Changes the port where both were asked for.
    ChangesThePortAlone,
    /// Changes as asked, and says that it did not.
    MisstatesItsOrigin,
    /// Nothing answers at the other IP address.
    OtherIsDead,
    /// Nothing answers at the first address's second port.
    OtherPortIsDead,
}

#[derive(Debug, Clone)]
struct Server {
    addr: SocketAddr,
    other: Option<SocketAddr>,
    habit: Habit,
    /// RFC 3489's attributes in the place of RFC 5780's.
    old: bool,
    response_port: bool,
    /// Says that it sees everybody there.
    sees: Option<SocketAddr>,
}

impl Server {
    fn sound() -> Self {
        Self::named(FIRST, Some(SECOND))
    }

    fn named(addr: &str, other: Option<&str>) -> Self {
        Self {
            addr: at(addr),
            other: other.map(at),
            habit: Habit::Sound,
            old: false,
            response_port: true,
            sees: None,
        }
    }

    fn with(habit: Habit) -> Self {
        Self { habit, ..Self::sound() }
    }

    /// What it answers: from where, to where.
    fn answer(
        &self,
        from: SocketAddr,
        to: SocketAddr,
        bytes: &[u8],
    ) -> Option<(SocketAddr, SocketAddr, Vec<u8>)> {
        let other = self.other.unwrap_or(self.addr);
        let port_twin = SocketAddr::new(self.addr.ip(), other.port());
        let all = [self.addr, SocketAddr::new(other.ip(), self.addr.port()), port_twin, other];
        let dead = match self.habit {
            Habit::OtherIsDead => to.ip() == other.ip(),
            Habit::OtherPortIsDead => to == port_twin,
            _ => false,
        };
        if !all.contains(&to) || dead {
            return None;
        }
        let request = Message::from_bytes(bytes).ok().filter(|message| message.class == Class::Request)?;
        let change = request.number(attribute::CHANGE_REQUEST);
        let mut source = to;
        match (change, self.habit) {
            (None, _) | (_, Habit::IgnoresChange) => {}
            (_, Habit::DropsChange) => return None,
            (_, Habit::RefusesChange) => {
                let refusal = MessageBuilder::new(Class::Error, Method::Binding, request.transaction)
                    .error_code(420, "Unknown Attribute");
                return Some((to, from, refusal.finish()));
            }
            (Some(0x2), _) | (_, Habit::ChangesThePortAlone) => source = port_twin,
            (Some(_), _) => source = other,
        }
        let (origin_kind, other_kind) = match self.old {
            true => (attribute::SOURCE_ADDRESS, attribute::CHANGED_ADDRESS),
            false => (attribute::RESPONSE_ORIGIN, attribute::OTHER_ADDRESS),
        };
        let origin = if self.habit == Habit::MisstatesItsOrigin { to } else { source };
        let mut response = MessageBuilder::new(Class::Success, Method::Binding, request.transaction)
            .xor_address(attribute::XOR_MAPPED_ADDRESS, self.sees.unwrap_or(from))
            .address(origin_kind, origin);
        if let Some(other) = self.other {
            response = response.address(other_kind, other);
        }
        let port = request.attribute(attribute::RESPONSE_PORT).filter(|_| self.response_port);
        let back =
            port.map_or(from, |port| SocketAddr::new(from.ip(), u16::from_be_bytes([port[0], port[1]])));
        Some((source, back, response.finish()))
    }
}

/// A NAT, or with `translates` off a firewall.
#[derive(Debug, Clone)]
struct Nat {
    translates: bool,
    mapping: Behavior,
    filtering: Behavior,
    hairpins: bool,
    preserves: bool,
    outside: Vec<IpAddr>,
    lifetime: Duration,
}

impl Nat {
    fn of(mapping: Behavior, filtering: Behavior) -> Self {
        Self {
            translates: true,
            mapping,
            filtering,
            hairpins: true,
            preserves: false,
            outside: vec![OUTSIDE.parse().unwrap()],
            lifetime: Duration::from_secs(100_000),
        }
    }

    fn firewall(filtering: Behavior) -> Self {
        Self { translates: false, ..Self::of(EndpointIndependent, filtering) }
    }
}

#[derive(Debug)]
struct Mapping {
    inside: SocketAddr,
    key: Option<(IpAddr, Option<u16>)>,
    outside: SocketAddr,
    wrote_to: BTreeSet<SocketAddr>,
    used: Instant,
}

struct World {
    nat: Nat,
    servers: Vec<Server>,
    mappings: Vec<Mapping>,
    next_port: u16,
    /// Every packet that left the machine.
    sent: Vec<(SocketAddr, SocketAddr)>,
}

impl World {
    fn new(nat: Nat, servers: Vec<Server>) -> Self {
        Self { nat, servers, mappings: Vec::new(), next_port: 40_000, sent: Vec::new() }
    }

    /// Sends from inside; what arrives inside because of it: where, and from whom.
    fn send(
        &mut self,
        now: Instant,
        inside: SocketAddr,
        to: SocketAddr,
        bytes: &[u8],
    ) -> Option<(SocketAddr, SocketAddr, Vec<u8>)> {
        self.sent.push((inside, to));
        let outside = self.map(now, inside, to);
        if self.nat.translates && self.nat.outside.contains(&to.ip()) {
            return self.nat.hairpins.then(|| self.let_in(now, outside, to, bytes.to_vec()))?;
        }
        let (from, back, answer) =
            self.servers.iter().find_map(|server| server.answer(outside, to, bytes))?;
        self.let_in(now, from, back, answer)
    }

    fn map(&mut self, now: Instant, inside: SocketAddr, to: SocketAddr) -> SocketAddr {
        let lifetime = self.nat.lifetime;
        self.mappings.retain(|mapping| now < mapping.used + lifetime);
        let key = match self.nat.mapping {
            EndpointIndependent => None,
            AddressDependent => Some((to.ip(), None)),
            _ => Some((to.ip(), Some(to.port()))),
        };
        let known = self.mappings.iter().position(|m| m.inside == inside && m.key == key);
        let position = known.unwrap_or_else(|| {
            self.next_port += 7;
            let ip = self.nat.outside[usize::from(inside.port()) % self.nat.outside.len()];
            let port = if self.nat.preserves { inside.port() } else { self.next_port };
            let outside = if self.nat.translates { SocketAddr::new(ip, port) } else { inside };
            self.mappings.push(Mapping { inside, key, outside, wrote_to: BTreeSet::new(), used: now });
            self.mappings.len() - 1
        });
        let mapping = &mut self.mappings[position];
        mapping.wrote_to.insert(to);
        mapping.used = now;
        mapping.outside
    }

    fn let_in(
        &mut self,
        now: Instant,
        from: SocketAddr,
        to: SocketAddr,
        bytes: Vec<u8>,
    ) -> Option<(SocketAddr, SocketAddr, Vec<u8>)> {
        let mapping = self.mappings.iter().find(|m| m.outside == to && now < m.used + self.nat.lifetime)?;
        let open = match self.nat.filtering {
            EndpointIndependent => true,
            AddressDependent => mapping.wrote_to.iter().any(|known| known.ip() == from.ip()),
            _ => mapping.wrote_to.contains(&from),
        };
        open.then_some((mapping.inside, from, bytes))
    }

    /// Runs a machine to its end; how long it took.
    fn run(&mut self, start: Instant, machine: &mut impl Machine, locals: &[SocketAddr]) -> Instant {
        let mut now = start;
        let mut arriving: BTreeMap<(Instant, usize), (SocketAddr, SocketAddr, Vec<u8>)> = BTreeMap::new();
        for serial in 0..100_000 {
            match machine.poll(now) {
                Output::Transmit { socket, to, bytes } => {
                    if let Some(arrival) = self.send(now, locals[socket], to, &bytes) {
                        arriving.insert((now + LATENCY, serial), arrival);
                    }
                }
                Output::Done => return now,
                Output::Wait(until) => match arriving.first_key_value().map(|(key, _)| *key) {
                    Some(key) if key.0 <= until => {
                        let (inside, from, bytes) = arriving.remove(&key).unwrap();
                        now = now.max(key.0);
                        let socket = locals.iter().position(|local| *local == inside).unwrap();
                        machine.handle_input(now, socket, from, &bytes);
                    }
                    _ => now = now.max(until),
                },
            }
        }
        panic!("the machine does not end");
    }
}

fn at(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn locals(host: &str, count: usize) -> Vec<SocketAddr> {
    (0..count).map(|n| SocketAddr::new(host.parse().unwrap(), 5000 + u16::try_from(n).unwrap() * 3)).collect()
}

fn discover_in(world: &mut World) -> NatFacts {
    let reflector = |server: &Server| Reflector { addr: server.addr, other_address: server.other };
    let servers: Vec<Reflector> = world.servers.iter().map(reflector).collect();
    let locals = locals(HOST, Discovery::sockets(servers.len()));
    let start = Instant::now();
    let mut discovery = Discovery::new(start, [7; 32], locals.clone(), &servers);
    let end = world.run(start, &mut discovery, &locals);
    NatFacts::conclude(&discovery, end)
}

fn discover(nat: Nat, servers: Vec<Server>) -> NatFacts {
    discover_in(&mut World::new(nat, servers))
}

const ALL: [Behavior; 3] = [EndpointIndependent, AddressDependent, AddressAndPortDependent];

#[test]
fn every_nat_is_named_for_what_it_is() {
    for mapping in ALL {
        for filtering in ALL {
            for preserves in [false, true].into_iter().filter(|p| !p || mapping == EndpointIndependent) {
                for old in [false, true] {
                    let nat = Nat { preserves, ..Nat::of(mapping, filtering) };
                    let facts = discover(nat, vec![Server { old, ..Server::sound() }]);
                    let case = format!("{mapping:?} {filtering:?}: {facts:#?}");
                    assert_eq!(
                        (facts.mapping.behavior, facts.filtering.behavior),
                        (mapping, filtering),
                        "{case}"
                    );
                    assert_eq!(facts.nat, Some(true), "{case}");
                    assert_eq!(facts.mapping.confidence, Some(Confidence::High), "{case}");
                    let sure =
                        if filtering == EndpointIndependent { Confidence::High } else { Confidence::Medium };
                    assert_eq!(facts.filtering.confidence, Some(sure), "{case}");
                    assert_eq!(facts.ports.preserved, Some(preserves), "{case}");
                    assert!(
                        facts.kind.is_some() && !facts.calls.is_empty() && facts.hints.is_empty(),
                        "{case}"
                    );
                    assert!(facts.took_ms < 1600.0, "{case}");
                }
            }
        }
    }
}

#[test]
fn an_open_path_is_told_in_two_round_trips() {
    let facts = discover(Nat::firewall(EndpointIndependent), vec![Server::sound()]);
    assert_eq!(facts.kind, Some("open internet"));
    assert_eq!(facts.hairpinning.behavior, Hairpin::NotApplicable);
    assert!(facts.took_ms < 100.0, "{} ms", facts.took_ms);
}

#[test]
fn a_firewall_without_a_nat_is_one() {
    for (filtering, kind) in [
        (AddressDependent, "address-restricted UDP firewall"),
        (AddressAndPortDependent, "symmetric UDP firewall"),
    ] {
        let facts = discover(Nat::firewall(filtering), vec![Server::sound()]);
        assert_eq!((facts.kind, facts.nat), (Some(kind), Some(false)), "{facts:#?}");
        assert_eq!(facts.filtering.behavior, filtering);
    }
}

#[test]
fn hairpinning_is_seen_where_it_is_and_not_where_it_is_not() {
    for filtering in ALL {
        let works = discover(Nat::of(EndpointIndependent, filtering), vec![Server::sound()]);
        assert_eq!(works.hairpinning.behavior, Hairpin::Works, "{works:#?}");
        assert_eq!(works.hairpinning.source.map(|source| source.ip()), Some(OUTSIDE.parse().unwrap()));
        let nat = Nat { hairpins: false, ..Nat::of(EndpointIndependent, filtering) };
        let silent = discover(nat, vec![Server::sound()]);
        assert_eq!(silent.hairpinning.behavior, Hairpin::Silent);
        assert_eq!(silent.hairpinning.confidence, Some(Confidence::Medium));
    }
}

/// A server whose answers do not tell must lead to no verdict on the filter that is not the NAT's own.
#[test]
fn a_server_that_does_not_do_as_asked_leads_to_no_wrong_verdict() {
    use Habit::*;
    for habit in
        [IgnoresChange, DropsChange, RefusesChange, ChangesThePortAlone, MisstatesItsOrigin, OtherIsDead]
    {
        for mapping in ALL {
            for filtering in ALL {
                for nat in [Nat::of(mapping, filtering), Nat::firewall(filtering)] {
                    let facts = discover(nat.clone(), vec![Server::with(habit)]);
                    let got = facts.filtering.behavior;
                    // What a symmetric NAT keeps out cannot be told from what was never sent; nor need it be.
                    let unseen = nat.translates && mapping != EndpointIndependent;
                    let right =
                        got == Inconclusive || got == filtering || (unseen && got == AddressAndPortDependent);
                    assert!(right, "{habit:?} behind {nat:?}: {facts:#?}");
                    let sure = facts.filtering.confidence == Some(Confidence::High);
                    assert!(!sure || got == filtering, "{habit:?} behind {nat:?}: {facts:#?}");
                }
            }
        }
    }
}

#[test]
fn a_server_that_ignores_change_request_is_told_by_where_it_answers_from() {
    for filtering in ALL {
        let facts =
            discover(Nat::of(EndpointIndependent, filtering), vec![Server::with(Habit::IgnoresChange)]);
        assert_eq!(facts.filtering.behavior, Inconclusive);
        let reason = facts.filtering.reason.unwrap();
        assert!(reason.contains("asked to answer from 198.51.100.2:3479"), "{reason}");
        assert!(reason.contains("answered from 198.51.100.1:3478"), "{reason}");
        assert_eq!(facts.mapping.behavior, EndpointIndependent, "the mapping needs no CHANGE-REQUEST");
        assert_eq!(facts.kind, None);
    }
}

#[test]
fn a_server_that_is_silent_on_change_request_is_told_by_the_control() {
    let facts =
        discover(Nat::of(EndpointIndependent, EndpointIndependent), vec![Server::with(Habit::DropsChange)]);
    let reason = facts.filtering.reason.unwrap();
    assert!(reason.contains("even where nothing keeps that answer out"), "{reason}");
}

#[test]
fn an_other_address_that_is_dead_or_a_port_that_is_says_so() {
    let nat = Nat::of(EndpointIndependent, AddressAndPortDependent);
    let facts = discover(nat.clone(), vec![Server::with(Habit::OtherIsDead)]);
    assert_eq!(facts.servers[0].state, OtherAddress::Silent);
    assert_eq!(
        (facts.mapping.behavior, facts.filtering.behavior),
        (Inconclusive, Inconclusive),
        "{facts:#?}"
    );
    let facts = discover(nat, vec![Server::with(Habit::OtherPortIsDead)]);
    assert_eq!(facts.filtering.behavior, Inconclusive);
    assert!(facts.filtering.reason.unwrap().contains("whether the port counts too"));
}

#[test]
fn nothing_is_sent_to_an_address_that_a_server_has_no_business_to_name() {
    for named in
        ["127.0.0.1:80", "10.0.0.1:53", "224.0.0.1:99", "255.255.255.255:9", "198.51.100.1:3479", "0.0.0.0:5"]
    {
        let mut world = World::new(
            Nat::of(EndpointIndependent, AddressAndPortDependent),
            vec![Server::named(FIRST, Some(named))],
        );
        let facts = discover_in(&mut world);
        assert_eq!(facts.servers[0].state, OtherAddress::Unusable, "{named}");
        assert_eq!(facts.filtering.behavior, Inconclusive, "{named}");
        assert!(facts.filtering.reason.as_ref().is_some_and(|reason| reason.contains(named)), "{facts:#?}");
        let allowed: [IpAddr; 2] = [at(FIRST).ip(), OUTSIDE.parse().unwrap()];
        assert!(world.sent.iter().all(|(_, to)| allowed.contains(&to.ip())), "{named}: {:?}", world.sent);
        assert!(world.sent.iter().all(|(_, to)| *to != at(named)), "{named}");
    }
    for sees in ["127.0.0.1:80", "10.0.0.1:53", "224.0.0.1:99"] {
        let server = Server { sees: Some(at(sees)), ..Server::named(FIRST, None) };
        let mut world = World::new(Nat::of(EndpointIndependent, EndpointIndependent), vec![server]);
        let facts = discover_in(&mut world);
        assert!(world.sent.iter().all(|(_, to)| *to == at(FIRST)), "{sees}: {:?}", world.sent);
        assert_eq!((facts.nat, facts.hairpinning.behavior), (None, Hairpin::Inconclusive), "{facts:#?}");
        assert_eq!(facts.hints.len(), 1, "{facts:#?}");
    }
}

#[test]
fn the_filtering_sockets_write_to_nobody_but_the_server() {
    let mut world = World::new(Nat::of(EndpointIndependent, AddressAndPortDependent), vec![Server::sound()]);
    discover_in(&mut world);
    let fresh = &locals(HOST, 5)[3..];
    for (from, to) in world.sent.iter().filter(|(from, _)| fresh.contains(from)) {
        assert_eq!(*to, at(FIRST), "{from}");
    }
}

#[test]
fn two_plain_servers_tell_the_mapping_and_no_filtering() {
    for mapping in ALL {
        let servers = vec![Server::named(FIRST, None), Server::named("203.0.113.77:3478", None)];
        let facts = discover(Nat::of(mapping, AddressDependent), servers);
        let wanted = if mapping == EndpointIndependent { mapping } else { Behavior::DestinationDependent };
        assert_eq!(facts.mapping.behavior, wanted, "{facts:#?}");
        assert_eq!(facts.filtering.behavior, Inconclusive);
        assert!(facts.filtering.reason.unwrap().contains("no server of this run offers RFC 5780"));
    }
}

#[test]
fn a_server_that_cannot_tell_does_not_hide_one_that_can() {
    let servers = vec![
        Server::named("203.0.113.77:3478", Some("203.0.113.77:3479")),
        Server { addr: at("203.0.113.78:3478"), ..Server::with(Habit::IgnoresChange) },
        Server::sound(),
    ];
    let facts = discover(Nat::of(EndpointIndependent, AddressDependent), servers);
    assert_eq!(facts.kind, Some("restricted cone NAT"), "{facts:#?}");
}

#[test]
fn the_signs_of_a_carriers_nat_are_told() {
    let behind = |outside: &[&str]| {
        let outside = outside.iter().map(|ip| ip.parse().unwrap()).collect();
        discover(Nat { outside, ..Nat::of(EndpointIndependent, AddressDependent) }, vec![Server::sound()])
    };
    assert!(behind(&["100.64.3.4"]).hints[0].contains("NAT444"));
    let pooled = behind(&["203.0.113.1", "203.0.113.2"]);
    assert!(pooled.hints[0].contains("203.0.113.1, 203.0.113.2"), "{pooled:#?}");
    assert_eq!(pooled.mapping.behavior, EndpointIndependent);
}

#[test]
fn of_many_servers_those_are_asked_that_can_tell_most_and_the_others_are_named() {
    let plain = |last: u8, port: u16| Server::named(&format!("198.51.100.{last}:{port}"), None);
    let again = Server::named("198.51.100.40:3478", Some("198.51.100.40:3479"));
    let servers = vec![plain(10, 1), plain(10, 2), plain(20, 1), plain(30, 1), again, Server::sound()];
    let facts = discover(Nat::of(EndpointIndependent, AddressAndPortDependent), servers);
    let asked: Vec<SocketAddr> = facts.servers.iter().map(|server| server.addr).collect();
    // The one of RFC 5780, the one that offers it badly, and different addresses before different ports.
    assert_eq!(asked, [at(FIRST), at("198.51.100.40:3478"), at("198.51.100.10:1"), at("198.51.100.20:1")]);
    assert_eq!(facts.filtering.behavior, AddressAndPortDependent);
    let left_out: Vec<SocketAddr> = facts.left_out.iter().map(|server| server.addr).collect();
    assert_eq!(left_out, [at("198.51.100.30:1"), at("198.51.100.10:2")]);
}

#[test]
fn silence_everywhere_is_told_as_such() {
    let start = Instant::now();
    let locals = locals(HOST, Discovery::sockets(1));
    let mut discovery =
        Discovery::new(start, [7; 32], locals.clone(), &[Reflector { addr: at(FIRST), other_address: None }]);
    let mut world = World::new(Nat::of(EndpointIndependent, EndpointIndependent), vec![]);
    let end = world.run(start, &mut discovery, &locals);
    let facts = NatFacts::conclude(&discovery, end);
    assert_eq!(end - start, Duration::from_millis(1500));
    assert_eq!((facts.mapping.behavior, facts.filtering.behavior), (Inconclusive, Inconclusive));
    assert_eq!((facts.nat, facts.mapped, facts.kind), (None, None, None));
    assert!(facts.exchanges.iter().all(|exchange| exchange.sent == 3), "{facts:#?}");
}

fn lifetime(nat: Nat, response_port: bool, most: u64) -> LifetimeFacts {
    let server = Server { response_port, ..Server::sound() };
    let idle = idle_times(Duration::from_secs(most));
    let locals = locals(HOST, Lifetime::sockets(&idle));
    let start = Instant::now();
    let mut machine = Lifetime::new(start, [9; 32], locals.clone(), server.addr, idle);
    let end = World::new(nat, vec![server]).run(start, &mut machine, &locals);
    machine.facts(end)
}

#[test]
fn a_lifetime_is_told_between_two_idle_times() {
    for mapping in ALL {
        for (seconds, bounds) in [
            (3, (None, Some(5.0))),
            (31, (Some(30.0), Some(45.0))),
            (121, (Some(120.0), Some(180.0))),
            (400, (Some(300.0), None)),
        ] {
            for response_port in [true, false] {
                let nat = Nat {
                    lifetime: Duration::from_secs(seconds),
                    ..Nat::of(mapping, AddressAndPortDependent)
                };
                let facts = lifetime(nat, response_port, 300);
                assert_eq!((facts.at_least_s, facts.below_s), bounds, "{mapping:?} {seconds} s: {facts:#?}");
                assert_eq!(facts.method == "response-port", response_port);
                assert!(facts.took_ms < 302_000.0);
            }
        }
    }
}

#[test]
fn where_ports_are_kept_a_new_mapping_is_not_taken_for_the_old_one() {
    let nat = Nat {
        preserves: true,
        lifetime: Duration::from_secs(20),
        ..Nat::of(EndpointIndependent, AddressAndPortDependent)
    };
    let plain = lifetime(nat.clone(), false, 60);
    assert_eq!((plain.at_least_s, plain.below_s, plain.confidence), (None, None, None), "{plain:#?}");
    assert!(plain.reason.unwrap().contains("RESPONSE-PORT"));
    let knocked = lifetime(nat, true, 60);
    assert_eq!((knocked.at_least_s, knocked.below_s), (Some(15.0), Some(20.0)));
}

#[test]
fn the_longest_idle_time_is_the_one_asked_for() {
    let seconds =
        |most| idle_times(Duration::from_secs(most)).iter().map(Duration::as_secs).collect::<Vec<_>>();
    assert_eq!(seconds(10), [5, 10]);
    assert_eq!(seconds(12), [5, 10, 12]);
    assert_eq!(seconds(2), [2]);
    assert_eq!(seconds(600).len(), 13);
}

/// What ICE does, played out: both sides write to each other's reflexive address again and again, from the socket
/// that the server saw, and to wherever something came from.
#[test]
fn what_is_said_of_calls_is_what_two_simulated_sides_can_do() {
    for ours in ALL.into_iter().flat_map(|m| ALL.map(|f| (m, f))) {
        for theirs in ALL.into_iter().flat_map(|m| ALL.map(|f| (m, f))) {
            let side = |(mapping, filtering), host: &str, outside: &str| {
                let nat = Nat { outside: vec![outside.parse().unwrap()], ..Nat::of(mapping, filtering) };
                (World::new(nat, vec![]), at(host))
            };
            let mut sides =
                [side(ours, "10.0.0.1:5000", "203.0.113.1"), side(theirs, "10.9.9.9:5000", "203.0.113.2")];
            let now = Instant::now();
            let reflexive = sides.each_mut().map(|(world, host)| world.map(now, *host, at(FIRST)));
            let mut known = [BTreeSet::from([reflexive[1]]), BTreeSet::from([reflexive[0]])];
            let mut answered = false;
            for _ in 0..4 {
                for us in [0, 1] {
                    for to in known[us].clone() {
                        let host = sides[us].1;
                        let from = sides[us].0.map(now, host, to);
                        let them = &mut sides[1 - us].0;
                        if them.let_in(now, from, to, vec![]).is_none() {
                            continue;
                        }
                        known[1 - us].insert(from);
                        // The answer must come back from where the question went (RFC 8445 §7.2.5.2.1).
                        let their_host = sides[1 - us].1;
                        let back = sides[1 - us].0.map(now, their_host, from);
                        answered |= back == to && sides[us].0.let_in(now, back, from, vec![]).is_some();
                    }
                }
            }
            assert_eq!(answered, classic::direct(ours, theirs), "{ours:?} with {theirs:?}");
        }
    }
}
