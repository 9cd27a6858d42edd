//! Every format before those who read it: what real runs print is held against the readers' own tools and schemas.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "tests read and write what they like, and say so"
)]

mod html;
mod json;
mod nagios;
mod prometheus;
mod redact;
mod sarif;
mod tables;

use std::process::{Command, Output, Stdio};

use assert_cmd::cargo::cargo_bin;

/// The program with these arguments, in the folder of the package, with nothing from the environment of the test.
fn rtcscope(args: &[&str]) -> Command {
    let mut command = Command::new(cargo_bin!("rtcscope"));
    command.args(args).env_clear().stdin(Stdio::null()).current_dir(env!("CARGO_MANIFEST_DIR"));
    // Windows starts nothing without it.
    command.envs(std::env::vars_os().filter(|(name, _)| name == "SystemRoot"));
    command
}

fn run(args: &[&str]) -> Output {
    rtcscope(args).output().expect("the program starts")
}

/// Standard output of a run that was not in vain.
fn stdout(args: &[&str]) -> String {
    let output = run(args);
    let text = String::from_utf8(output.stdout).expect("output is UTF-8");
    assert!(!text.is_empty(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    text
}

/// Whether this program is there; where not, says so loudly.
fn is_there(program: &str, package: &str) -> bool {
    let found = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if found.is_ok() {
        return true;
    }
    let lab = std::env::var_os("RTCSCOPE_REQUIRE_LAB").is_some_and(|value| value == "1");
    assert!(!lab, "{program} is not there: install {package}");
    eprintln!("SKIPPED: needs {program}: install {package}");
    false
}
