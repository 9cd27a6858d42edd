//! `rtcscope sdp`: what stands in a session description, and what is wrong with it.

mod explain;
mod input;
mod lint;
mod negotiate;
mod rules;

use clap::Subcommand;

use super::Context;
use crate::finding::Exit;

/// Explain and check session descriptions (SDP), whole or broken
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Explain(explain::Args),
    Lint(lint::Args),
    Negotiate(negotiate::Args),
    Rules(rules::Args),
}

pub(super) fn run(args: Args, context: Context) -> anyhow::Result<Exit> {
    match args.command {
        Command::Explain(args) => explain::run(args, context),
        Command::Lint(args) => lint::run(args, context),
        Command::Negotiate(args) => negotiate::run(args, context),
        Command::Rules(args) => rules::run(args, context),
    }
}
