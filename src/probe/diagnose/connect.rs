//! Whether anything answers there, and whether it speaks STUN.

use super::{Case, allocate};
use crate::finding::{Confidence, Finding, Severity};
use crate::probe::codes::{
    CONNECTION_CLOSED, FINGERPRINT_BAD, ICMP_PROHIBITED, INTEGRITY_BAD, MALFORMED, NOT_A_STUN_SERVER,
    PORT_REFUSED, SCHEME_MISMATCH, SERVER_ERROR, STUN_AUTH_REQUIRED, STUN_ONLY, TCP_TIMEOUT, TLS_FAILED,
    TLS_OLD, TURN_ONLY, UDP_TIMEOUT, UNMATCHED_TRANSACTION_ID,
};
use crate::probe::facts::{Fault, FaultKind, OddityFacts, OddityKind};
use crate::probe::plan::Transport;

pub(super) fn reached(case: &mut Case<'_>) {
    let facts = case.facts;
    let binding = facts.binding.as_ref().is_some_and(|binding| binding.received > 0);
    let allocate = facts.allocate.as_ref().is_some_and(|a| a.attempts.iter().any(|leg| leg.answered));
    let answered = binding || allocate;
    // What was asked for was answered in a way that can be believed: granted, or refused with a code.
    let settled = match case.turn() {
        true => facts.allocate.as_ref().is_some_and(|a| a.ok || a.code.is_some()),
        false => binding,
    };
    if let Some(speaks) = facts.speaks {
        let finding = mismatch(case, speaks);
        case.push(finding);
        return;
    }
    if answered && !case.context.target.replaced {
        unusual_port(case);
    }
    oddities(case, settled);
    // What the other server is silent to says nothing of this one.
    let redirected = facts.redirect.is_some();
    let explained = facts.oddities.iter().any(|odd| odd.kind != OddityKind::UnmatchedTransaction);
    if let Some(fault) = &facts.fault {
        // A stream that is closed on us after it sent something else is explained by that.
        if !(explained && fault.kind == FaultKind::Closed) {
            let finding = faulty(case, fault, answered);
            case.push(finding);
        }
        return;
    }
    binding_refused(case);
    address_missing(case);
    // What a deadline or Ctrl-C cut short was not waited for, and proves nothing.
    if facts.stopped {
        return;
    }
    // Where Bindings are lost, a lost Allocate proves nothing either; then the summary is left open.
    let losing =
        facts.binding.as_ref().is_some_and(|binding| binding.loss_pct.is_some_and(|loss| loss > 0.0));
    let tried = facts.binding.is_some() || facts.allocate.is_some();
    if tried && !answered && !explained {
        let finding = silent(case);
        case.push(finding);
    } else if case.turn()
        && binding
        && !allocate
        && facts.allocate.is_some()
        && !explained
        && !redirected
        && !losing
    {
        let finding = case
            .finding_on_the_way(&STUN_ONLY, "allocate")
            .message(format!("{} answers STUN and is silent to a TURN Allocate", case.place()))
            .evidence("binding", "answered")
            .evidence("allocate", "no answer")
            .help("remove `stun-only` from the coturn configuration, or ask another server for a relay");
        case.push(finding);
    } else if allocate && !settled && case.turn() && !explained && !redirected {
        let finding = case
            .finding(&SERVER_ERROR, "allocate")
            .message(format!("{} answers an Allocate at first and is silent to the signed one", case.place()))
            .help(
                "look into the server's log at this time; a middlebox may drop the longer, signed requests",
            );
        case.push(finding);
    }
    // On a path that loses packets, one lost Binding says nothing of the server.
    let lossy = facts.allocate.iter().flat_map(|a| &a.attempts).any(|leg| leg.sent > 1);
    if facts.binding.is_some() && allocate && !binding && !lossy {
        let finding = case
            .finding_on_the_way(&TURN_ONLY, "binding")
            .message(format!("{} answers TURN and is silent to a STUN Binding", case.place()))
            .evidence("binding", "no answer")
            .evidence("allocate", "answered")
            .help("remove `no-stun` from the coturn configuration if clients use it as a stun: server too");
        case.push(finding);
    }
}

/// Why the network stopped us.
fn faulty(case: &Case<'_>, fault: &Fault, answered: bool) -> Finding {
    let place = case.place();
    let transport = case.facts.transport;
    if answered && matches!(fault.kind, FaultKind::Refused | FaultKind::Closed) {
        return case
            .finding(&CONNECTION_CLOSED, fault.stage)
            .message(format!("{place} went away at {}, after it had answered", fault.stage))
            .help("look into the server's log at this time: it crashed, was restarted, or a proxy cut the connection")
            .evidence("system", fault.message.clone());
    }
    let finding = match fault.kind {
        FaultKind::Refused => case
            .finding_on_the_way(&PORT_REFUSED, fault.stage)
            .message(format!("nothing listens at {place}"))
            .help(match transport {
                Transport::Udp => "check `listening-port`, `listening-ip` and that `no-udp` is not set",
                Transport::Tcp => "check `listening-port`, `listening-ip` and that `no-tcp` is not set",
                Transport::Tls => {
                    "check `tls-listening-port` and that `no-tls` is not set: coturn opens no TLS port \
                     without a readable `cert=` and `pkey=`"
                }
                Transport::Dtls => {
                    "check `tls-listening-port` and that `no-dtls` is not set: coturn opens no DTLS port \
                     without a readable `cert=` and `pkey=`"
                }
            }),
        FaultKind::Prohibited => case
            .finding_on_the_way(&ICMP_PROHIBITED, fault.stage)
            .confidence(Confidence::Medium)
            .message(format!("the network reports that {place} cannot be reached"))
            .help("a REJECT rule in a firewall on the way, or a host that is down: the last router reports both alike"),
        FaultKind::TimedOut if transport == Transport::Dtls => case
            .finding_on_the_way(&UDP_TIMEOUT, fault.stage)
            .message(format!("{place}: {}", fault.message))
            .help("open this port for UDP in the firewalls on the way, and check that the server has DTLS there: \
                   coturn has none with `no-dtls` or without a readable `cert=` and `pkey=`"),
        FaultKind::TimedOut if fault.stage == "tls" => case
            .finding_on_the_way(&TLS_FAILED, fault.stage)
            .message(format!("{place} takes the TCP connection, and is silent to TLS: {}", fault.message))
            .help("the firewalls let TCP through; check that this is the TLS port (`tls-listening-port`), that no \
                   proxy in front waits for something else first, and that large packets pass (MTU)"),
        FaultKind::TimedOut => case
            .finding_on_the_way(&TCP_TIMEOUT, fault.stage)
            .message(format!("{place}: {}", fault.message))
            .help("open this port for TCP in the firewalls on the way, and check that the server runs"),
        FaultKind::OldTls => case
            .finding_on_the_way(&TLS_OLD, "tls")
            .message(format!("no TLS session with {place}: {}", fault.message))
            .help("let the server speak TLS 1.2 at least: drop `no-tlsv1_2` from the coturn configuration, and \
                   update the OpenSSL that it runs with"),
        FaultKind::Stalled => case
            .finding_on_the_way(&UDP_TIMEOUT, fault.stage)
            .confidence(Confidence::Medium)
            .message(format!("{place} begins the handshake and does not end it: {}", fault.message))
            .help("look for loss on the way, or for a firewall that drops fragments: the certificate is in the \
                   largest packets of all"),
        FaultKind::HandshakeFailure => case
            .finding_on_the_way(&TLS_FAILED, "tls")
            .confidence(Confidence::Medium)
            .message(format!(
                "no {} session with {place}: {}, probably for want of a certificate with its key",
                session(transport),
                fault.message
            ))
            .help("check that `pkey=` is the key of `cert=` and that the server can read both (coturn's log at its \
                   start: invalid private key); then that no `cipher-list` shuts out what clients offer"),
        FaultKind::Tls | FaultKind::NotTls => case
            .finding_on_the_way(&TLS_FAILED, "tls")
            .message(format!("no {} session with {place}: {}", session(transport), fault.message))
            .help("check that this is the TLS port (`tls-listening-port`) and which TLS versions it offers"),
        FaultKind::Closed if fault.stage == "tls" => case
            .finding_on_the_way(&TLS_FAILED, "tls")
            .message(format!("{place} hangs up in the middle of the {} handshake", session(transport)))
            .help("check that this is the TLS port (`tls-listening-port`) and that nothing in front cuts it"),
        FaultKind::Closed if !answered => case
            .finding_on_the_way(&CONNECTION_CLOSED, fault.stage)
            .message(format!("{place} closes the connection without an answer"))
            .help(
                "check that this port is the TURN server's, and that no proxy in front of it cuts the stream",
            ),
        FaultKind::NoRoute => case
            .finding_on_the_way(&CONNECTION_CLOSED, fault.stage)
            .message(format!(
                "this machine lost its route to {place} at {}: {}",
                fault.stage, fault.message
            ))
            .help("look at this machine's own network: an interface, address or VPN went away during the run"),
        FaultKind::Local
        | FaultKind::NoSocket
        | FaultKind::Closed
        | FaultKind::Other => case
            .finding_on_the_way(&CONNECTION_CLOSED, fault.stage)
            .message(format!("the connection to {place} broke at {}: {}", fault.stage, fault.message))
            .help("look into the server's log at this time"),
    };
    finding.evidence("system", fault.message.clone())
}

fn session(transport: Transport) -> &'static str {
    if transport == Transport::Dtls { "DTLS" } else { "TLS" }
}

/// The port answers, but in another protocol than the URI's.
fn mismatch(case: &Case<'_>, speaks: Transport) -> Finding {
    let addr = case.facts.addr;
    let (message, help) = match speaks.is_encrypted() {
        true => (
            format!("{addr} speaks {}, and was asked without it", session(speaks)),
            "give clients a `turns:` URI for this port (`stuns:` for STUN alone), or the port that has none \
             (coturn's `listening-port`, 3478)",
        ),
        false => (
            format!("{addr} speaks STUN without {}, and was asked with it", session(case.facts.transport)),
            "give clients a `turn:` URI for this port (`stun:` for STUN alone), or the port with TLS \
             (coturn's `tls-listening-port`, 5349); a proxy in front has to pass TLS on",
        ),
    };
    case.finding_on_the_way(&SCHEME_MISMATCH, "connect")
        .message(message)
        .evidence("asked", case.facts.transport.name())
        .evidence("speaks", speaks.name())
        .evidence("system", case.facts.fault.as_ref().map(|fault| fault.message.clone()))
        .help(help)
}

/// The port of the other scheme, and it works: coturn takes both on both, others do not.
fn unusual_port(case: &mut Case<'_>) {
    let transport = case.facts.transport;
    let other = if transport.is_encrypted() { Transport::Udp } else { Transport::Tls };
    if case.facts.addr.port() != other.default_port() {
        return;
    }
    let with = if transport.is_encrypted() { "with" } else { "without" };
    let finding = case
        .finding(&SCHEME_MISMATCH, "connect")
        .severity(Severity::Warning)
        .confidence(Confidence::Medium)
        .message(format!(
            "{} answers {with} encryption at the port that is for the opposite; it works, but not at every server",
            case.place(),
        ))
        .evidence("asked", transport.name())
        .help("use 3478 for `turn:` and `stun:`, 5349 for `turns:` and `stuns:`: coturn takes both on both, \
               other servers and load balancers do not");
    case.push(finding);
}

/// Nothing came that answers a request of ours.
fn silent(case: &Case<'_>) -> Finding {
    let place = case.place();
    if case.facts.oddities.iter().any(|odd| odd.kind == OddityKind::UnmatchedTransaction) {
        return case
            .finding(&MALFORMED, "binding")
            .message(format!("{place} answers, but with transaction ids that no request had"))
            .help("RFC 8489 §6.3.1 demands the request's own: the server or a middlebox changes it");
    }
    let sent = case.facts.binding.as_ref().map_or(0, |binding| binding.sent);
    let seconds = case.context.timeout_s;
    match case.facts.transport {
        Transport::Udp | Transport::Dtls => case
            .finding_on_the_way(&UDP_TIMEOUT, "binding")
            .message(format!(
                "{place} is silent: {sent} Binding {} in {seconds} s, no answer",
                if sent == 1 { "request" } else { "requests" }
            ))
            .evidence("sent", sent)
            .evidence("timeout_s", seconds)
            .help("open this port for UDP in the firewalls on the way, and check that the server runs"),
        Transport::Tcp | Transport::Tls => case
            .finding_on_the_way(&NOT_A_STUN_SERVER, "binding")
            .confidence(Confidence::Medium)
            .message(format!("{place} takes the connection and never answers STUN"))
            .evidence("timeout_s", seconds)
            .help("check that this port is the TURN server's and not another service's"),
    }
}

/// A success without the address that was asked for: no reflexive candidate comes of it.
fn address_missing(case: &mut Case<'_>) {
    if !case.facts.binding.as_ref().is_some_and(|binding| binding.ok && binding.reflexive.is_none()) {
        return;
    }
    let mut finding = case
        .finding(&MALFORMED, "binding")
        .message("the server grants a STUN Binding without an address that can be read")
        .help("RFC 8489 §14.2 demands XOR-MAPPED-ADDRESS: report it to the server's maintainers");
    if case.turn() && finding.severity == Severity::Error {
        finding = finding.severity(Severity::Warning);
    }
    case.push(finding);
}

fn binding_refused(case: &mut Case<'_>) {
    let Some(code) = case.facts.binding.as_ref().and_then(|binding| binding.code) else { return };
    let finding = match code {
        401 => case
            .finding_on_the_way(&STUN_AUTH_REQUIRED, "binding")
            .message("the server wants credentials for a STUN Binding, which browsers never send")
            .help("remove `secure-stun` from the coturn configuration"),
        0 => case
            .finding(&MALFORMED, "binding")
            .message("the server refuses a STUN Binding without an ERROR-CODE that can be read")
            .help("RFC 8489 §6.3.4 demands one: report it to the server's maintainers"),
        code => case
            .finding_on_the_way(&SERVER_ERROR, "binding")
            .message(format!("the server answers a STUN Binding with {code}"))
            .help("look into the server's log at this time"),
    };
    case.push(finding.evidence("code", code));
}

/// What a server should not send. Where it works all the same, nothing of it is an error.
fn oddities(case: &mut Case<'_>, settled: bool) {
    for OddityFacts { kind, message, count, stage } in &case.facts.oddities {
        let (rule, text, help) = match kind {
            OddityKind::NotStun => (
                &NOT_A_STUN_SERVER,
                format!("what answers at {} is no STUN server: `{message}`", case.place()),
                "check the port: another service listens there, or a proxy answers in its place",
            ),
            OddityKind::Malformed => (
                &MALFORMED,
                format!("a response is broken: {message}"),
                "capture it (`tcpdump`) and report it to the server's maintainers; a middlebox may be at fault",
            ),
            OddityKind::WrongFingerprint => (
                &FINGERPRINT_BAD,
                "the FINGERPRINT of a response does not match its bytes".to_owned(),
                "something on the way changes packets (an application-layer gateway), or the server is broken",
            ),
            OddityKind::WrongIntegrity => (
                &INTEGRITY_BAD,
                "a success response is signed with another key and was discarded".to_owned(),
                "a middlebox changes packets, or the answer is forged; with several servers behind one \
                 address, give them the same users and realm",
            ),
            OddityKind::NoIntegrity => (
                &INTEGRITY_BAD,
                "a success response to a signed request is not signed and was discarded".to_owned(),
                "the server breaks RFC 8489 §9.2.5, or the answer is forged",
            ),
            OddityKind::UnmatchedTransaction => (
                &UNMATCHED_TRANSACTION_ID,
                "a response carries the transaction id of no request that waits".to_owned(),
                "usually a late answer to a request that was sent again",
            ),
        };
        let mut finding = case
            .finding(rule, stage)
            .message(text.clone())
            .evidence("count", *count)
            .evidence("seen", message.clone());
        let unanswered = match rule.code == INTEGRITY_BAD.code {
            true => allocate::unanswered(case.facts),
            false => Vec::new(),
        };
        if !unanswered.is_empty() {
            let requests = unanswered.join(" and ");
            finding = finding
                .message(format!("{text}, so that {requests} counts as unanswered"))
                .evidence("unanswered", unanswered);
        } else if settled && finding.severity == Severity::Error {
            finding = finding.severity(Severity::Warning).confidence(Confidence::Medium);
        }
        case.push(finding.help(help));
    }
}
