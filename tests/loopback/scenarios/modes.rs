//! Servers that serve STUN or TURN in part, and nonces that age.

use std::time::Duration;

use rtcscope::server::Settings;

use super::{ALICE, TIMEOUT, args, settings, start, turn, turn_udp};
use crate::run::probe;

#[test]
fn a_server_without_turn_is_not_unreachable() {
    let server = start(Settings { stun_only: true, ..settings() });
    let run = probe(&args(&[&[&turn(&server)], &ALICE, &TIMEOUT]));
    run.fails(&["STUN_ONLY"]).warnings(&["STUN_ONLY"]).shows("udp", "/binding/ok", true);
}

#[test]
fn a_server_without_stun_is_worth_a_warning() {
    let server = start(Settings { turn_only: true, ..settings() });
    let run = probe(&args(&[&[&turn_udp(&server)], &ALICE, &TIMEOUT]));
    run.ends("warn", 0).errors(&[]).warnings(&["TURN_ONLY"]);
    run.shows("udp", "/binding/ok", false).shows("udp", "/allocate/ok", true).way_is_clear("udp", "inbound");
}

#[test]
fn a_server_that_wants_no_credentials_serves_without() {
    let server = start(Settings { require_auth: false, ..settings() });
    let run = probe(&[&turn_udp(&server)]);
    run.carries("udp").shows("udp", "/allocate/unauthenticated", true);
}

#[test]
fn a_nonce_that_ages_during_the_run_is_renewed() {
    let nonce_lifetime = Some(Duration::from_millis(100));
    let server = start(Settings { nonce_lifetime, ..settings() });
    let run = probe(&args(&[&[&turn_udp(&server)], &ALICE, &["--count", "30"]]));
    run.passes().has("STALE_NONCE_OK", "info").carries("udp");
}

#[test]
fn a_nonce_that_is_never_taken_is_a_loop_that_ends() {
    let server = start(Settings { wrong_nonce_always: true, ..settings() });
    let run = probe(&args(&[&[&turn_udp(&server)], &ALICE]));
    run.fails(&["NONCE_LOOP"]).shows("udp", "/allocate/code", 438);
    run.check(run.attempts("udp").len() <= 5, "it asked more often than anyone would");
}
