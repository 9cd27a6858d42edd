//! What a TLS server's certificates say, and everything that is wrong with them.
//!
//! Leaves out the handshake, revocation, and where roots come from.

mod certificate;
mod fault;

pub use certificate::{CertificateError, CertificateReport, ChainLink, public_key};
pub use fault::{TlsFault, verify};

#[cfg(test)]
mod tests;
