//! How much, how large and for how long: what is measured only when it is asked for.

use std::collections::BTreeSet;

use super::{ALICE, TURN_TCP, TURN_UDP, args};
use crate::lab::{Coturn, DEVICE, INSIDE, Lab, Nat, Run, SERVER, SERVER_V6, Side};

fn number(run: &Run, transport: &str, pointer: &str) -> f64 {
    let value = run.endpoint(transport).pointer(pointer).and_then(serde_json::Value::as_f64);
    run.check(value.is_some(), &format!("no number at {pointer}"));
    value.unwrap_or_default()
}

fn near(run: &Run, transport: &str, pointer: &str, expected: f64, part: f64) {
    let got = number(run, transport, pointer);
    run.check((got - expected).abs() <= expected * part, &format!("{pointer} is {got}, not near {expected}"));
}

/// `max-bps` counts bytes, headers of ChannelData and UDP included or not, each direction apart.
#[test]
fn a_cap_is_declared_and_found_to_be_kept() {
    for transport in ["udp", "tcp"] {
        let Some(lab) = Lab::new() else { return };
        let _coturn = lab.coturn(&["max-bps=125000"]);
        let uri = if transport == "udp" { TURN_UDP } else { TURN_TCP };
        let flags = ["--throughput", "6s", "--throughput-max", "4M"];
        let run = lab.probe(&args(&[&[uri], &ALICE, &flags]));
        run.is_healthy().has("BANDWIDTH_CAPPED", "warning");
        // 125000 bytes in units of 1024 bits, rounded down.
        run.shows(transport, "/allocate/bandwidth_bps", 976 * 1024);
        for way in ["inbound", "outbound"] {
            run.shows(transport, &format!("/throughput/{way}/flat"), true);
            near(&run, transport, &format!("/throughput/{way}/achieved_bps"), 1e6, 0.35);
            let most = number(&run, transport, "/throughput/most_bytes");
            let sent = number(&run, transport, &format!("/throughput/{way}/sent_bytes"));
            run.check(sent <= most, &format!("{sent} bytes sent, at most {most} promised"));
        }
        run.check(run.stderr.contains("--throughput sends at most"), "nothing was said before it was sent");
    }
}

#[test]
fn a_cap_below_a_voice_is_measured_as_it_is() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&["max-bps=8000"]);
    let flags = ["--throughput", "6s", "--throughput-max", "1M", "--size", "20", "--count", "10"];
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &flags]));
    run.has("BANDWIDTH_CAPPED", "warning").shows("udp", "/allocate/bandwidth_bps", 62 * 1024);
    near(&run, "udp", "/throughput/outbound/achieved_bps", 64_000.0, 0.4);
}

/// Requests and packets beyond a cap are dropped alike, whatever they are: what is missing looks each time different.
#[test]
fn a_cap_too_low_for_anything_is_the_one_cause_of_all_that_is_lost_to_it() {
    for config in [&["max-bps=1500"][..], &["bps-capacity=1000", "max-bps=600"]] {
        let Some(lab) = Lab::new() else { return };
        let _coturn = lab.coturn(config);
        for _ in 0..2 {
            let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &["--timeout", "2s"]]));
            run.ends("fail", 1).errors(&["BANDWIDTH_CAPPED"]).has_no("RELAY_LOSSY");
            run.shows("udp", "/works", false);
            let hint = run.json["findings"][0]["help"].as_str().unwrap_or_default();
            let names = ["`max-bps`", "`bps-capacity`"].iter().all(|option| hint.contains(option));
            run.check(names, &format!("the hint is {hint:?}"));
            // coturn gives nothing of a capacity back at the moment of the release.
            std::thread::sleep(std::time::Duration::from_millis(1500));
        }
    }
}

#[test]
fn a_server_without_a_cap_carries_what_it_is_offered() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&[]);
    let flags =
        ["--throughput", "4s", "--throughput-max", "3M", "--min", "throughput.inbound=2M", "-q", "--mtu"];
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &flags]));
    run.ends("pass", 0).is_healthy().has_no("BANDWIDTH_CAPPED").has_no("MTU_SMALL");
    for way in ["inbound", "outbound"] {
        near(&run, "udp", &format!("/throughput/{way}/achieved_bps"), 3e6, 0.3);
    }
    run.check(run.stderr.is_empty(), "-q is not silent");
    // An Ethernet frame whole: from the peer 1472 bytes, from us 4 less for ChannelData's header.
    run.shows("udp", "/mtu/dont_fragment", true);
    run.shows("udp", "/mtu/inbound/largest_bytes", 1472);
    run.shows("udp", "/mtu/outbound/largest_bytes", 1468).shows("udp", "/mtu/outbound/own_interface", true);
}

#[test]
fn a_least_rate_that_is_not_reached_is_a_failure() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&["max-bps=125000"]);
    let flags = ["--throughput", "4s", "--throughput-max", "4M", "--min", "throughput.outbound=3M"];
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &flags]));
    run.ends("fail", 1).errors(&["BANDWIDTH_CAPPED"]);
    let row = &run.json["thresholds"][0];
    run.check(row["state"] == "crossed" && row["bound"] == "min", &format!("{row}"));
}

#[test]
fn a_call_that_needs_more_than_the_declared_cap_fails() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&["max-bps=125000"]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &["--preset", "video", "--duration", "2s"]]));
    run.ends("fail", 1).errors(&["BANDWIDTH_CAPPED"]).has_no("RELAY_LOSSY");
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &["--preset", "audio", "--duration", "2s"]]));
    run.check(run.stderr.contains("about 6 s in all"), "nothing was said of how long");
    run.has_no("RELAY_LOSSY").ends("pass", 0).is_healthy().carries("udp");
}

#[test]
fn a_call_with_a_picture_passes_where_nothing_is_wrong() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&[]);
    // Two cores under load may be late; they lose nothing.
    let limits = ["--max", "jitter=500ms", "--max", "rtt.p95=2s"];
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &["--preset", "video", "--duration", "2s"], &limits]));
    run.ends("pass", 0).is_healthy().carries("udp").shows("udp", "/relay/inbound/sent", 520);
    let rows = run.json["thresholds"].as_array().map_or(&[][..], Vec::as_slice);
    let limits: BTreeSet<String> = rows
        .iter()
        .map(|row| format!("{} {} {}", row["metric"], row["limit_ms"], row["limit_pct"]).replace("null", ""))
        .map(|row| row.replace('"', "").trim().replace("  ", " "))
        .collect();
    let wanted = ["jitter 500.0", "loss 1.0", "rtt.p95 2000.0"].map(str::to_owned);
    run.check(limits == BTreeSet::from(wanted), &format!("limits {limits:?}"));
}

/// A router between us and the server, whose link to the server carries 1128 bytes: 1100 of UDP's payload.
fn narrow(lab: &Lab) {
    lab.nat(Nat::Cone);
    lab.mtu(Side::Router, DEVICE, 1128);
    lab.mtu(Side::Server, DEVICE, 1500);
}

#[test]
fn a_narrow_way_to_the_server_is_found_whether_or_not_routers_tell() {
    for told in [true, false] {
        let Some(lab) = Lab::new() else { return };
        let _coturn = lab.coturn(&[]);
        narrow(&lab);
        if !told {
            lab.firewall(Side::Router, &["-A OUTPUT -p icmp -j DROP"]);
        }
        let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &["--mtu"]]));
        run.is_healthy().has("MTU_SMALL", "warning");
        run.shows("udp", "/mtu/dont_fragment", true);
        // To the server with ChannelData's 4 bytes around it; from the peer to the relay without.
        run.shows("udp", "/mtu/outbound/largest_bytes", 1096).shows("udp", "/mtu/outbound/lost_bytes", 1097);
        run.shows("udp", "/mtu/inbound/largest_bytes", 1100).shows(
            "udp",
            "/mtu/inbound/own_interface",
            false,
        );
        run.check(told || lab.filtered(Side::Router) > 0, "the rule met no packet");
    }
}

/// The way from the server to us, and so to the peer, is narrow: the server may fragment what it sends, or have it
/// fragmented, unless it is asked not to.
#[test]
fn a_narrow_way_behind_the_server_is_found_by_asking_it_not_to_fragment() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&[]);
    lab.nat(Nat::Cone);
    lab.narrow_route(Side::Router, "192.168.77.0/24", INSIDE, 1128);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &["--mtu"]]));
    run.is_healthy().has("MTU_SMALL", "warning");
    run.shows("udp", "/mtu/outbound_unfragmented/largest_bytes", 1100);
    run.shows("udp", "/mtu/outbound/largest_bytes", 1468);
}

#[test]
fn an_own_interface_that_is_narrow_is_not_the_relays_fault() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&[]);
    lab.nat(Nat::Cone);
    lab.mtu(Side::Client, DEVICE, 1128);
    lab.mtu(Side::Router, INSIDE, 1128);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &["--mtu"]]));
    run.ends("pass", 0).is_healthy().has_no("MTU_SMALL");
    run.shows("udp", "/mtu/outbound/largest_bytes", 1096).shows("udp", "/mtu/outbound/own_interface", true);
    run.shows("udp", "/mtu/inbound/own_interface", true);
}

#[test]
fn a_stream_to_the_server_leaves_the_way_behind_it_to_be_measured() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&[]);
    let run = lab.probe(&args(&[&[TURN_TCP], &ALICE, &["--mtu"]]));
    run.ends("pass", 0).is_healthy();
    run.shows("tcp", "/mtu/inbound/largest_bytes", 1472).shows("tcp", "/mtu/outbound/largest_bytes", 1472);
}

/// coturn's lifetimes, made short enough to be waited for.
#[test]
fn lifetimes_that_are_too_short_are_measured_and_named() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&["permission-lifetime=8", "channel-lifetime=6", "max-allocate-lifetime=10"]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &["--lifetimes"]]));
    run.is_healthy().has("LIFETIME_ODD", "warning");
    for (what, granted, lasts) in
        [("permission", 300.0, 8.0), ("channel", 600.0, 6.0), ("allocation", 10.0, 10.0)]
    {
        let at = |key: &str| number(&run, "udp", &format!("/lifetimes/{what}_s/{key}"));
        let (least, most) = (at("at_least_s"), at("at_most_s"));
        run.check(at("granted_s") == granted, &format!("{what}: granted {}", at("granted_s")));
        run.check(
            least > lasts - 3.0 && most < lasts + 6.0 && least < most,
            &format!("{what}: {least} to {most}"),
        );
        run.shows("udp", &format!("/lifetimes/{what}_s/confirmed"), true);
    }
    run.shows("udp", "/lifetimes/allocation_s/refresh_code", 437);
    // Its permission ends first, and that is no end of the allocation.
    let least = number(&run, "udp", "/lifetimes/allocation_s/at_least_s");
    run.check(least > 8.4, &format!("an allocation of 10 s is said to be over after {least}"));
    run.check(run.stderr.contains("--lifetimes takes up to 11 minutes"), "nothing was said of how long");
}

/// Three are watched at once, each on an allocation of its own, of which the quota has room for two.
#[test]
fn lifetimes_that_a_quota_does_not_allow_together_are_watched_one_after_the_other() {
    let Some(lab) = Lab::new() else { return };
    let short = ["permission-lifetime=8", "channel-lifetime=6", "max-allocate-lifetime=10"];
    let coturn = lab.coturn(&[&short[..], &["user-quota=2"]].concat());
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &["--no-capabilities", "--lifetimes"]]));
    run.is_healthy().has_no("QUOTA").has("LIFETIME_ODD", "warning");
    for what in ["permission", "channel", "allocation"] {
        run.shows("udp", &format!("/lifetimes/{what}_s/confirmed"), true);
    }
    run.check(!run.given_up("udp").contains(&"lifetimes"), "one was given up");
    coturn.saw("error 486");
}

/// The relay that is measured is the one that was asked for.
#[test]
fn everything_is_measured_on_a_relay_of_the_family_that_was_wanted() {
    let Some(lab) = Lab::new() else { return };
    let (v4, v6) = (format!("relay-ip={SERVER}"), format!("relay-ip={SERVER_V6}"));
    let relays = ["listening-ip=198.51.100.1", &v4, &v6];
    let wanted = ["--no-capabilities", "--relay-family", "ipv6"];
    let relayed = |coturn: &Coturn, run: &Run, most: usize| {
        let log = coturn.log();
        let of = |family: &str| log.matches(&format!("{family}. Local relay addr")).count();
        run.check(
            (of("IPv4"), of("IPv6")) == (0, most),
            &format!("relays: {} IPv4, {} IPv6", of("IPv4"), of("IPv6")),
        );
    };
    let coturn = lab.coturn(&relays);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &wanted, &["--mtu", "--throughput", "4s"]]));
    run.is_healthy();
    // An Ethernet frame less the headers of IPv6 and UDP.
    run.shows("udp", "/mtu/inbound/largest_bytes", 1452);
    for way in ["inbound", "outbound"] {
        run.check(number(&run, "udp", &format!("/throughput/{way}/achieved_bps")) > 0.0, "no throughput");
    }
    // Two for the paths.
    relayed(&coturn, &run, 4);
    drop(coturn);
    let short = ["permission-lifetime=8", "channel-lifetime=6", "max-allocate-lifetime=10"];
    let coturn = lab.coturn(&[&relays[..], &short].concat());
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &wanted, &["--lifetimes"]]));
    run.is_healthy().shows("udp", "/lifetimes/channel_s/confirmed", true);
    relayed(&coturn, &run, 5);
}
