//! One request from its first send to its end, over as many transactions as authentication takes
//! (RFC 8489 §9.2.5).

use std::time::Instant;

use super::access::Challenge;
use super::{Answer, Leg, Outcome, Request, RequestId};
use crate::stun::{Class, Message, Method, Transaction};

/// 438 answers after which a server is not asked again with yet another nonce.
const MOST_STALE: usize = 3;
/// 401 answers to an authenticated request, each with a fresh nonce, after which it is the credentials.
const MOST_UNAUTHORIZED: usize = 2;

/// What follows from a response.
pub(super) enum Next {
    /// The request is over.
    End(Answer),
    /// Ask again with what the server said.
    Authenticate(Challenge),
}

/// A request in progress.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) id: RequestId,
    pub(super) request: Request,
    pub(super) transaction: Transaction,
    pub(super) authenticated: bool,
    /// Signed with the beginning of a token's MAC key.
    cut: bool,
    legs: Vec<Leg>,
}

impl Exchange {
    pub(super) fn new(
        id: RequestId,
        request: Request,
        transaction: Transaction,
        (authenticated, cut): (bool, bool),
    ) -> Self {
        Self { id, request, transaction, authenticated, cut, legs: Vec::new() }
    }

    /// Whether a response with our transaction id is of our method.
    pub(super) fn matches(&self, response: &Message) -> bool {
        response.method == method(&self.request)
    }

    /// Whether the server has answered any of its transactions.
    pub(super) fn answered(&self) -> bool {
        !self.legs.is_empty()
    }

    /// Goes on with a new transaction.
    pub(super) fn repeat(&mut self, transaction: Transaction, authenticated: bool, cut: bool) {
        self.transaction = transaction;
        self.authenticated = authenticated;
        self.cut = cut;
    }

    /// Takes the response to the current transaction. `may` is asked whether this request may be made once more, if
    /// the response calls for it with this challenge.
    pub(super) fn take(
        &mut self,
        now: Instant,
        response: Message,
        may: impl FnOnce(&Request, &Challenge) -> bool,
    ) -> Next {
        let code = match response.class {
            Class::Error => Some(response.error_code().map_or(0, |(code, _)| code)),
            _ => None,
        };
        self.leg(now, code, Some(response.clone()));
        let Some(code) = code else {
            return self.end(now, Outcome::Granted(response));
        };
        let again = self.request != Request::Binding
            && match code {
                401 => self.count(401) < MOST_UNAUTHORIZED,
                438 => self.count(438) < MOST_STALE,
                _ => false,
            };
        match Challenge::from_response(&response) {
            Some(challenge) if again && may(&self.request, &challenge) => Next::Authenticate(challenge),
            _ => self.end(now, Outcome::Refused { code, response }),
        }
    }

    /// Ends without a response.
    pub(super) fn time_out(mut self, now: Instant) -> Answer {
        self.leg(now, None, None);
        Answer { request: self.id, outcome: Outcome::TimedOut, at: now, legs: self.legs }
    }

    fn end(&mut self, at: Instant, outcome: Outcome) -> Next {
        Next::End(Answer { request: self.id, outcome, at, legs: std::mem::take(&mut self.legs) })
    }

    fn leg(&mut self, now: Instant, code: Option<u16>, response: Option<Message>) {
        self.legs.push(Leg {
            took: now.duration_since(self.transaction.started()),
            sent: self.transaction.sent(),
            authenticated: self.authenticated,
            cut_mac_key: self.cut,
            code,
            response,
        });
    }

    /// Authenticated legs that ended with `code`.
    fn count(&self, code: u16) -> usize {
        self.legs.iter().filter(|leg| leg.authenticated && leg.code == Some(code)).count()
    }
}

/// The method that carries a request.
pub(super) fn method(request: &Request) -> Method {
    match request {
        Request::Binding => Method::Binding,
        Request::Allocate(_) => Method::Allocate,
        Request::CreatePermission(_) => Method::CreatePermission,
        Request::ChannelBind { .. } => Method::ChannelBind,
        Request::Refresh { .. } => Method::Refresh,
        Request::Connect(_) => Method::Connect,
        Request::ConnectionBind(_) => Method::ConnectionBind,
    }
}
