//! `rtcscope probe cred`: mints and inspects credentials, without any network.

use std::path::PathBuf;
use std::time::Duration;

use super::credentials::{MOST, SecretArg, password_in};
use crate::cli::{Context, UserError, duration};
use crate::finding::Exit;
use crate::ice::uri::ServerUri;
use crate::io::input;
use crate::probe::pair::{Given, MintedToken, Pair};
use crate::turn::credentials::token::{AccessToken, Minting};
use crate::turn::credentials::{Credentials, Secret, rest};

/// Mint TURN credentials, or say what a pair looks like, without any network
///
/// With --secret, mints a TURN REST credential and prints it, password and all: that is what it is for. The secret
/// itself is never printed, nor is a password that was given. With --realm, prints the HA1 keys of the pair, which are
/// as good as its password in that realm. With URIs, prints an iceServers block to paste into a web app.
///
/// With --oauth-key, mints a token of third-party authorization (RFC 7635) and prints it with its MAC key, as an
/// authorization server does; the key that seals it is never printed.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// stun:, turn: or turns: URIs for the iceServers block
    #[arg(value_name = "URI")]
    uris: Vec<String>,
    /// User name to inspect; with --secret and no password, the one to find the password of [env: RTCSCOPE_USERNAME]
    #[arg(short, long, value_name = "NAME")]
    username: Option<String>,
    /// Password to inspect [env: RTCSCOPE_PASSWORD]
    #[arg(short = 'w', long, value_name = "PASSWORD")]
    password: Option<SecretArg>,
    /// Read the password from a file, as it is: its last line end is part of it here
    #[arg(long, value_name = "FILE", conflicts_with = "password")]
    password_file: Option<PathBuf>,
    /// Shared secret of a TURN REST server (coturn's static-auth-secret) [env: RTCSCOPE_SECRET]
    #[arg(long, value_name = "SECRET")]
    secret: Option<SecretArg>,
    /// Read the secret from a file; its last line end is not part of it
    #[arg(long, value_name = "FILE", conflicts_with = "secret")]
    secret_file: Option<PathBuf>,
    /// The user part of a minted name
    #[arg(long, value_name = "NAME", conflicts_with_all = ["username", "password", "password_file"])]
    secret_user: Option<String>,
    /// Lifetime of a minted credential
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = duration::life_from_arg)]
    ttl: Duration,
    /// What stands between time and user in a TURN REST user name
    #[arg(long, value_name = "CHAR", default_value_t = rest::SEPARATOR)]
    separator: char,
    /// Print the HA1 keys of the pair in this realm
    #[arg(long, value_name = "REALM")]
    realm: Option<String>,
    /// Key that authorization server and TURN server share (ikm_key in coturn's oauth_key), in base64: mint a token, whose
    /// key id is --username [env: RTCSCOPE_OAUTH_KEY]
    #[arg(long, value_name = "BASE64", requires = "oauth_server_name", conflicts_with_all = PASSWORDS)]
    oauth_key: Option<SecretArg>,
    /// Read the key for tokens from a file
    #[arg(long, value_name = "FILE", requires = "oauth_server_name", conflicts_with = "oauth_key", conflicts_with_all = PASSWORDS)]
    oauth_key_file: Option<PathBuf>,
    /// Server name that a token is for: what the TURN server calls itself (coturn's server-name, else its realm)
    #[arg(long, value_name = "NAME", conflicts_with_all = PASSWORDS)]
    oauth_server_name: Option<String>,
}

/// What has nothing to do with tokens.
const PASSWORDS: [&str; 6] = ["password", "password_file", "secret", "secret_file", "secret_user", "realm"];

const EXAMPLES: &str = "Examples:
  rtcscope probe cred --secret-file secret.txt --secret-user alice turn:turn.example.org turns:turn.example.org
      mint a credential for an hour, and an iceServers block with it
  rtcscope probe cred -u 1767225600:alice -w 'PASSWORD' --secret-file secret.txt
      when does it expire, does the secret give it, was it damaged on its way?
  rtcscope probe cred -u alice --password-file password.txt --realm example.org
      the keys that `turnadmin -k` prints
  rtcscope probe cred -u KEY-ID --oauth-key-file key.txt --oauth-server-name turn.example.org --ttl 10m
      a token of third-party authorization, for --access-token and --mac-key

A host of the name cred is probed by rtcscope probe -- cred, or as stun:cred or turn:cred.";

pub(super) fn run(args: Args, context: Context) -> anyhow::Result<Exit> {
    let uris = args.uris.iter().map(|text| {
        // The text may hold a password: it is not repeated.
        ServerUri::from_text(text).map_err(|error| UserError::usage(&error).hint(error.hint()).into())
    });
    let uris = uris.collect::<anyhow::Result<Vec<_>>>()?;
    let now_unix = input::unix_time();
    if let Some(server_name) = &args.oauth_server_name {
        return context.emit(&args.token(server_name, now_unix, &uris)?);
    }
    let (credentials, minted, secret) = args.pair(now_unix)?;
    let separator = args.separator;
    let given = Given { credentials, minted, secret, separator, realm: args.realm, uris, now_unix };
    let pair = Pair::of(&given, context.fail_on);
    context.emit(&pair)
}

impl Args {
    /// `--oauth-server-name`: a token for that server.
    fn token(&self, server_name: &str, now: u64, uris: &[ServerUri]) -> anyhow::Result<MintedToken> {
        let key = match (&self.oauth_key, &self.oauth_key_file) {
            (Some(arg), _) => Some(arg.secret()),
            (None, Some(path)) => Some(password_in(path)?),
            (None, None) => input::variable("RTCSCOPE_OAUTH_KEY").map(Secret::new),
        };
        let Some(key) = key else {
            return Err(UserError::usage("a token without the key that seals it")
                .hint("give --oauth-key-file, --oauth-key or RTCSCOPE_OAUTH_KEY")
                .into());
        };
        let kid = self.username.clone().or_else(|| input::variable("RTCSCOPE_USERNAME"));
        let Some(kid) = kid.filter(|kid| !kid.is_empty()) else {
            return Err(UserError::usage("a token without the id of its key")
                .hint("give --username: the `kid` of the key in the TURN server's database")
                .into());
        };
        let lifetime = u32::try_from(self.ttl.as_secs()).unwrap_or(u32::MAX);
        let (mac_key, nonce) = (input::random_bytes(), input::random_bytes());
        let minting = Minting { server_name, made: now, lifetime, mac_key, nonce };
        let token = AccessToken::mint(&key, minting).map_err(|error| {
            UserError::usage(error.to_string())
                .hint("it is the value of `ikm_key` in the TURN server's `oauth_key`")
        })?;
        Ok(MintedToken::of(&kid, &token, server_name, (now, lifetime), uris))
    }

    /// The pair, whether it was minted here, and the secret.
    fn pair(&self, now: u64) -> anyhow::Result<(Credentials, bool, Option<Secret>)> {
        let password = match (&self.password, &self.password_file) {
            (Some(arg), _) => Some(arg.secret()),
            (None, Some(path)) => Some(Secret::new(input::read_text(path, MOST)?)),
            (None, None) => None,
        };
        let secret = match (&self.secret, &self.secret_file) {
            (Some(arg), _) => Some(arg.secret()),
            (None, Some(path)) => {
                let text = zeroize::Zeroizing::new(input::read_text(path, MOST)?);
                let line = text.strip_suffix('\n').unwrap_or(&text);
                Some(Secret::new(line.strip_suffix('\r').unwrap_or(line)))
            }
            // A password of a flag is inspected alone unless a flag says otherwise.
            (None, None) => {
                input::variable("RTCSCOPE_SECRET").filter(|_| password.is_none()).map(Secret::new)
            }
        };
        if secret.as_ref().is_some_and(|secret| secret.expose().is_empty()) {
            return Err(UserError::usage("the secret is empty")
                .hint("was the variable or file that it comes from ever filled?")
                .into());
        }
        let password = match secret {
            Some(_) => password,
            None => password.or_else(|| input::variable("RTCSCOPE_PASSWORD").map(Secret::new)),
        };
        let username = self.username.clone();
        let username = match self.secret_user {
            Some(_) => None,
            None => username.or_else(|| input::variable("RTCSCOPE_USERNAME")),
        };
        match (username.filter(|name| !name.is_empty()), password, secret) {
            (Some(username), Some(password), secret) => {
                Ok((Credentials::password(username, password), false, secret))
            }
            (Some(username), None, Some(secret)) => {
                let minted = match rest::expiry_separated(&username, self.separator) {
                    Some(_) => rest::for_username(&secret, &username),
                    None => self.mint(&secret, Some(&username), now),
                };
                Ok((minted, true, Some(secret)))
            }
            (None, None, Some(secret)) => {
                Ok((self.mint(&secret, self.secret_user.as_deref(), now), true, Some(secret)))
            }
            (None, Some(_), _) => Err(UserError::usage("a password without a user name")
                .hint("give --username: what a password has to be depends on it")
                .into()),
            (Some(_), None, None) => Err(UserError::usage("a user name without a password")
                .hint(
                    "give --password-file or --password to inspect a pair, or --secret to find its password",
                )
                .into()),
            (None, None, None) => {
                Err(UserError::usage("there is nothing to mint from and nothing to inspect")
                    .hint("give --secret to mint a credential, or --username and --password to inspect one")
                    .hint("a host of the name cred is probed by `rtcscope probe -- cred`")
                    .into())
            }
        }
    }

    fn mint(&self, secret: &Secret, user: Option<&str>, now: u64) -> Credentials {
        rest::mint(secret, user, now.saturating_add(self.ttl.as_secs()), self.separator)
    }
}
