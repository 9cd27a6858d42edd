//! What is to be probed: URIs, bare hosts, or what a web app is given.

use std::path::PathBuf;

use super::credentials::{self, Identity};
use super::turnserver_conf::Configured;
use crate::cli::UserError;
use crate::ice::servers::{IceServers, MAX_BYTES, TransportPolicy};
use crate::ice::uri::{self, Scheme, ServerUri};
use crate::io::input;
use crate::probe::plan::{Attempt, Target, Transport};

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// stun:, stuns:, turn: or turns: URIs, or host[:port]
    #[arg(value_name = "TARGET")]
    targets: Vec<String>,
    /// Read an iceServers array, an RTCConfiguration or a provider's reply from a file, or - for standard input
    #[arg(long, value_name = "FILE")]
    pub(super) ice_servers: Option<PathBuf>,
    /// Start a server inside this process and probe that
    #[arg(long, conflicts_with_all = ["targets", "ice_servers", "username", "password", "password_file", "secret", "key", "access_token", "access_token_file", "mac_key", "mac_key_file"])]
    pub(super) embedded: bool,
}

impl Args {
    /// How many servers there may be, before any list is read.
    pub(super) fn named(&self) -> u32 {
        let listed = if self.ice_servers.is_some() { MOST_LISTED } else { 0 };
        (self.targets.len() as u32).max(1) + listed
    }
}

/// A list of servers has no more than this, as far as a time limit is concerned.
const MOST_LISTED: u32 = 8;

/// The targets in the order given, each with its credentials, and whether a list of them says that only
/// relays may be used.
pub(super) fn read(
    args: &Args,
    flags: &credentials::Args,
    configured: Option<&Configured>,
) -> anyhow::Result<(Vec<Target>, bool)> {
    if args.embedded {
        return Ok((Vec::new(), false));
    }
    let unnamed = args.targets.is_empty() && args.ice_servers.is_none();
    if unnamed && configured.is_none() {
        return Err(UserError::usage("there is nothing to probe")
            .hint("name a server, as in `rtcscope probe turn:turn.example.org`")
            .hint("or give --ice-servers FILE, --turnserver-conf FILE, or --embedded for a server inside this process")
            .into());
    }
    let identity = flags.identity(configured.map(|configured| &configured.conf))?;
    let (mut targets, mut relay_only) = (Vec::new(), false);
    if let Some(configured) = configured.filter(|_| unnamed) {
        for uri in configured.uris()? {
            targets.push(Target { configured: true, ..target(&uri, &identity) });
        }
    }
    for (at, text) in args.targets.iter().enumerate() {
        let uri = match ServerUri::from_target(text) {
            Ok(uri::Target::Uri(uri)) => uri,
            // Without a scheme: a relay if there is somebody to be, else the reflexive address.
            Ok(bare @ uri::Target::Bare { .. }) => bare.with_scheme(match identity.credentials {
                Some(_) => Scheme::Turn,
                None => Scheme::Stun,
            }),
            Err(error) => {
                // By its number, since the text may hold a password.
                let place = match args.targets.len() {
                    1 => String::new(),
                    _ => format!("target {}: ", at + 1),
                };
                return Err(UserError::usage(format!("{place}{error}")).hint(error.hint()).into());
            }
        };
        targets.push(target(&uri, &identity));
    }
    if let Some(path) = &args.ice_servers {
        let text = input::read_text_or_stdin(path, MAX_BYTES as u64)?;
        let servers = IceServers::from_json(&text).map_err(|error| {
            let place =
                if path.as_os_str() == "-" { "standard input".into() } else { path.to_string_lossy() };
            let hint = error.hint().unwrap_or_default();
            UserError::could_not_look(format!("{place}: {error}")).hint(hint)
        })?;
        for server in &servers.servers {
            let proof = server.credential.is_some() || server.token.is_some();
            let halved = match (&server.username, proof) {
                (Some(_), false) => Some("a user name without a credential"),
                (None, true) => Some("a credential without a user name"),
                _ => None,
            };
            if let (Some(halved), Some(first)) = (halved, server.urls.first()) {
                // A browser refuses it too, with an InvalidAccessError.
                let place = if server.location.is_empty() { &first.location } else { &server.location };
                let message = format!("{}: {place}: {halved}", path.to_string_lossy());
                return Err(UserError::could_not_look(message)
                    .hint("a server has both `username` and `credential`, or neither")
                    .into());
            }
            let own = match (&server.username, &server.credential, &server.token) {
                (Some(kid), _, Some(token)) => Some(credentials::Args::listed_token(kid, token)),
                (Some(username), Some(credential), None) => Some(flags.listed(username, credential)),
                _ => None,
            };
            for located in &server.urls {
                targets.push(target(&located.uri, own.as_ref().unwrap_or(&identity)));
            }
        }
        relay_only = servers.transport_policy == Some(TransportPolicy::Relay);
        if relay_only && !targets.iter().any(|target| target.turn) {
            return Err(UserError::usage("iceTransportPolicy is `relay`, and no server is a turn: one")
                .hint("no call can come about with this configuration")
                .into());
        }
    }
    targets.dedup_by(|a, b| a.uri == b.uri && a.credentials.is_none() && b.credentials.is_none());
    Ok((targets, relay_only))
}

fn target(uri: &ServerUri, identity: &Identity) -> Target {
    let mut target = Target::from_uri(uri);
    if target.turn {
        target.credentials = identity.credentials.clone();
        target.knowledge = identity.knowledge.clone();
        target.clock = identity.clock.clone();
        target.minting = identity.minting.clone();
    }
    target
}

/// Makes the transports of `--require` ones that a target is unhealthy without.
pub(super) fn require(targets: &mut [Target], wanted: &[Transport]) -> Result<(), UserError> {
    for transport in wanted {
        let mut found = false;
        let attempts = targets.iter_mut().flat_map(|target| &mut target.attempts);
        for attempt in attempts.filter(|attempt| attempt.transport == *transport) {
            *attempt = Attempt { required: true, ..*attempt };
            found = true;
        }
        if !found {
            let name = transport.name();
            return Err(UserError::usage(format!("--require {name}: no target is probed over {name}")).hint(
                match transport {
                    Transport::Udp => "add a `turn:` or `stun:` URI without ?transport=tcp",
                    Transport::Tcp => "add a `turn:` URI, with or without ?transport=tcp",
                    Transport::Tls => "add a `turns:` URI",
                    Transport::Dtls => "add a `turns:` URI with ?transport=udp, or give --transport",
                },
            ));
        }
    }
    Ok(())
}
