//! What people have, whole.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

const SDP: &str = "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n\
                   m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:Zk4q\r\na=ice-pwd:u0cTkV2m7o9xJr4yQe6wA1bD\r\n\
                   a=fmtp:111 minptime=10;useinbandfec=1\r\na=mid:0\r\n";

/// The lines of the only document.
fn only(input: &[u8]) -> Vec<String> {
    let sources = find(input);
    assert_eq!(sources.documents.len(), 1, "{}: {:?}", String::from_utf8_lossy(input), sources.notes);
    sdp_lines(&sources.documents[0].text)
}

fn sdp_lines(bytes: &[u8]) -> Vec<String> {
    text::lines(bytes).map(|line| String::from_utf8_lossy(line.of(bytes)).into_owned()).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn why(input: &[u8]) -> String {
    let sources = find(input);
    assert!(sources.documents.is_empty(), "{:?}", sources.documents);
    sources.why_none().unwrap_or_else(|| panic!("no reason: {sources:?}")).to_owned()
}

#[test]
fn a_file_of_sdp_is_handed_on_byte_for_byte() {
    for text in [
        SDP.to_owned(),
        SDP.replace("\r\n", "\n"),
        SDP.replace("\r\n", "\r"),
        SDP.trim_end().to_owned(),
        format!("\n{SDP}\n\n"),
    ] {
        let sources = find(text.as_bytes());
        let [document] = &sources.documents[..] else { panic!("{text:?}: {sources:?}") };
        assert_eq!(document.text, text.as_bytes());
        assert_eq!(document.verbatim(), Some(0..text.len()));
        assert_eq!((sources.shape, document.wrappings.as_slice()), (Shape::Sdp, &[][..]));
    }
    let sources = find(format!("\u{feff}{SDP}").as_bytes());
    assert_eq!(sources.documents[0].verbatim(), Some(3..SDP.len() + 3));
    assert_eq!(sources.notes[0].about, About::ByteOrderMark);
}

#[test]
fn quotes_indents_and_fences_are_taken_off() {
    let with = |mark: &str| SDP.lines().map(|line| format!("{mark}{line}\n")).collect::<String>();
    for text in [
        with("    "),
        with("\t"),
        with("> "),
        with(">> "),
        with("> > "),
        with("| "),
        with("+"),
        with("# "),
        with("  - "),
    ] {
        assert_eq!(only(text.as_bytes()), sdp_lines(SDP.as_bytes()), "{text}");
    }
    let numbered: String =
        SDP.lines().enumerate().map(|(at, line)| format!("{:6}\t{line}\n", at + 1)).collect();
    assert_eq!(only(numbered.as_bytes()), sdp_lines(SDP.as_bytes()));
    let fenced = format!("Why does this fail?\n```\n{SDP}```\nThanks!\n");
    assert_eq!(only(fenced.as_bytes()), sdp_lines(SDP.as_bytes()));
    assert_eq!(find(fenced.as_bytes()).documents[0].place(0).map(|place| place.line), Some(3));
}

#[test]
fn json_gives_it_up_wherever_it_hides() {
    let object = serde_json::json!({"type": "answer", "sdp": SDP});
    let in_string = serde_json::json!({"jsep": object.to_string()});
    for (json, label) in [
        (object.clone(), "sdp"),
        (serde_json::json!([{"anything": {"at all": SDP}, "type": "answer"}]), "[0].anything[\"at all\"]"),
        (serde_json::json!({"answer": SDP}), "answer"),
        (serde_json::json!({"event": "answer", "data": {"x": [SDP]}}), "data.x[0]"),
        (in_string.clone(), "jsep: sdp"),
        (serde_json::json!({"m": in_string.to_string()}), "m: jsep: sdp"),
        (serde_json::json!({"type": "answer", "sdp": SDP.lines().collect::<Vec<_>>()}), "sdp"),
        (serde_json::json!({"type": "answer", "d": SDP.replace("\r\n", "\\r\\n")}), "d"),
    ] {
        for text in
            [json.to_string(), serde_json::to_string_pretty(&json).unwrap(), format!("{json}\n{{\"x\":1}}\n")]
        {
            assert_eq!(only(text.as_bytes()), sdp_lines(SDP.as_bytes()), "{text}");
            let document = &find(text.as_bytes()).documents[0];
            assert_eq!((document.label.as_str(), document.kind), (label, Kind::Answer), "{text}");
        }
    }
    let both = serde_json::json!({"offer": object, "answer": {"sdp": SDP}}).to_string();
    assert_eq!(
        find(both.as_bytes()).documents.iter().map(|one| one.kind).collect::<Vec<_>>(),
        [Kind::Answer, Kind::Answer]
    );
}

#[test]
fn a_place_in_a_string_is_the_place_in_the_file() {
    let text = format!("{{\n  \"type\": \"offer\",\n  \"sdp\": {}\n}}\n", serde_json::json!(SDP));
    let document = &find(text.as_bytes()).documents[0];
    let at = text::find(&document.text, b"a=mid", 0).unwrap();
    let place = document.place(at).unwrap();
    assert_eq!((place.offset, place.line), (text.find("a=mid").unwrap(), 3));
    assert_eq!(document.place(at + 4).unwrap().column, place.column + 4);
    assert_eq!(document.verbatim(), None);
}

#[test]
fn console_text_and_source_code() {
    let escaped = SDP.replace("\r\n", "\\r\\n");
    let pieces: Vec<String> = SDP.lines().map(|line| format!("\"{line}\\r\\n\"")).collect();
    let array: Vec<String> = SDP.lines().map(|line| format!("'{line}'")).collect();
    for text in [
        escaped.clone(),
        format!("\"{escaped}\""),
        format!("'{escaped}'"),
        format!("[Log] RTCSessionDescription {{type: \"offer\", sdp: \"{escaped}\"}} (app.js, line 12)"),
        format!("RTCSessionDescription {{type: 'offer', sdp: '{escaped}'}}"),
        format!("{{type: 'offer', sdp: '{escaped}'}}"),
        format!("const offer = {{\n  type: 'offer',\n  sdp: `{SDP}`\n}};\n"),
        format!("var offer = {};", pieces.join(" +\n  ")),
        format!("const sdp = [{}].join('\\r\\n');", array.join(",\n")),
        SDP.replace("\r\n", "↵"),
        format!("type: offer, sdp: {SDP}"),
    ] {
        assert_eq!(only(text.as_bytes()), sdp_lines(SDP.as_bytes()), "{text}");
    }
    let notes = find(escaped.as_bytes()).notes;
    assert_eq!(notes[0].about, About::LiteralEscapes);
}

#[test]
fn encodings_are_undone() {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    let json = serde_json::json!({"type": "offer", "sdp": SDP}).to_string();
    let wrapped = STANDARD
        .encode(&json)
        .as_bytes()
        .chunks(76)
        .map(String::from_utf8_lossy)
        .collect::<Vec<_>>()
        .join("\n");
    let utf16: Vec<u8> = format!("\u{feff}{SDP}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let percent: String = json.bytes().map(|byte| format!("%{byte:02X}")).collect();
    for bytes in [
        STANDARD.encode(&json).into_bytes(),
        wrapped.into_bytes(),
        URL_SAFE_NO_PAD.encode(SDP).into_bytes(),
        format!("Paste this to your friend: {}", STANDARD.encode(&json)).into_bytes(),
        STANDARD.encode(gzip(json.as_bytes())).into_bytes(),
        serde_json::json!({"payload": STANDARD.encode(&json)}).to_string().into_bytes(),
        gzip(SDP.as_bytes()),
        gzip(&gzip(json.as_bytes())),
        utf16,
        format!("offer={percent}").into_bytes(),
        format!("<html><body><h1>Offer</h1><pre>{SDP}</pre></body></html>").into_bytes(),
    ] {
        assert_eq!(only(&bytes), sdp_lines(SDP.as_bytes()), "{}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn messages_carry_it_and_say_whose_it_is() {
    let length = SDP.len();
    let whip = format!(
        "POST /whip HTTP/1.1\r\nContent-Type: application/sdp\r\nContent-Length: {length}\r\n\r\n{SDP}\r\n\
         HTTP/1.1 201 Created\r\nContent-Type: application/sdp\r\nLocation: /r/1\r\n\r\n{SDP}\r\n\
         PATCH /r/1 HTTP/1.1\r\nContent-Type: application/trickle-ice-sdpfrag\r\n\r\na=ice-ufrag:a\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\n"
    );
    let sources = find(whip.as_bytes());
    let kinds: Vec<_> = sources.documents.iter().map(|document| document.kind).collect();
    assert_eq!((sources.shape, kinds), (Shape::Http, vec![Kind::Offer, Kind::Answer, Kind::Sdpfrag]));
    assert_eq!(sources.documents[0].text, SDP.as_bytes());
    let rtsp = format!(
        "RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Type: application/sdp\r\nContent-Length: {length}\r\n\r\n{SDP}"
    );
    let sources = find(rtsp.as_bytes());
    assert_eq!((sources.shape, sources.documents.len()), (Shape::Rtsp, 1));
    let json = serde_json::json!({"type": "offer", "sdp": SDP});
    let api = format!("< HTTP/1.1 200 OK\r\n< Content-Type: application/json\r\n< \r\n{json}\r\n");
    assert_eq!(only(api.as_bytes()), sdp_lines(SDP.as_bytes()));
}

#[test]
fn candidates_alone() {
    let line =
        "candidate:842163049 1 udp 1677729535 203.0.113.7 54321 typ srflx raddr 192.168.1.2 rport 54321";
    for text in [
        line.to_owned(),
        format!("a={line}\r\n"),
        serde_json::json!({"candidate": line, "sdpMid": "0", "sdpMLineIndex": 0}).to_string(),
        serde_json::json!({"type": "candidate", "label": 0, "id": "0", "candidate": line}).to_string(),
        serde_json::json!({"candidate": {"sdp": format!("a={line}"), "sdpMLineIndex": 0, "sdpMid": "0"}})
            .to_string(),
        format!("10:00:01 onicecandidate {line}"),
    ] {
        let sources = find(text.as_bytes());
        let [candidate] = &sources.candidates[..] else { panic!("{text}: {sources:?}") };
        assert_eq!(candidate.line.as_deref(), Some(line), "{text}");
        assert!(
            !text.starts_with('{') || (candidate.mid.as_deref(), candidate.m_line) == (Some("0"), Some(0)),
            "{text}"
        );
    }
    let lines = format!(
        "{}\n{}\n{}\n",
        serde_json::json!({"candidate": line, "sdpMid": "0"}),
        serde_json::json!({"candidate": "", "sdpMid": "0"}),
        serde_json::json!({"candidate": null, "sdpMLineIndex": 1})
    );
    let ends: Vec<_> = find(lines.as_bytes()).candidates.iter().map(Candidate::is_end).collect();
    assert_eq!(ends, [false, true, true]);
}

#[test]
fn what_is_no_sdp_is_named() {
    for (text, word) in [
        ("", "empty"),
        ("[object Object]", "JSON.stringify"),
        ("{\"type\":\"offer\",\"sdp\":\"[object Object]\"}", "JSON.stringify"),
        ("null", "`null`"),
        ("{\"type\": \"offer\"}", "without its `sdp`"),
        ("{\"type\": \"offer\", \"sdp\": \"\"}", "is empty"),
        ("{\"type\": \"offer\", \"sdp\": null}", "is empty"),
        ("{\"getUserMedia\":[],\"PeerConnections\":{},\"UserAgent\":\"x\"}", "too late"),
        ("<!DOCTYPE html><html><title>502</title></html>", "HTML"),
        ("just words", "nowhere"),
        ("[2026-11-21 10:00:00] started", "JSON"),
        ("{\"v\": 1, \"m\": [\"a=b\"]}", "JSON without"),
    ] {
        assert!(why(text.as_bytes()).contains(word), "{text}: {}", why(text.as_bytes()));
    }
    assert!(why(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").contains("PNG"));
    assert!(why(&gzip(b"\x7fELF\x02\x01\x01")).contains("ELF"));
    assert!(why(&[0; 4000]).contains("binary"));
}

#[test]
fn a_part_of_a_page_is_read_as_one() {
    for page in [
        "v&#61;0<br>\no&#61;- 1 1 IN IP4 0.0.0.0<br>\ns&#61;-<br>\nt&#61;0 0<br>\n",
        "v&equals;0<br/>o&equals;- 1 1 IN IP4 0.0.0.0<br/>s&equals;-<br/>t&equals;0 0<br/>",
        "Hi,<br>v=0<br>o=- 1 1 IN IP4 0.0.0.0<br>s=-<br>t=0 0<br>",
    ] {
        let sources = find(page.as_bytes());
        let texts: Vec<_> = sources
            .documents
            .iter()
            .map(|one| String::from_utf8_lossy(&one.text).trim_end().to_owned())
            .collect();
        assert_eq!(texts, ["v=0\no=- 1 1 IN IP4 0.0.0.0\ns=-\nt=0 0"], "{page}: {:?}", sources.notes);
    }
}
