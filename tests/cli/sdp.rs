//! `rtcscope sdp`: files and standard input as people give them.

use std::io::Write;
use std::path::PathBuf;
use std::process::Stdio;

use super::{Dir, rtcscope, run, shown};

fn testdata(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "testdata", "sdp", name].iter().collect()
}

/// The output for a file of `testdata/sdp`.
fn explained(name: &str, flags: &[&str]) -> String {
    let mut command = rtcscope(["sdp", "explain"]);
    command.arg(name).args(flags).current_dir(testdata("")).env("COLUMNS", "100");
    shown(&command.output().expect("the program starts"))
}

#[test]
fn an_offer_is_explained() {
    insta::assert_snapshot!(explained("offer.sdp", &[]));
}

#[test]
fn a_broken_description_is_explained_as_far_as_it_goes() {
    insta::assert_snapshot!(explained("broken.sdp", &[]));
}

#[test]
fn every_line_has_its_meaning() {
    insta::assert_snapshot!(explained("offer.sdp", &["--lines"]));
}

#[test]
fn a_dump_is_a_timeline() {
    insta::assert_snapshot!(explained("source/rtcstats-v3.jsonl", &[]));
}

#[test]
fn one_description_of_a_dump_is_explained_by_its_number() {
    let text = explained("source/rtcstats-v3.jsonl", &["--at", "3"]);
    assert!(text.contains("Description 3: ") && text.contains("PC_0 setRemoteDescription"), "{text}");
    assert!(text.contains("An answer with 2 m-lines") && !text.contains("what happened"), "{text}");
    let text = explained("source/rtcstats-v3.jsonl", &["--at", "9"]);
    assert!(text.starts_with("exit: 2\n") && text.contains("the input has 5"), "{text}");
    let text = explained("source/rtcstats-v3.jsonl", &["--pc", "PC_9"]);
    assert!(text.starts_with("exit: 2\n") && text.contains("`PC_9`"), "{text}");
    // Its descriptions have faults.
    let text = explained("source/rtcstats-v3.jsonl", &["--pc", "PC_0"]);
    assert!(text.starts_with("exit: 1\n") && text.contains("Peer connection PC_0"), "{text}");
}

#[test]
fn json_of_a_dump_has_its_events_and_numbers_its_descriptions() {
    let mut command = rtcscope(["sdp", "explain", "--format", "json"]);
    let output = command.arg(testdata("source/internals-2026.json")).output().expect("the program starts");
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let numbers: Vec<_> = json["sessions"].as_array().expect("a list").iter().map(|s| &s["number"]).collect();
    assert_eq!(numbers, [1, 2, 3]);
    let connection = &json["dumps"][0]["connections"][0];
    assert_eq!(
        (&connection["id"], &connection["remote_candidates"]),
        (&"11-1".into(), &serde_json::json!({}))
    );
    assert_eq!(connection["local_candidates"], serde_json::json!({"srflx": 1}));
    let events = connection["events"].as_array().expect("a list");
    let whats: Vec<_> = events.iter().map(|event| event["what"].as_str().unwrap_or_default()).collect();
    assert_eq!(whats, ["description", "description", "state", "candidate", "description", "failure"]);
    let set = &events[1];
    assert_eq!((&set["side"], &set["type"], &set["number"]), (&"local".into(), &"offer".into(), &2.into()));
    let change = serde_json::json!({
        "from": 1, "munged": false, "reordered": true, "first_line": null, "lines_added": 0, "lines_removed": 0,
    });
    assert_eq!(set["change"], change);
    assert!(!String::from_utf8_lossy(&output.stdout).contains("hunter2"));
}

#[test]
fn a_fragment_of_trickle_ice_is_no_description() {
    let dir = Dir::new("sdp-fragment");
    let path = dir.path("patch.txt");
    let fragment = "a=ice-ufrag:Zk4q\r\na=ice-pwd:made-up-for-a-test-1234\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n\
                    a=candidate:1 1 udp 1 192.0.2.7 54321 typ host\r\na=end-of-candidates\r\n";
    std::fs::write(&path, fragment).expect("a file can be written");
    let text = run(["sdp".as_ref(), "explain".as_ref(), path.as_os_str()]);
    assert!(
        text.contains("A fragment for trickle ICE with one m-line: audio") && text.contains("1 host"),
        "{text}"
    );
    assert!(!text.contains("PCMU") && !text.contains("strict") && !text.contains("sendrecv"), "{text}");
}

#[test]
fn json_has_the_facts_under_their_keys() {
    let mut command = rtcscope(["sdp", "explain", "--format", "json"]);
    let output = command.arg(testdata("offer.sdp")).output().expect("the program starts");
    assert_eq!(output.status.code(), Some(0));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(json["schema"], "sdp-explain/1");
    let codes: Vec<_> = json["findings"].as_array().expect("a list").iter().map(|f| &f["code"]).collect();
    assert_eq!(codes, ["SDP221", "SDP208"]);
    let session = &json["sessions"][0];
    assert_eq!(session["type"], "offer");
    assert_eq!(session["bundle_groups"], serde_json::json!([["mic", "cam", "chat"]]));
    assert_eq!(session["origin"]["session_version"], "2");
    assert_eq!(session["ice_lite"], false);
    assert_eq!(session["strict"], serde_json::Value::Null);
    let [audio, video, data] = [0, 1, 2].map(|index| &session["media"][index]);
    assert_eq!(
        (&audio["index"], &audio["kind"], &audio["port"]),
        (&0.into(), &"audio".into(), &50000.into())
    );
    assert_eq!((&audio["proto"], &audio["mid"]), (&"UDP/TLS/RTP/SAVPF".into(), &"mic".into()));
    assert_eq!((&audio["ice_ufrag"], &audio["rtcp_mux"]), (&"r7Qe".into(), &true.into()));
    let opus = serde_json::json!({
        "payload_type": 111, "name": "opus", "clock_rate": 48000, "channels": 2,
        "fmtp": "minptime=10;useinbandfec=1;stereo=1",
        "reading": "wants stereo, in-band FEC, minptime 10 ms",
        "feedback": ["transport-cc"],
    });
    assert_eq!(audio["codecs"][0], opus);
    assert_eq!(audio["candidates"][1]["mdns"], true);
    assert_eq!(audio["candidates"][2]["type"], "relay");
    assert_eq!(audio["ssrcs"][0]["cname"], "aBcD");
    assert_eq!(video["direction"], "sendonly");
    assert_eq!(video["simulcast"], serde_json::json!({"send": ["h", "~l"], "recv": []}));
    assert_eq!((&video["rids"][1]["id"], &video["extmaps"][1]["id"]), (&"l".into(), &10.into()));
    assert_eq!(
        (&data["port"], &data["rejected"], &data["setup"]),
        (&0.into(), &false.into(), &"actpass".into())
    );
}

#[test]
fn no_password_of_ice_is_shown() {
    for flags in [&["--lines"][..], &["--format", "json"], &["--lines", "--format", "json"]] {
        let text = explained("offer.sdp", flags);
        assert!(text.contains("r7Qe") && !text.contains("made+up+for+a+test"), "{text}");
    }
}

#[test]
fn standard_input_is_read_like_a_file() {
    let bytes = std::fs::read(testdata("offer.sdp")).expect("a file of the repository");
    let mut command = rtcscope(["sdp", "explain", "-"]);
    command.env("COLUMNS", "100").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    child.stdin.take().expect("a pipe").write_all(&bytes).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(shown(&output), explained("offer.sdp", &[]));
}

#[test]
fn what_holds_no_sdp_is_said_in_a_sentence() {
    let dir = Dir::new("sdp-none");
    let check = |name: &str, bytes: &[u8], sentence: &str| {
        let path = dir.path(name);
        std::fs::write(&path, bytes).expect("a file can be written");
        let text = run(["sdp".as_ref(), "explain".as_ref(), path.as_os_str()]);
        assert!(text.starts_with("exit: 3\n") && text.contains(sentence), "{text}");
    };
    check("empty", b"", "empty: the input is empty.");
    check("binary", &[0, 159, 146, 150, 10, 255].repeat(1000), "binary data");
    check("object", b"[object Object]\n", "JSON.stringify");
    let text = run(["sdp", "explain", "/nonexistent"]);
    assert!(text.starts_with("exit: 3\n") && text.contains("hint: `rtcscope sdp` takes files"), "{text}");
    let text = run(["sdp", "explain", env!("CARGO_MANIFEST_DIR")]);
    assert!(text.starts_with("exit: 3\n") && text.contains("directory"), "{text}");
}

#[test]
fn nul_and_invalid_utf8_do_not_hide_the_rest() {
    let dir = Dir::new("sdp-odd");
    let path = dir.path("odd.sdp");
    std::fs::write(&path, b"v=0\no=- 1 1 IN IP4 192.0.2.1\ns=\xff\0\x1b[2J\nt=0 0\nm=audio 9 RTP/AVP 0\n")
        .expect("a file can be written");
    let text = run(["sdp".as_ref(), "explain".as_ref(), path.as_os_str(), "--lines".as_ref()]);
    assert!(text.starts_with("exit: 1\n") && text.contains("m=audio 9 RTP/AVP 0"), "{text}");
    assert!(!text.contains('\x1b') && !text.contains('\0'), "{text}");
}

/// The output of a command of `sdp` for an input of its own.
fn of_input(command: &str, name: &str, bytes: &[u8], flags: &[&str]) -> String {
    let dir = Dir::new(&format!("sdp-of-{command}-{name}"));
    std::fs::write(dir.path(name), bytes).expect("a file can be written");
    let mut command = rtcscope(["sdp", command, name]);
    command.args(flags).current_dir(dir.path("")).env("COLUMNS", "100");
    shown(&command.output().expect("the program starts"))
}

const CANDIDATES: [(&str, &str); 5] = [
    ("line", "candidate:1 1 udp 2122260223 192.0.2.7 54321 typ host\n"),
    ("attribute", "a=candidate:1 1 udp 2122260223 192.0.2.7 54321 typ host\r\n"),
    (
        "init",
        r#"{"candidate":"candidate:1 1 udp 2122260223 192.0.2.7 54321 typ host","sdpMid":"0","sdpMLineIndex":0}"#,
    ),
    (
        "android",
        r#"{"type":"candidate","id":"audio","label":0,"candidate":"candidate:1 1 udp 2122260223 192.0.2.7 54321 typ host"}"#,
    ),
    ("ios", "0:0:candidate:1 1 udp 2122260223 192.0.2.7 54321 typ host:stun:192.0.2.9:3478\n"),
];

#[test]
fn candidates_alone_are_explained_and_linted_however_they_are_handed_over() {
    for (name, text) in CANDIDATES {
        let told = of_input("explain", name, text.as_bytes(), &[]);
        assert!(told.starts_with("exit: 0\n"), "{name}: {told}");
        assert!(told.contains("One ICE candidate without its description: 1 host"), "{name}: {told}");
        assert!(told.contains("192.0.2.7:54321") && told.contains("finds nothing wrong"), "{name}: {told}");
        let told = of_input("lint", name, text.as_bytes(), &[]);
        assert!(told.starts_with("exit: 0\n") && told.contains("nothing is wrong"), "{name}: {told}");
        let bad = text.replace("54321", "0");
        let told = of_input("lint", name, bad.as_bytes(), &["--fail-on", "warning"]);
        assert!(told.starts_with("exit: 1\n") && told.contains("SDP408"), "{name}: {told}");
        assert!(told.contains("nobody can send to port 0") && told.contains(&format!("{name}:1:")), "{told}");
        let told = of_input("explain", name, bad.as_bytes(), &[]);
        assert!(told.contains("line 1: nobody can send to port 0 (SDP408)"), "{name}: {told}");
    }
    let (_, init) = CANDIDATES[2];
    let json = of_input("explain", "json", init.as_bytes(), &["--format", "json"]);
    assert!(json.contains("\"mid\": \"0\"") && json.contains("\"address\": \"192.0.2.7\""), "{json}");
    let broken = init.replace("1 1 udp 2122260223 192.0.2.7 54321 typ host", "1 one");
    let told = of_input("explain", "broken", broken.as_bytes(), &[]);
    assert!(told.contains("No candidate that can be read") && told.contains("(SDP408)"), "{told}");
}

const HEAD: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0";

#[test]
fn a_string_without_its_last_line_end_is_a_warning_and_a_file_is_not() {
    let string = serde_json::json!({"type": "offer", "sdp": HEAD}).to_string();
    let told = of_input("lint", "string", string.as_bytes(), &["--fail-on", "warning"]);
    assert!(told.starts_with("exit: 1\n") && told.contains("end the string with `\\r\\n`"), "{told}");
    let told = of_input("lint", "file", HEAD.as_bytes(), &["-v", "--fail-on", "warning"]);
    assert!(told.starts_with("exit: 0\n") && told.contains("the last line has no line end"), "{told}");
}

#[test]
fn text_before_a_description_is_noted() {
    let before = format!("This is what I get:\n\n{HEAD}\r\n");
    for command in ["explain", "lint"] {
        let told = of_input(command, "before", before.as_bytes(), &[]);
        let sentence = "before: a line of other text stands before the description";
        assert!(told.contains(sentence), "{told}");
        let told = of_input(command, "quoted", HEAD.replace("v=0", "> v=0").as_bytes(), &[]);
        assert!(!told.contains("other text"), "{told}");
    }
}

#[test]
fn findings_have_their_place_and_the_worst_are_told_first() {
    let broken = std::fs::read(testdata("broken.sdp")).expect("a file of the repository");
    let json = of_input("explain", "json", &broken, &["--format", "json"]);
    let json = json.split("--- stdout\n").nth(1).and_then(|rest| rest.split("--- stderr").next());
    let json: serde_json::Value = serde_json::from_str(json.expect("output")).expect("JSON");
    let findings = json["findings"].as_array().expect("findings");
    assert!(findings.iter().any(|finding| finding["location"]["m_line"] == 0), "{findings:#?}");
    for finding in findings {
        for key in ["line", "column", "length"] {
            assert!(finding["location"].get(key).is_some(), "{finding:#}");
        }
    }
    let text = of_input("explain", "text", &broken, &[]);
    let [wrong, may] =
        ["What is wrong", "What may go wrong"].map(|heading| text.find(heading).expect(heading));
    assert!(wrong < may && text.starts_with("exit: 1\n"), "{text}");
    let text = of_input("explain", "never", &broken, &["--fail-on", "never"]);
    assert!(text.starts_with("exit: 0\n"), "{text}");
}

#[test]
fn the_browser_of_a_dump_wrote_its_own_side_of_it() {
    let safari = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                  Version/17.0 Safari/605.1.15";
    let dump =
        std::fs::read_to_string(testdata("source/rtcstats-v3.jsonl")).expect("a file of the repository");
    let dump = dump.replace("Mozilla/5.0 example", safari);
    let own = of_input("explain", "own", dump.as_bytes(), &["--at", "1", "-v"]);
    assert!(own.contains("Written by Safari 17.0 on macOS. Seen by: the dump is of that browser"), "{own}");
    let short = of_input("explain", "short", dump.as_bytes(), &["--at", "1"]);
    assert!(short.contains("Written by Safari 17.0 on macOS.") && !short.contains("Seen by"), "{short}");
    let theirs = of_input("explain", "theirs", dump.as_bytes(), &["--at", "3"]);
    assert!(!theirs.contains("Safari 17.0"), "{theirs}");
}

#[test]
fn a_file_that_is_too_large_is_refused_unread() {
    let dir = Dir::new("sdp-large");
    let path = dir.path("large");
    std::fs::File::create(&path).and_then(|file| file.set_len(100 << 20)).expect("a sparse file");
    let text = run(["sdp".as_ref(), "explain".as_ref(), path.as_os_str()]);
    assert!(text.starts_with("exit: 3\n") && text.contains("is larger than 64 MiB"), "{text}");
}
