//! Attribute type numbers (IANA "STUN Attributes") and the values that several attributes share.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The 96 bits that tie a response to its request (RFC 8489 §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TransactionId(pub [u8; 12]);

/// An attribute's type number.
pub type Kind = u16;

/// RFC 8489 §14.1.
pub const MAPPED_ADDRESS: Kind = 0x0001;
/// RFC 8489 §14.3.
pub const USERNAME: Kind = 0x0006;
/// RFC 8489 §14.5.
pub const MESSAGE_INTEGRITY: Kind = 0x0008;
/// RFC 8489 §14.8.
pub const ERROR_CODE: Kind = 0x0009;
/// RFC 8656 §18.1.
pub const CHANNEL_NUMBER: Kind = 0x000c;
/// RFC 8656 §18.2.
pub const LIFETIME: Kind = 0x000d;
/// RFC 8656 §18.3.
pub const XOR_PEER_ADDRESS: Kind = 0x0012;
/// RFC 8656 §18.4.
pub const DATA: Kind = 0x0013;
/// RFC 8489 §14.9.
pub const REALM: Kind = 0x0014;
/// RFC 8489 §14.10.
pub const NONCE: Kind = 0x0015;
/// RFC 8656 §18.5.
pub const XOR_RELAYED_ADDRESS: Kind = 0x0016;
/// RFC 8656 §18.6.
pub const REQUESTED_ADDRESS_FAMILY: Kind = 0x0017;
/// RFC 8656 §18.8.
pub const REQUESTED_TRANSPORT: Kind = 0x0019;
/// RFC 8489 §14.6.
pub const MESSAGE_INTEGRITY_SHA256: Kind = 0x001c;
/// RFC 8489 §14.2.
pub const XOR_MAPPED_ADDRESS: Kind = 0x0020;
/// RFC 8489 §14.16.
pub const ALTERNATE_DOMAIN: Kind = 0x8003;
/// coturn's own: the allocation's bandwidth cap in kbit/s.
pub const COTURN_BANDWIDTH: Kind = 0x8010;
/// RFC 8489 §14.14.
pub const SOFTWARE: Kind = 0x8022;
/// RFC 8489 §14.15.
pub const ALTERNATE_SERVER: Kind = 0x8023;
/// RFC 8489 §14.7.
pub const FINGERPRINT: Kind = 0x8028;
/// RFC 5780 §7.3.
pub const RESPONSE_ORIGIN: Kind = 0x802b;
/// RFC 5780 §7.4.
pub const OTHER_ADDRESS: Kind = 0x802c;

/// REQUESTED-TRANSPORT's protocol number for UDP (RFC 8656 §18.8).
pub const PROTOCOL_UDP: u8 = 17;

const MAGIC_COOKIE: u32 = 0x2112_a442;

/// Reads an address attribute (RFC 8489 §14.1), un-XORed when `xor` holds the transaction (§14.2).
/// `None` where the length or the family is not one of the two that exist.
pub(super) fn read_address(value: &[u8], xor: Option<&TransactionId>) -> Option<SocketAddr> {
    let (head, address) = value.split_at_checked(4)?;
    let mut port = u16::from_be_bytes([head[2], head[3]]);
    if xor.is_some() {
        port ^= (MAGIC_COOKIE >> 16) as u16;
    }
    let ip = match head[1] {
        1 => {
            let octets = <[u8; 4]>::try_from(address).ok()?;
            let mask = if xor.is_some() { MAGIC_COOKIE } else { 0 };
            IpAddr::V4(Ipv4Addr::from(u32::from_be_bytes(octets) ^ mask))
        }
        2 => {
            let octets = <[u8; 16]>::try_from(address).ok()?;
            let mask = xor.map_or(0, v6_mask);
            IpAddr::V6(Ipv6Addr::from(u128::from_be_bytes(octets) ^ mask))
        }
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

/// Writes an XOR-ed address attribute's value (RFC 8489 §14.2).
pub(super) fn write_xor_address(address: SocketAddr, transaction: &TransactionId) -> Vec<u8> {
    let family = if address.is_ipv4() { 1 } else { 2 };
    let mut value = vec![0, family];
    value.extend((address.port() ^ (MAGIC_COOKIE >> 16) as u16).to_be_bytes());
    match address.ip() {
        IpAddr::V4(ip) => value.extend((u32::from(ip) ^ MAGIC_COOKIE).to_be_bytes()),
        IpAddr::V6(ip) => value.extend((u128::from(ip) ^ v6_mask(transaction)).to_be_bytes()),
    }
    value
}

fn v6_mask(transaction: &TransactionId) -> u128 {
    let mut mask = [0; 16];
    mask[..4].copy_from_slice(&MAGIC_COOKIE.to_be_bytes());
    mask[4..].copy_from_slice(&transaction.0);
    u128::from_be_bytes(mask)
}
