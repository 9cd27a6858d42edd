//! The names of RFC 3489 §5 beside those of RFC 4787, and what a behaviour means for a call.

use serde::Serialize;

use super::Behavior::{
    self, AddressAndPortDependent, AddressDependent, DestinationDependent, EndpointIndependent, Inconclusive,
};

/// The old name. `translated` says whether there is a NAT; where it is unknown, or too little else is, there is none.
pub fn kind(translated: Option<bool>, mapping: Behavior, filtering: Behavior) -> Option<&'static str> {
    match (translated?, mapping, filtering) {
        (_, Inconclusive, _) => None,
        (_, mapping, _) if mapping != EndpointIndependent => Some("symmetric NAT"),
        (_, _, Inconclusive) => None,
        (false, _, EndpointIndependent) => Some("open internet"),
        (false, _, AddressDependent) => Some("address-restricted UDP firewall"),
        (false, _, _) => Some("symmetric UDP firewall"),
        (true, _, EndpointIndependent) => Some("full cone NAT"),
        (true, _, AddressDependent) => Some("restricted cone NAT"),
        (true, _, _) => Some("port-restricted cone NAT"),
    }
}

/// A kind of peer, and whether a call with it needs a relay on either side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Peer {
    /// What is before it, by the old name.
    pub kind: &'static str,
    /// A relay is needed; `null` where that depends on what could not be told.
    pub needs_turn: Option<bool>,
    #[serde(skip)]
    phrase: &'static str,
}

/// The peers that there are: by name, in a sentence, and as what they do.
const PEERS: [(&str, &str, (Behavior, Behavior)); 6] = [
    ("open internet", "no NAT", (EndpointIndependent, EndpointIndependent)),
    ("full cone NAT", "a full cone NAT", (EndpointIndependent, EndpointIndependent)),
    ("restricted cone NAT", "a restricted cone NAT", (EndpointIndependent, AddressDependent)),
    (
        "port-restricted cone NAT",
        "a port-restricted cone NAT (most homes)",
        (EndpointIndependent, AddressAndPortDependent),
    ),
    ("symmetric UDP firewall", "a symmetric UDP firewall", (EndpointIndependent, AddressAndPortDependent)),
    ("symmetric NAT", "a symmetric NAT", (AddressAndPortDependent, AddressAndPortDependent)),
];

/// Which peers a call needs a relay with; none where the mapping is not known.
pub fn peers(mapping: Behavior, filtering: Behavior) -> Vec<Peer> {
    let mappings: &[Behavior] = match mapping {
        Inconclusive => return Vec::new(),
        DestinationDependent => &[AddressDependent, AddressAndPortDependent],
        ref told => std::slice::from_ref(told),
    };
    let filters: &[Behavior] = match filtering {
        Inconclusive | DestinationDependent => {
            &[EndpointIndependent, AddressDependent, AddressAndPortDependent]
        }
        ref told => std::slice::from_ref(told),
    };
    let needs = |theirs| {
        let mut all = mappings.iter().flat_map(|m| filters.iter().map(|f| !direct((*m, *f), theirs)));
        let first = all.next()?;
        all.all(|needs| needs == first).then_some(first)
    };
    PEERS.iter().map(|(kind, phrase, theirs)| Peer { kind, needs_turn: needs(*theirs), phrase }).collect()
}

/// Whether two sides that know each other's reflexive address get through without a relay, by ICE.
///
/// It takes one side that the other's packets reach at its reflexive address, which only a mapping for all
/// destinations is good for; a filter then lets in whom that side writes to, by address, or by address and port as
/// far as it knows the port that the other side's packets really come from. Beyond that, two mappings that depend on
/// the address do where hardly anything is filtered.
pub(super) fn direct(ours: (Behavior, Behavior), theirs: (Behavior, Behavior)) -> bool {
    let reached = |(mapping, filtering), from: Behavior| {
        mapping == EndpointIndependent
            && (filtering != AddressAndPortDependent || from == EndpointIndependent)
    };
    let loose = match (ours.1, theirs.1) {
        (EndpointIndependent, other) | (other, EndpointIndependent) => other != AddressAndPortDependent,
        _ => false,
    };
    let by_address = ours.0 == AddressDependent || theirs.0 == AddressDependent;
    reached(ours, theirs.0) || reached(theirs, ours.0) || (loose && by_address)
}

/// What it means for a call, in words; empty where too little is known.
pub fn calls(peers: &[Peer], hairpins: Option<bool>) -> Vec<String> {
    let behind = |needs| {
        let some = peers.iter().filter(|peer| peer.needs_turn == needs).map(|peer| peer.phrase);
        let some: Vec<_> = some.collect();
        match some.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
            _ => some.concat(),
        }
    };
    let (relayed, direct, open) = (behind(Some(true)), behind(Some(false)), behind(None));
    let mut said = Vec::new();
    if !relayed.is_empty() {
        said.push(format!("TURN is needed with a peer behind {relayed}"));
    }
    match (direct.is_empty(), relayed.is_empty() && open.is_empty()) {
        (true, _) => {}
        (false, true) => said
            .push("direct calls work with every peer; this side needs no TURN where UDP gets out".to_owned()),
        (false, false) => said.push(format!("direct calls work with a peer behind {direct}")),
    }
    if !open.is_empty() {
        said.push(format!("with a peer behind {open}, it depends on what could not be told here"));
    }
    if hairpins == Some(false) && !peers.is_empty() {
        said.push(
            "two callers behind this NAT reach each other by their local addresses alone; where those are hidden or \
             kept apart (mDNS names, client isolation), they need TURN"
                .to_owned(),
        );
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_names_are_those_of_rfc_3489() {
        let named = |nat, mapping, filtering| kind(Some(nat), mapping, filtering).unwrap_or("none");
        assert_eq!(named(true, EndpointIndependent, EndpointIndependent), "full cone NAT");
        assert_eq!(named(true, EndpointIndependent, AddressDependent), "restricted cone NAT");
        assert_eq!(named(true, EndpointIndependent, AddressAndPortDependent), "port-restricted cone NAT");
        assert_eq!(named(true, AddressDependent, AddressDependent), "symmetric NAT");
        assert_eq!(named(true, DestinationDependent, Inconclusive), "symmetric NAT");
        assert_eq!(named(true, EndpointIndependent, Inconclusive), "none");
        assert_eq!(named(true, Inconclusive, EndpointIndependent), "none");
        assert_eq!(named(false, EndpointIndependent, EndpointIndependent), "open internet");
        assert_eq!(named(false, EndpointIndependent, AddressAndPortDependent), "symmetric UDP firewall");
        assert_eq!(kind(None, EndpointIndependent, EndpointIndependent), None);
    }

    #[test]
    fn a_relay_is_needed_where_the_textbooks_say_so() {
        let open = (EndpointIndependent, EndpointIndependent);
        let restricted = (EndpointIndependent, AddressDependent);
        let port_restricted = (EndpointIndependent, AddressAndPortDependent);
        let symmetric = (AddressAndPortDependent, AddressAndPortDependent);
        for other in [open, restricted, port_restricted, symmetric] {
            assert!(direct(open, other) && direct(restricted, other), "{other:?}");
            assert_eq!(direct(symmetric, other), other == open || other == restricted, "{other:?}");
            assert_eq!(direct(port_restricted, other), other != symmetric, "{other:?}");
            assert_eq!(direct(port_restricted, other), direct(other, port_restricted));
        }
    }

    fn said(mapping: Behavior, filtering: Behavior, hairpins: Option<bool>) -> Vec<String> {
        calls(&peers(mapping, filtering), hairpins)
    }

    #[test]
    fn nothing_is_said_of_calls_where_nothing_is_known() {
        assert!(said(Inconclusive, EndpointIndependent, Some(false)).is_empty());
        let open = said(EndpointIndependent, Inconclusive, None);
        assert!(open[1].starts_with("with a peer behind a symmetric NAT, it depends"), "{open:?}");
        assert_eq!(said(EndpointIndependent, EndpointIndependent, None).len(), 1);
    }

    #[test]
    fn the_peers_that_need_a_relay_are_named() {
        let home = said(EndpointIndependent, AddressAndPortDependent, Some(false));
        assert_eq!(home[0], "TURN is needed with a peer behind a symmetric NAT");
        assert_eq!(home.len(), 3, "{home:?}");
        let symmetric = said(DestinationDependent, Inconclusive, None);
        assert!(
            symmetric[0].contains("most homes") && symmetric[0].contains("a symmetric NAT"),
            "{symmetric:?}"
        );
        assert!(symmetric[1].contains("no NAT"), "{symmetric:?}");
    }
}
