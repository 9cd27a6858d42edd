//! Where a relay should never send: one address to try in each range, and the lines that deny it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::facts::{SecurityFacts, TriedPeer};
use crate::ice::address::AddressClass;

/// A range of peers that strangers have no business with.
#[derive(Debug, Clone, Copy)]
pub struct Range {
    /// As people write it.
    pub name: &'static str,
    /// What to call it.
    pub class: AddressClass,
    /// Whether somebody can do harm there. The others are of no use to anybody, and none either.
    pub harmful: bool,
    /// What is tried, and what instead where that is an address of ours or of the server.
    addresses: &'static [IpAddr],
    /// For `denied-peer-ip=`.
    denied: &'static [&'static str],
}

/// Every range, in the order in which they are tried and listed.
///
/// The addresses are those that an attacker would try first: the cloud's metadata services (169.254.169.254,
/// 100.100.100.200, 192.0.0.192, fd00:ec2::254), Docker's host, the first router of a network.
pub const RANGES: [Range; 21] = [
    range("0.0.0.0/8", AddressClass::Unspecified, &[v4(0, 0, 0, 0)], &["0.0.0.0-0.255.255.255"]),
    range(
        "127.0.0.0/8",
        AddressClass::Loopback,
        &[v4(127, 0, 0, 1), v4(127, 0, 0, 2)],
        &["127.0.0.0-127.255.255.255"],
    ),
    range(
        "10.0.0.0/8",
        AddressClass::Private,
        &[v4(10, 0, 0, 1), v4(10, 0, 0, 2), v4(10, 0, 0, 3)],
        &["10.0.0.0-10.255.255.255"],
    ),
    range(
        "172.16.0.0/12",
        AddressClass::Private,
        &[v4(172, 17, 0, 1), v4(172, 17, 0, 2), v4(172, 17, 0, 3)],
        &["172.16.0.0-172.31.255.255"],
    ),
    range(
        "192.168.0.0/16",
        AddressClass::Private,
        &[v4(192, 168, 1, 1), v4(192, 168, 1, 2), v4(192, 168, 1, 3)],
        &["192.168.0.0-192.168.255.255"],
    ),
    range(
        "100.64.0.0/10",
        AddressClass::SharedCgnat,
        &[v4(100, 100, 100, 200), v4(100, 64, 0, 1), v4(100, 64, 0, 2)],
        &["100.64.0.0-100.127.255.255"],
    ),
    range(
        "169.254.0.0/16",
        AddressClass::LinkLocal,
        &[v4(169, 254, 169, 254)],
        &["169.254.0.0-169.254.255.255"],
    ),
    harmless("192.0.0.0/24", AddressClass::Reserved, &[v4(192, 0, 0, 192)], &["192.0.0.0-192.0.0.255"]),
    harmless("198.18.0.0/15", AddressClass::Benchmark, &[v4(198, 18, 0, 1)], &["198.18.0.0-198.19.255.255"]),
    range("224.0.0.0/4", AddressClass::Multicast, &[v4(224, 0, 0, 1)], &["224.0.0.0-239.255.255.255"]),
    harmless("240.0.0.0/4", AddressClass::Reserved, &[v4(240, 0, 0, 1)], &["240.0.0.0-255.255.255.254"]),
    range("255.255.255.255/32", AddressClass::Broadcast, &[v4(255, 255, 255, 255)], &["255.255.255.255"]),
    range("::/128", AddressClass::Unspecified, &[v6([0; 8])], &["::"]),
    range("::1/128", AddressClass::Loopback, &[v6([0, 0, 0, 0, 0, 0, 0, 1])], &["::1"]),
    // The loopback behind the mapping, and a network: a server may know the one and not the other.
    range(
        "::ffff:127.0.0.0/104",
        AddressClass::V4Mapped,
        &[v6([0, 0, 0, 0, 0, 0xffff, 0x7f00, 1])],
        &["::ffff:0.0.0.0-::ffff:255.255.255.255"],
    ),
    range(
        "::ffff:10.0.0.0/104",
        AddressClass::V4Mapped,
        &[v6([0, 0, 0, 0, 0, 0xffff, 0x0a00, 1])],
        &["::ffff:0.0.0.0-::ffff:255.255.255.255"],
    ),
    // Public addresses behind the prefix are peers like others where the server has IPv6 alone.
    range(
        "64:ff9b::10.0.0.0/104",
        AddressClass::Nat64,
        &[v6([0x64, 0xff9b, 0, 0, 0, 0, 0x0a00, 1])],
        &[
            "64:ff9b::10.0.0.0-64:ff9b::10.255.255.255",
            "64:ff9b::100.64.0.0-64:ff9b::100.127.255.255",
            "64:ff9b::127.0.0.0-64:ff9b::127.255.255.255",
            "64:ff9b::169.254.0.0-64:ff9b::169.254.255.255",
            "64:ff9b::172.16.0.0-64:ff9b::172.31.255.255",
            "64:ff9b::192.168.0.0-64:ff9b::192.168.255.255",
        ],
    ),
    // 6to4 with a private address inside. Its public relays are gone (RFC 7526), so that all of it may go.
    range(
        "2002:a00::/24",
        AddressClass::SixToFour,
        &[v6([0x2002, 0x0a00, 1, 0, 0, 0, 0, 1])],
        &["2002::-2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    ),
    range(
        "fc00::/7",
        AddressClass::UniqueLocal,
        &[v6([0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x254])],
        &["fc00::-fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    ),
    range(
        "fe80::/10",
        AddressClass::LinkLocal,
        &[v6([0xfe80, 0, 0, 0, 0, 0, 0, 1]), v6([0xfe80, 0, 0, 0, 0, 0, 0, 2])],
        &["fe80::-febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    ),
    range(
        "ff00::/8",
        AddressClass::Multicast,
        &[v6([0xff02, 0, 0, 0, 0, 0, 0, 1])],
        &["ff00::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    ),
];

/// The name under which the server's own address stands among the peers tried, where no relay has the same.
pub const SERVER: &str = "server";
/// The name of a relayed address, be it the server's own or not.
pub const RELAY: &str = "relay";

/// The addresses of a server, each with its name.
pub fn own(server: IpAddr, relays: &[IpAddr]) -> Vec<(&'static str, IpAddr)> {
    relays.iter().map(|relay| (RELAY, *relay)).chain([(SERVER, server)]).collect()
}

impl Range {
    /// The address to try: none of `taken`, which would be granted for other reasons.
    fn address(&self, taken: &[IpAddr]) -> Option<IpAddr> {
        self.addresses.iter().copied().find(|address| !taken.contains(address))
    }

    /// What denies it, behind `denied-peer-ip=`.
    pub fn lines(&self) -> impl Iterator<Item = &'static str> {
        self.denied.iter().copied()
    }

    /// That of this name.
    pub fn named(name: &str) -> Option<&'static Range> {
        RANGES.iter().find(|range| range.name == name)
    }
}

/// The peers to try on a relay of one family: an address a range, and the server's own addresses `own`, each with
/// its name, the first of several. `taken` are addresses that say nothing of their range.
pub fn peers(ipv6: bool, own: &[(&'static str, IpAddr)], taken: &[IpAddr]) -> Vec<(&'static str, IpAddr)> {
    let mut taken = taken.to_vec();
    taken.extend(own.iter().map(|(_, address)| *address));
    let of_ranges = RANGES.iter().filter_map(|range| Some((range.name, range.address(&taken)?)));
    let mut peers: Vec<(&str, IpAddr)> = of_ranges.filter(|(_, address)| address.is_ipv6() == ipv6).collect();
    for (name, address) in own.iter().filter(|(_, address)| address.is_ipv6() == ipv6) {
        if !peers.iter().any(|(_, known)| known == address) {
            peers.push((name, *address));
        }
    }
    peers
}

/// What an operator should make of a granted peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concern {
    /// To be denied.
    Open,
    /// The server's own network: its clients may live there.
    Own,
    /// Of no use, and no harm.
    Harmless,
    /// The server's own address, where its relays have another: nobody's relayed packets need to go there.
    Server,
    /// The address of its relays, which calls between two relayed users need.
    Itself,
}

/// What one of the peers tried is to a server at `server`.
pub fn concern(peer: &TriedPeer, seen: &SecurityFacts, server: IpAddr) -> Concern {
    let Some(range) = Range::named(peer.range) else { return own_concern(peer.address, seen) };
    if !range.harmful {
        return Concern::Harmless;
    }
    match own_network(range.class, AddressClass::of(server)) {
        true => Concern::Own,
        false => Concern::Open,
    }
}

/// Whether peers of this class are neighbours of a server of that one.
fn own_network(peer: AddressClass, server: AddressClass) -> bool {
    use AddressClass::{LinkLocal, Loopback, Private, SharedCgnat, UniqueLocal};
    match server {
        // A company's network has both.
        Private | UniqueLocal => matches!(peer, Private | UniqueLocal),
        SharedCgnat | LinkLocal | Loopback => peer == server,
        _ => false,
    }
}

/// As [`concern`], of an address of the server. A relay of another kind than the server says that its address is told
/// wrongly (no `external-ip`): the right one may be this.
fn own_concern(address: IpAddr, seen: &SecurityFacts) -> Concern {
    let relays: Vec<IpAddr> =
        seen.peers.iter().filter(|peer| peer.range == RELAY).map(|peer| peer.address).collect();
    let alike = relays.iter().any(|relay| AddressClass::of(*relay) == AddressClass::of(address));
    match alike && !relays.contains(&address) {
        true => Concern::Server,
        false => Concern::Itself,
    }
}

/// As [`concern`], of an address that the user named.
pub fn concern_of_named(address: IpAddr, seen: &SecurityFacts, server: IpAddr) -> Concern {
    use AddressClass::{Benchmark, Documentation, Public, Reserved};
    let class = AddressClass::of(address);
    match class {
        _ if address == server => own_concern(address, seen),
        Public | Documentation | Reserved | Benchmark => Concern::Harmless,
        _ if own_network(class, AddressClass::of(server)) => Concern::Own,
        _ => Concern::Open,
    }
}

/// The ranges to deny, as coturn takes them behind `denied-peer-ip=`: of those where a peer was granted, without
/// the server's own network, and without any that holds an address of the server itself; of these, the one that no
/// relay has.
pub fn lines(facts: &SecurityFacts, server: IpAddr) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut push = |line: String| {
        if !lines.contains(&line) {
            lines.push(line);
        }
    };
    let own: Vec<IpAddr> = facts.peers.iter().filter(|peer| is_own(peer)).map(|peer| peer.address).collect();
    for peer in facts.peers.iter().filter(|peer| peer.state == "granted") {
        let concern = concern(peer, facts, server);
        if concern == Concern::Server {
            push(peer.address.to_string());
        }
        let Some(range) = Range::named(peer.range) else { continue };
        let holds_own = own.iter().any(|own| holds(range, *own));
        if holds_own || concern == Concern::Own {
            continue;
        }
        range.denied.iter().for_each(|line| push((*line).to_owned()));
    }
    lines
}

/// Whether it is an address of the server.
pub fn is_own(peer: &TriedPeer) -> bool {
    peer.range == SERVER || peer.range == RELAY
}

/// Whether one of the lines that deny a range has `address`.
fn holds(range: &Range, address: IpAddr) -> bool {
    range.denied.iter().any(|line| {
        let (first, last) = line.split_once('-').unwrap_or((line, line));
        match (first.parse::<IpAddr>(), last.parse::<IpAddr>()) {
            (Ok(first), Ok(last)) => {
                first.is_ipv4() == address.is_ipv4() && (first..=last).contains(&address)
            }
            _ => false,
        }
    })
}

/// Everything that the embedded server denies: all of it but its own address.
pub fn embedded_denials() -> impl Iterator<Item = &'static str> {
    let rest = |line: &&str| !line.starts_with("127.") && *line != "::1";
    let loopback = ["127.0.0.2-127.255.255.255"];
    RANGES
        .iter()
        .flat_map(|range| range.denied.iter().copied())
        .filter(move |line| rest(line))
        .chain(loopback)
}

const fn v4(a: u8, b: u8, c: u8, d: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(a, b, c, d))
}

const fn v6(s: [u16; 8]) -> IpAddr {
    IpAddr::V6(Ipv6Addr::new(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7]))
}

const fn range(
    name: &'static str,
    class: AddressClass,
    addresses: &'static [IpAddr],
    denied: &'static [&'static str],
) -> Range {
    Range { name, class, harmful: true, addresses, denied }
}

const fn harmless(
    name: &'static str,
    class: AddressClass,
    addresses: &'static [IpAddr],
    denied: &'static [&'static str],
) -> Range {
    Range { name, class, harmful: false, addresses, denied }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::PeerRange;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn granted(peers: &[(&'static str, IpAddr)]) -> SecurityFacts {
        let granted = |(range, address): &(&'static str, IpAddr)| TriedPeer {
            state: "granted",
            ..TriedPeer::new(range, *address)
        };
        SecurityFacts { peers: peers.iter().map(granted).collect(), ..SecurityFacts::default() }
    }

    #[test]
    fn every_address_is_of_its_range_and_inside_what_the_lines_deny() {
        for range in RANGES {
            for address in range.addresses {
                assert_eq!(AddressClass::of(*address), range.class, "{}: {address}", range.name);
                assert!(holds(&range, *address), "{}: {address}", range.name);
            }
            for line in range.denied {
                assert!(line.parse::<PeerRange>().is_ok(), "{line}");
            }
        }
    }

    #[test]
    fn the_ranges_that_an_operator_must_deny_are_all_there() {
        for wanted in
            ["169.254.169.254", "127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::1", "0.0.0.0"]
        {
            assert!(RANGES.iter().any(|range| range.addresses[0] == ip(wanted)), "{wanted}");
        }
    }

    #[test]
    fn an_address_of_the_server_or_of_ours_is_not_tried_for_its_range() {
        let own = own(ip("10.0.0.1"), &[ip("10.0.0.1")]);
        let tried = peers(false, &own, &[ip("192.168.1.1")]);
        assert!(tried.contains(&("10.0.0.0/8", ip("10.0.0.2"))));
        assert!(tried.contains(&("192.168.0.0/16", ip("192.168.1.2"))));
        let itself: Vec<_> = tried.iter().filter(|(_, address)| *address == ip("10.0.0.1")).collect();
        assert_eq!(itself, [&(RELAY, ip("10.0.0.1"))]);
        assert!(peers(true, &[(RELAY, ip("::1"))], &[]).iter().all(|(range, _)| *range != "::1/128"));
    }

    #[test]
    fn the_lines_leave_out_the_servers_own_address_and_network() {
        let public = [("10.0.0.0/8", ip("10.0.0.1")), (RELAY, ip("198.51.100.1"))];
        assert_eq!(lines(&granted(&public), ip("198.51.100.1")), ["10.0.0.0-10.255.255.255"]);
        // Behind a NAT, with a relay in the very range: denying it would cut relayed users off each other.
        let relay = [("10.0.0.0/8", ip("10.0.0.1")), (RELAY, ip("10.9.9.9"))];
        assert!(lines(&granted(&relay), ip("198.51.100.1")).is_empty());
        let company = [("10.0.0.0/8", ip("10.0.0.1")), ("169.254.0.0/16", ip("169.254.169.254"))];
        assert_eq!(lines(&granted(&company), ip("192.168.7.1")), ["169.254.0.0-169.254.255.255"]);
    }

    #[test]
    fn a_range_with_two_addresses_is_denied_by_one_line() {
        let mapped = [
            ("::ffff:127.0.0.0/104", ip("::ffff:127.0.0.1")),
            ("::ffff:10.0.0.0/104", ip("::ffff:10.0.0.1")),
        ];
        let denied = lines(&granted(&mapped), ip("2001:db8::1"));
        assert_eq!(denied, ["::ffff:0.0.0.0-::ffff:255.255.255.255"]);
    }

    #[test]
    fn private_peers_of_a_private_server_may_be_wanted_and_metadata_never() {
        let private = TriedPeer::new("10.0.0.0/8", ip("10.0.0.1"));
        let metadata = TriedPeer::new("169.254.0.0/16", ip("169.254.169.254"));
        let none = SecurityFacts::default();
        assert_eq!(concern(&private, &none, ip("192.168.7.1")), Concern::Own);
        assert_eq!(concern(&private, &none, ip("198.51.100.1")), Concern::Open);
        assert_eq!(concern(&metadata, &none, ip("192.168.7.1")), Concern::Open);
    }

    #[test]
    fn the_servers_own_address_is_to_be_denied_where_its_relays_have_another_of_the_kind() {
        let server = ip("198.51.100.1");
        let tried = |relays: &[IpAddr]| {
            let seen = granted(&peers(false, &own(server, relays), &[])[12..]);
            let last = seen.peers.last().unwrap();
            (last.range, last.address, concern(last, &seen, server), lines(&seen, server))
        };
        let denied = vec!["198.51.100.1".to_owned()];
        assert_eq!(tried(&[ip("198.51.100.2")]), (SERVER, server, Concern::Server, denied));
        assert_eq!(tried(&[server]), (RELAY, server, Concern::Itself, vec![]));
        assert_eq!(tried(&[ip("198.51.100.2"), server]), (RELAY, server, Concern::Itself, vec![]));
        // Without `external-ip`: once it is set, relays are there.
        assert_eq!(tried(&[ip("10.0.0.9")]), (SERVER, server, Concern::Itself, vec![]));
        // Its relays are of the other family.
        assert!(peers(true, &own(server, &[ip("2001:db8::1")]), &[]).iter().all(|(name, _)| *name != SERVER));
    }
}
