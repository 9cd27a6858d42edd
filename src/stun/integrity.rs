//! The HMACs of MESSAGE-INTEGRITY and MESSAGE-INTEGRITY-SHA256 (RFC 8489 §14.5, §14.6).

use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::Sha256;

use super::header::HEADER;

/// What MESSAGE-INTEGRITY holds.
pub(super) type HmacSha1 = Hmac<Sha1>;
/// What MESSAGE-INTEGRITY-SHA256 holds; only a usage that says so may truncate it, and TURN does not.
pub(super) type HmacSha256 = Hmac<Sha256>;

/// Whether a message carries an integrity attribute that our key explains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Integrity {
    /// No such attribute.
    Absent,
    /// The HMAC is the one our key gives.
    Valid,
    /// The HMAC is another: a forgery, damage on the way, or a server with another key.
    Wrong,
}

/// The HMAC over `head`, which is all that stands before the attribute, its length field changed so
/// that the message ends with the attribute.
pub(super) fn hmac_over<M: Mac + KeyInit>(head: &[u8], key: &[u8]) -> M {
    hmac_cut_to(head, key, M::output_size())
}

/// As [`hmac_over`], for an attribute that holds `size` bytes of the HMAC only.
pub(super) fn hmac_cut_to<M: Mac + KeyInit>(head: &[u8], key: &[u8], size: usize) -> M {
    let length = (head.len() - HEADER + 4 + size) as u16;
    let mut mac = <M as Mac>::new_from_slice(key).expect("HMAC takes a key of any length (RFC 2104 §2)");
    mac.update(&head[..2]);
    mac.update(&length.to_be_bytes());
    mac.update(&head[4..]);
    mac
}
