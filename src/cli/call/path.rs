//! Which way a call goes.

use std::net::IpAddr;

use crate::cli::UserError;
use crate::io::call;
use crate::io::local::{Local, LocalError};

#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Path")]
pub(super) struct Args {
    /// Use IPv4; with -6, both [default: IPv4 on loopback, both with --interface]
    #[arg(short = '4', long)]
    ipv4: bool,
    /// Use IPv6; with -4, both
    #[arg(short = '6', long)]
    ipv6: bool,
    /// Put both ends at the addresses of this interface instead of loopback
    #[arg(long, value_name = "NAME")]
    interface: Option<String>,
    /// Put both ends at this address of this machine
    #[arg(long, value_name = "IP", conflicts_with = "interface")]
    local_addr: Option<IpAddr>,
}

impl Args {
    /// Where the ends have their sockets.
    pub(super) fn addresses(&self) -> Result<Vec<IpAddr>, UserError> {
        let local = match (&self.interface, self.local_addr) {
            (None, None) => return Ok(call::loopback(self.ipv4 || !self.ipv6, self.ipv6)),
            (Some(name), _) => Local::from_interface(name),
            (None, Some(address)) => Local::from_address(address),
        };
        let local = local.map_err(|error| {
            let hint = match &error {
                LocalError::NoInterface { known, .. } => format!("there is {}", known.join(", ")),
                _ => String::new(),
            };
            UserError::usage(error).hint(hint)
        })?;
        let any = !self.ipv4 && !self.ipv6;
        let wanted = |ip: &&IpAddr| match ip {
            IpAddr::V4(_) => any || self.ipv4,
            // It would have to be said over which link.
            IpAddr::V6(ip) => (any || self.ipv6) && !ip.is_unicast_link_local(),
        };
        let addresses: Vec<IpAddr> = local.addresses().iter().filter(wanted).copied().collect();
        if addresses.is_empty() {
            let message = "there is no address of that family to put the ends at";
            return Err(UserError::usage(message).hint("leave out -4 or -6, or take another interface"));
        }
        Ok(addresses)
    }
}
