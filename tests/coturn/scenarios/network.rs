//! A network that is not there, or no longer: no route, no device, no name server, for `probe` and for `call`.

use std::thread;
use std::time::{Duration, Instant};

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;

use super::{ALICE, TURN_TCP, TURN_UDP, args};
use crate::lab::{DEVICE, Lab, SERVER_V6, Side};

/// What any of these may take beside its own limits.
const BUSY: Duration = Duration::from_secs(12);

/// A call from the client's side: exit code, phase that failed and why.
fn call(lab: &Lab, flags: &[&str]) -> (i32, String, String) {
    let binary = cargo_bin!("rtcscope").to_str().expect("a path of text").to_owned();
    let mut command = lab.command(Side::Client, &binary, &["call", "--format", "json"]);
    let start = Instant::now();
    let output = command.args(flags).args(ALICE).output().expect("the program starts");
    assert!(start.elapsed() < Duration::from_secs(9) + BUSY, "{:?}", start.elapsed());
    let said = String::from_utf8_lossy(&output.stderr);
    let json: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"));
    let text = |key: &str| json["failure"][key].as_str().unwrap_or_default().to_owned();
    (output.status.code().expect("an exit code"), text("phase"), text("reason"))
}

/// A device that goes away after two seconds of `work`.
fn unplugged<T: Send>(lab: &Lab, work: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let work = scope.spawn(work);
        thread::sleep(Duration::from_secs(2));
        lab.unplug(Side::Client);
        work.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// The device of a probe goes away.
fn under_a_probe(uri: &str, transport: &str) {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&[]);
    let limits = ["--duration", "8s", "--timeout", "1s", "--deadline", "12s"];
    let run = unplugged(&lab, || lab.probe(&args(&[&[uri], &ALICE, &limits])));
    run.check(run.code == 1 && run.took < Duration::from_secs(12) + BUSY, "not told, or not in time");
    run.has_no("PORT_REFUSED").has_no("UDP_TIMEOUT").has_no("TCP_TIMEOUT").has_no("RELAY_INBOUND_BLOCKED");
    if transport == "udp" {
        let message = run.finding("CONNECTION_CLOSED")["message"].as_str().unwrap_or("?");
        run.check(message.starts_with("this machine lost its route to"), message);
    }
    run.shows(transport, "/allocate/ok", true);
    coturn.saw("ALLOCATE processed, success");
}

#[test]
fn a_device_that_goes_away_under_a_probe_over_udp_ends_it_and_the_server_was_there() {
    under_a_probe(TURN_UDP, "udp");
}

#[test]
fn a_device_that_goes_away_under_a_probe_over_tcp_ends_it_and_the_server_was_there() {
    under_a_probe(TURN_TCP, "tcp");
}

#[test]
fn a_device_that_goes_away_under_a_call_ends_it_with_the_time() {
    for uri in [TURN_UDP, TURN_TCP] {
        let Some(lab) = Lab::new() else { return };
        let _coturn = lab.coturn(&[]);
        let (code, phase, reason) =
            unplugged(&lab, || call(&lab, &["--relay", uri, "--duration", "8s", "--timeout", "2s"]));
        assert_eq!((code, &phase[..]), (1, "path"), "{reason}");
        assert!(reason.contains("nothing came from") || reason.contains("the relay was lost"), "{reason}");
    }
}

#[test]
fn no_route_is_no_fault_of_the_server() {
    let Some(lab) = Lab::new() else { return };
    lab.without_ipv6();
    let _coturn = lab.coturn(&[]);
    let far = format!("turn:[{SERVER_V6}]:3478?transport=");
    for transport in ["udp", "tcp"] {
        let uri = format!("{far}{transport}");
        let run = lab.probe(&args(&[&[&uri], &ALICE]));
        run.ends("inconclusive", 3).errors(&[]);
        let skipped = run.endpoint(transport)["skipped"].as_str().unwrap_or("?");
        run.check(skipped.contains("no IPv6 route"), skipped);
        let (code, phase, reason) = call(&lab, &["--relay", &uri]);
        assert_eq!((code, &phase[..]), (1, "turn-connect"), "{reason}");
        assert!(reason.contains("unreachable"), "{reason}");
    }
    lab.unplug(Side::Client);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.ends("inconclusive", 3).errors(&[]);
    let skipped = run.endpoint("udp")["skipped"].as_str().unwrap_or("?");
    run.check(skipped.contains("no IPv4 route"), &format!("{DEVICE}: {skipped}"));
}

#[test]
fn a_name_server_that_says_nothing_ends_a_call_by_its_timeout() {
    let Some(lab) = Lab::new() else { return };
    let _resolver = lab.dns(&["turn.example.test A SILENCE", "turn.example.test AAAA SILENCE"]);
    let uri = "turn:turn.example.test?transport=udp";
    let (code, phase, reason) = call(&lab, &["--relay", uri, "--timeout", "1s", "--deadline", "6s"]);
    assert_eq!((code, &phase[..]), (1, "turn-dns"), "{reason}");
    assert!(reason.contains("no resolver answered within 1 s"), "{reason}");
    // Nobody there at all.
    let Some(lab) = Lab::new() else { return };
    let (code, phase, reason) = call(&lab, &["--relay", uri, "--timeout", "1s", "--deadline", "6s"]);
    assert_eq!((code, &phase[..]), (1, "turn-dns"), "{reason}");
}
