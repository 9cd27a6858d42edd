//! One probe as a process of its own, and everything that the tests assert about its answer: if the JSON changes
//! shape, this is the file to change.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::bounded::read_aside;

/// No run of these tests may take longer, the default deadline of 30 s and a little: beyond that it hangs.
const HANG: Duration = Duration::from_secs(35);

/// Flags and variables whose value is a secret.
const SECRET_FLAGS: [&str; 9] = [
    "-w",
    "--password",
    "--secret",
    "--key",
    "--access-token",
    "--mac-key",
    "RTCSCOPE_PASSWORD",
    "RTCSCOPE_ACCESS_TOKEN",
    "RTCSCOPE_MAC_KEY",
];

/// One `rtcscope probe` that has ended by itself, in both formats.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) json: Value,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) text: String,
    pub(crate) took: Duration,
}

/// Probes, and checks what holds for every answer.
pub(crate) fn probe(args: &[&str]) -> Run {
    probe_in(&[], args)
}

/// As [`probe`], in an environment with these variables.
pub(crate) fn probe_in(variables: &[(&str, &str)], args: &[&str]) -> Run {
    let started = Started::new(variables, args);
    let given = args.windows(2).map(|pair| (pair[0], pair[1])).chain(variables.iter().copied());
    let secrets: Vec<&str> =
        given.filter(|(name, _)| SECRET_FLAGS.contains(name)).map(|(_, value)| value).collect();
    let run = started.end();
    for secret in secrets {
        run.never_shows(secret);
    }
    run
}

/// A probe that runs.
pub(crate) struct Started {
    child: Child,
    start: Instant,
    stdout: JoinHandle<String>,
    stderr: JoinHandle<String>,
    text: PathBuf,
}

impl Started {
    /// Starts the program with nothing from the environment of the test. Few packets a path: what many of them
    /// show is for other tests.
    pub(crate) fn new(variables: &[(&str, &str)], args: &[&str]) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name =
            format!("rtcscope-loopback-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let text = std::env::temp_dir().join(name);
        let mut command = Command::new(env!("CARGO_BIN_EXE_rtcscope"));
        command.arg("probe").args(args).args(["--format", "json", "--report"]);
        command.arg(format!("text={}", text.display()));
        if !args.iter().any(|arg| ["--count", "--duration"].contains(arg)) {
            command.args(["--count", "5"]);
        }
        command.env_clear().envs(variables.iter().copied());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let start = Instant::now();
        let mut child = command.spawn().expect("the program starts");
        let stdout = read_aside(child.stdout.take());
        let stderr = read_aside(child.stderr.take());
        Self { child, start, stdout, stderr, text }
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for its end.
    pub(crate) fn end(mut self) -> Run {
        let (status, hung) = loop {
            if let Some(status) = self.child.try_wait().expect("a child can be waited for") {
                break (status, false);
            }
            if self.start.elapsed() > HANG {
                let _ = self.child.kill();
                break (self.child.wait().expect("a child can be waited for"), true);
            }
            std::thread::sleep(Duration::from_millis(1));
        };
        let took = self.start.elapsed();
        let stdout = self.stdout.join().expect("the reader does not panic");
        let stderr = self.stderr.join().expect("the reader does not panic");
        let text = std::fs::read_to_string(&self.text).unwrap_or_default();
        let _ = std::fs::remove_file(&self.text);
        assert!(!hung, "the probe still ran after {HANG:?}\n{stdout}\n{stderr}");
        let code = status.code().unwrap_or_else(|| panic!("ended by a signal: {status}\n{stdout}\n{stderr}"));
        let json = serde_json::from_str(&stdout).unwrap_or(Value::Null);
        let run = Run { code, json, stdout, stderr, text, took };
        run.is_well_formed();
        run
    }
}

impl Run {
    /// The end of the run: `verdict`, and the exit code that goes with it.
    #[track_caller]
    pub(crate) fn ends(&self, verdict: &str, code: i32) -> &Run {
        let got = (self.json["verdict"].as_str().unwrap_or("?"), self.code);
        self.check(got == (verdict, code), &format!("ends {got:?}, not {:?}", (verdict, code)))
    }

    /// Healthy, without as much as a warning.
    #[track_caller]
    pub(crate) fn passes(&self) -> &Run {
        self.ends("pass", 0).errors(&[]).warnings(&[])
    }

    /// Unhealthy, with these errors and no others.
    #[track_caller]
    pub(crate) fn fails(&self, codes: &[&str]) -> &Run {
        self.ends("fail", 1).errors(codes)
    }

    /// The codes of severity error are these and no others.
    #[track_caller]
    pub(crate) fn errors(&self, codes: &[&str]) -> &Run {
        self.has_exactly("error", codes)
    }

    /// The codes of severity warning are these and no others.
    #[track_caller]
    pub(crate) fn warnings(&self, codes: &[&str]) -> &Run {
        self.has_exactly("warning", codes)
    }

    #[track_caller]
    fn has_exactly(&self, severity: &str, codes: &[&str]) -> &Run {
        let (got, wanted) = (self.codes(severity), codes.iter().copied().collect::<BTreeSet<_>>());
        self.check(got == wanted, &format!("{severity}s {got:?}, not {wanted:?}"))
    }

    /// There is a finding with this code and severity.
    #[track_caller]
    pub(crate) fn has(&self, code: &str, severity: &str) -> &Run {
        let got = self.codes(severity);
        self.check(got.contains(code), &format!("no {severity} {code} among {got:?}"))
    }

    /// The first finding with this code.
    #[track_caller]
    pub(crate) fn finding(&self, code: &str) -> &Value {
        let found = self.findings().iter().find(|finding| finding["code"] == code);
        self.check(found.is_some(), &format!("no finding {code}"));
        found.expect("just checked")
    }

    /// The only endpoint with this transport.
    #[track_caller]
    pub(crate) fn endpoint(&self, transport: &str) -> &Value {
        let found: Vec<&Value> = self.endpoints().filter(|end| end["transport"] == transport).collect();
        self.check(found.len() == 1, &format!("{} endpoints over {transport}", found.len()));
        found[0]
    }

    /// Every endpoint of every target.
    pub(crate) fn endpoints(&self) -> impl Iterator<Item = &Value> {
        self.targets().flat_map(|target| array(&target["endpoints"]))
    }

    /// What is at `pointer` (RFC 6901) of the endpoint with this transport is `wanted`.
    #[track_caller]
    pub(crate) fn shows(&self, transport: &str, pointer: &str, wanted: impl Into<Value>) -> &Run {
        let (got, wanted) = (self.endpoint(transport).pointer(pointer), wanted.into());
        self.check(got == Some(&wanted), &format!("{transport}{pointer} is {got:?}, not {wanted}"))
    }

    /// Binding, allocation and every way through the relay work over this transport, and all
    /// that was sent on each way came back, measured.
    #[track_caller]
    pub(crate) fn carries(&self, transport: &str) -> &Run {
        for step in ["binding", "allocate", "permission", "channel", "refresh", "release"] {
            self.shows(transport, &format!("/{step}/ok"), true);
        }
        for way in ["inbound", "outbound", "loop"] {
            self.way_is_clear(transport, way);
        }
        self
    }

    /// Nothing was lost on one way through the relay: `inbound`, `outbound` or `loop`.
    #[track_caller]
    pub(crate) fn way_is_clear(&self, transport: &str, way: &str) -> &Run {
        let path = &self.endpoint(transport)["relay"][way];
        let counts = path["sent"].as_u64().is_some_and(|sent| sent > 0) && path["sent"] == path["received"];
        let clear = path["ok"] == true && counts && path["loss_pct"].as_f64() == Some(0.0);
        let time = path["one_way"]["median_ms"].as_f64();
        let measured = time.is_some_and(|ms| ms > 0.0 && ms < 5_000.0) && path["jitter_ms"].is_number();
        self.check(clear && measured, &format!("{transport}: {way} is {path}, not clear and measured"))
    }

    /// Packets went in and were counted before the run ended.
    #[track_caller]
    pub(crate) fn way_is_clear_so_far(&self, transport: &str) -> &Run {
        let path = &self.endpoint(transport)["relay"]["inbound"];
        let some = path["received"].as_u64().is_some_and(|received| received > 0);
        self.check(some, &format!("{transport}: inbound is {path}"))
    }

    /// Everything was lost on one way through the relay.
    #[track_caller]
    pub(crate) fn way_is_blocked(&self, transport: &str, way: &str) -> &Run {
        let path = &self.endpoint(transport)["relay"][way];
        let blocked = path["ok"] == false && path["received"].as_u64() == Some(0);
        self.check(blocked, &format!("{transport}: {way} is {path}, not blocked"))
    }

    /// Whether an endpoint says of any check that it was given up.
    pub(crate) fn gave_up(&self) -> bool {
        self.endpoints().any(|endpoint| !array(&endpoint["given_up"]).is_empty())
    }

    /// The response codes of an endpoint's Allocate requests, in order; `None` is success, or silence.
    pub(crate) fn attempts(&self, transport: &str) -> Vec<Option<u64>> {
        let attempts = array(&self.endpoint(transport)["allocate"]["attempts"]);
        attempts.iter().map(|attempt| attempt["code"].as_u64()).collect()
    }

    /// It took no longer than this.
    #[track_caller]
    pub(crate) fn within(&self, limit: Duration) -> &Run {
        self.check(self.took < limit, &format!("took {:?}, not less than {limit:?}", self.took))
    }

    /// No output has this text, in either format.
    #[track_caller]
    pub(crate) fn never_shows(&self, secret: &str) -> &Run {
        let shown = [&self.stdout, &self.stderr, &self.text].iter().any(|said| said.contains(secret));
        assert!(!shown, "`{secret}` is in the output\n{}\n{}\n{}", self.stdout, self.stderr, self.text);
        self
    }

    /// Fails with `complaint` and the whole output unless `holds`.
    #[track_caller]
    pub(crate) fn check(&self, holds: bool, complaint: &str) -> &Run {
        assert!(
            holds,
            "{complaint}\n--- exit {} in {:?}\n{}\n--- stderr\n{}\n--- text\n{}",
            self.code, self.took, self.stdout, self.stderr, self.text
        );
        self
    }

    /// What must hold whatever was found.
    fn is_well_formed(&self) {
        self.check(self.code != 101 && !self.stderr.contains("panicked"), "it panicked");
        self.check(
            self.stderr.lines().all(|line| line.starts_with("rtcscope: --")),
            "it wrote to standard error",
        );
        self.check(self.json["schema"] == "probe/1", "standard output is no probe/1");
        self.check(self.json["exit"] == self.code, "`exit` is not the exit code");
        let exits: &[i32] = match self.json["verdict"].as_str() {
            Some("pass" | "warn") => &[0],
            Some("fail") => &[1, 130],
            Some("inconclusive") => &[3, 130],
            _ => &[],
        };
        self.check(exits.contains(&self.code), "verdict and exit code disagree");
        for said in [&self.stdout, &self.text] {
            let control = said.chars().find(|c| c.is_control() && *c != '\n');
            self.check(control.is_none(), &format!("{control:?} is in the output"));
        }
        for finding in self.findings() {
            let code = finding["code"].as_str().unwrap_or("a code");
            self.check(self.text.contains(code), &format!("the text does not name {code}"));
            self.check(finding["message"].as_str().is_some_and(|said| !said.is_empty()), "no message");
        }
    }

    fn targets(&self) -> impl Iterator<Item = &Value> {
        array(&self.json["targets"]).iter()
    }

    fn findings(&self) -> &[Value] {
        array(&self.json["findings"])
    }

    fn codes(&self, severity: &str) -> BTreeSet<&str> {
        let of_severity = self.findings().iter().filter(|finding| finding["severity"] == severity);
        of_severity.filter_map(|finding| finding["code"].as_str()).collect()
    }
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
