//! Which of our own allocations are open: a quota that our own checks used up is no finding.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts the allocations that this run holds or is asking for.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    open: AtomicUsize,
}

/// One allocation held or asked for; dropping it says that it is gone.
#[derive(Debug)]
pub(super) struct Entry(Arc<Ledger>);

impl Ledger {
    /// Enters an allocation before it is asked for.
    pub(super) fn enter(self: &Arc<Self>) -> Entry {
        self.open.fetch_add(1, Ordering::Relaxed);
        Entry(self.clone())
    }

    /// Whether there are more than `own`.
    pub(super) fn others(&self, own: usize) -> bool {
        self.open.load(Ordering::Relaxed) > own
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}
