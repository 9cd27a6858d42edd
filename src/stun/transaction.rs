//! One request and its retransmissions (RFC 8489 §6.2.1).
//!
//! Knows nothing of sockets or clocks: `now` comes in, what to send comes out.

use std::time::{Duration, Instant};

use super::attribute::TransactionId;

/// How many RTOs the seven sends and the wait behind the last take (RFC 8489 §6.2.1: `Rc` of 7, `Rm` of 16).
const PATIENCE: u32 = 79;
/// The doubling of the RTO ends where fewer sends than this would fit into the timeout. The RFC spreads seven over
/// 39.5 s; a timeout of 10 s would cut that down to five, and where three of ten packets are lost one transaction in
/// four hundred would then look like a dead server. Twelve fail twice in a million times, and are hardly more than
/// one small packet a second.
const SENDS: u32 = 12;
/// The first RTO where nothing is known of the path (RFC 8489 §6.2.1).
const INITIAL_RTO: Duration = Duration::from_millis(500);
/// How long a request over TCP or TLS may go unanswered (RFC 8489 §6.2.2, `Ti`).
const TI: Duration = Duration::from_millis(39_500);

/// When to send, and when to give up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// First retransmission timeout, doubled until a twelfth of the timeout; `None` where the transport is reliable.
    pub rto: Option<Duration>,
    /// Gives up after this long even if the RFC would go on.
    pub timeout: Duration,
}

impl Schedule {
    /// For UDP and DTLS: 500 ms at first (RFC 8489 §6.2.1), less where the timeout is so short that it
    /// would leave no room for three sends, and more where `estimate` says that answers take longer.
    pub fn datagram(timeout: Duration, estimate: Duration) -> Self {
        let rto = INITIAL_RTO.max(estimate).min(timeout / 7);
        Self { rto: Some(rto), timeout }
    }

    /// For TCP and TLS: sent once (RFC 8489 §6.2.2).
    pub fn stream(timeout: Duration) -> Self {
        Self { rto: None, timeout }
    }
}

/// What a [`Transaction`] wants next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Send these bytes.
    Transmit(Vec<u8>),
    /// Nothing before this time, unless the response comes in.
    Wait(Instant),
    /// No response in time.
    TimedOut,
}

/// A request on its way.
#[derive(Debug)]
pub struct Transaction {
    id: TransactionId,
    request: Vec<u8>,
    schedule: Schedule,
    started: Instant,
    due: Instant,
    sent: u8,
}

impl Transaction {
    /// A transaction whose first [`poll`](Self::poll) sends `request`.
    pub fn new(now: Instant, id: TransactionId, request: Vec<u8>, schedule: Schedule) -> Self {
        Self { id, request, schedule, started: now, due: now, sent: 0 }
    }

    /// The id that its response must carry.
    pub fn id(&self) -> TransactionId {
        self.id
    }

    /// When it was first sent.
    pub fn started(&self) -> Instant {
        self.started
    }

    /// How often it was sent.
    pub fn sent(&self) -> u8 {
        self.sent
    }

    /// What to do at `now`.
    pub fn poll(&mut self, now: Instant) -> Output {
        let limit = self.started + self.limit();
        if now >= limit {
            return Output::TimedOut;
        }
        if now < self.due {
            return Output::Wait(self.due.min(limit));
        }
        self.sent = self.sent.saturating_add(1);
        self.due = match self.schedule.rto {
            Some(rto) => now + self.interval(rto),
            None => limit,
        };
        Output::Transmit(self.request.clone())
    }

    /// How long the server is given in all.
    fn limit(&self) -> Duration {
        self.schedule.timeout.min(self.schedule.rto.map_or(TI, |rto| rto * PATIENCE))
    }

    /// From the last send to the next.
    fn interval(&self, rto: Duration) -> Duration {
        let doubled = rto * (1 << (self.sent - 1).min(6));
        doubled.min(rto.max(self.limit() / SENDS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(schedule: Schedule) -> (Vec<u128>, u128) {
        let start = Instant::now();
        let mut transaction = Transaction::new(start, TransactionId([7; 12]), vec![1], schedule);
        let mut now = start;
        let mut sends = Vec::new();
        loop {
            match transaction.poll(now) {
                Output::Transmit(_) => sends.push((now - start).as_millis()),
                Output::Wait(until) => now = until,
                Output::TimedOut => return (sends, (now - start).as_millis()),
            }
        }
    }

    #[test]
    fn doubles_at_first_and_gives_up_after_thirty_nine_and_a_half_seconds() {
        let (sends, end) = run(Schedule::datagram(Duration::from_secs(60), Duration::ZERO));
        assert_eq!(sends[..5], [0, 500, 1500, 3500, 6791]);
        assert_eq!((sends.len(), end), (14, 39_500));
    }

    #[test]
    fn sends_often_enough_within_the_callers_limit() {
        let (sends, end) = run(Schedule::datagram(Duration::from_secs(10), Duration::ZERO));
        assert_eq!(sends[..4], [0, 500, 1333, 2166]);
        assert_eq!((sends.len(), end), (13, 10_000));
        let (sends, end) = run(Schedule::datagram(Duration::from_secs(5), Duration::ZERO));
        assert_eq!((sends.len(), end), (10, 5000));
    }

    #[test]
    fn sends_as_often_as_that_within_a_short_timeout() {
        let (sends, end) = run(Schedule::datagram(Duration::from_millis(700), Duration::ZERO));
        assert_eq!((sends, end), (vec![0, 100, 200, 300, 400, 500, 600], 700));
    }

    #[test]
    fn waits_longer_where_answers_take_longer() {
        let (sends, _) = run(Schedule::datagram(Duration::from_secs(10), Duration::from_millis(1400)));
        assert_eq!(sends, [0, 1400, 2800, 4200, 5600, 7000, 8400, 9800]);
    }

    #[test]
    fn sends_once_over_a_stream() {
        assert_eq!(run(Schedule::stream(Duration::from_secs(60))), (vec![0], 39_500));
        assert_eq!(run(Schedule::stream(Duration::from_secs(2))), (vec![0], 2000));
    }
}
