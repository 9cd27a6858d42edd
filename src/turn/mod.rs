//! TURN (RFC 8656) as a client sees it: credentials, and the requests of one 5-tuple.

mod client;
pub mod credentials;

pub use client::{Answer, Client, Event, Leg, Oddity, Outcome, Output, Request, RequestId, Settings};
