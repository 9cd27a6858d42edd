//! Every rule about descriptions: that it fires where it must, and nowhere else.
#![allow(clippy::disallowed_methods, reason = "tests read what they like, and look at the clock")]
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "what is read here is our own")]

mod browser;
mod copying;
mod corpus;
mod differences;
mod fixtures;
mod order;
mod secrets;
mod sentences;
mod speed;
