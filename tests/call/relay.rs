//! Calls through relays: our own server, and servers that are none.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::time::{Duration, Instant};

use rtcscope::io::server::{EmbeddedServer, Flaw, Identity, Listen};
use rtcscope::server::Settings;
use rtcscope::stun::{Class, Message, MessageBuilder, Method, attribute};
use serde_json::Value;

use super::{call, number, rtcscope};

const HOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const USER: [&str; 4] = ["-u", Settings::USER.0, "-w", Settings::USER.1];
const SHORT: [&str; 4] = ["--duration", "500ms", "--pings", "20"];

fn server(settings: Settings) -> EmbeddedServer {
    EmbeddedServer::start(settings, Listen::on(HOST)).expect("a server")
}

fn udp(server: &EmbeddedServer) -> String {
    format!("turn:{}?transport=udp", server.udp_addr().expect("a UDP listener"))
}

fn relays(json: &Value) -> &Vec<Value> {
    json["paths"][0]["relays"].as_array().expect("relays")
}

#[test]
fn both_ends_are_relayed_over_each_transport_and_no_host_candidate_shows() {
    // A build without optimisation on a busy machine takes its time.
    let soon = if cfg!(debug_assertions) { "setup=1500ms" } else { "setup=500ms" };
    let (exit, json) = call(
        &[&["--embedded", "--print-sdp", "--max", soon, "--max", "rtt.median=20ms"], &SHORT[..]].concat(),
    );
    assert_eq!(exit, 0, "{json:#}");
    let paths = json["paths"].as_array().unwrap();
    let over: Vec<&str> = paths.iter().map(|path| path["transport"].as_str().unwrap()).collect();
    assert_eq!(over, ["udp", "tcp", "tls"]);
    for path in paths {
        assert_eq!(path["works"], true, "{path:#}");
        assert_eq!(path["pair"]["relayed"], true, "{}", path["pair"]);
        assert_eq!(path["channel"]["answered"], 20);
        assert_eq!(number(path, "/loss_pct"), 0.0);
        assert!(path["rating"].is_string());
        let addresses: Vec<&Value> =
            path["relays"].as_array().unwrap().iter().map(|r| &r["address"]).collect();
        assert_eq!(addresses, [&path["pair"]["caller"]["address"], &path["pair"]["callee"]["address"]]);
    }
    for side in ["offer", "answer"] {
        let text = json["descriptions"][side].as_str().unwrap();
        let candidates: Vec<&str> = text.lines().filter(|line| line.starts_with("a=candidate:")).collect();
        assert!(
            !candidates.is_empty() && candidates.iter().all(|line| line.contains(" typ relay")),
            "{candidates:?}"
        );
    }
}

#[test]
fn a_policy_of_all_has_host_candidates_too_and_prefers_them() {
    let server = server(Settings::default());
    let (exit, json) =
        call(&[&["--relay", &udp(&server), "--policy", "all"], &USER[..], &SHORT[..]].concat());
    assert_eq!(exit, 0, "{json:#}");
    assert_eq!(json["paths"][0]["pair"]["caller"]["kind"], "host");
    // What it measured is nothing of the relay's, and stays within the host.
    assert!(json["rating"].is_null(), "{json:#}");
    let uri = udp(&server);
    let args = [&["call", "--relay", &uri, "--policy", "all"], &USER[..], &SHORT[..]].concat();
    let said = String::from_utf8(rtcscope(&args).output().unwrap().stdout).unwrap();
    assert!(said.contains("It went directly"), "{said}");
}

#[test]
fn the_family_of_relayed_addresses_is_asked_for_and_that_of_servers_kept_to() {
    let localhost = IpAddr::V6(std::net::Ipv6Addr::LOCALHOST);
    let server = EmbeddedServer::start(Settings::default(), Listen::on(localhost)).unwrap();
    let uri = format!("turn:{}", server.udp_addr().unwrap());
    let (exit, json) = call(
        &[&["--relay", &uri, "--transport", "udp", "--relay-family", "ipv6"], &USER[..], &SHORT[..]].concat(),
    );
    assert_eq!(exit, 0, "{json:#}");
    let address = json["paths"][0]["pair"]["caller"]["address"].as_str().unwrap();
    assert!(address.starts_with("[::1]:"), "{address}");
    let wanted = ["--transport", "udp", "--relay-family", "ipv4"];
    let (exit, json) = call(&[&["--relay", &uri], &wanted[..], &USER[..], &SHORT[..]].concat());
    assert_eq!(exit, 0, "{json:#}");
    let address = json["paths"][0]["pair"]["caller"]["address"].as_str().unwrap();
    assert!(address.starts_with("127.0.0.1:"), "{address}");
    let refused = rtcscope(&[&["call", "--relay", &uri, "-4"], &USER[..]].concat()).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn a_wrong_password_is_named_within_a_second() {
    let server = server(Settings::default());
    let started = Instant::now();
    let (exit, json) = call(&["--relay", &udp(&server), "-u", "probe", "-w", "wrong"]);
    let took = started.elapsed();
    assert_eq!((exit, &json["failure"]["phase"]), (1, &"turn-auth 401".into()), "{json:#}");
    assert!(took < Duration::from_secs(1), "{took:?}");
    assert!(!json.to_string().contains("wrong"), "the password shows");
}

#[test]
fn what_is_dead_or_silent_or_no_relay_is_told_from_each_other() {
    let dead = UdpSocket::bind((HOST, 0)).unwrap().local_addr().unwrap();
    for uri in [format!("turn:{dead}?transport=udp"), format!("turn:{dead}?transport=tcp")] {
        let (exit, json) = call(&[&["--relay", &uri], &USER[..]].concat());
        assert_eq!((exit, &json["failure"]["phase"]), (1, &"turn-connect".into()), "{json:#}");
        assert!(json["failure"]["reason"].as_str().unwrap().contains("connection refused"), "{json:#}");
    }
    let silent = UdpSocket::bind((HOST, 0)).unwrap();
    let deaf = TcpListener::bind((HOST, 0)).unwrap();
    let silent = [
        format!("turn:{}?transport=udp", silent.local_addr().unwrap()),
        format!("turns:{}", deaf.local_addr().unwrap()),
    ];
    for uri in &silent {
        let started = Instant::now();
        let (exit, json) = call(&[&["--relay", uri, "--timeout", "1s"], &USER[..]].concat());
        assert_eq!(exit, 1, "{json:#}");
        let reason = json["failure"]["reason"].as_str().unwrap();
        assert!(reason.contains("within 1 s"), "{reason}");
        assert!(started.elapsed() < Duration::from_secs(3));
    }
    for uri in ["stun:127.0.0.1", "turn+udp:127.0.0.1", "https://127.0.0.1"] {
        let started = Instant::now();
        let output = rtcscope(&["call", "--relay", uri]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{uri}");
        assert!(started.elapsed() < Duration::from_secs(1));
    }
}

#[test]
fn a_nonce_that_went_stale_during_the_call_is_replaced() {
    let settings = Settings { nonce_lifetime: Some(Duration::from_millis(700)), ..Settings::default() };
    let server = server(settings);
    let (exit, json) =
        call(&[&["--relay", &udp(&server), "--duration", "2s", "--pings", "40"], &USER[..]].concat());
    assert_eq!(exit, 0, "{json:#}");
    assert_eq!(json["paths"][0]["channel"]["answered"], 40);
    // The allocation outlives the call here, so that it shows at the latest when that is given back.
    for relay in relays(&json) {
        assert!(relay["stale_nonces"].as_u64().unwrap() >= 1, "{relay:#}");
    }
}

#[test]
fn a_certificate_that_is_an_authoritys_is_named_and_passes_where_it_is_trusted() {
    let identity = Identity::flawed([HOST.to_string()], Flaw::SelfSignedCa);
    let server = EmbeddedServer::start(Settings::default(), Listen::on(HOST).with_tls(identity)).unwrap();
    let (uri, pem) = (format!("turns:{}", server.tls_addr().unwrap()), server.ca_pem().unwrap().to_owned());
    let (exit, json) = call(&[&["--relay", &uri], &USER[..], &SHORT[..]].concat());
    assert_eq!((exit, &json["failure"]["phase"]), (1, &"turn-tls".into()), "{json:#}");
    assert!(json["failure"]["reason"].as_str().unwrap().contains("CA:TRUE"), "{json:#}");
    let path = std::env::temp_dir().join(format!("rtcscope-call-ca-{}.pem", std::process::id()));
    std::fs::write(&path, pem).unwrap();
    for flags in [&["--insecure"][..], &["--cafile", path.to_str().unwrap()]] {
        let (exit, json) = call(&[&["--relay", &uri], flags, &USER[..], &SHORT[..]].concat());
        assert_eq!(exit, 0, "{flags:?}: {json:#}");
    }
    std::fs::remove_file(path).unwrap();
}

#[test]
fn damage_is_done_to_what_goes_through_a_relay_as_well() {
    let server = server(Settings::default());
    let damage = ["--impair", "delay=20ms,loss=5%,only=rtp", "--duration", "2s", "--pings", "20"];
    let (exit, json) = call(&[&["--relay", &udp(&server)], &USER[..], &damage[..]].concat());
    assert_eq!(exit, 0, "{json:#}");
    let log: u64 = json["paths"][0]["impairment"]
        .as_array()
        .unwrap()
        .iter()
        .map(|w| w["media_dropped"].as_u64().unwrap())
        .sum();
    assert_eq!(super::over_media(&json, "lost"), log);
    assert!(log > 0 && number(&json, "/one_way/median_ms") >= 20.0);
}

/// A server that gives every request this answer.
fn hostile(answer: impl Fn(&Message) -> Vec<u8> + Send + 'static) -> SocketAddr {
    let socket = UdpSocket::bind((HOST, 0)).expect("a socket");
    let address = socket.local_addr().expect("an address");
    socket.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    std::thread::spawn(move || {
        let mut buffer = [0; 2048];
        while let Ok((length, from)) = socket.recv_from(&mut buffer) {
            if let Ok(request) = Message::from_bytes(&buffer[..length]) {
                let _ = socket.send_to(&answer(&request), from);
            }
        }
    });
    address
}

fn refusal(request: &Message, code: u16, reason: &[u8]) -> Vec<u8> {
    let mut value = vec![0, 0, (code / 100) as u8, (code % 100) as u8];
    value.extend(reason);
    MessageBuilder::new(Class::Error, Method::Allocate, request.transaction)
        .attribute(attribute::ERROR_CODE, &value)
        .attribute(attribute::SOFTWARE, &[b'x'; 200])
        .finish()
}

#[test]
fn hostile_servers_end_a_call_with_a_reason_and_nothing_worse() {
    let with_trailing = |request: &Message| [refusal(request, 486, b"Quota"), vec![0xff; 40]].concat();
    let cases: [(SocketAddr, &str); 4] = [
        (hostile(|request| refusal(request, 300, b"Try \xff\xfe elsewhere")), "turn-allocate 300"),
        (hostile(with_trailing), "turn-allocate 486"),
        (hostile(|request| refusal(request, 508, b"\xf0\x28\x8c\x28")), "turn-allocate 508"),
        (hostile(|request| refusal(request, 500, b"oops")[..30].to_vec()), "turn-connect"),
    ];
    for (address, phase) in cases {
        let uri = format!("turn:{address}?transport=udp");
        let (exit, json) = call(&[&["--relay", &uri, "--timeout", "1s"], &USER[..]].concat());
        assert_eq!((exit, json["failure"]["phase"].as_str()), (1, Some(phase)), "{json:#}");
    }
}
