use std::io::Read;
use std::process::Stdio;

use super::{Dir, rtcscope, run, shown};

#[test]
fn help_names_the_subcommands_and_the_exit_codes() {
    insta::assert_snapshot!(run(["--help"]));
}

#[test]
fn short_help_fits_a_screen() {
    let help = run(["-h"]);
    assert!(help.lines().count() < 44, "{help}");
    insta::assert_snapshot!(help);
}

#[test]
fn version_is_the_one_of_the_package() {
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(run(["--version"]), format!("exit: 0\n--- stdout\nrtcscope {version}\n--- stderr\n"));
}

#[test]
fn a_closed_pipe_is_silence_and_exit_0() {
    let mut child =
        rtcscope(["explain"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    drop(child.stdout.take());
    let mut stderr = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut stderr).expect("UTF-8");
    assert_eq!((child.wait().expect("ends").code(), stderr.as_str()), (Some(0), ""));
}

#[test]
fn one_run_gives_every_format_that_was_asked_for() {
    let dir = Dir::new("formats");
    let (json, text, out) = (dir.path("a.json"), dir.path("b.txt"), dir.path("c.json"));
    let output = rtcscope(["explain", "QUOTA", "--format", "json", "-o"])
        .arg(&out)
        .args([
            "--report",
            &format!("json={}", json.display()),
            "--report",
            &format!("text={}", text.display()),
        ])
        .output()
        .expect("starts");
    assert_eq!(shown(&output), "exit: 0\n--- stdout\n--- stderr\n");
    let read = |path| std::fs::read_to_string(path).expect("the file was written");
    assert_eq!(read(&json), read(&out));
    assert!(read(&json).starts_with("{\n  \"schema\": \"explain/1\",\n"), "{}", read(&json));
    assert!(read(&text).starts_with("error QUOTA"), "{}", read(&text));
    assert_eq!(dir.names(), ["a.json", "b.txt", "c.json"]);
}

#[test]
fn a_failed_run_leaves_no_file_behind() {
    let dir = Dir::new("failed");
    let path = dir.path("report.json");
    let args = ["explain", "NO_SUCH_CODE", "--report", &format!("json={}", path.display())];
    assert_eq!(rtcscope(args).output().expect("starts").status.code(), Some(2));
    assert_eq!(dir.names(), [""; 0]);
}

#[test]
fn colour_comes_on_request_and_not_into_a_pipe() {
    let stdout =
        |args: &[&str]| String::from_utf8(rtcscope(args).output().expect("starts").stdout).expect("UTF-8");
    let plain = stdout(&["explain"]);
    assert!(!plain.contains('\x1b'));
    assert_eq!(stdout(&["explain", "--color=never"]), plain);
    let coloured = stdout(&["explain", "--color=always"]);
    assert!(coloured.contains("\x1b[1mAUTH_WRONG\x1b[0m"), "{coloured:?}");
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
}
