//! Allocations that succeed and do not relay, or relay from an address that is no use.

use std::net::Ipv4Addr;

use rtcscope::server::{Faults, Settings};

use super::{ALICE, args, settings, start, turn_udp};
use crate::run::{Run, probe};

fn probed(settings: Settings) -> Run {
    let server = start(settings);
    probe(&args(&[&[&turn_udp(&server)], &ALICE, &["--timeout", "1s"]]))
}

fn with(faults: Faults) -> Run {
    let run = probed(Settings { faults, ..settings() });
    run.shows("udp", "/allocate/ok", true).shows("udp", "/release/ok", true);
    run
}

#[test]
fn a_relay_range_closed_inbound_is_told_from_outbound() {
    let run = with(Faults { relay_inbound_blocked: true, ..Faults::default() });
    run.fails(&["RELAY_INBOUND_BLOCKED"]);
    run.way_is_blocked("udp", "inbound").way_is_clear("udp", "outbound").way_is_clear("udp", "loop");
}

#[test]
fn a_relay_range_closed_outbound_is_told_from_inbound() {
    let run = with(Faults { relay_outbound_blocked: true, ..Faults::default() });
    run.fails(&["RELAY_OUTBOUND_BLOCKED"]);
    run.way_is_clear("udp", "inbound").way_is_blocked("udp", "outbound").way_is_clear("udp", "loop");
}

#[test]
fn a_relay_closed_both_ways_is_both() {
    let both = Faults { relay_inbound_blocked: true, relay_outbound_blocked: true, ..Faults::default() };
    let run = with(both);
    run.fails(&["RELAY_INBOUND_BLOCKED", "RELAY_OUTBOUND_BLOCKED"]).way_is_clear("udp", "loop");
}

#[test]
fn two_relays_that_cannot_reach_each_other_are_a_hairpin_fault() {
    let run = with(Faults { relay_hairpin_blocked: true, ..Faults::default() });
    run.fails(&["HAIRPIN_FAIL"]);
    run.way_is_clear("udp", "inbound").way_is_clear("udp", "outbound").way_is_blocked("udp", "loop");
}

/// Another loopback address stands for a wrong `external-ip`: a private one would send packets off this machine.
#[test]
fn an_advertised_address_that_is_not_the_servers_is_named_when_no_data_passes() {
    let advertised_relay_ip = Some(Ipv4Addr::new(127, 0, 0, 9).into());
    let run = probed(Settings { advertised_relay_ip, ..settings() });
    run.fails(&["RELAY_INBOUND_BLOCKED"]).warnings(&["RELAY_ADDR_MISMATCH"]);
    run.way_is_blocked("udp", "inbound").way_is_clear("udp", "loop");
}

#[test]
fn a_peer_that_the_server_denies_is_forbidden() {
    let denied_peers = vec!["127.0.0.0/8".parse().unwrap()];
    let run = probed(Settings { denied_peers, ..settings() });
    run.fails(&["FORBIDDEN_PEER"]).shows("udp", "/allocate/ok", true).shows("udp", "/permission/code", 403);
    run.shows("udp", "/release/ok", true);
}
