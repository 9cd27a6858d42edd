//! `rtcscope man`.

use std::path::PathBuf;

use super::{Context, assets};
use crate::finding::Exit;
use crate::io::output;

/// Write the man pages into a directory
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Example:
  rtcscope man ~/.local/share/man/man1")]
pub(super) struct Args {
    /// The directory; made if it is not there
    #[arg(value_name = "DIR")]
    dir: PathBuf,
}

pub(super) fn run(args: Args, context: Context) -> anyhow::Result<Exit> {
    for (name, page) in assets::man_pages()? {
        output::write_file(&args.dir.join(name), &page)?;
    }
    context.emit_raw(&[])
}
