//! Other services on the port.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::fake::{Fake, Stopped, is_patience};
use super::{ALICE, stun, tcp, tls, udp};
use crate::run::probe;

const BAD_REQUEST: &[u8] =
    b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nConnection: close\r\n\r\n<html>Bad Request</html>\r\n";

/// Reads once, then says its line and hangs up.
fn says(line: &'static [u8]) -> Fake {
    Fake::tcp(move |mut stream, _| {
        let mut buffer = [0; 4096];
        for _ in 0..50 {
            match stream.read(&mut buffer) {
                Err(error) if is_patience(&error) => {}
                _ => break,
            }
        }
        let _ = stream.write_all(line);
    })
}

/// Says its line at once, and waits.
fn greets(line: &'static [u8]) -> Fake {
    Fake::tcp(move |mut stream, stopped| {
        let _ = stream.write_all(line);
        wait(&mut stream, &stopped, |_, _| {});
    })
}

/// Gives `take` what comes until the stream or the test ends.
fn wait(stream: &mut TcpStream, stopped: &Stopped, mut take: impl FnMut(&mut TcpStream, &[u8])) {
    let mut buffer = [0; 4096];
    while !stopped.load(Ordering::Relaxed) {
        match stream.read(&mut buffer) {
            Ok(0) => return,
            Ok(length) => take(stream, &buffer[..length]),
            Err(error) if is_patience(&error) => {}
            Err(_) => return,
        }
    }
}

fn echo() -> Fake {
    Fake::tcp(|mut stream, stopped| {
        wait(&mut stream, &stopped, |stream, bytes| drop(stream.write_all(bytes)));
    })
}

#[test]
fn a_web_server_is_named_by_its_first_line() {
    let run = tcp(&says(BAD_REQUEST));
    run.fails(&["NOT_A_STUN_SERVER"]);
    let message = run.finding("NOT_A_STUN_SERVER")["message"].to_string();
    run.check(message.contains("HTTP/1.1 400 Bad Request"), &message);
}

#[test]
fn a_web_server_on_a_tls_port_has_no_tls() {
    tls(&says(BAD_REQUEST)).fails(&["TLS_FAILED"]);
}

#[test]
fn a_service_that_greets_first_is_named_by_its_greeting() {
    let server = greets(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n");
    let run = tcp(&server);
    run.fails(&["NOT_A_STUN_SERVER"]);
    let message = run.finding("NOT_A_STUN_SERVER")["message"].to_string();
    run.check(message.contains("SSH-2.0-OpenSSH_9.2p1"), &message);
    tls(&server).fails(&["TLS_FAILED"]);
}

#[test]
fn a_greeting_with_escape_sequences_does_not_reach_the_terminal() {
    tcp(&greets(b"220 \x1b[2J\x1b]0;owned\x07 ready\r\n")).fails(&["NOT_A_STUN_SERVER"]);
    tcp(&greets("220 \u{9b}2J\u{202e} ready\r\n".as_bytes())).fails(&["NOT_A_STUN_SERVER"]);
}

#[test]
fn an_echo_over_tcp_is_no_stun_server() {
    tcp(&echo()).fails(&["NOT_A_STUN_SERVER"]);
}

#[test]
fn an_echo_over_udp_is_no_stun_server() {
    let server = Fake::udp(|socket, bytes, from| drop(socket.send_to(bytes, from)));
    udp(&server).fails(&["NOT_A_STUN_SERVER"]);
    stun(&server).fails(&["NOT_A_STUN_SERVER"]);
}

#[test]
fn a_port_that_echoes_the_client_hello_has_no_tls() {
    tls(&echo()).fails(&["TLS_FAILED"]);
}

#[test]
fn a_tls_port_that_never_answers_is_no_matter_of_firewalls_and_costs_one_timeout() {
    let server = greets(b"");
    let uri = format!("turns:{}", server.addr);
    let run = probe(&[&[&uri[..]], &ALICE[..], &["--timeout", "3s"]].concat());
    run.within(Duration::from_millis(3_900));
    run.fails(&["TLS_FAILED"]);
    let finding = run.finding("TLS_FAILED").to_string();
    run.check(finding.contains("takes the TCP connection"), &finding);
    run.check(!finding.contains("open this port"), &finding);
}

#[test]
fn a_server_that_takes_a_connection_and_never_answers_is_no_stun_server() {
    tcp(&greets(b"")).fails(&["NOT_A_STUN_SERVER"]);
}

#[test]
fn a_server_that_hangs_up_at_once_is_said_to_do_so() {
    let server = Fake::tcp(|_, _| {});
    tcp(&server).fails(&["CONNECTION_CLOSED"]);
    tls(&server).fails(&["TLS_FAILED"]);
}

/// Unread bytes at a close make the system send a reset.
#[test]
fn a_server_that_resets_is_said_to_close() {
    let server = Fake::tcp(|stream, _| {
        std::thread::sleep(Duration::from_millis(50));
        drop(stream);
    });
    tcp(&server).fails(&["CONNECTION_CLOSED"]);
}

#[test]
fn a_name_server_over_udp_is_no_stun_server() {
    // The header of a DNS answer: FORMERR to our bytes.
    let server = Fake::udp(|socket, bytes, from| {
        let answer = [&bytes[..2], &[0x80, 0x01, 0, 0, 0, 0, 0, 0, 0, 0]].concat();
        let _ = socket.send_to(&answer, from);
    });
    let run = stun(&server);
    run.ends("fail", 1).check(run.code == 1, "not a failure");
    run.has("MALFORMED", "error");
}

#[test]
fn ten_thousand_datagrams_of_junk_hide_no_answer() {
    let server = Fake::stun(|request, from| {
        let mut junk = vec![b"\xffjunk, and more of it".to_vec(); 10_000];
        junk.push(super::fake::bound(request, from));
        junk
    });
    // The system drops most of them, and perhaps the answer: only what is there must be told.
    let run = stun(&server);
    run.has("NOT_A_STUN_SERVER", if run.code == 0 { "warning" } else { "error" });
}

#[test]
fn a_flood_without_an_answer_ends_in_time() {
    let server = Fake::udp(|socket, _, from| {
        for _ in 0..10_000 {
            let _ = socket.send_to(b"\x01\x01\x00\x04junk", from);
        }
    });
    udp(&server).errors(&["MALFORMED"]);
}

#[test]
fn an_answer_from_another_port_is_none() {
    let other = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let server = Fake::stun(move |request, from| {
        let _ = other.send_to(&super::fake::bound(request, from), from);
        Vec::new()
    });
    udp(&server).fails(&["UDP_TIMEOUT"]);
}
