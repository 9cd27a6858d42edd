//! `rtcscope sdp rewrite`: what is written, and what is refused.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Output, Stdio};

use super::{Dir, rtcscope, shown};

fn offer() -> Vec<u8> {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "testdata", "sdp", "offer.sdp"].iter().collect();
    std::fs::read(path).expect("a file of the repository")
}

/// What becomes of `input` on standard input.
fn rewrite(flags: &[&str], input: &[u8]) -> Output {
    let mut command = rtcscope(["sdp", "rewrite", "-"]);
    command.args(flags).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    // A refusal of the command line does not wait for its input.
    let _ = child.stdin.take().expect("a pipe").write_all(input);
    child.wait_with_output().expect("it ends")
}

/// The lines that go and come.
fn changes(before: &[u8], after: &[u8]) -> String {
    let [before, after] = [before, after].map(|bytes| String::from_utf8(bytes.to_vec()).expect("UTF-8"));
    let mut text = String::new();
    for line in before.lines().filter(|line| !after.lines().any(|other| other == *line)) {
        text += &format!("-{line}\n");
    }
    for line in after.lines().filter(|line| !before.lines().any(|other| other == *line)) {
        text += &format!("+{line}\n");
    }
    text
}

#[test]
fn without_options_every_byte_stays() {
    let json = format!("\u{feff}x {{\"sdp\": {}}}", serde_json::json!(String::from_utf8_lossy(&offer())));
    for input in [offer(), json.into_bytes()] {
        let output = rewrite(&[], &input);
        assert_eq!((output.status.code(), output.stdout, output.stderr), (Some(0), input, vec![]));
    }
}

#[test]
fn only_what_was_asked_for_changes() {
    let flags =
        ["--prefer", "H264", "--remove", "VP9", "--bandwidth", "cam=1.5M", "--direction", "audio=recvonly"];
    let output = rewrite(&flags, &offer());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    insta::assert_snapshot!(changes(&offer(), &output.stdout));
}

#[test]
fn a_file_is_rewritten_in_place() {
    let dir = Dir::new("sdp-rewrite");
    let path = dir.path("offer.sdp");
    std::fs::write(&path, offer()).expect("a file can be written");
    let mut command = rtcscope(["sdp", "rewrite", "--direction", "audio=inactive", "-o"]);
    let output = command.args([&path, &path]).output().expect("the program starts");
    assert_eq!(output.status.code(), Some(0));
    let after = std::fs::read(&path).expect("it is there");
    assert!(changes(&offer(), &after).contains("+a=inactive\n"));
    assert_eq!(dir.names(), ["offer.sdp"]);
}

#[test]
fn what_is_redacted_shows_nothing_of_its_owner() {
    let output = rewrite(&["--redact"], &offer());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    insta::assert_snapshot!(changes(&offer(), &output.stdout));
    let message = [
        b"INVITE sip:alice@h.test SIP/2.0\r\nCall-ID: hunter2\r\nContent-Type: application/sdp\r\n\r\n",
        &*offer(),
    ];
    let alone = rewrite(&["--redact"], &message.concat());
    assert_eq!(alone.stdout, output.stdout);
    assert!(String::from_utf8_lossy(&alone.stderr).contains("without what stood around it"));
}

#[test]
fn what_cannot_be_changed_in_its_place_is_written_alone() {
    use base64::Engine as _;
    let packed = base64::engine::general_purpose::STANDARD.encode(offer());
    let flags = ["--direction", "audio=inactive"];
    let output = rewrite(&flags, packed.as_bytes());
    assert_eq!(output.stdout, rewrite(&flags, &offer()).stdout);
    assert!(String::from_utf8_lossy(&output.stderr).contains("written alone"));
}

#[test]
fn a_rejected_m_line_is_left_alone_and_that_is_said() {
    let rejected = String::from_utf8(offer()).expect("UTF-8").replace("m=video 9 ", "m=video 0 ");
    let output = rewrite(&["--direction", "video=recvonly"], rejected.as_bytes());
    assert_eq!((output.status.code(), output.stdout), (Some(0), rejected.clone().into_bytes()));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(said, "rtcscope: video is rejected (port 0), and left as it was\n");
    let none = shown(&rewrite(&["--remove", "VP8"], rejected.as_bytes()));
    assert!(none.starts_with("exit: 2\n") && none.contains("do not count"), "{none}");
    let two = [offer(), offer()].concat();
    let faulty = shown(&rewrite(&["--only", "VP8", "--remove", "VP8"], &two));
    assert!(faulty.contains("that is description 1 of the input"), "{faulty}");
}

#[test]
fn a_fragment_stays_one() {
    let fragment = b"a=ice-ufrag:Zk4q\r\na=ice-pwd:u0cTkV2m7o9xJr4yQe6wA1bD\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n\
        a=candidate:1 1 udp 1677729535 203.0.113.7 54321 typ srflx raddr 192.0.2.2 rport 54321\r\n";
    let refused = shown(&rewrite(&["--bandwidth", "audio=64k"], fragment));
    assert!(refused.starts_with("exit: 2\n") && refused.contains("fragment"), "{refused}");
    let redacted = rewrite(&["--redact"], fragment);
    assert_eq!(
        (redacted.status.code(), String::from_utf8_lossy(&redacted.stderr).into_owned()),
        (Some(0), String::new())
    );
}

#[test]
fn what_cannot_be_done_is_refused_with_a_way_out() {
    let all = |output: Output| shown(&output);
    insta::assert_snapshot!(all(rewrite(&["--prefer", "H265"], &offer())));
    insta::assert_snapshot!(all(rewrite(&["--bandwidth", "screen=1M"], &offer())));
    insta::assert_snapshot!(all(rewrite(&["--only", "VP8", "--remove", "VP8"], &offer())));
    let unusual =
        String::from_utf8(offer()).expect("UTF-8").replace("SAVPF 111 63 0 126", "SAVPF 111 63 9 126");
    insta::assert_snapshot!(all(rewrite(&["--remove", "opus"], unusual.as_bytes())));
    assert_eq!(rewrite(&["--remove", "opus", "--force"], unusual.as_bytes()).status.code(), Some(0));
    insta::assert_snapshot!(all(rewrite(&["--at", "3"], &offer())));
    let two = [&*offer(), &*offer()].concat();
    insta::assert_snapshot!(all(rewrite(&["--redact"], &two)));
    assert_eq!(rewrite(&["--redact", "--at", "2"], &two).stdout, rewrite(&["--redact"], &offer()).stdout);
    insta::assert_snapshot!(all(rewrite(&["--redact"], b"[object Object]")));
    assert!(all(rewrite(&["--bandwidth", "video=fast"], &offer())).starts_with("exit: 2\n"));
}
