//! Servers with nothing wrong.

use super::{ALICE, TURN, TURN_UDP, TURNS, args};
use crate::lab::{CLIENT, Kind, Lab, PASSWORD, SERVER, SERVER_V6};

#[test]
fn udp_tcp_and_tls_together_pass() {
    let Some(lab) = Lab::new() else { return };
    let made = lab.tls(Kind::Good);
    let [cert, key] = &made.config();
    let coturn = lab.coturn(&[cert, key]);
    let run = lab.probe(&args(&[&[TURN, TURNS], &ALICE, &["--cafile", made.cafile()]]));
    run.ends("pass", 0).is_healthy();
    run.carries("udp").carries("tcp").carries("tls").shows("tls", "/tls/verified", true);
    run.check(!run.gave_up(), "a check was given up");
    for transport in ["udp", "tcp", "tls"] {
        run.check(run.attempts(transport).contains(&Some(401)), "the 401 leg is not shown");
        let endpoint = run.endpoint(transport);
        let relayed = endpoint["relay"]["address"].as_str().unwrap_or("?");
        run.check(relayed.starts_with(&format!("{SERVER}:")), &format!("{transport}: relay {relayed}"));
        let reflexive = endpoint["binding"]["reflexive"].as_str().unwrap_or("?");
        run.check(
            reflexive.starts_with(&format!("{CLIENT}:")),
            &format!("{transport}: reflexive {reflexive}"),
        );
        run.check(endpoint["binding"]["rtt"]["n"] == 5, &format!("{transport}: not five bindings"));
    }
    // The allocations are given back: none may be left to its lifetime.
    let log = coturn.log();
    let taken = log.matches("packet ALLOCATE processed, success").count();
    let released = log.matches("lifetime=0").count();
    run.check(taken >= 3 && taken == released, &format!("{taken} allocations, {released} released"));
}

#[test]
fn the_candidates_are_those_of_a_browser() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&[]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.is_healthy();
    for (kind, address) in [("host", CLIENT), ("relay", SERVER)] {
        let found = run.candidates(kind);
        let there = found.iter().any(|candidate| candidate["address"] == address);
        run.check(there, &format!("no {kind} candidate with {address}: {found:?}"));
    }
    let relay = run.candidates("relay");
    run.check(relay.iter().all(|candidate| candidate["relay_protocol"] == "udp"), "not over UDP");
}

#[test]
fn a_stun_uri_asks_for_a_binding_alone() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&[]);
    let run = lab.probe(&["stun:198.51.100.1:3478"]);
    run.ends("pass", 0).is_healthy().shows("udp", "/binding/ok", true);
    run.check(!coturn.log().contains("ALLOCATE"), "an Allocate was sent");
}

#[test]
fn ipv6_passes() {
    let Some(lab) = Lab::new() else { return };
    let (v4, v6) = (format!("relay-ip={SERVER}"), format!("relay-ip={SERVER_V6}"));
    let listen = format!("listening-ip={SERVER_V6}");
    let _coturn = lab.coturn(&[&listen, &v4, &v6]);
    let run = lab.probe(&args(&[&["turn:[2001:db8:1::1]:3478"], &ALICE]));
    run.ends("pass", 0).is_healthy().carries("udp").carries("tcp");
}

#[test]
fn text_begins_with_the_verdict_and_shows_no_secret() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&[]);
    let (code, text) = lab.probe_text(&args(&[&[TURN_UDP], &ALICE]));
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("relay") && !text.contains(PASSWORD), "{text}");
    assert!(!text.contains('\u{1b}'), "colour without a terminal: {text}");
}
