use std::net::SocketAddr;

use proptest::prelude::*;

use super::super::attribute;
use super::*;

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
    use md5::Digest;
    let key = md5::Md5::digest(format!("{user}:{realm}:TheMatrIX"));
    assert_eq!(message.integrity(&key), Integrity::Valid);
}

#[test]
fn one_flipped_bit_is_caught_by_the_fingerprint() {
    let mut raw = bytes(RESPONSE_V4);
    raw[40] ^= 1;
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
fn a_reason_phrase_may_be_padded_or_broken() {
    for (reason, expected) in [(&b"Unauthorized\0\0"[..], "Unauthorized"), (&[0xff, b'x'], "\u{fffd}x")] {
        let value = [&[0, 0, 4, 1], reason].concat();
        let raw = MessageBuilder::new(Class::Error, Method::Allocate, TransactionId([2; 12]))
            .attribute(attribute::ERROR_CODE, &value)
            .finish();
        assert_eq!(Message::from_bytes(&raw).unwrap().error_code(), Some((401, expected.to_owned())));
    }
}

#[test]
fn every_class_and_method_survives_the_type_field() {
    for method in 0..0x1000 {
        for class in [Class::Request, Class::Indication, Class::Success, Class::Error] {
            let number = type_of(class, Method::from_number(method));
            assert_eq!((class_of(number), method_of(number)), (class, method));
            assert_eq!(number & 0xc000, 0);
        }
    }
}

proptest! {
    #[test]
    fn what_is_built_is_read_back(
        id in any::<[u8; 12]>(),
        key in proptest::collection::vec(any::<u8>(), 0..80),
        attributes in proptest::collection::vec((0x4000u16..0x7fff, proptest::collection::vec(any::<u8>(), 0..64)), 0..8),
        peer in any::<SocketAddr>(),
    ) {
        let mut builder = MessageBuilder::new(Class::Request, Method::Send, TransactionId(id));
        for (kind, value) in &attributes {
            builder = builder.attribute(*kind, value);
        }
        let raw = builder.xor_address(attribute::XOR_PEER_ADDRESS, peer).integrity(&key).finish();
        let message = Message::from_bytes(&raw).unwrap();
        prop_assert_eq!(message.transaction, TransactionId(id));
        prop_assert_eq!(message.integrity(&key), Integrity::Valid);
        let read = message.xor_address(attribute::XOR_PEER_ADDRESS).unwrap();
        prop_assert_eq!((read.ip(), read.port()), (peer.ip(), peer.port()));
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
        if let Ok(message) = Message::from_bytes(&raw) {
            message.integrity(b"key");
            message.error_code();
            message.reflexive_address();
        }
    }

    #[test]
    fn damaged_messages_never_panic(at in 0usize..108, to in any::<u8>()) {
        for hex in [REQUEST, RESPONSE_V4, RESPONSE_V6, LONG_TERM] {
            let mut raw = bytes(hex);
            let at = at % raw.len();
            raw[at] = to;
            if let Ok(message) = Message::from_bytes(&raw) {
                message.integrity(PASSWORD);
                message.error_code();
                message.reflexive_address();
            }
        }
    }
}
