//! Servers that offer RFC 5780 and cannot do it: the question what NAT there is stays open. Nothing else needs it, so
//! that it is for information: a server with one address relays as well as any.

use crate::finding::{Confidence, Finding, Location};
use crate::nat::{NatFacts, OtherAddress, ServerFacts};
use crate::probe::codes;
use crate::probe::facts::{EndpointFacts, TargetFacts};
use crate::probe::plan::Transport;

/// A finding for each server whose OTHER-ADDRESS is of no use where no other server told, and the target it is of.
pub fn other_addresses(nat: &[NatFacts], targets: &[TargetFacts]) -> Vec<(usize, Finding)> {
    let open = nat.iter().filter(|facts| !facts.filtering.is_told());
    open.flat_map(|facts| &facts.servers).filter_map(|server| of(server, targets)).collect()
}

fn of(server: &ServerFacts, targets: &[TargetFacts]) -> Option<(usize, Finding)> {
    let other = server.other_address?;
    let reason = server.reason.clone().unwrap_or_default();
    let (confidence, message) = match server.state {
        OtherAddress::Unusable => (
            Confidence::High,
            format!("the server names {other} as its second address, which is of no use: {reason}"),
        ),
        OtherAddress::Silent => (
            Confidence::Medium,
            format!("{other}, which the server names as its second address, does not answer"),
        ),
        OtherAddress::Answers | OtherAddress::Absent | OtherAddress::Unknown => return None,
    };
    let here = |e: &&EndpointFacts| e.transport == Transport::Udp && e.addr == server.addr;
    let (at, endpoint) = targets
        .iter()
        .enumerate()
        .find_map(|(at, target)| Some((at, target.endpoints.iter().find(here)?)))?;
    let software = endpoint.binding.as_ref().and_then(|binding| binding.software.as_deref());
    let mut finding = codes::OTHER_ADDR_INVALID
        .finding("nat", targets[at].uri.clone())
        .at(Location::Endpoint { endpoint: server.addr.to_string(), transport: Transport::Udp.name() })
        .confidence(confidence)
        .message(message)
        .evidence("other_address", other.to_string())
        .evidence("reason", reason)
        .help(
            "give coturn a second `listening-ip` of the same family that clients reach (behind a NAT an \
             `external-ip=PUBLIC/PRIVATE` for each), and let UDP through to both on `listening-port` and \
             `alt-listening-port`",
        );
    if let Some(origin) = server.response_origin {
        finding = finding.evidence("response_origin", origin.to_string());
    }
    super::hint::for_server(&mut finding, software);
    Some((at, finding))
}
