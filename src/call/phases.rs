//! How far a call came, and when.

use std::time::Instant;

use serde::Serialize;

use crate::measure::milliseconds;

/// The steps of a call, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Cryptography and both engines are ready.
    Setup,
    /// Both ends have their candidates, relays included.
    Gather,
    /// The first connectivity check was sent (RFC 8445 §7).
    IceFirstCheck,
    /// Both ends have a nominated pair.
    IceNominated,
    /// Both ends have the keys of the handshake.
    Dtls,
    /// Both ends have the association.
    Sctp,
    /// Both ends have the data channel.
    ChannelOpen,
    /// RTP has come through both ways.
    FirstRtp,
    /// A whole frame has, both ways.
    FirstFrame,
}

impl Phase {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Setup,
        Self::Gather,
        Self::IceFirstCheck,
        Self::IceNominated,
        Self::Dtls,
        Self::Sctp,
        Self::ChannelOpen,
        Self::FirstRtp,
        Self::FirstFrame,
    ];

    /// As in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Gather => "gather",
            Self::IceFirstCheck => "ice_first_check",
            Self::IceNominated => "ice_nominated",
            Self::Dtls => "dtls",
            Self::Sctp => "sctp",
            Self::ChannelOpen => "channel_open",
            Self::FirstRtp => "first_rtp",
            Self::FirstFrame => "first_frame",
        }
    }

    /// What did not work where a call came no further than before this.
    pub fn failure(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Gather => "gather",
            Self::IceFirstCheck | Self::IceNominated => "ice",
            Self::Dtls => "dtls",
            Self::Sctp => "sctp",
            Self::ChannelOpen => "channel",
            Self::FirstRtp | Self::FirstFrame => "media",
        }
    }

    /// What it waits for: its time is counted from there.
    fn after(self) -> Option<Self> {
        match self {
            Self::Setup => None,
            Self::Gather => Some(Self::Setup),
            Self::IceFirstCheck => Some(Self::Gather),
            Self::IceNominated => Some(Self::IceFirstCheck),
            Self::Dtls => Some(Self::IceNominated),
            Self::Sctp | Self::FirstRtp => Some(Self::Dtls),
            Self::ChannelOpen => Some(Self::Sctp),
            Self::FirstFrame => Some(Self::FirstRtp),
        }
    }
}

/// When each was reached.
#[derive(Debug, Clone)]
pub struct Phases {
    start: Instant,
    reached: [Option<Instant>; Phase::ALL.len()],
}

/// A phase, as JSON has it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct PhaseFacts {
    /// Which.
    pub name: Phase,
    /// From the start of the call, setup included, to when it was reached.
    pub at_ms: f64,
    /// From when what it waits for was there.
    pub took_ms: f64,
}

impl Phases {
    /// None was reached at `start`.
    pub fn new(start: Instant) -> Self {
        Self { start, reached: [None; Phase::ALL.len()] }
    }

    /// The start of the call.
    pub fn start(&self) -> Instant {
        self.start
    }

    /// Takes note; the first time counts.
    pub fn reach(&mut self, phase: Phase, now: Instant) {
        self.reached[phase as usize].get_or_insert(now);
    }

    /// When it was reached.
    pub fn at(&self, phase: Phase) -> Option<Instant> {
        self.reached[phase as usize]
    }

    /// Those that were reached, in order.
    pub fn facts(&self) -> Vec<PhaseFacts> {
        let facts = |phase: Phase| {
            let at = self.at(phase)?;
            let since = phase.after().and_then(|before| self.at(before)).unwrap_or(self.start);
            Some(PhaseFacts {
                name: phase,
                at_ms: milliseconds(at.saturating_duration_since(self.start)),
                took_ms: milliseconds(at.saturating_duration_since(since)),
            })
        };
        Phase::ALL.into_iter().filter_map(facts).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_phase_is_counted_from_what_it_waits_for_and_placed_from_the_start() {
        let start = Instant::now();
        let mut phases = Phases::new(start);
        for (phase, ms) in
            [(Phase::Setup, 2), (Phase::Gather, 3), (Phase::Gather, 9), (Phase::IceFirstCheck, 5)]
        {
            phases.reach(phase, start + Duration::from_millis(ms));
        }
        let facts: Vec<_> = phases.facts().iter().map(|f| (f.name.name(), f.at_ms, f.took_ms)).collect();
        assert_eq!(facts, [("setup", 2.0, 2.0), ("gather", 3.0, 1.0), ("ice_first_check", 5.0, 2.0)]);
    }
}
