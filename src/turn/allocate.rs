//! What an Allocate asks for beyond "a relay" (RFC 8656 §7.1): its attributes, in one order.

use std::net::IpAddr;

use crate::stun::{MessageBuilder, attribute};

/// The attributes of an Allocate. The default asks as browsers do: a UDP relay, the rest as the server likes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allocate {
    /// REQUESTED-TRANSPORT: what the relay speaks with peers.
    pub transport: RelayTransport,
    /// REQUESTED-ADDRESS-FAMILY; without it the relay is an IPv4 one (RFC 8656 §7.2).
    pub family: Option<Family>,
    /// ADDITIONAL-ADDRESS-FAMILY: a relay of this family beside the IPv4 one. The RFC knows IPv6 alone here, and
    /// not together with [`family`](Self::family).
    pub additional_family: Option<Family>,
    /// EVEN-PORT: an even port; with `true` the next one is to be kept for a second Allocate.
    pub even_port: Option<bool>,
    /// RESERVATION-TOKEN: the port that an earlier EVEN-PORT kept.
    pub reservation: Option<[u8; 8]>,
    /// DONT-FRAGMENT: may Send indications ask for the DF bit?
    pub dont_fragment: bool,
    /// MOBILITY-TICKET, empty: may the allocation follow us to another address (RFC 8016 §3.1.1)?
    pub mobility: bool,
    /// LIFETIME, in seconds.
    pub lifetime: Option<u32>,
}

/// What a relay speaks with peers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RelayTransport {
    /// Datagrams.
    #[default]
    Udp,
    /// Connections (RFC 6062); asked for over TCP or TLS only.
    Tcp,
}

/// The address family of a relay.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, schemars::JsonSchema, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// An IPv4 relay.
    #[value(name = "ipv4", alias = "4")]
    Ipv4,
    /// An IPv6 relay.
    #[value(name = "ipv6", alias = "6")]
    Ipv6,
}

impl Family {
    /// That of an address.
    pub fn of(ip: IpAddr) -> Self {
        if ip.is_ipv6() { Family::Ipv6 } else { Family::Ipv4 }
    }

    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Family::Ipv4 => "IPv4",
            Family::Ipv6 => "IPv6",
        }
    }

    /// RFC 8489 §14.1's number, then three bytes that mean nothing (RFC 8656 §18.6).
    fn value(self) -> [u8; 4] {
        match self {
            Family::Ipv4 => [1, 0, 0, 0],
            Family::Ipv6 => [2, 0, 0, 0],
        }
    }
}

impl Allocate {
    /// Adds the attributes.
    pub(super) fn write(&self, builder: MessageBuilder) -> MessageBuilder {
        let protocol = match self.transport {
            RelayTransport::Udp => attribute::PROTOCOL_UDP,
            RelayTransport::Tcp => attribute::PROTOCOL_TCP,
        };
        let mut builder = builder.attribute(attribute::REQUESTED_TRANSPORT, &[protocol, 0, 0, 0]);
        if let Some(lifetime) = self.lifetime {
            builder = builder.number(attribute::LIFETIME, lifetime);
        }
        if let Some(family) = self.family {
            builder = builder.attribute(attribute::REQUESTED_ADDRESS_FAMILY, &family.value());
        }
        if let Some(family) = self.additional_family {
            builder = builder.attribute(attribute::ADDITIONAL_ADDRESS_FAMILY, &family.value());
        }
        if let Some(next) = self.even_port {
            builder = builder.attribute(attribute::EVEN_PORT, &[if next { 0x80 } else { 0 }]);
        }
        if let Some(token) = &self.reservation {
            builder = builder.attribute(attribute::RESERVATION_TOKEN, token);
        }
        if self.dont_fragment {
            builder = builder.attribute(attribute::DONT_FRAGMENT, &[]);
        }
        if self.mobility {
            builder = builder.attribute(attribute::MOBILITY_TICKET, &[]);
        }
        builder
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stun::{Class, Message, Method, TransactionId};

    fn written(allocate: &Allocate) -> Vec<(u16, Vec<u8>)> {
        let builder = MessageBuilder::new(Class::Request, Method::Allocate, TransactionId([7; 12]));
        let bytes = allocate.write(builder).finish();
        let message = Message::from_bytes(&bytes).unwrap();
        let kinds = [0x0d, 0x17, 0x18, 0x19, 0x1a, 0x22, 0x8000, 0x8030];
        kinds.into_iter().filter_map(|kind| Some((kind, message.attribute(kind)?.to_vec()))).collect()
    }

    #[test]
    fn asks_for_no_more_than_a_udp_relay_by_default() {
        assert_eq!(written(&Allocate::default()), [(0x19, vec![17, 0, 0, 0])]);
    }

    #[test]
    fn each_wish_is_one_attribute() {
        let all = Allocate {
            transport: RelayTransport::Tcp,
            family: Some(Family::Ipv6),
            additional_family: Some(Family::Ipv6),
            even_port: Some(true),
            reservation: Some(*b"reserved"),
            dont_fragment: true,
            mobility: true,
            lifetime: Some(1200),
        };
        let expected = [
            (0x0d, 1200_u32.to_be_bytes().to_vec()),
            (0x17, vec![2, 0, 0, 0]),
            (0x18, vec![0x80]),
            (0x19, vec![6, 0, 0, 0]),
            (0x1a, vec![]),
            (0x22, b"reserved".to_vec()),
            (0x8000, vec![2, 0, 0, 0]),
            (0x8030, vec![]),
        ];
        assert_eq!(written(&all), expected);
        let even = Allocate { even_port: Some(false), family: Some(Family::Ipv4), ..Allocate::default() };
        assert_eq!(written(&even)[..2], [(0x17, vec![1, 0, 0, 0]), (0x18, vec![0])]);
    }
}
