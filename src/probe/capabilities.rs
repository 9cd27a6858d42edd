//! What a server can do beyond the necessary: listed, never held against it.

use std::net::SocketAddr;

use super::facts::{Capability, EndpointFacts};
use crate::stun::attribute;
use crate::turn::{Allocate, Answer, Family, Outcome, RelayTransport};

/// What can be wished for in an Allocate of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// REQUESTED-ADDRESS-FAMILY with IPv4, where the ordinary relay is an IPv6 one.
    RelayIpv4,
    /// REQUESTED-ADDRESS-FAMILY with IPv6.
    RelayIpv6,
    /// ADDITIONAL-ADDRESS-FAMILY: relays of both families in one allocation.
    DualRelay,
    /// A relay that speaks TCP with peers (RFC 6062).
    TcpRelay,
    /// EVEN-PORT, the next port kept.
    EvenPort,
    /// DONT-FRAGMENT.
    DontFragment,
    /// MOBILITY-TICKET (RFC 8016).
    Mobility,
}

impl Wish {
    /// Every wish, in the order they are listed.
    pub const ALL: [Wish; 7] = [
        Wish::RelayIpv4,
        Wish::RelayIpv6,
        Wish::DualRelay,
        Wish::TcpRelay,
        Wish::EvenPort,
        Wish::DontFragment,
        Wish::Mobility,
    ];

    /// As it is listed.
    pub fn name(self) -> &'static str {
        match self {
            Wish::RelayIpv4 => "relay-ipv4",
            Wish::RelayIpv6 => "relay-ipv6",
            Wish::DualRelay => "dual-allocation",
            Wish::TcpRelay => "tcp-relay",
            Wish::EvenPort => "even-port",
            Wish::DontFragment => "dont-fragment",
            Wish::Mobility => "mobility",
        }
    }

    /// The Allocate that asks for it, and is otherwise as `plain`.
    pub fn allocate(self, plain: Allocate) -> Allocate {
        match self {
            Wish::RelayIpv4 => Allocate { family: Some(Family::Ipv4), ..plain },
            Wish::RelayIpv6 => Allocate { family: Some(Family::Ipv6), ..plain },
            Wish::DualRelay => Allocate { family: None, additional_family: Some(Family::Ipv6), ..plain },
            Wish::TcpRelay => Allocate { transport: RelayTransport::Tcp, ..plain },
            Wish::EvenPort => Allocate { even_port: Some(true), ..plain },
            Wish::DontFragment => Allocate { dont_fragment: true, ..plain },
            Wish::Mobility => Allocate { mobility: true, ..plain },
        }
    }
}

/// What the answer to a wish says of it.
pub fn judge(wish: Wish, answer: &Answer) -> Vec<Capability> {
    let one = |state, code| vec![Capability { name: wish.name(), state, code, why: None }];
    let granted = match &answer.outcome {
        Outcome::Granted(granted) => granted,
        // 508 to EVEN-PORT means that no pair of ports is free (RFC 8656 §7.2).
        Outcome::Refused { code: code @ (486 | 508), .. } => return one("unknown", Some(*code)),
        Outcome::Refused { code, .. } => return one("refused", Some(*code)),
        Outcome::TimedOut => return one("unknown", None),
    };
    let relays: Vec<SocketAddr> = granted.xor_addresses(attribute::XOR_RELAYED_ADDRESS).flatten().collect();
    let yes = |it| if it { "yes" } else { "ignored" };
    match wish {
        Wish::RelayIpv4 => one(yes(relays.iter().any(|relay| relay.is_ipv4())), None),
        Wish::RelayIpv6 => one(yes(relays.iter().any(|relay| relay.is_ipv6())), None),
        Wish::DualRelay => match granted.address_error() {
            Some(code) => one("refused", Some(code)),
            None => {
                let both = relays.iter().any(|r| r.is_ipv4()) && relays.iter().any(|r| r.is_ipv6());
                one(yes(both), None)
            }
        },
        Wish::EvenPort => one(yes(relays.first().is_some_and(|relay| relay.port() % 2 == 0)), None),
        Wish::Mobility => one(yes(granted.attribute(attribute::MOBILITY_TICKET).is_some()), None),
        // Comprehension-required, or another kind of relay: a server that grants it has understood it.
        Wish::TcpRelay | Wish::DontFragment => one("yes", None),
    }
}

/// Whether the port next to `port` was kept: `None`, no RESERVATION-TOKEN came; else what the Allocate that
/// showed it came to, an error code or a port.
pub fn reservation(shown: Option<(Option<u16>, Option<u16>)>, port: u16) -> Capability {
    let (state, code) = match shown {
        None => ("ignored", None),
        Some((_, Some(kept))) if port.checked_add(1) == Some(kept) => ("yes", None),
        Some((_, Some(_))) => ("ignored", None),
        // 508 is what a server says to a token that it does not know (RFC 8656 §7.2).
        Some((code @ Some(486), None)) => ("unknown", code),
        Some((code, None)) => ("refused", code),
    };
    Capability { name: "reservation-token", state, code, why: None }
}

/// The capabilities that an endpoint's facts speak of.
pub(super) fn of(facts: &EndpointFacts) -> Vec<Capability> {
    let mut capabilities = Vec::new();
    if let Some(binding) = facts.binding.as_ref().filter(|binding| binding.ok) {
        // RFC 5780 §7.4: another address of the server. One that differs in the port alone, as coturn with
        // an IPv4 and an IPv6 address sends, or that nobody can reach, proves nothing.
        let state = match binding.other_address {
            None => "no",
            Some(other) if crate::nat::usable(facts.addr, other).is_err() => "unusable",
            Some(_) => "yes",
        };
        capabilities.push(Capability { name: "nat-behavior-discovery", state, code: None, why: None });
    }
    let Some(allocate) = facts.allocate.as_ref().filter(|allocate| allocate.ok) else { return capabilities };
    let mut list = |name, it| {
        capabilities.push(Capability { name, state: if it { "yes" } else { "no" }, code: None, why: None });
    };
    list("allocation-without-credentials", allocate.unauthenticated);
    if !allocate.unauthenticated {
        let challenges = || allocate.attempts.iter().filter(|leg| leg.code == Some(401));
        list("message-integrity-sha256", challenges().any(|leg| leg.password_algorithms.contains(&2)));
        list("third-party-authorization", challenges().any(|leg| leg.third_party_authorization));
    }
    capabilities.extend(facts.asked.iter().cloned());
    capabilities
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::stun::{Class, Message, MessageBuilder, Method, TransactionId};
    use crate::turn::RequestId;

    fn granted(write: impl FnOnce(MessageBuilder) -> MessageBuilder) -> Answer {
        let builder = MessageBuilder::new(Class::Success, Method::Allocate, TransactionId([7; 12]));
        answer(Outcome::Granted(Message::from_bytes(&write(builder).finish()).unwrap()))
    }

    fn answer(outcome: Outcome) -> Answer {
        Answer { request: RequestId::default(), outcome, at: Instant::now(), legs: Vec::new() }
    }

    #[track_caller]
    fn check(wish: Wish, answer: &Answer, state: &str, code: Option<u16>) {
        let found = judge(wish, answer);
        assert_eq!(found, [Capability { name: wish.name(), state: found[0].state, code, why: None }]);
        assert_eq!(found[0].state, state, "{wish:?}");
    }

    const RELAYED: u16 = attribute::XOR_RELAYED_ADDRESS;

    #[test]
    fn two_families_are_a_dual_allocation_and_one_is_none() {
        let (v4, v6) = ("192.0.2.1:50000".parse().unwrap(), "[2001:db8::1]:50000".parse().unwrap());
        let both = granted(|b| b.xor_address(RELAYED, v4).xor_address(RELAYED, v6));
        check(Wish::DualRelay, &both, "yes", None);
        check(Wish::DualRelay, &granted(|b| b.xor_address(RELAYED, v4)), "ignored", None);
        let refused = |b: MessageBuilder| {
            b.xor_address(RELAYED, v4).attribute(attribute::ADDRESS_ERROR_CODE, &[2, 0, 4, 40])
        };
        check(Wish::DualRelay, &granted(refused), "refused", Some(440));
    }

    #[test]
    fn a_wish_that_is_granted_without_its_sign_was_ignored() {
        let odd = "192.0.2.1:50001".parse().unwrap();
        check(Wish::RelayIpv6, &granted(|b| b.xor_address(RELAYED, odd)), "ignored", None);
        check(Wish::EvenPort, &granted(|b| b.xor_address(RELAYED, odd)), "ignored", None);
        check(Wish::Mobility, &granted(|b| b), "ignored", None);
        let ticket = granted(|b| b.attribute(attribute::MOBILITY_TICKET, b"ticket"));
        check(Wish::Mobility, &ticket, "yes", None);
    }

    #[test]
    fn silence_and_quotas_say_nothing() {
        check(Wish::Mobility, &answer(Outcome::TimedOut), "unknown", None);
        for (code, state) in [(486, "unknown"), (508, "unknown"), (405, "refused"), (420, "refused")] {
            let builder = MessageBuilder::new(Class::Error, Method::Allocate, TransactionId([7; 12]));
            let response = Message::from_bytes(&builder.finish()).unwrap();
            check(Wish::Mobility, &answer(Outcome::Refused { code, response }), state, Some(code));
        }
    }

    #[test]
    fn a_reserved_port_is_the_next_one() {
        let state = |shown| reservation(shown, 50_000).state;
        assert_eq!(state(Some((None, Some(50_001)))), "yes");
        assert_eq!(state(Some((None, Some(50_002)))), "ignored");
        assert_eq!(state(Some((Some(508), None))), "refused");
        assert_eq!(state(Some((Some(486), None))), "unknown");
        assert_eq!(state(None), "ignored");
    }
}
