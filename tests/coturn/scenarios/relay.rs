//! Allocations that succeed and do not relay, or relay from an address that is no use.

use super::{ALICE, TURN_UDP, args};
use crate::lab::{CLIENT, CLIENT_2, DEVICE, Lab, Side};

#[test]
fn a_relay_range_closed_inbound_is_told_from_outbound() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&[]);
    let rule = format!("-A INPUT -i {DEVICE} -p udp --dport 49160:49200 -j DROP");
    lab.firewall(Side::Server, &[&rule]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.ends("fail", 1).errors(&["RELAY_INBOUND_BLOCKED"]);
    run.shows("udp", "/allocate/ok", true);
    run.way_is_blocked("udp", "inbound").way_is_clear("udp", "outbound").way_is_clear("udp", "loop");
    run.check(lab.filtered(Side::Server) > 0, "the rule met no packet");
    coturn.saw("ALLOCATE processed, success");
}

#[test]
fn a_relay_range_closed_outbound_is_told_from_inbound() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&[]);
    lab.firewall(Side::Client, &["-A INPUT -p udp --sport 49160:49200 -j DROP"]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.ends("fail", 1).errors(&["RELAY_OUTBOUND_BLOCKED"]);
    run.way_is_clear("udp", "inbound").way_is_blocked("udp", "outbound").way_is_clear("udp", "loop");
    run.check(lab.filtered(Side::Client) > 0, "the rule met no packet");
}

/// The server's own firewall makes its sends fail, and coturn gives the allocation up at the first.
#[test]
fn a_server_that_may_not_send_loses_the_allocation_and_that_is_one_finding() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&[]);
    let rule = format!("-A OUTPUT -o {DEVICE} -p udp --sport 49160:49200 -j DROP");
    lab.firewall(Side::Server, &[&rule]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.ends("fail", 1).errors(&["RELAY_OUTBOUND_BLOCKED"]);
    run.way_is_blocked("udp", "outbound").shows("udp", "/refresh/code", 437);
    run.check(lab.filtered(Side::Server) > 0, "the rule met no packet");
}

/// The loop between two allocations passes here: coturn maps its own external address back.
#[test]
fn a_private_external_ip_is_not_a_pass() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&["external-ip=192.168.5.5"]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.ends("fail", 1).errors_among(&["RELAY_ADDR_PRIVATE"], &["RELAY_INBOUND_BLOCKED"]);
    let relayed = run.endpoint("udp")["relay"]["address"].as_str().unwrap_or("?");
    run.check(relayed.starts_with("192.168.5.5:"), &format!("relayed {relayed}"));
    run.shows("udp", "/relay/inbound/ok", false).way_is_clear("udp", "loop");
}

#[test]
fn an_external_ip_that_is_not_the_servers_is_named_when_no_data_passes() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&["external-ip=203.0.113.7"]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.ends("fail", 1).errors(&["RELAY_INBOUND_BLOCKED"]).has("RELAY_ADDR_MISMATCH", "warning");
    run.shows("udp", "/relay/inbound/ok", false).way_is_clear("udp", "loop");
}

/// The server serves behind an address that is not the one it was asked at, and data passes.
#[test]
fn a_relay_on_another_address_of_the_server_is_worth_a_note_only() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&["relay-ip=198.51.100.2"]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.ends("pass", 0).is_healthy().has("RELAY_ADDR_MISMATCH", "info").carries("udp");
}

#[test]
fn a_peer_that_the_server_denies_is_forbidden() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&[&format!("denied-peer-ip={CLIENT}-{CLIENT_2}")]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.ends("fail", 1).errors(&["FORBIDDEN_PEER"]);
    run.shows("udp", "/allocate/ok", true).shows("udp", "/permission/code", 403);
    coturn.saw("error 403");
}
