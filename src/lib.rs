//! rtcscope says, without a browser, why a WebRTC call does not work and how good it is.
//!
//! Every command flows one way: arguments ([`cli`]) → input ([`io`]) → domain → [`report`].
//! The domain modules are pure: bytes, text and time come in, values come out. ARCHITECTURE.md
//! has the map and the invariants.
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(clippy::disallowed_methods, reason = "tests may look at the clock, and make files and sockets")
)]

pub mod analyze;
pub mod call;
pub mod capture;
pub mod check;
pub mod cli;
pub mod dtls;
pub mod finding;
pub mod ice;
pub mod impair;
pub mod io;
pub mod measure;
pub mod metric;
pub mod nat;
pub mod probe;
pub mod recording;
pub mod report;
pub mod rtcp;
pub mod rtp;
pub mod sctp;
pub mod sdp;
pub mod server;
pub mod spelling;
pub mod srtp;
pub mod stun;
pub mod tls;
pub mod turn;
pub mod turnserver;
