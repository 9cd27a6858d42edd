//! What is asked of each server once, beside whether it works.

use std::time::Duration;

use crate::cli::duration;
use crate::probe::plan::{Audits, NatAudit};

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Audits")]
#[group(skip)]
pub(super) struct Args {
    /// Do not ask what the server can do beyond the necessary, which takes up to eight short allocations
    #[arg(long)]
    no_capabilities: bool,
    /// Find out what the NATs and firewalls before this machine do to UDP (RFC 5780)
    #[arg(long)]
    nat: bool,
    /// Find out, too, after how much idle time they forget a socket; takes as long as the longest time tried [default: 5m]
    #[arg(long, value_name = "TIME", num_args = 0..=1, require_equals = true, default_missing_value = "5m", value_parser = duration::from_arg)]
    nat_lifetime: Option<Duration>,
}

impl Args {
    /// As the plan has them.
    pub(super) fn audits(&self) -> Audits {
        let nat =
            (self.nat || self.nat_lifetime.is_some()).then_some(NatAudit { lifetime: self.nat_lifetime });
        Audits { capabilities: !self.no_capabilities, nat }
    }

    /// How long the audits may wait for nothing to happen.
    pub(super) fn waiting(&self) -> Duration {
        self.nat_lifetime.unwrap_or_default()
    }
}
