//! `rtcscope stun decode`: arguments, files and standard input as people give them.

use std::io::Write;
use std::process::Stdio;

use super::{Dir, rtcscope, run, shown};

/// The sample request of RFC 5769 §2.1.
const REQUEST: &str = "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e7400240004\
    6e0001ff80290008932ff9b151263b36000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249\
    c1b571a280280004e57a3bcf";
/// Its password.
const PASSWORD: &str = "VOkJxbRl1RmTxUk/WvJxBt";

#[test]
fn a_message_is_explained_byte_by_byte() {
    insta::assert_snapshot!(run(["stun", "decode", REQUEST, "-w", PASSWORD]));
}

#[test]
fn a_broken_message_is_shown_as_far_as_it_goes() {
    insta::assert_snapshot!(run(["stun", "decode", &REQUEST[..100]]));
}

#[test]
fn json_is_versioned_and_has_every_byte() {
    let output = rtcscope(["stun", "decode", REQUEST, "--format", "json"]).output().expect("starts");
    assert_eq!(output.status.code(), Some(0));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&json["schema"], &json["sound"]), (&"stun/1".into(), &true.into()));
    let message = &json["messages"][0];
    assert_eq!(message["fingerprint"], "right");
    assert_eq!(message["integrity"], "not-checked");
    assert_eq!(message["attributes"][3]["name"], "USERNAME");
    assert_eq!(message["attributes"][3]["value"], "evtj:h6vY");
    let fields = message["fields"].as_array().expect("fields");
    let bytes: String = fields.iter().filter_map(|field| field["bytes"].as_str()).collect();
    assert_eq!(bytes, REQUEST);
}

#[test]
fn a_wrong_password_is_said_and_never_shown() {
    let text = run(["stun", "decode", REQUEST, "-w", "hunter2"]);
    assert!(text.starts_with("exit: 1\n") && text.contains("MESSAGE-INTEGRITY does not fit"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
    let json = run(["stun", "decode", REQUEST, "-w", "hunter2", "--format", "json"]);
    assert!(!json.contains("hunter2"), "{json}");
}

#[test]
fn words_files_and_standard_input_are_read_alike() {
    let wanted = run(["stun", "decode", REQUEST]);
    let words: Vec<&str> = (0..REQUEST.len()).step_by(2).map(|at| &REQUEST[at..at + 2]).collect();
    assert_eq!(run([&["stun", "decode"], &words[..]].concat()), wanted);

    let dir = Dir::new("stun-decode");
    let raw: Vec<u8> = words.iter().map(|two| u8::from_str_radix(two, 16).expect("hex")).collect();
    for (name, content) in [("packet.bin", raw), ("packet.txt", REQUEST.as_bytes().to_vec())] {
        let path = dir.path(name);
        std::fs::write(&path, &content).expect("a file can be written");
        assert_eq!(run(["stun", "decode", path.to_str().expect("UTF-8")]), wanted, "{name}");
        let mut child = rtcscope(["stun", "decode", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        child.stdin.take().expect("a pipe").write_all(&content).expect("it is read");
        assert_eq!(shown(&child.wait_with_output().expect("it ends")), wanted, "{name}");
    }
}

#[test]
fn several_messages_have_a_heading_each() {
    let two = format!("{REQUEST}\n40000005 68656c6c6f 000000\n");
    let dir = Dir::new("stun-several");
    let path = dir.path("two.txt");
    std::fs::write(&path, two).expect("a file can be written");
    let text = run(["stun", "decode", path.to_str().expect("UTF-8")]);
    assert!(text.contains("PASS  2 messages, all sound"), "{text}");
    assert!(text.contains("\nMessage 2: ChannelData on 0x4000, 5 bytes"), "{text}");
}

#[test]
fn what_is_no_stun_is_named() {
    insta::assert_snapshot!(run(["stun", "decode", "16 03 01 02 00 01 00 01 fc 03 03"]), @r"
    exit: 1
    --- stdout
    FAIL  this is neither STUN nor ChannelData, but a TLS record

    byte  hex          field    meaning
    0000  16           type     handshake
    0001  03 01        version  TLS 1.0 (also in the first record of later versions)
    0003  02 00        length   512 bytes
    0005  01 00 01 fc  rest     not looked at
    0009  03 03
    --- stderr
    ");
}

#[test]
fn what_cannot_be_read_is_no_verdict_on_a_message() {
    insta::assert_snapshot!(run(["stun", "decode", "missing.bin"]), @r"
    exit: 3
    --- stdout
    --- stderr
    error: open missing.bin: No such file or directory (os error 2)
    hint: `rtcscope stun decode` takes a file, `-` for standard input, or bytes in hex
    ");
    insta::assert_snapshot!(run(["stun", "decode", "not", "hex"]), @r"
    exit: 2
    --- stdout
    --- stderr
    error: several arguments that are not all hex
    hint: give one file, or `-`, or the bytes in hex
    ");
    insta::assert_snapshot!(run(["stun", "decode", "0001000"]), @r"
    exit: 3
    --- stdout
    --- stderr
    error: open 0001000: No such file or directory (os error 2)
    hint: `rtcscope stun decode` takes a file, `-` for standard input, or bytes in hex
    ");
    insta::assert_snapshot!(run(["stun", "decode", REQUEST, "--key", "12"]), @r"
    exit: 2
    --- stdout
    --- stderr
    error: --key: the key has 2 characters; an HA1 key has 32 hexadecimal digits, as `turnadmin -k` prints them
    ");
}

#[test]
fn a_request_with_a_token_is_checked_with_its_mac_key() {
    use rtcscope::stun::{Class, MessageBuilder, Method, TransactionId, attribute};
    let message = MessageBuilder::new(Class::Request, Method::Allocate, TransactionId([7; 12]))
        .attribute(attribute::ACCESS_TOKEN, b"an opaque token")
        .attribute(attribute::USERNAME, b"kid-7")
        .integrity(b"twenty-byte-mac-key!")
        .finish();
    let hex: String = message.iter().map(|byte| format!("{byte:02x}")).collect();
    let text = run(["stun", "decode", &hex, "--mac-key", "dHdlbnR5LWJ5dGUtbWFjLWtleSE="]);
    assert!(text.starts_with("exit: 0\n"), "{text}");
    assert!(text.contains("ACCESS-TOKEN") && text.contains("the MAC key given"), "{text}");
    let text = run(["stun", "decode", &hex, "--mac-key", "YW5vdGhlcg=="]);
    assert!(text.starts_with("exit: 1\n") && !text.contains("YW5vdGhlcg"), "{text}");
}
