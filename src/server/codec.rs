//! STUN messages as the embedded server needs them, over the `stun` package as codec.
//!
//! The only file of this module that knows that package, so that the codec can be swapped. Its error
//! type is never looked at, let alone printed: what does not decode is not a message.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::Sha256;
use zeroize::Zeroizing;

use ::stun::agent::TransactionId;
use ::stun::attributes::{ATTR_FINGERPRINT, AttrType};
use ::stun::fingerprint::FINGERPRINT;
use ::stun::message::{MAGIC_COOKIE, MESSAGE_HEADER_SIZE, Message as Wire, MessageType, Setter as _};

/// Attribute types (RFC 8489 §18.3, RFC 8656 §18).
pub(super) mod attribute {
    pub(crate) const USERNAME: u16 = 0x0006;
    pub(crate) const MESSAGE_INTEGRITY: u16 = 0x0008;
    pub(crate) const ERROR_CODE: u16 = 0x0009;
    pub(crate) const UNKNOWN_ATTRIBUTES: u16 = 0x000A;
    pub(crate) const CHANNEL_NUMBER: u16 = 0x000C;
    pub(crate) const LIFETIME: u16 = 0x000D;
    pub(crate) const XOR_PEER_ADDRESS: u16 = 0x0012;
    #[cfg(test)]
    pub(crate) const DATA: u16 = 0x0013;
    pub(crate) const REALM: u16 = 0x0014;
    pub(crate) const NONCE: u16 = 0x0015;
    #[cfg(test)]
    pub(crate) const XOR_RELAYED_ADDRESS: u16 = 0x0016;
    pub(crate) const REQUESTED_ADDRESS_FAMILY: u16 = 0x0017;
    pub(crate) const EVEN_PORT: u16 = 0x0018;
    pub(crate) const REQUESTED_TRANSPORT: u16 = 0x0019;
    pub(crate) const MESSAGE_INTEGRITY_SHA256: u16 = 0x001C;
    pub(crate) const PASSWORD_ALGORITHM: u16 = 0x001D;
    pub(crate) const XOR_MAPPED_ADDRESS: u16 = 0x0020;
    pub(crate) const PASSWORD_ALGORITHMS: u16 = 0x8002;
    pub(crate) const SOFTWARE: u16 = 0x8022;
    pub(crate) const ALTERNATE_SERVER: u16 = 0x8023;
    pub(crate) const FINGERPRINT: u16 = 0x8028;
}

/// Methods (RFC 8489 §18.2, RFC 8656 §17).
pub(super) mod method {
    pub(crate) const BINDING: u16 = 0x001;
    pub(crate) const ALLOCATE: u16 = 0x003;
    pub(crate) const REFRESH: u16 = 0x004;
    pub(crate) const SEND: u16 = 0x006;
    pub(crate) const CREATE_PERMISSION: u16 = 0x008;
    pub(crate) const CHANNEL_BIND: u16 = 0x009;
}

/// The class of a message (RFC 8489 §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Request,
    Indication,
    Success,
    Error,
}

/// What an integrity attribute is made with.
#[derive(Clone)]
pub(super) enum Key {
    /// For MESSAGE-INTEGRITY.
    Sha1(Zeroizing<Vec<u8>>),
    /// For MESSAGE-INTEGRITY-SHA256.
    Sha256(Zeroizing<Vec<u8>>),
}

impl Key {
    fn attribute(&self) -> u16 {
        match self {
            Self::Sha1(_) => attribute::MESSAGE_INTEGRITY,
            Self::Sha256(_) => attribute::MESSAGE_INTEGRITY_SHA256,
        }
    }

    fn mac(&self, parts: &[&[u8]]) -> Vec<u8> {
        match self {
            Self::Sha1(key) => hmac_sha1(key, parts).to_vec(),
            Self::Sha256(key) => {
                let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
                parts.iter().for_each(|part| mac.update(part));
                mac.finalize().into_bytes().to_vec()
            }
        }
    }
}

/// HMAC-SHA1 of the parts one after the other.
pub(super) fn hmac_sha1(key: &[u8], parts: &[&[u8]]) -> [u8; 20] {
    let mut mac = Hmac::<Sha1>::new_from_slice(key).expect("HMAC takes a key of any length");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

/// One STUN message: what was read, or what is to be written.
#[derive(Debug, Clone)]
pub(super) struct Message {
    pub(super) class: Class,
    pub(super) method: u16,
    pub(super) transaction: [u8; 12],
    /// In order. Of a message that was read: nothing that follows the integrity (RFC 8489 §14.5)
    /// but integrity and FINGERPRINT.
    attributes: Vec<(u16, Vec<u8>)>,
    /// The bytes it was read from.
    raw: Vec<u8>,
}

impl Message {
    /// Reads one whole message; `None` if these bytes are none.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let length = usize::from(u16::from_be_bytes([*bytes.get(2)?, *bytes.get(3)?]));
        if !length.is_multiple_of(4) || bytes.len() != MESSAGE_HEADER_SIZE + length || bytes[0] & 0xC0 != 0 {
            return None;
        }
        let mut wire = Wire::new();
        if wire.unmarshal_binary(bytes).is_err() {
            return None;
        }
        let (class, method) = class_and_method(wire.typ.value());
        let mut signed = false;
        let mut attributes = Vec::with_capacity(wire.attributes.0.len());
        for read in wire.attributes.0 {
            let kind = read.typ.value();
            let integrity =
                matches!(kind, attribute::MESSAGE_INTEGRITY | attribute::MESSAGE_INTEGRITY_SHA256);
            if !signed || integrity || kind == attribute::FINGERPRINT {
                attributes.push((kind, read.value));
            }
            signed |= integrity;
        }
        Some(Self { class, method, transaction: wire.transaction_id.0, attributes, raw: bytes.to_vec() })
    }

    /// An empty message of this transaction.
    pub(super) fn new(class: Class, method: u16, transaction: [u8; 12]) -> Self {
        Self { class, method, transaction, attributes: Vec::new(), raw: Vec::new() }
    }

    /// The bytes of this message, signed if there is a key, with a FINGERPRINT.
    pub(super) fn to_bytes(&self, key: Option<&Key>) -> Vec<u8> {
        let mut wire = Wire::new();
        let mut kind = MessageType::default();
        kind.read_value(message_type(self.class, self.method));
        wire.set_type(kind);
        wire.transaction_id = TransactionId(self.transaction);
        wire.write_header();
        for (kind, value) in &self.attributes {
            wire.add(AttrType(*kind), value);
        }
        if let Some(key) = key {
            // The length that is signed already counts the attribute that carries the signature.
            let size = if matches!(key, Key::Sha1(_)) { 24 } else { 36 };
            let length = u16::try_from(wire.length + size).unwrap_or(u16::MAX).to_be_bytes();
            let mac = key.mac(&[&wire.raw[..2], &length, &wire.raw[4..]]);
            wire.add(AttrType(key.attribute()), &mac);
        }
        // A message without an attribute of that type cannot refuse one.
        let _ = FINGERPRINT.add_to(&mut wire);
        wire.raw
    }

    /// Whether the first integrity attribute of this message was made with `key`.
    pub(super) fn is_signed_with(&self, key: &Key) -> bool {
        let mut at = MESSAGE_HEADER_SIZE;
        while let (Some(&[k0, k1, l0, l1]), true) =
            (self.raw.get(at..at + 4).and_then(|head| head.first_chunk::<4>()), at < self.raw.len())
        {
            let length = usize::from(u16::from_be_bytes([l0, l1]));
            if u16::from_be_bytes([k0, k1]) == key.attribute() {
                let Some(value) = self.raw.get(at + 4..at + 4 + length) else { return false };
                let Ok(signed) = u16::try_from(at + 4 + length - MESSAGE_HEADER_SIZE) else { return false };
                let mac = key.mac(&[&self.raw[..2], &signed.to_be_bytes(), &self.raw[4..at]]);
                return mac == value;
            }
            at += 4 + length.next_multiple_of(4);
        }
        false
    }

    /// Whether the FINGERPRINT is right, or there is none.
    pub(super) fn fingerprint_holds(&self) -> bool {
        let mut wire = Wire::new();
        self.value(attribute::FINGERPRINT).is_none()
            || (wire.unmarshal_binary(&self.raw).is_ok()
                && wire.attributes.0.last().is_some_and(|last| last.typ == ATTR_FINGERPRINT)
                && FINGERPRINT.check(&wire).is_ok())
    }

    /// The value of the first attribute of this type.
    pub(super) fn value(&self, kind: u16) -> Option<&[u8]> {
        self.attributes.iter().find(|(k, _)| *k == kind).map(|(_, value)| &value[..])
    }

    /// The first attribute of this type as text.
    pub(super) fn text(&self, kind: u16) -> Option<&str> {
        self.value(kind).and_then(|value| std::str::from_utf8(value).ok())
    }

    /// All attributes in order.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (u16, &[u8])> {
        self.attributes.iter().map(|(kind, value)| (*kind, &value[..]))
    }

    /// Appends an attribute.
    #[must_use]
    pub(super) fn with(mut self, kind: u16, value: impl AsRef<[u8]>) -> Self {
        self.attributes.push((kind, value.as_ref().to_vec()));
        self
    }

    /// Appends an address XORed as XOR-MAPPED-ADDRESS is (RFC 8489 §14.2).
    #[must_use]
    pub(super) fn with_xor_address(self, kind: u16, address: SocketAddr) -> Self {
        let mut value = plain_address(address);
        self.xor(&mut value);
        self.with(kind, value)
    }

    /// Appends an address as ALTERNATE-SERVER has it (RFC 8489 §14.1).
    #[must_use]
    pub(super) fn with_address(self, kind: u16, address: SocketAddr) -> Self {
        let value = plain_address(address);
        self.with(kind, value)
    }

    /// Reads an address XORed as XOR-MAPPED-ADDRESS is.
    pub(super) fn xor_address(&self, value: &[u8]) -> Option<SocketAddr> {
        let mut value = value.to_vec();
        if value.len() < 8 {
            return None;
        }
        self.xor(&mut value);
        let port = u16::from_be_bytes([value[2], value[3]]);
        let ip = match (value[1], &value[4..]) {
            (1, ip) => IpAddr::V4(Ipv4Addr::from(<[u8; 4]>::try_from(ip).ok()?)),
            (2, ip) => IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(ip).ok()?)),
            _ => return None,
        };
        Some(SocketAddr::new(ip, port))
    }

    /// Appends ERROR-CODE (RFC 8489 §14.8).
    #[must_use]
    pub(super) fn with_error(self, code: u16, reason: &str) -> Self {
        let mut value = vec![0, 0, (code / 100) as u8, (code % 100) as u8];
        value.extend_from_slice(reason.as_bytes());
        self.with(attribute::ERROR_CODE, value)
    }

    /// The port is XORed with the cookie's upper half, the address with cookie and transaction.
    fn xor(&self, value: &mut [u8]) {
        let cookie = MAGIC_COOKIE.to_be_bytes();
        let pad = cookie.iter().chain(&self.transaction);
        value[2..4].iter_mut().zip(&cookie).for_each(|(byte, pad)| *byte ^= pad);
        value[4..].iter_mut().zip(pad).for_each(|(byte, pad)| *byte ^= pad);
    }
}

/// Takes apart the type of a message, whose class bits lie within the method's (RFC 8489 §5).
fn class_and_method(kind: u16) -> (Class, u16) {
    let class = match kind & 0x0110 {
        0x0000 => Class::Request,
        0x0010 => Class::Indication,
        0x0100 => Class::Success,
        _ => Class::Error,
    };
    (class, kind & 0x000F | (kind & 0x00E0) >> 1 | (kind & 0x3E00) >> 2)
}

fn message_type(class: Class, method: u16) -> u16 {
    let class = match class {
        Class::Request => 0x0000,
        Class::Indication => 0x0010,
        Class::Success => 0x0100,
        Class::Error => 0x0110,
    };
    class | method & 0x000F | (method & 0x0070) << 1 | (method & 0x0F80) << 2
}

fn plain_address(address: SocketAddr) -> Vec<u8> {
    let mut value = vec![0, if address.is_ipv4() { 1 } else { 2 }];
    value.extend_from_slice(&address.port().to_be_bytes());
    match address.ip() {
        IpAddr::V4(ip) => value.extend_from_slice(&ip.octets()),
        IpAddr::V6(ip) => value.extend_from_slice(&ip.octets()),
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Key {
        Key::Sha1(Zeroizing::new(b"key".to_vec()))
    }

    #[test]
    fn a_signed_message_survives_the_round_trip() {
        for key in [key(), Key::Sha256(Zeroizing::new(b"key".to_vec()))] {
            let message = Message::new(Class::Request, method::ALLOCATE, [7; 12])
                .with(attribute::USERNAME, "ann")
                .with_xor_address(attribute::XOR_PEER_ADDRESS, "[2001:db8::1]:9".parse().unwrap());
            let read = Message::from_bytes(&message.to_bytes(Some(&key))).unwrap();
            assert_eq!(read.method, method::ALLOCATE);
            assert_eq!(read.text(attribute::USERNAME), Some("ann"));
            let peer = read.value(attribute::XOR_PEER_ADDRESS).unwrap();
            assert_eq!(read.xor_address(peer), Some("[2001:db8::1]:9".parse().unwrap()));
            assert!(read.is_signed_with(&key));
            assert!(read.fingerprint_holds());
            assert!(!read.is_signed_with(&Key::Sha1(Zeroizing::new(b"other".to_vec()))));
        }
    }

    #[test]
    fn the_stun_package_agrees_with_our_signature() {
        let bytes = Message::new(Class::Request, method::REFRESH, [1; 12])
            .with(attribute::USERNAME, "bob")
            .to_bytes(Some(&key()));
        let mut wire = Wire::new();
        assert!(wire.unmarshal_binary(&bytes).is_ok());
        assert!(::stun::integrity::MessageIntegrity(b"key".to_vec()).check(&mut wire).is_ok());
    }

    #[test]
    fn what_follows_the_integrity_is_ignored() {
        let inner = Message::new(Class::Request, method::REFRESH, [1; 12]).to_bytes(Some(&key()));
        let unsigned = &inner[..inner.len() - 8];
        let mut forged = unsigned.to_vec();
        forged.extend_from_slice(&[0x00, 0x0D, 0, 4, 0, 0, 0, 0]);
        let length = u16::try_from(forged.len() - 20).unwrap().to_be_bytes();
        forged[2..4].copy_from_slice(&length);
        let read = Message::from_bytes(&forged).unwrap();
        assert!(read.is_signed_with(&key()));
        assert_eq!(read.value(attribute::LIFETIME), None);
    }

    #[test]
    fn bytes_that_are_no_message_are_refused() {
        for bytes in [&b""[..], b"GET / HTTP/1.1\r\n\r\n", &[0; 20], &[0, 1, 0, 0]] {
            assert!(Message::from_bytes(bytes).is_none());
        }
    }

    #[test]
    fn a_wrong_fingerprint_is_seen() {
        let mut bytes = Message::new(Class::Request, method::BINDING, [1; 12]).to_bytes(None);
        assert!(Message::from_bytes(&bytes).unwrap().fingerprint_holds());
        *bytes.last_mut().unwrap() ^= 1;
        assert!(!Message::from_bytes(&bytes).unwrap().fingerprint_holds());
    }
}
