//! Interarrival jitter (RFC 3550 §6.4.1, A.8), at several clock rates at once: which one is right may show later.

/// The rates that most streams have, in Hz; one more is for what SDP says.
const USUAL: [u32; 4] = [8_000, 16_000, 48_000, 90_000];
const ALL: usize = USUAL.len() + 1;

/// The running estimates J += (|D| - J) / 16, and what became of them.
#[derive(Debug, Clone, Copy)]
pub struct Jitter {
    rates: [u32; ALL],
    now: [f64; ALL],
    sum: [f64; ALL],
    most: [f64; ALL],
    counted: u64,
    last: Option<(f64, i64)>,
}

/// A jitter over a whole stream, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JitterMs {
    /// Of the estimates after each packet.
    pub mean: f64,
    /// The highest of them.
    pub max: f64,
    /// The one after the last packet: what a receiver would report.
    pub last: f64,
}

impl Jitter {
    /// With the rate that is known, if it is.
    #[must_use]
    pub fn new(known: Option<u32>) -> Self {
        let mut rates = [0; ALL];
        rates[..USUAL.len()].copy_from_slice(&USUAL);
        rates[USUAL.len()] = known.unwrap_or(0);
        Self { rates, now: [0.0; ALL], sum: [0.0; ALL], most: [0.0; ALL], counted: 0, last: None }
    }

    /// Takes a packet: its arrival in seconds, and its timestamp in units, both since any fixed moment.
    pub fn packet(&mut self, seconds: f64, units: i64) {
        let Some((last_seconds, last_units)) = self.last.replace((seconds, units)) else { return };
        let (arrival, media) = (seconds - last_seconds, (units - last_units) as f64);
        self.counted += 1;
        for at in 0..ALL {
            // An unused rate is 0: its figures are never asked for.
            let d = arrival - media / f64::from(self.rates[at].max(1));
            self.now[at] += (d.abs() - self.now[at]) / 16.0;
            self.sum[at] += self.now[at];
            self.most[at] = self.most[at].max(self.now[at]);
        }
    }

    /// The stream began anew: the next packet says nothing about the one before.
    pub fn interrupt(&mut self) {
        self.last = None;
    }

    /// Over the whole stream, at the clock of `rate` Hz. `None` before the second packet, and for a rate that was not
    /// followed.
    #[must_use]
    pub fn at(&self, rate: u32) -> Option<JitterMs> {
        let at = self.place(rate).filter(|_| self.counted > 0)?;
        let ms = |seconds: f64| seconds * 1e3;
        let mean = ms(self.sum[at] / self.counted as f64);
        Some(JitterMs { mean, max: ms(self.most[at]), last: ms(self.now[at]) })
    }

    /// Whether figures at `rate` Hz are kept.
    #[must_use]
    pub fn follows(&self, rate: u32) -> bool {
        self.place(rate).is_some()
    }

    /// The running estimates in seconds, in the order of the rates followed.
    #[must_use]
    pub(super) fn estimates(&self) -> [f32; ALL] {
        self.now.map(|seconds| seconds as f32)
    }

    /// Where `rate` stands among the rates followed.
    #[must_use]
    pub(super) fn place(&self, rate: u32) -> Option<usize> {
        self.rates.iter().position(|followed| *followed == rate && rate > 0)
    }
}

/// One estimate for each rate followed.
pub(super) type Estimates = [f32; ALL];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_formula_at_each_rate() {
        let mut jitter = Jitter::new(Some(44_100));
        for (arrived_ms, sent_ms) in [(10, 0), (30, 20), (66, 40), (70, 60)] {
            jitter.packet(f64::from(arrived_ms) / 1e3, sent_ms * 48);
        }
        // D: 0, 16, -16 ms; J: 0, 1, 1 + 15/16 ms.
        let found = jitter.at(48_000).unwrap();
        assert!((found.last - 1.9375).abs() < 1e-9 && (found.max - 1.9375).abs() < 1e-9, "{found:?}");
        assert!((found.mean - 2.9375 / 3.0).abs() < 1e-9, "{found:?}");
        assert!(jitter.at(8_000).unwrap().last > 10.0);
        assert!(jitter.follows(44_100) && !jitter.follows(0) && jitter.at(22_050).is_none());
    }

    #[test]
    fn a_constant_delay_is_none_and_one_packet_is_unknown() {
        let mut jitter = Jitter::new(None);
        jitter.packet(0.15, 0);
        assert_eq!(jitter.at(8_000), None);
        (1..100).for_each(|n| jitter.packet(0.15 + f64::from(n) * 0.02, i64::from(n) * 160));
        assert!(jitter.at(8_000).unwrap().max < 1e-9);
    }
}
