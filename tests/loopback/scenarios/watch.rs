//! `--watch`: what is kept, what is lost and made anew, and what is said of it.

use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use rcgen::{CertificateParams, KeyPair};
use rtcscope::io::server::{EmbeddedServer, Identity, Listen};
use rtcscope::server::Settings;
use serde_json::Value;

use super::{ALICE, LOOPBACK, TempFile, args, settings, start, turn, turn_tcp, turn_udp, turns};
use crate::forwarder::{Direction, Forwarder, Impairment, Weather};
use crate::watching::Watching;

/// Rounds in quick succession, of three packets each way.
const QUICK: [&str; 6] = ["--watch", "50ms", "--count", "3", "--timeout", "1s"];

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rtcscope"));
    command.arg("probe").args(args).env_clear();
    command
}

fn watching(target: &str, flags: &[&str]) -> Watching {
    Watching::start(command(&args(&[&[target], &ALICE, &QUICK, flags])))
}

fn through(forwarder: &Forwarder, transport: &str) -> String {
    format!("turn:{}?transport={transport}", forwarder.addr())
}

/// A server on the port of one that has gone.
fn again(addr: SocketAddr) -> EmbeddedServer {
    let listen = Listen { udp_port: addr.port(), tcp_port: addr.port(), ..Listen::on(LOOPBACK) };
    let deadline = Instant::now() + Duration::from_secs(5);
    loop {
        // Connections of the one before may still hold the port.
        match EmbeddedServer::start(settings(), listen.clone()) {
            Ok(server) => return server,
            Err(error) => assert!(Instant::now() < deadline, "{error}"),
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

#[test]
fn a_healthy_server_is_watched_over_one_allocation() {
    let server = start(settings());
    let watched = watching(&turn(&server), &["--rounds", "20"]).end();
    assert_eq!((watched.code, &watched.summary()["verdict"]), (0, &"pass".into()));
    assert_eq!(watched.summary()["changes"], 0);
    for transport in ["udp", "tcp"] {
        let endpoint = watched.endpoint(transport);
        assert_eq!((&endpoint["allocations"], &endpoint["passed_rounds"]), (&1.into(), &20.into()));
        assert_eq!(number(&endpoint["uptime_pct"]), 100.0);
        for path in ["inbound", "outbound"] {
            assert_eq!((&endpoint[path]["sent"], &endpoint[path]["received"]), (&60.into(), &60.into()));
            assert_eq!(endpoint[path]["rtt"]["n"], 60);
        }
        assert_eq!(endpoint["binding"]["rtt"]["n"], 20);
    }
    let round = watched.lines.iter().find(|line| line["record"] == "round").unwrap();
    assert_eq!(round["endpoints"][0]["allocation"], "made");
    assert!(round["at"].as_str().is_some_and(|at| at.ends_with('Z') && at.len() == 24), "{round}");
}

#[test]
fn a_server_that_goes_and_comes_back_is_told_with_code_and_uptime() {
    for transport in ["udp", "tcp"] {
        let server = start(settings());
        let addr = server.udp_addr().unwrap();
        let mut watching = watching(&format!("turn:{addr}?transport={transport}"), &[]);
        watching.rounds(3, "pass");
        drop(server);
        watching.rounds(3, "fail");
        let _back = again(addr);
        watching.rounds(3, "pass");
        let watched = watching.interrupt();
        assert_eq!((watched.code, &watched.summary()["verdict"]), (130, &"fail".into()));
        let verdicts: Vec<_> = watched
            .changes("verdict")
            .iter()
            .map(|c| (c["from"].clone(), c["to"].clone(), c["code"].clone()))
            .collect();
        let expected = [("pass", "fail", Value::from("PORT_REFUSED")), ("fail", "pass", Value::Null)];
        assert_eq!(verdicts, expected.map(|(from, to, code)| (from.into(), to.into(), code)), "{transport}");
        // A verdict each way: nothing was made anew while there was nobody, and our new socket is no change.
        assert_eq!(watched.summary()["changes"], 2, "{:?}", watched.summary()["last_changes"]);
        let endpoint = watched.endpoint(transport);
        assert_eq!((&endpoint["allocations"], &endpoint["outages"]), (&2.into(), &1.into()));
        let up = number(&endpoint["uptime_pct"]);
        assert!(up > 5.0 && up < 99.0, "up {up} %");
        assert!(number(&endpoint["longest_outage_ms"]) > 50.0, "{endpoint}");
        assert_eq!(watched.codes("error"), ["PORT_REFUSED"]);
    }
}

/// Nobody answers, and the allocation is still there afterwards: it is not made anew.
#[test]
fn a_network_that_is_silent_for_a_while_costs_no_allocation() {
    let server = start(settings());
    let forwarder = Forwarder::start((LOOPBACK, 0).into(), server.udp_addr().unwrap(), Weather::default());
    let mut watching = watching(&through(&forwarder, "udp"), &[]);
    watching.rounds(2, "pass");
    let all = Impairment::loss(1.0);
    forwarder.change(Weather { up: all, down: all, ..Weather::default() });
    watching.rounds(1, "fail");
    forwarder.change(Weather::default());
    watching.rounds(2, "pass");
    let watched = watching.interrupt();
    assert_eq!(watched.codes("error"), ["UDP_TIMEOUT"]);
    assert_eq!(watched.endpoint("udp")["allocations"], 1);
    assert!(watched.changes("remade").is_empty());
}

#[test]
fn a_nat_that_rebinds_moves_us_and_the_allocation_is_made_anew_without_a_failure() {
    let server = start(settings());
    let forwarder = Forwarder::start((LOOPBACK, 0).into(), server.udp_addr().unwrap(), Weather::default());
    let mut watching = watching(&through(&forwarder, "udp"), &[]);
    watching.rounds(3, "pass");
    forwarder.rebind();
    let round = watching.round("that makes it anew", |round| round["changes"] != Value::Array(Vec::new()));
    assert_eq!(
        (&round["changes"][0]["kind"], &round["verdict"]),
        (&"remade".into(), &"pass".into()),
        "{round}"
    );
    let why = round["changes"][0]["why"].as_str().unwrap();
    assert!(why.contains("437"), "{why}");
    assert_ne!(round["changes"][0]["relay_from"], round["changes"][0]["relay_to"]);
    watching.rounds(3, "pass");
    let watched = watching.interrupt();
    assert_eq!((watched.code, &watched.summary()["verdict"]), (130, &"pass".into()));
    assert_eq!(watched.endpoint("udp")["allocations"], 2);
    // A busy machine may make it slower for a while besides.
    assert_eq!(watched.changes("remade").len(), 1);
    assert!(forwarder.log().seen(Direction::Up) > 20);
}

#[test]
fn a_stun_server_behind_a_nat_that_rebinds_sees_us_elsewhere() {
    let server = start(settings());
    let forwarder = Forwarder::start((LOOPBACK, 0).into(), server.udp_addr().unwrap(), Weather::default());
    let mut watching = watching(&format!("stun:{}", forwarder.addr()), &[]);
    watching.rounds(3, "pass");
    forwarder.rebind();
    watching.round("that is seen elsewhere", |round| round["changes"][0]["kind"] == "reflexive");
    watching.rounds(2, "pass");
    let watched = watching.interrupt();
    assert_eq!(watched.summary()["changes"], 1);
}

/// coturn and middleboxes close idle connections: no outage, if the next one is taken.
#[test]
fn a_connection_that_is_reset_is_made_anew_without_a_failure() {
    let server = start(settings());
    let reset = crate::forwarder::Stream { reset: Some(Duration::from_millis(600)), ..Default::default() };
    let weather = Weather { stream: reset, ..Weather::default() };
    let forwarder = Forwarder::start((LOOPBACK, 0).into(), server.tcp_addr().unwrap(), weather);
    let mut watching = watching(&through(&forwarder, "tcp"), &[]);
    watching.round("that makes it anew", |round| round["changes"][0]["kind"] == "remade");
    watching.round("that makes it anew again", |round| round["changes"][0]["kind"] == "remade");
    let watched = watching.interrupt();
    assert_eq!(watched.summary()["verdict"], "pass");
    assert_eq!(watched.endpoint("tcp")["failed_rounds"], 0);
}

/// A lost packet is counted, and no verdict.
#[test]
fn loss_over_the_whole_watch_is_a_warning_and_the_limit_is_held_against_the_whole() {
    let server = start(settings());
    let weather = Weather { seed: 3, down: Impairment::loss(0.15), ..Weather::default() };
    let forwarder = Forwarder::start((LOOPBACK, 0).into(), server.udp_addr().unwrap(), weather);
    let flags =
        ["--rounds", "12", "--count", "20", "--rate", "500", "--max", "loss=1%", "--max", "setup=20s"];
    let watched = Watching::start(command(&args(&[
        &[&through(&forwarder, "udp")],
        &ALICE,
        &["--watch", "1ms", "--timeout", "3s"],
        &flags,
    ])))
    .end();
    assert_eq!((watched.code, &watched.summary()["verdict"]), (1, &"fail".into()));
    let endpoint = watched.endpoint("udp");
    assert_eq!((&endpoint["failed_rounds"], &endpoint["allocations"]), (&0.into(), &1.into()), "{endpoint}");
    let inbound = number(&endpoint["inbound"]["loss_pct"]);
    assert!((5.0..30.0).contains(&inbound), "{inbound} % of 15 %");
    assert_eq!((watched.codes("error").len(), watched.codes("warning")), (0, vec!["RELAY_LOSSY"]));
    let states: Vec<(&str, &str)> = watched.summary()["thresholds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|limit| (limit["metric"].as_str().unwrap(), limit["state"].as_str().unwrap()))
        .collect();
    assert_eq!(states, [("loss", "crossed"), ("loss", "ok"), ("setup", "ok")]);
}

/// Two of ours use up a quota of one: the one that was asked for is watched.
#[test]
fn a_quota_of_one_leaves_out_what_is_not_required() {
    let server = start(Settings { user_quota: Some(1), ..settings() });
    let watched = watching(&turn(&server), &["--rounds", "3"]).end();
    assert_eq!((watched.code, &watched.summary()["verdict"]), (0, &"warn".into()));
    assert_eq!(watched.endpoint("udp")["passed_rounds"], 3);
    assert_eq!(watched.endpoint("tcp")["unknown_rounds"], 3);
    let skipped = watched.lines.iter().find(|line| line["record"] == "round").unwrap();
    let skipped = skipped["endpoints"][1]["skipped"].as_str().unwrap();
    assert!(skipped.contains("486"), "{skipped}");
}

#[test]
fn ctrl_c_ends_it_with_a_summary_and_gives_the_allocation_back() {
    let server = start(Settings { user_quota: Some(2), ..settings() });
    for name in ["INT", "TERM"] {
        let mut watching = watching(&turn_udp(&server), &[]);
        watching.rounds(3, "pass");
        watching.signal(name);
        let at = Instant::now();
        let watched = watching.end();
        assert!(at.elapsed() < Duration::from_millis(500), "it went on for {:?}", at.elapsed());
        assert_eq!((watched.code, &watched.summary()["interrupted"]), (130, &true.into()));
    }
    // Both allocations of a probe find room again.
    crate::run::probe(&args(&[&[&turn_udp(&server)], &ALICE])).passes().carries("udp");
}

#[test]
fn a_deadline_ends_it_without_an_interruption() {
    let server = start(settings());
    let watched = watching(&turn_udp(&server), &["--deadline", "1500ms"]).end();
    assert_eq!((watched.code, &watched.summary()["interrupted"]), (0, &false.into()));
    assert!(watched.summary()["rounds"].as_u64() > Some(3), "{}", watched.summary());
}

#[test]
fn a_reader_who_leaves_ends_it_in_silence() {
    let server = start(settings());
    let target = turn_udp(&server);
    let args = args(&[&[&target], &ALICE, &QUICK, &["--format", "jsonl"]]);
    let mut child = command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}

/// The whole as one object, and as text: a line a round, in eighty columns.
#[test]
fn text_is_a_line_a_round_and_json_one_object() {
    let server = start(settings());
    let flags = ["--rounds", "3", "--report", "text=/dev/stderr", "--format", "json"];
    let output = command(&args(&[&[&turn(&server)], &ALICE, &QUICK, &flags])).output().unwrap();
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&json["schema"], &json["rounds"]), (&"watch/1".into(), &3.into()));
    assert_eq!(
        (&json["probe"]["verdict"], json["probe"]["targets"][0]["endpoints"].is_array()),
        (&"pass".into(), true)
    );
    let text = String::from_utf8(output.stderr).unwrap();
    let rounds: Vec<&str> = text.lines().filter(|line| line.contains("  udp PASS ")).collect();
    assert_eq!(rounds.len(), 3, "{text}");
    for round in rounds {
        assert!(round.contains("  tcp PASS ") && round.len() <= 80 && &round[2..3] == ":", "{round}");
    }
    assert!(text.contains("PASS  3 rounds in ") && text.contains("udp up 100 %, tcp up 100 %"), "{text}");
}

/// A session outlasts the certificate that it began with, and new clients are turned away.
#[test]
fn a_certificate_that_ends_during_the_watch_is_told() {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    let now = SystemTime::now();
    (params.not_before, params.not_after) =
        ((now - Duration::from_secs(60)).into(), (now + Duration::from_secs(5)).into());
    let leaf = params.self_signed(&key).unwrap();
    let identity = Identity::Pem { cert_chain: leaf.pem(), key: key.serialize_pem().into() };
    let server = EmbeddedServer::start(settings(), Listen::on(LOOPBACK).with_tls(identity)).unwrap();
    let ca = TempFile::new(&leaf.pem());
    let mut watching = watching(&turns(&server), &["--cafile", ca.path()]);
    let round = watching.round("with an expired certificate", |round| {
        round["endpoints"][0]["findings"].to_string().contains("TLS_EXPIRED")
    });
    assert_eq!(round["verdict"], "fail");
    let watched = watching.interrupt();
    assert_eq!(watched.endpoint("tls")["allocations"], 1);
    assert_eq!(watched.codes("warning"), ["TLS_EXPIRING"]);
}

/// What a process holds, from /proc.
#[cfg(target_os = "linux")]
#[derive(Debug)]
struct Held {
    files: usize,
    threads: u64,
    resident_kib: u64,
}

#[cfg(target_os = "linux")]
fn held(id: u32) -> Held {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let field = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    let files = std::fs::read_dir(format!("/proc/{id}/fd")).unwrap().count();
    Held { files, threads: field("Threads:"), resident_kib: field("VmRSS:") }
}

/// Five hundred rounds, unless `RTCSCOPE_ROUNDS` asks for more.
#[cfg(target_os = "linux")]
#[test]
fn files_threads_and_memory_do_not_grow_with_the_rounds() {
    let rounds: u64 = std::env::var("RTCSCOPE_ROUNDS").map_or(500, |rounds| rounds.parse().unwrap());
    let server = start(settings());
    let flags = ["--watch", "1ms", "--count", "1"];
    let mut watching = Watching::start(command(&args(&[&[&turn(&server)], &ALICE, &flags])));
    let at = Instant::now();
    watching.round("100", |round| round["round"] == 100);
    let before = held(watching.id());
    for number in (100..rounds).step_by(500).skip(1).chain([rounds]) {
        watching.round("in time", |round| round["round"] == number);
    }
    let after = held(watching.id());
    eprintln!("{rounds} rounds in {:?}: {before:?}, {after:?}", at.elapsed());
    let watched = watching.interrupt();
    assert_eq!(watched.code, 130);
    assert_eq!((before.files, before.threads), (after.files, after.threads));
    assert!(after.resident_kib < before.resident_kib + 512, "{before:?} became {after:?}");
}

#[test]
fn what_cannot_be_watched_is_a_usage_error() {
    for (flags, complaint) in [
        (&["--watch", "0.5ms"][..], "less than 1ms"),
        (&["--watch", "1s", "--duration", "5s"], "cannot be used with"),
        (&["--rounds", "5"], "--watch"),
        (&["--watch", "1s", "--rounds", "0"], "--rounds"),
    ] {
        let output = command(&[&["turn:127.0.0.1:1"], flags].concat()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && said.contains(complaint), "{flags:?}: {said}");
    }
}

/// A relay over TCP is watched like one over UDP.
#[test]
fn tcp_is_watched() {
    let server = start(settings());
    let watched = watching(&turn_tcp(&server), &["--rounds", "5"]).end();
    assert_eq!((watched.code, &watched.endpoint("tcp")["allocations"]), (0, &1.into()));
}
