//! `--nat`: what a real coturn with two addresses tells of the kernel's own NATs and firewalls, and what one that
//! cannot tell leads to.

use std::time::Duration;

use serde_json::Value;

use crate::lab::{CLIENT, Coturn, DEVICE, Lab, Nat, PRIVATE, Run, SERVER, SERVER_2, SERVER_V6, Side};

const STUN: &str = "stun:198.51.100.1:3478";

/// A coturn that offers RFC 5780, as it does by itself with two addresses up to 4.6.
fn with_two_addresses(lab: &Lab) -> Coturn {
    lab.coturn(&[&format!("listening-ip={SERVER}"), &format!("listening-ip={SERVER_2}")])
}

/// The one entry of IPv4.
fn v4(run: &Run) -> &Value {
    let nat = run.json["nat"].as_array().map_or(&[][..], Vec::as_slice);
    run.check(nat.len() == 1 && nat[0]["family"] == "v4", "not one entry for IPv4");
    &nat[0]
}

#[track_caller]
fn shows(run: &Run, wanted: &[(&str, Value)]) {
    for (pointer, wanted) in wanted {
        let got = v4(run).pointer(pointer);
        run.check(got == Some(wanted), &format!("nat{pointer} is {got:?}, not {wanted}"));
    }
}

/// coturn's own client in the same place; what it says of mapping and filtering.
fn natdiscovery(lab: &Lab) -> String {
    lab.turnutils("turnutils_natdiscovery", &["-m", "-f", SERVER], Duration::from_secs(10)).said()
}

#[test]
fn an_open_path_is_named_at_once() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = with_two_addresses(&lab);
    let run = lab.probe(&[STUN, "--nat"]);
    run.ends("pass", 0);
    shows(
        &run,
        &[
            ("/kind", "open internet".into()),
            ("/nat", false.into()),
            ("/mapping/behavior", "endpoint-independent".into()),
            ("/filtering/behavior", "endpoint-independent".into()),
            ("/filtering/confidence", "high".into()),
            ("/hairpinning/behavior", "not-applicable".into()),
            ("/lifetime", Value::Null),
        ],
    );
    let took = v4(&run)["took_ms"].as_f64();
    run.check(took.is_some_and(|ms| ms < 500.0), &format!("it took {took:?} ms"));
    let said = natdiscovery(&lab);
    assert!(said.contains("Endpoint Independent Filtering"), "{said}");
}

#[test]
fn a_masquerading_router_is_a_port_restricted_cone() {
    let Some(lab) = Lab::new() else { return };
    lab.nat(Nat::Cone);
    let _coturn = with_two_addresses(&lab);
    let run = lab.probe(&[STUN, "--nat"]);
    run.ends("pass", 0);
    shows(
        &run,
        &[
            ("/kind", "port-restricted cone NAT".into()),
            ("/nat", true.into()),
            ("/mapping/behavior", "endpoint-independent".into()),
            ("/mapping/confidence", "high".into()),
            ("/filtering/behavior", "address-and-port-dependent".into()),
            ("/filtering/confidence", "medium".into()),
            ("/hairpinning/behavior", "silent".into()),
            ("/ports/preserved", true.into()),
        ],
    );
    let facts = v4(&run);
    let [local, mapped] = ["local", "mapped"].map(|key| facts[key].as_str().unwrap_or("?"));
    run.check(local.starts_with(PRIVATE) && mapped.starts_with(CLIENT), &format!("{local} as {mapped}"));
    let symmetric = facts["peers"].as_array().and_then(|peers| peers.last()).map(|peer| &peer["needs_turn"]);
    run.check(symmetric == Some(&true.into()), "no TURN for a peer behind a symmetric NAT");
    run.check(run.took < Duration::from_secs(4), "silence took more than its 1.5 s");
    let (code, text) = lab.probe_text(&[STUN, "--nat"]);
    assert_eq!(code, 0);
    for said in ["NAT\n", "port-restricted cone NAT", "address-and-port-dependent (medium)", "is seen as"] {
        assert!(text.contains(said), "no {said:?} in\n{text}");
    }
    let said = natdiscovery(&lab);
    let agrees = said.contains("Endpoint Independent Mapping")
        && said.contains("Address and Port Dependent Filtering");
    assert!(agrees, "{said}");
}

#[test]
fn a_router_with_random_ports_is_symmetric() {
    let Some(lab) = Lab::new() else { return };
    lab.nat(Nat::Symmetric);
    let _coturn = with_two_addresses(&lab);
    let run = lab.probe(&[STUN, "--nat"]);
    run.ends("pass", 0);
    shows(
        &run,
        &[
            ("/kind", "symmetric NAT".into()),
            ("/mapping/behavior", "address-and-port-dependent".into()),
            ("/filtering/behavior", "address-and-port-dependent".into()),
            ("/filtering/confidence", "medium".into()),
            ("/ports/preserved", false.into()),
        ],
    );
    let said = natdiscovery(&lab);
    assert!(said.contains("Address and Port Dependent Mapping"), "{said}");
}

#[test]
fn a_stateful_firewall_without_a_nat_is_a_symmetric_udp_firewall() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = with_two_addresses(&lab);
    let device = format!("-A INPUT -i {DEVICE}");
    lab.firewall(
        Side::Client,
        &[
            &format!("{device} -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT"),
            &format!("{device} -p udp -j DROP -m comment --comment uninvited"),
        ],
    );
    let run = lab.probe(&[STUN, "--nat"]);
    run.ends("pass", 0);
    shows(
        &run,
        &[
            ("/kind", "symmetric UDP firewall".into()),
            ("/nat", false.into()),
            ("/filtering/behavior", "address-and-port-dependent".into()),
        ],
    );
    run.check(lab.counted(Side::Client, "uninvited") >= 6, "the firewall kept nothing out");
}

/// A coturn with one address of each family names its own address again, and coturn's own client concludes from that
/// all the same.
#[test]
fn one_address_of_each_family_tells_nothing_and_says_so() {
    let Some(lab) = Lab::new() else { return };
    lab.nat(Nat::Cone);
    let _coturn = lab.coturn(&[&format!("listening-ip={SERVER}"), &format!("listening-ip={SERVER_V6}")]);
    let run = lab.probe(&[STUN, "--nat"]);
    run.ends("inconclusive", 3).has("OTHER_ADDR_INVALID", "warning");
    shows(
        &run,
        &[
            ("/kind", Value::Null),
            ("/nat", true.into()),
            ("/mapping/behavior", "inconclusive".into()),
            ("/filtering/behavior", "inconclusive".into()),
            ("/servers/0/state", "unusable".into()),
            ("/peers", Value::Array(vec![])),
        ],
    );
    let finding = run.finding("OTHER_ADDR_INVALID");
    let other = finding["evidence"]["other_address"].as_str().unwrap_or("?");
    run.check(other.starts_with(SERVER), &format!("OTHER-ADDRESS {other}"));
    let help = finding["help"].as_str().unwrap_or("?");
    run.check(help.contains("`listening-ip`") && help.contains("no-rfc5780"), &format!("help {help}"));
    run.check(!help.contains("4.7"), "a hint for another version than the server's");
    let said = natdiscovery(&lab);
    assert!(said.contains("Filtering!"), "coturn's client is more careful than it was: {said}");
    let quiet = lab.probe(&[STUN]);
    quiet.ends("pass", 0).has_no("OTHER_ADDR_INVALID");
    quiet.check(quiet.json["nat"].is_null(), "nobody asked for a NAT");
}

/// Which is what `listening-ip` twice is without RFC 5780, and coturn from 4.7 on by itself.
#[test]
fn without_rfc_5780_two_servers_tell_the_mapping() {
    for (kind, mapping, name) in [
        (Nat::Cone, "endpoint-independent", Value::Null),
        (Nat::Symmetric, "destination-dependent", "symmetric NAT".into()),
    ] {
        let Some(lab) = Lab::new() else { return };
        lab.nat(kind);
        let _coturn = lab.coturn(&[
            &format!("listening-ip={SERVER}"),
            &format!("listening-ip={SERVER_2}"),
            "no-rfc5780",
        ]);
        let run = lab.probe(&[STUN, "stun:198.51.100.2:3478", "--nat"]);
        run.ends("pass", 0).has_no("OTHER_ADDR_INVALID");
        shows(
            &run,
            &[
                ("/mapping/behavior", mapping.into()),
                ("/filtering/behavior", "inconclusive".into()),
                ("/kind", name),
            ],
        );
    }
}

#[test]
fn a_second_address_that_a_firewall_hides_is_no_verdict() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = with_two_addresses(&lab);
    lab.firewall(Side::Server, &[&format!("-A INPUT -i {DEVICE} -p udp -d {SERVER_2} -j DROP")]);
    lab.firewall(Side::Server, &[&format!("-A OUTPUT -o {DEVICE} -p udp -s {SERVER_2} -j DROP")]);
    let run = lab.probe(&[STUN, "--nat"]);
    run.ends("warn", 0).has("OTHER_ADDR_INVALID", "warning");
    let confidence = &run.finding("OTHER_ADDR_INVALID")["confidence"];
    run.check(confidence == "medium", &format!("confidence {confidence}"));
    shows(&run, &[("/servers/0/state", "silent".into()), ("/filtering/behavior", "inconclusive".into())]);
}

#[test]
fn the_lifetime_of_a_mapping_is_told_between_two_idle_times() {
    let Some(lab) = Lab::new() else { return };
    lab.nat(Nat::Cone);
    lab.forget_after(7);
    let _coturn = with_two_addresses(&lab);
    let run = lab.probe(&[STUN, "--nat-lifetime=10s"]);
    run.ends("pass", 0);
    shows(
        &run,
        &[
            ("/lifetime/method", "response-port".into()),
            ("/lifetime/at_least_s", 5.0.into()),
            ("/lifetime/below_s", 10.0.into()),
            ("/lifetime/confidence", "medium".into()),
            ("/kind", "port-restricted cone NAT".into()),
        ],
    );
}

/// CHANGED-ADDRESS and SOURCE-ADDRESS in the place of RFC 5780's attributes.
#[test]
fn a_server_of_rfc_3489_names_the_nat_too() {
    let Some(lab) = Lab::new() else { return };
    lab.nat(Nat::Cone);
    let Some(_server) = lab.vovida() else { return };
    let run = lab.probe(&[STUN, "--nat"]);
    run.ends("pass", 0);
    shows(&run, &[("/kind", "port-restricted cone NAT".into()), ("/servers/0/state", "answers".into())]);
}

/// Two runs of one family each: IPv6 has no NAT here, and no second address either.
#[test]
fn each_family_has_an_entry_of_its_own() {
    let Some(lab) = Lab::new() else { return };
    let own = [SERVER, SERVER_2, SERVER_V6].map(|ip| format!("listening-ip={ip}"));
    let _coturn = lab.coturn(&[&own[0], &own[1], &own[2], "no-rfc5780"]);
    let run = lab.probe(&[STUN, "stun:[2001:db8:1::1]:3478", "--nat"]);
    run.ends("pass", 0);
    let families: Vec<_> =
        run.json["nat"].as_array().into_iter().flatten().map(|nat| &nat["family"]).collect();
    run.check(families == ["v4", "v6"], &format!("families {families:?}"));
    run.check(run.json["nat"][1]["nat"] == false, "a NAT over IPv6");
}
