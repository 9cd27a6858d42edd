//! STUN Binding: how far away the server is, and how it sees us.

use std::time::{Duration, Instant};

use super::super::link::Link;
use crate::measure::{Distribution, milliseconds};
use crate::probe::facts::{BindingFacts, Fault};
use crate::stun::attribute;
use crate::turn::{Answer, Outcome};

/// Gathers the answers to several Binding requests.
#[derive(Debug, Default)]
pub(super) struct Bindings {
    round_trips: Vec<Duration>,
    asked: u32,
    sent: u32,
    received: u32,
    granted: Option<Answer>,
    refused: Option<u16>,
    at: Option<Instant>,
}

impl Bindings {
    /// Takes an answer.
    pub(super) fn take(&mut self, answer: Answer) {
        self.asked += 1;
        for leg in &answer.legs {
            self.sent += u32::from(leg.sent);
            // RFC 8489 §6.2.1 leaves open which of several sends was answered (Karn's problem).
            if leg.response.is_some() && leg.sent == 1 {
                self.round_trips.push(leg.took);
            }
        }
        match answer.outcome {
            Outcome::Granted(_) => {
                self.received += 1;
                self.at.get_or_insert(answer.at);
                self.granted.get_or_insert(answer);
            }
            Outcome::Refused { code, .. } => {
                self.received += 1;
                self.refused = Some(code);
            }
            Outcome::TimedOut => {}
        }
    }

    /// The first that was measured.
    pub(super) fn round_trip(&self) -> Option<Duration> {
        self.round_trips.first().copied()
    }

    /// Whether the server answered at all.
    pub(super) fn answered(&self) -> bool {
        self.received > 0
    }

    /// What was seen so far; `start` is that of the run, `repeated` counts the answers to retransmissions
    /// of what had been answered already: neither they nor their requests were lost.
    pub(super) fn facts(&self, start: Instant, repeated: u32) -> BindingFacts {
        let message = self.granted.as_ref().and_then(Answer::success);
        let lost = f64::from(self.sent.saturating_sub(self.received + repeated));
        BindingFacts {
            ok: message.is_some(),
            code: if message.is_some() { None } else { self.refused },
            reflexive: message.and_then(|m| m.reflexive_address()),
            at_ms: self.at.map(|at| milliseconds(at - start)),
            rtt: Distribution::of(self.round_trips.iter().copied()),
            loss_pct: (self.sent > 0).then(|| (lost * 10_000.0 / f64::from(self.sent)).round() / 100.0),
            sent: self.sent,
            received: self.received,
            software: message.and_then(|m| m.text(attribute::SOFTWARE)),
            other_address: message.and_then(|m| m.address(attribute::OTHER_ADDRESS)),
            response_origin: message.and_then(|m| m.address(attribute::RESPONSE_ORIGIN)),
        }
    }

    /// Asks until there are `count` in all, one after the other, for no longer than `patience`.
    pub(super) async fn sample(
        &mut self,
        link: &mut Link,
        count: u32,
        patience: Duration,
    ) -> Result<(), Fault> {
        let end = Instant::now() + patience;
        while self.asked < count {
            if Instant::now() >= end {
                break;
            }
            let answer = link.request(crate::turn::Request::Binding).await?;
            self.take(answer);
        }
        Ok(())
    }
}
