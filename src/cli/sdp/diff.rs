//! `rtcscope sdp diff`: two descriptions in, what differs in meaning out.

use super::input::{self, Input};
use super::lint::unknown;
use crate::cli::{Context, UserError};
use crate::finding::Exit;
use crate::sdp::diff::{Comparison, DiffReport, One, Options, Relation, steps};
use crate::sdp::lint::{self, Selection};

/// Compare two session descriptions by what they mean
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The earlier description: a file with SDP in it, or - for standard input; or a dump, alone
    #[arg(value_name = "A")]
    from: String,
    /// The later description
    #[arg(value_name = "B")]
    to: Option<String>,
    /// Show the lines that differ, as diff -u does; ICE passwords and keys are left out
    #[arg(long)]
    raw: bool,
    /// Exit with 1 if there is a difference in meaning, with --raw in any line
    #[arg(long)]
    exit_code: bool,
    /// B is a later offer of the session of A: ask the rules about that, whatever the o= lines say
    #[arg(long)]
    reoffer: bool,
    /// Of a dump, take this peer connection alone
    #[arg(long, value_name = "ID", conflicts_with = "to")]
    pc: Option<String>,
    /// Of one input, take what the description of this number is part of; given twice, compare these two
    #[arg(long, value_name = "NUMBER", conflicts_with = "to")]
    at: Vec<usize>,
    /// Ask these rules alone: codes, the beginning of codes (SDP7), or names; may be repeated
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    select: Vec<String>,
    /// Do not ask these rules; may be repeated
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    ignore: Vec<String>,
}

const EXAMPLES: &str = "Examples:
  rtcscope sdp diff before.sdp after.sdp
      codecs, directions, ICE, DTLS, extensions, m-line by m-line
  pbpaste | rtcscope sdp diff before.sdp -
      the same with what was copied
  rtcscope sdp diff --raw before.sdp after.sdp
      the lines
  rtcscope sdp diff webrtc_internals_dump.txt
      what was munged, and what each new offer changed; --at 2 takes what description 2 is part of
  rtcscope sdp diff webrtc_internals_dump.txt --at 1 --at 3
      two descriptions of a dump, by the numbers of `rtcscope sdp explain`

Exit codes here:
  0 compared, whether they differ or not, 1 a rule about later offers says error (see --fail-on), or with --exit-code
  there is a difference, 2 the command line is wrong, 3 an input cannot be read or has no SDP in it";

pub(super) fn run(args: Args, context: Context) -> anyhow::Result<Exit> {
    let selection = Selection::from_words(&args.select, &args.ignore).map_err(unknown)?;
    let relation = args.reoffer.then_some(Relation::Later);
    let options = Options { selection, relation, raw: args.raw, drawn: context.draws(), has_gap: false };
    let mut report =
        DiffReport { fails_on_difference: args.exit_code, fail_on: context.fail_on, ..DiffReport::default() };
    match &args.to {
        Some(to) if *to == args.from && to == "-" => {
            return Err(UserError::usage("standard input can be read once only")
                .hint("save one of the two to a file")
                .into());
        }
        Some(to) => {
            let inputs = input::read(&[args.from.clone(), to.clone()])?;
            let [from, to] = [only(&inputs[0])?, only(&inputs[1])?];
            report.add(Comparison::of(from, to, &options));
        }
        None => {
            let inputs = input::read(std::slice::from_ref(&args.from))?;
            within(&inputs[0], &args, &options, &mut report)?;
        }
    }
    context.emit(&report)
}

/// The one description of an input.
fn only(input: &Input) -> anyhow::Result<One<'_>> {
    match input.sources.documents.len() {
        0 => Err(none(input).into()),
        1 => Ok(number(input, 1)?),
        count => Err(UserError::usage(format!("{} has {count} descriptions", input.name))
            .hint("give that input alone, with `--at` twice for two of them; `rtcscope sdp explain` numbers them")
            .into()),
    }
}

fn none(input: &Input) -> UserError {
    let why = input.sources.why_none().unwrap_or("there is no description in it");
    UserError::could_not_look(format!("{}: {why}", input.name))
        .hint("`rtcscope sdp explain` says what is in it")
}

/// The description of this number.
fn number(input: &Input, number: usize) -> anyhow::Result<One<'_>> {
    let documents = &input.sources.documents;
    let Some(document) = number.checked_sub(1).and_then(|index| documents.get(index)) else {
        return Err(UserError::usage(format!("there is no description {number}"))
            .hint(format!("the input has {}", documents.len()))
            .into());
    };
    Ok(One { input: lint::Input { source: &input.name, document, kind: None }, number })
}

/// Compares what is in one input.
fn within(input: &Input, args: &Args, options: &Options, report: &mut DiffReport) -> anyhow::Result<()> {
    let documents = &input.sources.documents;
    if documents.is_empty() {
        return Err(none(input).into());
    }
    for at in &args.at {
        number(input, *at)?;
    }
    if args.at.len() > 2 {
        return Err(UserError::usage("`--at` is given more than twice").into());
    }
    if let [from, to] = args.at[..] {
        report.add(Comparison::of(number(input, from)?, number(input, to)?, options));
        return Ok(());
    }
    let Some(dump) = &input.sources.dump else {
        return match (documents.len(), &args.pc) {
            (_, Some(_)) => Err(UserError::usage(format!("{} is no dump", input.name))
                .hint("`--pc` is for dumps of webrtc-internals or rtcstats")
                .into()),
            (2, None) => {
                report.add(Comparison::of(number(input, 1)?, number(input, 2)?, options));
                Ok(())
            }
            (1, None) => {
                let text = format!("{} has one description, and nothing to compare it with", input.name);
                Err(UserError::could_not_look(text).hint("give a second input").into())
            }
            (count, None) => Err(UserError::usage(format!("{} has {count} descriptions", input.name))
                .hint("say which with `--at` twice; `rtcscope sdp explain` numbers them")
                .into()),
        };
    };
    if let Some(id) = args.pc.as_ref().filter(|id| dump.connections.iter().all(|one| one.id != **id)) {
        return Err(UserError::usage(format!("no peer connection is called `{id}`"))
            .hint("`rtcscope sdp explain` lists them")
            .into());
    }
    let all = steps(dump);
    let is_asked = |step: &&crate::sdp::diff::Step<'_>| {
        args.pc.as_ref().is_none_or(|id| id == step.connection)
            && args.at.iter().all(|at| step.from + 1 == *at || step.to + 1 == *at)
    };
    for step in all.iter().filter(is_asked) {
        let options = Options { relation: Some(step.relation), has_gap: true, ..options.clone() };
        let mut comparison =
            Comparison::of(number(input, step.from + 1)?, number(input, step.to + 1)?, &options);
        comparison.connection = Some(step.connection.to_owned());
        comparison.side = Some(step.side);
        report.add(comparison);
    }
    if report.comparisons.is_empty() {
        let why = match args.at[..] {
            [at] => format!(
                "description {at} was not changed between created and set, and no other offer of its side comes before or after it"
            ),
            _ => "what was created was set as it was, and no side made a second offer".to_owned(),
        };
        report.notes.push(format!("{}: nothing to compare: {why}.", input.name));
    }
    Ok(())
}
