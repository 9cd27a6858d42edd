//! What was seen, step by step: the JSON of `probe/1`. Facts only; what they mean is [`super::diagnose`].

mod credential;
mod endpoint;
mod exchange;
mod fault;
mod oddity;
mod quality;
mod relay;
mod resolve;
mod security;
mod tls;

use std::net::SocketAddr;

use serde::Serialize;

pub use self::credential::{AskedAgainFacts, ClockFacts, MendedFacts, MintedFacts};
pub use self::endpoint::{Capability, Check, EndpointFacts, GivenUp};
pub use self::exchange::{AllocateFacts, AttemptFacts, BindingFacts, CrowdedFacts, RedirectFacts, StepFacts};
pub use self::fault::{Fault, FaultKind};
pub use self::oddity::{OddityFacts, OddityKind};
pub use self::quality::{LargestFacts, LifetimeFacts, LifetimesFacts, MtuFacts, ThroughputFacts};
pub use self::relay::{PeerFacts, RelayFacts};
pub use self::resolve::{Naptr, Resolve, ResolveError, ResolveErrorKind, Srv};
pub use self::security::{Amplification, Answered, DeliveredPeer, PermissionTest, SecurityFacts, TriedPeer};
pub use self::tls::TlsFacts;
use crate::finding::Finding;
use crate::nat::NatFacts;

/// Everything that one run saw.
#[derive(Debug, Clone)]
pub struct Observation {
    /// One entry a target, in the order they were named.
    pub targets: Vec<TargetFacts>,
    /// This machine's own addresses, for host candidates.
    pub hosts: Vec<SocketAddr>,
    /// What lies between this machine and the servers, one entry an address family; `None` where nobody asked.
    pub nat: Option<Vec<NatFacts>>,
    /// The whole run.
    pub took_ms: f64,
    /// When it ended, Unix seconds: what credentials and certificates are held against.
    pub ended_unix: u64,
    /// The user stopped it.
    pub interrupted: bool,
}

/// One server, with all its addresses.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct TargetFacts {
    /// The canonical URI.
    pub uri: String,
    /// A relay was asked for.
    #[serde(skip)]
    pub turn: bool,
    /// Name resolution.
    pub resolve: Resolve,
    /// One entry a transport and address.
    pub endpoints: Vec<EndpointFacts>,
    /// Findings about the server as a whole.
    pub findings: Vec<Finding>,
}
