//! What a server can do beyond the necessary, as far as the ordinary steps show it.

use super::facts::{Capability, EndpointFacts};

/// The capabilities that an endpoint's facts speak of.
pub(super) fn of(facts: &EndpointFacts) -> Vec<Capability> {
    let mut capabilities = Vec::new();
    if let Some(binding) = facts.binding.as_ref().filter(|binding| binding.ok) {
        // RFC 5780 §7.4: a server that can answer from elsewhere says from where.
        let state = if binding.other_address.is_some() { "yes" } else { "no" };
        capabilities.push(Capability { name: "nat-behavior-discovery", state, code: None });
    }
    if let Some(allocate) = facts.allocate.as_ref().filter(|allocate| allocate.ok) {
        let state = if allocate.unauthenticated { "yes" } else { "no" };
        capabilities.push(Capability { name: "allocation-without-credentials", state, code: None });
    }
    capabilities
}
