//! What strangers may do on the server: get a relay, send into its networks, reach its users unasked.

use std::net::IpAddr;

use super::Case;
use crate::finding::{Confidence, Severity};
use crate::ice::address::AddressClass;
use crate::probe::codes::{OPEN_RELAY, PEER_PRIVATE_ALLOWED, PERMISSION_NOT_ENFORCED};
use crate::probe::facts::{DeliveredPeer, SecurityFacts, TriedPeer};
use crate::probe::security::{Concern, Range, concern, concern_of_named};

/// The stage of all findings here. They say nothing of whether the relay works.
pub(super) const STAGE: &str = "security";

pub(super) fn strangers(case: &mut Case<'_>) {
    let Some(security) = &case.facts.security else { return open_to_us(case) };
    open_relay(case, security);
    private_peers(case, security);
    permissions(case, security);
}

/// Nobody asked about security, and it shows all the same.
fn open_to_us(case: &mut Case<'_>) {
    let open = case.facts.allocate.as_ref().is_some_and(|allocate| allocate.ok && allocate.unauthenticated);
    if !open || case.context.security {
        return;
    }
    let finding = case
        .finding(&OPEN_RELAY, STAGE)
        .severity(Severity::Warning)
        .message(
            "the server gives a relay to anybody who asks: it asked for no credentials, and any that were given were \
             not checked",
        )
        .evidence("without_credentials", true)
        .help(HELP);
    case.push(finding);
}

/// What to do about an open relay.
const HELP: &str = "remove `no-auth`, and set `lt-cred-mech` with `user=`, or `use-auth-secret` with \
                    `static-auth-secret=`: without any of these options coturn serves everybody";

fn open_relay(case: &mut Case<'_>, security: &SecurityFacts) {
    let message = match (security.allocation_without_credentials, security.made_up_credentials_accepted) {
        (Some(true), _) => {
            "the server gives a relay to anybody who asks: an Allocate without credentials is granted"
        }
        (_, Some(true)) => {
            "the server gives a relay to anybody who asks: a username and password made up for this probe are accepted"
        }
        _ => return,
    };
    let finding = case
        .finding(&OPEN_RELAY, STAGE)
        .message(message)
        .evidence("without_credentials", security.allocation_without_credentials)
        .evidence("made_up_credentials", security.made_up_credentials_accepted)
        .help(HELP);
    case.push(finding);
}

fn private_peers(case: &mut Case<'_>, security: &SecurityFacts) {
    let server = case.facts.server().ip();
    let granted = || security.peers.iter().filter(|peer| peer.state == "granted");
    let those =
        |wanted| granted().filter(|peer| concern(peer, security, server) == wanted).collect::<Vec<_>>();
    let (open, own) = (those(Concern::Open), those(Concern::Own));
    let (itself, relays) = (those(Concern::Server), those(Concern::Itself));
    let sent = security.delivered.iter().filter(|peer| peer.sent > 0);
    let named: Vec<(&DeliveredPeer, Concern)> = sent
        .map(|peer| (peer, concern_of_named(peer.address.ip(), security, server)))
        .filter(|(_, concern)| matches!(concern, Concern::Open | Concern::Own | Concern::Server))
        .collect();
    if open.is_empty() && own.is_empty() && itself.is_empty() && named.is_empty() {
        return;
    }
    let grave = !open.is_empty() || named.iter().any(|(_, concern)| *concern == Concern::Open);
    let reached: Vec<String> =
        named.iter().filter(|(peer, _)| peer.answered()).map(|(peer, _)| peer.address.to_string()).collect();

    let mut said = Vec::new();
    if !(open.is_empty() && own.is_empty()) {
        said.push(format!(
            "whoever has a relay here may send to {} (granted; nothing was sent)",
            few(&open, &own)
        ));
    }
    if !itself.is_empty() {
        said.push(format!(
            "whoever has a relay here may send to the server's own address {server}, which is not where its relays are \
             (granted; nothing was sent there)"
        ));
    }
    if !reached.is_empty() {
        said.push(format!("data through the relay reached {}, which answered", reached.join(" and ")));
    } else if said.is_empty() {
        let all: Vec<String> = named.iter().map(|(peer, _)| peer.address.to_string()).collect();
        said.push(format!(
            "whoever has a relay here may send to {}; nothing came back from there",
            all.join(" and ")
        ));
    }
    let mut finding = case.finding(&PEER_PRIVATE_ALLOWED, STAGE);
    if !grave {
        let doubt = match own.is_empty() && named.iter().all(|(_, concern)| *concern == Concern::Server) {
            true => "other relays may be made on that address, or clients may talk to a media server there"
                .to_owned(),
            false => format!(
                "the server itself is at {server}, {}, and its clients may be too",
                AddressClass::of(server).phrase()
            ),
        };
        finding = finding.severity(Severity::Warning).confidence(Confidence::Medium).evidence("doubt", doubt);
    }
    let addresses = |peers: &[&TriedPeer]| {
        peers.iter().map(|peer| format!("{} ({})", peer.address, peer.range)).collect::<Vec<_>>()
    };
    finding = finding
        .message(said.join("; "))
        .evidence("granted", addresses(&open))
        .evidence("granted_in_own_network", addresses(&own))
        .evidence("granted_own_addresses", addresses(&[itself.clone(), relays].concat()));
    if !security.delivered.is_empty() {
        let all = security.delivered.iter().map(|peer| format!("{} {}", peer.address, peer.state));
        finding = finding.evidence("data_sent_to", all.collect::<Vec<_>>());
    }
    let help = help(server, security, &open, &own, !itself.is_empty());
    case.push(finding.help(help));
}

/// The first ranges by name, and how many more there are: all of them stand in the evidence.
fn few(open: &[&TriedPeer], own: &[&TriedPeer]) -> String {
    let all: Vec<&&TriedPeer> = open.iter().chain(own).collect();
    match all.len() {
        count @ ..=5 => ranges(all[..count].iter().copied()),
        count => format!("{} and {} ranges more", ranges(all[..4].iter().copied()), count - 4),
    }
}

/// The ranges by name.
fn ranges<'a>(peers: impl Iterator<Item = &'a &'a TriedPeer>) -> String {
    peers.map(|peer| peer.range).collect::<Vec<_>>().join(", ")
}

/// What to change; the lines to paste come last, each on a line of its own.
fn help(
    server: IpAddr,
    security: &SecurityFacts,
    open: &[&TriedPeer],
    own: &[&TriedPeer],
    itself: bool,
) -> String {
    let mut help = String::new();
    if open.iter().any(|peer| peer.class == AddressClass::Loopback) {
        help.push_str("remove `allow-loopback-peers`; ");
    }
    if itself {
        help.push_str(&format!(
            "what listens on {server} sees its own host as the sender, which firewalls and access lists trust: leave \
             it open only where `relay-ip` or `external-ip` names it too, or your clients talk to a media server there; "
        ));
    }
    if security.denied_peer_ip.is_empty() {
        help.push_str(
            "deny with `denied-peer-ip=FIRST-LAST` what no client of yours lives in, but not the server's own relay \
             address, which calls between two relayed users need",
        );
        return help;
    }
    if behind_a_nat_they_cut(server, &security.denied_peer_ip) {
        help.push_str(&format!(
            "is the server behind a 1:1 NAT, as in most clouds? Then first write `external-ip={server}/PRIVATE`, with the \
             address that it has itself, or add `allowed-peer-ip=PRIVATE`: without either, the lines cut relayed users \
             off each other. "
        ));
    }
    help.push_str(
        "put these lines into turnserver.conf, restart, and probe again: the loop must still pass, as calls between two \
         relayed users need the server's own relay address (`allowed-peer-ip=` wins over a denied range)",
    );
    let denied = |peer: &&&TriedPeer| {
        Range::named(peer.range)
            .is_some_and(|range| range.lines().any(|line| security.denied_peer_ip.iter().any(|d| d == line)))
    };
    let left: Vec<&&TriedPeer> = open.iter().chain(own).filter(|peer| !denied(peer)).collect();
    if !left.is_empty() {
        help.push_str(&format!(
            "; not among them: {}, where the server {server} or its clients are",
            ranges(left.into_iter())
        ));
    }
    for line in &security.denied_peer_ip {
        help.push_str(&format!("\ndenied-peer-ip={line}"));
    }
    help
}

/// Whether a server that is reached at this address may have another behind a NAT that the lines deny. From outside
/// there is no telling.
fn behind_a_nat_they_cut(server: IpAddr, lines: &[String]) -> bool {
    use AddressClass::{Private, SharedCgnat};
    let inner = |line: &String| {
        let first = line.split('-').next().and_then(|first| first.parse::<IpAddr>().ok());
        first.is_some_and(|first| matches!(AddressClass::of(first), Private | SharedCgnat))
    };
    server.is_ipv4()
        && !matches!(AddressClass::of(server), Private | SharedCgnat | AddressClass::Loopback)
        && lines.iter().any(inner)
}

fn permissions(case: &mut Case<'_>, security: &SecurityFacts) {
    if security.permission_enforced != Some(false) {
        return;
    }
    let test = security.permission_test;
    let finding = case
        .finding(&PERMISSION_NOT_ENFORCED, STAGE)
        .message("datagrams from an address without a permission come through the relay")
        .evidence("sent_without_permission", test.map(|test| test.sent_before))
        .evidence("came_through", test.map(|test| test.received_before))
        .evidence("sent_with_permission", test.map(|test| test.sent_after))
        .evidence("came_through_with_permission", test.map(|test| test.received_after))
        .help(
            "no option switches this off: update the server, or take another; until then its relay ports need a \
             firewall, as anybody who finds one reaches its user",
        );
    case.push(finding);
}
