//! Servers that are none, or break the rules on purpose: whatever they send, the probe neither panics nor hangs, and
//! says what it met.

mod authentication;
mod encrypted;
mod fake;
mod handshakes;
mod messages;
mod nat;
mod protocols;
mod redirects;
mod relays;
mod steps;
mod strangers;
mod streams;
mod tokens;
mod words;

use std::time::Duration;

use self::fake::Fake;
use crate::run::{Run, probe};

const REALM: &str = "hostile.test";
const USER: (&str, &str) = ("alice", "wonder-4711");
const ALICE: [&str; 4] = ["-u", USER.0, "-w", USER.1];

/// How long a step may take, and what no run may exceed: its steps, and a busy machine.
const TIMEOUT: &str = "400ms";
const LIMIT: Duration = Duration::from_secs(8);

fn udp(server: &Fake) -> Run {
    over(&format!("turn:{}?transport=udp", server.addr))
}

fn tcp(server: &Fake) -> Run {
    over(&format!("turn:{}?transport=tcp", server.addr))
}

fn tls(server: &Fake) -> Run {
    over(&format!("turns:{}", server.addr))
}

/// STUN alone, over UDP.
fn stun(server: &Fake) -> Run {
    over(&format!("stun:{}", server.addr))
}

fn over(target: &str) -> Run {
    let run = probe(&[&[target][..], &ALICE, &["--timeout", TIMEOUT]].concat());
    run.within(LIMIT);
    run
}
