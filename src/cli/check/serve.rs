//! `--serve`: the plan again and again, its numbers and its latest report over HTTP.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use tokio::sync::watch::Receiver;
use tokio::sync::{Notify, Semaphore};

use super::{Manner, RULES, outcomes, read, review, task};
use crate::check::plan::Plan;
use crate::check::{Entry, Summary};
use crate::cli::{Context, UserError, duration, error};
use crate::finding::{Exit, Verdict};
use crate::io::check::http::{self, Request, Response};
use crate::io::check::{self as runner, Limits};
use crate::io::event_loop::event_loop;
use crate::io::{output, signal};
use crate::measure::milliseconds;
use crate::report::prometheus::{self, Family, Kind, labels};
use crate::report::{FORMATS, Format, Rendered, Screen, printable};

#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Monitoring")]
pub(super) struct Args {
    /// Run the plan again and again, and serve its numbers for Prometheus: a port of loopback, or ADDRESS:PORT
    ///
    /// /metrics has the numbers of the latest round, / its report, /health says whether all goes on, and
    /// /probe?module=NAME&target=URI probes at once what the plan names. There is no login: leave it on loopback, or let
    /// only those reach it who should. SIGHUP reads the plan again, SIGTERM ends it.
    #[arg(long, value_name = "ADDR", value_parser = address, conflicts_with_all = ["list", "init"])]
    serve: Option<SocketAddr>,
    /// From the beginning of one round to that of the next, 1s to a day [default: 1m]
    #[arg(long, value_name = "TIME", requires = "serve", value_parser = interval)]
    interval: Option<Duration>,
}

const INTERVAL: Duration = Duration::from_secs(60);
/// How long a request may wait for others' probes to end.
const QUEUE: Duration = Duration::from_secs(2);
/// How long a probe of a request takes at most, where the request does not say how long it waits.
const PATIENCE: Duration = Duration::from_secs(30);
/// For the answer to get back before the scraper gives up.
const MARGIN: Duration = Duration::from_millis(500);
/// Beyond its deadline a round that has not ended is stuck.
const STUCK: Duration = Duration::from_secs(30);

impl Args {
    pub(super) fn is_on(&self) -> bool {
        self.serve.is_some()
    }
}

/// `9797`, `127.0.0.1:9797`, `[::1]:9797`, `localhost:9797`.
fn address(arg: &str) -> Result<SocketAddr, String> {
    let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let port = arg.strip_prefix("localhost:").or_else(|| arg.strip_prefix(':')).unwrap_or(arg);
    let of_port = port.parse().ok().map(|port| SocketAddr::new(loopback, port));
    let wrong = || "write a port, as in 9797, or an address and a port, as in 192.0.2.1:9797".to_owned();
    of_port.or_else(|| arg.parse().ok()).ok_or_else(wrong)
}

fn interval(arg: &str) -> Result<Duration, String> {
    match duration::from_arg(arg)? {
        interval if interval < Duration::from_secs(1) => Err("it must not be less than 1s".to_owned()),
        interval => Ok(interval),
    }
}

pub(super) fn run(args: &super::Args, path: PathBuf, context: Context) -> anyhow::Result<Exit> {
    if context.redacts() {
        let error = UserError::usage("--redact is for a result that is handed on, and --serve has none");
        return Err(error.hint("let only those reach it who may see it").into());
    }
    let formats = FORMATS.iter().copied().filter(|format| ["html", "prometheus"].contains(&format.name));
    let manner = Manner { formats: formats.collect(), ..Manner::of(&context) };
    if path.as_os_str() == "-" {
        return Err(UserError::usage("standard input cannot be read again")
            .hint("name the file of the plan")
            .into());
    }
    let reading = Reading { path, jobs: args.jobs, deadline: args.deadline, verbosity: context.verbosity };
    let loaded = reading.load()?;
    let Some(addr) = args.serve.serve else { anyhow::bail!("there is no address to serve at") };
    let listener = http::listen(addr).with_context(|| format!("listen on {addr}"))?;
    let addr = listener.local_addr().unwrap_or(addr);
    context.announce(&format!("serving {} at http://{addr}/metrics", reading.path.display()));
    if !addr.ip().is_loopback() {
        context.announce("others can reach this, and there is no login");
    }
    let interval = args.serve.interval.unwrap_or(INTERVAL);
    let runtime = event_loop().context("start the event loop")?;
    runtime.block_on(async move {
        let stop = signal::interrupted();
        let exporter = Arc::new(Exporter::new(loaded, manner, stop.clone()));
        let handler: http::Handler = {
            let exporter = exporter.clone();
            Arc::new(move |request| Box::pin(exporter.clone().answer(request)))
        };
        let server = tokio::spawn(http::serve(listener, handler));
        let reloads = tokio::spawn(exporter.clone().reload(reading, signal::reloads()));
        exporter.rounds(interval, stop).await?;
        server.abort();
        reloads.abort();
        Ok(Exit::Healthy)
    })
}

/// How a plan is read, again and again.
struct Reading {
    path: PathBuf,
    jobs: Option<u16>,
    deadline: Option<Duration>,
    verbosity: u8,
}

/// A plan that makes sense.
struct Loaded {
    plan: Plan,
    limits: Limits,
}

impl Reading {
    fn load(&self) -> anyhow::Result<Loaded> {
        let plan = read(&self.path)?;
        let limits = super::limits(self.jobs, self.deadline, &plan)?;
        review(&plan, &Context::within(&[], self.verbosity, Default::default(), None))?;
        Ok(Loaded { plan, limits })
    }
}

/// What there is to be asked for.
struct Exporter {
    manner: Manner,
    stop: Receiver<bool>,
    state: Mutex<State>,
    /// Probes that requests may have run at the same time.
    room: Semaphore,
    /// The plan has changed.
    changed: Notify,
    started_unix: f64,
    requests: AtomicU64,
    refused: AtomicU64,
}

struct State {
    loaded: Arc<Loaded>,
    loaded_unix: f64,
    /// Why the plan that is there now is not the one that is run.
    refusal: Option<String>,
    latest: Option<Arc<Latest>>,
    rounds: u64,
    /// When the round that is going on began.
    began_unix: Option<f64>,
}

/// What the latest round came to.
struct Latest {
    verdict: Verdict,
    families: Vec<Family>,
    page: Vec<u8>,
    ended_unix: f64,
    took: Duration,
}

impl Exporter {
    fn new(loaded: Loaded, manner: Manner, stop: Receiver<bool>) -> Self {
        let now = runner::unix_seconds();
        Self {
            manner,
            stop,
            room: Semaphore::new(loaded.limits.jobs),
            state: Mutex::new(State {
                loaded: Arc::new(loaded),
                loaded_unix: now,
                refusal: None,
                latest: None,
                rounds: 0,
                began_unix: None,
            }),
            changed: Notify::new(),
            started_unix: now,
            requests: AtomicU64::new(0),
            refused: AtomicU64::new(0),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Round after round, until it is to end.
    async fn rounds(&self, interval: Duration, mut stop: Receiver<bool>) -> anyhow::Result<()> {
        while !*stop.borrow() {
            let next = runner::after(interval);
            let loaded = {
                let mut state = self.state();
                state.began_unix = Some(runner::unix_seconds());
                state.loaded.clone()
            };
            let (summary, took) = self.round(&loaded.plan.entries, loaded.limits).await?;
            let latest = summary.map(|summary| Latest::of(&summary, took)).transpose()?;
            {
                let mut state = self.state();
                state.began_unix = None;
                if let Some(latest) = latest {
                    state.latest = Some(Arc::new(latest));
                    state.rounds += 1;
                }
            }
            tokio::select! {
                Ok(_) = stop.wait_for(|stop| *stop) => {}
                () = self.changed.notified() => {}
                () = next => {}
            }
        }
        Ok(())
    }

    /// These checks once; `None` where it was to end meanwhile.
    async fn round(&self, entries: &[Entry], limits: Limits) -> anyhow::Result<(Option<Summary>, Duration)> {
        let tasks = entries.iter().map(|entry| task(entry, &self.manner)).collect::<anyhow::Result<_>>()?;
        let ended = runner::run_until(tasks, limits, RULES, &|_, _| {}, self.stop.clone()).await?;
        let (took, interrupted) = (ended.took, ended.interrupted);
        if interrupted {
            return Ok((None, took));
        }
        let outcomes = outcomes(entries, ended, self.manner.fail_on);
        let file = self.state().loaded.plan.file.clone();
        let summary = Summary::new(file, outcomes, milliseconds(took), false, self.manner.verbosity);
        Ok((Some(summary), took))
    }

    /// Reads the plan again each time that is asked for; one that is wrong changes nothing.
    async fn reload(self: Arc<Self>, reading: Reading, mut asked: Receiver<u64>) {
        let reading = Arc::new(reading);
        while asked.changed().await.is_ok() {
            let own = reading.clone();
            // Files are read, and names looked up: others are answered meanwhile.
            let Ok(loaded) = tokio::task::spawn_blocking(move || own.load()).await else { continue };
            let mut state = self.state();
            match loaded {
                Ok(loaded) => {
                    state.loaded = Arc::new(loaded);
                    state.loaded_unix = runner::unix_seconds();
                    state.refusal = None;
                    self.changed.notify_one();
                }
                Err(why) => {
                    let (_, message) = error::explain(&why);
                    output::write_stderr(&format!("{message}rtcscope: the plan before it stays\n"));
                    state.refusal = Some(error::sentence(&why).0);
                }
            }
        }
    }

    async fn answer(self: Arc<Self>, request: Request) -> Response {
        match request.path.as_str() {
            "/" => self.page(),
            "/metrics" => metrics(&self.families()),
            "/health" => self.health(),
            "/probe" => self.probe(request).await,
            _ => Response::line(404, "there are /, /metrics, /health and /probe"),
        }
    }

    fn page(&self) -> Response {
        match self.state().latest.clone() {
            Some(latest) => {
                Response { status: 200, content_type: "text/html; charset=utf-8", body: latest.page.clone() }
            }
            None => Response::line(503, "the first round is not over yet"),
        }
    }

    /// Whether this goes on as it should: what the checks say is no matter of it.
    fn health(&self) -> Response {
        let state = self.state();
        let now = runner::unix_seconds();
        let most = state.loaded.limits.deadline + STUCK;
        let is_stuck = state.began_unix.is_some_and(|began| now - began > most.as_secs_f64());
        let json = serde_json::json!({
            "status": if is_stuck { "stuck" } else { "ok" },
            "rounds": state.rounds,
            "verdict": state.latest.as_ref().map(|latest| latest.verdict),
            "ended_unix_s": state.latest.as_ref().map(|latest| latest.ended_unix),
            "plan": state.loaded.plan.file,
            "plan_read_unix_s": state.loaded_unix,
            "plan_refused": state.refusal,
        });
        let body = format!("{json}\n").into_bytes();
        Response { status: if is_stuck { 503 } else { 200 }, content_type: "application/json", body }
    }

    /// `/probe?module=…&target=…`: one check of the plan, at once.
    async fn probe(self: Arc<Self>, request: Request) -> Response {
        let loaded = self.state().loaded.clone();
        let word = |name: &str| request.query.get(name).map(String::as_str).filter(|word| !word.is_empty());
        let entry = match loaded.plan.asked(word("module"), word("target")) {
            Ok(entry) => entry,
            Err(refusal) => {
                self.refused.fetch_add(1, Ordering::Relaxed);
                return Response::line(400, printable(&refusal.to_string()));
            }
        };
        let asked = request.headers.get("x-prometheus-scrape-timeout-seconds");
        let asked = asked.and_then(|seconds| Duration::try_from_secs_f64(seconds.parse().ok()?).ok());
        let patience = asked.map_or(PATIENCE, |asked| asked.saturating_sub(MARGIN)).max(MARGIN);
        let deadline = patience.min(loaded.limits.deadline);
        self.requests.fetch_add(1, Ordering::Relaxed);
        // It goes on if whoever asked goes away: no more run at the same time than there is room for.
        let own = self.clone();
        let probe = tokio::spawn(async move {
            let Some(place) = runner::within(QUEUE.min(deadline), own.room.acquire()).await else {
                return Ok(None);
            };
            let limits = Limits { jobs: 1, deadline };
            let ran = own.round(&[entry], limits).await;
            drop(place);
            ran.map(Some)
        });
        match probe.await {
            Ok(Ok(Some((Some(summary), took)))) => match of_probe(&summary, took) {
                Ok(families) => metrics(&families),
                Err(why) => Response::line(500, printable(&format!("{why:#}"))),
            },
            Ok(Ok(None)) => {
                self.refused.fetch_add(1, Ordering::Relaxed);
                Response::line(503, "too many probes at the same time")
            }
            Ok(Ok(Some((None, _)))) => Response::line(503, "this is about to end"),
            Ok(Err(why)) => Response::line(500, printable(&format!("{why:#}"))),
            Err(_) => Response::line(500, "the probe broke off"),
        }
    }

    /// The numbers of the latest round, and of this process.
    fn families(&self) -> Vec<Family> {
        let state = self.state();
        let process = runner::process();
        let count = |counter: &AtomicU64| Some(counter.load(Ordering::Relaxed) as f64);
        let number = |bytes: Option<u64>| bytes.map(|bytes| bytes as f64);
        let latest = state.latest.clone();
        let own = [
            (
                "rtcscope_check_rounds_total",
                Kind::Counter,
                "Rounds of the plan that ended",
                Some(state.rounds as f64),
            ),
            (
                "rtcscope_check_round_timestamp_seconds",
                Kind::Gauge,
                "When the latest round ended, as seconds since 1970",
                latest.as_ref().map(|latest| latest.ended_unix),
            ),
            (
                "rtcscope_check_round_duration_seconds",
                Kind::Gauge,
                "How long the latest round took",
                latest.as_ref().map(|latest| latest.took.as_secs_f64()),
            ),
            (
                "rtcscope_check_plan_reload_successful",
                Kind::Gauge,
                "Whether the plan was right when it was read last",
                Some(f64::from(u8::from(state.refusal.is_none()))),
            ),
            (
                "rtcscope_check_plan_timestamp_seconds",
                Kind::Gauge,
                "When the plan that is run was read, as seconds since 1970",
                Some(state.loaded_unix),
            ),
            (
                "rtcscope_check_probe_requests_total",
                Kind::Counter,
                "Requests for /probe",
                count(&self.requests),
            ),
            (
                "rtcscope_check_probe_refusals_total",
                Kind::Counter,
                "Requests for /probe that were refused",
                count(&self.refused),
            ),
            (
                "process_resident_memory_bytes",
                Kind::Gauge,
                "Memory of this process",
                number(process.memory_bytes),
            ),
            ("process_open_fds", Kind::Gauge, "Open files of this process", number(process.open_files)),
            (
                "process_start_time_seconds",
                Kind::Gauge,
                "When this process started, as seconds since 1970",
                Some(self.started_unix),
            ),
        ];
        drop(state);
        let mut families = vec![version()];
        families.extend(own.into_iter().filter_map(|(name, kind, help, value)| {
            let mut family = Family::new(name, kind, help);
            family.add(Vec::new(), value?);
            Some(family)
        }));
        families.extend(latest.iter().flat_map(|latest| latest.families.iter().cloned()));
        families
    }
}

impl Latest {
    fn of(summary: &Summary, took: Duration) -> anyhow::Result<Self> {
        let html = FORMATS.iter().copied().find(|format| format.name == "html").unwrap_or_default();
        let rendered = rendered(summary, html)?;
        let mut page = Vec::new();
        html.render(&rendered, Screen::FILE, &mut page)?;
        Ok(Self {
            verdict: summary.verdict,
            families: prometheus::of_report(&rendered),
            page,
            ended_unix: runner::unix_seconds(),
            took,
        })
    }
}

/// The report with its numbers, and what this format takes.
fn rendered(summary: &Summary, format: Format) -> anyhow::Result<Rendered> {
    let numbers = FORMATS.iter().copied().find(|format| format.name == "prometheus");
    Ok(Rendered::for_formats(summary, &[Some(format), numbers].into_iter().flatten().collect::<Vec<_>>())?)
}

/// What a request for a probe is answered with: first what users of blackbox_exporter look for.
fn of_probe(summary: &Summary, took: Duration) -> anyhow::Result<Vec<Family>> {
    let mut success =
        Family::new("probe_success", Kind::Gauge, "Whether the check is as the plan wants it: 1 or 0");
    success.add(Vec::new(), f64::from(u8::from(summary.checks.iter().all(|check| !check.is_bad()))));
    let mut duration = Family::new("probe_duration_seconds", Kind::Gauge, "How long the probe took");
    duration.add(Vec::new(), took.as_secs_f64());
    let mut families = vec![success, duration];
    families.extend(prometheus::of_report(&rendered(summary, Format::default())?));
    Ok(families)
}

fn version() -> Family {
    let mut info = Family::new("rtcscope_build_info", Kind::Gauge, "The version of rtcscope; always 1");
    info.add(labels([("version", env!("CARGO_PKG_VERSION"))]), 1.0);
    info
}

fn metrics(families: &[Family]) -> Response {
    let mut body = Vec::new();
    // Writing to memory does not fail.
    let _ = prometheus::write(families, &mut body);
    Response { status: 200, content_type: "text/plain; version=0.0.4; charset=utf-8", body }
}
