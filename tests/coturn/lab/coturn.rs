//! A real coturn in the server namespace.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::{CLIENT_2, Lab, PASSWORD, SERVER, Side, USER, process};

/// A running turnserver; dropping it ends it, and shows its log if the test is failing.
#[derive(Debug)]
#[must_use = "dropping it ends the server"]
pub(crate) struct Coturn {
    child: Child,
    log: PathBuf,
}

impl Lab {
    /// Starts a turnserver and waits until it serves. Each line of `config` replaces the base
    /// configuration's lines of the same key; `!key` only takes those away.
    pub(crate) fn coturn(&self, config: &[&str]) -> Coturn {
        let dir = self.dir().join(format!("coturn-{}", self.serial()));
        fs::create_dir_all(&dir).expect("the lab's folder is writable");
        let mut lines: Vec<String> = base(&dir);
        lines.retain(|line| !config.iter().any(|own| key(own.trim_start_matches('!')) == key(line)));
        lines.extend(config.iter().filter(|own| !own.starts_with('!')).map(|own| (*own).to_owned()));
        let file = dir.join("turnserver.conf");
        fs::write(&file, lines.join("\n") + "\n").expect("the lab's folder is writable");

        let log = dir.join("log");
        let out = File::create(&log).expect("the lab's folder is writable");
        let err = out.try_clone().expect("a file handle can be cloned");
        let mut command = self.command(Side::Server, "turnserver", &["-c", &file.to_string_lossy()]);
        command.current_dir(&dir).stdin(Stdio::null()).stdout(out).stderr(err);
        let child = command.spawn().expect("turnserver starts");
        let mut coturn = Coturn { child, log };
        coturn.wait();
        coturn
    }
}

/// Another client that sits on allocations; dropping it ends the client.
#[derive(Debug)]
#[must_use = "dropping it ends the client"]
pub(crate) struct Holder(Child);

impl Drop for Holder {
    fn drop(&mut self) {
        process::end(&mut self.0);
    }
}

impl Lab {
    /// Has turnutils_uclient take an allocation of the only user and keep it.
    pub(crate) fn hold_allocation(&self, coturn: &Coturn) -> Holder {
        self.hold(coturn, "1", "packet ALLOCATE processed, success")
    }

    /// Has turnutils_uclient take allocations until the server's relay ports are used up: how many
    /// that is in a small range is chance, as coturn's shuffle may lose some of its ports.
    pub(crate) fn hold_all_ports(&self, coturn: &Coturn) -> Holder {
        self.hold(coturn, "8", "error 508")
    }

    fn hold(&self, coturn: &Coturn, clients: &str, until: &str) -> Holder {
        let args = ["-c", "-m", clients, "-n", "100000", "-e", CLIENT_2, "-u", USER, "-w", PASSWORD, SERVER];
        let mut command = self.command(Side::Client, "turnutils_uclient", &args);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let holder = Holder(child.expect("turnutils_uclient starts"));
        coturn.wait_for(until);
        holder
    }
}

impl Coturn {
    /// What the server has written until now.
    pub(crate) fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// Asserts that the server itself says that `this` happened: what proves that a scenario
    /// provoked what its test is about.
    pub(crate) fn saw(&self, this: &str) {
        assert!(self.log().contains(this), "coturn's log says nothing of {this:?}");
    }

    /// Waits, at most 5 s, for `this` in the log.
    fn wait_for(&self, this: &str) {
        let start = Instant::now();
        while !self.log().contains(this) {
            assert!(start.elapsed() < PATIENCE, "no {this:?} in coturn's log");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Watches the log, not a port: a server may have no UDP, no STUN, or a firewall before it.
    /// The sockets are bound when it counts its relay threads; the database is the last thing
    /// it opens, where it opens it at all.
    fn wait(&mut self) {
        let start = Instant::now();
        let mut grown = (0, start);
        loop {
            let log = self.log();
            if log.len() != grown.0 {
                grown = (log.len(), Instant::now());
            }
            let quiet = grown.1.elapsed() >= Duration::from_millis(400);
            if log.contains("Total General servers") && (log.contains("DB connection success") || quiet) {
                return;
            }
            let ended = self.child.try_wait().expect("a child can be waited for");
            assert!(ended.is_none(), "turnserver ended with {ended:?}");
            assert!(start.elapsed() < PATIENCE, "turnserver is not ready after {PATIENCE:?}");
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Coturn {
    fn drop(&mut self) {
        process::end(&mut self.child);
        if thread::panicking() {
            eprintln!("--- coturn's log\n{}---", self.log());
        }
    }
}

const PATIENCE: Duration = Duration::from_secs(5);

/// The recipe that all scenarios vary: nothing in it is shared with another server.
fn base(dir: &std::path::Path) -> Vec<String> {
    let dir = dir.display();
    [
        format!("listening-ip={SERVER}"),
        format!("relay-ip={SERVER}"),
        "listening-port=3478".into(),
        "tls-listening-port=5349".into(),
        "realm=example.test".into(),
        "lt-cred-mech".into(),
        format!("user={USER}:{PASSWORD}"),
        "fingerprint".into(),
        "min-port=49160".into(),
        "max-port=49200".into(),
        "no-cli".into(),
        format!("userdb={dir}/turndb"),
        format!("pidfile={dir}/pid"),
        "log-file=stdout".into(),
        "simple-log".into(),
        "verbose".into(),
    ]
    .into()
}

fn key(line: &str) -> &str {
    line.split('=').next().unwrap_or(line)
}
