//! What two captures come to, side by side: the JSON of `analyze-diff/1`.

use serde::Serialize;

use super::side::{Packet, Track};
use crate::analyze::facts::{Kind, round};
use crate::analyze::summary::CaptureFacts;
use crate::analyze::transport::LegFacts;
use crate::capture::{Frame, Time};

/// Runs of losses told one by one.
pub(super) const MOST_RUNS: usize = 256;

/// Two captures, side by side.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Diff {
    /// A and B.
    pub captures: [CaptureFacts; 2],
    /// Whether every stream whose way can be told went from B to A; `None` where none can.
    pub swapped: Option<bool>,
    /// B's clock less A's when A began, at least: what went from B to A did not arrive before it was sent.
    pub clock_difference_min_s: Option<f64>,
    /// The same at most, by what went from A to B.
    pub clock_difference_max_s: Option<f64>,
    /// How much faster B's clock runs than A's; it is taken out of the delays.
    pub clock_drift_ppm: Option<f64>,
    /// By how much that may be off, one time in three.
    pub clock_drift_error_ppm: Option<f64>,
    /// How far that can be believed, or why there is none.
    pub clock_drift_note: String,
    /// The shortest way there and back between the two captures, where there are streams both ways.
    pub round_trip_min_ms: Option<f64>,
    /// The streams that both have.
    pub streams: Vec<StreamDiff>,
    /// The streams of A that B does not have.
    pub only_in_a: Vec<Unmatched>,
    /// The streams of B that A does not have.
    pub only_in_b: Vec<Unmatched>,
    /// Packets beyond those that are compared.
    pub packets_not_kept: u64,
}

/// A stream of both captures.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct StreamDiff {
    /// As `0x%08x`.
    pub ssrc: String,
    /// Where a description says it.
    pub codec: Option<String>,
    /// `audio`, `video`; `None` where nothing tells.
    pub media: Option<String>,
    /// What it is for.
    pub kind: Kind,
    /// `a_to_b` or `b_to_a`.
    pub direction: &'static str,
    /// What shows that: `round_trip`, `loss`, or `assumed`.
    pub direction_by: &'static str,
    /// In seconds since A's first packet.
    pub first_seen_s: f64,
    /// In A.
    pub a: SideFacts,
    /// In B.
    pub b: SideFacts,
    /// Different packets that the near capture has, and that had time to come to the far one.
    pub sent: u64,
    /// Those of them that the far capture has.
    pub arrived: u64,
    /// Those that it has not.
    pub lost: u64,
    /// Of those sent.
    pub loss_pct: f64,
    /// Numbers that neither capture has: lost before the near one, or never sent.
    pub lost_before: u64,
    /// Packets that the far capture has alone: the near one missed them, or they went another way.
    pub missed_by_near_capture: u64,
    /// Packets at the edges, where one of the captures had not begun or had ended.
    pub not_in_sight: u64,
    /// Copies that were made on the way.
    pub duplicated: u64,
    /// Packets that came behind one that had been sent after them.
    pub reordered: u64,
    /// How often packets in a row were lost.
    pub loss_runs_count: u64,
    /// The first of them.
    pub loss_runs: Vec<LossRun>,
    /// How long they took, above the shortest.
    pub delay: DelayFacts,
    /// Who lost what, in words.
    pub verdict: String,
}

/// A stream in one of the captures.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct SideFacts {
    /// Its name in `analyze/1` of this capture.
    pub id: String,
    /// Where it went there.
    #[serde(flatten)]
    pub path: Option<LegFacts>,
    /// All packets, copies included.
    pub packets: u64,
    /// Copies of packets.
    pub duplicates: u64,
    /// Numbers that never came, by this capture alone.
    pub lost: u64,
}

/// Packets that were lost in a row.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct LossRun {
    /// The number of the first.
    pub first_sequence: u16,
    /// The number of the last.
    pub last_sequence: u16,
    /// How many.
    pub packets: u64,
    /// When the first passed the near capture, in seconds since its first packet.
    pub at_s: f64,
    /// The first and the last of them in the near capture.
    pub near_frames: (u64, u64),
}

/// How long packets took, above the shortest.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct DelayFacts {
    /// Of so many.
    pub packets: u64,
    /// Their mean.
    pub mean_ms: f64,
    /// Half took no longer.
    pub p50_ms: f64,
    /// 95 of 100 took no longer.
    pub p95_ms: f64,
    /// 99 of 100 took no longer.
    pub p99_ms: f64,
    /// None took longer.
    pub max_ms: f64,
    /// From here on a packet is part of a spike.
    pub spike_from_ms: f64,
    /// How many there are.
    pub spikes_count: u64,
    /// The highest of them, in order.
    pub spikes: Vec<Spike>,
}

/// Packets that took much longer than others, close to each other.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Spike {
    /// When the first of them passed the near capture, in seconds since its first packet.
    pub at_s: f64,
    /// When the last did.
    pub to_s: f64,
    /// How much longer than the shortest the slowest took.
    pub peak_ms: f64,
    /// How many.
    pub packets: u64,
    /// The first and the last of them in the near capture.
    pub near_frames: (u64, u64),
    /// The same two in the far one.
    pub far_frames: (u64, u64),
}

/// A stream that only one capture has.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Unmatched {
    /// Its name in `analyze/1` of its capture.
    pub id: String,
    /// As `0x%08x`.
    pub ssrc: String,
    /// All packets, copies included.
    pub packets: u64,
    /// Where it went.
    #[serde(flatten)]
    pub path: Option<LegFacts>,
}

impl SideFacts {
    pub(super) fn of(track: &Track) -> Self {
        let label = &track.label;
        Self {
            id: label.id.clone(),
            path: label.path.clone(),
            packets: label.packets,
            duplicates: label.duplicates,
            lost: label.lost,
        }
    }
}

/// The runs of what was lost; `seen` are all packets in the order in which they were sent.
pub(super) fn loss_runs(lost: &[&Packet], seen: &[(i64, u16, Frame)], start: Time) -> Vec<LossRun> {
    let mut by_number: Vec<&Packet> = lost.to_vec();
    by_number.sort_by_key(|packet| (packet.at, packet.sequence, packet.frame()));
    let mut runs: Vec<LossRun> = Vec::new();
    let mut last: Option<usize> = None;
    // Where each stands among all: a run is broken by one that arrived, not by one that was sent late.
    let mut places = seen.iter().enumerate();
    for packet in by_number {
        let here = (packet.at.0, packet.sequence, packet.frame());
        let place = places.find(|(_, other)| **other == here).map(|(place, _)| place);
        let number = packet.frame().number;
        match (runs.last_mut(), last.zip(place)) {
            (Some(run), Some((before, place))) if before + 1 == place => {
                run.last_sequence = packet.sequence;
                run.packets += 1;
                run.near_frames.1 = number;
            }
            _ => runs.push(LossRun {
                first_sequence: packet.sequence,
                last_sequence: packet.sequence,
                packets: 1,
                at_s: round(packet.at.seconds_since(start), 6),
                near_frames: (number, number),
            }),
        }
        last = place;
    }
    runs
}

impl StreamDiff {
    /// Who lost what, in words.
    pub(super) fn judged(&self) -> String {
        let (near, far) = if self.direction == "a_to_b" { ("A", "B") } else { ("B", "A") };
        let packets = |n: u64| if n == 1 { "one packet".to_owned() } else { format!("{n} packets") };
        let between = match self.lost {
            0 => format!("nothing was lost between {near} and {far}"),
            lost => format!(
                "{} of {} lost between {near} and {far} ({} %)",
                lost,
                packets(self.sent),
                self.loss_pct
            ),
        };
        let before = match self.lost_before {
            0 => format!("nothing before {near}"),
            lost => format!("{} missing before {near} already, or never sent", packets(lost)),
        };
        let mut words = format!("{between}, {before}");
        if self.missed_by_near_capture > 0 {
            let missed = packets(self.missed_by_near_capture);
            words.push_str(&format!("; {missed} came to {far} that the capture at {near} does not have"));
        }
        words
    }
}
