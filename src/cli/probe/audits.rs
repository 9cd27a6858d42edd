//! What is asked of each server once, beside whether it works.

use crate::probe::plan::Audits;

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Audits")]
#[group(skip)]
pub(super) struct Args {
    /// Do not ask what the server can do beyond the necessary, which takes up to eight short allocations
    #[arg(long)]
    no_capabilities: bool,
}

impl Args {
    /// As the plan has them.
    pub(super) fn audits(&self) -> Audits {
        Audits { capabilities: !self.no_capabilities }
    }
}
