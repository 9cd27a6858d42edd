//! Runs checks side by side, again where they fail, until all are done, the deadline passes, or the user interrupts.
//!
//! What a check does is a closure: this knows threads and clocks alone.

pub mod http;
mod place;
mod process;

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::watch::Receiver;

use super::event_loop::event_loop;
use super::signal;

pub use place::{Scratch, find_plan, folder_of, is_readable, is_there, write};
pub use process::{Process, process, unix_seconds};

/// How long those that were told to stop may take to do so.
const GRACE: Duration = Duration::from_secs(3);
/// How often one that waits to try again looks whether it still may.
const GLANCE: Duration = Duration::from_millis(50);

/// One check to be run.
pub struct Task<T> {
    /// What it is called, for people who wait.
    pub name: String,
    /// How often it is tried again.
    pub retries: u32,
    /// How long before that.
    pub pause: Duration,
    /// Runs it once.
    pub work: Box<dyn FnMut(&Terms) -> T + Send>,
}

/// What a check is held to.
#[derive(Debug, Clone)]
pub struct Terms {
    /// When all must be over.
    pub end: Instant,
    /// Turns true when nothing more is wanted.
    pub stop: Arc<AtomicBool>,
}

impl Terms {
    /// How long it may still take.
    pub fn left(&self) -> Duration {
        self.end.saturating_duration_since(Instant::now())
    }
}

/// A check that was run.
#[derive(Debug)]
pub struct Done<T> {
    /// What its last try came to.
    pub result: T,
    /// How often it was tried.
    pub attempts: u32,
    /// All tries together.
    pub took: Duration,
}

/// All of them.
#[derive(Debug)]
pub struct Ended<T> {
    /// In the order of the tasks; `None` for those that were not run, or broke off.
    pub results: Vec<Option<Done<T>>>,
    /// The user stopped it.
    pub interrupted: bool,
    /// It took too long.
    pub late: bool,
    /// All of it together.
    pub took: Duration,
}

impl<T> Ended<T> {
    /// None of so many was run, as the user has stopped before.
    pub fn none(count: usize) -> Self {
        let results = (0..count).map(|_| None).collect();
        Self { results, interrupted: true, late: false, took: Duration::ZERO }
    }
}

/// What is to be made of results.
#[derive(Debug, Clone, Copy)]
pub struct Rules<T> {
    /// Whether another try could come out better.
    pub again: fn(&T) -> bool,
    /// Whether it should be tried once more with nothing else going on.
    pub alone: fn(&T) -> bool,
}

/// How many at the same time, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Checks at the same time, at most.
    pub jobs: usize,
    /// All of it.
    pub deadline: Duration,
}

/// Waits so long.
pub fn after(pause: Duration) -> tokio::time::Sleep {
    tokio::time::sleep(pause)
}

/// What comes of it in so long; `None` for nothing.
pub async fn within<T, E>(patience: Duration, what: impl Future<Output = Result<T, E>>) -> Option<T> {
    tokio::time::timeout(patience, what).await.ok()?.ok()
}

/// Runs `tasks`, and tells how many are done and which is done now. Ends early by Ctrl-C.
///
/// # Errors
/// The system gives no event loop.
pub fn run<T: Send + 'static>(
    tasks: Vec<Task<T>>,
    limits: Limits,
    rules: Rules<T>,
    tell: &(dyn Fn(usize, &str) + Sync),
) -> anyhow::Result<Ended<T>> {
    let runtime = event_loop().context("start the event loop")?;
    runtime.block_on(async {
        let interrupted = signal::interrupted();
        run_until(tasks, limits, rules, tell, interrupted).await
    })
}

/// As [`run`], within an event loop, until `interrupted` turns true.
///
/// # Errors
/// None so far.
pub async fn run_until<T: Send + 'static>(
    tasks: Vec<Task<T>>,
    limits: Limits,
    rules: Rules<T>,
    tell: &(dyn Fn(usize, &str) + Sync),
    mut interrupted: Receiver<bool>,
) -> anyhow::Result<Ended<T>> {
    let start = Instant::now();
    let terms = Terms { end: start + limits.deadline, stop: Arc::default() };
    let count = tasks.len();
    let mut ended = Ended {
        results: (0..count).map(|_| None).collect(),
        interrupted: false,
        late: false,
        took: Duration::ZERO,
    };
    let mut lone = VecDeque::new();
    let mut done = 0;
    let mut queue: VecDeque<(usize, Task<T>)> = tasks.into_iter().enumerate().collect();
    let mut jobs = limits.jobs.clamp(1, count.max(1));
    loop {
        let crowd = queue.len().min(jobs);
        let mut crew = Crew::start(queue, jobs, &terms, rules.again);
        while let Some(come) = crew.next(&terms, &mut interrupted, &mut ended).await {
            let (number, task, result) = come;
            let is_first = ended.results[number].is_none();
            let Some(result) = result else { continue };
            if is_first {
                done += 1;
                tell(done, &task.name);
            }
            // Refused for what others had taken, perhaps.
            if crowd > 1 && (rules.alone)(&result.result) {
                lone.push_back((number, task));
            }
            let before = ended.results[number].take();
            let (attempts, took) = before.map_or((0, Duration::ZERO), |done| (done.attempts, done.took));
            let (attempts, took) = (attempts + result.attempts, took + result.took);
            ended.results[number] = Some(Done { attempts, took, ..result });
        }
        if lone.is_empty() || terms.stop.load(Ordering::Relaxed) {
            break;
        }
        queue = std::mem::take(&mut lone);
        jobs = 1;
    }
    ended.took = start.elapsed();
    ended.late |= terms.left().is_zero() && ended.results.iter().any(Option::is_none);
    Ok(ended)
}

type Come<T> = (usize, Task<T>, Option<Done<T>>);

/// The threads, and the way back from them.
struct Crew<T> {
    results: tokio::sync::mpsc::UnboundedReceiver<Come<T>>,
    /// When to wait no longer for those that were told to stop.
    patience: Option<Instant>,
}

impl<T: Send + 'static> Crew<T> {
    fn start(queue: VecDeque<(usize, Task<T>)>, jobs: usize, terms: &Terms, again: fn(&T) -> bool) -> Self {
        let (report, results) = unbounded_channel();
        let threads = jobs.min(queue.len());
        let queue = Arc::new(Mutex::new(queue));
        for _ in 0..threads {
            let (queue, report, terms) = (queue.clone(), report.clone(), terms.clone());
            let work = move || worker(&queue, &report, &terms, again);
            // With fewer threads than asked for the others do its work; with none, nothing is run, and that is told.
            let _ = std::thread::Builder::new().name("check".to_owned()).spawn(work);
        }
        Self { results, patience: None }
    }

    /// The next that is done; `None` when there are no more, or those that are left do not stop.
    async fn next(
        &mut self,
        terms: &Terms,
        interrupted: &mut Receiver<bool>,
        ended: &mut Ended<T>,
    ) -> Option<Come<T>> {
        loop {
            let until = self.patience.unwrap_or(terms.end);
            tokio::select! {
                come = self.results.recv() => return come,
                Ok(_) = interrupted.wait_for(|interrupted| *interrupted), if !ended.interrupted => {
                    ended.interrupted = true;
                }
                () = tokio::time::sleep_until(until.into()) => match self.patience {
                    Some(_) => return None,
                    None => ended.late = true,
                },
            }
            terms.stop.store(true, Ordering::Relaxed);
            self.patience.get_or_insert(Instant::now() + GRACE);
        }
    }
}

fn worker<T>(
    queue: &Mutex<VecDeque<(usize, Task<T>)>>,
    report: &UnboundedSender<Come<T>>,
    terms: &Terms,
    again: fn(&T) -> bool,
) {
    loop {
        // Who is to say stop at the end may be late.
        if terms.stop.load(Ordering::Relaxed) || terms.left().is_zero() {
            return;
        }
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let Some((number, mut task)) = next else { return };
        let start = Instant::now();
        let mut attempts = 0;
        let result = loop {
            attempts += 1;
            let Ok(result) = catch_unwind(AssertUnwindSafe(|| (task.work)(terms))) else { break None };
            let is_enough = attempts > task.retries || !again(&result);
            if is_enough || terms.left() <= task.pause || !rest(task.pause, terms) {
                break Some(result);
            }
        };
        let done = result.map(|result| Done { result, attempts, took: start.elapsed() });
        if report.send((number, task, done)).is_err() {
            return;
        }
    }
}

/// Waits, and says whether to go on.
fn rest(pause: Duration, terms: &Terms) -> bool {
    let until = Instant::now() + pause;
    while !terms.stop.load(Ordering::Relaxed) {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return true;
        }
        std::thread::sleep(left.min(GLANCE));
    }
    false
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    fn task(name: &str, mut work: impl FnMut(&Terms) -> i32 + Send + 'static) -> Task<i32> {
        let work = Box::new(move |terms: &Terms| work(terms));
        Task { name: name.to_owned(), retries: 0, pause: Duration::from_millis(1), work }
    }

    fn run_all(tasks: Vec<Task<i32>>, jobs: usize, deadline_ms: u64) -> Ended<i32> {
        let limits = Limits { jobs, deadline: Duration::from_millis(deadline_ms) };
        let rules = Rules { again: |result: &i32| *result < 0, alone: |result: &i32| *result == -2 };
        run(tasks, limits, rules, &|_, _| {}).unwrap()
    }

    fn results(ended: &Ended<i32>) -> Vec<Option<(i32, u32)>> {
        ended.results.iter().map(|done| done.as_ref().map(|done| (done.result, done.attempts))).collect()
    }

    #[test]
    fn results_are_in_the_order_of_the_tasks_and_no_more_run_at_once_than_asked_for() {
        let (at_once, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let tasks = (0..12).map(|n| {
            let (at_once, most) = (at_once.clone(), most.clone());
            task("one", move |_| {
                most.fetch_max(at_once.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(5 + 12 - n as u64));
                at_once.fetch_sub(1, Ordering::SeqCst);
                n
            })
        });
        let ended = run_all(tasks.collect(), 3, 60_000);
        assert_eq!(results(&ended), (0..12).map(|n| Some((n, 1))).collect::<Vec<_>>());
        assert!((2..=3).contains(&most.load(Ordering::SeqCst)), "{most:?}");
        assert!(!ended.late && !ended.interrupted);
    }

    #[test]
    fn a_check_that_fails_is_tried_again_until_it_does_not() {
        let mut left = 3;
        let work = move |_: &Terms| {
            left -= 1;
            if left > 0 { -1 } else { 7 }
        };
        let ended = run_all(vec![Task { retries: 5, ..task("flaky", work) }], 1, 60_000);
        assert_eq!(results(&ended), [Some((7, 3))]);
        let ended = run_all(vec![Task { retries: 2, ..task("bad", |_| -1) }], 1, 60_000);
        assert_eq!(results(&ended), [Some((-1, 3))]);
    }

    #[test]
    fn what_others_may_have_taken_is_asked_for_once_more_alone() {
        let busy = Arc::new(AtomicBool::new(false));
        let (holding, seeing) = (busy.clone(), busy);
        let holder = task("holder", move |_| {
            holding.store(true, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(100));
            holding.store(false, Ordering::SeqCst);
            1
        });
        let other = task("other", move |_| {
            std::thread::sleep(Duration::from_millis(30));
            if seeing.load(Ordering::SeqCst) { -2 } else { 2 }
        });
        assert_eq!(results(&run_all(vec![holder, other], 2, 60_000)), [Some((1, 1)), Some((2, 2))]);
    }

    #[test]
    fn the_deadline_stops_what_runs_and_leaves_out_what_waits() {
        let patient = |terms: &Terms| {
            while !terms.stop.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(1));
            }
            5
        };
        let ended = run_all(vec![task("quick", |_| 1), task("long", patient), task("never", |_| 2)], 1, 200);
        assert_eq!(results(&ended), [Some((1, 1)), Some((5, 1)), None]);
        assert!(ended.late);
    }

    #[test]
    fn one_that_breaks_off_takes_no_other_along() {
        let ended = run_all(vec![task("broken", |_| panic!("on purpose")), task("whole", |_| 1)], 2, 60_000);
        assert_eq!(results(&ended), [None, Some((1, 1))]);
    }
}
