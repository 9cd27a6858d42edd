//! What strangers may do.

use super::*;

/// An audited server at `at`, with these peers granted.
fn audited(at: &str, granted: &[(&'static str, &str)]) -> EndpointFacts {
    let mut facts = healthy();
    facts.addr = addr(at);
    let peers = granted.iter().map(|(range, address)| TriedPeer {
        state: "granted",
        ..TriedPeer::new(range, address.parse().unwrap())
    });
    let mut seen = SecurityFacts { peers: peers.collect(), ..SecurityFacts::default() };
    seen.denied_peer_ip = crate::probe::security::lines(&seen, facts.addr.ip());
    facts.security = Some(seen);
    facts
}

#[test]
fn a_granted_peer_is_graver_the_farther_it_is_from_the_servers_own_network() {
    let public = [("10.0.0.0/8", "10.0.0.1"), ("relay", "198.51.100.1")];
    check(&audited(SERVER, &public), &["E PEER_PRIVATE_ALLOWED"]);
    let mut company = audited("10.0.0.9:3478", &[("10.0.0.0/8", "10.0.0.1")]);
    company.relay.address = Some(addr("10.0.0.9:49160"));
    check(&company, &["W PEER_PRIVATE_ALLOWED"]);
    check(&audited(SERVER, &[("240.0.0.0/4", "240.0.0.1")]), &[]);
    check(&audited(SERVER, &[("relay", "198.51.100.1")]), &[]);
}

#[test]
fn the_servers_own_address_is_a_warning_where_its_relays_are_elsewhere() {
    let apart = [("relay", "198.51.100.2"), ("server", "198.51.100.1")];
    let facts = audited(SERVER, &apart);
    check(&facts, &["W PEER_PRIVATE_ALLOWED"]);
    let found = &found(&facts, &target_of("turn:198.51.100.1"))[0];
    assert!(found.message.contains("the server's own address 198.51.100.1"), "{}", found.message);
    assert_eq!(found.help.lines().last(), Some("denied-peer-ip=198.51.100.1"));
    check(&audited(SERVER, &[("relay", "10.0.0.2"), ("server", "198.51.100.1")]), &[]);
    let worse = [apart[0], apart[1], ("169.254.0.0/16", "169.254.169.254")];
    check(&audited(SERVER, &worse), &["E PEER_PRIVATE_ALLOWED"]);
}

#[test]
fn lines_to_paste_stay_whole_whatever_the_server_calls_itself() {
    let mut facts = audited(SERVER, &[("10.0.0.0/8", "10.0.0.1")]);
    facts.binding.as_mut().unwrap().software = Some("another".to_owned());
    let found = found(&facts, &target_of("turn:198.51.100.1"));
    let lines: Vec<&str> = found[0].help.lines().collect();
    assert!(lines[0].ends_with("this server says it is `another`)"), "{lines:?}");
    assert_eq!(lines[1..], ["denied-peer-ip=10.0.0.0-10.255.255.255"]);
}

#[test]
fn a_peer_that_the_user_named_counts_by_what_it_is() {
    let named = |address: &str, state, sent| {
        let mut facts = audited(SERVER, &[]);
        let peer = DeliveredPeer { state, sent, ..DeliveredPeer::new(addr(address)) };
        facts.security.as_mut().unwrap().delivered.push(peer);
        codes_of(&facts, &target_of("turn:198.51.100.1"))
    };
    assert_eq!(named("10.9.9.9:7", "echoed", 1), ["E PEER_PRIVATE_ALLOWED"]);
    assert_eq!(named("10.9.9.9:7", "silent", 3), ["E PEER_PRIVATE_ALLOWED"]);
    assert!(named("10.9.9.9:7", "refused", 0).is_empty());
    assert!(named("203.0.113.5:7", "echoed", 1).is_empty());
}

#[test]
fn what_was_not_seen_of_security_is_no_finding() {
    let mut facts = healthy();
    facts.security = Some(SecurityFacts::default());
    check(&facts, &[]);
}

#[test]
fn a_security_finding_does_not_say_that_the_relay_is_broken() {
    let mut facts = audited(SERVER, &[("10.0.0.0/8", "10.0.0.1")]);
    facts.findings = found(&facts, &target_of("turn:198.51.100.1"));
    assert_eq!(works(&facts, true), Some(true));
}
