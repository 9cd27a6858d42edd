//! Which way a call goes.

use std::net::IpAddr;
use std::path::PathBuf;

use rustls::RootCertStore;
use rustls::pki_types::ServerName;

use crate::cli::UserError;
use crate::cli::probe::{credentials, embedded};
use crate::ice::uri::{Host, Scheme, ServerUri};
use crate::io::call::{self, Route};
use crate::io::local::{Local, LocalError};
use crate::io::server::EmbeddedServer;
use crate::io::tls;
use crate::probe::plan::{Target, Transport};
use crate::turn::Family;

#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Path")]
pub(super) struct Args {
    /// Have both ends meet through this turn: or turns: server; several are compared side by side
    #[arg(long, value_name = "URI")]
    relay: Vec<String>,
    /// Start a relay inside this process and meet through that, over UDP, TCP and TLS
    #[arg(long, conflicts_with_all = ["relay", "username", "password", "password_file", "secret", "key", "access_token", "access_token_file", "mac_key", "mac_key_file", "cafile", "servername", "insecure"])]
    embedded: bool,
    /// Reach relays over these instead of what their URIs ask for; several are compared side by side
    #[arg(long, value_name = "TRANSPORT", value_enum, value_delimiter = ',')]
    transport: Vec<Transport>,
    /// Ask for relays of this address family; browsers name none, which means IPv4
    #[arg(long, value_name = "FAMILY", value_enum)]
    pub(super) relay_family: Option<Family>,
    /// Which candidates there are besides relays (iceTransportPolicy) [default: relay]
    #[arg(long, value_name = "POLICY", value_enum)]
    policy: Option<Policy>,
    /// Trust the certificates of this PEM file instead of the system's
    #[arg(long, value_name = "FILE")]
    pub(super) cafile: Option<PathBuf>,
    /// Hold certificates against this name instead of the relay's host
    #[arg(long, value_name = "NAME", value_parser = crate::cli::probe::server_name)]
    pub(super) servername: Option<ServerName<'static>>,
    /// Go on with a bad certificate
    #[arg(long)]
    pub(super) insecure: bool,
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

/// What `--policy` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Policy {
    /// Host candidates too, which a call within one host then prefers
    All,
    /// None
    Relay,
}

/// Relays, and what keeps them going.
#[derive(Debug)]
pub(super) struct Routes {
    pub(super) routes: Vec<Route>,
    pub(super) roots: RootCertStore,
    /// Lives as long as the calls.
    pub(super) server: Option<EmbeddedServer>,
}

impl Args {
    /// Whether the relay is one of our own.
    pub(super) fn embedded(&self) -> bool {
        self.embedded
    }

    /// Host candidates too, where there are relays.
    pub(super) fn all(&self) -> bool {
        self.policy == Some(Policy::All)
    }

    /// Which families are used of relays' addresses.
    pub(super) fn families(&self) -> (bool, bool) {
        (self.ipv4 || !self.ipv6, self.ipv6 || !self.ipv4)
    }

    /// From where relays are reached.
    pub(super) fn local(&self) -> Result<Local, UserError> {
        let local = match (&self.interface, self.local_addr) {
            (None, None) => Ok(Local::default()),
            (Some(name), _) => Local::from_interface(name),
            (None, Some(address)) => Local::from_address(address),
        };
        local.map_err(UserError::usage)
    }

    /// That what is said of relays is said of one.
    fn needs_relay(&self, flags: &credentials::Args) -> Result<(), UserError> {
        if self.embedded || !self.relay.is_empty() {
            return Ok(());
        }
        let given = [
            ("--transport", !self.transport.is_empty()),
            ("--relay-family", self.relay_family.is_some()),
            ("--policy", self.policy.is_some()),
            ("--cafile", self.cafile.is_some()),
            ("--servername", self.servername.is_some()),
            ("--insecure", self.insecure),
        ];
        match given.into_iter().find_map(|(flag, given)| given.then_some(flag)).or_else(|| flags.given()) {
            Some(flag) => Err(UserError::usage(format!("{flag} is about relays, and there is none"))
                .hint("give --relay URI, or --embedded where our own relay will do")),
            None => Ok(()),
        }
    }

    /// Which relays, and how they are reached.
    pub(super) fn routes(&self, flags: &credentials::Args) -> anyhow::Result<Routes> {
        let mut targets = Vec::new();
        for text in &self.relay {
            let uri = ServerUri::from_target(text)
                .map_err(|error| UserError::usage(format!("--relay: {error}")).hint(error.hint()))?
                .with_scheme(Scheme::Turn);
            if !matches!(uri.scheme, Scheme::Turn | Scheme::Turns) {
                let message = format!("--relay: `{uri}` is no relay: a STUN server tells addresses alone");
                return Err(UserError::usage(message).hint("give a turn: or turns: URI").into());
            }
            let (v4, v6) = self.families();
            if let Host::Ip(ip) = &uri.host
                && !(if ip.is_ipv6() { v6 } else { v4 })
            {
                let flag = if ip.is_ipv6() { "-4" } else { "-6" };
                let error =
                    UserError::usage(format!("--relay: {flag} rules out `{uri}`, which is an address"));
                return Err(error.hint(format!("leave out {flag}, or name another server")).into());
            }
            targets.push(Target::from_uri(&uri));
        }
        self.needs_relay(flags)?;
        if flags.clock() {
            let error = UserError::usage("--clock is not for calls");
            return Err(error.hint("`rtcscope probe --clock` finds the server's clock").into());
        }
        if !targets.is_empty() {
            let who = flags.identity(None)?.credentials;
            targets.iter_mut().for_each(|target| target.credentials.clone_from(&who));
            if !self.transport.is_empty() {
                targets.iter_mut().for_each(|target| target.over(&self.transport));
            }
        }
        let (roots, server) = match self.embedded {
            true => {
                let mut roots = RootCertStore::empty();
                let server = embedded::start(&mut targets, &mut roots)?;
                if self.transport.contains(&Transport::Dtls) {
                    let error = UserError::usage("--transport dtls: the embedded server has no DTLS");
                    return Err(error.hint("give udp, tcp and tls, or name a server").into());
                }
                let wanted = |target: &Target| {
                    let mut over = target.attempts.iter().map(|attempt| attempt.transport);
                    self.transport.is_empty() || over.any(|transport| self.transport.contains(&transport))
                };
                targets.retain(wanted);
                (roots, Some(server))
            }
            false => (tls::roots_for(&targets, self.cafile.as_deref())?, None),
        };
        let routes = targets.iter().flat_map(|target| {
            let places = target.places().into_iter().filter(|place| place.attempt.required);
            places.map(|place| Route {
                name: target.uri.clone(),
                place,
                credentials: target.credentials.clone(),
            })
        });
        Ok(Routes { routes: routes.collect(), roots, server })
    }

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
