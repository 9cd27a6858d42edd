//! The message layer: what each packet of a probe costs. `cargo bench --bench stun`

use std::net::SocketAddr;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use rtcscope::stun::{Class, Integrity, Message, MessageBuilder, Method, TransactionId, attribute};

fn main() {
    divan::main();
}

const KEY: [u8; 16] = *b"0123456789abcdef";

/// An authenticated Allocate success, as a server sends it.
fn encode() -> Vec<u8> {
    let relayed: SocketAddr = ([198, 51, 100, 1], 49160).into();
    let reflexive: SocketAddr = ([198, 51, 100, 10], 40000).into();
    MessageBuilder::new(Class::Success, Method::Allocate, TransactionId([7; 12]))
        .xor_address(attribute::XOR_RELAYED_ADDRESS, relayed)
        .xor_address(attribute::XOR_MAPPED_ADDRESS, reflexive)
        .number(attribute::LIFETIME, 600)
        .attribute(attribute::SOFTWARE, b"rtcscope")
        .integrity(&KEY)
        .finish()
}

/// Layout, bounds and FINGERPRINT.
#[divan::bench]
fn decode(bencher: Bencher) {
    let bytes = encode();
    bencher.counter(BytesCount::of_slice(&bytes)).bench(|| Message::from_bytes(black_box(&bytes)));
}

/// With MESSAGE-INTEGRITY and FINGERPRINT.
#[divan::bench]
fn encode_and_sign(bencher: Bencher) {
    bencher.counter(BytesCount::of_slice(&encode())).bench(encode);
}

/// MESSAGE-INTEGRITY alone.
#[divan::bench]
fn verify(bencher: Bencher) {
    let bytes = encode();
    let message = Message::from_bytes(&bytes).expect("what we build can be read");
    assert_eq!(message.integrity(&KEY), Integrity::Valid);
    bencher.counter(BytesCount::of_slice(&bytes)).bench(|| message.integrity(black_box(&KEY)));
}
