//! DNS with A and AAAA apart, by the system's own resolv.conf and hosts file.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use hickory_resolver::TokioResolver;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{RData, RecordType};

use crate::ice::uri::Host;
use crate::measure::milliseconds;
use crate::probe::facts::{Resolve, ResolveError, ResolveErrorKind};

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

    /// All addresses of `host`, the IPv4 ones first, and what each query said.
    pub async fn addresses(&self, host: &Host) -> (Vec<IpAddr>, Resolve) {
        let name = match host {
            Host::Ip(ip) => {
                let mut resolve = Resolve::default();
                match ip {
                    IpAddr::V4(ip) => resolve.a.push(*ip),
                    IpAddr::V6(ip) => resolve.aaaa.push(*ip),
                }
                return (vec![*ip], resolve);
            }
            Host::Name(name) => name,
        };
        let start = Instant::now();
        let timed = async |kind| {
            let answer = self.lookup(name, kind).await;
            (answer, milliseconds(start.elapsed()))
        };
        let ((a, a_ms), (aaaa, aaaa_ms)) = tokio::join!(timed(RecordType::A), timed(RecordType::AAAA));
        let mut resolve = Resolve {
            took_ms: Some(milliseconds(start.elapsed())),
            a_ms: Some(a_ms),
            aaaa_ms: Some(aaaa_ms),
            ..Resolve::default()
        };
        for answer in [a, aaaa] {
            match answer {
                Err(error) => resolve.errors.push(error),
                Ok(records) => {
                    for record in records {
                        match record {
                            RData::A(a) => resolve.a.push(a.0),
                            RData::AAAA(aaaa) => resolve.aaaa.push(aaaa.0),
                            _ => {}
                        }
                    }
                }
            }
        }
        let v4 = resolve.a.iter().copied().map(IpAddr::V4);
        let v6 = resolve.aaaa.iter().copied().map(IpAddr::V6);
        (v4.chain(v6).collect(), resolve)
    }

    async fn lookup(&self, name: &str, kind: RecordType) -> Result<Vec<RData>, ResolveError> {
        let record = if kind == RecordType::A { "A" } else { "AAAA" };
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
