//! The `iceServers` of a web app (W3C WebRTC §4.2) for a pair, as JSON and as JavaScript.

use serde::Serialize;

use crate::ice::uri::ServerUri;

/// Stands for a password that was given, and is not repeated.
pub const PLACEHOLDER: &str = "PASSWORD";

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IceServer {
    /// Its URIs.
    pub urls: Vec<String>,
    /// For `turn:` and `turns:` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// For `turn:` and `turns:` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
}

/// An entry for the STUN servers and one for the TURN servers; `None` without any.
pub(super) fn of(uris: &[ServerUri], username: &str, minted: Option<&str>) -> Option<Vec<IceServer>> {
    let (turn, stun): (Vec<_>, Vec<_>) = uris.iter().partition(|uri| uri.scheme.is_turn());
    let urls = |uris: Vec<&ServerUri>| uris.into_iter().map(ServerUri::to_string).collect::<Vec<_>>();
    let mut servers = Vec::new();
    if !stun.is_empty() {
        servers.push(IceServer { urls: urls(stun), username: None, credential: None });
    }
    if !turn.is_empty() {
        servers.push(IceServer {
            urls: urls(turn),
            username: Some(username.to_owned()),
            credential: Some(minted.unwrap_or(PLACEHOLDER).to_owned()),
        });
    }
    (!servers.is_empty()).then_some(servers)
}

/// As JSON, to be read by programs and by `--ice-servers`.
pub(super) fn json(servers: &[IceServer]) -> String {
    serde_json::to_string_pretty(&serde_json::json!({ "iceServers": servers })).unwrap_or_default()
}

/// As JavaScript, to be pasted. A JSON string is one of JavaScript too.
pub(super) fn javascript(servers: &[IceServer]) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let mut lines = vec!["const peer = new RTCPeerConnection({".to_owned(), "  iceServers: [".to_owned()];
    for server in servers {
        let urls: Vec<String> = server.urls.iter().map(|url| quoted(url)).collect();
        lines.push("    {".to_owned());
        lines.push(format!("      urls: [{}],", urls.join(", ")));
        for (key, value) in [("username", &server.username), ("credential", &server.credential)] {
            lines.extend(value.as_ref().map(|value| format!("      {key}: {},", quoted(value))));
        }
        lines.push("    },".to_owned());
    }
    lines.extend(["  ],".to_owned(), "});".to_owned()]);
    lines.join("\n")
}
