//! How fast descriptions are cut into lines, read, explained and linted. `cargo bench --bench sdp [-- NAME]`
//!
//! `cargo bench --bench sdp -- --table FILE` times one description instead, beside the package `sdp`, for `scripts/bench-sdp`.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a bench looks at the clock, and says what it saw"
)]

#[path = "../tests/analyze/generator.rs"]
#[allow(dead_code, reason = "captures are another bench's")]
mod generator;
mod inputs;

use std::hint::black_box;
use std::io::Cursor;
use std::time::Instant;

use criterion::{BenchmarkId, Criterion, Throughput};
use inputs::description::{OFFER, conference, explain, lint};
use rtcscope::sdp::text::Lines;
use rtcscope::sdp::{Session, Text};

fn main() {
    let words: Vec<String> = std::env::args().collect();
    if let Some(at) = words.iter().position(|word| word == "--table") {
        let path = words.get(at + 1).expect("a file");
        return table(&std::fs::read(path).expect("a description"));
    }
    let mut criterion = inputs::criterion();
    ordinary(&mut criterion);
    long(&mut criterion);
    criterion.final_summary();
}

/// A line a job: its name, and microseconds of the median run.
fn table(bytes: &[u8]) {
    let text = std::str::from_utf8(bytes).expect("a description is text");
    let jobs: [(&str, &dyn Fn() -> usize); 5] = [
        ("scan", &|| Lines::of(black_box(text)).map(|line| line.value.end).sum()),
        ("read", &|| Session::from_text(&Text::from_bytes(black_box(bytes))).media().len()),
        ("explain", &|| explain(black_box(bytes)).map_or(0, |facts| facts.media.len())),
        ("lint", &|| lint(black_box(bytes))),
        ("sdp", &|| {
            let read = ::sdp::SessionDescription::unmarshal(&mut Cursor::new(black_box(bytes)));
            read.expect("the package takes it").media_descriptions.len()
        }),
    ];
    for (name, job) in jobs {
        let run = || {
            let start = Instant::now();
            black_box(job());
            start.elapsed().as_secs_f64() * 1e6
        };
        (0..100).for_each(|_| _ = run());
        let mut times: Vec<f64> = (0..1001).map(|_| run()).collect();
        times.sort_by(f64::total_cmp);
        println!("{name} {:.1}", times[500]);
    }
}

/// One m-line with very many sources.
fn sources(count: usize) -> Vec<u8> {
    let head =
        b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n".to_vec();
    (0..count).fold(head, |mut text, ssrc| {
        text.extend_from_slice(format!("a=ssrc:{ssrc} cname:abcdefgh\r\n").as_bytes());
        text
    })
}

/// Very many m-lines in one group.
fn sections(count: usize) -> Vec<u8> {
    let mids: String = (0..count).map(|mid| format!(" {mid}")).collect();
    let head = format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE{mids}\r\na=setup:actpass\r\n"
    );
    (0..count).fold(head.into_bytes(), |mut text, mid| {
        let section =
            format!("m=audio 9 UDP/TLS/RTP/SAVPF 0 8\r\na=mid:{mid}\r\na=rtcp-mux\r\na=sendrecv\r\n");
        text.extend_from_slice(section.as_bytes());
        text
    })
}

/// Time for a description of a browser's length, and bytes a second: one call (2.5 KB), and a conference of 20 m-lines
/// (35 KB). Cut into lines; read as text; read with the views of all attributes; linted, with the reading; explained.
fn ordinary(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("sdp");
    for (name, bytes) in [("call", OFFER.to_vec()), ("conference", conference(20))] {
        let text = String::from_utf8(bytes.clone()).expect("ASCII");
        let lines = Text::from_bytes(&bytes);
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function(BenchmarkId::new("lines", name), |bencher| {
            bencher.iter(|| Lines::of(black_box(&text)).map(|line| line.value.end).sum::<usize>());
        });
        group.bench_function(BenchmarkId::new("text", name), |bencher| {
            bencher.iter(|| Text::from_bytes(black_box(&bytes)).lines().len());
        });
        group.bench_function(BenchmarkId::new("views", name), |bencher| {
            bencher.iter(|| Session::from_text(black_box(&lines)).media().len());
        });
        group.bench_function(BenchmarkId::new("lint", name), |bencher| {
            bencher.iter(|| lint(black_box(&bytes)))
        });
        group.bench_function(BenchmarkId::new("explain", name), |bencher| {
            bencher.iter(|| explain(black_box(&bytes)));
        });
    }
    group.finish();
}

/// Bytes a second of what is longer than anybody writes, in three lengths: it must not fall.
fn long(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("long");
    group.sample_size(10);
    let made = [10_000, 20_000, 40_000].map(|count| ("sources", count, sources(count)));
    for (name, count, bytes) in
        made.into_iter().chain([2_500, 5_000, 10_000].map(|count| ("sections", count, sections(count))))
    {
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function(BenchmarkId::new(format!("lint/{name}"), count), |bencher| {
            bencher.iter(|| lint(black_box(&bytes)));
        });
        group.bench_function(BenchmarkId::new(format!("explain/{name}"), count), |bencher| {
            bencher.iter(|| explain(black_box(&bytes)));
        });
    }
    group.finish();
}
