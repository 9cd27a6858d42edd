//! One Binding request of a test, its three sends, and what came back.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::SocketId;
use crate::stun::{Class, Message, MessageBuilder, Method, TransactionId, attribute};

/// When it is sent, from its start.
const SENDS: [Duration; 3] = [Duration::ZERO, Duration::from_millis(500), Duration::from_millis(1000)];
/// When silence is taken for an answer, from its start.
pub(super) const PATIENCE: Duration = Duration::from_millis(1500);

/// CHANGE-REQUEST's bits (RFC 5780 §7.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    AddressAndPort,
    Port,
}

impl Change {
    pub(super) fn name(self) -> &'static str {
        match self {
            Change::AddressAndPort => "address-and-port",
            Change::Port => "port",
        }
    }

    fn bits(self) -> u32 {
        match self {
            Change::AddressAndPort => 0x6,
            Change::Port => 0x2,
        }
    }
}

/// What a success response says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) from: SocketAddr,
    /// XOR-MAPPED-ADDRESS, or MAPPED-ADDRESS.
    pub(super) mapped: Option<SocketAddr>,
    /// RESPONSE-ORIGIN, or RFC 3489's SOURCE-ADDRESS.
    pub(super) origin: Option<SocketAddr>,
    /// OTHER-ADDRESS, or RFC 3489's CHANGED-ADDRESS.
    pub(super) other: Option<SocketAddr>,
}

/// What came of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reply {
    /// Nothing yet.
    Pending,
    /// An answer, from where it had to come.
    Answered(Answer),
    /// An answer from elsewhere.
    Misplaced { from: SocketAddr },
    /// An answer from the right place that says it is from elsewhere.
    Contradicted { from: SocketAddr, origin: SocketAddr },
    /// An error response.
    Refused { code: u16 },
    /// Nothing, after three sends.
    Silent,
    /// This machine does not let it out.
    Unsent,
}

impl Reply {
    pub(super) fn answer(&self) -> Option<Answer> {
        match self {
            Reply::Answered(answer) => Some(*answer),
            _ => None,
        }
    }

    pub(super) fn mapped(&self) -> Option<SocketAddr> {
        self.answer().and_then(|answer| answer.mapped)
    }
}

/// A request on its way.
#[derive(Debug)]
pub(super) struct Ask {
    pub(super) socket: SocketId,
    pub(super) to: SocketAddr,
    pub(super) change: Option<Change>,
    /// Where the answer must come from.
    expected: SocketAddr,
    pub(super) id: TransactionId,
    request: Vec<u8>,
    started: Instant,
    pub(super) sent: usize,
    pub(super) reply: Reply,
    /// From the first send to the reply.
    pub(super) took: Option<Duration>,
}

impl Ask {
    /// A plain Binding request.
    pub(super) fn plain(now: Instant, id: TransactionId, socket: SocketId, to: SocketAddr) -> Self {
        Self::new(now, id, socket, to, to, None, MessageBuilder::new(Class::Request, Method::Binding, id))
    }

    /// A Binding request that has the server answer from `expected` (RFC 5780 §7.2).
    pub(super) fn change(
        now: Instant,
        id: TransactionId,
        socket: SocketId,
        to: SocketAddr,
        change: Change,
        expected: SocketAddr,
    ) -> Self {
        let message = MessageBuilder::new(Class::Request, Method::Binding, id)
            .number(attribute::CHANGE_REQUEST, change.bits());
        Self::new(now, id, socket, to, expected, Some(change), message)
    }

    /// A Binding request that has the server answer to another port of ours (RFC 5780 §7.5).
    pub(super) fn to_port(
        now: Instant,
        id: TransactionId,
        socket: SocketId,
        to: SocketAddr,
        port: u16,
    ) -> Self {
        let [high, low] = port.to_be_bytes();
        let message = MessageBuilder::new(Class::Request, Method::Binding, id)
            .attribute(attribute::RESPONSE_PORT, &[high, low, 0, 0]);
        Self::new(now, id, socket, to, to, None, message)
    }

    fn new(
        started: Instant,
        id: TransactionId,
        socket: SocketId,
        to: SocketAddr,
        expected: SocketAddr,
        change: Option<Change>,
        message: MessageBuilder,
    ) -> Self {
        let request = message.finish();
        Self {
            socket,
            to,
            change,
            expected,
            id,
            request,
            started,
            sent: 0,
            reply: Reply::Pending,
            took: None,
        }
    }

    /// The bytes to send at `now`, if any are due.
    pub(super) fn due(&mut self, now: Instant) -> Option<Vec<u8>> {
        let after = SENDS.get(self.sent)?;
        if self.reply != Reply::Pending || now < self.started + *after {
            return None;
        }
        self.sent += 1;
        Some(self.request.clone())
    }

    /// When it next wants to be looked at; `None` where it is over.
    pub(super) fn next(&self) -> Option<Instant> {
        (self.reply == Reply::Pending)
            .then(|| self.started + SENDS.get(self.sent).copied().unwrap_or(PATIENCE))
    }

    /// Takes silence for an answer once it has lasted.
    pub(super) fn expire(&mut self, now: Instant) {
        if self.reply == Reply::Pending && now >= self.started + PATIENCE {
            self.reply = Reply::Silent;
        }
    }

    /// Takes a response to this request. One from the right place outweighs one from elsewhere.
    pub(super) fn take(&mut self, now: Instant, from: SocketAddr, message: &Message) {
        if !matches!(self.reply, Reply::Pending | Reply::Misplaced { .. }) {
            return;
        }
        let origin = message
            .address(attribute::RESPONSE_ORIGIN)
            .or_else(|| message.address(attribute::SOURCE_ADDRESS));
        let reply = match message.class {
            Class::Error => Reply::Refused { code: message.error_code().map_or(0, |(code, _)| code) },
            Class::Success if from != self.expected => Reply::Misplaced { from },
            // Only where the place is the point: a server behind a translator of its own names its inner address.
            Class::Success if self.change.is_some() && origin.is_some_and(|origin| origin != from) => {
                Reply::Contradicted { from, origin: origin.unwrap_or(from) }
            }
            Class::Success => Reply::Answered(Answer {
                from,
                mapped: message.reflexive_address(),
                origin,
                other: message
                    .address(attribute::OTHER_ADDRESS)
                    .or_else(|| message.address(attribute::CHANGED_ADDRESS)),
            }),
            Class::Request | Class::Indication => return,
        };
        self.settle(now, reply);
    }

    /// Ends it.
    pub(super) fn settle(&mut self, now: Instant, reply: Reply) {
        self.reply = reply;
        self.took = Some(now.saturating_duration_since(self.started));
    }
}
