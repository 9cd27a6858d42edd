//! Data channels: what an SCTP association carried, where its packets can be read (RFC 8831).

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::net::SocketAddr;

use serde::Serialize;

use super::leg::Leg;
use crate::capture::Time;
use crate::sctp::{Chunk, Data, Open, chunks, protocol};

/// Numbers of one direction that are known again when they are sent once more.
const MOST_NUMBERS: usize = 4096;
/// Channels that are told; there may be 65,535.
const MOST_CHANNELS: usize = 256;

/// One association.
#[derive(Debug, Default)]
pub(super) struct Association {
    sides: [Side; 2],
    channels: BTreeMap<u16, Channel>,
    chunks: BTreeMap<&'static str, u64>,
    aborted: Option<(usize, Time)>,
    channels_not_told: u64,
}

#[derive(Debug, Default)]
struct Side {
    packets: u64,
    messages: u64,
    bytes: u64,
    repeated: u64,
    numbers: HashSet<u32>,
    order: VecDeque<u32>,
}

#[derive(Debug, Default)]
struct Channel {
    open: Option<(Open, Time, usize)>,
    sides: [Flow; 2],
}

#[derive(Debug, Default, Clone, Copy)]
struct Flow {
    messages: u64,
    bytes: u64,
    /// Whether the message that goes on is one of the application.
    counts: bool,
}

impl Association {
    /// Takes a packet from the side at place 0 or 1.
    pub(super) fn packet(&mut self, side: usize, at: Time, packet: &[u8]) {
        self.sides[side].packets += 1;
        for chunk in chunks(packet) {
            *self.chunks.entry(chunk.name()).or_default() += 1;
            match chunk {
                Chunk::Data(data) => self.data(side, at, &data),
                Chunk::Other { .. } if chunk.name() == "ABORT" => {
                    self.aborted.get_or_insert((side, at));
                }
                Chunk::Other { .. } => {}
            }
        }
    }

    fn data(&mut self, side: usize, at: Time, data: &Data<'_>) {
        let this = &mut self.sides[side];
        if !this.numbers.insert(data.tsn) {
            this.repeated += 1;
            return;
        }
        this.order.push_back(data.tsn);
        if this.order.len() > MOST_NUMBERS
            && let Some(oldest) = this.order.pop_front()
        {
            this.numbers.remove(&oldest);
        }
        if self.channels.len() >= MOST_CHANNELS && !self.channels.contains_key(&data.stream) {
            self.channels_not_told += 1;
            return;
        }
        let channel = self.channels.entry(data.stream).or_default();
        if data.protocol == Some(protocol::DCEP) {
            if let Some(open) = Open::read(data.bytes) {
                channel.open.get_or_insert((open, at, side));
            }
            channel.sides[side].counts = false;
            return;
        }
        let flow = &mut channel.sides[side];
        flow.counts |= data.beginning;
        if !flow.counts {
            return;
        }
        // One byte stands for none.
        let is_empty = matches!(data.protocol, Some(protocol::STRING_EMPTY | protocol::BINARY_EMPTY));
        let bytes = if is_empty { 0 } else { data.bytes.len() as u64 };
        flow.bytes += bytes;
        flow.messages += u64::from(data.ending);
        let this = &mut self.sides[side];
        this.bytes += bytes;
        this.messages += u64::from(data.ending);
    }

    /// `turned`: side 0 is that of the leg's `dst`.
    pub(super) fn facts(&self, leg: Leg, turned: bool, start: Time) -> SctpFacts {
        let (first, second) = if turned { (1, 0) } else { (0, 1) };
        let address = |side: usize| if side == first { leg.src } else { leg.dst };
        let channel = |(stream, channel): (&u16, &Channel)| {
            let open = channel.open.as_ref();
            ChannelFacts {
                stream: *stream,
                label: open.map(|(open, _, _)| open.label.clone()),
                protocol: open.map(|(open, _, _)| open.protocol.clone()),
                ordered: open.map(|(open, _, _)| open.ordered),
                opened_at_s: open.map(|(_, at, _)| at.seconds_since(start)),
                opened_by: open.map(|(_, _, side)| address(*side)),
                src_messages: channel.sides[first].messages,
                src_bytes: channel.sides[first].bytes,
                dst_messages: channel.sides[second].messages,
                dst_bytes: channel.sides[second].bytes,
            }
        };
        SctpFacts {
            packets: self.sides.iter().map(|side| side.packets).sum(),
            chunks: self.chunks.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect(),
            messages: self.sides.iter().map(|side| side.messages).sum(),
            bytes: self.sides.iter().map(|side| side.bytes).sum(),
            repeated: self.sides.iter().map(|side| side.repeated).sum(),
            aborted_at_s: self.aborted.map(|(_, at)| at.seconds_since(start)),
            aborted_by: self.aborted.map(|(side, _)| address(side)),
            channels: self.channels.iter().map(channel).collect(),
            channels_not_told: self.channels_not_told,
        }
    }
}

/// What an association carried.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct SctpFacts {
    /// Packets of both sides.
    pub packets: u64,
    /// Chunks by name.
    pub chunks: BTreeMap<String, u64>,
    /// Messages of applications that were whole, of both sides.
    pub messages: u64,
    /// What was in them.
    pub bytes: u64,
    /// DATA chunks that were sent again.
    pub repeated: u64,
    /// When it was aborted.
    pub aborted_at_s: Option<f64>,
    /// By whom.
    pub aborted_by: Option<SocketAddr>,
    /// Its channels by their stream.
    pub channels: Vec<ChannelFacts>,
    /// DATA chunks of more channels than are told.
    pub channels_not_told: u64,
}

/// A data channel.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct ChannelFacts {
    /// Its SCTP stream.
    pub stream: u16,
    /// Its name, where it was opened in band and that is in the capture.
    pub label: Option<String>,
    /// Its subprotocol.
    pub protocol: Option<String>,
    /// Whether messages arrive in their order.
    pub ordered: Option<bool>,
    /// When it was opened.
    pub opened_at_s: Option<f64>,
    /// By whom.
    pub opened_by: Option<SocketAddr>,
    /// Messages that the row's `src` sent.
    pub src_messages: u64,
    /// What was in them.
    pub src_bytes: u64,
    /// Messages that the row's `dst` sent.
    pub dst_messages: u64,
    /// What was in them.
    pub dst_bytes: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::leg::Carrier;

    fn data(tsn: u8, flags: u8, protocol: u8, bytes: &[u8]) -> Vec<u8> {
        let length = 16 + bytes.len() as u8;
        let mut packet = vec![0; 12];
        packet.extend([0, flags, 0, length, 0, 0, 0, tsn, 0, 1, 0, 0, 0, 0, 0, protocol]);
        packet.extend(bytes);
        packet.resize(packet.len().next_multiple_of(4), 0);
        packet
    }

    #[test]
    fn whole_messages_are_counted_once_and_control_is_none() {
        let mut association = Association::default();
        let open = [&[3, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0][..], b"chat"].concat();
        let sent = [
            (0, data(1, 3, 50, &open)),
            (1, data(1, 3, 50, &[2])),
            (0, data(2, 2, 51, b"ab")),
            (0, data(3, 1, 51, b"cd")),
            (0, data(3, 1, 51, b"cd")),
            (1, data(2, 3, 56, &[0])),
            (0, vec![0; 12].into_iter().chain([6, 0, 0, 4]).collect()),
        ];
        for (n, (side, packet)) in sent.iter().enumerate() {
            association.packet(*side, Time(n as i64 * 1_000_000_000), packet);
        }
        let (src, dst) = ("10.0.0.1:1".parse().unwrap(), "10.0.0.2:2".parse().unwrap());
        let facts = association.facts(Leg { src, dst, carrier: Carrier::Udp, via: None }, false, Time(0));
        assert_eq!((facts.packets, facts.messages, facts.bytes, facts.repeated), (7, 2, 4, 1));
        let channel = &facts.channels[0];
        assert_eq!((channel.label.as_deref(), channel.opened_by), (Some("chat"), Some(src)));
        assert_eq!((channel.src_messages, channel.src_bytes), (1, 4));
        assert_eq!((channel.dst_messages, channel.dst_bytes), (1, 0));
        assert_eq!((facts.aborted_at_s, facts.aborted_by), (Some(6.0), Some(src)));
        assert_eq!((facts.chunks["DATA"], facts.chunks["ABORT"]), (6, 1));
    }
}
