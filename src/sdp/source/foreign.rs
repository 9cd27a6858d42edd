//! What an input is that holds no SDP, in a sentence.

use super::text::find;

/// Beginnings of files that are no text.
const MAGIC: [(&[u8], &str); 22] = [
    (b"\x89PNG\r\n\x1a\n", "a PNG image: SDP is text, a picture of it cannot be read"),
    (b"\xff\xd8\xff", "a JPEG image: SDP is text, a picture of it cannot be read"),
    (b"GIF8", "a GIF image: SDP is text, a picture of it cannot be read"),
    (b"\xd4\xc3\xb2\xa1", "a packet capture (pcap), not SDP"),
    (b"\xa1\xb2\xc3\xd4", "a packet capture (pcap), not SDP"),
    (b"\x4d\x3c\xb2\xa1", "a packet capture (pcap), not SDP"),
    (b"\xa1\xb2\x3c\x4d", "a packet capture (pcap), not SDP"),
    (b"\x0a\x0d\x0d\x0a", "a packet capture (pcapng), not SDP"),
    (b"\x7fELF", "a program (ELF), not SDP"),
    (b"MZ\x90", "a program for Windows, not SDP"),
    (b"\xcf\xfa\xed\xfe", "a program for macOS, not SDP"),
    (b"%PDF-", "a PDF: SDP is text, copy it out of the document"),
    (b"PK\x03\x04", "a zip archive: unpack it and give the file in it"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd: unpack it first"),
    (b"BZh", "compressed with bzip2: unpack it first"),
    (b"\xfd7zXZ\0", "compressed with xz: unpack it first"),
    (b"RIFF", "a sound or video file (RIFF), not SDP"),
    (b"OggS", "a sound or video file (Ogg), not SDP"),
    (b"\x1aE\xdf\xa3", "a video file (WebM), not SDP"),
    (b"SQLite format 3\0", "a database (SQLite), not SDP"),
    (b"\xca\xfe\xba\xbe", "a program (Java or macOS), not SDP"),
    (b"\x1f\x8b", "compressed with gzip, and damaged at its beginning"),
];

const SERVERS: [&str; 4] = ["stun:", "stuns:", "turn:", "turns:"];

/// What a file is by its first bytes, if that is no text.
pub(super) fn binary(bytes: &[u8]) -> Option<&'static str> {
    if let Some((_, name)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some(name);
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return Some("a video file (MP4), not SDP");
    }
    let head = &bytes[..bytes.len().min(8192)];
    let odd =
        |byte: &&u8| **byte < 0x20 && !matches!(**byte, b'\t' | b'\n' | b'\r' | 0x1b | 0xc) || **byte == 0x7f;
    // One NUL in a text is a fault of the text.
    let is_binary = head.iter().filter(odd).count() * 20 > head.len();
    is_binary.then_some("binary data, not text: SDP is lines such as `v=0`")
}

/// Why a text holds no SDP.
pub(super) fn sentence(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]);
    let text = text.trim_start_matches('\u{feff}').trim();
    let bare = text.trim_matches(['"', '\'', '`']);
    match bare {
        "" if text.is_empty() => return "the input is empty".to_owned(),
        "" => return "an empty string: there was no description yet when it was printed".to_owned(),
        "null" | "undefined" | "None" | "nil" | "NaN" | "true" | "false" => {
            return format!(
                "`{bare}` stands where SDP should: there was no description yet, or a property that does not exist was read"
            );
        }
        "{}" | "[]" => {
            return format!(
                "`{bare}` holds nothing: perhaps something was turned into JSON before it was there, such as a promise"
            );
        }
        _ => {}
    }
    if bare.contains("[object ") && bare.len() < 200 {
        return "`[object …]` is what JavaScript makes of an object where a string is wanted: send \
                `JSON.stringify(description)`, or `description.sdp`"
            .to_owned();
    }
    if bare.starts_with("Promise {") && bare.len() < 200 {
        return "a promise that was printed before it was there: `await` createOffer or createAnswer first"
            .to_owned();
    }
    if SERVERS.iter().any(|scheme| bare.starts_with(scheme)) {
        return "the address of a STUN or TURN server, not SDP: `rtcscope probe` tests it".to_owned();
    }
    if super::html::is_html(bytes) {
        return "a page of HTML without SDP in it; perhaps a server's error page".to_owned();
    }
    if bare.starts_with(['{', '[']) {
        return "JSON without SDP in it".to_owned();
    }
    if find(bytes, b"BEGIN CERTIFICATE", 0).is_some() {
        return "a certificate, not SDP".to_owned();
    }
    if let Some(why) = response(bare) {
        return why;
    }
    if [&b"v=0 o="[..], b"v=0o=", b"v=0\to="].iter().any(|one| find(bytes, one, 0).is_some()) {
        return "SDP whose line ends are lost: all of it stands on one line, and nobody can tell for sure where each \
                line began. Copy it again from where it has its lines, or as `JSON.stringify(description)`"
            .to_owned();
    }
    "text without SDP in it: nowhere is a line `v=0`, nor an `m=` line with its attributes".to_owned()
}

/// A response of SIP or HTTP, which says why there is none.
fn response(text: &str) -> Option<String> {
    let (line, _) = text.split_once(['\r', '\n']).unwrap_or((text, ""));
    let (version, status) = line.split_once(' ')?;
    let (code, _) = status.split_once(' ').unwrap_or((status, ""));
    let code: u16 = code.parse().ok().filter(|code| (100..700).contains(code))?;
    let status: String = status.chars().filter(|c| !c.is_control()).take(60).collect();
    let protocol = ["SIP", "HTTP", "RTSP"]
        .into_iter()
        .find(|name| version.strip_prefix(name).is_some_and(|rest| rest.starts_with('/')))?;
    let why = match (protocol, code) {
        // RFC 3261 §21.4.26, §21.6.4: something of the session description was not acceptable.
        ("SIP", 488 | 606) => {
            ": the peer refused the session that was offered, by its codecs, its transport or its encryption. Look at the \
             INVITE: `rtcscope sdp explain` shows what it offers; a Warning header here may say more"
        }
        ("SIP", 415) => ": the peer does not read the kind of body that it was sent",
        ("SIP", 300..) => ": the call failed or went elsewhere; what was offered is in the INVITE",
        ("HTTP" | "RTSP", 400..) => ": the request failed; what was offered is in the request",
        _ => "",
    };
    Some(format!("a response of {protocol} without SDP in it, {status}{why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_paste_by_mistake_has_a_name() {
        for (text, word) in [
            ("", "empty"),
            (" \r\n", "empty"),
            ("\"\"", "empty string"),
            ("null", "`null`"),
            ("\"undefined\"\n", "`undefined`"),
            ("[object Object]", "JSON.stringify"),
            ("[object RTCSessionDescription]", "description.sdp"),
            ("{}", "promise"),
            ("Promise {<pending>}", "await"),
            ("turns:turn.example.com:443?transport=tcp", "rtcscope probe"),
            ("<!DOCTYPE html><p>502", "error page"),
            ("{\"a\": 1}", "JSON without"),
            ("hello", "nowhere"),
            ("v=0 o=- 1 2 IN IP4 127.0.0.1 s=- t=0 0 m=audio 9 RTP/AVP 0", "line ends are lost"),
            ("offer: v=0o=- 1 2 IN IP4 127.0.0.1s=-t=0 0m=audio 9 RTP/AVP 0", "line ends are lost"),
            (
                "SIP/2.0 488 Not Acceptable Here\r\nVia: x\r\n\r\n",
                "488 Not Acceptable Here: the peer refused",
            ),
            ("SIP/2.0 180 Ringing\r\n\r\n", "without SDP in it, 180 Ringing"),
            ("HTTP/1.1 503 Service Unavailable\r\n\r\n", "503 Service Unavailable: the request failed"),
        ] {
            assert!(sentence(text.as_bytes()).contains(word), "{text}: {}", sentence(text.as_bytes()));
        }
        assert!(binary(b"\x89PNG\r\n\x1a\n....").unwrap().contains("PNG"));
        assert!(binary(&[0; 100]).is_some());
        assert_eq!(binary(b"v=0\r\no=-\0\r\ns=- some more text so that one byte is not much\r\n"), None);
    }
}
