//! The only module with sockets, files, DNS, TLS, clocks and randomness: the drivers of the pure
//! machines.

pub mod server;
