//! Where a capture was taken, as the user says, and what that means for each stream.

use std::net::SocketAddr;

use serde::Serialize;

use super::facts::StreamFacts;

/// Where, for a stream.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema, serde::Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// At the machine that sends the first stream
    Sender,
    /// At the machine that receives the first stream
    Receiver,
    /// Somewhere between the two
    Mid,
}

/// What was said, and which machine that is.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Sides {
    /// `--side`.
    pub given: Option<Side>,
    /// The machine that the capture was taken at.
    pub at: Option<String>,
    #[serde(skip)]
    machine: Option<Machine>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Machine {
    address: SocketAddr,
    /// Both ends have one address: the port tells them apart.
    by_port: bool,
}

impl Sides {
    /// Of a capture with these streams, in order of appearance.
    #[must_use]
    pub fn new(given: Option<Side>, streams: &[StreamFacts]) -> Self {
        let first = streams.first().map(|first| (first.path.src, first.path.dst));
        let machine = match (given, first) {
            (Some(Side::Sender), Some((src, dst))) => Some((src, dst)),
            (Some(Side::Receiver), Some((src, dst))) => Some((dst, src)),
            _ => None,
        };
        let machine =
            machine.map(|(here, there)| Machine { address: here, by_port: here.ip() == there.ip() });
        let at = machine.map(|machine| match machine.by_port {
            true => machine.address.to_string(),
            false => machine.address.ip().to_string(),
        });
        Self { given, at, machine }
    }

    /// On which side of a stream that is. `None` where nobody said, or neither end is there.
    #[must_use]
    pub fn of(&self, stream: &StreamFacts) -> Option<Side> {
        if self.given == Some(Side::Mid) {
            return Some(Side::Mid);
        }
        let machine = self.machine?;
        let is_here = |address: SocketAddr| match machine.by_port {
            true => address == machine.address,
            false => address.ip() == machine.address.ip(),
        };
        match (is_here(stream.path.src), is_here(stream.path.dst)) {
            (true, false) => Some(Side::Sender),
            (false, true) => Some(Side::Receiver),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::rules::scene;

    #[test]
    fn what_comes_back_is_seen_from_the_other_side() {
        let there = scene::audio("s1", 1);
        let mut back = scene::audio("s2", 2);
        (back.path.src, back.path.dst) = (there.path.dst, there.path.src);
        let mut elsewhere = scene::audio("s3", 3);
        elsewhere.path.src = "203.0.113.9:1".parse().unwrap();
        elsewhere.path.dst = "203.0.113.8:1".parse().unwrap();
        let streams = [there, back, elsewhere];
        let sides = |given| {
            let sides = Sides::new(given, &streams);
            streams.iter().map(|stream| sides.of(stream)).collect::<Vec<_>>()
        };
        assert_eq!(sides(Some(Side::Sender)), [Some(Side::Sender), Some(Side::Receiver), None]);
        assert_eq!(sides(Some(Side::Receiver)), [Some(Side::Receiver), Some(Side::Sender), None]);
        assert_eq!(sides(Some(Side::Mid)), [Some(Side::Mid); 3]);
        assert_eq!(sides(None), [None; 3]);
    }
}
