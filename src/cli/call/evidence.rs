//! Files that a run leaves: packets and keys.

use std::path::{Path, PathBuf};

use crate::cli::{Context, UserError};
use crate::io::call::Files;
use crate::io::output;

#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Recording")]
pub(super) struct Args {
    /// Write the packets of the call to a file for Wireshark (pcapng), each once, as it arrived
    ///
    /// Taken where packets arrive, behind what --impair did to them: a packet that was dropped is not in it, and a copy is.
    /// What relays passed on stands there without their framing.
    #[arg(long, value_name = "FILE")]
    pcap: Option<PathBuf>,
    /// Write the same in clear: STUN, RTP, RTCP and SCTP
    #[arg(long, value_name = "FILE")]
    pcap_plain: Option<PathBuf>,
    /// Write the master keys of SRTP, for `rtcscope analyze --keys`
    ///
    /// They are those of this run alone, and open nothing else. Only you may read the file.
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
}

impl Args {
    /// Which files, each of its own.
    pub(super) fn files(&self, context: &Context) -> Result<Files, UserError> {
        let named = [("--pcap", &self.pcap), ("--pcap-plain", &self.pcap_plain), ("--keys", &self.keys)];
        let named: Vec<(&str, &Path)> =
            named.into_iter().filter_map(|(flag, path)| Some((flag, path.as_deref()?))).collect();
        for (n, (flag, path)) in named.iter().enumerate() {
            if path.as_os_str() == "-" {
                let message = format!("{flag} needs a file: standard output is for the result");
                return Err(UserError::usage(message));
            }
            if let Some((other, _)) = named[..n].iter().find(|(_, other)| output::is_same_file(other, path)) {
                return Err(UserError::usage(format!("{other} and {flag} would write the same file")));
            }
            if context.writes_to(path) {
                let message = format!("{flag}: {} is where the result goes", path.display());
                return Err(
                    UserError::usage(message).hint("give each `--report`, `--output` and file its own")
                );
            }
        }
        Ok(Files { pcap: self.pcap.clone(), plain: self.pcap_plain.clone(), keys: self.keys.clone() })
    }
}
