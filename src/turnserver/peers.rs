//! What `denied-peer-ip` covers, and what it should.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Conf, RANGES, Range};
use crate::ice::address::AddressClass;

/// What a relay of this server should not reach, without what coturn refuses by itself: loopback and the unspecified
/// addresses. Of IPv6 nothing, if it relays over IPv4 alone.
fn wanted(conf: &Conf) -> impl Iterator<Item = &'static Range> {
    let ipv4_alone = relays_over_ipv4_alone(conf);
    let by_itself = |range: &Range| matches!(range.class, AddressClass::Loopback | AddressClass::Unspecified);
    RANGES.iter().filter(move |range| range.harmful && !by_itself(range) && !(ipv4_alone && range.is_ipv6()))
}

/// coturn relays from `relay-ip`, else from where it listens, else from every address of its machine.
fn relays_over_ipv4_alone(conf: &Conf) -> bool {
    let relays = ["relay-ip", "listening-ip"].into_iter().find(|name| conf.last(name).is_some());
    relays.is_some_and(|name| {
        let addresses = conf.addresses(name);
        addresses.len() == conf.all(name).count() && addresses.iter().all(IpAddr::is_ipv4)
    })
}

/// The lines that deny them, to be pasted, each once.
pub(super) fn lines(ranges: &[&Range]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in ranges.iter().flat_map(|range| range.lines()) {
        let line = format!("denied-peer-ip={line}");
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.join("\n")
}

/// The ranges that the file does not deny as a whole, whether or not it denies any.
pub(super) fn open(conf: &Conf) -> Vec<&'static Range> {
    let values = conf.all("denied-peer-ip").map(|(_, setting)| conf.text(&setting.value));
    let mut denied: Vec<(IpAddr, IpAddr)> = values.flat_map(covered).collect();
    if conf.is_on("no-multicast-peers") {
        let multicast = RANGES.iter().filter(|range| range.class == AddressClass::Multicast);
        denied.extend(multicast.flat_map(Range::lines).flat_map(covered));
    }
    denied.sort_unstable();
    // By what the range is called: a line to paste may hold more.
    let covers = |range: &Range| {
        let Some((first, last)) = from_prefix(range.name) else { return false };
        let mut next = Some(first);
        for (from, to) in &denied {
            if let Some(at) = next
                && from.is_ipv4() == first.is_ipv4()
                && (*from..=*to).contains(&at)
            {
                next = after(*to);
            }
        }
        next.is_none_or(|next| next > last)
    };
    wanted(conf).filter(|range| !covers(range)).collect()
}

/// The address behind this one; `None` behind the last.
fn after(address: IpAddr) -> Option<IpAddr> {
    match address {
        IpAddr::V4(address) => Some(Ipv4Addr::from_bits(address.to_bits().checked_add(1)?).into()),
        IpAddr::V6(address) => Some(Ipv6Addr::from_bits(address.to_bits().checked_add(1)?).into()),
    }
}

const ALL_V4: (IpAddr, IpAddr) = (IpAddr::V4(Ipv4Addr::UNSPECIFIED), IpAddr::V4(Ipv4Addr::BROADCAST));
const ALL_V6: (IpAddr, IpAddr) =
    (IpAddr::V6(Ipv6Addr::UNSPECIFIED), IpAddr::V6(Ipv6Addr::from_bits(u128::MAX)));

/// What coturn takes a value for. An unspecified address means no end: one alone is every address of both families
/// (tried on 4.6.1). A range whose ends are the wrong way round is none.
pub(super) fn covered(value: &str) -> Vec<(IpAddr, IpAddr)> {
    match ends(value) {
        Some((first, last)) if first.is_unspecified() && last.is_unspecified() => vec![ALL_V4, ALL_V6],
        Some((first, last)) if first.is_ipv4() != last.is_ipv4() => Vec::new(),
        Some((first, last)) if first <= last => vec![(first, last)],
        _ => Vec::new(),
    }
}

/// The ends of a range that run the wrong way.
pub(super) fn reversed(value: &str) -> Option<(IpAddr, IpAddr)> {
    ends(value)
        .filter(|(first, last)| first.is_ipv4() == last.is_ipv4() && first > last && !last.is_unspecified())
}

/// How much of the public internet is in a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Every IPv4 or every IPv6 address of it.
    All,
    /// A quarter of all IPv4 addresses and more, which no operator has.
    Much,
}

/// Whether a value reaches far beyond private and special networks.
pub(super) fn reach(value: &str) -> Option<Reach> {
    let of = |(first, last): &(IpAddr, IpAddr)| match (first, last) {
        (IpAddr::V4(first), IpAddr::V4(last)) => {
            let all = *first <= Ipv4Addr::new(1, 0, 0, 0) && *last >= Ipv4Addr::new(223, 255, 255, 255);
            let much = last.to_bits() - first.to_bits() >= 1 << 30;
            if all { Some(Reach::All) } else { much.then_some(Reach::Much) }
        }
        (IpAddr::V6(first), IpAddr::V6(last)) => {
            // Global unicast is 2000::/3.
            let (from, to) = (first.segments()[0], last.segments()[0]);
            (from <= 0x2000 && to >= 0x3fff).then_some(Reach::All)
        }
        _ => None,
    };
    covered(value).iter().find_map(of)
}

/// Whether coturn can read the value: addresses, or names that it resolves.
pub(super) fn is_range(value: &str) -> bool {
    // coturn cuts at the first `-`, so a name that has one is none to it.
    let name = value.contains('.')
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
        && value.bytes().any(|byte| byte.is_ascii_alphabetic());
    ends(value).is_some() || name
}

/// The ends of the range that a prefix such as 10.0.0.0/8 stands for.
pub(super) fn from_prefix(value: &str) -> Option<(IpAddr, IpAddr)> {
    let (address, length) = value.split_once('/')?;
    let length: u32 = length.trim().parse().ok()?;
    match address.trim().parse().ok()? {
        IpAddr::V4(address) if length <= 32 => {
            let mask = u32::MAX.checked_shr(length).unwrap_or(0);
            let bits = address.to_bits();
            Some((Ipv4Addr::from_bits(bits & !mask).into(), Ipv4Addr::from_bits(bits | mask).into()))
        }
        IpAddr::V6(address) if length <= 128 => {
            let mask = u128::MAX.checked_shr(length).unwrap_or(0);
            let bits = address.to_bits();
            Some((Ipv6Addr::from_bits(bits & !mask).into(), Ipv6Addr::from_bits(bits | mask).into()))
        }
        _ => None,
    }
}

fn ends(value: &str) -> Option<(IpAddr, IpAddr)> {
    let (first, last) = value.split_once('-').unwrap_or((value, value));
    Some((first.trim().parse().ok()?, last.trim().parse().ok()?))
}

#[cfg(test)]
pub(super) const GOOD: &str = "listening-ip=198.51.100.1\nno-multicast-peers
denied-peer-ip=10.0.0.0-10.127.255.255\ndenied-peer-ip=10.128.0.0-10.255.255.255
denied-peer-ip=172.16.0.0-172.31.255.255\ndenied-peer-ip=192.168.0.0-192.168.255.255
denied-peer-ip=169.254.0.0-169.254.255.255\ndenied-peer-ip=100.64.0.0-100.127.255.255
denied-peer-ip=255.255.255.255\n";

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<&'static str> {
        open(&Conf::from_text(text)).iter().map(|range| range.name).collect()
    }

    #[test]
    fn ranges_that_touch_cover_together() {
        assert_eq!(names(GOOD), [""; 0]);
        assert_eq!(names(&GOOD.replace("10.128.0.0", "10.128.0.1")), ["10.0.0.0/8"]);
        assert_eq!(names(&GOOD.replace("no-multicast-peers", "")), ["224.0.0.0/4"]);
    }

    #[test]
    fn the_lines_to_paste_leave_nothing_open() {
        for conf in
            ["realm=a\n", "listening-ip=198.51.100.1\n", "listening-ip=198.51.100.1\nrelay-ip=2001:db8::1\n"]
        {
            let first = open(&Conf::from_text(conf));
            assert!(first.len() > 6, "{conf}");
            assert_eq!(names(&format!("{conf}{}\n", lines(&first))), [""; 0], "{conf}");
            assert!(
                lines(&first).lines().all(|line| reach(line.trim_start_matches("denied-peer-ip=")).is_none())
            );
        }
    }

    #[test]
    fn a_server_without_ipv6_relays_needs_no_ipv6_ranges() {
        let ipv6 = |text: &str| names(text).iter().any(|name| name.contains(':'));
        assert!(ipv6("realm=a\n") && ipv6("listening-ip=10.0.0.1\nlistening-ip=::1\n"));
        assert!(!ipv6("listening-ip=::1\nrelay-ip=10.0.0.1\n"));
        assert!(ipv6("listening-ip=eth0\n"), "who knows");
    }

    #[test]
    fn an_unspecified_address_alone_is_every_address() {
        for value in ["::", "0.0.0.0", "0.0.0.0-0.0.0.0"] {
            assert_eq!(reach(value), Some(Reach::All), "{value}");
            assert_eq!(names(&format!("denied-peer-ip={value}\n")), [""; 0], "{value}");
        }
        assert_eq!(reach("0.0.0.0-255.255.255.255"), Some(Reach::All));
        assert_eq!(reach("64.0.0.0-128.0.0.0"), Some(Reach::Much));
        assert_eq!(reach("::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), Some(Reach::All));
        for line in RANGES.iter().flat_map(Range::lines) {
            assert_eq!(reach(line), None, "{line}");
        }
    }

    #[test]
    fn a_range_that_runs_backwards_covers_nothing() {
        assert_eq!(covered("203.0.113.9-203.0.113.1"), []);
        assert!(reversed("203.0.113.9-203.0.113.1").is_some());
        assert!(reversed("203.0.113.1-203.0.113.9").is_none() && reversed("10.0.0.1").is_none());
        assert!(reversed("10.0.0.0/8").is_none());
    }

    #[test]
    fn every_range_is_named_by_its_prefix() {
        for range in &RANGES {
            let prefix = from_prefix(range.name);
            let holds =
                |address: &IpAddr| prefix.is_some_and(|(first, last)| (first..=last).contains(address));
            assert!(range.addresses.iter().all(holds), "{}", range.name);
        }
    }

    #[test]
    fn a_prefix_becomes_a_range() {
        let range = |value| from_prefix(value).map(|(first, last)| format!("{first}-{last}"));
        assert_eq!(range("10.1.2.3/8").as_deref(), Some("10.0.0.0-10.255.255.255"));
        assert_eq!(range("0.0.0.0/0").as_deref(), Some("0.0.0.0-255.255.255.255"));
        assert_eq!(range("fc00::/7").as_deref(), Some("fc00::-fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
        assert_eq!(range("10.0.0.0/33"), None);
        assert_eq!(range("10.0.0.0"), None);
    }
}
