//! Figures over time in bounded memory: a row an interval; where there would be too many, two become one.

use std::time::Duration;

use super::milliseconds;

/// Rows that are kept at most.
const MOST: usize = 300;

/// What two intervals come to as one.
pub trait Join {
    /// Takes what the interval behind has.
    fn join(&mut self, behind: &Self);
}

/// A row an interval, from 0 on.
#[derive(Debug, Clone)]
pub struct Rows<T> {
    every: Duration,
    rows: Vec<T>,
}

impl<T: Join + Default + Clone> Rows<T> {
    /// Of intervals that are so long at first.
    #[must_use]
    pub fn new(every: Duration) -> Self {
        Self { every: every.max(Duration::from_millis(1)), rows: Vec::new() }
    }

    /// The row of this time.
    pub fn at(&mut self, since: Duration) -> &mut T {
        let place = |every: Duration| usize::try_from(since.as_nanos() / every.as_nanos());
        let mut at = place(self.every).unwrap_or(usize::MAX);
        while at >= MOST {
            self.halve();
            at = place(self.every).unwrap_or(usize::MAX);
        }
        if self.rows.len() <= at {
            self.rows.resize(at + 1, T::default());
        }
        &mut self.rows[at]
    }

    fn halve(&mut self) {
        self.every = self.every.saturating_mul(2);
        let pairs = self.rows.chunks(2).map(|pair| {
            let mut row = pair[0].clone();
            pair[1..].iter().for_each(|behind| row.join(behind));
            row
        });
        self.rows = pairs.collect();
    }

    /// How long an interval is by now.
    pub fn every(&self) -> Duration {
        self.every
    }

    /// From the first on, none left out.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.rows.iter()
    }
}

/// Durations of an interval: how long on average, and at most.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mean {
    n: u32,
    sum: Duration,
    max: Duration,
}

impl Mean {
    /// Takes one more.
    pub fn add(&mut self, duration: Duration) {
        self.join(&Self { n: 1, sum: duration, max: duration });
    }

    /// `None` of none.
    #[must_use]
    pub fn mean_ms(&self) -> Option<f64> {
        (self.n > 0).then(|| milliseconds(self.sum / self.n))
    }

    /// `None` of none.
    #[must_use]
    pub fn max_ms(&self) -> Option<f64> {
        (self.n > 0).then(|| milliseconds(self.max))
    }
}

impl Join for Mean {
    fn join(&mut self, behind: &Self) {
        self.n = self.n.saturating_add(behind.n);
        self.sum = self.sum.saturating_add(behind.sum);
        self.max = self.max.max(behind.max);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_takes_no_more_rows_than_a_minute_and_loses_none_of_its_figures() {
        let mut rows: Rows<Mean> = Rows::new(Duration::from_millis(100));
        for second in 0..86_400u64 {
            let length = if second == 50_000 { 700 } else { 10 };
            rows.at(Duration::from_secs(second)).add(Duration::from_millis(length));
        }
        let all: Vec<&Mean> = rows.iter().collect();
        assert!((MOST / 2..=MOST).contains(&all.len()), "{}", all.len());
        assert_eq!(all.iter().map(|row| row.n).sum::<u32>(), 86_400);
        let longest = all.iter().position(|row| row.max_ms() == Some(700.0)).unwrap();
        assert_eq!(longest as u128, Duration::from_secs(50_000).as_nanos() / rows.every().as_nanos());
        assert_eq!(all[0].mean_ms(), Some(10.0));
    }

    #[test]
    fn what_nothing_is_known_of_is_none_and_no_zero() {
        let mut rows: Rows<Mean> = Rows::new(Duration::from_millis(100));
        rows.at(Duration::from_millis(250)).add(Duration::from_millis(3));
        assert_eq!(rows.iter().map(Mean::mean_ms).collect::<Vec<_>>(), [None, None, Some(3.0)]);
        // It may go back, as what was sent first may come last.
        rows.at(Duration::ZERO).add(Duration::from_millis(5));
        assert_eq!(rows.iter().next().unwrap().max_ms(), Some(5.0));
    }
}
