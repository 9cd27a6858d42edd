//! What is asked of each server once, beside whether it works.

use std::net::SocketAddr;
use std::time::Duration;

use crate::cli::{UserError, duration};
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
    /// Ask what the server lets strangers do: relays without a login, peers in private networks, what else they get.
    /// At most fifty requests a server, and nothing is sent to any peer
    #[arg(long)]
    security: bool,
    /// Send three datagrams through the relay to this peer, and say what comes back; may be repeated, up to eight
    /// times. Name only hosts that are yours
    #[arg(long, value_name = "IP:PORT", requires = "security", value_parser = peer)]
    ssrf_deliver: Vec<SocketAddr>,
}

/// No probe needs more peers, and this is no attack tool.
const MOST_PEERS: usize = 8;

impl Args {
    /// As the plan has them.
    pub(super) fn audits(&self) -> Result<Audits, UserError> {
        if self.ssrf_deliver.len() > MOST_PEERS {
            return Err(UserError::usage(format!("--ssrf-deliver takes {MOST_PEERS} peers at most")));
        }
        Ok(Audits {
            capabilities: !self.no_capabilities,
            security: self.security,
            deliver: self.ssrf_deliver.clone(),
            nat: (self.nat || self.nat_lifetime.is_some())
                .then_some(NatAudit { lifetime: self.nat_lifetime }),
            ..Audits::default()
        })
    }

    /// How long the audits may wait for nothing to happen.
    pub(super) fn waiting(&self) -> Duration {
        self.nat_lifetime.unwrap_or_default()
    }
}

fn peer(arg: &str) -> Result<SocketAddr, String> {
    let wrong = "write an address and a port, as in 10.0.0.5:7 or [fd00::5]:7";
    arg.parse().ok().filter(|peer: &SocketAddr| peer.port() != 0).ok_or_else(|| wrong.to_owned())
}
