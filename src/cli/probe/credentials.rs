//! Who we are to the server: from flags, files and the environment, never shown again.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::token;
use crate::cli::UserError;
use crate::io::input;
use crate::probe::plan::{Knowledge, Minting};
use crate::turn::credentials::token::AccessToken;
use crate::turn::credentials::{Credentials, Ha1, LongTermSecret, Secret, form, rest};
use crate::turnserver::{Conf, Login};

/// A password file longer than this is no password.
pub(super) const MOST: u64 = 64 * 1024;

#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Credentials")]
pub(in crate::cli) struct Args {
    /// User name; with --secret, the user part of the minted name [env: RTCSCOPE_USERNAME]
    #[arg(short, long, value_name = "NAME")]
    username: Option<String>,
    /// Password [env: RTCSCOPE_PASSWORD]
    #[arg(short = 'w', long, value_name = "PASSWORD")]
    password: Option<SecretArg>,
    /// Read the password from a file; its last line end is not part of it
    #[arg(long, value_name = "FILE", conflicts_with = "password")]
    pub(super) password_file: Option<PathBuf>,
    /// Shared secret of a TURN REST server (coturn's static-auth-secret): mint credentials from it [env: RTCSCOPE_SECRET]
    #[arg(long, value_name = "SECRET")]
    secret: Option<SecretArg>,
    /// Lifetime of minted credentials
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = crate::cli::duration::life_from_arg)]
    ttl: std::time::Duration,
    /// What stands between time and user in a TURN REST user name
    #[arg(long, value_name = "CHAR", default_value_t = rest::SEPARATOR)]
    separator: char,
    /// Find the server's clock, with --secret: up to 18 more allocations a host, each released at once
    #[arg(long, conflicts_with = "key")]
    clock: bool,
    /// HA1 key in hex, as `turnadmin -k` prints it, instead of a password
    #[arg(long, value_name = "HEX", conflicts_with_all = ["password", "password_file", "secret"])]
    key: Option<SecretArg>,
    #[command(flatten)]
    token: token::Args,
    /// Only what was given counts, and nothing of the environment.
    #[arg(skip)]
    alone: bool,
}

/// An argument that no `Debug` and no error shows.
#[derive(Debug, Clone)]
pub(in crate::cli) struct SecretArg(Secret);

impl SecretArg {
    /// What it holds.
    pub(in crate::cli) fn secret(&self) -> Secret {
        self.0.clone()
    }
}

impl From<Secret> for SecretArg {
    fn from(secret: Secret) -> Self {
        Self(secret)
    }
}

impl From<String> for SecretArg {
    fn from(text: String) -> Self {
        Self(Secret::new(text))
    }
}

/// The password in a file: all of it but one line end.
pub(in crate::cli) fn password_in(path: &Path) -> anyhow::Result<Secret> {
    let text = Zeroizing::new(input::read_text(path, MOST)?);
    let line = text.strip_suffix('\n').unwrap_or(&text);
    Ok(Secret::new(line.strip_suffix('\r').unwrap_or(line)))
}

/// Who we are, and what we know about it beyond that.
#[derive(Debug, Clone, Default)]
pub(in crate::cli) struct Identity {
    pub(in crate::cli) credentials: Option<Credentials>,
    pub(super) knowledge: Knowledge,
    /// `--clock`.
    pub(super) clock: Option<Minting>,
    /// What the server may take in place of these.
    pub(super) minting: Option<Minting>,
}

impl Args {
    /// The first flag that says who we are.
    pub(in crate::cli) fn given(&self) -> Option<&'static str> {
        let flags = [
            ("--username", self.username.is_some()),
            ("--password", self.password.is_some()),
            ("--password-file", self.password_file.is_some()),
            ("--secret", self.secret.is_some()),
            ("--key", self.key.is_some()),
        ];
        flags.into_iter().find_map(|(flag, given)| given.then_some(flag)).or_else(|| self.token.given())
    }

    /// Nothing of the environment counts: who runs a plan may have a password there for another server.
    pub(in crate::cli) fn leave_the_environment(&mut self) {
        self.alone = true;
    }

    /// Sets what is secret: the flag without its dashes, and its value. Says whether there is such a flag.
    pub(in crate::cli) fn set(&mut self, flag: &str, secret: Secret) -> bool {
        let place = match flag {
            "password" => &mut self.password,
            "secret" => &mut self.secret,
            "key" => &mut self.key,
            other => return self.token.set(other, secret),
        };
        *place = Some(SecretArg(secret));
        true
    }

    fn variable(&self, name: &str) -> Option<String> {
        if self.alone { None } else { input::variable(name) }
    }

    /// Whether the server's clock is to be found.
    pub(in crate::cli) fn clock(&self) -> bool {
        self.clock
    }

    /// Puts flags, file and environment together: what a flag says, the environment does not change, and what either
    /// says, the configuration of the server does not.
    pub(in crate::cli) fn identity(&self, conf: Option<&Conf>) -> anyhow::Result<Identity> {
        let mut identity = self.who(conf)?;
        let secret = self.known_secret(conf);
        self.with_secret(&mut identity, secret);
        if self.clock && identity.clock.is_none() {
            return Err(UserError::usage("--clock without the secret that credentials are minted from")
                .hint("give --secret, or RTCSCOPE_SECRET: a server's clock shows in which of ours it takes")
                .into());
        }
        Ok(identity)
    }

    /// The secret that we or else the server's configuration know, whoever we log in as.
    fn known_secret(&self, conf: Option<&Conf>) -> Option<Minting> {
        if let Some(secret) = self.secret_of(false) {
            return Some(Minting { secret, separator: self.separator });
        }
        match conf?.login(None) {
            Login::Secret { secret, separator } => {
                Some(Minting { secret, separator: self.separator_or(separator) })
            }
            Login::None | Login::User(_) => None,
        }
    }

    /// What a known secret is good for: the server's clock, to see whether a server that does not know a static user
    /// takes minted ones, and whether it takes with a later expiry what it refuses.
    fn with_secret(&self, identity: &mut Identity, secret: Option<Minting>) {
        // Who has a token is nobody that a secret could make a password for.
        if identity.credentials.as_ref().is_some_and(|credentials| credentials.access_token().is_some()) {
            return;
        }
        identity.clock = secret.clone().filter(|_| self.clock);
        let (Some(credentials), Some(minting)) = (&identity.credentials, secret) else { return };
        let knowledge = &mut identity.knowledge;
        let fits = match &credentials.secret {
            LongTermSecret::Password(password) => {
                rest::matches(&minting.secret, &credentials.username, password)
            }
            LongTermSecret::Key(_) | LongTermSecret::Token(_) => false,
        };
        knowledge.fits_secret = knowledge.rest_expiry.is_some() && fits;
        if knowledge.rest_expiry.is_none() || knowledge.fits_secret {
            identity.minting = Some(minting);
        }
    }

    fn who(&self, conf: Option<&Conf>) -> anyhow::Result<Identity> {
        let username = self.username.clone().or_else(|| self.variable("RTCSCOPE_USERNAME"));
        let username = username.filter(|name| !name.is_empty());
        let given = match (&self.password, &self.password_file) {
            (Some(arg), _) => Some(arg.0.clone()),
            (None, Some(path)) => Some(password_in(path)?),
            (None, None) => None,
        };
        if given.as_ref().is_some_and(|password| password.expose().is_empty()) {
            return Err(UserError::usage("the password is empty")
                .hint("was the variable or file that it comes from ever filled?")
                .into());
        }
        if let Some(key) = &self.key {
            return self.with_key(username, key);
        }
        if let Some(token) = self.token.token(given.is_none() && self.secret.is_none(), self.alone)? {
            let Some(kid) = username else {
                return Err(UserError::usage("an access token without a user name")
                    .hint(
                        "give --username, or RTCSCOPE_USERNAME: the id of the token's key (`kid`) goes there",
                    )
                    .into());
            };
            return Ok(Identity { credentials: Some(Credentials::token(kid, token)), ..Identity::default() });
        }
        if let Some(secret) = self.secret_of(given.is_some()) {
            return self.minted(&secret, username.as_deref(), given, self.separator);
        }
        let password = given.or_else(|| self.variable("RTCSCOPE_PASSWORD").map(Secret::new));
        let from_conf = match (&password, conf) {
            (None, Some(conf)) => self.configured(conf, username.as_deref())?,
            _ => None,
        };
        if let Some(identity) = from_conf {
            return Ok(identity);
        }
        match (username, password) {
            (None, None) => Ok(Identity::default()),
            (None, Some(_)) => Err(UserError::usage("a password without a user name")
                .hint("give --username, or RTCSCOPE_USERNAME")
                .into()),
            (Some(_), None) => Err(UserError::usage("a user name without a password")
                .hint(match conf {
                    Some(_) => "nobody of this name can log in with what the configuration says",
                    None => "",
                })
                .hint(
                    "give --password-file, --password, RTCSCOPE_PASSWORD, --secret, --key or --access-token",
                )
                .into()),
            (Some(username), Some(password)) => {
                let credentials = Credentials::password(username, password);
                let knowledge = Knowledge { rest_expiry: self.expiry(&credentials), ..Knowledge::default() };
                Ok(Identity { credentials: Some(credentials), knowledge, ..Identity::default() })
            }
        }
    }

    /// Who the server's own configuration lets in.
    fn configured(&self, conf: &Conf, username: Option<&str>) -> anyhow::Result<Option<Identity>> {
        Ok(match conf.login(username) {
            Login::None => None,
            Login::User(credentials) => {
                let key = matches!(credentials.secret, LongTermSecret::Key(_));
                let knowledge = Knowledge { key, ..Knowledge::default() };
                Some(Identity { credentials: Some(credentials), knowledge, ..Identity::default() })
            }
            Login::Secret { secret, separator } => {
                Some(self.minted(&secret, username, None, self.separator_or(separator))?)
            }
        })
    }

    /// The separator of the flag, unless that is the one it has anyway and the configuration has another.
    fn separator_or(&self, configured: Option<char>) -> char {
        let given = Some(self.separator).filter(|separator| *separator != rest::SEPARATOR);
        given.or(configured).unwrap_or(rest::SEPARATOR)
    }

    /// The secret of the flag; that of the environment only where no password was given as a flag.
    fn secret_of(&self, password: bool) -> Option<Secret> {
        let flag = self.secret.as_ref().map(|arg| arg.0.clone());
        flag.or_else(|| self.variable("RTCSCOPE_SECRET").filter(|_| !password).map(Secret::new))
    }

    fn with_key(&self, username: Option<String>, key: &SecretArg) -> anyhow::Result<Identity> {
        let Some(username) = username else {
            return Err(UserError::usage("a key without a user name")
                .hint("give --username, or RTCSCOPE_USERNAME")
                .into());
        };
        let key = Ha1::from_hex(key.0.expose()).map_err(|error| {
            UserError::usage(format!("--key: {error}"))
                .hint("`turnadmin -k -u USER -r REALM -p PASSWORD` prints one")
        })?;
        let rest_expiry = rest::expiry_separated(&username, self.separator);
        let credentials = Some(Credentials { username, secret: LongTermSecret::Key(key) });
        let knowledge = Knowledge { rest_expiry, key: true, ..Knowledge::default() };
        Ok(Identity { credentials, knowledge, ..Identity::default() })
    }

    /// The token that a list of servers holds.
    pub(super) fn listed_token(kid: &str, token: &AccessToken) -> Identity {
        Identity { credentials: Some(Credentials::token(kid, token.clone())), ..Identity::default() }
    }

    /// The credentials that a list of servers holds, held against the secret of flag or environment if there is one.
    pub(super) fn listed(&self, username: &str, credential: &Secret) -> Identity {
        let secret = self.secret_of(false);
        let credentials = Credentials::password(username, credential.clone());
        let knowledge = self.held_against(secret.as_ref(), &credentials);
        let mut identity = Identity { credentials: Some(credentials), knowledge, ..Identity::default() };
        let minting = secret.map(|secret| Minting { secret, separator: self.separator });
        self.with_secret(&mut identity, minting);
        identity
    }

    /// What is known of a user name and password, and of a secret if there is one.
    fn held_against(&self, secret: Option<&Secret>, credentials: &Credentials) -> Knowledge {
        let fits = |credentials: &Credentials| match (secret, &credentials.secret) {
            (Some(secret), LongTermSecret::Password(password)) => {
                rest::matches(secret, &credentials.username, password)
            }
            _ => false,
        };
        let rest_expiry = self.expiry(credentials);
        Knowledge {
            rest_expiry,
            // A name without a time was not minted: it is that of a static user.
            secret_mismatch: secret.is_some() && rest_expiry.is_some() && !fits(credentials),
            mended_fits_secret: form::damage(credentials).is_some_and(|damage| fits(&damage.mended)),
            ..Knowledge::default()
        }
    }

    /// When they expire, should they be of that kind; a damaged name is read as it was meant.
    fn expiry(&self, credentials: &Credentials) -> Option<u64> {
        let of = |name: &str| rest::expiry_separated(name, self.separator);
        of(&credentials.username)
            .or_else(|| form::damage(credentials).and_then(|damage| of(&damage.mended.username)))
    }

    /// `--secret`: mints for a plain user; for a name that holds its expiry already, finds the password
    /// or checks the one given. A plain user with a password of its own is a static one.
    fn minted(
        &self,
        secret: &Secret,
        username: Option<&str>,
        password: Option<Secret>,
        separator: char,
    ) -> anyhow::Result<Identity> {
        let expiry = username.and_then(|name| rest::expiry_separated(name, separator));
        let (Some(name), Some(expiry)) = (username, expiry) else {
            match (username, password) {
                (Some(name), Some(password)) => {
                    let credentials = Credentials::password(name, password);
                    let knowledge = self.held_against(Some(secret), &credentials);
                    return Ok(Identity { credentials: Some(credentials), knowledge, ..Identity::default() });
                }
                (None, Some(_)) => {
                    return Err(UserError::usage("--secret makes the password, and one was given")
                        .hint(
                            "give the user name that the password belongs to, as in alice or 1767225600:joe",
                        )
                        .into());
                }
                (_, None) => {}
            }
            let expires = input::unix_time().saturating_add(self.ttl.as_secs());
            let credentials = Some(rest::mint(secret, username, expires, separator));
            let knowledge = Knowledge { rest_expiry: Some(expires), minted: true, ..Knowledge::default() };
            return Ok(Identity { credentials, knowledge, ..Identity::default() });
        };
        let known = Knowledge { rest_expiry: Some(expiry), ..Knowledge::default() };
        Ok(match password {
            Some(password) => {
                let credentials = Credentials::password(name, password);
                let knowledge = self.held_against(Some(secret), &credentials);
                Identity { credentials: Some(credentials), knowledge, ..Identity::default() }
            }
            None => {
                let credentials = Some(rest::for_username(secret, name));
                Identity {
                    credentials,
                    knowledge: Knowledge { minted: true, ..known },
                    ..Identity::default()
                }
            }
        })
    }
}
