//! `--format nagios`: one line, and the codes that monitoring knows.

use super::run;

/// The code and the line.
#[track_caller]
fn check(args: &[&str], code: i32, begins: &str) -> String {
    let output = run(&[args, &["--format", "nagios"]].concat());
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(output.status.code(), Some(code), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.starts_with(begins), "{text}");
    assert_eq!(text.matches('\n').count(), 1, "{text}");
    text
}

#[test]
fn a_healthy_server_is_ok_with_its_numbers_and_limits() {
    let args = ["probe", "--embedded", "--transport", "udp", "--max", "loss=50%"];
    let line = check(&args, 0, "RTCSCOPE OK - ");
    let (_, data) = line.trim_end().split_once(" | ").expect("performance data");
    assert!(data.starts_with("'loss turn:"), "{data}");
    assert!(data.contains("%;;50 ") && data.contains("'setup turn:"), "{data}");
    assert!(line.len() < 4096);
}

#[test]
fn a_crossed_limit_and_an_error_are_critical() {
    let args = ["probe", "--embedded", "--transport", "udp", "--max", "setup=1us"];
    check(&args, 2, "RTCSCOPE CRITICAL - ");
    let line = check(&["sdp", "lint", "testdata/sdp/broken.sdp"], 2, "RTCSCOPE CRITICAL - ");
    assert!(line.contains("[SDP"), "{line}");
}

#[test]
fn a_warning_is_one() {
    let line = check(&["analyze", "testdata/capture/call.pcap"], 1, "RTCSCOPE WARNING - ");
    assert!(line.contains("[LOSS"), "{line}");
}

#[test]
fn what_could_not_be_looked_at_or_understood_is_unknown() {
    let line = check(&["analyze", "testdata/missing.pcap"], 3, "RTCSCOPE UNKNOWN - ");
    assert!(line.contains("missing.pcap"), "{line}");
    check(&["probe", "--max", "nonsense=1", "--embedded"], 3, "RTCSCOPE UNKNOWN - unknown metric `nonsense`");
    check(&["probe", "--no-such-flag"], 3, "RTCSCOPE UNKNOWN - the command line is wrong");
}
