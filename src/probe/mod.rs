//! `probe`: is a STUN or TURN server reachable, does its relay carry data, and if not, why.
//!
//! [`plan`] says what to try, [`facts`] what was seen, [`diagnose`] what it means, [`Summary`] is the
//! whole. The trying itself is `io::probe`.

pub mod candidates;
pub mod capabilities;
pub mod codes;
mod configured;
pub mod diagnose;
pub mod facts;
mod metrics;
pub mod pair;
pub mod plan;
mod report;
pub mod security;
mod summary;
pub mod watch;

pub use metrics::METRICS;
pub use summary::{Judge, Summary};
