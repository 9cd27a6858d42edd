//! `rtcscope sdp diff`.

use std::ffi::OsStr;
use std::path::PathBuf;

use super::{Dir, rtcscope, shown};

fn testdata() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "testdata", "sdp"].iter().collect()
}

/// The output in the folder of the fixtures.
fn diff<S: AsRef<OsStr>>(arguments: &[S]) -> String {
    let mut command = rtcscope(["sdp", "diff"]);
    command.args(arguments).current_dir(testdata()).env("COLUMNS", "100");
    shown(&command.output().expect("the program starts"))
}

/// The same with the white space of paragraphs made one blank.
fn words<S: AsRef<OsStr>>(arguments: &[S]) -> String {
    diff(arguments).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_later_offer_is_compared_m_line_by_m_line() {
    insta::assert_snapshot!(diff(&["diff/before.sdp", "diff/after.sdp"]));
}

#[test]
fn lines_are_shown_where_they_are_asked_for_without_passwords() {
    insta::assert_snapshot!(diff(&["--raw", "--ignore", "SDP", "diff/before.sdp", "diff/after.sdp"]));
}

#[test]
fn what_means_the_same_is_no_difference() {
    let text = words(&["--exit-code", "diff/before.sdp", "diff/same.sdp"]);
    assert!(text.starts_with("exit: 0"), "{text}");
    assert!(
        text.contains("Same meaning, other text: what differs is line ends and how values are written"),
        "{text}"
    );
    let text = words(&["--exit-code", "diff/before.sdp", "diff/before.sdp"]);
    assert!(
        text.starts_with("exit: 0") && text.contains("Nothing has changed: the same, byte for byte."),
        "{text}"
    );
}

#[test]
fn a_difference_fails_where_it_is_to_and_a_rule_by_its_severity() {
    let differ = ["SDP708/good-older.sdp", "SDP708/good-newer.sdp"].map(|name| format!("lint/{name}"));
    assert!(diff(&differ).starts_with("exit: 0\n"));
    assert!(diff(&[&differ[..], &["--exit-code".to_owned()]].concat()).starts_with("exit: 1\n"));
    let reused = ["SDP711/bad-older.sdp", "SDP711/bad-newer.sdp"].map(|name| format!("lint/{name}"));
    let text = diff(&reused);
    assert!(text.starts_with("exit: 1\n") && text.contains("error SDP711 payload-type-reused"), "{text}");
    assert!(
        diff(&[&reused[..], &["--fail-on".to_owned(), "never".to_owned()]].concat()).starts_with("exit: 0\n")
    );
    assert!(
        diff(&[&reused[..], &["--ignore".to_owned(), "SDP711".to_owned()]].concat()).starts_with("exit: 0\n")
    );
}

#[test]
fn rules_are_asked_of_one_session_only_unless_the_user_knows_better() {
    let two = ["lint/SDP709/bad-older.sdp", "lint/SDP709/bad-newer.sdp"];
    let text = words(&two);
    assert!(text.starts_with("exit: 0") && text.contains("name two sessions"), "{text}");
    assert!(text.contains("session id 3871045912660174218 -> 8120994417302255601"), "{text}");
    assert!(!text.contains("SDP709 session-id-changed"), "{text}");
    let text = words(&[two[0], two[1], "--reoffer"]);
    assert!(text.contains("warning SDP709 session-id-changed"), "{text}");
}

#[test]
fn a_dump_tells_what_was_munged_and_what_each_offer_changed() {
    insta::assert_snapshot!(diff(&["source/rtcstats-v3.jsonl"]));
    let text = words(&["source/rtcstats-v3.jsonl", "--at", "4"]);
    assert!(text.contains("offer 4 as created -> offer 5 as set") && !text.contains("local offer"), "{text}");
    let text = words(&["source/rtcstats-v3.jsonl", "--at", "3"]);
    assert!(text.starts_with("exit: 0") && text.contains("no other offer of its side"), "{text}");
    let text = words(&["source/rtcstats-v3.jsonl", "--at", "2", "--at", "3"]);
    assert!(text.contains("an offer and an answer") && text.contains("sdp negotiate"), "{text}");
    let text = words(&["source/rtcstats-v3.jsonl", "--pc", "PC_9"]);
    assert!(text.starts_with("exit: 2") && text.contains("`PC_9`"), "{text}");
    let text = words(&["source/rtcstats-v3.jsonl", "--at", "9"]);
    assert!(text.starts_with("exit: 2") && text.contains("there is no description 9"), "{text}");
}

#[test]
fn what_cannot_be_compared_is_named() {
    let dir = Dir::new("sdp-diff-none");
    let object = dir.path("object.txt");
    std::fs::write(&object, "[object Object]\n").expect("a file can be written");
    let text = words(&[object.as_os_str(), "diff/after.sdp".as_ref()]);
    assert!(text.starts_with("exit: 3") && text.contains("what JavaScript makes of an object"), "{text}");
    for (arguments, sentence) in [
        (&["source/rtcstats-v3.jsonl", "diff/before.sdp"][..], "has 5 descriptions"),
        (&["-", "-"], "standard input can be read once only"),
        (&["diff/before.sdp", "diff/after.sdp", "--pc", "x"], "cannot be used with"),
    ] {
        let text = words(arguments);
        assert!(text.starts_with("exit: 2") && text.contains(sentence), "{arguments:?}: {text}");
    }
    let text = words(&["diff/before.sdp"]);
    assert!(text.starts_with("exit: 3") && text.contains("nothing to compare it with"), "{text}");
    let text = words(&["/nonexistent", "diff/before.sdp"]);
    assert!(text.starts_with("exit: 3"), "{text}");
}

#[test]
fn json_has_each_difference_with_its_lines() {
    let mut command = rtcscope(["sdp", "diff", "--format", "json", "diff/before.sdp", "diff/after.sdp"]);
    let output = command.current_dir(testdata()).output().expect("the program starts");
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(!text.contains("u0cTkV2m7o9x") && !text.contains("kT3vW9zLm2Yc"), "a password is shown");
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let one = &json["comparisons"][0];
    assert_eq!((&json["schema"], &one["outcome"]), (&"sdp-diff/1".into(), &"different".into()));
    assert_eq!((&one["relation"], &one["rules_asked"]), (&"later".into(), &true.into()));
    assert_eq!(one["from"], serde_json::json!({"source": "diff/before.sdp", "number": 1, "type": "unknown"}));
    let direction = &one["media"][0]["changes"];
    let direction =
        direction.as_array().expect("a list").iter().find(|change| change["topic"] == "direction");
    let expected = serde_json::json!({
        "topic": "direction", "change": "changed", "subject": "", "from": "sendrecv", "to": "sendonly",
        "from_line": 19, "to_line": 20,
        "message": "sendrecv -> sendonly: this side no longer receives",
    });
    assert_eq!(direction, Some(&expected));
    assert_eq!(one["media"][3]["from_index"], serde_json::Value::Null);
    assert_eq!(json["findings"][0]["code"], "SDP406");
    let count = |list: &serde_json::Value| list.as_array().expect("a list").len();
    let media: usize =
        one["media"].as_array().expect("a list").iter().map(|media| count(&media["changes"])).sum();
    assert_eq!(one["differences"], count(&one["session"]) + count(&one["every_m_line"]) + media);
}

#[test]
fn json_lines_have_a_line_for_each_comparison_and_finding() {
    let text = diff(&["--format", "jsonl", "source/rtcstats-v3.jsonl"]);
    let records: Vec<String> = text
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .map(|line| line["record"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(records, ["comparison", "comparison", "finding", "summary"]);
    let text = diff(&["--format", "github", "lint/SDP711/bad-older.sdp", "lint/SDP711/bad-newer.sdp"]);
    assert!(text.contains("::error file=lint/SDP711/bad-newer.sdp,line=43"), "{text}");
}
