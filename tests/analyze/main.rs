//! `rtcscope analyze` as its users see it: on captures from the field, and on made-up ones whose truth is known.
#![allow(clippy::disallowed_methods, reason = "tests read and write what they like")]
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "what is made here is our own")]

mod corpus;
mod findings;
mod generator;
mod media;
mod noise;
mod reports;
mod tcp;
mod transport;
mod truth;
mod views;

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn output(path: &Path, flags: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rtcscope"))
        .args(["analyze", "--format", "json"])
        .args(flags)
        .arg(path)
        .output()
        .expect("the program starts")
}

/// What the program says of a capture.
fn analyzed(path: &Path, flags: &[&str]) -> Value {
    let output = output(path, flags);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}: {said}", path.display());
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn streams(json: &Value) -> &[Value] {
    json["streams"].as_array().map(Vec::as_slice).expect("a list")
}
