//! Any command as a process of its own, with a limit to its time and an eye on its memory.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;

/// Beyond this it hangs, whatever deadline it was given.
const HANG: Duration = Duration::from_secs(60);

/// A run that has ended by itself.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The command line, for messages.
    #[allow(dead_code, reason = "`Debug` shows it where a run is not what it should be")]
    pub(crate) args: String,
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
    /// The most memory that it had at once, as the system counts it; 0 where it does not.
    pub(crate) peak_kib: u64,
}

impl Ended {
    /// What it said, as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    /// What holds of every run, whatever it met: it ended soon after its deadline, in bounded memory, without a panic.
    #[track_caller]
    pub(crate) fn is_sound(&self, deadline: Duration, most_kib: u64) -> &Self {
        assert!(
            self.code != 101 && !["panicked", "itself broke"].iter().any(|it| self.stderr.contains(it)),
            "{self:#?}"
        );
        // A busy machine may be as late as this; one that waits for the server would never end.
        assert!(self.took < deadline + Duration::from_secs(12), "{self:#?}");
        assert!(self.peak_kib < most_kib, "{} KiB: {self:#?}", self.peak_kib);
        self
    }
}

/// The program with these arguments and nothing from the environment of the test.
pub(crate) fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rtcscope"));
    command.args(args).env_clear();
    command
}

/// Runs it to its end.
pub(crate) fn run(args: &[&str]) -> Ended {
    end(command(args), &args.join(" "))
}

/// As [`run`], of a command that is made already.
pub(crate) fn end(mut command: Command, args: &str) -> Ended {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let start = Instant::now();
    let mut child = command.spawn().expect("the program starts");
    let (stdout, stderr) = (read_aside(child.stdout.take()), read_aside(child.stderr.take()));
    let mut peak_kib = 0;
    let status = loop {
        peak_kib = peak(&child).max(peak_kib);
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            break status;
        }
        if start.elapsed() > HANG {
            let _ = child.kill();
            let _ = child.wait();
            let said = [stdout, stderr].map(|said| said.join().unwrap_or_default());
            panic!("it still ran after {HANG:?}: {args}\n{}\n{}", said[0], said[1]);
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let took = start.elapsed();
    let (stdout, stderr) = (stdout.join().expect("a reader"), stderr.join().expect("a reader"));
    let code = status.code().unwrap_or_else(|| panic!("ended by a signal: {status}: {args}\n{stderr}"));
    Ended { args: args.to_owned(), code, stdout, stderr, took, peak_kib }
}

/// VmHWM of a process that runs.
fn peak(child: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// What comes out of a pipe, read while the process runs.
pub(crate) fn read_aside(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            let _ = pipe.read_to_end(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
