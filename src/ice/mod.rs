//! What ICE says about servers, addresses and candidates (RFC 8445), as values.
//!
//! Leaves out connectivity checks: nothing here pairs candidates or sends anything.

pub mod address;
pub mod candidate;
pub mod kind;
pub mod priority;
pub mod servers;
pub mod uri;
