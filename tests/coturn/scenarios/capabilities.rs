//! What a server can do beyond the necessary: listed as it is, and never held against it.

use super::{ALICE, TURN, TURN_UDP, args};
use crate::lab::{CLIENT, DEVICE, Lab, SERVER_V6};

#[test]
fn a_default_server_is_asked_for_everything_and_stays_healthy() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&[]);
    let run = lab.probe(&args(&[&[TURN], &ALICE]));
    run.ends("pass", 0).is_healthy();
    run.can("udp", "tcp-relay", "yes", None)
        .can("udp", "tcp-relay-data", "yes", None)
        .can("udp", "even-port", "yes", None)
        .can("udp", "reservation-token", "yes", None)
        .can("udp", "dont-fragment", "yes", None)
        .can("udp", "relay-ipv6", "refused", Some(440))
        .can("udp", "mobility", "refused", Some(405))
        .can("udp", "message-integrity-sha256", "no", None)
        .can("udp", "allocation-without-credentials", "no", None);
    // Asked once of the server, not once of each port.
    let tcp = run.endpoint("tcp")["capabilities"].to_string();
    run.check(!tcp.contains("mobility"), "the survey was made over TCP too");
    let log = coturn.log();
    let taken = log.matches("packet ALLOCATE processed, success").count();
    run.check(taken == log.matches("lifetime=0").count(), "an allocation was left to its lifetime");
}

/// The listener that the server connects to is bound as asked for, and recorded like every other socket.
#[test]
fn a_tcp_relay_is_tried_from_the_address_that_is_asked_for_and_is_in_the_trace() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&[]);
    let trace = lab.dir().join("trace.txt");
    let flag = format!("--trace={}", trace.display());
    for bound in [["--local-addr", CLIENT], ["--interface", DEVICE]] {
        let run = lab.probe(&args(&[&[TURN, &flag], &ALICE, &bound]));
        run.ends("pass", 0).is_healthy().can("udp", "tcp-relay-data", "yes", None);
        let text = std::fs::read_to_string(&trace).expect("the trace was written");
        // Told from the UDP peer by the length of what it says.
        let heard = text.lines().filter(|line| line.contains("  peer ") && line.ends_with(" 60 B  data"));
        let ways: Vec<bool> = heard.map(|line| line.contains("  recv ")).collect();
        assert_eq!(ways, [true, false], "{text}");
    }
}

/// A relay's peers are of its own family, and our listener is where we are.
#[test]
fn what_a_tcp_relay_carries_is_listed_as_not_known_where_it_cannot_be_tried() {
    let Some(lab) = Lab::new() else { return };
    let relays = format!("listening-ip={SERVER_V6}");
    let _coturn = lab.coturn(&["relay-ip=198.51.100.1", "listening-ip=198.51.100.1", &relays]);
    let target = format!("turn:[{SERVER_V6}]:3478");
    let run = lab.probe(&args(&[&[&target], &ALICE]));
    run.is_healthy().can("udp", "tcp-relay", "yes", None).can("udp", "tcp-relay-data", "unknown", None);
    let listed = run.endpoint("udp")["capabilities"].to_string();
    run.check(listed.contains("the relay is IPv4, and this connection IPv6"), &listed);
}

#[test]
fn a_server_with_all_of_it_shows_all_of_it() {
    let Some(lab) = Lab::new() else { return };
    let relays = format!("relay-ip={SERVER_V6}");
    let _coturn = lab.coturn(&["relay-ip=198.51.100.1", &relays, "mobility", "listening-ip=198.51.100.1"]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.ends("pass", 0).is_healthy();
    run.can("udp", "relay-ipv6", "yes", None)
        // coturn 4.6.1 knows the attribute by a draft's number alone (0x8032, not 0x8000).
        .can("udp", "dual-allocation", "ignored", None)
        .can("udp", "mobility", "yes", None)
        // Over UDP alone nobody may ask (RFC 6062 §4.1), and no TCP endpoint was probed.
        .can("udp", "tcp-relay", "unknown", None);
}

#[test]
fn a_server_without_tcp_relays_refuses_them() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&["no-tcp-relay"]);
    let run = lab.probe(&args(&[&[TURN], &ALICE]));
    run.ends("pass", 0).is_healthy().can("udp", "tcp-relay", "refused", Some(442));
}

#[test]
fn a_quota_says_nothing_of_a_capability() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&["user-quota=2"]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.is_healthy();
    let listed = run.endpoint("udp")["capabilities"].as_array().cloned().unwrap_or_default();
    let refused = listed.iter().any(|it| it["code"] == 486 && it["state"] != "unknown");
    run.check(!refused, "a quota's refusal is told as the server's answer");
}

#[test]
fn nothing_is_asked_where_that_is_not_wanted() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&[]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &["--no-capabilities"]]));
    run.is_healthy();
    let taken = coturn.log().matches("packet ALLOCATE processed, success").count();
    run.check(taken == 2, &format!("{taken} allocations, not the two of the relay's paths"));
}
