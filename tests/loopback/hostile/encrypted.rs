//! DTLS and TLS that break off, are something else, or stand on the other's port.

use std::io::{Read, Write};
use std::net::Ipv4Addr;

use rtcscope::io::server::{EmbeddedServer, Identity, Listen};
use rtcscope::server::Settings;
use rtcscope::stun::Class;

use super::fake::{Fake, bound};
use super::{ALICE, LIMIT, TIMEOUT, over, tls};
use crate::run::probe;

fn dtls(server: &Fake) -> crate::run::Run {
    over(&format!("turns:{}?transport=udp", server.addr))
}

/// A record with this body for every datagram that comes.
fn says(kind: u8, body: &'static [u8]) -> Fake {
    Fake::udp(move |socket, _, from| {
        let length = u8::try_from(body.len()).unwrap();
        let record = [&[kind, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, length], body].concat();
        let _ = socket.send_to(&record, from);
    })
}

#[test]
fn an_alert_ends_the_handshake_at_once() {
    let run = dtls(&says(21, &[2, 40]));
    run.fails(&["TLS_FAILED"]);
    let message = run.finding("TLS_FAILED")["message"].to_string();
    run.check(message.contains("DTLS") && message.contains("handshake_failure"), &message);
}

#[test]
fn a_server_of_old_versions_alone_is_named() {
    dtls(&says(21, &[2, 70])).fails(&["TLS_OLD"]);
    let old = Fake::tcp(|mut stream, _| {
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(&[21, 3, 1, 0, 2, 2, 70]);
    });
    tls(&old).fails(&["TLS_OLD"]);
}

#[test]
fn a_handshake_that_is_never_finished_ends_with_the_timeout() {
    // A HelloVerifyRequest for every datagram: the cookie is taken once.
    let body: &[u8] = &[3, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 5, 0xfe, 0xff, 2, 1, 2];
    dtls(&says(22, body)).fails(&["UDP_TIMEOUT"]);
}

#[test]
fn silence_is_a_timeout_and_so_is_a_flood_of_what_cannot_be_opened() {
    dtls(&Fake::udp(|_, _, _| {})).fails(&["UDP_TIMEOUT"]);
    let flood = Fake::udp(|socket, _, from| {
        for number in 0..2000u16 {
            let [high, low] = number.to_be_bytes();
            // Fragments far ahead, each of another message of 32 KiB.
            let fragment = [
                22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, high, low, 0, 13, 11, 0, 0x7f, 0xff, high, low, 0, 0, 0, 0,
                0, 1, 9,
            ];
            let _ = socket.send_to(&fragment, from);
        }
    });
    dtls(&flood).fails(&["UDP_TIMEOUT"]);
}

#[test]
fn another_service_on_a_dtls_port_is_no_dtls() {
    let run = dtls(&Fake::udp(|socket, _, from| drop(socket.send_to(b"\0\0\x84\0 not this", from))));
    run.fails(&["TLS_FAILED"]);
    let message = run.finding("TLS_FAILED")["message"].to_string();
    run.check(message.contains("does not speak DTLS"), &message);
}

#[test]
fn plain_stun_on_a_dtls_port_is_a_mismatch() {
    let server = Fake::stun(|request, from| match request.class {
        Class::Request => vec![bound(request, from)],
        _ => Vec::new(),
    });
    let run = dtls(&server);
    run.fails(&["SCHEME_MISMATCH"]).shows("dtls", "/speaks", "udp");
}

#[test]
fn each_scheme_on_the_other_s_port_is_named() {
    let listen = Listen::on(Ipv4Addr::LOCALHOST.into()).with_tls(Identity::throw_away(["127.0.0.1"]));
    let server = EmbeddedServer::start(Settings::default(), listen).unwrap();
    let flags = [&ALICE[..], &["--timeout", TIMEOUT]].concat();
    let (plain, encrypted) = (server.tcp_addr().unwrap(), server.tls_addr().unwrap());
    let run = probe(&[&[&format!("turns:{plain}")[..]], &flags[..]].concat());
    run.within(LIMIT);
    run.fails(&["SCHEME_MISMATCH"]).shows("tls", "/speaks", "tcp");
    let run = probe(&[&[&format!("turn:{encrypted}?transport=tcp")[..]], &flags[..]].concat());
    run.within(LIMIT);
    run.fails(&["SCHEME_MISMATCH"]).shows("tcp", "/speaks", "tls");
}

#[test]
fn the_deadline_ends_a_handshake_that_waits() {
    let server = Fake::udp(|_, _, _| {});
    let uri = format!("turns:{}?transport=udp", server.addr);
    let flags = ["--timeout", "25s", "--deadline", "1s"];
    let run = probe(&[&[&uri[..]], &ALICE[..], &flags].concat());
    run.within(std::time::Duration::from_secs(4));
    run.check(run.code != 0, "an unfinished run is not healthy");
}
