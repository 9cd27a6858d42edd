//! What `--security` saw of a server.

use std::net::{IpAddr, SocketAddr};

use serde::Serialize;

use crate::ice::address::AddressClass;

/// What a server lets strangers do. `null` is what was not seen either way.
#[derive(Debug, Clone, Default, Serialize, schemars::JsonSchema)]
pub struct SecurityFacts {
    /// One address a range, and whether the server would relay to it. Nothing was sent there.
    pub peers: Vec<TriedPeer>,
    /// The peers that the user named, to which data was sent.
    pub delivered: Vec<DeliveredPeer>,
    /// A datagram from an address without a permission does not come through.
    pub permission_enforced: Option<bool>,
    /// How that was seen.
    pub permission_test: Option<PermissionTest>,
    /// An Allocate without credentials is granted.
    pub allocation_without_credentials: Option<bool>,
    /// An Allocate with a user name and password made up for the purpose is granted.
    pub made_up_credentials_accepted: Option<bool>,
    /// A Binding is refused without credentials (coturn's `secure-stun`).
    pub binding_needs_credentials: Option<bool>,
    /// SOFTWARE: what the server tells everybody of itself.
    pub software: Option<String>,
    /// What an attacker gains who asks in somebody else's name; over UDP alone.
    pub amplification: Option<Amplification>,
    /// What to write behind `denied-peer-ip=`, a line each.
    pub denied_peer_ip: Vec<String>,
    /// What was not tried, and why.
    pub untried: Vec<String>,
    /// Requests sent for all of this, without retransmissions.
    pub requests: u32,
}

/// A peer that a permission was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct TriedPeer {
    /// Which.
    pub address: IpAddr,
    /// The range it stands for; `relay` is where relays are, `server` the server's own address where that is another.
    pub range: &'static str,
    /// What kind of address it is.
    pub class: AddressClass,
    /// `granted`, `refused`, `unanswered`.
    pub state: &'static str,
    /// ERROR-CODE.
    pub code: Option<u16>,
}

impl TriedPeer {
    /// One that was not answered yet.
    pub fn new(range: &'static str, address: IpAddr) -> Self {
        Self { address, range, class: AddressClass::of(address), state: "unanswered", code: None }
    }
}

/// A peer that the user named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct DeliveredPeer {
    /// Which.
    pub address: SocketAddr,
    /// `echoed` and `answered` (data came back, the same or other), `silent`, `refused`, `unanswered` (the
    /// permission), `untried` (no relay of its family).
    pub state: &'static str,
    /// ERROR-CODE to the permission.
    pub code: Option<u16>,
    /// Datagrams sent to it.
    pub sent: u32,
    /// Datagrams that came from it.
    pub received: u32,
}

impl DeliveredPeer {
    /// One that nothing was sent to.
    pub fn new(address: SocketAddr) -> Self {
        Self { address, state: "untried", code: None, sent: 0, received: 0 }
    }

    /// Data came back from it.
    pub fn answered(&self) -> bool {
        matches!(self.state, "echoed" | "answered")
    }
}

/// Datagrams to the relayed address before the permission for their sender, and after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct PermissionTest {
    /// Sent before.
    pub sent_before: u32,
    /// Of those, came through.
    pub received_before: u32,
    /// Sent after.
    pub sent_after: u32,
    /// Of those, came through: the proof that they can.
    pub received_after: u32,
}

/// UDP payload in and out, for requests that anybody may send.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Amplification {
    /// A Binding.
    pub binding: Option<Answered>,
    /// An Allocate without credentials.
    pub allocate: Option<Answered>,
    /// The larger of the two.
    pub largest_ratio: Option<f64>,
}

/// The sizes of a request and of all that came back.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Answered {
    /// UDP payload asked with.
    pub request_bytes: usize,
    /// UDP payload that came back.
    pub response_bytes: usize,
    /// The second divided by the first, to two places.
    pub ratio: f64,
}

impl Answered {
    /// From the sizes.
    pub fn new(request_bytes: usize, response_bytes: usize) -> Self {
        let ratio = response_bytes as f64 / request_bytes.max(1) as f64;
        Self { request_bytes, response_bytes, ratio: (ratio * 100.0).round() / 100.0 }
    }
}

impl Amplification {
    /// From what was answered.
    pub fn new(binding: Option<Answered>, allocate: Option<Answered>) -> Self {
        let ratios = [binding, allocate].into_iter().flatten().map(|answered| answered.ratio);
        Self { binding, allocate, largest_ratio: ratios.reduce(f64::max) }
    }
}
