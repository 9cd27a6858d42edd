//! Quotas and port ranges: what the probe itself uses up must not look like a server's fault.

use super::{ALICE, TURN, TURN_UDP, args};
use crate::lab::Lab;

#[test]
fn a_quota_of_one_is_probed_one_allocation_at_a_time() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&["user-quota=1"]);
    let run = lab.probe(&args(&[&[TURN], &ALICE]));
    run.ends("warn", 0).is_healthy().has("QUOTA", "warning");
    for transport in ["udp", "tcp"] {
        run.shows(transport, "/allocate/ok", true);
        run.way_is_clear(transport, "inbound").way_is_clear(transport, "outbound");
    }
    run.check(run.gave_up(), "no check is said to be given up");
}

#[test]
fn a_quota_that_another_client_uses_up_is_named() {
    for limit in ["user-quota=1", "total-quota=1"] {
        let Some(lab) = Lab::new() else { return };
        let coturn = lab.coturn(&[limit]);
        let _holder = lab.hold_allocation(&coturn);
        let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
        run.ends("fail", 1).errors(&["QUOTA"]);
        run.check(run.attempts("udp").contains(&Some(486)), "no attempt with 486");
        coturn.saw("error 486");
    }
}

#[test]
fn a_range_that_another_client_uses_up_is_named() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&["min-port=49160", "max-port=49163"]);
    let _holder = lab.hold_all_ports(&coturn, 4);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.ends("fail", 1).errors(&["CAPACITY"]);
    run.check(run.attempts("udp").contains(&Some(508)), "no attempt with 508");
    coturn.saw("error 508");
}

/// What a client of these two endpoints makes, and no more: what the probe asks for besides is not held against it.
#[test]
fn a_quota_that_suffices_for_a_client_is_no_finding() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&["user-quota=2"]);
    lab.probe(&args(&[&[TURN_UDP, super::TURN_TCP], &ALICE])).ends("pass", 0).has_no("QUOTA");
}

#[test]
fn a_range_with_no_port_for_a_second_allocation_is_a_warning() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&["min-port=49160", "max-port=49160"]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    coturn.saw("error 508");
    run.ends("warn", 0).is_healthy().has("CAPACITY", "warning");
    run.shows("udp", "/relay/loop_allocation_code", 508).shows("udp", "/crowded/beside", 1);
}

/// coturn counts an allocation for a second after it was given back, and an Allocate that it refused with 440 for a
/// minute: neither is the next run's fault.
#[test]
fn a_run_right_after_others_finds_room_in_a_small_quota() {
    for quota in ["user-quota=4", "user-quota=10"] {
        let Some(lab) = Lab::new() else { return };
        let coturn = lab.coturn(&[quota]);
        for target in [TURN_UDP, TURN, TURN_UDP, TURN, TURN_UDP] {
            let run = lab.probe(&args(&[&[target], &ALICE]));
            run.is_healthy().has_no("QUOTA");
            run.way_is_clear("udp", "inbound").way_is_clear("udp", "outbound");
            for wish in ["relay-ipv6", "even-port", "dont-fragment", "mobility"] {
                let listed = run.endpoint("udp")["capabilities"].as_array().cloned().unwrap_or_default();
                let known = listed.iter().any(|it| it["name"] == wish && it["state"] != "unknown");
                run.check(known, &format!("a quota of our own making hides {wish}"));
            }
        }
        let log = coturn.log();
        let taken = log.matches("packet ALLOCATE processed, success").count();
        assert_eq!(taken, log.matches("lifetime=0").count(), "an allocation was left to its lifetime");
    }
}

/// Ports are not free again at once when an allocation is released, and coturn may lose ports of a
/// small range, so both ends are honest: the range is named, or it sufficed after checks were
/// given up and said to be.
#[test]
fn a_range_of_two_ports_is_named_or_lived_with() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&["min-port=49160", "max-port=49161"]);
    let run = lab.probe(&args(&[&[TURN], &ALICE]));
    run.errors_among(&[], &["CAPACITY"]);
    let exhausted = coturn.log().contains("error 508");
    run.check(!exhausted || run.code == 1 || run.gave_up(), "508 was met and nothing is said of it");
    run.check(
        !exhausted || run.codes("warning").contains("CAPACITY") || run.code == 1,
        "508 is a note alone",
    );
}
