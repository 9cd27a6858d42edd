//! A watch as a process: its lines as they come, in JSON Lines, and its end. Shared by the test programs, as the
//! forwarder is.
#![allow(dead_code, reason = "no test program needs all of it")]

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long anything may take that a test waits for.
const PATIENCE: Duration = Duration::from_secs(25);

/// A `rtcscope probe --watch --format jsonl` that runs.
pub(crate) struct Watching {
    child: Child,
    incoming: Receiver<Value>,
    /// Everything that has come.
    pub(crate) lines: Vec<Value>,
    stderr: JoinHandle<String>,
}

/// One that has ended.
pub(crate) struct Watched {
    pub(crate) code: i32,
    pub(crate) lines: Vec<Value>,
}

impl Watching {
    /// Starts `command`, the program with all but the format.
    pub(crate) fn start(mut command: Command) -> Self {
        command.args(["--format", "jsonl"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let (sender, incoming) = channel();
        let stdout = BufReader::new(child.stdout.take().expect("piped"));
        std::thread::spawn(move || {
            for line in stdout.lines() {
                let line = line.expect("UTF-8");
                let value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}"));
                if sender.send(value).is_err() {
                    return;
                }
            }
        });
        let mut pipe = child.stderr.take().expect("piped");
        let stderr = std::thread::spawn(move || {
            let mut said = String::new();
            let _ = pipe.read_to_string(&mut said);
            said
        });
        Self { child, incoming, lines: Vec::new(), stderr }
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for a round that `is`.
    #[track_caller]
    pub(crate) fn round(&mut self, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        let end = Instant::now() + PATIENCE;
        while let Ok(line) = self.incoming.recv_timeout(end.saturating_duration_since(Instant::now())) {
            self.lines.push(line.clone());
            if line["record"] == "round" && is(&line) {
                return line;
            }
        }
        let last: Vec<String> = self.lines.iter().rev().take(4).map(Value::to_string).collect();
        let _ = self.child.kill();
        panic!("no round {what}; the last lines, backwards:\n{}", last.join("\n"));
    }

    /// Waits for so many further rounds with this verdict.
    #[track_caller]
    pub(crate) fn rounds(&mut self, count: usize, verdict: &str) {
        for _ in 0..count {
            self.round(&format!("with {verdict}"), |round| round["verdict"] == verdict);
        }
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.id().to_string()]).status();
        assert!(sent.expect("kill is on every Unix").success());
    }

    /// Ctrl-C, and its end.
    #[track_caller]
    pub(crate) fn interrupt(self) -> Watched {
        self.signal("INT");
        self.end()
    }

    /// Waits for its end.
    #[track_caller]
    pub(crate) fn end(mut self) -> Watched {
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("a child can be waited for") {
                break status;
            }
            if start.elapsed() > PATIENCE {
                let _ = self.child.kill();
                panic!("the watch goes on; last line: {:?}", self.lines.last());
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        self.lines.extend(self.incoming.iter());
        let said = self.stderr.join().expect("the reader does not panic");
        assert_eq!(said, "", "it wrote to standard error");
        let watched = Watched { code: status.code().expect("no signal ended it"), lines: self.lines };
        watched.is_well_formed();
        watched
    }
}

impl Watched {
    /// The last line.
    pub(crate) fn summary(&self) -> &Value {
        self.lines.last().expect("there are lines")
    }

    /// The only endpoint with this transport, over the whole watch.
    #[track_caller]
    pub(crate) fn endpoint(&self, transport: &str) -> &Value {
        let all = self.summary()["endpoints"].as_array().expect("endpoints");
        all.iter().find(|endpoint| endpoint["transport"] == transport).expect("it is watched")
    }

    /// All changes of this kind, in order.
    pub(crate) fn changes(&self, kind: &str) -> Vec<&Value> {
        let changes = self.lines.iter().filter_map(|line| line["changes"].as_array()).flatten();
        changes.filter(|change| change["kind"] == kind).collect()
    }

    /// The codes of all findings of the summary that have this severity.
    pub(crate) fn codes(&self, severity: &str) -> Vec<&str> {
        let findings = self.summary()["findings"].as_array().expect("findings");
        let of_severity = findings.iter().filter(|finding| finding["severity"] == severity);
        of_severity.filter_map(|finding| finding["code"].as_str()).collect()
    }

    /// What must hold of every watch.
    #[track_caller]
    fn is_well_formed(&self) {
        let records: Vec<&str> =
            self.lines.iter().map(|line| line["record"].as_str().unwrap_or("?")).collect();
        let start = records.iter().position(|record| *record == "summary").expect("the probe's summary");
        assert!(records[..start].iter().all(|record| *record == "endpoint"), "{records:?}");
        assert!(self.lines[..=start].iter().all(|line| line["schema"] == "probe/1"));
        let rest = &self.lines[start + 1..];
        assert!(rest.iter().all(|line| line["schema"] == "watch/1"));
        let (last, rest) = rest.split_last().expect("a summary");
        assert_eq!((&last["record"], &last["exit"]), (&"summary".into(), &self.code.into()), "{last}");
        let rounds: Vec<u64> = rest.iter().filter_map(|line| line["round"].as_u64()).collect();
        assert_eq!(rounds, (1..=rounds.len() as u64).collect::<Vec<_>>());
        assert_eq!(last["rounds"], rounds.len());
        let told = rest.iter().filter_map(|line| line["changes"].as_array()).map(Vec::len).sum::<usize>();
        assert_eq!(last["changes"], told, "changes were told and not counted");
        let failed = |line: &&Value| line["verdict"] == "fail";
        if rest.iter().any(|line| failed(&line)) {
            assert_eq!(last["verdict"], "fail", "{last}");
        }
    }
}
