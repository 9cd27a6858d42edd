//! One transport address of one server.

use std::net::{IpAddr, SocketAddr};

use serde::Serialize;

use super::{
    AllocateFacts, AskedAgainFacts, BindingFacts, ClockFacts, CrowdedFacts, Fault, LifetimesFacts,
    MendedFacts, MintedFacts, MtuFacts, OddityFacts, RedirectFacts, RelayFacts, SecurityFacts, StepFacts,
    ThroughputFacts, TlsFacts,
};
use crate::finding::Finding;
use crate::probe::plan::Transport;
use crate::turn::Oddity;

/// One transport address of one server.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct EndpointFacts {
    /// `address:port`.
    pub addr: SocketAddr,
    /// How.
    pub transport: Transport,
    /// The target is unhealthy without this endpoint.
    pub required: bool,
    /// It did all that was asked of it; `null` where it was not tried.
    pub works: Option<bool>,
    /// Why it was not tried.
    pub skipped: Option<String>,
    /// When its steps began, from the start of the run.
    pub started_ms: Option<f64>,
    /// TCP connect.
    pub connect_ms: Option<f64>,
    /// TLS handshake and certificate.
    pub tls: Option<TlsFacts>,
    /// Our own address on this path.
    pub local: Option<SocketAddr>,
    /// STUN Binding.
    pub binding: Option<BindingFacts>,
    /// TURN Allocate.
    pub allocate: Option<AllocateFacts>,
    /// An allocation, this one's first or its second, was refused beside others of ours.
    pub crowded: Option<CrowdedFacts>,
    /// CreatePermission for our own peer.
    pub permission: Option<StepFacts>,
    /// ChannelBind to our own peer.
    pub channel: Option<StepFacts>,
    /// The relay's address and data paths.
    pub relay: RelayFacts,
    /// Refresh.
    pub refresh: Option<StepFacts>,
    /// Refresh with lifetime 0.
    pub release: Option<StepFacts>,
    /// Credentials that look damaged, tried as they were probably meant.
    pub mended: Option<MendedFacts>,
    /// The same credentials, tried again after they were refused.
    pub asked_again: Option<AskedAgainFacts>,
    /// Minted credentials, tried where a static user was refused and a secret is known.
    pub minted: Option<MintedFacts>,
    /// The server's clock; `null` where it was not asked for, or another endpoint of the host tells it.
    pub clock: Option<ClockFacts>,
    /// Where a 300 led.
    pub redirect: Option<RedirectFacts>,
    /// What the port speaks instead, where it does not speak what was asked for.
    pub speaks: Option<Transport>,
    /// Where the network stopped us.
    pub fault: Option<Fault>,
    /// Things a server should not send, counted.
    pub oddities: Vec<OddityFacts>,
    /// The run was over before the endpoint's steps were.
    pub stopped: bool,
    /// Checks that were not made, and why.
    pub given_up: Vec<GivenUp>,
    /// How much each direction carries, where that was asked for.
    pub throughput: Option<ThroughputFacts>,
    /// The largest datagrams that pass, where that was asked for.
    pub mtu: Option<MtuFacts>,
    /// How long grants really last, where that was asked for.
    pub lifetimes: Option<LifetimesFacts>,
    /// What the survey found that the server can do.
    #[serde(skip)]
    pub asked: Vec<Capability>,
    /// What the server can do beyond the necessary.
    pub capabilities: Vec<Capability>,
    /// What `--security` saw; `null` where this endpoint was not the one asked, or nobody wanted to know.
    pub security: Option<SecurityFacts>,
    /// What it all means.
    pub findings: Vec<Finding>,
}

impl EndpointFacts {
    /// Nothing seen yet.
    pub fn new(addr: SocketAddr, transport: Transport, required: bool) -> Self {
        Self {
            addr,
            transport,
            required,
            works: None,
            skipped: None,
            started_ms: None,
            connect_ms: None,
            tls: None,
            local: None,
            binding: None,
            allocate: None,
            crowded: None,
            permission: None,
            channel: None,
            relay: RelayFacts::default(),
            refresh: None,
            release: None,
            mended: None,
            asked_again: None,
            minted: None,
            clock: None,
            redirect: None,
            speaks: None,
            fault: None,
            oddities: Vec::new(),
            stopped: false,
            given_up: Vec::new(),
            throughput: None,
            mtu: None,
            lifetimes: None,
            asked: Vec::new(),
            capabilities: Vec::new(),
            security: None,
            findings: Vec::new(),
        }
    }

    /// Where allocations are made: here, or where a redirect led.
    pub fn server(&self) -> SocketAddr {
        self.redirect.as_ref().and_then(|redirect| redirect.to).unwrap_or(self.addr)
    }

    /// What one server is, however many of its ports were probed: its address, and the realm and SOFTWARE that it tells.
    /// Two servers may share an address.
    pub fn identity(&self) -> (IpAddr, Option<&str>, Option<&str>) {
        let allocate = self.allocate.as_ref();
        let realm = allocate.and_then(|a| a.attempts.iter().find_map(|leg| leg.realm.as_deref()));
        (self.addr.ip(), realm, allocate.and_then(|a| a.software.as_deref()))
    }

    /// Notes that a check is not made.
    pub fn give_up(&mut self, check: Check, reason: impl Into<String>) {
        self.given_up.push(GivenUp { check, reason: reason.into() });
    }

    /// Counts something that a server should not send.
    pub fn oddity(&mut self, oddity: &Oddity, stage: &'static str) {
        let (kind, message) = super::oddity::describe(oddity);
        match self.oddities.iter_mut().find(|known| known.kind == kind) {
            Some(known) => known.count += 1,
            None => self.oddities.push(OddityFacts { kind, message, count: 1, stage }),
        }
    }
}

/// A check that was not made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct GivenUp {
    /// Which.
    pub check: Check,
    /// Why, in words.
    pub reason: String,
}

/// The checks that may have to be given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// Everything from a step on.
    Rest,
    /// The paths between the relay and a plain UDP socket.
    PeerPaths,
    /// The loop between two allocations.
    Loop,
    /// What the server can do beyond the necessary.
    Capabilities,
    /// How much each direction carries.
    Throughput,
    /// The largest datagrams that pass.
    Mtu,
    /// How long grants last.
    Lifetimes,
    /// What the server lets strangers do.
    Security,
    /// Whatever is asked of a server once its endpoints are done.
    Survey,
}

impl Check {
    /// In words.
    pub fn phrase(self) -> &'static str {
        match self {
            Check::Rest => "everything else",
            Check::PeerPaths => "the paths to a plain UDP socket",
            Check::Loop => "the loop between two allocations",
            Check::Capabilities => "capabilities",
            Check::Throughput => "throughput",
            Check::Mtu => "the path MTU",
            Check::Lifetimes => "lifetimes",
            Check::Security => "security",
            Check::Survey => "the survey of the server",
        }
    }
}

/// Something a server may or may not do; never a fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Capability {
    /// Which.
    pub name: &'static str,
    /// `yes`, `no`, `unusable`, `refused`, `ignored`, `unknown`.
    pub state: &'static str,
    /// ERROR-CODE where it was refused.
    pub code: Option<u16>,
    /// Why it is not known, where something on our side kept it from being tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}
