//! The message layer of STUN: what each packet of a probe costs. `cargo bench --bench stun [-- NAME]`

#[path = "../tests/analyze/generator.rs"]
#[allow(dead_code, reason = "captures are another bench's")]
mod generator;
mod inputs;

use std::hint::black_box;

use criterion::{BenchmarkGroup, Criterion, Throughput, measurement::WallTime};
use inputs::packet::{KEY, allocate_success};
use rtcscope::stun::{Class, Integrity, Message, MessageBuilder, Method, TransactionId, attribute};

fn main() {
    let mut criterion = inputs::criterion();
    messages(&mut criterion);
    criterion.final_summary();
}

fn messages(criterion: &mut Criterion) {
    let bytes = allocate_success();
    let mut group = criterion.benchmark_group("stun");
    // Each is time a message, and messages a second.
    group.throughput(Throughput::Elements(1));
    parse(&mut group, &bytes);
    integrity(&mut group, &bytes);
    build(&mut group);
    group.finish();
}

/// Layout, bounds, FINGERPRINT and all attributes of a message of a server.
fn parse(group: &mut BenchmarkGroup<'_, WallTime>, bytes: &[u8]) {
    group.bench_function("parse", |bencher| {
        bencher.iter(|| {
            let message = Message::from_bytes(black_box(bytes)).expect("what we build can be read");
            black_box(message.xor_address(attribute::XOR_RELAYED_ADDRESS));
            message
        });
    });
}

/// MESSAGE-INTEGRITY alone, held against the key.
fn integrity(group: &mut BenchmarkGroup<'_, WallTime>, bytes: &[u8]) {
    let message = Message::from_bytes(bytes).expect("what we build can be read");
    assert_eq!(message.integrity(&KEY), Integrity::Valid);
    group.bench_function("integrity", |bencher| bencher.iter(|| message.integrity(black_box(&KEY))));
}

/// A message of six attributes: bare, with FINGERPRINT, and with MESSAGE-INTEGRITY as well.
fn build(group: &mut BenchmarkGroup<'_, WallTime>) {
    let request = || {
        MessageBuilder::new(Class::Request, Method::Allocate, TransactionId([7; 12]))
            .number(attribute::LIFETIME, 600)
            .attribute(attribute::SOFTWARE, b"rtcscope")
    };
    group.bench_function("build/bare", |bencher| bencher.iter(|| request().bare()));
    group.bench_function("build/fingerprint", |bencher| bencher.iter(|| request().finish()));
    group.bench_function("build/integrity+fingerprint", |bencher| bencher.iter(allocate_success));
}
