//! The relay's address, its paths, and how much they carry for how long.

use super::*;

#[test]
fn each_direction_of_the_relay_is_blamed_alone() {
    check(&with(|f| f.relay.inbound = path(0)), &["E RELAY_INBOUND_BLOCKED"]);
    check(&with(|f| f.relay.outbound = path(0)), &["E RELAY_OUTBOUND_BLOCKED"]);
    check(&with(|f| f.relay.hairpin = path(0)), &["E HAIRPIN_FAIL"]);
    check(&with(|f| f.relay.hairpin = path(18)), &["W RELAY_LOSSY"]);
}

#[test]
fn loss_that_no_call_bears_is_an_error_and_the_path_does_not_work() {
    check(&with(|f| f.relay.inbound = path(13)), &["W RELAY_LOSSY"]);
    check(&with(|f| f.relay.inbound = path(12)), &["E RELAY_LOSSY"]);
    let mut facts = with(|f| (f.relay.inbound, f.relay.hairpin) = (path(13), path(5)));
    facts.findings = found(&facts, &target_of("turn:198.51.100.1"));
    assert_eq!(works(&facts, true), Some(false));
    let said = &facts.findings[0].message;
    assert_eq!(said, "the relay's paths lose more packets than any call bears: 35 % inbound, 75 % loop");
}

#[test]
fn a_nat_of_ours_lowers_the_confidence() {
    let confidence = |change: &dyn Fn(&mut PeerFacts)| {
        let facts = with(|f| {
            f.relay.inbound = path(0);
            change(f.relay.peer.as_mut().unwrap());
        });
        found(&facts, &target_of("turn:198.51.100.1"))[0].confidence
    };
    assert_eq!(confidence(&|_| {}), Confidence::High);
    assert_eq!(confidence(&|peer| peer.nat = Some(true)), Confidence::Medium);
}

#[test]
fn a_network_without_udp_does_not_blame_a_relay_that_works_between_two_allocations() {
    let no_udp = |f: &mut EndpointFacts| {
        (f.relay.inbound, f.relay.outbound) = (path(0), path(0));
        let peer = f.relay.peer.as_mut().unwrap();
        (peer.reflexive, peer.seen_by_relay, peer.nat) = (None, None, None);
    };
    check(&with(no_udp), &[]);
    let neither = with(|f| {
        no_udp(f);
        f.relay.hairpin = path(0);
    });
    // Then nothing is known of the relay: the summary says so, and blames nobody.
    check(&neither, &[]);
    assert_eq!(works(&neither, true), Some(false));
}

#[test]
fn a_private_relay_address_is_the_cause_and_what_follows_from_it_is_not_told() {
    let private = |f: &mut EndpointFacts| f.relay.address = Some(addr("192.168.5.5:49160"));
    let blocked = with(|f| {
        private(f);
        f.relay.inbound = path(0);
    });
    check(&blocked, &["E RELAY_ADDR_PRIVATE"]);
    // Data passes, and the server is no more public than the relay: a laboratory.
    check(&with(private), &["I RELAY_ADDR_PRIVATE"]);
    let public = with(|f| {
        private(f);
        f.addr = addr("8.8.8.8:3478");
    });
    check(&public, &["E RELAY_ADDR_PRIVATE"]);
}

#[test]
fn another_relay_address_matters_only_where_data_does_not_pass() {
    let other = |f: &mut EndpointFacts| f.relay.address = Some(addr("203.0.113.7:49160"));
    check(&with(other), &["I RELAY_ADDR_MISMATCH"]);
    let blocked = with(|f| {
        other(f);
        f.relay.inbound = path(0);
    });
    check(&blocked, &["E RELAY_INBOUND_BLOCKED", "W RELAY_ADDR_MISMATCH"]);
}

#[test]
fn a_lost_allocation_is_told_once_and_not_at_all_where_a_blocked_path_explains_it() {
    let lost = |f: &mut EndpointFacts| (f.refresh, f.release) = (step(Some(437)), step(Some(437)));
    check(&with(lost), &["E ALLOC_MISMATCH"]);
    let blocked = with(|f| {
        lost(f);
        f.relay.outbound = path(0);
    });
    check(&blocked, &["E RELAY_OUTBOUND_BLOCKED"]);
}

#[test]
fn a_refused_peer_is_an_error_and_a_refused_loop_a_warning() {
    let refused = with(|f| {
        f.permission = step(Some(403));
        f.relay = RelayFacts { address: f.relay.address, ..RelayFacts::default() };
    });
    check(&refused, &["E FORBIDDEN_PEER"]);
    check(&with(|f| f.relay.loop_permission_code = Some(403)), &["W RELAY_TO_RELAY_BLOCKED"]);
}

#[test]
fn a_lifetime_is_odd_where_it_cannot_be_kept_and_not_where_it_is_capped() {
    let lifetimes = |granted, refreshed| {
        with(|f| {
            f.allocate.as_mut().unwrap().lifetime_s = granted;
            f.refresh.as_mut().unwrap().lifetime_s = refreshed;
        })
    };
    for healthy in [
        (Some(600), Some(600)),
        (Some(30), Some(30)),
        (Some(600), Some(599)),
        (Some(3_600), Some(600)),
        (Some(600), None),
    ] {
        check(&lifetimes(healthy.0, healthy.1), &[]);
    }
    for odd in [(Some(600), Some(0)), (Some(0), Some(600)), (Some(600), Some(120)), (None, Some(60))] {
        check(&lifetimes(odd.0, odd.1), &["W LIFETIME_ODD"]);
    }
}

#[test]
fn a_closed_relay_range_is_told_with_the_nat_that_may_stand_before_it() {
    let blocked = with(|f| f.relay.inbound = path(0));
    let finding = found(&blocked, &target_of("turn:198.51.100.1")).remove(0);
    assert_eq!(finding.code, "RELAY_INBOUND_BLOCKED");
    for word in ["firewall", "NAT stands there forward", "a range open in part passes at times"] {
        assert!(finding.help.contains(word), "{word}: {}", finding.help);
    }
}

fn capped(declared: Option<u64>, flat: Option<u64>) -> EndpointFacts {
    with(|facts| {
        if let Some(allocate) = &mut facts.allocate {
            allocate.bandwidth_bps = declared;
        }
        let report = |bps| crate::measure::RampReport {
            ok: true,
            achieved_bps: Some(bps),
            offered_bps: Some(bps * 2),
            loss_pct: Some(50.0),
            withheld_pct: Some(0.0),
            flat: true,
            own_pace: false,
            sustained_bps: None,
            sustained_loss_pct: None,
            sent_bytes: 0,
            received_bytes: 0,
            steps: Vec::new(),
        };
        facts.throughput =
            Some(crate::probe::facts::ThroughputFacts { inbound: flat.map(report), ..Default::default() });
    })
}

/// The finding's severity by its first letter; `-` where there is none.
fn severity_of(facts: &EndpointFacts, needs_bps: Option<u64>) -> String {
    let target = target_of("turn:turn.example.test");
    let found = endpoint(facts, Context { needs_bps, ..context(&target) });
    let found = found.iter().find(|finding| finding.code == "BANDWIDTH_CAPPED");
    found.map_or("-".to_owned(), |finding| format!("{:?}", finding.severity)[..1].to_owned())
}

#[test]
fn a_cap_is_as_grave_as_what_is_needed_of_it() {
    let check = |declared, flat, needs, expected: &str| {
        let facts = capped(declared, flat);
        assert_eq!(severity_of(&facts, needs), expected, "{declared:?} {flat:?} {needs:?}");
    };
    check(None, None, None, "-");
    check(None, None, Some(2_500_000), "-");
    check(Some(8_000_000), None, Some(2_500_000), "-");
    check(Some(8_000_000), None, None, "-");
    check(Some(62 * 1024), None, None, "W");
    check(Some(2_000_000), None, Some(2_500_000), "E");
    check(Some(2_000_000), Some(1_900_000), None, "W");
    check(None, Some(30_000_000), None, "I");
    check(None, Some(500_000), None, "W");
    check(None, Some(30_000_000), Some(64_000), "I");
    check(None, Some(2_000_000), Some(2_500_000), "E");
    // Declared as no cap.
    check(Some(0), None, Some(2_500_000), "-");
}

#[test]
fn what_a_declared_cap_explains_is_told_with_the_cap() {
    let capped = |cap, change: &dyn Fn(&mut EndpointFacts)| {
        with(|f| {
            f.allocate.as_mut().unwrap().bandwidth_bps = Some(cap);
            change(f);
        })
    };
    let lossy = |f: &mut EndpointFacts| f.relay.outbound = path(3);
    let swallowed = |f: &mut EndpointFacts| f.relay.hairpin = path(0);
    let silent = |f: &mut EndpointFacts| {
        f.channel = Some(StepFacts {
            ok: false,
            code: None,
            stale_nonces: 0,
            took_ms: 5000.0,
            at_ms: None,
            lifetime_s: None,
        });
    };
    for change in [&lossy as &dyn Fn(&mut EndpointFacts), &swallowed, &silent] {
        check(&capped(4096, change), &["E BANDWIDTH_CAPPED"]);
    }
    let said = found(&capped(4096, &lossy), &target_of("turn:198.51.100.1"))[0].clone();
    assert!(said.message.ends_with("; what is beyond it is lost: 85 % outbound"), "{}", said.message);
    assert!(said.help.contains("`max-bps`") && said.help.contains("`bps-capacity`"), "{}", said.help);
    // A voice fits, the three paths of the test together do not.
    check(&capped(65_536, &lossy), &["W BANDWIDTH_CAPPED"]);
    // A cap that lets some of each path through does not swallow one whole, nor a request.
    check(&capped(65_536, &swallowed), &["E HAIRPIN_FAIL", "W BANDWIDTH_CAPPED"]);
    check(&capped(65_536, &silent), &["E SERVER_ERROR", "W BANDWIDTH_CAPPED"]);
    // Nor does one that all paths fit into explain what they lose.
    check(&capped(1_000_000, &lossy), &["E RELAY_LOSSY"]);
}

#[test]
fn a_small_packet_is_the_paths_fault_and_not_that_of_our_own_interface() {
    let largest = |largest_bytes, own_interface| crate::probe::facts::LargestFacts {
        largest_bytes,
        lost_bytes: None,
        tried_bytes: 1472,
        own_interface,
    };
    let mtu = |found| {
        with(|facts| {
            facts.mtu = Some(crate::probe::facts::MtuFacts { outbound: Some(found), ..Default::default() });
        })
    };
    check(&mtu(largest(Some(1472), false)), &[]);
    check(&mtu(largest(Some(1200), false)), &[]);
    check(&mtu(largest(Some(1199), false)), &["W MTU_SMALL"]);
    check(&mtu(largest(Some(1100), true)), &[]);
    check(&mtu(largest(None, false)), &[]);
}

#[test]
fn a_grant_that_ends_before_its_time_is_odd_only_if_that_was_proved() {
    let lasted = |at_most_s, confirmed| {
        with(|facts| {
            let permission_s = Some(crate::probe::facts::LifetimeFacts {
                granted_s: 300.0,
                at_least_s: Some(7.0),
                at_most_s,
                confirmed,
                refresh_code: None,
            });
            facts.lifetimes =
                Some(crate::probe::facts::LifetimesFacts { permission_s, ..Default::default() });
        })
    };
    check(&lasted(Some(7.5), true), &["W LIFETIME_ODD"]);
    check(&lasted(Some(7.5), false), &[]);
    check(&lasted(Some(299.0), true), &[]);
    check(&lasted(None, false), &[]);
}
