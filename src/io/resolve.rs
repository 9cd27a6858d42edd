//! DNS with A and AAAA apart, SRV and NAPTR, by the system's own resolv.conf and hosts file.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use hickory_resolver::TokioResolver;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::rdata::{NAPTR, SRV};
use hickory_resolver::proto::rr::{RData, RecordType};

use crate::ice::uri::Host;
use crate::measure::milliseconds;
use crate::probe::facts::{ResolveError, ResolveErrorKind};

/// Which addresses are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// A records.
    V4,
    /// AAAA records.
    V6,
}

/// What one query came to.
#[derive(Debug)]
pub struct Found {
    /// `None` where the host is a literal address.
    pub took_ms: Option<f64>,
    /// None of them for a literal of the other family.
    pub addresses: Result<Vec<IpAddr>, ResolveError>,
}

/// The system's resolver.
#[derive(Debug)]
pub struct Resolver {
    system: Result<TokioResolver, NetError>,
    timeout: Duration,
}

impl Resolver {
    /// Reads the system's configuration; where that fails, each name says so.
    pub fn from_system(timeout: Duration) -> Self {
        let system = TokioResolver::builder_tokio().and_then(|mut builder| {
            let options = builder.options_mut();
            // Several sends within the time a step is given; the outer limit is ours.
            options.timeout = (timeout / 3).max(Duration::from_millis(100));
            options.attempts = 2;
            builder.build()
        });
        Self { system, timeout }
    }

    /// The addresses of `host` in one family, as soon as they are known.
    pub async fn family(&self, host: &Host, family: Family) -> Found {
        match (host, family) {
            (Host::Ip(ip), _) => {
                let wanted = ip.is_ipv4() == (family == Family::V4);
                Found { took_ms: None, addresses: Ok(Vec::from_iter(wanted.then_some(*ip))) }
            }
            (Host::Name(name), family) => {
                let start = Instant::now();
                let answer = match family {
                    Family::V4 => self.lookup(name, RecordType::A, "A").await,
                    Family::V6 => self.lookup(name, RecordType::AAAA, "AAAA").await,
                };
                let addresses = answer.map(|records| records.iter().filter_map(address).collect());
                Found { took_ms: Some(milliseconds(start.elapsed())), addresses }
            }
        }
    }

    /// The SRV records of a name; none where it has none, or does not exist.
    ///
    /// # Errors
    /// The query failed.
    pub async fn srv(&self, name: &str) -> Result<Vec<SRV>, ResolveError> {
        let records = absent_is_empty(self.lookup(name, RecordType::SRV, "SRV").await)?;
        let srv = |data: RData| match data {
            RData::SRV(srv) => Some(srv),
            _ => None,
        };
        Ok(records.into_iter().filter_map(srv).collect())
    }

    /// As [`srv`](Self::srv), of NAPTR records.
    ///
    /// # Errors
    /// The query failed.
    pub async fn naptr(&self, name: &str) -> Result<Vec<NAPTR>, ResolveError> {
        let records = absent_is_empty(self.lookup(name, RecordType::NAPTR, "NAPTR").await)?;
        let naptr = |data: RData| match data {
            RData::NAPTR(naptr) => Some(naptr),
            _ => None,
        };
        Ok(records.into_iter().filter_map(naptr).collect())
    }

    async fn lookup(
        &self,
        name: &str,
        kind: RecordType,
        record: &'static str,
    ) -> Result<Vec<RData>, ResolveError> {
        let failed = |kind, message| ResolveError { record, name: name.to_owned(), kind, message };
        let resolver = self
            .system
            .as_ref()
            .map_err(|error| failed(ResolveErrorKind::Failed, format!("no usable resolver: {error}")))?;
        let timeout = || {
            let message = format!("no resolver answered within {} s", self.timeout.as_secs_f64());
            failed(ResolveErrorKind::Timeout, message)
        };
        match tokio::time::timeout(self.timeout, resolver.lookup(name, kind)).await {
            Err(_) | Ok(Err(NetError::Timeout)) => Err(timeout()),
            Ok(Ok(lookup)) => {
                let records: Vec<RData> = lookup.answers().iter().map(|record| record.data.clone()).collect();
                match records.iter().any(|data| data.record_type() == kind) {
                    true => Ok(records),
                    false => {
                        Err(failed(ResolveErrorKind::Nodata, format!("the name has no {record} record")))
                    }
                }
            }
            Ok(Err(NetError::Dns(DnsError::NoRecordsFound(none)))) => match none.response_code {
                ResponseCode::NXDomain => {
                    Err(failed(ResolveErrorKind::Nxdomain, "the name does not exist".to_owned()))
                }
                ResponseCode::NoError => {
                    Err(failed(ResolveErrorKind::Nodata, format!("the name has no {record} record")))
                }
                code => Err(failed(ResolveErrorKind::Failed, format!("the resolver answered {code}"))),
            },
            Ok(Err(NetError::Dns(DnsError::ResponseCode(code)))) => {
                Err(failed(ResolveErrorKind::Failed, format!("the resolver answered {code}")))
            }
            Ok(Err(NetError::NoConnections)) => {
                Err(failed(ResolveErrorKind::Failed, "the system's resolver cannot be reached".to_owned()))
            }
            Ok(Err(error)) => Err(failed(ResolveErrorKind::Failed, error.to_string())),
        }
    }
}

fn absent_is_empty(answer: Result<Vec<RData>, ResolveError>) -> Result<Vec<RData>, ResolveError> {
    match answer {
        Err(error) if matches!(error.kind, ResolveErrorKind::Nxdomain | ResolveErrorKind::Nodata) => {
            Ok(Vec::new())
        }
        answer => answer,
    }
}

fn address(data: &RData) -> Option<IpAddr> {
    match data {
        RData::A(a) => Some(IpAddr::V4(a.0)),
        RData::AAAA(aaaa) => Some(IpAddr::V6(aaaa.0)),
        _ => None,
    }
}
