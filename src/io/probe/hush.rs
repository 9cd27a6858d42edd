//! A moment of quiet in which round trips are measured: what a run's own handshakes, allocations and packets cost this
//! machine and the server is no distance.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard, watch};
use tokio::time::{Instant, timeout_at};

/// How long an endpoint waits for the others, at most.
const PATIENCE: Duration = Duration::from_millis(20);
/// Farther than this, the load of the run itself is lost in the round trip, and nobody is to wait for it. The first round
/// trip is what that load may have disturbed, so that this is no small number.
const NEAR: Duration = Duration::from_millis(20);

/// What all endpoints of a run share.
#[derive(Debug)]
pub(super) struct Hush {
    patience: Duration,
    at_work: watch::Sender<AtWork>,
    turn: Mutex<()>,
}

impl Default for Hush {
    fn default() -> Self {
        Self { patience: PATIENCE, at_work: watch::Sender::default(), turn: Mutex::default() }
    }
}

/// How many endpoints are not done yet.
#[derive(Debug, Default)]
struct AtWork {
    /// With connecting, up to the first answer.
    connecting: usize,
    /// With measuring, or waiting for their turn.
    measuring: usize,
}

/// One endpoint's part in it; dropping it ends that.
#[derive(Debug)]
pub(super) struct Ticket {
    hush: Arc<Hush>,
    arrived: bool,
}

impl Ticket {
    /// Of an endpoint that begins to connect.
    pub(super) fn new(hush: Arc<Hush>) -> Self {
        hush.at_work.send_modify(|at_work| at_work.connecting += 1);
        Self { hush, arrived: false }
    }

    /// Lets `measure` run while no other endpoint connects or measures, and returns when all have measured. `first` is
    /// the round trip that the endpoint has already seen. `measure` is given the time by which it has to end, and is not
    /// called where there would be none left.
    pub(super) async fn measure<F: Future<Output = ()>>(
        mut self,
        first: Option<Duration>,
        measure: impl FnOnce(std::time::Instant) -> F,
    ) {
        if first.is_none_or(|first| first > NEAR) {
            return;
        }
        let hush = self.hush.clone();
        let end = Instant::now() + hush.patience;
        self.arrived = true;
        hush.at_work.send_modify(|at_work| {
            at_work.connecting -= 1;
            at_work.measuring += 1;
        });
        let mut others = hush.at_work.subscribe();
        let turn: Option<MutexGuard<'_, ()>> = timeout_at(end, async {
            // The sender is our own: it cannot be gone.
            let _ = others.wait_for(|at_work| at_work.connecting == 0).await;
            hush.turn.lock().await
        })
        .await
        .ok();
        if turn.is_some() {
            measure(end.into_std()).await;
        }
        drop(turn);
        drop(self);
        let _ = timeout_at(end, others.wait_for(|at_work| at_work.measuring == 0)).await;
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.hush.at_work.send_modify(|at_work| match self.arrived {
            true => at_work.measuring -= 1,
            false => at_work.connecting -= 1,
        });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    use tokio::task::JoinSet;

    use super::*;

    #[tokio::test]
    async fn one_measures_at_a_time_and_none_goes_on_before_all_have() {
        let hush = Arc::new(Hush { patience: Duration::from_secs(30), ..Hush::default() });
        let (connected, busy, done) = (counter(), counter(), counter());
        let mut running = JoinSet::new();
        for connects in [0, 3, 7] {
            let ticket = Ticket::new(hush.clone());
            let (connected, busy, done) = (connected.clone(), busy.clone(), done.clone());
            running.spawn(async move {
                tokio::time::sleep(Duration::from_millis(connects)).await;
                connected.fetch_add(1, Relaxed);
                let measure = |_| async {
                    assert_eq!(connected.load(Relaxed), 3, "others still connect");
                    assert_eq!(busy.fetch_add(1, Relaxed), 0, "another one measures");
                    tokio::time::sleep(Duration::from_millis(1)).await;
                    busy.fetch_sub(1, Relaxed);
                    done.fetch_add(1, Relaxed);
                };
                ticket.measure(Some(Duration::from_micros(100)), measure).await;
                assert_eq!(done.load(Relaxed), 3, "others still measure");
            });
        }
        while let Some(result) = running.join_next().await {
            result.unwrap();
        }
    }

    fn counter() -> Arc<AtomicUsize> {
        Arc::new(AtomicUsize::new(0))
    }

    #[tokio::test]
    async fn nobody_waits_long_for_one_that_hangs_nor_at_all_where_the_server_is_far() {
        let hush = Arc::new(Hush { patience: Duration::from_millis(50), ..Hush::default() });
        let hangs = Ticket::new(hush.clone());
        let never = |_| async { panic!("there is no quiet to measure in") };
        let waited = |first| {
            let (ticket, start) = (Ticket::new(hush.clone()), Instant::now());
            async move {
                ticket.measure(first, never).await;
                start.elapsed()
            }
        };
        let patience = hush.patience;
        assert!(waited(Some(Duration::from_millis(30))).await < patience);
        assert!(waited(None).await < patience);
        assert!(waited(Some(Duration::ZERO)).await >= patience);
        drop(hangs);
        let measured = counter();
        let measure = |_| async { measured.store(1, Relaxed) };
        Ticket::new(hush).measure(Some(Duration::ZERO), measure).await;
        assert_eq!(measured.load(Relaxed), 1);
    }
}
