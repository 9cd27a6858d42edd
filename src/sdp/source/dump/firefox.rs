//! Firefox's `about:webrtc` as JSON: reports with the history of their descriptions.

use super::super::document::Kind;
use super::super::finder::{Context, Finder};
use super::super::json::{self, Node, Value, unescape};
use super::super::note::Shape;
use super::super::text::Text;
use super::recorder::{Entry, Recorder};
use super::{Dump, Format, page, secret};

/// None if it is no such report.
pub(super) fn read(
    finder: &mut Finder<'_>,
    text: &Text<'_>,
    root: &Node,
    context: &Context,
) -> Option<Shape> {
    let bytes = &*text.bytes;
    let is_report = |node: &Node| {
        node.member(bytes, "pcid").is_some()
            && ["sdpHistory", "localSdp", "remoteSdp"].iter().any(|name| node.member(bytes, name).is_some())
    };
    let list = root.member(bytes, "reports").unwrap_or(root);
    let reports: Vec<&Node> = match &list.value {
        Value::Array(elements) => elements.iter().filter(|node| is_report(node)).collect(),
        _ if is_report(list) => vec![list],
        _ => Vec::new(),
    };
    if reports.is_empty() {
        return None;
    }
    let dump = Dump { format: Format::AboutWebrtc, ..Dump::default() };
    let mut recorder = Recorder::new(finder, context, dump);
    for report in reports {
        one(&mut recorder, text, report);
    }
    recorder.finish();
    Some(Shape::AboutWebrtc)
}

fn one(recorder: &mut Recorder<'_, '_>, text: &Text<'_>, report: &Node) {
    let bytes = &*text.bytes;
    let whole = report.member(bytes, "pcid").and_then(|id| id.to_text(bytes)).unwrap_or_default();
    // `{…} (id=93 url=https://…)`, where the page may have secrets.
    let id = whole.split(" (").next().unwrap_or_default();
    let Some(index) = recorder.connection(id) else { return };
    let connection = &mut recorder.dump.connections[index];
    connection.url = whole.split("url=").nth(1).map(|url| page(url.trim_end_matches(')')));
    connection.configuration =
        report.member(bytes, "configuration").and_then(|node| secret::configuration(text, node));
    let is_offerer = report.member(bytes, "offerer").map(|offerer| offerer.written(bytes) == b"true");

    let mut entries: Vec<(bool, Option<&Node>, &Node)> = Vec::new();
    for entry in report.member(bytes, "sdpHistory").map_or(&[][..], Node::elements) {
        let is_local = entry.member(bytes, "isLocal").is_some_and(|is| is.written(bytes) == b"true");
        if let Some(sdp) = entry.member(bytes, "sdp") {
            entries.push((is_local, entry.member(bytes, "timestamp"), sdp));
        }
    }
    let latest = [("localSdp", true), ("remoteSdp", false)];
    let mut latest: Vec<_> = latest
        .into_iter()
        .filter_map(|(name, is_local)| Some((is_local, None, report.member(bytes, name)?)))
        .collect();
    // Who offered did so first.
    latest.sort_by_key(|(is_local, ..)| Some(*is_local) != is_offerer);
    for (is_local, time, sdp) in latest {
        let written = json::unquoted(bytes, &sdp.span);
        if !written.is_empty()
            && !entries.iter().any(|(_, _, other)| json::unquoted(bytes, &other.span) == written)
        {
            entries.push((is_local, time, sdp));
        }
    }
    let mut offered_by = None;
    for (is_local, time, sdp) in entries {
        let kind = match offered_by {
            Some(offerer) if offerer != is_local => {
                offered_by = None;
                Kind::Answer
            }
            _ => {
                offered_by = Some(is_local);
                Kind::Offer
            }
        };
        let (time_ms, time_text) = super::internals::time(bytes, time);
        let place = recorder.place(text, sdp.span.start);
        let method = if is_local { "setLocalDescription" } else { "setRemoteDescription" };
        let sdp = unescape(text, json::inside(bytes, &sdp.span));
        let entry = Entry { connection: id, method, time_ms, time_text, value: None, place };
        recorder.record_description(&entry, kind, sdp);
    }
}
