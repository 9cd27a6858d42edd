//! `icecandidateerror`: what a STUN or TURN server answered instead of giving a candidate.

use super::super::json::{self, Node, Value, unescape};
use super::super::text::Text;
use super::secret;

/// More of a URL or a sentence is not kept.
const LONGEST: usize = 300;

/// Why a server gave no candidate (W3C WebRTC, `RTCPeerConnectionIceErrorEvent`).
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct CandidateError {
    /// The server, without anything secret.
    pub url: Option<String>,
    /// The local address that was used, which browsers may shorten.
    pub address: Option<String>,
    /// Its port.
    pub port: Option<u16>,
    /// The code of STUN, or 701 if no answer came.
    pub code: Option<u16>,
    /// The server's words, or the browser's.
    pub text: Option<String>,
}

impl CandidateError {
    /// Reads an object of rtcstats, or the string of webrtc-internals: JSON or a line for each field.
    pub(super) fn of(text: &Text<'_>, node: &Node) -> Self {
        Self::read(text, node, 0)
    }

    fn read(text: &Text<'_>, node: &Node, depth: usize) -> Self {
        let bytes = &*text.bytes;
        match &node.value {
            Value::Object(_) => {
                let word =
                    |names: [&str; 2]| names.iter().find_map(|name| node.member(bytes, name)?.to_text(bytes));
                Self::of_fields(|name, other| word([name, other]))
            }
            Value::Array(elements) => match elements.first() {
                Some(only) if depth < 3 => Self::read(text, only, depth + 1),
                _ => Self::default(),
            },
            Value::String => {
                let decoded = unescape(text, json::inside(bytes, &node.span));
                match json::parse(&decoded.bytes, 0).filter(|parsed| parsed.complete) {
                    Some(parsed) if depth < 3 && matches!(parsed.node.value, Value::Object(_)) => {
                        Self::read(&decoded, &parsed.node, depth + 1)
                    }
                    _ => Self::of_prose(&String::from_utf8_lossy(&decoded.bytes)),
                }
            }
            Value::Word => Self::default(),
        }
    }

    /// `url: turn:…`, `error_code: 401`, …, each on a line of its own or behind a comma.
    fn of_prose(prose: &str) -> Self {
        const KEYS: [&str; 6] = ["url", "address", "port", "host_candidate", "error_text", "error_code"];
        let mut fields: Vec<(&str, String)> = Vec::new();
        for piece in prose.lines().flat_map(|line| line.split(", ")) {
            let named = piece.split_once(':').and_then(|(key, value)| {
                Some((*KEYS.iter().find(|known| **known == key.trim())?, value.trim().to_owned()))
            });
            match (named, fields.last_mut()) {
                (Some(named), _) => fields.push(named),
                (None, Some((_, value))) => *value = format!("{value}, {piece}"),
                (None, None) => {}
            }
        }
        Self::of_fields(|name, other| {
            fields.iter().find(|(key, _)| *key == name || *key == other).map(|(_, value)| value.clone())
        })
    }

    fn of_fields(field: impl Fn(&str, &str) -> Option<String>) -> Self {
        let some = |name: &str, other: &str| {
            let value = field(name, other)?;
            Some(value.trim().chars().take(LONGEST).collect::<String>()).filter(|value| !value.is_empty())
        };
        let number = |name: &str, other: &str| some(name, other)?.parse().ok();
        Self {
            url: some("url", "url").map(|url| server(&url)),
            address: some("address", "address"),
            port: number("port", "port"),
            code: number("errorCode", "error_code"),
            text: some("errorText", "error_text").map(|text| secret::masked(text.as_bytes())),
        }
    }
}

/// The URL of a server without a user, and without a query other than that of RFC 7065.
fn server(url: &str) -> String {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let address = match (address.split_once(':'), address.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}:***@{host}"),
        _ => address.to_owned(),
    };
    let transport = query.split('&').find(|part| {
        let value = part.strip_prefix("transport=");
        value.is_some_and(|value| value.chars().all(|letter| letter.is_ascii_alphanumeric()))
    });
    transport.map_or(address.clone(), |transport| format!("{address}?{transport}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(written: &str) -> CandidateError {
        let text = Text::decoded(written.as_bytes().to_vec());
        let parsed = json::parse(&text.bytes, 0).unwrap();
        CandidateError::of(&text, &parsed.node)
    }

    #[test]
    fn every_form_says_the_same() {
        let expected = CandidateError {
            url: Some("turn:t.example.org:3478?transport=udp".to_owned()),
            address: Some("192.168.1.x".to_owned()),
            port: Some(54400),
            code: Some(401),
            text: Some("Unauthorized, again".to_owned()),
        };
        for written in [
            r#""url: turn:t.example.org:3478?transport=udp\naddress: 192.168.1.x\nport: 54400\nhost_candidate: 192.168.1.x:54400\nerror_text: Unauthorized, again\nerror_code: 401""#,
            r#""url: turn:t.example.org:3478?transport=udp, address: 192.168.1.x, port: 54400, host_candidate: a, error_text: Unauthorized, again, error_code: 401""#,
            r#"{"url":"turn:t.example.org:3478?transport=udp","address":"192.168.1.x","port":54400,"errorCode":401,"errorText":"Unauthorized, again"}"#,
            r#""{\"url\":\"turn:t.example.org:3478?transport=udp\",\"address\":\"192.168.1.x\",\"port\":54400,\"error_code\":401,\"error_text\":\"Unauthorized, again\"}""#,
            r#"[{"url":"turn:t.example.org:3478?transport=udp","address":"192.168.1.x","port":54400,"errorCode":401,"errorText":"Unauthorized, again"}]"#,
        ] {
            assert_eq!(of(written), expected, "{written}");
        }
        assert_eq!(of("\"\""), CandidateError::default());
        assert_eq!(of("[[[[[{}]]]]]"), CandidateError::default());
    }

    #[test]
    fn a_url_is_kept_without_what_may_be_secret() {
        for (url, expected) in [
            ("turn:user:pw@t.example.org?token=x&transport=tcp", "turn:***@t.example.org?transport=tcp"),
            ("turn:t.example.org?transport=a%20b", "turn:t.example.org"),
            ("stun:[2001:db8::1]:3478", "stun:[2001:db8::1]:3478"),
        ] {
            assert_eq!(server(url), expected);
        }
    }
}
