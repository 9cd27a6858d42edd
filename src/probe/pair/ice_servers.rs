//! The `iceServers` of a web app (W3C WebRTC §4.2) for a pair, as JSON and as JavaScript; for a token, as JSON.

use serde::Serialize;

use crate::ice::uri::ServerUri;

/// Stands for a password that was given, and is not repeated.
pub const PLACEHOLDER: &str = "PASSWORD";

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct IceServer {
    /// Its URIs.
    pub urls: Vec<String>,
    /// For `turn:` and `turns:` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// For `turn:` and `turns:` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential: Option<Credential>,
    /// `oauth` for a token; a password needs none.
    #[serde(rename = "credentialType", skip_serializing_if = "Option::is_none")]
    pub credential_type: Option<&'static str>,
}

/// What proves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Credential {
    /// A password.
    Password(String),
    /// A token of third-party authorization, as the W3C's RTCOAuthCredential had it.
    Token {
        /// In base64.
        #[serde(rename = "macKey")]
        mac_key: String,
        /// In base64.
        #[serde(rename = "accessToken")]
        access_token: String,
    },
}

/// An entry for the STUN servers and one for the TURN servers; `None` without any.
pub(super) fn of(uris: &[ServerUri], username: &str, minted: Option<&str>) -> Option<Vec<IceServer>> {
    let password = Credential::Password(minted.unwrap_or(PLACEHOLDER).to_owned());
    with(uris, username, password, None)
}

/// As [`of`], for a token.
pub(super) fn of_token(
    uris: &[ServerUri],
    kid: &str,
    access_token: &str,
    mac_key: &str,
) -> Option<Vec<IceServer>> {
    let (mac_key, access_token) = (mac_key.to_owned(), access_token.to_owned());
    with(uris, kid, Credential::Token { mac_key, access_token }, Some("oauth"))
}

fn with(
    uris: &[ServerUri],
    username: &str,
    credential: Credential,
    credential_type: Option<&'static str>,
) -> Option<Vec<IceServer>> {
    let (turn, stun): (Vec<_>, Vec<_>) = uris.iter().partition(|uri| uri.scheme.is_turn());
    let urls = |uris: Vec<&ServerUri>| uris.into_iter().map(ServerUri::to_string).collect::<Vec<_>>();
    let mut servers = Vec::new();
    if !stun.is_empty() {
        servers.push(IceServer { urls: urls(stun), username: None, credential: None, credential_type: None });
    }
    if !turn.is_empty() {
        servers.push(IceServer {
            urls: urls(turn),
            username: Some(username.to_owned()),
            credential: Some(credential),
            credential_type,
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
        let username = server.username.as_ref().map(|name| quoted(name));
        let credential = server.credential.as_ref().and_then(|it| serde_json::to_string(it).ok());
        for (key, value) in [("username", username), ("credential", credential)] {
            lines.extend(value.map(|value| format!("      {key}: {value},")));
        }
        lines.push("    },".to_owned());
    }
    lines.extend(["  ],".to_owned(), "});".to_owned()]);
    lines.join("\n")
}
