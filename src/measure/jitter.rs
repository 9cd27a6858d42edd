//! Interarrival jitter (RFC 3550 §6.4.1, A.8).

use std::time::{Duration, Instant};

/// The running estimate J += (|D| - J) / 16, in seconds, over packets in order of arrival.
#[derive(Debug, Default, Clone)]
pub struct Jitter {
    last: Option<(Instant, Instant)>,
    seconds: f64,
    packets: u64,
}

impl Jitter {
    /// Takes a packet's times of sending and arrival.
    pub fn packet(&mut self, sent: Instant, arrived: Instant) {
        if let Some((last_sent, last_arrived)) = self.last {
            let d = signed(arrived, last_arrived) - signed(sent, last_sent);
            self.seconds += (d.abs() - self.seconds) / 16.0;
        }
        self.last = Some((sent, arrived));
        self.packets += 1;
    }

    /// The estimate so far; `None` before the second packet.
    pub fn value(&self) -> Option<Duration> {
        (self.packets >= 2).then(|| Duration::from_secs_f64(self.seconds))
    }
}

fn signed(later: Instant, earlier: Instant) -> f64 {
    match later.checked_duration_since(earlier) {
        Some(ahead) => ahead.as_secs_f64(),
        None => -earlier.duration_since(later).as_secs_f64(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_formula_of_rfc_3550() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let mut jitter = Jitter::default();
        for (sent, arrived) in [(0, 10), (20, 30), (40, 66), (60, 70)] {
            jitter.packet(at(sent), at(arrived));
        }
        // D: 0, 16, -16; J: 0, 1, 1 + 15/16.
        assert_eq!(jitter.value().unwrap().as_micros(), 1937);
    }

    #[test]
    fn a_constant_delay_is_no_jitter() {
        let start = Instant::now();
        let mut jitter = Jitter::default();
        assert_eq!(jitter.value(), None);
        for n in 0..100 {
            let sent = start + Duration::from_millis(n * 20);
            jitter.packet(sent, sent + Duration::from_millis(150));
        }
        assert!(jitter.value().unwrap() < Duration::from_nanos(10));
    }
}
