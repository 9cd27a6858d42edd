//! Two captures of one call, near the sender and near the receiver: what was lost between them, and how long it took.
//!
//! Packets are the same where source, number and timestamp are: translators change none of them, and encryption hides
//! none. The clocks of the two machines differ by an amount that nobody knows, so that delays are told above the
//! shortest, and drift apart, which is taken out where it can be told from a queue that grows.

mod delay;
mod facts;
mod pairing;
mod side;
mod text;
mod way;

pub use facts::{DelayFacts, Diff, LossRun, SideFacts, Spike, StreamDiff, Unmatched};
pub use side::{MOST_PACKETS, Side};

use std::collections::HashSet;

use delay::Clocks;
use pairing::Pair;
use way::{Direction, direct};

use super::stream::Sequence;
use super::summary::CaptureFacts;
use crate::capture::{Frame, Time};

/// Compares what two captures have of the same sources.
#[must_use]
pub fn compare(a: &Side, b: &Side, captures: [CaptureFacts; 2]) -> Diff {
    let pairs = pairing::pair(&a.tracks, &b.tracks);
    let directions = direct(&pairs);
    let clocks = Clocks::of(&pairs, &directions, a.start());
    let rows = pairs.iter().zip(&directions).map(|(pair, direction)| stream(a, b, pair, *direction, &clocks));
    let mut streams: Vec<StreamDiff> = rows.collect();
    streams.sort_by(|x, y| x.first_seen_s.total_cmp(&y.first_seen_s));
    let in_pairs: HashSet<usize> = pairs.iter().map(|pair| pair.a.place).collect();
    let in_b: HashSet<usize> = pairs.iter().map(|pair| pair.b.place).collect();
    let told = |row: &&StreamDiff| row.direction_by != "assumed";
    let (told, back): (usize, usize) = (
        streams.iter().filter(told).count(),
        streams.iter().filter(told).filter(|row| row.direction == "b_to_a").count(),
    );
    Diff {
        swapped: (told > 0).then_some(back == told),
        clock_difference_min_s: clocks.bounds.0,
        clock_difference_max_s: clocks.bounds.1,
        clock_drift_error_ppm: clocks.error_ppm,
        clock_drift_ppm: clocks.drift_ppm(),
        clock_drift_note: clocks.note.clone(),
        round_trip_min_ms: directions.iter().find_map(|direction| direction.round_trip_ms),
        only_in_a: a.unmatched(&in_pairs),
        only_in_b: b.unmatched(&in_b),
        packets_not_kept: a.not_kept + b.not_kept,
        captures,
        streams,
    }
}

/// One source, from the capture near its sender to that near its receiver.
fn stream(a: &Side, b: &Side, pair: &Pair<'_>, direction: Direction, clocks: &Clocks) -> StreamDiff {
    let turned = direction.turned;
    let (near, far) = if turned { (b, a) } else { (a, b) };
    let (sent, received) = if turned { (pair.b, pair.a) } else { (pair.a, pair.b) };
    let delays = delay::Delays::of(pair, turned, clocks);
    // When a packet of the near side arrives at the earliest, and the latest so far, by the far side's clock.
    let arrives = |at: Time| delays.earliest(at);
    let slack = delays.slack_ns();
    let (far_start, far_end) = far.bounds;
    let (near_start, near_end) = near.bounds;
    let (near_only, far_only) =
        if turned { (&pair.b_only, &pair.a_only) } else { (&pair.a_only, &pair.b_only) };
    let in_sight = |at: Time| arrives(at) >= far_start.0 && arrives(at).saturating_add(slack) <= far_end.0;
    let (lost, outside): (Vec<_>, Vec<_>) =
        near_only.iter().map(|at| &sent.packets[*at]).partition(|packet| in_sight(packet.at));
    let was_in_sight = |at: Time| {
        let sent_at = delays.sent_at_latest(at);
        sent_at.saturating_sub(slack) >= near_start.0 && sent_at <= near_end.0
    };
    let missed = far_only.iter().filter(|at| was_in_sight(received.packets[**at].at)).count();
    let mut seen: Vec<(i64, u16, Frame)> = pair
        .matched
        .iter()
        .map(|at| &sent.packets[if turned { at.1 } else { at.0 }])
        .chain(lost.iter().copied())
        .map(|packet| (packet.at.0, packet.sequence, packet.frame()))
        .collect();
    seen.extend(
        far_only
            .iter()
            .map(|at| &received.packets[*at])
            .filter(|packet| was_in_sight(packet.at))
            .map(|packet| (delays.sent_at_latest(packet.at), packet.sequence, packet.frame())),
    );
    seen.sort_unstable();
    // What one side saw while the other could not see it is not missing.
    let mut known = seen.clone();
    known.extend(outside.iter().map(|packet| (packet.at.0, packet.sequence, packet.frame())));
    known.sort_unstable();
    let arrived = pair.matched.len() as u64;
    let expected = arrived + lost.len() as u64;
    let copies = |copies: &[u32], of: usize| u64::from(copies[of]);
    let copied = pair.matched.iter().map(|(of_a, of_b)| {
        let (here, there) = (copies(&pair.a_copies, *of_a), copies(&pair.b_copies, *of_b));
        if turned { here.saturating_sub(there) } else { there.saturating_sub(here) }
    });
    let runs = facts::loss_runs(&lost, &seen, near.start());
    let mut row = StreamDiff {
        ssrc: super::facts::ssrc(sent.ssrc),
        codec: sent.label.codec.clone().or_else(|| received.label.codec.clone()),
        media: sent.label.media.clone().or_else(|| received.label.media.clone()),
        kind: sent.label.kind,
        direction: if turned { "b_to_a" } else { "a_to_b" },
        direction_by: direction.by,
        first_seen_s: pair
            .a
            .packets
            .iter()
            .map(|packet| packet.at)
            .min()
            .map_or(0.0, |at| at.seconds_since(a.start())),
        a: SideFacts::of(pair.a),
        b: SideFacts::of(pair.b),
        sent: expected,
        arrived,
        lost: lost.len() as u64,
        loss_pct: if expected == 0 {
            0.0
        } else {
            super::facts::round(lost.len() as f64 * 100.0 / expected as f64, 3)
        },
        lost_before: missing(&known),
        missed_by_near_capture: missed as u64,
        not_in_sight: outside.len() as u64 + (far_only.len() - missed) as u64,
        duplicated: copied.sum(),
        reordered: pair.reordered(turned),
        loss_runs_count: runs.len() as u64,
        loss_runs: runs.into_iter().take(facts::MOST_RUNS).collect(),
        delay: delays.facts(near.start()),
        verdict: String::new(),
    };
    row.verdict = row.judged();
    row
}

/// Numbers that neither side saw, between the first and the last that one did.
fn missing(seen: &[(i64, u16, Frame)]) -> u64 {
    let Some(((_, first, _), others)) = seen.split_first() else { return 0 };
    let mut sequence = Sequence::new(*first);
    for (at, number, frame) in others {
        sequence.packet(*number, Time(*at), *frame, &mut |_| {});
    }
    sequence.finish(&mut |_| {});
    sequence.missing()
}
