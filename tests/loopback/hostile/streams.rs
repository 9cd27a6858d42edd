//! Streams that trickle, break off, or are never read.

use std::io::Write;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rtcscope::stun::{Class, Method, attribute};

use super::fake::{Fake, bound, challenge, is_signed, read_message, refused, reply};
use super::{ALICE, LIMIT, tcp};
use crate::run::probe;

#[test]
fn a_stream_that_comes_byte_by_byte_is_put_together() {
    // The first answers trickle; all of them would take minutes.
    let server = Fake::pumping(|client, bytes, gone| {
        for (n, byte) in bytes.iter().enumerate() {
            if gone + n < 400 {
                std::thread::sleep(Duration::from_millis(5));
            }
            if client.write_all(&[*byte]).is_err() {
                return false;
            }
        }
        true
    });
    let target = format!("turn:{}?transport=tcp", server.addr);
    let run = probe(&[&[&target[..]], &ALICE[..], &["--timeout", "4s", "--no-capabilities"]].concat());
    run.passes().carries("tcp").within(LIMIT);
}

#[test]
fn a_stream_that_is_closed_after_any_number_of_bytes_is_said_to_be() {
    let cuts = [0, 1, 19, 20, 40, 100, 200, 400, 700, 1000, 1400];
    std::thread::scope(|scope| {
        for cut in cuts {
            scope.spawn(move || {
                let server = Fake::pumping(move |client, bytes, gone| {
                    let rest = cut - gone.min(cut);
                    let _ = client.write_all(&bytes[..bytes.len().min(rest)]);
                    bytes.len() < rest
                });
                let run = tcp(&server);
                run.fails(&["CONNECTION_CLOSED"]);
            });
        }
    });
}

#[test]
fn a_stream_that_turns_into_something_else_is_told() {
    let server = Fake::pumping(|client, bytes, gone| {
        let bytes = if gone > 300 { b"HTTP/1.1 502 Bad Gateway\r\n\r\n" } else { bytes };
        client.write_all(bytes).is_ok()
    });
    let run = tcp(&server);
    run.check(run.code != 0, "an allocation that broke is healthy");
}

#[test]
fn a_server_that_never_reads_does_not_block_the_probe() {
    let key = super::authentication::key();
    let server = Fake::tcp(move |mut stream, stopped| {
        let from = stream.peer_addr().unwrap();
        while let Some(bytes) = read_message(&mut stream, &stopped) {
            let Ok(request) = rtcscope::stun::Message::from_bytes(&bytes) else { continue };
            let response = match request.method {
                Method::Binding => bound(&request, from),
                _ if !is_signed(&request) => challenge(&request, 401, b"nonce"),
                Method::Allocate => reply(&request, Class::Success)
                    .xor_address(attribute::XOR_RELAYED_ADDRESS, "127.0.0.1:1".parse().unwrap())
                    .number(attribute::LIFETIME, 600)
                    .integrity(&key)
                    .finish(),
                Method::ChannelBind => {
                    let _ = stream.write_all(&reply(&request, Class::Success).integrity(&key).finish());
                    // From here on it reads nothing more.
                    while !stopped.load(Ordering::Relaxed) {
                        std::thread::sleep(Duration::from_millis(20));
                    }
                    return;
                }
                _ => reply(&request, Class::Success).integrity(&key).finish(),
            };
            let _ = stream.write_all(&response);
        }
    });
    let target = format!("turn:{}?transport=tcp", server.addr);
    let flags = ["--timeout", "600ms", "--count", "20000", "--rate", "10000", "--size", "1400"];
    let run = probe(&[&[&target[..]], &ALICE[..], &flags].concat());
    run.within(LIMIT).check(run.code == 1, "not a failure");
}

#[test]
fn a_thousand_answers_to_one_request_are_one() {
    let server = Fake::stun_stream(|request, from| {
        let mut bytes = Vec::new();
        for _ in 0..1000 {
            bytes.extend(bound(request, from));
        }
        match request.method {
            Method::Binding => bytes,
            _ => refused(request, 508, b"no").finish(),
        }
    });
    tcp(&server).fails(&["CAPACITY"]);
}

/// Each is an event, and none is the answer that is waited for.
#[test]
fn a_flood_of_answers_that_nobody_asked_for_ends_in_time() {
    let server = Fake::tcp(|mut stream, stopped| {
        let Some(bytes) = read_message(&mut stream, &stopped) else { return };
        let mut request = rtcscope::stun::Message::from_bytes(&bytes).unwrap();
        request.transaction = rtcscope::stun::TransactionId([1; 12]);
        let flood = bound(&request, stream.peer_addr().unwrap()).repeat(1000);
        while !stopped.load(Ordering::Relaxed) && stream.write_all(&flood).is_ok() {}
    });
    let run = tcp(&server);
    run.fails(&["MALFORMED"]).has("UNMATCHED_TRANSACTION_ID", "info").within(Duration::from_secs(4));
}
