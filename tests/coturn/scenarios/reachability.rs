//! Ports that refuse, firewalls that reject, networks that say nothing.

use std::thread;
use std::time::Duration;

use super::{ALICE, TURN, TURN_TCP, TURN_UDP, args};
use crate::lab::{DEVICE, Lab, Run, Side};

fn udp_rule(chain: &str, rest: &str) -> String {
    let device = if chain == "INPUT" { "-i" } else { "-o" };
    format!("-A {chain} {device} {DEVICE} -p udp {rest}")
}

#[test]
fn nothing_listens_over_udp() {
    let Some(lab) = Lab::new() else { return };
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.ends("fail", 1).errors(&["PORT_REFUSED"]).shows("udp", "/binding/ok", false);
}

#[test]
fn nothing_listens_over_tcp() {
    let Some(lab) = Lab::new() else { return };
    let run = lab.probe(&args(&[&[TURN_TCP], &ALICE]));
    run.ends("fail", 1).errors(&["PORT_REFUSED"]);
}

#[test]
fn a_port_closed_for_udp_that_serves_tcp_is_both_said() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&["no-udp"]);
    let run = lab.probe(&args(&[&[TURN], &ALICE]));
    run.ends("fail", 1).errors_among(&["PORT_REFUSED"], &["UDP_BLOCKED_TCP_OK"]).carries("tcp");
}

#[test]
fn a_dropped_listening_port_is_a_timeout_while_tcp_works() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&[]);
    lab.firewall(Side::Server, &[&udp_rule("INPUT", "--dport 3478 -j DROP")]);
    let run = lab.probe(&args(&[&[TURN], &ALICE, &["--timeout", "2s"]]));
    run.ends("fail", 1).errors(&["UDP_TIMEOUT", "UDP_BLOCKED_TCP_OK"]).carries("tcp");
    run.check(lab.filtered(Side::Server) >= 3, "fewer than three tries");
}

/// A network without any UDP, as in many offices: the relay is well, and the probe's own UDP
/// socket is no witness against it.
#[test]
fn a_network_without_udp_does_not_blame_the_relay() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&[]);
    lab.firewall(Side::Server, &[&udp_rule("INPUT", "-j DROP")]);
    lab.firewall(Side::Client, &["-A INPUT -p udp -j DROP"]);
    let run = lab.probe(&args(&[&[TURN], &ALICE, &["--timeout", "2s"]]));
    run.ends("fail", 1).errors(&["UDP_TIMEOUT", "UDP_BLOCKED_TCP_OK"]);
    run.shows("tcp", "/allocate/ok", true).way_is_clear("tcp", "loop");
}

#[test]
fn udp_that_is_dropped_and_asked_for_alone_is_a_timeout() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&[]);
    lab.firewall(Side::Server, &[&udp_rule("INPUT", "-j DROP")]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &["--timeout", "2s"]]));
    run.ends("fail", 1).errors(&["UDP_TIMEOUT"]);
    run.check(lab.filtered(Side::Server) >= 3, "fewer than three tries");
}

#[test]
fn the_deadline_ends_a_run_that_still_waits() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&[]);
    lab.firewall(Side::Server, &[&udp_rule("INPUT", "-j DROP")]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &["--timeout", "25s", "--deadline", "2s"]]));
    run.check(run.code != 0, "an unfinished run is not healthy");
    run.check(run.took < Duration::from_secs(15), "the deadline did not end it");
}

#[test]
fn tcp_that_is_dropped_ends_within_the_deadline() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&[]);
    lab.firewall(Side::Server, &["-A INPUT -p tcp -j DROP"]);
    let run = lab.probe(&args(&[&[TURN_TCP], &ALICE, &["--timeout", "2s"]]));
    run.ends("fail", 1).errors(&["TCP_TIMEOUT"]);
    // A turn: URI that names no transport means UDP: that TCP is dropped is worth a warning.
    let run = lab.probe(&args(&[&[TURN], &ALICE, &["--timeout", "2s"]]));
    run.ends("warn", 0).errors(&[]).has("TCP_TIMEOUT", "warning").carries("udp");
    let run = lab.probe(&args(&[&[TURN], &ALICE, &["--timeout", "2s", "--require", "udp,tcp"]]));
    run.ends("fail", 1).errors(&["TCP_TIMEOUT"]).carries("udp");
    run.check(lab.filtered(Side::Server) > 0, "the rule met no packet");
}

#[test]
fn a_reject_as_port_unreachable_reads_as_refused() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&[]);
    lab.firewall(Side::Server, &[&udp_rule("INPUT", "-j REJECT --reject-with icmp-port-unreachable")]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.ends("fail", 1).errors(&["PORT_REFUSED"]);
    run.check(lab.filtered(Side::Server) > 0, "the rule met no packet");
}

#[test]
fn a_reject_as_prohibited_reads_as_a_firewall() {
    for kind in ["icmp-admin-prohibited", "icmp-host-prohibited"] {
        let Some(lab) = Lab::new() else { return };
        let _coturn = lab.coturn(&[]);
        lab.firewall(Side::Server, &[&udp_rule("INPUT", &format!("-j REJECT --reject-with {kind}"))]);
        let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
        run.ends("fail", 1).errors(&["ICMP_PROHIBITED"]);
        run.check(lab.filtered(Side::Server) > 0, "the rule met no packet");
    }
}

#[test]
fn an_own_firewall_that_forbids_all_udp_is_no_answer_about_the_server() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&[]);
    lab.firewall(Side::Client, &["-A OUTPUT -p udp -j DROP"]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.ends("inconclusive", 3).errors(&[]).has_no("ICMP_PROHIBITED").has_no("UDP_TIMEOUT");
    let skipped = run.endpoint("udp")["skipped"].as_str().unwrap_or("?");
    run.check(skipped.contains("own firewall"), &format!("skipped: {skipped}"));
    run.check(lab.filtered(Side::Client) > 0, "the rule met no packet");
}

/// Probes while the server is killed in the middle of its relayed data.
fn killed_while_data_flows(uri: &str) -> Option<Run> {
    let lab = Lab::new()?;
    let mut coturn = lab.coturn(&[]);
    let command = args(&[&[uri], &ALICE, &["--duration", "4s", "--timeout", "2s"]]);
    let run = thread::scope(|scope| {
        let probe = scope.spawn(|| lab.probe(&command));
        thread::sleep(Duration::from_secs(2));
        coturn.kill();
        probe.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    });
    run.ends("fail", 1).errors(&["CONNECTION_CLOSED"]).has_no("PORT_REFUSED");
    coturn.saw("ALLOCATE processed, success");
    Some(run)
}

#[test]
fn a_server_killed_while_data_flows_over_udp_went_away_and_was_there() {
    let Some(run) = killed_while_data_flows(TURN_UDP) else { return };
    run.shows("udp", "/allocate/ok", true);
}

#[test]
fn a_server_killed_while_data_flows_over_tcp_went_away_and_was_there() {
    let Some(run) = killed_while_data_flows(TURN_TCP) else { return };
    run.shows("tcp", "/allocate/ok", true);
}
