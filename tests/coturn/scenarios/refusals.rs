//! Error codes that say what is wrong: the server's options, or clients that share an address and port.

use super::{ALICE, TURN_UDP, args};
use crate::forwarder::Forwarder;
use crate::lab::{CLIENT, Lab, SERVER, SERVER_2, SERVER_V6, Side};

#[test]
fn a_server_without_udp_relays_is_named() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&["no-udp-relay"]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.ends("fail", 1).errors(&["UNSUPPORTED_TRANSPORT"]);
    run.check(run.finding("UNSUPPORTED_TRANSPORT")["evidence"]["code"] == 442, "another code");
    coturn.saw("error 442");
}

#[test]
fn a_relay_of_a_family_that_the_server_has_not_is_named_and_one_that_it_has_carries() {
    let Some(lab) = Lab::new() else { return };
    {
        let coturn = lab.coturn(&[]);
        let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &["--relay-family", "ipv6"]]));
        run.ends("fail", 1).errors(&["FAMILY_UNSUPPORTED"]);
        run.check(run.finding("FAMILY_UNSUPPORTED")["evidence"]["family"] == "IPv6", "another family");
        coturn.saw("error 440");
        let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &["--relay-family", "ipv4"]]));
        run.ends("pass", 0).carries("udp");
    }
    let both = [format!("relay-ip={SERVER}"), format!("relay-ip={SERVER_V6}")];
    let _coturn = lab.coturn(&[&both[0], &both[1]]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &["--relay-family", "ipv6"]]));
    run.is_healthy().carries("udp");
    let address = run.endpoint("udp")["relay"]["address"].as_str().unwrap_or_default();
    run.check(address.starts_with(&format!("[{SERVER_V6}]")), &format!("the relay is {address}"));
}

/// A client that names no family means IPv4 (RFC 8656 §7.2).
#[test]
fn a_server_with_ipv6_relays_alone_has_none_for_browsers() {
    let Some(lab) = Lab::new() else { return };
    let listening = format!("listening-ip={SERVER_V6}");
    let relay = format!("relay-ip={SERVER_V6}");
    let coturn = lab.coturn(&[&listening, &relay]);
    let target = format!("turn:[{SERVER_V6}]:3478?transport=udp");
    let run = lab.probe(&args(&[&[&target], &ALICE]));
    run.ends("fail", 1).errors(&["FAMILY_UNSUPPORTED"]);
    coturn.saw("error 440");
    // SOFTWARE says which coturn it is: the hint has the option of that version alone.
    let help =
        |run: &crate::lab::Run| run.finding("FAMILY_UNSUPPORTED")["help"].as_str().unwrap_or("").to_owned();
    let (new, old) = ("`allocation-default-address-family=keep`", "`keep-address-family`");
    let said = help(&run);
    run.check(said.contains(new) && !said.contains(old), "a hint for another version");
    lab.probe(&args(&[&[&target], &ALICE, &["--relay-family", "ipv6"]])).is_healthy().carries("udp");
    drop(coturn);
    // Where it is hidden, the hint names the versions.
    let _coturn = lab.coturn(&[&listening, &relay, "no-software-attribute"]);
    let run = lab.probe(&args(&[&[&target], &ALICE]));
    let said = help(&run);
    run.check(said.contains("coturn before 4.6") && said.contains(new) && said.contains(old), "no versions");
}

/// Each of two servers issues nonces of its own, and what stands before them sends each packet to the other one.
#[test]
fn a_load_balancer_that_keeps_no_client_on_one_server_is_a_nonce_without_end() {
    let Some(lab) = Lab::new() else { return };
    let own = [format!("listening-ip={SERVER_2}"), format!("relay-ip={SERVER_2}")];
    let (first, second) = (lab.coturn(&[]), lab.coturn(&[&own[0], &own[1]]));
    let at = |address: &str, port: u16| format!("{address}:{port}").parse().expect("an address");
    let servers = [at(SERVER, 3_478), at(SERVER_2, 3_478)];
    let balancer = Forwarder::alternating(&lab.namespace(Side::Server), at(SERVER, 0), &servers);
    let target = format!("turn:{}?transport=udp", balancer.addr());
    let run = lab.probe(&args(&[&[&target], &ALICE]));
    run.ends("fail", 1).errors(&["NONCE_LOOP"]).shows("udp", "/binding/ok", true);
    run.shows("udp", "/allocate/ok", false).shows("udp", "/allocate/code", 438);
    for coturn in [&first, &second] {
        coturn.saw("error 438");
    }
}

#[test]
fn an_allocation_that_another_client_left_on_the_port_is_named() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&[]);
    lab.leave_allocation_behind(&coturn, 5_000);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.ends("fail", 1).errors(&["ALLOC_MISMATCH"]).shows("udp", "/allocate/code", 437);
    coturn.saw("error 437");
}

/// coturn says 441 to what follows an Allocate; an Allocate is refused before it looks at the user.
#[test]
fn an_allocation_of_another_user_on_the_port_is_a_mismatch_to_coturn() {
    let Some(lab) = Lab::new() else { return };
    let other = "user=bob:other-password-12";
    let alice = format!("user={}:{}", crate::lab::USER, crate::lab::PASSWORD);
    let coturn = lab.coturn(&[&alice, other]);
    lab.leave_allocation_behind(&coturn, 5_000);
    let run = lab.probe(&[TURN_UDP, "-u", "bob", "-w", "other-password-12"]);
    run.ends("fail", 1).errors(&["ALLOC_MISMATCH"]).shows("udp", "/allocate/code", 437);
    coturn.saw("error 437");
}

/// The requests that follow an allocation leave by the port where alice's is, as behind a NAT that has mixed up its
/// table.
#[test]
fn requests_that_arrive_on_another_users_allocation_are_named() {
    let Some(lab) = Lab::new() else { return };
    let other = "user=bob:other-password-12";
    let alice = format!("user={}:{}", crate::lab::USER, crate::lab::PASSWORD);
    let coturn = lab.coturn(&[&alice, other]);
    lab.leave_allocation_behind(&coturn, 5_000);
    lab.firewall(Side::Client, &["-t nat -F POSTROUTING"]);
    // 8 is CreatePermission; the zone makes it a flow of its own, on its way back too.
    let permissions = "-p udp --dport 3478 -m u32 --u32 0>>22&0x3C@8>>16=8";
    let to = format!("--to-source {CLIENT}:5000");
    lab.firewall(
        Side::Client,
        &[
            &format!("-t raw -A OUTPUT {permissions} -j CT --zone 2"),
            &format!("-t nat -A POSTROUTING {permissions} -j SNAT {to}"),
            "-t raw -A PREROUTING -p udp --sport 3478 --dport 5000 -j CT --zone 2",
        ],
    );
    let run = lab.probe(&[TURN_UDP, "-u", "bob", "-w", "other-password-12"]);
    run.ends("fail", 1).errors(&["WRONG_CREDENTIALS"]);
    run.shows("udp", "/allocate/ok", true).shows("udp", "/permission/code", 441);
    coturn.saw("error 441");
}

#[test]
fn a_relay_that_the_server_denies_itself_is_a_warning() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&[&format!("denied-peer-ip={SERVER}")]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.ends("warn", 0).is_healthy().has("RELAY_TO_RELAY_BLOCKED", "warning").has_no("FORBIDDEN_PEER");
    run.way_is_clear("udp", "inbound").way_is_clear("udp", "outbound");
    let help = run.finding("RELAY_TO_RELAY_BLOCKED")["help"].as_str().unwrap_or_default();
    run.check(help.contains(&format!("allowed-peer-ip={SERVER}")), "the line to add is not in the hint");
    coturn.saw("error 403");
}

/// The relay is an IPv4 one, and clients are told an IPv6 address.
#[test]
fn a_relayed_address_of_the_wrong_family_makes_peers_of_the_other() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&[&format!("external-ip={SERVER_V6}")]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.ends("fail", 1).errors(&["FAMILY_PEER_MISMATCH"]).shows("udp", "/permission/code", 443);
    coturn.saw("error 443");
}

/// A lower cap of the server's own is no fault.
#[test]
fn a_capped_lifetime_is_not_odd() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&["max-allocate-lifetime=30"]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.is_healthy().has_no("LIFETIME_ODD").carries("udp");
}
