//! Runs sessions in threads of their own, so that one's TLS arithmetic is not another's round trip.

use tokio::runtime::Builder;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinSet;

use super::endpoint::{Ended, Session};

/// Threads at most; more endpoints share them.
const MOST: usize = 16;

/// Starts all sessions; each result comes as it is there, with the number that its session came with. The
/// channel closes when all have ended.
pub(super) fn run(sessions: Vec<(usize, Session)>) -> UnboundedReceiver<(usize, Ended)> {
    let (sender, receiver) = unbounded_channel();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = (2 * cores).clamp(1, MOST);
    let mut shares: Vec<Vec<(usize, Session)>> = Vec::new();
    shares.resize_with(threads.min(sessions.len()), Vec::new);
    for (at, session) in sessions.into_iter().enumerate() {
        shares[at % threads].push(session);
    }
    for share in shares {
        let sender = sender.clone();
        std::thread::spawn(move || {
            let Ok(runtime) = Builder::new_current_thread().enable_all().build() else { return };
            runtime.block_on(async {
                let mut running = JoinSet::new();
                for (order, session) in share {
                    running.spawn(async move { (order, session.run().await) });
                }
                while let Some(done) = running.join_next().await {
                    if let Ok(result) = done {
                        let _ = sender.send(result);
                    }
                }
            });
        });
    }
    receiver
}
