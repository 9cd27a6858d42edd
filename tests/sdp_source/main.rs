//! Every way in which people hand over SDP gives the same SDP.
#![allow(clippy::disallowed_methods, reason = "tests read files")]
#![allow(clippy::print_stderr, reason = "a test that is left out says so")]

mod corpus;
mod dumps;
mod wrapping;
