//! `--watch` against a real coturn: killed and restarted, with short nonces and allocations, behind a NAT that
//! rebinds, under a name that moves.

use super::{ALICE, TURN, TURN_UDP, TURNS, args};
use crate::forwarder::{Forwarder, Impairment, Weather};
use crate::lab::{CLIENT_2, Kind, Lab, NAME, SERVER, SERVER_2, Side};
use crate::watching::Watching;

fn watching(lab: &Lab, targets: &[&str], flags: &[&str]) -> Watching {
    let flags = args(&[&["probe"], targets, &ALICE, flags]);
    Watching::start(lab.command(Side::Client, env!("CARGO_BIN_EXE_rtcscope"), &flags))
}

#[test]
fn a_server_killed_and_restarted_is_told_of_and_its_allocations_are_made_anew() {
    let Some(lab) = Lab::new() else { return };
    let made = lab.tls(Kind::Good);
    let [cert, key] = &made.config();
    let mut coturn = lab.coturn(&[cert, key]);
    let flags = ["--watch", "200ms", "--timeout", "2s", "--cafile", made.cafile()];
    let mut watching = watching(&lab, &[TURN, TURNS], &flags);
    watching.rounds(3, "pass");
    coturn.kill();
    watching.rounds(2, "fail");
    let again = lab.coturn(&[cert, key]);
    watching.rounds(3, "pass");
    let watched = watching.interrupt();
    assert_eq!((watched.code, &watched.summary()["verdict"]), (130, &"fail".into()));
    for transport in ["udp", "tcp", "tls"] {
        let endpoint = watched.endpoint(transport);
        assert_eq!((&endpoint["allocations"], &endpoint["outages"]), (&2.into(), &1.into()), "{endpoint}");
        let up = endpoint["uptime_pct"].as_f64().expect("it is known");
        assert!(up > 5.0 && up < 99.0, "{transport} up {up} %");
        let to = |to: &str| {
            let of = watched.changes("verdict").into_iter().filter(|change| change["transport"] == transport);
            of.filter(|change| change["to"] == to).count()
        };
        assert_eq!((to("fail"), to("pass")), (1, 1), "{transport}");
    }
    assert_eq!(watched.codes("error"), ["PORT_REFUSED"; 2], "TCP is not required");
    again.saw("ALLOCATE processed, success");
}

/// coturn asks for newer nonces, and gives allocations for seconds: one is kept all the same.
#[test]
fn short_nonces_and_lifetimes_cost_no_allocation() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&["stale-nonce=2", "max-allocate-lifetime=4"]);
    let mut watching = watching(&lab, &[TURN_UDP], &["--watch", "3s"]);
    watching.rounds(4, "pass");
    let watched = watching.interrupt();
    assert_eq!(watched.summary()["verdict"], "pass");
    let endpoint = watched.endpoint("udp");
    assert_eq!((&endpoint["allocations"], &endpoint["failed_rounds"]), (&1.into(), &0.into()));
    coturn.saw("Stale nonce");
    let refreshed = coturn.log().matches("REFRESH processed, success").count();
    assert!(refreshed >= 6, "{refreshed} refreshes in nine seconds");
}

#[test]
fn a_nat_that_rebinds_costs_a_new_allocation_and_no_failure() {
    let Some(lab) = Lab::new() else { return };
    let coturn = lab.coturn(&[]);
    let (listen, server) = (format!("{CLIENT_2}:0"), format!("{SERVER}:3478"));
    let (listen, server) = (listen.parse().expect("an address"), server.parse().expect("an address"));
    let forwarder = Forwarder::in_namespace(&lab.namespace(Side::Client), listen, server, Weather::default());
    let target = format!("turn:{}?transport=udp", forwarder.addr());
    let mut watching = watching(&lab, &[&target], &["--watch", "100ms", "--timeout", "2s"]);
    watching.rounds(2, "pass");
    forwarder.rebind();
    let round = watching.round("that makes it anew", |round| round["changes"][0]["kind"] == "remade");
    assert_eq!(round["verdict"], "pass", "{round}");
    watching.rounds(2, "pass");
    let watched = watching.interrupt();
    assert_eq!(
        (&watched.summary()["verdict"], &watched.endpoint("udp")["allocations"]),
        (&"pass".into(), &2.into())
    );
    coturn.saw("error 437");
}

/// What the loopback's scenarios play with every seed, here once with a real server.
#[test]
fn three_of_ten_packets_lost_one_way_are_no_failure_with_coturn_either() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&[]);
    let (listen, server) = (format!("{CLIENT_2}:0"), format!("{SERVER}:3478"));
    let (listen, server) = (listen.parse().expect("an address"), server.parse().expect("an address"));
    for (seed, up, down) in [(1, 0.3, 0.0), (2, 0.0, 0.3)] {
        let weather =
            Weather { seed, up: Impairment::loss(up), down: Impairment::loss(down), ..Weather::default() };
        let forwarder = Forwarder::in_namespace(&lab.namespace(Side::Client), listen, server, weather);
        let target = format!("turn:{}?transport=udp", forwarder.addr());
        let run = lab.probe(&args(&[&[&target], &ALICE, &["--count", "500", "--timeout", "10s"]]));
        run.ends("warn", 0).is_healthy().has("RELAY_LOSSY", "warning");
        for step in ["binding", "allocate", "permission", "channel", "refresh", "release"] {
            run.shows("udp", &format!("/{step}/ok"), true);
        }
    }
}

#[test]
fn a_name_that_leads_elsewhere_is_followed_when_its_server_is_gone() {
    let Some(lab) = Lab::new() else { return };
    let mut first = lab.coturn(&[]);
    let own = [format!("listening-ip={SERVER_2}"), format!("relay-ip={SERVER_2}")];
    let resolver = lab.dns(&[&format!("{NAME} A {SERVER}")]);
    let target = format!("turn:{NAME}?transport=udp");
    let mut watching = watching(&lab, &[&target], &["--watch", "200ms", "--timeout", "2s"]);
    watching.rounds(2, "pass");
    let _second = lab.coturn(&[&own[0], &own[1]]);
    first.kill();
    watching.rounds(1, "fail");
    drop(resolver);
    let _resolver = lab.dns(&[&format!("{NAME} A {SERVER_2}")]);
    let round = watching.round("elsewhere", |round| {
        let changes = round["changes"].as_array().expect("changes");
        changes.iter().any(|change| change["kind"] == "address")
    });
    assert_eq!(
        (&round["verdict"], &round["endpoints"][0]["endpoint"]),
        (&"pass".into(), &format!("{SERVER_2}:3478").into())
    );
    watching.rounds(2, "pass");
    watching.interrupt();
}

/// The allocation is there, and the firewall that comes up in front of its ports is named.
#[test]
fn a_firewall_that_comes_up_is_named_and_costs_no_allocation() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&[]);
    let mut watching = watching(&lab, &[TURN_UDP], &["--watch", "100ms", "--timeout", "2s"]);
    watching.rounds(2, "pass");
    lab.firewall(Side::Server, &["-A INPUT -p udp --dport 49160:49200 -j DROP"]);
    watching.rounds(1, "fail");
    lab.firewall(Side::Server, &["-F INPUT"]);
    watching.rounds(2, "pass");
    let watched = watching.interrupt();
    assert_eq!(watched.codes("error"), ["RELAY_INBOUND_BLOCKED"]);
    assert_eq!(watched.endpoint("udp")["allocations"], 1);
    let failed = watched.lines.iter().find(|line| line["verdict"] == "fail").expect("one failed");
    assert_eq!(failed["endpoints"][0]["outbound"]["loss_pct"], 0.0, "{failed}");
}
