//! What to ask a server about who relays should never send to, and what its answers mean. The ranges are those of
//! `turnserver`, where they are held against configurations as well.

use std::net::IpAddr;

use super::facts::{SecurityFacts, TriedPeer};
use crate::ice::address::AddressClass;
pub use crate::turnserver::{RANGES, Range};

/// The name under which the server's own address stands among the peers tried, where no relay has the same.
pub const SERVER: &str = "server";
/// The name of a relayed address, be it the server's own or not.
pub const RELAY: &str = "relay";

/// The addresses of a server, each with its name.
pub fn own(server: IpAddr, relays: &[IpAddr]) -> Vec<(&'static str, IpAddr)> {
    relays.iter().map(|relay| (RELAY, *relay)).chain([(SERVER, server)]).collect()
}

/// The address to try of a range: none of `taken`, which would be granted for other reasons.
fn address(range: &Range, taken: &[IpAddr]) -> Option<IpAddr> {
    range.addresses.iter().copied().find(|address| !taken.contains(address))
}

/// The peers to try on a relay of one family: an address a range, and the server's own addresses `own`, each with
/// its name, the first of several. `taken` are addresses that say nothing of their range.
pub fn peers(ipv6: bool, own: &[(&'static str, IpAddr)], taken: &[IpAddr]) -> Vec<(&'static str, IpAddr)> {
    let mut taken = taken.to_vec();
    taken.extend(own.iter().map(|(_, address)| *address));
    let of_ranges = RANGES.iter().filter_map(|range| Some((range.name, address(range, &taken)?)));
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
    let rest = |line: &&str| !line.starts_with("127.") && *line != "::-::1";
    let loopback = ["127.0.0.2-127.255.255.255", "::"];
    RANGES
        .iter()
        .flat_map(|range| range.denied.iter().copied())
        .filter(move |line| rest(line))
        .chain(loopback)
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
