//! `rtcscope analyze diff`

use std::path::PathBuf;

use crate::cli::Context;
use crate::finding::Exit;

/// Compare two captures of one call
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Near the sender
    a: PathBuf,
    /// Near the receiver
    b: PathBuf,
}

pub(super) fn run(args: Args, _context: Context) -> anyhow::Result<Exit> {
    anyhow::bail!("{} {}", args.a.display(), args.b.display())
}
