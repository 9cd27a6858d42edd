//! `--redact`: nothing that tells whose it is, in no format.

use super::run;

const OFFER: &str = "v=0\r\no=jdoe 4611731400430051336 2 IN IP4 10.47.16.5\r\ns=-\r\nt=0 0\r\n\
    a=group:BUNDLE 0\r\na=fingerprint:sha-256 \
    AC:DC:6A:A1:32:41:11:7F:77:EC:14:44:DC:A3:8D:6A:11:11:90:8D:0E:7E:45:7F:86:1F:D9:7C:F8:EA:A2:B0\r\n\
    m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 10.47.16.5\r\na=rtcp-mux\r\na=mid:0\r\na=sendrecv\r\n\
    a=setup:actpass\r\na=ice-ufrag:Qw7eRt\r\na=ice-pwd:9876zyxw9876zyxw9876zy\r\na=rtpmap:111 opus/48000/2\r\n\
    a=candidate:1 1 udp 2122260223 10.47.16.5 51111 typ host\r\n\
    a=candidate:2 1 udp 1686052607 93.184.216.34 51111 typ srflx raddr 10.47.16.5 rport 51111\r\n\
    a=ssrc:12345 cname:jdoeslaptop\r\na=msid:streamofjdoe trackofjdoe\r\n";

const TELLING: &[&str] =
    &["10.47.16.5", "93.184.216.34", "jdoe", "Qw7eRt", "9876zyxw", "AC:DC:6A", "someonesfolder"];

#[test]
fn no_format_tells_whose_description_it_is() {
    let dir =
        std::env::temp_dir().join(format!("rtcscope-redact-{}", std::process::id())).join("someonesfolder");
    std::fs::create_dir_all(&dir).expect("a folder");
    let (first, second) = (dir.join("offer.sdp"), dir.join("later.sdp"));
    std::fs::write(&first, OFFER).expect("a file");
    std::fs::write(&second, OFFER.replace("a=sendrecv", "a=sendonly").replace("UDP/TLS", "RTP"))
        .expect("a file");
    let (first, second) = (first.to_str().expect("UTF-8"), second.to_str().expect("UTF-8"));
    for command in [
        &["sdp", "explain", first, "--lines"][..],
        &["sdp", "lint", second, "-v"],
        &["sdp", "diff", first, second, "--raw"],
        &["sdp", "negotiate", first, second],
    ] {
        for format in
            ["text", "json", "jsonl", "markdown", "html", "sarif", "github", "junit", "prometheus", "nagios"]
        {
            let plain = run(&[command, &["--format", format]].concat()).stdout;
            let hidden = run(&[command, &["--format", format, "--redact"]].concat()).stdout;
            let [plain, hidden] = [plain, hidden].map(|bytes| String::from_utf8(bytes).expect("UTF-8"));
            // What the report says of itself stays.
            if format == "json" {
                let read: serde_json::Value = serde_json::from_str(&hidden).expect("JSON");
                let before: serde_json::Value = serde_json::from_str(&plain).expect("JSON");
                let keys = |value: &serde_json::Value| {
                    value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>()
                };
                assert_eq!((keys(&read), &read["schema"]), (keys(&before), &before["schema"]));
            }
            assert!(!hidden.is_empty() || plain.is_empty(), "{command:?} as {format}");
            for word in TELLING {
                assert!(!hidden.contains(word), "{command:?} as {format} tells {word}:\n{hidden}");
            }
        }
    }
    let _ = std::fs::remove_dir_all(dir.parent().expect("a folder"));
}

#[test]
fn a_probe_keeps_its_shape_and_not_its_server() {
    let args = [
        "probe",
        "turn:127.77.66.55:9?transport=tcp",
        "-u",
        "jdoe",
        "-w",
        "b",
        "--timeout",
        "300ms",
        "--redact",
    ];
    for format in ["text", "json", "html", "prometheus", "nagios", "sarif"] {
        let output = run(&[&args[..], &["--format", format]].concat());
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        assert!(!text.contains("127.77.66.55") && !text.contains("jdoe"), "{format}: {text}");
        assert!(text.contains("192.0.2."), "{format}: {text}");
    }
}

#[test]
fn a_plan_is_shown_without_whose_servers_and_files_it_names() {
    let dir = std::env::temp_dir().join(format!("rtcscope-redact-plan-{}", std::process::id()));
    let folder = dir.join("someonesfolder");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("offer.sdp"), OFFER).expect("a file");
    std::fs::write(folder.join("password"), "marked-secret").expect("a file");
    let plan = folder.join("plan.toml");
    let text = "[[probe]]\nname = \"relay\"\ntargets = [\"turn:127.77.66.55:9?transport=tcp\"]\nusername = \"jdoe\"\n\
        password = { file = \"password\" }\ntimeout = \"300ms\"\n[[sdp]]\nname = \"offer\"\nfiles = [\"offer.sdp\"]\n";
    std::fs::write(&plan, text).expect("a file");
    let plan = plan.to_str().expect("UTF-8");
    for format in [
        "text",
        "json",
        "jsonl",
        "csv",
        "markdown",
        "html",
        "sarif",
        "github",
        "junit",
        "prometheus",
        "nagios",
    ] {
        let output = run(&["check", plan, "-v", "--redact", "--format", format]);
        let text = String::from_utf8([output.stdout, output.stderr].concat()).expect("UTF-8");
        let failed = if format == "nagios" { 2 } else { 1 };
        assert_eq!(output.status.code(), Some(failed), "{format}: {text}");
        for word in TELLING.iter().chain(&["127.77.66.55", "marked-secret"]) {
            assert!(!text.contains(word), "{format} tells {word}:\n{text}");
        }
    }
    let _ = std::fs::remove_dir_all(dir);
}

#[test]
fn bytes_of_a_message_cannot_be_redacted() {
    let output = run(&["stun", "decode", "000100002112a442000102030405060708090a0b", "--redact"]);
    assert_eq!(output.status.code(), Some(2));
}
