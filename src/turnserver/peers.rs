//! Ranges of peers: what `denied-peer-ip` covers, and what it should.

use std::net::{IpAddr, Ipv4Addr};

use super::Conf;

/// A range that an operator must deny: its prefix, and its ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Inner {
    pub(super) name: &'static str,
    first: Ipv4Addr,
    last: Ipv4Addr,
}

/// Networks that only the server reaches. Loopback is not among them: coturn refuses it by itself.
pub(super) fn inner() -> [Inner; 5] {
    let range = |name, first: [u8; 4], last: [u8; 4]| Inner { name, first: first.into(), last: last.into() };
    [
        range("10.0.0.0/8", [10, 0, 0, 0], [10, 255, 255, 255]),
        range("172.16.0.0/12", [172, 16, 0, 0], [172, 31, 255, 255]),
        range("192.168.0.0/16", [192, 168, 0, 0], [192, 168, 255, 255]),
        range("169.254.0.0/16", [169, 254, 0, 0], [169, 254, 255, 255]),
        range("100.64.0.0/10", [100, 64, 0, 0], [100, 127, 255, 255]),
    ]
}

/// The lines that deny them, to be pasted.
pub(super) fn lines(ranges: &[Inner]) -> String {
    let lines = ranges.iter().map(|range| format!("denied-peer-ip={}-{}", range.first, range.last));
    lines.collect::<Vec<_>>().join("\n")
}

/// Those of [`inner`] that the file does not deny as a whole, whether or not it denies any.
pub(super) fn open(conf: &Conf) -> Vec<Inner> {
    let values = conf.all("denied-peer-ip").map(|(_, setting)| conf.text(&setting.value));
    let mut denied: Vec<(u32, u32)> = values
        .filter_map(|value| match ends(value)? {
            (IpAddr::V4(first), IpAddr::V4(last)) => Some((first.to_bits(), last.to_bits())),
            _ => None,
        })
        .collect();
    denied.sort_unstable();
    let covers = |range: &Inner| {
        let mut next = u64::from(range.first.to_bits());
        for (first, last) in &denied {
            if u64::from(*first) <= next && u64::from(*last) >= next {
                next = u64::from(*last) + 1;
            }
        }
        next > u64::from(range.last.to_bits())
    };
    inner().into_iter().filter(|range| !covers(range)).collect()
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
            Some((
                std::net::Ipv6Addr::from_bits(bits & !mask).into(),
                std::net::Ipv6Addr::from_bits(bits | mask).into(),
            ))
        }
        _ => None,
    }
}

fn ends(value: &str) -> Option<(IpAddr, IpAddr)> {
    let (first, last) = value.split_once('-').unwrap_or((value, value));
    Some((first.trim().parse().ok()?, last.trim().parse().ok()?))
}

#[cfg(test)]
pub(super) const GOOD: &str =
    "denied-peer-ip=10.0.0.0-10.127.255.255\ndenied-peer-ip=10.128.0.0-10.255.255.255
denied-peer-ip=172.16.0.0-172.31.255.255\ndenied-peer-ip=192.168.0.0-192.168.255.255
denied-peer-ip=169.254.0.0-169.254.255.255\ndenied-peer-ip=100.64.0.0-100.127.255.255\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_that_touch_cover_together() {
        assert_eq!(open(&Conf::from_text(GOOD)), []);
        let gap = GOOD.replace("10.128.0.0", "10.128.0.1");
        assert_eq!(
            open(&Conf::from_text(&gap)).iter().map(|range| range.name).collect::<Vec<_>>(),
            ["10.0.0.0/8"]
        );
        assert_eq!(open(&Conf::from_text(&lines(&inner()))), []);
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
