//! Dumps of calls that failed: why is what one sees first, and never that nothing is wrong.

use super::{Dir, rtcscope, shown};

const CHROME: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";
const OFFER: &str = "v=0\\r\\no=- 1 2 IN IP4 127.0.0.1\\r\\ns=-\\r\\nt=0 0\\r\\nm=audio 9 UDP/TLS/RTP/SAVPF 0\\r\\n\
                     c=IN IP4 0.0.0.0\\r\\na=mid:0\\r\\na=rtcp-mux\\r\\na=ice-ufrag:Zk4q\\r\\na=ice-pwd:made-up-for-a-test-1234\\r\\n\
                     a=fingerprint:sha-256 7B:8B:F0:65:5F:78:E2:51:3B:AC:6F:F3:3F:46:1B:35:DC:B8:5F:64:1A:24:C2:43:F0:A1:58:D0:A1:2C:19:08\\r\\n\
                     a=setup:actpass\\r\\n";

/// What `sdp` says of a file of this text.
fn said(text: &str, command: &[&str]) -> String {
    let test = std::thread::current().name().unwrap_or_default().replace("::", "-");
    let dir = Dir::new(&test);
    let path = dir.path("dump");
    std::fs::write(&path, text).expect("a file can be written");
    let mut process = rtcscope(["sdp"]);
    let output = process.args(command).arg(&path).env("COLUMNS", "200").output().expect("the program starts");
    shown(&output)
}

/// A dump of webrtc-internals whose only call could use relays alone, and got none.
fn internals() -> String {
    let update = |second: usize, kind: &str, value: &str| {
        format!(r#"{{"time": "1/1/2024, 11:59:{second:02} AM", "type": "{kind}", "value": "{value}"}}"#)
    };
    let log = [
        update(40, "createOfferOnSuccess", &format!("type: offer, sdp: {OFFER}")),
        update(40, "setLocalDescription", &format!("type: offer, sdp: {OFFER}")),
        update(
            41,
            "icecandidateerror",
            r"url: turn:t.example.org:3478?transport=udp\naddress: 192.168.1.x\nport: 54400\nhost_candidate: 192.168.1.x:54400\nerror_text: Unauthorized\nerror_code: 401",
        ),
        update(
            42,
            "icecandidateerror",
            r"url: turn:u.example.org:3478\nerror_text: TURN allocate request timed out.\nerror_code: 701",
        ),
        update(43, "icegatheringstatechange", "complete"),
        update(58, "iceconnectionstatechange", "failed"),
        update(58, "connectionstatechange", "failed"),
    ];
    format!(
        r#"{{"UserAgent": "{CHROME}", "getUserMedia": [{{"request_id": 1, "timestamp": 1704078000000, "audio": "{{}}"}},
{{"request_id": 1, "timestamp": 1704078001000, "error": "NotAllowedError", "error_message": "Permission denied"}}],
"PeerConnections": {{"11-1": {{"rtcConfiguration": "{{ iceServers: [], iceTransportPolicy: relay }}", "updateLog": [{}]}}}}}}"#,
        log.join(", ")
    )
}

#[test]
fn a_turn_server_that_refuses_is_told_first_and_not_as_the_end_of_candidates() {
    let text = said(&internals(), &["explain"]);
    let (top, timeline) = text.split_once("Peer connection 11-1").expect("a timeline");
    for sentence in [
        "one peer connection, and it failed",
        "TURN server turn:t.example.org:3478?transport=udp refused the credentials (401 Unauthorized)",
        "TURN server turn:u.example.org:3478 could not be reached (701 TURN allocate",
        "only relays are allowed",
        "ICE failed at 18 s",
        "getUserMedia failed: NotAllowedError: Permission denied",
        "rtcscope probe 'turn:t.example.org:3478?transport=udp' -u NAME -w PASSWORD",
    ] {
        assert!(top.contains(sentence), "{sentence}: {text}");
    }
    assert!(text.starts_with("exit: 1\n") && timeline.contains("1 of code 401, 1 of code 701"), "{text}");
    assert!(!text.contains("no more local candidates") && !text.contains("11:59"), "{text}");
    let row = timeline.lines().find(|line| line.contains("gathering: complete")).expect("a row");
    assert_eq!(row.split_whitespace().next(), Some("3"), "{text}");
}

#[test]
fn json_has_what_a_turn_server_said() {
    let text = said(&internals(), &["explain", "--format", "json"]);
    let start = text.find('{').expect("JSON");
    let json: serde_json::Value = serde_json::Deserializer::from_str(&text[start..])
        .into_iter()
        .next()
        .expect("a value")
        .expect("JSON");
    let connection = &json["dumps"][0]["connections"][0];
    let event = &connection["events"][2];
    assert_eq!(event["what"], "candidate_error");
    assert_eq!(event["url"], "turn:t.example.org:3478?transport=udp");
    assert_eq!((&event["code"], &event["text"]), (&401.into(), &"Unauthorized".into()));
    assert_eq!((&connection["failed"], &connection["failed_at_ms"]), (&true.into(), &18000.0.into()));
    assert_eq!((&connection["relay_only"], &connection["candidate_errors"]), (&true.into(), &2.into()));
    assert_eq!(json["dumps"][0]["page_failures"][0]["message"], "NotAllowedError: Permission denied");
}

/// Lines of rtcstats, each with the time since the one before.
fn rtcstats(lines: &[&str]) -> String {
    format!("RTCStatsDump\n{{\"userAgent\": \"{CHROME}\", \"fileFormat\": 3}}\n{}\n", lines.join("\n"))
}

#[test]
fn where_nothing_was_checked_nothing_is_said_to_be_right() {
    let failed = rtcstats(&[
        r#"["create", "PC_0", {"iceServers": []}, 0]"#,
        r#"["onconnectionstatechange", "PC_0", "failed", 5]"#,
    ]);
    let text = said(&failed, &["explain"]);
    assert!(text.starts_with("exit: 1\n") && text.contains("the connection failed at 0.005 s"), "{text}");
    assert!(text.contains("Nothing was checked") && !text.contains("finds nothing wrong"), "{text}");
    let text = said(&failed, &["explain", "--fail-on", "never"]);
    assert!(text.starts_with("exit: 0\n"), "{text}");
    let captured = rtcstats(&[
        r#"["navigator.mediaDevices.getUserMedia", null, {"audio": true}, 1]"#,
        r#"["navigator.mediaDevices.getUserMediaOnFailure", null, "NotReadableError", 5]"#,
    ]);
    let text = said(&captured, &["explain"]);
    assert!(text.contains("getUserMedia failed: NotReadableError (the device"), "{text}");
    assert!(!text.contains("finds nothing wrong"), "{text}");
}

/// A description of the offer above as rtcstats has it.
fn set(method: &str, kind: &str) -> String {
    let sdp = if kind == "offer" {
        OFFER.to_owned()
    } else {
        OFFER.replace("actpass", "active").replace("Zk4q", "aB7x").replace("made-up", "other-made-up")
    };
    format!(r#"["{method}", "PC_0", {{"type": "{kind}", "sdp": "{sdp}"}}, 10]"#)
}

#[test]
fn what_the_recorded_browser_refused_does_not_pass() {
    let (offer, answer) = (set("setLocalDescription", "offer"), set("setRemoteDescription", "answer"));
    let refusal = r#"["setRemoteDescriptionOnFailure", "PC_0", "InvalidAccessError: it will not do", 5]"#;
    let refused =
        rtcstats(&[&offer, r#"["setLocalDescriptionOnSuccess", "PC_0", null, 1]"#, &answer, refusal]);
    let text = said(&refused, &["negotiate"]);
    assert!(text.starts_with("exit: 1\n"), "{text}");
    assert!(
        text.contains("FAIL  the browser of this dump (Chrome 131 on Linux) refused description 2"),
        "{text}"
    );
    assert!(text.contains("InvalidAccessError: it will not do"), "{text}");
    let explained = said(&refused, &["explain"]);
    assert!(
        explained.starts_with("exit: 1\n") && explained.contains("a description was refused"),
        "{explained}"
    );
    // Taken, and another one refused later.
    let taken = r#"["setRemoteDescriptionOnSuccess", "PC_0", null, 5]"#;
    let text = said(&rtcstats(&[&offer, &answer, taken, refusal]), &["negotiate"]);
    assert!(text.starts_with("exit: 0\n") && !text.contains("refused"), "{text}");
}

#[test]
fn several_connections_are_a_table_with_the_failed_one_first_and_an_interruption_told() {
    let dump = rtcstats(&[
        r#"["create", "PC_0", {}, 0]"#,
        r#"["onconnectionstatechange", "PC_0", "connected", 637]"#,
        r#"["create", "PC_1", {}, 100]"#,
        r#"["onconnectionstatechange", "PC_1", "failed", 100]"#,
        r#"["onconnectionstatechange", "PC_0", "disconnected", 1000]"#,
        r#"["onconnectionstatechange", "PC_0", "connected", 500]"#,
    ]);
    let text = said(&dump, &["explain"]);
    assert!(text.contains("2 peer connections, one of which failed"), "{text}");
    let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part}: {text}"));
    assert!(at("PC_1 ") < at("PC_0 ") && at("Peer connection PC_1") < at("Peer connection PC_0"), "{text}");
    assert!(text.contains("Connected after 0.637 s, interrupted at 1.837 s for 0.500 s."), "{text}");
}

#[test]
fn the_timeline_is_in_the_order_of_time_and_candidates_are_counted() {
    let candidate = |host: usize, after: i64| {
        format!(
            r#"["onicecandidate", "PC_0", {{"candidate": "candidate:1 1 udp 1 192.0.2.{host} 5{host:04} typ host"}}, {after}]"#
        )
    };
    let dump = rtcstats(&[
        r#"["create", "PC_0", {}, 20]"#,
        r#"["onnegotiationneeded", "PC_0", null, 13]"#,
        r#"["createOffer", "PC_0", null, -10]"#,
        &candidate(1, 20),
        &candidate(2, 5),
        &candidate(3, 5),
    ]);
    let text = said(&dump, &["explain"]);
    let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part}: {text}"));
    assert!(at("createOffer") < at("onnegotiationneeded"), "{text}");
    assert!(
        text.contains("3 local candidates: 3 host (until 0.033)") && !text.contains("192.0.2.2"),
        "{text}"
    );
    let text = said(&dump, &["explain", "-v"]);
    assert!(text.contains("192.0.2.2") && !text.contains("3 local candidates"), "{text}");
}

#[test]
fn a_long_word_does_not_push_the_events_beneath_their_times() {
    let create = r#"["create", "PC_0", {}, 0]"#;
    let dump =
        rtcstats(&[create, &format!(r#"["addStream", "PC_0", "a audio:{}", 5]"#, "0123456789".repeat(8))]);
    let text = said(&dump, &["explain"]);
    assert!(text.contains("0.005  addStream a audio:0123456789") && text.contains("…"), "{text}");
    assert!(!text.contains(&"0123456789".repeat(5)), "{text}");
}

#[test]
fn lint_takes_one_description_or_connection_of_a_dump() {
    let dump = rtcstats(&[&set("setLocalDescription", "offer"), &set("setRemoteDescription", "answer")]);
    let text = said(&dump, &["lint", "--at", "2"]);
    assert!(text.contains("PC_0 setRemoteDescription") && !text.contains("setLocalDescription"), "{text}");
    let text = said(&dump, &["lint", "--at", "3"]);
    assert!(text.starts_with("exit: 2\n") && text.contains("the input has 2"), "{text}");
    assert!(said(&dump, &["lint", "--pc", "PC_0"]).contains("2 descriptions"));
    let text = said(&dump, &["lint", "--pc", "PC_7"]);
    assert!(text.starts_with("exit: 2\n") && text.contains("`PC_7`"), "{text}");
}

#[test]
fn rules_have_a_sentence_each_and_are_found_by_topic() {
    let list = |topic: &str| {
        let output = rtcscope(["sdp", "rules", topic]).env("COLUMNS", "80").output();
        shown(&output.expect("the program starts"))
    };
    let text = list("DTLS");
    assert!(text.starts_with("exit: 0\n") && text.contains("SDP3") && text.contains("fingerprint"), "{text}");
    assert!(list("rtcp").contains("rtcp-mux"));
    assert!(list("SDP101").contains("See RFC 8866"), "a code alone is explained");
    assert!(list("nonsuch").starts_with("exit: 2\n"));
}
