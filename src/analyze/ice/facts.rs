//! The JSON of what there is to say of checks.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use serde::Serialize;

use crate::analyze::leg::Leg;
use crate::analyze::spread::Quantiles;

/// The checks between two addresses.
#[derive(Debug, Clone)]
pub struct IceFacts {
    /// From a to b.
    pub leg: Leg,
    /// The same for all pairs that the same checks went over.
    pub flow: usize,
    /// What the side that was seen first asked.
    pub a: SideFacts,
    /// What the other side asked.
    pub b: SideFacts,
}

/// What one side of a pair asked, and what it got.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct SideFacts {
    /// Checks, each once.
    pub checks: u64,
    /// Checks that were sent again.
    pub repeated: u64,
    /// Success responses.
    pub answered: u64,
    /// Error responses by their code.
    pub errors: BTreeMap<u16, u64>,
    /// Checks that got no response.
    pub unanswered: u64,
    /// Checks shortly before the capture ended.
    pub open: u64,
    /// Requests that ask for the reflexive address alone.
    pub queries: u64,
    /// Those that were answered.
    pub queries_answered: u64,
    /// Question to response.
    pub query_rtt: Option<Quantiles>,
    /// Check to response, for those that were sent once.
    pub rtt: Option<Quantiles>,
    /// The other's and its own ufrag; more than one after a restart of ICE.
    pub usernames: Vec<String>,
    /// Its role, in the last check that said so.
    pub role: Option<&'static str>,
    /// How often it took the other role.
    pub role_changes: u64,
    /// Errors 487.
    pub role_conflicts: u64,
    /// When it began.
    pub first_check_at_s: Option<f64>,
    /// Checks with USE-CANDIDATE.
    pub nominations: u64,
    /// The first of them.
    pub nominated_at_s: Option<f64>,
    /// The packet that it was in.
    pub nominated_frame: Option<u64>,
    /// Between two checks, once one was answered.
    pub consent_interval: Option<Quantiles>,
    /// The longest time without an answer, once there was one, as long as it asked. Consent ends after 30 s.
    pub longest_silence_ms: Option<f64>,
    /// When that began.
    pub longest_silence_at_s: Option<f64>,
    /// The last answer before it.
    pub longest_silence_frame: Option<u64>,
    /// When the last answer came.
    pub last_answer_at_s: Option<f64>,
    /// Its address, as the other side saw it.
    pub mapped: Option<SocketAddr>,
    /// Its first packet of media.
    pub media_from_s: Option<f64>,
    /// Its last.
    pub media_to_s: Option<f64>,
}

/// The pair in use changed.
#[derive(Debug, Clone)]
pub struct MoveFacts {
    /// When.
    pub at_s: f64,
    /// The first packet on the new pair.
    pub frame: u64,
    /// The pair before, from the sender.
    pub from: Leg,
    /// The pair from now on, from the sender.
    pub to: Leg,
    /// What showed it: `media` or `use-candidate`.
    pub by: &'static str,
}
