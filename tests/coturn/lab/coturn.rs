//! A real coturn in the server namespace.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
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
        self.coturn_in(&[], config)
    }

    /// As [`coturn`](Self::coturn), with a clock that is so many seconds ahead; `None` where this machine has no
    /// libfaketime (Debian's package `faketime`), which is said on stderr.
    pub(crate) fn coturn_at(&self, ahead: i64, config: &[&str]) -> Option<Coturn> {
        let library = fs::read_dir("/usr/lib").ok()?.flatten().map(|arch| arch.path());
        let mut library = library.map(|arch| arch.join("faketime/libfaketimeMT.so.1"));
        let Some(library) = library.find(|library| library.is_file()) else {
            super::skip("missing: libfaketime");
            return None;
        };
        let preload = format!("LD_PRELOAD={}", library.display());
        let time = format!("FAKETIME={ahead:+}s");
        Some(self.coturn_in(&[&preload, &time, "FAKETIME_DONT_FAKE_MONOTONIC=1"], config))
    }

    fn coturn_in(&self, variables: &[&str], config: &[&str]) -> Coturn {
        let dir = self.dir().join(format!("coturn-{}", self.serial()));
        fs::create_dir_all(&dir).expect("the lab's folder is writable");
        let mut lines: Vec<String> = base(&dir);
        lines.retain(|line| !config.iter().any(|own| key(own.trim_start_matches('!')) == key(line)));
        lines.extend(config.iter().filter(|own| !own.starts_with('!')).map(|own| (*own).to_owned()));
        let mut coturn = self.start(&dir, &(lines.join("\n") + "\n"), variables, &[]);
        coturn.wait();
        coturn
    }

    /// Starts a turnserver with this very file and waits until it serves; `beside` lie in its folder.
    pub(crate) fn coturn_of(&self, config: &str, beside: &[(&str, &Path)]) -> Coturn {
        let mut coturn = self.unready_coturn(config, beside);
        coturn.wait();
        coturn
    }

    /// Starts a turnserver with this very file, and says what it wrote until it ended or half a second was over,
    /// and whether it ended.
    pub(crate) fn coturn_said(&self, config: &str) -> (String, bool) {
        let mut coturn = self.unready_coturn(config, &[]);
        let start = Instant::now();
        let mut ended = false;
        while !ended && start.elapsed() < Duration::from_millis(700) {
            thread::sleep(Duration::from_millis(5));
            ended = coturn.child.try_wait().expect("a child can be waited for").is_some();
        }
        (coturn.log(), ended)
    }

    fn unready_coturn(&self, config: &str, beside: &[(&str, &Path)]) -> Coturn {
        let dir = self.dir().join(format!("coturn-{}", self.serial()));
        fs::create_dir_all(&dir).expect("the lab's folder is writable");
        for (name, path) in beside {
            fs::copy(path, dir.join(name)).expect("the lab's folder is writable");
        }
        // What no configuration needs, so that nothing is shared with another server.
        let own = ["--log-file=stdout", "--userdb=turndb", "--pidfile=pid"];
        self.start(&dir, config, &[], &own)
    }

    fn start(&self, dir: &Path, config: &str, variables: &[&str], args: &[&str]) -> Coturn {
        let file = dir.join("turnserver.conf");
        fs::write(&file, config).expect("the lab's folder is writable");
        let log = dir.join("log");
        let out = File::create(&log).expect("the lab's folder is writable");
        let err = out.try_clone().expect("a file handle can be cloned");
        let file = file.to_string_lossy();
        let run = [variables, &["turnserver", "-c", &file], args].concat();
        let mut command = self.command(Side::Server, "env", &run);
        command.current_dir(dir).stdin(Stdio::null()).stdout(out).stderr(err);
        let child = command.spawn().expect("turnserver starts");
        Coturn { child, log }
    }
}

/// Other clients that sit on an allocation each; dropping them ends them.
#[derive(Debug)]
#[must_use = "dropping it ends the clients"]
pub(crate) struct Holder(Vec<Child>);

impl Drop for Holder {
    fn drop(&mut self) {
        self.0.iter_mut().for_each(process::end);
    }
}

impl Lab {
    /// Has turnutils_uclient take an allocation of the only user and keep it.
    pub(crate) fn hold_allocation(&self, coturn: &Coturn) -> Holder {
        let holder = Holder(vec![self.uclient()]);
        coturn.wait_for("packet ALLOCATE processed, success");
        holder
    }

    /// Has clients take an allocation each until the server's `ports` relay ports are used up. A 508 alone
    /// does not say so: coturn's shuffle of a small range answers it at times with ports left, and a client
    /// that comes later gets them.
    pub(crate) fn hold_all_ports(&self, coturn: &Coturn, ports: usize) -> Holder {
        let mut holder = Holder(Vec::new());
        let count = |what: &str| coturn.log().matches(what).count();
        for clients in 1..=40 {
            holder.0.push(self.uclient());
            let (granted, refused) = ("packet ALLOCATE processed, success", "ALLOCATE processed, error 508");
            coturn.wait_until(|| count(granted) + count(refused) >= clients, "an answer to each client");
            if count(granted) == ports {
                return holder;
            }
        }
        panic!("forty clients did not use up the relay ports");
    }

    /// Has turnutils_uclient take an allocation over a 5-tuple of which the client's end is `port`, and leave it
    /// behind: who sends from that port next meets it. All UDP to the server goes out by that port from then on,
    /// as through a proxy that does not keep its clients apart.
    pub(crate) fn leave_allocation_behind(&self, coturn: &Coturn, port: u16) {
        let client = super::CLIENT;
        self.sysctl(Side::Client, "net/netfilter/nf_conntrack_udp_timeout", 1);
        self.sysctl(Side::Client, "net/netfilter/nf_conntrack_udp_timeout_stream", 1);
        let to = format!("--to-source {client}:{port}");
        self.firewall(Side::Client, &[&format!("-t nat -A POSTROUTING -p udp --dport 3478 -j SNAT {to}")]);
        drop(self.hold_allocation(coturn));
        // The router forgets the first client after a second.
        thread::sleep(Duration::from_millis(2_500));
    }

    fn uclient(&self) -> Child {
        let args = ["-c", "-m", "1", "-n", "100000", "-e", CLIENT_2, "-u", USER, "-w", PASSWORD, SERVER];
        let mut command = self.command(Side::Client, "turnutils_uclient", &args);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        child.expect("turnutils_uclient starts")
    }
}

impl Coturn {
    /// Puts a key for tokens into the server's database, as its operator does: 32 bytes in base64 for AES-256-GCM, or
    /// 16 for AES-128-GCM. `false` where this machine has no sqlite3, which is said on stderr.
    pub(crate) fn takes_tokens_of(&self, kid: &str, key: &str) -> bool {
        if !super::found("sqlite3") {
            super::skip("missing: sqlite3");
            return false;
        }
        let algorithm = if key.len() < 32 { "A128GCM" } else { "A256GCM" };
        let database = self.log.with_file_name("turndb");
        let row = format!(
            "insert into oauth_key (kid, ikm_key, timestamp, lifetime, as_rs_alg, realm) \
             values ('{kid}', '{key}', 0, 0, '{algorithm}', '');"
        );
        let done = process::run_plain("sqlite3", &[&database.to_string_lossy(), &row], PATIENCE);
        assert!(done.success(), "sqlite3: {}", done.said());
        true
    }

    /// Kills the server where it stands (SIGKILL): it says goodbye to nobody.
    pub(crate) fn kill(&mut self) {
        process::end(&mut self.child);
    }

    /// The path of its configuration.
    pub(crate) fn config(&self) -> String {
        self.log.with_file_name("turnserver.conf").to_string_lossy().into_owned()
    }

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
        self.wait_until(|| self.log().contains(this), this);
    }

    fn wait_until(&self, done: impl Fn() -> bool, what: &str) {
        let start = Instant::now();
        while !done() {
            assert!(start.elapsed() < PATIENCE, "no {what:?} in coturn's log");
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
