//! The relay and its data paths.

use std::net::SocketAddr;

use serde::Serialize;

use crate::ice::address::AddressClass;
use crate::measure::FlowReport;

/// The relay's address, and whether data really passes.
#[derive(Debug, Clone, Default, Serialize, schemars::JsonSchema)]
pub struct RelayFacts {
    /// XOR-RELAYED-ADDRESS.
    pub address: Option<SocketAddr>,
    /// What kind of address that is.
    pub class: Option<AddressClass>,
    /// Our plain UDP socket, and how the server sees it.
    pub peer: Option<PeerFacts>,
    /// Our socket → relayed address → us.
    pub inbound: Option<FlowReport>,
    /// Us → relay → our socket.
    pub outbound: Option<FlowReport>,
    /// Our allocation → our second allocation, and back.
    #[serde(rename = "loop")]
    pub hairpin: Option<FlowReport>,
    /// ERROR-CODE to the second allocation, which the loop needs.
    pub loop_allocation_code: Option<u16>,
    /// ERROR-CODE to the permission that the loop needs.
    pub loop_permission_code: Option<u16>,
}

/// The plain UDP socket that plays the remote peer.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct PeerFacts {
    /// Its own address.
    pub local: SocketAddr,
    /// Its address as a server sees it; `null` if none answered it over UDP, or none had to be asked.
    pub reflexive: Option<SocketAddr>,
    /// Whence its packets came to the relay.
    pub seen_by_relay: Option<SocketAddr>,
    /// There is a NAT on the way; `null` where it is not known.
    pub nat: Option<bool>,
}

impl PeerFacts {
    /// Where the relay should send to: what it saw, else what a server saw, else what we see.
    pub fn address(&self) -> SocketAddr {
        self.seen_by_relay.or(self.reflexive).unwrap_or(self.local)
    }

    /// Where a server and the relay saw this socket, if not at the same address: the NAT's mapping depends on
    /// the destination (RFC 4787 §4.1).
    pub fn two_mappings(&self) -> Option<(SocketAddr, SocketAddr)> {
        self.reflexive.zip(self.seen_by_relay).filter(|(server, relay)| server != relay)
    }

    /// No packet of this socket has reached anybody, as far as can be seen.
    pub fn unheard(&self) -> bool {
        self.reflexive.is_none() && self.seen_by_relay.is_none()
    }
}
