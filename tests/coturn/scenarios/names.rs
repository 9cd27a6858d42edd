//! Names that resolve, in part or not at all.

use super::{ALICE, args};
use crate::lab::{Kind, Lab};

const TURN: &str = "turn:turn.example.test:3478?transport=udp";
const TURNS: &str = "turns:turn.example.test:5349";

const A: &str = "turn.example.test A 198.51.100.1";
const AAAA: &str = "turn.example.test AAAA 2001:db8:1::1";

#[test]
fn a_name_with_both_families_is_probed_over_both() {
    let Some(lab) = Lab::new() else { return };
    let _resolver = lab.dns(&[A, AAAA]);
    let both = ["198.51.100.1", "2001:db8:1::1"];
    let listen = both.map(|address| format!("listening-ip={address}"));
    let relay = both.map(|address| format!("relay-ip={address}"));
    let lines: Vec<&str> = listen.iter().chain(&relay).map(String::as_str).collect();
    let _coturn = lab.coturn(&lines);
    let run = lab.probe(&args(&[&[TURN], &ALICE]));
    run.ends("pass", 0).is_healthy();
    let mut addresses: Vec<_> = run.endpoints().iter().filter_map(|end| end["addr"].as_str()).collect();
    addresses.sort_unstable();
    run.check(addresses == ["198.51.100.1:3478", "[2001:db8:1::1]:3478"], &format!("{addresses:?}"));
}

#[test]
fn a_record_that_leads_to_a_dead_host_is_told_as_such_and_which_family_works() {
    let Some(lab) = Lab::new() else { return };
    let _resolver = lab.dns(&[A, "turn.example.test AAAA 2001:db8:1::dead"]);
    let _coturn = lab.coturn(&[]);
    let run = lab.probe(&args(&[&[TURN], &ALICE, &["--timeout", "1s"]]));
    // The link's neighbour discovery may give up first and say that the host is unreachable.
    run.ends("fail", 1).errors_among(&[], &["UDP_TIMEOUT", "ICMP_PROHIBITED"]);
    let help = run.json["findings"][0]["help"].as_str().unwrap_or_default();
    run.check(help.starts_with("the AAAA record of turn.example.test points at 2001:db8:1::dead"), help);
    let head = || {
        let (_, text) = lab.probe_text(&args(&[&[TURN], &ALICE, &["--timeout", "1s"]]));
        text.split("\n\n").next().unwrap_or_default().replace("\n      ", " ")
    };
    // The system may give out a port whose allocation of the run before coturn has not forgotten yet.
    let heads = (0..3).map(|_| head()).find(|head| !head.contains("(437)"));
    assert!(heads.as_ref().is_some_and(|head| head.ends_with("; works: UDP over IPv4")), "{heads:?}");
}

#[test]
fn a_name_without_an_ipv6_address_has_nothing_wrong() {
    let Some(lab) = Lab::new() else { return };
    let _resolver = lab.dns(&[A]);
    let made = lab.tls(Kind::Good);
    let [cert, key] = &made.config();
    let _coturn = lab.coturn(&[cert, key]);
    let run = lab.probe(&args(&[&[TURN, TURNS], &ALICE, &["--cafile", made.cafile()]]));
    run.ends("pass", 0).is_healthy().has_no("DNS_PARTIAL");
    run.carries("udp").carries("tls").shows("tls", "/tls/verified", true);
}

#[test]
fn a_name_that_does_not_exist_fails() {
    let Some(lab) = Lab::new() else { return };
    let _resolver = lab.dns(&[]);
    let run = lab.probe(&args(&[&[TURN], &ALICE]));
    run.ends("fail", 1).errors(&["DNS_FAIL"]);
}

#[test]
fn one_family_that_fails_alone_is_a_warning() {
    let Some(lab) = Lab::new() else { return };
    let _resolver = lab.dns(&[A, "turn.example.test AAAA SERVFAIL"]);
    let _coturn = lab.coturn(&[]);
    let run = lab.probe(&args(&[&[TURN], &ALICE]));
    run.is_healthy().has("DNS_PARTIAL", "warning").carries("udp");
}

#[test]
fn a_resolver_that_says_nothing_fails_within_the_timeout() {
    let Some(lab) = Lab::new() else { return };
    let _resolver = lab.dns(&["turn.example.test A SILENCE", "turn.example.test AAAA SILENCE"]);
    let run = lab.probe(&args(&[&[TURN], &ALICE, &["--timeout", "2s"]]));
    run.ends("fail", 1).errors(&["DNS_FAIL"]);
}

#[test]
fn one_family_that_nobody_answers_for_does_not_hold_up_the_other() {
    let Some(lab) = Lab::new() else { return };
    let _resolver = lab.dns(&[A, "turn.example.test AAAA SILENCE"]);
    let _coturn = lab.coturn(&[]);
    let run = lab.probe(&args(&[&[TURN], &ALICE, &["--timeout", "3s"]]));
    run.is_healthy().has("DNS_PARTIAL", "warning").carries("udp");
    let resolve = &run.json["targets"][0]["resolve"];
    let (a, aaaa) = (resolve["a_ms"].as_f64(), resolve["aaaa_ms"].as_f64());
    run.check(a.zip(aaaa).is_some_and(|(a, aaaa)| a * 10.0 < aaaa), &format!("A {a:?}, AAAA {aaaa:?}"));
    let relay = run.json["candidates"].as_array().and_then(|all| all.iter().find(|c| c["type"] == "relay"));
    let at = relay.and_then(|relay| relay["at_s"].as_f64());
    run.check(at.zip(aaaa).is_some_and(|(at, aaaa)| at * 1000.0 < aaaa), &format!("relay at {at:?} s"));
}

/// What IPv4 would say, nobody knows; over IPv6 nothing was tried.
#[test]
fn a_family_that_nobody_told_of_and_one_without_a_route_leave_it_open() {
    let Some(lab) = Lab::new() else { return };
    lab.without_ipv6();
    let _resolver = lab.dns(&["turn.example.test A SERVFAIL", AAAA]);
    let _coturn = lab.coturn(&[]);
    for more in [&[][..], &["--require", "udp"]] {
        let run = lab.probe(&args(&[&[TURN], &ALICE, more]));
        run.ends("inconclusive", 3).errors(&[]).has("DNS_PARTIAL", "warning");
        let skipped = run.endpoint("udp")["skipped"].as_str().unwrap_or("?");
        run.check(skipped.contains("no IPv6 route"), &format!("skipped: {skipped}"));
    }
}
