//! TURN (RFC 8656) without sockets or clocks.

pub mod credentials;
