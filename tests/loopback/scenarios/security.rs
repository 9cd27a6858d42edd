//! What strangers may do, played by the embedded server.

use std::net::{IpAddr, Ipv6Addr};

use rtcscope::io::server::{EmbeddedServer, Listen};
use rtcscope::probe::security;
use rtcscope::server::{Faults, PeerRange, Settings};

use super::{ALICE, args, settings, start, turn, turn_tcp, turn_udp};
use crate::run::{Run, probe};

const SECURITY: [&str; 3] = ["--security", "--timeout", "1s"];

/// A server that denies what it should.
fn closed() -> Settings {
    let denied = security::embedded_denials().map(|line| line.parse::<PeerRange>().unwrap());
    Settings { denied_peers: denied.collect(), ..settings() }
}

fn audited(settings: Settings) -> Run {
    let server = start(settings);
    probe(&args(&[&[&turn_udp(&server)], &ALICE, &SECURITY]))
}

#[test]
fn the_servers_own_default_has_nothing_to_find() {
    let run = probe(&["--embedded", "--security"]);
    run.passes().shows("udp", "/security/permission_enforced", true);
    run.shows("udp", "/security/denied_peer_ip", serde_json::json!([]));
    run.check(!run.gave_up(), "a check was given up");
}

#[test]
fn a_closed_server_passes_over_tcp_and_ipv6_too() {
    let server = start(closed());
    let run = probe(&args(&[&[&turn_tcp(&server)], &ALICE, &SECURITY]));
    run.passes().shows("tcp", "/security/amplification", serde_json::Value::Null);
    let ip = IpAddr::V6(Ipv6Addr::LOCALHOST);
    let server = EmbeddedServer::start(closed(), Listen::on(ip)).unwrap();
    let run = probe(&args(&[&[&turn(&server)], &ALICE, &SECURITY]));
    run.passes();
}

#[test]
fn a_server_that_denies_nothing_is_told_range_by_range() {
    let run = audited(settings());
    run.fails(&["PEER_PRIVATE_ALLOWED"]).shows("udp", "/works", true);
    let said = run.finding("PEER_PRIVATE_ALLOWED")["evidence"]["granted"].to_string();
    run.check(said.contains("169.254.169.254 (169.254.0.0/16)"), "the metadata service is not named");
    run.check(
        run.text.contains("\n        denied-peer-ip=169.254.0.0-169.254.255.255\n"),
        "no line to paste",
    );
}

#[test]
fn the_address_of_the_server_has_a_row_and_is_a_warning_where_relays_have_another() {
    let run = audited(closed());
    run.passes().check(run.text.contains("the relays' own address"), "the relays' address has no row");
    run.check(!run.text.contains("the server's own address"), "one address has two rows");
    let run = audited(Settings { advertised_relay_ip: Some([127, 0, 0, 3].into()), ..closed() });
    // Nothing comes to that address, which is another fault.
    run.has("PEER_PRIVATE_ALLOWED", "warning");
    run.check(run.text.contains("the server's own address"), "it has no row");
    run.check(run.text.contains("\n        denied-peer-ip=127.0.0.1\n"), "no line to paste");
}

#[test]
fn a_server_that_ignores_permissions_is_an_error() {
    let faults = Faults { permissions_ignored: true, ..Faults::default() };
    let run = audited(Settings { faults, ..closed() });
    run.fails(&["PERMISSION_NOT_ENFORCED"]).shows("udp", "/security/permission_enforced", false);
    run.shows("udp", "/security/permission_test/received_before", 4);
}

#[test]
fn without_the_control_nothing_is_said_of_permissions() {
    let faults = Faults { relay_inbound_blocked: true, permissions_ignored: true, ..Faults::default() };
    let run = audited(Settings { faults, ..closed() });
    run.fails(&["RELAY_INBOUND_BLOCKED"]);
    run.shows("udp", "/security/permission_enforced", serde_json::Value::Null);
    run.check(run.text.contains("whether permissions are enforced: no packet"), "it is not said why");
}

#[test]
fn an_open_relay_is_an_error_with_the_flag_and_a_warning_without() {
    let open = || Settings { require_auth: false, ..closed() };
    let run = audited(open());
    run.fails(&["OPEN_RELAY"]).shows("udp", "/security/allocation_without_credentials", true);
    run.check(run.json["findings"].as_array().is_some_and(|all| all.len() == 1), "it is told twice");
    let server = start(open());
    let run = probe(&args(&[&[&turn_udp(&server)], &ALICE]));
    run.ends("warn", 0).errors(&[]).has("OPEN_RELAY", "warning").shows("udp", "/works", true);
}
