//! What to probe: servers × transports × addresses, and how thoroughly. Data only.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use serde::Serialize;

use crate::ice::uri::{Host, Scheme, ServerUri, Transport as UriTransport};
use crate::measure::{Pace, RampPlan};
use crate::turn::credentials::{Credentials, Secret, rest};
use crate::turn::{Allocate, Family, Request};

/// How a server is reached.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, schemars::JsonSchema, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// Plain UDP.
    Udp,
    /// Plain TCP.
    Tcp,
    /// TLS over TCP.
    Tls,
    /// DTLS over UDP.
    Dtls,
}

impl Transport {
    /// As in JSON and in `--require`.
    pub fn name(self) -> &'static str {
        match self {
            Transport::Udp => "udp",
            Transport::Tcp => "tcp",
            Transport::Tls => "tls",
            Transport::Dtls => "dtls",
        }
    }

    /// Keeps order and retransmits by itself.
    pub fn is_stream(self) -> bool {
        matches!(self, Transport::Tcp | Transport::Tls)
    }

    /// Has a certificate.
    pub fn is_encrypted(self) -> bool {
        matches!(self, Transport::Tls | Transport::Dtls)
    }

    /// The port of servers that name none (RFC 7064 §3.2, RFC 7065 §3.2).
    pub fn default_port(self) -> u16 {
        if self.is_encrypted() { 5349 } else { 3478 }
    }
}

/// A transport to try, and whether a target is unhealthy without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// Which.
    pub transport: Transport,
    /// The URI or `--require` asks for it; otherwise its failure is a warning.
    pub required: bool,
    /// The URI's port, or the transport's own.
    pub port: u16,
}

impl Attempt {
    /// At the URI's port, or the transport's own.
    fn new(transport: Transport, port: Option<u16>, required: bool) -> Self {
        Self { transport, required, port: port.unwrap_or(transport.default_port()) }
    }
}

/// Where one transport of a target is found: the URI's host, or what an SRV record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Name or literal address.
    pub host: Host,
    /// How, and at which port.
    pub attempt: Attempt,
}

/// Which addresses are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Families {
    /// IPv4.
    pub v4: bool,
    /// IPv6.
    pub v6: bool,
}

impl Families {
    /// Both.
    pub const BOTH: Self = Self { v4: true, v6: true };
}

/// What `--srv` may ask DNS for (RFC 5928 §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locate {
    /// NAPTR records, then SRV records of each transport: the URI leaves the transport open.
    Any,
    /// SRV records of the transports that are named.
    Named,
    /// Nothing: the URI names a port.
    HasPort,
    /// Nothing: the URI names an address.
    IsAddress,
}

/// One server as the user named it.
#[derive(Debug, Clone)]
pub struct Target {
    /// As it is shown: the canonical URI, without credentials.
    pub uri: String,
    /// Name or literal address.
    pub host: Host,
    /// The port that the URI names; without one, each transport has its own.
    pub port: Option<u16>,
    /// The transports to try.
    pub attempts: Vec<Attempt>,
    /// Ask for a relay, not for the reflexive address alone.
    pub turn: bool,
    /// `--transport` replaced what the URI asks for.
    pub replaced: bool,
    /// What SRV lookups the URI leaves room for.
    pub locate: Locate,
    /// For the relay.
    pub credentials: Option<Credentials>,
    /// What we know of the credentials that the server does not say.
    pub knowledge: Knowledge,
    /// From the server's own configuration: it has addresses, and clients may well use a name.
    pub configured: bool,
    /// To find the server's clock with.
    pub clock: Option<Minting>,
    /// What the server may take where it refuses these credentials: minted ones in place of a static user's, or the same
    /// with a later expiry.
    pub minting: Option<Minting>,
}

/// What TURN REST credentials of any expiry are minted from.
#[derive(Debug, Clone)]
pub struct Minting {
    /// The shared secret.
    pub secret: Secret,
    /// Between expiry and user.
    pub separator: char,
}

impl Minting {
    /// Credentials of nobody in particular that expire at this time.
    pub fn expiring(&self, unix: u64) -> Credentials {
        rest::mint(&self.secret, None, unix, self.separator)
    }

    /// What these credentials, which expire at `expiry`, would be if they expired at this time: of the same user.
    pub fn prolonged(&self, username: &str, expiry: u64, unix: u64) -> Credentials {
        let username = username.replacen(&expiry.to_string(), &unix.to_string(), 1);
        rest::for_username(&self.secret, &username)
    }
}

/// What the client's own side knows of its credentials: coturn's one 401 hides all of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Knowledge {
    /// When a TURN REST user name expires, Unix seconds.
    pub rest_expiry: Option<u64>,
    /// Minted by us from `--secret`.
    pub minted: bool,
    /// They are what the known secret gives, minted by us or not.
    pub fits_secret: bool,
    /// `--secret` was given along with a password that the secret does not give.
    pub secret_mismatch: bool,
    /// The password looks damaged, and mended it is what `--secret` gives.
    pub mended_fits_secret: bool,
    /// An HA1 key (`--key`) instead of a password.
    pub key: bool,
}

impl Target {
    /// What a URI asks for (RFC 7064, RFC 7065).
    ///
    /// A `turn:` URI without `transport` means UDP and is tried over TCP as well; `stun:` means UDP, `turns:`
    /// and `stuns:` mean TLS, and `turns:` over UDP means DTLS (RFC 7350).
    pub fn from_uri(uri: &ServerUri) -> Self {
        let turn = matches!(uri.scheme, Scheme::Turn | Scheme::Turns);
        let required = |transport| Attempt::new(transport, uri.port, true);
        let attempts = match (uri.scheme, uri.transport) {
            (Scheme::Turns, Some(UriTransport::Udp)) => vec![required(Transport::Dtls)],
            (Scheme::Stuns | Scheme::Turns, _) => vec![required(Transport::Tls)],
            (_, Some(UriTransport::Tcp)) => vec![required(Transport::Tcp)],
            (_, Some(UriTransport::Udp)) | (Scheme::Stun, None) => vec![required(Transport::Udp)],
            (Scheme::Turn, None) => {
                vec![required(Transport::Udp), Attempt::new(Transport::Tcp, uri.port, false)]
            }
        };
        let locate = match (&uri.host, uri.port, uri.transport) {
            (Host::Ip(_), ..) => Locate::IsAddress,
            (_, Some(_), _) => Locate::HasPort,
            (_, None, Some(_)) => Locate::Named,
            (_, None, None) => Locate::Any,
        };
        Self {
            uri: uri.to_string(),
            host: uri.host.clone(),
            port: uri.port,
            attempts,
            turn,
            replaced: false,
            locate,
            credentials: None,
            knowledge: Knowledge::default(),
            configured: false,
            clock: None,
            minting: None,
        }
    }

    /// Tries these transports instead of what the URI asks for, at the URI's port, or at each one's own.
    pub fn over(&mut self, transports: &[Transport]) {
        self.attempts.clear();
        for transport in transports {
            if !self.attempts.iter().any(|attempt| attempt.transport == *transport) {
                self.attempts.push(Attempt::new(*transport, self.port, true));
            }
        }
        self.replaced = true;
        if self.locate == Locate::Any {
            self.locate = Locate::Named;
        }
    }

    /// The URI's own host over each transport.
    pub fn places(&self) -> Vec<Place> {
        self.attempts.iter().map(|attempt| Place { host: self.host.clone(), attempt: *attempt }).collect()
    }

    /// Where an endpoint's transport stands among those to try.
    pub fn rank(&self, endpoint: &Endpoint) -> usize {
        self.attempts.iter().take_while(|attempt| attempt.transport != endpoint.transport).count()
    }
}

/// One endpoint a transport and address.
pub fn endpoints(attempts: &[Attempt], addresses: &[IpAddr]) -> Vec<Endpoint> {
    let mut endpoints = Vec::new();
    for Attempt { transport, required, port } in attempts.iter().copied() {
        for address in addresses {
            endpoints.push(Endpoint { addr: SocketAddr::new(*address, port), transport, required });
        }
    }
    endpoints
}

/// One transport address of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Endpoint {
    /// Where.
    pub addr: SocketAddr,
    /// How.
    pub transport: Transport,
    /// As [`Attempt::required`].
    pub required: bool,
}

impl Options {
    /// What an Allocate asks for: what a browser asks for, unless flags say otherwise.
    pub fn wish(&self) -> Allocate {
        Allocate { family: self.relay_family, ..Allocate::default() }
    }

    /// An Allocate that asks for it.
    pub fn allocate(&self) -> Request {
        Request::Allocate(self.wish())
    }
}

/// How thorough, and how patient.
#[derive(Debug, Clone)]
pub struct Options {
    /// For each step.
    pub timeout: Duration,
    /// For the whole run.
    pub deadline: Duration,
    /// STUN Binding requests an endpoint.
    pub bindings: u32,
    /// Of the packets sent over the relay.
    pub pace: Pace,
    /// The traffic is that of such a call: then the relay's paths are used one after the other, so that each has
    /// what one call sends.
    pub preset: Option<Preset>,
    /// Payload a second and direction that the preset, or a limit of the user's, asks for.
    pub needs_bps: Option<u64>,
    /// What is asked of each server once.
    pub audits: Audits,
    /// Leave host and reflexive candidates out (`iceTransportPolicy: relay`).
    pub relay_only: bool,
    /// `-4`, `-6`.
    pub families: Families,
    /// `--srv`: look for SRV records (RFC 5928).
    pub srv: bool,
    /// A certificate that ends in fewer days is a warning.
    pub min_days: i64,
    /// Ask for a relay of this family; browsers name none, which means IPv4.
    pub relay_family: Option<Family>,
}

/// What is asked of each server once, after all its endpoints are done.
#[derive(Debug, Clone, Default)]
pub struct Audits {
    /// What it can do beyond the necessary.
    pub capabilities: bool,
    /// How much each direction carries.
    pub throughput: Option<RampPlan>,
    /// The largest datagrams that pass.
    pub mtu: bool,
    /// How long these last.
    pub lifetimes: Vec<Lifetime>,
    /// What it lets strangers do.
    pub security: bool,
    /// Peers to send data to through the relay, as part of that.
    pub deliver: Vec<SocketAddr>,
    /// What lies between this machine and the servers.
    pub nat: Option<NatAudit>,
}

/// How thoroughly NATs are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NatAudit {
    /// Wait up to so long for a mapping to die; `None` leaves that out.
    pub lifetime: Option<Duration>,
}

impl Audits {
    /// The longest that one server's audits can take beyond what everything takes, lifetimes apart, and how long
    /// lifetimes take, of all servers at once.
    pub fn time(&self) -> (Duration, Duration) {
        let ramps = self.throughput.map_or(Duration::ZERO, |ramp| ramp.length * 2 + RAMPS_EXTRA);
        let mtu = if self.mtu { MTU_TIME } else { Duration::ZERO };
        let lifetimes = self.lifetimes.iter().map(|lifetime| lifetime.longest()).max();
        (ramps + mtu, lifetimes.unwrap_or_default())
    }
}

/// For a throughput test's own allocation, and for stragglers.
const RAMPS_EXTRA: Duration = Duration::from_secs(3);
/// Three rounds of sizes each way, each three sends.
const MTU_TIME: Duration = Duration::from_secs(15);

/// Something that a server grants for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Lifetime {
    /// Five minutes (RFC 8656 §9)
    Permission,
    /// Ten minutes (RFC 8656 §12)
    Channel,
    /// As granted; ten minutes are asked for
    Allocation,
}

impl Lifetime {
    /// All of them.
    pub const ALL: [Lifetime; 3] = [Lifetime::Permission, Lifetime::Channel, Lifetime::Allocation];
    /// How long past its time something is watched before it counts as lasting longer.
    pub const GRACE: Duration = Duration::from_secs(30);
    /// For setting up, and for proving at the end what ended.
    const AROUND: Duration = Duration::from_secs(20);

    /// What the RFC says; of an allocation, what is asked for.
    pub fn nominal(self) -> Duration {
        match self {
            Lifetime::Permission => Duration::from_secs(300),
            Lifetime::Channel | Lifetime::Allocation => Duration::from_secs(600),
        }
    }

    /// How long watching it takes at most, where the server grants what was asked for.
    pub fn longest(self) -> Duration {
        self.nominal() + Self::GRACE + Self::AROUND
    }
}

/// A kind of call, and what it needs of a relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Preset {
    /// 50 packets a second of 160 bytes, 64 kbit/s each way
    Audio,
    /// 260 packets a second of 1200 bytes, 2.5 Mbit/s each way
    Video,
}

impl Preset {
    /// Packets a second. Browsers have Opus send one each 20 ms.
    pub fn rate(self) -> u32 {
        match self {
            Preset::Audio => 50,
            Preset::Video => 260,
        }
    }

    /// Bytes of each, RTP header and SRTP tag included: 12 + 10 of 160 leave Opus 55 kbit/s. 2.5 Mbit/s
    /// is the most that libwebrtc gives a large picture by default, 1200 bytes the largest of its packets.
    pub fn size(self) -> u16 {
        match self {
            Preset::Audio => 160,
            Preset::Video => 1200,
        }
    }

    /// Payload a second, each way.
    pub fn needs_bps(self) -> u64 {
        u64::from(self.rate()) * u64::from(self.size()) * 8
    }

    /// What a good call stays within, as `--max` has it. ITU-T G.114 puts 150 ms one way as the most that disturbs
    /// nobody; 1 % and 30 ms are what networks for telephony are commonly built to.
    pub fn limits(self) -> [&'static str; 3] {
        match self {
            Preset::Audio => ["loss=1%", "rtt.p95=300ms", "jitter=30ms"],
            Preset::Video => ["loss=1%", "rtt.p95=300ms", "jitter=50ms"],
        }
    }
}
