//! How long a mapping lives without traffic (RFC 4787 §4.3, RFC 5780 §4.6).
//!
//! Each idle time has a mapping of its own, all made at the same time, so that the answer takes the longest wait and
//! no bisection. After its time a second socket has the server answer to the first one's outside port
//! (RESPONSE-PORT): nothing renews the mapping, and what arrives shows that it lives. Where the server does not do
//! that, the first socket asks again, and a new outside port shows that the old mapping died.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};
use serde::Serialize;

use super::ask::{Ask, Reply};
use super::{Machine, Output, SocketId};
use crate::finding::Confidence;
use crate::measure::milliseconds;
use crate::stun::{Message, TransactionId};

/// The idle times tried, in seconds: those that keepalives are set by.
pub const IDLE_TIMES: [u64; 12] = [5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 300];

/// The idle times to try where none may be longer than `most`, which is one of them.
pub fn idle_times(most: Duration) -> Vec<Duration> {
    let shorter = IDLE_TIMES.into_iter().map(Duration::from_secs).filter(|time| *time < most);
    shorter.chain([most]).collect()
}

/// What a request is for; number 0 is the control, which waits for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Makes the mapping.
    Hold(usize),
    /// Learns where the second socket is seen.
    Base(usize),
    /// Has the server answer to the mapping.
    Knock(usize),
    /// Asks again from the first socket.
    Again(usize),
}

/// The lifetime test of one address family, on its way.
#[derive(Debug)]
pub struct Lifetime {
    started: Instant,
    server: SocketAddr,
    locals: Vec<SocketAddr>,
    idle: Vec<Duration>,
    asks: Vec<(Step, Ask)>,
    /// When each mapping was last used.
    used: Vec<Option<Instant>>,
    ids: StdRng,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct LifetimeFacts {
    /// `response-port`, or `mapped-port` where the server does not do that.
    pub method: &'static str,
    /// A mapping outlived this idle time.
    pub at_least_s: Option<f64>,
    /// A mapping was gone after this idle time.
    pub below_s: Option<f64>,
    /// How sure; `null` where nothing was concluded.
    pub confidence: Option<Confidence>,
    /// Why nothing was concluded, or why not with certainty.
    pub reason: Option<String>,
    /// Each idle time.
    pub tried: Vec<Tried>,
    /// The whole test.
    pub took_ms: f64,
}

/// One idle time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Tried {
    /// How long.
    pub idle_s: f64,
    /// The mapping was still there; `null` where it could not be told.
    pub alive: Option<bool>,
}

impl Lifetime {
    /// How many sockets the test takes.
    pub fn sockets(idle: &[Duration]) -> usize {
        2 * (idle.len() + 1)
    }

    /// A test that begins with the first [`poll`](Machine::poll). `locals` are the addresses of as many sockets as
    /// [`sockets`](Self::sockets) says; `idle` ascends.
    pub fn new(
        now: Instant,
        seed: [u8; 32],
        locals: Vec<SocketAddr>,
        server: SocketAddr,
        idle: Vec<Duration>,
    ) -> Self {
        let mappings = idle.len() + 1;
        let mut lifetime = Self {
            started: now,
            server,
            locals,
            idle,
            asks: Vec::new(),
            used: vec![None; mappings],
            ids: StdRng::from_seed(seed),
        };
        for at in 0..mappings {
            lifetime.begin(now, Step::Hold(at), None);
        }
        lifetime.begin(now, Step::Base(0), None);
        lifetime
    }

    fn reply(&self, step: Step) -> Option<Reply> {
        self.asks.iter().find(|(known, _)| *known == step).map(|(_, ask)| ask.reply)
    }

    fn mapped(&self, step: Step) -> Option<SocketAddr> {
        self.reply(step)?.mapped()
    }

    fn begin(&mut self, now: Instant, step: Step, port: Option<u16>) {
        if self.reply(step).is_some() {
            return;
        }
        let mut id = [0; 12];
        self.ids.fill_bytes(&mut id);
        let (id, socket, server) = (TransactionId(id), asker(step), self.server);
        let ask = match port {
            Some(port) => Ask::to_port(now, id, socket, server, port),
            None => Ask::plain(now, id, socket, server),
        };
        self.asks.push((step, ask));
    }

    /// Whether RESPONSE-PORT works here; `None` while that is not known.
    fn knocks(&self) -> Option<bool> {
        match (self.reply(Step::Hold(0))?, self.reply(Step::Base(0))?) {
            (Reply::Pending, _) | (_, Reply::Pending) => None,
            (Reply::Answered(hold), Reply::Answered(base)) => {
                // Another outside address: the server would answer to somebody else's port.
                if hold.mapped.map(|m| m.ip()) != base.mapped.map(|m| m.ip()) {
                    return Some(false);
                }
                match self.reply(Step::Knock(0))? {
                    Reply::Pending => None,
                    reply => Some(reply.answer().is_some()),
                }
            }
            _ => Some(false),
        }
    }

    /// When the mapping `at` is to be tried.
    fn due(&self, at: usize) -> Option<Instant> {
        Some(self.used[at]? + self.idle[at.checked_sub(1)?])
    }

    fn follow_up(&mut self, now: Instant) {
        if let (Some(hold), Some(base)) = (self.mapped(Step::Hold(0)), self.mapped(Step::Base(0)))
            && hold.ip() == base.ip()
        {
            self.begin(now, Step::Knock(0), Some(hold.port()));
        }
        let Some(knocks) = self.knocks() else { return };
        for at in 1..=self.idle.len() {
            if self.due(at).is_none_or(|due| now < due) {
                continue;
            }
            if !knocks {
                self.begin(now, Step::Again(at), None);
                continue;
            }
            self.begin(now, Step::Base(at), None);
            if let (Some(hold), Some(base)) = (self.mapped(Step::Hold(at)), self.mapped(Step::Base(at)))
                && hold.ip() == base.ip()
            {
                self.begin(now, Step::Knock(at), Some(hold.port()));
            }
        }
    }

    fn alive(&self, at: usize, knocks: bool, preserves: bool) -> Option<bool> {
        if knocks {
            return match self.reply(Step::Knock(at))? {
                Reply::Answered(_) => Some(true),
                Reply::Silent => Some(false),
                _ => None,
            };
        }
        let (before, after) = (self.mapped(Step::Hold(at))?, self.mapped(Step::Again(at))?);
        match before == after {
            false => Some(false),
            // Where ports are kept, a new mapping looks like the old one.
            true => (!preserves).then_some(true),
        }
    }

    /// Concludes from what was learnt until `now`.
    pub fn facts(&self, now: Instant) -> LifetimeFacts {
        let knocks = self.knocks().unwrap_or(false);
        let held: Vec<_> = (0..=self.idle.len())
            .filter_map(|at| Some((self.locals[2 * at], self.mapped(Step::Hold(at))?)))
            .collect();
        let preserves = held.iter().any(|(local, mapped)| local.port() == mapped.port());
        let tried: Vec<Tried> = self
            .idle
            .iter()
            .enumerate()
            .map(|(at, idle)| Tried {
                idle_s: idle.as_secs_f64(),
                alive: self.alive(at + 1, knocks, preserves),
            })
            .collect();
        let with =
            |alive| tried.iter().filter(move |tried| tried.alive == Some(alive)).map(|tried| tried.idle_s);
        let at_least_s = with(true).reduce(f64::max);
        let below_s =
            with(false).filter(|dead| at_least_s.is_none_or(|alive| *dead > alive)).reduce(f64::min);
        let lost = with(false).any(|dead| at_least_s.is_some_and(|alive| dead < alive));
        let reason = match (at_least_s.or(below_s), lost) {
            (Some(_), true) => {
                Some("a shorter idle time had no answer where a longer one had: packets are being lost".to_owned())
            }
            (Some(_), false) if knocks && below_s.is_some() => {
                Some("no answer in 1.5 s to three packets at the mapping".to_owned())
            }
            (Some(_), false) => None,
            (None, _) if held.is_empty() => Some("the server did not answer".to_owned()),
            (None, _) if !knocks && preserves => Some(
                "the server does not answer to another port when asked to (RESPONSE-PORT), and where ports are kept \
                 a new mapping looks like the old one"
                    .to_owned(),
            ),
            (None, _) => Some("the test was not finished".to_owned()),
        };
        LifetimeFacts {
            method: if knocks { "response-port" } else { "mapped-port" },
            confidence: at_least_s.or(below_s).map(|_| match (knocks && below_s.is_none(), lost) {
                (true, false) => Confidence::High,
                _ => Confidence::Medium,
            }),
            at_least_s,
            below_s,
            reason,
            tried,
            took_ms: milliseconds(now.saturating_duration_since(self.started)),
        }
    }
}

/// The socket that a step's request is sent from.
fn asker(step: Step) -> SocketId {
    match step {
        Step::Hold(at) | Step::Again(at) => 2 * at,
        Step::Base(at) | Step::Knock(at) => 2 * at + 1,
    }
}

impl Machine for Lifetime {
    fn poll(&mut self, now: Instant) -> Output {
        let mut next: Option<Instant> = None;
        for (_, ask) in &mut self.asks {
            ask.expire(now);
        }
        self.follow_up(now);
        for (_, ask) in &mut self.asks {
            if let Some(bytes) = ask.due(now) {
                return Output::Transmit { socket: ask.socket, to: ask.to, bytes };
            }
            next = next.into_iter().chain(ask.next()).min();
        }
        let waiting = (1..=self.idle.len()).filter_map(|at| self.due(at)).filter(|due| *due > now);
        next.into_iter().chain(waiting).min().map_or(Output::Done, Output::Wait)
    }

    fn handle_input(&mut self, now: Instant, socket: SocketId, from: SocketAddr, bytes: &[u8]) {
        let Ok(message) = Message::from_bytes(bytes) else { return };
        let asked = self.asks.iter_mut().find(|(_, ask)| ask.id == message.transaction);
        let Some((step, ask)) = asked else { return };
        match *step {
            Step::Knock(at) if socket == 2 * at => ask.take(now, from, &message),
            // To the socket that asked: an error, or the server knows no RESPONSE-PORT.
            Step::Knock(_) => ask.settle(now, Reply::Misplaced { from }),
            Step::Hold(at) if socket == ask.socket => {
                ask.take(now, from, &message);
                self.used[at] = Some(now);
            }
            _ if socket == ask.socket => ask.take(now, from, &message),
            _ => {}
        }
        self.follow_up(now);
    }

    fn handle_unsent(&mut self, now: Instant, socket: SocketId, to: SocketAddr) {
        for (_, ask) in &mut self.asks {
            if ask.socket == socket && ask.to == to && ask.reply == Reply::Pending {
                ask.settle(now, Reply::Unsent);
            }
        }
    }
}
