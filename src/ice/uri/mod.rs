//! `stun:`, `stuns:`, `turn:` and `turns:` URIs (RFC 7064, RFC 7065), and the bare `host[:port]` that
//! people type instead.
//!
//! Leaves out name resolution, and what a URI without `transport` is tried over.

mod error;
mod syntax;

pub use error::{UriError, UriFault};

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// Where a STUN or TURN server is and how it is spoken to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServerUri {
    /// Which protocol, and whether inside TLS or DTLS.
    pub scheme: Scheme,
    /// The server.
    pub host: Host,
    /// The port, if the URI names one; see [`ServerUri::port_or_default`].
    pub port: Option<u16>,
    /// `?transport=`, which only `turn:` and `turns:` have. `turns:` with `udp` means DTLS.
    pub transport: Option<Transport>,
}

/// The four schemes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// STUN over UDP or TCP.
    Stun,
    /// STUN over TLS or DTLS.
    Stuns,
    /// TURN over UDP or TCP.
    Turn,
    /// TURN over TLS or DTLS.
    Turns,
}

/// The `transport` of a TURN URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// UDP, or DTLS with `turns:`.
    Udp,
    /// TCP, or TLS with `turns:`.
    Tcp,
}

/// An address or a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Host {
    /// An IP literal.
    Ip(IpAddr),
    /// A DNS name in ASCII, in lower case.
    Name(String),
}

/// What a person may point a probe at.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Target {
    /// A full URI.
    Uri(ServerUri),
    /// `host[:port]` without a scheme, which is chosen later.
    Bare {
        /// The server.
        host: Host,
        /// The port, if one is named.
        port: Option<u16>,
    },
}

impl ServerUri {
    /// Reads one URI; nothing may stand before or after it.
    pub fn from_text(text: &str) -> Result<Self, UriError> {
        syntax::uri(text)
    }

    /// Reads a full URI, or a bare `host[:port]`, IP literal or `[v6]:port`.
    pub fn from_target(text: &str) -> Result<Target, UriError> {
        syntax::target(text)
    }

    /// The port that is named, else the scheme's own.
    pub fn port_or_default(&self) -> u16 {
        self.port.unwrap_or(self.scheme.default_port())
    }
}

impl Target {
    /// The URI, with `scheme` where the target names none.
    pub fn with_scheme(self, scheme: Scheme) -> ServerUri {
        match self {
            Target::Uri(uri) => uri,
            Target::Bare { host, port } => ServerUri { scheme, host, port, transport: None },
        }
    }
}

impl Scheme {
    /// The scheme without the colon.
    pub fn as_str(self) -> &'static str {
        match self {
            Scheme::Stun => "stun",
            Scheme::Stuns => "stuns",
            Scheme::Turn => "turn",
            Scheme::Turns => "turns",
        }
    }

    /// Whether TLS or DTLS lies below (`stuns:`, `turns:`).
    pub fn is_secure(self) -> bool {
        matches!(self, Scheme::Stuns | Scheme::Turns)
    }

    /// Whether a relay is asked for (`turn:`, `turns:`).
    pub fn is_turn(self) -> bool {
        matches!(self, Scheme::Turn | Scheme::Turns)
    }

    /// 3478, or 5349 inside TLS or DTLS (RFC 8489 §8.1, RFC 8656 §3.1).
    pub fn default_port(self) -> u16 {
        if self.is_secure() { 5349 } else { 3478 }
    }

    fn from_text(text: &str) -> Option<Self> {
        [Scheme::Stun, Scheme::Stuns, Scheme::Turn, Scheme::Turns]
            .into_iter()
            .find(|scheme| scheme.as_str().eq_ignore_ascii_case(text))
    }
}

impl Transport {
    /// As it is written in the URI.
    pub fn as_str(self) -> &'static str {
        match self {
            Transport::Udp => "udp",
            Transport::Tcp => "tcp",
        }
    }
}

impl fmt::Display for ServerUri {
    /// The canonical form: lower case, IPv6 in brackets and compressed, a port only if one was named.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.scheme.as_str(), self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        match self.transport {
            Some(transport) => write!(f, "?transport={}", transport.as_str()),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Host::Ip(IpAddr::V4(address)) => write!(f, "{address}"),
            Host::Ip(IpAddr::V6(address)) => write!(f, "[{address}]"),
            Host::Name(name) => f.write_str(name),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Uri(uri) => write!(f, "{uri}"),
            Target::Bare { host, port: Some(port) } => write!(f, "{host}:{port}"),
            Target::Bare { host, port: None } => write!(f, "{host}"),
        }
    }
}

impl FromStr for ServerUri {
    type Err = UriError;

    fn from_str(text: &str) -> Result<Self, UriError> {
        Self::from_text(text)
    }
}

impl Serialize for ServerUri {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests;
