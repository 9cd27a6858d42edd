//! Every way in which people hand over SDP gives the same SDP.
#![allow(clippy::disallowed_methods, reason = "tests read files")]

mod corpus;
