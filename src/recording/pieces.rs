//! Cuts what streams carry into messages; what datagrams carry is cut already.

use std::collections::HashMap;

use super::{Taken, What};
use crate::stun::framing::{self, StreamDecoder};
use crate::stun::{Class, Message, Method};

/// What was found in the bytes that came or went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// A STUN message, ChannelData, or whatever a datagram held.
    Whole(Vec<u8>),
    /// Bytes of a stream that is, or has become, something else, or ended before a message did.
    Foreign(Vec<u8>),
}

/// The streams of all connections that are open.
#[derive(Debug, Default)]
pub struct Pieces {
    streams: HashMap<u64, Streams>,
}

#[derive(Debug, Default)]
struct Streams {
    sent: Stream,
    received: Stream,
    /// Whether a channel was asked for: before that, what looks like ChannelData is something else.
    channels: bool,
}

#[derive(Debug, Default)]
struct Stream {
    decoder: StreamDecoder,
    foreign: bool,
    /// It is foreign because that was agreed on.
    raw: bool,
}

impl Pieces {
    /// What became whole by this.
    pub fn take(&mut self, taken: &Taken) -> Vec<Piece> {
        let number = taken.connection.number;
        let (bytes, sent) = match &taken.what {
            What::Sent(bytes) => (bytes, true),
            What::Received(bytes) => (bytes, false),
            What::Closed | What::Gone => {
                // What never became whole is told now: HTTP may look like the head of a long ChannelData.
                let rest = self.streams.remove(&number).map(|streams| streams.received.rest());
                return rest.filter(|rest| !rest.is_empty()).map(Piece::Foreign).into_iter().collect();
            }
            What::Failed(_) => return Vec::new(),
        };
        if !taken.connection.carrier.stream {
            return vec![Piece::Whole(bytes.clone())];
        }
        if taken.connection.carrier.name == "peer" {
            // What comes out of a relay is data, whatever it looks like.
            return vec![Piece::Foreign(bytes.clone())];
        }
        let streams = self.streams.entry(number).or_default();
        if sent {
            // What we send is whole already, but for its padding over streams.
            streams.channels |= asks_for_a_channel(bytes);
            return streams.sent.take(bytes, true);
        }
        let channels = streams.channels;
        let pieces = streams.received.take(bytes, channels);
        // From then on, both ways carry what the peer and the client say (RFC 6062 §4.3).
        streams.sent.foreign |= streams.received.raw;
        pieces
    }
}

fn begins_raw_data(bytes: &[u8]) -> bool {
    Message::from_bytes(bytes)
        .is_ok_and(|message| (message.class, message.method) == (Class::Success, Method::ConnectionBind))
}

fn asks_for_a_channel(bytes: &[u8]) -> bool {
    Message::from_bytes(bytes)
        .is_ok_and(|message| (message.class, message.method) == (Class::Request, Method::ChannelBind))
}

impl Stream {
    fn rest(&self) -> Vec<u8> {
        if self.foreign { Vec::new() } else { self.decoder.rest().to_vec() }
    }

    fn take(&mut self, bytes: &[u8], channels: bool) -> Vec<Piece> {
        if self.foreign {
            return vec![Piece::Foreign(bytes.to_vec())];
        }
        self.decoder.push(bytes);
        let mut pieces = Vec::new();
        loop {
            match self.decoder.poll(channels) {
                Ok(Some(piece)) => {
                    let piece = piece.to_vec();
                    self.raw = begins_raw_data(&piece);
                    pieces.push(Piece::Whole(piece));
                    if self.raw {
                        let rest = self.rest();
                        pieces.extend((!rest.is_empty()).then_some(Piece::Foreign(rest)));
                        self.foreign = true;
                        return pieces;
                    }
                }
                Ok(None) => return pieces,
                Err(framing::NotTurn { .. }) => {
                    pieces.push(Piece::Foreign(self.rest()));
                    self.foreign = true;
                    return pieces;
                }
            }
        }
    }
}
