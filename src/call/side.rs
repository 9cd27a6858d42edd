//! One end of a call: its engine, its media, what is counted there.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::arrivals::Stream;
use super::load::Source;
use super::media::Kind;
use super::peer::{CandidateKind, Peer};
use super::witness::Witness;
use crate::measure::Rolling as Quantiles;

/// One end with what it sends and receives.
#[derive(Debug)]
pub(super) struct Side {
    pub(super) peer: Peer,
    pub(super) witness: Witness,
    pub(super) sources: Vec<(Kind, Source)>,
    pub(super) streams: Vec<Stream>,
    /// The source of the packet at hand.
    pub(super) current: Option<u32>,
    pub(super) nominated: bool,
    pub(super) connected: bool,
    pub(super) associated: bool,
    pub(super) open: bool,
    pub(super) candidates: Vec<(CandidateKind, SocketAddr)>,
    pub(super) pair: Option<(SocketAddr, SocketAddr)>,
    pub(super) stun: Quantiles,
    pub(super) stun_responses: u64,
    pub(super) rtcp: Quantiles,
    pub(super) counts: Vec<Counts>,
    pub(super) due: Option<Instant>,
}

/// What the engine counts of one kind.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counts {
    pub(super) kind: Kind,
    /// NACKs that the receiver sent.
    pub(super) nacks_sent: u64,
    /// Those that reached the sender.
    pub(super) nacks_received: u64,
    /// Key frames that were asked for.
    pub(super) key_frames_requested: u64,
    /// The last that reports told, and the number that the report reached to: two may tell the same.
    pub(super) round_trip: Option<(Duration, Option<u64>)>,
}

impl Side {
    pub(super) fn new(peer: Peer, witness: Witness) -> Self {
        Self {
            peer,
            witness,
            sources: Vec::new(),
            streams: Vec::new(),
            current: None,
            nominated: false,
            connected: false,
            associated: false,
            open: false,
            candidates: Vec::new(),
            pair: None,
            stun: Quantiles::default(),
            stun_responses: 0,
            rtcp: Quantiles::default(),
            counts: Vec::new(),
            due: None,
        }
    }

    pub(super) fn counts(&mut self, kind: Kind) -> &mut Counts {
        let at = self.counts.iter().position(|counts| counts.kind == kind).unwrap_or_else(|| {
            self.counts.push(Counts {
                kind,
                nacks_sent: 0,
                nacks_received: 0,
                key_frames_requested: 0,
                round_trip: None,
            });
            self.counts.len() - 1
        });
        &mut self.counts[at]
    }

    pub(super) fn round_trips(&mut self, stats: &str0m::stats::PeerStats) {
        if let Some(pair) = &stats.selected_candidate_pair
            && let Some(rtt) = pair.current_round_trip_time
            && std::mem::replace(&mut self.stun_responses, pair.responses_received) != pair.responses_received
        {
            self.stun.add(rtt);
        }
    }
}
