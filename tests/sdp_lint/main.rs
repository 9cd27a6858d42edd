//! Every rule about descriptions: that it fires where it must, and nowhere else.
#![allow(clippy::disallowed_methods, reason = "tests read what they like")]

mod corpus;
mod fixtures;
mod secrets;
mod speed;
