//! When media passed: arrivals and timestamps of a stream, evenly thinned, for lip sync.

use crate::capture::Time;

/// Points kept.
const MOST: usize = 128;
/// Between two of them at first.
const APART_NS: i64 = 250_000_000;

/// Arrivals with their timestamps.
#[derive(Debug, Clone)]
pub(super) struct Points {
    kept: Vec<(Time, u32)>,
    apart_ns: i64,
}

impl Default for Points {
    fn default() -> Self {
        Self { kept: Vec::new(), apart_ns: APART_NS }
    }
}

impl Points {
    /// Takes a packet; of the packets with one timestamp the last is kept, for then a picture is whole.
    pub(super) fn push(&mut self, at: Time, timestamp: u32) {
        match self.kept.last_mut() {
            Some(last) if last.1 == timestamp => last.0 = at,
            Some(last) if at.since(last.0) < self.apart_ns => {}
            _ => {
                if self.kept.len() >= MOST {
                    let mut keep = false;
                    self.kept.retain(|_| {
                        keep = !keep;
                        keep
                    });
                    self.apart_ns = self.apart_ns.saturating_mul(2);
                }
                self.kept.push((at, timestamp));
            }
        }
    }

    pub(super) fn all(&self) -> &[(Time, u32)] {
        &self.kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_as_far_apart_as_memory_allows() {
        let mut points = Points::default();
        let step = 10_000_000;
        for n in 0..30_000 {
            points.push(Time(n * step), n as u32 / 3);
        }
        let all = points.all();
        assert!((MOST / 2..=MOST).contains(&all.len()), "{}", all.len());
        assert!(all.last().unwrap().0 >= Time(295_000 * 1_000_000));
        // The last packet of its picture.
        assert!(
            all.iter()
                .all(|(at, timestamp)| at.0 / step / 3 == i64::from(*timestamp) && at.0 / step % 3 == 2)
        );
    }
}
