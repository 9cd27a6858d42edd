//! How fast descriptions are cut into lines, read, and explained.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use rtcscope::sdp::explain::{Given, SessionFacts};
use rtcscope::sdp::text::Lines;
use rtcscope::sdp::{Session, Text};

fn main() {
    divan::main();
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
fn explain_sources(bencher: Bencher, count: usize) {
    let bytes = sources(count);
    bencher.counter(BytesCount::new(bytes.len())).bench_local(|| explain(black_box(bytes.clone())));
}

#[divan::bench(args = [2_500, 5_000, 10_000])]
fn explain_sections(bencher: Bencher, count: usize) {
    let bytes = sections(count);
    bencher.counter(BytesCount::new(bytes.len())).bench_local(|| explain(black_box(bytes.clone())));
}
