//! What a refusal of credentials, or their acceptance, does not tell by itself: whether damaged ones would do
//! mended, whether minted ones would, and what the server's clock says. Each answer costs an allocation, which is given
//! back at once.

use std::sync::PoisonError;
use std::time::{Duration, Instant, SystemTime};

use super::endpoint::Session;
use crate::probe::facts::{AskedAgainFacts, ClockFacts, MendedFacts, MintedFacts};
use crate::probe::plan::Minting;
use crate::turn::credentials::clock::{ClockSearch, ServerClock};
use crate::turn::credentials::{Credentials, form};
use crate::turn::{Answer, Outcome, Request};

/// How long minted credentials last that are tried in place of a static user's: clocks that are off by less do not
/// matter.
const LASTING: u64 = 3_600;
/// And how much longer those last that are tried in place of minted ones: no clock is off by as much.
const FAR: u64 = 10 * 365 * 86_400;
/// A clock is found to a few percent by this many questions at most; finer only where they are answered soon.
const FINER_WITHIN: Duration = Duration::from_secs(2);

/// How often refused credentials are given again: two servers that share a port evenly are then told from a wrong
/// password in three runs of four over one transport, and sooner over several.
const AGAIN: u32 = 2;

impl Session {
    /// Looks further into the credentials that `answer` to an Allocate was about.
    pub(super) async fn examine_credentials(&mut self, answer: &Answer) {
        let refused = answer.code() == Some(401) && answer.legs.iter().any(|leg| leg.authenticated);
        if refused {
            self.mend().await;
            self.mint().await;
            self.ask_again().await;
        }
        let known =
            refused || answer.success().is_some_and(|_| answer.legs.iter().any(|leg| leg.authenticated));
        if known && let Some(minting) = self.target.clock.clone() {
            self.find_clock(&minting).await;
        }
    }

    /// Asks once as the credentials were probably meant.
    async fn mend(&mut self) {
        let Some(damage) = self.target.credentials.as_ref().and_then(form::damage) else { return };
        self.progress("the credentials look damaged: trying them mended");
        self.facts.mended = Some(MendedFacts {
            username: damage.username,
            password: damage.password,
            accepted: None,
            code: None,
        });
        let asked = self.ask_as(damage.mended).await;
        if let (Some(mended), Some(answer)) = (&mut self.facts.mended, asked) {
            mended.accepted = taken(&answer);
            mended.code = answer.code();
        }
    }

    /// Asks once with minted credentials in place of a static user's: whether the server is one of those alone. In
    /// place of minted ones that have not expired, with the same that expire much later: whether it is the secret that
    /// the server refuses, or its own clock says that they have.
    async fn mint(&mut self) {
        let Some(minting) = self.target.minting.clone() else { return };
        if self.facts.mended.as_ref().is_some_and(|mended| mended.accepted == Some(true)) {
            return;
        }
        let now = unix_now() as u64;
        let refused = self.target.credentials.as_ref().map(|credentials| credentials.username.clone());
        let (expires_unix, credentials) = match (self.target.knowledge.rest_expiry, refused) {
            (Some(expiry), _) if expiry <= now => return,
            (Some(expiry), Some(username)) => {
                self.progress("minted credentials are refused: trying a later expiry");
                (now + FAR, minting.prolonged(&username, expiry, now + FAR))
            }
            _ => {
                self.progress("a static user is refused: trying minted credentials");
                (now + LASTING, minting.expiring(now + LASTING))
            }
        };
        let asked = self.ask_as(credentials).await;
        self.facts.minted = Some(MintedFacts {
            expires_unix,
            accepted: asked.as_ref().and_then(taken),
            code: asked.as_ref().and_then(Answer::code),
        });
    }

    /// Asks with the very same credentials from other ports: several servers behind one address need not know the same
    /// users, and it is the port that decides which of them answers.
    async fn ask_again(&mut self) {
        let taken_otherwise = self.facts.mended.as_ref().is_some_and(|mended| mended.accepted == Some(true))
            || self.facts.minted.as_ref().is_some_and(|minted| minted.accepted == Some(true));
        let expired = self.target.knowledge.rest_expiry.is_some_and(|expiry| expiry as f64 <= unix_now());
        let explained = taken_otherwise || expired;
        let Some(credentials) = self.target.credentials.clone().filter(|_| !explained) else { return };
        let mut again = AskedAgainFacts { tries: 0, accepted: 0 };
        while again.tries < AGAIN && again.accepted == 0 {
            let Some(answer) = self.ask_as(credentials.clone()).await else { break };
            again.tries += 1;
            again.accepted += u32::from(taken(&answer) == Some(true));
        }
        self.facts.asked_again = (again.tries > 0).then_some(again);
    }

    /// Finds the server's clock, once for each host of a run.
    async fn find_clock(&mut self, minting: &Minting) {
        let ip = self.endpoint.addr.ip();
        let first = self.shared.clocks.lock().unwrap_or_else(PoisonError::into_inner).insert(ip);
        if !first {
            return;
        }
        self.progress("the server's clock");
        let mut search = ClockSearch::default();
        let mut broken = None;
        let start = Instant::now();
        while let Some(expiry) = search.expiry(unix_now()) {
            let answer = self.ask_as(minting.expiring(expiry)).await;
            let Some((answer, took)) = answer.as_ref().and_then(|answer| {
                taken(answer).map(|taken| (taken, answer.legs.last().map_or(Duration::ZERO, |leg| leg.took)))
            }) else {
                broken = Some("an Allocate of the search was not answered, or with an error of another kind");
                break;
            };
            // The release that follows an answer is not waited for: this is within a moment of it.
            search.answered(expiry, unix_now() - took.as_secs_f64() / 2.0, answer);
            if search.is_coarse() && start.elapsed() > FINER_WITHIN {
                break;
            }
        }
        let facts = |clock_offset_s, error_s, reason| ClockFacts {
            clock_offset_s,
            error_s,
            attempts: search.asked(),
            reason,
        };
        let rounded = |seconds: f64| Some((seconds * 10.0).round() / 10.0);
        self.facts.clock = Some(match (broken, search.found()) {
            (Some(_), _) => facts(None, None, broken),
            (None, ServerClock::Offset { offset_s, error_s }) => {
                facts(rounded(offset_s), rounded(error_s), None)
            }
            (None, ServerClock::NeverTaken) => {
                let reason =
                    "no expiry up to a day ahead is taken: the secret is another, or the clock is far ahead";
                facts(None, None, Some(reason))
            }
            (None, ServerClock::AlwaysTaken) => {
                let reason = "an expiry of a day ago is still taken: the server does not look at it, or its clock \
                              is far behind";
                facts(None, None, Some(reason))
            }
        });
    }

    /// Asks for an allocation as somebody else, on a connection of its own, and gives it back.
    async fn ask_as(&self, credentials: Credentials) -> Option<Answer> {
        let redirect = self.facts.redirect.as_ref();
        let server = redirect.and_then(|redirect| redirect.to).unwrap_or(self.endpoint.addr);
        let domain = redirect.and_then(|redirect| redirect.domain.as_deref());
        let mut link = self.connector.connect_as(Some(credentials), server, domain).await.link.ok()?;
        let answer = link.request(self.shared.options.allocate()).await.ok()?;
        if answer.success().is_some() {
            link.start(Request::Refresh { lifetime: 0 });
            link.flush().await;
        }
        Some(answer)
    }
}

/// Whether an answer says that the credentials are right; `None` where it says neither. Quotas and ports are
/// looked at once the credentials have passed.
fn taken(answer: &Answer) -> Option<bool> {
    match &answer.outcome {
        Outcome::Granted(_) => answer.legs.iter().any(|leg| leg.authenticated).then_some(true),
        Outcome::Refused { code: 486 | 508, .. } => Some(true),
        Outcome::Refused { code: 401, .. } => Some(false),
        Outcome::Refused { .. } | Outcome::TimedOut => None,
    }
}

/// This machine's clock.
fn unix_now() -> f64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}
