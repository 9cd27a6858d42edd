//! Hairpinning (RFC 4787 §6, RFC 5780 §3.4): whether two sockets behind one NAT reach each other by their outside
//! addresses. Both write to each other, as ICE has it, so that no filter is in the way of the first answer.

use std::net::SocketAddr;

use super::ask::Reply;
use super::{Hairpin, Hairpinning};
use crate::finding::Confidence;

/// Concludes from the packets that two sockets sent to each other's outside address; `None` where they were not
/// sent, for `reason`.
pub(super) fn conclude(translated: Option<bool>, sent: Option<[Reply; 2]>, reason: &str) -> Hairpinning {
    let told = |behavior, source, confidence, reason: Option<&str>| Hairpinning {
        behavior,
        source,
        confidence,
        reason: reason.map(str::to_owned),
    };
    if translated == Some(false) {
        return told(Hairpin::NotApplicable, None, None, Some("there is no NAT to turn around at"));
    }
    let Some(replies) = sent else {
        return told(Hairpin::Inconclusive, None, None, Some(reason));
    };
    let arrived = replies.iter().find_map(source);
    match arrived {
        Some(source) => told(Hairpin::Works, Some(source), Some(Confidence::High), None),
        None if replies.contains(&Reply::Pending) => {
            told(Hairpin::Inconclusive, None, None, Some("the test was not finished"))
        }
        None => told(
            Hairpin::Silent,
            None,
            Some(Confidence::Medium),
            Some("nothing came in 1.5 s of three packets each way"),
        ),
    }
}

fn source(reply: &Reply) -> Option<SocketAddr> {
    reply.answer().map(|answer| answer.from)
}
