//! Where a relay should never send: one address to try in each range, and the lines that deny it. One list for what is
//! asked of servers and for what is held against configurations.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

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
    pub addresses: &'static [IpAddr],
    /// For `denied-peer-ip=`.
    pub denied: &'static [&'static str],
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
    harmless("240.0.0.0/4", AddressClass::Reserved, &[v4(240, 0, 0, 1)], &["240.0.0.0-255.255.255.255"]),
    range(
        "255.255.255.255/32",
        AddressClass::Broadcast,
        &[v4(255, 255, 255, 255)],
        &["240.0.0.0-255.255.255.255"],
    ),
    // `::` alone denies every address of either family (coturn 4.6.1).
    range("::/128", AddressClass::Unspecified, &[v6([0; 8])], &["::-::1"]),
    range("::1/128", AddressClass::Loopback, &[v6([0, 0, 0, 0, 0, 0, 0, 1])], &["::-::1"]),
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

impl Range {
    /// What denies it, behind `denied-peer-ip=`.
    pub fn lines(&self) -> impl Iterator<Item = &'static str> {
        self.denied.iter().copied()
    }

    /// That of this name.
    pub fn named(name: &str) -> Option<&'static Range> {
        RANGES.iter().find(|range| range.name == name)
    }

    /// Whether the addresses are IPv6 ones.
    pub fn is_ipv6(&self) -> bool {
        self.addresses.first().is_some_and(IpAddr::is_ipv6)
    }
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
