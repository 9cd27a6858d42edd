//! `rtcscope sdp`: what stands in a session description.

mod explain;
mod input;

use clap::Subcommand;

use super::Context;
use crate::finding::Exit;

/// Explain session descriptions (SDP), whole or broken
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Explain(explain::Args),
}

pub(super) fn run(args: Args, context: Context) -> anyhow::Result<Exit> {
    match args.command {
        Command::Explain(args) => explain::run(args, context),
    }
}
