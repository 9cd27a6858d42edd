//! `--srv`: where DNS says that a target is (RFC 5928 for TURN, RFC 8489 §8.1 for STUN).

use std::time::Instant;

use crate::ice::uri::Host;
use crate::io::resolve::Resolver;
use crate::measure::milliseconds;
use crate::probe::facts::{Naptr, ResolveError, Srv};
use crate::probe::plan::{Attempt, Locate, Place, Target, Transport};

/// NAPTR records that lead to NAPTR records are followed so far.
const MOST_NAPTR: usize = 4;
/// SRV records that are tried; a zone may hold any number.
const MOST_SRV: usize = 32;

/// What the lookups gave.
#[derive(Debug, Default)]
pub(super) struct Located {
    pub(super) places: Vec<Place>,
    pub(super) took_ms: Option<f64>,
    pub(super) naptr: Vec<Naptr>,
    pub(super) srv: Vec<Srv>,
    pub(super) errors: Vec<ResolveError>,
    pub(super) notes: Vec<String>,
}

/// The places of each host, in their order.
pub(super) fn by_host(places: Vec<Place>) -> Vec<(Host, Vec<Attempt>)> {
    let mut hosts: Vec<(Host, Vec<Attempt>)> = Vec::new();
    for Place { host, attempt } in places {
        match hosts.iter_mut().find(|(known, _)| *known == host) {
            Some((_, attempts)) => attempts.push(attempt),
            None => hosts.push((host, vec![attempt])),
        }
    }
    hosts
}

/// Where the target's transports are: by its NAPTR and SRV records, else at its host and the usual ports.
pub(super) async fn locate(resolver: &Resolver, target: &Target) -> Located {
    let mut located = Located::default();
    let host = match (&target.host, target.locate) {
        (Host::Name(host), Locate::Any | Locate::Named) => host.trim_end_matches('.').to_owned(),
        (host, why) => {
            let why = match why {
                Locate::HasPort => "the URI names a port, and SRV records would give another",
                _ => "it is an address, and addresses have no SRV records",
            };
            located.notes.push(format!("{host}: no SRV record was asked for: {why} (RFC 5928 §3)"));
            located.places = target.places();
            return located;
        }
    };
    let start = Instant::now();
    // What NAPTR leads to comes before what the names alone would give; STUN has no NAPTR.
    if target.turn && target.locate == Locate::Any {
        located.follow_naptr(resolver, target, &host).await;
    }
    if located.places.is_empty() {
        for attempt in &target.attempts {
            let name = format!("{}.{host}", service(target.turn, attempt.transport));
            located.look_up(resolver, &name, *attempt).await;
        }
    }
    located.took_ms = Some(milliseconds(start.elapsed()));
    located.fall_back(target, &host);
    located
}

impl Located {
    /// Transports that no record leads to: at the host itself where none has a record, or where this one was asked
    /// for by name.
    fn fall_back(&mut self, target: &Target, host: &str) {
        let any = !self.places.is_empty();
        for attempt in &target.attempts {
            let transport = attempt.transport;
            let denied = self.srv.iter().any(|srv| srv.transport == transport && srv.target == ".");
            if denied {
                self.notes.push(format!(
                    "{host}: an SRV record says that there is no service over {} (RFC 2782)",
                    transport.name()
                ));
                continue;
            }
            if self.places.iter().any(|place| place.attempt.transport == transport) {
                continue;
            }
            // RFC 5928 §3: where the URI leaves it open, the records decide over what the server is reached.
            if any && target.locate == Locate::Any && !attempt.required {
                self.notes.push(format!("{host}: no record offers {}, so it is not tried", transport.name()));
                continue;
            }
            let name = service(target.turn, transport);
            self.notes.push(format!(
                "{host}: there is no SRV record {name}.{host}: its own addresses and port {} are tried",
                attempt.port
            ));
            self.places.push(Place { host: target.host.clone(), attempt: *attempt });
        }
    }

    /// RFC 5928 §3: S-NAPTR with the application service RELAY.
    async fn follow_naptr(&mut self, resolver: &Resolver, target: &Target, host: &str) {
        let mut names = vec![host.to_owned()];
        let mut asked = 0;
        while let Some(name) = names.pop() {
            if asked == MOST_NAPTR {
                self.notes.push(format!("{host}: its NAPTR records lead on and on"));
                return;
            }
            asked += 1;
            let records = match resolver.naptr(&name).await {
                Ok(records) => records,
                Err(error) => return self.errors.push(error),
            };
            let mut records: Vec<Naptr> = records
                .iter()
                .map(|record| Naptr {
                    name: name.clone(),
                    order: record.order,
                    preference: record.preference,
                    flags: String::from_utf8_lossy(&record.flags).to_ascii_uppercase(),
                    service: String::from_utf8_lossy(&record.services).into_owned(),
                    replacement: record.replacement.to_utf8().trim_end_matches('.').to_owned(),
                })
                .collect();
            records.sort_by_key(|record| (record.order, record.preference));
            for record in records.into_iter().take(MOST_SRV) {
                let wanted: Vec<Attempt> = target
                    .attempts
                    .iter()
                    .filter(|attempt| offers(&record.service, attempt.transport))
                    .copied()
                    .collect();
                if wanted.is_empty() {
                    continue;
                }
                self.naptr.push(record.clone());
                match record.flags.as_str() {
                    "S" => {
                        for attempt in wanted {
                            self.look_up(resolver, &record.replacement, attempt).await;
                        }
                    }
                    "A" => self.places.extend(
                        wanted
                            .into_iter()
                            .map(|attempt| Place { host: Host::Name(record.replacement.clone()), attempt }),
                    ),
                    "" => names.push(record.replacement),
                    _ => {}
                }
            }
        }
    }

    async fn look_up(&mut self, resolver: &Resolver, name: &str, attempt: Attempt) {
        let mut records = match resolver.srv(name).await {
            Ok(records) => records,
            Err(error) => return self.errors.push(error),
        };
        records.sort_by_key(|record| (record.priority, std::cmp::Reverse(record.weight)));
        for record in records {
            if self.srv.len() == MOST_SRV {
                self.notes.push(format!("{name}: more SRV records than {MOST_SRV}: the rest is not tried"));
                return;
            }
            let target = match record.target.to_utf8() {
                root if root == "." => root,
                name => name.trim_end_matches('.').to_owned(),
            };
            self.srv.push(Srv {
                name: name.to_owned(),
                transport: attempt.transport,
                priority: record.priority,
                weight: record.weight,
                target: target.clone(),
                port: record.port,
                addresses: Vec::new(),
            });
            if target != "." {
                let attempt = Attempt { port: record.port, ..attempt };
                self.places.push(Place { host: Host::Name(target), attempt });
            }
        }
    }
}

/// RFC 5928 §3 and RFC 8489 §8.1; RFC 7350 adds DTLS.
fn service(turn: bool, transport: Transport) -> &'static str {
    match (turn, transport) {
        (true, Transport::Udp) => "_turn._udp",
        (true, Transport::Tcp) => "_turn._tcp",
        (true, Transport::Tls) => "_turns._tcp",
        (true, Transport::Dtls) => "_turns._udp",
        (false, Transport::Udp) => "_stun._udp",
        (false, Transport::Tcp) => "_stun._tcp",
        (false, Transport::Tls) => "_stuns._tcp",
        (false, Transport::Dtls) => "_stuns._udp",
    }
}

/// Whether an S-NAPTR service such as `RELAY:turn.udp:turn.tcp` is for this transport. Without a protocol it is
/// for none: a client cannot tell what to speak.
fn offers(service: &str, transport: Transport) -> bool {
    let mut parts = service.split(':');
    let application = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("RELAY"));
    let protocol = format!("turn.{}", transport.name());
    application && parts.any(|part| part.eq_ignore_ascii_case(&protocol))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_naptr_service_names_its_protocols() {
        assert!(offers("RELAY:turn.udp", Transport::Udp));
        assert!(offers("relay:turn.tcp:turn.tls", Transport::Tls));
        assert!(!offers("RELAY:turn.udp", Transport::Tcp));
        assert!(!offers("SIP:turn.udp", Transport::Udp));
        assert!(!offers("RELAY", Transport::Udp));
    }
}
