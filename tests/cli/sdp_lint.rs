//! `rtcscope sdp lint` and `rtcscope sdp rules`.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Stdio;

use super::{Dir, rtcscope, run, shown};

fn fixtures() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "testdata", "sdp", "lint"].iter().collect()
}

/// The output in the folder of the fixtures.
fn lint<S: AsRef<OsStr>>(arguments: &[S]) -> String {
    let mut command = rtcscope(["sdp", "lint"]);
    command.args(arguments).current_dir(fixtures()).env("COLUMNS", "80");
    shown(&command.output().expect("the program starts"))
}

#[test]
fn faults_are_shown_on_their_lines_and_fail() {
    let broken = lint(&["--select", "SDP1", "../broken.sdp"]);
    insta::assert_snapshot!(broken);
}

#[test]
fn warnings_fail_only_where_they_are_to() {
    let arguments = ["--select", "line-order", "SDP103/bad.sdp"];
    assert!(lint(&arguments).starts_with("exit: 0\n"));
    let text = lint(&[&arguments[..], &["--fail-on", "warning"]].concat());
    assert!(text.starts_with("exit: 1\n"), "{text}");
    let text = lint(&["--ignore", "SDP", "SDP103/bad.sdp"]);
    assert!(
        text.starts_with("exit: 0\n") && text.contains("PASS  nothing is wrong in SDP103/bad.sdp"),
        "{text}"
    );
}

#[test]
fn an_unknown_rule_is_a_usage_error_with_a_guess() {
    let text = lint(&["--select", "line-ordr", "SDP103/bad.sdp"]);
    assert!(text.starts_with("exit: 2\n") && text.contains("did you mean `line-order`?"), "{text}");
}

#[test]
fn json_names_the_place_in_the_description_and_in_the_input() {
    let dir = Dir::new("sdp-lint-json");
    let path = dir.path("signalling.log");
    let sdp =
        "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio x RTP/AVP 0\r\n";
    let indented: String = sdp.lines().map(|line| format!("> {line}\n")).collect();
    std::fs::write(&path, format!("Alice wrote:\n{indented}")).expect("a file can be written");
    let mut command = rtcscope(["sdp", "lint", "--format", "json", "--type", "offer"]);
    let output = command.arg(&path).output().expect("the program starts");
    assert_eq!(output.status.code(), Some(1));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&json["schema"], &json["sessions"][0]["type"]), (&"sdp-lint/1".into(), &"offer".into()));
    assert_eq!(json["sessions"][0]["errors"], 1);
    let findings = json["findings"].as_array().expect("findings");
    let found = findings.iter().find(|finding| finding["code"] == "SDP107").expect("it fires");
    let place = serde_json::json!({"line": 6, "column": 9, "length": 1, "m_line": 0});
    assert_eq!(found["location"], place);
    assert_eq!(
        (&found["evidence"]["input_line"], &found["evidence"]["input_column"]),
        (&7.into(), &11.into())
    );
    assert_eq!(found["subject"], path.to_str().expect("UTF-8"));
}

#[test]
fn one_unreadable_input_does_not_hide_the_others() {
    let text = lint(&["--select", "SDP107", "/nonexistent", "SDP107/bad.sdp"]);
    assert!(text.starts_with("exit: 1\n"), "{text}");
    assert!(
        text.contains("SDP107 mline-syntax") && text.contains("Not examined: open /nonexistent"),
        "{text}"
    );
    let text = lint(&["--select", "SDP107", "/nonexistent", "SDP107/good.sdp"]);
    assert!(text.starts_with("exit: 3\n"), "{text}");
    let text = lint(&["/nonexistent"]);
    assert!(text.starts_with("exit: 3\n") && text.contains("hint:"), "{text}");
}

#[test]
fn what_holds_no_description_is_not_called_healthy() {
    let dir = Dir::new("sdp-lint-none");
    for (name, bytes, sentence) in [
        ("empty", &b""[..], "is empty"),
        ("object", b"[object Object]\n", "what JavaScript makes of an object"),
    ] {
        let path = dir.path(name);
        std::fs::write(&path, bytes).expect("a file can be written");
        let text = run(["sdp".as_ref(), "lint".as_ref(), path.as_os_str()]);
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.starts_with("exit: 3\n") && words.contains(sentence), "{text}");
    }
}

#[test]
fn standard_input_is_examined() {
    use std::io::Write;
    let bytes = std::fs::read(fixtures().join("SDP107/bad.sdp")).expect("a file of the repository");
    let mut command = rtcscope(["sdp", "lint", "--select", "SDP107", "-"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    child.stdin.take().expect("a pipe").write_all(&bytes).expect("it reads");
    let text = shown(&child.wait_with_output().expect("it ends"));
    assert!(text.starts_with("exit: 1\n") && text.contains("standard input:6:9"), "{text}");
}

#[test]
fn forms_of_findings_are_for_what_makes_findings() {
    let text = lint(&["--select", "SDP107", "--format", "github", "SDP107/bad.sdp"]);
    let line = "::error file=SDP107/bad.sdp,line=6,col=9,endLine=6,endColumn=19,title=SDP107 mline-syntax::";
    assert!(text.contains(line), "{text}");
    for format in ["sarif", "junit"] {
        let text = lint(&["--select", "SDP107", "--format", format, "SDP107/bad.sdp"]);
        assert!(text.starts_with("exit: 1\n") && text.contains("mline-syntax"), "{text}");
    }
    let text = run(["explain", "--format", "sarif"]);
    assert!(text.starts_with("exit: 2\n") && text.contains("makes no findings"), "{text}");
}

#[test]
fn rules_are_listed_by_prefix_and_explained_by_code() {
    let list = run(["sdp", "rules", "SDP1"]);
    assert!(
        list.contains("version-line: the description does not begin") && !list.contains("What it means"),
        "{list}"
    );
    let one = run(["sdp", "rules", "version-line"]);
    assert!(one.contains("What it means") && one.contains("See RFC 8866"), "{one}");
    assert!(one == run(["explain", "SDP101"]), "{one}");
    assert!(run(["sdp", "rules", "SDP999"]).starts_with("exit: 2\n"));
}
