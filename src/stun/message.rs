//! One STUN message: a strict view of received bytes, and a builder for those we send.

use std::net::SocketAddr;

use ::stun::attributes::AttrType;
use ::stun::message::Message as Codec;
use hmac::{Hmac, Mac};
use sha1::Sha1;

use super::attribute::{self, Kind, TransactionId};

/// What a message is for (RFC 8489 §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Asks for a response.
    Request,
    /// Asks for none.
    Indication,
    /// The request was carried out.
    Success,
    /// The request was refused; ERROR-CODE says why.
    Error,
}

/// STUN and TURN methods (RFC 8489 §18.2, RFC 8656 §17).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// "What address do you see me at?"
    Binding,
    /// Makes an allocation.
    Allocate,
    /// Prolongs or ends an allocation.
    Refresh,
    /// Data to a peer, without a channel.
    Send,
    /// Data from a peer, without a channel.
    Data,
    /// Lets a peer's IP address through.
    CreatePermission,
    /// Gives a peer a channel number.
    ChannelBind,
    /// Any other number.
    Other(u16),
}

impl Method {
    fn number(self) -> u16 {
        match self {
            Method::Binding => 0x001,
            Method::Allocate => 0x003,
            Method::Refresh => 0x004,
            Method::Send => 0x006,
            Method::Data => 0x007,
            Method::CreatePermission => 0x008,
            Method::ChannelBind => 0x009,
            Method::Other(number) => number,
        }
    }

    fn from_number(number: u16) -> Self {
        match number {
            0x001 => Method::Binding,
            0x003 => Method::Allocate,
            0x004 => Method::Refresh,
            0x006 => Method::Send,
            0x007 => Method::Data,
            0x008 => Method::CreatePermission,
            0x009 => Method::ChannelBind,
            other => Method::Other(other),
        }
    }
}

/// Whether a message carries a MESSAGE-INTEGRITY that our key explains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Integrity {
    /// No MESSAGE-INTEGRITY attribute.
    Absent,
    /// The HMAC is the one our key gives.
    Valid,
    /// The HMAC is another: a forgery, damage on the way, or a server with another key.
    Wrong,
}

/// Why bytes are not a STUN message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Shorter than the 20-byte header.
    #[error("{len} bytes are less than a STUN header (20)")]
    TooShort {
        /// Bytes there were.
        len: usize,
    },
    /// The two leading bits are not zero or the magic cookie is missing (RFC 8489 §5).
    #[error("no STUN magic cookie")]
    NotStun,
    /// The length field is no multiple of four (RFC 8489 §5).
    #[error("the length field says {length}, which is no multiple of 4")]
    UnalignedLength {
        /// The length field.
        length: usize,
    },
    /// The length field promises more than there is.
    #[error("the length field says {length} bytes, {available} are there")]
    Truncated {
        /// The length field.
        length: usize,
        /// Bytes behind the header.
        available: usize,
    },
    /// An attribute's length runs past the message's end.
    #[error("an attribute runs past the end of the message")]
    AttributeOverrun,
    /// FINGERPRINT does not match (RFC 8489 §14.7): damage on the way, or no STUN at all.
    #[error("the FINGERPRINT does not match the message")]
    WrongFingerprint,
}

const HEADER: usize = 20;
const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const HMAC_SHA1: usize = 20;

/// A received message whose layout and FINGERPRINT, if any, were checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// What it is for.
    pub class: Class,
    /// What it is about.
    pub method: Method,
    /// Which request it belongs to.
    pub transaction: TransactionId,
    /// Bytes behind the message's end; a datagram should have none.
    pub trailing: usize,
    attributes: Vec<Attribute>,
    raw: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq)]
struct Attribute {
    kind: Kind,
    /// Where its header starts in the message.
    offset: usize,
    value: Vec<u8>,
}

impl Message {
    /// Reads one message from the start of `bytes`.
    ///
    /// # Errors
    /// [`DecodeError`] says what the bytes are instead; never panics.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() < HEADER {
            return Err(DecodeError::TooShort { len: bytes.len() });
        }
        if bytes[0] & 0xc0 != 0 || bytes[4..8] != MAGIC_COOKIE {
            return Err(DecodeError::NotStun);
        }
        let length = usize::from(u16::from_be_bytes([bytes[2], bytes[3]]));
        if !length.is_multiple_of(4) {
            return Err(DecodeError::UnalignedLength { length });
        }
        let available = bytes.len() - HEADER;
        if length > available {
            return Err(DecodeError::Truncated { length, available });
        }
        let raw = &bytes[..HEADER + length];
        let mut codec = Codec::default();
        codec.unmarshal_binary(raw).map_err(|_| DecodeError::AttributeOverrun)?;
        let message_type = u16::from_be_bytes([raw[0], raw[1]]);
        let mut transaction = [0; 12];
        transaction.copy_from_slice(&raw[8..HEADER]);
        let mut offset = HEADER;
        let attributes = codec.attributes.0.into_iter().map(|attribute| {
            let at = offset;
            offset += 4 + attribute.value.len().next_multiple_of(4);
            Attribute { kind: attribute.typ.value(), offset: at, value: attribute.value }
        });
        let message = Self {
            class: class_of(message_type),
            method: Method::from_number(method_of(message_type)),
            transaction: TransactionId(transaction),
            trailing: available - length,
            attributes: attributes.collect(),
            raw: raw.to_vec(),
        };
        match message.fingerprint_matches() {
            Some(false) => Err(DecodeError::WrongFingerprint),
            _ => Ok(message),
        }
    }

    /// The message as it was received, without what trailed it.
    pub fn bytes(&self) -> &[u8] {
        &self.raw
    }

    /// The value of the first attribute of this kind. Attributes behind MESSAGE-INTEGRITY are not
    /// protected by it and are ignored, as RFC 8489 §14.5 demands; FINGERPRINT alone may stand there.
    pub fn attribute(&self, kind: Kind) -> Option<&[u8]> {
        let protected = self
            .attributes
            .iter()
            .position(|a| {
                matches!(a.kind, attribute::MESSAGE_INTEGRITY | attribute::MESSAGE_INTEGRITY_SHA256)
            })
            .map_or(self.attributes.len(), |at| at + 1);
        self.attributes[..protected].iter().find(|a| a.kind == kind).map(|a| a.value.as_slice())
    }

    /// An attribute that holds text; broken UTF-8 is replaced, NULs that pad the end are dropped.
    pub fn text(&self, kind: Kind) -> Option<String> {
        self.attribute(kind).map(text)
    }

    /// An attribute that holds a 32-bit number.
    pub fn number(&self, kind: Kind) -> Option<u32> {
        Some(u32::from_be_bytes(self.attribute(kind)?.try_into().ok()?))
    }

    /// An attribute that holds a plain address.
    pub fn address(&self, kind: Kind) -> Option<SocketAddr> {
        attribute::read_address(self.attribute(kind)?, None)
    }

    /// An attribute that holds an XOR-ed address.
    pub fn xor_address(&self, kind: Kind) -> Option<SocketAddr> {
        attribute::read_address(self.attribute(kind)?, Some(&self.transaction))
    }

    /// The address that the server saw: XOR-MAPPED-ADDRESS, else MAPPED-ADDRESS (RFC 3489 servers).
    pub fn reflexive_address(&self) -> Option<SocketAddr> {
        self.xor_address(attribute::XOR_MAPPED_ADDRESS).or_else(|| self.address(attribute::MAPPED_ADDRESS))
    }

    /// ERROR-CODE's number and reason phrase (RFC 8489 §14.8). The phrase is for people only:
    /// coturn pads it with NULs and words it freely.
    pub fn error_code(&self) -> Option<(u16, String)> {
        let value = self.attribute(attribute::ERROR_CODE)?;
        let (head, reason) = value.split_at_checked(4)?;
        let code = u16::from(head[2] & 0x07) * 100 + u16::from(head[3]);
        Some((code, text(reason)))
    }

    /// Checks MESSAGE-INTEGRITY with `key` (RFC 8489 §14.5).
    pub fn integrity(&self, key: &[u8]) -> Integrity {
        let Some(attribute) = self.attributes.iter().find(|a| a.kind == attribute::MESSAGE_INTEGRITY) else {
            return Integrity::Absent;
        };
        let mac = integrity_of(&self.raw[..attribute.offset], key);
        match mac.verify_slice(&attribute.value) {
            Ok(()) => Integrity::Valid,
            Err(_) => Integrity::Wrong,
        }
    }

    fn fingerprint_matches(&self) -> Option<bool> {
        let attribute = self.attributes.iter().find(|a| a.kind == attribute::FINGERPRINT)?;
        let expected = ::stun::fingerprint::fingerprint_value(&self.raw[..attribute.offset]);
        Some(attribute.value == expected.to_be_bytes())
    }
}

/// A message in the making.
#[derive(Debug)]
pub struct MessageBuilder {
    codec: Codec,
    transaction: TransactionId,
}

impl MessageBuilder {
    /// Starts a message without attributes.
    pub fn new(class: Class, method: Method, transaction: TransactionId) -> Self {
        let mut codec = Codec::new();
        codec.transaction_id.0 = transaction.0;
        codec.typ.read_value(type_of(class, method));
        codec.write_header();
        Self { codec, transaction }
    }

    /// Adds an attribute.
    #[must_use]
    pub fn attribute(mut self, kind: Kind, value: &[u8]) -> Self {
        self.codec.add(AttrType(kind), value);
        self
    }

    /// Adds an attribute that holds a 32-bit number.
    #[must_use]
    pub fn number(self, kind: Kind, value: u32) -> Self {
        self.attribute(kind, &value.to_be_bytes())
    }

    /// Adds an attribute that holds an XOR-ed address.
    #[must_use]
    pub fn xor_address(self, kind: Kind, address: SocketAddr) -> Self {
        let value = attribute::write_xor_address(address, &self.transaction);
        self.attribute(kind, &value)
    }

    /// Adds MESSAGE-INTEGRITY over all that stands before it (RFC 8489 §14.5).
    #[must_use]
    pub fn integrity(self, key: &[u8]) -> Self {
        let mac = integrity_of(&self.codec.raw, key).finalize().into_bytes();
        self.attribute(attribute::MESSAGE_INTEGRITY, &mac)
    }

    /// Closes the message with FINGERPRINT (RFC 8489 §14.7) and gives its bytes.
    pub fn finish(mut self) -> Vec<u8> {
        let length = (self.codec.raw.len() - HEADER + 8) as u16;
        self.codec.raw[2..4].copy_from_slice(&length.to_be_bytes());
        let value = ::stun::fingerprint::fingerprint_value(&self.codec.raw);
        self.attribute(attribute::FINGERPRINT, &value.to_be_bytes()).codec.raw
    }
}

/// HMAC-SHA1 over `head`, its length field changed to end with the MESSAGE-INTEGRITY attribute.
fn integrity_of(head: &[u8], key: &[u8]) -> Hmac<Sha1> {
    let length = (head.len() - HEADER + 4 + HMAC_SHA1) as u16;
    let mut mac = Hmac::<Sha1>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(&head[..2]);
    mac.update(&length.to_be_bytes());
    mac.update(&head[4..]);
    mac
}

fn text(value: &[u8]) -> String {
    String::from_utf8_lossy(value).trim_end_matches('\0').to_owned()
}

fn class_of(message_type: u16) -> Class {
    match (message_type >> 7 & 0b10) | (message_type >> 4 & 0b01) {
        0 => Class::Request,
        1 => Class::Indication,
        2 => Class::Success,
        _ => Class::Error,
    }
}

fn method_of(message_type: u16) -> u16 {
    (message_type & 0x000f) | (message_type >> 1 & 0x0070) | (message_type >> 2 & 0x0f80)
}

fn type_of(class: Class, method: Method) -> u16 {
    let method = method.number();
    let class = match class {
        Class::Request => 0x0000,
        Class::Indication => 0x0010,
        Class::Success => 0x0100,
        Class::Error => 0x0110,
    };
    (method & 0x000f) | (method & 0x0070) << 1 | (method & 0x0f80) << 2 | class
}

#[cfg(test)]
mod tests;
