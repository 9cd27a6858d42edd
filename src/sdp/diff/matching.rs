//! Which of the one belong to which of the other, in linear time.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// One of either side, or what belongs together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Match<T> {
    /// Both have it.
    Both(T, T),
    /// Only the earlier one has it.
    From(T),
    /// Only the later one has it.
    To(T),
}

/// Puts together what has the same key, the first with the first, the second with the second. Those of the earlier side
/// come first, in their order.
pub(super) fn by_key<T: Copy, K: Hash + Eq>(
    from: impl IntoIterator<Item = T>,
    to: impl IntoIterator<Item = T>,
    key: impl Fn(T) -> K,
) -> Vec<Match<T>> {
    let to: Vec<T> = to.into_iter().collect();
    let mut places: HashMap<K, VecDeque<usize>> = HashMap::new();
    for (index, one) in to.iter().enumerate() {
        places.entry(key(*one)).or_default().push_back(index);
    }
    let mut is_taken = vec![false; to.len()];
    let mut matched = Vec::new();
    for one in from {
        match places.get_mut(&key(one)).and_then(VecDeque::pop_front) {
            Some(index) => {
                is_taken[index] = true;
                matched.push(Match::Both(one, to[index]));
            }
            None => matched.push(Match::From(one)),
        }
    }
    matched.extend(to.into_iter().zip(is_taken).filter(|(_, taken)| !taken).map(|(one, _)| Match::To(one)));
    matched
}

/// Of numbers that should rise, those that stand out of order: as few as possible.
pub(super) fn out_of_order(numbers: &[usize]) -> Vec<bool> {
    // The longest rising sequence: for each length the position where the one with the least end ends.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(numbers.len());
    for (index, number) in numbers.iter().enumerate() {
        let length = ends.partition_point(|&end| numbers[end] < *number);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        match ends.get_mut(length) {
            Some(end) => *end = index,
            None => ends.push(index),
        }
    }
    let mut is_out = vec![true; numbers.len()];
    let mut at = ends.last().copied();
    while let Some(index) = at {
        is_out[index] = false;
        at = before[index];
    }
    is_out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_keys_go_together_in_their_order() {
        let matched = by_key(["a1", "b1", "a2", "a3"], ["a4", "c1", "a5"], |word| &word[..1]);
        use Match::*;
        assert_eq!(matched, [Both("a1", "a4"), From("b1"), Both("a2", "a5"), From("a3"), To("c1")]);
    }

    #[test]
    fn as_few_as_possible_are_out_of_order() {
        let out = |numbers: &[usize]| -> Vec<usize> {
            out_of_order(numbers).iter().zip(numbers).filter(|(out, _)| **out).map(|(_, n)| *n).collect()
        };
        assert_eq!(out(&[0, 1, 2]), [0usize; 0]);
        assert_eq!(out(&[2, 0, 1]), [2]);
        assert_eq!(out(&[1, 2, 0, 3]), [0]);
        assert_eq!(out(&[]), [0usize; 0]);
    }
}
