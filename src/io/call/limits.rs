//! When a run has to end: the user wants it to, or the time is up.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How soon Ctrl-C is seen while relays are asked for.
pub(super) const TICK: Duration = Duration::from_millis(50);

/// When it has to end.
pub(super) struct Limits<'a> {
    /// The user wants it to.
    pub(super) stop: &'a AtomicBool,
    /// The time is up.
    pub(super) end: Instant,
    /// Which was this long.
    pub(super) deadline: Duration,
}

impl Limits<'_> {
    /// Whether no more is to be begun.
    pub(super) fn are_reached(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || Instant::now() >= self.end
    }

    /// Whether there is so much time yet.
    pub(super) fn leave(&self, time: Duration) -> bool {
        !self.stop.load(Ordering::Relaxed) && Instant::now() + time < self.end
    }

    /// Waits for that; in words.
    pub(super) async fn reached(&self) -> String {
        while !self.are_reached() {
            tokio::time::sleep(TICK).await;
        }
        format!("no connection when {}", self.told())
    }

    pub(super) fn told(&self) -> String {
        match self.stop.load(Ordering::Relaxed) {
            true => "the run was interrupted".to_owned(),
            false => format!("--deadline ({} s) cut the run off", self.deadline.as_secs_f64()),
        }
    }
}
