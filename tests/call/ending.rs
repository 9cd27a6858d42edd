//! Calls that end before their time: relays that die, deadlines, users who have seen enough.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rtcscope::io::server::{EmbeddedServer, Listen};
use rtcscope::server::Settings;

use super::{call, number, rtcscope};

const HOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const USER: [&str; 4] = ["-u", Settings::USER.0, "-w", Settings::USER.1];

/// A way to the server that swallows everything so long after the first large packet, which is one of video.
fn mortal(server: SocketAddr, lasts: Duration) -> SocketAddr {
    let front = Arc::new(UdpSocket::bind((HOST, 0)).expect("a socket"));
    let address = front.local_addr().expect("an address");
    front.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    std::thread::spawn(move || {
        let mut ways: HashMap<SocketAddr, Arc<UdpSocket>> = HashMap::new();
        let (mut buffer, mut end) = ([0; 4096], None);
        while let Ok((length, from)) = front.recv_from(&mut buffer) {
            if length > 900 {
                end.get_or_insert_with(|| Instant::now() + lasts);
            }
            if end.is_some_and(|end| Instant::now() > end) {
                continue;
            }
            let way = ways.entry(from).or_insert_with(|| {
                let way = Arc::new(UdpSocket::bind((HOST, 0)).expect("a socket"));
                way.connect(server).expect("a way");
                way.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
                let (back, front) = (way.clone(), front.clone());
                std::thread::spawn(move || {
                    let mut buffer = [0; 4096];
                    while let Ok(length) = back.recv(&mut buffer) {
                        let _ = front.send_to(&buffer[..length], from);
                    }
                });
                way
            });
            let _ = way.send(&buffer[..length]);
        }
    });
    address
}

fn server() -> EmbeddedServer {
    EmbeddedServer::start(Settings::default(), Listen::on(HOST)).expect("a server")
}

#[test]
fn a_relay_that_dies_without_a_word_fails_the_call_and_is_told_from_when_on() {
    let server = server();
    for (duration, lasts) in [("8s", 1000), ("1500ms", 500)] {
        let relay = mortal(server.udp_addr().unwrap(), Duration::from_millis(lasts));
        let uri = format!("turn:{relay}?transport=udp");
        let started = Instant::now();
        let (exit, json) = call(&[&["--relay", &uri, "--duration", duration], &USER[..]].concat());
        assert_eq!((exit, &json["failure"]["phase"]), (1, &"path".into()), "{json:#}");
        assert!(started.elapsed() < Duration::from_secs(7), "{:?}", started.elapsed());
        let path = &json["paths"][0];
        assert_eq!(
            (&path["works"], &path["rating"], &json["verdict"]),
            (&false.into(), &().into(), &"fail".into())
        );
        let reason = json["failure"]["reason"].as_str().unwrap();
        assert!(reason.starts_with("nothing came from either end from "), "{reason}");
        assert!(reason.ends_with(&format!("(relay turn:{relay}?transport=udp)")), "{reason}");
        // No floor is measured for it.
        assert!(json["floor"]["rtt"].is_null() && json["floor"]["ratio"].is_null(), "{}", json["floor"]);
    }
}

#[test]
fn a_relay_that_refuses_in_mid_call_is_told_with_the_time() {
    let server = server();
    let uri = format!("turn:{}?transport=udp", server.udp_addr().unwrap());
    let gone = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_secs(3));
        drop(server);
    });
    let (exit, json) = call(&[&["--relay", &uri, "--duration", "8s"], &USER[..]].concat());
    gone.join().unwrap();
    assert_eq!((exit, &json["failure"]["phase"]), (1, &"path".into()), "{json:#}");
    let reason = json["failure"]["reason"].as_str().unwrap();
    assert!(reason.starts_with("at ") && reason.contains(" s, the relay refused"), "{reason}");
}

#[test]
fn a_deadline_holds_while_relays_are_reached_and_says_what_was_not_tried() {
    let deaf: Vec<TcpListener> = (0..3).map(|_| TcpListener::bind((HOST, 0)).unwrap()).collect();
    let uris: Vec<String> = deaf.iter().map(|l| format!("turns:{}", l.local_addr().unwrap())).collect();
    let relays: Vec<&str> = uris.iter().flat_map(|uri| ["--relay", uri]).collect();
    let limits = ["--timeout", "1500ms", "--deadline", "2s", "--duration", "100ms"];
    let started = Instant::now();
    let (exit, json) = call(&[&relays[..], &limits, &USER].concat());
    let took = started.elapsed();
    assert_eq!(exit, 1, "{json:#}");
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert_eq!(json["paths"].as_array().unwrap().len(), 2, "{json:#}");
    let second = json["paths"][1]["failure"]["reason"].as_str().unwrap();
    assert!(second.contains("--deadline (2 s)"), "{second}");
    assert_eq!(json["not_tried"][0], format!("{} over tls", uris[2]), "{}", json["not_tried"]);
}

#[cfg(unix)]
#[test]
fn an_interrupt_is_heard_while_relays_are_reached() {
    let deaf = TcpListener::bind((HOST, 0)).unwrap();
    let uri = format!("turns:{}", deaf.local_addr().unwrap());
    let text = std::env::temp_dir().join(format!("rtcscope-interrupted-{}.txt", std::process::id()));
    let report = format!("text={}", text.display());
    let args = [&["call", "--format", "json", "--relay", &uri, "--report", &report], &USER[..]].concat();
    let mut child = rtcscope(&args)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_secs(1));
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let started = Instant::now();
    while child.try_wait().unwrap().is_none() && started.elapsed() < Duration::from_secs(12) {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    let (exit, json) = super::read(&child.wait_with_output().unwrap());
    assert_eq!((exit, &json["interrupted"]), (130, &true.into()), "{json:#}");
    let said = std::fs::read_to_string(&text).unwrap();
    std::fs::remove_file(text).unwrap();
    assert!(said.contains("interrupted before the call was up: it waited for the relay"), "{said}");
}

#[test]
fn a_call_that_is_up_when_the_time_is_has_its_figures_and_one_that_is_not_names_its_phase() {
    let short = ["--duration", "2900ms", "--deadline", "3s", "--pings", "100"];
    let started = Instant::now();
    let (exit, json) = call(&short);
    assert!(started.elapsed() < Duration::from_secs(6), "{:?}", started.elapsed());
    assert_eq!((exit, &json["paths"][0]["works"]), (0, &true.into()), "{json:#}");
    let cut = number(&json, "/paths/0/cut_off_ms");
    assert!((2000.0..3000.0).contains(&cut), "{cut}");
    assert_eq!(number(&json, "/loss_pct"), 0.0);
    let output = rtcscope(&[&["call"], &short[..]].concat()).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("cut off by --deadline after 2."), "{output:?}");
    let (exit, json) = call(&["--duration", "100ms", "--deadline", "1s", "--impair", "only=dtls,loss=100%"]);
    assert_eq!((exit, &json["failure"]["phase"]), (1, &"dtls".into()), "{json:#}");
}
