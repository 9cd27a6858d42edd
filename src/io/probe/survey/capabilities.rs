//! Asks for what a server may grant beyond the necessary: one allocation a wish, each released at once.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::timeout;

use super::Connector;
use super::fresh::Door;
use super::{Asked, Patience, Survey, tcp_relay};
use crate::probe::capabilities::{self, Wish};
use crate::probe::facts::{Capability, Check};
use crate::stun::attribute;
use crate::turn::{Allocate, Answer};

/// A server that took longer than this for its first Allocate is not asked for more by default.
const PATIENCE: Duration = Duration::from_secs(2);
/// For so long, all wishes together, a quota's refusal is asked again: it says nothing of the wish.
const ROOM: Duration = Duration::from_secs(3);

impl Survey {
    /// Writes down which wishes are granted, refused, ignored.
    pub(super) async fn capabilities(&mut self) {
        let patience =
            Patience { answer: self.shared.options.timeout.min(PATIENCE), room: Some(Instant::now() + ROOM) };
        let mut asking = JoinSet::new();
        for (at, wish) in self.wishes().into_iter().enumerate() {
            let asker = self.asker(wish, patience);
            asking.spawn(async move { (at, wish, asker.ask().await) });
        }
        let mut all = Vec::new();
        while let Some(done) = asking.join_next().await {
            all.extend(done);
        }
        all.sort_by_key(|(at, ..)| *at);
        let mut unknown: Vec<(String, Vec<&str>)> = Vec::new();
        for (_, wish, outcome) in all {
            match outcome {
                Ok(found) => self.facts.asked.extend(found),
                Err(why) => {
                    self.facts.asked.push(Capability {
                        name: wish.name(),
                        state: "unknown",
                        code: None,
                        why: None,
                    });
                    match unknown.iter_mut().find(|(known, _)| *known == why) {
                        Some((_, names)) => names.push(wish.name()),
                        None => unknown.push((why, vec![wish.name()])),
                    }
                }
            }
        }
        for (why, names) in unknown {
            self.facts.give_up(Check::Capabilities, format!("{} for {}", why, names.join(", ")));
        }
        if self.stream.is_none() {
            let why = Some("no TCP endpoint of this server was probed".to_owned());
            let name = Wish::TcpRelay.name();
            self.facts.asked.push(Capability { name, state: "unknown", code: None, why });
        }
    }

    fn wishes(&self) -> Vec<Wish> {
        let v4 = self.facts.relay.address.is_some_and(|relay| relay.is_ipv4());
        let stream = self.stream.is_some();
        Wish::ALL
            .into_iter()
            .filter(|wish| match wish {
                Wish::RelayIpv4 => !v4,
                Wish::RelayIpv6 => v4,
                Wish::TcpRelay => stream,
                _ => true,
            })
            .collect()
    }

    fn asker(&self, wish: Wish, patience: Patience) -> Asker {
        let door = match (wish, self.stream) {
            (Wish::TcpRelay, Some((transport, address))) => {
                self.door.at(Connector { transport, ..self.door.connector.clone() }, address)
            }
            _ => self.door.clone(),
        };
        let reflexive = self.facts.allocate.as_ref().and_then(|allocate| allocate.reflexive);
        let nat = reflexive.map(|it| it.ip()) != self.facts.local.map(|it| it.ip());
        Asker { door, wish, asked: wish.allocate(self.wish()), patience, nat }
    }
}

/// One wish on its way.
struct Asker {
    door: Door,
    wish: Wish,
    asked: Allocate,
    patience: Patience,
    /// Servers do not see our own address: a listener of ours cannot be connected to.
    nat: bool,
}

impl Asker {
    async fn ask(&self) -> Result<Vec<Capability>, String> {
        let (mut relayed, answer) = match self.door.allocate(&self.asked, self.patience).await? {
            Asked::Answered(answer) => return Ok(capabilities::judge(self.wish, &answer)),
            Asked::Granted(relayed, answer) => (relayed, answer),
        };
        let mut found = capabilities::judge(self.wish, &answer);
        let more = match self.wish {
            Wish::EvenPort => self.reservation(&answer, relayed.address.port()).await,
            Wish::TcpRelay if self.nat => {
                Some(tcp_relay::untried("behind a NAT nobody can connect to this machine"))
            }
            Wish::TcpRelay => {
                // What keeps us from trying is our own; the relay itself was granted.
                let environment = &self.door.connector.shared.environment;
                let passes = tcp_relay::passes(&mut relayed, self.door.server, environment, self.door.link());
                let passed = timeout(self.patience.answer, passes).await;
                let passed = passed.unwrap_or_else(|_| Err("no answer in time".to_owned()));
                Some(passed.unwrap_or_else(tcp_relay::untried))
            }
            _ => None,
        };
        found.extend(more);
        relayed.release().await;
        Ok(found)
    }

    /// Whether the port next to an even one was really kept for whoever has the token.
    async fn reservation(&self, answer: &Answer, port: u16) -> Option<Capability> {
        let token = answer.success()?.attribute(attribute::RESERVATION_TOKEN);
        let Some(token) = token.and_then(|token| <[u8; 8]>::try_from(token).ok()) else {
            return Some(capabilities::reservation(None, port));
        };
        // The token names the port and so its family, which must not be named again (RFC 6156 §4.1).
        let wish = Allocate { reservation: Some(token), ..Allocate::default() };
        match self.door.allocate(&wish, self.patience).await.ok()? {
            Asked::Answered(answer) => Some(capabilities::reservation(Some((answer.code(), None)), port)),
            Asked::Granted(relayed, _) => {
                let kept = relayed.address.port();
                relayed.release().await;
                Some(capabilities::reservation(Some((None, Some(kept))), port))
            }
        }
    }
}
