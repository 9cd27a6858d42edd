//! The command line: clap types and wiring. A subcommand is one file with `Args` and `run`.

mod analyze;
pub mod assets;
mod call;
mod check;
mod completions;
mod config;
mod context;
pub mod crash;
mod duration;
mod error;
mod explain;
mod failure;
mod man;
mod probe;
mod redact;
mod schema;
mod sdp;
mod stun;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{ArgAction, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::finding::{Exit, FailOn};
use crate::io::input;
use crate::io::output::{self, Colour};
use crate::report::{Format, nagios, printable};

pub use config::read_defaults;
pub use context::{Context, FormatAndPath};
pub use error::UserError;

/// Say, without a browser, why a WebRTC call does not work and how good it is
#[derive(Debug, Parser)]
#[command(name = "rtcscope", version, disable_help_subcommand = true, max_term_width = 100)]
#[command(after_long_help = HELP)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// The subcommands. Nothing else lists them.
#[derive(Debug, Subcommand)]
enum Command {
    #[command(visible_alias = "turn-probe")]
    Probe(Box<probe::Args>),
    Stun(stun::Args),
    Sdp(sdp::Args),
    #[command(about = "Short for `sdp explain`", long_about = None)]
    SdpExplain(sdp::explain::Args),
    #[command(visible_alias = "pcap")]
    Analyze(Box<analyze::Args>),
    Call(Box<call::Args>),
    Check(check::Args),
    Config(config::Args),
    Explain(explain::Args),
    Schema(schema::Args),
    Completions(completions::Args),
    Man(man::Args),
}

impl Command {
    fn run(self, context: Context, given: &config::Given) -> anyhow::Result<Exit> {
        match self {
            Command::Probe(args) => probe::run(*args, context),
            Command::Stun(args) => stun::run(args, context),
            Command::Sdp(args) => sdp::run(args, context),
            Command::SdpExplain(args) => sdp::explain::run(args, context),
            Command::Analyze(args) => analyze::run(*args, context),
            Command::Call(args) => call::run(*args, context),
            Command::Check(args) => check::run(args, context),
            Command::Config(args) => config::run(args, context, given),
            Command::Explain(args) => explain::run(args, context),
            Command::Schema(args) => schema::run(args, context),
            Command::Completions(args) => completions::run(args, context),
            Command::Man(args) => man::run(args, context),
        }
    }
}

/// The flags that mean the same everywhere.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Output")]
pub struct Global {
    /// Format of the result on standard output
    #[arg(long, global = true, value_enum, value_name = "FORMAT", default_value_t)]
    format: Format,
    /// Write the result to a file as well, in this format; may be repeated
    #[arg(long = "report", global = true, value_name = "FORMAT=PATH", value_parser = FormatAndPath::from_arg)]
    reports: Vec<FormatAndPath>,
    /// Write the result to this file instead of standard output
    #[arg(short, long, global = true, value_name = "PATH")]
    output: Option<PathBuf>,
    /// When to use colours
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t)]
    color: Colour,
    /// The least severity of a finding that makes the exit code 1
    #[arg(long, global = true, value_enum, value_name = "SEVERITY", default_value_t)]
    fail_on: FailOn,
    /// Put stand-ins for addresses, names of hosts and people, and ids of sessions, so that the result can be shared
    #[arg(long, global = true)]
    redact: bool,
    /// Show no progress, and say nothing besides the result but errors
    #[arg(short, long, global = true)]
    quiet: bool,
    /// Tell more; may be repeated
    #[arg(short, long, global = true, action = ArgAction::Count)]
    verbose: u8,
    #[command(flatten)]
    defaults: config::Flags,
}

impl Global {
    /// With what another command line says, of whose subcommand `matches` are.
    fn overlaid(mut self, matches: &clap::ArgMatches) -> Self {
        let Ok(other) = Self::from_arg_matches(matches) else { return self };
        let is_given = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
        let Self { format, reports, output, color, fail_on, redact, quiet, verbose, defaults } = other;
        self.format = if is_given("format") { format } else { self.format };
        self.reports = if is_given("reports") { reports } else { self.reports };
        self.output = if is_given("output") { output } else { self.output };
        self.color = if is_given("color") { color } else { self.color };
        self.fail_on = if is_given("fail_on") { fail_on } else { self.fail_on };
        self.redact |= redact;
        self.quiet |= quiet;
        self.verbose = self.verbose.max(verbose);
        let names_files = is_given("defaults") || is_given("no_defaults");
        self.defaults = if names_files { defaults } else { self.defaults };
        self
    }
}

const HELP: &str = "Examples:
  rtcscope check
      is this machine well, and the tool itself?
  rtcscope probe --embedded
      what a probe shows, of a server inside the process
  rtcscope sdp lint offer.sdp
      what is wrong with a session description
  rtcscope analyze call.pcapng
      how good was the call in a capture?
  rtcscope explain REST_EXPIRED
      what a finding means, and what to change

Exit codes:
  0    healthy: no finding at or above --fail-on, no threshold crossed
  1    such a finding, a failed phase, or a crossed threshold
  2    the command line is wrong
  3    could not tell: the input is unreadable, or the answer inconclusive
  130  interrupted; what was learnt is printed";

/// The whole command line as data, for completions and man pages.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Runs the command line `args` (the program's name first) to its end, and says what the process exits with.
pub fn run<I, T>(args: I) -> u8
where
    I: IntoIterator<Item = T>,
    T: Into<OsString> + Clone,
{
    let args: Vec<OsString> = args.into_iter().map(Into::into).collect();
    let matches = match command().try_get_matches_from(&args) {
        Ok(matches) => matches,
        Err(error) => {
            let exit = print_clap_error(&error);
            return if exit == Exit::Usage && asks_for_nagios(&args) {
                failure::tell_nagios(exit, "the command line is wrong")
            } else {
                exit.code()
            };
        }
    };
    let line = config::line(&matches);
    let with_line = |global: Global| match &line {
        Some(line) => global.overlaid(line),
        None => global,
    };
    let mut global = Global::from_arg_matches(&matches).ok().map(with_line);
    let mut state = None;
    let mut sources = Vec::new();
    let result = completed(&args, matches, global.as_ref()).and_then(|(given, completed)| {
        let mut cli = Cli::from_arg_matches(&completed.matches)?;
        cli.global = with_line(cli.global);
        global = Some(cli.global.clone());
        let context = Context::open(cli.global)?;
        state = Some(context.state());
        if context.verbosity > 0 {
            let paths = completed.sources.iter().map(|source| &source.path);
            paths.for_each(|path| context.announce(&format!("defaults from {path}")));
        }
        sources = completed.sources;
        cli.command.run(context, &given)
    });
    let is_nagios = global.as_ref().is_some_and(|global| global.format.is_nagios());
    match result {
        Ok(exit) if is_nagios => {
            let state = state.and_then(|state| state.get().copied());
            state.unwrap_or(nagios::State::of_exit(exit)).code()
        }
        Ok(exit) => exit.code(),
        Err(error) => {
            let (exit, message) = error::explain(&error);
            output::write_stderr(&message);
            // What is wrong may not be on the command line at all.
            for hint in sources.iter().filter(|_| exit == Exit::Usage).filter_map(config::Source::hint) {
                output::write_stderr(&format!("hint: {}\n", printable(&hint)));
            }
            match global {
                // Its reader knows four codes, and standard output alone.
                Some(_) if is_nagios && exit != Exit::Healthy => {
                    failure::tell_nagios(exit, &error::sentence(&error).0)
                }
                Some(global) if exit == Exit::CouldNotTell => {
                    failure::tell(&error, global);
                    exit.code()
                }
                _ => exit.code(),
            }
        }
    }
}

/// The command line with the defaults of files, and what these are.
fn completed(
    args: &[OsString],
    matches: clap::ArgMatches,
    global: Option<&Global>,
) -> anyhow::Result<(config::Given, config::Completed)> {
    let flags = global.map(|global| global.defaults.clone()).unwrap_or_default();
    let given = config::Given::read(matches, &flags)?;
    let completed = given.completed(args)?;
    Ok((given, completed))
}

/// Of a command line that could not be read.
fn asks_for_nagios(args: &[OsString]) -> bool {
    let after = args.windows(2).any(|pair| pair[0] == "--format" && pair[1] == "nagios");
    after || args.iter().any(|arg| arg == "--format=nagios")
}

/// `--help` and `--version` are errors to clap, but go to standard output and are none.
fn print_clap_error(error: &clap::Error) -> Exit {
    let printed = error.print();
    if let (ErrorKind::InvalidSubcommand, Some(ContextValue::String(word))) =
        (error.kind(), error.get(ContextKind::InvalidSubcommand))
        && input::is_file(word)
    {
        output::write_stderr(&format!("hint: {}\n", printable(&meant_file("sdp explain", word))));
    }
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => match printed {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                output::write_stderr(&format!("error: write to standard output: {error}\n"));
                Exit::CouldNotTell
            }
            _ => Exit::Healthy,
        },
        _ => Exit::Usage,
    }
}

/// The name of a file stands where a command or a code should.
fn meant_file(command: &str, path: &str) -> String {
    format!("`{path}` is a file: did you mean `rtcscope {command} {path}`?")
}
