//! What a call shall carry, and for how long.

use std::time::Duration;

use super::media::Kind;
use crate::impair::Impairment;

/// A call, before it begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// What is sent, both ways.
    pub load: Load,
    /// The data channel.
    pub channel: Channel,
    /// How long everything may take to come up.
    pub timeout: Duration,
    /// How long the call lasts once it is up.
    pub duration: Duration,
    /// What is done to datagrams from the caller to the callee.
    pub up: Impairment,
    /// And back.
    pub down: Impairment,
    /// Where chance in impairments comes from.
    pub seed: u64,
}

/// Pings come no more often.
pub(super) const LEAST_INTERVAL: Duration = Duration::from_micros(500);

impl Scenario {
    /// From one ping to the next.
    #[must_use]
    pub fn ping_interval(&self) -> Duration {
        // What is sent at the very end would come back after it.
        (self.duration.mul_f64(0.95) / self.load.pings.max(1)).max(LEAST_INTERVAL)
    }
}

/// The media of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Load {
    /// Which kinds.
    pub media: Vec<Kind>,
    /// Payload of the video a second, in bits.
    pub bitrate_bps: u64,
    /// Pings over the data channel, spread over the duration.
    pub pings: u32,
    /// How long the data channel is then filled as fast as it takes it, if at all.
    pub throughput: Option<Duration>,
}

/// How the data channel is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Channel {
    /// Messages come in the order in which they were sent.
    pub ordered: bool,
    /// What is done about messages that are lost.
    pub reliability: Reliability,
    /// Bytes of each message.
    pub message_size: usize,
}

/// What is done about messages that are lost (RFC 8831 §6.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reliability {
    /// They are sent until they arrive.
    Reliable,
    /// They are sent again so often at most.
    MaxRetransmits(u16),
    /// They are sent again for so many milliseconds at most.
    MaxPacketLifetime(u16),
}
