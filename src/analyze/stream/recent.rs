//! The timestamps that a stream had last: a packet that is sent again has that of the first time (RFC 4588 §4).

/// Frames that are remembered: some two seconds of video.
const MOST: usize = 64;

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
}
