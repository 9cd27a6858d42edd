//! Any text that looks like SDP, in every wrapping, comes out as it went in.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use rtcscope::sdp::source;
use serde_json::{Value, json};

/// Lines of SDP in which everything may stand that some wrapping gives a meaning to.
fn sdp() -> impl Strategy<Value = Vec<String>> {
    let value = prop_oneof![
        4 => "[a-z]{2,8}:[0-9a-zA-Z ./;=-]{1,30}",
        1 => "[ -~]{1,20}",
        1 => "\\PC{1,12}",
    ];
    let line = ("[a-z&&[^v]]", value).prop_map(|(letter, value)| format!("{letter}={}x", value));
    proptest::collection::vec(line, 2..12).prop_map(|mut lines| {
        lines.insert(0, "v=0".to_owned());
        lines.insert(1, "o=- 4611731400430051336 2 IN IP4 127.0.0.1".to_owned());
        lines
    })
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory takes it")
}

/// All wrappings of one text, by name.
fn wrapped(lines: &[String]) -> Vec<(&'static str, Vec<u8>)> {
    let crlf = lines.iter().map(|line| format!("{line}\r\n")).collect::<String>();
    let lf = crlf.replace('\r', "");
    let typed = json!({"type": "offer", "sdp": crlf});
    let marked = |mark: &str| lines.iter().map(|line| format!("{mark}{line}\n")).collect::<String>();
    let quoted = Value::from(crlf.as_str()).to_string();
    let console = quoted.trim_matches('"');
    let pieces: Vec<String> =
        lines.iter().map(|line| Value::from(format!("{line}\r\n")).to_string()).collect();
    let percent: String = crlf.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let folded = STANDARD.encode(typed.to_string()).into_bytes();
    let folded = folded
        .chunks(76)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect::<Vec<_>>()
        .join("\r\n");
    let html = crlf.replace('&', "&amp;").replace('<', "&lt;");
    let (old, new) = (json!(format!("type: offer, sdp: {crlf}")), json!(typed.to_string()));
    let internals = |value: Value| json!({"PeerConnections": {"1-1": {"updateLog": [{"type": "setRemoteDescription", "value": value}]}}});
    let length = crlf.len();
    vec![
        ("CRLF", crlf.clone().into()),
        ("LF", lf.clone().into()),
        ("CR", crlf.replace('\n', "").into()),
        ("no last line end", crlf.trim_end_matches(['\r', '\n']).into()),
        ("byte order mark", format!("\u{feff}{crlf}").into()),
        ("indent", marked("    ").into()),
        ("quoted reply", marked("> ").into()),
        ("log", marked("2026-11-21 10:00:00.123 D/Peer: ").into()),
        ("fence", format!("Hello,\n\n```\n{lf}```\n\nbye\n").into()),
        ("JSON", typed.to_string().into()),
        ("nested JSON", json!([{"a b": {"payload": [1, typed]}}]).to_string().into()),
        (
            "JSON in JSON in JSON",
            json!({"x": json!({"y": typed.to_string()}).to_string()}).to_string().into(),
        ),
        ("JSON string", Value::from(typed.to_string()).to_string().into()),
        ("array of lines", json!({"sdp": lines}).to_string().into()),
        ("console, quoted", quoted.clone().into()),
        ("console", console.into()),
        ("log with JSON", format!("10:00:00 [ws] -> {typed} (42 bytes)\n").into()),
        ("strings joined", format!("let sdp = {};\n", pieces.join(" +\n  ")).into()),
        ("base64", STANDARD.encode(&crlf).into()),
        ("base64 of JSON, folded", folded.into()),
        ("base64url", URL_SAFE_NO_PAD.encode(&crlf).into()),
        ("percent", format!("sdp={percent}").into()),
        ("gzip", gzip(crlf.as_bytes())),
        ("HTML", format!("<html><body><pre>{html}</pre></body></html>").into()),
        (
            "HTTP",
            format!(
                "POST / HTTP/1.1\r\nContent-Type: application/sdp\r\nContent-Length: {length}\r\n\r\n{crlf}"
            )
            .into(),
        ),
        (
            "SIP",
            format!(
                "INVITE sip:a@b SIP/2.0\r\nc: application/sdp\r\n\r\n{crlf}SIP/2.0 100 Trying\r\nl: 0\r\n\r\n"
            )
            .into(),
        ),
        ("internals, old", internals(old).to_string().into()),
        ("internals, new", internals(new).to_string().into()),
        (
            "rtcstats lines",
            format!("[\"create\",\"PC_0\",{{}},1]\n{}\n", json!(["setRemoteDescription", "PC_0", typed, 2]))
                .into(),
        ),
        (
            "rtcstats",
            format!("RTCStatsDump\n{{\"fileFormat\":3}}\n{}\n", json!([8, "PC_0", typed, "8-0", 2])).into(),
        ),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_wrapping_gives_back_what_was_wrapped(lines in sdp()) {
        for (name, bytes) in wrapped(&lines) {
            let sources = source::find(&bytes);
            let shown = String::from_utf8_lossy(&bytes);
            prop_assert_eq!(sources.documents.len(), 1, "{}: {}\n{:?}", name, shown, sources.notes);
            let document = &sources.documents[0];
            let text = String::from_utf8_lossy(&document.text).into_owned();
            let found: Vec<&str> = text.split(['\r', '\n']).filter(|line| !line.is_empty()).collect();
            prop_assert_eq!(&found, lines.as_slice(), "{}: {}", name, shown);
            if let Some(range) = document.verbatim().filter(|_| name != "gzip") {
                prop_assert_eq!(&bytes[range], document.text.as_slice(), "{}", name);
            }
            // Where the last line says that it stood, it stands.
            let at = document.text.len() - document.text.trim_ascii_end().len();
            let place = document.place(document.text.len() - at - 1);
            if let Some(place) = place.filter(|_| name != "gzip") {
                let expected = if name == "percent" { b'%' } else { b'x' };
                prop_assert_eq!(bytes.get(place.offset), Some(&expected), "{}: {}", name, shown);
            }
        }
    }
}
