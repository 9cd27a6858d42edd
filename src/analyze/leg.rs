//! Legs: where a payload went on the wire, from one transport address to another, within a relay's framing or not.

use std::hash::{Hash, Hasher};
use std::net::SocketAddr;

use foldhash::HashMap;

use crate::capture::Transport;

/// Legs kept apart. Beyond, a capture is of a scan, not of calls.
const MOST: usize = 1 << 16;

/// The place of a leg in [`Legs`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LegId(u32);

impl LegId {
    /// For tables beside that of the legs.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What carries the payload, on the outside.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Carrier {
    /// UDP.
    Udp,
    /// TCP.
    Tcp,
    /// A message that was taken out of a connection by who wrote the capture.
    Message,
}

impl From<Transport> for Carrier {
    fn from(transport: Transport) -> Self {
        match transport {
            Transport::Udp => Self::Udp,
            Transport::Tcp(_) => Self::Tcp,
            Transport::Message => Self::Message,
        }
    }
}

/// What a TURN server and its client wrap a payload in (RFC 8656 §11, §12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Via {
    /// ChannelData of this channel number. Whom it stands for is known where its ChannelBind was seen.
    Channel(u16),
    /// Send and Data indications to and from this peer.
    Indication(SocketAddr),
}

/// Where a payload went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Leg {
    /// Who sent the packet.
    pub src: SocketAddr,
    /// Who it was for.
    pub dst: SocketAddr,
    /// What carried it.
    pub carrier: Carrier,
    /// The relay's framing around it.
    pub via: Option<Via>,
}

/// In few words: this is done several times a packet.
impl Hash for Leg {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let mut address = |address: &SocketAddr| match address {
            SocketAddr::V4(address) => {
                state.write_u64(u64::from(u32::from(*address.ip())) << 16 | u64::from(address.port()));
            }
            SocketAddr::V6(address) => {
                state.write_u128(u128::from(*address.ip()));
                state.write_u16(address.port());
            }
        };
        address(&self.src);
        address(&self.dst);
        match &self.via {
            None => {}
            Some(Via::Channel(number)) => state.write_u16(*number),
            Some(Via::Indication(peer)) => address(peer),
        }
        state.write_u8(self.carrier as u8);
    }
}

impl Leg {
    /// The way back.
    #[must_use]
    pub fn reverse(&self) -> Self {
        Self { src: self.dst, dst: self.src, ..*self }
    }

    /// The same without the relay's framing.
    #[must_use]
    pub fn outer(&self) -> Self {
        Self { via: None, ..*self }
    }
}

/// All legs of a capture, in order of appearance.
#[derive(Debug, Default)]
pub struct Legs {
    all: Vec<Leg>,
    ids: HashMap<Leg, LegId>,
}

impl Legs {
    /// The leg's place. `None` where there are too many already.
    pub fn id(&mut self, leg: Leg) -> Option<LegId> {
        if let Some(id) = self.ids.get(&leg) {
            return Some(*id);
        }
        if self.all.len() >= MOST {
            return None;
        }
        let id = LegId(self.all.len() as u32);
        self.all.push(leg);
        self.ids.insert(leg, id);
        Some(id)
    }

    /// The leg's place, if it was met.
    #[must_use]
    pub fn find(&self, leg: &Leg) -> Option<LegId> {
        self.ids.get(leg).copied()
    }

    /// The leg at a place.
    #[must_use]
    pub fn get(&self, id: LegId) -> &Leg {
        &self.all[id.index()]
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (LegId, &Leg)> {
        (0..).map(LegId).zip(&self.all)
    }
}
