//! How many allocations this run has asked for: a quota that our own checks used up is no finding.
//!
//! What was given back counts as well, since coturn returns neither a user's quota nor a relay port at the
//! moment of the release.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::turn::Answer;

/// Counts the allocations of this run.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// Endpoints that have asked for one.
    asked: AtomicUsize,
    /// Allocations that were granted, the second ones of endpoints among them.
    granted: AtomicUsize,
}

impl Ledger {
    /// Enters an endpoint before it asks.
    pub(super) fn enter(&self) {
        self.asked.fetch_add(1, Relaxed);
    }

    /// Enters what an Allocate came to; how many had been granted before it.
    pub(super) fn settle(&self, answer: &Answer) -> usize {
        match answer.success() {
            Some(_) => self.granted.fetch_add(1, Relaxed),
            None => self.granted.load(Relaxed),
        }
    }

    /// Whether endpoints besides the one that asks this have asked.
    pub(super) fn others(&self) -> bool {
        self.asked.load(Relaxed) > 1
    }
}
