//! Over what a target is reached, and from where: `--transport`, `-4`, `-6`, `--srv`, `--interface`, `--local-addr`.

use std::net::IpAddr;

use crate::cli::UserError;
use crate::ice::uri::Host;
use crate::io::local::{Local, LocalError};
use crate::probe::plan::{Families, Target, Transport};

#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Network")]
pub(super) struct Args {
    /// Probe over these instead of what the URIs ask for, at a URI's port if it names one
    #[arg(long, value_name = "TRANSPORT", value_enum, value_delimiter = ',')]
    transport: Vec<Transport>,
    /// Probe IPv4 addresses alone; with -6, both
    #[arg(short = '4', long)]
    ipv4: bool,
    /// Probe IPv6 addresses alone; with -4, both
    #[arg(short = '6', long)]
    ipv6: bool,
    /// Ask DNS for NAPTR and SRV records first, and probe all that they name (RFC 5928)
    #[arg(long)]
    pub(super) srv: bool,
    /// Send through this interface alone; DNS is left as it is
    #[arg(long, value_name = "NAME")]
    interface: Option<String>,
    /// Send from this address of this machine alone; DNS is left as it is
    #[arg(long, value_name = "IP", conflicts_with = "interface", value_parser = address)]
    local_addr: Option<IpAddr>,
}

/// An address without an interface.
fn address(arg: &str) -> Result<IpAddr, String> {
    match arg.split_once('%') {
        Some((address, link)) if address.parse::<IpAddr>().is_ok() => {
            Err(format!("an address is taken without its interface; `--interface {link}` sends through that"))
        }
        _ => arg.parse().map_err(|_| "write an IPv4 or IPv6 address, as in 192.0.2.1".to_owned()),
    }
}

impl Args {
    /// The families that are tried.
    pub(super) fn families(&self) -> Families {
        match (self.ipv4, self.ipv6) {
            (false, false) => Families::BOTH,
            (v4, v6) => Families { v4, v6 },
        }
    }

    /// Replaces the targets' transports.
    pub(super) fn apply(&self, targets: &mut [Target]) -> Result<(), UserError> {
        if !self.transport.is_empty() {
            targets.iter_mut().for_each(|target| target.over(&self.transport));
        }
        let families = self.families();
        for target in targets.iter() {
            let Host::Ip(ip) = target.host else { continue };
            let (tried, flag, other) = match ip.is_ipv4() {
                true => (families.v4, "-6", "IPv4"),
                false => (families.v6, "-4", "IPv6"),
            };
            if !tried {
                return Err(UserError::usage(format!("{flag}, and {} is an {other} address", target.uri))
                    .hint(format!("leave out {flag}, or name the server instead of its address")));
            }
        }
        Ok(())
    }

    /// Leaves the embedded server's listeners that are asked for.
    pub(super) fn keep(&self, listeners: &mut Vec<Target>) -> Result<(), UserError> {
        if self.transport.contains(&Transport::Dtls) {
            return Err(UserError::usage("--transport dtls: the embedded server has no DTLS")
                .hint("give udp, tcp and tls, or name a server"));
        }
        if self.ipv6 && !self.ipv4 {
            return Err(UserError::usage("-6: the embedded server listens on 127.0.0.1").hint("leave out -6"));
        }
        if !self.transport.is_empty() {
            listeners.retain(|target| {
                target.attempts.iter().any(|attempt| self.transport.contains(&attempt.transport))
            });
        }
        Ok(())
    }

    /// Where sockets are bound.
    pub(super) fn local(&self) -> Result<Local, UserError> {
        let local = match (&self.interface, self.local_addr) {
            (Some(name), _) => Local::from_interface(name),
            (None, Some(address)) => Local::from_address(address),
            (None, None) => Ok(Local::default()),
        };
        local.map_err(|error| {
            let known = match &error {
                LocalError::NoScope { links, .. } if !links.is_empty() => {
                    let flags: Vec<String> = links.iter().map(|link| format!("--interface {link}")).collect();
                    return UserError::usage(format!("--local-addr: {error}"))
                        .hint(format!("its link: {}", flags.join(" or ")));
                }
                LocalError::NoScope { .. } => "no interface with it: see `ip -6 addr`".to_owned(),
                LocalError::NoInterface { known, .. } => known.join(", "),
                LocalError::NoAddress { known, .. } | LocalError::NoSource { known, .. } => {
                    known.iter().map(IpAddr::to_string).collect::<Vec<_>>().join(", ")
                }
            };
            let flag = if self.interface.is_some() { "--interface" } else { "--local-addr" };
            UserError::usage(format!("{flag}: {error}")).hint(format!("there is {known}"))
        })
    }
}
