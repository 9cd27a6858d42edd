//! `rtcscope check`: a plan in, all of its checks run, a [`Summary`] out.

mod own;
mod planned;
mod serve;

use std::path::{Path, PathBuf};
use std::time::Duration;

use self::planned::Planned;
pub(super) use self::planned::read as secret_in;
use super::{Context, UserError, duration};
use crate::check::plan::{self, Plan};
use crate::check::{Entry, Listing, Looked, Outcome, Summary};
use crate::finding::{Exit, FailOn};
use crate::io::check::{self as runner, Ended, Limits, Rules, Scratch, Task, Terms};
use crate::io::input;
use crate::io::output;
use crate::measure::milliseconds;
use crate::report::{FORMATS, Format, Part};

/// Run a plan of checks; without one, check this machine and the tool itself
///
/// The plan is PLAN, or the file rtcscope.toml here or in the nearest folder above. Without any, a TURN server is started
/// inside the process, and probes, calls, a lint and an analysis are made with it: no network is needed.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The plan (TOML), or - for standard input
    #[arg(value_name = "PLAN")]
    plan: Option<PathBuf>,
    /// Write a plan with every kind of check explained, as PLAN or rtcscope.toml; - for standard output
    #[arg(long, conflicts_with = "list")]
    init: bool,
    /// Show what would be run, and run nothing
    #[arg(long)]
    list: bool,
    /// How many checks run at the same time, 1 to 256 [default: 8]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
    /// How long all of them may take [default: 5m]
    #[arg(long, value_name = "TIME", value_parser = duration::from_arg)]
    deadline: Option<Duration>,
    #[command(flatten)]
    serve: serve::Args,
}

const EXAMPLES: &str = "Examples:
  rtcscope check
      run rtcscope.toml; without one, check this machine and the tool itself
  rtcscope check --init
      write an rtcscope.toml to begin with
  rtcscope check --list deploy/turn.toml
      what a plan would run
  rtcscope check deploy/turn.toml --report junit=turn.xml --report json=turn.json
      for continuous integration
  rtcscope check --jobs 1
      one after the other, where round trips matter
  rtcscope check --serve 9797 --interval 1m deploy/turn.toml
      every minute, with the numbers at http://127.0.0.1:9797/metrics for Prometheus

Exit codes here:
  0 all as the plan wants it, 1 a check of severity error failed, 2 the command line, the plan or a secret is wrong,
  3 a file cannot be read, or a check could not be told";

/// A plan is no longer.
const LONGEST: u64 = 1 << 20;
/// More save little time, and each takes two megabytes.
const JOBS: usize = 8;
const DEADLINE: Duration = Duration::from_secs(300);
/// Before a check is tried again.
const PAUSE: Duration = Duration::from_secs(1);

pub(super) fn run(args: Args, context: Context) -> anyhow::Result<Exit> {
    if args.init {
        return init(args.plan.as_deref().unwrap_or(Path::new(plan::FILE)), context);
    }
    let found = args.plan.clone().or_else(|| runner::find_plan(plan::FILE));
    let Some(path) = found else {
        if args.serve.is_on() {
            return Err(UserError::usage("there is no plan to serve")
                .hint("name one, or write one with `rtcscope check --init`")
                .into());
        }
        return match args.list {
            true => context.emit(&Listing::of(&own::plan(Path::new("")))),
            false => own(&args, context),
        };
    };
    if args.serve.is_on() {
        return serve::run(&args, path, context);
    }
    let plan = read(&path)?;
    if args.list {
        let listing = Listing::of(&plan);
        let listing = if context.redacts() { listing.without_names() } else { listing };
        return context.emit(&listing);
    }
    let limits = limits(args.jobs, args.deadline, &plan)?;
    review(&plan, &context)?;
    let manner = Manner::of(&context);
    let tasks = plan.entries.iter().map(|entry| task(entry, &manner)).collect::<anyhow::Result<_>>()?;
    let ended = look(tasks, limits, &context)?;
    let (took, interrupted) = (ended.took, ended.interrupted);
    let outcomes = outcomes(&plan.entries, ended, context.fail_on);
    let summary = Summary::new(plan.file, outcomes, milliseconds(took), interrupted, context.verbosity);
    context.emit(&summary)
}

/// The checks that are built in: first those that need nothing, then those of what they left.
fn own(args: &Args, context: Context) -> anyhow::Result<Exit> {
    let scratch = Scratch::new()?;
    let plan = own::plan(scratch.path());
    let limits = limits(args.jobs, args.deadline, &plan)?;
    let (first, then) = plan.entries.split_at(own::FIRST);
    let mut checks = Vec::new();
    let manner = Manner::of(&context);
    let (mut took, mut interrupted) = (Duration::ZERO, false);
    for entries in [first, then] {
        let tasks = entries.iter().map(|entry| own::task(entry, scratch.path(), &manner));
        let deadline = limits.deadline.saturating_sub(took);
        let ended = match interrupted {
            false => look(tasks.collect::<anyhow::Result<_>>()?, Limits { deadline, ..limits }, &context)?,
            true => Ended::none(entries.len()),
        };
        took += ended.took;
        interrupted |= ended.interrupted;
        checks.extend(outcomes(entries, ended, context.fail_on));
    }
    drop(scratch);
    let summary = Summary::new(None, checks, milliseconds(took), interrupted, context.verbosity);
    context.emit(&summary)
}

fn init(path: &Path, context: Context) -> anyhow::Result<Exit> {
    if path.as_os_str() == "-" {
        return context.emit_raw(plan::SAMPLE.as_bytes());
    }
    if runner::is_there(path) {
        let error = UserError::usage(format!("{} is already there", path.display()));
        return Err(error.hint("name another file, or - for standard output").into());
    }
    output::write_file(path, plan::SAMPLE.as_bytes())?;
    let name = path.display();
    context.announce(&format!("wrote {name}; `rtcscope check {name}` runs it"));
    Ok(Exit::Healthy)
}

/// Reads a plan.
fn read(path: &Path) -> anyhow::Result<Plan> {
    let text = input::read_text_or_stdin(path, LONGEST)?;
    let file = if path.as_os_str() == "-" { "standard input".to_owned() } else { path.display().to_string() };
    Ok(Plan::from_toml(&text, &file, &runner::folder_of(path)).map_err(UserError::from)?)
}

/// That everything is there and makes sense: nothing is run before that is known. Plans and secrets first.
fn review(plan: &Plan, context: &Context) -> anyhow::Result<()> {
    let all: Vec<(&Entry, Planned)> = plan
        .entries
        .iter()
        .map(|entry| Ok((entry, Planned::of(entry)?)))
        .collect::<Result<_, UserError>>()?;
    for (entry, planned) in &all {
        planned::files(entry)?;
        planned.review(context).map_err(|error| planned::placed(entry, &error))?;
    }
    Ok(())
}

/// What flags say, or else the plan.
fn limits(jobs: Option<u16>, deadline: Option<Duration>, plan: &Plan) -> Result<Limits, UserError> {
    let mut limits = Limits { jobs: JOBS, deadline: DEADLINE };
    for setting in &plan.settings {
        let text = setting.values.first().map(String::as_str).unwrap_or_default();
        let wrong = |why: String| planned::at(UserError::usage(why), setting.place.as_ref());
        match setting.key.name {
            "jobs" => {
                let jobs = text.parse().ok().filter(|jobs| (1..=256).contains(jobs));
                limits.jobs = jobs.ok_or_else(|| wrong("`jobs` is a number from 1 to 256".to_owned()))?;
            }
            _ => {
                let deadline = duration::from_arg(text);
                limits.deadline = deadline.map_err(|why| wrong(format!("`deadline`: {why}")))?;
            }
        }
    }
    limits.jobs = jobs.map_or(limits.jobs, usize::from);
    limits.deadline = deadline.unwrap_or(limits.deadline);
    Ok(limits)
}

/// How checks are run, and for which formats.
#[derive(Debug, Clone)]
struct Manner {
    fail_on: FailOn,
    verbosity: u8,
    formats: Vec<Format>,
    /// What is to be hidden is learnt from the whole result of every check.
    redacts: bool,
}

impl Manner {
    fn of(context: &Context) -> Self {
        let redacts = context.redacts();
        let json = FORMATS.iter().copied().filter(|format| redacts && format.takes == Part::Json);
        let formats = context.formats().into_iter().chain(json).collect();
        Self { fail_on: context.fail_on, verbosity: context.verbosity, formats, redacts }
    }

    /// For the command behind a check.
    fn within(&self, terms: &Terms) -> Context {
        Context::within(&self.formats, self.verbosity, FailOn::Never, Some(terms.clone()))
    }

    /// What a command found, judged.
    fn outcome(&self, entry: &Entry, looked: anyhow::Result<Looked>) -> Outcome {
        Outcome::of(entry, planned::attempt(looked), self.fail_on)
            .slim(self.verbosity.max(u8::from(self.redacts)))
    }
}

/// What runs a check.
fn task(entry: &Entry, manner: &Manner) -> anyhow::Result<Task<Outcome>> {
    let (entry, manner) = (entry.clone(), manner.clone());
    Ok(Task {
        name: entry.name.clone(),
        retries: entry.retries,
        pause: planned::pause(&entry)?.unwrap_or(PAUSE),
        work: Box::new(move |terms| {
            let looked = Planned::of(&entry).map_err(anyhow::Error::from);
            let looked =
                looked.and_then(|planned| planned.examine(&mut manner.within(terms), &manner.formats));
            manner.outcome(&entry, looked)
        }),
    })
}

/// What becomes of results.
const RULES: Rules<Outcome> = Rules { again: Outcome::is_bad, alone: Outcome::is_crowded };

/// Runs all of them, with a line that says how far it is.
fn look(tasks: Vec<Task<Outcome>>, limits: Limits, context: &Context) -> anyhow::Result<Ended<Outcome>> {
    let progress = context.progress();
    let all = tasks.len();
    progress.set(format!("{all} checks"));
    let ended =
        runner::run(tasks, limits, RULES, &|done, name| progress.set(format!("{done} of {all}: {name}")));
    progress.finish();
    ended
}

/// What came of each, run or not.
fn outcomes(entries: &[Entry], ended: Ended<Outcome>, fail_on: FailOn) -> Vec<Outcome> {
    let why = match (ended.interrupted, ended.late) {
        (true, _) => "not run to its end: interrupted",
        (_, true) => "not run to its end: the deadline of all checks passed",
        _ => "it broke off: this is a fault of rtcscope",
    };
    let results = entries.iter().zip(ended.results);
    let outcomes = results.map(|(entry, done)| match done {
        Some(done) => {
            let took_ms = Some(milliseconds(done.took));
            Outcome { attempts: done.attempts, took_ms, ..done.result }
        }
        None => Outcome::not_run(entry, why, fail_on),
    });
    outcomes.collect()
}

/// The formats that a check's result is kept for: people are always told its verdict.
fn with_text(formats: &[Format]) -> Vec<Format> {
    formats.iter().copied().chain([Format::default()]).collect()
}
