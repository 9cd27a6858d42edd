//! How many allocations this run has asked for: a quota that our own checks used up is no finding.
//!
//! What was given back counts as well, since coturn returns neither a user's quota nor a relay port at the
//! moment of the release.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Counts the endpoints of this run that have asked for an allocation.
#[derive(Debug, Default)]
pub(super) struct Ledger(AtomicUsize);

impl Ledger {
    /// Enters an endpoint before it asks.
    pub(super) fn enter(&self) {
        self.0.fetch_add(1, Relaxed);
    }

    /// Whether endpoints besides the one that asks this have asked.
    pub(super) fn others(&self) -> bool {
        self.0.load(Relaxed) > 1
    }
}
