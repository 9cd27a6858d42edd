//! Two network namespaces joined by a veth pair: a server side for coturn, a client side for the
//! probe, and between them a NAT router where a test wants one. Each test has its own, so the same
//! addresses serve all tests at once.

mod certificate;
mod coturn;
mod dns;
mod nat;
mod others;
mod process;
mod run;

pub(crate) use certificate::{Certificate, Kind};
pub(crate) use coturn::Coturn;
pub(crate) use nat::{INSIDE, Nat, PRIVATE};
pub(crate) use process::Done;
pub(crate) use run::Run;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Where coturn listens unless a test says otherwise.
pub(crate) const SERVER: &str = "198.51.100.1";
/// The server side's second address, for a second coturn.
pub(crate) const SERVER_2: &str = "198.51.100.2";
/// The server side's IPv6 address.
pub(crate) const SERVER_V6: &str = "2001:db8:1::1";
/// The address the probe's packets come from.
pub(crate) const CLIENT: &str = "198.51.100.10";
/// The client side's second address, a peer of its own.
pub(crate) const CLIENT_2: &str = "198.51.100.11";
/// The name in the good certificate; only a lab's own resolver knows it.
pub(crate) const NAME: &str = "turn.example.test";
/// The long-term user that every coturn has unless a test says otherwise.
pub(crate) const USER: &str = "alice";
/// Her password, odd enough to be found anywhere in an output.
pub(crate) const PASSWORD: &str = "wonder-7361-land";

/// The veth of either side: each namespace has its own, so one name serves.
pub(crate) const DEVICE: &str = "lab0";

const PREFIX: &str = "rtcscope-lab-";
const NEEDS: &str = "root, coturn, iproute2, iptables, openssl";
const TOOLS: [&str; 5] = ["turnserver", "turnutils_uclient", "ip", "iptables", "openssl"];
const STEP: Duration = Duration::from_secs(20);

/// One end of the lab's link, or the router that [`Lab::nat`] puts between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Server,
    Client,
    Router,
}

/// A set of namespaces, and the folder that everything started in them writes to. Dropping it
/// removes all of that, also while a test panics.
#[derive(Debug)]
pub(crate) struct Lab {
    name: String,
    dir: PathBuf,
    made: AtomicU32,
}

impl Lab {
    /// Makes the namespaces, or says on stderr that this test is skipped and why.
    pub(crate) fn new() -> Option<Lab> {
        static SWEEP: Once = Once::new();
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let missing = missing();
        if !missing.is_empty() {
            skip(&format!("missing: {}", missing.join(", ")));
            return None;
        }
        SWEEP.call_once(sweep);
        let name = format!("{PREFIX}{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let dir = std::env::temp_dir().join(&name);
        let lab = Lab { name, dir, made: AtomicU32::new(0) };
        let first = ip(&["netns", "add", &lab.namespace(Side::Server)]);
        if !first.success() {
            skip(&format!("no namespaces here: {}", first.stderr.trim()));
            return None;
        }
        lab.wire();
        Some(lab)
    }

    /// The folder for this lab's files.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// The name of one side's namespace.
    pub(crate) fn namespace(&self, side: Side) -> String {
        let letter = match side {
            Side::Server => "s",
            Side::Client => "c",
            Side::Router => "r",
        };
        format!("{}-{letter}", self.name)
    }

    /// A program to run in one side's namespace, with none of this process's environment.
    pub(crate) fn command(&self, side: Side, program: &str, args: &[&str]) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.namespace(side), program]).args(args);
        command.env_clear().env("PATH", path()).env("LC_ALL", "C").env("HOME", &self.dir);
        command
    }

    /// Appends rules to one side's packet filter, each as iptables takes it: `-A INPUT …`.
    pub(crate) fn firewall(&self, side: Side, rules: &[&str]) {
        for rule in rules {
            let args: Vec<&str> = ["-w"].into_iter().chain(rule.split_whitespace()).collect();
            let done = process::run(self.command(side, "iptables", &args), STEP);
            assert!(done.success(), "iptables {rule}: {}", done.stderr);
        }
    }

    /// How many packets the rules of one side's packet filter have met.
    pub(crate) fn filtered(&self, side: Side) -> u64 {
        let done = process::run(self.command(side, "iptables", &["-w", "-L", "-v", "-n", "-x"]), STEP);
        assert!(done.success(), "iptables -L: {}", done.stderr);
        let counts = done.stdout.lines().filter_map(|line| line.split_whitespace().next());
        counts.filter_map(|count| count.parse::<u64>().ok()).sum()
    }

    /// How many packets have met the one rule of a side's packet filter that carries this comment.
    pub(crate) fn counted(&self, side: Side, comment: &str) -> u64 {
        let done = process::run(self.command(side, "iptables", &["-w", "-L", "-v", "-n", "-x"]), STEP);
        assert!(done.success(), "iptables -L: {}", done.stderr);
        let mark = format!("/* {comment} */");
        let mut lines = done.stdout.lines().filter(|line| line.contains(&mark));
        let line = lines.next().unwrap_or_else(|| panic!("no rule {comment:?}: {}", done.stdout));
        assert!(lines.next().is_none(), "two rules {comment:?}");
        let count = line.split_whitespace().next().and_then(|count| count.parse().ok());
        count.unwrap_or_else(|| panic!("no count in {line:?}"))
    }

    /// Sets what one side's device carries.
    pub(crate) fn mtu(&self, side: Side, device: &str, bytes: u16) {
        must(&["-n", &self.namespace(side), "link", "set", device, "mtu", &bytes.to_string()]);
    }

    /// Has one side believe, of packets to `network` alone, that its device carries no more than this.
    pub(crate) fn narrow_route(&self, side: Side, network: &str, device: &str, bytes: u16) {
        let (namespace, bytes) = (self.namespace(side), bytes.to_string());
        must(&["-n", &namespace, "route", "replace", network, "dev", device, "mtu", "lock", &bytes]);
    }

    /// Takes one side's device away from under whatever runs there.
    pub(crate) fn unplug(&self, side: Side) {
        must(&["-n", &self.namespace(side), "link", "set", DEVICE, "down"]);
    }

    /// Takes the client's IPv6 addresses away, and with them its only IPv6 routes.
    pub(crate) fn without_ipv6(&self) {
        must(&["-n", &self.namespace(Side::Client), "-6", "addr", "flush", "dev", DEVICE]);
    }

    /// Runs one of coturn's own clients in the client namespace, at most `within`.
    pub(crate) fn turnutils(&self, program: &str, args: &[&str], within: Duration) -> Done {
        process::run(self.command(Side::Client, program, args), within)
    }

    /// Gives one side another address.
    pub(crate) fn address(&self, side: Side, address: &str) {
        must(&["-n", &self.namespace(side), "addr", "add", address, "dev", DEVICE]);
    }

    /// Sets a number in one side's /proc/sys.
    fn sysctl(&self, side: Side, name: &str, value: u32) {
        let set = format!("echo {value} >/proc/sys/{name}");
        let done = process::run(self.command(side, "sh", &["-c", &set]), STEP);
        assert!(done.success(), "{set}: {}", done.stderr);
    }

    fn serial(&self) -> u32 {
        self.made.fetch_add(1, Ordering::Relaxed)
    }

    fn wire(&self) {
        let (server, client) = (self.namespace(Side::Server), self.namespace(Side::Client));
        fs::create_dir_all(&self.dir).expect("the temporary folder is writable");
        self.resolver_files("198.51.100.1");
        let add = |ns: &str, address: &str| {
            let nodad: &[&str] = if address.contains(':') { &["nodad"] } else { &[] };
            must(&[&["-n", ns, "addr", "add", address, "dev", DEVICE], nodad].concat());
        };
        must(&["netns", "add", &client]);
        must(&[
            "link", "add", DEVICE, "netns", &server, "type", "veth", "peer", "name", DEVICE, "netns", &client,
        ]);
        add(&server, "198.51.100.1/24");
        add(&server, "198.51.100.2/24");
        add(&server, "2001:db8:1::1/64");
        add(&client, "198.51.100.10/24");
        add(&client, "198.51.100.11/24");
        add(&client, "2001:db8:1::10/64");
        for ns in [&server, &client] {
            must(&["-n", ns, "link", "set", "lo", "up"]);
            must(&["-n", ns, "link", "set", DEVICE, "up"]);
        }
    }

    /// What `ip netns exec` lays over the files in /etc: the machine's own names never count.
    fn resolver_files(&self, nameserver: &str) {
        let dir = self.etc();
        fs::create_dir_all(&dir).expect("/etc/netns is writable");
        let resolv = format!("nameserver {nameserver}\noptions timeout:1 attempts:2\n");
        fs::write(dir.join("resolv.conf"), resolv).expect("/etc/netns is writable");
        fs::write(dir.join("hosts"), "127.0.0.1 localhost\n").expect("/etc/netns is writable");
    }

    fn etc(&self) -> PathBuf {
        Path::new("/etc/netns").join(self.namespace(Side::Client))
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        for side in [Side::Router, Side::Server, Side::Client] {
            ip(&["netns", "del", &self.namespace(side)]);
        }
        // Nothing to say to a test that has ended: the next run sweeps what is left.
        let _ = fs::remove_dir_all(self.etc());
        let _ = fs::remove_dir_all(&self.dir);
    }
}

/// Says that this test did not look, where no capture of the test runner can hide it, in the
/// form that scripts/test counts.
fn skip(why: &str) {
    let required = std::env::var_os("RTCSCOPE_REQUIRE_LAB").is_some_and(|value| value != "0");
    assert!(!required, "RTCSCOPE_REQUIRE_LAB is set, and the lab needs {NEEDS} ({why})");
    let thread = std::thread::current();
    let line = format!("\nSKIPPED: needs {NEEDS} ({why}): {}\n", thread.name().unwrap_or("?"));
    let _ = std::io::stderr().write_all(line.as_bytes());
}

/// What this machine lacks for a lab.
fn missing() -> Vec<&'static str> {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let root =
        status.lines().any(|line| line.starts_with("Uid:") && line.split_whitespace().nth(2) == Some("0"));
    let tools = TOOLS.into_iter().filter(|tool| !found(tool));
    (!root).then_some("root").into_iter().chain(tools).collect()
}

/// Whether this machine has a program.
fn found(tool: &str) -> bool {
    path().split(':').any(|dir| Path::new(dir).join(tool).is_file())
}

/// The search path, with the folders that hold `ip` and `iptables` even where the caller's lacks them.
fn path() -> String {
    format!("{}:/usr/sbin:/sbin:/usr/bin:/bin", std::env::var("PATH").unwrap_or_default())
}

/// Removes what a killed run of these tests left behind: never what belongs to a live process.
fn sweep() {
    let listed = ip(&["netns", "list"]).stdout;
    for name in listed.lines().filter_map(|line| line.split_whitespace().next()) {
        if !owner_is_dead(name) {
            continue;
        }
        for pid in ip(&["netns", "pids", name]).stdout.split_whitespace() {
            process::run_plain("kill", &["-KILL", pid], STEP);
        }
        ip(&["netns", "del", name]);
        let _ = fs::remove_dir_all(Path::new("/etc/netns").join(name));
    }
    let folders = fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten();
    for folder in folders.filter(|folder| owner_is_dead(&folder.file_name().to_string_lossy())) {
        let _ = fs::remove_dir_all(folder.path());
    }
}

/// Whether `name` is of a lab whose process has ended.
fn owner_is_dead(name: &str) -> bool {
    let owner = name.strip_prefix(PREFIX).and_then(|rest| rest.split('-').next());
    let pid = owner.and_then(|pid| pid.parse::<u32>().ok());
    pid.is_some_and(|pid| !Path::new("/proc").join(pid.to_string()).exists())
}

fn ip(args: &[&str]) -> Done {
    process::run_plain("ip", args, STEP)
}

fn must(args: &[&str]) {
    let done = ip(args);
    assert!(done.success(), "ip {}: {}", args.join(" "), done.stderr);
}
