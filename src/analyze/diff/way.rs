//! Which way a stream went: from A to B, or from B to A. A call goes both ways, and captures get mixed up.

use std::collections::BTreeMap;

use super::pairing::Pair;

/// Round trips shorter than this are none: it is one machine, or two captures of the same place.
const LEAST_NS: i64 = 20_000;

/// Which way a stream went, and what shows it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Direction {
    /// From B to A.
    pub(super) turned: bool,
    /// `round_trip`, `loss`, or `assumed`.
    pub(super) by: &'static str,
    /// The shortest way there and back between the two captures, where there is a stream each way.
    pub(super) round_trip_ms: Option<f64>,
}

/// The direction of each.
pub(super) fn direct(pairs: &[Pair<'_>]) -> Vec<Direction> {
    let mut directions: Vec<_> = pairs.iter().map(by_loss).collect();
    // With a stream each way the clocks do not matter.
    for (x, pair) in pairs.iter().enumerate() {
        let back = |other: &Pair<'_>| {
            (other.a.leg.src, other.a.leg.dst) == (pair.a.leg.dst, pair.a.leg.src)
                || (other.b.leg.src, other.b.leg.dst) == (pair.b.leg.dst, pair.b.leg.src)
        };
        let others = pairs.iter().filter(|other| back(other)).filter_map(|other| round_trip(pair, other));
        if let Some(ns) = others.min_by_key(|ns| ns.abs()) {
            let round_trip_ms = Some((ns.abs() as f64 / 1e3).round() / 1e3);
            directions[x] = Direction { turned: ns < 0, by: "round_trip", round_trip_ms };
        }
    }
    directions
}

/// Packets get lost on the way, not won.
fn by_loss(pair: &Pair<'_>) -> Direction {
    // At the edges a capture began later or ended sooner.
    let within = |only: &[usize], first: Option<usize>, last: Option<usize>| {
        only.iter().filter(|at| Some(**at) > first && Some(**at) < last).count()
    };
    let of_a = |at: &(usize, usize)| at.0;
    let of_b = |at: &(usize, usize)| at.1;
    let ends = |of: fn(&(usize, usize)) -> usize| {
        (pair.matched.iter().map(of).min(), pair.matched.iter().map(of).max())
    };
    let (first_a, last_a) = ends(of_a);
    let (first_b, last_b) = ends(of_b);
    let only_a = within(&pair.a_only, first_a, last_a);
    let only_b = within(&pair.b_only, first_b, last_b);
    let (turned, by) = match (only_a, only_b) {
        (0, 0) => (false, "assumed"),
        (a, b) if a >= 3 * b.max(1) || (b == 0 && a > 0) => (false, "loss"),
        (a, b) if b >= 3 * a.max(1) || (a == 0 && b > 0) => (true, "loss"),
        _ => (false, "assumed"),
    };
    Direction { turned, by, round_trip_ms: None }
}

/// The way there and back that `pair` and what goes the other way leave, in nanoseconds; negative where it is `pair` that
/// goes from B to A; `None` where the two contradict each other.
///
/// No packet arrives before it was sent: B's clock is ahead of A's by no more than any packet from A to B seems to take,
/// and by no less than any packet from B to A seems to win.
fn round_trip(pair: &Pair<'_>, other: &Pair<'_>) -> Option<i64> {
    let (mine, theirs) = (extremes(pair), extremes(other));
    let both = || mine.iter().filter_map(|(second, mine)| Some((mine, theirs.get(second)?)));
    let there = both().map(|(mine, theirs)| mine.0 - theirs.1);
    let back = both().map(|(mine, theirs)| theirs.0 - mine.1);
    // A clock that was set may spoil a second, not more.
    let least = |ns: Vec<i64>| {
        let possible = ns.iter().filter(|ns| **ns >= LEAST_NS);
        (!ns.is_empty() && possible.clone().count() * 20 >= ns.len() * 19).then(|| possible.min().copied())?
    };
    least(there.collect()).or_else(|| least(back.collect()).map(|ns| -ns))
}

/// B's clock less A's by the packets of each second of A: the least, and the most.
fn extremes(pair: &Pair<'_>) -> BTreeMap<i64, (i64, i64)> {
    let mut seconds: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
    for (of_a, of_b) in &pair.matched {
        let (a, b) = (pair.a.packets[*of_a].at, pair.b.packets[*of_b].at);
        let difference = b.since(a);
        let known = seconds.entry(a.0.div_euclid(1_000_000_000)).or_insert((difference, difference));
        *known = (known.0.min(difference), known.1.max(difference));
    }
    seconds
}
