//! How many endpoints are at work at the same time: what hundreds of them cost this machine and the servers would be told
//! as round trips.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::measure::Pace;

/// At most. With the packets that a probe sends by default, so many take a third of a core.
const AT_ONCE: usize = 32;
/// Traffic that takes longer goes over all endpoints at the same time: one behind the other, it would take too long.
const SHORT: Duration = Duration::from_secs(2);

/// What all sessions of a run share; by default there is room for all.
#[derive(Debug, Clone, Default)]
pub(super) struct Room(Option<Arc<Semaphore>>);

/// Given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    _permit: Option<OwnedSemaphorePermit>,
}

impl Room {
    /// For sessions that send at this pace.
    pub(super) fn for_pace(pace: &Pace) -> Self {
        let is_short = pace.interval * pace.count <= SHORT;
        Self(is_short.then(|| Arc::new(Semaphore::new(AT_ONCE))))
    }

    /// A place, if there is one at once.
    pub(super) fn take(&self) -> Option<Place> {
        match &self.0 {
            Some(room) => room.clone().try_acquire_owned().ok().map(|permit| Place { _permit: Some(permit) }),
            None => Some(Place { _permit: None }),
        }
    }

    /// A place as soon as there is one; `None` where that took too long: servers that are silent must not keep all
    /// others waiting.
    pub(super) async fn wait(&self, patience: Duration) -> Option<Place> {
        let room = self.0.clone()?;
        let permit = timeout(patience, room.acquire_owned()).await.ok()?.ok();
        Some(Place { _permit: permit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(count: u32) -> Pace {
        Pace { count, interval: Duration::from_millis(10), size: 160, patience: Duration::ZERO }
    }

    #[test]
    fn there_is_room_for_so_many_and_then_for_one_when_one_has_gone() {
        let room = Room::for_pace(&pace(20));
        let mut places: Vec<Place> = std::iter::from_fn(|| room.take()).take(AT_ONCE + 1).collect();
        assert_eq!(places.len(), AT_ONCE);
        places.pop();
        assert!(room.take().is_some());
    }

    #[test]
    fn long_traffic_goes_over_all_at_the_same_time() {
        let room = Room::for_pace(&pace(6000));
        assert_eq!(std::iter::from_fn(|| room.take()).take(1000).count(), 1000);
    }

    #[tokio::test]
    async fn who_waits_too_long_begins_without_a_place() {
        let room = Room::for_pace(&pace(20));
        let _kept: Vec<Place> = std::iter::from_fn(|| room.take()).collect();
        assert!(room.wait(Duration::from_millis(1)).await.is_none());
    }
}
