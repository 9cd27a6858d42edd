//! `rtcscope analyze`: captures in, a summary out, or packets and reports one by one.

mod diff;
mod input;
mod limits;
mod listing;
mod live;
mod view;

use std::path::PathBuf;

use crate::analyze::summary::{Judge, Summary};
use crate::analyze::{Analysis, Settings};
use crate::cli::Context;
use crate::finding::Exit;

/// Say what a capture shows of a call: its RTP streams, and what went wrong in it
#[derive(Debug, clap::Args)]
#[command(after_long_help = format!("{EXAMPLES}\n\n{}", limits::HELP), args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(disable_help_subcommand = true)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    /// Captures (pcap, pcapng; gzip or zstd), taken as one in this order; - for standard input
    #[arg(value_name = "CAPTURE", required = true)]
    captures: Vec<PathBuf>,
    #[command(flatten)]
    known: input::Known,
    #[command(flatten)]
    view: view::View,
    #[command(flatten)]
    limits: limits::Args,
}

/// What takes more than one look. A first word that is none of these is a capture; ./diff is one, too.
#[derive(Debug, clap::Subcommand)]
enum Command {
    Diff(diff::Args),
}

const EXAMPLES: &str = "Examples:
  rtcscope analyze call.pcapng
      the RTP streams of a capture, plain or SRTP, direct or through TURN
  rtcscope analyze --sdp offer.sdp --sdp answer.sdp call.pcap.gz
      with codecs by name, and a rating of speech
  rtcscope analyze call.pcapng --timeline
      each stream over time, drawn in characters; --format csv for the figures of each second
  rtcscope analyze call.pcapng --rtcp --ssrc 0x2a3945c1
      what RTCP says by and about a source, block by block
  rtcscope analyze call.pcapng --packets --from 12 --to 13.5 --format csv -o packets.csv
      packet by packet, with gaps, copies and late ones told
  rtcscope analyze diff alice.pcapng bob.pcapng
      what was lost between two captures of one call, and how the delay varied
  tcpdump -i eth0 -U -w - udp | rtcscope analyze --live -
      a line a second while it goes on, the summary at Ctrl-C

  rtcscope analyze --max loss=2% --max rtt=300ms --min mos=3.8 call.pcapng
      fail beyond these figures, for continuous integration
  rtcscope analyze --side receiver --limit gap.audio=200ms/1s call.pcapng
      say where it was taken, and from when on an interruption counts

Exit codes here:
  0 nothing at or above --fail-on, 1 something, or a figure beyond --max or --min, 2 the command line is wrong,
  3 an input cannot be read, or a figure of --max or --min was not measured, 130 interrupted";

pub(super) fn run(args: Args, mut context: Context) -> anyhow::Result<Exit> {
    if let Some(Command::Diff(args)) = args.command {
        return diff::run(args, context);
    }
    let judge = args.limits.judge(&context)?;
    let texts = args.known.read()?;
    let view = &args.view;
    let settings = Settings { interval_ns: view.interval_ns(), window: view.window()?, ..texts.settings() };
    if view.live {
        return live::run(&args.captures, settings, view, judge, context);
    }
    if let Some(what) = view.listing() {
        return listing::run(what, &args.captures, &texts, view, context);
    }
    let summary = summary(&args, settings, judge, &mut context)?;
    context.emit(&summary)
}

/// Whether the flags make sense, as far as that is to be known without the captures.
pub(super) fn review(args: &Args, context: &Context) -> anyhow::Result<()> {
    args.limits.judge(context)?;
    args.view.window()?;
    Ok(())
}

/// Looks as `run` does, for a command that does more than that.
pub(super) fn examine(args: &Args, context: &mut Context) -> anyhow::Result<Summary> {
    let judge = args.limits.judge(context)?;
    let settings = Settings { window: args.view.window()?, ..args.known.read()?.settings() };
    summary(args, settings, judge, context)
}

fn summary(args: &Args, settings: Settings, judge: Judge, context: &mut Context) -> anyhow::Result<Summary> {
    let view = &args.view;
    let files = input::open(&args.captures)?;
    let window = settings.window;
    let mut analysis = Analysis::new(settings);
    let captures = input::read_all(files, &mut analysis, context, &mut |_, context| {
        anyhow::ensure!(!context.is_over(), "stopped before the end of the capture");
        Ok(())
    })?;
    analysis.finish();
    view.knows(&analysis)?;
    let mut summary = Summary::judged(captures, &analysis, judge);
    if view.timeline {
        summary = summary.over_time(&analysis, context.verbosity > 0);
    }
    if context.draws() {
        summary = summary.drawn(&analysis);
    }
    Ok(summary.narrowed(&view.filter(), window))
}
