//! `chrome://webrtc-internals`, from the prose of 2014 to the JSON strings of today.

use super::super::finder::{Context, Finder};
use super::super::json::{self, Node, Value};
use super::super::note::Shape;
use super::super::text::Text;
use super::recorder::{Entry, Recorder};
use super::{Dump, Format, page, secret};

pub(super) fn read(finder: &mut Finder<'_>, text: &Text<'_>, root: &Node, context: &Context) -> Shape {
    let bytes = &*text.bytes;
    let dump = Dump {
        format: Format::WebrtcInternals,
        user_agent: root.member(bytes, "UserAgent").and_then(|agent| agent.to_text(bytes)),
        other_events: root.member(bytes, "getUserMedia").map_or(0, |calls| calls.elements().len()),
        ..Dump::default()
    };
    let mut recorder = Recorder::new(finder, context, dump);
    if let Some(Value::Object(connections)) = root.member(bytes, "PeerConnections").map(|node| &node.value) {
        for (key, connection) in connections {
            let id = String::from_utf8_lossy(json::unquoted(bytes, key)).into_owned();
            one(&mut recorder, text, &id, connection);
        }
    }
    let calls = root.member(bytes, "getUserMedia").map_or(&[][..], Node::elements);
    calls.iter().for_each(|call| capture(&mut recorder, text, call));
    recorder.finish();
    Shape::WebrtcInternals
}

fn one(recorder: &mut Recorder<'_, '_>, text: &Text<'_>, id: &str, node: &Node) {
    let bytes = &*text.bytes;
    let Some(index) = recorder.connection(id) else { return };
    let connection = &mut recorder.dump.connections[index];
    connection.url = node.member(bytes, "url").and_then(|url| url.to_text(bytes)).map(|url| page(&url));
    connection.configuration = node
        .member(bytes, "rtcConfiguration")
        .and_then(|configuration| secret::configuration(text, configuration));
    if let Some(Value::Object(stats)) = node.member(bytes, "stats").map(|stats| &stats.value) {
        connection.stats = stats.len();
    }
    let log = node.member(bytes, "updateLog").map_or(&[][..], Node::elements);
    for update in log {
        let method =
            update.member(bytes, "type").and_then(|method| method.to_text(bytes)).unwrap_or_default();
        let written = update.member(bytes, "timestamp").or_else(|| update.member(bytes, "time"));
        let (time_ms, time_text) = time(bytes, written);
        recorder.record(&Entry {
            connection: id,
            method: &method,
            time_ms,
            time_text,
            value: update.member(bytes, "value").map(|value| (text, value)),
            place: recorder.place(text, update.span.start),
        });
    }
}

/// getUserMedia or getDisplayMedia, if it failed.
fn capture(recorder: &mut Recorder<'_, '_>, text: &Text<'_>, call: &Node) {
    let bytes = &*text.bytes;
    let word = |name: &str| {
        let word = call.member(bytes, name)?.to_text(bytes)?;
        Some(word.trim().chars().take(200).collect::<String>()).filter(|word| !word.is_empty())
    };
    let Some(error) = word("error") else { return };
    let message = word("error_message").map_or(error.clone(), |more| format!("{error}: {more}"));
    let (time_ms, time_text) = time(bytes, call.member(bytes, "timestamp"));
    let entry = Entry {
        connection: "",
        method: &word("request_type").unwrap_or_else(|| "getUserMedia".to_owned()),
        time_ms,
        time_text,
        value: None,
        place: recorder.place(text, call.span.start),
    };
    recorder.record_page_failure(&entry, Some(message));
}

/// A time as milliseconds, RFC 3339, or whatever a browser's locale made of it.
pub(super) fn time(bytes: &[u8], node: Option<&Node>) -> (Option<f64>, Option<String>) {
    let Some(node) = node else { return (None, None) };
    if let Some(number) = node.to_number(bytes) {
        return (Some(number), None);
    }
    let text = node.to_text(bytes);
    let parsed = text.as_deref().and_then(|text| text.trim().parse::<jiff::Timestamp>().ok());
    // Milliseconds since 1970 fit a double exactly for the next 285,000 years.
    let milliseconds = parsed.map(|time| time.as_microsecond() as f64 / 1000.0);
    (milliseconds, text)
}
