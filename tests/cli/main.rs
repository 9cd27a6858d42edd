//! The real program in a scrubbed environment: that flags, output, files and exit codes are wired together.
//! What the parts do is tested where they are.
#![allow(clippy::disallowed_methods, reason = "tests read and write what they like")]

mod aliases;
mod assets;
mod check;
mod config;
mod cred;
mod errors;
mod explain;
mod global;
mod manners;
mod probe;
mod sdp;
mod sdp_diff;
mod sdp_dump;
mod sdp_lint;
mod sdp_negotiate;
mod sdp_rewrite;
mod sdp_secrets;
mod spelling;
mod stun;
mod turnserver_conf;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use assert_cmd::cargo::cargo_bin;

/// The program with these arguments and nothing from the environment of the test.
fn rtcscope<I: IntoIterator<Item: AsRef<OsStr>>>(args: I) -> Command {
    let mut command = Command::new(cargo_bin!("rtcscope"));
    command.args(args).env_clear().stdin(Stdio::null());
    // Windows starts nothing without it.
    command.envs(std::env::vars_os().filter(|(name, _)| name == "SystemRoot"));
    command
}

/// Exit code, standard output and standard error, as one text for a snapshot.
fn run<I: IntoIterator<Item: AsRef<OsStr>>>(args: I) -> String {
    shown(&rtcscope(args).output().expect("the program starts"))
}

fn shown(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("output is UTF-8");
    let code = output.status.code().map_or("none".to_owned(), |code| code.to_string());
    format!("exit: {code}\n--- stdout\n{}--- stderr\n{}", text(&output.stdout), text(&output.stderr))
}

/// A directory of one test alone, gone afterwards.
struct Dir(PathBuf);

impl Dir {
    fn new(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("rtcscope-cli-{}-{name}", std::process::id()));
        std::fs::create_dir(&dir).expect("a new directory");
        Self(dir)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn names(&self) -> Vec<String> {
        names(&self.0)
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn names(dir: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir).expect("the directory is there");
    let name = |entry: std::io::Result<std::fs::DirEntry>| entry.expect("an entry").file_name();
    let mut names: Vec<String> = entries.map(|entry| name(entry).into_string().expect("UTF-8")).collect();
    names.sort();
    names
}
