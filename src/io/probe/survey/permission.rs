//! Whether a relay keeps out whom nobody let in (RFC 8656 §9): datagrams from a plain socket of ours before there is
//! a permission for it, and again once there is one. Only the second half shows that the first could have come.

use std::time::Duration;

use rand::Rng as _;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::Survey;
use crate::io::link::Link;
use crate::io::probe::allocation::Relayed;
use crate::io::probe::peer::Peer;
use crate::probe::facts::{Check, PermissionTest, SecurityFacts};
use crate::turn::{Event, Request};

/// Datagrams before the permission, and after it.
const SENDS: u32 = 4;
/// Between two of them.
const PAUSE: Duration = Duration::from_millis(10);
/// What a datagram is given beyond the round trip.
const SLACK: Duration = Duration::from_millis(100);
/// How long the first datagram after the permission is waited for.
const PATIENCE: Duration = Duration::from_secs(1);

impl Survey {
    /// Before anything else is asked on the allocation, as each permission would let its address in.
    pub(super) async fn permission(&mut self, relayed: &mut Relayed, found: &mut SecurityFacts) {
        if let Err(why) = self.test_permission(relayed, found).await {
            self.facts.give_up(Check::Security, format!("whether permissions are enforced: {why}"));
        }
    }

    async fn test_permission(&self, relayed: &mut Relayed, found: &mut SecurityFacts) -> Result<(), String> {
        if !self.facts.relay.inbound.as_ref().is_some_and(|inbound| inbound.ok) {
            return Err("no packet from here reaches the relay's ports even with one".to_owned());
        }
        let ip = self.peer_address().ok_or("this machine has no plain socket")?;
        let environment = &self.shared.environment;
        let peer = Peer::open(relayed.address, &[], &environment.local, &environment.tap)
            .await
            .map_err(|error| error.to_string())?;
        let token: [u8; 12] = rand::rng().random();
        let mut test =
            PermissionTest { sent_before: 0, received_before: 0, sent_after: 0, received_after: 0 };

        test.sent_before = send(&peer, relayed, &[&token[..], b"before"].concat()).await;
        let rtt = self
            .facts
            .binding
            .as_ref()
            .and_then(|binding| binding.rtt.as_ref())
            .map_or(0.0, |rtt| rtt.max_ms);
        let wait = (Duration::from_secs_f64(rtt / 1000.0) + SLACK).min(PATIENCE);
        let marks = |data: &[u8], mark: &[u8]| data.strip_prefix(&token[..]) == Some(mark);
        test.received_before = count(&mut relayed.link, wait, SENDS, |data| marks(data, b"before")).await;

        let id = relayed.link.start(Request::CreatePermission(vec![ip]));
        let answer = timeout(PATIENCE * 2, relayed.link.answer(id)).await;
        if let Ok(Ok(answer)) = answer
            && answer.success().is_some()
        {
            test.sent_after = send(&peer, relayed, &[&token[..], b"after"].concat()).await;
            test.received_after = count(&mut relayed.link, PATIENCE, 1, |data| marks(data, b"after")).await;
        }
        found.permission_test = Some(test);
        found.permission_enforced = match (test.received_before, test.received_after) {
            (0, 0) => None,
            (0, _) => Some(true),
            _ => Some(false),
        };
        match found.permission_enforced {
            None => Err("no packet came through after the permission either".to_owned()),
            Some(_) => Ok(()),
        }
    }
}

async fn send(peer: &Peer, relayed: &Relayed, bytes: &[u8]) -> u32 {
    let mut sent = 0;
    for _ in 0..SENDS {
        sent += u32::from(peer.send(relayed.address, bytes).is_ok());
        sleep(PAUSE).await;
    }
    sent
}

/// How many of the datagrams that `ours` knows come within `wait`, up to `enough`.
async fn count(link: &mut Link, wait: Duration, enough: u32, ours: impl Fn(&[u8]) -> bool) -> u32 {
    let until = Instant::now() + wait;
    let mut count = 0;
    while count < enough {
        match timeout_at(until, link.step()).await {
            Ok(Ok(Event::Data { data, .. })) => count += u32::from(ours(&data)),
            Ok(Ok(_)) => {}
            Ok(Err(_)) | Err(_) => break,
        }
    }
    count
}
