//! Servers that serve STUN or TURN in part, and nonces that age.

use super::{ALICE, TURN, TURN_UDP, args};
use crate::lab::Lab;

#[test]
fn a_server_without_turn_is_not_unreachable() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&["stun-only"]);
    let run = lab.probe(&args(&[&[TURN], &ALICE, &["--timeout", "2s"]]));
    run.ends("fail", 1).errors(&["STUN_ONLY"]).shows("udp", "/binding/ok", true);
    coturn.saw("STUN method 0x3 ignored");
}

#[test]
fn a_server_without_stun_is_worth_a_warning() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&["no-stun"]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &["--timeout", "2s"]]));
    run.is_healthy().has("TURN_ONLY", "warning");
    run.shows("udp", "/binding/ok", false).shows("udp", "/allocate/ok", true);
}

#[test]
fn a_binding_that_wants_a_user_fails_browsers() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&["secure-stun"]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.ends("fail", 1).errors(&["STUN_AUTH_REQUIRED"]);
    run.shows("udp", "/binding/ok", false).shows("udp", "/allocate/ok", true).shows("udp", "/works", true);
    let (code, text) = lab.probe_text(&args(&[&[TURN_UDP], &ALICE]));
    let head = text.split("\n\n").next().unwrap_or_default().replace("\n      ", " ");
    assert!(code == 1 && head.ends_with("; works: UDP"), "{head:?}");
    // Without a relay in question, there is nothing that works.
    lab.probe(&["stun:198.51.100.1"]).ends("fail", 1).shows("udp", "/works", false);
    coturn.saw("error 401");
}

/// The relay test outlives the nonce, so what follows it meets 438 and must go on with the new one.
#[test]
fn a_nonce_that_ages_during_the_run_is_renewed() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&["stale-nonce=1"]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &["--duration", "4s"]]));
    run.is_healthy().shows("udp", "/refresh/ok", true).shows("udp", "/release/ok", true);
    coturn.saw("error 438");
    run.has("STALE_NONCE_OK", "info");
}

#[test]
fn an_open_relay_works_and_is_warned_of() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&["no-auth", "!lt-cred-mech", "!user"]);
    for credentials in [&ALICE[..], &[]] {
        let run = lab.probe(&args(&[&[TURN], credentials]));
        run.ends("warn", 0).is_healthy().carries("udp").carries("tcp").has("OPEN_RELAY", "warning");
        for transport in ["udp", "tcp"] {
            run.shows(transport, "/allocate/unauthenticated", true);
        }
    }
    // Who asks for addresses alone gets no relay, and no warning of one.
    lab.probe(&["stun:198.51.100.1"]).ends("pass", 0).has_no("OPEN_RELAY");
    assert!(!coturn.log().contains("error 401"), "the server asked for a user");
}
