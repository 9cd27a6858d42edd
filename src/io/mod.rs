//! The only module with sockets, files, DNS, TLS, clocks and randomness: the drivers of the pure
//! machines.
#![allow(clippy::disallowed_methods, reason = "this is where the world outside is asked")]

pub mod link;
pub mod probe;
pub mod resolve;
pub mod tls;
pub mod wire;
