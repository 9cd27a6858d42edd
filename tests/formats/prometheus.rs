//! `--format prometheus` as `promtool check metrics` sees it, which lints names as well as the syntax.

use std::io::Write;
use std::process::{Command, Stdio};

use super::{is_there, rtcscope, stdout};

#[track_caller]
fn check(args: &[&str]) -> String {
    let text = stdout(&[args, &["--format", "prometheus"]].concat());
    if is_there("promtool", "prometheus") {
        let mut promtool = Command::new("promtool")
            .args(["check", "metrics"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("promtool starts");
        promtool.stdin.take().expect("piped").write_all(text.as_bytes()).expect("promtool reads");
        let output = promtool.wait_with_output().expect("promtool ends");
        let said = [output.stdout, output.stderr].concat();
        assert!(output.status.success() && said.is_empty(), "{}\n{text}", String::from_utf8_lossy(&said));
    }
    text
}

#[test]
fn promtool_finds_nothing_wrong_with_a_probe() {
    let text = check(&["probe", "--embedded", "--transport", "udp,tcp"]);
    assert!(text.contains("\nrtcscope_probe_exit_code 0\n"), "{text}");
    let loss = text.lines().filter(|line| line.starts_with("rtcscope_probe_loss_ratio{"));
    let loss: Vec<&str> = loss.collect();
    // Two transports, each in two directions.
    assert_eq!(loss.len(), 4, "{text}");
    assert!(loss.iter().all(|line| line.ends_with(" 0")), "{loss:?}");
}

#[test]
fn promtool_finds_nothing_wrong_with_a_capture() {
    let text = check(&["analyze", "testdata/capture/call.pcap"]);
    assert!(text.contains("rtcscope_analyze_loss_ratio{stream=\""), "{text}");
}

#[test]
fn promtool_finds_nothing_wrong_with_a_check_and_a_call() {
    let text = check(&["check"]);
    assert!(text.contains("rtcscope_check_exit_code 0"), "{text}");
    check(&["call", "--duration", "1s"]);
}

/// Whatever else a machine does meanwhile: the shortest of many takes what it is made to take, in seconds, direct and
/// through a relay; and how late the machine was is told beside it.
#[test]
fn a_round_trip_of_a_call_is_in_seconds_directly_and_through_a_relay() {
    for path in [&["call"][..], &["call", "--embedded", "--transport", "udp"]] {
        let args = ["--duration", "2s", "--pings", "100", "--bitrate", "200k", "--impair", "delay=50ms"];
        let text = check(&[path, &args].concat());
        let number = |name: &str| -> f64 {
            let line = text.lines().find(|line| line.starts_with(name));
            line.and_then(|line| line.rsplit_once(' ')?.1.parse().ok())
                .unwrap_or_else(|| panic!("{name}: {text}"))
        };
        let (rtt, one_way) =
            (number("rtcscope_call_rtt_min_seconds"), number("rtcscope_call_one_way_min_seconds"));
        assert!((0.1..0.2).contains(&rtt), "{path:?}: {rtt}");
        assert!((0.05..0.1).contains(&one_way), "{path:?}: {one_way}");
        assert!((0.0..60.0).contains(&number("rtcscope_call_sent_late_seconds")), "{text}");
    }
}

#[test]
fn promtool_finds_nothing_wrong_where_there_are_findings_alone() {
    let text = check(&["sdp", "lint", "testdata/sdp/broken.sdp"]);
    let errors = text.lines().find(|line| line.starts_with("rtcscope_sdp_lint_findings{severity=\"error\"}"));
    assert!(errors.is_some_and(|line| !line.ends_with(" 0")), "{text}");
}

#[test]
fn what_fails_is_exit_1_as_everywhere() {
    let args = ["sdp", "lint", "testdata/sdp/broken.sdp", "--format", "prometheus"];
    let status = rtcscope(&args).stdout(Stdio::null()).status().expect("starts");
    assert_eq!(status.code(), Some(1));
}
