//! The priority of a candidate (RFC 8445 §5.1.2.1).

use std::cmp::Reverse;
use std::fmt;
use std::net::IpAddr;

use serde::Serialize;

use super::kind::{Kind, RelayProtocol};

/// `2^24 × type preference + 2^8 × local preference + 256 − component`. Displayed in these three parts, as
/// the Trickle ICE page does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct Priority(u32);

/// Ranks candidates of one type. The high byte ranks the base address, the low byte the server, so that no
/// two candidates of one type and component are equal (RFC 8445 §5.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalPreference(u16);

impl Priority {
    /// The priority of a candidate of this type. `component` is 1 to 255.
    pub fn of(kind: Kind, relay: Option<RelayProtocol>, local: LocalPreference, component: u8) -> Self {
        let component = 256 - u32::from(component.max(1));
        Self(type_preference(kind, relay) << 24 | u32::from(local.0) << 8 | component)
    }

    /// The number that goes on the wire.
    pub fn value(self) -> u32 {
        self.0
    }

    /// Type preference, local preference, and 256 minus the component.
    pub fn parts(self) -> [u32; 3] {
        [self.0 >> 24, self.0 >> 8 & 0xffff, self.0 & 0xff]
    }
}

impl LocalPreference {
    /// What a host with one address and one server has: 65535, as RFC 8445 §5.1.2.1 wants it.
    pub const FIRST: Self = Self(u16::MAX);

    /// For the base of this rank (see [`base_ranks`]) and the server of this rank; 0 is the best.
    pub fn of_rank(base: u8, server: u8) -> Self {
        Self(u16::from_be_bytes([u8::MAX - base, u8::MAX - server]))
    }
}

/// The rank of each base address: IPv6 and IPv4 take turns, IPv6 first, in the order given within each
/// family. So neither family waits behind all of the other (RFC 8421 §4), which is simpler than libwebrtc's
/// order by interface type and RFC 6724 precedence, and gives the same result on a host with one interface.
pub fn base_ranks(bases: &[IpAddr]) -> Vec<u8> {
    let mut order: Vec<usize> = (0..bases.len()).collect();
    let nth_of_family =
        |i: usize| bases[..i].iter().filter(|other| other.is_ipv6() == bases[i].is_ipv6()).count();
    order.sort_by_key(|&i| (nth_of_family(i), Reverse(bases[i].is_ipv6())));
    let mut ranks = vec![0; bases.len()];
    for (rank, i) in order.into_iter().enumerate() {
        ranks[i] = u8::try_from(rank).unwrap_or(u8::MAX);
    }
    ranks
}

/// The preferences that RFC 8445 §5.1.2.2 recommends. It gives relayed candidates 0; we follow libwebrtc,
/// which spreads them so that a relay over UDP beats TCP, and TCP beats TLS.
fn type_preference(kind: Kind, relay: Option<RelayProtocol>) -> u32 {
    match (kind, relay) {
        (Kind::Host, _) => 126,
        (Kind::Prflx, _) => 110,
        (Kind::Srflx, _) => 100,
        (Kind::Relay, Some(RelayProtocol::Udp | RelayProtocol::Dtls)) => 2,
        (Kind::Relay, Some(RelayProtocol::Tcp)) => 1,
        (Kind::Relay, Some(RelayProtocol::Tls) | None) => 0,
    }
}

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [kind, local, component] = self.parts();
        write!(f, "{kind} | {local} | {component}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lone_host_candidate_has_the_number_that_everyone_knows() {
        // 126 << 24 | 65535 << 8 | 255, as in the examples of RFC 8839.
        let priority = Priority::of(Kind::Host, None, LocalPreference::FIRST, 1);
        assert_eq!(priority.value(), 2_130_706_431);
        assert_eq!(priority.to_string(), "126 | 65535 | 255");
        let rtcp = Priority::of(Kind::Host, None, LocalPreference::FIRST, 2);
        assert_eq!(rtcp.value(), 2_130_706_430);
        let srflx = Priority::of(Kind::Srflx, None, LocalPreference::FIRST, 1);
        assert_eq!(srflx.value(), 1_694_498_815);
    }

    #[test]
    fn types_and_relay_protocols_rank_as_in_libwebrtc() {
        let worst = LocalPreference::of_rank(255, 255);
        let by_rank = [
            Priority::of(Kind::Host, None, worst, 255),
            Priority::of(Kind::Prflx, None, LocalPreference::FIRST, 1),
            Priority::of(Kind::Srflx, None, LocalPreference::FIRST, 1),
            Priority::of(Kind::Relay, Some(RelayProtocol::Udp), LocalPreference::FIRST, 1),
            Priority::of(Kind::Relay, Some(RelayProtocol::Udp), worst, 1),
            Priority::of(Kind::Relay, Some(RelayProtocol::Tcp), LocalPreference::FIRST, 1),
            Priority::of(Kind::Relay, Some(RelayProtocol::Tls), LocalPreference::FIRST, 1),
        ];
        assert!(by_rank.is_sorted_by(|a, b| a > b), "{by_rank:?}");
    }

    #[test]
    fn the_better_base_wins_over_the_better_server() {
        let of = |base, server| LocalPreference::of_rank(base, server);
        assert_eq!(of(0, 0), LocalPreference::FIRST);
        assert!([of(0, 0), of(0, 1), of(0, 255), of(1, 0), of(1, 1)].is_sorted_by(|a, b| a > b));
    }

    #[test]
    fn address_families_take_turns() {
        let ranks =
            |bases: &[&str]| base_ranks(&bases.iter().map(|base| base.parse().unwrap()).collect::<Vec<_>>());
        assert_eq!(ranks(&[]), [0; 0]);
        assert_eq!(ranks(&["192.0.2.1"]), [0]);
        assert_eq!(ranks(&["192.0.2.1", "2001:db8::1"]), [1, 0]);
        assert_eq!(ranks(&["2001:db8::1", "2001:db8::2", "2001:db8::3", "192.0.2.1"]), [0, 2, 3, 1]);
    }
}
