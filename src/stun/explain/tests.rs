use super::*;
use crate::stun::{Class, MessageBuilder, Method, TransactionId, attribute};

/// The sample request of RFC 5769 §2.1.
const REQUEST: &str = "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e7400240004\
    6e0001ff80290008932ff9b151263b36000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249\
    c1b571a280280004e57a3bcf";
/// The sample IPv6 response of RFC 5769 §2.3.
const RESPONSE: &str = "010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000140002a147\
    0113a9faa5d3f179bc25f4b5bed2b9d900080014a382954e4be67bf11784c97c8292c275bfe3ed4180280004c8fb0b4c";
/// Their password.
const PASSWORD: &str = "VOkJxbRl1RmTxUk/WvJxBt";

fn bytes(hex: &str) -> Vec<u8> {
    input::from_text(hex).unwrap().concat()
}

fn key(text: &str) -> Vec<Key> {
    vec![Key { origin: "the password".to_owned(), bytes: text.as_bytes().to_vec().into() }]
}

fn explained(bytes: &[u8]) -> Explanation {
    let all = explain_all(bytes, &|_, _| Vec::new());
    assert_eq!(all.len(), 1, "{all:#?}");
    every_byte_is_in_one_field(&all, bytes);
    all.into_iter().next().unwrap()
}

fn every_byte_is_in_one_field(all: &[Explanation], bytes: &[u8]) {
    let fields: Vec<&Field> = all.iter().flat_map(|one| &one.fields).collect();
    let together: Vec<u8> = fields.iter().flat_map(|field| field.bytes.clone()).collect();
    assert_eq!(together, bytes);
    let mut at = 0;
    for field in fields {
        assert_eq!(field.offset, at, "{field:?}");
        at += field.bytes.len();
    }
}

fn values(explanation: &Explanation) -> Vec<String> {
    explanation.attributes.iter().map(|a| format!("{}={}", a.label(), a.value)).collect()
}

#[track_caller]
fn faults(bytes: &[u8], expected: &[(usize, &str)]) {
    let explanation = explained(bytes);
    let got: Vec<_> = explanation.faults.iter().map(|f| (f.offset, f.message.as_str())).collect();
    assert_eq!(got, expected);
}

#[test]
fn the_sample_request_of_rfc_5769_is_explained_and_its_hmac_checked() {
    let request = bytes(REQUEST);
    let one = explain(&request, 0, &|username, realm| {
        assert_eq!((username, realm), (Some("evtj:h6vY"), None));
        key(PASSWORD)
    });
    assert_eq!((one.title.as_str(), one.faults.len()), ("Binding request", 0));
    assert_eq!((one.fingerprint, one.integrity), (Some(Check::Right), Some(Check::Right)));
    assert_eq!(one.transaction.as_deref(), Some("b7e7a701bc34d686fa87dfae"));
    assert_eq!(
        values(&one)[..4],
        [
            "SOFTWARE=STUN test client",
            "PRIORITY=1845494271: type 110 (peer reflexive), local 1, component 1",
            "ICE-CONTROLLED=0x932ff9b151263b36",
            "USERNAME=evtj:h6vY",
        ]
    );
    let wrong = explain(&request, 0, &|_, _| key("another"));
    assert_eq!(wrong.integrity, Some(Check::Wrong));
    let fault =
        Fault { offset: 80, message: "MESSAGE-INTEGRITY does not fit; tried: the password".to_owned() };
    assert_eq!(wrong.faults, [fault]);
    assert_eq!(explained(&request).integrity, Some(Check::NotChecked));
}

#[test]
fn the_ipv6_response_of_rfc_5769_is_un_xored() {
    let one = explained(&bytes(RESPONSE));
    assert_eq!(one.title, "Binding success response");
    assert_eq!(values(&one)[1], "XOR-MAPPED-ADDRESS=[2001:db8:1234:5678:11:2233:4455:6677]:32853");
    assert!(one.is_sound());
}

#[test]
fn every_turn_and_ice_attribute_says_what_it_holds() {
    let id = TransactionId([7; 12]);
    let peer = "198.51.100.7:5000".parse().unwrap();
    let message = MessageBuilder::new(Class::Request, Method::Allocate, id)
        .number(attribute::REQUESTED_TRANSPORT, 17 << 24)
        .number(attribute::REQUESTED_ADDRESS_FAMILY, 2 << 24)
        .attribute(attribute::EVEN_PORT, &[0x80])
        .attribute(0x001a, &[])
        .number(attribute::LIFETIME, 600)
        .xor_address(attribute::XOR_PEER_ADDRESS, peer)
        .number(attribute::CHANNEL_NUMBER, 0x4001_0000)
        .error_code(438, "Stale Nonce")
        .unknown_attributes(&[0x001a, 0x7fff])
        .number(0x0003, 6)
        .attribute(0x0027, &[0x13, 0x88, 0, 0])
        .attribute(attribute::PASSWORD_ALGORITHMS, &[0, 2, 0, 0, 0, 1, 0, 0])
        .number(0xc057, 0x0001_000a)
        .number(0x002a, 0xdead_beef)
        .number(attribute::COTURN_BANDWIDTH, 500)
        .attribute(attribute::USERNAME, b"1767225600:joe")
        .attribute(attribute::NONCE, b"obMatJos2gAAAabcdef0123456789")
        .address(attribute::OTHER_ADDRESS, peer)
        .attribute(0x8004, &[0, 0, 6, 4, 0, 0, 5, 0])
        .attribute(0x8001, b"\x02\0\x04\x28no")
        .attribute(0x7ffe, &[1, 2])
        .finish();
    let one = explained(&message);
    assert!(one.is_sound(), "{:?}", one.faults);
    insta::assert_snapshot!(values(&one).join("\n"), @r"
    REQUESTED-TRANSPORT=UDP (17)
    REQUESTED-ADDRESS-FAMILY=IPv6
    EVEN-PORT=an even port, and the next one reserved
    DONT-FRAGMENT=set
    LIFETIME=600 s
    XOR-PEER-ADDRESS=198.51.100.7:5000
    CHANNEL-NUMBER=0x4001
    ERROR-CODE=438 Stale Nonce
    UNKNOWN-ATTRIBUTES=DONT-FRAGMENT, 0x7fff
    CHANGE-REQUEST=answer from the other address and port
    RESPONSE-PORT=5000
    PASSWORD-ALGORITHMS=SHA-256, MD5
    GOOG-NETWORK-INFO=network 1, cost 10
    CONNECTION-ID=0xdeadbeef
    NEW-BANDWIDTH=500 kbit/s
    USERNAME=1767225600:joe
    NONCE=obMatJos2gAAAabcdef0123456789
    OTHER-ADDRESS=198.51.100.7:5000
    ICMP=type 3, code 4
    ADDRESS-ERROR-CODE=IPv6 440 no
    0x7ffe=0102
    FINGERPRINT=0x0cc610df
    ");
    let said: String = one.fields.iter().map(|field| format!("{}\n", field.meaning)).collect();
    for part in ["expires 2026-01-01T00:00:00Z", "password algorithms", "answers 420"] {
        assert!(said.contains(part), "{part} in {said}");
    }
}

#[test]
fn what_is_broken_is_shown_at_its_byte_and_the_rest_all_the_same() {
    let whole = bytes(REQUEST);
    faults(&whole[..9], &[(9, "9 bytes are less than a STUN header (20)")]);
    faults(&whole[..60], &[(2, "the length field says 88 bytes behind the header, 40 are there")]);
    assert_eq!(explained(&whole[..60]).attributes.len(), 3);

    let mut odd = whole.clone();
    odd[3] = 0x57;
    odd.truncate(20 + 0x57);
    let messages = explained(&odd);
    assert_eq!(messages.faults[0].offset, 2);
    assert!(messages.faults[0].message.contains("no multiple of 4"));

    let mut long = whole.clone();
    long[0x5f - 0x10] = 0x80;
    let overrun = explained(&long);
    let got = (overrun.faults[0].offset, overrun.faults[0].message.as_str());
    assert_eq!(got, (0x4e, "the attribute's length says 128 bytes, 28 are left in the message"));

    let mut flipped = whole.clone();
    flipped[30] ^= 1;
    let flipped = explained(&flipped);
    assert_eq!((flipped.fingerprint, flipped.faults[0].offset), (Some(Check::Wrong), 0x68));

    let mut behind = whole.clone();
    behind.extend([0xff, 1]);
    faults(&behind, &[(108, "2 bytes behind the message's end")]);

    let mut cookie = whole;
    cookie[4] = 0;
    assert_eq!(explained(&cookie).faults[0].offset, 4);
}

#[test]
fn what_stands_behind_the_integrity_is_said_to_be_ignored() {
    let id = TransactionId([1; 12]);
    let message = MessageBuilder::new(Class::Success, Method::Refresh, id)
        .integrity(b"key")
        .number(attribute::LIFETIME, 5)
        .finish();
    let one = explained(&message);
    let field = one.fields.iter().find(|field| field.name == "LIFETIME").unwrap();
    assert!(field.meaning.contains("receivers ignore it"), "{field:?}");
}

#[test]
fn sha256_may_be_cut_and_is_checked_all_the_same() {
    let id = TransactionId([1; 12]);
    let message = MessageBuilder::new(Class::Request, Method::Binding, id).integrity_sha256(b"key").finish();
    let one = explain(&message, 0, &|_, _| key("key"));
    assert_eq!((one.integrity, one.is_sound()), (Some(Check::Right), true));
}

#[test]
fn several_messages_and_channel_data_follow_one_another() {
    let request = bytes(REQUEST);
    let stream = [&request[..], b"\x40\x01\x00\x05hello\0\0\0", &bytes(RESPONSE)].concat();
    let all = explain_all(&stream, &|_, _| Vec::new());
    every_byte_is_in_one_field(&all, &stream);
    let titles: Vec<_> = all.iter().map(|one| (one.offset, one.title.as_str(), one.is_sound())).collect();
    assert_eq!(
        titles,
        [
            (0, "Binding request", true),
            (108, "ChannelData on 0x4001, 5 bytes", true),
            (120, "Binding success response", true)
        ]
    );
    faults(b"\x40\x01\x00\x09hello", &[(2, "the length field says 9 bytes, 5 are there")]);
}

#[test]
fn rfc_3489_had_no_magic_cookie() {
    let mut classic = vec![0, 1, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
    classic.extend([0, 3, 0, 4, 0, 0, 0, 6]);
    let one = explained(&classic);
    assert_eq!((one.protocol, one.is_sound()), (Protocol::ClassicStun, true));
    assert_eq!(values(&one), ["CHANGE-REQUEST=answer from the other address and port"]);
    assert_eq!(one.transaction.as_deref(), Some("0102030405060708090a0b0c0d0e0f10"));
}

#[test]
fn other_protocols_are_named_by_their_first_bytes() {
    for (bytes, name) in [
        (&b"\x16\xfe\xff\0\0\0\0\0\0\0\0\0\x10"[..], "a DTLS record"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "a TLS record"),
        (b"\x80\x6f\x00\x01\0\0\0\0\0\0\0\0", "an RTP packet"),
        (b"\x80\xc8\x00\x06\0\0\0\0", "an RTCP packet"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "an HTTP response"),
        (b"GET / HTTP/1.1\r\n\r\n", "an HTTP request"),
        (b"\xc3\0\0\0\x01\x08", "QUIC by its first byte"),
        (b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "no STUN message: the magic cookie is missing"),
        (b"", "nothing"),
    ] {
        let one = explained(bytes);
        assert_eq!((one.title.as_str(), one.is_sound()), (name, false));
    }
}

#[test]
fn a_message_copied_with_its_frame_is_found() {
    let frame = [&[0xb0; 42][..], &bytes(REQUEST)].concat();
    let one = explained(&frame);
    assert!(one.faults[0].message.contains("a STUN message seems to begin at byte 42"), "{one:?}");
}

#[test]
fn a_key_is_never_shown() {
    let shown = format!("{:?}", key("wonder"));
    assert!(!shown.contains("wonder") && !shown.contains("119"), "{shown}");
}
