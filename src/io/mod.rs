//! The only module with sockets, files, names, clocks and randomness: the drivers of the pure machines.
#![allow(clippy::disallowed_methods, reason = "this is where the world outside is asked")]

pub mod arriving;
pub mod call;
pub mod capture;
pub mod captures;
pub mod check;
pub mod defaults;
pub mod dtls;
pub(crate) mod event_loop;
pub mod input;
pub mod link;
pub mod local;
pub mod nat;
pub mod output;
pub mod patience;
pub mod probe;
pub mod resolve;
pub mod server;
pub mod signal;
pub mod socket;
pub mod tap;
pub mod tls;
pub mod wire;
