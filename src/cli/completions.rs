//! `rtcscope completions`.

use clap_complete::Shell;

use super::{Context, assets};
use crate::finding::Exit;

/// Print the completion script for a shell
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  rtcscope completions bash > ~/.local/share/bash-completion/completions/rtcscope
  rtcscope completions fish > ~/.config/fish/completions/rtcscope.fish")]
pub(super) struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn run(args: Args, context: Context) -> anyhow::Result<Exit> {
    context.emit_raw(&assets::completions(args.shell))
}
