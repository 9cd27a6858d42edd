//! Why a server URI was refused, where, and what to write instead.
//!
//! A refused URI may hold a password in a place where none belongs, so messages quote only what cannot:
//! a scheme, a query key, one character.

use thiserror::Error;

/// What is wrong with a server URI, and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{fault} (column {column})")]
pub struct UriError {
    /// The byte at which the fault lies, counted from 1; one past the end where something is missing.
    pub column: usize,
    /// What is wrong.
    pub fault: UriFault,
}

/// The ways in which a server URI can be wrong.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum UriFault {
    /// There is no text.
    #[error("the server URI is empty")]
    Empty,
    /// White space or a control character.
    #[error("a blank or control character in the server URI")]
    Blank,
    /// Anything beyond ASCII.
    #[error("a character outside ASCII in the server URI")]
    NonAscii,
    /// `user@` or `user:password@`.
    #[error("the server URI carries a user name or password before `@`, which RFC 7065 has no place for")]
    Userinfo,
    /// A host where a URI is needed.
    #[error("the server URI has no scheme")]
    SchemeMissing,
    /// A scheme of another world.
    #[error("unknown scheme `{found}:`")]
    SchemeUnknown {
        /// The scheme in lower case.
        found: String,
    },
    /// `stun+tls:`, `turn+tcp:` and the like.
    #[error("unknown scheme `{found}:`")]
    SchemeSuffix {
        /// The scheme in lower case.
        found: String,
        /// What to write.
        instead: &'static str,
    },
    /// `turn://host`.
    #[error("slashes after the scheme")]
    Slashes,
    /// No host where one must be.
    #[error("the host is missing")]
    HostMissing,
    /// Two dots in a row, or one in front.
    #[error("the host name has an empty label")]
    HostLabelEmpty,
    /// A hyphen beside a dot.
    #[error("a label of the host name begins or ends with `-`")]
    HostHyphen,
    /// More than 63 bytes between two dots.
    #[error("a label of the host name has {length} bytes; DNS allows 63")]
    HostLabelTooLong {
        /// How many bytes.
        length: usize,
    },
    /// More than 253 bytes.
    #[error("the host name has {length} bytes; DNS allows 253")]
    HostTooLong {
        /// How many bytes.
        length: usize,
    },
    /// A character that no host name has.
    #[error("`{found}` cannot be in a host name")]
    HostCharacter {
        /// The character.
        found: char,
    },
    /// Digits and dots that are no address.
    #[error("the host looks like an IPv4 address but is none")]
    Ipv4,
    /// Brackets around something else.
    #[error("what stands in brackets is no IPv6 address")]
    Ipv6,
    /// `[` without `]`.
    #[error("`[` without `]`")]
    Ipv6Unclosed,
    /// An IPv6 address without brackets.
    #[error("an IPv6 address without brackets")]
    Ipv6Unbracketed,
    /// `%eth0` inside the brackets.
    #[error("an IPv6 zone identifier, which RFC 7064 and RFC 7065 have no place for")]
    Zone,
    /// A colon and nothing after it.
    #[error("the port is missing after `:`")]
    PortMissing,
    /// Something other than digits.
    #[error("the port is not a number")]
    PortNotANumber,
    /// 0 or more than 65535.
    #[error("the port is not between 1 and 65535")]
    PortRange,
    /// `?transport=` on a scheme that has none.
    #[error("`{scheme}:` takes no transport (RFC 7064)")]
    TransportOnStun {
        /// `stun` or `stuns`.
        scheme: &'static str,
    },
    /// `?transport=tls` or `dtls`.
    #[error("`transport` is `udp` or `tcp`; TLS is in the scheme")]
    TransportTls {
        /// What to write.
        instead: &'static str,
    },
    /// Another transport.
    #[error("`transport` is neither `udp` nor `tcp`")]
    TransportUnknown,
    /// Two of them.
    #[error("`transport` stands twice")]
    TransportTwice,
    /// `?` with nothing or with something other than `transport=`.
    #[error("unknown parameter{}", quoted(key))]
    QueryKey {
        /// The key, if it is short and plain.
        key: Option<String>,
    },
    /// `?` behind a bare host.
    #[error("parameters need a scheme")]
    QueryWithoutScheme,
    /// A path, a fragment, text behind the brackets.
    #[error("the server URI goes on where it should end")]
    Trailing,
}

impl UriError {
    pub(super) fn new(offset: usize, fault: UriFault) -> Self {
        Self { column: offset + 1, fault }
    }

    /// What to write instead, in one clause without a full stop.
    pub fn hint(&self) -> String {
        let hint = match &self.fault {
            UriFault::Empty | UriFault::HostMissing => {
                "write `stun:HOST[:PORT]` or `turn:HOST[:PORT][?transport=udp|tcp]`"
            }
            UriFault::Blank => "remove it; several servers are several arguments",
            UriFault::NonAscii => "write an international host name in its IDNA form (`xn--…`)",
            UriFault::Userinfo => {
                "write `turn:HOST[:PORT]` and give credentials by --username and --password or their \
                 environment variables"
            }
            UriFault::SchemeMissing => "put `stun:`, `stuns:`, `turn:` or `turns:` in front",
            UriFault::SchemeUnknown { found } if is_web(found) => {
                "this is the address of a web page or service; a server is written `turn:HOST[:PORT]`"
            }
            UriFault::SchemeUnknown { .. } => "use `stun:`, `stuns:`, `turn:` or `turns:`",
            UriFault::SchemeSuffix { instead, .. } | UriFault::TransportTls { instead } => {
                return format!("use `{instead}`");
            }
            UriFault::Slashes => "drop the slashes: `turn:HOST`, not `turn://HOST`",
            UriFault::HostLabelEmpty => "remove the extra dot",
            UriFault::HostHyphen | UriFault::HostLabelTooLong { .. } | UriFault::HostTooLong { .. } => {
                "check the host name"
            }
            UriFault::HostCharacter { found: ';' | '&' | '=' } => "parameters come after `?`",
            UriFault::HostCharacter { found: '%' } => "write the host name without percent-encoding",
            UriFault::HostCharacter { .. } => "a host name has letters, digits, `-`, `_` and dots",
            UriFault::Ipv4 => "an IPv4 address has four numbers from 0 to 255",
            UriFault::Ipv6 => "an IPv6 address looks like `[2001:db8::1]`",
            UriFault::Ipv6Unclosed => "close it: `[2001:db8::1]`",
            UriFault::Ipv6Unbracketed => "put it in brackets: `[2001:db8::1]:3478`",
            UriFault::Zone => "drop the zone: a server that others reach has an address without one",
            UriFault::PortMissing => "drop the colon or name the port",
            UriFault::PortNotANumber | UriFault::PortRange => {
                "a port is a number from 1 to 65535; without one, 3478 (5349 with TLS) is used"
            }
            UriFault::TransportOnStun { .. } => {
                "drop `?transport=`; `stun:` is UDP, `stuns:` is TLS, and `turn:` takes a transport"
            }
            UriFault::TransportUnknown => "use `?transport=udp` or `?transport=tcp`",
            UriFault::TransportTwice => "keep one",
            UriFault::QueryKey { .. } => "the only parameter is `?transport=udp` or `?transport=tcp`",
            UriFault::QueryWithoutScheme => "put `turn:` or `turns:` in front",
            UriFault::Trailing => "a server URI ends after host, port and `?transport=`",
        };
        hint.to_owned()
    }
}

fn is_web(scheme: &str) -> bool {
    matches!(scheme, "http" | "https" | "ws" | "wss")
}

fn quoted(key: &Option<String>) -> String {
    key.as_deref().map(|key| format!(" `{key}`")).unwrap_or_default()
}
