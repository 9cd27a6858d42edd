//! What an ERROR-CODE means at the request that got it (RFC 8656 §19, RFC 8489 §14.8). Those that end
//! in several causes, 401 among them, have files of their own.

use super::Case;
use crate::finding::Finding;
use crate::ice::address::AddressClass;
use crate::probe::codes::{
    ALLOC_MISMATCH, FAMILY_PEER_MISMATCH, FAMILY_UNSUPPORTED, FORBIDDEN_PEER, MALFORMED,
    RELAY_TO_RELAY_BLOCKED, SERVER_ERROR, UNSUPPORTED_TRANSPORT, WRONG_CREDENTIALS,
};

/// The finding for `code` to `request`.
pub(super) fn of(case: &Case<'_>, stage: &'static str, request: &str, code: u16) -> Finding {
    let finding = match code {
        0 => {
            return case
                .finding(&MALFORMED, stage)
                .message(format!("the server refuses {request} without an ERROR-CODE that can be read"))
                .help("RFC 8489 §6.3.4 demands one: report it to the server's maintainers");
        }
        403 => return forbidden(case, stage),
        437 => mismatch(case, stage, request),
        440 => family(case, stage, request),
        441 => case
            .finding(&WRONG_CREDENTIALS, stage)
            .message(format!(
                "the server answers {request} with 441: the allocation on this connection is another user's"
            ))
            .help(
                "something between here and the server puts several clients on one address and port: look for \
                 a UDP proxy, a load balancer or a NAT that reuses a port before the server has let go of it; \
                 with fresh TURN REST credentials, one client that changed its user name does the same",
            ),
        442 => case
            .finding(&UNSUPPORTED_TRANSPORT, stage)
            .message(format!("the server answers {request} with 442: it gives no UDP relays"))
            .help("take `no-udp-relay` out of the configuration: browsers ask for UDP relays alone"),
        443 => peer_family(case, stage, request),
        code => case
            .finding(&SERVER_ERROR, stage)
            .message(format!("the server answers {request} with {code}"))
            .help("look into the server's log at this time"),
    };
    finding.evidence("code", code)
}

/// 403 to the permission that the loop needs: the server refuses its own relay.
pub(super) fn of_the_loop(case: &mut Case<'_>) {
    let relay = &case.facts.relay;
    if relay.loop_permission_code != Some(403) {
        return;
    }
    let own = relay.address.map(|address| address.ip().to_string()).unwrap_or_default();
    let finding = case
        .finding(&RELAY_TO_RELAY_BLOCKED, "permission")
        .message(format!(
            "the server refuses its own relay address {own} as a peer (403): two of its relayed users cannot talk"
        ))
        .evidence("peer", own.clone())
        .evidence("code", 403)
        .help(match relay.address.map(|address| AddressClass::of(address.ip())) {
            Some(AddressClass::Public | AddressClass::Documentation) => format!(
                "a `denied-peer-ip` range holds it, or the private address that the server has behind a 1:1 NAT (clouds). \
                 There, either write `external-ip={own}/PRIVATE` in place of `external-ip={own}`, or add \
                 `allowed-peer-ip=PRIVATE`. Where the server itself has {own}: `allowed-peer-ip={own}`"
            ),
            _ => format!(
                "a `denied-peer-ip` range holds it: add `allowed-peer-ip={own}`; if clients reach the server at a public \
                 address, `external-ip=PUBLIC/{own}` does it too"
            ),
        });
    case.push(finding);
}

fn forbidden(case: &Case<'_>, stage: &'static str) -> Finding {
    let peer = case.facts.relay.peer.as_ref().map(|peer| peer.address().ip());
    let shown = peer.map_or("our address".to_owned(), |peer| peer.to_string());
    let finding = case.finding(&FORBIDDEN_PEER, stage);
    // The peer is this machine, which is what browsers' far sides look like from the server.
    if peer.is_some_and(|peer| {
        matches!(AddressClass::of(peer), AddressClass::Public | AddressClass::Documentation)
    }) {
        return finding
            .message(format!(
                "the server refuses to relay to {shown}, the public address of this machine (403): a range that it \
                 denies is too wide"
            ))
            .evidence("peer", shown)
            .evidence("class", peer.map(|peer| AddressClass::of(peer).name()))
            .evidence("code", 403)
            .help(
                "narrow the `denied-peer-ip` range that holds it to private and special networks: \
                 `allowed-peer-ip=` for this address lets nobody else in (--turnserver-conf names the line)",
            );
    }
    finding
        .message(format!("the server refuses to relay to {shown} (403)"))
        .evidence("peer", shown)
        .evidence("class", peer.map(|peer| AddressClass::of(peer).name()))
        .evidence("code", 403)
        .help(
            "a `denied-peer-ip` range holds it: except it with `allowed-peer-ip=` if it is a legitimate peer",
        )
}

/// 437: at Allocate there is an allocation already, anywhere else there is none (any more).
fn mismatch(case: &Case<'_>, stage: &'static str, request: &str) -> Finding {
    let finding = case.finding(&ALLOC_MISMATCH, stage);
    match stage {
        "allocate" => finding
            .message("the server has an allocation for this address and port already (437)")
            .help(
                "something between here and the server puts several clients on one address and port, or a NAT \
                 reuses a port before the server has let go of it: look for a UDP proxy or load balancer that \
                 does not keep clients apart; over TCP or TLS each connection has its own",
            ),
        _ => finding
            .message(format!("the server answers {request} with 437: the allocation that it made is gone"))
            .help(
                "it was granted a moment ago: look for a restart, for a load balancer that sends one client to \
                 several servers, and at the server's own OUTPUT rules for `min-port` to `max-port`",
            ),
    }
}

fn family(case: &Case<'_>, stage: &'static str, request: &str) -> Finding {
    let finding = case.finding(&FAMILY_UNSUPPORTED, stage);
    match case.context.relay_family {
        Some(family) => {
            let name = family.name();
            finding
                .message(format!("the server answers {request} with 440: it has no {name} relay"))
                .evidence("family", name)
                .help(format!(
                    "give the server an {name} address to relay from: `relay-ip=` for one of each family \
                     (without any `relay-ip` the listening addresses are used)"
                ))
        }
        None => finding
            .message(format!("the server answers {request} with 440: it has no IPv4 relay"))
            .evidence("family", "IPv4")
            .help(
                "browsers ask for no family, which means IPv4 (RFC 8656 §7.2): add an IPv4 `relay-ip=`, or \
                 say what to give then",
            ),
    }
}

fn peer_family(case: &Case<'_>, stage: &'static str, request: &str) -> Finding {
    let relay = &case.facts.relay;
    case.finding(&FAMILY_PEER_MISMATCH, stage)
        .message(format!(
            "the server answers {request} with 443: the peer's address is of another family than the relay's"
        ))
        .evidence("relay", relay.address.map(|address| address.to_string()))
        .evidence("peer", relay.peer.as_ref().map(|peer| peer.address().to_string()))
        .help(
            "a relay reaches peers of its own family alone. Where the relayed address shown here is of the \
             peer's family, `external-ip=` tells clients an address of the wrong one",
        )
}
