//! STUN messages and transactions (RFC 8489), as data: bytes and time come in, values come out.
//!
//! The `stun` package decodes and encodes the type-length-value layout; everything that a diagnosis
//! needs to be strict about (lengths, FINGERPRINT, MESSAGE-INTEGRITY, attribute order, retransmission
//! timers, stream framing) is here, and that package shows in no signature.

pub mod attribute;
pub mod framing;
mod message;
mod transaction;

pub use attribute::TransactionId;
pub use message::{Class, DecodeError, Integrity, Message, MessageBuilder, Method};
pub use transaction::{Output, Schedule, Transaction};
