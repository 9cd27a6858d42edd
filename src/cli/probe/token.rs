//! `--access-token` and `--mac-key`: who we are to a server of third-party authorization (RFC 7635).

use std::path::{Path, PathBuf};

use super::credentials::{SecretArg, password_in};
use crate::cli::UserError;
use crate::io::input;
use crate::turn::credentials::Secret;
use crate::turn::credentials::token::AccessToken;

/// The other ways to say who we are.
const OTHERS: [&str; 5] = ["password", "password_file", "secret", "key", "clock"];

#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Credentials")]
pub(super) struct Args {
    /// Access token of third-party authorization (RFC 7635) in base64; the user name is its key id [env: RTCSCOPE_ACCESS_TOKEN]
    #[arg(long, value_name = "BASE64", conflicts_with_all = OTHERS)]
    access_token: Option<SecretArg>,
    /// Read the access token from a file
    #[arg(long, value_name = "FILE", conflicts_with = "access_token", conflicts_with_all = OTHERS)]
    access_token_file: Option<PathBuf>,
    /// MAC key that came with the access token, in base64 [env: RTCSCOPE_MAC_KEY]
    #[arg(long, value_name = "BASE64", conflicts_with_all = OTHERS)]
    mac_key: Option<SecretArg>,
    /// Read the MAC key from a file
    #[arg(long, value_name = "FILE", conflicts_with = "mac_key", conflicts_with_all = OTHERS)]
    mac_key_file: Option<PathBuf>,
}

impl Args {
    /// The first flag that is given.
    pub(super) fn given(&self) -> Option<&'static str> {
        let flags = [
            ("--access-token", self.access_token.is_some()),
            ("--access-token-file", self.access_token_file.is_some()),
            ("--mac-key", self.mac_key.is_some()),
            ("--mac-key-file", self.mac_key_file.is_some()),
        ];
        flags.into_iter().find_map(|(flag, given)| given.then_some(flag))
    }

    /// Sets the token or its key; says whether `flag` is one of both.
    pub(super) fn set(&mut self, flag: &str, secret: Secret) -> bool {
        let place = match flag {
            "access-token" => &mut self.access_token,
            "mac-key" => &mut self.mac_key,
            _ => return false,
        };
        *place = Some(SecretArg::from(secret));
        true
    }

    /// The token of flags and files; that of the environment only where `environment` says that no flag speaks against
    /// it. `alone`: nothing of the environment counts.
    pub(super) fn token(&self, environment: bool, alone: bool) -> anyhow::Result<Option<AccessToken>> {
        let given = self.access_token.is_some()
            || self.access_token_file.is_some()
            || self.mac_key.is_some()
            || self.mac_key_file.is_some();
        let asked = !alone && (given || environment);
        let variable = |name| if asked { input::variable(name) } else { None };
        let read = |arg: &Option<SecretArg>, file: Option<&Path>, name| -> anyhow::Result<Option<Secret>> {
            Ok(match (arg, file) {
                (Some(arg), _) => Some(arg.secret()),
                (None, Some(path)) => Some(password_in(path)?),
                (None, None) => variable(name).map(Secret::new),
            })
        };
        let token = read(&self.access_token, self.access_token_file.as_deref(), "RTCSCOPE_ACCESS_TOKEN")?;
        let mac_key = read(&self.mac_key, self.mac_key_file.as_deref(), "RTCSCOPE_MAC_KEY")?;
        match (token, mac_key) {
            (None, None) => Ok(None),
            (Some(token), Some(mac_key)) => Ok(Some(
                AccessToken::from_base64(&token, &mac_key)
                    .map_err(|error| UserError::usage(error.to_string()).hint(HANDED_OUT))?,
            )),
            (Some(_), None) => Err(UserError::usage("an access token without its MAC key")
                .hint("give --mac-key-file, --mac-key or RTCSCOPE_MAC_KEY")
                .hint(HANDED_OUT)
                .into()),
            (None, Some(_)) => Err(UserError::usage("a MAC key without its access token")
                .hint("give --access-token-file, --access-token or RTCSCOPE_ACCESS_TOKEN")
                .hint(HANDED_OUT)
                .into()),
        }
    }
}

const HANDED_OUT: &str = "the authorization server hands out both, as `access_token` and `key`";
