//! Servers with nothing wrong.

use std::net::{IpAddr, Ipv6Addr};

use rtcscope::io::server::{EmbeddedServer, Identity, Listen};
use rtcscope::server::Settings;

use super::{ALICE, LOOPBACK, TempFile, USER, args, settings, start, turn, turn_udp, turns};
use crate::run::{probe, probe_in};

#[test]
fn udp_tcp_and_tls_together_pass() {
    let tls = Identity::throw_away(["127.0.0.1"]);
    let server = EmbeddedServer::start(settings(), Listen::on(LOOPBACK).with_tls(tls)).unwrap();
    let ca = TempFile::new(server.ca_pem().unwrap());
    let run = probe(&args(&[&[&turn(&server), &turns(&server)], &ALICE, &["--cafile", ca.path()]]));
    run.passes().shows("tls", "/tls/verified", true).check(!run.gave_up(), "a check was given up");
    for transport in ["udp", "tcp", "tls"] {
        run.carries(transport).shows(transport, "/binding/rtt/n", 5);
        run.check(run.attempts(transport) == [Some(401), None], "not a 401 leg and an authenticated one");
    }
    assert!(!server.panicked());
}

#[test]
fn ipv6_passes_over_udp_tcp_and_tls() {
    let ip = IpAddr::V6(Ipv6Addr::LOCALHOST);
    let listen = Listen::on(ip).with_tls(Identity::throw_away(["::1"]));
    let server = EmbeddedServer::start(settings(), listen).unwrap();
    let ca = TempFile::new(server.ca_pem().unwrap());
    let run = probe(&args(&[&[&turn(&server), &turns(&server)], &ALICE, &["--cafile", ca.path()]]));
    run.passes().carries("udp").carries("tcp").carries("tls");
}

#[test]
fn a_stun_uri_asks_for_a_binding_alone() {
    let server = start(settings());
    let run = probe(&[&turn(&server).replace("turn:", "stun:")]);
    run.passes().shows("udp", "/binding/ok", true).shows("udp", "/allocate", serde_json::Value::Null);
}

#[test]
fn a_bare_host_is_a_relay_where_there_is_somebody_to_be_and_else_not() {
    let server = start(settings());
    let bare = server.udp_addr().unwrap().to_string();
    let run = probe(&[&bare]);
    run.passes().shows("udp", "/allocate", serde_json::Value::Null);
    probe(&args(&[&[&bare], &ALICE])).passes().carries("udp").carries("tcp");
}

#[test]
fn a_server_that_offers_sha256_is_served_with_what_it_takes_too() {
    let server = start(Settings { offer_sha256: true, ..settings() });
    probe(&args(&[&[&turn_udp(&server)], &ALICE])).passes().carries("udp");
}

#[test]
fn credentials_come_from_the_environment_as_well() {
    let server = start(settings());
    let (user, password) = USER;
    let variables = [("RTCSCOPE_USERNAME", user), ("RTCSCOPE_PASSWORD", password)];
    let run = probe_in(&variables, &[&turn_udp(&server)]);
    run.passes().carries("udp");
    let wrong = [("RTCSCOPE_USERNAME", user), ("RTCSCOPE_PASSWORD", "wrong-one-88")];
    probe_in(&wrong, &[&turn_udp(&server)]).fails(&["AUTH_WRONG"]);
    probe_in(&wrong, &args(&[&[&turn_udp(&server)], &ALICE])).passes();
}

/// The embedded server has a user of its own, and the environment is nobody's flag.
#[test]
fn embedded_needs_nothing_and_minds_nothing() {
    probe(&["--embedded"]).passes().carries("udp").carries("tcp").carries("tls");
    let variables = [("RTCSCOPE_USERNAME", "alice"), ("RTCSCOPE_PASSWORD", "of-another-server")];
    probe_in(&variables, &["--embedded"]).passes().carries("udp").carries("tcp").carries("tls");
}

#[test]
fn a_password_file_gives_its_line() {
    let server = start(settings());
    for content in ["wonder-4711\n", "wonder-4711\r\n", "wonder-4711"] {
        let file = TempFile::new(content);
        let run = probe(&[&turn_udp(&server), "-u", USER.0, "--password-file", file.path()]);
        run.passes();
    }
}

#[test]
fn what_a_web_app_is_given_is_probed() {
    let server = start(settings());
    let (udp, tcp) = (turn_udp(&server), turn(&server).replace("turn:", "stun:"));
    let json = format!(
        r#"{{"iceServers": [{{"urls": ["{udp}"], "username": "alice", "credential": "wonder-4711"}}, {{"urls": "{tcp}"}}]}}"#
    );
    let file = TempFile::new(&json);
    let run = probe(&["--ice-servers", file.path()]);
    run.passes().check(run.endpoints().count() == 2, "not two endpoints");
}

#[test]
fn a_limit_that_is_kept_passes_and_one_that_is_crossed_fails() {
    let server = start(settings());
    let target = turn_udp(&server);
    probe(&args(&[&[&target], &ALICE, &["--max", "rtt.p99=10s", "--max", "loss=0%"]])).passes();
    let run = probe(&args(&[&[&target], &ALICE, &["--max", "setup=1us"]]));
    run.ends("fail", 1).errors(&[]);
}

#[test]
fn relay_only_shows_relays_alone() {
    let server = start(settings());
    let run = probe(&args(&[&[&turn_udp(&server)], &ALICE, &["--relay-only"]]));
    let kinds = run.json["candidates"].as_array().unwrap().iter().map(|candidate| &candidate["type"]);
    run.passes().check(kinds.eq(["relay"]), "not one relay candidate");
}
