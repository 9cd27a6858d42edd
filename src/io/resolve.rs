//! DNS with A and AAAA apart, by the system's own resolv.conf and hosts file.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use hickory_resolver::TokioResolver;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
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
                let answer = self.lookup(name, family).await;
                let addresses = answer.map(|records| records.iter().filter_map(address).collect());
                Found { took_ms: Some(milliseconds(start.elapsed())), addresses }
            }
        }
    }

    async fn lookup(&self, name: &str, family: Family) -> Result<Vec<RData>, ResolveError> {
        let (kind, record) = match family {
            Family::V4 => (RecordType::A, "A"),
            Family::V6 => (RecordType::AAAA, "AAAA"),
        };
        let failed = |kind, message| ResolveError { record, kind, message };
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
                match records.iter().any(|data| matches!(data, RData::A(_) | RData::AAAA(_))) {
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

fn address(data: &RData) -> Option<IpAddr> {
    match data {
        RData::A(a) => Some(IpAddr::V4(a.0)),
        RData::AAAA(aaaa) => Some(IpAddr::V6(aaaa.0)),
        _ => None,
    }
}
