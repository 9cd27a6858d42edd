//! Watches how long a permission, a channel and an allocation last that are not renewed: data each half second,
//! each on an allocation of its own.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use super::Survey;
use super::pair::{NoPair, Pair, Sent, Way};
use crate::probe::facts::{Check, LifetimeFacts, LifetimesFacts};
use crate::probe::plan::Lifetime;
use crate::stun::attribute;
use crate::turn::{Allocate, Answer, Request};

/// From one packet to the next.
const TICK: Duration = Duration::from_millis(500);
/// Packets in a row without which something has ended.
const MISSING: u32 = 6;
/// Packets in a row without which the server is asked about an allocation.
const DOUBT: u32 = 1;
/// How long the proof of an end may take.
const PROOF: Duration = Duration::from_secs(2);
/// How often a permission is renewed that is not the one watched.
const RENEW: Duration = Duration::from_secs(60);
const SIZE: usize = 100;
/// Asked for: what RFC 8656 §3.2 has as the default.
const ASKED: u32 = 600;

impl Survey {
    /// Writes down how long each lasts: all at once, and where a quota has no room for that, one by one.
    pub(super) async fn lifetimes(&mut self, which: &[Lifetime]) {
        self.facts.lifetimes = Some(LifetimesFacts::default());
        let this = &*self;
        let watch = |what| async move {
            match which.contains(&what) {
                true => Some((what, this.watch(what).await)),
                false => None,
            }
        };
        let (permission, channel, allocation) =
            tokio::join!(watch(Lifetime::Permission), watch(Lifetime::Channel), watch(Lifetime::Allocation));
        let watched: Vec<_> = [permission, channel, allocation].into_iter().flatten().collect();
        let held = watched.iter().any(|(_, result)| result.is_ok());
        for (what, result) in watched {
            let why = match result {
                Ok(()) => continue,
                Err(refused) if held && refused.is_quota() => {
                    self.progress(&format!("lifetime of {}", name(what)));
                    match self.watch(what).await {
                        Ok(()) => continue,
                        Err(why) => {
                            format!("{} beside the others, and alone {}", refused.words(), why.words())
                        }
                    }
                }
                Err(why) => why.words(),
            };
            self.facts.give_up(Check::Lifetimes, format!("{}: {why}", name(what)));
        }
        self.recall_lifetimes();
    }

    /// Writes down what has been learnt so far, which a stopped run does too.
    pub(super) fn recall_lifetimes(&mut self) {
        let learnt = self.learnt.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        self.facts.lifetimes = learnt.or(self.facts.lifetimes.take());
    }

    fn learn(&self, what: Lifetime, facts: &LifetimeFacts) {
        let mut learnt = self.learnt.lock().unwrap_or_else(PoisonError::into_inner);
        let all = learnt.get_or_insert_default();
        let one = match what {
            Lifetime::Permission => &mut all.permission_s,
            Lifetime::Channel => &mut all.channel_s,
            Lifetime::Allocation => &mut all.allocation_s,
        };
        *one = Some(facts.clone());
    }

    /// Watches until it has ended, or has lasted too long; all that is learnt on the way is kept.
    async fn watch(&self, what: Lifetime) -> Result<(), NoPair> {
        let wish = Allocate { lifetime: Some(ASKED), ..self.wish() };
        let (mut pair, answer) = self.pair(wish).await?;
        self.watch_over(what, &mut pair, &answer).await.map_err(NoPair::Failed)
    }

    async fn watch_over(&self, what: Lifetime, pair: &mut Pair, answer: &Answer) -> Result<(), String> {
        let (start, granted) = match what {
            Lifetime::Permission => (pair.permitted, what.nominal()),
            Lifetime::Channel => (pair.bind().await?, what.nominal()),
            Lifetime::Allocation => (answer.at, lifetime(answer)?),
        };
        let until = start + granted + Lifetime::GRACE;
        if until > self.shared.deadline {
            let s = granted.as_secs();
            return Err(format!("it was granted for {s} s, longer than this run may take: use --deadline"));
        }
        let mut facts = LifetimeFacts { granted_s: granted.as_secs_f64(), ..LifetimeFacts::default() };
        let way = if what == Lifetime::Channel { Way::Outbound } else { Way::Inbound };
        let since = |at: Instant| Some(round(at.duration_since(start)));
        let mut watch = Watch::default();
        let mut renewed = start;
        while Instant::now() < until {
            let ticked = watch.tick(pair, way).await;
            if let Some(last) = watch.last().max(watch.alive) {
                facts.at_least_s = since(last);
                self.learn(what, &facts);
            }
            match ticked {
                Ok(()) => {}
                // Over TCP and TLS an allocation may end with its connection.
                Err(_) if what == Lifetime::Allocation && watch.last.is_some() => {
                    facts.at_most_s = since(Instant::now());
                    facts.confirmed = true;
                    self.learn(what, &facts);
                    return Ok(());
                }
                Err(why) => return Err(why),
            }
            // Packets get lost, and a proof that comes after the end of the granted time proves nothing about what
            // was before: the server is asked at once whether it still knows the allocation, which renews nothing.
            let doubted = what == Lifetime::Allocation && watch.last.is_some() && watch.missing() >= DOUBT;
            match if doubted { pair.exists().await } else { None } {
                Some((at, true)) => watch.alive = Some(at),
                Some((at, false)) => {
                    let missing = watch.first_missing().filter(|missing| Some(*missing) > watch.alive);
                    facts.at_most_s = since(missing.unwrap_or(at));
                    self.prove(what, pair, way, &mut watch, &mut facts).await;
                    self.learn(what, &facts);
                    return Ok(());
                }
                None => {}
            }
            if watch.ended() && watch.alive <= watch.first_missing() {
                if watch.last.is_none() {
                    return Err("no data passes at all".to_owned());
                }
                facts.at_most_s = watch.first_missing().and_then(since);
                self.prove(what, pair, way, &mut watch, &mut facts).await;
                self.learn(what, &facts);
                return Ok(());
            }
            let now = Instant::now();
            if what != Lifetime::Allocation {
                for request in pair.relayed.upkeep.poll(now) {
                    pair.relayed.link.start(request);
                }
            }
            if what != Lifetime::Permission && now >= renewed + RENEW {
                pair.relayed.link.start(Request::CreatePermission(vec![pair.to.ip()]));
                renewed = now;
            }
        }
        Ok(())
    }

    /// Whether it was really the lifetime that ended.
    async fn prove(
        &self,
        what: Lifetime,
        pair: &mut Pair,
        way: Way,
        watch: &mut Watch,
        facts: &mut LifetimeFacts,
    ) {
        let again = match what {
            Lifetime::Permission => pair.permit().await.is_ok(),
            Lifetime::Channel => pair.bind().await.is_ok(),
            Lifetime::Allocation => {
                let answer = pair.relayed.link.request(Request::Refresh { lifetime: ASKED }).await;
                facts.refresh_code = answer.ok().as_ref().and_then(Answer::code);
                facts.confirmed = facts.refresh_code.is_some();
                return;
            }
        };
        let (before, until) = (watch.last, Instant::now() + PROOF);
        while again && watch.last == before && Instant::now() < until {
            if watch.tick(pair, way).await.is_err() {
                return;
            }
        }
        facts.confirmed = watch.last > before;
    }
}

/// Packets sent, and the last that arrived.
#[derive(Default)]
struct Watch {
    sent: Vec<Instant>,
    last: Option<u32>,
    /// When the server last said that it still knows the allocation.
    alive: Option<Instant>,
}

impl Watch {
    /// Sends a packet and listens until the next is due.
    async fn tick(&mut self, pair: &mut Pair, way: Way) -> Result<(), String> {
        let now = Instant::now();
        // The numbers of the greeting are below it.
        let number = self.sent.len() as u32 + FIRST;
        if pair.send(way, number, SIZE) == Sent::Yes {
            self.sent.push(now);
        }
        let until = now + TICK;
        while let Some(heard) = pair.hear(until).await.map_err(|fault| fault.message)? {
            if heard.way == way && heard.number >= FIRST {
                self.last = self.last.max(Some(heard.number - FIRST));
            }
        }
        Ok(())
    }

    fn ended(&self) -> bool {
        self.missing() >= MISSING
    }

    /// Packets sent since the last that arrived.
    fn missing(&self) -> u32 {
        (self.sent.len() as u32).saturating_sub(self.last.map_or(0, |last| last + 1))
    }

    fn last(&self) -> Option<Instant> {
        self.sent.get(self.last? as usize).copied()
    }

    fn first_missing(&self) -> Option<Instant> {
        self.sent.get(self.last? as usize + 1).copied()
    }
}

const FIRST: u32 = 1000;

fn name(what: Lifetime) -> &'static str {
    match what {
        Lifetime::Permission => "permission",
        Lifetime::Channel => "channel",
        Lifetime::Allocation => "allocation",
    }
}

fn lifetime(answer: &Answer) -> Result<Duration, String> {
    let granted = answer.success().and_then(|message| message.number(attribute::LIFETIME));
    match granted {
        None | Some(0) => Err("the server did not say for how long it granted it".to_owned()),
        Some(seconds) => Ok(Duration::from_secs(u64::from(seconds))),
    }
}

/// Seconds to the tenth: packets are half a second apart.
fn round(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 10.0).round() / 10.0
}
