//! Messages of STUN.

use rtcscope::stun::explain::{self, Key, Protocol};
use rtcscope::stun::{Class, Integrity, Message, MessageBuilder, Method, TransactionId, attribute};

use super::script::Script;

const KEY: &[u8] = b"VOkJxbRl1RmTxUk/WvJxBt";
pub(super) const KINDS: [attribute::Kind; 22] = [
    attribute::MAPPED_ADDRESS,
    attribute::USERNAME,
    attribute::MESSAGE_INTEGRITY,
    attribute::ERROR_CODE,
    attribute::CHANNEL_NUMBER,
    attribute::LIFETIME,
    attribute::XOR_PEER_ADDRESS,
    attribute::DATA,
    attribute::REALM,
    attribute::NONCE,
    attribute::XOR_RELAYED_ADDRESS,
    attribute::REQUESTED_ADDRESS_FAMILY,
    attribute::REQUESTED_TRANSPORT,
    attribute::MESSAGE_INTEGRITY_SHA256,
    attribute::XOR_MAPPED_ADDRESS,
    attribute::ALTERNATE_DOMAIN,
    attribute::COTURN_BANDWIDTH,
    attribute::SOFTWARE,
    attribute::ALTERNATE_SERVER,
    attribute::FINGERPRINT,
    attribute::RESPONSE_ORIGIN,
    attribute::OTHER_ADDRESS,
];

/// Reads the bytes as a message, and builds a message by them that must read back.
pub(super) fn stun_message(bytes: &[u8]) {
    match Message::from_bytes(bytes) {
        Err(error) => assert!(!error.to_string().is_empty()),
        Ok(message) => {
            assert_eq!(message.bytes().len() + message.trailing, bytes.len());
            read_everything(&message);
            assert_eq!(Message::from_bytes(message.bytes()).map(|again| again.trailing), Ok(0));
        }
    }
    round_trip(&mut Script(bytes));
}

fn read_everything(message: &Message) {
    for kind in KINDS {
        let value = message.attribute(kind).map(<[u8]>::len);
        assert!(value.is_none_or(|length| length <= message.bytes().len()));
        let _ = (message.text(kind), message.number(kind), message.address(kind), message.xor_address(kind));
    }
    let _ = message.reflexive_address();
    if let Some((code, _)) = message.error_code() {
        assert!(code <= 7 * 100 + 255);
    }
    let _ = message.integrity(KEY);
}

/// Of the drafts before RFC 5389; the codec reads it as today's, which servers of that age need.
const OLD_XOR_MAPPED_ADDRESS: attribute::Kind = 0x8020;

fn round_trip(script: &mut Script<'_>) {
    let class = [Class::Request, Class::Indication, Class::Success, Class::Error][script.below(4)];
    let method = Method::Other(script.number() & 0x0fff);
    let id = TransactionId(script.array());
    let mut builder = MessageBuilder::new(class, method, id);
    let mut first: Vec<(attribute::Kind, Vec<u8>)> = Vec::new();
    for _ in 0..script.below(16) {
        let kind = script.number();
        let special =
            [attribute::MESSAGE_INTEGRITY, attribute::MESSAGE_INTEGRITY_SHA256, attribute::FINGERPRINT];
        if special.contains(&kind) {
            continue;
        }
        let value = script.bytes().to_vec();
        builder = builder.attribute(kind, &value);
        let kind = if kind == OLD_XOR_MAPPED_ADDRESS { attribute::XOR_MAPPED_ADDRESS } else { kind };
        if !first.iter().any(|(known, _)| *known == kind) {
            first.push((kind, value));
        }
    }
    let peer = script.address();
    builder = builder.xor_address(attribute::XOR_PEER_ADDRESS, peer).integrity(KEY);
    let mut built = builder.finish();
    let message = Message::from_bytes(&built).expect("what we build can be read");
    assert_eq!((message.class, message.transaction, message.trailing), (class, id, 0));
    for (kind, value) in &first {
        assert_eq!(message.attribute(*kind), Some(value.as_slice()));
    }
    if !first.iter().any(|(kind, _)| *kind == attribute::XOR_PEER_ADDRESS) {
        assert_eq!(message.xor_address(attribute::XOR_PEER_ADDRESS), Some(peer));
    }
    assert_eq!(message.integrity(KEY), Integrity::Valid);
    assert_eq!(message.integrity(b"another"), Integrity::Wrong);

    // No protected bit can be flipped unnoticed: all but the two bytes of the length.
    let protected = built.len() - 8 - 24;
    let bit = usize::from(script.number()) * 8191 % (protected * 8);
    if !(16..32).contains(&bit) {
        built[bit / 8] ^= 1 << (bit % 8);
        let damaged = Message::from_bytes(&built);
        assert!(!damaged.is_ok_and(|message| message.integrity(KEY) == Integrity::Valid), "bit {bit}");
    }
}

/// Explains the bytes, as they are and as a text that a person pasted.
pub(super) fn stun_explain(bytes: &[u8]) {
    let mut inputs = vec![bytes.to_vec()];
    inputs.extend(explain::input::from_bytes(bytes).unwrap_or_default());
    inputs.extend(
        std::str::from_utf8(bytes)
            .ok()
            .and_then(|text| explain::input::from_text(text).ok())
            .into_iter()
            .flatten(),
    );
    for input in inputs {
        let key = Key { origin: "it".to_owned(), bytes: KEY.to_vec().into() };
        let all = explain::explain_all(&input, &|_, _| vec![key.clone()]);
        let mut at = 0;
        for one in &all {
            for field in &one.fields {
                assert_eq!((field.offset, &field.bytes[..]), (at, &input[at..at + field.bytes.len()]));
                at += field.bytes.len();
            }
            assert!(one.faults.iter().all(|fault| fault.offset <= input.len() && !fault.message.is_empty()));
            assert!(one.protocol != Protocol::Other || !one.is_sound());
            // What it finds nothing wrong with, the strict reader takes too.
            if one.protocol == Protocol::Stun && one.is_sound() {
                let message = Message::from_bytes(&input[one.offset..one.offset + one.length]);
                assert!(message.is_ok(), "{message:?} {one:?}");
            }
        }
        assert_eq!(at, input.len(), "every byte is in one field");
    }
}
