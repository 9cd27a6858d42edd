//! Runs a program for a bounded time and keeps all that it said.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A program that has ended, by itself or by us.
#[derive(Debug)]
pub(crate) struct Done {
    /// The exit code; `None` if a signal, ours included, ended it.
    pub(crate) code: Option<i32>,
    /// Whether it was still running when its time was up.
    pub(crate) hung: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
}

impl Done {
    /// Whether it ended by itself with 0.
    pub(crate) fn success(&self) -> bool {
        self.code == Some(0)
    }

    /// Everything it said, for programs that do not tell stdout and stderr apart.
    pub(crate) fn said(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

/// Runs `command`, and ends it when `within` has passed.
pub(crate) fn run(mut command: Command, within: Duration) -> Done {
    let start = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("start {command:?}: {error}"));
    let stdout = read_aside(child.stdout.take());
    let stderr = read_aside(child.stderr.take());
    let (code, hung) = loop {
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            break (status.code(), false);
        }
        if start.elapsed() >= within {
            end(&mut child);
            break (None, true);
        }
        thread::sleep(Duration::from_millis(1));
    };
    let took = start.elapsed();
    let said = |reader: thread::JoinHandle<String>| reader.join().expect("the reader does not panic");
    Done { code, hung, stdout: said(stdout), stderr: said(stderr), took }
}

/// Runs `program` outside all namespaces.
pub(crate) fn run_plain(program: &str, args: &[&str], within: Duration) -> Done {
    let mut command = Command::new(program);
    command.args(args).env("PATH", super::path()).env("LC_ALL", "C");
    run(command, within)
}

/// Ends a child of ours and waits for it.
pub(crate) fn end(child: &mut Child) {
    // It may have ended by itself in between: that is as good.
    let _ = child.kill();
    let _ = child.wait();
}

fn read_aside(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            let _ = pipe.read_to_end(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
