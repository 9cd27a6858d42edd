//! RTP and RTCP as they stand: headers, extensions, compounds. `cargo bench --bench rtp [-- NAME]`

#[path = "../tests/analyze/generator.rs"]
#[allow(dead_code, reason = "captures are another bench's")]
mod generator;
mod inputs;

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use inputs::packet;
use rtcscope::rtcp::{self, Content, FeedbackKind};
use rtcscope::{analyze::demux, rtp};

fn main() {
    let mut criterion = inputs::criterion();
    media(&mut criterion);
    control(&mut criterion);
    criterion.final_summary();
}

/// Time a packet of a video, of 1,128 bytes: what it is, its header, and the elements of its extension.
fn media(criterion: &mut Criterion) {
    let bytes = packet::rtp();
    let read = |bytes| rtp::Packet::read(bytes, bytes.len()).expect("it is RTP");
    let extension = |bytes| read(bytes).extension().expect("it has one");
    assert_eq!(extension(&bytes).elements().count(), 3);
    let mut group = criterion.benchmark_group("rtp");
    group.throughput(Throughput::Elements(1));
    group.bench_function("class", |bencher| bencher.iter(|| demux::class(black_box(&bytes), bytes.len())));
    group.bench_function("header", |bencher| {
        bencher.iter(|| {
            let packet = read(black_box(&bytes));
            (packet.ssrc(), packet.sequence(), packet.timestamp(), packet.marker(), packet.payload_length())
        });
    });
    group.bench_function("header+extension", |bencher| {
        bencher.iter(|| {
            extension(black_box(&bytes))
                .elements()
                .map(|(id, value)| usize::from(id) + value.len())
                .sum::<usize>()
        });
    });
    group.finish();
}

/// Time a compound packet: its blocks found, and each read. One of a sender, one of a receiver, one of transport-wide
/// feedback with the arrival of each of a hundred packets.
fn control(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("rtcp");
    group.throughput(Throughput::Elements(1));
    for (name, bytes, blocks) in [
        ("sr+sdes", packet::sender_report(), 2),
        ("rr+remb+nack", packet::receiver_feedback(), 3),
        ("transport-cc", packet::transport_wide(), 1),
    ] {
        assert_eq!(read(&bytes).0, blocks, "{name}");
        group.bench_function(format!("walk/{name}"), |bencher| {
            bencher.iter(|| rtcp::walk(black_box(&bytes), bytes.len()).count());
        });
        group.bench_function(format!("read/{name}"), |bencher| bencher.iter(|| read(black_box(&bytes))));
    }
    group.finish();
}

/// How many blocks it has, and arrivals in them.
fn read(bytes: &[u8]) -> (usize, usize) {
    rtcp::walk(bytes, bytes.len()).fold((0, 0), |(blocks, arrivals), block| {
        match black_box(block.read().expect("nothing is wrong with it")) {
            Content::Feedback(feedback) => match &feedback.kind {
                FeedbackKind::TransportCc(heard) => (blocks + 1, arrivals + heard.arrivals().count()),
                _ => (blocks + 1, arrivals),
            },
            _ => (blocks + 1, arrivals),
        }
    })
}
