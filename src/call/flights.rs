//! The handshake as it passes: which messages in which datagrams, and which of them again (RFC 6347 §4.2).

use std::time::Instant;

use serde::Serialize;

use super::end::End;
use crate::measure::milliseconds;

/// Flights that are kept; a handshake has six.
const MOST: usize = 64;

/// A datagram, or several in a row, of one end's handshake.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Flight {
    /// Who sent it.
    pub from: End,
    /// What is in it.
    pub messages: Vec<&'static str>,
    /// From the start of the call.
    pub at_ms: f64,
    /// It was sent before.
    pub retransmission: bool,
}

/// The handshake so far.
#[derive(Debug, Default)]
pub(super) struct Flights {
    pub(super) flights: Vec<Flight>,
    pub(super) retransmits: u32,
    seen: Vec<(End, u8, u16, u32)>,
}

impl Flights {
    /// Takes a datagram that `from` sends.
    pub(super) fn datagram(&mut self, from: End, bytes: &[u8], start: Instant, now: Instant) {
        let mut messages = Vec::new();
        let mut again = false;
        for message in (Records { rest: bytes }) {
            let known = (from, message.kind, message.number, message.offset);
            match self.seen.contains(&known) {
                true => again = true,
                false if self.seen.len() < 16 * MOST => self.seen.push(known),
                false => {}
            }
            messages.push(message.name);
        }
        if messages.is_empty() {
            return;
        }
        self.retransmits += u32::from(again);
        let room = self.flights.len() < MOST;
        match self.flights.last_mut() {
            Some(last) if last.from == from && last.retransmission == again && !again => {
                last.messages.extend(messages.into_iter().filter(|name| *name != "fragment"));
            }
            _ if room => {
                let at_ms = milliseconds(now.saturating_duration_since(start));
                self.flights.push(Flight { from, messages, at_ms, retransmission: again });
            }
            _ => {}
        }
    }
}

/// A handshake message, or what else belongs to a handshake.
struct Message {
    kind: u8,
    number: u16,
    offset: u32,
    name: &'static str,
}

struct Records<'a> {
    rest: &'a [u8],
}

impl Iterator for Records<'_> {
    type Item = Message;

    fn next(&mut self) -> Option<Message> {
        let (header, rest) = self.rest.split_first_chunk::<13>()?;
        let length = usize::from(u16::from_be_bytes([header[11], header[12]]));
        let body = rest.get(..length)?;
        self.rest = &rest[length..];
        let epoch = u16::from_be_bytes([header[3], header[4]]);
        Some(match (header[0], epoch) {
            (20, _) => Message { kind: 254, number: 0, offset: 0, name: "change_cipher_spec" },
            // Encrypted: after ChangeCipherSpec that is Finished.
            (22, 1..) => Message { kind: 20, number: 0, offset: 0, name: "finished" },
            (22, 0) => {
                let head = body.first_chunk::<12>()?;
                let number = u16::from_be_bytes([head[4], head[5]]);
                let offset = u32::from_be_bytes([0, head[6], head[7], head[8]]);
                let name = if offset > 0 { "fragment" } else { name(head[0]) };
                Message { kind: head[0], number, offset, name }
            }
            (21, 0) => Message { kind: 253, number: 0, offset: 0, name: "alert" },
            _ => return None,
        })
    }
}

/// RFC 5246 §7.4.
fn name(kind: u8) -> &'static str {
    match kind {
        1 => "client_hello",
        2 => "server_hello",
        3 => "hello_verify_request",
        4 => "new_session_ticket",
        11 => "certificate",
        12 => "server_key_exchange",
        13 => "certificate_request",
        14 => "server_hello_done",
        15 => "certificate_verify",
        16 => "client_key_exchange",
        20 => "finished",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hello(number: u8) -> Vec<u8> {
        let mut record = vec![22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, number, 0, 12];
        record.extend([1, 0, 0, 0, 0, number, 0, 0, 0, 0, 0, 0]);
        record
    }

    #[test]
    fn a_message_that_was_sent_before_is_a_retransmission() {
        let start = Instant::now();
        let mut flights = Flights::default();
        flights.datagram(End::Caller, &hello(0), start, start);
        flights.datagram(End::Caller, &hello(0), start, start);
        flights.datagram(End::Callee, &hello(0), start, start);
        flights.datagram(End::Callee, &[1, 2, 3], start, start);
        assert_eq!(flights.retransmits, 1);
        let seen: Vec<_> =
            flights.flights.iter().map(|flight| (flight.from, flight.retransmission)).collect();
        assert_eq!(seen, [(End::Caller, false), (End::Caller, true), (End::Callee, false)]);
        assert_eq!(flights.flights[0].messages, ["client_hello"]);
    }
}
