//! Servers that offer RFC 5780 and do not do it, or name addresses that are none of their business: `--nat` is sent
//! nowhere, and gives no verdict that is not the path's own.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rtcscope::stun::{Class, Message, attribute};
use serde_json::Value;

use super::fake::{bound, refused, reply};
use crate::run::{Run, probe};

/// The places of a server: its address and port, the other address with that port, the other port, and both.
const FIRST: usize = 0;
const OTHER_ADDRESS: usize = 1;
const OTHER_PORT: usize = 2;
const OTHER: usize = 3;

/// What a server does when asked to answer from elsewhere: from which of its places.
type Elsewhere = fn(bits: u32) -> Option<usize>;

/// A server with two addresses and two ports, on loopback.
struct Twin {
    addr: SocketAddr,
    other: SocketAddr,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Twin {
    /// Answers CHANGE-REQUEST from where `elsewhere` says; `None` refuses it.
    fn start(elsewhere: Elsewhere) -> Self {
        let sockets = sockets();
        let [addr, .., other] = sockets.each_ref().map(|socket| socket.local_addr().unwrap());
        let stopped = Arc::new(AtomicBool::new(false));
        let stop = stopped.clone();
        let thread = thread::spawn(move || {
            let mut buffer = [0; 2048];
            while !stop.load(Ordering::Relaxed) {
                thread::sleep(Duration::from_millis(1));
                for at in 0..sockets.len() {
                    while let Ok((length, from)) = sockets[at].recv_from(&mut buffer) {
                        let Ok(request) = Message::from_bytes(&buffer[..length]) else { continue };
                        let (source, response) = match request.number(attribute::CHANGE_REQUEST) {
                            None => (at, told(&request, from, other)),
                            Some(bits) => match elsewhere(bits) {
                                Some(source) => (source, told(&request, from, other)),
                                None => (at, refused(&request, 420, b"Unknown Attribute").finish()),
                            },
                        };
                        let _ = sockets[source].send_to(&response, from);
                    }
                }
            }
        });
        Self { addr, other, stopped, thread: Some(thread) }
    }

    fn probe(&self) -> Run {
        probe(&[&format!("stun:{}", self.addr), "--nat"])
    }
}

impl Drop for Twin {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Two ports on 127.0.0.1 that are free on 127.0.0.2 as well.
fn sockets() -> [UdpSocket; 4] {
    let second = Ipv4Addr::new(127, 0, 0, 2);
    for _ in 0..20 {
        let [first, third] = [0, 0].map(|port| UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).unwrap());
        let twin = |socket: &UdpSocket| UdpSocket::bind((second, socket.local_addr().unwrap().port()));
        if let (Ok(other), Ok(both)) = (twin(&first), twin(&third)) {
            let sockets = [first, other, third, both];
            sockets.iter().for_each(|socket| socket.set_nonblocking(true).unwrap());
            return sockets;
        }
    }
    panic!("no two ports are free on both addresses");
}

/// The response to a Binding that names another address of the server.
fn told(request: &Message, from: SocketAddr, other: SocketAddr) -> Vec<u8> {
    reply(request, Class::Success)
        .xor_address(attribute::XOR_MAPPED_ADDRESS, from)
        .address(attribute::OTHER_ADDRESS, other)
        .finish()
}

#[track_caller]
fn entry(run: &Run) -> &Value {
    let nat = &run.json["nat"];
    run.check(nat.as_array().is_some_and(|nat| nat.len() == 1), &format!("nat is {nat}"));
    &nat[0]
}

/// Nothing was concluded of the filter, and the reason has these words.
#[track_caller]
fn leaves_the_filter_open(run: &Run, words: &[&str]) {
    run.ends("pass", 0).errors(&[]);
    let nat = entry(run);
    run.check(
        nat["filtering"]["behavior"] == "inconclusive" && nat["kind"].is_null(),
        "a verdict on the filter",
    );
    run.check(nat["nat"] == false, "a NAT on loopback");
    let reason = nat["filtering"]["reason"].as_str().unwrap_or("?");
    for word in words {
        run.check(reason.contains(word), &format!("{word:?} is not in {reason:?}"));
    }
    run.check(run.text.contains("filtering: "), "the text does not say why");
}

#[test]
fn a_server_that_does_as_asked_shows_an_open_path() {
    let server = Twin::start(|bits| Some(if bits == 0x6 { OTHER } else { OTHER_PORT }));
    let run = server.probe();
    run.passes().check(entry(&run)["kind"] == "open internet", "loopback is open");
    run.check(entry(&run)["took_ms"].as_f64().is_some_and(|ms| ms < 1000.0), "it waited for silence");
}

#[test]
fn a_server_that_ignores_change_request_gives_no_verdict() {
    let server = Twin::start(|_| Some(FIRST));
    let run = server.probe();
    let (asked, got) = (server.other.to_string(), format!("answered from {}", server.addr));
    leaves_the_filter_open(&run, &[&asked, &got, "does not do what RFC 5780 needs"]);
}

#[test]
fn a_server_that_answers_from_another_place_than_asked_gives_no_verdict() {
    let server = Twin::start(|_| Some(OTHER_ADDRESS));
    leaves_the_filter_open(&server.probe(), &["was asked to answer from", "127.0.0.2"]);
}

#[test]
fn a_server_that_refuses_change_request_gives_no_verdict() {
    let server = Twin::start(|_| None);
    leaves_the_filter_open(&server.probe(), &["refuses CHANGE-REQUEST with error 420"]);
}

#[test]
fn an_other_address_that_is_nobodys_business_is_warned_of_and_not_written_to() {
    for named in [
        "224.0.0.1:3479",
        "255.255.255.255:3479",
        "0.0.0.0:3479",
        "10.0.0.1:3479",
        "169.254.169.254:80",
        "[::1]:5",
    ] {
        let other: SocketAddr = named.parse().unwrap();
        let server = super::fake::Fake::stun(move |request, from| vec![told(request, from, other)]);
        let run = probe(&[&format!("stun:{}", server.addr), "--nat"]);
        run.ends("warn", 0)
            .errors(&[])
            .warnings(&["OTHER_ADDR_INVALID"])
            .has("OTHER_ADDR_INVALID", "warning");
        let nat = entry(&run);
        run.check(nat["servers"][0]["state"] == "unusable", &format!("{named} is {}", nat["servers"][0]));
        run.check(nat["filtering"]["behavior"] == "inconclusive", "a verdict on the filter");
        let wrote = nat["exchanges"].as_array().is_some_and(|all| all.iter().any(|one| one["to"] == named));
        run.check(!wrote, &format!("{named} was written to"));
    }
}

#[test]
fn a_neighbour_on_the_servers_own_address_hears_nothing() {
    let heard = Arc::new(AtomicUsize::new(0));
    let count = heard.clone();
    let neighbour = super::fake::Fake::udp(move |_, _, _| {
        count.fetch_add(1, Ordering::Relaxed);
    });
    let other = neighbour.addr;
    let server = super::fake::Fake::stun(move |request, from| vec![told(request, from, other)]);
    let run = probe(&[&format!("stun:{}", server.addr), "--nat"]);
    run.ends("warn", 0).warnings(&["OTHER_ADDR_INVALID"]).has("OTHER_ADDR_INVALID", "warning");
    run.check(heard.load(Ordering::Relaxed) == 0, "the neighbour heard something");
}

#[test]
fn a_server_without_rfc_5780_is_no_fault() {
    let server = super::fake::Fake::stun(|request, from| vec![bound(request, from)]);
    let run = probe(&[&format!("stun:{}", server.addr), "--nat"]);
    run.passes();
    let filtering = &entry(&run)["filtering"];
    run.check(filtering["behavior"] == "inconclusive", "a verdict on the filter");
    run.check(entry(&run)["mapping"]["confidence"] == "medium", "one server tells little");
}

#[test]
fn the_server_that_offers_rfc_5780_is_asked_wherever_it_stands_and_who_is_not_is_named() {
    let plain: Vec<_> =
        (0..4).map(|_| super::fake::Fake::stun(|request, from| vec![bound(request, from)])).collect();
    let twin = Twin::start(|bits| Some(if bits == 0x6 { OTHER } else { OTHER_PORT }));
    let servers = plain.iter().map(|server| server.addr).chain([twin.addr]);
    let targets: Vec<String> = servers.map(|addr| format!("stun:{addr}")).collect();
    let args: Vec<&str> = targets.iter().map(String::as_str).chain(["--nat"]).collect();
    let run = probe(&args);
    run.passes();
    let nat = entry(&run);
    run.check(nat["kind"] == "open internet", &format!("the filter is {}", nat["filtering"]));
    let out = plain[3].addr.to_string();
    run.check(nat["left_out"][0]["addr"] == *out, &format!("{} is left out", nat["left_out"]));
    run.check(
        run.text.contains(&format!("{out} was not asked: 4 servers were")),
        "the text does not name it",
    );
}

#[test]
fn where_nobody_answers_over_udp_the_text_says_so() {
    let server = super::fake::Fake::udp(|_, _, _| {});
    let run = probe(&[&format!("stun:{}", server.addr), "--nat", "--timeout", "400ms"]);
    run.fails(&["UDP_TIMEOUT"]);
    run.check(run.json["nat"] == Value::Array(vec![]), "an answer from nobody");
    run.check(run.text.contains("nobody could be asked"), "the text says nothing");
}

#[test]
fn a_run_that_asks_about_nats_and_learns_nothing_is_no_pass() {
    let run = probe(&["--embedded", "--transport", "tcp", "--nat"]);
    run.ends("inconclusive", 3).errors(&[]);
    run.check(run.json["nat"] == Value::Array(vec![]), "an answer from nobody");
    run.check(
        run.text.contains("relay works over TCP, but what a NAT here does"),
        "the verdict says not why",
    );
    let run = probe(&["--embedded", "--transport", "udp", "--nat"]);
    run.passes().check(entry(&run)["filtering"]["reason"].is_string(), "the open question is not explained");
}
