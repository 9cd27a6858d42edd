//! How fast descriptions are cut into lines, read, explained and linted.
//!
//! `cargo bench --bench sdp -- --table FILE` times one description instead, beside the package `sdp`, for `scripts/bench`.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a bench looks at the clock, and says what it saw"
)]

use std::io::Cursor;
use std::time::Instant;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use rtcscope::sdp::explain::{Given, SessionFacts};
use rtcscope::sdp::lint::{self, Description, Selection};
use rtcscope::sdp::source::Kind;
use rtcscope::sdp::text::Lines;
use rtcscope::sdp::{Session, Text};

fn main() {
    let words: Vec<String> = std::env::args().collect();
    match words.iter().position(|word| word == "--table").and_then(|at| words.get(at + 1)) {
        Some(path) => table(&std::fs::read(path).expect("a description")),
        None => divan::main(),
    }
}

/// A line a job: its name, and microseconds of the median run.
fn table(bytes: &[u8]) {
    let text = std::str::from_utf8(bytes).expect("a description is text");
    let jobs: [(&str, &dyn Fn() -> usize); 5] = [
        ("scan", &|| Lines::of(black_box(text)).map(|line| line.value.end).sum()),
        ("read", &|| Session::from_text(&Text::from_bytes(black_box(bytes))).media().len()),
        ("explain", &|| explain(black_box(bytes.to_vec())).map_or(0, |facts| facts.media.len())),
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

fn lint(bytes: &[u8]) -> usize {
    let text = Text::from_bytes(bytes);
    let session = Session::from_text(&text);
    lint::one(&Description::of(&session, Kind::Offer), &Selection::all()).into_found().len()
}

const OFFER: &[u8] = include_bytes!("../testdata/sdp/offer.sdp");

/// About a megabyte of ordinary lines.
fn large() -> Vec<u8> {
    OFFER.repeat(1_000_000 / OFFER.len())
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

fn explain(bytes: Vec<u8>) -> Option<SessionFacts> {
    SessionFacts::of(&Given { bytes, ..Given::default() }, false)
}

#[divan::bench]
fn scan(bencher: Bencher) {
    let bytes = large();
    let text = String::from_utf8(bytes).expect("ASCII");
    bencher
        .counter(BytesCount::new(text.len()))
        .bench_local(|| Lines::of(black_box(&text)).map(|l| l.value.end).sum::<usize>());
}

#[divan::bench]
fn text(bencher: Bencher) {
    let bytes = large();
    bencher
        .counter(BytesCount::new(bytes.len()))
        .bench_local(|| Text::from_bytes(black_box(&bytes)).lines().len());
}

#[divan::bench]
fn session(bencher: Bencher) {
    let bytes = large();
    let text = Text::from_bytes(&bytes);
    bencher
        .counter(BytesCount::new(bytes.len()))
        .bench_local(|| Session::from_text(black_box(&text)).media().len());
}

#[divan::bench]
fn explain_one_offer(bencher: Bencher) {
    bencher.counter(BytesCount::new(OFFER.len())).bench_local(|| explain(black_box(OFFER.to_vec())));
}

#[divan::bench(args = [10_000, 20_000, 40_000])]
fn lint_sources(bencher: Bencher, count: usize) {
    let bytes = sources(count);
    bencher.counter(BytesCount::new(bytes.len())).bench_local(|| lint(black_box(&bytes)));
}

#[divan::bench(args = [2_500, 5_000, 10_000])]
fn lint_sections(bencher: Bencher, count: usize) {
    let bytes = sections(count);
    bencher.counter(BytesCount::new(bytes.len())).bench_local(|| lint(black_box(&bytes)));
}

#[divan::bench(args = [10_000, 20_000, 40_000])]
fn explain_sources(bencher: Bencher, count: usize) {
    let bytes = sources(count);
    bencher.counter(BytesCount::new(bytes.len())).bench_local(|| explain(black_box(bytes.clone())));
}

#[divan::bench(args = [2_500, 5_000, 10_000])]
fn explain_sections(bencher: Bencher, count: usize) {
    let bytes = sections(count);
    bencher.counter(BytesCount::new(bytes.len())).bench_local(|| explain(black_box(bytes.clone())));
}
