//! The section of `--security`: what is open, what is closed, what is not known, a server after the other.

use crate::probe::facts::{Answered, EndpointFacts, SecurityFacts, TriedPeer};
use crate::probe::security::{Concern, RELAY, concern, is_own};
use crate::probe::summary::Summary;
use crate::report::{Align, Block, Cell, Table, Tone};

/// The blocks behind the heading; none where nobody asked.
pub(super) fn section(summary: &Summary) -> Vec<Block> {
    let endpoints = summary.targets.iter().flat_map(|target| &target.endpoints);
    let examined: Vec<_> = endpoints.filter_map(|e| Some((e, e.security.as_ref()?))).collect();
    let several = examined.len() > 1;
    examined.into_iter().flat_map(|(endpoint, security)| server(endpoint, security, several)).collect()
}

fn server(endpoint: &EndpointFacts, security: &SecurityFacts, several: bool) -> Vec<Block> {
    let columns = vec![("check", Align::Left), ("state", Align::Left), ("seen", Align::Left)];
    let mut rows = vec![logins(security), permissions(security)];
    rows.extend(peers(endpoint, security));
    for peer in &security.delivered {
        let tone = if peer.answered() { Tone::Bad } else { Tone::Plain };
        let seen = match (peer.state, peer.code) {
            ("echoed", _) => "the data came back".to_owned(),
            ("answered", _) => "other data came back".to_owned(),
            ("silent", _) => "nothing came back, which does not say that nothing arrived".to_owned(),
            ("refused", Some(code)) => format!("no permission for it ({code})"),
            ("untried", _) => "no relay of its family".to_owned(),
            (_, Some(code)) => format!("its permission was neither granted nor denied ({code})"),
            _ => "the permission was not answered".to_owned(),
        };
        let state = if peer.answered() { "delivered" } else { peer.state };
        rows.push(row(&format!("data to {}", peer.address), Cell::new(state, tone), seen));
    }
    let told = security.software.clone().unwrap_or_default();
    let state = if told.is_empty() { "not told" } else { "told to all" };
    rows.push(row("software and version", state.into(), told));
    if security.binding_needs_credentials == Some(true) {
        rows.push(row(
            "STUN Binding",
            "login needed".into(),
            "secure-stun; no browser can use it".to_owned(),
        ));
    }
    if let Some(amplification) = security.amplification {
        let sizes = |name: &str, answered: Option<Answered>| {
            answered.map(|a| format!("{name} {} to {}", a.request_bytes, a.response_bytes))
        };
        let all = [sizes("Binding", amplification.binding), sizes("Allocate", amplification.allocate)];
        let ratio = amplification.largest_ratio.map(|ratio| format!("{ratio} x")).unwrap_or_default();
        let all = all.into_iter().flatten().collect::<Vec<_>>().join(", ");
        rows.push(row("bytes back to a forged sender", ratio.into(), format!("{all} bytes")));
    }
    let mut blocks = Vec::new();
    if several {
        blocks.push(Block::Paragraph(Cell::new(endpoint.addr.to_string(), Tone::Strong)));
    }
    blocks.push(Block::Table(Table { columns, rows }));
    if !security.untried.is_empty() {
        blocks.push(Block::Paragraph(format!("not tried: {}", security.untried.join("; ")).into()));
    }
    blocks
}

fn logins(security: &SecurityFacts) -> Vec<Cell> {
    let (state, tone, seen) =
        match (security.allocation_without_credentials, security.made_up_credentials_accepted) {
            (Some(true), _) => ("OPEN", Tone::Bad, "an Allocate without credentials is granted"),
            (_, Some(true)) => ("OPEN", Tone::Bad, "made-up credentials are accepted"),
            (Some(false), Some(false)) => {
                ("closed", Tone::Good, "refused without credentials, and with made-up ones")
            }
            (Some(false), None) => ("closed", Tone::Good, "refused without credentials"),
            _ => ("not known", Tone::Warn, "no answer"),
        };
    row("relays without a login", Cell::new(state, tone), seen.to_owned())
}

fn permissions(security: &SecurityFacts) -> Vec<Cell> {
    let (state, tone) = match security.permission_enforced {
        Some(true) => ("closed", Tone::Good),
        Some(false) => ("OPEN", Tone::Bad),
        None => ("not known", Tone::Warn),
    };
    let seen = security.permission_test.map(|test| {
        format!(
            "{} of {} came through before the permission for their sender{}",
            test.received_before,
            test.sent_before,
            if test.received_after > 0 { ", and then they did" } else { "" }
        )
    });
    row("packets that nobody permitted", Cell::new(state, tone), seen.unwrap_or_default())
}

/// A row for each answer that there was of ranges, and one for each address of the server.
fn peers(endpoint: &EndpointFacts, security: &SecurityFacts) -> Vec<Vec<Cell>> {
    let server = endpoint.server().ip();
    let (own, strange): (Vec<_>, Vec<_>) = security.peers.iter().partition(|peer| is_own(peer));
    let of = |state| strange.iter().filter(move |peer| peer.state == state).copied().collect::<Vec<_>>();
    let granted = |wanted: Concern| {
        let peers = of("granted").into_iter();
        peers.filter(move |peer| concern(peer, security, server) == wanted).collect::<Vec<_>>()
    };
    let (open, strangers) = (granted(Concern::Open), "private and special peers");
    let others = if open.is_empty() { strangers } else { "others of them" };
    let kinds = [
        (strangers, Cell::new("OPEN", Tone::Bad), open),
        ("peers in the server's own network", Cell::new("open", Tone::Warn), granted(Concern::Own)),
        ("peers that nobody has", "open".into(), granted(Concern::Harmless)),
        (others, Cell::new("closed", Tone::Good), of("refused")),
        (
            if of("refused").is_empty() { others } else { "others of them" },
            Cell::new("not known", Tone::Warn),
            of("unanswered"),
        ),
    ];
    let told = kinds.into_iter().filter(|(_, _, peers)| !peers.is_empty());
    let told = told.map(|(check, state, peers)| {
        let seen = peers.iter().map(|peer| peer.address.to_string()).collect::<Vec<_>>().join(", ");
        row(check, state, seen)
    });
    told.chain(own.into_iter().map(|peer| own_address(peer, concern(peer, security, server)))).collect()
}

/// What becomes of packets to an address of the server itself.
fn own_address(peer: &TriedPeer, concern: Concern) -> Vec<Cell> {
    let relay = peer.range == RELAY;
    let check = if relay { "the relays' own address" } else { "the server's own address" };
    let (state, why) = match (peer.state, relay, concern) {
        ("granted", true, _) => ("open".into(), ": calls between two relayed users need it"),
        ("granted", false, Concern::Server) => (
            Cell::new("open", Tone::Warn),
            ": no relay has it, so that no call between two relayed users needs it",
        ),
        ("granted", ..) => {
            ("open".into(), ": relays may belong there, as the address that they have is of another kind")
        }
        ("refused", true, _) => (Cell::new("closed", Tone::Warn), ": calls between two relayed users fail"),
        ("refused", ..) => (Cell::new("closed", Tone::Good), ""),
        _ => (Cell::new("not known", Tone::Warn), ""),
    };
    row(check, state, format!("{}{why}", peer.address))
}

fn row(check: &str, state: Cell, seen: String) -> Vec<Cell> {
    vec![check.into(), state, seen.into()]
}
