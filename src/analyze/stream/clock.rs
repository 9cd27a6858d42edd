//! How fast a stream's timestamps run, against the clock of the capture.

/// The clock rates that codecs in use have (RFC 3551, RFC 7587, and the payload formats of video), in Hz.
pub(super) const RATES: [u32; 9] = [8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 90_000];
/// How far a slope may be off for its rate to be believed. Neighbouring rates are 9 % apart at least.
const TOLERANCE: f64 = 0.03;
/// Shorter than this, the jitter of a few packets is a slope of its own.
const SHORTEST_SECONDS: f64 = 0.8;
/// Points that a slope is made of, at least.
const FEWEST: u64 = 10;
/// For a drift to mean something: clocks differ by a few thousandths of a percent, and jitter must average out.
const DRIFT_SECONDS: f64 = 10.0;
/// For a drift to be the clock's, and not a queue that filled or a jump: so much time, in so many parts, none of which
/// is off the line by more than this share of what the drift comes to.
const STEADY_SECONDS: f64 = 60.0;
/// Half of that is enough where the standard error is a twentieth of the drift at most, or so many ppm.
const SURE_SECONDS: f64 = 30.0;
const SURE_SHARE: f64 = 0.05;
const SURE_PPM: f64 = 5.0;
const PARTS: usize = 32;
const FEWEST_PARTS: usize = 6;
const OFF_THE_LINE: f64 = 0.2;
/// A part begins with so many seconds, which double as the stream gets longer.
const PART_SECONDS: f64 = 5.0;

/// A clock that is so far from where it was a moment ago was set anew, in seconds. No queue is that long.
pub(super) const SET_ANEW_SECONDS: f64 = 3.0;

/// Timestamps against arrivals, as a straight line through all of them; where the timestamps were set anew, through the
/// longest part.
#[derive(Debug, Clone, Copy, Default)]
pub struct Clock {
    now: Line,
    longest: Line,
}

/// How much faster a sender's clock runs than that of the capture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drift {
    /// In parts per million.
    pub ppm: f64,
    /// The standard error of that, as if the delays of packets had nothing to do with one another.
    pub error_ppm: f64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Line {
    n: u64,
    first_x: f64,
    last_x: f64,
    x: f64,
    y: f64,
    xx: f64,
    xy: f64,
    yy: f64,
    parts: [Part; PARTS],
    part: usize,
    part_seconds: f64,
}

/// The means of a part of the time.
#[derive(Debug, Clone, Copy, Default)]
struct Part {
    n: f64,
    x: f64,
    y: f64,
}

impl Part {
    fn add(&mut self, other: Self) {
        let n = self.n + other.n;
        if n > 0.0 {
            self.x += (other.x - self.x) * other.n / n;
            self.y += (other.y - self.y) * other.n / n;
            self.n = n;
        }
    }
}

impl Line {
    fn point(&mut self, x: f64, y: f64) {
        // Means that are kept up to date lose no digits, as sums of squares would over hours.
        if self.n == 0 {
            (self.first_x, self.last_x) = (x, x);
        }
        self.n += 1;
        let n = self.n as f64;
        let (dx, dy) = (x - self.x, y - self.y);
        self.x += dx / n;
        self.y += dy / n;
        self.xx += dx * (x - self.x);
        self.xy += dx * (y - self.y);
        self.yy += dy * (y - self.y);
        self.last_x = self.last_x.max(x);
        self.part(x, y);
    }

    fn part(&mut self, x: f64, y: f64) {
        if self.part_seconds <= 0.0 {
            self.part_seconds = PART_SECONDS;
        }
        // A clock that goes back stays in the part that it is in.
        while x - self.first_x >= (self.part + 1) as f64 * self.part_seconds {
            if self.part + 1 < PARTS {
                self.part += 1;
                continue;
            }
            for at in 0..PARTS / 2 {
                let mut both = self.parts[2 * at];
                both.add(self.parts[2 * at + 1]);
                self.parts[at] = both;
            }
            self.parts[PARTS / 2..].fill(Part::default());
            self.part = PARTS / 2 - 1;
            self.part_seconds *= 2.0;
        }
        self.parts[self.part].add(Part { n: 1.0, x, y });
    }

    fn seconds(&self) -> f64 {
        self.last_x - self.first_x
    }

    fn slope(&self) -> Option<f64> {
        let enough = self.n >= FEWEST && self.seconds() >= SHORTEST_SECONDS && self.xx > 0.0;
        enough.then(|| self.xy / self.xx)
    }
}

impl Clock {
    /// A first packet of its timestamp: seconds since the first, and units of the timestamp since then.
    pub fn point(&mut self, seconds: f64, units: i64) {
        let y = units as f64;
        if let Some(slope) = self.now.slope().filter(|slope| *slope > 0.0)
            && (self.now.y + slope * (seconds - self.now.x) - y).abs() > slope * SET_ANEW_SECONDS
        {
            self.interrupt();
        }
        self.now.point(seconds, y);
    }

    /// What comes has nothing to do with what came.
    pub fn interrupt(&mut self) {
        self.longest = *self.line();
        self.now = Line::default();
    }

    fn line(&self) -> &Line {
        if self.now.n >= self.longest.n { &self.now } else { &self.longest }
    }

    /// The middle of all points: seconds, and units of the timestamp since the first.
    #[must_use]
    pub fn middle(&self) -> (f64, f64) {
        (self.line().x, self.line().y)
    }

    /// Units of the timestamp a second, by least squares. `None` where there is too little to tell.
    #[must_use]
    pub fn slope(&self) -> Option<f64> {
        self.line().slope()
    }

    /// The rate of a codec that the timestamps run at, in Hz.
    #[must_use]
    pub fn rate(&self) -> Option<u32> {
        let slope = self.slope()?;
        let off = |rate: u32| (slope / f64::from(rate) - 1.0).abs();
        RATES.into_iter().min_by(|a, b| off(*a).total_cmp(&off(*b))).filter(|rate| off(*rate) < TOLERANCE)
    }

    /// How much faster than `rate` the sender's clock runs than that of the capture. `None` where that is too short a time
    /// to tell.
    #[must_use]
    pub fn drift(&self, rate: u32) -> Option<Drift> {
        let line = self.line();
        let slope = line.slope().filter(|_| line.seconds() >= DRIFT_SECONDS)?;
        let ppm = |slope: f64| slope / f64::from(rate) * 1e6;
        let left = (line.yy - slope * line.xy).max(0.0) / (line.n - 2) as f64;
        Some(Drift { ppm: ppm(slope) - 1e6, error_ppm: ppm((left / line.xx).sqrt()) })
    }
    /// Whether a drift against `rate` is that of two clocks: the same all the time, which neither jumps of timestamps nor
    /// delays that grow are. `None` where that is too short a time to tell.
    #[must_use]
    pub fn is_steady(&self, rate: u32) -> Option<bool> {
        let sure = self.drift(rate)?;
        let sure = sure.error_ppm <= (sure.ppm.abs() * SURE_SHARE).max(SURE_PPM);
        let enough = if sure { SURE_SECONDS } else { STEADY_SECONDS };
        let (rate, line) = (f64::from(rate), self.line());
        let slope = line.slope()?;
        let parts: Vec<&Part> = line.parts.iter().filter(|part| part.n >= FEWEST as f64).collect();
        if parts.len() < FEWEST_PARTS || line.seconds() < enough {
            return None;
        }
        // How far each part is off the line, in seconds.
        let off = parts.iter().map(|part| (part.y - line.y - (part.x - line.x) * slope).abs() / rate);
        let most = off.fold(0.0, f64::max);
        Some(most <= OFF_THE_LINE * ((slope / rate - 1.0) * line.seconds()).abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(rate: f64, step: f64, seconds: f64, noise: impl Fn(u64) -> f64) -> Clock {
        let mut clock = Clock::default();
        for n in 0..(seconds / step) as u64 {
            let sent = n as f64 * step;
            clock.point(sent + noise(n), (sent * rate) as i64);
        }
        clock
    }

    #[test]
    fn the_rate_is_told_through_jitter() {
        let jitter = |n: u64| (n * 7919 % 40) as f64 / 1000.0;
        for rate in RATES {
            assert_eq!(line(f64::from(rate), 0.02, 4.0, jitter).rate(), Some(rate));
        }
        assert_eq!(line(70_000.0, 0.02, 4.0, jitter).rate(), None);
        assert_eq!(line(48_000.0, 0.02, 0.5, jitter).rate(), None);
    }

    #[test]
    fn a_steady_drift_is_told_from_jumps_and_from_noise() {
        let jitter = |n: u64| (n * 7919 % 11) as f64 / 1_000.0;
        for seconds in [70.0, 200.0, 3000.0] {
            let clock = line(48_000.0 * (1.0 + 600e-6), 0.02, seconds, jitter);
            assert_eq!(clock.is_steady(48_000), Some(true), "{seconds}");
            // A twentieth of a second that came later from the middle on.
            let half = (seconds / 0.04) as u64;
            let clock = line(48_000.0, 0.02, seconds, |n| jitter(n) + if n > half { 0.05 } else { 0.0 });
            assert_eq!(clock.is_steady(48_000), Some(false), "{seconds}");
        }
        assert_eq!(line(48_000.0 * (1.0 + 600e-6), 0.02, 30.0, jitter).is_steady(48_000), None);
    }

    #[test]
    fn a_drift_is_measured_to_a_few_parts_per_million() {
        let clock = line(48_000.0 * (1.0 + 200e-6), 0.02, 60.0, |n| (n * 7919 % 11) as f64 / 10_000.0);
        let drift = clock.drift(48_000).unwrap();
        assert!((drift.ppm - 200.0).abs() < 3.0 * drift.error_ppm && drift.error_ppm < 5.0, "{drift:?}");
        assert_eq!(line(48_000.0, 0.02, 5.0, |_| 0.0).drift(48_000), None);
    }

    #[test]
    fn timestamps_that_are_set_anew_are_no_drift() {
        let mut clock = Clock::default();
        for n in 0..3000 {
            let jump = if n < 1000 { 0 } else { 100_000_000 };
            clock.point(n as f64 * 0.02, n * 960 + jump);
        }
        let drift = clock.drift(48_000).unwrap();
        assert!(drift.ppm.abs() < 0.1, "{drift:?}");
        assert!((clock.middle().0 - 40.0).abs() < 0.1, "the longer part, {:?}", clock.middle());
    }
}
