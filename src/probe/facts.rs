//! What was seen, step by step: the JSON of `probe/1`. Facts only; what they mean is [`super::diagnose`].

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use serde::Serialize;

use super::plan::Transport;
use crate::finding::Finding;
use crate::ice::address::AddressClass;
use crate::measure::{Distribution, FlowReport};
use crate::stun::DecodeError;
use crate::tls::CertificateReport;
use crate::turn::Oddity;

/// Everything that one run saw.
#[derive(Debug, Clone)]
pub struct Observation {
    /// One entry a target, in the order they were named.
    pub targets: Vec<TargetFacts>,
    /// This machine's own addresses, for host candidates.
    pub hosts: Vec<SocketAddr>,
    /// The whole run.
    pub took_ms: f64,
    /// When it ended, Unix seconds: what credentials and certificates are held against.
    pub ended_unix: u64,
    /// The user stopped it.
    pub interrupted: bool,
}

/// One server, with all its addresses.
#[derive(Debug, Clone, Serialize)]
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

/// What DNS said, each family apart.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Resolve {
    /// Both queries, made at the same time; `null` where the host is a literal address.
    pub took_ms: Option<f64>,
    /// The A query alone.
    pub a_ms: Option<f64>,
    /// The AAAA query alone.
    pub aaaa_ms: Option<f64>,
    /// A records.
    pub a: Vec<Ipv4Addr>,
    /// AAAA records.
    pub aaaa: Vec<Ipv6Addr>,
    /// Queries that gave none.
    pub errors: Vec<ResolveError>,
}

impl Resolve {
    /// Takes what one query came to.
    pub fn take(&mut self, v4: bool, took_ms: Option<f64>, addresses: Result<Vec<IpAddr>, ResolveError>) {
        match v4 {
            true => self.a_ms = took_ms,
            false => self.aaaa_ms = took_ms,
        }
        self.took_ms = self.took_ms.into_iter().chain(took_ms).reduce(f64::max);
        match addresses {
            Err(error) => self.errors.push(error),
            Ok(addresses) => {
                for address in addresses {
                    match address {
                        IpAddr::V4(ip) => self.a.push(ip),
                        IpAddr::V6(ip) => self.aaaa.push(ip),
                    }
                }
            }
        }
    }
}

/// A query without an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResolveError {
    /// `A` or `AAAA`.
    pub record: &'static str,
    /// What came instead.
    pub kind: ResolveErrorKind,
    /// In words.
    pub message: String,
}

/// Why a query gave no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResolveErrorKind {
    /// The name does not exist.
    Nxdomain,
    /// The name exists and has no such record: no fault.
    Nodata,
    /// No resolver answered in time.
    Timeout,
    /// A resolver answered with an error, or there is none.
    Failed,
}

/// Why the network let nothing through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// What the system reported.
    pub kind: FaultKind,
    /// At which step.
    pub stage: &'static str,
    /// The system's words, or ours.
    pub message: String,
}

/// The kinds of [`Fault`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// ICMP port unreachable, or a TCP reset to the first packet.
    Refused,
    /// ICMP administratively prohibited or host unreachable.
    Prohibited,
    /// This machine has no route to that address.
    NoRoute,
    /// This machine's own firewall refuses to send.
    Local,
    /// No answer in time.
    TimedOut,
    /// The stream was closed or reset.
    Closed,
    /// TLS did not come about.
    Tls,
    /// Anything else.
    Other,
}

/// One transport address of one server.
#[derive(Debug, Clone, Serialize)]
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
    /// Where a 300 led.
    pub redirect: Option<RedirectFacts>,
    /// Where the network stopped us.
    pub fault: Option<Fault>,
    /// Things a server should not send, counted.
    pub oddities: Vec<OddityFacts>,
    /// The run was over before the endpoint's steps were.
    pub stopped: bool,
    /// Checks that were not made, and why.
    pub given_up: Vec<GivenUp>,
    /// What the server can do beyond the necessary.
    pub capabilities: Vec<Capability>,
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
            permission: None,
            channel: None,
            relay: RelayFacts::default(),
            refresh: None,
            release: None,
            redirect: None,
            fault: None,
            oddities: Vec::new(),
            stopped: false,
            given_up: Vec::new(),
            capabilities: Vec::new(),
            findings: Vec::new(),
        }
    }

    /// Notes that a check is not made.
    pub fn give_up(&mut self, check: Check, reason: impl Into<String>) {
        self.given_up.push(GivenUp { check, reason: reason.into() });
    }

    /// Counts something that a server should not send.
    pub fn oddity(&mut self, oddity: &Oddity, stage: &'static str) {
        let (kind, message) = match oddity {
            Oddity::NotTurn(other) => (OddityKind::NotStun, preview(&other.head)),
            Oddity::Malformed(DecodeError::WrongFingerprint) => {
                (OddityKind::WrongFingerprint, DecodeError::WrongFingerprint.to_string())
            }
            Oddity::Malformed(error) => (OddityKind::Malformed, error.to_string()),
            Oddity::TrailingBytes(bytes) => {
                (OddityKind::Malformed, format!("{bytes} bytes behind the message in one datagram"))
            }
            Oddity::Echo => (OddityKind::NotStun, "our own request came back".to_owned()),
            Oddity::UnmatchedTransaction => {
                (OddityKind::UnmatchedTransaction, "a response to no request of ours".to_owned())
            }
            Oddity::WrongIntegrity => {
                (OddityKind::WrongIntegrity, "MESSAGE-INTEGRITY was made with another key".to_owned())
            }
            Oddity::NoIntegrity => {
                (OddityKind::NoIntegrity, "a success response without MESSAGE-INTEGRITY".to_owned())
            }
        };
        match self.oddities.iter_mut().find(|known| known.kind == kind) {
            Some(known) => known.count += 1,
            None => self.oddities.push(OddityFacts { kind, message, count: 1, stage }),
        }
    }
}

/// The first bytes of something unexpected, as text where they are text, else in hex.
fn preview(head: &[u8]) -> String {
    let line = head.split(|byte| *byte == b'\r' || *byte == b'\n').next().unwrap_or_default();
    match std::str::from_utf8(line) {
        Ok(text) if !text.is_empty() && text.chars().all(|c| !c.is_control()) => text.to_owned(),
        _ => {
            let hex: Vec<String> = head.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
            hex.join(" ")
        }
    }
}

/// A check that was not made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GivenUp {
    /// Which.
    pub check: Check,
    /// Why, in words.
    pub reason: String,
}

/// The checks that may have to be given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// Everything from a step on.
    Rest,
    /// The paths between the relay and a plain UDP socket.
    PeerPaths,
    /// The loop between two allocations.
    Loop,
}

impl Check {
    /// In words.
    pub fn phrase(self) -> &'static str {
        match self {
            Check::Rest => "everything else",
            Check::PeerPaths => "the paths to a plain UDP socket",
            Check::Loop => "the loop between two allocations",
        }
    }
}

/// A TLS session and the certificate behind it.
#[derive(Debug, Clone, Serialize)]
pub struct TlsFacts {
    /// From the ClientHello until application data may flow.
    pub handshake_ms: f64,
    /// `1.2` or `1.3`.
    pub version: Option<String>,
    /// The suite's IANA name.
    pub cipher: Option<String>,
    /// The protocol agreed on (RFC 7443 has `stun.turn`).
    pub alpn: Option<String>,
    /// The name that the certificate was held against.
    pub server_name: String,
    /// The certificate is one a browser would accept.
    pub verified: bool,
    /// What is wrong with it.
    pub errors: Vec<crate::tls::TlsFault>,
    /// Root certificates it was held against; with none, no issuer is trusted.
    pub roots: usize,
    /// `--insecure`: the faults are not held against the server.
    pub insecure: bool,
    /// The certificate itself.
    #[serde(flatten)]
    pub certificate: Option<CertificateReport>,
}

/// STUN Binding (RFC 8489 §3).
#[derive(Debug, Clone, Serialize)]
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
#[derive(Debug, Clone, Serialize)]
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

/// One transaction of a request.
#[derive(Debug, Clone, Serialize)]
pub struct AttemptFacts {
    /// ERROR-CODE; `null` for success, or none at all.
    pub code: Option<u16>,
    /// A response came.
    pub answered: bool,
    /// Carried MESSAGE-INTEGRITY.
    pub authenticated: bool,
    /// REALM, as sent; an empty one is a fault of its own.
    pub realm: Option<String>,
    /// NONCE was sent.
    pub nonce: bool,
    /// How often it was sent.
    pub sent: u8,
    /// From the first send to the answer.
    pub took_ms: f64,
}

/// One further request.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepFacts {
    /// Granted.
    pub ok: bool,
    /// ERROR-CODE it ended with; `null` also where no answer came.
    pub code: Option<u16>,
    /// 438 answers on the way.
    pub stale_nonces: u32,
    /// All legs together.
    pub took_ms: f64,
    /// LIFETIME granted, for Refresh.
    pub lifetime_s: Option<u32>,
}

/// The relay's address, and whether data really passes.
#[derive(Debug, Clone, Default, Serialize)]
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
    /// ERROR-CODE to the permission that the loop needs.
    pub loop_permission_code: Option<u16>,
}

/// The plain UDP socket that plays the remote peer.
#[derive(Debug, Clone, PartialEq, Serialize)]
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

/// A 300 (Try Alternate) and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
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

/// Something a server should not send, and how often it did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OddityFacts {
    /// Which.
    pub kind: OddityKind,
    /// In words, of the first.
    pub message: String,
    /// How often.
    pub count: u32,
    /// At which step it was first seen.
    pub stage: &'static str,
}

/// The kinds of [`OddityFacts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OddityKind {
    /// Neither STUN nor ChannelData.
    NotStun,
    /// STUN with a broken layout.
    Malformed,
    /// FINGERPRINT does not match.
    WrongFingerprint,
    /// A response to no request of ours.
    UnmatchedTransaction,
    /// MESSAGE-INTEGRITY by another key.
    WrongIntegrity,
    /// No MESSAGE-INTEGRITY where there must be one.
    NoIntegrity,
}

/// Something a server may or may not do; never a fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Capability {
    /// Which.
    pub name: &'static str,
    /// `yes`, `no`, `unusable`, `refused`, `ignored`.
    pub state: &'static str,
    /// ERROR-CODE where it was refused.
    pub code: Option<u16>,
}
