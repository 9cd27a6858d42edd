//! Fragments put together again (RFC 791 §3.2, RFC 8200 §4.5), in bounded memory.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;

use super::network::{Packet, Part};

/// Packets that wait for the rest of them.
const MOST_WAITING: usize = 256;
/// No IP packet is longer.
const LONGEST: usize = 65_535;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    src: IpAddr,
    dst: IpAddr,
    protocol: u8,
    id: u32,
}

#[derive(Debug, Default)]
struct Waiting {
    bytes: Vec<u8>,
    /// Which bytes are there: from, to; in order, none touching another.
    there: Vec<(usize, usize)>,
    total: Option<usize>,
    packets: u64,
}

/// The packets whose fragments are still coming in.
#[derive(Debug, Default)]
pub(super) struct Fragments {
    waiting: HashMap<Key, Waiting>,
    /// The oldest first.
    order: VecDeque<Key>,
    whole: Vec<u8>,
    lost: u64,
    joined: u64,
}

impl Fragments {
    /// Takes a fragment, and returns the payload that it completes.
    pub(super) fn take(&mut self, packet: &Packet<'_>, part: Part) -> Option<&[u8]> {
        let key = Key { src: packet.src, dst: packet.dst, protocol: packet.protocol, id: part.id };
        let end = part.offset + packet.payload.len();
        // One that a snap length cut leaves a hole for ever.
        if end > LONGEST || packet.payload.len() < packet.length || packet.payload.is_empty() {
            self.lost += 1;
            return None;
        }
        if !self.waiting.contains_key(&key) {
            if self.order.len() >= MOST_WAITING
                && let Some(oldest) = self.order.pop_front()
                && let Some(given_up) = self.waiting.remove(&oldest)
            {
                self.lost += given_up.packets;
            }
            self.order.push_back(key);
        }
        let waiting = self.waiting.entry(key).or_default();
        waiting.packets += 1;
        if waiting.bytes.len() < end {
            waiting.bytes.resize(end, 0);
        }
        waiting.bytes[part.offset..end].copy_from_slice(packet.payload);
        if !part.more {
            waiting.total = Some(end);
        }
        cover(&mut waiting.there, part.offset, end);
        let whole = waiting.total.is_some_and(|total| waiting.there == [(0, total)]);
        if !whole {
            return None;
        }
        self.order.retain(|other| *other != key);
        let done = self.waiting.remove(&key)?;
        self.joined += done.packets - 1;
        self.whole = done.bytes;
        Some(&self.whole)
    }

    /// Packets whose other fragments never came, those that still wait among them.
    pub(super) fn lost(&self) -> u64 {
        self.lost + self.waiting.values().map(|waiting| waiting.packets).sum::<u64>()
    }

    /// Packets that went into datagrams of others.
    pub(super) fn joined(&self) -> u64 {
        self.joined
    }
}

fn cover(there: &mut Vec<(usize, usize)>, from: usize, to: usize) {
    let (mut from, mut to) = (from, to);
    there.retain(|&(start, end)| {
        let apart = end < from || start > to;
        if !apart {
            (from, to) = (from.min(start), to.max(end));
        }
        apart
    });
    there.push((from, to));
    there.sort_unstable();
}
