//! What DNS said.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::Serialize;

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
