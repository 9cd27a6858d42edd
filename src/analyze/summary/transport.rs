//! What is below the media, in words: a line a pair of addresses.

use crate::analyze::calls::CallFacts;
use crate::analyze::dtls::{ChannelFacts, DtlsFacts, SctpFacts};
use crate::analyze::leg::Carrier;
use crate::analyze::tcp::{Connection, Ended, Framing};
use crate::analyze::transport::{IceRow, LegFacts, MoveRow, Row, TransportFacts};
use crate::analyze::turn::{AllocationFacts, TurnFacts};
use crate::report::{Cell, Tone};

/// Pairs, then what moved between them.
pub(super) fn items(facts: &TransportFacts) -> Vec<Cell> {
    let pairs = facts.pairs.iter().filter_map(pair);
    pairs.chain(facts.moves.iter().map(moved)).collect()
}

/// Calls that SIP set up.
pub(super) fn calls(calls: &[CallFacts]) -> Vec<Cell> {
    /// As many as a reader wants to see.
    const MOST: usize = 20;
    let line = |call: &CallFacts| {
        let mut text =
            format!("SIP call of {} to {} at {:.3} s", call.caller, call.callee, call.invited_at_s);
        match (call.answered_at_s, call.status) {
            (Some(at), _) => text += &format!(", answered at {at:.3} s"),
            (None, Some(code)) => text += &format!(", refused with {code}"),
            (None, None) => text += ", not answered",
        }
        if let (Some(at), Some(by)) = (call.ended_at_s, call.ended_by) {
            text += &format!(", ended at {at:.3} s by {by}");
        }
        Cell::new(text, Tone::Plain)
    };
    let more = calls.len().saturating_sub(MOST);
    let rest = (more > 0).then(|| Cell::new(format!("{more} more calls are in --format json"), Tone::Plain));
    calls.iter().take(MOST).map(line).chain(rest).collect()
}

fn pair(row: &Row) -> Option<Cell> {
    let mut said = Vec::new();
    said.extend(row.turn.as_ref().and_then(turn));
    said.extend(row.ice.as_ref().and_then(ice));
    said.extend(row.dtls.iter().map(handshake));
    said.extend(row.sctp.as_ref().map(|sctp| (association(sctp), false)));
    said.extend(row.tcp.as_ref().map(connection));
    if said.is_empty() {
        return None;
    }
    let parts: Vec<&str> = said.iter().map(|(text, _)| text.as_str()).collect();
    let is_bad = said.iter().any(|(_, is_bad)| *is_bad);
    let far = row.far_side.as_ref().map(|far| format!(", beyond it {} to {}", far.src, far.dst));
    let text = format!("{}{}: {}", way(&row.leg, "and"), far.unwrap_or_default(), parts.join("; "));
    Some(Cell::new(text, if is_bad { Tone::Warn } else { Tone::Plain }))
}

/// Two addresses, and what is around what goes between them.
fn way(leg: &LegFacts, between: &str) -> String {
    let carrier = match leg.carrier {
        Carrier::Udp => "",
        Carrier::Tcp => " over TCP",
        Carrier::Message => " (taken out of a connection)",
    };
    let via = leg.via.as_ref().map(|via| {
        let peer = via.peer.map_or_else(|| "an unknown peer".to_owned(), |peer| peer.to_string());
        format!(", relayed for {peer} by {}", via.channel.as_deref().unwrap_or("indications"))
    });
    format!("{} {between} {}{carrier}{}", leg.src, leg.dst, via.unwrap_or_default())
}

type Said = (String, bool);

fn ice(row: &IceRow) -> Option<Said> {
    let (checks, answered) = (row.src.checks + row.dst.checks, row.src.answered + row.dst.answered);
    let queries = row.src.queries + row.dst.queries;
    if checks == 0 {
        let answered = row.src.queries_answered + row.dst.queries_answered;
        let text = format!(
            "{queries} STUN {} for the address, {answered} answered",
            plural(queries, "request", "requests")
        );
        return (queries > 0).then_some((text, answered == 0));
    }
    let repeated = row.src.repeated + row.dst.repeated;
    let refused = row.src.errors.len() + row.dst.errors.len() > 0;
    let mut text = format!("ICE {checks} {}", plural(checks, "check", "checks"));
    text += &match answered {
        0 if refused => ", none answered well".to_owned(),
        0 if repeated > 0 => format!(", sent {} times, none answered", checks + repeated),
        0 => ", none answered".to_owned(),
        answered => format!(", {answered} answered"),
    };
    let nominated = [&row.src, &row.dst].into_iter().filter_map(|side| side.nominated_at_s);
    if let Some(at) = nominated.min_by(f64::total_cmp) {
        text += &format!(", nominated at {at:.3} s");
    }
    let rtt = [&row.src, &row.dst].into_iter().filter_map(|side| side.rtt);
    if let Some(rtt) = rtt.max_by_key(|rtt| rtt.n) {
        text += &format!(", round trip {:.1} ms", rtt.p50_ms);
    }
    for side in [&row.src, &row.dst] {
        for (code, count) in &side.errors {
            text += &format!(", {count} refused with {code}");
        }
    }
    Some((text, answered == 0))
}

fn handshake(dtls: &DtlsFacts) -> Said {
    let mut text = dtls.version.clone().unwrap_or_else(|| "DTLS".to_owned());
    match (dtls.handshake_ms, dtls.began_at_s) {
        (Some(ms), _) => text += &format!(" agreed in {ms:.1} ms"),
        (None, Some(at)) => text += &format!(" begun at {at:.3} s and not finished"),
        (None, None) => text += ", its handshake is not in the capture",
    }
    let names = [&dtls.cipher_name, &dtls.srtp_profile].into_iter().flatten();
    names.for_each(|name| text += &format!(", {name}"));
    let repeated = dtls.client_repeated + dtls.server_repeated;
    if repeated > 0 {
        text += &format!(", {repeated} parts sent again");
    }
    if let Some(sctp) = &dtls.sctp {
        text += &format!(", {}", association(sctp));
    }
    for alert in &dtls.alerts {
        text += &format!(", alert {} from {} at {:.3} s", alert.name, alert.src, alert.at_s);
    }
    let is_bad = dtls.handshake_ms.is_none() && dtls.began_at_s.is_some();
    (text, is_bad || dtls.alerts.iter().any(|alert| alert.fatal))
}

fn association(sctp: &SctpFacts) -> String {
    let channels: Vec<String> = sctp.channels.iter().map(channel).collect();
    format!("{} SCTP packets: {}", sctp.packets, channels.join(", "))
}

fn channel(facts: &ChannelFacts) -> String {
    let name = facts
        .label
        .as_ref()
        .map_or_else(|| format!("channel {}", facts.stream), |label| format!("channel {label:?}"));
    format!("{name} with {} messages there and {} back", facts.src_messages, facts.dst_messages)
}

fn turn(turn: &TurnFacts) -> Option<Said> {
    let mut parts = Vec::new();
    let refused = turn.events.iter().filter_map(|event| {
        // Whoever asks without credentials first is told so.
        let code = event.error.filter(|code| ![401, 438].contains(code))?;
        Some(format!("{} refused with {code} at {:.3} s", event.method, event.at_s))
    });
    let refused: Vec<String> = refused.take(3).collect();
    let is_silent = turn.events.is_empty() && turn.requests.values().any(|counts| counts.unanswered > 0);
    // What nobody answers is what to know of it.
    parts.extend(turn.requests.iter().filter(|_| turn.events.is_empty()).map(|(method, counts)| {
        let sent = counts.requests + counts.repeated;
        format!("{sent} {method} {}, none answered", plural(sent, "request", "requests"))
    }));
    parts.extend(turn.allocations.iter().map(allocation));
    let (data, channels) = (turn.channels.iter().map(|channel| channel.data), turn.channels.len());
    if channels > 0 {
        let packets: u64 = data.map(|data| data.sent + data.received).sum();
        parts.push(format!(
            "{packets} ChannelData in {channels} {}",
            plural(channels as u64, "channel", "channels")
        ));
    }
    let indications = turn.indications.sent + turn.indications.received;
    if indications > 0 {
        parts.push(format!("{indications} Send and Data indications"));
    }
    if let Some(rtt) = turn.rtt {
        parts.push(format!("round trip {:.1} ms", rtt.p50_ms));
    }
    let is_bad = !refused.is_empty() || is_silent;
    parts.extend(refused);
    let who = turn.software.as_ref().map(|software| format!(" at {software}"));
    (!parts.is_empty()).then(|| (format!("TURN{}: {}", who.unwrap_or_default(), parts.join(", ")), is_bad))
}

fn allocation(facts: &AllocationFacts) -> String {
    let relayed: Vec<String> = facts.relayed.iter().map(ToString::to_string).collect();
    let mut text = format!("relayed address {} at {:.3} s", relayed.join(" and "), facts.at_s);
    if let Some(lifetime) = facts.lifetime_s {
        text += &format!(" for {lifetime} s");
    }
    if facts.refreshed > 0 {
        text += &format!(", refreshed {} {}", facts.refreshed, plural(facts.refreshed, "time", "times"));
    }
    if let Some(at) = facts.released_at_s {
        text += &format!(", released at {at:.3} s");
    }
    text
}

fn connection(tcp: &Connection) -> Said {
    let what = if tcp.framing == Some(Framing::Sip) { "SIP over TCP" } else { "TCP" };
    let mut text = format!("{what} {} {}", tcp.messages, plural(tcp.messages, "message", "messages"));
    if let Some(ms) = tcp.handshake_ms {
        text += &format!(", connected in {ms:.1} ms");
    }
    if tcp.repeated_bytes > 0 {
        text += &format!(", {} bytes sent again", tcp.repeated_bytes);
    }
    if tcp.missing_bytes > 0 {
        text += &format!(", {} bytes are not in the capture", tcp.missing_bytes);
    }
    match tcp.ended {
        Some(Ended::Reset) => text += ", reset",
        Some(Ended::Closed) => text += ", closed",
        None => {}
    }
    (text, tcp.ended == Some(Ended::Reset))
}

fn moved(step: &MoveRow) -> Cell {
    let text = format!(
        "at {:.3} s (frame {}) the pair changed from {} to {}",
        step.at_s,
        step.frame,
        way(&step.from, "to"),
        way(&step.to, "to")
    );
    Cell::new(text, Tone::Warn)
}

fn plural(count: u64, one: &'static str, many: &'static str) -> &'static str {
    if count == 1 { one } else { many }
}
