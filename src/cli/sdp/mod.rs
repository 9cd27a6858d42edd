//! `rtcscope sdp`: what stands in a session description, what is wrong with it, and the same with changes.

mod diff;
pub(super) mod explain;
mod input;
pub(super) mod lint;
mod negotiate;
mod rewrite;
mod rules;

use clap::Subcommand;

pub(super) use rules::Rules;

use super::Context;
use crate::finding::Exit;

/// Explain, check and rewrite session descriptions (SDP), whole or broken
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:
  rtcscope sdp explain offer.sdp
      what a description says
  rtcscope sdp lint offer.sdp
      what is wrong with it, line by line
  rtcscope sdp negotiate offer.sdp answer.sdp
      what two of them agree on
  rtcscope sdp diff before.sdp after.sdp
      what differs between them in meaning
  rtcscope sdp rewrite --prefer H264 offer.sdp
      the same with another order of codecs";

#[derive(Debug, Subcommand)]
enum Command {
    Diff(diff::Args),
    Explain(explain::Args),
    Lint(lint::Args),
    Negotiate(negotiate::Args),
    Rewrite(rewrite::Args),
    Rules(rules::Args),
}

impl Args {
    /// The arguments of `sdp lint`, if that is it.
    pub(super) fn lint(self) -> Option<lint::Args> {
        match self.command {
            Command::Lint(args) => Some(args),
            _ => None,
        }
    }
}

pub(super) fn run(args: Args, context: Context) -> anyhow::Result<Exit> {
    match args.command {
        Command::Diff(args) => diff::run(args, context),
        Command::Explain(args) => explain::run(args, context),
        Command::Lint(args) => lint::run(args, context),
        Command::Negotiate(args) => negotiate::run(args, context),
        Command::Rewrite(args) => rewrite::run(args, context),
        Command::Rules(args) => rules::run(args, context),
    }
}
