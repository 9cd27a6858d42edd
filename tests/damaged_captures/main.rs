//! Captures, damaged at random from a fixed seed, through everything between a file and its report: no panic, no hang,
//! no memory that the input does not warrant.
//!
//! A second or two in every `cargo test`. `RTCSCOPE_MUTATIONS=1000000` damages as many packets, and a tenth as many
//! files; `RTCSCOPE_CORPUS` adds captures of the field to the seeds. `scripts/damage` does both.
#![allow(clippy::disallowed_methods, reason = "tests look at the clock, and make files")]
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "what is made here is our own")]

#[path = "../analyze/generator.rs"]
mod generator;
mod seeds;

use std::alloc::System;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rtcscope::analyze::payloads::Payloads;
use rtcscope::analyze::summary::Summary;
use rtcscope::analyze::{Analysis, Settings};
use rtcscope::capture::{Decoder, Record, Time};
use rtcscope::io::capture::CaptureFile;
use rtcscope::io::captures::{self, Event};
use rtcscope::report::Report as _;
use rtcscope::srtp::KeyFile;
use seeds::{Packet, Seed};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static MEMORY: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Bytes that one packet may make us ask for, all requests together.
const MOST_OF_A_PACKET: usize = 16 << 20;
/// The same of a small file and its report: buffers, batches and tables included.
const MOST_OF_A_FILE: usize = 96 << 20;
/// Nothing that small takes so long, unless the machine has other things to do.
const PATIENCE: Duration = Duration::from_secs(5);
/// Packets that one analysis takes, before it has to report.
const TOGETHER: u64 = 4000;

/// Memory is counted over all threads: one test at a time.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// How many packets are damaged, and how long that may take where it was not asked for.
fn plan() -> (u64, Option<Duration>) {
    match std::env::var("RTCSCOPE_MUTATIONS") {
        Ok(number) => (number.parse().expect("RTCSCOPE_MUTATIONS is a number"), None),
        Err(_) => (20_000, Some(Duration::from_millis(1500))),
    }
}

#[test]
fn damaged_packets_are_counted_and_cost_little() {
    let _guard = alone();
    let (most, patience) = plan();
    let seeds = seeds::all();
    let mut chance = StdRng::seed_from_u64(7983);
    let (start, mut done, mut most_bytes, mut longest) = (Instant::now(), 0, 0, Duration::ZERO);
    let is_time = |done: u64| done < most && patience.is_none_or(|patience| start.elapsed() < patience);
    while is_time(done) {
        let mut decoder = Decoder::new(0);
        let mut analysis = Analysis::new(settings(&mut chance));
        let end = done + TOGETHER.min(most - done);
        while done < end && is_time(done) {
            let seed = &seeds[chance.random_range(0..seeds.len())];
            let from = chance.random_range(0..seed.packets.len());
            let run = chance.random_range(1..200);
            for packet in seed.packets[from..].iter().take(run.min((end - done) as usize)) {
                done += 1;
                let packet = damaged(packet, &seeds, &mut chance);
                let (region, began) = (Region::new(MEMORY), Instant::now());
                let fed = catch_unwind(AssertUnwindSafe(|| feed(&packet, done, &mut decoder, &mut analysis)));
                assert!(fed.is_ok(), "broke on packet {done}: {packet:?}");
                let bytes = asked(&region);
                assert!(bytes < MOST_OF_A_PACKET, "{bytes} bytes for packet {done}: {packet:?}");
                (most_bytes, longest) = (most_bytes.max(bytes), longest.max(began.elapsed()));
                assert!(longest < PATIENCE, "{longest:?} for packet {done}: {packet:?}");
            }
        }
        let reported = catch_unwind(AssertUnwindSafe(|| report(Vec::new(), analysis)));
        assert!(reported.is_ok(), "broke on the report of the packets before {done}");
    }
    eprintln!("{done} packets; at most {most_bytes} bytes and {longest:?} for one; {:?}", start.elapsed());
    assert!(done > 500, "{done} packets");
}

#[test]
fn damaged_files_are_read_to_where_they_can_be() {
    let _guard = alone();
    let (most, patience) = plan();
    let most = most / 10;
    let seeds: Vec<Vec<u8>> = seeds::all().iter().flat_map(seeds::files).collect();
    let mut chance = StdRng::seed_from_u64(5761);
    let path = std::env::temp_dir().join(format!("rtcscope-damaged-{}", std::process::id()));
    let (start, mut done, mut read) = (Instant::now(), 0, 0);
    let (mut most_bytes, mut longest) = (0, Duration::ZERO);
    while done < most && patience.is_none_or(|patience| start.elapsed() < patience) {
        done += 1;
        let file = altered(&seeds[chance.random_range(0..seeds.len())], &seeds, &mut chance);
        std::fs::write(&path, &file).unwrap();
        let settings = settings(&mut chance);
        let (region, began) = (Region::new(MEMORY), Instant::now());
        let packets = catch_unwind(AssertUnwindSafe(|| whole(&path, settings)));
        let (bytes, took) = (asked(&region), began.elapsed());
        let kept = path.with_extension("kept");
        let keep = |what: String| -> ! {
            std::fs::write(&kept, &file).unwrap();
            panic!("{what} in file {done}, which is {}", kept.display());
        };
        match packets {
            Ok(packets) => read += packets,
            Err(_) => keep("broke".to_owned()),
        }
        if bytes > MOST_OF_A_FILE {
            keep(format!("{bytes} bytes"));
        }
        if took > PATIENCE {
            keep(format!("{took:?}"));
        }
        (most_bytes, longest) = (most_bytes.max(bytes), longest.max(took));
    }
    let _ = std::fs::remove_file(&path);
    eprintln!(
        "{done} files with {read} packets; at most {most_bytes} bytes and {longest:?} for one; {:?}",
        start.elapsed()
    );
    assert!(done > 20 && read > done, "{read} packets in {done} files");
}

fn asked(region: &Region<'_, System>) -> usize {
    let change = region.change();
    change.bytes_allocated + usize::try_from(change.bytes_reallocated).unwrap_or(0)
}

/// With and without keys and clocks.
fn settings(chance: &mut StdRng) -> Settings {
    let mut keys = KeyFile::default();
    if chance.random_range(0..4) == 0 {
        keys.read("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNk");
    }
    let clocks = [(96, chance.random_range(1000..1_000_000))].into();
    Settings {
        payloads: Payloads::with_clocks(clocks),
        keys,
        interval_ns: chance.random_range(0..2_000_000_000),
        ..Settings::default()
    }
}

fn feed(packet: &Packet, number: u64, decoder: &mut Decoder, analysis: &mut Analysis) {
    let at = Time(packet.at);
    let record = Record {
        number,
        at,
        link_type: packet.link_type,
        interface: 0,
        data: &packet.data,
        length: packet.length,
    };
    analysis.time(at);
    if let Some(datagram) = decoder.datagram(&record) {
        analysis.datagram(&datagram);
    }
}

/// What is said in the end, in all forms.
fn report(captures: Vec<rtcscope::analyze::summary::CaptureFacts>, mut analysis: Analysis) {
    analysis.finish();
    let summary = Summary::new(captures, &analysis);
    assert!(serde_json::to_string(&summary).unwrap().len() > 100);
    assert!(!summary.document().blocks.is_empty());
}

/// A file as the program reads it; how many packets it had.
fn whole(path: &Path, settings: Settings) -> u64 {
    let Ok(file) = CaptureFile::open(path) else { return 0 };
    let mut analysis = Analysis::new(settings);
    let headers = analysis.decryption().is_none();
    let captures = captures::read(vec![file], headers, &mut |_| {}, &mut |event| {
        match event {
            Event::Packet(at, datagram) => {
                analysis.time(at);
                datagram.iter().for_each(|datagram| analysis.datagram(datagram));
            }
            Event::KeyLog(log) => analysis.keys(&String::from_utf8_lossy(log)),
        }
        true
    });
    let packets = captures.iter().map(|capture| capture.packets).sum();
    report(captures, analysis);
    packets
}

/// A packet as it is now and then, else with something done to its bytes, its length, its time or its link.
fn damaged(packet: &Packet, seeds: &[Seed], chance: &mut StdRng) -> Packet {
    let mut packet = packet.clone();
    if chance.random_range(0..8) == 0 {
        return packet;
    }
    let others = &seeds[chance.random_range(0..seeds.len())].packets;
    let other = &others[chance.random_range(0..others.len())];
    let whole = packet.data.len() as u32 == packet.length;
    // Headers are looked at more than what is behind them.
    let most = if chance.random() { packet.data.len() } else { packet.data.len().min(100) };
    for _ in 0..chance.random_range(1..=4) {
        change(&mut packet.data, &other.data, most, chance);
    }
    if whole {
        packet.length = packet.data.len() as u32;
    }
    match chance.random_range(0..64) {
        0 => packet.length = chance.random(),
        1 => packet.at = chance.random(),
        2 => packet.at += chance.random_range(-100_000_000_000..100_000_000_000),
        3 => packet.link_type = [0, 1, 9, 12, 101, 104, 105, 113, 127, 252, 276][chance.random_range(0..11)],
        _ => {}
    }
    packet
}

fn altered(file: &[u8], others: &[Vec<u8>], chance: &mut StdRng) -> Vec<u8> {
    let mut file = file.to_vec();
    let other = &others[chance.random_range(0..others.len())];
    for _ in 0..chance.random_range(1..=6) {
        let most = if chance.random() { file.len() } else { file.len().min(200) };
        change(&mut file, other, most, chance);
    }
    file
}

/// One thing done to bytes, up to `most` of them in.
fn change(bytes: &mut Vec<u8>, other: &[u8], most: usize, chance: &mut StdRng) {
    const EXTREMES: [u8; 8] = [0, 1, 0x7f, 0x80, 0xff, 0x0f, 0x1f, 0x40];
    let at = chance.random_range(0..=most.min(bytes.len()));
    let one = at < bytes.len();
    match chance.random_range(0..16) {
        0 => bytes.truncate(at),
        1 => bytes.insert(at, chance.random()),
        2 => {
            let from = chance.random_range(0..=other.len());
            let to = chance.random_range(from..=other.len().min(from + 400));
            bytes.splice(at..at, other[from..to].iter().copied());
        }
        3 => {
            let end = (at + chance.random_range(0..64)).min(bytes.len());
            bytes.drain(at..end);
        }
        4 => {
            // A piece of another, over this one.
            let length = chance.random_range(0..64).min(other.len()).min(bytes.len() - at);
            let from = chance.random_range(0..=other.len() - length);
            bytes[at..at + length].copy_from_slice(&other[from..from + length]);
        }
        5 | 6 if bytes.len() >= at + 2 => {
            let word: u16 =
                [0, 1, 2, 3, 0x7fff, 0x8000, 0xfffe, 0xffff, chance.random()][chance.random_range(0..9)];
            bytes[at..at + 2].copy_from_slice(&word.to_be_bytes());
        }
        7 if bytes.len() >= at + 4 => {
            let word: u32 =
                [0, 1, 0x7fff_ffff, 0x8000_0000, u32::MAX, chance.random()][chance.random_range(0..6)];
            bytes[at..at + 4].copy_from_slice(&word.to_be_bytes());
        }
        8..=10 if one => bytes[at] = EXTREMES[chance.random_range(0..8)],
        11 | 12 if one => bytes[at] = chance.random(),
        _ if one => bytes[at] ^= 1 << chance.random_range(0..8),
        _ => bytes.push(chance.random()),
    }
}
