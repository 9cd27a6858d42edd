//! What a server can do beyond the necessary, as far as the ordinary steps show it.

use super::facts::{Capability, EndpointFacts};

/// The capabilities that an endpoint's facts speak of.
pub(super) fn of(facts: &EndpointFacts) -> Vec<Capability> {
    let mut capabilities = Vec::new();
    if let Some(binding) = facts.binding.as_ref().filter(|binding| binding.ok) {
        // RFC 5780 §7.4: another address of the server. One that differs in the port alone, as coturn with
        // an IPv4 and an IPv6 address sends, or that nobody can reach, proves nothing.
        let state = match binding.other_address {
            None => "no",
            Some(other) if other.ip() == facts.addr.ip() => "unusable",
            Some(_) => "yes",
        };
        capabilities.push(Capability { name: "nat-behavior-discovery", state, code: None });
    }
    if let Some(allocate) = facts.allocate.as_ref().filter(|allocate| allocate.ok) {
        let state = if allocate.unauthenticated { "yes" } else { "no" };
        capabilities.push(Capability { name: "allocation-without-credentials", state, code: None });
    }
    capabilities
}
