//! The sender's clocks: what its reports say of NTP and RTP time, and how these go together.

use crate::analyze::spread::{Spread, Thinned};
use crate::capture::Time;

/// Reports that are kept of a sender.
const KEPT: usize = 256;
/// Reports that a rate is made of, at least, and seconds.
const FEWEST: usize = 3;
const SHORTEST_SECONDS: f64 = 10.0;
/// A slope that is further off its clock rate than this is that of another rate, or of none.
const TOLERANCE: f64 = 0.03;
/// From 1900 to 1970, in seconds.
const UNIX: i64 = 2_208_988_800;

/// What one report says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// When it was captured.
    pub at: Time,
    /// The sender's clock, in nanoseconds since 1970 where it is a wall clock.
    pub ntp: i64,
    /// The same moment in the media's clock.
    pub rtp: u32,
    /// Units of the media's clock since the first report, with the cycles it has gone through.
    pub units: i64,
    /// Counts how many times the clocks have jumped.
    segment: u32,
}

/// The reports of one sender.
#[derive(Debug, Clone)]
pub(super) struct SenderClock {
    points: Thinned<Point>,
    pub(super) spacing: Spread,
    /// Reports whose RTP time lies before that of the report before, though NTP time went on.
    pub(super) rtp_back: u64,
    /// Reports whose NTP time lies before that of the report before.
    pub(super) ntp_back: u64,
}

/// How fast the media's clock runs by the sender's own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fit {
    pub(super) hz: f64,
    /// The standard error of that: reports that name a moment badly have a large one.
    pub(super) error_hz: f64,
    pub(super) seconds: f64,
    pub(super) reports: usize,
}

impl Default for SenderClock {
    fn default() -> Self {
        Self { points: Thinned::new(KEPT), spacing: Spread::default(), rtp_back: 0, ntp_back: 0 }
    }
}

impl SenderClock {
    pub(super) fn report(&mut self, at: Time, ntp: u64, rtp: u32) {
        let ntp = unix(ntp);
        let (mut units, mut segment) = (0, 0);
        if let Some(last) = self.points.last() {
            if (last.ntp, last.rtp) == (ntp, rtp) {
                // The same report again.
                return;
            }
            let step = i64::from(rtp.wrapping_sub(last.rtp) as i32);
            let forward = ntp.wrapping_sub(last.ntp);
            (units, segment) = (last.units.saturating_add(step), last.segment);
            if forward <= 0 {
                self.ntp_back += 1;
                segment += 1;
            } else if step < 0 {
                self.rtp_back += 1;
                segment += 1;
            }
            self.spacing.add(at.since(last.at));
        }
        self.points.push(Point { at, ntp, rtp, units, segment });
    }

    pub(super) fn points(&self) -> impl Iterator<Item = Point> + '_ {
        self.points.iter()
    }

    /// By least squares over the longest time without a jump; `None` where that is too short.
    pub(super) fn fit(&self) -> Option<Fit> {
        let all: Vec<Point> = self.points.iter().collect();
        let fits = all.chunk_by(|a, b| a.segment == b.segment).filter_map(line);
        fits.max_by(|a, b| a.seconds.total_cmp(&b.seconds))
    }

    /// How much faster than its rate the media's clock runs, and the standard error of that, in parts per million; `None`
    /// where it runs at another rate.
    pub(super) fn drift_ppm(&self, rate: u32) -> Option<(f64, f64)> {
        let fit = self.fit()?;
        let off = fit.hz / f64::from(rate) - 1.0;
        (off.abs() < TOLERANCE).then(|| (off * 1e6, fit.error_hz / f64::from(rate) * 1e6))
    }

    /// The sender's time of an RTP timestamp that passed at `at`, in nanoseconds, by the report nearest to it.
    pub(super) fn ntp(&self, timestamp: u32, at: Time, rate: u32) -> Option<i64> {
        let nearest = self.points.iter().min_by_key(|point| point.at.since(at).saturating_abs())?;
        let units = f64::from(timestamp.wrapping_sub(nearest.rtp) as i32);
        let ns = (units / f64::from(rate.max(1)) * 1e9) as i64;
        Some(nearest.ntp.saturating_add(ns))
    }
}

fn line(points: &[Point]) -> Option<Fit> {
    let (first, last) = (points.first()?, points.last()?);
    let x = |point: &Point| point.ntp.wrapping_sub(first.ntp) as f64 / 1e9;
    let y = |point: &Point| point.units.saturating_sub(first.units) as f64;
    let seconds = x(last);
    if points.len() < FEWEST || seconds < SHORTEST_SECONDS {
        return None;
    }
    let n = points.len() as f64;
    let mean_x = points.iter().map(x).sum::<f64>() / n;
    let mean_y = points.iter().map(y).sum::<f64>() / n;
    let xx: f64 = points.iter().map(|point| (x(point) - mean_x).powi(2)).sum();
    let xy: f64 = points.iter().map(|point| (x(point) - mean_x) * (y(point) - mean_y)).sum();
    let hz = xy / xx;
    let off = |point: &Point| (y(point) - mean_y - hz * (x(point) - mean_x)).powi(2);
    let error_hz = (points.iter().map(off).sum::<f64>() / (n - 2.0) / xx).sqrt();
    (xx > 0.0).then_some(Fit { hz, error_hz, seconds, reports: points.len() })
}

/// An NTP timestamp in nanoseconds since 1970; those without the highest bit are taken for the era after 2036 (RFC 4330
/// §3).
fn unix(ntp: u64) -> i64 {
    let seconds = (ntp >> 32) as i64;
    let era = if seconds < 1 << 31 { 1 << 32 } else { 0 };
    let fraction = ((ntp & 0xffff_ffff) * 1_000_000_000) >> 32;
    (seconds + era - UNIX) * 1_000_000_000 + fraction as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ntp(seconds: f64) -> u64 {
        ((seconds + 3_900_000_000.0) * 65536.0) as u64 * 65536
    }

    #[test]
    fn a_drift_is_read_through_a_jump() {
        let mut clock = SenderClock::default();
        let hz = 48_000.0 * (1.0 + 150e-6);
        for n in 0..40 {
            let seconds = f64::from(n) * 1.5;
            // Muted, and begun again from lower, after the tenth.
            let rtp = (u32::MAX - 100_000).wrapping_add(if n > 10 { 0 } else { 700_000 });
            clock.report(Time(0), ntp(seconds), rtp.wrapping_add((seconds * hz) as u32));
        }
        let fit = clock.fit().unwrap();
        assert_eq!((fit.reports, clock.rtp_back, clock.ntp_back), (29, 1, 0));
        let (drift, error) = clock.drift_ppm(48_000).unwrap();
        assert!((drift - 150.0).abs() < 2.0 && error < 1.0, "{drift} {error}");
        assert_eq!(clock.drift_ppm(90_000), None);
    }

    #[test]
    fn too_few_and_too_short_say_nothing() {
        let mut clock = SenderClock::default();
        clock.report(Time(0), ntp(0.0), 0);
        clock.report(Time(1), ntp(20.0), 960_000);
        clock.report(Time(2), ntp(20.0), 960_000);
        assert_eq!(clock.fit(), None);
        let mut clock = SenderClock::default();
        (0..9).for_each(|n| clock.report(Time(0), ntp(f64::from(n)), n as u32 * 48_000));
        assert_eq!(clock.fit(), None);
    }

    #[test]
    fn both_eras_are_read() {
        assert_eq!(unix(0x83aa_7e80_8000_0000), 500_000_000);
        assert_eq!(unix(1 << 32), (1 + (1 << 32) - UNIX) * 1_000_000_000);
    }
}
