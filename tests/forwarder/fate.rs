//! What happens to the n-th datagram: chance by seed, direction and number.

use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::log::Direction;

/// What one direction does to datagrams.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Impairment {
    /// The part that is dropped, 0 to 1.
    pub(crate) loss: f64,
    /// On top of what the machine takes.
    pub(crate) delay: Duration,
    /// Added to the delay or taken from it, evenly spread.
    pub(crate) jitter: Duration,
    /// The part that is held back by [`Self::hold`], so that later ones overtake it.
    pub(crate) reorder: f64,
    /// For how long.
    pub(crate) hold: Duration,
    /// The part that is sent twice.
    pub(crate) duplicate: f64,
    /// Bits a second; what comes faster queues.
    pub(crate) rate: Option<u64>,
}

impl Impairment {
    /// Drops this part, and nothing else.
    pub(crate) fn loss(part: f64) -> Self {
        Self { loss: part, ..Self::default() }
    }
}

/// One direction's chance, and when its line is free again.
#[derive(Debug)]
pub(super) struct Lane {
    random: StdRng,
    free: Option<Instant>,
}

impl Lane {
    pub(super) fn new(seed: u64, direction: Direction) -> Self {
        let salt = if direction == Direction::Up { 0 } else { 0x9e37_79b9_7f4a_7c15 };
        Self { random: StdRng::seed_from_u64(seed ^ salt), free: None }
    }

    /// When the next datagram of `bytes`, here at `now`, leaves; twice for a duplicate, never for one dropped.
    ///
    /// The same numbers are drawn whatever the settings, so that one setting does not shift another's chance.
    pub(super) fn next(&mut self, impairment: &Impairment, now: Instant, bytes: usize) -> Vec<Instant> {
        let [lost, jitter, late, twice] = [(); 4].map(|()| self.random.random::<f64>());
        if lost < impairment.loss {
            return Vec::new();
        }
        let spread = impairment.jitter.mul_f64(jitter * 2.0);
        let mut delay = (impairment.delay + spread).saturating_sub(impairment.jitter);
        if late < impairment.reorder {
            delay += impairment.hold;
        }
        if let Some(rate) = impairment.rate.filter(|rate| *rate > 0) {
            let start = self.free.map_or(now, |free| free.max(now));
            let end = start + Duration::from_secs_f64(bytes as f64 * 8.0 / rate as f64);
            self.free = Some(end);
            delay += end - now;
        }
        vec![now + delay; if twice < impairment.duplicate { 2 } else { 1 }]
    }
}

#[test]
fn the_same_seed_has_the_same_fates_and_another_has_others() {
    let now = Instant::now();
    let drops = |seed, direction, impairment: Impairment| -> Vec<bool> {
        let mut lane = Lane::new(seed, direction);
        (0..1000).map(|_| lane.next(&impairment, now, 100).is_empty()).collect()
    };
    let plain = Impairment::loss(0.3);
    let first = drops(7, Direction::Up, plain);
    assert_eq!(first, drops(7, Direction::Up, plain));
    assert_ne!(first, drops(8, Direction::Up, plain));
    assert_ne!(first, drops(7, Direction::Down, plain));
    let jittery = Impairment { jitter: Duration::from_millis(20), duplicate: 0.5, ..plain };
    assert_eq!(first, drops(7, Direction::Up, jittery), "jitter moves the loss");
    let lost = first.iter().filter(|lost| **lost).count();
    assert!((250..350).contains(&lost), "{lost} of 1000 are lost");
}

#[test]
fn delay_jitter_hold_and_rate_add_up() {
    let now = Instant::now();
    let ms = Duration::from_millis;
    let mut lane = Lane::new(1, Direction::Up);
    let jittery = Impairment { delay: ms(30), jitter: ms(20), ..Impairment::default() };
    let delays: Vec<Duration> = (0..1000).map(|_| lane.next(&jittery, now, 1)[0] - now).collect();
    let (min, max) = (delays.iter().min().unwrap(), delays.iter().max().unwrap());
    assert!(*min >= ms(10) && *min < ms(12) && *max <= ms(50) && *max > ms(48), "{min:?} to {max:?}");
    let held = Impairment { reorder: 1.0, hold: ms(9), ..Impairment::default() };
    assert_eq!(lane.next(&held, now, 1), [now + ms(9)]);
    let twice = Impairment { duplicate: 1.0, ..Impairment::default() };
    assert_eq!(lane.next(&twice, now, 1), [now, now]);
    let slow = Impairment { rate: Some(8000), ..Impairment::default() };
    assert_eq!(lane.next(&slow, now, 10), [now + ms(10)]);
    assert_eq!(lane.next(&slow, now, 10), [now + ms(20)], "the second waits for the first");
}
