//! Messages of SIP, HTTP and RTSP, one or many, in a file or a log: start line, headers, body.

use std::collections::HashMap;
use std::ops::Range;

use super::document::Kind;
use super::note::Shape;
use super::prefix::is_sdp_line;
use super::text::{Line, find, lines};

/// A body, or a part of one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Body {
    pub(super) shape: Shape,
    /// The start line of its message.
    pub(super) start_line: String,
    pub(super) range: Range<usize>,
    /// As which side's description it was sent, if it is one.
    pub(super) kind: Kind,
    /// Content-Type says SDP, or a fragment of it.
    pub(super) is_sdp: bool,
    /// Content-Length or a boundary says where it ends.
    pub(super) is_exact: bool,
    /// Content-Length, where the body has another length.
    pub(super) wrong_length: Option<usize>,
    /// Where the start line begins.
    pub(super) at: usize,
}

/// Start lines longer than this are none.
const LONGEST: usize = 2000;

/// The bodies of all messages, and where the first message begins.
pub(super) fn bodies(bytes: &[u8]) -> Vec<Body> {
    let mut calls = Calls::default();
    let mut found = Vec::new();
    for (start, headers, stop) in messages(bytes) {
        body(bytes, &start, &headers, stop, &mut calls, &mut found);
    }
    found
}

/// The start line of each message, its headers, and where it ends at the latest.
fn messages(bytes: &[u8]) -> Vec<(Start, Headers, usize)> {
    if [&b"HTTP/"[..], b"SIP/2.0", b"RTSP/"].iter().all(|name| find(bytes, name, 0).is_none()) {
        return Vec::new();
    }
    let lines: Vec<Line> = lines(bytes).collect();
    let starts: Vec<(usize, Start)> = lines
        .iter()
        .enumerate()
        .filter_map(|(index, line)| Some((index, Start::of(line.of(bytes))?)))
        .collect();
    let stops: Vec<usize> = starts.iter().skip(1).map(|(next, _)| lines[*next].start).collect();
    let stops = stops.into_iter().chain([bytes.len()]);
    let messages = starts.into_iter().zip(stops).filter_map(|((index, mut start), stop)| {
        start.at = lines[index].start;
        Some((start, Headers::of(bytes, &lines[index + 1..], stop)?, stop))
    });
    messages.collect()
}

/// Where each Content-Length that is right stands, and the body that it counts.
pub(super) fn lengths(bytes: &[u8]) -> Vec<(Range<usize>, Range<usize>)> {
    messages(bytes)
        .into_iter()
        .filter_map(|(_, headers, stop)| {
            let region = headers.end.min(stop)..stop;
            let (range, is_exact, _) = measure(bytes, region, headers.length);
            is_exact.then_some((headers.length_at, range))
        })
        .collect()
}

fn body(
    bytes: &[u8],
    start: &Start,
    headers: &Headers,
    stop: usize,
    calls: &mut Calls,
    found: &mut Vec<Body>,
) {
    let region = headers.end.min(stop)..stop;
    let (range, is_exact, wrong_length) = measure(bytes, region, headers.length);
    let is_empty = bytes[range.clone()].trim_ascii().is_empty();
    let kind = calls.kind(start, headers, is_empty);
    if is_empty {
        return;
    }
    let kind_line = headers.content_type.to_ascii_lowercase();
    let whole = Body {
        shape: start.shape,
        start_line: start.line.clone(),
        range: range.clone(),
        kind,
        is_sdp: kind_line.contains("application/sdp"),
        is_exact,
        wrong_length,
        at: start.at,
    };
    let boundary = kind_line.find("boundary=").map(|at| headers.content_type[at + 9..].trim());
    let boundary = boundary.map(|value| value.split(';').next().unwrap_or_default().trim().trim_matches('"'));
    match boundary.filter(|boundary| !boundary.is_empty() && kind_line.contains("multipart/")) {
        Some(boundary) => parts(bytes, &whole, boundary, found),
        None => found.push(typed(whole, &kind_line)),
    }
}

fn typed(body: Body, content_type: &str) -> Body {
    let fragment = content_type.contains("sdpfrag");
    Body {
        kind: if fragment { Kind::Sdpfrag } else { body.kind },
        is_sdp: fragment || content_type.contains("application/sdp"),
        ..body
    }
}

fn parts(bytes: &[u8], whole: &Body, boundary: &str, found: &mut Vec<Body>) {
    let boundary = format!("--{boundary}");
    let region = &bytes[whole.range.clone()];
    let all: Vec<Line> = lines(region).collect();
    let marks: Vec<usize> = all
        .iter()
        .enumerate()
        .filter(|(_, line)| line.of(region).starts_with(boundary.as_bytes()))
        .map(|(at, _)| at)
        .collect();
    for (order, mark) in marks.iter().enumerate() {
        let stop = marks.get(order + 1).map_or(region.len(), |next| all[*next].start);
        let Some(headers) = Headers::of(region, &all[mark + 1..], stop) else { continue };
        let base = whole.range.start;
        let part = Body {
            range: base + headers.end.min(stop)..base + stop,
            is_exact: stop < region.len(),
            ..whole.clone()
        };
        if !bytes[part.range.clone()].trim_ascii().is_empty() {
            found.push(typed(part, &headers.content_type.to_ascii_lowercase()));
        }
    }
}

/// How far a body goes: Content-Length is believed where nothing of SDP would be left over. Text that went through an
/// editor has other line ends than were counted.
fn measure(bytes: &[u8], region: Range<usize>, length: Option<usize>) -> (Range<usize>, bool, Option<usize>) {
    let body = &bytes[region.clone()];
    let Some(length) = length else { return (region, false, None) };
    if length <= body.len()
        && !lines(&body[length..]).take(3).any(|line| is_sdp_line(line.of(&body[length..])))
    {
        return (region.start..region.start + length, true, None);
    }
    let trimmed = body.trim_ascii_end();
    let lone = trimmed
        .iter()
        .zip(std::iter::once(&0).chain(trimmed))
        .filter(|(byte, before)| **byte == b'\n' && **before != b'\r');
    let sent = trimmed.len() + lone.count();
    let fits = (sent..=sent + 4).contains(&length);
    (region, false, (!fits).then_some(length))
}

struct Start {
    shape: Shape,
    line: String,
    /// None in a response.
    method: Option<String>,
    status: u16,
    /// Where it begins.
    at: usize,
}

impl Start {
    fn of(line: &[u8]) -> Option<Self> {
        if line.len() > LONGEST || line.len() < 10 {
            return None;
        }
        let line = std::str::from_utf8(line).ok()?.trim();
        let shape = |version: &str| match version.split_once('/')? {
            ("SIP", "2.0") => Some(Shape::Sip),
            ("HTTP", "1.0" | "1.1" | "2" | "2.0" | "3") => Some(Shape::Http),
            ("RTSP", "1.0" | "2.0") => Some(Shape::Rtsp),
            _ => None,
        };
        let mut words: Vec<&str> = line.split_ascii_whitespace().collect();
        // curl shows which way a line went.
        if matches!(words.first(), Some(&(">" | "<"))) {
            words.remove(0);
        }
        if let Some(found) = words.first().and_then(|word| shape(word)) {
            let status = words.get(1).filter(|code| code.len() == 3)?.parse().ok()?;
            return Some(Self { shape: found, line: words.join(" "), method: None, status, at: 0 });
        }
        let [.., method, _, version] = &words[..] else { return None };
        let method = (*method).trim_start_matches(|letter: char| !letter.is_ascii_alphabetic());
        let is_method =
            method.len() >= 3 && method.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
        let shape = shape(version).filter(|_| is_method)?;
        let line = words[words.len() - 3..].join(" ");
        Some(Self { shape, line, method: Some(method.to_owned()), status: 0, at: 0 })
    }
}

#[derive(Default)]
struct Headers {
    content_type: String,
    length: Option<usize>,
    /// Where that stands.
    length_at: Range<usize>,
    call: String,
    sequence: String,
    /// Where the body begins.
    end: usize,
}

impl Headers {
    /// None where no headers end in a body.
    fn of(bytes: &[u8], lines: &[Line], stop: usize) -> Option<Self> {
        let mut headers = Self { end: stop, ..Self::default() };
        for line in lines.iter().take_while(|line| line.start < stop) {
            let content = line.of(bytes);
            let shown = content
                .strip_prefix(b"> ")
                .or_else(|| content.strip_prefix(b"< "))
                .unwrap_or(content)
                .trim_ascii();
            if shown.is_empty() || matches!(shown, b">" | b"<") {
                headers.end = line.next;
                return Some(headers);
            }
            if is_sdp_line(shown) {
                headers.end = line.start;
                return Some(headers);
            }
            let header = String::from_utf8_lossy(shown);
            let Some((name, value)) = header.split_once(':') else { continue };
            let value = value.trim();
            match name.trim().to_ascii_lowercase().as_str() {
                "content-type" | "c" => headers.content_type = value.to_owned(),
                "content-length" | "l" => {
                    headers.length = value.parse().ok();
                    let end = line.start + content.trim_ascii_end().len();
                    headers.length_at = end.saturating_sub(value.len())..end;
                }
                "call-id" | "i" => headers.call = value.to_owned(),
                "cseq" => headers.sequence = value.to_owned(),
                _ => {}
            }
        }
        None
    }
}

/// What went before in each transaction: a body that answers an offer is an answer (RFC 3264, RFC 6337).
#[derive(Default)]
struct Calls {
    offered: HashMap<(String, String), bool>,
    http_offer: bool,
}

impl Calls {
    fn kind(&mut self, start: &Start, headers: &Headers, is_empty: bool) -> Kind {
        match (start.shape, start.method.as_deref()) {
            (Shape::Http, Some(_)) => {
                self.http_offer = !is_empty;
                Kind::Offer
            }
            (Shape::Http, None) if !self.http_offer || start.status == 406 => Kind::Offer,
            (Shape::Http, None) => Kind::Answer,
            (Shape::Sip, Some(method)) => {
                let number = headers.sequence.split_ascii_whitespace().next().unwrap_or_default().to_owned();
                let key = (headers.call.clone(), number);
                match method {
                    "ACK" if self.offered.get(&key) == Some(&false) => Kind::Answer,
                    "ACK" => Kind::Unknown,
                    _ => {
                        self.offered.insert(key, !is_empty);
                        Kind::Offer
                    }
                }
            }
            (Shape::Sip, None) => {
                let number = headers.sequence.split_ascii_whitespace().next().unwrap_or_default().to_owned();
                match self.offered.get(&(headers.call.clone(), number)) {
                    Some(false) => Kind::Offer,
                    _ => Kind::Answer,
                }
            }
            _ => Kind::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SDP: &str = "v=0\r\no=-\r\ns=-\r\n";

    fn kinds(text: &str) -> Vec<(Kind, String)> {
        let found = bodies(text.as_bytes());
        found.iter().map(|body| (body.kind, text[body.range.clone()].to_owned())).collect()
    }

    #[test]
    fn a_call_with_its_answer() {
        let text = format!(
            "INVITE sip:b@example.com SIP/2.0\r\nc: application/sdp\r\nl: 16\r\ni: 1\r\nCSeq: 1 INVITE\r\n\r\n{SDP}\
             SIP/2.0 100 Trying\r\ni: 1\r\nCSeq: 1 INVITE\r\nl: 0\r\n\r\n\
             SIP/2.0 200 OK\r\ni: 1\r\nCSeq: 1 INVITE\r\nc: application/sdp\r\nl: 16\r\n\r\n{SDP}\
             ACK sip:b@example.com SIP/2.0\r\ni: 1\r\nCSeq: 1 ACK\r\n\r\n"
        );
        assert_eq!(kinds(&text), [(Kind::Offer, SDP.to_owned()), (Kind::Answer, SDP.to_owned())]);
    }

    #[test]
    fn a_call_that_is_offered_to_late() {
        let text = format!(
            "INVITE sip:b@example.com SIP/2.0\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n\r\n\
             SIP/2.0 200 OK\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nContent-Type: application/sdp\r\n\r\n{SDP}\
             ACK sip:b@example.com SIP/2.0\r\nCall-ID: 1\r\nCSeq: 1 ACK\r\nContent-Type: application/sdp\r\n\r\n{SDP}"
        );
        assert_eq!(
            kinds(&text).iter().map(|(kind, _)| *kind).collect::<Vec<_>>(),
            [Kind::Offer, Kind::Answer]
        );
    }

    #[test]
    fn parts_of_a_body_that_has_several() {
        let text = format!(
            "INVITE sip:b@example.com SIP/2.0\r\nContent-Type: multipart/mixed; boundary=\"xyz\"\r\n\r\n--xyz\r\n\
             Content-Type: application/sdp\r\n\r\n{SDP}\r\n--xyz\r\nContent-Type: application/isup\r\n\r\n\x01\x02\r\n--xyz--\r\n"
        );
        let found = bodies(text.as_bytes());
        assert_eq!(found.iter().map(|body| body.is_sdp).collect::<Vec<_>>(), [true, false]);
        assert_eq!(&text[found[0].range.clone()], format!("{SDP}\r\n"));
    }

    #[test]
    fn a_wrong_length_is_told_but_not_one_that_an_editor_made_wrong() {
        let message =
            |length: usize, body: &str| format!("HTTP/1.1 201 Created\nContent-Length: {length}\n\n{body}");
        let wrong = |text: String| bodies(text.as_bytes())[0].wrong_length;
        assert_eq!(wrong(message(16, "v=0\no=-\ns=-\n")), None);
        assert_eq!(wrong(message(99, "v=0\no=-\ns=-\n")), Some(99));
        assert_eq!(wrong(message(5, "v=0\no=-\ns=-\n")), Some(5));
    }
}
