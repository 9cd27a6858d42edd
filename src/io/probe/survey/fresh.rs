//! The survey's own allocations: few at a time, each given back before the next, and a quota's refusal put down to
//! those of a moment ago as long as it may be.

use std::net::SocketAddr;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};

use crate::io::link::Link;
use crate::io::probe::ALONE;
use crate::io::probe::allocation::Relayed;
use crate::io::probe::connector::Connector;
use crate::io::probe::endpoint::FAREWELL;
use crate::probe::facts::Fault;
use crate::turn::{Allocate, Allowance, Answer, Outcome, Request};

const SILENCE: &str = "no answer to an Allocate";
const SPENT: &str = "all the requests that may be made at most were spent";
/// How many of ours a server has at a time.
const MOST: usize = 3;

/// Where allocations are made.
#[derive(Clone)]
pub(super) struct Door {
    pub(super) connector: Connector,
    /// The endpoint's address, or where a redirect led.
    pub(super) server: SocketAddr,
    /// For certificates, where a redirect named one.
    domain: Option<String>,
    /// What it is known to grant.
    plain: Allocate,
    room: Arc<Semaphore>,
    /// What all that is asked here counts against.
    allowance: Option<Allowance>,
}

/// What an Allocate came to.
pub(super) enum Asked {
    /// It was granted; how it was is in the answer.
    Granted(Box<Fresh>, Answer),
    /// Refused, or granted without an address.
    Answered(Answer),
}

/// How long is waited for an allocation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// For the answer to each try.
    pub(super) answer: Duration,
    /// Until when a quota's refusal is asked again; as often as [`ALONE`] has it without.
    pub(super) room: Option<Instant>,
}

impl Door {
    pub(super) fn new(
        connector: Connector,
        server: SocketAddr,
        domain: Option<String>,
        plain: Allocate,
    ) -> Self {
        Self { connector, server, domain, plain, room: Arc::new(Semaphore::new(MOST)), allowance: None }
    }

    /// The same server's door elsewhere, which leads to the same room.
    pub(super) fn at(&self, connector: Connector, server: SocketAddr) -> Self {
        Self { connector, server, ..self.clone() }
    }

    /// This door for whoever has promised to ask for no more than so much.
    pub(super) fn drawing_on(&self, allowance: &Allowance) -> Self {
        Self { allowance: Some(allowance.clone()), ..self.clone() }
    }

    /// Whether there is enough left for a refusal, its repetition with credentials, and something worth while.
    pub(super) fn may_ask(&self) -> bool {
        self.allowance.as_ref().is_none_or(|allowance| allowance.left() >= 3)
    }

    /// A connection of its own.
    ///
    /// # Errors
    /// Why there is none, in words.
    pub(super) async fn link(&self) -> Result<Link, String> {
        let connected = self.connector.connect(self.server, self.domain.as_deref()).await;
        let mut link = connected.link.map_err(|fault| fault.message)?;
        link.stage = "survey";
        if let Some(allowance) = &self.allowance {
            link.draw_on(allowance.clone());
        }
        Ok(link)
    }

    /// Asks for an allocation on a connection of its own. One that a quota or a lack of ports refused (486, 508) is
    /// asked for again: coturn counts what was given back for a second.
    ///
    /// # Errors
    /// Why there is no answer, in words.
    pub(super) async fn allocate(&self, wish: &Allocate, patience: Patience) -> Result<Asked, String> {
        let room = self.room.clone().acquire_owned().await.map_err(|error| error.to_string())?;
        let mut answer = None;
        for pause in ALONE {
            let over = patience.room.is_some_and(|until| Instant::now() + pause > until);
            if !self.may_ask() || answer.is_some() && over {
                break;
            }
            sleep(pause).await;
            let once = timeout(patience.answer, self.once(wish)).await;
            match once.unwrap_or_else(|_| Err(SILENCE.to_owned()))? {
                (Some(relayed), granted) => {
                    let fresh = Fresh { relayed, given_back: false, _room: room };
                    return Ok(Asked::Granted(Box::new(fresh), granted));
                }
                (None, refused) if may_pass(refused.code(), wish) => answer = Some(refused),
                (None, refused) => return Ok(Asked::Answered(refused)),
            }
        }
        answer.map(Asked::Answered).ok_or_else(|| SPENT.to_owned())
    }

    /// coturn counts an Allocate for a family that it does not have against the quota until the connection is gone,
    /// which over datagrams takes it a minute. An allocation that it does grant there takes up no more, and is counted
    /// no longer once it is given back.
    async fn redeem(&self, link: &mut Link) -> Result<(), Fault> {
        if self.connector.transport.is_stream() || !self.may_ask() {
            return Ok(());
        }
        link.request(Request::Allocate(self.plain.clone())).await.map(|_| ())
    }

    async fn once(&self, wish: &Allocate) -> Result<(Option<Relayed>, Answer), String> {
        let mut link = self.link().await?;
        let answer = link.request(Request::Allocate(wish.clone())).await.map_err(|fault| fault.message)?;
        match &answer.outcome {
            Outcome::Granted(granted) => match Relayed::from_response(link, granted) {
                Ok(relayed) => Ok((Some(relayed), answer)),
                Err(mut link) => {
                    link.release().await;
                    Ok((None, answer))
                }
            },
            Outcome::Refused { code: 440, .. } => {
                let _ = timeout(FAREWELL, self.redeem(&mut link)).await;
                link.release().await;
                Ok((None, answer))
            }
            Outcome::Refused { .. } => Ok((None, answer)),
            Outcome::TimedOut => Err(SILENCE.to_owned()),
        }
    }
}

/// Whether what was refused may be granted in a moment: 437 where another had our port just before (RFC 8656 §7.4).
/// 508 is also what servers say that keep no pairs of ports.
fn may_pass(code: Option<u16>, wish: &Allocate) -> bool {
    match code {
        Some(508) => wish.even_port.is_none() && wish.reservation.is_none(),
        Some(437) => true,
        code => is_quota(code),
    }
}

/// A refusal for want of room, which says nothing of what was asked for.
pub(super) fn is_quota(code: Option<u16>) -> bool {
    matches!(code, Some(486 | 508))
}

/// An allocation of the survey's own, which leaves its room to the next when it is dropped.
pub(super) struct Fresh {
    relayed: Relayed,
    given_back: bool,
    _room: OwnedSemaphorePermit,
}

impl Fresh {
    /// Gives it back, and waits a moment for the server to have taken it.
    pub(super) async fn release(mut self) {
        let refresh = self.link.start(Request::Refresh { lifetime: 0 });
        self.link.flush().await;
        self.given_back = true;
        let _ = timeout(FAREWELL, self.link.answer(refresh)).await;
    }
}

impl Deref for Fresh {
    type Target = Relayed;

    fn deref(&self) -> &Relayed {
        &self.relayed
    }
}

impl DerefMut for Fresh {
    fn deref_mut(&mut self) -> &mut Relayed {
        &mut self.relayed
    }
}

/// A run that is stopped leaves no allocation behind, as far as one send can see to it.
impl Drop for Fresh {
    fn drop(&mut self) {
        if !self.given_back {
            self.relayed.link.abandon();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_waited_for_where_only_room_was_wanting() {
        let pair = Allocate { even_port: Some(true), ..Allocate::default() };
        let token = Allocate { reservation: Some([7; 8]), ..Allocate::default() };
        for (code, wish, expected) in [
            (486, &Allocate::default(), true),
            (508, &Allocate::default(), true),
            (437, &pair, true),
            (486, &pair, true),
            (508, &pair, false),
            (508, &token, false),
            (440, &Allocate::default(), false),
        ] {
            assert_eq!(may_pass(Some(code), wish), expected, "{code} to {wish:?}");
        }
    }
}
