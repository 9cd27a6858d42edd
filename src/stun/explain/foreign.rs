//! What bytes are that are no STUN: by their first ones (RFC 7983, RFC 9443), not by more.

use super::value::{Part, counted};

/// What bytes seem to be.
#[derive(Debug)]
pub(super) struct Foreign {
    /// A noun with its article.
    pub(super) name: String,
    /// The first bytes.
    pub(super) parts: Vec<Part>,
}

/// Names `bytes` by how they begin; `None` where they may well be STUN or ChannelData.
pub(super) fn name(bytes: &[u8]) -> Option<Foreign> {
    let known = |name: &str, parts: Vec<(usize, &'static str, String)>| {
        let parts = parts.into_iter().map(|(length, name, meaning)| Part { length, name, meaning }).collect();
        Some(Foreign { name: name.to_owned(), parts })
    };
    let first = bytes.first()?;
    if bytes.starts_with(&[0x0a, 0x0d, 0x0d, 0x0a])
        || [[0xd4, 0xc3, 0xb2, 0xa1], [0xa1, 0xb2, 0xc3, 0xd4], [0x4d, 0x3c, 0xb2, 0xa1]]
            .iter()
            .any(|magic| bytes.starts_with(magic))
    {
        return known("a capture file, not a message", vec![(4, "magic", "pcap or pcapng".to_owned())]);
    }
    if let Some(method) = HTTP.iter().find(|start| bytes.starts_with(start.as_bytes())) {
        let line = bytes.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or(bytes);
        let line = &line[..line.len().min(120)];
        let text = String::from_utf8_lossy(line).into_owned();
        let what = if method.starts_with("HTTP") { "an HTTP response" } else { "an HTTP request" };
        return known(what, vec![(line.len(), "text", text)]);
    }
    if let [0x45, _, l0, l1, ..] = bytes
        && usize::from(u16::from_be_bytes([*l0, *l1])) == bytes.len()
        && bytes.len() > 20
    {
        let parts = vec![(1, "version", "4, a header of 20 bytes".to_owned())];
        return known("an IPv4 packet with its header", parts);
    }
    match (first, bytes) {
        (0x14..=0x3f, [kind, 0xfe, minor, ..]) => {
            let version = match minor {
                0xff => "DTLS 1.0",
                0xfd => "DTLS 1.2 (or 1.3)",
                _ => "DTLS",
            };
            known("a DTLS record", vec![(1, "type", record(*kind)), (2, "version", version.to_owned())])
        }
        (0x14..=0x18, [kind, 0x03, minor, l0, l1, ..]) => {
            let version = match minor {
                0 => "SSL 3.0",
                1 => "TLS 1.0 (also in the first record of later versions)",
                2 => "TLS 1.1",
                3 => "TLS 1.2 (or 1.3)",
                _ => "TLS",
            };
            let length = counted(usize::from(u16::from_be_bytes([*l0, *l1])));
            let parts =
                vec![(1, "type", record(*kind)), (2, "version", version.to_owned()), (2, "length", length)];
            known("a TLS record", parts)
        }
        (0x10..=0x13, _) => known("ZRTP by its first byte", vec![(1, "first byte", "16 to 19".to_owned())]),
        (0x14..=0x3f, _) => known("DTLS by its first byte", vec![(1, "first byte", "20 to 63".to_owned())]),
        (0x80..=0xbf, [_, second, ..]) => {
            let version = (1, "version", "2, with padding, extension and counts".to_owned());
            match second {
                192..=223 => known("an RTCP packet", vec![version, (1, "packet type", rtcp(*second))]),
                _ => {
                    let marker = if second & 0x80 != 0 { ", marker" } else { "" };
                    let payload = format!("{}{marker}", second & 0x7f);
                    known("an RTP packet", vec![version, (1, "payload type", payload)])
                }
            }
        }
        (0x80..=0xbf, _) => known("RTP by its first byte", vec![(1, "first byte", "128 to 191".to_owned())]),
        (0xc0..=0xff, _) => known("QUIC by its first byte", vec![(1, "first byte", "192 to 255".to_owned())]),
        (0x50..=0x7f, _) => {
            let meaning = "80 to 127: QUIC, or nothing that has a name".to_owned();
            known("neither STUN nor ChannelData", vec![(1, "first byte", meaning)])
        }
        (0x04..=0x0f, _) => {
            let meaning = "4 to 15: nothing that has a name".to_owned();
            known("neither STUN nor ChannelData", vec![(1, "first byte", meaning)])
        }
        _ => None,
    }
}

const HTTP: [&str; 10] =
    ["HTTP/", "GET ", "POST ", "PUT ", "HEAD ", "OPTIONS ", "CONNECT ", "DELETE ", "PATCH ", "PRI * HTTP/2"];

fn record(kind: u8) -> String {
    match kind {
        20 => "change cipher spec".to_owned(),
        21 => "alert".to_owned(),
        22 => "handshake".to_owned(),
        23 => "application data".to_owned(),
        24 => "heartbeat".to_owned(),
        25 => "connection id".to_owned(),
        other => format!("content type {other}"),
    }
}

fn rtcp(kind: u8) -> String {
    let name = match kind {
        200 => "sender report",
        201 => "receiver report",
        202 => "source description",
        203 => "goodbye",
        204 => "application",
        205 => "transport feedback",
        206 => "payload feedback",
        207 => "extended report",
        _ => return kind.to_string(),
    };
    format!("{kind}, {name}")
}
