//! SIP in a capture, as far as it says what the media is: where its messages begin and end, and their descriptions.

use crate::sdp::source;

/// Start lines of requests (RFC 3261 §7.1 and the registry of methods), and of responses.
const STARTS: [&[u8]; 15] = [
    b"SIP/2.0 ",
    b"INVITE ",
    b"ACK ",
    b"BYE ",
    b"CANCEL ",
    b"REGISTER ",
    b"OPTIONS ",
    b"PRACK ",
    b"UPDATE ",
    b"INFO ",
    b"MESSAGE ",
    b"SUBSCRIBE ",
    b"NOTIFY ",
    b"REFER ",
    b"PUBLISH ",
];
const VERSION: &[u8] = b"SIP/2.0";
/// No start line is longer.
const LONGEST_LINE: usize = 2048;
/// No message that carries a description has longer headers. They are looked for anew with each segment.
const LONGEST: usize = 16 * 1024;
/// Nor is a body that is one longer.
const LONGEST_BODY: usize = 128 * 1024;

/// What the start of a byte stream has of SIP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// A message begins here.
    Here,
    /// One may, when more bytes have come.
    Perhaps,
    /// None does.
    Not,
}

/// Whether a message begins at the start of `bytes`.
pub(super) fn start(bytes: &[u8]) -> Start {
    if STARTS.iter().any(|start| bytes.len() < start.len() && start.starts_with(bytes)) {
        return Start::Perhaps;
    }
    if !STARTS.iter().any(|start| bytes.starts_with(start)) {
        return Start::Not;
    }
    let line = &bytes[..bytes.len().min(LONGEST_LINE)];
    match line.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
        Some(end) if contains(&line[..end], VERSION) => Start::Here,
        None if line.len() < LONGEST_LINE && line.is_ascii() => Start::Perhaps,
        _ => Start::Not,
    }
}

/// The length of the message at the start of `bytes`, by its Content-Length (RFC 3261 §18.3); `None` while its headers
/// are not whole.
///
/// # Errors
/// It is longer than any message is.
pub(super) fn length(bytes: &[u8]) -> Result<Option<usize>, TooLong> {
    let within = &bytes[..bytes.len().min(LONGEST)];
    let Some(headers) = find(within, b"\r\n\r\n") else {
        return if bytes.len() < LONGEST { Ok(None) } else { Err(TooLong) };
    };
    let body = content_length(&within[..headers]).unwrap_or(0);
    if body > LONGEST_BODY { Err(TooLong) } else { Ok(Some(headers + 4 + body)) }
}

/// More than is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLong;

/// The descriptions in a message, or in a part of one.
pub(super) fn descriptions(message: &[u8]) -> Vec<Vec<u8>> {
    // Most messages have none, and are passed over fast.
    if !contains(message, b"v=0") {
        return Vec::new();
    }
    source::find(message).documents.into_iter().map(|document| document.text.to_vec()).collect()
}

fn content_length(headers: &[u8]) -> Option<usize> {
    headers.split(|byte| *byte == b'\n').find_map(|line| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = (line[..colon].trim_ascii(), line[colon + 1..].trim_ascii());
        let is_length = name.eq_ignore_ascii_case(b"Content-Length") || name.eq_ignore_ascii_case(b"l");
        is_length.then(|| std::str::from_utf8(value).ok()?.parse().ok())?
    })
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    find(bytes, wanted).is_some()
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_told_from_others_by_their_first_line() {
        assert_eq!(start(b"INVITE sip:a@b SIP/2.0\r\n"), Start::Here);
        assert_eq!(start(b"SIP/2.0 200 OK\r\n"), Start::Here);
        for part in ["I", "INVITE", "INVITE sip:a@b SIP/", "SIP/2.0 200 O"] {
            assert_eq!(start(part.as_bytes()), Start::Perhaps, "{part}");
        }
        for other in ["OPTIONS / HTTP/1.1\r\n", "SSH-2.0-x", "INVITING sip:a SIP/2.0\r\n"] {
            assert_eq!(start(other.as_bytes()), Start::Not, "{other}");
        }
        assert_eq!(start(&[b"ACK ", &[b'x'; 4000][..]].concat()), Start::Not);
    }

    #[test]
    fn a_message_is_as_long_as_its_headers_say() {
        assert_eq!(length(b"BYE sip:a SIP/2.0\r\nContent-Length: 3\r\n\r\nabcBYE"), Ok(Some(43)));
        assert_eq!(length(b"BYE sip:a SIP/2.0\r\nl:2\r\n\r\nab"), Ok(Some(28)));
        assert_eq!(length(b"BYE sip:a SIP/2.0\r\n\r\n"), Ok(Some(21)));
        assert_eq!(length(b"BYE sip:a SIP/2.0\r\nl:2\r\n"), Ok(None));
        assert_eq!(length(b"BYE sip:a SIP/2.0\r\nl:99999999\r\n\r\n"), Err(TooLong));
        assert_eq!(length(&[b'a'; LONGEST]), Err(TooLong));
    }
}
