//! When what an allocation holds must be renewed: itself (RFC 8656 §8), its permissions (§9), its channels
//! (§12). Says what to ask for and when; asking is the client's task.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use super::{Answer, Request};
use crate::stun::{Method, attribute};

/// A permission lasts five minutes (RFC 8656 §9); renewed one minute before.
const PERMISSION: Duration = Duration::from_secs(240);
/// A channel lasts ten (RFC 8656 §12); renewed one minute before.
const CHANNEL: Duration = Duration::from_secs(540);
/// An allocation is renewed so long before its end, or at half its time if that is later.
const MARGIN: Duration = Duration::from_secs(60);

/// What an allocation holds, and until when.
#[derive(Debug)]
pub struct Upkeep {
    /// The LIFETIME that is asked for, in seconds; 0 where the server granted none that can be kept.
    lifetime: u32,
    refresh: Option<Instant>,
    permissions: Vec<(IpAddr, Instant)>,
    channels: Vec<(u16, SocketAddr, Instant)>,
}

impl Upkeep {
    /// Of an allocation that was granted at `now` for `lifetime` seconds.
    pub fn new(now: Instant, lifetime: u32) -> Self {
        let refresh = (lifetime > 0).then(|| now + renewal(lifetime));
        Self { lifetime, refresh, permissions: Vec::new(), channels: Vec::new() }
    }

    /// Takes an answer to what was asked for: a Refresh may grant less time than the Allocate did. One that grants 0
    /// seconds grants nothing that could be kept, and changes nothing.
    pub fn renewed(&mut self, answer: &Answer) {
        let granted = answer.success().filter(|message| message.method == Method::Refresh);
        let lifetime = granted.and_then(|message| message.number(attribute::LIFETIME));
        if let Some(lifetime) = lifetime.filter(|lifetime| *lifetime > 0) {
            self.refresh = Some(answer.at + renewal(lifetime));
        }
    }

    /// A permission for `peer` was asked for at `now`.
    pub fn permitted(&mut self, now: Instant, peer: IpAddr) {
        self.permissions.push((peer, now + PERMISSION));
    }

    /// A channel was asked for at `now`.
    pub fn bound(&mut self, now: Instant, number: u16, peer: SocketAddr) {
        self.channels.push((number, peer, now + CHANNEL));
    }

    /// What to ask for at `now`, each once until its next time.
    pub fn poll(&mut self, now: Instant) -> Vec<Request> {
        let mut requests = Vec::new();
        if self.refresh.is_some_and(|due| due <= now) {
            *self = Self {
                permissions: std::mem::take(&mut self.permissions),
                channels: std::mem::take(&mut self.channels),
                ..Self::new(now, self.lifetime)
            };
            requests.push(Request::Refresh { lifetime: self.lifetime });
        }
        let mut peers = Vec::new();
        for (peer, due) in self.permissions.iter_mut().filter(|(_, due)| *due <= now) {
            *due = now + PERMISSION;
            peers.push(*peer);
        }
        if !peers.is_empty() {
            requests.push(Request::CreatePermission(peers));
        }
        for (number, peer, due) in self.channels.iter_mut().filter(|(_, _, due)| *due <= now) {
            *due = now + CHANNEL;
            requests.push(Request::ChannelBind { number: *number, peer: *peer });
        }
        requests
    }

    /// Makes everything due at `now`: a renewal was not answered.
    pub fn hurry(&mut self, now: Instant) {
        let dues = self.refresh.iter_mut().chain(self.permissions.iter_mut().map(|(_, due)| due));
        for due in dues.chain(self.channels.iter_mut().map(|(_, _, due)| due)) {
            *due = now.min(*due);
        }
    }

    /// When there is something to ask for next.
    pub fn due(&self) -> Option<Instant> {
        let permissions = self.permissions.iter().map(|(_, due)| *due);
        let channels = self.channels.iter().map(|(_, _, due)| *due);
        self.refresh.into_iter().chain(permissions).chain(channels).min()
    }
}

/// When what was granted for so many seconds is to be renewed.
fn renewal(lifetime: u32) -> Duration {
    let granted = Duration::from_secs(u64::from(lifetime));
    granted.saturating_sub(MARGIN).max(granted / 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stun::{Class, Message, MessageBuilder, TransactionId};
    use crate::turn::{Outcome, RequestId};

    fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn each_is_renewed_before_its_end_for_as_long_as_it_takes() {
        let peer: SocketAddr = "192.0.2.7:4242".parse().unwrap();
        let start = Instant::now();
        let mut upkeep = Upkeep::new(start, 600);
        upkeep.permitted(start, peer.ip());
        upkeep.bound(start, 0x4000, peer);
        let mut log = Vec::new();
        while let Some(due) = upkeep.due().filter(|due| *due <= start + seconds(1200)) {
            assert!(upkeep.poll(due - Duration::from_millis(1)).is_empty());
            for request in upkeep.poll(due) {
                let name = match request {
                    Request::Refresh { lifetime: 600 } => "refresh",
                    Request::CreatePermission(peers) if peers == [peer.ip()] => "permission",
                    Request::ChannelBind { number: 0x4000, peer: to } if to == peer => "channel",
                    other => panic!("{other:?}"),
                };
                log.push((due.duration_since(start).as_secs(), name));
            }
        }
        assert_eq!(
            log,
            [
                (240, "permission"),
                (480, "permission"),
                (540, "refresh"),
                (540, "channel"),
                (720, "permission"),
                (960, "permission"),
                (1080, "refresh"),
                (1080, "channel"),
                (1200, "permission"),
            ]
        );
    }

    #[test]
    fn what_was_not_answered_is_asked_for_again_at_once() {
        let peer: SocketAddr = "192.0.2.7:4242".parse().unwrap();
        let start = Instant::now();
        let mut upkeep = Upkeep::new(start, 600);
        upkeep.permitted(start, peer.ip());
        upkeep.bound(start, 0x4000, peer);
        let later = start + seconds(1);
        assert!(upkeep.poll(later).is_empty());
        upkeep.hurry(later);
        assert_eq!(upkeep.poll(later).len(), 3);
        assert!(upkeep.poll(later).is_empty());
    }

    #[test]
    fn a_short_lifetime_is_renewed_at_half_and_none_never() {
        let start = Instant::now();
        assert_eq!(Upkeep::new(start, 30).due(), Some(start + seconds(15)));
        assert_eq!(Upkeep::new(start, 0).due(), None);
    }

    #[test]
    fn a_refresh_that_grants_less_is_renewed_sooner() {
        let start = Instant::now();
        let granted = |method, lifetime, after| {
            let bytes = MessageBuilder::new(Class::Success, method, TransactionId([7; 12]))
                .number(attribute::LIFETIME, lifetime)
                .finish();
            let outcome = Outcome::Granted(Message::from_bytes(&bytes).unwrap());
            Answer { request: RequestId::default(), outcome, at: start + seconds(after), legs: Vec::new() }
        };
        let mut upkeep = Upkeep::new(start, 600);
        upkeep.renewed(&granted(Method::CreatePermission, 20, 1));
        assert_eq!(upkeep.due(), Some(start + seconds(540)));
        assert_eq!(upkeep.poll(start + seconds(540)).len(), 1);
        upkeep.renewed(&granted(Method::Refresh, 120, 541));
        assert_eq!(upkeep.due(), Some(start + seconds(601)));
        assert_eq!(upkeep.poll(start + seconds(601)), [Request::Refresh { lifetime: 600 }]);
        upkeep.renewed(&granted(Method::Refresh, 0, 602));
        assert_eq!(upkeep.due(), Some(start + seconds(601 + 540)));
    }
}
