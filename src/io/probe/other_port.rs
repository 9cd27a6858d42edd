//! An allocation from another port of ours, where the server still holds the first for somebody.
//!
//! A port that this machine, or a NAT, gave to another a moment ago says nothing of the server: it may count that client's
//! allocation until its lifetime ends. RFC 8656 §7.4 has three transport addresses tried before 437 is believed.

use std::net::SocketAddr;

use super::Shared;
use super::connector::Connector;
use crate::io::link::Link;
use crate::turn::{Answer, Outcome};

/// How many are tried after the first.
const OTHERS: usize = 2;

/// Where an allocation is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) server: SocketAddr,
    /// For certificates, where a redirect named one.
    pub(super) domain: Option<&'a str>,
}

/// What came of an Allocate, and how many ports were taken before.
pub(super) struct Asked {
    pub(super) link: Link,
    pub(super) answer: Answer,
    pub(super) taken: u32,
}

/// Asks again from another port, and from a third, as long as the answer is 437; what cannot be asked leaves what was
/// answered before.
pub(super) async fn ask(
    connector: &Connector,
    shared: &Shared,
    at: At<'_>,
    mut link: Link,
    mut answer: Answer,
) -> Asked {
    let mut taken = 0;
    while matches!(answer.outcome, Outcome::Refused { code: 437, .. }) {
        taken += 1;
        if taken as usize > OTHERS {
            break;
        }
        let Ok(mut other) = connector.connect(at.server, at.domain).await.link else { break };
        other.stage = link.stage;
        let Ok(next) = other.request(shared.options.allocate()).await else { break };
        if next.outcome == Outcome::TimedOut {
            break;
        }
        (link, answer) = (other, next);
    }
    Asked { link, answer, taken }
}
