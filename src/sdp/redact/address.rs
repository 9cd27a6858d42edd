//! Addresses and names of hosts, and what stands for them: ranges and names that are set aside for documentation.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::ice::address::AddressClass;

#[derive(Default)]
pub(super) struct Addresses {
    known: HashMap<Host, String>,
    counts: HashMap<Pool, u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Host {
    Ip(IpAddr),
    Name(String),
}

/// What stand-ins are taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Pool {
    /// 192.0.2.0/24 (RFC 5737), for addresses that count in one network only.
    Inner4,
    /// 198.51.100.0/24, then 203.0.113.0/24 (RFC 5737), for all others.
    Outer4,
    /// 233.252.0.0/24 (RFC 6676).
    Group4,
    /// 2001:db8:0:1::/64 (RFC 3849), as `Inner4`.
    Inner6,
    /// 2001:db8::/64 (RFC 3849), as `Outer4`.
    Outer6,
    /// ff0e::db8:0:0/96 (RFC 6676).
    Group6,
    /// Names of multicast DNS, as browsers make them.
    Local,
    /// `host1.example` (RFC 2606 §2).
    Name,
}

impl Addresses {
    /// What stands for an address, or for the name of a host. What tells nothing stays: `0.0.0.0`, `127.0.0.1`.
    pub(super) fn of(&mut self, written: &str) -> String {
        if let Some(inner) = written.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'))
            && inner.contains(':')
        {
            return format!("[{}]", self.of(inner));
        }
        // The interface of a link-local address.
        let bare = written.split_once('%').map_or(written, |(bare, _)| bare);
        if let Ok(ip) = bare.parse() {
            return self.ip(ip).unwrap_or_else(|| bare.to_owned());
        }
        match written.to_ascii_lowercase() {
            name if name.len() > 6 && name.ends_with(".local") => self.of_pool(Pool::Local, Host::Name(name)),
            name if name == "localhost" || name.ends_with(".invalid") || name.is_empty() => {
                written.to_owned()
            }
            name if is_hidden(&name) => hidden(written),
            name if is_name(&name) => self.of_pool(Pool::Name, Host::Name(name)),
            _ => masked(written),
        }
    }

    /// What stands for an IP address; `None` if it tells nothing.
    pub(super) fn ip(&mut self, ip: IpAddr) -> Option<String> {
        use AddressClass::*;
        let is_inner = |class| matches!(class, Private | SharedCgnat | LinkLocal | UniqueLocal | Loopback);
        let pool = match (ip, AddressClass::of(ip)) {
            (_, Unspecified | Broadcast) => return None,
            (ip, Loopback) if ip == Ipv4Addr::LOCALHOST || ip == Ipv6Addr::LOCALHOST => return None,
            (IpAddr::V4(_), Multicast) => Pool::Group4,
            (IpAddr::V6(_), Multicast) => Pool::Group6,
            (IpAddr::V4(ip), class) if is_inner(class) || ip.octets().starts_with(&[192, 0, 2]) => {
                Pool::Inner4
            }
            (IpAddr::V4(ip), _) if ip.octets().starts_with(&[233, 252, 0]) => Pool::Group4,
            (IpAddr::V4(_), _) => Pool::Outer4,
            (IpAddr::V6(ip), class) if is_inner(class) || ip.segments().starts_with(&INNER6) => Pool::Inner6,
            (IpAddr::V6(_), _) => Pool::Outer6,
        };
        Some(self.of_pool(pool, Host::Ip(ip)))
    }

    fn of_pool(&mut self, pool: Pool, host: Host) -> String {
        if let Some(known) = self.known.get(&host) {
            return known.clone();
        }
        let number = self.counts.entry(pool).or_default();
        let stand_in = pool.stand_in(*number);
        *number += 1;
        self.known.insert(host, stand_in.clone());
        stand_in
    }
}

const INNER6: [u16; 4] = [0x2001, 0xdb8, 0, 1];

impl Pool {
    /// Counted from 0. Where there are more than a range has, two share one.
    fn stand_in(self, number: u32) -> String {
        let last = (number % 254 + 1) as u8;
        let [high, low] = [(number + 1) >> 16, (number + 1) & 0xffff].map(|half| half as u16);
        match self {
            Pool::Inner4 => Ipv4Addr::new(192, 0, 2, last).to_string(),
            Pool::Outer4 if number % 508 < 254 => Ipv4Addr::new(198, 51, 100, last).to_string(),
            Pool::Outer4 => Ipv4Addr::new(203, 0, 113, last).to_string(),
            Pool::Group4 => Ipv4Addr::new(233, 252, 0, last).to_string(),
            Pool::Inner6 => Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, high, low).to_string(),
            Pool::Outer6 => Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, high, low).to_string(),
            Pool::Group6 => Ipv6Addr::new(0xff0e, 0, 0, 0, 0, 0xdb8, high, low).to_string(),
            Pool::Local => format!("00000000-0000-4000-8000-{:012x}.local", number + 1),
            Pool::Name => format!("host{}.example", number + 1),
        }
    }
}

/// What tools write that hide addresses: `10.0.x.x`, `[redacted]`.
fn is_hidden(address: &str) -> bool {
    let is_part = |part: &str| part == "x" || part == "xxx" || part.bytes().all(|byte| byte.is_ascii_digit());
    let is_blanked = address.contains('x') && address.split(['.', ':']).all(is_part);
    is_blanked || address == "[redacted]" || address.bytes().all(|byte| byte == b'*')
}

/// What is left of an address that is half hidden.
fn hidden(written: &str) -> String {
    let part =
        |part: &str| if part.bytes().all(|byte| byte.is_ascii_digit()) { "x" } else { part }.to_owned();
    let separator = if written.contains(':') { ":" } else { "." };
    written.split(separator).map(part).collect::<Vec<_>>().join(separator)
}

fn is_name(address: &str) -> bool {
    let last = address.rsplit('.').next().unwrap_or_default();
    address.split('.').all(|label| {
        !label.is_empty()
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    }) && last.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// Neither an address nor a name: what it was cannot be told any more, and still it is none.
fn masked(written: &str) -> String {
    let mask = |character: char| match character {
        _ if character.is_ascii_digit() => '0',
        _ if character.is_ascii_alphanumeric() => 'z',
        // It may be what made it no name, and the stand-in must be none either.
        _ if !character.is_ascii() => '?',
        _ => character,
    };
    written.chars().map(mask).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_ins_are_of_the_same_family_and_kind() {
        let mut addresses = Addresses::default();
        let mut check =
            |written: &str, expected: &str| assert_eq!(addresses.of(written), expected, "{written}");
        check("192.168.1.7", "192.0.2.1");
        check("8.8.8.8", "198.51.100.1");
        check("10.0.0.1", "192.0.2.2");
        check("192.168.1.7", "192.0.2.1");
        check("fe80::1%eth0", "2001:db8:0:1::1");
        check("2a00:1450::1", "2001:db8::1");
        check("2A00:1450:0::1", "2001:db8::1");
        check("[2a00:1450::1]", "[2001:db8::1]");
        check("239.1.2.3", "233.252.0.1");
        check("ff02::fb", "ff0e::db8:0:1");
        check("6f3c0a51-1e3d-4d8e-9a43-5a1b0c2d3e4f.local", "00000000-0000-4000-8000-000000000001.local");
        check("laptop.corp.test", "host1.example");
        for same in
            ["0.0.0.0", "::", "127.0.0.1", "::1", "255.255.255.255", "localhost", "x.x.x.x", "[redacted]"]
        {
            check(same, same);
        }
        check("10.1.x.x", "x.x.x.x");
        check("256.1.1.10", "000.0.0.00");
    }

    #[test]
    fn what_stands_for_something_stands_for_itself() {
        let written = [
            "9.9.9.9",
            "192.168.0.1",
            "fe80::5",
            "2a00::5",
            "ff02::1",
            "239.9.9.9",
            "a.local",
            "h.test",
            "g::1",
            "12345::1",
            "1.2.3",
            "1.2.x.x",
            "172.16.0.3",
        ];
        let once: Vec<String> = {
            let mut addresses = Addresses::default();
            written.iter().map(|written| addresses.of(written)).collect()
        };
        let mut addresses = Addresses::default();
        let twice: Vec<String> = once.iter().map(|written| addresses.of(written)).collect();
        assert_eq!(once, twice);
    }
}
