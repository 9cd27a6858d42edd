//! A port that does not speak what it was asked in: whether it speaks its neighbour, with TLS or without.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::timeout;

use super::connector::Connector;
use super::endpoint::Session;
use crate::probe::facts::{EndpointFacts, Fault, FaultKind, OddityKind};
use crate::probe::plan::Transport;
use crate::turn::{Outcome, Request};

/// One more try, and a short one: whoever would answer has the port open already.
const PATIENCE: Duration = Duration::from_secs(1);

impl Session {
    /// After a failure before anything was answered: one attempt with TLS instead of without, or the other way
    /// round, so that the finding names the mismatch.
    pub(super) async fn look_again(&mut self) {
        let Some(instead) = worth_trying(&self.facts) else { return };
        let seen = match self.looked {
            Some(seen) => seen,
            None => speaks(&self.connector, instead, self.endpoint.addr).await,
        };
        if seen {
            self.facts.speaks = Some(instead);
        }
    }
}

/// What to try while a handshake is waited for.
pub(super) fn beside(facts: &EndpointFacts) -> Option<Transport> {
    match facts.transport {
        Transport::Tls => Some(Transport::Tcp),
        Transport::Dtls => Some(Transport::Udp),
        Transport::Udp | Transport::Tcp => None,
    }
}

/// Whether `addr` answers over `instead`.
pub(super) async fn speaks(connector: &Connector, instead: Transport, addr: SocketAddr) -> bool {
    let patience = PATIENCE.min(connector.shared.options.timeout / 2);
    let connector = Connector { transport: instead, ..connector.clone() };
    let speaks = async {
        let connected = connector.connect(addr, None).await;
        if instead.is_encrypted() {
            let old = matches!(&connected.link, Err(Fault { kind: FaultKind::OldTls, .. }));
            return connected.tls.is_some() || old;
        }
        let Ok(mut link) = connected.link else { return false };
        match link.request(Request::Binding).await {
            Ok(answer) => answer.outcome != Outcome::TimedOut,
            Err(_) => false,
        }
    };
    timeout(patience, speaks).await == Ok(true)
}

/// What to try, if what was seen leaves room for it.
fn worth_trying(facts: &EndpointFacts) -> Option<Transport> {
    let heard = facts.binding.as_ref().is_some_and(|binding| binding.received > 0)
        || facts.allocate.as_ref().is_some_and(|allocate| allocate.attempts.iter().any(|leg| leg.answered));
    if heard || facts.tls.is_some() || facts.stopped {
        return None;
    }
    let fault = facts.fault.as_ref();
    // An alert, or a handshake that began, is TLS: then the port is the right one.
    let handshake = fault.is_some_and(|fault| {
        fault.stage == "tls"
            && matches!(fault.kind, FaultKind::NotTls | FaultKind::TimedOut | FaultKind::Closed)
    });
    let odd = facts.oddities.iter().any(|odd| odd.kind == OddityKind::NotStun);
    let silent = fault.is_none() && facts.binding.is_some();
    let closed = fault.is_some_and(|fault| fault.kind == FaultKind::Closed && fault.stage != "connect");
    match facts.transport {
        Transport::Tls if handshake => Some(Transport::Tcp),
        Transport::Dtls if handshake => Some(Transport::Udp),
        Transport::Tcp if odd || silent || closed => Some(Transport::Tls),
        // Silence is what most faults over UDP look like: only where DTLS is at home.
        Transport::Udp if (odd || silent) && facts.addr.port() == Transport::Dtls.default_port() => {
            Some(Transport::Dtls)
        }
        _ => None,
    }
}
