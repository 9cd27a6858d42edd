//! Which packets of one capture are those of the other.

use std::collections::HashSet;

use super::side::Track;

/// Streams of one source and capture that are tried: a relay or a proxy makes some.
const MOST_LEGS: usize = 8;

/// A stream of both captures. Packets are named by their place in their track; copies stand for their first.
#[derive(Debug)]
pub(super) struct Pair<'a> {
    pub(super) a: &'a Track,
    pub(super) b: &'a Track,
    /// Of A and of B, in the order of A.
    pub(super) matched: Vec<(usize, usize)>,
    /// In A alone, in order.
    pub(super) a_only: Vec<usize>,
    /// In B alone, in order.
    pub(super) b_only: Vec<usize>,
    /// How many more there are of each packet of A, where it is the first of them.
    pub(super) a_copies: Vec<u32>,
    /// The same of B.
    pub(super) b_copies: Vec<u32>,
}

/// The streams of both, each with that which has most packets in common; each is used once.
pub(super) fn pair<'a>(a: &'a [Track], b: &'a [Track]) -> Vec<Pair<'a>> {
    let mut candidates = Vec::new();
    for of_a in a {
        let same = b.iter().filter(|of_b| of_b.ssrc == of_a.ssrc);
        for of_b in same.take(MOST_LEGS) {
            let pair = Pair::of(of_a, of_b);
            // One packet may be chance, where numbers and timestamps begin at 0.
            let least = of_a.packets.len().min(of_b.packets.len()).min(2);
            if pair.matched.len() >= least.max(1) {
                candidates.push(pair);
            }
        }
    }
    // The same addresses on both sides, where there is a choice.
    candidates.sort_by_key(|pair| {
        (std::cmp::Reverse(pair.matched.len()), pair.a.leg != pair.b.leg, pair.a.place, pair.b.place)
    });
    let (mut used_a, mut used_b) = (HashSet::new(), HashSet::new());
    candidates.retain(|pair| {
        let free = !used_a.contains(&pair.a.place) && !used_b.contains(&pair.b.place);
        if free {
            used_a.insert(pair.a.place);
            used_b.insert(pair.b.place);
        }
        free
    });
    candidates
}

/// The places of packets by key, each key once, with the number of further copies by place.
fn by_key(track: &Track) -> (Vec<(u64, usize)>, Vec<u32>) {
    let mut keys: Vec<(u64, usize)> = track.packets.iter().map(super::side::Packet::key).zip(0..).collect();
    keys.sort_unstable();
    let mut copies = vec![0; track.packets.len()];
    let mut firsts: Vec<(u64, usize)> = Vec::with_capacity(keys.len());
    for (key, place) in keys {
        match firsts.last() {
            Some((before, first)) if *before == key => copies[*first] += 1,
            _ => firsts.push((key, place)),
        }
    }
    (firsts, copies)
}

impl<'a> Pair<'a> {
    fn of(a: &'a Track, b: &'a Track) -> Self {
        let ((of_a, a_copies), (of_b, b_copies)) = (by_key(a), by_key(b));
        let mut pair =
            Self { a, b, matched: Vec::new(), a_only: Vec::new(), b_only: Vec::new(), a_copies, b_copies };
        let (mut left, mut right) = (of_a.iter().peekable(), of_b.iter().peekable());
        loop {
            match (left.peek(), right.peek()) {
                (Some((x, at)), Some((y, other))) if x == y => {
                    pair.matched.push((*at, *other));
                    left.next();
                    right.next();
                }
                (Some((x, at)), Some((y, _))) if x < y => {
                    pair.a_only.push(*at);
                    left.next();
                }
                (Some((_, at)), None) => {
                    pair.a_only.push(*at);
                    left.next();
                }
                (_, Some((_, other))) => {
                    pair.b_only.push(*other);
                    right.next();
                }
                (None, None) => break,
            }
        }
        pair.matched.sort_unstable();
        pair.a_only.sort_unstable();
        pair.b_only.sort_unstable();
        pair
    }

    /// Packets behind one that was sent later (RFC 4737 §3), by the order in which the near side sent them.
    pub(super) fn reordered(&self, turned: bool) -> u64 {
        let way = |(of_a, of_b): &(usize, usize)| if turned { (*of_b, *of_a) } else { (*of_a, *of_b) };
        let mut arrivals: Vec<(usize, usize)> =
            self.matched.iter().map(way).map(|(from, to)| (to, from)).collect();
        arrivals.sort_unstable();
        let mut newest = 0;
        let mut reordered = 0;
        for (_, sent) in arrivals {
            reordered += u64::from(sent < newest);
            newest = newest.max(sent);
        }
        reordered
    }
}
