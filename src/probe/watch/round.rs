//! What one round saw, endpoint by endpoint. Facts only.

use std::time::Duration;

use serde::Serialize;

use crate::probe::facts::EndpointFacts;

/// What one round saw.
#[derive(Debug, Clone)]
pub struct Round {
    /// From 1.
    pub number: u64,
    /// When it began, in milliseconds of Unix time: for people and logs.
    pub at_unix_ms: i64,
    /// When it began, from the beginning of the watch: for sums of time.
    pub since: Duration,
    /// Until the slowest endpoint had answered, or was given up.
    pub took: Duration,
    /// One entry an endpoint, in the same order in every round.
    pub seen: Vec<Seen>,
}

/// What one round saw of one endpoint.
#[derive(Debug, Clone)]
pub struct Seen {
    /// What is to be judged: what holds of the connection, and what this round added.
    pub facts: EndpointFacts,
    /// Where the allocation comes from; `None` where there is none, or none was asked for.
    pub allocation: Option<Allocation>,
    /// The connection was made in this round, and stands.
    pub made: bool,
    /// Why the connection or the allocation of the round before was given up.
    pub lost: Option<String>,
    /// Round trip of the Binding, if it was answered at the first send.
    pub binding_rtt: Option<Duration>,
    /// From a plain UDP socket through the relay to us.
    pub inbound: PathCount,
    /// From us through the relay to a plain UDP socket.
    pub outbound: PathCount,
}

/// Where the allocation of a round comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Allocation {
    /// It is that of the round before.
    Kept,
    /// It was made in this round.
    Made,
}

/// What passed on one path in one round.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PathCount {
    /// Packets sent.
    pub sent: u64,
    /// Packets that arrived.
    pub received: u64,
    /// There and back, of the packets whose echo came.
    pub round_trips: Vec<Duration>,
    /// Interarrival jitter at the far end.
    pub jitter_ms: Option<f64>,
}

impl Seen {
    /// Whether anything was heard of the server.
    pub fn heard(&self) -> bool {
        let binding = self.facts.binding.as_ref().is_some_and(|binding| binding.received > 0);
        let refresh = self.facts.refresh.as_ref().is_some_and(|refresh| refresh.ok);
        binding || refresh || self.inbound.received + self.outbound.received > 0
    }

    /// Of an endpoint about which there is no more to say than these facts.
    pub fn of(facts: EndpointFacts) -> Self {
        Self {
            facts,
            allocation: None,
            made: false,
            lost: None,
            binding_rtt: None,
            inbound: PathCount::default(),
            outbound: PathCount::default(),
        }
    }
}
