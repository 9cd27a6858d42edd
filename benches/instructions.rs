//! Work whose instructions valgrind counts, for `scripts/instructions`: the same at each run, on a busy machine too.
//!
//! `instructions PATH` does its work once without being counted, then once in [`counted`], and prints what that was: units,
//! their name, and bytes. `instructions` alone lists the paths.
#![allow(clippy::print_stdout, reason = "it tells a script")]

#[path = "../tests/analyze/generator.rs"]
mod generator;
mod inputs;

use std::hint::black_box;
use std::time::Duration;

use inputs::{call, capture, description, packet};
use rtcscope::analyze::Settings;
use rtcscope::stun::{Integrity, Message};

/// A path through the program: its name, what is done, what one unit of it is, and how it is made ready.
struct Path {
    name: &'static str,
    about: &'static str,
    unit: &'static str,
    ready: fn() -> Box<dyn FnMut() -> Done>,
}

/// How much was done.
struct Done {
    units: u64,
    bytes: u64,
}

const PATHS: [Path; 6] = [
    Path {
        name: "analyze",
        about: "a conference of 200 streams, from the capture file to the last stream's last figure",
        unit: "packet",
        ready: || {
            let (bytes, _) = capture::conference(10.0);
            let packets = capture::records(&bytes, &mut |_| {});
            Box::new(move || {
                black_box(capture::analysis(&bytes, Settings::default()));
                Done { units: packets, bytes: bytes.len() as u64 }
            })
        },
    },
    Path {
        name: "analyze-keys",
        about: "a call of SRTP, DTLS and a data channel, opened with its keys",
        unit: "packet",
        ready: || {
            let (bytes, keys) = call::capture(10);
            let packets = capture::records(&bytes, &mut |_| {});
            Box::new(move || {
                black_box(capture::analysis(&bytes, Settings { keys: keys.clone(), ..Settings::default() }));
                Done { units: packets, bytes: bytes.len() as u64 }
            })
        },
    },
    Path {
        name: "sdp-lint",
        about: "an offer of one call and one of a conference of 20 m-lines, read and held against all rules",
        unit: "line",
        ready: || {
            let texts = [description::OFFER.to_vec(), description::conference(20)];
            Box::new(move || {
                for text in &texts {
                    black_box(description::lint(text));
                }
                descriptions(&texts)
            })
        },
    },
    Path {
        name: "sdp-explain",
        about: "the same, explained",
        unit: "line",
        ready: || {
            let texts = [description::OFFER.to_vec(), description::conference(20)];
            Box::new(move || {
                for text in &texts {
                    black_box(description::explain(text));
                }
                descriptions(&texts)
            })
        },
    },
    Path {
        name: "stun",
        about: "an Allocate success built and signed, read, and its integrity checked",
        unit: "message",
        ready: || {
            Box::new(|| {
                const MESSAGES: u64 = 1000;
                let mut bytes = 0;
                for _ in 0..MESSAGES {
                    let message = packet::allocate_success();
                    bytes += message.len() as u64;
                    let message = Message::from_bytes(&message).expect("what we build can be read");
                    assert_eq!(message.integrity(&packet::KEY), Integrity::Valid);
                }
                Done { units: MESSAGES, bytes }
            })
        },
    },
    Path {
        name: "call",
        about: "both ends of a call of audio, 2 Mbit/s of video and a data channel, without sockets",
        unit: "datagram",
        ready: || {
            let mut line = call::Line::up(None);
            Box::new(move || {
                let mut bytes = 0;
                let units =
                    line.run(Duration::from_secs(6), &mut |_, _, datagram| bytes += datagram.len() as u64);
                Done { units, bytes }
            })
        },
    },
];

fn descriptions(texts: &[Vec<u8>]) -> Done {
    let lines = texts.iter().flatten().filter(|byte| **byte == b'\n').count();
    Done { units: lines as u64, bytes: texts.iter().map(|text| text.len() as u64).sum() }
}

/// Counting begins and ends with this function, by its name; so nothing else in it may be called so.
#[inline(never)]
fn counted(work: &mut dyn FnMut() -> Done) -> Done {
    black_box(work())
}

fn main() {
    let wanted = std::env::args().skip(1).find(|word| !word.starts_with('-'));
    let Some(wanted) = wanted else {
        PATHS.iter().for_each(|path| println!("{}\t{}\t{}", path.name, path.unit, path.about));
        return;
    };
    let path = PATHS.iter().find(|path| path.name == wanted).expect("a path that there is");
    let mut work = (path.ready)();
    // What is made once a process, and memory that is asked for once.
    black_box(work());
    let done = counted(&mut work);
    println!("{}\t{}", done.units, done.bytes);
}
