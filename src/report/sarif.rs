//! Findings as SARIF 2.1.0 (OASIS), which code hosts and editors show beside the lines.

use std::io::{self, Write};

use serde_json::ser::PrettyFormatter;
use serde_json::{Map, Value, json};

use super::{Rendered, Screen, Unread, json as text};
use crate::finding::{Finding, Location, Rule, Severity, registry};
use crate::report::annotated::{Position, position};

pub(super) fn render(report: &Rendered, _: Screen, out: &mut dyn Write) -> io::Result<()> {
    let findings = report.findings.as_deref().unwrap_or_default();
    let mut rules: Vec<&'static Rule> = Vec::new();
    for finding in findings {
        if !rules.iter().any(|rule| rule.code == finding.code) {
            rules.extend(registry::rule(finding.code));
        }
    }
    let results: Vec<Value> = findings.iter().map(|finding| result(finding, &rules)).collect();
    let driver = json!({
        "name": "rtcscope",
        "version": env!("CARGO_PKG_VERSION"),
        "rules": rules.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
    });
    let run = json!({
        "tool": { "driver": driver },
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation(report)],
        "results": results,
    });
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    });
    text::write(&log, PrettyFormatter::new(), out)
}

/// A run that could not look at everything was not successful, or nothing found would mean nothing wrong.
fn invocation(report: &Rendered) -> Value {
    let mut invocation = json!({ "executionSuccessful": report.unread.is_empty(), "exitCode": report.exit });
    if !report.unread.is_empty() {
        let notification = |unread: &Unread| {
            let mut notification = json!({ "level": "error", "message": { "text": unread.message } });
            if !unread.subject.is_empty() {
                let artifact = json!({ "uri": uri(&unread.subject) });
                notification["locations"] = json!([{ "physicalLocation": { "artifactLocation": artifact } }]);
            }
            notification
        };
        invocation["toolExecutionNotifications"] = report.unread.iter().map(notification).collect();
    }
    invocation
}

fn descriptor(rule: &Rule) -> Value {
    json!({
        "id": rule.code,
        "name": rule.name,
        "shortDescription": { "text": rule.summary },
        "help": { "text": rule.explain, "markdown": rule.explain },
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": { "refs": rule.refs },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn result(finding: &Finding, rules: &[&'static Rule]) -> Value {
    let message = match finding.help.as_str() {
        "" => finding.message.clone(),
        help => format!("{}. To mend it: {help}", finding.message),
    };
    let mut result = json!({
        "ruleId": finding.code,
        "ruleIndex": rules.iter().position(|rule| rule.code == finding.code),
        "level": level(finding.severity),
        "message": { "text": message },
        "locations": [location(finding)],
        "properties": {
            "confidence": finding.confidence,
            "stage": finding.stage,
            "evidence": finding.evidence,
        },
    });
    if let Some(Location::Packets { display_filter, .. }) = &finding.location {
        result["properties"]["displayFilter"] = display_filter.as_str().into();
    }
    let related = related(finding);
    if !related.is_empty() {
        result["relatedLocations"] = related.into();
    }
    result
}

fn location(finding: &Finding) -> Value {
    match &finding.location {
        Some(Location::Text { .. }) => {
            let mut physical = Map::new();
            physical.insert("artifactLocation".to_owned(), json!({ "uri": uri(&finding.subject) }));
            if let Some(position) = position(finding) {
                physical.insert("region".to_owned(), region(&position));
            }
            json!({ "physicalLocation": physical })
        }
        Some(Location::Endpoint { endpoint, transport }) => {
            logical(&finding.subject, Some((endpoint, transport)))
        }
        Some(Location::Packets { .. }) => {
            let mut location = logical(&finding.subject, None);
            location["logicalLocations"][0]["name"] =
                finding.location.as_ref().map(ToString::to_string).into();
            location
        }
        None => logical(&finding.subject, None),
    }
}

fn logical(subject: &str, endpoint: Option<(&String, &&str)>) -> Value {
    let mut location = json!({ "fullyQualifiedName": subject, "kind": "resource" });
    if let Some((endpoint, transport)) = endpoint {
        location["name"] = format!("{endpoint} over {transport}").into();
    }
    json!({ "logicalLocations": [location] })
}

fn region(position: &Position) -> Value {
    let mut region = json!({ "startLine": position.line, "startColumn": position.column });
    if let Some(end) = position.end_column {
        region["endColumn"] = end.into();
    }
    region
}

/// The second places of the same text; those of another one are in the evidence.
fn related(finding: &Finding) -> Vec<Value> {
    if finding.evidence.contains_key("input_line") {
        return Vec::new();
    }
    let places = finding.evidence.get("related").and_then(Value::as_array).into_iter().flatten();
    let same_text = places.filter(|place| place.get("side").is_none());
    let location = |place: &Value| {
        let number = |key: &str| place.get(key).and_then(Value::as_u64);
        let position = Position {
            line: number("line")?,
            column: number("column")?,
            end_column: number("column").zip(number("length")).map(|(column, length)| column + length),
        };
        Some(json!({
            "physicalLocation": {
                "artifactLocation": { "uri": uri(&finding.subject) },
                "region": region(&position),
            },
            "message": { "text": place.get("label") },
        }))
    };
    same_text.filter_map(location).collect()
}

/// A path as a URI reference (RFC 3986): what is not allowed there is percent-encoded.
fn uri(path: &str) -> String {
    let path = path.replace('\\', "/");
    let root = if path.starts_with('/') { "file://" } else { "" };
    let mut uri = String::from(root);
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte))
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uri_references() {
        assert_eq!(uri("tests/an offer.sdp"), "tests/an%20offer.sdp");
        assert_eq!(uri("/tmp/ü.sdp"), "file:///tmp/%C3%BC.sdp");
        assert_eq!(uri("tests\\offer.sdp"), "tests/offer.sdp");
        assert_eq!(uri("a:b"), "a%3Ab", "a scheme would be read there");
    }
}
