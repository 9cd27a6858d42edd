//! The timestamps that a stream had last: a packet that is sent again has that of the first time (RFC 4588 §4).

/// Frames that are remembered: some two seconds of video.
const MOST: usize = 64;

/// Of the steps between timestamps, in units: two seconds of video.
const LONGEST_HOLE: u32 = 180_000;

/// A ring of timestamps.
#[derive(Debug, Clone)]
pub(super) struct Recent {
    timestamps: [u32; MOST],
    next: u8,
    count: u8,
}

impl Default for Recent {
    fn default() -> Self {
        Self { timestamps: [0; MOST], next: 0, count: 0 }
    }
}

impl Recent {
    pub(super) fn push(&mut self, timestamp: u32) {
        let last = usize::from(self.next).wrapping_sub(1) % MOST;
        if self.count > 0 && self.timestamps[last] == timestamp {
            return;
        }
        self.timestamps[usize::from(self.next)] = timestamp;
        self.next = (self.next + 1) % MOST as u8;
        self.count = (self.count + 1).min(MOST as u8);
    }

    pub(super) fn has(&self, timestamp: u32) -> bool {
        self.timestamps[..usize::from(self.count)].contains(&timestamp)
    }

    /// Whether there is a hole among them in which a frame with this timestamp would be: on the grid of their steps, to
    /// the unit.
    pub(super) fn lacks(&self, timestamp: u32) -> bool {
        let known = &self.timestamps[..usize::from(self.count)];
        let ahead = |other: &u32| other.wrapping_sub(timestamp) as i32;
        let below = known.iter().map(ahead).filter(|units| *units < 0).max();
        let above = known.iter().map(ahead).filter(|units| *units > 0).min();
        let (Some(below), Some(above)) = (below, above) else { return false };
        let step = |pair: &[u32]| (pair[1].wrapping_sub(pair[0]) as i32).unsigned_abs();
        let Some(grid) = known.windows(2).map(step).filter(|step| *step > 1).min() else { return false };
        !known.contains(&timestamp)
            && below.unsigned_abs() <= LONGEST_HOLE
            && above.unsigned_abs() <= LONGEST_HOLE
            && below.unsigned_abs().is_multiple_of(grid)
            && above.unsigned_abs().is_multiple_of(grid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ones_are_known_and_older_ones_are_not() {
        let mut recent = Recent::default();
        assert!(!recent.has(0));
        for timestamp in 0..=MOST as u32 {
            recent.push(timestamp);
            recent.push(timestamp);
        }
        assert!(recent.has(1) && recent.has(MOST as u32) && !recent.has(0));
    }

    #[test]
    fn a_hole_lacks_what_was_to_be_in_it() {
        let mut recent = Recent::default();
        (0..30)
            .filter(|n| *n != 7 && *n != 8)
            .for_each(|n| recent.push((u32::MAX - 10_000).wrapping_add(n * 960)));
        let at = |n: u32| (u32::MAX - 10_000).wrapping_add(n * 960);
        assert!(recent.lacks(at(7)) && recent.lacks(at(8)));
        assert!(!recent.lacks(at(7) + 1) && !recent.lacks(at(30)) && !recent.lacks(at(3)));
    }
}
