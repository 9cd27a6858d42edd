//! `rtcscope stun`: what stands in one message.

mod decode;
mod report;

use clap::Subcommand;

pub(super) use report::Decoded;

use super::Context;
use crate::finding::Exit;

/// Take STUN and TURN messages apart
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Example:
  rtcscope stun decode 000100002112a442b7e7a701bc34d686fa87dfae")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Decode(decode::Args),
}

pub(super) fn run(args: Args, context: Context) -> anyhow::Result<Exit> {
    match args.command {
        Command::Decode(args) => decode::run(args, context),
    }
}
