//! Whole calls by the real program: what it reports is held against what was done on purpose.
#![allow(clippy::disallowed_methods, reason = "tests read and write what they like")]

mod direct;
mod ending;
mod evidence;
mod pairs;
mod relay;
mod text;

use std::process::{Command, Output, Stdio};

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;

/// The program with these arguments and nothing from the environment of the test.
fn rtcscope(args: &[&str]) -> Command {
    let mut command = Command::new(cargo_bin!("rtcscope"));
    command.args(args).env_clear().stdin(Stdio::null());
    command
}

/// A call's exit code and JSON.
fn call(args: &[&str]) -> (i32, Value) {
    let output =
        rtcscope(&[&["call", "--format", "json"], args].concat()).output().expect("the program starts");
    read(&output)
}

fn read(output: &Output) -> (i32, Value) {
    let said = String::from_utf8_lossy(&output.stderr);
    let json = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"));
    (output.status.code().expect("an exit code"), json)
}

/// The number at a path of keys.
fn number(json: &Value, pointer: &str) -> f64 {
    json.pointer(pointer)
        .and_then(Value::as_f64)
        .unwrap_or_else(|| panic!("no number at {pointer} in {json:#}"))
}

/// When a phase was reached.
fn at(json: &Value, phase: &str) -> f64 {
    let phases = json["phases"].as_array().expect("phases");
    let found = phases.iter().find(|entry| entry["name"] == phase);
    found.and_then(|entry| entry["at_ms"].as_f64()).unwrap_or_else(|| panic!("no {phase} in {phases:?}"))
}

/// The sum of a number over all streams.
fn over_media(json: &Value, key: &str) -> u64 {
    let media = json["paths"][0]["media"].as_array().expect("streams");
    media.iter().map(|stream| stream[key].as_u64().expect("a count")).sum()
}
