//! What can be concluded, in the words of RFC 4787.

use std::net::SocketAddr;

use serde::Serialize;

use crate::finding::Confidence;

/// What a mapping or a filter depends on (RFC 4787 §4.1, §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Behavior {
    /// On nothing but our own address and port.
    EndpointIndependent,
    /// On the far IP address too.
    AddressDependent,
    /// On the far IP address and port.
    AddressAndPortDependent,
    /// On the far end; whether on its port or on its IP address alone could not be told.
    DestinationDependent,
    /// The tests cannot tell.
    Inconclusive,
}

impl Behavior {
    /// The kebab-case name that JSON has.
    pub fn name(self) -> &'static str {
        match self {
            Behavior::EndpointIndependent => "endpoint-independent",
            Behavior::AddressDependent => "address-dependent",
            Behavior::AddressAndPortDependent => "address-and-port-dependent",
            Behavior::DestinationDependent => "destination-dependent",
            Behavior::Inconclusive => "inconclusive",
        }
    }
}

/// A behaviour, how sure it is, and what it rests on or lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Conclusion {
    /// Which.
    pub behavior: Behavior,
    /// How sure; `null` where nothing was concluded.
    pub confidence: Option<Confidence>,
    /// Why nothing was concluded, or why not with certainty.
    pub reason: Option<String>,
}

impl Conclusion {
    /// Nothing else explains what was seen.
    pub fn certain(behavior: Behavior) -> Self {
        Self { behavior, confidence: Some(Confidence::High), reason: None }
    }

    /// The likeliest explanation, and what it rests on.
    pub fn likely(behavior: Behavior, reason: impl Into<String>) -> Self {
        Self { behavior, confidence: Some(Confidence::Medium), reason: Some(reason.into()) }
    }

    /// The tests cannot tell.
    pub fn inconclusive(reason: impl Into<String>) -> Self {
        Self { behavior: Behavior::Inconclusive, confidence: None, reason: Some(reason.into()) }
    }

    /// Whether something was concluded.
    pub fn is_told(&self) -> bool {
        self.behavior != Behavior::Inconclusive
    }
}

/// Whether two sockets behind the NAT reach each other by their outside addresses (RFC 4787 §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Hairpin {
    /// They do.
    Works,
    /// Nothing came.
    Silent,
    /// There is no NAT to turn around at.
    NotApplicable,
    /// The tests cannot tell.
    Inconclusive,
}

/// What came of the hairpinning test (RFC 5780 §3.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Hairpinning {
    /// Whether it works.
    pub behavior: Hairpin,
    /// The address that the packet came from: the outside one, as RFC 4787 §6 demands, or the inside one.
    pub source: Option<SocketAddr>,
    /// How sure; `null` where nothing was concluded.
    pub confidence: Option<Confidence>,
    /// Why nothing was concluded, or why not with certainty.
    pub reason: Option<String>,
}
