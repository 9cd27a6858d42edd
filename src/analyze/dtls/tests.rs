use super::*;
use crate::analyze::leg::Carrier;

const MS: i64 = 1_000_000;

fn leg() -> Leg {
    let (src, dst) = ("10.0.0.1:1000".parse().unwrap(), "10.0.0.2:2000".parse().unwrap());
    Leg { src, dst, carrier: Carrier::Udp, via: None }
}

fn record(kind: u8, epoch: u16, number: u64, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind, 0xfe, 0xfd];
    bytes.extend(epoch.to_be_bytes());
    bytes.extend(&number.to_be_bytes()[2..]);
    bytes.extend((body.len() as u16).to_be_bytes());
    bytes.extend(body);
    bytes
}

fn fragment(kind: u8, sequence: u16, body: &[u8], part: std::ops::Range<usize>) -> Vec<u8> {
    let number = |n: usize| (n as u32).to_be_bytes()[1..].to_vec();
    let mut bytes = vec![kind];
    bytes.extend(number(body.len()));
    bytes.extend(sequence.to_be_bytes());
    bytes.extend(number(part.start));
    bytes.extend(number(part.len()));
    bytes.extend(&body[part]);
    bytes
}

fn client_hello(random: u8) -> Vec<u8> {
    let extension = [0, 14, 0, 7, 0, 4, 0, 8, 0, 1, 0];
    [&[0xfe, 0xfd][..], &[random; 32], &[0, 0, 0, 4, 0xc0, 0x2b, 0xc0, 0x2f, 1, 0, 0, 11], &extension]
        .concat()
}

fn server_hello(versions: &[u8]) -> Vec<u8> {
    let length = [0, versions.len() as u8];
    [&[0xfe, 0xfd][..], &[9; 32], &[0, 0xc0, 0x2b, 0], &length, versions].concat()
}

fn whole(kind: u8, sequence: u16, body: &[u8]) -> Vec<u8> {
    fragment(kind, sequence, body, 0..body.len())
}

#[test]
fn what_is_sent_again_is_told_from_what_is_twice_in_the_capture() {
    let mut dtls = Dtls::default();
    let hello = client_hello(1);
    let (first, second) = (fragment(1, 0, &hello, 0..20), fragment(1, 0, &hello, 20..hello.len()));
    let frame = Frame::default();
    for (at, number, part) in
        [(0, 0, &first), (1, 1, &second), (1000, 2, &first), (1001, 3, &second), (1001, 3, &second)]
    {
        assert!(dtls.datagram(
            &leg(),
            Time(at * MS),
            frame,
            &record(HANDSHAKE, 0, number, part),
            false,
            &KeyFile::default()
        ));
    }
    let answer = record(HANDSHAKE, 0, 0, &whole(2, 0, &server_hello(&[])));
    dtls.datagram(&leg().reverse(), Time(1010 * MS), frame, &answer, false, &KeyFile::default());
    let alert = record(ALERT, 0, 4, &[2, 40]);
    dtls.datagram(&leg(), Time(1011 * MS), frame, &alert, false, &KeyFile::default());
    let facts = &dtls.facts(Time(0))[0].1[0];
    assert_eq!((facts.client_repeated, facts.server_repeated, facts.duplicates), (2, 0, 1));
    assert_eq!((facts.version.as_deref(), facts.cipher.as_deref()), (Some("DTLS 1.2"), Some("0xc02b")));
    assert_eq!(facts.srtp_profiles_offered, ["SRTP_AEAD_AES_256_GCM", "SRTP_AES128_CM_HMAC_SHA1_80"]);
    assert_eq!((facts.client, facts.flights, facts.ended_at_s), (Some(leg().src), 2, None));
    assert_eq!((facts.alerts[0].name.as_str(), facts.alerts[0].fatal), ("handshake_failure", true));
    let (agreed, ours) = dtls.agreed(&leg()).unwrap();
    assert_eq!((agreed.client_random, agreed.server_random, ours), ([1; 32], [9; 32], true));
}

#[test]
fn a_second_handshake_is_one_of_its_own() {
    let mut dtls = Dtls::default();
    let frame = Frame::default();
    for random in [1, 2] {
        let hello = record(HANDSHAKE, 0, 0, &whole(1, 0, &client_hello(random)));
        let answer = record(HANDSHAKE, 0, 0, &whole(2, 0, &server_hello(&[0, 43, 0, 2, 0xfe, 0xfc])));
        dtls.datagram(&leg(), Time(0), frame, &hello, false, &KeyFile::default());
        dtls.datagram(&leg().reverse(), Time(0), frame, &answer, false, &KeyFile::default());
        dtls.datagram(
            &leg().reverse(),
            Time(MS),
            frame,
            &[&[0x2e, 1, 2, 0, 16][..], &[9; 16]].concat(),
            false,
            &KeyFile::default(),
        );
        dtls.datagram(
            &leg(),
            Time(2 * MS),
            frame,
            &[&[0x2e, 1, 2, 0, 16][..], &[9; 16]].concat(),
            false,
            &KeyFile::default(),
        );
    }
    let facts = &dtls.facts(Time(0))[0].1;
    assert_eq!(facts.len(), 2);
    for handshake in facts {
        assert_eq!(handshake.version.as_deref(), Some("DTLS 1.3"));
        assert_eq!((handshake.handshake_ms, handshake.fingerprints_observable), (Some(2.0), false));
    }
}

#[test]
fn bytes_without_sense_are_no_handshake() {
    let mut dtls = Dtls::default();
    let good = [
        record(HANDSHAKE, 0, 0, &whole(1, 0, &client_hello(1))),
        record(HANDSHAKE, 0, 1, &whole(2, 1, &server_hello(&[0, 43, 0, 2, 0xfe, 0xfc]))),
        record(HANDSHAKE, 0, 2, &whole(11, 2, &[0, 0, 5, 0, 0, 2, 7, 7])),
    ]
    .concat();
    for at in 0..good.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut bytes = good.clone();
            bytes[at] ^= flip;
            dtls.datagram(&leg(), Time(0), Frame::default(), &bytes, false, &KeyFile::default());
            dtls.datagram(&leg(), Time(0), Frame::default(), &bytes[..at], false, &KeyFile::default());
        }
    }
    assert!(dtls.facts(Time(0))[0].1.len() <= MOST_HANDSHAKES);
    let mut none = Dtls::default();
    assert!(!none.datagram(&leg(), Time(0), Frame::default(), &[0x3f; 4], true, &KeyFile::default()));
    // DNS may begin like this.
    let short = [0x2e; 40];
    assert!(!none.datagram(&leg(), Time(0), Frame::default(), &short, false, &KeyFile::default()));
}

#[test]
fn a_handshake_that_ends_before_it_begins_takes_no_time() {
    let mut dtls = Dtls::default();
    let finished = record(HANDSHAKE, 1, 0, &[0; 40]);
    // Asked for by a cookie that is not in the capture, and written behind what it led to.
    let hello = record(HANDSHAKE, 0, 1, &whole(1, 1, &client_hello(1)));
    for (at, leg, datagram) in [
        (1, leg(), &finished),
        (2, leg().reverse(), &finished),
        (3, leg(), &hello),
        (4, leg().reverse(), &finished),
    ] {
        dtls.datagram(&leg, Time(at * MS), Frame::default(), datagram, false, &KeyFile::default());
    }
    let facts = &dtls.facts(Time(0))[0].1[0];
    assert_eq!((facts.ended_at_s, facts.began_at_s), (Some(0.002), Some(0.003)));
    assert_eq!(facts.handshake_ms, None);
}

#[test]
fn a_message_in_fragments_of_a_byte_is_whole_when_the_last_has_come() {
    let mut dtls = Dtls::default();
    let hello = client_hello(1);
    let send = |dtls: &mut Dtls, at: usize| {
        let part = record(HANDSHAKE, 0, at as u64, &fragment(1, 0, &hello, at..at + 1));
        dtls.datagram(&leg(), Time(0), Frame::default(), &part, false, &KeyFile::default());
        dtls.facts(Time(0))[0].1[0].client.is_some()
    };
    // Twice, and from the end on.
    for at in (1..hello.len()).rev().chain(1..hello.len()) {
        assert!(!send(&mut dtls, at), "{at}");
    }
    assert!(send(&mut dtls, 0));
}
