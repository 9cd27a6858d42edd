//! Chance for one flow, and the log of what it did: each flow draws for itself, so that what happens to its packets does
//! not hang on how many of another came in between.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde::Serialize;

use super::Impairment;

/// What belongs together: its packets are numbered, from 0 in the order in which they are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Flow {
    /// Connectivity checks.
    Stun,
    /// The handshake, and what goes over it.
    Dtls,
    /// Reports.
    Rtcp,
    /// The media of one source.
    Rtp(u32),
    /// Anything else.
    Other,
}

/// What was done to a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowLog {
    /// Which.
    pub flow: Flow,
    /// Packets that were sent.
    pub packets: u64,
    /// The numbers of those that were dropped, on purpose or because the pipe was full.
    pub dropped: Vec<u64>,
    /// Copies that were made.
    pub duplicated: u64,
    /// Packets put behind the next one.
    pub reordered: u64,
}

/// What is to be done to a packet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fate {
    pub(super) drop: bool,
    pub(super) copy: bool,
    pub(super) hold: bool,
}

/// A flow's chance and log.
#[derive(Debug)]
pub(super) struct Dice {
    chance: StdRng,
    /// In a burst of losses.
    losing: bool,
    pub(super) log: FlowLog,
}

impl Dice {
    /// Of the `place`th flow of its kind.
    pub(super) fn new(seed: u64, flow: Flow, place: u64) -> Self {
        let kind = match flow {
            Flow::Stun => 1,
            Flow::Dtls => 2,
            Flow::Rtcp => 3,
            Flow::Rtp(_) => 4,
            Flow::Other => 5,
        };
        let mut from = [0; 32];
        from[..8].copy_from_slice(&seed.to_be_bytes());
        from[8..16].copy_from_slice(&place.to_be_bytes());
        from[16] = kind;
        let log = FlowLog { flow, packets: 0, dropped: Vec::new(), duplicated: 0, reordered: 0 };
        Self { chance: StdRng::from_seed(from), losing: false, log }
    }

    /// For the next packet. As many numbers are drawn for each, whatever comes of it.
    pub(super) fn next(&mut self, impairment: &Impairment) -> Fate {
        let mut draw = || self.chance.random::<f64>();
        let (loss, hold, copy) = (draw(), draw(), draw());
        let leave = 1.0 / impairment.burst;
        let enter = match impairment.loss {
            all if all >= 1.0 => 1.0,
            part => (leave * part / (1.0 - part)).min(1.0),
        };
        self.losing = match self.losing {
            _ if impairment.burst <= 1.0 => loss < impairment.loss,
            true => loss >= leave || impairment.loss >= 1.0,
            false => loss < enter,
        };
        self.log.packets += 1;
        let fate = Fate {
            drop: self.losing || self.log.packets <= u64::from(impairment.first),
            copy: copy < impairment.duplicate,
            hold: hold < impairment.reorder,
        };
        if fate.drop {
            self.log.dropped.push(self.log.packets - 1);
        }
        fate
    }

    /// The pipe was full for the last packet.
    pub(super) fn overflowed(&mut self) {
        self.log.dropped.push(self.log.packets - 1);
    }
}
