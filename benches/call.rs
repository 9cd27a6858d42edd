//! The loop of a call without its sockets: engines, impairment, what is counted. `cargo bench --bench call [-- NAME]`

#[path = "../tests/analyze/generator.rs"]
#[allow(dead_code, reason = "captures are another bench's")]
mod generator;
mod inputs;

use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput};
use inputs::call::Line;

fn main() {
    let mut criterion = inputs::criterion();
    loops(&mut criterion);
    setup(&mut criterion);
    criterion.final_summary();
}

/// Time for 100 ms of a call that is up, of audio, 2 Mbit/s of video and 20 pings a second both ways; and datagrams a
/// second, each sealed, damaged where there is damage, opened and counted.
fn loops(criterion: &mut Criterion) {
    const SPAN: Duration = Duration::from_millis(100);
    let mut group = criterion.benchmark_group("call");
    for (name, impairment) in [("clean", None), ("impaired", Some("loss=2%,delay=20ms,jitter=5ms"))] {
        let mut line = Line::up(impairment);
        // Of ten seconds, as key frames come every three.
        let datagrams = line.run(100 * SPAN, &mut |_, _, _| {}) / 100;
        group.throughput(Throughput::Elements(datagrams));
        group.bench_function(name, |bencher| bencher.iter(|| line.run(SPAN, &mut |_, _, _| {})));
    }
    group.finish();
}

/// Time for a call to come up: two engines, offer and answer, ICE, DTLS, SCTP, the first packets.
fn setup(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("call-setup");
    group.bench_function("whole", |bencher| {
        bencher.iter_batched(|| (), |()| Line::up(None), BatchSize::SmallInput);
    });
    group.finish();
}
