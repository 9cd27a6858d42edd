//! What kinds of candidates there are, and what is spoken to them.

use serde::Serialize;

/// The four candidate types (RFC 8445 §5.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// An address of one of our interfaces.
    Host,
    /// Our address as a STUN server sees it.
    Srflx,
    /// Our address as the peer sees it.
    Prflx,
    /// An address that a TURN server lends us.
    Relay,
}

/// What the peer speaks to a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// UDP.
    Udp,
    /// TCP (RFC 6544).
    Tcp,
}

/// What we speak to the relay (W3C `RTCIceServerTransportProtocol`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RelayProtocol {
    /// UDP.
    Udp,
    /// TCP.
    Tcp,
    /// TLS over TCP.
    Tls,
    /// DTLS over UDP, which browsers have no word for.
    Dtls,
}

impl Kind {
    /// As in JSON and in `a=candidate`.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Host => "host",
            Kind::Srflx => "srflx",
            Kind::Prflx => "prflx",
            Kind::Relay => "relay",
        }
    }
}

impl Protocol {
    /// As in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Protocol::Udp => "udp",
            Protocol::Tcp => "tcp",
        }
    }
}

impl RelayProtocol {
    /// As in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            RelayProtocol::Udp => "udp",
            RelayProtocol::Tcp => "tcp",
            RelayProtocol::Tls => "tls",
            RelayProtocol::Dtls => "dtls",
        }
    }
}
