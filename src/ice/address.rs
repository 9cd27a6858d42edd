//! What kind of IP address this is, and whether the Internet can reach it.
//!
//! Follows the IANA special-purpose address registries (RFC 6890) as far as they matter to a TURN server's
//! relayed address and to a peer that a relay should refuse.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::Serialize;

/// The block of the address space that an address lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AddressClass {
    /// Routable on the Internet.
    Public,
    /// RFC 1918.
    Private,
    /// RFC 6598.
    SharedCgnat,
    /// 127.0.0.0/8 and `::1`.
    Loopback,
    /// 169.254.0.0/16 and fe80::/10.
    LinkLocal,
    /// fc00::/7.
    UniqueLocal,
    /// RFC 5737, RFC 3849, RFC 9637.
    Documentation,
    /// 224.0.0.0/4 and ff00::/8.
    Multicast,
    /// 255.255.255.255.
    Broadcast,
    /// `0.0.0.0` and `::`.
    Unspecified,
    /// 198.18.0.0/15 and 2001:2::/48.
    Benchmark,
    /// ::ffff:0:0/96.
    V4Mapped,
    /// 2002::/16.
    SixToFour,
    /// 64:ff9b::/96 and 64:ff9b:1::/48.
    Nat64,
    /// Set aside for something else, or for nothing yet.
    Reserved,
}

impl AddressClass {
    /// The class of `address`. An IPv4 address inside an IPv6 one does not count: the outer form is what a
    /// router sees.
    pub fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => of_v4(address),
            IpAddr::V6(address) => of_v6(address),
        }
    }

    /// Whether a host elsewhere on the Internet can send to such an address. 6to4 and NAT64 addresses do
    /// not count: whether they lead anywhere depends on a gateway near the sender.
    pub fn is_routable(self) -> bool {
        self == AddressClass::Public
    }

    /// What it is, in words, with the RFC.
    pub fn phrase(self) -> &'static str {
        match self {
            AddressClass::Public => "a public address",
            AddressClass::Private => "a private address (RFC 1918)",
            AddressClass::SharedCgnat => "a carrier-grade NAT's shared address (RFC 6598)",
            AddressClass::Loopback => "a loopback address (RFC 1122, RFC 4291)",
            AddressClass::LinkLocal => "a link-local address (RFC 3927, RFC 4291)",
            AddressClass::UniqueLocal => "a unique local address (RFC 4193)",
            AddressClass::Documentation => "an address for documentation (RFC 5737, RFC 3849, RFC 9637)",
            AddressClass::Multicast => "a multicast address (RFC 5771, RFC 4291)",
            AddressClass::Broadcast => "the broadcast address (RFC 919)",
            AddressClass::Unspecified => "the unspecified address (RFC 1122, RFC 4291)",
            AddressClass::Benchmark => "an address for benchmarks (RFC 2544, RFC 5180)",
            AddressClass::V4Mapped => "an IPv4-mapped IPv6 address (RFC 4291)",
            AddressClass::SixToFour => "a 6to4 address (RFC 3056)",
            AddressClass::Nat64 => "a NAT64 address (RFC 6052, RFC 8215)",
            AddressClass::Reserved => "a reserved address (RFC 6890)",
        }
    }

    /// The kebab-case name that JSON has.
    pub fn name(self) -> &'static str {
        match self {
            AddressClass::Public => "public",
            AddressClass::Private => "private",
            AddressClass::SharedCgnat => "shared-cgnat",
            AddressClass::Loopback => "loopback",
            AddressClass::LinkLocal => "link-local",
            AddressClass::UniqueLocal => "unique-local",
            AddressClass::Documentation => "documentation",
            AddressClass::Multicast => "multicast",
            AddressClass::Broadcast => "broadcast",
            AddressClass::Unspecified => "unspecified",
            AddressClass::Benchmark => "benchmark",
            AddressClass::V4Mapped => "v4-mapped",
            AddressClass::SixToFour => "six-to-four",
            AddressClass::Nat64 => "nat64",
            AddressClass::Reserved => "reserved",
        }
    }
}

impl fmt::Display for AddressClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.phrase())
    }
}

fn of_v4(address: Ipv4Addr) -> AddressClass {
    match address.octets() {
        [0, 0, 0, 0] => AddressClass::Unspecified,
        [255, 255, 255, 255] => AddressClass::Broadcast,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => AddressClass::Private,
        [100, 64..=127, ..] => AddressClass::SharedCgnat,
        [127, ..] => AddressClass::Loopback,
        [169, 254, ..] => AddressClass::LinkLocal,
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => AddressClass::Documentation,
        [198, 18..=19, ..] => AddressClass::Benchmark,
        // The anycast addresses of PCP (RFC 7723) and TURN (RFC 8155) are global, unlike their block.
        [192, 0, 0, 9..=10] => AddressClass::Public,
        [0, ..] | [192, 0, 0, _] | [192, 88, 99, _] | [240..=255, ..] => AddressClass::Reserved,
        [224..=239, ..] => AddressClass::Multicast,
        _ => AddressClass::Public,
    }
}

fn of_v6(address: Ipv6Addr) -> AddressClass {
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => AddressClass::Unspecified,
        [0, 0, 0, 0, 0, 0, 0, 1] => AddressClass::Loopback,
        [0, 0, 0, 0, 0, 0xffff, ..] => AddressClass::V4Mapped,
        [0x64, 0xff9b, 0, 0, 0, 0, ..] | [0x64, 0xff9b, 1, ..] => AddressClass::Nat64,
        [0xfc00..=0xfdff, ..] => AddressClass::UniqueLocal,
        [0xfe80..=0xfebf, ..] => AddressClass::LinkLocal,
        [0xff00..=0xffff, ..] => AddressClass::Multicast,
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => AddressClass::Documentation,
        [0x2001, 2, 0, ..] => AddressClass::Benchmark,
        [0x2001, 0..=0x1ff, ..] => AddressClass::Reserved,
        [0x2002, ..] => AddressClass::SixToFour,
        // Only 2000::/3 has been given out as global unicast (RFC 4291 §2.4).
        [0x2000..=0x3fff, ..] => AddressClass::Public,
        _ => AddressClass::Reserved,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(class: AddressClass, addresses: &[&str]) {
        for address in addresses {
            assert_eq!(AddressClass::of(address.parse().unwrap()), class, "{address}");
        }
    }

    #[test]
    fn knows_the_edges_of_every_block() {
        check(
            AddressClass::Public,
            &[
                "1.1.1.1",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.0",
                "169.253.255.255",
                "169.255.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "192.0.0.9",
                "192.0.0.10",
                "192.0.1.0",
                "192.0.3.0",
                "192.88.98.255",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "198.51.99.255",
                "198.51.101.0",
                "203.0.112.255",
                "203.0.114.0",
                "223.255.255.255",
                "2000::1",
                "2001:200::",
                "2001:db7::1",
                "2001:db9::1",
                "2003::1",
                "2606:4700::1",
                "3ffe::1",
                "3fff:1000::1",
            ],
        );
        check(
            AddressClass::Private,
            &["10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.0", "192.168.255.255"],
        );
        check(AddressClass::SharedCgnat, &["100.64.0.0", "100.127.255.255"]);
        check(AddressClass::Loopback, &["127.0.0.1", "127.255.255.255", "::1"]);
        check(AddressClass::LinkLocal, &["169.254.169.254", "fe80::1", "febf::1"]);
        check(AddressClass::UniqueLocal, &["fc00::1", "fdff::1"]);
        check(
            AddressClass::Documentation,
            &["192.0.2.0", "198.51.100.255", "203.0.113.7", "2001:db8::1", "3fff::1", "3fff:fff::1"],
        );
        check(AddressClass::Multicast, &["224.0.0.1", "239.255.255.255", "ff02::1"]);
        check(AddressClass::Broadcast, &["255.255.255.255"]);
        check(AddressClass::Unspecified, &["0.0.0.0", "::"]);
        check(AddressClass::Benchmark, &["198.18.0.0", "198.19.255.255", "2001:2::1"]);
        check(AddressClass::V4Mapped, &["::ffff:127.0.0.1", "::ffff:8.8.8.8"]);
        check(AddressClass::SixToFour, &["2002:c000:201::1"]);
        check(AddressClass::Nat64, &["64:ff9b::c000:201", "64:ff9b:1::1"]);
        check(
            AddressClass::Reserved,
            &[
                "0.0.0.1",
                "192.0.0.8",
                "192.0.0.11",
                "192.88.99.1",
                "240.0.0.1",
                "255.255.255.254",
                "::2",
                "100::1",
                "2001::1",
                "2001:20::1",
                "2001:1ff::1",
                "4000::1",
                "fec0::1",
            ],
        );
    }

    #[test]
    fn json_has_the_same_name() {
        for class in [AddressClass::SharedCgnat, AddressClass::V4Mapped, AddressClass::Nat64] {
            assert_eq!(serde_json::to_value(class).unwrap(), class.name());
        }
        assert_eq!(AddressClass::Private.to_string(), "a private address (RFC 1918)");
    }
}
