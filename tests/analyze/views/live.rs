//! `--live`: what is said while packets still come in.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;

use super::{command, generated, said};

const PATIENCE: Duration = Duration::from_secs(30);

fn started(args: &[&str]) -> (Child, Receiver<String>) {
    let mut child =
        command(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (sender, receiver) = channel();
    let stdout = child.stdout.take().unwrap();
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines() {
            if sender.send(line.unwrap()).is_err() {
                break;
            }
        }
    });
    (child, receiver)
}

/// The end of the first packet that is more than `seconds` behind the first.
fn cut_at(capture: &[u8], seconds: u32) -> usize {
    let word = |at: usize| u32::from_le_bytes(capture[at..at + 4].try_into().unwrap());
    let (mut at, first) = (24, word(24));
    while word(at) <= first + seconds {
        at += 16 + word(at + 8) as usize;
    }
    at + 16 + word(at + 8) as usize
}

#[test]
fn a_line_is_there_before_more_comes_and_ctrl_c_ends_with_the_summary() {
    let (file, truth) = generated("live.pcap");
    let capture = std::fs::read(file.path()).unwrap();
    let (mut child, lines) = started(&["--live", "-", "--interval", "1s"]);
    let mut stdin = child.stdin.take().unwrap();
    let half = cut_at(&capture, 2);
    stdin.write_all(&capture[..half]).unwrap();
    stdin.flush().unwrap();
    // The pipe is open, and nothing more comes: two seconds are told all the same.
    let first = lines.recv_timeout(PATIENCE).unwrap();
    assert!(first.starts_with("    1.0s  12 streams"), "{first}");
    let second =
        (0..40).map(|_| lines.recv_timeout(PATIENCE).unwrap()).find(|line| line.starts_with("    2.0s"));
    assert!(second.is_some());
    let idle =
        (0..40).map(|_| lines.recv_timeout(PATIENCE).unwrap()).find(|line| line.contains("nothing came for"));
    assert!(idle.is_some());
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let rest: Vec<String> = std::iter::from_fn(|| lines.recv_timeout(PATIENCE).ok()).collect();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let verdict = format!("{} RTP streams in", truth.len());
    assert!(rest.iter().any(|line| line.starts_with("STOPPED") && line.contains(&verdict)), "{rest:#?}");
    drop(stdin);
}

#[test]
fn the_intervals_add_up_to_the_summary_that_ends_them() {
    let (file, _) = generated("live-sum.pcap");
    let mut run = command(&["--live", "-", "--format", "jsonl", "--interval", "500ms"]);
    let output = run.stdin(Stdio::from(std::fs::File::open(file.path()).unwrap())).output().unwrap();
    let text = said(&output, 0);
    let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let summary = lines.pop().unwrap();
    assert!(lines.len() >= 24 && lines.iter().all(|line| line["record"] == "interval"));
    let sum = |key: &str| lines.iter().map(|line| line[key].as_u64().unwrap()).sum::<u64>();
    let all = |key: &str| crate::streams(&summary).iter().map(|row| row[key].as_u64().unwrap()).sum::<u64>();
    assert_eq!((sum("packets"), sum("reordered")), (all("packets"), all("reordered")));
    // What seemed lost at the end of an interval may have come in the next.
    assert!(
        sum("lost") >= all("lost") && sum("lost") <= all("lost") + lines.len() as u64 * 12,
        "{}",
        sum("lost")
    );
    let length: f64 = lines.iter().map(|line| line["interval_s"].as_f64().unwrap()).sum();
    assert!((length - summary["duration_s"].as_f64().unwrap()).abs() < 1e-3);
}

#[test]
fn a_reader_who_leaves_ends_it_in_silence() {
    let (file, _) = generated("live-pipe.pcap");
    let capture = std::fs::read(file.path()).unwrap();
    let mut child = command(&["--live", "-", "--interval", "100ms"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    // It may be gone before all is written.
    let _ = stdin.write_all(&capture);
    drop(stdin);
    let mut errors = String::new();
    child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
    assert_eq!((child.wait().unwrap().code(), errors.as_str()), (Some(0), ""));
}
