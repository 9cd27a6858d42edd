//! What the server answered, request by request.

use std::net::SocketAddr;

use serde::Serialize;

use super::Fault;
use crate::measure::Distribution;

/// STUN Binding (RFC 8489 §2).
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct BindingFacts {
    /// At least one request was granted.
    pub ok: bool,
    /// ERROR-CODE, if one was refused.
    pub code: Option<u16>,
    /// Our address as the server sees it.
    pub reflexive: Option<SocketAddr>,
    /// When the first answer came, from the start of the run.
    pub at_ms: Option<f64>,
    /// Round trips of requests answered without retransmission (the others are ambiguous).
    pub rtt: Option<Distribution>,
    /// Sends without an answer, of all sends with the retransmissions, in percent.
    pub loss_pct: Option<f64>,
    /// Requests and retransmissions sent.
    pub sent: u32,
    /// Answers.
    pub received: u32,
    /// SOFTWARE.
    pub software: Option<String>,
    /// RFC 5780.
    pub other_address: Option<SocketAddr>,
    /// RFC 5780.
    pub response_origin: Option<SocketAddr>,
}

/// TURN Allocate (RFC 8656 §7).
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct AllocateFacts {
    /// The server made an allocation.
    pub ok: bool,
    /// ERROR-CODE it ended with.
    pub code: Option<u16>,
    /// The server's words for it: for people, never for decisions.
    pub reason: Option<String>,
    /// All legs together.
    pub took_ms: f64,
    /// When it was granted, from the start of the run.
    pub at_ms: Option<f64>,
    /// Each transaction: the 401, its authenticated repetition, more after a 438.
    pub attempts: Vec<AttemptFacts>,
    /// Ports of ours for which the server held an allocation already (437), before it granted one to another.
    pub ports_taken: u32,
    /// No credentials were demanded.
    pub unauthenticated: bool,
    /// LIFETIME granted.
    pub lifetime_s: Option<u32>,
    /// Our address as the server sees it.
    pub reflexive: Option<SocketAddr>,
    /// SOFTWARE.
    pub software: Option<String>,
    /// The cap that coturn declares.
    pub bandwidth_bps: Option<u64>,
}

/// An allocation was refused for a quota beside others of ours, or for want of relay ports, and there is one all the
/// same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct CrowdedFacts {
    /// ERROR-CODE: 486 or 508.
    pub code: u16,
    /// Allocations that the server had granted in this run by then. Those given back count too, as coturn returns
    /// neither a quota nor a port at once.
    pub beside: usize,
}

/// One transaction of a request.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct AttemptFacts {
    /// ERROR-CODE; `null` for success, or none at all.
    pub code: Option<u16>,
    /// A response came.
    pub answered: bool,
    /// Carried MESSAGE-INTEGRITY.
    pub authenticated: bool,
    /// Signed with the first sixteen bytes of a token's MAC key, as coturn does it, not with all of it (RFC 7635 §5).
    pub cut_mac_key: bool,
    /// REALM, as sent; an empty one is a fault of its own.
    pub realm: Option<String>,
    /// NONCE was sent.
    pub nonce: bool,
    /// PASSWORD-ALGORITHMS, by number (RFC 8489 §18.5.1: 1 is MD5, 2 is SHA-256).
    pub password_algorithms: Vec<u16>,
    /// THIRD-PARTY-AUTHORIZATION was sent: the server takes OAuth tokens (RFC 7635).
    pub third_party_authorization: bool,
    /// What it says: the server name that tokens are made for.
    pub token_server_name: Option<String>,
    /// How often it was sent.
    pub sent: u8,
    /// From the first send to the answer.
    pub took_ms: f64,
}

/// One further request.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct StepFacts {
    /// Granted.
    pub ok: bool,
    /// ERROR-CODE it ended with; `null` also where no answer came.
    pub code: Option<u16>,
    /// 438 answers on the way.
    pub stale_nonces: u32,
    /// All legs together.
    pub took_ms: f64,
    /// When it ended, from the start of the run; `null` where that is not known.
    pub at_ms: Option<f64>,
    /// LIFETIME granted, for Refresh.
    pub lifetime_s: Option<u32>,
}

/// A 300 (Try Alternate) and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct RedirectFacts {
    /// ALTERNATE-SERVER.
    pub to: Option<SocketAddr>,
    /// ALTERNATE-DOMAIN.
    pub domain: Option<String>,
    /// We went there; all later facts are from there.
    pub followed: bool,
    /// It answered with a 300 again, to this address.
    pub again_to: Option<SocketAddr>,
    /// Why nothing came of it.
    pub fault: Option<Fault>,
}
