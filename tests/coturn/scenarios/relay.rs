//! Allocations that succeed and do not relay, or relay from an address that is no use.

use super::{ALICE, TURN_UDP, args};
use crate::lab::{CLIENT, CLIENT_2, DEVICE, Lab, Side};

#[test]
fn a_relay_range_closed_inbound_is_told_from_outbound() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&[]);
    let rule = format!("-A INPUT -i {DEVICE} -p udp --dport 49160:49200 -j DROP");
    lab.firewall(Side::Server, &[&rule]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.ends("fail", 1).errors(&["RELAY_INBOUND_BLOCKED"]);
    run.shows("udp", "/allocate/ok", true);
    run.way_is_blocked("udp", "inbound").way_is_clear("udp", "outbound").way_is_clear("udp", "loop");
    run.check(lab.filtered(Side::Server) > 0, "the rule met no packet");
    coturn.saw("ALLOCATE processed, success");
}

/// What one relay sends to another stays on the server's machine, where its packet filter takes it for a stranger's.
#[test]
fn relays_of_one_server_that_do_not_hear_each_other_while_peers_do_are_a_hairpin_failure() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&[]);
    lab.firewall(Side::Server, &["-A INPUT -i lo -p udp --sport 49160:49200 --dport 49160:49200 -j DROP"]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.ends("fail", 1).errors(&["HAIRPIN_FAIL"]);
    run.way_is_clear("udp", "inbound").way_is_clear("udp", "outbound").way_is_blocked("udp", "loop");
    run.check(lab.filtered(Side::Server) > 0, "the rule met no packet");
    coturn.saw("ALLOCATE processed, success");
}

#[test]
fn a_relay_range_closed_outbound_is_told_from_inbound() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&[]);
    lab.firewall(Side::Client, &["-A INPUT -p udp --sport 49160:49200 -j DROP"]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.ends("fail", 1).errors(&["RELAY_OUTBOUND_BLOCKED"]);
    run.way_is_clear("udp", "inbound").way_is_blocked("udp", "outbound").way_is_clear("udp", "loop");
    run.check(lab.filtered(Side::Client) > 0, "the rule met no packet");
}

/// The server's own firewall makes its sends fail, and coturn gives the allocation up at the first.
#[test]
fn a_server_that_may_not_send_loses_the_allocation_and_that_is_one_finding() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&[]);
    let rule = format!("-A OUTPUT -o {DEVICE} -p udp --sport 49160:49200 -j DROP");
    lab.firewall(Side::Server, &[&rule]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.ends("fail", 1).errors(&["RELAY_OUTBOUND_BLOCKED"]);
    run.way_is_blocked("udp", "outbound").shows("udp", "/refresh/code", 437);
    run.check(lab.filtered(Side::Server) > 0, "the rule met no packet");
}

/// The loop between two allocations passes here: coturn maps its own external address back.
#[test]
fn a_private_external_ip_is_not_a_pass() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&["external-ip=192.168.5.5"]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.ends("fail", 1).errors_among(&["RELAY_ADDR_PRIVATE"], &["RELAY_INBOUND_BLOCKED"]);
    let relayed = run.endpoint("udp")["relay"]["address"].as_str().unwrap_or("?");
    run.check(relayed.starts_with("192.168.5.5:"), &format!("relayed {relayed}"));
    run.shows("udp", "/relay/inbound/ok", false).way_is_clear("udp", "loop");
}

#[test]
fn an_external_ip_that_is_not_the_servers_is_named_when_no_data_passes() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&["external-ip=203.0.113.7"]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.ends("fail", 1).errors(&["RELAY_INBOUND_BLOCKED"]).has("RELAY_ADDR_MISMATCH", "warning");
    run.shows("udp", "/relay/inbound/ok", false).way_is_clear("udp", "loop");
}

/// The server serves behind an address that is not the one it was asked at, and data passes.
#[test]
fn a_relay_on_another_address_of_the_server_is_worth_a_note_only() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&["relay-ip=198.51.100.2"]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.ends("pass", 0).is_healthy().has("RELAY_ADDR_MISMATCH", "info").carries("udp");
}

#[test]
fn a_peer_that_the_server_denies_is_forbidden() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&[&format!("denied-peer-ip={CLIENT}-{CLIENT_2}")]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.ends("fail", 1).errors(&["FORBIDDEN_PEER"]);
    run.shows("udp", "/allocate/ok", true).shows("udp", "/permission/code", 403);
    coturn.saw("error 403");
}

/// The peer is the probing machine: to except it would let in nobody else.
#[test]
fn a_server_that_denies_the_internet_is_told_to_narrow_the_range_and_the_lint_names_the_line() {
    let Some(lab) = Lab::new() else { return };
    for everything in ["0.0.0.0-255.255.255.255", "0.0.0.0", "::"] {
        let coturn = lab.coturn(&[&format!("denied-peer-ip={everything}")]);
        let run = lab.probe(&[TURN_UDP, "--turnserver-conf", &coturn.config()]);
        run.ends("fail", 1).has("FORBIDDEN_PEER", "error").has("CONF406", "error");
        let finding = run.finding("FORBIDDEN_PEER");
        let (message, help) =
            (finding["message"].as_str().unwrap_or_default(), finding["help"].as_str().unwrap_or_default());
        run.check(message.contains("the public address of this machine"), "it is not said whose address");
        run.check(help.contains("narrow the `denied-peer-ip` range"), "another hint");
        let line = run.finding("CONF406")["location"]["line"].as_u64().unwrap_or_default() as usize;
        let text = std::fs::read_to_string(coturn.config()).expect("the lab's own file");
        assert_eq!(text.lines().nth(line - 1), Some(&*format!("denied-peer-ip={everything}")));
    }
}

/// coturn takes such a line and denies nothing with it.
#[test]
fn a_denied_range_that_runs_backwards_denies_nothing_and_the_lint_says_so() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&[&format!("denied-peer-ip={CLIENT_2}-{CLIENT}")]);
    let run = lab.probe(&[TURN_UDP, "--turnserver-conf", &coturn.config()]);
    run.has_no("FORBIDDEN_PEER").has("CONF407", "error").carries("udp");
    coturn.saw("Black listing: 198.51.100.11-198.51.100.10");
}

/// This machine may send to the listening port alone: what it may not send, no relay has lost.
#[test]
fn an_own_firewall_around_the_relay_ports_is_not_the_relays_fault() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&[]);
    lab.firewall(Side::Client, &["-A OUTPUT -p udp ! --dport 3478 -j DROP"]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE]));
    run.is_healthy().way_is_clear("udp", "loop");
    for code in ["RELAY_INBOUND_BLOCKED", "RELAY_OUTBOUND_BLOCKED", "RELAY_ADDR_PRIVATE", "RELAY_LOSSY"] {
        run.has_no(code);
    }
    run.check(run.given_up("udp").contains(&"peer-paths"), "the peer's paths are not given up");
    run.shows("udp", "/relay/inbound/sent", 0);
    let refused = run.endpoint("udp")["relay"]["inbound"]["send_refused"].as_u64();
    run.check(refused > Some(0), &format!("{refused:?} sends were refused"));
    run.check(lab.filtered(Side::Client) > 0, "the rule met no packet");
}

/// The answer to the release is lost, and the release sent again finds nothing left to release. Each one that coturn
/// sees gives it a moment more, so that it takes a timeout that spaces them out.
#[test]
fn a_release_whose_answer_was_lost_is_no_failure() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&[]);
    // Behind 28 bytes of IP and UDP: a Refresh success that begins with a LIFETIME of 0.
    let released = "28>>16=0x0104&&48=0x000D0004&&52=0";
    lab.firewall(Side::Client, &[&format!("-A INPUT -p udp --sport 3478 -m u32 --u32 {released} -j DROP")]);
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &["--timeout", "30s"]]));
    run.ends("pass", 0).is_healthy().carries("udp");
    run.check(lab.filtered(Side::Client) >= 2, "the rule met no packet");
    coturn.saw("error 437");
}

/// Rules that drop three of ten UDP packets that `what` selects, and count what they see and drop.
fn lossy(lab: &Lab, side: Side, name: &str, what: &str) {
    let rule = |name: &str, rest: &str| {
        format!("-A INPUT -i {DEVICE} -p udp {what} -m comment --comment {name} {rest}")
    };
    let drop = rule(&format!("{name}-dropped"), "-m statistic --mode random --probability 0.3 -j DROP");
    lab.firewall(side, &[&rule(&format!("{name}-seen"), ""), &drop]);
}

/// What part of the packets that the rules named `name` saw they dropped.
fn dropped(lab: &Lab, side: Side, name: &str) -> f64 {
    let seen = lab.counted(side, &format!("{name}-seen"));
    lab.counted(side, &format!("{name}-dropped")) as f64 / seen.max(1) as f64
}

/// Three of ten relayed packets are lost on each leg. Requests are not: their retransmissions, half a
/// second and more apart (RFC 8489 §6.2.1), would make this a slow test that now and then gives up.
#[test]
fn heavy_loss_each_way_is_measured_and_more_than_a_call_bears() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&[]);
    let data = "-m length --length 600:";
    // Each leg as its end receives it: between us and the server, and between the relay and its peer.
    lossy(&lab, Side::Server, "server", &format!("--dport 3478 {data}"));
    lossy(&lab, Side::Server, "relay", &format!("--dport 49160:49200 {data}"));
    lossy(&lab, Side::Client, "client", &format!("--sport 3478 {data}"));
    lossy(&lab, Side::Client, "peer", &format!("--sport 49160:49200 {data}"));
    let flags = ["--count", "200", "--size", "600", "--timeout", "10s"];
    let run = lab.probe(&args(&[&[TURN_UDP], &ALICE, &flags]));
    run.ends("fail", 1).errors(&["RELAY_LOSSY"]);
    let [server, relay] = ["server", "relay"].map(|name| dropped(&lab, Side::Server, name));
    let [client, peer] = ["client", "peer"].map(|name| dropped(&lab, Side::Client, name));
    for (way, up, down) in [("inbound", relay, client), ("outbound", server, peer), ("loop", server, client)]
    {
        let expected = 100.0 * (1.0 - (1.0 - up) * (1.0 - down));
        let path = &run.endpoint("udp")["relay"][way];
        let measured = path["loss_pct"].as_f64().unwrap_or(-1.0);
        // Two hundred packets, half of them lost: a standard deviation is 3.5 points.
        let plausible = (measured - expected).abs() < 18.0 && path["sent"] == 200;
        run.check(plausible, &format!("{way}: {path}, where the rules make {expected:.1} %"));
    }
}
