//! What DNS said.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::Serialize;

use crate::probe::plan::Transport;

/// What DNS said, each family apart.
#[derive(Debug, Clone, Default, Serialize, schemars::JsonSchema)]
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
    /// NAPTR and SRV queries together; `null` where none was made.
    pub srv_ms: Option<f64>,
    /// NAPTR records that lead on (RFC 5928).
    pub naptr: Vec<Naptr>,
    /// SRV records, in the order in which clients take them.
    pub srv: Vec<Srv>,
    /// What `--srv` did not ask for or did not find, in words.
    pub srv_notes: Vec<String>,
}

/// A NAPTR record (RFC 3403) that a TURN client follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Naptr {
    /// Whose.
    pub name: String,
    /// The lowest comes first.
    pub order: u16,
    /// Among those of the same order.
    pub preference: u16,
    /// `S` leads to SRV records, `A` to addresses, none to further NAPTR records.
    pub flags: String,
    /// E.g. `RELAY:turn.udp`.
    pub service: String,
    /// Where it leads.
    pub replacement: String,
}

/// An SRV record (RFC 2782).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Srv {
    /// E.g. `_turn._udp.example.org`.
    pub name: String,
    /// Which transport it is for.
    pub transport: Transport,
    /// The lowest comes first.
    pub priority: u16,
    /// The share among those of the same priority.
    pub weight: u16,
    /// The server; `.` says that there is none.
    pub target: String,
    /// Its port.
    pub port: u16,
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
}

impl Resolve {
    /// Takes what one query for the addresses of `host` came to.
    pub fn take(
        &mut self,
        host: &str,
        v4: bool,
        took_ms: Option<f64>,
        addresses: Result<Vec<IpAddr>, ResolveError>,
    ) {
        let family_ms = if v4 { &mut self.a_ms } else { &mut self.aaaa_ms };
        *family_ms = [*family_ms, took_ms].into_iter().flatten().reduce(f64::max);
        if let Ok(addresses) = &addresses {
            for srv in self.srv.iter_mut().filter(|srv| srv.target == host) {
                srv.addresses.extend(addresses);
            }
        }
        self.took_ms = self.took_ms.into_iter().chain(took_ms).reduce(f64::max);
        match addresses {
            Err(error) => self.errors.push(error),
            Ok(addresses) => {
                for address in addresses {
                    match address {
                        IpAddr::V4(ip) if !self.a.contains(&ip) => self.a.push(ip),
                        IpAddr::V6(ip) if !self.aaaa.contains(&ip) => self.aaaa.push(ip),
                        _ => {}
                    }
                }
            }
        }
    }
}

/// A query without an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct ResolveError {
    /// `A`, `AAAA`, `SRV` or `NAPTR`.
    pub record: &'static str,
    /// Of which name.
    pub name: String,
    /// What came instead.
    pub kind: ResolveErrorKind,
    /// In words.
    pub message: String,
}

/// Why a query gave no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
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
