//! `rtcscope analyze diff`: two captures of one call in, what happened between them out.

use std::path::{Path, PathBuf};

use super::input::{self, Known, Texts};
use super::view;
use crate::analyze::diff::{Side, compare};
use crate::analyze::listing::Filter;
use crate::analyze::summary::CaptureFacts;
use crate::analyze::{Analysis, Settings};
use crate::cli::{Context, UserError};
use crate::finding::Exit;

/// Compare two captures of one call: what was lost between them, and how the delay varied
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The capture near the sender; - for standard input
    #[arg(value_name = "A")]
    a: PathBuf,
    /// The capture near the receiver
    #[arg(value_name = "B")]
    b: PathBuf,
    /// Compare only this source, as 0x… or decimal; may be repeated
    #[arg(long, value_name = "SSRC", value_parser = view::ssrc)]
    ssrc: Vec<u32>,
    #[command(flatten)]
    known: Known,
}

const EXAMPLES: &str = "Packets are the same where SSRC, sequence number and timestamp are, with or without SRTP, through NATs and relays.
The clocks of the two machines need not agree: delays are told above the shortest one, and a drift is taken out.
For streams that go from B to A, as a call has them too, the way is told from the packets.

Examples:
  rtcscope analyze diff alice.pcapng bob.pcapng
      who lost what, when, and which packets came late
  rtcscope analyze diff --ssrc 0x2a3945c1 --format json alice.pcapng bob.pcapng
      one source, with all runs of losses

Exit codes here:
  0 compared, 2 the command line is wrong, 3 an input cannot be read";

pub(super) fn run(args: Args, mut context: Context) -> anyhow::Result<Exit> {
    if args.a == args.b && args.a == Path::new("-") {
        return Err(UserError::usage("standard input can be read once only")
            .hint("save one of the two to a file")
            .into());
    }
    let texts = args.known.read()?;
    let filter = Filter { ssrcs: args.ssrc, ..Filter::default() };
    let files = input::open(&[args.a, args.b])?;
    let mut sides = Vec::new();
    for file in files {
        sides.push(read(file, &texts, &filter, &mut context)?);
    }
    let [(a, of_a), (b, of_b)] = <[_; 2]>::try_from(sides).map_err(|_| anyhow::anyhow!("two captures"))?;
    context.emit(&compare(&a, &b, [of_a, of_b]))
}

fn read(
    file: crate::io::capture::CaptureFile,
    texts: &Texts,
    filter: &Filter,
    context: &mut Context,
) -> anyhow::Result<(Side, CaptureFacts)> {
    let mut analysis = Analysis::new(Settings { tells: true, ..texts.settings() });
    let (mut side, mut events) = (Side::default(), Vec::new());
    let mut captures = input::read_all(vec![file], &mut analysis, context, &mut |analysis, _| {
        analysis.events(&mut events);
        side.take(&events, filter);
        Ok(())
    })?;
    analysis.finish();
    analysis.events(&mut events);
    side.take(&events, filter);
    side.finish(&analysis);
    let facts = captures.pop().ok_or_else(|| anyhow::anyhow!("a capture"))?;
    Ok((side, facts))
}
