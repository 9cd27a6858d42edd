//! `rtcscope probe` against a real coturn, in network namespaces that each test makes for itself.
//!
//! Needs root, coturn, iproute2, iptables and openssl; without them every test says `SKIPPED` on
//! stderr, and `RTCSCOPE_REQUIRE_LAB=1` turns that into a failure. Nothing leaves the namespaces:
//! they have no route to anywhere else.

#![allow(clippy::disallowed_methods, reason = "the lab is all edge: processes, files, clocks")]
#![allow(clippy::print_stderr, reason = "what a failed test has to say goes to stderr")]

#[path = "../forwarder/mod.rs"]
mod forwarder;
mod ground;
mod lab;
mod scenarios;
#[path = "../watching/mod.rs"]
mod watching;
