//! TURN (RFC 8656) as a client sees it: credentials, the requests of one 5-tuple, and what must be renewed.

mod allocate;
mod allowance;
mod client;
pub mod credentials;
mod upkeep;

pub use allocate::{Allocate, Family, RelayTransport};
pub use allowance::Allowance;
pub use client::{Answer, Client, Event, Leg, Oddity, Outcome, Output, Request, RequestId, Settings};
pub use upkeep::Upkeep;
