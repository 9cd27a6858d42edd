//! `rtcscope sdp`: passwords, keys and tokens of the input are in no output, however broken the input is.

use std::process::Output;

use super::{Dir, rtcscope};

const SECRET: &str = "hunter2hunter2hunter2";

/// Lines that parsers trip over, each with a secret, between those of a description that is in order.
const BROKEN: &str = "v=0\r\no=- 20518 2 IN IP4 203.0.113.1\r\ns=-\r\nu=https://me:SECRET@a.test/x?token=SECRET\r\nt=0 0\r\n\
    m=audio 9 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\na=setup:actpass\r\n\
    a=ice-ufrag:Zk4q\r\na=ice-pwd:\r\nSECRET\r\na=ice-pwd SECRET\r\na=ice_pwd:SECRET\r\nice-pwd:SECRET\r\n\
    a = ice-pwd:SECRET\r\nA=ICE-PWD:SECRET\r\na=ice-pwd:0123\r\n456SECRET\r\na=ice-ufrag:abc a=ice-pwd:SECRET\r\n\
    a=crypto:SECRET\r\na=crypto:SECRET AES\r\na=crypto:1 FOO inlin:SECRET\r\na=key-mgmt:mikey SECRET\r\nk=base64:SECRET\r\n\
    a=xauthtoken:SECRET\r\na=candidate:1 1 udp 1 10.0.0.9 9 typ host pwd SECRET\r\n";

fn check(output: &Output, what: &[&str]) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    for shown in [text(&output.stdout), text(&output.stderr)] {
        let line = shown.lines().find(|line| line.contains("hunter2"));
        assert_eq!(line, None, "{what:?}");
    }
    assert!(!output.stdout.is_empty(), "{what:?}: {}", text(&output.stderr));
}

#[test]
fn no_command_shows_a_secret_of_a_broken_description() {
    let dir = Dir::new("sdp-secrets");
    let path = dir.path("broken.sdp");
    std::fs::write(&path, BROKEN.replace("SECRET", SECRET)).expect("a file can be written");
    let path = path.to_str().expect("a path of ASCII");
    let offer = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/sdp/offer.sdp");
    for command in [
        &["explain", "-v", "--lines", path][..],
        &["lint", path],
        &["diff", "--raw", offer, path],
        &["diff", path, offer],
        &["negotiate", path, offer],
        &["negotiate", offer, path],
    ] {
        for format in ["text", "json"] {
            let output = rtcscope(["sdp"]).args(command).args(["--format", format]).output();
            check(&output.expect("the program starts"), command);
        }
    }
    check(
        &rtcscope(["sdp", "rewrite", "--redact", path]).output().expect("the program starts"),
        &["rewrite"],
    );
}

#[test]
fn no_command_shows_a_secret_of_a_dump() {
    let dir = Dir::new("sdp-secrets-dump");
    let path = dir.path("dump.json");
    let event = |kind: &str, value: &str| serde_json::json!({"time": "now", "type": kind, "value": value});
    let page = format!("https://me:{SECRET}@meet.test/room?jwt={SECRET}");
    let dump = serde_json::json!({"PeerConnections": {"1-1": {
        "url": page,
        "rtcConfiguration": format!("{{iceServers: [turns:t.test?credential={SECRET}]}}"),
        "updateLog": [
            event("create", &format!("{page} {{iceServers:[{{username:\"bob\",credential:\"{SECRET}\"}}]}}")),
            event("createOfferOnSuccess", &format!("type: offer, sdp: {}", BROKEN.replace("SECRET", SECRET))),
            event("setLocalDescriptionOnFailure", &format!("OperationError: wrong state a=ice-pwd:{SECRET}")),
            event("icecandidate", &format!(
                "sdpMid: 0, sdpMLineIndex: 0, candidate: candidate:1 1 udp 1 10.0.0.9 9 typ host ufrag abcd pwd {SECRET}"
            )),
        ],
    }}});
    std::fs::write(&path, dump.to_string()).expect("a file can be written");
    let path = path.to_str().expect("a path of ASCII");
    for command in [&["explain", "-v", path][..], &["explain", "--lines", path], &["lint", path]] {
        for format in ["text", "json"] {
            let output = rtcscope(["sdp"]).args(command).args(["--format", format]).output();
            check(&output.expect("the program starts"), command);
        }
    }
}

#[test]
fn what_was_redacted_without_being_known_is_said() {
    let dir = Dir::new("sdp-secrets-said");
    let path = dir.path("offer.sdp");
    std::fs::write(&path, BROKEN.replace("SECRET", SECRET)).expect("a file can be written");
    let output = rtcscope(["sdp", "rewrite", "--redact"]).arg(&path).output().expect("the program starts");
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "rtcscope: redacted too, since it is not known and may be secret: line 14, line 21, a=xauthtoken (line 28)\n"
    );
}
