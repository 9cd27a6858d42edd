use std::sync::Arc;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::message::{self, Reassembly};
use super::record::{self, ALERT, DTLS_1_0, DTLS_1_2, HANDSHAKE, Seen};
use super::*;

fn client() -> Handshake {
    let offer = Offer {
        server_name: Some("turn.example.test".to_owned()),
        alpn: Some(b"stun.turn".to_vec()),
        random: [7; 32],
    };
    Handshake::new(Arc::new(rustls::crypto::ring::default_provider()), offer)
}

/// The next datagram, or the end.
fn sent(client: &mut Handshake, now: Instant) -> Vec<u8> {
    match client.poll(now) {
        Output::Transmit(bytes) => bytes,
        other => panic!("{other:?}"),
    }
}

fn fault(client: &mut Handshake, now: Instant) -> HandshakeFault {
    loop {
        match client.poll(now) {
            Output::Transmit(_) => {}
            Output::Done(Err(fault)) => return fault,
            other => panic!("{other:?}"),
        }
    }
}

fn handshake(kind: u8, sequence: u16, body: &[u8]) -> Vec<u8> {
    record::plain(HANDSHAKE, DTLS_1_2, u64::from(sequence), &message::framed(kind, sequence, body))
}

fn server_hello(version: [u8; 2], suite: u16) -> Vec<u8> {
    let mut body = version.to_vec();
    body.extend([9; 32]);
    body.push(0);
    body.extend(suite.to_be_bytes());
    body.push(0);
    handshake(message::SERVER_HELLO, 0, &body)
}

#[test]
fn a_hello_that_nobody_answers_is_sent_again_at_growing_intervals() {
    let t0 = Instant::now();
    let (mut client, mut now, mut times) = (client(), t0, Vec::new());
    while now < t0 + Duration::from_secs(8) {
        match client.poll(now) {
            Output::Transmit(_) => times.push((now - t0).as_millis()),
            Output::Wait(until) => now = until,
            Output::Done(done) => panic!("{done:?}"),
        }
    }
    assert_eq!(times, [0, 500, 1500, 3500, 7500]);
}

#[test]
fn each_retransmission_is_a_record_of_its_own_with_the_same_message() {
    let t0 = Instant::now();
    let mut client = client();
    let first = sent(&mut client, t0);
    let Output::Wait(until) = client.poll(t0) else { panic!() };
    let second = sent(&mut client, until);
    assert_ne!(first[..record::HEADER], second[..record::HEADER]);
    assert_eq!(first[record::HEADER..], second[record::HEADER..]);
    assert!(first.windows(17).any(|part| part == b"turn.example.test"), "no server name");
    assert!(first.windows(9).any(|part| part == b"stun.turn"), "no ALPN");
}

#[test]
fn a_cookie_is_given_back_once() {
    let t0 = Instant::now();
    let mut client = client();
    sent(&mut client, t0);
    let request = handshake(message::HELLO_VERIFY_REQUEST, 0, &[&DTLS_1_0[..], b"\x06cookie"].concat());
    client.handle_input(&request);
    assert!(client.answered());
    let second = sent(&mut client, t0);
    assert!(second.windows(7).any(|part| part == b"\x06cookie"));
    // The same again is a repetition; a new one is against the rules.
    client.handle_input(&request);
    assert!(matches!(client.poll(t0), Output::Wait(_)));
    let another = handshake(message::HELLO_VERIFY_REQUEST, 1, &[&DTLS_1_0[..], b"\x06biscuit"].concat());
    client.handle_input(&another);
    assert!(matches!(fault(&mut client, t0), HandshakeFault::Malformed(_)));
}

#[test]
fn what_a_server_refuses_or_chooses_wrongly_is_named() {
    let alert = |code| record::plain(ALERT, DTLS_1_2, 0, &[2, code]);
    let faults = [
        (alert(40), HandshakeFault::Alert(40)),
        (alert(70), HandshakeFault::OldVersion),
        (server_hello(DTLS_1_0, 0xc02f), HandshakeFault::OldVersion),
        (server_hello(DTLS_1_2, 0x002f), HandshakeFault::NotOffered("a cipher suite")),
        (handshake(message::SERVER_HELLO, 0, &[0xfe]), HandshakeFault::Malformed("ServerHello")),
    ];
    for (datagram, wanted) in faults {
        let mut client = client();
        client.handle_input(&datagram);
        assert_eq!(fault(&mut client, Instant::now()), wanted);
    }
    insta::assert_snapshot!(HandshakeFault::Alert(40), @"the server refused the handshake (handshake_failure)");
}

#[test]
fn a_flight_that_is_not_signed_is_refused() {
    let t0 = Instant::now();
    let key = rcgen::KeyPair::generate().unwrap();
    let cert = rcgen::CertificateParams::new(vec!["turn.example.test".to_owned()])
        .unwrap()
        .self_signed(&key)
        .unwrap();
    let der = cert.der().to_vec();
    let number24 = |n: usize| (n as u32).to_be_bytes()[1..].to_vec();
    let chain = [number24(der.len() + 3), number24(der.len()), der].concat();
    // P-256, a point of zeros, ecdsa_secp256r1_sha256, a signature of zeros.
    let exchange = [&[3, 0, 23, 65, 4][..], &[0; 64], &[4, 3, 0, 8], &[0; 8]].concat();
    let mut client = client();
    client.handle_input(&server_hello(DTLS_1_2, 0xc02b));
    client.handle_input(&handshake(message::CERTIFICATE, 1, &chain));
    client.handle_input(&handshake(message::SERVER_KEY_EXCHANGE, 2, &exchange));
    assert_eq!(fault(&mut client, t0), HandshakeFault::WrongSignature);
}

/// A message of that many bytes in records that fit into datagrams.
fn fragments(kind: u8, sequence: u16, body: &[u8]) -> Vec<Vec<u8>> {
    let whole = message::framed(kind, sequence, &[]);
    let number24 = |n: usize| (n as u32).to_be_bytes()[1..].to_vec();
    let fragment = |(at, part): (usize, &[u8])| {
        let head = [&whole[..1], &number24(body.len()), &whole[4..6]].concat();
        let bytes = [head, number24(at * 1000), number24(part.len()), part.to_vec()].concat();
        record::plain(HANDSHAKE, DTLS_1_2, at as u64, &bytes)
    };
    body.chunks(1000).enumerate().map(fragment).collect()
}

#[test]
fn messages_out_of_their_order_or_twice_are_refused_and_remembered_no_longer() {
    let chain = [0, 0, 4, 0, 0, 1, 0];
    let certificate = (message::CERTIFICATE, &chain[..]);
    let status = (message::CERTIFICATE_STATUS, &[1, 0, 0, 0][..]);
    let wanted = (message::CERTIFICATE_REQUEST, &[1, 64, 0, 0, 0, 0][..]);
    for flight in [
        vec![certificate, certificate],
        vec![certificate, status, status],
        vec![status, certificate],
        vec![wanted, wanted],
        vec![wanted, status],
        vec![wanted, certificate],
    ] {
        let mut client = client();
        client.handle_input(&server_hello(DTLS_1_2, 0xc02b));
        for (sequence, (kind, body)) in (1..).zip(&flight) {
            client.handle_input(&handshake(*kind, sequence, body));
        }
        let kinds: Vec<u8> = flight.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(fault(&mut client, Instant::now()), HandshakeFault::Malformed("flight"), "{kinds:?}");
    }
}

#[test]
fn a_long_chain_fits() {
    let number24 = |n: usize| (n as u32).to_be_bytes()[1..].to_vec();
    let link = [number24(3000), vec![1; 3000]].concat();
    let chain = [number24(link.len() * 10), link.repeat(10)].concat();
    let mut client = client();
    client.handle_input(&server_hello(DTLS_1_2, 0xc02b));
    for datagram in fragments(message::CERTIFICATE, 1, &chain) {
        client.handle_input(&datagram);
    }
    // It has been taken: what follows is of another place in the flight.
    client.handle_input(&handshake(message::CERTIFICATE_STATUS, 2, &[1, 0, 0, 0]));
    let t0 = Instant::now();
    sent(&mut client, t0);
    assert!(matches!(client.poll(t0), Output::Wait(_)));
}

#[test]
fn numbers_of_messages_do_not_begin_again() {
    let mut reassembly = Reassembly::default();
    let mut come = 0;
    for sequence in (0..=u16::MAX).chain(0..4) {
        reassembly.take(&message::framed(message::CERTIFICATE_REQUEST, sequence, b"x"));
        come += usize::from(reassembly.next().is_some());
    }
    assert_eq!(come, 1 << 16);
}

#[test]
fn a_flight_of_messages_that_are_all_as_long_as_can_be_is_refused() {
    let longest = |body: &[u8]| [body, &vec![0; 32 * 1024 - body.len()]].concat();
    let hello = longest(&[&DTLS_1_2[..], &[9; 32], &[0, 0xc0, 0x2b, 0]].concat());
    let number24 = |n: usize| (n as u32).to_be_bytes()[1..].to_vec();
    let link = 32 * 1024 - 6;
    let chain = [number24(link + 3), number24(link), vec![1; link]].concat();
    let flight = [
        (message::SERVER_HELLO, hello),
        (message::CERTIFICATE, chain),
        (message::CERTIFICATE_STATUS, longest(&[])),
        (message::CERTIFICATE_REQUEST, longest(&[])),
    ];
    let mut client = client();
    let t0 = Instant::now();
    sent(&mut client, t0);
    for (sequence, (kind, body)) in (0..).zip(&flight) {
        assert!(matches!(client.poll(t0), Output::Wait(_)), "message {sequence} came too late");
        fragments(*kind, sequence, body).iter().for_each(|datagram| client.handle_input(datagram));
    }
    assert_eq!(fault(&mut client, t0), HandshakeFault::Malformed("flight"));
}

/// The recorded datagrams of a coturn with an RSA certificate.
fn recorded() -> Vec<Vec<u8>> {
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    let lines = include_str!("../../testdata/dtls/coturn_rsa_flight.hex").lines();
    lines.map(|line| line.as_bytes().chunks(2).map(byte).collect()).collect()
}

#[test]
fn a_recorded_flight_is_answered_in_one_datagram_in_whatever_order_it_comes() {
    for backwards in [false, true] {
        let t0 = Instant::now();
        let mut client = client();
        sent(&mut client, t0);
        let datagrams = recorded();
        client.handle_input(&datagrams[0]);
        sent(&mut client, t0);
        let mut flight: Vec<_> = datagrams[1..].iter().collect();
        if backwards {
            flight.reverse();
        }
        for (at, datagram) in flight.iter().enumerate() {
            assert!(matches!(client.poll(t0), Output::Wait(_)), "answered before datagram {at}");
            client.handle_input(datagram);
        }
        let answer = sent(&mut client, t0);
        let kinds: Vec<_> = record::records(&answer).map(|record| (record.kind, record.epoch())).collect();
        assert_eq!(kinds, [(HANDSHAKE, 0), (record::CHANGE_CIPHER_SPEC, 0), (HANDSHAKE, 1)]);
        // A Finished by anybody else cannot be opened: the flight is sent again.
        client.handle_input(&record::plain(HANDSHAKE, DTLS_1_2, 1 << 48, &[0; 48]));
        let Output::Wait(until) = client.poll(t0) else { panic!() };
        assert_eq!(sent(&mut client, until).len(), answer.len());
    }
}

/// A client that has sent its last flight at `now`, and the number of the message that it waits for.
fn with_keys(now: Instant, before: &[Vec<u8>]) -> (Handshake, u16) {
    let mut client = client();
    let datagrams = recorded();
    for datagram in &datagrams {
        // The last datagram has the message that ends the flight.
        if datagram == datagrams.last().unwrap() {
            before.iter().for_each(|forged| client.handle_input(forged));
        }
        client.handle_input(datagram);
    }
    sent(&mut client, now);
    let done = datagrams.iter().flat_map(|datagram| record::records(datagram)).map(|record| record.body);
    let done = done.filter(|body| body[0] == message::SERVER_HELLO_DONE).last().unwrap();
    (client, u16::from_be_bytes([done[4], done[5]]) + 1)
}

fn is_established(client: &mut Handshake, now: Instant) -> bool {
    matches!(client.poll(now), Output::Done(Ok(_)))
}

#[test]
fn nothing_in_the_clear_ends_a_handshake_that_has_keys() {
    let now = Instant::now();
    let plain = |kind, body: &[u8]| record::plain(kind, DTLS_1_2, 100, body);
    let (_, next) = with_keys(now, &[]);
    let mut first_of_two = message::framed(message::FINISHED, next, &[0; 20])[..16].to_vec();
    first_of_two[11] = 4;
    let forged = [
        plain(ALERT, &[2, 40]),
        plain(ALERT, &[1, 0]),
        plain(ALERT, &[2, 70]),
        handshake(message::FINISHED, next, &[0; 12]),
        // The first of two fragments, so that it would stand in the way of the real one.
        plain(HANDSHAKE, &first_of_two),
        handshake(message::SERVER_HELLO_DONE, next, &[]),
        handshake(4, next, &[0; 6]),
    ];
    for datagram in &forged {
        let (mut client, _) = with_keys(now, &[]);
        client.handle_input(datagram);
        assert!(matches!(client.poll(now), Output::Wait(_)), "{datagram:?}");
        let finished = client.finished_of_the_server(next);
        client.handle_input(&finished);
        assert!(is_established(&mut client, now), "{datagram:?}");
    }
    // Nor does what came before there were any keep the place of what is to come.
    for datagram in &forged[3..] {
        let (mut client, _) = with_keys(now, std::slice::from_ref(datagram));
        let finished = client.finished_of_the_server(next);
        client.handle_input(&finished);
        assert!(is_established(&mut client, now), "{datagram:?}");
    }
}

#[test]
fn a_refusal_in_the_clear_counts_once_the_last_flight_has_been_sent_in_vain_twice() {
    let t0 = Instant::now();
    let (mut client, _) = with_keys(t0, &[]);
    client.handle_input(&record::plain(ALERT, DTLS_1_2, 100, &[2, 40]));
    assert_eq!(client.refused(), Some(HandshakeFault::Alert(40)));
    let Output::Wait(again) = client.poll(t0) else { panic!() };
    sent(&mut client, again);
    let Output::Wait(end) = client.poll(again) else { panic!() };
    assert_eq!(fault(&mut client, end), HandshakeFault::Alert(40));
    assert_eq!((end - t0).as_millis(), 1500);
}

#[test]
fn a_flight_with_a_bit_turned_is_not_answered() {
    let datagrams = recorded();
    // In the signature of the key exchange, and in the public key it is held against.
    for (at, byte) in [(6, 150), (3, 100)] {
        let mut client = client();
        for (number, datagram) in datagrams.iter().enumerate() {
            let mut datagram = datagram.clone();
            if number == at {
                datagram[byte] ^= 1;
            }
            client.handle_input(&datagram);
        }
        assert_eq!(fault(&mut client, Instant::now()), HandshakeFault::WrongSignature, "{at}");
    }
}

#[test]
fn what_is_no_dtls_is_heard_and_changes_nothing() {
    let mut client = client();
    assert_eq!(client.heard(), None);
    client.handle_input(b"\x01\x01\0\0\x21\x12\xa4\x42abcdefghijkl");
    assert_eq!(client.heard(), Some(Heard::Stun));
    assert!(!client.answered());
    let t0 = Instant::now();
    sent(&mut client, t0);
    assert!(matches!(client.poll(t0), Output::Wait(_)));
}

#[test]
fn fragments_come_in_any_order_and_twice() {
    let fragment = |sequence: u16, offset: u8, data: &[u8]| {
        let mut bytes = vec![11, 0, 0, 6];
        bytes.extend(sequence.to_be_bytes());
        bytes.extend([0, 0, offset, 0, 0, u8::try_from(data.len()).unwrap()]);
        bytes.extend(data);
        bytes
    };
    let mut reassembly = Reassembly::default();
    reassembly.take(&fragment(1, 0, b"second"));
    reassembly.take(&fragment(0, 3, b"def"));
    reassembly.take(&fragment(0, 3, b"def"));
    assert!(reassembly.next().is_none());
    // Far ahead, too long, beyond its own end: none of our memory.
    reassembly.take(&fragment(900, 0, b"far"));
    reassembly.take(&fragment(0, 5, b"beyond"));
    reassembly.take(&fragment(0, 0, b"abc"));
    assert_eq!(reassembly.next().unwrap().body, b"abcdef");
    assert_eq!(reassembly.next().unwrap().body, b"second");
    assert!(reassembly.next().is_none());
}

#[test]
fn a_record_counts_once_and_not_when_it_is_old() {
    let mut seen = Seen::default();
    let taken: Vec<bool> =
        [0, 1, 1, 5, 3, 3, 0, 200, 136, 137, 137].into_iter().map(|n| seen.take(n)).collect();
    assert_eq!(taken, [true, true, false, true, true, false, false, true, false, true, false]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn hostile_datagrams_never_panic(
        datagrams in prop::collection::vec(
            (20u8..24, prop::collection::vec(any::<u8>(), 0..200), 0u16..3, prop::sample::select(vec![2u8, 3, 4, 11, 12, 13, 14, 20])),
            0..12,
        ),
    ) {
        let mut client = client();
        let now = Instant::now();
        for (kind, body, sequence, message) in datagrams {
            client.handle_input(&record::plain(kind, DTLS_1_2, u64::from(sequence), &body));
            client.handle_input(&handshake(message, sequence, &body));
            client.handle_input(&body);
            let _ = client.poll(now);
        }
    }
}
