//! Quotas and relay ports: what the probe itself uses up must not look like a server's fault.

use std::net::UdpSocket;

use rtcscope::server::Settings;

use super::{ALICE, Holder, args, settings, start, turn, turn_udp};
use crate::run::probe;

#[test]
fn a_quota_of_one_is_probed_one_allocation_at_a_time() {
    let server = start(Settings { user_quota: Some(1), ..settings() });
    let run = probe(&args(&[&[&turn(&server)], &ALICE]));
    run.ends("warn", 0).errors(&[]).has("QUOTA", "warning");
    run.check(run.gave_up(), "no check is said to be given up");
    for transport in ["udp", "tcp"] {
        run.shows(transport, "/allocate/ok", true);
        run.way_is_clear(transport, "inbound").way_is_clear(transport, "outbound");
    }
}

#[test]
fn a_quota_that_another_client_uses_up_is_named() {
    let server = start(Settings { user_quota: Some(1), ..settings() });
    let _holder = Holder::of(server.udp_addr().unwrap());
    let run = probe(&args(&[&[&turn_udp(&server)], &ALICE]));
    run.fails(&["QUOTA"]).check(run.attempts("udp") == [Some(401), Some(486)], "no 486 behind a 401");
}

#[test]
fn relay_ports_that_another_client_uses_up_are_named() {
    let server = start(Settings { total_ports: Some(1), ..settings() });
    let _holder = Holder::of(server.udp_addr().unwrap());
    let run = probe(&args(&[&[&turn_udp(&server)], &ALICE]));
    run.fails(&["CAPACITY"]).check(run.attempts("udp") == [Some(401), Some(508)], "no 508 behind a 401");
}

#[test]
fn a_range_of_one_port_suffices_when_it_is_used_alone_and_is_warned_of() {
    let server = start(Settings { total_ports: Some(1), ..settings() });
    let run = probe(&args(&[&[&turn(&server)], &ALICE]));
    run.ends("warn", 0).errors(&[]).has("CAPACITY", "warning");
    run.check(run.gave_up(), "no check is said to be given up");
}

/// Each endpoint holds two for the loop, a client one for each URL.
#[test]
fn room_for_what_a_client_makes_is_no_finding_though_the_probe_wants_more() {
    let server = start(Settings { user_quota: Some(2), ..settings() });
    let (udp, tcp) = (turn_udp(&server), super::turn_tcp(&server));
    let run = probe(&args(&[&[&udp, &tcp], &ALICE]));
    run.passes().check(run.gave_up(), "no check is said to be given up");
}

#[test]
fn of_very_many_endpoints_only_so_many_are_at_work_at_the_same_time_and_silent_ones_keep_nobody_for_long() {
    let silent: Vec<UdpSocket> = (0..80).map(|_| UdpSocket::bind("127.0.0.1:0").unwrap()).collect();
    let uris: Vec<String> = silent.iter().map(|it| format!("stun:{}", it.local_addr().unwrap())).collect();
    let uris: Vec<&str> = uris.iter().map(String::as_str).collect();
    let run = probe(&[&uris[..], &["--timeout", "2s"]].concat());
    let targets = run.json["targets"].as_array().unwrap();
    let ends = targets.iter().flat_map(|target| target["endpoints"].as_array().unwrap());
    let started: Vec<f64> = ends.map(|end| end["started_ms"].as_f64().unwrap()).collect();
    // A place is free when its session has waited for its answer, and who has waited for a place as long goes on.
    let early = started.iter().filter(|ms| **ms < 1900.0).count();
    assert_eq!(started.len(), 80);
    assert!(early <= 32, "{started:?}");
    run.fails(&["UDP_TIMEOUT"]);
}
