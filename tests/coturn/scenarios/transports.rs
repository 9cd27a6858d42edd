//! Four transports over two families, and where DNS says that they are.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use serde_json::{Value, json};

use super::{ALICE, args};
use crate::lab::{CLIENT_2, Certificate, Coturn, DEVICE, Kind, Lab, Run, SERVER_2, Side};

const A: &str = "turn.example.test A 198.51.100.1";
const AAAA: &str = "turn.example.test AAAA 2001:db8:1::1";
const ALL: [&str; 4] = ["udp", "tcp", "tls", "dtls"];

/// A coturn on both families with a good certificate, and with ports for several runs in a row.
fn dual(lab: &Lab) -> (Certificate, Coturn) {
    let made = lab.tls(Kind::Good);
    let both = ["198.51.100.1", "2001:db8:1::1"];
    let lines = both.iter().flat_map(|ip| [format!("listening-ip={ip}"), format!("relay-ip={ip}")]);
    let lines: Vec<String> = lines.chain(made.config()).chain(["max-port=49999".to_owned()]).collect();
    let coturn = lab.coturn(&lines.iter().map(String::as_str).collect::<Vec<_>>());
    (made, coturn)
}

fn tried(run: &Run) -> Vec<String> {
    let mut tried: Vec<String> = run
        .endpoints()
        .iter()
        .map(|end| {
            format!("{} {}", end["transport"].as_str().unwrap_or("?"), end["addr"].as_str().unwrap_or("?"))
        })
        .collect();
    tried.sort_unstable();
    tried
}

/// All eight endpoints were tried, each from an address of its own family, and everything that a browser does works
/// over each: nothing is lost on the relay's paths, nothing given up, and the relay is at `relay`.
fn everything_works(run: &Run, relay: IpAddr) {
    let mut wanted: Vec<String> = ALL
        .iter()
        .zip([3478, 3478, 5349, 5349])
        .flat_map(|(transport, port)| {
            [format!("{transport} 198.51.100.1:{port}"), format!("{transport} [2001:db8:1::1]:{port}")]
        })
        .collect();
    wanted.sort_unstable();
    run.check(tried(run) == wanted, &format!("tried {:?}", tried(run)));
    for end in run.endpoints() {
        let address = |value: &Value| value.as_str().and_then(|text| text.parse::<SocketAddr>().ok());
        let wrong = |what: &str| format!("{} {}: {what}", end["transport"], end["addr"]);
        run.check(end["works"] == true && end["required"] == true, &wrong("does not work"));
        for step in ["binding", "allocate", "permission", "channel", "refresh", "release"] {
            run.check(end[step]["ok"] == true, &wrong(&format!("{step} is {}", end[step])));
        }
        for way in ["inbound", "outbound", "loop"] {
            let path = &end["relay"][way];
            let clear = path["ok"] == true && path["sent"] == 20 && path["received"] == 20;
            run.check(clear, &wrong(&format!("{way} is {path}")));
        }
        run.check(end["given_up"] == json!([]), &wrong(&format!("gave up {}", end["given_up"])));
        let (to, from) = (address(&end["addr"]), address(&end["local"]));
        run.check(
            from.is_some() && from.map(|from| from.is_ipv4()) == to.map(|to| to.is_ipv4()),
            &wrong(&format!("from {}", end["local"])),
        );
        let relayed = address(&end["relay"]["address"]);
        run.check(
            relayed.map(|it| it.ip()) == Some(relay),
            &wrong(&format!("the relay is {}", end["relay"]["address"])),
        );
        let encrypted = ["tls", "dtls"].map(Value::from).contains(&end["transport"]);
        let verified = end.pointer("/tls/verified") == Some(&Value::Bool(true));
        run.check(encrypted == verified, &wrong(&format!("TLS is {}", end["tls"])));
    }
}

/// These are all the findings there are: each severity and code, once for each of its endpoints.
fn finds(run: &Run, wanted: &[(&str, &str)]) {
    let findings = run.json["findings"].as_array().map_or(&[][..], Vec::as_slice);
    let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    let mut got: Vec<_> = findings.iter().map(|it| (text(&it["severity"]), text(&it["code"]))).collect();
    let mut wanted: Vec<_> = wanted.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    got.sort_unstable();
    wanted.sort_unstable();
    run.check(got == wanted, &format!("the findings are {got:?}, not {wanted:?}"));
}

#[test]
fn the_whole_matrix_passes_in_under_three_seconds() {
    let Some(lab) = Lab::new() else { return };
    let _resolver = lab.dns(&[A, AAAA]);
    let (made, _coturn) = dual(&lab);
    let flags = ["--transport", "udp,tcp,tls,dtls", "--cafile", made.cafile()];
    let probe = |more: &[&str]| {
        let run = lab.probe(&args(&[&["turn.example.test"], &ALICE, &flags, more]));
        run.check(run.took < Duration::from_secs(3), &format!("with {more:?} it took {:?}", run.took));
        run
    };
    let (v4, v6) = (IpAddr::from([198, 51, 100, 1]), IpAddr::from([0x2001, 0xdb8, 1, 0, 0, 0, 0, 1]));
    // Whoever names no family has a relay of IPv4, over IPv6 too.
    let run = probe(&[]);
    everything_works(run.ends("pass", 0), v4);
    finds(&run, &[]);
    for (name, relay) in [("ipv4", v4), ("ipv6", v6)] {
        let run = probe(&["--relay-family", name]);
        everything_works(run.ends("pass", 0), relay);
        finds(&run, &[]);
    }

    let run = probe(&["--security", "--nat"]);
    everything_works(run.ends("fail", 1), v4);
    // A default server lets relays into private networks, and names a second address that is none.
    let each = [("error", "PEER_PRIVATE_ALLOWED"), ("warning", "OTHER_ADDR_INVALID")];
    finds(&run, &[each, each].concat());
    for end in run.endpoints() {
        // Once for each of the server's addresses.
        let asked = end["security"].is_object();
        run.check(asked == (end["transport"] == "udp"), "security was not asked about over UDP alone");
        let enforced = end.pointer("/security/permission_enforced");
        run.check(!asked || enforced == Some(&Value::Bool(true)), &end["security"].to_string());
    }
    let families = run.json["nat"].as_array().map_or(&[][..], Vec::as_slice);
    let families: Vec<_> = families.iter().map(|nat| (&nat["family"], &nat["nat"])).collect();
    run.check(
        families == [(&json!("v4"), &json!(false)), (&json!("v6"), &json!(false))],
        &format!("nat: {families:?}"),
    );
}

#[test]
fn a_port_that_the_uri_names_holds_for_every_transport() {
    let Some(lab) = Lab::new() else { return };
    let (made, _coturn) = dual(&lab);
    let flags = ["--transport", "tls,dtls", "--cafile", made.cafile()];
    let run = lab.probe(&args(&[&["turn:198.51.100.1:3478"], &ALICE, &flags]));
    run.ends("pass", 0).is_healthy();
    run.check(
        tried(&run) == ["dtls 198.51.100.1:3478", "tls 198.51.100.1:3478"],
        &format!("{:?}", tried(&run)),
    );
}

#[test]
fn a_family_that_is_not_asked_for_is_neither_looked_up_nor_tried() {
    let Some(lab) = Lab::new() else { return };
    let _resolver = lab.dns(&[A, "turn.example.test AAAA SILENCE"]);
    let (_, _coturn) = dual(&lab);
    let run = lab.probe(&args(&[&["turn:turn.example.test?transport=udp", "-4"], &ALICE]));
    run.ends("pass", 0).is_healthy();
    run.check(tried(&run) == ["udp 198.51.100.1:3478"], &format!("{:?}", tried(&run)));
    run.check(run.took < Duration::from_secs(2), "the silent family was waited for");
    let run = lab.probe(&args(&[&["turn:turn.example.test?transport=udp", "-6", "--timeout", "1s"], &ALICE]));
    run.ends("fail", 1).errors(&["DNS_FAIL"]);
    let run = lab.probe(&args(&[&["turn:[2001:db8:1::1]", "-6"], &ALICE]));
    run.is_healthy();
}

#[test]
fn srv_records_say_where_each_transport_is() {
    let Some(lab) = Lab::new() else { return };
    let _resolver = lab.dns(&[
        "_turn._udp.example.test SRV 10 60 3478 turn.example.test",
        "_turn._udp.example.test SRV 20 0 3479 turn2.example.test",
        "_turns._tcp.example.test SRV 10 0 5349 turn.example.test",
        "example.test A 198.51.100.99",
        A,
        "turn2.example.test A 198.51.100.2",
    ]);
    let made = lab.tls(Kind::Good);
    let [cert, key] = &made.config();
    let _first = lab.coturn(&[cert, key]);
    let second = [format!("listening-ip={SERVER_2}"), format!("relay-ip={SERVER_2}")];
    let _second = lab.coturn(&[&second[0], &second[1], "listening-port=3479"]);
    let name = ["--servername", "turn.example.test", "--cafile", made.cafile()];
    let run = lab.probe(&args(&[&["--srv", "turn:example.test", "turns:example.test"], &ALICE, &name]));
    run.ends("pass", 0).is_healthy();
    let wanted = ["tls 198.51.100.1:5349", "udp 198.51.100.1:3478", "udp 198.51.100.2:3479"];
    run.check(tried(&run) == wanted, &format!("{:?}", tried(&run)));
    let srv = &run.json["targets"][0]["resolve"]["srv"];
    run.check(srv[0]["priority"] == 10 && srv[0]["weight"] == 60 && srv[0]["port"] == 3478, &srv.to_string());
    run.check(
        srv[1]["target"] == "turn2.example.test" && srv[1]["addresses"][0] == SERVER_2,
        &srv.to_string(),
    );
}

#[test]
fn naptr_leads_to_srv() {
    let Some(lab) = Lab::new() else { return };
    let _resolver = lab.dns(&[
        "example.test NAPTR 100 10 - RELAY:turn.udp datagram.example.test",
        "example.test NAPTR 200 10 - RELAY:turn.tcp:turn.tls stream.example.test",
        "datagram.example.test NAPTR 100 10 S RELAY:turn.udp _turn._udp.example.test",
        "stream.example.test NAPTR 100 10 A RELAY:turn.tcp turn.example.test",
        "_turn._udp.example.test SRV 0 0 3478 turn.example.test",
        A,
    ]);
    let (_, _coturn) = dual(&lab);
    let run = lab.probe(&args(&[&["--srv", "turn:example.test"], &ALICE]));
    run.ends("pass", 0).is_healthy();
    run.check(
        tried(&run) == ["tcp 198.51.100.1:3478", "udp 198.51.100.1:3478"],
        &format!("{:?}", tried(&run)),
    );
    let naptr = &run.json["targets"][0]["resolve"]["naptr"];
    run.check(naptr.as_array().is_some_and(|all| all.len() == 4), &naptr.to_string());
}

#[test]
fn without_srv_records_the_host_itself_is_probed_and_that_is_said() {
    let Some(lab) = Lab::new() else { return };
    let _resolver = lab.dns(&[A]);
    let (_, _coturn) = dual(&lab);
    let run = lab.probe(&args(&[&["--srv", "turn:turn.example.test?transport=udp"], &ALICE]));
    run.ends("pass", 0).is_healthy().carries("udp");
    let notes = run.json["targets"][0]["resolve"]["srv_notes"].to_string();
    run.check(notes.contains("no SRV record _turn._udp.turn.example.test"), &notes);
    let run = lab.probe(&args(&[&["--srv", "turn:turn.example.test:3478?transport=udp"], &ALICE]));
    let notes = run.json["targets"][0]["resolve"]["srv_notes"].to_string();
    run.check(notes.contains("the URI names a port"), &notes);
    let (_, text) = lab.probe_text(&args(&[&["--srv", "turn:turn.example.test:3478?transport=udp"], &ALICE]));
    assert!(text.contains("the URI names a port"), "{text}");
}

#[test]
fn an_srv_record_that_leads_nowhere_is_named_beside_one_that_works() {
    let Some(lab) = Lab::new() else { return };
    let _resolver = lab.dns(&[
        "_turn._udp.example.test SRV 10 0 3478 turn.example.test",
        "_turn._udp.example.test SRV 20 0 3478 gone.example.test",
        A,
    ]);
    let (_, _coturn) = dual(&lab);
    let run = lab.probe(&args(&[&["--srv", "turn:example.test?transport=udp"], &ALICE]));
    run.ends("fail", 1).errors(&["DNS_FAIL"]).carries("udp");
    let message = run.finding("DNS_FAIL")["message"].to_string();
    run.check(message.contains("gone.example.test"), &message);
}

#[test]
fn a_failed_srv_lookup_is_a_warning_and_the_host_is_probed() {
    let Some(lab) = Lab::new() else { return };
    let _resolver = lab.dns(&[A, "_turn._udp.turn.example.test SRV SERVFAIL"]);
    let (_, _coturn) = dual(&lab);
    let run = lab.probe(&args(&[&["--srv", "turn:turn.example.test?transport=udp"], &ALICE]));
    run.is_healthy().has("DNS_PARTIAL", "warning").carries("udp");
}

#[test]
fn everything_is_sent_from_the_address_that_was_asked_for() {
    let Some(lab) = Lab::new() else { return };
    let (made, _coturn) = dual(&lab);
    let other = format!("-A INPUT -i {DEVICE} ! -s {CLIENT_2} -j DROP");
    lab.firewall(Side::Server, &[&other]);
    let flags = ["--transport", "udp,tcp,tls,dtls", "--cafile", made.cafile(), "--local-addr", CLIENT_2];
    let run = lab.probe(&args(&[&["turn:198.51.100.1"], &ALICE, &flags]));
    // The audits open sockets of their own.
    let audits = lab.probe(&args(&[&["turn:198.51.100.1", "--nat", "--security"], &ALICE, &flags]));
    audits.check(lab.filtered(Side::Server) == 0, "an audit sent from another address");
    run.ends("pass", 0).is_healthy();
    for transport in ALL {
        run.carries(transport);
        let reflexive = run.endpoint(transport)["binding"]["reflexive"].as_str().unwrap_or("?");
        run.check(reflexive.starts_with(CLIENT_2), &format!("{transport}: seen as {reflexive}"));
    }
    run.check(lab.filtered(Side::Server) == 0, "something was sent from another address");
    let hosts = run.candidates("host");
    run.check(hosts.len() == 1 && hosts[0]["address"] == CLIENT_2, &format!("{hosts:?}"));
}

#[test]
fn an_interface_is_kept_to() {
    let Some(lab) = Lab::new() else { return };
    let (made, _coturn) = dual(&lab);
    let flags = ["--transport", "udp,tcp,tls,dtls", "--cafile", made.cafile(), "--interface", DEVICE];
    let run = lab.probe(&args(&[&["turn:198.51.100.1"], &ALICE, &flags]));
    run.ends("pass", 0).is_healthy();
    for transport in ALL {
        run.carries(transport);
    }
    // Through another interface the server is not to be reached, and nothing goes another way.
    let lo = ["turn:198.51.100.1?transport=udp", "--interface", "lo", "--timeout", "1s"];
    lab.probe(&args(&[&lo, &ALICE])).ends("fail", 1).errors(&["UDP_TIMEOUT"]);
    let (code, text) = lab.probe_text(&["turn:198.51.100.1", "--interface", "lab7"]);
    assert!(code == 2 && text.is_empty(), "{code} {text}");
}

#[test]
fn a_certificate_near_its_end_is_a_warning() {
    let Some(lab) = Lab::new() else { return };
    let made = lab.tls(Kind::Ending);
    let [cert, key] = &made.config();
    let _coturn = lab.coturn(&[cert, key]);
    let turns = "turns:198.51.100.1:5349";
    let run = lab.probe(&args(&[&[turns], &ALICE, &["--cafile", made.cafile()]]));
    run.ends("warn", 0).errors(&[]).has("TLS_EXPIRING", "warning").carries("tls");
    let run = lab.probe(&args(&[&[turns], &ALICE, &["--cafile", made.cafile(), "--min-days", "3"]]));
    run.ends("pass", 0).has_no("TLS_EXPIRING");
}

#[test]
fn a_leaf_without_its_intermediate_is_told_from_an_unknown_authority() {
    let Some(lab) = Lab::new() else { return };
    let probe = |kind| {
        let made = lab.tls(kind);
        let [cert, key] = &made.config();
        let _coturn = lab.coturn(&[cert, key]);
        lab.probe(&args(&[&["turns:198.51.100.1:5349"], &ALICE, &["--cafile", made.cafile()]]))
    };
    let run = probe(Kind::LeafAlone);
    run.ends("fail", 1).errors(&["TLS_CHAIN"]).carries("tls").shows("tls", "/tls/chain_length", 1);
    let run = probe(Kind::Chain);
    run.ends("pass", 0).is_healthy().carries("tls").shows("tls", "/tls/chain_length", 2);
    run.shows("tls", "/tls/chain/1/subject", "CN=lab between").shows(
        "tls",
        "/tls/chain/1/issuer",
        "CN=lab CA",
    );
}

#[test]
fn the_port_of_the_other_scheme_works_with_coturn_and_is_a_warning() {
    let Some(lab) = Lab::new() else { return };
    let (made, _coturn) = dual(&lab);
    let probe = |uri| lab.probe(&args(&[&[uri], &ALICE, &["--cafile", made.cafile()]]));
    for (uri, transport) in [
        ("turns:198.51.100.1:3478", "tls"),
        ("turn:198.51.100.1:5349?transport=tcp", "tcp"),
        ("turns:198.51.100.1:3478?transport=udp", "dtls"),
        ("turn:198.51.100.1:5349?transport=udp", "udp"),
    ] {
        let run = probe(uri);
        run.ends("warn", 0).errors(&[]).has("SCHEME_MISMATCH", "warning").carries(transport);
    }
}

/// Without a certificate coturn takes no TLS anywhere: a `turns:` URI at its plain port fails, and why is said.
#[test]
fn a_turns_uri_at_a_port_without_tls_is_named() {
    let Some(lab) = Lab::new() else { return };
    let _coturn = lab.coturn(&[]);
    for uri in ["turns:198.51.100.1:3478", "turns:198.51.100.1:3478?transport=udp"] {
        let run = lab.probe(&args(&[&[uri], &ALICE, &["--timeout", "2s"]]));
        run.ends("fail", 1).errors(&["SCHEME_MISMATCH"]);
    }
}

/// A server that stopped at TLS 1.1 (coturn itself, where its OpenSSL still has that, with `no-tlsv1_2`).
#[test]
fn a_server_without_tls_1_2_is_named() {
    let Some(lab) = Lab::new() else { return };
    let made = lab.tls(Kind::Rsa);
    let _server = lab.old_tls(&made);
    let run = lab.probe(&args(&[&["turns:198.51.100.1:5349"], &ALICE, &["--timeout", "2s"]]));
    run.ends("fail", 1).errors(&["TLS_OLD"]);
}
