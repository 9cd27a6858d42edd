//! Finds a server's clock by asking it for allocations with minted credentials of chosen expiry: those that
//! its clock has passed are refused, the others taken. Eight questions tell it to a few percent, whatever the offset,
//! and up to ten more to a few seconds.

/// Questions asked on the ladder. Each halves what is left of it.
pub const COARSELY: u32 = 8;
/// All questions. Each of the others halves what is left between two rungs, `FINE_ENOUGH` at last: the rungs furthest
/// apart are two and a half hours from each other.
pub const MOST: u32 = COARSELY + 10;
/// Between what is refused and what is taken, in seconds.
const FINE_ENOUGH: f64 = 20.0;
/// Rungs above zero: 64 in steps of two seconds, 63 growing to a day and more.
const FINE: u32 = 64;
const COARSE: u32 = 63;
/// The last fine rung, in seconds, and by what factor the coarse ones grow: 128 s × 1.11⁶³ is a day.
const STEP: f64 = 2.0;
const GROWTH: f64 = 1.11;

/// The search: which expiry to ask for next, and what the answers say.
///
/// Offsets are the server's clock minus ours, in seconds. Within ±128 s the answer is good to ±1 s, beyond that, up to a
/// day, to ±6 % from the ladder alone and to ±10 s if the search goes on.
#[derive(Debug, Clone)]
pub struct ClockSearch {
    /// The rungs still possible: the offset lies above rung `low` and up to rung `high`.
    low: i32,
    high: i32,
    above: Option<f64>,
    up_to: Option<f64>,
    asked: u32,
}

/// What a search has found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ServerClock {
    /// Server minus us, plus or minus the error.
    Offset {
        /// Seconds.
        offset_s: f64,
        /// Seconds.
        error_s: f64,
    },
    /// No expiry was taken: the secret is wrong, or the clock is more than a day ahead.
    NeverTaken,
    /// Each expiry was taken: the server does not look at it, or its clock is more than a day behind.
    AlwaysTaken,
}

impl Default for ClockSearch {
    fn default() -> Self {
        let rungs = (FINE + COARSE) as i32;
        Self { low: -rungs - 1, high: rungs + 1, above: None, up_to: None, asked: 0 }
    }
}

impl ClockSearch {
    /// The expiry to ask for, in Unix seconds of ours; `None` when there is no more to ask.
    pub fn expiry(&self, now: f64) -> Option<u64> {
        // A server takes a credential in the second of its expiry: the flip is one second later.
        let at = |offset: f64| Some((now + offset - 1.0).round().max(0.0) as u64);
        match (self.above, self.up_to) {
            _ if self.asked >= MOST => None,
            _ if self.high - self.low > 1 => at(rung(self.middle())),
            (Some(above), Some(up_to)) if up_to - above > FINE_ENOUGH => at((above + up_to) / 2.0),
            _ => None,
        }
    }

    /// Whether the ladder has said what it can, and the answer is known to a few percent.
    pub fn is_coarse(&self) -> bool {
        self.high - self.low <= 1
    }

    /// Takes the answer to a request with `expiry` that was with the server at `at`, by our clock.
    pub fn answered(&mut self, expiry: u64, at: f64, taken: bool) {
        // Taken while floor(server) ≤ expiry, that is while offset < expiry + 1 − at.
        let edge = expiry as f64 + 1.0 - at;
        let middle = if self.is_coarse() { None } else { Some(self.middle()) };
        self.asked += 1;
        if taken {
            self.high = middle.unwrap_or(self.high);
            self.up_to = Some(self.up_to.map_or(edge, |known| known.min(edge)));
        } else {
            self.low = middle.unwrap_or(self.low);
            self.above = Some(self.above.map_or(edge, |known| known.max(edge)));
        }
    }

    /// How many answers there were.
    pub fn asked(&self) -> u32 {
        self.asked
    }

    /// What follows from the answers.
    pub fn found(&self) -> ServerClock {
        match (self.above, self.up_to) {
            (Some(low), Some(high)) => {
                let offset_s = (low + high) / 2.0;
                ServerClock::Offset { offset_s, error_s: ((high - low) / 2.0).abs() }
            }
            (Some(_), None) => ServerClock::NeverTaken,
            (None, _) => ServerClock::AlwaysTaken,
        }
    }

    fn middle(&self) -> i32 {
        self.low + (self.high - self.low) / 2
    }
}

/// The offset that a rung stands for.
fn rung(at: i32) -> f64 {
    let steps = at.unsigned_abs();
    let seconds = match steps {
        0..=FINE => f64::from(steps) * STEP,
        _ => f64::from(FINE) * STEP * GROWTH.powf(f64::from(steps - FINE)),
    };
    seconds.copysign(f64::from(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: f64 = 1_800_000_000.4;

    /// A server whose clock is `offset` from ours; each question takes 30 ms.
    fn search(offset: f64) -> (ServerClock, u32) {
        let (mut search, mut now) = (ClockSearch::default(), NOW);
        while let Some(expiry) = search.expiry(now) {
            let taken = (now + offset).floor() <= expiry as f64;
            search.answered(expiry, now, taken);
            now += 0.03;
        }
        (search.found(), search.asked())
    }

    #[test]
    fn finds_an_offset_of_minutes_to_a_second_in_eight_questions() {
        for offset in [0.0, 0.3, -0.7, 1.0, -1.5, 37.2, -59.9, 90.0, -124.0, 125.0] {
            let (found, asked) = search(offset);
            let ServerClock::Offset { offset_s, error_s } = found else { panic!("{offset}: {found:?}") };
            assert!((offset_s - offset).abs() <= error_s + 0.1, "{offset}: {found:?}");
            assert!(error_s <= 1.6, "{offset}: {found:?}");
            assert!(asked <= COARSELY, "{asked}");
        }
    }

    #[test]
    fn a_time_zone_is_found_to_a_few_seconds() {
        for offset in [200.0, 3_600.0, -7_200.0, 7_200.0, 43_200.0, -80_000.0, 91_000.0] {
            let (found, asked) = search(offset);
            let ServerClock::Offset { offset_s, error_s } = found else { panic!("{offset}: {found:?}") };
            assert!((offset_s - offset).abs() <= error_s + 0.1, "{offset}: {found:?}");
            assert!(error_s <= 10.5, "{offset}: {found:?}");
            assert!(asked <= MOST, "{asked}");
        }
    }

    #[test]
    fn a_server_that_never_or_always_takes_them_has_no_offset() {
        assert_eq!(search(1e9).0, ServerClock::NeverTaken);
        assert_eq!(search(-1e9).0, ServerClock::AlwaysTaken);
    }
}
