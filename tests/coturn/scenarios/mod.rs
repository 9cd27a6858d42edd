//! What goes wrong with real servers, one test a way, and what the probe must say of it. Each
//! test also has coturn's log or the packet filter say that it really happened.

mod call;
mod capabilities;
mod credentials;
mod dtls;
mod healthy;
mod limits;
mod modes;
mod names;
mod nat;
mod nat_behavior;
mod network;
mod others;
mod quality;
mod reachability;
mod redirect;
mod refusals;
mod relay;
mod security;
mod tls;
mod tokens;
mod transports;
mod turnserver_conf;
mod watch;

use crate::lab::{PASSWORD, USER};

/// The URI that is tried over UDP and over TCP.
const TURN: &str = "turn:198.51.100.1:3478";
const TURN_UDP: &str = "turn:198.51.100.1:3478?transport=udp";
const TURN_TCP: &str = "turn:198.51.100.1:3478?transport=tcp";
const TURNS: &str = "turns:198.51.100.1:5349?transport=tcp";

/// The base server's user, as flags.
const ALICE: [&str; 4] = ["-u", USER, "-w", PASSWORD];

/// Command lines in one flow: targets first, then groups of flags.
fn args<'a>(groups: &[&[&'a str]]) -> Vec<&'a str> {
    groups.concat()
}
