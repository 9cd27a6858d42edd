//! What no endpoint tells alone: servers that differ behind one address, room for one allocation and not for the next,
//! an address record that leads nowhere.

use std::net::{IpAddr, SocketAddr};

use super::hint;
use crate::finding::{Confidence, Finding, Location, Rule, Severity};
use crate::ice::uri::Host;
use crate::probe::codes::{
    AUTH_WRONG, CAPACITY, ICMP_PROHIBITED, QUOTA, REST_SECRET_MISMATCH, SERVERS_DIFFER, TCP_TIMEOUT,
    UDP_TIMEOUT,
};
use crate::probe::facts::{CrowdedFacts, EndpointFacts, TargetFacts};
use crate::probe::plan::Target;

/// Looks at all endpoints together, and adds to the findings of each, or corrects them. `plan` has the targets in the
/// same order.
pub fn together(targets: &mut [TargetFacts], plan: &[Target], now_unix: u64) {
    differing(targets, plan, now_unix);
    crowded(targets);
    for (facts, target) in targets.iter_mut().zip(plan) {
        dead_record(facts, target);
    }
}

/// A finding about one of the endpoints, as [`endpoint`](super::endpoint) makes them.
fn finding(rule: &'static Rule, stage: &'static str, uri: &str, facts: &EndpointFacts) -> Finding {
    rule.finding(stage, uri)
        .at(Location::Endpoint { endpoint: facts.addr.to_string(), transport: facts.transport.name() })
}

fn push(facts: &mut EndpointFacts, mut finding: Finding) {
    let binding = facts.binding.as_ref().and_then(|binding| binding.software.as_deref());
    let software = binding.or(facts.allocate.as_ref().and_then(|allocate| allocate.software.as_deref()));
    hint::for_server(&mut finding, software);
    facts.findings.push(finding);
    facts.findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
}

/// The same credentials taken and refused at one address.
fn differing(targets: &mut [TargetFacts], plan: &[Target], now_unix: u64) {
    let expired = |target: &Target| target.knowledge.rest_expiry.is_some_and(|expiry| expiry <= now_unix);
    let mut seen: Vec<(usize, usize, String)> = Vec::new();
    for (at, (facts, target)) in targets.iter().zip(plan).enumerate() {
        if target.credentials.is_none() || expired(target) {
            continue;
        }
        for (place, endpoint) in facts.endpoints.iter().enumerate().filter(|(_, e)| refused(e)) {
            let ip = endpoint.server().ip();
            let alike = targets.iter().zip(plan).filter(|(_, other)| other.credentials == target.credentials);
            let takers = alike.flat_map(|(facts, _)| &facts.endpoints);
            let takers = takers.filter(|taker| taker.server().ip() == ip && taken(taker));
            let mut takers: Vec<&str> = takers.map(|taker| taker.transport.name()).collect();
            takers.dedup();
            if !takers.is_empty() {
                seen.push((at, place, takers.join(" and ")));
            }
        }
    }
    for (at, place, takers) in seen {
        let facts = &mut targets[at];
        let endpoint = &mut facts.endpoints[place];
        // Neither the user nor the password is what is wrong.
        endpoint.findings.retain(|f| f.code != AUTH_WRONG.code && f.code != REST_SECRET_MISMATCH.code);
        let here = endpoint.transport.name();
        let how = if takers == here {
            format!("over {here} once and refuses them (401) another time")
        } else {
            format!("over {takers} and refuses them (401) over {here}")
        };
        let finding = finding(&SERVERS_DIFFER, "allocate", &facts.uri, endpoint)
            .confidence(Confidence::Medium)
            .message(format!(
                "{} takes these credentials {how}: more than one server answers there, and they do not know the same users",
                endpoint.server().ip()
            ))
            .evidence("taken_over", takers)
            .evidence("refused_over", here)
            .evidence("doubt", "one server whose user database fails at times shows the same")
            .help(
                "look for a second server on the same port (`ss -lntup | grep 3478` on the machine: a package's service \
                 and a container can share it), or for a load balancer over servers that differ: all need the same \
                 `realm=`, and the same `user=` or `static-auth-secret=`",
            );
        push(endpoint, finding);
    }
}

/// The server took the credentials here: quotas and ports are looked at after them.
fn taken(facts: &EndpointFacts) -> bool {
    let allocate = facts.allocate.as_ref().is_some_and(|allocate| {
        let signed = allocate.attempts.iter().any(|leg| leg.authenticated);
        signed && (allocate.ok || matches!(allocate.code, Some(486 | 508)))
    });
    allocate || facts.asked_again.is_some_and(|again| again.accepted > 0)
}

fn refused(facts: &EndpointFacts) -> bool {
    let first = facts.allocate.as_ref().is_some_and(|allocate| {
        allocate.code == Some(401) && allocate.attempts.iter().any(|leg| leg.authenticated)
    });
    first || facts.relay.loop_allocation_code == Some(401)
}

/// A session beside the one that replaces it, or a second URL: no user gets along with less.
const LEAST_ALLOCATIONS: usize = 2;

/// A server that had no room for the next allocation. Relay ports are everybody's, and a call has two ends: this run asks
/// for no more than these would. A quota is one user's, and may well be less than this run asks for; it is too small where
/// it ends before one client has what it makes.
fn crowded(targets: &mut [TargetFacts]) {
    let asked = |facts: &&EndpointFacts| facts.required && facts.allocate.is_some();
    let all = || targets.iter().flat_map(|target| &target.endpoints);
    let mut servers: Vec<(IpAddr, usize)> = Vec::new();
    for endpoint in all().filter(asked) {
        let ip = endpoint.server().ip();
        match servers.iter_mut().find(|(known, _)| *known == ip) {
            Some((_, count)) => *count += 1,
            None => servers.push((ip, 1)),
        }
    }
    for target in targets {
        for endpoint in &mut target.endpoints {
            let ip = endpoint.server().ip();
            let count = servers.iter().find(|(known, _)| *known == ip).map_or(0, |(_, count)| *count);
            let needs = count.max(LEAST_ALLOCATIONS);
            // One that got no relay at all has an error of its own.
            let granted = endpoint.allocate.as_ref().is_some_and(|allocate| allocate.ok);
            let room = |crowded: &CrowdedFacts| crowded.code == 486 && crowded.beside >= needs;
            if let Some(crowded) = endpoint.crowded.filter(|crowded| granted && !room(crowded)) {
                let finding = too_little_room(crowded, &target.uri, endpoint);
                push(endpoint, finding);
            }
        }
    }
}

fn too_little_room(crowded: CrowdedFacts, uri: &str, endpoint: &EndpointFacts) -> Finding {
    let CrowdedFacts { code, beside } = crowded;
    let (rule, what, help) = match code {
        486 => (&QUOTA, "the quota", "raise `user-quota`, `total-quota` or `bps-capacity`"),
        _ => (
            &CAPACITY,
            "the relay ports",
            "widen `min-port` to `max-port` (each allocation takes a port, and coturn gives it back only some time \
             after its release)",
        ),
    };
    finding(rule, "allocate", uri, endpoint)
        .severity(Severity::Warning)
        .message(match beside {
            0 => format!("the server refused an allocation first ({code}), and gave one when it was asked again"),
            1 => format!("{what} of the server ended after one allocation of this run: the next was refused ({code})"),
            more => {
                format!("{what} of the server ended after {more} allocations of this run: the next was refused ({code})")
            }
        })
        .evidence("code", code)
        .evidence("beside", beside)
        .help(format!(
            "{help}: a browser makes one allocation for each URL, transport and address family, two callers two, and \
             one that reconnects holds the old one for a while"
        ))
}

/// A family of addresses where nothing answers, while the name's other one does.
fn dead_record(facts: &mut TargetFacts, target: &Target) {
    let Host::Name(name) = &target.host else { return };
    let ways: Vec<(SocketAddr, bool)> = facts.endpoints.iter().map(|e| (e.addr, answered(e))).collect();
    for endpoint in &mut facts.endpoints {
        let (ip, port) = (endpoint.addr.ip(), endpoint.addr.port());
        let alive = ways.iter().any(|(addr, answered)| addr.ip() == ip && *answered);
        let mut others = ways.iter().filter(|(addr, answered)| addr.is_ipv4() != ip.is_ipv4() && *answered);
        let Some((other, _)) = others.find(|(addr, _)| addr.port() == port).filter(|_| !alive) else {
            continue;
        };
        let (record, family) = if ip.is_ipv4() { ("A", "IPv4") } else { ("AAAA", "IPv6") };
        for finding in &mut endpoint.findings {
            if ![UDP_TIMEOUT.code, TCP_TIMEOUT.code, ICMP_PROHIBITED.code].contains(&finding.code) {
                continue;
            }
            finding.evidence.insert("other_family_answers".to_owned(), other.to_string().into());
            finding.help = format!(
                "the {record} record of {name} points at {ip}, where nothing answers, while {} does: correct or withdraw \
                 the record; if the address is right, let the server listen there (`listening-ip`) and {family} \
                 through the firewalls on the way",
                other.ip()
            );
        }
    }
}

fn answered(facts: &EndpointFacts) -> bool {
    facts.binding.as_ref().is_some_and(|binding| binding.received > 0)
        || facts.allocate.as_ref().is_some_and(|allocate| allocate.attempts.iter().any(|leg| leg.answered))
}
