//! Clients behind a NAT: what the NAT itself does to packets is not the server's fault.

use super::{ALICE, TURN, TURN_UDP, TURNS, args};
use crate::lab::{CLIENT, DEVICE, INSIDE, Kind, Lab, Nat, PRIVATE, Run, Side};

/// Where the probe's own UDP socket is, how the server saw it, and how the relay did.
fn peer(run: &Run) -> [&str; 3] {
    let peer = &run.endpoint("udp")["relay"]["peer"];
    run.check(peer["nat"] == true, &format!("no NAT was noticed: {peer}"));
    ["local", "reflexive", "seen_by_relay"].map(|key| peer[key].as_str().unwrap_or("?"))
}

fn is_healthy_behind(kind: Nat) -> Option<Run> {
    let lab = Lab::new()?;
    lab.nat(kind);
    let made = lab.tls(Kind::Good);
    let [cert, key] = &made.config();
    let _coturn = lab.coturn(&[cert, key]);
    let run = lab.probe(&args(&[&[TURN, TURNS], &ALICE, &["--cafile", made.cafile()]]));
    run.is_healthy().carries("udp").carries("tcp").carries("tls");
    for transport in ["udp", "tcp", "tls"] {
        run.shows(transport, "/relay/peer/nat", true);
    }
    let reflexive = run.candidates("srflx");
    let inside = format!("{PRIVATE}:");
    let there = reflexive.iter().any(|candidate| {
        let related = candidate["related"].as_str().unwrap_or("?");
        candidate["address"] == CLIENT && related.starts_with(&inside)
    });
    run.check(there, &format!("no srflx candidate with {CLIENT}: {reflexive:?}"));
    let host = run.candidates("host");
    run.check(host.iter().any(|candidate| candidate["address"] == PRIVATE), "no host candidate");
    Some(run)
}

#[test]
fn a_healthy_server_passes_from_behind_a_cone_nat() {
    let Some(run) = is_healthy_behind(Nat::Cone) else { return };
    let [local, reflexive, seen] = peer(&run);
    run.check(local.starts_with(PRIVATE) && seen.starts_with(CLIENT), "the addresses are not the NAT's");
    run.check(reflexive == seen, "two mappings, so that this was no cone");
}

#[test]
fn a_healthy_server_passes_from_behind_a_symmetric_nat() {
    let Some(run) = is_healthy_behind(Nat::Symmetric) else { return };
    let [local, reflexive, seen] = peer(&run);
    run.check(local.starts_with(PRIVATE) && seen.starts_with(CLIENT), "the addresses are not the NAT's");
    run.check(reflexive != seen, "one mapping, so that this was not symmetric");
}

/// Many offices let UDP out to the TURN port alone. Calls work there, relayed on the other side.
fn only_the_listening_port(kind: Nat) {
    let Some(lab) = Lab::new() else { return };
    lab.nat(kind);
    let _coturn = lab.coturn(&[]);
    lab.firewall(Side::Router, &[&format!("-A FORWARD -i {INSIDE} -p udp ! --dport 3478 -j DROP")]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.is_healthy().has_no("RELAY_OUTBOUND_BLOCKED").way_is_clear("udp", "loop");
    run.way_is_blocked("udp", "inbound").way_is_blocked("udp", "outbound");
    run.check(lab.filtered(Side::Router) > 0, "the rule met no packet");
    peer(&run);
}

#[test]
fn a_cone_nat_that_lets_udp_out_to_the_listening_port_alone_does_not_blame_the_relay() {
    only_the_listening_port(Nat::Cone);
}

#[test]
fn a_symmetric_nat_that_lets_udp_out_to_the_listening_port_alone_does_not_blame_the_relay() {
    only_the_listening_port(Nat::Symmetric);
}

/// A server whose firewall keeps peers from the relay ports.
fn closed_inbound(kind: Nat) -> Option<Run> {
    let lab = Lab::new()?;
    lab.nat(kind);
    let _coturn = lab.coturn(&[]);
    let rule = format!("-A INPUT -i {DEVICE} -p udp --dport 49160:49200 -j DROP");
    lab.firewall(Side::Server, &[&rule]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.has_no("RELAY_OUTBOUND_BLOCKED").way_is_blocked("udp", "inbound").way_is_clear("udp", "loop");
    run.check(lab.filtered(Side::Server) > 0, "the rule met no packet");
    Some(run)
}

/// Our own packets to the relay opened the NAT for those that come from it: the way out is proven.
#[test]
fn a_relay_range_closed_inbound_is_named_from_behind_a_cone_nat() {
    let Some(run) = closed_inbound(Nat::Cone) else { return };
    run.ends("fail", 1).errors(&["RELAY_INBOUND_BLOCKED"]).way_is_clear("udp", "outbound");
    let confidence = &run.finding("RELAY_INBOUND_BLOCKED")["confidence"];
    run.check(confidence == "medium", &format!("confidence {confidence}"));
    peer(&run);
}

/// The relay never saw where our packets come from, and nobody else knows.
#[test]
fn a_relay_range_closed_inbound_is_told_of_from_behind_a_symmetric_nat() {
    let Some(run) = closed_inbound(Nat::Symmetric) else { return };
    run.errors_among(&[], &["RELAY_INBOUND_BLOCKED"]);
    run.finding("RELAY_INBOUND_BLOCKED");
    peer(&run);
}
