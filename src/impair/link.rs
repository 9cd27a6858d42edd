//! One direction of a path: packets go in when they are sent, and come out when they arrive, if they do.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::time::{Duration, Instant};

use super::flow::Dice;
use super::swing::Swing;
use super::{Flow, FlowLog, Impairment};

/// How long a packet that is to come behind the next waits for one.
const HOLD: Duration = Duration::from_millis(100);
/// Flows that draw for themselves; further ones share the last's.
const MOST_FLOWS: usize = 64;

/// A direction with its packets in flight.
#[derive(Debug)]
pub struct Link<T> {
    impairment: Impairment,
    seed: u64,
    flows: Vec<Lane<T>>,
    swing: Swing,
    flying: BinaryHeap<Reverse<Flying<T>>>,
    sent: u64,
    /// When the narrow pipe is free again.
    free: Option<Instant>,
    /// When the last packet that keeps the order arrives.
    last: Option<Instant>,
}

/// A flow with what is under way of it.
#[derive(Debug)]
struct Lane<T> {
    dice: Dice,
    held: Option<Held<T>>,
    /// Packets, copies apart.
    flying: u64,
}

#[derive(Debug)]
struct Held<T> {
    item: T,
    until: Instant,
}

#[derive(Debug)]
struct Flying<T> {
    at: Instant,
    order: u64,
    item: T,
    /// Of which lane; a copy is of none.
    of: Option<usize>,
}

impl<T> PartialEq for Flying<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<T> Eq for Flying<T> {}

impl<T> PartialOrd for Flying<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Flying<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at, self.order).cmp(&(other.at, other.order))
    }
}

impl<T: Clone> Link<T> {
    /// Nothing is in flight. The same seed gives each flow the same fates.
    pub fn new(impairment: Impairment, seed: u64) -> Self {
        Self {
            flows: Vec::new(),
            swing: Swing::new(impairment.jitter, seed),
            impairment,
            seed,
            flying: BinaryHeap::new(),
            sent: 0,
            free: None,
            last: None,
        }
    }

    /// A packet of `bytes` is sent.
    pub fn push(&mut self, now: Instant, flow: Flow, bytes: usize, item: T) {
        let place = self.place(flow);
        if self.impairment.only.is_some_and(|only| !only.has(flow)) {
            self.flows[place].dice.log.packets += 1;
            self.fly(now, item, Some(place));
            return;
        }
        let fate = self.flows[place].dice.next(&self.impairment);
        let through = match self.through(now, bytes) {
            Some(through) => through,
            None => {
                if !fate.drop {
                    self.flows[place].dice.overflowed();
                }
                return;
            }
        };
        if fate.drop {
            return;
        }
        let arrives = through + self.swing.delay(self.impairment.delay, through);
        let arrives = arrives.max(self.last.unwrap_or(now));
        if fate.hold && self.flows[place].held.is_none() {
            self.flows[place].dice.log.reordered += 1;
            self.flows[place].held = Some(Held { item, until: arrives + HOLD });
            return;
        }
        self.last = Some(arrives);
        if fate.copy {
            self.flows[place].dice.log.duplicated += 1;
            self.fly(arrives, item.clone(), None);
        }
        self.fly(arrives, item, Some(place));
        if let Some(held) = self.flows[place].held.take() {
            self.fly(arrives, held.item, Some(place));
        }
    }

    /// A packet that has arrived.
    pub fn poll(&mut self, now: Instant) -> Option<T> {
        if self.flying.peek().is_some_and(|first| first.0.at <= now) {
            let first = self.flying.pop()?.0;
            if let Some(lane) = first.of {
                self.flows[lane].flying -= 1;
            }
            return Some(first.item);
        }
        let is_due = |held: &Held<T>| held.until <= now;
        let lane = self.flows.iter_mut().find(|lane| lane.held.as_ref().is_some_and(is_due));
        lane.and_then(|lane| lane.held.take()).map(|held| held.item)
    }

    /// Packets of a flow that were sent, were not dropped, and have not arrived yet.
    pub fn under_way(&self, flow: Flow) -> u64 {
        let lane = self.flows.iter().find(|lane| lane.dice.log.flow == flow);
        lane.map_or(0, |lane| lane.flying + u64::from(lane.held.is_some()))
    }

    /// When the next arrives.
    pub fn due(&self) -> Option<Instant> {
        let held = self.flows.iter().filter_map(|lane| Some(lane.held.as_ref()?.until)).min();
        self.flying.peek().map(|first| first.0.at).into_iter().chain(held).min()
    }

    /// What was done so far, flow by flow.
    pub fn log(&self) -> impl Iterator<Item = &FlowLog> {
        self.flows.iter().map(|lane| &lane.dice.log)
    }

    /// What shall be done.
    pub fn impairment(&self) -> &Impairment {
        &self.impairment
    }

    fn place(&mut self, flow: Flow) -> usize {
        if let Some(at) = self.flows.iter().position(|lane| lane.dice.log.flow == flow) {
            return at;
        }
        if self.flows.len() < MOST_FLOWS {
            let kin = |other: Flow| std::mem::discriminant(&other) == std::mem::discriminant(&flow);
            let before = self.flows.iter().filter(|lane| kin(lane.dice.log.flow)).count();
            let dice = Dice::new(self.seed, flow, before as u64);
            self.flows.push(Lane { dice, held: None, flying: 0 });
        }
        self.flows.len() - 1
    }

    /// When a packet has passed the narrow pipe; `None` where it waits too long for it.
    fn through(&mut self, now: Instant, bytes: usize) -> Option<Instant> {
        let Some(rate) = self.impairment.rate_bps else { return Some(now) };
        let start = self.free.unwrap_or(now).max(now);
        if start.duration_since(now) > self.impairment.queue {
            return None;
        }
        let takes = Duration::from_secs_f64(bytes as f64 * 8.0 / rate as f64);
        self.free = Some(start + takes);
        self.free
    }

    fn fly(&mut self, at: Instant, item: T, of: Option<usize>) {
        if let Some(lane) = of {
            self.flows[lane].flying += 1;
        }
        self.flying.push(Reverse(Flying { at, order: self.sent, item, of }));
        self.sent += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RTP: Flow = Flow::Rtp(7);

    /// Sends so many, a millisecond apart; what arrives when, and the numbers that were dropped.
    fn run(spec: &str, seed: u64, packets: u64) -> (Vec<(u64, u128)>, Vec<u64>) {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let mut link = Link::new(Impairment::from_arg(spec).unwrap(), seed);
        let mut came = Vec::new();
        for ms in 0..packets + 2000 {
            if ms < packets {
                link.push(at(ms), RTP, 1250, ms);
            }
            while let Some(number) = link.poll(at(ms)) {
                came.push((number, u128::from(ms - number)));
            }
        }
        let dropped = link.log().flat_map(|log| log.dropped.clone()).collect();
        (came, dropped)
    }

    #[test]
    fn the_same_seed_drops_the_same_packets_and_the_log_has_all_of_them() {
        let (came, dropped) = run("loss=5%", 7, 10_000);
        assert_eq!(came.len() + dropped.len(), 10_000);
        assert!((400..=600).contains(&dropped.len()), "{}", dropped.len());
        assert!(dropped.iter().all(|number| came.iter().all(|(other, _)| other != number)));
        assert_eq!(run("loss=5%", 7, 10_000).1, dropped);
        assert_ne!(run("loss=5%", 8, 10_000).1, dropped);
    }

    #[test]
    fn what_happens_to_a_flow_does_not_hang_on_another() {
        let start = Instant::now();
        let mut link = Link::new(Impairment::from_arg("loss=10%").unwrap(), 3);
        for number in 0..1000u64 {
            (0..number % 3).for_each(|_| link.push(start, Flow::Stun, 100, 0));
            link.push(start, RTP, 100, number);
        }
        let log = link.log().find(|log| log.flow == RTP).unwrap();
        assert_eq!(log.dropped, run("loss=10%", 3, 1000).1);
    }

    #[test]
    fn bursts_are_as_long_as_asked_for_and_lose_as_much() {
        let (_, dropped) = run("loss=10%,burst=4", 1, 40_000);
        let runs = 1 + dropped.windows(2).filter(|pair| pair[1] != pair[0] + 1).count();
        let (share, length) = (dropped.len() as f64 / 40_000.0, dropped.len() as f64 / runs as f64);
        assert!((0.085..0.115).contains(&share), "{share}");
        assert!((3.5..4.7).contains(&length), "{length}");
    }

    #[test]
    fn what_has_neither_arrived_nor_been_dropped_is_under_way() {
        let (start, ms) = (Instant::now(), Duration::from_millis(1));
        let spec = "loss=10%,delay=50ms,duplicate=10%,reorder=5%";
        let mut link = Link::new(Impairment::from_arg(spec).unwrap(), 5);
        let mut came = std::collections::BTreeSet::new();
        for n in 0..1000u32 {
            link.push(start + ms * n, RTP, 100, n);
            came.extend(std::iter::from_fn(|| link.poll(start + ms * n)));
            let dropped = link.log().map(|log| log.dropped.len() as u64).sum::<u64>();
            assert_eq!(u64::from(n) + 1, came.len() as u64 + dropped + link.under_way(RTP), "at {n}");
        }
        assert!((35..60).contains(&link.under_way(RTP)), "{}", link.under_way(RTP));
        assert_eq!(link.under_way(Flow::Stun), 0);
    }

    #[test]
    fn delay_and_jitter_keep_the_order() {
        let (came, _) = run("delay=50ms,jitter=10ms", 1, 2000);
        assert_eq!(came.len(), 2000);
        assert!(came.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(came.iter().all(|(_, late)| (40..=61).contains(late)));
    }

    #[test]
    fn reordered_packets_come_behind_the_next_and_copies_beside_themselves() {
        let (came, _) = run("reorder=10%", 1, 1000);
        let behind = came.windows(2).filter(|pair| pair[0].0 > pair[1].0).count();
        assert_eq!(came.len(), 1000);
        assert!((70..130).contains(&behind), "{behind}");
        let (came, _) = run("duplicate=10%", 1, 1000);
        assert!((1070..1130).contains(&came.len()), "{}", came.len());
    }

    #[test]
    fn a_narrow_pipe_delays_and_then_drops() {
        // Ten megabits a second come; five fit.
        let (came, dropped) = run("rate=5M,queue=100ms", 1, 1000);
        assert!((450..=650).contains(&came.len()), "{}", came.len());
        assert_eq!(came.len() + dropped.len(), 1000);
        assert!(came.iter().map(|(_, late)| *late).max().unwrap() <= 104);
    }

    #[test]
    fn all_can_be_lost() {
        assert_eq!(run("loss=100%", 1, 100).0.len(), 0);
        assert_eq!(run("loss=100%,burst=5", 1, 100).0.len(), 0);
    }
}
