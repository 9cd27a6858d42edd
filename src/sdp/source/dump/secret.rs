//! Configurations without the credentials of TURN servers.

use super::super::json::{self, Node, Value, unescape, unquoted};
use super::super::text::Text;
use crate::sdp::secret;

/// Keys whose values nobody may see.
const SECRET: [&str; 5] = ["credential", "password", "accesstoken", "token", "mackey"];
const LONGEST: usize = 4000;

/// A configuration as text: JSON, JSON in a string, or the prose of 2014.
pub(super) fn configuration(text: &Text<'_>, node: &Node) -> Option<String> {
    let bytes = &*text.bytes;
    if node.is_null(bytes) {
        return None;
    }
    let written = match node.value {
        Value::String => unescape(text, json::inside(bytes, &node.span)).bytes.into_owned(),
        _ => node.written(bytes).to_vec(),
    };
    let shown = masked(&written);
    (!shown.trim().is_empty()).then(|| shown.chars().take(LONGEST).collect())
}

/// A text in which the values of secret keys are `***`.
pub(super) fn masked(written: &[u8]) -> String {
    let mut hidden = Vec::new();
    if let Some(parsed) = json::parse(written, 0).filter(|parsed| parsed.complete) {
        spans(written, &parsed.node, &mut hidden);
    }
    hidden.sort_by_key(|span: &std::ops::Range<usize>| span.start);
    let mut out = Vec::new();
    let mut at = 0;
    for span in hidden {
        out.extend_from_slice(&written[at..span.start]);
        out.extend_from_slice(b"\"***\"");
        at = span.end;
    }
    out.extend_from_slice(&written[at..]);
    let shown: String = prose(&String::from_utf8_lossy(&out)).chars().take(LONGEST).collect();
    secret::masked(&shown)
}

fn spans(bytes: &[u8], node: &Node, hidden: &mut Vec<std::ops::Range<usize>>) {
    match &node.value {
        Value::Array(elements) => elements.iter().for_each(|element| spans(bytes, element, hidden)),
        Value::Object(members) => {
            for (key, member) in members {
                let key = String::from_utf8_lossy(unquoted(bytes, key)).to_ascii_lowercase();
                match SECRET.contains(&key.as_str()) {
                    true => hidden.push(member.span.clone()),
                    false => spans(bytes, member, hidden),
                }
            }
        }
        _ => {}
    }
}

/// `credential: secret` outside of JSON.
fn prose(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut out = String::new();
    let mut at = 0;
    for (found, _) in lower.match_indices("credential") {
        let after = found + "credential".len();
        let rest = &text[after..];
        let value = rest.trim_start_matches(['"', '\\', ':', '=', ' ']);
        let start = after + (rest.len() - value.len());
        if found < at || start == after || value.starts_with("***") {
            continue;
        }
        let length = value.find([',', '}', ']', ' ', '"', '\\', '\n', ';']).unwrap_or(value.len());
        out += &text[at..start];
        out += "***";
        at = start + length;
    }
    out + &text[at..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_credential_is_shown_in_any_form() {
        for text in [
            r#"{"iceServers":[{"urls":"turn:t.example.com","username":"u","credential":"hunter2"}]}"#,
            "{ iceServers: [{url: turn:t.example.com, username: u, credential: hunter2}], bundlePolicy: x }",
            r#"{"a":"{\"credential\":\"hunter2\"}"}"#,
            r#"{"credential":{"macKey":"hunter2","accessToken":"hunter2"}}"#,
            "servers: turn:t.example.com credential=hunter2; x",
        ] {
            let shown = masked(text.as_bytes());
            assert!(!shown.contains("hunter2") && shown.contains("***"), "{shown}");
        }
        assert_eq!(masked(b"{\"credentialType\":1}"), "{\"credentialType\":1}");
    }
}
