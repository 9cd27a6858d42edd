//! A received message: a strict view of its bytes.

use std::net::SocketAddr;
use std::ops::Range;

use ::stun::message::Message as Codec;
use hmac::Mac;
use hmac::digest::KeyInit;

use super::attribute::{self, Kind, TransactionId};
use super::fingerprint::fingerprint_over;
use super::header::{Class, HEADER, MAGIC_COOKIE, Method, read_type};
use super::integrity::{HmacSha1, HmacSha256, Integrity, hmac_over};

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
    /// FINGERPRINT does not match, or is not the last attribute (RFC 8489 §14.7): damage on the way,
    /// or no STUN at all.
    #[error("the FINGERPRINT does not match the message")]
    WrongFingerprint,
}

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
    /// Where its value stands in the message.
    value: Range<usize>,
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
        let (class, method) = read_type(u16::from_be_bytes([raw[0], raw[1]]));
        let transaction = TransactionId(codec.transaction_id.0);
        let attributes = protected_attributes(&codec)?;
        Ok(Self { class, method, transaction, trailing: available - length, attributes, raw: codec.raw })
    }

    /// The message as it was received, without what trailed it.
    pub fn bytes(&self) -> &[u8] {
        &self.raw
    }

    /// All attributes in order. Those behind an integrity attribute are not protected by it and left
    /// out (RFC 8489 §14.5, §14.6): only MESSAGE-INTEGRITY-SHA256 may follow MESSAGE-INTEGRITY, and
    /// FINGERPRINT both.
    pub fn attributes(&self) -> impl Iterator<Item = (Kind, &[u8])> {
        self.attributes.iter().map(|attribute| (attribute.kind, &self.raw[attribute.value.clone()]))
    }

    /// The value of the first attribute of this kind.
    pub fn attribute(&self, kind: Kind) -> Option<&[u8]> {
        self.attributes().find_map(|(k, value)| (k == kind).then_some(value))
    }

    /// An attribute that holds text, for people to read: broken UTF-8 is replaced, NULs that pad the
    /// end are dropped.
    pub fn text(&self, kind: Kind) -> Option<String> {
        self.attribute(kind).map(text)
    }

    /// An attribute that holds text, byte for byte, as authentication needs it.
    pub fn exact_text(&self, kind: Kind) -> Option<&str> {
        std::str::from_utf8(self.attribute(kind)?).ok()
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
        self.xor_addresses(kind).next()?
    }

    /// All attributes of a kind that holds an XOR-ed address; `None` for each that cannot be read.
    pub fn xor_addresses(&self, kind: Kind) -> impl Iterator<Item = Option<SocketAddr>> {
        let values = self.attributes().filter(move |(k, _)| *k == kind);
        values.map(|(_, value)| attribute::read_address(value, Some(&self.transaction)))
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

    /// ADDRESS-ERROR-CODE's number: why one of two relays was not given (RFC 8656 §18.12).
    pub fn address_error(&self) -> Option<u16> {
        let head = self.attribute(attribute::ADDRESS_ERROR_CODE)?.get(..4)?;
        Some(u16::from(head[2] & 0x07) * 100 + u16::from(head[3]))
    }

    /// The hash algorithms of PASSWORD-ALGORITHMS, by number (RFC 8489 §18.5.1: 1 is MD5, 2 is SHA-256).
    pub fn password_algorithms(&self) -> Vec<u16> {
        let mut rest = self.attribute(attribute::PASSWORD_ALGORITHMS).unwrap_or_default();
        let mut numbers = Vec::new();
        while let Some((&[a, b, c, d], parameters)) = rest.split_first_chunk() {
            numbers.push(u16::from_be_bytes([a, b]));
            let length = usize::from(u16::from_be_bytes([c, d])).next_multiple_of(4);
            rest = parameters.get(length..).unwrap_or_default();
        }
        numbers
    }

    /// Checks MESSAGE-INTEGRITY with `key` (RFC 8489 §14.5).
    pub fn integrity(&self, key: &[u8]) -> Integrity {
        self.check_hmac::<HmacSha1>(attribute::MESSAGE_INTEGRITY, key)
    }

    /// Checks MESSAGE-INTEGRITY-SHA256 with `key` (RFC 8489 §14.6).
    pub fn integrity_sha256(&self, key: &[u8]) -> Integrity {
        self.check_hmac::<HmacSha256>(attribute::MESSAGE_INTEGRITY_SHA256, key)
    }

    fn check_hmac<M: Mac + KeyInit>(&self, kind: Kind, key: &[u8]) -> Integrity {
        let Some(Attribute { value, .. }) = self.attributes.iter().find(|a| a.kind == kind) else {
            return Integrity::Absent;
        };
        let mac: M = hmac_over(&self.raw[..value.start - 4], key);
        match mac.verify_slice(&self.raw[value.clone()]) {
            Ok(()) => Integrity::Valid,
            Err(_) => Integrity::Wrong,
        }
    }
}

/// The attributes that count, once FINGERPRINT, if there is one, was found to cover the whole message.
fn protected_attributes(codec: &Codec) -> Result<Vec<Attribute>, DecodeError> {
    let mut attributes = Vec::with_capacity(codec.attributes.0.len());
    let (mut end, mut seal) = (HEADER, None);
    for read in &codec.attributes.0 {
        let kind = read.typ.value();
        let value = end + 4..end + 4 + read.value.len();
        let head = &codec.raw[..end];
        end = value.end.next_multiple_of(4);
        let whole = end == codec.raw.len();
        if kind == attribute::FINGERPRINT && !(whole && read.value == fingerprint_over(head)) {
            return Err(DecodeError::WrongFingerprint);
        }
        let counts = match seal {
            None => true,
            Some(attribute::MESSAGE_INTEGRITY) if kind == attribute::MESSAGE_INTEGRITY_SHA256 => true,
            Some(_) => kind == attribute::FINGERPRINT,
        };
        if !counts {
            continue;
        }
        if matches!(kind, attribute::MESSAGE_INTEGRITY | attribute::MESSAGE_INTEGRITY_SHA256) {
            seal = Some(kind);
        }
        attributes.push(Attribute { kind, value });
    }
    Ok(attributes)
}

fn text(value: &[u8]) -> String {
    String::from_utf8_lossy(value).trim_end_matches('\0').to_owned()
}

#[cfg(test)]
mod tests;
