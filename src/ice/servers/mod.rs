//! The `iceServers` of a web app (W3C WebRTC §4.2), as JSON from wherever people have it.
//!
//! Takes an `iceServers` array, one server object, a whole `RTCConfiguration`, or a provider's reply with
//! one of these somewhere inside. Leaves out JavaScript: what is no JSON is refused with a hint.

mod error;
mod shape;

pub use error::ServersError;

use serde::Serialize;

use super::uri::ServerUri;
use crate::turn::credentials::Secret;
use crate::turn::credentials::token::AccessToken;

/// Far more than any list of servers; a larger text is something else.
pub const MAX_BYTES: usize = 1 << 20;

/// The servers of one configuration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IceServers {
    /// The servers in order, each URI once.
    pub servers: Vec<IceServer>,
    /// `iceTransportPolicy`, if the configuration has one.
    pub transport_policy: Option<TransportPolicy>,
}

/// One entry: URIs that share credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IceServer {
    /// Its URIs, never none.
    pub urls: Vec<Located>,
    /// The user name, if there is one that is not empty.
    pub username: Option<String>,
    /// The password, if there is one that is not empty.
    pub credential: Option<Secret>,
    /// In place of a password, a token of third-party authorization (RFC 7635); the user name is then its key id.
    pub token: Option<AccessToken>,
    /// Where it stands, e.g. `iceServers[1]`; empty if it is the whole text.
    pub location: String,
}

/// A URI and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// The URI.
    pub uri: ServerUri,
    /// E.g. `iceServers[1].urls[0]`.
    pub location: String,
}

/// `iceTransportPolicy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TransportPolicy {
    /// Any candidate may be used.
    All,
    /// Only relayed candidates may be used.
    Relay,
}

impl IceServers {
    /// Reads JSON; a byte order mark and white space around it do not matter.
    pub fn from_json(text: &str) -> Result<Self, ServersError> {
        if text.len() > MAX_BYTES {
            return Err(ServersError::TooLarge { bytes: text.len() });
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.trim().is_empty() {
            return Err(ServersError::Empty);
        }
        if text.trim_start().starts_with('<') {
            return Err(ServersError::Markup);
        }
        let json = serde_json::from_str(text).map_err(|error| ServersError::syntax(&error))?;
        shape::servers(&json)
    }

    /// Every URI with its server's credentials.
    pub fn iter(&self) -> impl Iterator<Item = (&Located, &IceServer)> {
        self.servers.iter().flat_map(|server| server.urls.iter().map(move |url| (url, server)))
    }
}

#[cfg(test)]
mod tests;
