//! Which of our own allocations are open: a quota that our own checks used up is no finding.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Counts the allocations that this run holds or is asking for.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    open: AtomicUsize,
    /// All that were ever entered.
    entered: AtomicUsize,
}

/// One allocation held or asked for; dropping it says that it is gone.
#[derive(Debug)]
pub(super) struct Entry {
    ledger: Arc<Ledger>,
    /// Others were open when it was entered.
    found_others: bool,
    /// As many had been entered then, itself included.
    entered: usize,
}

impl Ledger {
    /// Enters an allocation before it is asked for.
    pub(super) fn enter(self: &Arc<Self>) -> Entry {
        let entered = self.entered.fetch_add(1, Relaxed) + 1;
        let found_others = self.open.fetch_add(1, Relaxed) > 0;
        Entry { ledger: self.clone(), found_others, entered }
    }
}

impl Entry {
    /// Whether another allocation was open at any time since this one was entered.
    pub(super) fn met_others(&self) -> bool {
        self.found_others || self.ledger.entered.load(Relaxed) > self.entered
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.ledger.open.fetch_sub(1, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_allocation_meets_those_before_it_and_those_behind_it() {
        let ledger = Arc::<Ledger>::default();
        let alone = ledger.enter();
        assert!(!alone.met_others());
        let second = ledger.enter();
        drop(second);
        assert!(alone.met_others(), "the second has come and gone");
        let third = ledger.enter();
        assert!(third.met_others());
        drop((alone, third));
        assert!(!ledger.enter().met_others());
    }
}
