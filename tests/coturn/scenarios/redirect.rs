//! ALTERNATE-SERVER: followed once, never in a circle.

use super::{ALICE, TURN_UDP, args};
use crate::lab::{Coturn, Lab, SERVER_2};

/// A coturn on the second address, which sends clients on if `config` says so.
fn second(lab: &Lab, config: &[&str]) -> Coturn {
    let own = [format!("listening-ip={SERVER_2}"), format!("relay-ip={SERVER_2}")];
    let lines: Vec<&str> = own.iter().map(String::as_str).chain(config.iter().copied()).collect();
    lab.coturn(&lines)
}

#[test]
fn a_redirect_is_followed_to_a_server_that_works() {
    let Some(lab) = Lab::new() else { return };
    let other = second(&lab, &[]);
    let coturn = lab.coturn(&["alternate-server=198.51.100.2:3478"]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.ends("pass", 0).is_healthy().has("REDIRECT", "info");
    let carried = run.endpoints().iter().any(|endpoint| {
        let relayed = endpoint["relay"]["address"].as_str().unwrap_or("?");
        relayed.starts_with("198.51.100.2:") && endpoint["relay"]["inbound"]["ok"] == true
    });
    run.check(carried, "no relay on the second server");
    coturn.saw("error 300");
    other.saw("ALLOCATE processed, success");
}

/// coturn ignores an alternate that is itself, so a circle takes two.
#[test]
fn two_servers_that_point_at_each_other_are_a_loop() {
    let Some(lab) = Lab::new() else { return };
    let other = second(&lab, &["alternate-server=198.51.100.1:3478"]);
    let coturn = lab.coturn(&["alternate-server=198.51.100.2:3478"]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.ends("fail", 1).errors(&["REDIRECT_LOOP"]);
    coturn.saw("error 300");
    other.saw("error 300");
}

#[test]
fn a_server_that_names_itself_serves_as_if_it_had_not() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&["alternate-server=198.51.100.1:3478"]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.ends("pass", 0).is_healthy().has_no("REDIRECT");
}

#[test]
fn a_redirect_to_a_private_address_is_told_from_a_server_that_is_down() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&["alternate-server=10.1.1.1:3478"]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &["--timeout", "2s"]]));
    run.ends("fail", 1).errors(&["REDIRECT_FAILED"]);
    let finding = run.finding("REDIRECT_FAILED").to_string();
    run.check(finding.contains("a private address, which clients outside"), &finding);
    coturn.saw("error 300");
}

#[test]
fn a_redirect_to_where_nothing_listens_fails() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&["alternate-server=198.51.100.2:3478"]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.ends("fail", 1).errors_among(&["REDIRECT_FAILED"], &["PORT_REFUSED"]);
    coturn.saw("error 300");
}
