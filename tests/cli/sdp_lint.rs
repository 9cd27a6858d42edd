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
    command.args(arguments).current_dir(fixtures()).env("COLUMNS", "100");
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

/// A file with this text, and what `sdp lint` says of it.
fn lint_text(name: &str, text: &str, arguments: &[&str]) -> String {
    let dir = Dir::new(&format!("sdp-lint-{name}"));
    let path = dir.path(name);
    std::fs::write(&path, text).expect("a file can be written");
    let mut command = rtcscope(["sdp", "lint", name]);
    shown(&command.args(arguments).current_dir(path.parent().expect("a folder")).output().expect("it starts"))
}

const HEAD: &str = "v=0\r\no=- 20518 2 IN IP4 203.0.113.1\r\ns=-\r\nt=0 0\r\n";

#[test]
fn programs_are_told_of_inputs_that_could_not_be_examined() {
    let arguments = ["--select", "SDP107", "/nonexistent", "SDP107/good.sdp", "--format"];
    let text = |format: &str| lint(&[&arguments[..], &[format]].concat());
    let sarif = text("sarif");
    assert!(sarif.starts_with("exit: 3\n") && sarif.contains("\"executionSuccessful\": false"), "{sarif}");
    assert!(sarif.contains("toolExecutionNotifications") && sarif.contains("file:///nonexistent"), "{sarif}");
    let junit = text("junit");
    assert!(junit.contains("errors=\"1\"") && junit.contains("<testsuite name=\"/nonexistent\""), "{junit}");
    let github = text("github");
    assert!(github.contains("::error file=/nonexistent,title=not examined::open /nonexistent"), "{github}");
    let json = text("json");
    assert!(json.contains("\"errors\": [") && json.contains("\"source\": \"/nonexistent\""), "{json}");
}

#[test]
fn programs_are_told_of_an_input_without_a_description() {
    let text = |format| lint_text("empty.txt", "", &["--format", format]);
    let sarif = text("sarif");
    assert!(
        sarif.contains("\"executionSuccessful\": false") && sarif.contains("the input is empty"),
        "{sarif}"
    );
    assert!(text("junit").contains("errors=\"1\""));
    assert!(text("github").contains("::error file=empty.txt,title=not examined::the input is empty"));
}

#[test]
fn a_run_that_ends_early_says_so_in_the_format_for_programs() {
    for command in ["explain", "lint", "negotiate", "diff"] {
        let json =
            rtcscope(["sdp", command, "/nonexistent", "--format", "json"]).output().expect("it starts");
        assert_eq!(json.status.code(), Some(3));
        let json: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
        assert_eq!(json["schema"], "error/1");
        let message = json["errors"][0]["message"].as_str().expect("a message");
        assert!(message.contains("/nonexistent"), "{message}");
    }
    let sarif = run(["sdp", "lint", "/nonexistent", "--format", "sarif"]);
    assert!(sarif.starts_with("exit: 3\n") && sarif.contains("\"executionSuccessful\": false"), "{sarif}");
    let text = run(["sdp", "lint", "/nonexistent"]);
    assert!(text.contains("--- stdout\n--- stderr\nerror: open /nonexistent"), "{text}");
}

#[test]
fn an_answer_alone_has_to_choose_its_role_where_it_is_known_to_be_one() {
    let arguments = ["--select", "SDP307", "SDP307/bad-offer.sdp"];
    assert!(lint(&arguments).starts_with("exit: 0\n"), "an offer leaves the choice");
    let text = lint(&[&arguments[..2], &["--type", "answer", "SDP301/good.sdp"]].concat());
    assert!(text.starts_with("exit: 1\n") && text.contains("SDP307 answer-setup-actpass"), "{text}");
}

#[test]
fn a_candidate_that_nothing_can_read_is_an_error_wherever_it_stands() {
    let candidate = "candidate:1 1 udp 2122260223 10.0.0.1 99999 typ host";
    let text = lint_text("lone.txt", &format!("{candidate}\n"), &[]);
    assert!(text.starts_with("exit: 1\n") && text.contains("error SDP408"), "{text}");
    let event = |kind: &str, value: String| serde_json::json!({"time": "now", "type": kind, "value": value});
    let dump = |candidate: &str| {
        let log = [
            event("create", String::new()),
            event("addIceCandidate", format!("sdpMid: 0, sdpMLineIndex: 0, candidate: {candidate}")),
            event("addIceCandidate", format!("sdpMid: 1, sdpMLineIndex: 1, candidate: {candidate}")),
        ];
        serde_json::json!({"PeerConnections": {"1-1": {"updateLog": log}}}).to_string()
    };
    let text = lint_text("dump.json", &dump(candidate), &[]);
    assert_eq!(text.matches("error SDP408").count(), 1, "{text}");
    assert!(
        text.contains("(1-1 addIceCandidate, line 1)") && text.contains("`99999` is not a port"),
        "{text}"
    );
    let text = lint_text("good.json", &dump(&candidate.replace("99999", "9999")), &[]);
    assert!(!text.contains("SDP408"), "{text}");
}

#[test]
fn lines_are_those_of_the_file_or_said_to_be_those_of_the_description() {
    let mail = format!("Hi team,\nhere it is:\n\n{HEAD}m=audio x RTP/AVP 0\r\n");
    let text = lint_text("mail.txt", &mail, &["--select", "SDP107"]);
    assert!(text.contains("--> mail.txt:8:9\n") && text.contains("  8 | m=audio x RTP/AVP 0"), "{text}");
    let json = serde_json::json!(format!("{HEAD}m=audio x RTP/AVP 0\r\n")).to_string();
    let text = lint_text("string.json", &json, &["--select", "SDP107"]);
    assert!(text.contains("(line 5 of the SDP)\n") && text.contains("  5 | m=audio x RTP/AVP 0"), "{text}");
    let explained = |name: &str, text: &str| {
        let dir = Dir::new(&format!("sdp-explain-{name}"));
        let path = dir.path(name);
        std::fs::write(&path, text).expect("a file can be written");
        run(["sdp".as_ref(), "explain".as_ref(), path.as_os_str()])
    };
    let text = explained("mail.txt", &mail);
    assert!(text.contains("- line 8: ") && !text.contains("- line 5: "), "{text}");
    let text = explained("string.json", &json);
    assert!(text.contains("- SDP line 5: "), "{text}");
}

#[test]
fn columns_say_how_wide_text_may_be() {
    let widest = |columns: &str| {
        let mut command = rtcscope(["sdp", "rules", "SDP307"]);
        let output = command.env("COLUMNS", columns).output().expect("it starts");
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        text.lines().filter(|line| !line.starts_with("    ")).map(|line| line.chars().count()).max()
    };
    let [narrow, usual, odd] = ["50", "", "0"].map(widest);
    assert!(narrow <= Some(50), "{narrow:?}");
    assert!(usual > Some(50) && usual <= Some(100) && odd == usual, "{usual:?} {odd:?}");
}

#[test]
fn a_file_in_the_place_of_a_command_is_explained() {
    let dir = Dir::new("sdp-meant");
    let path = dir.path("offer.sdp");
    std::fs::write(&path, HEAD).expect("a file can be written");
    let path = path.to_str().expect("UTF-8");
    for arguments in [&["explain", path][..], &[path], &["sdp", path]] {
        let text = run(arguments);
        let hint = format!("hint: `{path}` is a file: did you mean `rtcscope sdp explain {path}`?\n");
        assert!(text.starts_with("exit: 2\n") && text.contains(&hint), "{text}");
    }
    let text = run(["sdp", "negotiate", path]);
    assert!(text.starts_with("exit: 3\n") && text.contains("has an offer; the answer is missing"), "{text}");
    let text = run(["sdp", "diff", path]);
    assert!(text.starts_with("exit: 3\n") && text.contains("nothing to compare it with"), "{text}");
    let text = run(["explain", "nothing-of-this-name"]);
    assert!(text.starts_with("exit: 2\n") && !text.contains("is a file"), "{text}");
}
