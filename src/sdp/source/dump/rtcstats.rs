//! rtcstats: lines `[method, connection, value, …, time]`, with names or numbers for the methods, or one object.

use super::super::finder::{Context, Finder};
use super::super::json::{self, Node, Value, unquoted};
use super::super::note::{About, Note, Shape};
use super::super::text::{self, Text};
use super::super::tree;
use super::recorder::{Entry, Recorder};
use super::{Dump, Format, page};

/// How a recording of the third version begins.
pub(in super::super) const MAGIC: &[u8] = b"RTCStatsDump";

/// The numbers that stand for methods.
const METHODS: [(u32, &str); 46] = [
    (1, "getStats"),
    (2, "createOffer"),
    (3, "createOfferOnSuccess"),
    (4, "createAnswer"),
    (5, "createAnswerOnSuccess"),
    (6, "setLocalDescription"),
    (7, "setLocalDescriptionOnSuccess"),
    (8, "setRemoteDescription"),
    (9, "setRemoteDescriptionOnSuccess"),
    (10, "addIceCandidate"),
    (11, "addIceCandidateOnSuccess"),
    (12, "createOfferOnFailure"),
    (13, "createAnswerOnFailure"),
    (14, "setLocalDescriptionOnFailure"),
    (15, "setRemoteDescriptionOnFailure"),
    (16, "addIceCandidateOnFailure"),
    (20, "onicecandidate"),
    (21, "onicecandidateerror"),
    (22, "ontrack"),
    (23, "onsignalingstatechange"),
    (24, "oniceconnectionstatechange"),
    (25, "onconnectionstatechange"),
    (26, "onicegatheringstatechange"),
    (27, "onnegotiationneeded"),
    (28, "ondatachannel"),
    (30, "addTrack"),
    (31, "addTrackOnSuccess"),
    (32, "addTransceiver"),
    (33, "addTransceiverOnSuccess"),
    (34, "removeTrack"),
    (35, "createDataChannel"),
    (36, "close"),
    (37, "restartIce"),
    (38, "setConfiguration"),
    (39, "create"),
    (40, "constraints"),
    (41, "setCodecPreferences"),
    (42, "setHeaderExtensionsToNegotiate"),
    (50, "setParameters"),
    (51, "replaceTrack"),
    (60, "navigator.mediaDevices.getUserMedia"),
    (61, "navigator.mediaDevices.getUserMediaOnSuccess"),
    (63, "navigator.mediaDevices.getDisplayMedia"),
    (64, "navigator.mediaDevices.getDisplayMediaOnSuccess"),
    (65, "navigator.mediaDevices.getUserMediaOnFailure"),
    (66, "navigator.mediaDevices.enumerateDevices"),
];

/// Names that only older recordings and other writers use.
const OTHERS: [&str; 12] = [
    "connectionInfo",
    "identity",
    "getstats",
    "onaddstream",
    "onremovestream",
    "addStream",
    "removeStream",
    "ondtlsstatechange",
    "setVideoType",
    "conferenceStartTimestamp",
    "dominantSpeaker",
    "publicIP",
];

/// What belongs to no connection even where none is named.
fn is_about_page(method: &str) -> bool {
    method.starts_with("navigator.")
        || OTHERS.contains(&method) && !method.starts_with("on") && !method.ends_with("Stream")
        || !METHODS.iter().any(|(_, name)| *name == method) && !method.starts_with("on")
        || matches!(method, "create" | "close" | "constraints")
}

/// getUserMedia and the like.
fn is_failed_capture(method: &str) -> bool {
    method.starts_with("navigator.") && method.ends_with("OnFailure")
}

/// Reads the third version: a mark, what it is about, then a line an event with the time since the one before.
pub(in super::super) fn lines(finder: &mut Finder<'_>, text: &Text<'_>, context: &Context) -> Shape {
    read_lines(finder, text, context, Format::RtcstatsDump);
    Shape::Rtcstats
}

/// Reads JSON lines: events of rtcstats, or anything else.
pub(in super::super) fn json_lines(
    finder: &mut Finder<'_>,
    text: &Text<'_>,
    context: &Context,
) -> Option<Shape> {
    let bytes = &*text.bytes;
    let is_dump = finder.dump.is_none()
        && text::lines(bytes).take(200).any(|line| {
            line.of(bytes).trim_ascii_start().starts_with(b"[")
                && json::parse(&bytes[..line.end], line.start)
                    .is_some_and(|parsed| is_event(bytes, &parsed.node))
        });
    if is_dump {
        read_lines(finder, text, context, Format::RtcstatsLines);
        return Some(Shape::Rtcstats);
    }
    let before = (finder.documents.len(), finder.candidates.len());
    for line in text::lines(bytes) {
        if let Some(parsed) = json::parse(&bytes[..line.end], line.start) {
            tree::walk(finder, text, &parsed.node, context);
        }
    }
    ((finder.documents.len(), finder.candidates.len()) != before).then_some(Shape::Json)
}

fn read_lines(finder: &mut Finder<'_>, text: &Text<'_>, context: &Context, format: Format) {
    let bytes = &*text.bytes;
    let mut recorder = Recorder::new(finder, context, Dump { format, ..Dump::default() });
    let (mut clock, mut broken) = (0.0, Vec::new());
    for (number, line) in text::lines(bytes).enumerate() {
        let content = line.of(bytes);
        if content.trim_ascii().is_empty() || number == 0 && content.starts_with(MAGIC) {
            continue;
        }
        match json::parse(&bytes[..line.end], line.start) {
            Some(parsed) if parsed.complete => event(&mut recorder, text, &parsed.node, &mut clock),
            _ => broken.push(number + 1),
        }
    }
    recorder.finish();
    if let Some(first) = broken.first() {
        let text = match broken.len() {
            1 => format!("line {first} of the dump is no JSON, and was left out; perhaps it was cut off"),
            count => {
                format!("{count} lines of the dump are no JSON, and were left out; the first is line {first}")
            }
        };
        finder.notes.push(Note { line: Some(*first), ..Note::new(About::CutOff, text) });
    }
}

/// Reads an array of such lines.
pub(super) fn array(finder: &mut Finder<'_>, text: &Text<'_>, node: &Node, context: &Context) -> Shape {
    let mut recorder =
        Recorder::new(finder, context, Dump { format: Format::RtcstatsLines, ..Dump::default() });
    let mut clock = 0.0;
    for line in node.elements() {
        event(&mut recorder, text, line, &mut clock);
    }
    recorder.finish();
    Shape::Rtcstats
}

/// Reads the first version: all events of each connection in one object.
pub(super) fn object(finder: &mut Finder<'_>, text: &Text<'_>, root: &Node, context: &Context) -> Shape {
    let bytes = &*text.bytes;
    let mut recorder =
        Recorder::new(finder, context, Dump { format: Format::RtcstatsObject, ..Dump::default() });
    about(&mut recorder, bytes, root);
    if let Some(Value::Object(connections)) = root.member(bytes, "peerConnections").map(|node| &node.value) {
        for (key, log) in connections {
            let id = String::from_utf8_lossy(unquoted(bytes, key)).into_owned();
            let is_of_page = id == "null";
            if is_of_page {
                recorder.dump.other_events += log.elements().len();
            } else {
                recorder.connection(&id);
            }
            for entry in log.elements() {
                let method =
                    entry.member(bytes, "type").and_then(|method| method.to_text(bytes)).unwrap_or_default();
                let written = entry.member(bytes, "timestamp").or_else(|| entry.member(bytes, "time"));
                let (time_ms, time_text) = super::internals::time(bytes, written);
                let value = entry.member(bytes, "value").map(|value| (text, value));
                let place = recorder.place(text, entry.span.start);
                let entry = Entry { connection: &id, method: &method, time_ms, time_text, value, place };
                match is_of_page {
                    false => recorder.record(&entry),
                    true if is_failed_capture(&method) => recorder.record_page_failure(&entry, None),
                    true => {}
                }
            }
        }
    }
    recorder.finish();
    Shape::Rtcstats
}

/// Whether a value is an event: a known method, a connection or null, and more.
pub(in super::super) fn is_event(bytes: &[u8], node: &Node) -> bool {
    let [method, connection, _, ..] = node.elements() else { return false };
    let names_one = matches!(connection.value, Value::String | Value::Word);
    names_one
        && match method.value {
            Value::String => {
                let name = String::from_utf8_lossy(unquoted(bytes, &method.span));
                METHODS.iter().any(|(_, known)| *known == name) || OTHERS.contains(&&*name)
            }
            _ => method_of(bytes, method).is_some(),
        }
}

fn method_of(bytes: &[u8], node: &Node) -> Option<String> {
    match node.value {
        Value::String => node.to_text(bytes),
        Value::Word => {
            let code: u32 = std::str::from_utf8(node.written(bytes)).ok()?.parse().ok()?;
            Some(METHODS.iter().find(|(known, _)| *known == code)?.1.to_owned())
        }
        _ => None,
    }
}

fn event(recorder: &mut Recorder<'_, '_>, text: &Text<'_>, node: &Node, clock: &mut f64) {
    let bytes = &*text.bytes;
    let [method, connection, rest @ ..] = node.elements() else {
        about(recorder, bytes, node);
        return;
    };
    // The last element is the time; what lies between it and the value belongs to the call.
    let time = rest
        .last()
        .filter(|last| last.value == Value::Word && rest.len() > 1)
        .and_then(|last| last.to_number(bytes));
    let time_ms = match (recorder.dump.format, time) {
        (Format::RtcstatsDump, Some(delta)) => {
            *clock += delta;
            Some(*clock)
        }
        (_, time) => time,
    };
    let method = method_of(bytes, method).unwrap_or_default();
    let id = match connection.is_null(bytes) {
        true if is_about_page(&method) => {
            if method == "connectionInfo"
                && let Some(value) = rest.first()
            {
                about(recorder, bytes, value);
            }
            recorder.dump.other_events += 1;
            if is_failed_capture(&method) {
                let place = recorder.place(text, node.span.start);
                let value = rest.first().map(|value| (text, value));
                let entry = Entry { connection: "", method: &method, time_ms, time_text: None, value, place };
                recorder.record_page_failure(&entry, None);
            }
            return;
        }
        true => "without a name".to_owned(),
        false => connection.to_text(bytes).unwrap_or_default(),
    };
    let value = rest.first().map(|value| (text, value));
    let place = recorder.place(text, node.span.start);
    recorder.record(&Entry { connection: &id, method: &method, time_ms, time_text: None, value, place });
}

/// What a recording says of its page.
fn about(recorder: &mut Recorder<'_, '_>, bytes: &[u8], node: &Node) {
    let word = |name: &str| node.member(bytes, name).and_then(|member| member.to_text(bytes));
    recorder.dump.user_agent = recorder.dump.user_agent.take().or_else(|| word("userAgent"));
    let url = word("url").map(|url| match word("origin") {
        Some(origin) if url.starts_with('/') => format!("{origin}{url}"),
        _ => url,
    });
    recorder.dump.url = recorder.dump.url.take().or_else(|| url.map(|url| page(&url)));
}
