use std::net::SocketAddr;

use proptest::prelude::*;

use super::super::MessageBuilder;
use super::*;
use crate::turn::credentials::{Credentials, Secret};

const PASSWORD: &[u8] = b"VOkJxbRl1RmTxUk/WvJxBt";

/// RFC 5769 §2.1: request with short-term credentials.
const REQUEST: &str = "000100582112a442b7e7a701bc34d686fa87dfae\
    802200105354554e207465737420636c69656e74\
    002400046e0001ff80290008932ff9b151263b36\
    000600096576746a3a68367659202020\
    000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2\
    80280004e57a3bcf";
/// RFC 5769 §2.2: IPv4 response.
const RESPONSE_V4: &str = "0101003c2112a442b7e7a701bc34d686fa87dfae\
    8022000b7465737420766563746f7220\
    002000080001a147e112a643\
    000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7\
    80280004c07d4c96";
/// RFC 5769 §2.3: IPv6 response.
const RESPONSE_V6: &str = "010100482112a442b7e7a701bc34d686fa87dfae\
    8022000b7465737420766563746f7220\
    002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9\
    00080014a382954e4be67bf11784c97c8292c275bfe3ed41\
    80280004c8fb0b4c";
/// RFC 5769 §2.4: request with long-term credentials.
const LONG_TERM: &str = "000100602112a44278ad3433c6ad72c029da412e\
    00060012e3839ee38388e383aae38383e382afe382b90000\
    0015001c662f2f3439396b39353464364f4c33346f4c39465354767936347341\
    0014000b6578616d706c652e6f726700\
    00080014f67024656dd64a3e02b8e0712e85c9a28ca89666";
/// RFC 8489 appendix B.1 with erratum 6268: request with long-term credentials and SHA-256.
const LONG_TERM_SHA256: &str = "000100902112a44278ad3433c6ad72c029da412e\
    001e00204a3cf38fef6992bda952c6780417da0f24819415569e60b205c46e41407f1704\
    001500296f624d61744a6f733241414143662f2f3439396b39353464364f4c33346f4c39465354767936347341000000\
    0014000b6578616d706c652e6f726700\
    001d000400020000\
    001c0020b5c7bf005b6c52a21c51c5e892f81924136296cb927c43149309278cc6518e65";

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    let digit = |b: u8| (b as char).to_digit(16).unwrap() as u8;
    digits.chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}

#[test]
fn rfc_5769_request() {
    let message = Message::from_bytes(&bytes(REQUEST)).unwrap();
    assert_eq!((message.class, message.method), (Class::Request, Method::Binding));
    assert_eq!(message.text(attribute::SOFTWARE).unwrap(), "STUN test client");
    assert_eq!(message.text(attribute::USERNAME).unwrap(), "evtj:h6vY");
    assert_eq!(message.integrity(PASSWORD), Integrity::Valid);
    assert_eq!(message.integrity(b"another"), Integrity::Wrong);
}

#[test]
fn rfc_5769_responses() {
    for (hex, address) in
        [(RESPONSE_V4, "192.0.2.1:32853"), (RESPONSE_V6, "[2001:db8:1234:5678:11:2233:4455:6677]:32853")]
    {
        let message = Message::from_bytes(&bytes(hex)).unwrap();
        assert_eq!((message.class, message.method), (Class::Success, Method::Binding));
        assert_eq!(message.reflexive_address().unwrap(), address.parse::<SocketAddr>().unwrap());
        assert_eq!(message.integrity(PASSWORD), Integrity::Valid);
    }
}

#[test]
fn rfc_5769_long_term_request() {
    let message = Message::from_bytes(&bytes(LONG_TERM)).unwrap();
    let (user, realm) = (message.text(attribute::USERNAME).unwrap(), message.text(attribute::REALM).unwrap());
    assert_eq!((user.as_str(), realm.as_str()), ("マトリックス", "example.org"));
    let key = Credentials::password(user, Secret::new("TheMatrIX")).key(&realm);
    assert_eq!(message.integrity(&key), Integrity::Valid);
}

#[test]
fn rfc_8489_long_term_request_with_sha256() {
    let raw = bytes(LONG_TERM_SHA256);
    let message = Message::from_bytes(&raw).unwrap();
    assert_eq!(message.attribute(attribute::PASSWORD_ALGORITHM), Some(&[0, 2, 0, 0][..]));
    let key =
        Credentials::password("マトリックス", Secret::new("TheMatrIX")).key_sha256("example.org").unwrap();
    assert_eq!(message.integrity_sha256(&*key), Integrity::Valid);
    assert_eq!(message.integrity_sha256(b"another"), Integrity::Wrong);
    assert_eq!(message.integrity(&*key), Integrity::Absent);

    let mut built = MessageBuilder::new(message.class, message.method, message.transaction);
    for (kind, value) in message.attributes().filter(|(kind, _)| *kind != attribute::MESSAGE_INTEGRITY_SHA256)
    {
        built = built.attribute(kind, value);
    }
    let built = Message::from_bytes(&built.integrity_sha256(&*key).finish()).unwrap();
    let unfingerprinted = &built.bytes()[..built.bytes().len() - 8];
    assert_eq!(unfingerprinted[4..], raw[4..], "all but the length, which counts a FINGERPRINT here");
}

#[test]
fn one_flipped_bit_is_caught_by_the_fingerprint() {
    let mut raw = bytes(RESPONSE_V4);
    raw[40] ^= 1;
    assert_eq!(Message::from_bytes(&raw), Err(DecodeError::WrongFingerprint));
}

#[test]
fn a_fingerprint_that_does_not_end_the_message_is_none() {
    let mut raw = MessageBuilder::new(Class::Request, Method::Binding, TransactionId([1; 12]))
        .attribute(attribute::FINGERPRINT, &[0; 4])
        .attribute(attribute::SOFTWARE, b"more")
        .finish();
    raw.truncate(HEADER + 16);
    raw[3] = 16;
    let right = ::stun::fingerprint::fingerprint_value(&raw[..HEADER]);
    raw[HEADER + 4..HEADER + 8].copy_from_slice(&right.to_be_bytes());
    assert_eq!(Message::from_bytes(&raw), Err(DecodeError::WrongFingerprint));
}

#[test]
fn names_what_is_wrong_with_the_layout() {
    let good = bytes(RESPONSE_V4);
    let changed = |at: usize, to: u8| {
        let mut raw = good.clone();
        raw[at] = to;
        Message::from_bytes(&raw).unwrap_err()
    };
    assert_eq!(Message::from_bytes(&good[..19]), Err(DecodeError::TooShort { len: 19 }));
    assert_eq!(changed(0, 0x41), DecodeError::NotStun);
    assert_eq!(changed(4, 0x22), DecodeError::NotStun);
    assert_eq!(changed(3, 0x3d), DecodeError::UnalignedLength { length: 61 });
    assert_eq!(changed(2, 0x10), DecodeError::Truncated { length: 0x103c, available: 60 });
    assert_eq!(changed(23, 0xff), DecodeError::AttributeOverrun);
}

#[test]
fn attributes_behind_the_integrity_are_ignored() {
    let raw = MessageBuilder::new(Class::Success, Method::Allocate, TransactionId([1; 12]))
        .number(attribute::LIFETIME, 600)
        .integrity(b"key")
        .attribute(attribute::SOFTWARE, b"smuggled")
        .finish();
    let message = Message::from_bytes(&raw).unwrap();
    assert_eq!(message.number(attribute::LIFETIME), Some(600));
    assert_eq!(message.text(attribute::SOFTWARE), None);
    assert_eq!(message.integrity(b"key"), Integrity::Valid);
}

#[test]
fn sha256_may_follow_sha1_and_not_the_other_way_round() {
    let start = || MessageBuilder::new(Class::Request, Method::Allocate, TransactionId([1; 12]));
    let both = Message::from_bytes(&start().integrity(b"one").integrity_sha256(b"two").finish()).unwrap();
    assert_eq!((both.integrity(b"one"), both.integrity_sha256(b"two")), (Integrity::Valid, Integrity::Valid));
    let wrong = Message::from_bytes(&start().integrity_sha256(b"two").integrity(b"one").finish()).unwrap();
    assert_eq!(
        (wrong.integrity(b"one"), wrong.integrity_sha256(b"two")),
        (Integrity::Absent, Integrity::Valid)
    );
    let kinds: Vec<Kind> = wrong.attributes().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, [attribute::MESSAGE_INTEGRITY_SHA256, attribute::FINGERPRINT]);
}

#[test]
fn what_a_refusal_says_is_read_back() {
    let other: SocketAddr = "198.51.100.7:3478".parse().unwrap();
    let raw = MessageBuilder::new(Class::Error, Method::Allocate, TransactionId([2; 12]))
        .error_code(300, "Try Alternate")
        .address(attribute::ALTERNATE_SERVER, other)
        .unknown_attributes(&[0x0003, 0x001a])
        .finish();
    let message = Message::from_bytes(&raw).unwrap();
    assert_eq!(message.error_code(), Some((300, "Try Alternate".to_owned())));
    assert_eq!(message.address(attribute::ALTERNATE_SERVER), Some(other));
    let value = message.attribute(attribute::ALTERNATE_SERVER);
    assert_eq!(value, Some(&[0, 1, 0x0d, 0x96, 198, 51, 100, 7][..]));
    assert_eq!(message.attribute(attribute::UNKNOWN_ATTRIBUTES), Some(&[0, 3, 0, 0x1a][..]));
}

#[test]
fn text_for_people_is_mended_and_text_for_authentication_is_not() {
    let raw = MessageBuilder::new(Class::Request, Method::Allocate, TransactionId([2; 12]))
        .attribute(attribute::USERNAME, b"ann\0")
        .attribute(attribute::NONCE, &[0xff])
        .finish();
    let message = Message::from_bytes(&raw).unwrap();
    assert_eq!(message.text(attribute::USERNAME).unwrap(), "ann");
    assert_eq!(message.exact_text(attribute::USERNAME), Some("ann\0"));
    assert_eq!(message.text(attribute::NONCE).unwrap(), "\u{fffd}");
    assert_eq!(message.exact_text(attribute::NONCE), None);
}

#[test]
fn a_reason_phrase_may_be_padded_or_broken() {
    for (reason, expected) in [(&b"Unauthorized\0\0"[..], "Unauthorized"), (&[0xff, b'x'], "\u{fffd}x")] {
        let value = [&[0, 0, 4, 1], reason].concat();
        let raw = MessageBuilder::new(Class::Error, Method::Allocate, TransactionId([2; 12]))
            .attribute(attribute::ERROR_CODE, &value)
            .finish();
        assert_eq!(Message::from_bytes(&raw).unwrap().error_code(), Some((401, expected.to_owned())));
    }
}

/// Reads all that can be read of what may be a message.
fn read_all(raw: &[u8]) {
    let Ok(message) = Message::from_bytes(raw) else { return };
    message.integrity(PASSWORD);
    message.integrity_sha256(PASSWORD);
    message.error_code();
    message.reflexive_address();
    for (kind, value) in message.attributes() {
        assert!(message.attribute(kind).is_some() && value.len() < raw.len());
        message.text(kind);
        message.exact_text(kind);
        message.number(kind);
        assert!(message.xor_addresses(kind).count() > 0);
    }
}

proptest! {
    #[test]
    fn what_is_built_is_read_back(
        id in any::<[u8; 12]>(),
        key in proptest::collection::vec(any::<u8>(), 0..80),
        attributes in proptest::collection::vec((0x4000u16..0x7fff, proptest::collection::vec(any::<u8>(), 0..64)), 0..8),
        peers in proptest::collection::vec(any::<SocketAddr>(), 1..4),
        sha256 in any::<bool>(),
    ) {
        let mut builder = MessageBuilder::new(Class::Request, Method::Send, TransactionId(id));
        for (kind, value) in &attributes {
            builder = builder.attribute(*kind, value);
        }
        for peer in &peers {
            builder = builder.xor_address(attribute::XOR_PEER_ADDRESS, *peer);
        }
        builder = builder.address(attribute::OTHER_ADDRESS, peers[0]);
        let raw = if sha256 { builder.integrity_sha256(&key) } else { builder.integrity(&key) }.finish();
        let message = Message::from_bytes(&raw).unwrap();
        prop_assert_eq!(message.transaction, TransactionId(id));
        let found = (message.integrity(&key), message.integrity_sha256(&key));
        let (absent, valid) = (Integrity::Absent, Integrity::Valid);
        prop_assert_eq!(found, if sha256 { (absent, valid) } else { (valid, absent) });
        // Scope and flow of an IPv6 address do not travel.
        let bare = |address: &SocketAddr| SocketAddr::new(address.ip(), address.port());
        let read: Option<Vec<_>> = message.xor_addresses(attribute::XOR_PEER_ADDRESS).collect();
        prop_assert_eq!(read.unwrap(), peers.iter().map(bare).collect::<Vec<_>>());
        prop_assert_eq!(message.address(attribute::OTHER_ADDRESS), Some(bare(&peers[0])));
        let read: Vec<_> = message.attributes().map(|(kind, value)| (kind, value.to_vec())).collect();
        prop_assert_eq!(&read[..attributes.len()], &attributes[..]);
        for (kind, _) in &attributes {
            let first = attributes.iter().find(|(k, _)| k == kind).unwrap();
            prop_assert_eq!(message.attribute(*kind), Some(first.1.as_slice()));
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(mut raw in proptest::collection::vec(any::<u8>(), 0..2000), cookie in any::<bool>()) {
        if cookie && raw.len() >= 20 {
            raw[0] &= 0x3f;
            raw[4..8].copy_from_slice(&MAGIC_COOKIE);
        }
        read_all(&raw);
    }

    #[test]
    fn damaged_messages_never_panic(at in 0usize..164, to in any::<u8>()) {
        for hex in [REQUEST, RESPONSE_V4, RESPONSE_V6, LONG_TERM, LONG_TERM_SHA256] {
            let mut raw = bytes(hex);
            let at = at % raw.len();
            raw[at] = to;
            read_all(&raw);
        }
    }
}
