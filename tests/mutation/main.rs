//! Good input, damaged at random from a fixed seed, through everything that reads untrusted bytes: a
//! few seconds of what `fuzz/` does for hours, on stable, in every `cargo test`.
#![allow(clippy::disallowed_methods, reason = "tests look at the clock; the targets are given its time")]

mod growth;
mod seeds;
mod targets;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// Damaged inputs for each target, unless the machine is so slow that `PATIENCE` comes first.
const ROUNDS: u32 = 20_000;
const PATIENCE: Duration = Duration::from_millis(1500);

#[test]
fn captures() {
    run("capture");
}

#[test]
fn stun_messages() {
    run("stun_message");
}

#[test]
fn explanations() {
    run("stun_explain");
}

#[test]
fn recordings() {
    run("recording");
}

#[test]
fn turn_streams() {
    run("turn_stream");
}

#[test]
fn server_uris() {
    run("server_uri");
}

#[test]
fn ice_servers() {
    run("ice_servers");
}

#[test]
fn certificates() {
    run("certificate");
}

#[test]
fn descriptions() {
    run("sdp");
}

#[test]
fn sources_of_sdp() {
    run("sdp_source");
}

#[test]
fn dtls_clients() {
    run("dtls_client");
}

#[test]
fn turnserver_confs() {
    run("turnserver_conf");
}

#[test]
fn link_layers() {
    run("link");
}

#[test]
fn rtp() {
    run("rtp");
}

#[test]
fn rtcp() {
    run("rtcp");
}

#[test]
fn dtls_records() {
    run("dtls_records");
}

#[test]
fn sctp() {
    run("sctp");
}

#[test]
fn keys() {
    run("keys");
}

#[test]
fn plans() {
    run("plan");
}

#[test]
fn requests() {
    run("http");
}

#[test]
fn recordings_as_pcapng() {
    run("pcapng");
}

#[test]
fn the_embedded_server() {
    run("server");
}

#[test]
fn pairs_of_descriptions() {
    run("sdp_views");
}

#[test]
fn calls() {
    run("analyze");
}

#[test]
fn arguments() {
    run("arguments");
}

/// What is in `testdata/fuzz` broke the target whose name comes first, once.
#[test]
fn what_broke_a_target_does_so_no_more() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/fuzz");
    let files = std::fs::read_dir(folder).expect("the fixtures");
    let names = files
        .map(|file| file.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|end| end == "bin"));
    let mut seen = 0;
    for path in names {
        let name = path.file_stem().and_then(|name| name.to_str()).and_then(|name| name.split('-').next());
        let (_, target) = targets::TARGETS.iter().find(|(known, _)| Some(*known) == name).expect("a target");
        target(&std::fs::read(&path).expect("a fixture"));
        seen += 1;
    }
    assert!(seen > 0, "no fixtures");
}

#[test]
fn the_conversation_that_seeds_the_rest_has_every_kind_of_frame() {
    let said = seeds::conversation();
    let channel = |bytes: &&Vec<u8>| bytes[0] >> 6 == 1;
    assert!(said.iter().filter(channel).count() >= 6, "{} messages", said.len());
    assert!(said.len() >= 20, "{} messages", said.len());
    assert!(said.iter().filter(|bytes| !channel(bytes)).all(|bytes| bytes[4..8] == [0x21, 0x12, 0xa4, 0x42]));
}

fn run(name: &str) {
    let (_, target) = targets::TARGETS.iter().find(|(known, _)| *known == name).expect("a target");
    let seeds = seeds::of(name);
    for seed in &seeds {
        target(seed);
    }
    let mut chance = StdRng::seed_from_u64(8489);
    let end = Instant::now() + PATIENCE;
    for round in 0..ROUNDS {
        let input = damaged(&seeds, &mut chance);
        if catch_unwind(AssertUnwindSafe(|| target(&input))).is_err() {
            let hex: String = input.iter().map(|byte| format!("{byte:02x}")).collect();
            panic!("{name} broke in round {round} on {hex}");
        }
        if Instant::now() >= end {
            break;
        }
    }
    growth::check(name, *target, &seeds);
}

/// One seed with one to four things done to it.
fn damaged(seeds: &[Vec<u8>], chance: &mut StdRng) -> Vec<u8> {
    let mut input = seeds[chance.random_range(0..seeds.len())].clone();
    for _ in 0..chance.random_range(1..=4) {
        let at = chance.random_range(0..=input.len());
        match chance.random_range(0..7) {
            0 => input.truncate(at),
            1 => input.insert(at, chance.random()),
            2 => {
                let other = &seeds[chance.random_range(0..seeds.len())];
                let from = chance.random_range(0..=other.len());
                let to = chance.random_range(from..=other.len());
                let tail = input.split_off(at);
                input.extend_from_slice(&other[from..to]);
                input.extend(tail);
            }
            3 if at < input.len() => input[at] = [0, 1, 0x7f, 0x80, 0xff][chance.random_range(0..5)],
            4 if at < input.len() => input[at] = chance.random(),
            5 if at < input.len() => drop(input.remove(at)),
            _ if at < input.len() => input[at] ^= 1 << chance.random_range(0..8),
            _ => input.push(chance.random()),
        }
    }
    input
}
