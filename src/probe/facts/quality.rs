//! How much a relay carries, how large, and for how long: what is measured only when it is asked for.

use serde::Serialize;

use crate::measure::RampReport;

/// What each direction through the relay carries (`--throughput`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ThroughputFacts {
    /// The highest rate that was to be offered.
    pub ceiling_bps: u64,
    /// The most payload that each direction was to send.
    pub most_bytes: u64,
    /// Our socket → relayed address → us; `null` if it was not measured.
    pub inbound: Option<RampReport>,
    /// Us → relay → our socket.
    pub outbound: Option<RampReport>,
}

/// The largest datagrams that pass each direction through the relay (`--mtu`). Sizes are those of the payload:
/// what an application hands over.
#[derive(Debug, Clone, Default, PartialEq, Serialize, schemars::JsonSchema)]
pub struct MtuFacts {
    /// Our socket → relayed address → us.
    pub inbound: Option<LargestFacts>,
    /// Us → relay → our socket, as ChannelData.
    pub outbound: Option<LargestFacts>,
    /// As `outbound`, as Send indications with DONT-FRAGMENT (RFC 8656 §18.9): the server may not fragment either.
    pub outbound_unfragmented: Option<LargestFacts>,
    /// Our own packets had the DF bit set: nobody between us and the server could fragment them. Whether the
    /// server fragments what it sends is its own affair.
    pub dont_fragment: bool,
    /// ERROR-CODE to an Allocate with DONT-FRAGMENT.
    pub dont_fragment_code: Option<u16>,
}

/// One direction's largest datagram.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct LargestFacts {
    /// The largest payload that arrived; `null` where none did.
    pub largest_bytes: Option<usize>,
    /// The smallest payload that was sent three times and never arrived; `null` where all that were tried arrived.
    pub lost_bytes: Option<usize>,
    /// The largest that could be tried: this machine's interface, or the end of the scale.
    pub tried_bytes: usize,
    /// This machine's own interface, and no path, ended the scale.
    pub own_interface: bool,
}

/// How long what a server grants really lasts (`--lifetimes`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, schemars::JsonSchema)]
pub struct LifetimesFacts {
    /// A permission that is not renewed.
    pub permission_s: Option<LifetimeFacts>,
    /// A channel that is not renewed.
    pub channel_s: Option<LifetimeFacts>,
    /// An allocation that is not refreshed.
    pub allocation_s: Option<LifetimeFacts>,
}

/// How long one thing lasted. Times are from the answer that granted it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, schemars::JsonSchema)]
pub struct LifetimeFacts {
    /// What the RFC, or the answer, says.
    pub granted_s: f64,
    /// When the last packet that passed was sent.
    pub at_least_s: Option<f64>,
    /// When the first packet was sent behind which none passed; `null` where it had not ended when we stopped.
    pub at_most_s: Option<f64>,
    /// Asked for again, data passed again (an allocation: Refresh was answered with an error), so that it was the
    /// lifetime that ended and not the path.
    pub confirmed: bool,
    /// ERROR-CODE to the Refresh after the end of an allocation.
    pub refresh_code: Option<u16>,
}

impl LifetimeFacts {
    /// It was still there when its time was over; `false` as well where nobody watched for so long.
    pub fn outlasted(&self) -> bool {
        self.at_most_s.is_none() && self.at_least_s.is_some_and(|least| least >= self.granted_s)
    }
}
