//! Attribute type numbers (IANA "STUN Attributes") and the values that several attributes share.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::header::MAGIC_COOKIE;

/// The 96 bits that tie a response to its request (RFC 8489 §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TransactionId(pub [u8; 12]);

/// An attribute's type number.
pub type Kind = u16;

/// RFC 8489 §14.1.
pub const MAPPED_ADDRESS: Kind = 0x0001;
/// RFC 5780 §7.2, and RFC 3489 §11.2.4 before it.
pub const CHANGE_REQUEST: Kind = 0x0003;
/// RFC 3489 §11.2.5: what RESPONSE-ORIGIN is today.
pub const SOURCE_ADDRESS: Kind = 0x0004;
/// RFC 3489 §11.2.3: what OTHER-ADDRESS is today.
pub const CHANGED_ADDRESS: Kind = 0x0005;
/// RFC 8489 §14.3.
pub const USERNAME: Kind = 0x0006;
/// RFC 8489 §14.5.
pub const MESSAGE_INTEGRITY: Kind = 0x0008;
/// RFC 8489 §14.8.
pub const ERROR_CODE: Kind = 0x0009;
/// RFC 8489 §14.13.
pub const UNKNOWN_ATTRIBUTES: Kind = 0x000a;
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
/// RFC 8656 §18.7.
pub const EVEN_PORT: Kind = 0x0018;
/// RFC 8656 §18.8.
pub const REQUESTED_TRANSPORT: Kind = 0x0019;
/// RFC 8656 §18.9.
pub const DONT_FRAGMENT: Kind = 0x001a;
/// RFC 7635 §6.2.
pub const ACCESS_TOKEN: Kind = 0x001b;
/// RFC 8489 §14.6.
pub const MESSAGE_INTEGRITY_SHA256: Kind = 0x001c;
/// RFC 8489 §14.12.
pub const PASSWORD_ALGORITHM: Kind = 0x001d;
/// RFC 8489 §14.2.
pub const XOR_MAPPED_ADDRESS: Kind = 0x0020;
/// RFC 8656 §18.10.
pub const RESERVATION_TOKEN: Kind = 0x0022;
/// RFC 8445 §7.1.1.
pub const PRIORITY: Kind = 0x0024;
/// RFC 8445 §7.1.2.
pub const USE_CANDIDATE: Kind = 0x0025;
/// RFC 5780 §7.5.
pub const RESPONSE_PORT: Kind = 0x0027;
/// RFC 6062 §6.2.1.
pub const CONNECTION_ID: Kind = 0x002a;
/// RFC 8656 §18.11.
pub const ADDITIONAL_ADDRESS_FAMILY: Kind = 0x8000;
/// RFC 8656 §18.12.
pub const ADDRESS_ERROR_CODE: Kind = 0x8001;
/// RFC 8489 §14.11.
pub const PASSWORD_ALGORITHMS: Kind = 0x8002;
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
/// RFC 8445 §7.1.3.
pub const ICE_CONTROLLED: Kind = 0x8029;
/// RFC 8445 §7.1.3.
pub const ICE_CONTROLLING: Kind = 0x802a;
/// RFC 5780 §7.3.
pub const RESPONSE_ORIGIN: Kind = 0x802b;
/// RFC 5780 §7.4.
pub const OTHER_ADDRESS: Kind = 0x802c;
/// RFC 7635 §6.1.
pub const THIRD_PARTY_AUTHORIZATION: Kind = 0x802e;
/// RFC 8016 §3.3.
pub const MOBILITY_TICKET: Kind = 0x8030;

/// REQUESTED-TRANSPORT's protocol number for UDP (RFC 8656 §18.8).
pub const PROTOCOL_UDP: u8 = 17;
/// REQUESTED-TRANSPORT's protocol number for TCP (RFC 6062 §4.1).
pub const PROTOCOL_TCP: u8 = 6;

/// Reads an address attribute (RFC 8489 §14.1), un-XORed when `xor` holds the transaction (§14.2).
/// `None` where the length or the family is not one of the two that exist.
pub(crate) fn read_address(value: &[u8], xor: Option<&TransactionId>) -> Option<SocketAddr> {
    let (head, address) = value.split_at_checked(4)?;
    let mask = xor.map_or(0, mask);
    let port = u16::from_be_bytes([head[2], head[3]]) ^ port_mask(mask);
    let ip = match head[1] {
        1 => Ipv4Addr::from(u32::from_be_bytes(address.try_into().ok()?) ^ v4_mask(mask)).into(),
        2 => Ipv6Addr::from(u128::from_be_bytes(address.try_into().ok()?) ^ mask).into(),
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

/// Writes an address attribute's value (RFC 8489 §14.1), XORed when `xor` holds the transaction (§14.2).
pub(super) fn write_address(address: SocketAddr, xor: Option<&TransactionId>) -> Vec<u8> {
    let mask = xor.map_or(0, mask);
    let mut value = vec![0, if address.is_ipv4() { 1 } else { 2 }];
    value.extend((address.port() ^ port_mask(mask)).to_be_bytes());
    match address.ip() {
        IpAddr::V4(ip) => value.extend((u32::from(ip) ^ v4_mask(mask)).to_be_bytes()),
        IpAddr::V6(ip) => value.extend((u128::from(ip) ^ mask).to_be_bytes()),
    }
    value
}

/// What an IPv6 address is XORed with: magic cookie and transaction. An IPv4 address and a port take
/// as many of its first bits as they have.
fn mask(transaction: &TransactionId) -> u128 {
    let mut mask = [0; 16];
    mask[..4].copy_from_slice(&MAGIC_COOKIE);
    mask[4..].copy_from_slice(&transaction.0);
    u128::from_be_bytes(mask)
}

fn v4_mask(mask: u128) -> u32 {
    (mask >> 96) as u32
}

fn port_mask(mask: u128) -> u16 {
    (mask >> 112) as u16
}
