//! How fast captures are read, taken apart and analysed.
//!
//! `cargo bench --bench analyze -- --make DIR SECONDS` writes a capture of a made-up conference with the truth about it,
//! `--write SECONDS [DIR]` one to standard output, and into DIR the truth and how many bytes there were, `--streams SECONDS
//! N` one of so many streams; `--check DIR JSON` and `--tshark DIR TABLE` hold what a program says of the capture against
//! DIR's truth. For `scripts/bench-analyze`, `scripts/endurance` and `scripts/scale`.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a bench looks at the clock, and says what it saw"
)]

#[path = "../tests/analyze/generator.rs"]
mod generator;
mod inputs;

use std::collections::HashMap;
use std::fs::{self, File};
use std::hint::black_box;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

use criterion::{Criterion, Throughput};
use generator::{Plan, Truth, generate};
use inputs::capture::{CONFERENCE, analysis, conference, datagrams, records};
use rtcscope::analyze::Settings;
use rtcscope::srtp::KeyFile;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["--make", dir, seconds] => make(Path::new(dir), seconds.parse().expect("seconds")),
        ["--write", seconds] => _ = stream(seconds, "200"),
        ["--write", seconds, dir] => {
            let (truth, bytes) = stream(seconds, "200");
            note(Path::new(dir), &truth);
            fs::write(Path::new(dir).join("bytes"), bytes.to_string()).expect("a file can be made");
        }
        ["--streams", seconds, streams] => _ = stream(seconds, streams),
        ["--check", dir, json] => check(Path::new(dir), &fs::read_to_string(json).expect("a report")),
        ["--tshark", dir, table] => tshark(Path::new(dir), &fs::read_to_string(table).expect("a table")),
        _ => {
            let mut criterion = inputs::criterion();
            in_clear(&mut criterion);
            encrypted(&mut criterion);
            criterion.final_summary();
        }
    }
}

/// Counts what goes through it.
struct Counted<W>(W, u64);

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.0.write(bytes)?;
        self.1 += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

/// Writes so many seconds of so many streams to standard output.
fn stream(seconds: &str, streams: &str) -> (Vec<Truth>, u64) {
    let (seconds, streams) = (seconds.parse().expect("seconds"), streams.parse().expect("streams"));
    let mut out = BufWriter::with_capacity(1 << 16, Counted(std::io::stdout().lock(), 0));
    let truth = generate(Plan { seconds, streams, ..CONFERENCE }, &mut out).expect("standard output is read");
    out.flush().expect("standard output is read");
    (truth, out.get_ref().1)
}

/// Writes down the truth about a capture.
fn note(dir: &Path, truth: &[Truth]) {
    let mut rows = BufWriter::new(File::create(dir.join("truth.tsv")).expect("a file can be made"));
    for it in truth {
        writeln!(rows, "{:08x}\t{}\t{}\t{}", it.ssrc, it.packets, it.duplicated, it.lost).expect("a row");
    }
    rows.flush().expect("a file can be written");
}

/// Writes the whole, its first quarter, its two halves, and the truth. Says packets, bytes and streams.
fn make(dir: &Path, seconds: f64) {
    let create = |name: &str| BufWriter::new(File::create(dir.join(name)).expect("a file can be made"));
    let mut whole = create("whole.pcap");
    let truth = generate(Plan { seconds, ..CONFERENCE }, &mut whole).expect("a file can be written");
    whole.flush().expect("a file can be written");
    note(dir, &truth);
    let bytes = fs::metadata(dir.join("whole.pcap")).expect("it is there").len();
    let mut input = BufReader::new(File::open(dir.join("whole.pcap")).expect("it is there"));
    let mut header = [0; 24];
    input.read_exact(&mut header).expect("a header");
    let (mut quarter, mut first, mut second) =
        (create("quarter.pcap"), create("first.pcap"), create("second.pcap"));
    for part in [&mut quarter, &mut first, &mut second] {
        part.write_all(&header).expect("a file can be written");
    }
    let (mut at, mut packets) = (24, 0_u64);
    let mut record = vec![0; 16];
    while input.read_exact(&mut record[..16]).is_ok() {
        let length = u32::from_le_bytes([record[8], record[9], record[10], record[11]]) as usize;
        record.resize(16 + length, 0);
        input.read_exact(&mut record[16..]).expect("a packet");
        if at < bytes / 4 {
            quarter.write_all(&record).expect("a file can be written");
        }
        let half = if at < bytes / 2 { &mut first } else { &mut second };
        half.write_all(&record).expect("a file can be written");
        at += record.len() as u64;
        packets += 1;
    }
    println!("{packets} {bytes} {}", truth.len());
}

/// Packets, copies, losses of each source.
fn truth(dir: &Path) -> HashMap<u32, [u64; 3]> {
    let rows = fs::read_to_string(dir.join("truth.tsv")).expect("the truth");
    let row = |row: &str| {
        let mut words = row.split('\t');
        let ssrc = u32::from_str_radix(words.next()?, 16).ok()?;
        let numbers: Vec<u64> = words.map_while(|word| word.parse().ok()).collect();
        Some((ssrc, numbers.try_into().ok()?))
    };
    rows.lines().map(|line| row(line).expect("a row of four")).collect()
}

/// Losses before the first packet and behind the last cannot be seen.
fn is_lost_right(said: i64, lost: u64) -> bool {
    (0..=2).contains(&(lost as i64 - said))
}

/// Says how many rows there are, how many of them have packets and copies right, and how many the losses too.
fn check(dir: &Path, json: &str) {
    let (truth, json) = (truth(dir), serde_json::from_str::<serde_json::Value>(json).expect("JSON"));
    let rows = json["streams"].as_array().expect("streams");
    let (mut counted, mut right) = (0, 0);
    for row in rows {
        let ssrc =
            row["ssrc"].as_str().and_then(|ssrc| u32::from_str_radix(ssrc.strip_prefix("0x")?, 16).ok());
        let Some([packets, copies, lost]) = ssrc.and_then(|ssrc| truth.get(&ssrc)) else { continue };
        let fits = row["packets"] == *packets && row["duplicates"] == *copies;
        counted += u64::from(fits);
        right += u64::from(fits && is_lost_right(row["lost"].as_i64().unwrap_or(-1), *lost));
    }
    println!("{} {counted} {right}", rows.len());
}

/// The same of the table of `-z rtp,streams`.
fn tshark(dir: &Path, table: &str) {
    let truth = truth(dir);
    let (mut rows, mut counted, mut right) = (0, 0, 0);
    for line in table.lines() {
        // Start, end, addresses and ports, SSRC, payload (a word or several), packets, lost (percent), …
        let Some((front, behind)) = line.split_once(" 0x") else { continue };
        let Some((ssrc, behind)) = behind.split_once(' ') else { continue };
        let Ok(ssrc) = u32::from_str_radix(ssrc, 16) else { continue };
        rows += u64::from(!front.is_empty());
        let Some([packets, _, lost]) = truth.get(&ssrc) else { continue };
        let Some((numbers, _)) = behind.split_once('(') else { continue };
        let mut numbers = numbers.split_whitespace().rev().map(|word| word.parse::<i64>());
        let (Some(Ok(said_lost)), Some(Ok(said))) = (numbers.next(), numbers.next()) else { continue };
        let fits = said == *packets as i64;
        counted += u64::from(fits);
        right += u64::from(fits && is_lost_right(said_lost, *lost));
    }
    println!("{rows} {counted} {right}");
}

/// Packets a second, and bytes a second, of a second of a conference of 200 streams, 17,000 packets, 13 MB. The capture in
/// memory is cut into packets, opened down to the payload of UDP, and analysed to the last figure.
fn in_clear(criterion: &mut Criterion) {
    let (bytes, truth) = conference(1.0);
    let packets = records(&bytes, &mut |_| {});
    for (unit, throughput) in both(packets, &bytes) {
        let mut group = criterion.benchmark_group(format!("capture-{unit}"));
        group.throughput(throughput);
        group.bench_function("records", |bencher| {
            bencher.iter(|| records(black_box(&bytes), &mut |section| _ = black_box(section)));
        });
        group.bench_function("datagrams", |bencher| bencher.iter(|| datagrams(black_box(&bytes))));
        group.bench_function("analysis", |bencher| {
            bencher.iter(|| {
                let analysis = analysis(black_box(&bytes), Settings::default());
                assert_eq!(analysis.streams().count(), truth.len());
            });
        });
        group.finish();
    }
}

/// The same of ten seconds of one call, 7,000 packets: SRTP (AES-GCM), a handshake, a data channel. Once as it is on the
/// wire, once with the keys that open it.
fn encrypted(criterion: &mut Criterion) {
    let (bytes, keys) = inputs::call::capture(10);
    let packets = records(&bytes, &mut |_| {});
    for (unit, throughput) in both(packets, &bytes) {
        let mut group = criterion.benchmark_group(format!("srtp-{unit}"));
        group.throughput(throughput);
        for (name, keys) in [("closed", KeyFile::default()), ("opened", keys.clone())] {
            let settings = || Settings { keys: keys.clone(), ..Settings::default() };
            let opened =
                analysis(&bytes, settings()).decryption().map_or(0, |decryption| decryption.opened());
            assert_eq!(opened > packets / 2, !keys.is_empty(), "{opened} of {packets}");
            group.bench_function(name, |bencher| {
                bencher.iter(|| analysis(black_box(&bytes), settings()).streams().count());
            });
        }
        group.finish();
    }
}

fn both(packets: u64, bytes: &[u8]) -> [(&'static str, Throughput); 2] {
    [("packets", Throughput::Elements(packets)), ("bytes", Throughput::Bytes(bytes.len() as u64))]
}
