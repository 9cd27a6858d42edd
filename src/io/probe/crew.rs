//! Runs sessions in threads of their own, so that one's TLS arithmetic is not another's round trip.

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

use super::endpoint::{Ended, Session};
use crate::io::event_loop::event_loop;

/// Threads at most; more endpoints share them.
const MOST: usize = 16;

/// A session and the number that its result is to come back with.
type Numbered<T> = (usize, T);

/// The threads, and the way back from them.
pub(super) struct Crew {
    workers: Vec<UnboundedSender<Numbered<Session>>>,
    most: usize,
    next: usize,
    results: UnboundedReceiver<Numbered<Ended>>,
    /// Given to new workers; gone once no more sessions come, so that the results end.
    report: Option<UnboundedSender<Numbered<Ended>>>,
}

impl Crew {
    /// Nobody is at work yet.
    pub(super) fn new() -> Self {
        let (report, results) = unbounded_channel();
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let most = (2 * cores).clamp(1, MOST);
        Self { workers: Vec::new(), most, next: 0, results, report: Some(report) }
    }

    /// Starts a session in a thread of its own, as long as there are some.
    pub(super) fn start(&mut self, number: usize, session: Session) {
        if let Some(report) = self.report.as_ref().filter(|_| self.workers.len() < self.most) {
            self.workers.push(worker(report.clone()));
        }
        let worker = self.next % self.workers.len().max(1);
        self.next += 1;
        if let Some(worker) = self.workers.get(worker) {
            // A worker that could not start loses its sessions, and the results say so by lacking them.
            let _ = worker.send((number, session));
        }
    }

    /// No more sessions come: the results end with the last of those at work.
    pub(super) fn close(&mut self) {
        self.workers.clear();
        self.report = None;
    }

    /// The next result; `None` after [`close`](Self::close) when all are in.
    pub(super) async fn next(&mut self) -> Option<Numbered<Ended>> {
        self.results.recv().await
    }
}

fn worker(report: UnboundedSender<Numbered<Ended>>) -> UnboundedSender<Numbered<Session>> {
    let (sender, mut sessions) = unbounded_channel::<Numbered<Session>>();
    let work = move || {
        let Ok(runtime) = event_loop() else { return };
        runtime.block_on(async {
            let mut running = JoinSet::new();
            let mut open = true;
            while open || !running.is_empty() {
                tokio::select! {
                    session = sessions.recv(), if open => match session {
                        Some((number, session)) => {
                            running.spawn(async move { (number, session.run().await) });
                        }
                        None => open = false,
                    },
                    Some(Ok(result)) = running.join_next() => {
                        let _ = report.send(result);
                    }
                    // A session that panicked: its result lacks.
                    else => {}
                }
            }
        });
    };
    let _ = std::thread::Builder::new().name("probe".to_owned()).spawn(work);
    sender
}
