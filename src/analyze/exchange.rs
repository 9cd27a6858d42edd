//! Requests of STUN and the responses that they got.

use std::collections::VecDeque;
use std::net::SocketAddr;

use foldhash::HashMap;

use crate::capture::Time;
use crate::stun::TransactionId;

/// Requests remembered. The oldest has had its time when as many came after it.
const MOST: usize = 4096;

/// Whose request: an identifier is unique to its client only.
pub(super) type Key = (TransactionId, SocketAddr);

/// A request.
#[derive(Debug, Clone)]
pub(super) struct Request<T> {
    first: Time,
    sent: u32,
    answered: bool,
    pub(super) about: T,
}

impl<T> Request<T> {
    /// The round trip in nanoseconds; which of several transmissions was answered cannot be told.
    pub(super) fn round_trip(&self, answered: Time) -> Option<i64> {
        (self.sent == 1).then(|| answered.since(self.first))
    }

    /// Whether a client had waited so long by `end`, or had sent it a third time, which none does at once.
    pub(super) fn was_waited_for(&self, end: Time, patience_ns: i64) -> bool {
        self.sent > 2 || end.since(self.first) > patience_ns
    }
}

/// Requests of one kind.
#[derive(Debug)]
pub(super) struct Exchanges<T> {
    requests: HashMap<Key, Request<T>>,
    order: VecDeque<Key>,
}

impl<T> Default for Exchanges<T> {
    fn default() -> Self {
        Self { requests: HashMap::default(), order: VecDeque::new() }
    }
}

/// What a request is among others.
#[derive(Debug)]
pub(super) enum Sent<T> {
    /// A new one; with it, one that was never answered may have been forgotten.
    New(Option<T>),
    Again,
}

impl<T> Exchanges<T> {
    pub(super) fn request(&mut self, key: Key, at: Time, about: T) -> Sent<T> {
        if let Some(request) = self.requests.get_mut(&key) {
            request.sent += 1;
            return Sent::Again;
        }
        self.requests.insert(key, Request { first: at, sent: 1, answered: false, about });
        self.order.push_back(key);
        let oldest = (self.order.len() > MOST).then(|| self.order.pop_front()).flatten();
        let forgotten = oldest.and_then(|key| self.requests.remove(&key));
        Sent::New(forgotten.filter(|request| !request.answered).map(|request| request.about))
    }

    /// The request that a response is for, the first time that it comes.
    pub(super) fn response(&mut self, key: Key) -> Option<&Request<T>> {
        let request = self.requests.get_mut(&key).filter(|request| !request.answered)?;
        request.answered = true;
        Some(request)
    }

    /// Those that got no response, in order.
    pub(super) fn unanswered(&self) -> impl Iterator<Item = &Request<T>> {
        let requests = self.order.iter().filter_map(|key| self.requests.get(key));
        requests.filter(|request| !request.answered)
    }
}
