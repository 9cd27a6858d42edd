//! `rtcscope sdp lint`: descriptions in, what is wrong with them out.

use clap::ValueEnum;

use super::input;
use crate::cli::{Context, UserError};
use crate::finding::Exit;
use crate::report::Unread;
use crate::sdp::lint::{self, LintReport, Linted, Selection, UnknownRule};
use crate::sdp::source::Kind;
use crate::spelling;

/// Check session descriptions against the rules of the RFCs
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(in crate::cli) struct Args {
    /// Files with SDP in them, or - for standard input
    #[arg(value_name = "INPUT", required = true)]
    inputs: Vec<String>,
    /// Ask these rules alone: codes, the beginning of codes (SDP5), or names; may be repeated
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    select: Vec<String>,
    /// Do not ask these rules; may be repeated
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    ignore: Vec<String>,
    /// What the descriptions are, where neither the input nor the name of the file says so
    #[arg(long = "type", value_enum, value_name = "TYPE")]
    kind: Option<Side>,
    /// Of a dump, take this peer connection alone
    #[arg(long, value_name = "ID")]
    pc: Option<String>,
    /// Check the description of this number alone, as `sdp explain` counts them
    #[arg(long, value_name = "NUMBER")]
    at: Option<usize>,
}

/// `--type`.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Side {
    /// An offer
    Offer,
    /// An answer
    Answer,
}

const EXAMPLES: &str = "Examples:
  rtcscope sdp lint offer.sdp
      what is wrong, on which line, and what to change
  pbpaste | rtcscope sdp lint -
      the same for what was copied from a console, a log or a chat
  rtcscope sdp lint --select SDP1 --ignore line-order offer.sdp
      what is said of the form of lines, but not of their order
  rtcscope sdp lint --at 3 webrtc_internals_dump.txt
      the third description of a dump, by the numbers of `rtcscope sdp explain`
  rtcscope sdp lint --fail-on warning --format sarif -o lint.sarif offer.sdp
      for continuous integration

Exit codes here:
  0 nothing at or above --fail-on, 1 something, 2 the command line is wrong, 3 an input cannot be read or has no SDP in it";

pub(super) fn run(args: Args, context: Context) -> anyhow::Result<Exit> {
    let report = examine(&args, &context)?;
    context.emit(&report)
}

/// Whether the flags make sense, as far as that is to be known without the inputs.
pub(in crate::cli) fn review(args: &Args) -> anyhow::Result<()> {
    Selection::from_words(&args.select, &args.ignore).map_err(unknown)?;
    Ok(())
}

/// Looks as `run` does, for a command that does more than that.
pub(in crate::cli) fn examine(args: &Args, context: &Context) -> anyhow::Result<LintReport> {
    let selection = Selection::from_words(&args.select, &args.ignore).map_err(unknown)?;
    let mut report =
        LintReport { fail_on: context.fail_on, with_remarks: context.verbosity > 0, ..LintReport::default() };
    let mut count = 0;
    let mut has_connection = false;
    for input in input::read_each(&args.inputs)? {
        let input = match input {
            Ok(input) => input,
            Err(unread) => {
                report.notes.push(format!("Not examined: {}.", unread.message));
                report.unread.push(unread);
                continue;
            }
        };
        let connections = input.sources.dump.iter().flat_map(|dump| &dump.connections);
        has_connection |= connections.into_iter().any(|one| args.pc.as_ref() == Some(&one.id));
        for document in &input.sources.documents {
            count += 1;
            if args.at.is_some_and(|at| at != count) || !input.is_of(document, args.pc.as_deref()) {
                continue;
            }
            let kind = input.kind(document, args.kind.map(Side::kind));
            let examined = lint::Input { source: &input.name, document, kind };
            let linted = Linted::of(examined, &selection);
            report.add(if context.draws() { linted.drawn(examined) } else { linted });
        }
        let is_chosen = args.at.is_some() || args.pc.is_some();
        let fragment = input.sources.fragment().filter(|_| !is_chosen);
        if let Some(document) = &fragment {
            report.add(Linted::of(lint::Input { source: &input.name, document, kind: None }, &selection));
        }
        for document in input.sources.trickled().into_iter().filter(|_| !is_chosen) {
            let linted =
                Linted::of(lint::Input { source: &input.name, document: &document, kind: None }, &selection);
            if !linted.found.is_empty() {
                report.add(linted);
            }
        }
        if !is_chosen && input.sources.documents.is_empty() && fragment.is_none() {
            let why = input.sources.why_none().unwrap_or("there is no description in it");
            report.unread.push(Unread::new(&input.name, why));
        }
        report.notes.extend(input.sources.notes.iter().map(|note| format!("{}: {}.", input.name, note.text)));
    }
    if let Some(id) = args.pc.as_ref().filter(|_| !has_connection) {
        return Err(UserError::usage(format!("no peer connection is called `{id}`"))
            .hint("`rtcscope sdp explain` lists them")
            .into());
    }
    if let Some(at) = args.at.filter(|_| report.sessions.is_empty()) {
        return Err(input::no_description(at, count).into());
    }
    Ok(report)
}

impl Side {
    fn kind(self) -> Kind {
        match self {
            Self::Offer => Kind::Offer,
            Self::Answer => Kind::Answer,
        }
    }
}

/// What to say of a rule that is not there.
pub(super) fn unknown(error: UnknownRule) -> UserError {
    let meant = spelling::question(&error.near);
    UserError::usage(&error).hint(meant.unwrap_or_else(|| "`rtcscope sdp rules` lists them all".to_owned()))
}
