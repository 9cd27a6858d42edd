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
    command.arg(name).args(flags).current_dir(testdata("")).env("COLUMNS", "80");
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
    let text = explained("source/rtcstats-v3.jsonl", &["--pc", "PC_0"]);
    assert!(text.starts_with("exit: 0\n") && text.contains("Peer connection PC_0"), "{text}");
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
    assert_eq!((&json["schema"], &json["findings"]), (&"sdp-explain/1".into(), &serde_json::json!([])));
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
    command.env("COLUMNS", "80").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
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
    assert!(text.starts_with("exit: 0\n") && text.contains("m=audio 9 RTP/AVP 0"), "{text}");
    assert!(!text.contains('\x1b') && !text.contains('\0'), "{text}");
}
