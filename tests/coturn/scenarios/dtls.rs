//! TURN over DTLS: as healthy and as broken as TLS.

use std::time::Duration;

use super::{ALICE, args};
use crate::lab::{Certificate, Coturn, DEVICE, Kind, Lab, NAME, Run, SERVER, SERVER_V6, Side};

const DTLS: &str = "turns:198.51.100.1:5349?transport=udp";
const DTLS_V6: &str = "turns:[2001:db8:1::1]:5349?transport=udp";

fn serve(lab: &Lab, kind: Kind, more: &[&str]) -> (Certificate, Coturn) {
    let made = lab.tls(kind);
    let [cert, key] = &made.config();
    let coturn = lab.coturn(&[&[cert.as_str(), key], more].concat());
    (made, coturn)
}

fn probe(kind: Kind, flags: &[&str]) -> Option<Run> {
    let lab = Lab::new()?;
    let (made, coturn) = serve(&lab, kind, &[]);
    let run = lab.probe(&args(&[&[DTLS], &ALICE, &["--cafile", made.cafile()], flags]));
    run.carries("dtls");
    coturn.saw("ALLOCATE processed, success");
    Some(run)
}

#[test]
fn dtls_carries_data_and_its_certificate_is_told() {
    for kind in [Kind::Good, Kind::Rsa] {
        let Some(run) = probe(kind, &[]) else { return };
        run.ends("pass", 0).is_healthy();
        run.shows("dtls", "/tls/verified", true).shows("dtls", "/tls/version", "DTLS 1.2");
        run.shows("dtls", "/tls/chain_length", 1).shows("dtls", "/tls/subject", format!("CN={NAME}"));
        let tls = &run.endpoint("dtls")["tls"];
        run.check(tls["cipher"].as_str().is_some_and(|c| c.starts_with("TLS_ECDHE_")), "no cipher");
        run.check(tls["handshake_ms"].as_f64().is_some_and(|ms| ms > 0.0), "no handshake time");
        // The handshake's time is not the server's distance: each Binding was one send.
        let binding = &run.endpoint("dtls")["binding"];
        run.check(binding["sent"] == 5 && binding["rtt"]["n"] == 5, "not five bindings, once each");
        let rtt = binding["rtt"]["median_ms"].as_f64();
        run.check(rtt.is_some_and(|rtt| rtt > 0.0 && rtt < 50.0), &format!("{rtt:?}"));
        let relay = run.candidates("relay");
        run.check(relay.iter().all(|c| c["relay_protocol"] == "dtls"), "not a relay over dtls");
    }
}

#[test]
fn dtls_over_ipv6_carries_data() {
    let Some(lab) = Lab::new() else { return };
    let (v4, v6) = (format!("relay-ip={SERVER}"), format!("relay-ip={SERVER_V6}"));
    let listen = format!("listening-ip={SERVER_V6}");
    let (made, _coturn) = serve(&lab, Kind::Good, &[&listen, &v4, &v6]);
    let run = lab.probe(&args(&[&[DTLS_V6], &ALICE, &["--cafile", made.cafile()]]));
    run.ends("pass", 0).is_healthy().carries("dtls").shows("dtls", "/tls/verified", true);
}

#[test]
fn bad_certificates_are_named_over_dtls_too() {
    let cases = [
        (Kind::Expired, "TLS_EXPIRED"),
        (Kind::WrongHost, "TLS_HOSTNAME"),
        (Kind::UnknownCa, "TLS_UNTRUSTED"),
        (Kind::SelfSignedCa, "TLS_SELF_SIGNED_CA"),
        (Kind::LeafAlone, "TLS_CHAIN"),
    ];
    for (kind, code) in cases {
        let Some(run) = probe(kind, &[]) else { return };
        run.ends("fail", 1).errors(&[code]).shows("dtls", "/tls/verified", false);
    }
}

#[test]
fn a_dtls_port_with_nothing_behind_it_is_closed() {
    let Some(lab) = Lab::new() else { return };
    let (_, _coturn) = serve(&lab, Kind::Good, &["no-dtls"]);
    let run = lab.probe(&args(&[&[DTLS], &ALICE]));
    run.ends("fail", 1).errors(&["PORT_REFUSED"]);
    run.check(run.took < Duration::from_secs(2), "a closed port is known at once");
}

#[test]
fn dropped_dtls_is_a_timeout_after_several_tries() {
    let Some(lab) = Lab::new() else { return };
    let (_, _coturn) = serve(&lab, Kind::Good, &[]);
    lab.firewall(Side::Server, &[&format!("-A INPUT -i {DEVICE} -p udp --dport 5349 -j DROP")]);
    let run = lab.probe(&args(&[&[DTLS], &ALICE, &["--timeout", "2s"]]));
    run.ends("fail", 1).errors(&["UDP_TIMEOUT"]);
    run.check(lab.filtered(Side::Server) >= 3, "fewer than three tries");
    run.check(run.took < Duration::from_secs(5), "it took too long");
}

/// Every third packet one way is lost: the flights are sent again until they are through.
#[test]
fn a_lossy_path_gets_through_by_retransmission() {
    for (side, port) in [(Side::Server, "--dport"), (Side::Client, "--sport")] {
        let Some(lab) = Lab::new() else { return };
        let (made, _coturn) = serve(&lab, Kind::Good, &[]);
        let every = "-m statistic --mode nth --every 3 --packet 0 -j DROP";
        lab.firewall(side, &[&format!("-A INPUT -i {DEVICE} -p udp {port} 5349 {every}")]);
        let flags = ["--transport", "dtls", "--cafile", made.cafile(), "--timeout", "10s"];
        let run = lab.probe(&args(&[&["stuns:198.51.100.1"], &flags]));
        run.shows("dtls", "/tls/verified", true).shows("dtls", "/binding/ok", true);
        run.check(lab.filtered(side) >= 3, "nothing was lost");
    }
}

#[test]
fn a_wrong_password_over_dtls_is_the_same_401() {
    let Some(lab) = Lab::new() else { return };
    let (made, _coturn) = serve(&lab, Kind::Good, &[]);
    let run = lab.probe(&[DTLS, "-u", "alice", "-w", "not-hers-4711", "--cafile", made.cafile()]);
    run.ends("fail", 1).errors(&["AUTH_WRONG"]);
}

#[test]
fn a_list_of_servers_may_hold_a_dtls_one() {
    let Some(lab) = Lab::new() else { return };
    let (made, _coturn) = serve(&lab, Kind::Good, &[]);
    let list = lab.dir().join("servers.json");
    let json = format!(r#"[{{"urls":["{DTLS}"],"username":"alice","credential":"wonder-7361-land"}}]"#);
    std::fs::write(&list, json).expect("the lab's folder is writable");
    let list = list.to_string_lossy();
    let run = lab.probe(&["--ice-servers", &list, "--cafile", made.cafile()]);
    run.ends("pass", 0).is_healthy().carries("dtls");
}

#[test]
fn each_cipher_that_coturn_may_be_held_to_works() {
    let suites = [
        ("ECDHE-ECDSA-AES128-GCM-SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
        ("ECDHE-ECDSA-AES256-GCM-SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
        ("ECDHE-ECDSA-CHACHA20-POLY1305", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
    ];
    for (name, suite) in suites {
        let Some(lab) = Lab::new() else { return };
        let (made, _coturn) = serve(&lab, Kind::Good, &[&format!("cipher-list={name}")]);
        let run = lab.probe(&args(&[&[DTLS], &ALICE, &["--cafile", made.cafile()]]));
        run.ends("pass", 0).carries("dtls").shows("dtls", "/tls/cipher", suite);
    }
}

/// coturn takes plain STUN at the same port; that it has no cipher in common is no mismatch of the scheme.
#[test]
fn a_server_with_nothing_but_old_ciphers_is_no_mismatch() {
    let Some(lab) = Lab::new() else { return };
    let (_, _coturn) = serve(&lab, Kind::Good, &["cipher-list=ECDHE-ECDSA-AES128-SHA"]);
    for uri in [DTLS, "turns:198.51.100.1:5349"] {
        let run = lab.probe(&args(&[&[uri], &ALICE]));
        run.ends("fail", 1).errors(&["TLS_FAILED"]);
    }
}

#[test]
fn a_trace_of_dtls_holds_the_messages_in_clear() {
    let Some(lab) = Lab::new() else { return };
    let (made, _coturn) = serve(&lab, Kind::Good, &[]);
    let trace = lab.dir().join("trace.txt");
    let flag = format!("--trace={}", trace.display());
    lab.probe(&args(&[&[DTLS, &flag], &ALICE, &["--cafile", made.cafile()]])).ends("pass", 0);
    let text = std::fs::read_to_string(&trace).expect("the trace was written");
    assert!(text.contains("Allocate") && text.contains("XOR-RELAYED-ADDRESS"), "{text}");
}

#[test]
fn what_a_relay_is_worth_is_measured_over_dtls_too() {
    let flags = ["--mtu", "--throughput", "4s", "--throughput-max", "1M"];
    let Some(run) = probe(Kind::Good, &flags) else { return };
    run.ends("pass", 0).is_healthy().has_no("MTU_SMALL").has_no("BANDWIDTH_CAPPED");
    run.shows("dtls", "/mtu/dont_fragment", true);
    for way in ["inbound", "outbound"] {
        let endpoint = run.endpoint("dtls");
        let achieved = endpoint["throughput"][way]["achieved_bps"].as_u64().unwrap_or_default();
        run.check((700_000..1_200_000).contains(&achieved), &format!("{way}: {}", endpoint["throughput"]));
        let largest = endpoint["mtu"][way]["largest_bytes"].as_u64().unwrap_or_default();
        run.check(largest >= 1200, &format!("{way}: {}", endpoint["mtu"]));
    }
}
