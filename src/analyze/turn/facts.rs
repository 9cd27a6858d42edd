//! The JSON of what there is to say of relays and their clients.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use serde::Serialize;

use super::{Counts, Wrapped};
use crate::analyze::leg::Carrier;
use crate::analyze::spread::Quantiles;

/// One client at one server.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct TurnFacts {
    /// The client's address, as the capture has it.
    pub client: SocketAddr,
    /// The server's.
    pub server: SocketAddr,
    /// What is between them.
    pub carrier: Carrier,
    /// Whether it was a port number that said which is the server.
    pub guessed: bool,
    /// What the server calls itself.
    pub software: Option<String>,
    /// Its realm.
    pub realm: Option<String>,
    /// Requests by method.
    pub requests: BTreeMap<String, Counts>,
    /// Request to response.
    pub rtt: Option<Quantiles>,
    /// Allocations in order.
    pub allocations: Vec<AllocationFacts>,
    /// Peers that were let through.
    pub permissions: Vec<IpAddr>,
    /// Channels by number.
    pub channels: Vec<ChannelFacts>,
    /// Data in Send and Data indications.
    pub indications: Wrapped,
    /// Responses in order.
    pub events: Vec<EventFacts>,
    /// Responses that are not among them.
    pub events_dropped: u64,
}

/// An allocation.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct AllocationFacts {
    /// When it was granted.
    pub at_s: f64,
    /// The transport that was asked for on its far side.
    pub transport: Option<String>,
    /// The relayed addresses.
    pub relayed: Vec<SocketAddr>,
    /// The client as the server saw it.
    pub mapped: Option<SocketAddr>,
    /// How long it was granted for.
    pub lifetime_s: Option<u32>,
    /// How often it was prolonged.
    pub refreshed: u64,
    /// When it ends, if it is not prolonged.
    pub until_s: Option<f64>,
    /// When the client gave it back.
    pub released_at_s: Option<f64>,
}

/// A channel.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct ChannelFacts {
    /// Its number.
    pub number: String,
    /// Whom it stands for.
    pub peer: Option<SocketAddr>,
    /// When the server said so.
    pub bound_at_s: Option<f64>,
    /// ChannelData.
    #[serde(flatten)]
    pub data: Wrapped,
}

/// A response.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct EventFacts {
    /// When it came.
    pub at_s: f64,
    /// The packet that it was in.
    pub frame: u64,
    /// What was asked for.
    pub method: String,
    /// The error's code; `None` for success.
    pub error: Option<u16>,
    /// What was granted; `released` where the client gave the allocation back, refused or not.
    pub detail: Option<String>,
}
