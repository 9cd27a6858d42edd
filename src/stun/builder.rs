//! A message in the making.

use std::net::SocketAddr;

use ::stun::attributes::AttrType;
use ::stun::message::Message as Codec;
use hmac::Mac;

use super::attribute::{self, Kind, TransactionId};
use super::fingerprint::fingerprint_over;
use super::header::{Class, HEADER, Method, write_type};
use super::integrity::{HmacSha1, HmacSha256, hmac_over};

/// A message in the making. What is added stands in that order; nothing keeps attributes from being
/// added twice or behind the integrity, which tests need.
#[derive(Debug, Clone)]
pub struct MessageBuilder {
    codec: Codec,
    transaction: TransactionId,
}

impl MessageBuilder {
    /// Starts a message without attributes.
    pub fn new(class: Class, method: Method, transaction: TransactionId) -> Self {
        let mut codec = Codec::new();
        codec.transaction_id.0 = transaction.0;
        codec.typ.read_value(write_type(class, method));
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

    /// Adds an attribute that holds a plain address.
    #[must_use]
    pub fn address(self, kind: Kind, address: SocketAddr) -> Self {
        self.attribute(kind, &attribute::write_address(address, None))
    }

    /// Adds an attribute that holds an XOR-ed address.
    #[must_use]
    pub fn xor_address(self, kind: Kind, address: SocketAddr) -> Self {
        let value = attribute::write_address(address, Some(&self.transaction));
        self.attribute(kind, &value)
    }

    /// Adds ERROR-CODE (RFC 8489 §14.8).
    #[must_use]
    pub fn error_code(self, code: u16, reason: &str) -> Self {
        let head = [0, 0, (code / 100) as u8, (code % 100) as u8];
        self.attribute(attribute::ERROR_CODE, &[&head, reason.as_bytes()].concat())
    }

    /// Adds UNKNOWN-ATTRIBUTES (RFC 8489 §14.13).
    #[must_use]
    pub fn unknown_attributes(self, kinds: &[Kind]) -> Self {
        let value: Vec<u8> = kinds.iter().copied().flat_map(Kind::to_be_bytes).collect();
        self.attribute(attribute::UNKNOWN_ATTRIBUTES, &value)
    }

    /// Adds MESSAGE-INTEGRITY over all that stands before it (RFC 8489 §14.5).
    #[must_use]
    pub fn integrity(self, key: &[u8]) -> Self {
        let mac = hmac_over::<HmacSha1>(&self.codec.raw, key).finalize().into_bytes();
        self.attribute(attribute::MESSAGE_INTEGRITY, &mac)
    }

    /// Adds MESSAGE-INTEGRITY-SHA256 over all that stands before it (RFC 8489 §14.6).
    #[must_use]
    pub fn integrity_sha256(self, key: &[u8]) -> Self {
        let mac = hmac_over::<HmacSha256>(&self.codec.raw, key).finalize().into_bytes();
        self.attribute(attribute::MESSAGE_INTEGRITY_SHA256, &mac)
    }

    /// Gives the bytes without FINGERPRINT: the smallest message that a server may answer.
    pub fn bare(self) -> Vec<u8> {
        self.codec.raw
    }

    /// Closes the message with FINGERPRINT (RFC 8489 §14.7) and gives its bytes.
    pub fn finish(mut self) -> Vec<u8> {
        let length = (self.codec.raw.len() - HEADER + 8) as u16;
        self.codec.raw[2..4].copy_from_slice(&length.to_be_bytes());
        let value = fingerprint_over(&self.codec.raw);
        self.attribute(attribute::FINGERPRINT, &value).codec.raw
    }
}
