//! `rtcscope call` through a real coturn: both ends relayed, over each transport, longer than what it grants.

use std::time::Duration;

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;

use super::{ALICE, TURN_TCP, TURN_UDP, TURNS, args};
use crate::lab::{Coturn, Kind, Lab, SERVER, Side};

/// By when a call through a relay of this machine is up; a build without optimisation on a busy machine takes its time.
const SOON_MS: f64 = if cfg!(debug_assertions) { 1500.0 } else { 500.0 };

/// A call from the client's side: exit code and JSON.
fn call(lab: &Lab, flags: &[&str]) -> (i32, Value) {
    let binary = cargo_bin!("rtcscope").to_str().expect("a path of text").to_owned();
    let mut command = lab.command(Side::Client, &binary, &["call", "--format", "json"]);
    let output = command.args(flags).output().expect("the program starts");
    let said = String::from_utf8_lossy(&output.stderr);
    let json = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"));
    (output.status.code().expect("an exit code"), json)
}

/// Allocations that coturn granted, and those that were given back: it writes its log with a delay.
fn allocations(coturn: &Coturn) -> (usize, usize) {
    std::thread::sleep(Duration::from_millis(500));
    let log = coturn.log();
    (log.matches("packet ALLOCATE processed, success").count(), log.matches("lifetime=0").count())
}

#[test]
fn both_ends_meet_through_it_over_udp_tcp_tls_and_dtls() {
    let Some(lab) = Lab::new() else { return };
    let made = lab.tls(Kind::Good);
    let [cert, key] = &made.config();
    let coturn = lab.coturn(&[cert, key]);
    let dtls = "turns:198.51.100.1:5349?transport=udp";
    let relays = ["--relay", TURN_UDP, "--relay", TURN_TCP, "--relay", TURNS, "--relay", dtls];
    let load = ["--duration", "1s", "--pings", "100", "--cafile", made.cafile()];
    let (exit, json) = call(&lab, &args(&[&relays, &ALICE, &load]));
    assert_eq!(exit, 0, "{json:#}");
    let paths = json["paths"].as_array().unwrap();
    let over: Vec<&str> = paths.iter().map(|path| path["transport"].as_str().unwrap()).collect();
    assert_eq!(over, ["udp", "tcp", "tls", "dtls"]);
    for path in paths {
        assert_eq!(path["pair"]["relayed"], true, "{path:#}");
        for end in ["caller", "callee"] {
            let address = path["pair"][end]["address"].as_str().unwrap();
            assert!(address.starts_with(&format!("{SERVER}:")), "{address}");
        }
        let channel = &path["channel"];
        assert!(channel["pings"].as_u64().unwrap() >= 90, "{path:#}");
        assert_eq!(channel["answered"], channel["pings"], "{path:#}");
        // Where it is fed by a stream, coturn may lose a packet of a burst between its own two relays.
        assert!(path["loss_pct"].as_f64().unwrap() < 1.0, "{path:#}");
        // A client that waits for better candidates takes two seconds; one that is driven by a timer, that for a round trip.
        let (setup, rtt) = (path["setup_ms"].as_f64().unwrap(), path["rtt"]["median_ms"].as_f64().unwrap());
        assert!(setup < SOON_MS && rtt < 100.0, "{setup} ms, {rtt} ms");
    }
    // Two for each path, and all given back.
    assert_eq!(allocations(&coturn), (8, 8), "{}", coturn.log());
    // It says the same of the ways to it: streams for TCP and TLS, two each, and which were encrypted.
    let log = coturn.log();
    assert_eq!(log.matches("tcp or tls connected to").count(), 4, "{log}");
    let encrypted = |method: &str| {
        log.lines()
            .filter(|line| line.contains(": new, ") && line.contains(&format!("method={method}")))
            .count()
    };
    assert_eq!((encrypted("TLS"), encrypted("DTLS")), (2, 2), "{log}");
}

#[test]
fn a_call_outlives_its_allocation_and_its_nonce() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&["max-allocate-lifetime=10", "stale-nonce=2"]);
    let (exit, json) =
        call(&lab, &args(&[&["--relay", TURN_UDP], &ALICE, &["--duration", "12s", "--pings", "200"]]));
    assert_eq!(exit, 0, "{json:#}");
    let path = &json["paths"][0];
    for relay in path["relays"].as_array().unwrap() {
        assert_eq!(relay["lifetime_s"], 10, "{relay:#}");
        assert!(relay["refreshes"].as_u64().unwrap() >= 1, "{relay:#}");
        assert!(relay["stale_nonces"].as_u64().unwrap() >= 1, "{relay:#}");
    }
    assert_eq!(path["channel"]["answered"], path["channel"]["pings"], "{path:#}");
    // A busy machine may lose a burst; a relay that ended would lose a sixth.
    assert!(path["loss_pct"].as_f64().unwrap() < 1.0, "{path:#}");
    assert!(coturn.log().contains("438"), "coturn took the old nonce");
    assert_eq!(allocations(&coturn), (2, 2), "{}", coturn.log());
}

#[test]
fn a_wrong_password_and_a_quota_are_named() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&["user-quota=1"]);
    let (exit, json) = call(&lab, &["--relay", TURN_UDP, "-u", "alice", "-w", "wrong"]);
    assert_eq!((exit, &json["failure"]["phase"]), (1, &"turn-auth 401".into()), "{json:#}");
    assert!(json["took_ms"].as_f64().unwrap() < 1000.0, "{json:#}");
    // Both ends need one.
    let (exit, json) = call(&lab, &args(&[&["--relay", TURN_UDP], &ALICE]));
    assert_eq!((exit, &json["failure"]["phase"]), (1, &"turn-allocate 486".into()), "{json:#}");
}

#[test]
fn peers_that_it_may_not_reach_are_named() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&["denied-peer-ip=198.51.100.0-198.51.100.255"]);
    let (exit, json) = call(&lab, &args(&[&["--relay", TURN_UDP], &ALICE]));
    let phase = json["failure"]["phase"].as_str().unwrap_or_default();
    assert_eq!(exit, 1, "{json:#}");
    assert!(phase.ends_with(" 403"), "{json:#}");
}
