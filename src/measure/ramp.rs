//! How much a path carries: packets at a rate that doubles until they no longer all arrive, then held there.
//!
//! The machine paces and counts; it neither sends nor receives. Both ends are ours, so that what arrived is
//! known packet by packet. A cap that is enforced second by second (coturn's `max-bps`) lets a whole second's
//! worth through in a burst, so what is held is judged by whole seconds.

use std::time::{Duration, Instant};

use serde::Serialize;

use super::flow::percent;

/// The bounds of one ramp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RampPlan {
    /// How long to send.
    pub length: Duration,
    /// The highest rate offered.
    pub ceiling_bps: u64,
    /// The path takes no more than it carries (TCP): not to run ahead of it is our task.
    pub stream: bool,
}

/// The first rate, or half the ceiling if that is less.
const FIRST_BPS: u64 = 128_000;
/// The part of the time in which the rate may grow for the first time, and the longest and shortest step of it.
const CLIMB_PART: u32 = 2;
const CLIMB_STEP: [Duration; 2] = [Duration::from_millis(200), Duration::from_millis(300)];
/// A step while a rate is held.
const HOLD_STEP: Duration = Duration::from_secs(1);
/// How long after a step's end its packets are waited for before it is judged.
const LAG: Duration = Duration::from_millis(300);
/// What must arrive of what a step offered for the next to offer more.
const CLEAR: f64 = 0.9;
/// A path loses no more than this at a rate that it sustains.
const SUSTAINED_LOSS_PCT: f64 = 2.0;
/// How many steps a rate is held before a lower one is tried, and what that is of what arrived.
const HELD_FIRST: usize = 3;
const EASED: f64 = 0.95;
/// The largest packet: what WebRTC sends at most by default. Slower steps have smaller ones, for there must be
/// enough of them to count.
const LARGEST: usize = 1200;
const SMALLEST: usize = 100;
const PACKETS_A_STEP: u64 = 20;
/// After a pause of this process, so much time's packets are sent at once and no more: a burst would fill buffers.
const BURST: Duration = Duration::from_millis(10);
const LEAST_BURST: u64 = 4;
/// On a stream, so much time's packets are on their way at most, and then one in so long a time.
const AHEAD: Duration = Duration::from_millis(250);
const LEAST_AHEAD: u64 = 32;
const TRICKLE: Duration = Duration::from_millis(100);

impl RampPlan {
    /// The most payload that one ramp can send: as if every rate were carried.
    pub fn most_bytes(&self) -> u64 {
        let mut left = self.length;
        let mut rate = self.first();
        let mut bytes = 0.0;
        while rate < self.ceiling_bps && !left.is_zero() {
            let step = self.climb_step().min(left);
            bytes += rate as f64 / 8.0 * step.as_secs_f64();
            left -= step;
            rate = (rate * 2).min(self.ceiling_bps);
        }
        bytes += rate as f64 / 8.0 * left.as_secs_f64();
        bytes.ceil() as u64
    }

    fn first(&self) -> u64 {
        FIRST_BPS.min(self.ceiling_bps / 2).max(1)
    }

    /// The rate doubles so often that the ceiling is reached in the part of the time that is for that.
    fn climb_step(&self) -> Duration {
        let doublings = (self.ceiling_bps as f64 / self.first() as f64).log2().ceil().max(1.0) as u32;
        (self.length / CLIMB_PART / doublings).clamp(CLIMB_STEP[0], CLIMB_STEP[1])
    }
}

/// What a [`Ramp`] wants next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RampOutput {
    /// Send a packet with this number and of this size now, and call [`Ramp::sent`].
    Send {
        /// From 0.
        number: u32,
        /// Bytes of payload.
        size: usize,
    },
    /// Nothing before this time.
    Wait(Instant),
    /// All is sent, and nothing more is waited for.
    Done,
}

/// A rate that was offered for a while.
#[derive(Debug)]
struct Step {
    rate: u64,
    size: usize,
    start: Instant,
    length: Duration,
    held: bool,
    /// The number of its first packet.
    first: u32,
    /// Packets that were due, sent or not.
    due: u64,
    packets: u64,
    received: u64,
    /// Payload that arrived while it lasted, whichever step sent it.
    arrived_bytes: u64,
    /// Packets that neither the system nor a stream took, or that came too late to be sent.
    withheld: u64,
}

impl Step {
    fn end(&self) -> Instant {
        self.start + self.length
    }

    /// Of what the rate asks for, the part that arrived.
    fn carried(&self) -> f64 {
        self.received as f64 / self.packets_due(self.length).max(1) as f64
    }

    fn packets_due(&self, elapsed: Duration) -> u64 {
        (self.rate as f64 / 8.0 / self.size as f64 * elapsed.min(self.length).as_secs_f64()) as u64
    }

    fn loss_pct(&self) -> Option<f64> {
        percent(self.packets.saturating_sub(self.received) as usize, self.packets as usize)
    }
}

/// One ramp over one path.
#[derive(Debug)]
pub struct Ramp {
    plan: RampPlan,
    start: Instant,
    steps: Vec<Step>,
    /// Steps judged.
    judged: usize,
    /// The rate is held for the first time, or again, since this step.
    holding: Option<usize>,
    /// More was offered than is carried; since this step a little less is, to see whether that arrives whole.
    easing: Option<usize>,
    /// A packet was refused; nothing is tried before this time.
    pause: Option<Instant>,
    next: u32,
    highest: Option<u32>,
    /// One bit a packet.
    seen: Vec<u64>,
    last_sent: Option<Instant>,
}

impl Ramp {
    /// A ramp whose first packet is due at `start`.
    pub fn new(plan: RampPlan, start: Instant) -> Self {
        let mut ramp = Self {
            plan,
            start,
            steps: Vec::new(),
            judged: 0,
            holding: None,
            easing: None,
            pause: None,
            next: 0,
            highest: None,
            seen: Vec::new(),
            last_sent: None,
        };
        ramp.step(start, plan.first(), false);
        ramp
    }

    /// What to do at `now`.
    pub fn poll(&mut self, now: Instant) -> RampOutput {
        let end = self.start + self.plan.length;
        if now >= end {
            let all = self.received() == u64::from(self.next);
            return if all || now >= end + LAG { RampOutput::Done } else { RampOutput::Wait(end + LAG) };
        }
        while now >= self.current().end() {
            self.advance();
        }
        if let Some(pause) = self.pause.filter(|pause| now < *pause) {
            return RampOutput::Wait(pause.min(end));
        }
        let ahead = self.ahead();
        let step = self.current();
        let due = step.packets_due(now.duration_since(step.start));
        if step.due >= due {
            let next = (step.due + 1) as f64 * step.size as f64 * 8.0 / step.rate as f64;
            // A little more than computed: by a nanosecond less it would not be due.
            let next = Duration::from_secs_f64(next) + Duration::from_micros(1);
            return RampOutput::Wait((step.start + next).min(step.end()));
        }
        let burst = step.packets_due(BURST).max(LEAST_BURST);
        let late = (due - step.due).saturating_sub(burst);
        step.due += late;
        step.withheld += late;
        if ahead && self.last_sent.is_some_and(|last| now < last + TRICKLE) {
            let step = self.current();
            step.withheld += due - step.due;
            step.due = due;
            return RampOutput::Wait((now + Duration::from_millis(1)).min(end));
        }
        RampOutput::Send { number: self.next, size: self.current().size }
    }

    /// The packet asked for by [`poll`](Self::poll) left at `at`, or the system did not take it.
    pub fn sent(&mut self, at: Instant, ok: bool) {
        let step = self.current();
        step.due += 1;
        if ok {
            step.packets += 1;
            self.next += 1;
            self.last_sent = Some(at);
            self.pause = None;
        } else {
            step.withheld += 1;
            self.pause = Some(at + Duration::from_millis(1));
        }
    }

    /// A packet arrived at the far end, at `now`.
    pub fn handle_input(&mut self, now: Instant, number: u32) {
        if number >= self.next {
            return;
        }
        let (word, bit) = (number as usize / 64, 1_u64 << (number % 64));
        if self.seen.len() <= word {
            self.seen.resize(word + 1, 0);
        }
        if self.seen[word] & bit != 0 {
            return;
        }
        self.seen[word] |= bit;
        self.highest = self.highest.max(Some(number));
        let at = self.steps.partition_point(|step| step.first <= number);
        if let Some(step) = at.checked_sub(1).and_then(|at| self.steps.get_mut(at)) {
            step.received += 1;
            let size = step.size as u64;
            let current = self.current();
            if now < current.end() {
                current.arrived_bytes += size;
            }
        }
    }

    /// Packets that arrived, each once.
    pub fn received(&self) -> u64 {
        self.steps.iter().map(|step| step.received).sum()
    }

    /// What was seen so far.
    pub fn report(&self) -> RampReport {
        let bps = |packets: u64, step: &Step, time: Duration| {
            (packets as f64 * step.size as f64 * 8.0 / time.as_secs_f64().max(1e-9)).round() as u64
        };
        let measured = self.measured();
        let time: Duration = measured.iter().map(|step| step.length).sum();
        let arrived = self.received() > 0;
        let bytes: u64 = measured.iter().map(|step| step.arrived_bytes).sum();
        let achieved = (bytes as f64 * 8.0 / time.as_secs_f64().max(1e-9)).round() as u64;
        let offered = measured.first().map(|step| step.rate);
        let withheld: u64 = measured.iter().map(|step| step.withheld).sum();
        let due: u64 = measured.iter().map(|step| step.due).sum();
        let sent: u64 = measured.iter().map(|step| self.judgeable(step)).sum();
        let received: u64 = measured.iter().map(|step| step.received).sum();
        // What this machine did not send, no path has refused; a stream that is full has.
        let given = match self.plan.stream {
            true => due,
            false => due - withheld.min(due),
        };
        let part = |packets: u64| packets as f64 / due.max(1) as f64 * offered.unwrap_or_default() as f64;
        let flat = arrived && (achieved as f64) < part(given) * CLEAR;
        // A short step may have passed on what a cap by the second lets through at once.
        let most = if flat { achieved } else { u64::MAX };
        let sustained = self
            .steps
            .iter()
            .filter(|step| step.packets >= 10 && step.carried() >= CLEAR && step.rate <= most)
            .filter(|step| step.loss_pct().is_some_and(|loss| loss <= SUSTAINED_LOSS_PCT))
            .max_by_key(|step| step.rate);
        RampReport {
            ok: arrived,
            achieved_bps: arrived.then_some(achieved),
            offered_bps: offered,
            loss_pct: percent(sent.saturating_sub(received) as usize, sent as usize),
            withheld_pct: percent(withheld as usize, due as usize),
            flat,
            own_pace: arrived && !flat && part(given) < part(due) * CLEAR,
            sustained_bps: sustained.map(|step| bps(step.received, step, step.length)),
            sustained_loss_pct: sustained.and_then(Step::loss_pct),
            sent_bytes: self.steps.iter().map(|step| step.packets * step.size as u64).sum(),
            received_bytes: self.steps.iter().map(|step| step.received * step.size as u64).sum(),
            steps: self
                .steps
                .iter()
                .map(|step| RampStep {
                    offered_bps: step.rate,
                    sent_bps: bps(step.packets, step, step.length),
                    received_bps: bps(step.received, step, step.length),
                    loss_pct: step.loss_pct(),
                    size_bytes: step.size,
                    took_ms: super::milliseconds(step.length),
                    held: step.held,
                })
                .collect(),
        }
    }

    /// The steps whose rate is the result: those held last, without the first of them, in which buffers fill and
    /// an earlier second's allowance is used up.
    fn measured(&self) -> &[Step] {
        let from = self.holding.unwrap_or(self.steps.len().saturating_sub(1));
        // The last one may have been cut short by the end.
        let whole = |step: &Step| step.length == HOLD_STEP;
        let held = &self.steps[from..self.easing.unwrap_or(self.steps.len())];
        let held = &held[..held.iter().take_while(|step| whole(step)).count().max(held.len().min(1))];
        if held.len() > 1 { &held[1..] } else { held }
    }

    /// Packets of a step that have arrived or will not: what a stream still holds is not lost.
    fn judgeable(&self, step: &Step) -> u64 {
        if !self.plan.stream {
            return step.packets;
        }
        let arrived = self.highest.map_or(0, |highest| highest + 1);
        step.packets.min(u64::from(arrived.saturating_sub(step.first)))
    }

    fn current(&mut self) -> &mut Step {
        self.steps.last_mut().expect("a ramp begins with a step")
    }

    fn step(&mut self, start: Instant, rate: u64, held: bool) {
        let length = if held { HOLD_STEP } else { self.plan.climb_step() };
        let length = length.min((self.start + self.plan.length).saturating_duration_since(start));
        let size = (rate as f64 / 8.0 * length.as_secs_f64() / PACKETS_A_STEP as f64) as usize;
        self.steps.push(Step {
            rate,
            size: size.clamp(SMALLEST, LARGEST),
            start,
            length,
            held,
            first: self.next,
            due: 0,
            packets: 0,
            received: 0,
            arrived_bytes: 0,
            withheld: 0,
        });
    }

    /// From one step to the next, by what is known of those before.
    fn advance(&mut self) {
        let at = self.current().end();
        let rate = self.current().rate;
        let left = (self.start + self.plan.length).saturating_duration_since(at);
        let mut hold_at = None;
        let mut clear = false;
        while let Some(step) = self.steps.get(self.judged).filter(|step| step.end() + LAG <= at) {
            match (self.holding, step.carried() >= CLEAR) {
                (None, false) => hold_at = Some(hold_at.unwrap_or(step.rate)),
                (None, true) => {}
                (Some(_), carried) => clear = carried,
            }
            self.judged += 1;
        }
        match self.holding {
            None => {
                let rate = hold_at.unwrap_or((rate * 2).min(self.plan.ceiling_bps));
                let late = left <= HOLD_STEP * 2;
                let held = hold_at.is_some() || rate == self.plan.ceiling_bps || late;
                if held {
                    self.holding = Some(self.steps.len());
                    self.judged = self.steps.len();
                }
                self.step(at, rate, held);
            }
            // What was lost on the way up was an accident.
            Some(_)
                if clear && self.easing.is_none() && rate < self.plan.ceiling_bps && left > HOLD_STEP * 3 =>
            {
                self.holding = None;
                self.judged = self.steps.len();
                self.step(at, (rate * 2).min(self.plan.ceiling_bps), false);
            }
            Some(_) => {
                let rate = self.eased(left).unwrap_or(rate);
                self.step(at, rate, true);
            }
        }
    }

    /// The rate to ease to, once, where that rate was held long enough and there is time left for it: a second for
    /// what the one before it used up, and one that counts.
    fn eased(&mut self, left: Duration) -> Option<u64> {
        let held = self.steps.len() - self.holding?;
        if self.easing.is_some() || held < HELD_FIRST || left < HOLD_STEP * 2 {
            return None;
        }
        let report = self.report();
        let achieved = report.achieved_bps.filter(|_| report.flat && !self.plan.stream)?;
        self.easing = Some(self.steps.len());
        Some((achieved as f64 * EASED) as u64)
    }

    /// Whether a stream has taken more than it has delivered for a while.
    fn ahead(&mut self) -> bool {
        if !self.plan.stream {
            return false;
        }
        let most = self.current().packets_due(AHEAD).max(LEAST_AHEAD);
        u64::from(self.next) > self.highest.map_or(0, |highest| u64::from(highest) + 1) + most
    }
}

/// What one direction carries. Bits are those of the payload: what an application hands over, without the headers
/// of TURN, UDP and IP.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct RampReport {
    /// At least one packet arrived.
    pub ok: bool,
    /// What arrived a second while the last rate was held.
    pub achieved_bps: Option<u64>,
    /// That rate.
    pub offered_bps: Option<u64>,
    /// Packets that did not arrive, of those sent at that rate, in percent.
    pub loss_pct: Option<f64>,
    /// Packets of that rate that this machine, or a stream that was full, did not take, in percent.
    pub withheld_pct: Option<f64>,
    /// More was given to the path than arrived: this is as much as it carries.
    pub flat: bool,
    /// This machine did not keep the pace that was to be offered, so that the path may carry more.
    pub own_pace: bool,
    /// The highest rate that was tried and arrived with at most 2 % loss. Where less was carried than offered, and in
    /// runs long enough (8 s are), 95 % of what was carried is tried too; else the rate doubles from try to try.
    pub sustained_bps: Option<u64>,
    /// Packets lost at that rate, in percent.
    pub sustained_loss_pct: Option<f64>,
    /// Payload sent in all.
    pub sent_bytes: u64,
    /// Payload that arrived in all.
    pub received_bytes: u64,
    /// Each rate that was offered, in order.
    pub steps: Vec<RampStep>,
}

/// A rate that was offered for a while.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct RampStep {
    /// The rate.
    pub offered_bps: u64,
    /// What was really sent.
    pub sent_bps: u64,
    /// What of that arrived.
    pub received_bps: u64,
    /// Packets lost, in percent.
    pub loss_pct: Option<f64>,
    /// Payload of each packet.
    pub size_bytes: usize,
    /// How long it was offered.
    pub took_ms: f64,
    /// The rate was held, no longer raised.
    pub held: bool,
}

#[cfg(test)]
mod tests;
