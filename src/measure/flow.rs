//! Numbered packets sent over a path and echoed back: loss, order, delay and jitter of each way.
//!
//! Both ends are ours and share a clock, so one-way delays are exact. The machine paces the sending
//! and judges what comes in; it neither sends nor receives.

use std::time::{Duration, Instant};

use serde::Serialize;

use super::distribution::{Distribution, milliseconds};
use super::jitter::Jitter;
use super::sequence::Arrivals;

/// Marks the packets of one run, so that a stranger's datagram is never counted.
pub type RunId = [u8; 8];

/// Which flow of a run a packet belongs to.
pub type FlowId = u8;

/// How many packets, how often, how large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Packets to send.
    pub count: u32,
    /// From one to the next.
    pub interval: Duration,
    /// Bytes of each.
    pub size: usize,
    /// How long to wait for stragglers when packets are missing at the end.
    pub patience: Duration,
}

/// What the first bytes of a measuring packet say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet {
    /// Which flow.
    pub flow: FlowId,
    /// On its way back.
    pub echo: bool,
    /// Its number, from 0.
    pub number: u32,
}

/// Bytes of a measuring packet that mean something; no packet is smaller.
const HEADER: usize = 14;

impl Packet {
    /// Reads a packet of this run; `None` of any other bytes.
    pub fn from_bytes(run: &RunId, bytes: &[u8]) -> Option<Self> {
        let header = bytes.get(..HEADER)?;
        if header[..8] != run[..] || header[9] > 1 {
            return None;
        }
        let number = u32::from_be_bytes(header[10..].try_into().ok()?);
        Some(Self { flow: header[8], echo: header[9] == 1, number })
    }

    /// Whether these are the bytes that [`bytes`](Self::bytes) made of this packet.
    pub fn is_whole(self, run: &RunId, bytes: &[u8], size: usize) -> bool {
        bytes.len() == size.max(HEADER)
            && bytes[HEADER..].iter().all(|byte| *byte == 0)
            && Self::from_bytes(run, bytes) == Some(self)
    }

    /// Its bytes, filled up to `size`.
    pub fn bytes(self, run: &RunId, size: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(size.max(HEADER));
        bytes.extend(run);
        bytes.extend([self.flow, u8::from(self.echo)]);
        bytes.extend(self.number.to_be_bytes());
        bytes.resize(size.max(HEADER), 0);
        bytes
    }
}

/// What a [`Flow`] wants next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlowOutput {
    /// Send this packet now, and call [`Flow::sent`].
    Send(Packet),
    /// Nothing before this time.
    Wait(Instant),
    /// All is sent, and nothing more is waited for.
    Done,
}

/// One flow: packets out, and their echoes back.
#[derive(Debug)]
pub struct Flow {
    id: FlowId,
    pace: Pace,
    start: Instant,
    sent: Vec<Instant>,
    forward: Arrivals,
    forward_delays: Vec<Duration>,
    jitter: Jitter,
    back: Arrivals,
    round_trips: Vec<Duration>,
    refused: u32,
    altered: u32,
}

impl Flow {
    /// A flow whose first packet is due at `start`.
    pub fn new(id: FlowId, pace: Pace, start: Instant) -> Self {
        Self {
            id,
            pace,
            start,
            sent: Vec::new(),
            forward: Arrivals::default(),
            forward_delays: Vec::new(),
            jitter: Jitter::default(),
            back: Arrivals::default(),
            round_trips: Vec::new(),
            refused: 0,
            altered: 0,
        }
    }

    /// Its id.
    pub fn id(&self) -> FlowId {
        self.id
    }

    /// What to do at `now`.
    pub fn poll(&self, now: Instant) -> FlowOutput {
        let number = self.sent.len() as u32;
        if number < self.pace.count {
            let due = self.start + self.pace.interval * number;
            return match now < due {
                true => FlowOutput::Wait(due),
                false => FlowOutput::Send(Packet { flow: self.id, echo: false, number }),
            };
        }
        let last = self.sent.last().copied().unwrap_or(self.start);
        if self.back.unique() == self.sent.len() || now >= last + self.pace.patience {
            return FlowOutput::Done;
        }
        FlowOutput::Wait(last + self.pace.patience)
    }

    /// The packet asked for by [`poll`](Self::poll) left at `at`; `ok` unless this machine's own firewall forbade it.
    pub fn sent(&mut self, at: Instant, ok: bool) {
        self.sent.push(at);
        self.refused += u32::from(!ok);
    }

    /// A packet of this flow came in at `at`: at the far end, or as an echo at the near end.
    /// Returns the echo to send back, if one is due.
    pub fn handle_input(&mut self, at: Instant, packet: Packet) -> Option<Packet> {
        let sent = *self.sent.get(packet.number as usize)?;
        if packet.echo {
            if self.back.packet(packet.number, self.pace.count) {
                self.round_trips.push(at.duration_since(sent));
            }
            return None;
        }
        if !self.forward.packet(packet.number, self.pace.count) {
            return None;
        }
        self.forward_delays.push(at.duration_since(sent));
        self.jitter.packet(sent, at);
        Some(Packet { echo: true, ..packet })
    }

    /// A packet of this flow came in with other bytes than were sent, at either end. It arrived nowhere, then.
    pub fn altered(&mut self) {
        self.altered += 1;
    }

    /// There and back, of the packets whose echo came.
    pub fn round_trips(&self) -> &[Duration] {
        &self.round_trips
    }

    /// What was seen so far.
    pub fn report(&self) -> FlowReport {
        let sent = self.sent.len() - self.refused as usize;
        let received = self.forward.unique();
        FlowReport {
            ok: received > 0,
            sent,
            received,
            loss_pct: percent(sent.saturating_sub(received), sent),
            reordered: self.forward.reordered(),
            duplicates: self.forward.duplicates(),
            jitter_ms: self.jitter.value().map(milliseconds),
            one_way: Distribution::of(self.forward_delays.iter().copied()),
            rtt: Distribution::of(self.round_trips.iter().copied()),
            echoes_received: self.back.unique(),
            send_refused: self.refused,
            altered: self.altered,
        }
    }
}

/// What one flow says about its path.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct FlowReport {
    /// At least one packet arrived at the far end.
    pub ok: bool,
    /// Packets sent, without those that were refused.
    pub sent: usize,
    /// Different packets that arrived at the far end.
    pub received: usize,
    /// Packets that did not arrive, of those sent, in percent.
    pub loss_pct: Option<f64>,
    /// Packets that arrived behind one sent later.
    pub reordered: usize,
    /// Further copies of packets that had arrived.
    pub duplicates: usize,
    /// Interarrival jitter at the far end (RFC 3550 §6.4.1).
    pub jitter_ms: Option<f64>,
    /// Delay to the far end, both ends on one clock.
    pub one_way: Option<Distribution>,
    /// Delay there and back, of the packets whose echo came.
    pub rtt: Option<Distribution>,
    /// Echoes that came back.
    pub echoes_received: usize,
    /// Packets that this machine's own firewall forbade to send.
    pub send_refused: u32,
    /// Packets and echoes that came with other bytes than were sent; they count as lost.
    pub altered: u32,
}

/// `part` of `whole` in percent with two decimals; `None` of nothing.
pub(super) fn percent(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| (part as f64 * 10_000.0 / whole as f64).round() / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: RunId = *b"run id 1";

    fn pace() -> Pace {
        Pace {
            count: 10,
            interval: Duration::from_millis(10),
            size: 160,
            patience: Duration::from_millis(500),
        }
    }

    /// Runs a flow over a path that loses what `lost` names, with 3 ms each way.
    fn run(lost: &[u32], lost_back: &[u32]) -> (FlowReport, Duration) {
        let start = Instant::now();
        let mut flow = Flow::new(1, pace(), start);
        let mut now = start;
        let way = Duration::from_millis(3);
        loop {
            match flow.poll(now) {
                FlowOutput::Send(packet) => {
                    flow.sent(now, true);
                    if lost.contains(&packet.number) {
                        continue;
                    }
                    let echo = flow.handle_input(now + way, packet).unwrap();
                    if !lost_back.contains(&packet.number) {
                        assert_eq!(flow.handle_input(now + way * 2, echo), None);
                    }
                }
                FlowOutput::Wait(until) => now = until,
                FlowOutput::Done => return (flow.report(), now - start),
            }
        }
    }

    #[test]
    fn a_healthy_path_ends_with_its_last_echo() {
        let (report, took) = run(&[], &[]);
        assert_eq!((report.sent, report.received, report.loss_pct), (10, 10, Some(0.0)));
        assert_eq!(report.one_way.unwrap().median_ms, 3.0);
        assert_eq!(report.rtt.unwrap().max_ms, 6.0);
        assert_eq!(took, Duration::from_millis(90));
    }

    #[test]
    fn loss_on_the_way_back_is_not_loss_on_the_way_there() {
        let (report, took) = run(&[2], &[5, 6]);
        assert_eq!((report.received, report.loss_pct, report.echoes_received), (9, Some(10.0), 7));
        assert_eq!(took, Duration::from_millis(590));
    }

    #[test]
    fn a_path_that_carries_nothing_is_not_ok() {
        let (report, _) = run(&(0..10).collect::<Vec<_>>(), &[]);
        assert!(!report.ok);
        assert_eq!((report.loss_pct, report.one_way, report.rtt), (Some(100.0), None, None));
    }

    #[test]
    fn what_this_machine_refused_to_send_is_not_lost_on_the_way() {
        let now = Instant::now();
        let mut flow = Flow::new(1, pace(), now);
        flow.sent(now, false);
        assert_eq!((flow.report().sent, flow.report().loss_pct, flow.report().send_refused), (0, None, 1));
    }

    #[test]
    fn a_duplicate_is_echoed_once_and_counted_apart() {
        let now = Instant::now();
        let mut flow = Flow::new(1, pace(), now);
        flow.sent(now, true);
        let packet = Packet { flow: 1, echo: false, number: 0 };
        assert!(flow.handle_input(now, packet).is_some());
        assert!(flow.handle_input(now, packet).is_none());
        assert!(flow.handle_input(now, Packet { number: 7, ..packet }).is_none());
        assert_eq!((flow.report().received, flow.report().duplicates), (1, 1));
    }

    #[test]
    fn packets_are_read_back_and_strangers_are_not() {
        let packet = Packet { flow: 3, echo: true, number: 0x0102_0304 };
        assert_eq!(Packet::from_bytes(&RUN, &packet.bytes(&RUN, 160)), Some(packet));
        assert_eq!(packet.bytes(&RUN, 160).len(), 160);
        let (mut bytes, cut) = (packet.bytes(&RUN, 160), packet.bytes(&RUN, 159));
        assert!(packet.is_whole(&RUN, &bytes, 160) && !packet.is_whole(&RUN, &cut, 160));
        bytes[159] ^= 1;
        assert!(!packet.is_whole(&RUN, &bytes, 160) && Packet::from_bytes(&RUN, &bytes) == Some(packet));
        assert_eq!(Packet::from_bytes(b"run id 2", &packet.bytes(&RUN, 160)), None);
        assert_eq!(Packet::from_bytes(&RUN, &packet.bytes(&RUN, 0)[..13]), None);
    }
}
