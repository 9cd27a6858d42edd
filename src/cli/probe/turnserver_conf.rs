//! `--turnserver-conf`: a server's own configuration, for targets, for credentials, and to be linted.

use std::path::PathBuf;

use crate::cli::UserError;
use crate::ice::uri::ServerUri;
use crate::io::input;
use crate::turnserver::{Conf, MAX_BYTES, Report};

#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Server configuration")]
pub(super) struct Args {
    /// Read a coturn configuration from a file, or - for standard input: say what is wrong with it
    /// (not with --watch), and take the credentials from it, and the targets if none are named
    #[arg(long, value_name = "FILE", conflicts_with = "embedded")]
    pub(super) turnserver_conf: Option<PathBuf>,
    /// Say what is wrong with the configuration, and send nothing
    #[arg(long, requires = "turnserver_conf", conflicts_with_all = ["targets", "ice_servers", "max", "require", "pcap", "trace", "watch"])]
    pub(super) lint_only: bool,
}

/// A configuration, and where it came from.
#[derive(Debug)]
pub(super) struct Configured {
    pub(super) conf: Conf,
    name: String,
}

impl Args {
    /// Reads the file, if there is one.
    pub(super) fn read(&self) -> anyhow::Result<Option<Configured>> {
        let Some(path) = &self.turnserver_conf else { return Ok(None) };
        let bytes = input::read_bytes_or_stdin(path, MAX_BYTES as u64)?;
        let name = match path.as_os_str() == "-" {
            true => "standard input".to_owned(),
            false => path.display().to_string(),
        };
        Ok(Some(Configured { conf: Conf::from_bytes(&bytes), name }))
    }
}

impl Configured {
    /// What is wrong with it.
    pub(super) fn report(&self) -> Report {
        Report::new(&self.conf, &self.name)
    }

    /// The servers that it describes.
    pub(super) fn uris(&self) -> Result<Vec<ServerUri>, UserError> {
        let uris = self.conf.uris();
        if !uris.is_empty() {
            return Ok(uris);
        }
        let why = match self.conf.hosts().is_empty() {
            true => "does not say at which address the server is reached",
            false => "opens no port for clients",
        };
        Err(UserError::usage(format!("{} {why}", self.name))
            .hint("name the server beside it, as in `rtcscope probe turn:turn.example.org --turnserver-conf FILE`")
            .hint("or give --lint-only to look at the file alone"))
    }
}
