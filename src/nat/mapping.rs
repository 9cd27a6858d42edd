//! Mapping behaviour (RFC 4787 §4.1, RFC 5780 §4.3): how one socket looks to several places.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use super::{Behavior, Conclusion};
use crate::ice::address::AddressClass;

/// How one socket was seen from one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sighting {
    /// Who saw it.
    pub(super) by: SocketAddr,
    /// As what.
    pub(super) mapped: SocketAddr,
}

/// Concludes from how one socket, bound to `local`, was seen. Who is asked makes no difference: the two addresses
/// of an RFC 5780 server and two plain servers tell the same, as far as they go.
pub(super) fn conclude(local: SocketAddr, seen: &[Sighting]) -> Conclusion {
    let places: BTreeSet<IpAddr> = seen.iter().map(|s| s.by.ip()).collect();
    let Some(first) = seen.first() else {
        return Conclusion::inconclusive("no server answered");
    };
    let by_port = pairs(seen).any(|(a, b)| a.by.ip() == b.by.ip() && a.mapped != b.mapped);
    if by_port {
        return Conclusion::certain(Behavior::AddressAndPortDependent);
    }
    if places.len() < 2 {
        if first.mapped == local {
            let reason = "only one address of a server was asked; nothing is translated on the way there";
            return Conclusion::likely(Behavior::EndpointIndependent, reason);
        }
        return Conclusion::inconclusive(
            "only one address of a server answered, and it takes two to compare: add a second server, \
             or one that offers RFC 5780",
        );
    }
    if seen.iter().all(|s| s.mapped == first.mapped) {
        return Conclusion::certain(Behavior::EndpointIndependent);
    }
    // One address with two ports, seen alike by both: it is the address that counts.
    let two_ports = pairs(seen).any(|(a, b)| a.by.ip() == b.by.ip() && a.by != b.by);
    if two_ports {
        return Conclusion::certain(Behavior::AddressDependent);
    }
    Conclusion {
        reason: Some(
            "each server sees another address; whether a second port of one server would too was not seen"
                .to_owned(),
        ),
        ..Conclusion::certain(Behavior::DestinationDependent)
    }
}

/// Whether a server can have seen what it says: a public server that claims to see a private address has a
/// translator before it that hides us (a container's port forwarder, say).
pub(super) fn believable(server: SocketAddr, local: SocketAddr, mapped: SocketAddr) -> bool {
    let far = matches!(AddressClass::of(server.ip()), AddressClass::Public | AddressClass::Documentation);
    let inner = matches!(
        AddressClass::of(mapped.ip()),
        AddressClass::Private | AddressClass::UniqueLocal | AddressClass::Loopback | AddressClass::LinkLocal
    );
    let nobody = matches!(
        AddressClass::of(mapped.ip()),
        AddressClass::Multicast | AddressClass::Broadcast | AddressClass::Unspecified
    );
    let family = mapped.is_ipv4() == local.is_ipv4();
    family && !nobody && mapped.port() != 0 && (mapped.ip() == local.ip() || !(far && inner))
}

fn pairs(seen: &[Sighting]) -> impl Iterator<Item = (&Sighting, &Sighting)> {
    seen.iter().enumerate().flat_map(|(at, a)| seen[at + 1..].iter().map(move |b| (a, b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(seen: &[(&str, &str)], wanted: Behavior) {
        let seen: Vec<Sighting> = seen
            .iter()
            .map(|(by, mapped)| Sighting { by: by.parse().unwrap(), mapped: mapped.parse().unwrap() })
            .collect();
        let got = conclude("192.168.1.2:5000".parse().unwrap(), &seen);
        assert_eq!(got.behavior, wanted, "{got:?}");
        assert_eq!(got.confidence.is_none(), wanted == Behavior::Inconclusive);
    }

    #[test]
    fn two_plain_servers_tell_whether_the_destination_matters() {
        check(&[("1.1.1.1:1", "9.9.9.9:7"), ("1.1.1.2:1", "9.9.9.9:7")], Behavior::EndpointIndependent);
        check(&[("1.1.1.1:1", "9.9.9.9:7"), ("1.1.1.2:1", "9.9.9.9:8")], Behavior::DestinationDependent);
        check(&[("1.1.1.1:1", "9.9.9.9:7"), ("1.1.1.2:1", "9.9.9.8:7")], Behavior::DestinationDependent);
    }

    #[test]
    fn two_ports_of_one_server_tell_address_from_port() {
        let a = ("1.1.1.1:1", "9.9.9.9:7");
        check(&[a, ("1.1.1.1:2", "9.9.9.9:8")], Behavior::AddressAndPortDependent);
        check(&[a, ("1.1.1.1:2", "9.9.9.9:7")], Behavior::Inconclusive);
        check(&[a, ("1.1.1.1:2", "9.9.9.9:7"), ("1.1.1.2:1", "9.9.9.9:9")], Behavior::AddressDependent);
        check(
            &[a, ("1.1.1.2:1", "9.9.9.9:8"), ("1.1.1.2:2", "9.9.9.9:9")],
            Behavior::AddressAndPortDependent,
        );
    }

    #[test]
    fn one_server_alone_tells_only_that_nothing_is_translated() {
        check(&[], Behavior::Inconclusive);
        check(&[("1.1.1.1:1", "9.9.9.9:7")], Behavior::Inconclusive);
        check(&[("1.1.1.1:1", "192.168.1.2:5000")], Behavior::EndpointIndependent);
    }

    #[test]
    fn a_public_server_that_sees_a_private_address_is_not_believed() {
        let local = "192.168.1.2:5000".parse().unwrap();
        let believed =
            |server: &str, mapped: &str| believable(server.parse().unwrap(), local, mapped.parse().unwrap());
        assert!(believed("1.1.1.1:1", "9.9.9.9:7"));
        assert!(believed("1.1.1.1:1", "100.64.0.1:7"), "a server inside the carrier's network");
        assert!(believed("1.1.1.1:1", "192.168.1.2:5000"), "routed, not translated");
        assert!(believed("10.0.0.1:1", "10.0.0.9:7"));
        assert!(!believed("1.1.1.1:1", "172.17.0.1:7"));
        assert!(!believed("1.1.1.1:1", "9.9.9.9:0"));
        assert!(!believed("1.1.1.1:1", "224.0.0.1:9"));
    }
}
