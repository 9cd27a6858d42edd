//! The only module with sockets, files, names, clocks and randomness: the drivers of the pure machines.

pub mod output;
