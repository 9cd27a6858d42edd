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
    // With a stream each way the clocks do not matter: what goes from A to B seems later at B, what comes back earlier,
    // and the two differ by the round trip.
    for (x, pair) in pairs.iter().enumerate() {
        let back = |other: &Pair<'_>| {
            (other.a.leg.src, other.a.leg.dst) == (pair.a.leg.dst, pair.a.leg.src)
                || (other.b.leg.src, other.b.leg.dst) == (pair.b.leg.dst, pair.b.leg.src)
        };
        let others = pairs.iter().filter(|other| back(other)).filter_map(|other| round_trip(pair, other));
        if let Some(ns) = others.max_by_key(|ns| ns.abs()).filter(|ns| ns.abs() >= LEAST_NS) {
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

/// How much later `pair` seems at B than what goes the other way, at the same time, in nanoseconds.
fn round_trip(pair: &Pair<'_>, other: &Pair<'_>) -> Option<i64> {
    let (mine, theirs) = (shortest(pair), shortest(other));
    let mut differences: Vec<i64> =
        mine.iter().filter_map(|(second, ns)| Some(ns - theirs.get(second)?)).collect();
    differences.sort_unstable();
    let middle = differences.get(differences.len() / 2).copied()?;
    // Where delays vary more than the way is long, seconds contradict each other.
    let agree = differences.iter().filter(|ns| ns.signum() == middle.signum()).count();
    (agree * 5 >= differences.len() * 4).then_some(middle)
}

/// B's clock less A's, the least of each second of A.
fn shortest(pair: &Pair<'_>) -> BTreeMap<i64, i64> {
    let mut seconds: BTreeMap<i64, i64> = BTreeMap::new();
    for (of_a, of_b) in &pair.matched {
        let (a, b) = (pair.a.packets[*of_a].at, pair.b.packets[*of_b].at);
        let difference = b.since(a);
        seconds
            .entry(a.0.div_euclid(1_000_000_000))
            .and_modify(|least| *least = (*least).min(difference))
            .or_insert(difference);
    }
    seconds
}
