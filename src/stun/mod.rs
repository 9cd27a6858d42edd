//! STUN messages and transactions (RFC 8489), as data: bytes and time come in, values come out.
//!
//! The `stun` package decodes and encodes the type-length-value layout; everything that a diagnosis
//! needs to be strict about (lengths, FINGERPRINT, MESSAGE-INTEGRITY, attribute order, retransmission
//! timers, stream framing) is here, and that package shows in no signature.

pub mod attribute;
mod builder;
pub mod explain;
mod fingerprint;
pub mod framing;
mod header;
mod integrity;
mod message;
pub mod registry;
mod transaction;

pub use attribute::TransactionId;
pub use builder::MessageBuilder;
pub use header::{Class, Method};
pub use integrity::Integrity;
pub use message::{DecodeError, Message};
pub use transaction::{Output, Schedule, Transaction};
