//! How many requests several clients may begin together: who asks a server many things promises a bound, and a server
//! that answers each request with a reason to ask again must not move it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Kept for allocations to be given back: more than so many are never held at a time.
const KEPT: u32 = 2;

/// A bound on requests; its clones draw on the same. Retransmissions are free.
#[derive(Debug, Clone)]
pub struct Allowance {
    most: u32,
    begun: Arc<AtomicU32>,
}

impl Allowance {
    /// Of `most` requests in all, the releases of allocations included.
    pub fn of(most: u32) -> Self {
        Self { most, begun: Arc::default() }
    }

    /// Requests begun so far.
    pub fn begun(&self) -> u32 {
        self.begun.load(Ordering::Relaxed)
    }

    /// Requests that may still be begun, beside releases.
    pub fn left(&self) -> u32 {
        self.most.saturating_sub(KEPT).saturating_sub(self.begun())
    }

    /// Takes one request, unless the bound is reached.
    pub fn take(&self) -> bool {
        self.take_below(self.most.saturating_sub(KEPT))
    }

    /// Takes the release of an allocation, for which there is some room behind the bound of the others.
    pub fn take_release(&self) -> bool {
        self.take_below(self.most)
    }

    fn take_below(&self, most: u32) -> bool {
        let more = |begun: u32| (begun < most).then_some(begun + 1);
        self.begun.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_who_draw_on_it_end_together_and_can_still_give_back_what_they_hold() {
        let allowance = Allowance::of(5);
        let other = allowance.clone();
        assert!(allowance.take() && other.take() && allowance.take());
        assert!(!allowance.take() && !other.take());
        assert!(allowance.take_release() && other.take_release() && !other.take_release());
        assert_eq!((allowance.begun(), allowance.left()), (5, 0));
    }
}
