//! Whether the relay's address makes sense and data passes, each direction apart.

use super::{Case, cap};
use crate::finding::{Confidence, Finding, Severity};
use crate::ice::address::AddressClass;
use crate::measure::FlowReport;
use crate::probe::codes::{
    DATA_ALTERED, HAIRPIN_FAIL, MALFORMED, RELAY_ADDR_MISMATCH, RELAY_ADDR_PRIVATE, RELAY_INBOUND_BLOCKED,
    RELAY_LOSSY, RELAY_OUTBOUND_BLOCKED,
};
use crate::probe::facts::{EndpointFacts, PeerFacts};

/// What lets packets to the relay in. Each run has other ports of the range, so that half of it open passes at times.
const PORTS_OPEN: &str = "open all of `min-port` to `max-port` for UDP in the firewall in front of the server, and where a \
                          NAT stands there forward that range to it as well, not the listening port alone; each run \
                          tries other ports, so that a range open in part passes at times";

pub(super) fn carries(case: &mut Case<'_>) {
    let relay = &case.facts.relay;
    let Some(address) = relay.address else { return address_missing(case) };
    // A connection that broke while data passed has taken all paths with it, and is told of by itself.
    let cut = case.facts.fault.as_ref().is_some_and(|fault| fault.stage == "relay");
    // What a cap swallowed whole is told with the cap.
    let starved = cap::starves(case);
    let failed = |report: &Option<FlowReport>| {
        !cut && !starved && report.as_ref().is_some_and(|r| !r.ok && r.sent > 0 && r.altered == 0)
    };
    let works = |report: &Option<FlowReport>| report.as_ref().is_some_and(|r| r.ok);
    let (inbound, outbound, hairpin) = (&relay.inbound, &relay.outbound, &relay.hairpin);
    let broken = failed(inbound) || failed(outbound) || failed(hairpin);

    let server = case.facts.server().ip();
    // An address of the server's own kind (a company's network) is reached as it is, until it is not.
    // In a laboratory, documentation and loopback addresses stand for public ones.
    let stands_for_public = |class| matches!(class, AddressClass::Documentation | AddressClass::Loopback);
    let (relay_class, server_class) = (AddressClass::of(address.ip()), AddressClass::of(server));
    let same = relay_class == server_class && (!failed(inbound) || stands_for_public(relay_class));
    let private = address.ip() != server && !relay_class.is_routable() && !same;
    let private_is_the_cause = private && failed(inbound);
    if private {
        let finding = private_address(case, address.ip(), broken, server_class);
        case.push(finding);
    } else if address.ip() != server && address.is_ipv4() == server.is_ipv4() {
        let mut finding = case
            .finding(&RELAY_ADDR_MISMATCH, "relay")
            .message(format!("the relayed address {} is not the server's own {server}", address.ip()))
            .evidence("relay", address.ip().to_string())
            .evidence("server", server.to_string())
            .help("`external-ip=` must name the address at which clients' peers reach the relay ports");
        if !broken {
            finding = finding.severity(Severity::Info);
        }
        case.push(finding);
    }
    // No UDP from this machine reached anybody: what blocks a plain UDP socket may well be here.
    let no_udp_here = relay.peer.as_ref().is_some_and(PeerFacts::unheard) && !works(outbound);
    let nat = relay.peer.as_ref().is_some_and(|peer| peer.nat == Some(true));
    if failed(inbound) && !private_is_the_cause && !no_udp_here {
        let mut finding = blocked(case, &RELAY_INBOUND_BLOCKED, inbound.as_ref());
        if nat && failed(outbound) && works(hairpin) {
            // A network that lets out nothing but the listening port shows the same, and calls work there.
            finding = finding
                .severity(Severity::Warning)
                .message("no packet passes between this machine and the relay's ports, while the relay itself works")
                .help(
                    "probe from another network: if it is the same there, open `min-port` to `max-port` for UDP in \
                     front of the server; if not, this network lets UDP through to the listening port alone",
                );
        } else if address.ip() != server {
            finding = finding
                .message(format!(
                    "packets to the relayed address {}, which is not the server's own, do not arrive",
                    address.ip()
                ))
                .help(format!("check `external-ip=` first, then {PORTS_OPEN}"));
        } else {
            finding = finding
                .message(format!("packets to the relay ports of {} do not arrive", address.ip()))
                .help(PORTS_OPEN);
        }
        case.push(finding);
    }
    // Behind a NAT the way out says nothing without the way in: our own mapping may be missing.
    let unknown = no_udp_here || nat && failed(inbound);
    if failed(outbound) && !private_is_the_cause && !unknown {
        let mut finding = blocked(case, &RELAY_OUTBOUND_BLOCKED, outbound.as_ref())
            .message(format!("packets from the relay ports of {} do not reach a peer", address.ip()))
            .help("let the server send UDP from `min-port` to `max-port` to anywhere");
        // coturn gives an allocation up when the system refuses to send for it.
        if case.facts.refresh.as_ref().is_some_and(|refresh| refresh.code == Some(437)) {
            finding = finding.evidence("allocation_lost", true).help(
                "the server lost the allocation when it sent: look at the OUTPUT rules of its own firewall, \
                 which must let UDP from `min-port` to `max-port` out",
            );
        }
        case.push(finding);
    }
    altered(case);
    if !cut {
        lossy(case);
    }
    if failed(hairpin) && works(inbound) && works(outbound) {
        let finding = case
            .finding(&HAIRPIN_FAIL, "relay")
            .message("two allocations on this server cannot reach each other, while outside peers can")
            .evidence("sent", hairpin.as_ref().map(|r| r.sent))
            .evidence("received", hairpin.as_ref().map(|r| r.received))
            .help(
                "calls with both sides relayed fail: the server must reach its own `external-ip` \
                 (NAT hairpinning), or `external-ip=PUBLIC/PRIVATE` must name both",
            );
        case.push(finding);
    }
}

/// What comes out is not what went in, as one finding.
fn altered(case: &mut Case<'_>) {
    let relay = &case.facts.relay;
    let paths = [("inbound", &relay.inbound), ("outbound", &relay.outbound), ("loop", &relay.hairpin)];
    let altered: Vec<(&str, u32)> = paths
        .iter()
        .filter_map(|(name, report)| Some((*name, report.as_ref()?.altered)))
        .filter(|(_, altered)| *altered > 0)
        .collect();
    if altered.is_empty() {
        return;
    }
    let count: u32 = altered.iter().map(|(_, altered)| altered).sum();
    let packets = if count == 1 { "1 packet" } else { &format!("{count} packets") };
    let mut finding = case
        .finding(&DATA_ALTERED, "relay")
        .message(format!("{packets} came through the relay with other bytes than were sent"))
        .help(
            "look for a middlebox that rewrites UDP payloads (a SIP ALG, a NAT helper, a broken proxy): on the way to              the server, where `turns:` keeps its hands off, and on the way from the relay ports to the peers",
        );
    for (name, altered) in altered {
        finding = finding.evidence(name, altered);
    }
    case.push(finding);
}

/// A granted allocation whose address nobody can send to.
fn address_missing(case: &mut Case<'_>) {
    if case.facts.stopped || !case.facts.allocate.as_ref().is_some_and(|allocate| allocate.ok) {
        return;
    }
    let finding = case
        .finding(&MALFORMED, "allocate")
        .message("the server grants an allocation without a relayed address that can be used")
        .help("RFC 8656 §7.3 demands XOR-RELAYED-ADDRESS: report it to the server's maintainers");
    case.push(finding);
}

/// One packet of the default twenty; less is what any network loses.
pub(crate) const LOSSY_PCT: f64 = 5.0;
/// Two packets of five: no call gets along with it. What libwebrtc has Opus make up for ends at a fifth; the rest is
/// room for the chance of twenty packets, of which so many hardly ever fail on a path that loses a fifth.
pub(crate) const UNUSABLE_PCT: f64 = 40.0;

/// Paths that carry data and lose too much of it, as one finding.
fn lossy(case: &mut Case<'_>) {
    let lossy = losses(case.facts, false);
    if lossy.is_empty() || outbound_blocked(case.facts) || cap::explains_loss(case) {
        return;
    }
    let finding = case.finding(&RELAY_LOSSY, "relay").help(
        "repeat with a larger --count; over TCP and TLS the way between here and the server loses nothing, so that \
         the paths compared tell which leg it is",
    );
    let finding = finding.evidence("declared_cap_bps", cap::declared(case.facts));
    case.push(of_losses(finding, "", &lossy));
}

/// The paths that carry data and lose too much of it, and how many percent; those that carry none too, where so asked.
pub(super) fn losses(facts: &EndpointFacts, or_all: bool) -> Vec<(&'static str, f64)> {
    let relay = &facts.relay;
    let paths = [("inbound", &relay.inbound), ("outbound", &relay.outbound), ("loop", &relay.hairpin)];
    paths
        .into_iter()
        .filter_map(|(name, report)| {
            Some((name, report.as_ref().filter(|report| report.ok || or_all)?.loss_pct?))
        })
        .filter(|(_, loss)| *loss >= LOSSY_PCT)
        .collect()
}

/// RELAY_LOSSY in words, and as grave as the worst path; `when` comes before it all.
pub(crate) fn of_losses(finding: Finding, when: &str, lossy: &[(&'static str, f64)]) -> Finding {
    let said: Vec<String> = lossy.iter().map(|(name, loss)| format!("{loss} % {name}")).collect();
    let said = said.join(", ");
    let mut finding = match lossy.iter().any(|(_, loss)| *loss >= UNUSABLE_PCT) {
        true => finding
            .severity(Severity::Error)
            .message(format!("{when}the relay's paths lose more packets than any call bears: {said}")),
        false => finding.message(format!("{when}the relay's paths lose packets: {said}")),
    };
    for (name, loss) in lossy {
        finding = finding.evidence(&format!("{name}_loss_pct"), *loss);
    }
    finding
}

/// Whether nothing that we sent through the relay arrived.
pub(super) fn outbound_blocked(facts: &EndpointFacts) -> bool {
    facts.relay.outbound.as_ref().is_some_and(|report| !report.ok && report.sent > 0)
}

/// A relayed address that the internet cannot reach.
fn private_address(case: &Case<'_>, ip: std::net::IpAddr, broken: bool, server: AddressClass) -> Finding {
    let class = AddressClass::of(ip);
    let finding = case
        .finding(&RELAY_ADDR_PRIVATE, "relay")
        .message(format!(
            "the relayed address {ip} is {}, which peers elsewhere cannot reach",
            class.phrase()
        ))
        .evidence("relay", ip.to_string())
        .evidence("class", class.name())
        .evidence("data_passes", !broken)
        .help("set `external-ip=PUBLIC` (behind a NAT: `external-ip=PUBLIC/PRIVATE`)");
    match broken || server.is_routable() {
        true => finding,
        false => finding.severity(Severity::Info),
    }
}

/// A direction in which nothing arrived. Our own side can be the cause: how sure we are says so.
fn blocked(case: &Case<'_>, rule: &'static crate::finding::Rule, report: Option<&FlowReport>) -> Finding {
    let relay = &case.facts.relay;
    let loop_works = relay.hairpin.as_ref().is_some_and(|report| report.ok);
    let other_works = [&relay.inbound, &relay.outbound].into_iter().flatten().any(|report| report.ok);
    let peer = relay.peer.as_ref();
    let (confidence, doubt) = match peer {
        Some(PeerFacts { nat: Some(true), .. }) if !other_works => {
            (Confidence::Low, Some("this machine is behind a NAT, which may drop the packets itself"))
        }
        Some(PeerFacts { nat: Some(true), .. }) => (Confidence::Medium, Some("this machine is behind a NAT")),
        Some(_) if !other_works && loop_works => (
            Confidence::Medium,
            Some("a firewall here that lets only the listening port through looks the same"),
        ),
        _ => (Confidence::High, None),
    };
    let mut finding = case
        .finding(rule, "relay")
        .confidence(confidence)
        .evidence("relay", relay.address.map(|address| address.to_string()))
        .evidence("peer", peer.map(|peer| peer.reflexive.unwrap_or(peer.local).to_string()))
        .evidence("sent", report.map(|r| r.sent))
        .evidence("received", report.map(|r| r.received))
        .evidence("loop_works", relay.hairpin.as_ref().map(|_| loop_works));
    if let Some(refused) = report.map(|r| r.send_refused).filter(|refused| *refused > 0) {
        finding = finding.evidence("refused_by_this_machine", refused);
    }
    if let Some(doubt) = doubt {
        finding = finding.evidence("doubt", doubt);
    }
    finding
}
