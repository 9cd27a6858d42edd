//! What a machine can lack: descriptors, room on its disk, somebody who reads.

#![cfg(unix)]

use std::process::Stdio;
use std::time::Duration;

use super::{ALICE, TempFile, settings, start, turn_udp};
use crate::bounded::{Ended, command, end};

/// Runs it by a shell that sets something up first; `"$@"` is the command.
fn by_shell(script: &str, args: &[&str]) -> Ended {
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", script, "sh", env!("CARGO_BIN_EXE_rtcscope")]).args(args).env_clear();
    end(shell, &format!("{script} {}", args.join(" ")))
}

fn server() -> rtcscope::io::server::EmbeddedServer {
    start(settings())
}

/// With any number of descriptors, it either goes well or could not look: never is the server blamed.
#[test]
fn a_lack_of_descriptors_is_no_fault_of_the_server() {
    let server = server();
    let (udp, tcp) = (turn_udp(&server), format!("turn:{}?transport=tcp", server.tcp_addr().unwrap()));
    let probe = [&["probe", &udp, &tcp], &ALICE[..], &["--timeout", "2s", "--count", "2"]].concat();
    let relayed = [&["call", "--relay", &udp], &ALICE[..], &["--duration", "100ms"]].concat();
    let plan = TempFile::new(
        "[[probe]]\nname = \"a\"\nembedded = true\ntransport = \"udp\"\ncount = 2\n[[call]]\nname = \"b\"\nduration = \"100ms\"\n",
    );
    let commands: [&[&str]; 4] =
        [&probe, &relayed, &["call", "--duration", "100ms"], &["check", plan.path(), "--deadline", "20s"]];
    std::thread::scope(|scope| {
        for command in commands {
            scope.spawn(move || {
                let mut healthy = 0;
                for limit in [3, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 18, 22, 64] {
                    let args = [command, &["--format", "json"]].concat();
                    let ended = by_shell(&format!("ulimit -n {limit}; exec \"$@\""), &args);
                    // The loader itself needs one or two.
                    if ended.code == 127 && limit < 6 {
                        continue;
                    }
                    ended.is_sound(Duration::from_secs(30), 160 * 1024);
                    let blamed = command[0] == "probe" && ended.stdout.contains("\"severity\": \"error\"");
                    assert!(!blamed, "{limit}: {ended:#?}");
                    assert!([0, 3].contains(&ended.code), "{limit}: {ended:#?}");
                    if ended.code == 3 {
                        let said = [&ended.stdout[..], &ended.stderr].concat();
                        assert!(
                            said.contains("files") || said.contains("descriptor") || said.contains("file,"),
                            "{ended:#?}"
                        );
                    }
                    healthy += usize::from(ended.code == 0);
                }
                assert!(healthy > 0, "never enough: {command:?}");
            });
        }
    });
}

#[test]
fn a_full_disk_is_told_and_the_result_is_not_the_worse_for_what_lies_beside_it() {
    let server = server();
    let target = turn_udp(&server);
    let probe = [&["probe", &target], &ALICE[..], &["--count", "2", "--no-capabilities"]].concat();
    let call = ["call", "--duration", "100ms"];
    let full = |args: &[&str], more: &[&str]| {
        let ended = end(command(&[args, more].concat()), &more.join(" "));
        ended.is_sound(Duration::from_secs(30), 160 * 1024);
        assert!(ended.stderr.contains("No space left on device"), "{ended:#?}");
        ended
    };
    for args in [&probe[..], &call] {
        // The report is what it is for.
        for format in ["json", "text", "html", "prometheus"] {
            let report = format!("{format}=/dev/full");
            let ended = full(args, &["--report", &report]);
            assert_eq!(ended.code, 3, "{ended:#?}");
            assert!(ended.stderr.contains("write /dev/full"), "{ended:#?}");
        }
        assert_eq!(full(args, &["-o", "/dev/full"]).code, 3);
        let ended = by_shell("exec \"$@\" >/dev/full", args);
        assert_eq!(ended.code, 3, "{ended:#?}");
        assert!(ended.stderr.contains("write to standard output: No space left"), "{ended:#?}");
    }
    // What is recorded beside it is told, and the result stands.
    let ended = full(&probe, &["--pcap", "/dev/full"]);
    assert_eq!(ended.code, 0, "{ended:#?}");
    assert!(ended.stdout.starts_with("PASS"), "{ended:#?}");
    let ended = full(&probe, &["--trace=/dev/full"]);
    assert_eq!(ended.code, 0, "{ended:#?}");
    assert_eq!(by_shell("exec \"$@\" >/dev/full", &["--help"]).code, 3);
}

/// On a disk that fills up in the middle of it.
#[test]
fn a_disk_that_fills_up_costs_what_finds_no_room_and_leaves_no_half_a_file() {
    let mounts = "set -e; dir=$(mktemp -d); mount -t tmpfs -o size=24k none \"$dir\"; cd \"$dir\"; ";
    let inside = |script: &str, args: &[&str]| {
        let mut shell = std::process::Command::new("unshare");
        let script = format!("{mounts} set +e; {script}");
        shell.args(["-m", "sh", "-c", &script, "sh", env!("CARGO_BIN_EXE_rtcscope")]).args(args);
        shell.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        end(shell, &args.join(" "))
    };
    let trial = inside("echo mounted", &[]);
    if !trial.stdout.contains("mounted") {
        let required = std::env::var_os("RTCSCOPE_REQUIRE_LAB").is_some_and(|value| value != "0");
        assert!(!required, "RTCSCOPE_REQUIRE_LAB is set, and a mount namespace cannot be had: {trial:#?}");
        eprintln!("SKIPPED: needs root and unshare: no mount namespace here");
        return;
    }
    let after = "\"$@\"; code=$?; ls -A; umount -l \"$dir\"; rmdir \"$dir\"; exit $code";
    let args = ["call", "--duration", "2s", "--format", "json", "-o", "/dev/null"];
    let ended = inside(after, &[&args[..], &["--pcap", "call.pcapng"]].concat());
    assert_eq!(ended.code, 0, "{ended:#?}");
    assert!(ended.stderr.contains("call.pcapng") && ended.stderr.contains("No space left"), "{ended:#?}");
    assert_eq!(ended.stdout.trim(), "", "{ended:#?}");
    // A page is larger than what is left.
    let filled = format!("head -c 20000 /dev/zero >filler; {after}");
    let page = ["call", "--duration", "100ms", "-o", "/dev/null", "--report", "html=page.html"];
    let ended = inside(&filled, &page);
    assert_eq!(ended.code, 3, "{ended:#?}");
    assert!(ended.stderr.contains("write page.html: No space left"), "{ended:#?}");
    assert_eq!(ended.stdout.trim(), "filler", "{ended:#?}");
    // A probe keeps its packets up to there, all of them whole.
    let flags =
        ["--transport", "udp", "--count", "200", "--rate", "1000", "--size", "1000", "--no-capabilities"];
    let reads = "\"$@\" --pcap probe.pcapng; code=$?; ls -A; \"$1\" analyze probe.pcapng >/dev/null; \
                 echo read $?; umount -l \"$dir\"; rmdir \"$dir\"; exit $code";
    let ended = inside(reads, &[&["probe", "--embedded", "-o", "/dev/null"][..], &flags].concat());
    assert_eq!(ended.code, 0, "{ended:#?}");
    assert!(ended.stderr.contains("it ends early, after "), "{ended:#?}");
    assert_eq!(ended.stdout, "probe.pcapng\nread 0\n", "{ended:#?}");
}

#[test]
fn nobody_who_reads_is_silence_and_no_failure() {
    let server = server();
    let target = turn_udp(&server);
    let probe = [&["probe", &target], &ALICE[..], &["--count", "2", "--no-capabilities", "-v"]].concat();
    for args in [&probe[..], &["call", "--duration", "100ms"], &["explain"], &["--help"]] {
        // Closed from the beginning; a reader who leaves after a line; one who never reads.
        for script in [
            "exec \"$@\" >&-",
            "{ \"$@\"; echo $? >&2; } | head -n 1 >/dev/null",
            "{ \"$@\"; echo $? >&2; } | true",
        ] {
            let ended = by_shell(script, args);
            ended.is_sound(Duration::from_secs(30), 160 * 1024);
            assert_eq!(ended.code, 0, "{ended:#?}");
            assert!(["", "0\n"].contains(&&ended.stderr[..]), "{ended:#?}");
        }
    }
    // Neither standard output nor standard error nor standard input.
    let ended = by_shell("exec \"$@\" <&- >&- 2>&-", &probe);
    assert_eq!(ended.code, 0, "{ended:#?}");
    // What goes to a file is written all the same.
    let file = TempFile::new("");
    let report = format!("json={}", file.path());
    let mut run = command(&[&probe[..], &["--report", &report]].concat());
    let mut child = run.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let written = std::fs::read_to_string(file.path()).unwrap();
    assert!(written.contains("\"schema\": \"probe/1\""), "{written}");
}
