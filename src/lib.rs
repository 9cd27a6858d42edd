//! rtcscope says, without a browser, why a WebRTC call does not work and how good it is.
//!
//! Every command flows one way: arguments ([`cli`]) → input ([`io`]) → domain → [`report`].
//! The domain modules are pure: bytes, text and time come in, values come out. ARCHITECTURE.md
//! has the map and the invariants.

pub mod finding;
pub mod io;
pub mod metric;
pub mod report;
pub mod server;
