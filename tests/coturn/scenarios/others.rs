//! Servers of other makes: what is healthy there must not look ill to somebody who knows coturn.

use super::{ALICE, TURN, TURN_UDP, args};
use crate::lab::Lab;

#[test]
fn a_healthy_server_in_erlang_passes() {
    let Some(lab) = Lab::new() else { return };
    let Some(_server) = lab.p1_stun("") else { return };
    let run = lab.probe(&args(&[&[TURN], &ALICE]));
    run.ends("pass", 0).is_healthy().carries("udp").carries("tcp");
    run.check(!run.gave_up(), "a check was given up");
    run.shows("udp", "/binding/software", "P1 STUN library");
    run.can("udp", "relay-ipv6", "refused", Some(440))
        .can("udp", "tcp-relay", "refused", Some(442))
        .can("udp", "even-port", "refused", Some(420))
        .can("udp", "mobility", "ignored", None);
}

#[test]
fn a_wrong_password_reads_alike_on_another_server() {
    let Some(lab) = Lab::new() else { return };
    let Some(_server) = lab.p1_stun("") else { return };
    let run = lab.probe(&args(&[&[TURN_UDP], &["-u", "alice", "-w", "not-hers-4711"]]));
    run.ends("fail", 1).errors(&["AUTH_WRONG"]);
    let help = run.finding("AUTH_WRONG")["help"].to_string();
    run.check(
        help.is_empty() || !help.contains('`') || help.contains("says it is `P1`"),
        "options of coturn's, and no word of it",
    );
}

#[test]
fn a_server_of_rfc_3489_is_a_stun_server() {
    let Some(lab) = Lab::new() else { return };
    let Some(_server) = lab.vovida() else { return };
    let run = lab.probe(&["stun:198.51.100.1"]);
    run.ends("pass", 0).is_healthy().shows("udp", "/binding/ok", true);
}

#[test]
fn a_server_of_rfc_3489_gives_no_relay() {
    let Some(lab) = Lab::new() else { return };
    let Some(_server) = lab.vovida() else { return };
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &["--timeout", "1s"]]));
    run.ends("fail", 1).errors(&["STUN_ONLY"]);
}

#[test]
fn a_server_that_signs_nothing_and_ends_what_is_refreshed_is_told_so() {
    let Some(lab) = Lab::new() else { return };
    let Some(_server) = lab.node_turn() else { return };
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &["--timeout", "1s"]]));
    // node-turn does not sign its answer to ChannelBind, and says that a refreshed allocation lives for 0 s.
    run.ends("fail", 1).errors(&["INTEGRITY_BAD"]).has("LIFETIME_ODD", "warning");
    let unanswered = run.finding("INTEGRITY_BAD")["evidence"]["unanswered"].to_string();
    run.check(unanswered.contains("ChannelBind"), &unanswered);
    // Data passes all the same, by Send indications.
    run.way_is_clear("udp", "inbound").way_is_clear("udp", "outbound");
}
