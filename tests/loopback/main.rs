//! `rtcscope probe` over real sockets on 127.0.0.0/8 and ::1, with no network, no root and no other program:
//! against the embedded server, healthy and not (`scenarios`), and against servers that break the rules
//! (`hostile`). `README.md` says which scenario is played where.

#![allow(clippy::disallowed_methods, reason = "these tests are all edge: processes, sockets, clocks")]
#![allow(clippy::print_stderr, reason = "what a measurement came to goes to stderr")]
#![allow(clippy::unwrap_used, reason = "what the tests share is nothing else than a test either")]

mod bounded;
#[path = "../forwarder/mod.rs"]
mod forwarder;
mod hostile;
mod run;
mod scenarios;
#[path = "../watching/mod.rs"]
mod watching;
