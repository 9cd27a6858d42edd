//! An allocation of ours, and the answers of the TURN requests as facts.

use std::net::SocketAddr;
use std::time::Instant;

use crate::io::link::Link;
use crate::measure::milliseconds;
use crate::probe::facts::{AllocateFacts, AttemptFacts, StepFacts};
use crate::stun::{Message, attribute};
use crate::turn::{Answer, Outcome, Upkeep};

/// A Refresh that asks for what RFC 8656 §3.2 gives by default.
pub(super) const LIFETIME: u32 = 600;

/// One of our allocations.
#[derive(Debug)]
pub(super) struct Relayed {
    pub(super) link: Link,
    pub(super) address: SocketAddr,
    /// What is renewed on long runs.
    pub(super) upkeep: Upkeep,
}

impl Relayed {
    /// The allocation that a response granted; the link comes back where its address is none to send to.
    pub(super) fn from_response(link: Link, granted: &Message) -> Result<Self, Box<Link>> {
        let usable = |address: &SocketAddr| address.port() != 0 && !address.ip().is_unspecified();
        match granted.xor_address(attribute::XOR_RELAYED_ADDRESS).filter(usable) {
            Some(address) => {
                let lifetime = granted.number(attribute::LIFETIME).unwrap_or(LIFETIME);
                Ok(Self { link, address, upkeep: Upkeep::new(Instant::now(), lifetime) })
            }
            None => Err(Box::new(link)),
        }
    }
}

/// What an Allocate came to; `start` is that of the run.
pub(super) fn allocate_facts(answer: &Answer, start: Instant) -> AllocateFacts {
    let response = answer.legs.last().and_then(|leg| leg.response.as_ref());
    let granted = answer.success();
    AllocateFacts {
        ok: granted.is_some(),
        code: answer.code(),
        reason: match &answer.outcome {
            Outcome::Refused { response, .. } => response.error_code().map(|(_, reason)| reason),
            _ => None,
        },
        took_ms: milliseconds(answer.took()),
        at_ms: granted.map(|_| milliseconds(answer.at.duration_since(start))),
        attempts: answer
            .legs
            .iter()
            .map(|leg| AttemptFacts {
                code: leg.code,
                answered: leg.response.is_some(),
                authenticated: leg.authenticated,
                cut_mac_key: leg.cut_mac_key,
                realm: leg.response.as_ref().and_then(|r| r.text(attribute::REALM)),
                nonce: leg.response.as_ref().is_some_and(|r| r.attribute(attribute::NONCE).is_some()),
                password_algorithms: leg
                    .response
                    .as_ref()
                    .map(|r| r.password_algorithms())
                    .unwrap_or_default(),
                third_party_authorization: leg
                    .response
                    .as_ref()
                    .is_some_and(|r| r.attribute(attribute::THIRD_PARTY_AUTHORIZATION).is_some()),
                token_server_name: leg
                    .response
                    .as_ref()
                    .and_then(|r| r.text(attribute::THIRD_PARTY_AUTHORIZATION)),
                sent: leg.sent,
                took_ms: milliseconds(leg.took),
            })
            .collect(),
        ports_taken: 0,
        unauthenticated: granted.is_some() && answer.legs.iter().all(|leg| !leg.authenticated),
        lifetime_s: granted.and_then(|m| m.number(attribute::LIFETIME)),
        reflexive: granted.and_then(|m| m.reflexive_address()),
        software: response.and_then(|m| m.text(attribute::SOFTWARE)),
        // coturn counts in units of 1024 bit/s.
        bandwidth_bps: granted
            .and_then(|m| m.number(attribute::COTURN_BANDWIDTH))
            .map(|k| u64::from(k) * 1024),
    }
}

/// What any other request came to; `start` is that of the run.
pub(super) fn step_facts(answer: &Answer, start: Instant) -> StepFacts {
    StepFacts {
        ok: answer.success().is_some(),
        code: answer.code(),
        stale_nonces: answer.legs.iter().filter(|leg| leg.code == Some(438)).count() as u32,
        took_ms: milliseconds(answer.took()),
        at_ms: Some(milliseconds(answer.at.duration_since(start))),
        lifetime_s: answer.success().and_then(|m| m.number(attribute::LIFETIME)),
    }
}

/// What a Refresh with a lifetime of 0 came to. One that was sent again finds no allocation where the answer
/// to the first was lost: that is a success (RFC 8656 §8.2). coturn forgets the nonce too, and says so first.
pub(super) fn release_facts(answer: &Answer, start: Instant) -> StepFacts {
    let facts = step_facts(answer, start);
    let again = answer.legs.iter().any(|leg| leg.sent > 1);
    match facts.code {
        Some(437) if again => StepFacts { ok: true, code: None, ..facts },
        _ => facts,
    }
}
