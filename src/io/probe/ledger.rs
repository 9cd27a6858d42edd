//! How many allocations this run has asked for: a quota that our own checks used up is no finding.
//!
//! What was given back counts as well, since coturn returns neither a user's quota nor a relay port at the
//! moment of the release.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Counts the allocations of this run.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// Endpoints that have asked for one.
    asked: AtomicUsize,
    /// Allocations that were asked for and not refused, the second ones of endpoints among them.
    held: AtomicUsize,
}

impl Ledger {
    /// Enters an endpoint before it asks.
    pub(super) fn enter(&self) {
        self.asked.fetch_add(1, Relaxed);
        self.hold();
    }

    /// Enters an allocation before it is asked for.
    pub(super) fn hold(&self) {
        self.held.fetch_add(1, Relaxed);
    }

    /// Strikes out one that was not granted; how many others there are.
    pub(super) fn strike(&self) -> usize {
        self.held.fetch_sub(1, Relaxed).saturating_sub(1)
    }

    /// Whether endpoints besides the one that asks this have asked.
    pub(super) fn others(&self) -> bool {
        self.asked.load(Relaxed) > 1
    }
}
