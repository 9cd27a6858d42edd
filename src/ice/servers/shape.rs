//! Finds the servers in a JSON value and reads them.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::error::SERVER;
use super::{IceServer, IceServers, Located, ServersError, TransportPolicy};
use crate::ice::uri::ServerUri;
use crate::turn::credentials::Secret;
use crate::turn::credentials::token::AccessToken;

/// How deep a provider may wrap its list; two levels are the most that is known.
const MAX_DEPTH: usize = 8;

/// `iceServers` of the W3C, and what providers name it.
const LISTS: [&str; 3] = ["iceServers", "ice_servers", "iceservers"];

/// `urls` of the W3C, `url` of its drafts, `uris` of draft-uberti-behave-turn-rest.
const URLS: [&str; 3] = ["urls", "url", "uris"];

pub(super) fn servers(json: &Value) -> Result<IceServers, ServersError> {
    // A provider's reply has links of its own under `url`, so the list goes before any lone object.
    if let Some((path, configuration, key)) = find(json, &|value| {
        let object = value.as_object()?;
        let key = LISTS.into_iter().find(|key| object.get(*key).is_some_and(|list| !list.is_null()))?;
        Some((object, key))
    }) {
        let servers = list(&configuration[key], &member(&path, key))?;
        return Ok(IceServers { servers, transport_policy: policy(configuration, &path)? });
    }
    let bare = find(json, &|value| match value {
        Value::Array(items) => items.iter().any(is_server).then_some((value, ())),
        Value::Object(_) => is_server(value).then_some((value, ())),
        _ => None,
    });
    match (bare, json) {
        (Some((path, value, ())), _) => {
            Ok(IceServers { servers: list(value, &path)?, transport_policy: None })
        }
        (None, Value::Array(items)) if items.is_empty() => {
            Err(ServersError::EmptyList { path: String::new() })
        }
        // An array at the top was meant as the list; say what is wrong with its first entry.
        (None, Value::Array(_)) => list(json, "").and(Err(ServersError::NoServers)),
        (None, _) => Err(ServersError::NoServers),
    }
}

/// The shallowest value that `pick` takes, and its path.
fn find<'a, T: Copy, U: Copy>(
    json: &'a Value,
    pick: &dyn Fn(&'a Value) -> Option<(T, U)>,
) -> Option<(String, T, U)> {
    let mut level = vec![(String::new(), json)];
    for _ in 0..=MAX_DEPTH {
        if let Some((path, (found, detail))) =
            level.iter().find_map(|(path, value)| Some((path, pick(value)?)))
        {
            return Some((path.clone(), found, detail));
        }
        level = level.iter().flat_map(|(path, value)| children(path, value)).collect();
    }
    None
}

fn children<'a>(path: &str, value: &'a Value) -> Vec<(String, &'a Value)> {
    let is_container = |value: &Value| value.is_object() || value.is_array();
    match value {
        Value::Object(object) => object
            .iter()
            .filter(|(_, value)| is_container(value))
            .map(|(key, value)| (member(path, key), value))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .filter(|(_, value)| is_container(value))
            .map(|(i, value)| (format!("{path}[{i}]"), value))
            .collect(),
        _ => Vec::new(),
    }
}

/// Whether `value` is an entry of a list, found without its name: `urls`, or a `url` that is no web link.
fn is_server(value: &Value) -> bool {
    let Some(object) = value.as_object() else { return false };
    let is_link = |value: &Value| value.as_str().is_some_and(|url| url.starts_with("http"));
    URLS.iter().any(|key| object.get(*key).is_some_and(|urls| *key != "url" || !is_link(urls)))
}

fn list(value: &Value, path: &str) -> Result<Vec<IceServer>, ServersError> {
    let mut seen = HashSet::new();
    let mut servers = Vec::new();
    match value {
        Value::Array(items) if items.is_empty() => {
            return Err(ServersError::EmptyList { path: path.to_owned() });
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                servers.push(server(item, format!("{path}[{i}]"))?);
            }
        }
        // Cloudflare's `iceServers` is a single object.
        _ => servers.push(server(value, path.to_owned())?),
    }
    for server in &mut servers {
        let who = (server.username.clone(), server.credential.clone(), server.token.clone());
        server.urls.retain(|url| seen.insert((url.uri.clone(), who.clone())));
    }
    servers.retain(|server| !server.urls.is_empty());
    Ok(servers)
}

fn server(value: &Value, location: String) -> Result<IceServer, ServersError> {
    let Value::Object(object) = value else {
        return Err(wrong_type(&location, SERVER, value));
    };
    let mut urls = Vec::new();
    let mut has_urls = false;
    for key in URLS {
        let path = member(&location, key);
        match object.get(key) {
            None | Some(Value::Null) => continue,
            Some(Value::Array(items)) if items.is_empty() => return Err(ServersError::EmptyList { path }),
            Some(Value::Array(items)) => {
                for (i, item) in items.iter().enumerate() {
                    urls.push(url(item, format!("{path}[{i}]"))?);
                }
            }
            Some(one) => urls.push(url(one, path)?),
        }
        has_urls = true;
    }
    if !has_urls {
        return Err(ServersError::UrlsMissing { path: location });
    }
    let username = string(object, "username", &location)?;
    if let Some(token) = token(object, &location)? {
        return Ok(IceServer { urls, username, credential: None, token: Some(token), location });
    }
    // `password` is what draft-uberti-behave-turn-rest calls it.
    let credential = match string(object, "credential", &location)? {
        Some(credential) => Some(credential),
        None => string(object, "password", &location)?,
    };
    Ok(IceServer { urls, username, credential: credential.map(Secret::new), token: None, location })
}

fn url(value: &Value, location: String) -> Result<Located, ServersError> {
    let Value::String(text) = value else { return Err(wrong_type(&location, "a string", value)) };
    match ServerUri::from_text(text) {
        Ok(uri) => Ok(Located { uri, location }),
        Err(error) => Err(ServersError::Uri { path: location, error }),
    }
}

/// What the W3C once called an RTCOAuthCredential.
const OAUTH: &str = "an object with `macKey` and `accessToken`";

/// The token of a server whose `credentialType` is `oauth`, or whose `credential` is one.
fn token(object: &Map<String, Value>, location: &str) -> Result<Option<AccessToken>, ServersError> {
    let path = member(location, "credentialType");
    let named = match object.get("credentialType") {
        None | Some(Value::Null) => false,
        Some(Value::String(kind)) if kind == "password" => return Ok(None),
        Some(Value::String(kind)) if kind == "oauth" || kind == "token" => true,
        Some(Value::String(_)) => {
            return Err(ServersError::UnknownValue { path, expected: "`password`, `oauth`" });
        }
        Some(other) => return Err(wrong_type(&path, "a string", other)),
    };
    let path = member(location, "credential");
    let credential = object.get("credential").unwrap_or(&Value::Null);
    let Value::Object(parts) = credential else {
        return if named { Err(wrong_type(&path, OAUTH, credential)) } else { Ok(None) };
    };
    if !named && !parts.contains_key("accessToken") {
        return Ok(None);
    }
    let part = |key: &str| -> Result<Secret, ServersError> {
        match parts.get(key).unwrap_or(&Value::Null) {
            Value::String(text) => Ok(Secret::new(text.as_str())),
            other => Err(wrong_type(&member(&path, key), "a string in base64", other)),
        }
    };
    AccessToken::from_base64(&part("accessToken")?, &part("macKey")?)
        .map(Some)
        .map_err(|error| ServersError::Token { path, error })
}

/// A string, or a number, which a browser would take for one; nothing if it is empty.
fn string(object: &Map<String, Value>, key: &str, location: &str) -> Result<Option<String>, ServersError> {
    let path = member(location, key);
    let text = match object.get(key) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(other) => return Err(wrong_type(&path, "a string", other)),
    };
    Ok(Some(text).filter(|text| !text.is_empty()))
}

fn policy(object: &Map<String, Value>, path: &str) -> Result<Option<TransportPolicy>, ServersError> {
    let path = member(path, "iceTransportPolicy");
    match object.get("iceTransportPolicy") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(policy)) => match policy.as_str() {
            "all" => Ok(Some(TransportPolicy::All)),
            "relay" => Ok(Some(TransportPolicy::Relay)),
            _ => Err(ServersError::UnknownValue { path, expected: "`all`, `relay`" }),
        },
        Some(other) => Err(wrong_type(&path, "a string", other)),
    }
}

/// The path of a member. A long or odd key is not quoted: it may be a secret that is used as a key.
fn member(path: &str, key: &str) -> String {
    let is_plain =
        key.len() <= 40 && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    match (path.is_empty(), is_plain) {
        (true, true) => key.to_owned(),
        (false, true) => format!("{path}.{key}"),
        (_, false) => format!("{path}[\"…\"]"),
    }
}

fn wrong_type(path: &str, expected: &'static str, found: &Value) -> ServersError {
    let found = match found {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    ServersError::WrongType { path: path.to_owned(), expected, found }
}
