//! The only module with sockets, files, names, clocks and randomness: the drivers of the pure machines.
#![allow(
    clippy::disallowed_methods,
    reason = "this is the edge: what the others may not touch is touched here"
)]

pub mod output;
