//! ICE as a capture shows it: the checks of each pair of addresses, what was nominated, consent (RFC 8445, RFC 7675).
//!
//! A check that goes through relays or translators passes several pairs with one transaction: they are one flow.

mod facts;

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;

use foldhash::HashMap;

pub use facts::{IceFacts, MoveFacts, SideFacts};

use super::exchange::{Exchanges, Sent};
use super::leg::Leg;
use super::spread::Spread;
use crate::capture::{Frame, Time};
use crate::stun::{Class, Message, Method, TransactionId, attribute};

/// Pairs that are told apart: hosts with many addresses check some hundred.
const MOST_PAIRS: usize = 4096;
/// Transactions by which the legs of a flow are known.
const MOST_TRANSACTIONS: usize = 4096;
/// Names of one pair: each restart of ICE brings one.
const MOST_NAMES: usize = 8;
/// Times that media began on a pair, told in full.
const MOST_RUNS: usize = 16;
/// Moves that are told in full.
const MOST_MOVES: usize = 64;
/// A request may still be answered: consent is asked for again after five seconds, a check after half a second.
const PATIENCE_NS: i64 = 1_000_000_000;
/// Media that pauses for longer begins again.
const PAUSE_NS: i64 = 1_000_000_000;
/// Between the last packet on one pair and the first on the next, where one followed the other.
const LONGEST_MOVE_NS: i64 = 5_000_000_000;
/// libwebrtc's short check.
const GOOG_PING: u16 = 0x080;
const ROLE_CONFLICT: u16 = 487;

/// All pairs of a capture.
#[derive(Debug, Default)]
pub struct Ice {
    pairs: Vec<Pair>,
    places: HashMap<Leg, End>,
    exchanges: Exchanges<Asked>,
    passed: HashMap<TransactionId, usize>,
    passed_order: VecDeque<TransactionId>,
    moves: Vec<Move>,
    moves_dropped: u64,
    nominated: HashMap<String, usize>,
    untracked: u64,
}

/// One side of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    place: usize,
    side: usize,
}

/// Who asked, and whether it was a check or a question for the reflexive address alone.
#[derive(Debug, Clone, Copy)]
struct Asked {
    place: usize,
    side: usize,
    check: bool,
}

#[derive(Debug)]
struct Pair {
    /// From the side at place 0 to that at place 1.
    leg: Leg,
    sides: [Side; 2],
    /// Another pair that the same checks went over, before this one.
    joined: Option<usize>,
}

/// What one side did.
#[derive(Debug, Default)]
struct Side {
    checks: u64,
    repeated: u64,
    answered: u64,
    errors: BTreeMap<u16, u64>,
    forgotten: u64,
    /// Requests without USERNAME: no checks.
    queries: u64,
    queries_answered: u64,
    query_round_trips: Spread,
    round_trips: Spread,
    names: Vec<String>,
    controlling: Option<bool>,
    role_changes: u64,
    nominations: u64,
    nominated: Option<(Time, Frame)>,
    first: Option<Time>,
    /// Requests and answers, for consent.
    last_request: Option<Time>,
    intervals: Spread,
    last_answer: Option<(Time, Frame)>,
    silence: Option<(i64, Time, Frame)>,
    mapped: Option<SocketAddr>,
    runs: Vec<Run>,
}

#[derive(Debug, Clone, Copy)]
struct Run {
    from: Time,
    frame: Frame,
    to: Time,
}

#[derive(Debug, Clone)]
struct Move {
    at: Time,
    frame: Frame,
    from: usize,
    to: usize,
    side: usize,
    by: &'static str,
}

impl Ice {
    /// Takes a Binding message, on the innermost leg that it went over.
    pub fn message(&mut self, leg: &Leg, at: Time, frame: Frame, message: &Message) {
        let short = message.method == Method::Other(GOOG_PING);
        if message.method != Method::Binding && !short {
            return;
        }
        match message.class {
            Class::Request => {
                let Some(End { place, side }) = self.place(leg) else {
                    self.untracked += 1;
                    return;
                };
                self.request(place, side, at, frame, message, short);
            }
            Class::Success | Class::Error => self.response(leg, at, frame, message),
            Class::Indication => {}
        }
    }

    fn request(&mut self, place: usize, side: usize, at: Time, frame: Frame, message: &Message, short: bool) {
        let src = if side == 0 { self.pairs[place].leg.src } else { self.pairs[place].leg.dst };
        let name = message.text(attribute::USERNAME);
        let check = name.is_some() || message.attribute(attribute::PRIORITY).is_some() || short;
        let asked = Asked { place, side, check };
        let again = match self.exchanges.request((message.transaction, src), at, asked) {
            Sent::Again => true,
            Sent::New(forgotten) => {
                if let Some(Asked { place, side, check: true }) = forgotten {
                    self.pairs[place].sides[side].forgotten += 1;
                }
                false
            }
        };
        if !check {
            self.pairs[place].sides[side].queries += u64::from(!again);
            return;
        }
        let this = &mut self.pairs[place].sides[side];
        this.first.get_or_insert(at);
        if again {
            this.repeated += 1;
            return;
        }
        this.checks += 1;
        if let Some(before) = this.last_request.replace(at)
            && this.answered > 0
        {
            this.intervals.add(at.since(before));
        }
        if let Some(name) = &name
            && this.names.last() != Some(name)
            && this.names.len() < MOST_NAMES
            && !this.names.contains(name)
        {
            this.names.push(name.clone());
        }
        let role = match () {
            () if message.attribute(attribute::ICE_CONTROLLING).is_some() => Some(true),
            () if message.attribute(attribute::ICE_CONTROLLED).is_some() => Some(false),
            () => this.controlling,
        };
        this.role_changes += u64::from(this.controlling.is_some() && role != this.controlling);
        this.controlling = role;
        let nominates = message.attribute(attribute::USE_CANDIDATE).is_some();
        if nominates {
            this.nominations += 1;
            this.nominated.get_or_insert((at, frame));
        }
        self.join(place, message.transaction);
        if let (true, Some(name)) = (nominates, name) {
            let before = self.nominated.insert(name, place);
            if let Some(from) = before.filter(|before| self.root(*before) != self.root(place)) {
                self.moved(Move { at, frame, from, to: place, side, by: "use-candidate" });
            }
        }
    }

    fn response(&mut self, leg: &Leg, at: Time, frame: Frame, message: &Message) {
        let Some(request) = self.exchanges.response((message.transaction, leg.dst)) else { return };
        let (Asked { place, side, check }, round_trip) = (request.about, request.round_trip(at));
        let this = &mut self.pairs[place].sides[side];
        if !check {
            this.queries_answered += 1;
            round_trip.into_iter().for_each(|ns| this.query_round_trips.add(ns));
            return;
        }
        match (message.class, message.error_code()) {
            (Class::Error, code) => *this.errors.entry(code.map_or(0, |(code, _)| code)).or_default() += 1,
            _ => {
                this.answered += 1;
                round_trip.into_iter().for_each(|ns| this.round_trips.add(ns));
                let since = this.last_answer.replace((at, frame));
                this.silent(since, at);
                this.mapped = message.reflexive_address().or(this.mapped);
            }
        }
    }

    /// Takes note that media was sent from one side of a pair to the other.
    pub fn media(&mut self, End { place, side }: End, at: Time, frame: Frame) {
        let runs = &mut self.pairs[place].sides[side].runs;
        let full = runs.len() >= MOST_RUNS;
        match runs.last_mut() {
            Some(run) if full || at.since(run.to) <= PAUSE_NS => run.to = run.to.max(at),
            _ => runs.push(Run { from: at, frame, to: at }),
        }
    }

    /// Whether two legs carry one flow, by the checks that went over both.
    #[must_use]
    pub fn same_flow(&self, one: &Leg, other: &Leg) -> bool {
        match (self.places.get(one), self.places.get(other)) {
            (Some(one), Some(other)) => self.root(one.place) == self.root(other.place),
            _ => one == other,
        }
    }

    /// The side of a pair that sends over a leg, where a check went over it, or back.
    #[must_use]
    pub fn end(&self, leg: &Leg) -> Option<End> {
        self.places.get(leg).copied()
    }

    /// Checks between pairs beyond those that can be followed.
    #[must_use]
    pub fn untracked(&self) -> u64 {
        self.untracked
    }

    /// What there is to say of each pair; times count from `start`, and the capture ends at `end`.
    #[must_use]
    pub fn facts(&self, start: Time, end: Time) -> Vec<IceFacts> {
        let mut unanswered: HashMap<(usize, usize), u64> = HashMap::default();
        let mut open: HashMap<(usize, usize), u64> = HashMap::default();
        for request in self.exchanges.unanswered().filter(|request| request.about.check) {
            let at = (request.about.place, request.about.side);
            let late = request.was_waited_for(end, PATIENCE_NS);
            *(if late { &mut unanswered } else { &mut open }).entry(at).or_default() += 1;
        }
        let all = self.pairs.iter().enumerate();
        all.map(|(place, pair)| {
            let sides = [0, 1].map(|side| {
                let lost = unanswered.get(&(place, side)).copied().unwrap_or(0);
                pair.sides[side].facts(start, lost, open.get(&(place, side)).copied().unwrap_or(0))
            });
            let [a, b] = sides;
            IceFacts { leg: pair.leg, flow: self.root(place), a, b }
        })
        .collect()
    }

    /// How the pair in use changed: by media that went on elsewhere, or by nominations.
    #[must_use]
    pub fn moves(&self, start: Time) -> Vec<MoveFacts> {
        let mut moves = self.moves.clone();
        moves.extend(self.media_moves());
        moves.sort_by_key(|step| step.at);
        moves.truncate(MOST_MOVES);
        let leg = |step: &Move, place: usize| {
            let leg = self.pairs[place].leg;
            if step.side == 0 { leg } else { leg.reverse() }
        };
        let facts = moves.iter().map(|step| MoveFacts {
            at_s: step.at.seconds_since(start),
            frame: step.frame.number,
            from: leg(step, step.from),
            to: leg(step, step.to),
            by: step.by,
        });
        facts.collect()
    }

    /// Where the media of one sender ended on one flow and began on another.
    fn media_moves(&self) -> Vec<Move> {
        let mut runs: BTreeMap<&str, Vec<(usize, usize, Run)>> = BTreeMap::new();
        for (place, pair) in self.pairs.iter().enumerate() {
            for (side, this) in pair.sides.iter().enumerate() {
                // Those without a name are no sender that could be known again.
                let Some(name) = this.names.last() else { continue };
                runs.entry(name).or_default().extend(this.runs.iter().map(|run| (place, side, *run)));
            }
        }
        let mut moves = Vec::new();
        for runs in runs.values_mut() {
            runs.sort_by_key(|(.., run)| run.from);
            for (at, (place, side, run)) in runs.iter().enumerate() {
                let before = runs[at.saturating_sub(MOST_RUNS)..at].iter().rev().find(|(other, _, ended)| {
                    let apart = run.from.since(ended.to);
                    self.root(*other) != self.root(*place)
                        && run.from.since(ended.from) >= PAUSE_NS
                        && (-PAUSE_NS..=LONGEST_MOVE_NS).contains(&apart)
                        && ended.to < run.to
                });
                if let Some((from, ..)) = before {
                    moves.push(Move {
                        at: run.from,
                        frame: run.frame,
                        from: *from,
                        to: *place,
                        side: *side,
                        by: "media",
                    });
                }
            }
        }
        moves
    }

    fn moved(&mut self, step: Move) {
        match self.moves.len() < MOST_MOVES {
            true => self.moves.push(step),
            false => self.moves_dropped += 1,
        }
    }

    fn join(&mut self, place: usize, transaction: TransactionId) {
        match self.passed.get(&transaction) {
            Some(other) => {
                let (one, other) = (self.root(*other), self.root(place));
                if one != other {
                    self.pairs[one.max(other)].joined = Some(one.min(other));
                }
            }
            None => {
                self.passed.insert(transaction, place);
                self.passed_order.push_back(transaction);
                if self.passed_order.len() > MOST_TRANSACTIONS
                    && let Some(oldest) = self.passed_order.pop_front()
                {
                    self.passed.remove(&oldest);
                }
            }
        }
    }

    /// The first pair of the flow that a pair is part of.
    fn root(&self, place: usize) -> usize {
        // Each is joined to one before it, so that this ends.
        let mut place = place;
        while let Some(before) = self.pairs.get(place).and_then(|pair| pair.joined) {
            place = before;
        }
        place
    }

    fn place(&mut self, leg: &Leg) -> Option<End> {
        if let Some(found) = self.end(leg) {
            return Some(found);
        }
        if self.pairs.len() >= MOST_PAIRS {
            return None;
        }
        let place = self.pairs.len();
        self.pairs.push(Pair { leg: *leg, sides: Default::default(), joined: None });
        self.places.insert(leg.reverse(), End { place, side: 1 });
        let end = End { place, side: 0 };
        self.places.insert(*leg, end);
        Some(end)
    }
}

impl Side {
    fn silent(&mut self, since: Option<(Time, Frame)>, until: Time) {
        let Some((since, frame)) = since else { return };
        let longest = self.silence.map_or(0, |(longest, ..)| longest);
        if until.since(since) > longest {
            self.silence = Some((until.since(since), since, frame));
        }
    }

    fn facts(&self, start: Time, unanswered: u64, open: u64) -> SideFacts {
        let at = |time: Time| time.seconds_since(start);
        // What was asked for after the last answer got none.
        let mut silence = self.silence;
        if let (Some(asked), Some((answered, frame))) = (self.last_request, self.last_answer)
            && asked.since(answered) > silence.map_or(0, |(longest, ..)| longest)
        {
            silence = Some((asked.since(answered), answered, frame));
        }
        SideFacts {
            checks: self.checks,
            repeated: self.repeated,
            answered: self.answered,
            errors: self.errors.clone(),
            unanswered: unanswered + self.forgotten,
            open,
            queries: self.queries,
            queries_answered: self.queries_answered,
            query_rtt: self.query_round_trips.quantiles(),
            rtt: self.round_trips.quantiles(),
            usernames: self.names.clone(),
            role: self.controlling.map(|controlling| if controlling { "controlling" } else { "controlled" }),
            role_changes: self.role_changes,
            role_conflicts: self.errors.get(&ROLE_CONFLICT).copied().unwrap_or(0),
            first_check_at_s: self.first.map(at),
            nominations: self.nominations,
            nominated_at_s: self.nominated.map(|(time, _)| at(time)),
            nominated_frame: self.nominated.map(|(_, frame)| frame.number),
            consent_interval: self.intervals.quantiles(),
            longest_silence_ms: silence.map(|(longest, ..)| longest as f64 / 1e6),
            longest_silence_at_s: silence.map(|(_, since, _)| at(since)),
            longest_silence_frame: silence.map(|(.., frame)| frame.number),
            last_answer_at_s: self.last_answer.map(|(time, _)| at(time)),
            mapped: self.mapped,
            media_from_s: self.runs.first().map(|run| at(run.from)),
            media_to_s: self.runs.last().map(|run| at(run.to)),
        }
    }
}

#[cfg(test)]
mod tests;
