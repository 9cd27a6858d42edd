//! Asks for what a server may grant beyond the necessary: one allocation a wish, all at once, each released
//! at once. A quota's refusal says nothing of the wish, so such a wish is asked again alone.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::timeout;

use super::{Asked, Survey, allocate, tcp_relay};
use crate::io::link::Link;
use crate::probe::capabilities::{self, Wish};
use crate::probe::facts::{Capability, Check};
use crate::stun::attribute;
use crate::turn::{Allocate, Answer};

/// A server that took longer than this for its first Allocate is not asked for more by default.
const PATIENCE: Duration = Duration::from_secs(2);

impl Survey {
    /// Writes down which wishes are granted, refused, ignored.
    pub(super) async fn capabilities(&mut self) {
        let patience = self.shared.options.timeout.min(PATIENCE);
        let mut asking = JoinSet::new();
        for (at, wish) in self.wishes().into_iter().enumerate() {
            let asker = self.asker(wish);
            asking.spawn(async move { (at, wish, asker.ask(patience).await) });
        }
        let mut all = Vec::new();
        while let Some(done) = asking.join_next().await {
            all.extend(done);
        }
        all.sort_by_key(|(at, ..)| *at);
        let mut unknown: Vec<(String, Vec<&str>)> = Vec::new();
        for (_, wish, mut outcome) in all {
            if outcome.as_ref().is_ok_and(|found| found.iter().any(Capability::out_of_quota)) {
                outcome = self.asker(wish).ask(patience).await;
            }
            match outcome {
                Ok(found) => self.facts.asked.extend(found),
                Err(why) => {
                    self.facts.asked.push(Capability { name: wish.name(), state: "unknown", code: None });
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
            let state = "unknown";
            self.facts.asked.push(Capability { name: Wish::TcpRelay.name(), state, code: None });
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

    fn asker(&self, wish: Wish) -> Asker {
        let mut connector = self.connector.clone();
        let mut server = self.server;
        if let (Wish::TcpRelay, Some((transport, address))) = (wish, self.stream) {
            connector.transport = transport;
            server = address;
        }
        let reflexive = self.facts.allocate.as_ref().and_then(|allocate| allocate.reflexive);
        let nat = reflexive.map(|it| it.ip()) != self.facts.local.map(|it| it.ip());
        Asker { connector, server, domain: self.domain.clone(), wish, nat }
    }
}

/// One wish on its way.
struct Asker {
    connector: super::Connector,
    server: std::net::SocketAddr,
    domain: Option<String>,
    wish: Wish,
    /// Servers do not see our own address: a listener of ours cannot be connected to.
    nat: bool,
}

impl Asker {
    async fn ask(&self, patience: Duration) -> Result<Vec<Capability>, String> {
        timeout(patience, self.exchange()).await.unwrap_or_else(|_| Err("no answer".to_owned()))
    }

    async fn exchange(&self) -> Result<Vec<Capability>, String> {
        match self.allocate(self.wish.allocate()).await? {
            Asked::Answered(answer) => Ok(capabilities::judge(self.wish, &answer)),
            Asked::Granted(mut relayed, answer) => {
                let mut found = capabilities::judge(self.wish, &answer);
                if self.wish == Wish::EvenPort {
                    found.extend(self.reservation(&answer, relayed.address.port()).await);
                }
                if self.wish == Wish::TcpRelay && !self.nat {
                    // What keeps us from trying is our own; the relay itself was granted.
                    let environment = &self.connector.shared.environment;
                    let passes = tcp_relay::passes(&mut relayed, self.server, environment, self.link());
                    found.extend(passes.await.ok());
                }
                relayed.link.release().await;
                Ok(found)
            }
        }
    }

    async fn allocate(&self, wish: Allocate) -> Result<Asked, String> {
        allocate(self.link().await?, wish).await
    }

    async fn link(&self) -> Result<Link, String> {
        let connected = self.connector.connect(self.server, self.domain.as_deref()).await;
        connected.link.map_err(|fault| fault.message)
    }

    /// Whether the port next to an even one was really kept for whoever has the token.
    async fn reservation(&self, answer: &Answer, port: u16) -> Option<Capability> {
        let token = answer.success()?.attribute(attribute::RESERVATION_TOKEN);
        let Some(token) = token.and_then(|token| <[u8; 8]>::try_from(token).ok()) else {
            return Some(capabilities::reservation(None, port));
        };
        let wish = Allocate { reservation: Some(token), ..Allocate::default() };
        match self.allocate(wish).await.ok()? {
            Asked::Answered(answer) => Some(capabilities::reservation(Some((answer.code(), None)), port)),
            Asked::Granted(mut relayed, _) => {
                let kept = relayed.address.port();
                relayed.link.release().await;
                Some(capabilities::reservation(Some((None, Some(kept))), port))
            }
        }
    }
}
