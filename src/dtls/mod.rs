//! A DTLS 1.2 client (RFC 6347), sans-IO: a handshake that becomes a session, one record a datagram. Beside it, the
//! records of others are opened where their secret is known.
//!
//! The certificate is not judged here, only held against the key exchange's signature; `crate::tls::verify` has the
//! rest. Leaves out client certificates, renegotiation, resumption and DTLS 1.3, which no TURN server asks for.
//! The arithmetic is that of rustls and ring. The `dimpl` package would serve but for three things: it offers ECDSA
//! alone, so that a server with an RSA certificate refuses it; it sends neither server name nor ALPN; and it shows
//! the server's own certificate without its chain.

mod fault;
mod handshake;
mod keys;
mod listener;
pub(crate) mod message;
mod record;
mod session;
#[cfg(test)]
mod tests;

pub use fault::HandshakeFault;
pub use handshake::{Handshake, Heard, Offer, Output};
pub use listener::{From, Listener};
pub use record::looks_like_dtls;
pub use session::{Closed, Negotiated, Session};
