//! `rtcscope check` against servers of this process: what a plan wants, and what becomes of it.
#![allow(clippy::disallowed_methods, reason = "tests read and write what they like")]
#![allow(clippy::unwrap_used, reason = "a test that unwraps fails, as it should")]

mod own;
mod plans;
mod serve;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use assert_cmd::cargo::cargo_bin;
use rtcscope::io::server::{EmbeddedServer, Listen};
use rtcscope::server::Settings;
use serde_json::Value;

/// A server that knows the user `probe` with the password `probe`.
fn server(settings: Settings) -> (EmbeddedServer, SocketAddr) {
    let server = EmbeddedServer::start(settings, Listen::on(IpAddr::V4(Ipv4Addr::LOCALHOST))).unwrap();
    let addr = server.udp_addr().unwrap();
    (server, addr)
}

/// A table that probes it over UDP as that user, with these keys besides.
fn probe(name: &str, addr: SocketAddr, keys: &str) -> String {
    format!(
        "[[probe]]\nname = \"{name}\"\ntargets = \"turn:{addr}?transport=udp\"\nusername = \"probe\"\n\
         password = {{ env = \"PLAN_PASSWORD\" }}\nno_capabilities = true\ncount = 5\n{keys}\n"
    )
}

/// A run of a plan.
struct Ran {
    code: Option<i32>,
    json: Value,
    took: Duration,
}

impl Ran {
    fn check(&self, name: &str) -> &Value {
        let checks = self.json["checks"].as_array().unwrap();
        checks.iter().find(|check| check["name"] == name).unwrap_or_else(|| panic!("{name}: {:#}", self.json))
    }

    fn verdict(&self, name: &str) -> &str {
        self.check(name)["verdict"].as_str().unwrap()
    }

    fn findings(&self, check: &str) -> Vec<(String, String)> {
        let findings = self.json["findings"].as_array().unwrap();
        let own = findings.iter().filter(|finding| finding["evidence"]["check"] == check);
        let word = |value: &Value| value.as_str().unwrap().to_owned();
        own.map(|finding| (word(&finding["code"]), word(&finding["severity"]))).collect()
    }
}

/// A folder of one test alone, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("rtcscope-check-{}-{number}", std::process::id()));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(cargo_bin!("rtcscope"));
        command.arg("check").args(args).current_dir(&self.0).env_clear().stdin(Stdio::null());
        command.env("PLAN_PASSWORD", "probe").env("TMPDIR", &self.0);
        command
    }

    fn run(&self, args: &[&str]) -> Ran {
        let start = Instant::now();
        let output = self.command(&[args, &["--format", "json"]].concat()).output().unwrap();
        let json = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        Ran { code: output.status.code(), json, took: start.elapsed() }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs this plan.
fn run(plan: &str, args: &[&str]) -> Ran {
    let folder = Folder::new();
    std::fs::write(folder.0.join("rtcscope.toml"), plan).unwrap();
    folder.run(args)
}
